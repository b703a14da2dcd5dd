"""Numbers and arrays as Python text that gives them back to the bit.

-0.0            '-0.0'                       np.array([1, 2], np.int8)      'np.array([1, 2], np.int8)'
np.float32(nan) 'np.float32(np.nan)'         np.zeros((0, 3))               'np.zeros((0, 3), np.float64)'
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

# More elements than this, all alike, are written once.
_ALIKE = 3


def number_text(value: object) -> str:
    """A number, a text, None, or a tuple or list of them."""
    if isinstance(value, np.generic):
        return f"np.{type_name(value.dtype)}({number_text(value.item())})"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, complex):
        return f"complex({_float_text(value.real)}, {_float_text(value.imag)})"
    if isinstance(value, list):
        return f"[{', '.join(map(number_text, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(number_text, value))}{',' if len(value) == 1 else ''})"
    return repr(value)


def array_text(array: NDArray[Any]) -> str:
    """An array of numbers, C-contiguous."""
    name = type_name(array.dtype)
    shape = tuple(map(int, array.shape))
    if array.size == 0:
        return f"np.zeros({shape}, np.{name})"
    items = [number_text(item) for item in array.ravel().tolist()]
    if len(items) > _ALIKE and len(set(items)) == 1:
        return f"np.full({shape}, {items[0]}, np.{name})"
    return f"np.array({_nested(items, shape)}, np.{name})"


def type_name(dtype: np.dtype[Any]) -> str:
    """The element type as an attribute of numpy."""
    return "bool_" if dtype.kind == "b" else dtype.name


def _float_text(value: float) -> str:
    if math.isnan(value):
        return "np.nan"
    if math.isinf(value):
        return "np.inf" if value > 0 else "-np.inf"
    return repr(value)


def _nested(items: list[str], shape: tuple[int, ...]) -> str:
    if not shape:
        return items[0]
    each = len(items) // shape[0]
    rows = (items[k * each : (k + 1) * each] for k in range(shape[0]))
    return f"[{', '.join(_nested(row, shape[1:]) for row in rows)}]"
