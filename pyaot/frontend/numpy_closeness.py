"""Comparisons of whole arrays, and reductions that leave NaNs out.

np.allclose(a, b)       one loop:  close = close & (|a[i] - b[i]| <= atol + rtol * |b[i]| ...)
np.nansum(a)            one loop:  acc = acc + (0 if isnan(a[i]) else a[i])
"""

from collections.abc import Callable

import numpy as np

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, axes_argument, is_given, known_bool, number
from pyaot.frontend.arithmetic import both, call, cast, compare, either, integer, negate
from pyaot.frontend.arrays import loops, map_elements, mapped, pulled
from pyaot.frontend.coerce import as_array, as_operand
from pyaot.frontend.context import Context
from pyaot.frontend.conversion import stored
from pyaot.frontend.operators import typed
from pyaot.frontend.prove import same
from pyaot.frontend.values import ArrayValue, Indices, Number, Value
from pyaot.ir.nodes import Assign, Binary, Call, Const, Expr, If, Select, Var
from pyaot.ir.types import PY_BOOL, PY_FLOAT, DType, Scalar

Handler = Callable[[Context, Arguments], Value]
_BOOL = Scalar(DType.BOOL)
_FLOAT64 = Scalar(DType.FLOAT64)


def _library(ctx: Context, name: str, *positional: Value, **keywords: Value) -> Value:
    return ctx.library(ctx, f"numpy.{name}", Arguments(positional, keywords))


# ---- closeness ------------------------------------------------------------------------------------------


def _isclose(ctx: Context, arguments: Arguments) -> Value:
    a, b, rtol, atol, equal_nan = arguments.take(ctx, "a", "b", "rtol", "atol", "equal_nan")
    x, y = as_operand(ctx, a), _inexact(as_operand(ctx, b))
    relative, absolute = (_tolerance(ctx, v, d) for v, d in ((rtol, 1e-05), (atol, 1e-08)))
    distance = _library(ctx, "absolute", _library(ctx, "subtract", x, y))
    size = _library(ctx, "multiply", relative, _library(ctx, "absolute", y))
    near = _library(ctx, "less_equal", distance, _library(ctx, "add", absolute, size))
    found = _library(ctx, "bitwise_and", near, _library(ctx, "isfinite", y))
    found = _library(ctx, "bitwise_or", found, _library(ctx, "equal", x, y))
    if not known_bool(ctx, equal_nan, False, "equal_nan"):
        return found
    nans = [_library(ctx, "isnan", operand) for operand in (x, y)]
    return _library(ctx, "bitwise_or", found, _library(ctx, "bitwise_and", *nans))


def _inexact(operand: ArrayValue | Number) -> ArrayValue | Number:
    """Integers as floats, so that their absolute value is right."""
    if operand.type.dtype.kind in "fc":
        return operand
    if isinstance(operand, Number):
        return Number(cast(operand.expr, Scalar(DType.FLOAT64, operand.type.origin)))
    return pulled(DType.FLOAT64, operand.shape, lambda i: cast(operand.element(i), _FLOAT64))


def _tolerance(ctx: Context, value: Value | None, default: float) -> Number:
    if value is None:
        return Number(Const(default, PY_FLOAT))
    found = number(ctx, value)
    if found.type.dtype.kind not in "iuf":
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A tolerance of this type is not compiled.")
    ctx.check(call("isfinite", cast(found.expr, _FLOAT64)), "a tolerance is not finite")
    return found


def _allclose(ctx: Context, arguments: Arguments) -> Value:
    found = _library(ctx, "all", _isclose(ctx, arguments))
    return Number(cast(number(ctx, found).expr, PY_BOOL))


def _array_equal(ctx: Context, arguments: Arguments) -> Value:
    """One loop over both, where their shapes are equal."""
    first, second, equal_nan = arguments.take(ctx, "a1", "a2", "equal_nan")
    a, b = as_array(ctx, first), as_array(ctx, second)
    if a.rank != b.rank:
        return Number(Const(False, PY_BOOL))
    with_nan = known_bool(ctx, equal_nan, False, "equal_nan")
    condition: Expr = Const(True, PY_BOOL)
    for left, right in zip(a.shape, b.shape):
        if not same(ctx, left, right):
            condition = both(condition, compare("eq", left, right))
    name = ctx.fresh("equal")
    ctx.emit(Assign(name, condition, ctx.span))

    def body(i: Indices) -> None:
        found = typed(ctx, lambda: _equal_elements(a.element(i), b.element(i), with_nan))
        ctx.emit(Assign(name, both(Var(name, PY_BOOL), found), ctx.span))

    with ctx.nested() as inside:
        loops(ctx, a.shape, body, "r")
    ctx.emit(If(condition, tuple(inside), (), ctx.span))
    ctx.stable.add(name)
    return Number(Var(name, PY_BOOL))


def _equal_elements(left: Expr, right: Expr, with_nan: bool) -> Expr:
    equal = cast(compare("eq", left, right), PY_BOOL)
    if not with_nan or not {left.type.dtype.kind, right.type.dtype.kind} <= set("fc"):
        return equal
    return either(equal, both(cast(_is_nan(left), PY_BOOL), cast(_is_nan(right), PY_BOOL)))


def _is_nan(expr: Expr) -> Expr:
    return Call("isnan", (expr,), _BOOL)


# ---- NaNs replaced --------------------------------------------------------------------------------------


def _nan_to_num(ctx: Context, arguments: Arguments) -> Value:
    x, copy, nan, posinf, neginf = arguments.take(ctx, "x", "copy", "nan", "posinf", "neginf")
    if not known_bool(ctx, copy, True, "copy"):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'copy=False' of 'nan_to_num' is not compiled.")
    operand = as_operand(ctx, x)
    type = Scalar(operand.type.dtype)
    if isinstance(operand, Number) and type.dtype.kind not in "fc":
        return Number(cast(operand.expr, type))
    if type.dtype.kind not in "fc":
        return map_elements(ctx, (operand,), lambda e: e)
    real = Scalar(type.dtype.real)
    limit = float(np.finfo(real.dtype.value).max)
    defaults = ((nan, 0.0), (posinf, limit), (neginf, -limit))
    values = [
        stored(ctx, number(ctx, v).expr, real.dtype) if is_given(v) else Const(d, real) for v, d in defaults
    ]

    def rule(element: Expr) -> Expr:
        e = cast(element, type)
        if not type.dtype.is_complex:
            return _replaced(e, values)
        parts = tuple(_replaced(Call(part, (e,), real), values) for part in ("real", "imag"))
        return Call("complex", parts, type)

    return mapped(ctx, (operand,), rule)


def _replaced(element: Expr, values: list[Expr]) -> Expr:
    """`element` with the three values for NaN, inf and -inf."""
    type = element.type
    lowest = compare("eq", element, Const(-np.inf, type))
    highest = compare("eq", element, Const(np.inf, type))
    finite = Select(lowest, values[2], element, type)
    return Select(_is_nan(element), values[0], Select(highest, values[1], finite, type), type)


def _without_nans(array: ArrayValue, value: float) -> ArrayValue:
    """The array with a number in place of every NaN."""
    if array.dtype.kind not in "fc":
        return array
    type = Scalar(array.dtype)
    fill = Const(complex(value) if array.dtype.is_complex else value, type)

    def element(i: Indices) -> Expr:
        e = array.element(i)
        return Select(_is_nan(e), fill, e, type)

    return pulled(array.dtype, array.shape, element)


def _on_the_rest(function: str, value: float) -> Handler:
    """nansum, nanprod, nancumsum ...: NaNs count as a number that changes nothing."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        if not arguments.positional:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The array is named, which is not compiled.")
        array = _without_nans(as_array(ctx, arguments.first(ctx)), value)
        return _library(ctx, function, array, *arguments.positional[1:], **arguments.keywords)

    return handle


def _numbers(array: ArrayValue) -> ArrayValue:
    """Which elements are no NaN."""
    return pulled(DType.BOOL, array.shape, lambda i: negate(cast(_is_nan(array.element(i)), PY_BOOL)))


def _over_axes(ctx: Context, arguments: Arguments) -> tuple[ArrayValue, dict[str, Value]]:
    a, axis, keepdims = arguments.take(ctx, "a", "axis", "keepdims")
    given = {"axis": axis, "keepdims": keepdims}
    array = as_array(ctx, a)
    axes_argument(ctx, axis, array.rank)
    return array, {name: value for name, value in given.items() if value is not None}


def _nanmean(ctx: Context, arguments: Arguments) -> Value:
    """The sum of the numbers by their count; NumPy warns where there is none."""
    array, over = _over_axes(ctx, arguments)
    if array.dtype.kind not in "fc":
        return _library(ctx, "mean", array, **over)
    counts = _library(ctx, "sum", _numbers(array), **over)
    _all_positive(ctx, counts)
    total = _library(ctx, "sum", _without_nans(array, 0.0), **over)
    type = Scalar(array.dtype)
    real = Scalar(array.dtype.real)
    return _mapped(ctx, lambda t, n: _quotient(t, cast(cast(n, real), type)), total, counts)


def _quotient(left: Expr, right: Expr) -> Expr:
    return Binary("truediv", left, right, left.type, checked=False)


def _mapped(ctx: Context, rule: Callable[..., Expr], *values: Value) -> Value:
    operands = [as_operand(ctx, value) for value in values]
    return mapped(ctx, operands, rule)


def _all_positive(ctx: Context, counts: Value) -> None:
    array = as_array(ctx, counts)
    reason = "a slice has NaNs only, of which NumPy warns"
    loops(ctx, array.shape, lambda i: ctx.check(compare("gt", array.element(i), integer(0)), reason))


def _nan_extreme(function: str, start: float) -> Handler:
    """nanmin, nanmax: NaNs give way to every other number."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        array, over = _over_axes(ctx, arguments)
        if array.dtype.is_complex:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The extremes of complex numbers are not compiled.")
        result = _library(ctx, function, _without_nans(array, start), **over)
        if array.dtype.is_float:
            _all_positive(ctx, _library(ctx, "sum", _numbers(array), **over))
        return result

    return handle


TABLE: dict[str, Handler] = {
    "numpy.isclose": _isclose,
    "numpy.allclose": _allclose,
    "numpy.array_equal": _array_equal,
    "numpy.nan_to_num": _nan_to_num,
    "numpy.nansum": _on_the_rest("sum", 0.0),
    "numpy.nanprod": _on_the_rest("prod", 1.0),
    "numpy.nancumsum": _on_the_rest("cumsum", 0.0),
    "numpy.nancumprod": _on_the_rest("cumprod", 1.0),
    "numpy.nanmean": _nanmean,
    "numpy.nanmin": _nan_extreme("min", np.inf),
    "numpy.nanmax": _nan_extreme("max", -np.inf),
}
