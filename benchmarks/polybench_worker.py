"""A contestant of `benchmarks.polybench`, in a process of its own: checks and times what it is asked for.

It runs in Numba's environment, too, so nothing but NumPy and the standard library is imported here.
"""

import copy
import ctypes
import importlib.util
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import programs
from benchmarks.workers import answer_questions

SHORTEST = 0.01  # seconds that a measurement takes at least
OURS = ("lists", "kernel", "loops", "arrays")


def forms_of(who: str, preset: str) -> tuple[str, ...]:
    """What a contestant is asked for."""
    if who == "original":
        return programs.FORMS if preset in ("tiny", "S") else ("arrays",)
    return {"C": ("C",), "numba": ("loops",)}.get(who.split()[0], OURS)


def work(kind: str, name: str, preset: str, folder: str) -> None:
    """Answers `wrong FORM` (the outputs that differ) and `time FORM` (seconds of a call)."""
    kernel = programs.kernel(name)
    reference = dict(np.load(Path(folder, f"{name}.npz")))
    given = {
        form: kernel.arguments(preset, "lists" if form == "lists" else "loops")
        for form in forms_of(kind, preset)
    }
    calls = {form: call_of(kind, form, kernel, preset, folder) for form in forms_of(kind, preset)}

    def answer(question: str) -> object:
        what, form = question.split()
        if what == "time":
            return seconds(calls[form], given[form])
        mine = copy.deepcopy(given[form])
        calls[form](*mine.values())
        found = {output: np.asarray(mine[output]) for output in kernel.outputs}
        return programs.differences(reference, found)

    answer_questions(answer)


def call_of(kind: str, form: str, kernel: programs.Kernel, preset: str, folder: str) -> Callable[..., object]:
    """The function to call with the arguments."""
    if kind == "C":
        return c_function(kernel, preset, folder)
    if kind == "original":
        return kernel.forms[form]
    if kind == "numba":
        return numba_function(kernel.forms[form])
    module = load(Path(folder, f"{kernel.name}.py"))
    if form == "kernel":
        entry = vars(module)["_pyaot_kernels"].get("lists")
        return lambda *values: entry(values)
    return getattr(module, form)


def numba_function(function: Callable[..., object]) -> Callable[..., object]:
    """The function as Numba compiles it."""
    numba = importlib.import_module("numba")  # of an environment of its own
    made: Callable[..., object] = numba.njit(parallel=True, fastmath=True)(function)
    return made


def load(path: Path) -> object:
    """The compiled module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def c_function(kernel: programs.Kernel, preset: str, folder: str) -> Callable[..., object]:
    """The C loops as a function of the Python arguments: sizes go before, and stand for the ints."""
    function = getattr(ctypes.CDLL(f"{folder}/{kernel.name}.so"), kernel.name)
    sizes = [ctypes.c_long(size) for size in kernel.sizes(preset)]

    def call(*values: object) -> None:
        pointers = [v.ctypes.data_as(ctypes.c_void_p) for v in values if isinstance(v, np.ndarray)]
        numbers = [ctypes.c_double(v) for v in values if isinstance(v, float)]
        function(*sizes, *numbers, *pointers)

    return call


def seconds(call: Callable[..., object], given: programs.Arguments) -> float:
    """Of one call; short ones are repeated, each with its own copy of the arguments."""
    clock = time.process_time if os.environ["OMP_NUM_THREADS"] == "1" else time.perf_counter
    total, count = 0.0, 0
    while total < SHORTEST and count < 1000:
        values = list(copy.deepcopy(given).values())
        start = clock()
        call(*values)
        total += clock() - start
        count += 1
    return total / count


if __name__ == "__main__":
    work(*sys.argv[1:])
