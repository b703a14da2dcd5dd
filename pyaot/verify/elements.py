"""Numbers as users have them and as they dread them: strategies for one element of an array, one argument."""

import math

import numpy as np
from hypothesis import strategies as st

from pyaot.ir.types import DType, Scalar

# Sums, differences and small products of such numbers are exact, so that their order does not matter.
_MOST_EIGHTHS = 64


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


def calm_values(dtype: DType) -> st.SearchStrategy[object]:
    """Elements without extremes: small whole numbers, eighths."""
    match dtype.kind:
        case "b":
            return st.booleans()
        case "i" | "u":
            return st.integers(0 if dtype.kind == "u" else -9, 9)
        case "f":
            return _eighths()
        case _:
            return st.builds(complex, _eighths(), _eighths())


def scalars(type: Scalar, elements: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Numbers of a type: Python's own, else NumPy's."""
    if type.is_python:
        return elements
    return elements.map(lambda value: fitting(value, type.dtype))


def fitting(value: object, dtype: DType) -> object:
    """The nearest value that the element type has, as NumPy's scalar."""
    with np.errstate(all="ignore"):
        return np.array(value).astype(dtype.value)[()]


def _eighths() -> st.SearchStrategy[float]:
    return st.integers(-_MOST_EIGHTHS, _MOST_EIGHTHS).map(lambda n: n / 8)


def _floats(dtype: DType) -> st.SearchStrategy[float]:
    limits = np.finfo(dtype.value)
    odd = [math.nan, math.inf, -math.inf, -0.0, float(limits.smallest_subnormal), float(limits.max)]
    usual = st.floats(-1e3, 1e3, width=32 if dtype is DType.FLOAT32 else 64)
    return _eighths() | usual | st.sampled_from([*odd, float(limits.tiny), -float(limits.max)])
