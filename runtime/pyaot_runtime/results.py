"""Results of kernels as the original would have given them, and its floating-point warnings."""

import sys
import warnings
from typing import Any

import numpy

# Bits that kernels set, NumPy's key for the error, its number and words.
_FLAGS = (
    (1, "divide", 1, "divide by zero"),
    (2, "over", 2, "overflow"),
    (4, "invalid", 8, "invalid value"),
)


def view(leaf: tuple[Any, int, tuple[int, ...], tuple[int, ...]]) -> Any:
    """The view of an array that a kernel describes; offset and strides count elements."""
    array, offset, shape, strides = leaf
    size = array.itemsize
    return numpy.ndarray(
        shape, array.dtype, array, offset=offset * size, strides=tuple(stride * size for stride in strides)
    )


def report(flags: int, function: str) -> None:
    """Warns, raises, logs or calls for the flags that a kernel has set, as `numpy.errstate` says."""
    wanted = numpy.geterr()
    for bit, key, number, words in _FLAGS:
        if flags & bit and wanted[key] != "ignore":  # type: ignore[literal-required]
            _report(wanted[key], f"{words} encountered in {function}", words, number)  # type: ignore[literal-required]


def _report(way: str, message: str, words: str, number: int) -> None:
    match way:
        case "warn":
            warnings.warn(message, RuntimeWarning, stacklevel=_callers_level())
        case "raise":
            raise FloatingPointError(message)
        case "print":
            print(f"Warning: {message}")
        case "log":
            numpy.geterrcall().write(f"Warning: {message}\n")  # type: ignore[union-attr]
        case "call":
            numpy.geterrcall()(words, number)  # type: ignore[operator, misc]


def _callers_level() -> int:
    """The `stacklevel`, as seen from the caller of this function, of the first frame that is the user's."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame.f_code.co_filename, frame.f_code.co_name):
        level, frame = level + 1, frame.f_back
    return level


def _is_ours(file: str, function: str) -> bool:
    return file.startswith(_FOLDER) or function.startswith("_pyaot")


_FOLDER = __file__.rpartition("results.py")[0]
