"""Grids of indices: np.mgrid[0:n, 0:m], np.ogrid[...], np.indices, np.meshgrid."""

from collections.abc import Callable, Sequence

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT, UNSUPPORTED_EXPRESSION
from pyaot.frontend.arguments import (
    Arguments,
    dtype_of,
    is_given,
    needed,
    shape_argument,
)
from pyaot.frontend.arithmetic import as_integer, cast, compare, integer, plus, times
from pyaot.frontend.arrays import materialise, pulled
from pyaot.frontend.coerce import as_array
from pyaot.frontend.comprehensions import trip_count
from pyaot.frontend.context import Context
from pyaot.frontend.values import (
    ArrayValue,
    Element,
    FunctionValue,
    Indices,
    RangeValue,
    SliceValue,
    TextValue,
    TupleValue,
    Value,
)
from pyaot.ir.nodes import Expr, Select
from pyaot.ir.types import DType, Scalar

Handler = Callable[[Context, Arguments], Value]
GRIDS = ("numpy.mgrid", "numpy.ogrid")
_INT = Scalar(DType.INT64)


def grid(ctx: Context, path: str, items: Sequence[Value]) -> Value:
    """`np.mgrid[items]`: arrays of coordinates, one for every slice; `np.ogrid`: a tuple of thin ones."""
    ranges = [_range(ctx, item) for item in items]
    counts = tuple(trip_count(ctx, r) for r in ranges)
    if len(ranges) == 1:
        return _line(ranges[0], counts[0])
    if path == "numpy.mgrid":
        return _stacked(ranges, counts)
    thin = [_thin(_line(r, count), axis, len(ranges)) for axis, (r, count) in enumerate(zip(ranges, counts))]
    return TupleValue(tuple(thin))


def _range(ctx: Context, item: Value) -> RangeValue:
    """A slice of ints; a step such as `5j`, a number of points, is left to Python."""
    if not isinstance(item, SliceValue) or item.stop is None:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A grid is made of slices 'start:stop' in compiled code.")
    start, stop, step = (
        integer(default) if bound is None else as_integer(bound.expr)
        for bound, default in ((item.start, 0), (item.stop, 0), (item.step, 1))
    )
    return RangeValue(start, stop, step)


def _at(r: RangeValue, index: Expr) -> Expr:
    return cast(plus(r.start, times(index, r.step)), _INT)


def _line(r: RangeValue, count: Expr) -> ArrayValue:
    return pulled(DType.INT64, (count,), lambda i: _at(r, i[0]))


def _thin(line: ArrayValue, axis: int, rank: int) -> ArrayValue:
    """A line along one axis of `rank`, the others of extent one."""
    shape = tuple(line.shape[0] if n == axis else integer(1) for n in range(rank))
    return pulled(line.dtype, shape, lambda i: line.element((i[axis],)))


def _stacked(ranges: Sequence[RangeValue], counts: Indices) -> ArrayValue:
    """Element (k, i, j, ...) is the k-th coordinate of the point (i, j, ...)."""

    def element(i: Indices) -> Expr:
        result = _at(ranges[-1], i[-1])
        for axis in range(len(ranges) - 2, -1, -1):
            own = _at(ranges[axis], i[1 + axis])
            result = Select(compare("eq", i[0], integer(axis)), own, result, _INT)
        return result

    return pulled(DType.INT64, (integer(len(ranges)), *counts), element)


def _indices(ctx: Context, arguments: Arguments) -> Value:
    (dimensions,) = arguments.take(ctx, "dimensions")
    counts = tuple(as_integer(n.expr) for n in shape_argument(ctx, needed(ctx, dimensions)))
    if not counts:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A grid without dimensions is not compiled.")
    return _stacked([RangeValue(integer(0), count, integer(1)) for count in counts], counts)


def _meshgrid(ctx: Context, arguments: Arguments) -> Value:
    indexing = arguments.keywords.get("indexing", TextValue("xy"))
    if set(arguments.keywords) - {"indexing"} or not isinstance(indexing, TextValue):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Only 'indexing' of meshgrid is compiled.")
    axes = [as_array(ctx, value) for value in arguments.positional]
    if any(axis.rank != 1 for axis in axes) or not axes:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'meshgrid' takes vectors in compiled code.")
    order = list(range(len(axes)))
    if indexing.text != "ij" and len(axes) > 1:
        order[0], order[1] = 1, 0
    shape = tuple(axes[order.index(n)].shape[0] for n in range(len(axes)))
    items = (pulled(a.dtype, shape, _along(a, n)) for a, n in zip(axes, order))
    return TupleValue(tuple(materialise(ctx, item, "grid") for item in items))


def _along(axis: ArrayValue, n: int) -> Element:
    """A one-dimensional array that runs along dimension n of a grid."""
    return lambda indices: axis.element((indices[n],))


def _from_function(ctx: Context, arguments: Arguments) -> Value:
    """`function(i, j, ...)` of the arrays of indices, in one call."""
    function, shape, dtype = arguments.take(ctx, "function", "shape", "dtype")
    if not isinstance(function, FunctionValue) or not isinstance(shape, TupleValue):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This form of 'fromfunction' is not compiled.")
    type = Scalar(dtype_of(ctx, dtype) if dtype is not None and is_given(dtype) else DType.FLOAT64)
    counts = tuple(as_integer(n.expr) for n in shape_argument(ctx, shape))
    grids = tuple(pulled(type.dtype, counts, _coordinate(axis, type)) for axis in range(len(counts)))
    return ctx.call_function(ctx, function, grids, {}, function.node)


def _coordinate(axis: int, type: Scalar) -> Element:
    return lambda indices: cast(indices[axis], type)


TABLE: dict[str, Handler] = {
    "numpy.meshgrid": _meshgrid,
    "numpy.indices": _indices,
    "numpy.fromfunction": _from_function,
}
