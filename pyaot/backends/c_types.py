"""The types of the IR and their constants, in C.

float64        double          0.1       0.1
float32        float           0.1       0.1f
int64          int64_t         2**40     1099511627776LL
complex128     double complex  1+2j      __builtin_complex(1.0, 2.0)
bool           bool            True      true           (an element of an array is a uint8_t)
"""

import math
import struct

from pyaot.ir.nodes import Const
from pyaot.ir.types import DType

_SPECIAL = {
    DType.BOOL: "bool",
    DType.FLOAT32: "float",
    DType.FLOAT64: "double",
    DType.COMPLEX64: "float complex",
    DType.COMPLEX128: "double complex",
}


def c_type(dtype: DType) -> str:
    """The C type of a scalar."""
    return _SPECIAL.get(dtype) or f"{dtype.value}_t"


def c_element(dtype: DType) -> str:
    """The C type of an element in memory. A NumPy bool is a byte that need not be 0 or 1."""
    return "uint8_t" if dtype is DType.BOOL else c_type(dtype)


def literal(constant: Const) -> str:
    """The constant as C text."""
    dtype, value = constant.type.dtype, constant.value
    if dtype is DType.BOOL:
        return "true" if value else "false"
    if dtype.is_integer:
        return _int_literal(int(value.real), dtype)
    if dtype.is_float:
        return _float_literal(float(value.real), dtype)
    number = complex(value)
    real, imag = (_float_literal(part, dtype.real) for part in (number.real, number.imag))
    return f"__builtin_complex({real}, {imag})"


def _int_literal(value: int, dtype: DType) -> str:
    if dtype is DType.UINT64 or dtype is DType.UINT32:
        return f"{value}u" if value < 2**31 else f"{value}ull"
    if value == -(2**63):
        return "INT64_MIN"
    return str(value) if -(2**31) < value < 2**31 else f"{value}ll"


def _float_literal(value: float, dtype: DType) -> str:
    suffix = "f" if dtype is DType.FLOAT32 else ""
    if suffix:
        value = _rounded(value)
    if math.isnan(value):
        return f'__builtin_nan{suffix}("")'
    if math.isinf(value):
        return f"{'-' if value < 0 else ''}__builtin_inf{suffix}()"
    return (_shortest_float32(value) if suffix else repr(value)) + suffix


def _rounded(value: float) -> float:
    """The float32 that is nearest; what is too big becomes infinite, as in NumPy."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def _shortest_float32(value: float) -> str:
    """The shortest text that a C compiler reads as this float32."""
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if _rounded(float(text)) == value:
            return text if any(mark in text for mark in ".e") else f"{text}.0"
    return repr(value)
