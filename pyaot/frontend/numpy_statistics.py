"""Counting functions: bincount and histogram as loops with indirect subscripts."""

import math
from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, is_given, number
from pyaot.frontend.arithmetic import (
    as_integer,
    both,
    cast,
    compare,
    greatest,
    integer,
    minus,
    plus,
)
from pyaot.frontend.arrays import allocate, as_stored, loops
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.reductions import Folding, reduce_array
from pyaot.frontend.reshaping import flattened
from pyaot.frontend.values import ArrayValue, Indices, Number, TupleValue, Value
from pyaot.ir.build import unchecked
from pyaot.ir.nodes import Assign, Binary, Cast, Const, Expr, If, Load, Select, Store, Var
from pyaot.ir.types import PY_INT, Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]
_COUNT = Scalar(DType.INT64)
_DOUBLE = Scalar(DType.FLOAT64)


def _bincount(ctx: Context, arguments: Arguments) -> Value:
    """Counts of 0, 1, ... max(x), at least `minlength` of them; with weights their sums, in order."""
    x, weights, minlength = arguments.take(ctx, "x", "weights", "minlength")
    values = as_stored(ctx, as_array(ctx, x))
    if not values.dtype.is_integer or values.rank != 1:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'bincount' takes a one-dimensional array of ints.")
    type = Scalar(DType.FLOAT64) if is_given(weights) else _COUNT
    least = as_integer(number(ctx, minlength).expr) if is_given(minlength) else integer(0)
    extent = ctx.temporary("bins", greatest(plus(_largest(ctx, values), integer(1)), least))
    result = allocate(
        ctx, "counts", Array(type.dtype, 1), (extent,), Const(0.0 if type is not _COUNT else 0, type)
    )
    added = as_array(ctx, weights) if is_given(weights) else None
    if added is not None and added.dtype.is_complex:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Complex weights are not compiled.")
    assert result.place is not None
    array = result.place.array

    def body(i: Indices) -> None:
        where = as_integer(values.element(i))
        ctx.check(compare("ge", where, integer(0)), "bincount of a negative number")
        amount = cast(integer(1), type) if added is None else cast(added.element(i), type)
        total = Binary("add", Load(array, (where,), type, False), amount, type, checked=False)
        ctx.emit(Store(array, (where,), total, False, ctx.span))

    loops(ctx, values.shape, body)
    return result


def _largest(ctx: Context, values: ArrayValue) -> Expr:
    """max(x), or -1 where there is none."""
    folding = Folding(PY_INT, integer(-1), lambda acc, e: Binary("maximum", acc, e, PY_INT))
    found = reduce_array(ctx, values, (0,), False, folding)
    assert isinstance(found, Number)
    return found.expr


def _histogram(ctx: Context, arguments: Arguments) -> Value:
    """Counts in equal bins of a given range, or of the data's own; NumPy's rule for values on an edge."""
    a, bins, bounds, weights = arguments.take(ctx, "a", "bins", "range", "weights")
    values = flattened(ctx, as_stored(ctx, as_array(ctx, a)))
    if values.dtype is not DType.FLOAT64 and not values.dtype.is_integer:
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT,
            f"'histogram' of {values.dtype.value} is not compiled.",
            None,
            "Give it 'a.astype(np.float64)'.",
        )
    count = as_integer(number(ctx, bins).expr) if is_given(bins) else integer(10)
    ctx.check(compare("ge", count, integer(1)), "a histogram without bins")
    low, high = _bounds(ctx, values, bounds)
    ctx.check(compare("lt", low, high), "the range of a histogram is empty")
    width = Binary("sub", high, low, _DOUBLE, False)
    ctx.check(compare("lt", width, Const(math.inf, _DOUBLE)), "the range of a histogram is not finite")
    edges = ctx.library(
        ctx, "numpy.linspace", Arguments((Number(low), Number(high), Number(plus(count, integer(1)))))
    )
    assert isinstance(edges, ArrayValue)
    kept_edges = ctx.library(ctx, "numpy.copy", Arguments((edges,)))
    assert isinstance(kept_edges, ArrayValue)
    added = flattened(ctx, as_stored(ctx, as_array(ctx, weights))) if is_given(weights) else None
    if added is not None and added.dtype is not DType.FLOAT64:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Only weights of float64 are compiled.")
    type = _COUNT if added is None else _DOUBLE
    result = allocate(ctx, "counts", Array(type.dtype, 1), (count,), Const(0 if added is None else 0.0, type))
    _count_into(ctx, values, added, kept_edges, (low, high, count), result)
    return TupleValue((result, kept_edges))


def _bounds(ctx: Context, values: ArrayValue, bounds: Value | None) -> tuple[Expr, Expr]:
    if isinstance(bounds, TupleValue) and len(bounds.items) == 2:
        exprs = [cast(number(ctx, item).expr, _DOUBLE) for item in bounds.items]
    else:
        found = [ctx.library(ctx, f"numpy.{name}", Arguments((values,))) for name in ("min", "max")]
        exprs = [cast(number(ctx, item).expr, _DOUBLE) for item in found]
    low, high = (ctx.temporary(name, e) for name, e in zip(("low", "high"), exprs))
    return low, high


def _count_into(
    ctx: Context,
    values: ArrayValue,
    added: ArrayValue | None,
    edges: ArrayValue,
    span: tuple[Expr, Expr, Expr],
    result: ArrayValue,
) -> None:
    low, high, count = span
    assert result.place is not None
    array, type = result.place.array, Scalar(result.dtype)
    width = Binary("sub", high, low, _DOUBLE, False)

    def body(i: Indices) -> None:
        value = ctx.temporary("value", cast(values.element(i), _DOUBLE))
        inside = both(compare("ge", value, low), compare("le", value, high))
        with ctx.nested() as chosen:
            bin_ = _bin_of(ctx, value, (low, width, count), edges)
            amount = cast(integer(1), type) if added is None else cast(added.element(i), type)
            total = Binary("add", Load(array, (bin_,), type, False), amount, type, checked=False)
            ctx.emit(Store(array, (bin_,), total, False, ctx.span))
        ctx.emit(If(inside, tuple(chosen), (), ctx.span))

    loops(ctx, values.shape, body)


def _bin_of(ctx: Context, value: Expr, span: tuple[Expr, Expr, Expr], edges: ArrayValue) -> Expr:
    """The computed bin, moved by one where rounding put the value on the wrong side of an edge.

    A value in a finite range has a bin from 0 to `count` before it is moved, so nothing leaves int64.
    """
    low, width, count = span
    scaled = Binary(
        "mul",
        Binary("truediv", Binary("sub", value, low, _DOUBLE, False), width, _DOUBLE, False),
        cast(count, _DOUBLE),
        _DOUBLE,
        False,
    )
    name = ctx.fresh("bin")
    ctx.emit(Assign(name, Cast(Cast(scaled, _COUNT), PY_INT), ctx.span))
    bin_ = Var(name, PY_INT)
    last = minus(count, integer(1))
    ctx.emit(Assign(name, Select(compare("eq", bin_, count), last, bin_, PY_INT), ctx.span))
    below = compare("lt", value, edges.element((bin_,)))
    ctx.emit(Assign(name, Select(below, unchecked(minus(bin_, integer(1))), bin_, PY_INT), ctx.span))
    above = both(compare("ge", value, edges.element((plus(bin_, integer(1)),))), compare("ne", bin_, last))
    ctx.emit(Assign(name, Select(above, unchecked(plus(bin_, integer(1))), bin_, PY_INT), ctx.span))
    return bin_


TABLE: dict[str, Handler] = {
    "numpy.bincount": _bincount,
    "numpy.histogram": _histogram,
}
