"""Arrays as users have them: odd values, odd layouts, odd sizes; pyaot.verify.arrays says which.

arrays(DType.FLOAT64, rank=2)       plain ones first; Fortran order, steps, negative and zero strides,
                                    read-only, a subclass, foreign byte order, unaligned; empty; extents of 1
"""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from pyaot.ir.types import DType
from pyaot.verify.arrays import EVERY_LAYOUT, Tagged, array_texts
from pyaot.verify.elements import values

AnyArray = NDArray[np.generic]

_LARGEST_EXTENT = 6


def arrays(
    dtype: DType,
    rank: int | None = None,
    shape: tuple[int, ...] | None = None,
    layouts: Sequence[str] = EVERY_LAYOUT,
) -> st.SearchStrategy[AnyArray]:
    """Arrays of an element type; of a rank (1 to 3 where None) or exactly of a shape; in one of `layouts`."""
    if shape is None:
        sizes = (st.integers(1, 3) if rank is None else st.just(rank)).flatmap(_shapes)
    else:
        sizes = st.just(shape)
    return sizes.flatmap(lambda s: array_texts(dtype, s, values(dtype), tuple(layouts))).map(made)


def made(text: str) -> AnyArray:
    """What the text of an array makes."""
    array: AnyArray = eval(text, {"np": np, "Tagged": Tagged})
    return array


def _shapes(rank: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Extents from 1; sometimes an empty axis, sometimes a long one."""
    extent = st.integers(1, _LARGEST_EXTENT) | st.just(0) | st.just(3 * _LARGEST_EXTENT)
    return st.tuples(*[extent] * rank)


# ---- copies -------------------------------------------------------------------------------------------


def clone_all(given: Sequence[object]) -> list[object]:
    """Copies of arguments for another run: layouts stay, and what shared memory shares memory again."""
    memories: dict[int, AnyArray] = {}
    return [_clone(value, memories) for value in given]


def _clone(value: object, memories: dict[int, AnyArray]) -> object:
    if isinstance(value, np.ndarray):
        return _clone_array(value, memories)
    if isinstance(value, (list, tuple)):
        return type(value)(_clone(item, memories) for item in value)
    return value


def _clone_array(array: AnyArray, memories: dict[int, AnyArray]) -> AnyArray:
    root = array
    while isinstance(root.base, np.ndarray):
        root = root.base
    if id(root) not in memories:
        memories[id(root)] = np.frombuffer(bytearray(_bytes_of(root)), np.uint8)
    offset = _address(array) - _address(root)
    copy: AnyArray = np.ndarray.__new__(
        type(array), array.shape, array.dtype, memories[id(root)], offset if array.size else 0, array.strides
    )
    copy.flags.writeable = array.flags.writeable
    return copy


def _bytes_of(root: AnyArray) -> bytes:
    """The memory of an array that owns it (and hence has no gaps); at least one byte."""
    return (root.tobytes("A") if root.size else b"") or b"\0" * max(root.itemsize, 1)


def _address(array: AnyArray) -> int:
    return int(array.__array_interface__["data"][0])
