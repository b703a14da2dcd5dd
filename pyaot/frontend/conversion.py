"""A value in the wider type that a variable or a choice has on other paths; it must lose nothing.

x = 1 if c else 0.5         1 becomes 1.0, and `origins.py` remembers that it is an int
x = n if c else 0.5         the same, where |n| <= 2**53 (else the attempt fails)
"""

import numpy as np

from pyaot.base.catalogue import UNSUPPORTED_TYPE_CHANGE
from pyaot.frontend.arithmetic import both, cast, compare, integer
from pyaot.frontend.context import Context
from pyaot.ir.nodes import Const, Dim, Expr, Var
from pyaot.ir.types import PY_BOOL, PY_FLOAT, DType, Origin, Scalar

_NO_FIT = "a number does not fit into the integers of an array"
_EXACT_INTS = {DType.FLOAT32: 2**24, DType.COMPLEX64: 2**24, DType.FLOAT64: 2**53, DType.COMPLEX128: 2**53}


def describe(type: Scalar) -> str:
    """The type in the user's words: 'a Python float', 'a NumPy float32'."""
    if type.origin is Origin.PYTHON:
        return f"a Python {type.dtype.value.rstrip('0123456789')}"
    return f"a NumPy {type.dtype.value}"


def convert(ctx: Context, what: str, expr: Expr, type: Scalar) -> Expr:
    """The expression as that type. Refused where it may lose digits, checked where it may not fit."""
    source = expr.type
    if source.dtype is type.dtype:
        return cast(expr, type)
    if isinstance(expr, Const):
        kept = _fits(expr, type.dtype)
    elif source.dtype.kind in "biu":
        kept = True
        _check_fits(ctx, expr, type.dtype)
    else:
        kept = type.dtype not in (DType.FLOAT32, DType.COMPLEX64)
    if not kept:
        raise ctx.refuse(
            UNSUPPORTED_TYPE_CHANGE,
            f"{what} is {describe(source)} on one path and {describe(type)} on another.",
            None,
            f"Start with np.{type.dtype.value}(...).",
        )
    return cast(expr, type)


def _fits(const: Const, dtype: DType) -> bool:
    """The constant is the same number in that dtype."""
    number = complex(const.value)
    if dtype.is_integer:
        low, high = _bounds(dtype)
        return number.imag == 0 and low <= number.real <= high
    return number != number or complex(np.dtype(dtype.value).type(const.value)) == number


def _bounds(dtype: DType) -> tuple[int, int]:
    if not dtype.is_integer:
        return -_EXACT_INTS[dtype], _EXACT_INTS[dtype]
    info = np.iinfo(dtype.value)
    return int(info.min), int(info.max)


def _check_fits(ctx: Context, expr: Expr, dtype: DType) -> None:
    low, high = _bounds(dtype)
    own = (0, 1) if expr.type.dtype is DType.BOOL else _bounds(expr.type.dtype)
    if _is_counted(ctx, expr):
        own = (-(2**31), 2**31)
    if low <= own[0] and own[1] <= high:
        return
    number = cast(expr, Scalar(DType.INT64, Origin.PYTHON))
    inside = compare("ge", number, integer(low))
    if high < 2**63:
        inside = both(inside, compare("le", number, integer(high)))
    ctx.check(inside, "an int does not fit into the type that its variable has on other paths")


def stored(ctx: Context, number: Expr, dtype: DType) -> Expr:
    """A number as an element of an array: an integer array takes only what fits, else NumPy raises."""
    if isinstance(number, Const) and dtype.is_integer and not _fits_truncated(number, dtype):
        ctx.check(Const(False, PY_BOOL), _NO_FIT)
    elif dtype.is_integer and not isinstance(number, Const) and not _always_fits(number.type, dtype):
        if number.type.dtype.is_float:
            _check_float(ctx, number, dtype)
        else:
            _check_fits(ctx, number, dtype)
    return cast(number, Scalar(dtype))


def _always_fits(source: Scalar, dtype: DType) -> bool:
    if source.dtype.is_float or source.dtype.is_complex:
        return source.origin is Origin.NUMPY and dtype.kind == "u"
    wraps = source.origin is Origin.NUMPY and dtype.kind == "u"
    return wraps or bool(np.can_cast(source.dtype.value, dtype.value, "safe"))


def _fits_truncated(const: Const, dtype: DType) -> bool:
    value = const.value.real
    low, high = _bounds(dtype)
    return value == value and abs(value) != float("inf") and low <= int(value) <= high


def _check_float(ctx: Context, number: Expr, dtype: DType) -> None:
    """low - 1 < number < high + 1, as floats that are exact."""
    low, high = _bounds(dtype)
    value = cast(number, Scalar(DType.FLOAT64, Origin.PYTHON))
    above = compare("lt", value, Const(float(high + 1), PY_FLOAT))
    below = (
        compare("ge", value, Const(float(low), PY_FLOAT))
        if dtype.bits == 64
        else compare("gt", value, Const(float(low - 1), PY_FLOAT))
    )
    ctx.check(both(below, above), _NO_FIT)


def _is_counted(ctx: Context, expr: Expr) -> bool:
    """An int parameter, an extent or a loop's index: all within 2**31."""
    match expr:
        case Dim():
            return True
        case Var(name):
            return name in ctx.parameters or name in ctx.lows
    return False
