"""Kernels want their arrays C-contiguous and aligned; others are copied first and copied back on success.

A guard has refused arrays of which the result would be a view.
"""

from collections.abc import Callable
from typing import Any

import numpy

from pyaot_runtime.dispatch import DECLINED
from pyaot_runtime.trace import note

# Bits of `flags.num` that say: C-contiguous, aligned.
PLAIN = 0x101


def with_copies(call: Callable[..., Any], values: tuple[Any, ...], written: tuple[int, ...]) -> Any:
    """`call(*values)` with plain copies of the arrays that are not plain; `written` are positions.

    DECLINED, before anything is written, where a written array overlaps itself.
    """
    passed = [_plain(value) for value in values]
    copied = {i: copy for i, copy in enumerate(passed) if copy is not values[i]}
    if any(_overlaps_itself(values[i]) for i in written if i in copied):
        note("a written array overlaps itself")
        return DECLINED
    result = call(*passed)
    if result is DECLINED:
        return DECLINED
    originals = {id(copy): values[i] for i, copy in copied.items()}
    for i in written:
        if i in copied:
            values[i][...] = copied[i]
    return _replaced(result, originals)


def _plain(value: Any) -> Any:
    if type(value) is not numpy.ndarray or value.flags.num & PLAIN == PLAIN:
        return value
    return value.copy(order="C")


def _overlaps_itself(array: Any) -> bool:
    """Whether two subscripts may name one element; exact for strides that nest, else on the safe side."""
    reach = array.itemsize
    for stride, extent in sorted((abs(s), n) for s, n in zip(array.strides, array.shape) if n > 1):
        if stride < reach:
            return True
        reach += stride * (extent - 1)
    return False


def _replaced(result: Any, originals: dict[int, Any]) -> Any:
    """The result with the caller's arrays where the copies stand for them."""
    if type(result) in (tuple, list):
        return type(result)(_replaced(item, originals) for item in result)
    return originals.get(id(result), result)
