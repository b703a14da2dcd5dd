"""NumPy's floating-point errors in kernels: warned of here, or left to the original where more is wanted.

A kernel knows which errors its operations have met when it is done. A warning can come that late. What
raises, calls, prints or logs at the operation itself is the original's, on arguments that nobody changed.

    answer = kernel(values) if only_warns() else on_copies(kernel, values, written)
    if answer[1] and not report(answer[1], "smooth"):
        return DECLINED
"""

import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy

from pyaot_runtime.attempts import Answer, with_originals
from pyaot_runtime.trace import note

Kernel: TypeAlias = Callable[[tuple[Any, ...]], Answer]

# Bits that kernels set, and NumPy's keys for the error. Those without words count only where more than a
# warning is asked for: underflow, and what may be no error of NumPy's (16 and 32).
_DOUBTFUL = {16: ("invalid",), 32: ("divide", "over")}
_KEYS = {1: ("divide",), 2: ("over",), 4: ("invalid",), 8: ("under",), **_DOUBTFUL}
_WORDS = {1: "divide by zero", 2: "overflow", 4: "invalid value"}

_FAILED = (-1, 0)
_MORE_THAN_WARNINGS = "errors of numbers are to do more than warn"


class _State(NamedTuple):
    """What is wanted now, and what tells that this has not changed."""

    token: object  # of NumPy's error state
    filters: object  # the list of warning filters: its first one changes with every new filter
    first: object
    length: int
    warned: int  # the bits of which NumPy warns
    left: int  # the bits that the original is to answer for


def only_warns() -> bool:
    """Whether nothing more than a warning can come of an error now."""
    if _state().left == 0:
        return True
    note(_MORE_THAN_WARNINGS)
    return False


def on_copies(kernel: Kernel, values: tuple[Any, ...], written: tuple[int, ...]) -> Answer:
    """The kernel's answer, the arrays at `written` changed only if no error is left to the original."""
    lent = list(values)
    for position in written:
        lent[position] = values[position].copy()
    answer = kernel(tuple(lent))
    if answer[0] < 0:
        return answer
    if answer[1] & _state().left:
        note(_MORE_THAN_WARNINGS)
        return _FAILED
    for position in written:
        values[position][...] = lent[position]
    return answer[0], answer[1], *with_originals(answer[2:], lent, values)


def report(flags: int, function: str) -> bool:
    """Warns of the errors that a kernel has met; False where the original is to run for them."""
    state = _state()
    if flags & state.left:
        note(_MORE_THAN_WARNINGS)
        return False
    for bit, words in _WORDS.items():
        if flags & bit & state.warned:
            message = f"{words} encountered in {function}"
            warnings.warn(message, RuntimeWarning, stacklevel=_callers_level())
    return True


def _no_token() -> object:
    """Never the same: NumPy's error state is read anew each time."""
    return object()


# NumPy keeps its error state in a context variable: the same object is there as long as nothing has changed.
_variable = getattr(getattr(numpy, "_core", None), "umath", None)
_token: Callable[[], object] = getattr(getattr(_variable, "_extobj_contextvar", None), "get", _no_token)
_filters: Callable[[], Any] = getattr(warnings, "_get_filters", lambda: warnings.filters)
_known = [_State(None, None, None, 0, 0, 0)]  # the one found last


def _state() -> _State:
    token, filters, known = _token(), _filters(), _known[0]
    length = len(filters)
    first = filters[0] if length else None
    is_known = token is known.token and filters is known.filters and first is known.first
    if not (is_known and length == known.length):
        known = _known[0] = _State(token, filters, first, length, *_wanted(filters))
    return known


def _wanted(filters: Any) -> tuple[int, int]:
    """The bits of which NumPy warns, and those left to the original."""
    ways = numpy.geterr()
    raises = any(action == "error" and issubclass(RuntimeWarning, kind) for action, _, kind, *_ in filters)
    asked = {bit: {ways[key] for key in keys} for bit, keys in _KEYS.items()}  # type: ignore[literal-required]
    warned = 0 if raises else sum(bit for bit in _WORDS if "warn" in asked[bit])
    silent = {"ignore"} if raises else {"ignore", "warn"}
    left = sum(bit for bit in asked if asked[bit] - silent or (bit == 8 and "warn" in asked[bit]))
    return warned, left


def _callers_level() -> int:
    """The `stacklevel`, as seen from the caller of this function, of the first frame that is the user's."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame.f_code.co_filename, frame.f_code.co_name):
        level, frame = level + 1, frame.f_back
    return level


def _is_ours(file: str, function: str) -> bool:
    return file.startswith(_FOLDER) or function.startswith("_pyaot")


_FOLDER = __file__.rpartition("errors.py")[0]
