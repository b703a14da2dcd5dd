"""Weighted averages.

np.average(a, weights=w)        sum(a * w) / sum(w)
"""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    axis_argument,
    is_given,
)
from pyaot.frontend.arithmetic import cast, compare, integer
from pyaot.frontend.arrays import loops, map_elements, pulled
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.operators import apply_binary, ufunc_result
from pyaot.frontend.prove import make_equal
from pyaot.frontend.values import ArrayValue, Indices, TupleValue, Value
from pyaot.ir.nodes import Binary
from pyaot.ir.types import DType, Scalar

Handler = Callable[[Context, Arguments], Value]


def _average(ctx: Context, arguments: Arguments) -> Value:
    a, axis, weights, keepdims = arguments.take(ctx, "a", "axis", "weights", "keepdims")
    array = as_array(ctx, a)
    given = {"axis": axis, "keepdims": keepdims}
    over = {name: value for name, value in given.items() if value is not None}
    if not is_given(weights):
        return ctx.library(ctx, "numpy.mean", Arguments((array,), over))
    shaped = _shaped(ctx, as_array(ctx, weights), array, axis)
    dtype = ufunc_result(ctx, "add", (array.type, shaped.type))[1]
    if array.dtype.kind not in "fc":
        dtype = ufunc_result(ctx, "add", (Scalar(dtype), Scalar(DType.FLOAT64)))[1]
    type = Scalar(dtype)
    factors = pulled(dtype, shaped.shape, lambda i: cast(shaped.element(i), type))
    total = ctx.library(ctx, "numpy.sum", Arguments((factors,), over))
    whole = as_array(ctx, total)

    def is_not_zero(i: Indices) -> None:
        ctx.check(compare("ne", whole.element(i), cast(integer(0), type)), "the weights sum to zero")

    loops(ctx, whole.shape, is_not_zero)
    products = map_elements(
        ctx, (array, factors), lambda e, w: Binary("mul", cast(e, type), w, type, checked=False)
    )
    found = ctx.library(ctx, "numpy.sum", Arguments((products,), over))
    return apply_binary(ctx, "truediv", found, total)


def _shaped(ctx: Context, weights: ArrayValue, array: ArrayValue, axis: Value | None) -> ArrayValue:
    """The weights in the shape of the array: their own, or a vector along the one axis."""
    if weights.rank == array.rank:
        for own, extent in zip(weights.shape, array.shape):
            make_equal(ctx, own, extent, "the weights have another shape than the array")
        return weights
    if weights.rank != 1 or not is_given(axis) or isinstance(axis, TupleValue):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Weights of this shape are not compiled.")
    along = axis_argument(ctx, axis, array.rank)
    make_equal(ctx, weights.shape[0], array.shape[along], "the weights have another shape than the array")
    return pulled(weights.dtype, array.shape, lambda i: weights.element((i[along],)))


TABLE: dict[str, Handler] = {"numpy.average": _average}
