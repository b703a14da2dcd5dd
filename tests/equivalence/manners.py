"""A program: a compiled function is treated as any function is; an AssertionError says where that shows.

python -m tests.equivalence.manners FOLDER NAME       FOLDER holds everyday.py, compiled
"""

import copy
import importlib
import inspect
import multiprocessing
import pickle
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import numpy as np

_TURNS = 40


def main(folder: str, name: str) -> None:
    """One check, on the compiled module as a user imports it."""
    sys.path.insert(0, folder)
    MANNERS[name](importlib.import_module("everyday"))


def pickled(module: ModuleType) -> None:
    """By its name, as functions are."""
    for function in (module.axpy, module.Filter.apply):
        assert pickle.loads(pickle.dumps(function)) is function
        assert copy.deepcopy(function) is function and copy.copy(function) is function


def inspected(module: ModuleType) -> None:
    """Signature, docstring, names, source."""
    for function in (module.axpy, module.window, module.optional, module.Filter.apply):
        original = getattr(function, "__wrapped__", function)
        assert module.axpy.__wrapped__ is not module.axpy
        assert inspect.signature(function) == inspect.signature(original)
        for name in ("__doc__", "__name__", "__qualname__", "__module__", "__defaults__", "__kwdefaults__"):
            assert getattr(function, name) == getattr(original, name)
        assert inspect.get_annotations(function) == inspect.get_annotations(original)
        assert inspect.getsource(function) == inspect.getsource(original)
        assert inspect.isfunction(function)


def method(module: ModuleType) -> None:
    """Bound, unbound, inherited, with fields that change."""
    taps = np.arange(3.0)
    filter_ = module.Filter(2.0, taps)
    assert filter_.apply(np.ones(3)).tolist() == [2.0, 3.0, 4.0]
    assert module.Filter.apply(filter_, np.ones(3)).tolist() == [2.0, 3.0, 4.0]
    filter_.gain = 3
    assert filter_.apply(np.ones(3)).tolist() == [3.0, 4.0, 5.0]
    filter_.taps = taps[::-1]
    assert filter_.apply(np.ones(3)).tolist() == [5.0, 4.0, 3.0]
    louder = type("Louder", (module.Filter,), {"gain": property(lambda self: 10.0, lambda self, gain: None)})
    assert louder(2.0, taps).apply(np.ones(3)).tolist() == [10.0, 11.0, 12.0]
    bare = module.Filter.__new__(module.Filter)
    _raises(AttributeError, lambda: bare.apply(np.ones(3)))
    bound = pickle.loads(pickle.dumps(module.Filter(1.0, taps).apply))
    assert bound(np.zeros(3)).tolist() == [0.0, 1.0, 2.0]


def changed_globals(module: ModuleType) -> None:
    """A global that was read at compile time has the value that it has now."""
    assert module.gained(np.ones(2), True).tolist() == [1.5, 1.5]
    for gain in (2, 2.5, np.float32(3), np.array(2.0)):
        module.GAIN = gain
        assert module.gained(np.ones(2), True).tolist() == (np.ones(2) * gain).tolist()
    del module.GAIN
    _raises(NameError, lambda: module.gained(np.ones(2), True))
    assert module.gained(np.ones(2)).tolist() == [-1.0, -1.0]
    module.math = type("Other", (), {"sqrt": abs, "exp": abs, "log": abs})
    assert module.roots(-3.0) == 9.0


def threads_at_once(module: ModuleType) -> None:
    """Eight threads, each with arrays of its own, and one that all read."""
    shared = np.arange(1000.0)
    gate = threading.Barrier(8)

    def work(number: int) -> list[bool]:
        gate.wait()
        found = []
        for turn in range(_TURNS):
            a = np.full(1000, float(number))
            found.append(module.axpy(a, shared, float(turn)) is a)
            found.append(bool(np.array_equal(a, number + shared * turn)))
            plane = np.full((30, 30), float(number))
            out = np.zeros((30, 30))
            module.smooth(plane, out)
            found.append(bool((out[1:-1, 1:-1] == number).all()))
            found.append(module.power(number + 2, 3) == (number + 2) ** 3)
        return found

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(8)))
    assert all(all(found) for found in results)


def forked(module: ModuleType) -> None:
    """Children that the parent makes after its kernels have run."""
    _in_processes(module, "fork")


def spawned(module: ModuleType) -> None:
    """Children that start anew and import the module."""
    _in_processes(module, "spawn")


def _in_processes(module: ModuleType, way: str) -> None:
    big = np.arange(200_000.0)
    module.axpy(big.copy(), big, 1.0)
    with multiprocessing.get_context(way).Pool(2) as pool:
        tasks = [(np.ones(200_000), big, float(k)) for k in range(4)]
        results = pool.starmap_async(module.axpy, tasks).get(timeout=60)
    for k, result in enumerate(results):
        assert np.array_equal(result, 1.0 + k * big)


def _raises(kind: type[Exception], call: Callable[[], Any]) -> None:
    try:
        call()
    except kind:
        return
    raise AssertionError(f"{kind.__name__} was not raised")


MANNERS: dict[str, Callable[[ModuleType], None]] = {
    check.__name__: check
    for check in (pickled, inspected, method, changed_globals, threads_at_once, forked, spawned)
}

if __name__ == "__main__":
    main(*sys.argv[1:])
