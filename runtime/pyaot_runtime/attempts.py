"""NumPy versions as kernels: what they fail on becomes an answer, and nothing of the caller's has changed.

@attempt(0)                         the parameter at position 0 is lent as a private copy
def smooth(a, n): ...               smooth((a, 3)) -> (path, flags, leaf, ...), or (-1, 0)
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy

Answer: TypeAlias = tuple[Any, ...]

# Bits of the answer's flags by NumPy's words for the error.
_FLAGS = {"divide by zero": 1, "overflow": 2, "invalid value": 4, "underflow": 8}

# What Python and NumPy raise where the original is to raise, or to go on with larger numbers.
_FAILURES = (ArithmeticError, ValueError, IndexError)
_FAILED = (-1, 0)


def attempt(*copied: int) -> Callable[[Callable[..., Answer]], Callable[[tuple[Any, ...]], Answer]]:
    """Makes a kernel of a function of the IR's parameters; `copied`: positions of arrays that it changes."""

    def decorate(body: Callable[..., Answer]) -> Callable[[tuple[Any, ...]], Answer]:
        def kernel(values: tuple[Any, ...]) -> Answer:
            flags = 0

            def note(words: str, _: int) -> None:
                nonlocal flags
                flags |= _FLAGS[words]

            passed = [_plain(value) for value in values]
            for position in copied:
                passed[position] = passed[position].copy()
            try:
                with numpy.errstate(all="call", call=note):
                    answer = body(*passed)
            except _FAILURES:
                return _FAILED
            if answer[0] < 0:
                return _FAILED
            for position in copied:
                values[position][...] = passed[position]
            return answer[0], flags, *with_originals(answer[2:], passed, values)

        return kernel

    return decorate


def _plain(value: Any) -> Any:
    """Arrays that stand for lists as plain ones, which are faster."""
    return numpy.asarray(value) if isinstance(value, numpy.ndarray) else value


def with_originals(leaves: Answer, passed: Sequence[Any], values: tuple[Any, ...]) -> Answer:
    """The leaves with the caller's arrays in the place of what was lent for them."""
    lent = {
        id(mine): theirs
        for mine, theirs in zip(passed, values, strict=True)
        if isinstance(mine, numpy.ndarray)
    }
    return tuple(_original(leaf, lent) for leaf in leaves)


def _original(leaf: Any, lent: dict[int, Any]) -> Any:
    if isinstance(leaf, tuple):
        return (lent.get(id(leaf[0]), leaf[0]), *leaf[1:])
    return lent.get(id(leaf), leaf)
