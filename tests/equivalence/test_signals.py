"""Ctrl-C ends a kernel, and leaves its arguments as they were; handlers of signals run while it works."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import numpy as np
import pytest
from pyaot_runtime.threads import set_team, set_threads, threads

from pyaot.base.options import Options
from pyaot.base.source import read_source
from pyaot.driver import compile_source, write_bundle
from tests.equivalence.compiled import load

HOURS = 2**31 - 1
ENDLESS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "heat": lambda: (np.arange(90000.0).reshape(300, 300) % 7, np.ones((300, 300)), HOURS),
    "basel": lambda: (HOURS, HOURS),
    "waits": lambda: (np.arange(1000.0),),
    "spins": lambda: (3,),
    "products": lambda: (np.ones((3000, 3000), np.int64), np.ones((3000, 3000), np.int64)),
    "escapes": lambda: (np.zeros(100000), np.ones(100000, np.int64), HOURS),
    "medians": lambda: (np.arange(2000.0) % 17, HOURS // 64),
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    source = read_source(Path(__file__).with_name("interrupted.py"))
    bundle = write_bundle(compile_source(source, Options()), tmp_path_factory.mktemp("interrupted"))
    return load(bundle.path, "native")


@pytest.fixture(params=[1, 3])
def team(request: pytest.FixtureRequest) -> Iterator[None]:
    before = threads()
    set_team(request.param) if request.param > 1 else set_threads(1)
    yield
    set_threads(before)


def _signal_soon(number: int, every: float = 0.0) -> threading.Event:
    """Sends the signal a little later, then again until the event is set."""
    over = threading.Event()

    def send() -> None:
        if not over.wait(0.3):
            os.kill(os.getpid(), number)
        while every and not over.wait(every):
            os.kill(os.getpid(), number)

    threading.Thread(target=send, daemon=True).start()
    return over


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("name", ENDLESS)
def test_an_interrupted_call_has_changed_nothing(module: ModuleType, name: str) -> None:
    arguments = ENDLESS[name]()
    before = [np.copy(a) for a in arguments]
    over = _signal_soon(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        getattr(module, name)(*arguments)
    over.set()
    for mine, old in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(mine, old)


class _AlarmError(ValueError):
    """What a handler raises; of a class that also stands for failed attempts."""


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("name", ["heat", "spins", "medians"])
def test_exceptions_of_handlers_come_through(module: ModuleType, name: str) -> None:
    def handler(_number: int, _frame: FrameType | None) -> None:
        raise _AlarmError("time is over")

    old = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(_AlarmError, match="time is over"):
            getattr(module, name)(*ENDLESS[name]())
    finally:
        signal.signal(signal.SIGALRM, old)


@pytest.mark.usefixtures("team")
def test_handlers_that_return_let_the_kernel_go_on(module: ModuleType) -> None:
    seen: list[int] = []

    def handler(number: int, _frame: FrameType | None) -> None:
        seen.append(number)
        np.testing.assert_array_equal(module.products(*small), expected)
        if len(seen) == 3:
            raise KeyboardInterrupt

    small = (np.arange(12).reshape(3, 4)[:, :3].copy(), np.ones((3, 3), np.int64))
    expected = module.products.__wrapped__(*small)
    old = signal.signal(signal.SIGUSR1, handler)
    over = _signal_soon(signal.SIGUSR1, every=0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            module.heat(*ENDLESS["heat"]())
    finally:
        over.set()
        signal.signal(signal.SIGUSR1, old)
    assert seen == [signal.SIGUSR1] * 3


def test_what_nobody_keeps_is_finished_before_the_exception(module: ModuleType) -> None:
    a, turns = np.zeros(20_000_000, np.int64), 10**9
    over = _signal_soon(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        module.touched(a, turns)
    over.set()
    assert a.sum() == turns - 1


def test_who_interrupts_twice_does_not_wait(module: ModuleType) -> None:
    a = np.zeros(20_000_000, np.int64)
    over = _signal_soon(signal.SIGINT, every=0.3)
    with pytest.raises(KeyboardInterrupt):
        module.touched(a, HOURS)
    over.set()
    assert a.sum() < HOURS - 1


def test_other_threads_are_not_interrupted(module: ModuleType) -> None:
    results: list[float] = []
    n, rounds = 100_000, 4000
    worker = threading.Thread(target=lambda: results.append(module.basel(n, rounds)))
    over = _signal_soon(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        worker.start()
        worker.join()
    worker.join()
    over.set()
    assert results == [module.basel(n, rounds)]
