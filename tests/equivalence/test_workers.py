"""One compiled function called from many threads at once, and from forked and spawned processes."""

import importlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from pyaot_runtime.threads import set_team, set_threads, threads

from pyaot.base.options import Options
from pyaot.base.source import read_source
from pyaot.driver import compile_source, write_bundle
from tests.equivalence import worked
from tests.equivalence.compiled import load

THREADS = 8
ROUNDS = 12
PATIENCE = 120.0  # seconds after which a process that waits for ever is given up


def _arguments(name: str, seed: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(3, 60))
    match name:
        case "heat":
            return rng.random((size, 2 * size)), 5
        case "counts":
            return rng.integers(-1000, 1000, 50 * size), 17
        case "solved":
            return rng.random((6, 6)) + 9 * np.eye(6), rng.random((size, 6))
        case "primes":
            return (20 * size,)
        case "doubled":  # every third divides by zero
            return list(map(float, range(size))), size + 1 - 2 * (seed % 3 == 0)
        case "noted":
            return rng.random(size), {}
        case _:
            return rng.random(size) * 900.0, (rng.random(size) > 0.02) * 1.0


NAMES = ("heat", "counts", "solved", "primes", "doubled", "noted", "ratios")


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """What the call gave or raised, and its arguments after it."""
    try:
        given: Any = function(*arguments)
    except ArithmeticError as error:
        given = (type(error).__name__, str(error))
    return given, arguments


def _same(mine: Any, original: Any) -> None:
    assert type(mine) is type(original)
    match mine:
        case np.ndarray():
            assert mine.dtype == original.dtype
            np.testing.assert_allclose(mine, original, rtol=1e-12)
        case tuple() | list():
            assert len(mine) == len(original)
            for one, other in zip(mine, original, strict=True):
                _same(one, other)
        case dict():
            _same(sorted(mine.items()), sorted(original.items()))
        case float():
            assert mine == pytest.approx(original, rel=1e-12)
        case _:
            assert mine == original


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = read_source(Path(__file__).with_name("worked.py"))
    made = tmp_path_factory.mktemp("worked")
    write_bundle(compile_source(source, Options()), made)
    return made


@pytest.fixture
def module(folder: Path) -> ModuleType:
    """Loaded anew for each test: the first calls of a function come from all threads, too."""
    return load(folder / "worked.py", "native")


@pytest.fixture(params=[1, 3], ids=["alone", "team"])
def team(request: pytest.FixtureRequest) -> Iterator[None]:
    before = threads()
    set_team(request.param) if request.param > 1 else set_threads(1)
    yield
    set_threads(before)


def _from_threads(work: Callable[[int], Any]) -> list[Any]:
    """What `work` gives for the numbers of the threads, which begin at the same moment and change often."""
    start = threading.Barrier(THREADS)

    def begin(number: int) -> Any:
        start.wait()
        return work(number)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(begin, range(THREADS)))
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("name", NAMES)
def test_eight_threads_call_one_function(module: ModuleType, name: str) -> None:
    function = getattr(module, name)

    def work(number: int) -> list[tuple[Any, ...]]:
        with np.errstate(all="ignore"):
            return [_outcome(function, _arguments(name, ROUNDS * number + k)) for k in range(ROUNDS)]

    for number, outcomes in enumerate(_from_threads(work)):
        for k, outcome in enumerate(outcomes):
            with np.errstate(all="ignore"):
                original = _outcome(getattr(worked, name), _arguments(name, ROUNDS * number + k))
            _same(outcome, original)


@pytest.mark.usefixtures("team")
def test_threads_may_read_the_same_arrays(module: ModuleType) -> None:
    a, b = _arguments("solved", 1)
    for given in _from_threads(lambda _: module.solved(a, b)):
        np.testing.assert_array_equal(given, module.solved(a, b))


@pytest.mark.usefixtures("team")
def test_each_thread_has_its_own_error_state(module: ModuleType) -> None:
    a, b = np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0])

    def work(number: int) -> list[str]:
        said = []
        for _ in range(ROUNDS):
            mine = a.copy()
            with np.errstate(all="raise" if number % 2 else "ignore"):
                said.append(str(_outcome(module.ratios, (mine, b))[0]))
            assert np.array_equal(mine, a) == bool(number % 2)
        return said

    for number, said in enumerate(_from_threads(work)):
        assert all(("divide by zero" in text) == bool(number % 2) for text in said)


PROVOKING = {
    "divide": (1.0, 0.0),
    "over": (800.0, 1.0),
    "under": (-800.0, 1.0),
    "invalid": (0.0, 0.0),
    "none": (1.0, 2.0),
}


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("kind", PROVOKING)
def test_errors_that_raise_are_the_originals(module: ModuleType, kind: str) -> None:
    a, b = np.linspace(-1.0, 1.0, 41) + 2.5, np.full(41, 3.0)
    a[17], b[17] = PROVOKING[kind]
    with np.errstate(all="raise"):
        mine, original = _outcome(module.ratios, (a.copy(), b)), _outcome(worked.ratios, (a.copy(), b))
    _same(mine, original)


def _in_a_process(name: str, seed: int) -> tuple[Any, ...]:
    """In a worker: the function by its name, since spawned processes have nothing else."""
    with np.errstate(all="ignore"):
        return _outcome(getattr(sys.modules["worked"], name), _arguments(name, seed))


def _begin(folder: Path, version: str) -> None:
    """In a spawned worker: where the compiled module lies."""
    os.environ["PYAOT_VERSION"] = version
    sys.path.insert(0, str(folder))
    importlib.import_module("worked")


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_worker_processes_call_what_the_parent_called(
    folder: Path, module: ModuleType, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "worked", module)
    work = [(name, seed) for name in NAMES for seed in range(3)]
    with np.errstate(all="ignore"):
        expected = [_outcome(getattr(worked, name), _arguments(name, seed)) for name, seed in work]
    mine = [_in_a_process(name, seed) for name, seed in work]  # so there is a team when the parent forks
    context = multiprocessing.get_context(method)
    begin = {} if method == "fork" else {"initializer": _begin, "initargs": (folder, "native")}
    with ProcessPoolExecutor(2, context, **begin) as pool:
        try:
            outcomes = list(pool.map(_in_a_process, *zip(*work, strict=True), timeout=PATIENCE))
        except TimeoutError:
            for process in multiprocessing.active_children():
                process.kill()
            raise
    for one, other, original in zip(outcomes, mine, expected, strict=True):
        _same(one, original)
        _same(other, original)


def test_functions_are_pickled_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "worked", raising=False)
    compiled = importlib.import_module("worked")
    assert Path(compiled.__file__ or "").parent == folder
    assert deepcopy(compiled.primes) is compiled.primes
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        given = list(pool.map(compiled.primes, [3, 30], timeout=PATIENCE))
    assert given == [worked.primes(n) for n in (3, 30)]
    monkeypatch.delitem(sys.modules, "worked")
