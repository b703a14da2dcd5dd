"""Arrays as users have them: odd values, odd layouts, odd sizes.

arrays(DType.FLOAT64, rank=2)       plain ones first; Fortran order, steps, negative and zero strides,
                                    read-only, a subclass, foreign byte order, unaligned; empty; extents of 1
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from pyaot.ir.types import DType

AnyArray = NDArray[np.generic]

LARGEST_EXTENT = 6


class Tagged(np.ndarray):
    """A subclass of ndarray that behaves like one; a guard must not take it for one."""


# ---- values -------------------------------------------------------------------------------------------


def values(dtype: DType) -> st.SearchStrategy[object]:
    """Elements: small ones first, then extremes, and for floats NaN, infinities, -0.0 and denormals."""
    match dtype.kind:
        case "b":
            return st.booleans()
        case "i" | "u":
            limits = np.iinfo(dtype.value)
            small = st.integers(0 if dtype.kind == "u" else -9, 9)
            return small | st.sampled_from([int(limits.max), int(limits.min), int(limits.max) - 1])
        case "f":
            return _floats(dtype)
        case _:
            parts = _floats(dtype.real)
            return st.builds(complex, parts, parts)


def _floats(dtype: DType) -> st.SearchStrategy[float]:
    limits = np.finfo(dtype.value)
    odd = [math.nan, math.inf, -math.inf, -0.0, float(limits.smallest_subnormal), float(limits.max)]
    small = st.integers(-64, 64).map(lambda n: n / 8)
    usual = st.floats(-1e3, 1e3, width=32)
    return small | usual | st.sampled_from([*odd, float(limits.tiny), -float(limits.max)])


def shapes(rank: int, largest: int = LARGEST_EXTENT) -> st.SearchStrategy[tuple[int, ...]]:
    """Extents from 1; sometimes an empty axis, sometimes a long one."""
    extent = st.integers(1, largest) | st.just(0) | st.just(3 * largest)
    return st.tuples(*[extent] * rank)


# ---- layouts ------------------------------------------------------------------------------------------


def _strided(array: AnyArray) -> AnyArray:
    """Every second element of a larger array, in every dimension."""
    large = np.ones([2 * extent + 1 for extent in array.shape], array.dtype)
    view = large[(slice(1, None, 2),) * array.ndim + (...,)]
    view[...] = array
    return view


def _rows_of_wider(array: AnyArray) -> AnyArray:
    """The left part of a matrix: rows are contiguous, the whole is not."""
    large = np.ones([*array.shape[:-1], array.shape[-1] + 3] if array.ndim else [], array.dtype)
    view = large[..., : array.shape[-1]] if array.ndim else large
    view[...] = array
    return view


def _zero_stride(array: AnyArray) -> AnyArray:
    """One element that seems to be many, and can be written."""
    one = np.array(array.flat[0] if array.size else 1, array.dtype)
    return np.ndarray(array.shape, array.dtype, buffer=one.reshape(1), strides=(0,) * array.ndim)


def _zero_stride_rows(array: AnyArray) -> AnyArray:
    """The first row for every row, as `np.broadcast_to` gives it: read-only."""
    if array.ndim == 0 or array.shape[0] == 0:
        return array
    return np.broadcast_to(array[:1], array.shape)


def _read_only(array: AnyArray) -> AnyArray:
    array.flags.writeable = False
    return array


def _unaligned(array: AnyArray) -> AnyArray:
    memory = np.zeros(array.nbytes + 1, np.uint8)
    view: AnyArray = np.ndarray(array.shape, array.dtype, buffer=memory, offset=1)
    view[...] = array
    return view


LAYOUTS: dict[str, Callable[[AnyArray], AnyArray]] = {
    "plain": lambda array: array,
    "fortran": lambda array: np.array(array, order="F"),
    "strided": _strided,
    "rows of wider": _rows_of_wider,
    "reversed": lambda array: np.flip(np.flip(array).copy()) if array.ndim else array,
    "transposed": lambda array: array.T.copy().T,
    "zero stride": _zero_stride,
    "zero stride rows": _zero_stride_rows,
    "read-only": _read_only,
    "subclass": lambda array: array.view(Tagged),
    "swapped": lambda array: array.astype(array.dtype.newbyteorder("S")),
    "unaligned": _unaligned,
}
PLAIN = ("plain",)
EVERY_LAYOUT = tuple(LAYOUTS)


def arrays(
    dtype: DType,
    rank: int | None = None,
    shape: tuple[int, ...] | None = None,
    layouts: Sequence[str] = EVERY_LAYOUT,
) -> st.SearchStrategy[AnyArray]:
    """Arrays of an element type; of a rank (1 to 3 where None) or exactly of a shape; in one of `layouts`."""
    if shape is None:
        sizes = (st.integers(1, 3) if rank is None else st.just(rank)).flatmap(shapes)
    else:
        sizes = st.just(shape)
    contents = sizes.flatmap(lambda s: hnp.arrays(dtype.value, s, elements=_fitting(dtype)))
    return st.builds(lambda array, layout: LAYOUTS[layout](array), contents, st.sampled_from(list(layouts)))


def _fitting(dtype: DType) -> st.SearchStrategy[object]:
    """Values that the element type holds exactly, as `hnp.arrays` wants them."""
    return values(dtype).map(lambda value: np.array(value).astype(dtype.value)[()].item())


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
