"""Results of kernels as the original would have given them."""

from typing import Any

import numpy


def view(leaf: tuple[Any, int, tuple[int, ...], tuple[int, ...]]) -> Any:
    """The view of an array that a kernel describes; offset and strides count elements."""
    array, offset, shape, strides = leaf
    size = array.itemsize
    return numpy.ndarray(
        shape, array.dtype, array, offset=offset * size, strides=tuple(stride * size for stride in strides)
    )
