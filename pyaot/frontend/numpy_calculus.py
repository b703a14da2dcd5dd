"""NumPy's functions of samples and polynomials, as the loops that they stand for.

np.gradient(f, h)       inside: (f[i + 1] - f[i - 1]) / (2 * h); one-sided at both ends
np.trapezoid(y, x)      acc = acc + (x[i + 1] - x[i]) * (y[i + 1] + y[i]) / 2
np.polyval(p, x)        for k: y[i] = y[i] * x[i] + p[k]
"""

import math
from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    axes_argument,
    is_given,
    known_bool,
    last_axis,
    number,
)
from pyaot.frontend.arithmetic import as_integer, binary, cast, compare, integer, minus, plus
from pyaot.frontend.arrays import allocate, as_stored, loops, mapped, pulled
from pyaot.frontend.coerce import as_array, as_operand
from pyaot.frontend.context import Context
from pyaot.frontend.operators import apply_binary, note_product, typed, ufunc_result
from pyaot.frontend.reductions import Folding, accumulator
from pyaot.frontend.values import ArrayValue, Indices, Number, TupleValue, Value
from pyaot.ir.nodes import Assign, Binary, Const, Expr, Select, Store
from pyaot.ir.types import PY_FLOAT, Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]
_DOUBLE = Scalar(DType.FLOAT64)


def _library(ctx: Context, name: str, *positional: Value) -> Value:
    return ctx.library(ctx, f"numpy.{name}", Arguments(positional))


def _python(value: float) -> Number:
    return Number(Const(value, PY_FLOAT))


# ---- samples --------------------------------------------------------------------------------------------


def _gradient(ctx: Context, arguments: Arguments) -> Value:
    """Central differences inside, one-sided ones at the ends: an array for every axis."""
    f, spacings = arguments.first(ctx), list(arguments.positional[1:])
    if set(arguments.keywords) - {"axis"}:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Only 'axis' of 'gradient' is compiled.")
    array = as_array(ctx, f)
    axis = arguments.keywords.get("axis")
    axes = axes_argument(ctx, axis, array.rank)
    steps = spacings * len(axes) if len(spacings) == 1 else spacings or [_python(1.0)] * len(axes)
    if array.rank == 0 or array.dtype is DType.BOOL or len(steps) != len(axes):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This form of 'gradient' is not compiled.")
    if not all(isinstance(step, Number) for step in steps):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'gradient' of unequal distances is not compiled.")
    dtype = array.dtype if array.dtype.kind in "fc" else DType.FLOAT64
    source = as_stored(ctx, array)
    floats = pulled(dtype, source.shape, lambda i: cast(source.element(i), Scalar(dtype)))
    found = [_gradient_along(ctx, floats, n, number(ctx, step)) for n, step in zip(axes, steps)]
    return found[0] if len(found) == 1 else TupleValue(tuple(found))


def _gradient_along(ctx: Context, array: ArrayValue, axis: int, step: Number) -> ArrayValue:
    extent = array.shape[axis]
    ctx.check(compare("ge", extent, integer(2)), "a gradient of fewer than two elements")
    twice = apply_binary(ctx, "mul", _python(2.0), step)
    result = allocate(ctx, "gradient", Array(array.dtype, array.rank), array.shape)
    one, last = integer(1), minus(extent, integer(1))
    inner = (*array.shape[:axis], minus(extent, integer(2)), *array.shape[axis + 1 :])
    edge = (*array.shape[:axis], one, *array.shape[axis + 1 :])

    def put(shape: Indices, offset: Expr, after: Expr, before: Expr, divisor: Number) -> None:
        def at(i: Indices, shift: Expr) -> Indices:
            return (*i[:axis], plus(i[axis], shift), *i[axis + 1 :])

        def body(i: Indices) -> None:
            change = binary("sub", array.element(at(i, after)), array.element(at(i, before)))
            _store(ctx, result, at(i, offset), typed(ctx, lambda: binary("truediv", change, divisor.expr)))

        loops(ctx, shape, body)

    put(inner, one, integer(2), integer(0), number(ctx, twice))
    put(edge, integer(0), one, integer(0), step)
    put(edge, last, last, minus(extent, integer(2)), step)
    return result


def _store(ctx: Context, target: ArrayValue, indices: Indices, value: Expr) -> None:
    assert target.place is not None
    ctx.emit(Store(target.place.array, indices, cast(value, Scalar(target.dtype)), False, ctx.span))


def _trapezoid(ctx: Context, arguments: Arguments) -> Value:
    y, x, dx, axis = arguments.take(ctx, "y", "x", "dx", "axis")
    array = as_stored(ctx, as_array(ctx, y))
    along = last_axis(ctx, axis, array.rank)
    width: ArrayValue | Number = number(ctx, dx) if is_given(dx) else _python(1.0)
    if is_given(x):
        width = _widths(ctx, as_array(ctx, x), array.rank, along)
    sums = apply_binary(ctx, "add", _shifted(array, along, 1), _shifted(array, along, 0))
    areas = apply_binary(ctx, "truediv", apply_binary(ctx, "mul", width, sums), _python(2.0))
    return ctx.library(ctx, "numpy.sum", Arguments((areas,), {"axis": Number(integer(along))}))


def _shifted(array: ArrayValue, axis: int, shift: int) -> ArrayValue:
    """All elements along an axis but the last, or the first."""
    shape = (*array.shape[:axis], minus(array.shape[axis], integer(1)), *array.shape[axis + 1 :])
    offset = integer(shift)
    rule = lambda i: array.element((*i[:axis], plus(i[axis], offset), *i[axis + 1 :]))  # noqa: E731
    return pulled(array.dtype, shape, rule)


def _widths(ctx: Context, x: ArrayValue, rank: int, along: int) -> ArrayValue:
    """The distances of the points, shaped so that they run along that axis."""
    if x.rank not in (1, rank) or x.dtype is DType.BOOL:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Points of this shape are not compiled.")
    axis = 0 if x.rank == 1 else along
    found = apply_binary(ctx, "sub", _shifted(x, axis, 1), _shifted(x, axis, 0))
    assert isinstance(found, ArrayValue)
    if x.rank == rank:
        return found
    shape = tuple(found.shape[0] if n == along else integer(1) for n in range(rank))
    return pulled(found.dtype, shape, lambda i: found.element((i[along],)))


# ---- polynomials and powers -----------------------------------------------------------------------------


def _polyval(ctx: Context, arguments: Arguments) -> Value:
    """Horner's rule, coefficient by coefficient, as NumPy computes it."""
    p, x = arguments.take(ctx, "p", "x")
    coefficients, operand = as_stored(ctx, as_array(ctx, p)), as_operand(ctx, x)
    if coefficients.rank != 1:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'polyval' takes a vector of coefficients.")
    ctx.check(compare("ge", coefficients.shape[0], integer(1)), "a polynomial without coefficients")
    points = as_array(ctx, operand)
    _, dtype = ufunc_result(ctx, "add", (points.type, coefficients.type))
    if dtype is DType.BOOL:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A polynomial of bools is not compiled.")
    type = Scalar(dtype)
    note_product(ctx, points, points)  # a real coefficient becomes complex, too
    result = allocate(ctx, "values", Array(dtype, points.rank), points.shape)

    def body(i: Indices) -> None:
        value = ctx.temporary("point", cast(points.element(i), type))
        acc = accumulator(ctx, Folding(type, None, lambda a, _: a), cast(integer(0), type))

        def step(k: Indices) -> None:
            product = Binary("mul", acc, value, type, checked=False)
            term = cast(coefficients.element(k), type)
            ctx.emit(Assign(acc.name, Binary("add", product, term, type, checked=False), ctx.span))

        loops(ctx, coefficients.shape, step, "r")
        _store(ctx, result, i, acc)

    loops(ctx, points.shape, body)
    return Number(result.element(())) if result.rank == 0 else result


def _vander(ctx: Context, arguments: Arguments) -> Value:
    """Rows of powers, each the one before times x."""
    x, count, increasing = arguments.take(ctx, "x", "N", "increasing")
    points = as_stored(ctx, as_array(ctx, x))
    if points.rank != 1:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'vander' takes a vector.")
    columns = as_integer(number(ctx, count).expr) if is_given(count) else points.shape[0]
    _, dtype = ufunc_result(ctx, "add", (points.type, Scalar(DType.INT64)))
    type = Scalar(dtype)
    result = allocate(ctx, "powers", Array(dtype, 2), (points.shape[0], columns))
    upwards = known_bool(ctx, increasing, False, "increasing")
    last = minus(result.shape[1], integer(1))

    def row(i: Indices) -> None:
        value = ctx.temporary("point", cast(points.element(i), type))
        acc = accumulator(ctx, Folding(type, None, lambda a, _: a), cast(integer(1), type))

        def step(k: Indices) -> None:
            first, second = (compare("eq", k[0], integer(n)) for n in (0, 1))
            product = Binary("mul", acc, value, type, checked=False)
            power = Select(second, value, product, type)  # 1 * x, which is x itself
            ctx.emit(Assign(acc.name, Select(first, cast(integer(1), type), power, type), ctx.span))
            _store(ctx, result, (i[0], k[0] if upwards else minus(last, k[0])), acc)

        loops(ctx, (result.shape[1],), step, "r")

    loops(ctx, points.shape, row)
    return result


def _logspace(ctx: Context, arguments: Arguments) -> Value:
    start, stop, num, endpoint, base = arguments.take(ctx, "start", "stop", "num", "endpoint", "base")
    given = {"start": start, "stop": stop, "num": num, "endpoint": endpoint}
    known = {name: value for name, value in given.items() if value is not None}
    exponents = ctx.library(ctx, "numpy.linspace", Arguments((), known))
    factor = number(ctx, base) if is_given(base) else _python(10.0)
    if factor.type.dtype not in (DType.FLOAT64, DType.INT64):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A base of this type is not compiled.")
    return _library(ctx, "power", Number(cast(factor.expr, _DOUBLE)), exponents)


# ---- elementwise ----------------------------------------------------------------------------------------


def _angle(ctx: Context, arguments: Arguments) -> Value:
    z, deg = arguments.take(ctx, "z", "deg")
    operand = as_operand(ctx, z)
    parts: tuple[Value, Value] = (Number(integer(0)), operand)
    if operand.type.dtype.is_complex:
        parts = (_library(ctx, "imag", operand), _library(ctx, "real", operand))
    angle = _library(ctx, "arctan2", *parts)
    return (
        apply_binary(ctx, "mul", angle, _python(180 / math.pi))
        if known_bool(ctx, deg, False, "deg")
        else angle
    )


def _sinc(ctx: Context, arguments: Arguments) -> Value:
    """sin(pi x) / (pi x), and 1 where that is 0 / 0."""
    (x,) = arguments.take(ctx, "x")
    scaled = _library(ctx, "multiply", _python(math.pi), as_operand(ctx, x))
    quotient = _library(ctx, "divide", _library(ctx, "sin", scaled), scaled)
    operands = [as_operand(ctx, value) for value in (scaled, quotient)]
    type = Scalar(operands[1].type.dtype)
    if type.dtype.is_complex:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'sinc' of complex numbers is not compiled.")
    one = cast(integer(1), type)

    def rule(y: Expr, q: Expr) -> Expr:
        return Select(compare("ne", y, cast(integer(0), y.type)), cast(q, type), one, type)

    return mapped(ctx, operands, rule)


TABLE: dict[str, Handler] = {
    "numpy.gradient": _gradient,
    "numpy.trapezoid": _trapezoid,
    "numpy.polyval": _polyval,
    "numpy.vander": _vander,
    "numpy.logspace": _logspace,
    "numpy.angle": _angle,
    "numpy.sinc": _sinc,
}
