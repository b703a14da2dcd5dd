"""One call of the original and of every version of a function: the first difference, and which versions ran.

Every version gets the call's own arguments: the text that makes them is run anew for each.
"""

import random
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import FrameType, ModuleType

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pyaot.verify.call import Call
from pyaot.verify.difference import difference
from pyaot.verify.observe import Seen, observe
from pyaot.verify.rounding import rounding_for, unreliable
from pyaot.verify.versions import Version, function_of, set_threads, traced

# Calls that take the original longer are left out.
LONGEST_S = 2.0


class LeftOutError(Exception):
    """The call cannot be compared; says why."""


class _TooLong(BaseException):
    """Passes every handler of the program's."""


class Outcome(Struct, frozen=True):
    """What came of a call: `told` says what a version did otherwise; it is empty where none did."""

    told: str = ""
    version: str = ""
    raised: bool = False  # the original did
    declined: tuple[tuple[str, str], ...] = ()  # for each version that ran '', else why it did not


Watch = Callable[[str, Call], None]


def try_call(
    call: Call, original: ModuleType, versions: Sequence[Version], strict: bool, watch: Watch
) -> Outcome:
    """Calls the original, then every version; LeftOutError where the original gives no answer in time."""
    want, ignored = _wanted(call, original)
    declined: list[tuple[str, str]] = []
    for version in versions:
        watch(str(version), call)
        set_threads(version.threads)
        got, reason = traced(call.target, version.name, partial(_seen, call, version.module))
        declined.append((str(version), reason))
        values = (want.arguments, want.result)
        exact = strict or version.name == "original"
        rounding = rounding_for((values, ignored.values), exact)
        if version.may_miss_warnings:
            got = replace(got, warned=got.warned | want.warned)
        told = difference(want, got, rounding, ignored.errors)
        if told:
            return Outcome(told, str(version), want.error is not None, tuple(declined))
    return Outcome("", "", want.error is not None, tuple(declined))


class _Ignored(Struct, frozen=True):
    """What the arguments were before the call, and the errors that kernels report otherwise for such."""

    values: tuple[object, ...]
    errors: frozenset[str]


def _wanted(call: Call, original: ModuleType) -> tuple[Seen, _Ignored]:
    try:
        given = call.arguments(vars(original))
    except Exception as error:
        raise LeftOutError(f"its arguments cannot be made: {type(error).__name__}: {error}") from error
    try:
        with _limited(LONGEST_S):
            want = _seen(call, original)
    except _TooLong:
        raise LeftOutError(f"the original takes longer than {LONGEST_S:g} s") from None
    if isinstance(want.error, (MemoryError, RecursionError)):
        raise LeftOutError(f"the original ends with {type(want.error).__name__}")
    values = (*given.positional, *given.keywords.values())
    return want, _Ignored(values, unreliable(given))


def _seen(call: Call, module: ModuleType) -> Seen:
    arguments = call.arguments(vars(module))
    random.seed(0)
    np.random.seed(0)
    return observe(function_of(module, call.target), arguments, dict(call.state))


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """_TooLong after so many seconds, where the system has alarms."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _stop(number: int, frame: FrameType | None) -> None:
    raise _TooLong
