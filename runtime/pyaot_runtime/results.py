"""Results of kernels as the original would have given them."""

from typing import Any

import numpy


def named_result(name: str, *items: Any) -> Any:
    """The named tuple of that name, which functions of numpy.linalg give."""
    return getattr(numpy.linalg._linalg, name)(*items)


def apart(stack: Any) -> list[Any]:
    """A list of arrays, each with memory of its own, of one that has them all."""
    return [item.copy() for item in stack]


def view(leaf: tuple[Any, int, tuple[int, ...], tuple[int, ...]]) -> Any:
    """The view of an array that a kernel describes; offset and strides count elements."""
    array, offset, shape, strides = leaf
    size = array.itemsize
    return numpy.ndarray(
        shape, array.dtype, array, offset=offset * size, strides=tuple(stride * size for stride in strides)
    )


def read_only_view(leaf: tuple[Any, int, tuple[int, ...], tuple[int, ...]]) -> Any:
    """A view through which the array cannot be written: a diagonal, what is broadcast."""
    found = view(leaf)
    found.flags.writeable = False
    return found
