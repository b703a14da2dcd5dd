"""The methods of binary ufuncs: outer, reduce, accumulate and at.

np.subtract.outer(a, b)     a[:, None] - b          np.maximum.reduce(A)    A.max(axis=0)
np.add.accumulate(A)        A.cumsum(axis=0)            np.add.at(a, k, b)          for i: a[k[i]] += b[i]
"""

from collections.abc import Callable

import numpy as np

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend import numpy_reductions, numpy_ufuncs
from pyaot.frontend.arguments import (
    Arguments,
    axis_argument,
    is_given,
)
from pyaot.frontend.arithmetic import cast, compare, integer
from pyaot.frontend.arrays import allocate, apart_from, loops, write
from pyaot.frontend.coerce import as_array, as_operand
from pyaot.frontend.context import Context
from pyaot.frontend.prove import make_equal
from pyaot.frontend.reductions import Folding, accumulator
from pyaot.frontend.subscripts import subscript
from pyaot.frontend.values import ArrayValue, Indices, NoneValue, Number, TupleValue, Value
from pyaot.ir.nodes import Assign, Binary, Const, Expr, Select, Store
from pyaot.ir.types import Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]

_BINARY = (
    *("add", "subtract", "multiply", "divide", "true_divide", "floor_divide", "remainder", "mod", "power"),
    *("minimum", "maximum", "hypot", "arctan2", "copysign", "logical_and", "logical_or", "logical_xor"),
    *("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift"),
    *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
)
_REDUCTIONS = {
    "add": "sum",
    "multiply": "prod",
    "minimum": "min",
    "maximum": "max",
    "logical_and": "all",
    "logical_or": "any",
}
_IN_PLACE = ("add", "subtract", "multiply", "divide", "true_divide", "floor_divide", "minimum", "maximum")
_ACCUMULATIONS = {"add": "cumsum", "multiply": "cumprod"}


def _outer(handler: Handler) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, b = (_of_numpy(as_operand(ctx, value)) for value in arguments.take(ctx, "A", "B"))
        if isinstance(a, ArrayValue) and isinstance(b, ArrayValue):
            a = _with_axes_behind(a, b.rank)
        return handler(ctx, Arguments((a, b)))

    return handle


def _of_numpy(value: ArrayValue | Number) -> ArrayValue | Number:
    """`outer` makes arrays of its operands, so a number of Python's has a dtype like any other."""
    return value if isinstance(value, ArrayValue) else Number(numpy_ufuncs.cast_numpy(value.expr))


def _with_axes_behind(array: ArrayValue, count: int) -> ArrayValue:
    """The array with that many axes of extent one after its own."""
    shape = (*array.shape, *(integer(1),) * count)
    return ArrayValue(array.dtype, shape, lambda indices: array.element(indices[: array.rank]))


def _along_first(handler: Handler) -> Handler:
    """The function of the whole array, along the first axis where none is named."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        if not arguments.positional:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The array is named, which is not compiled.")
        keywords = dict(arguments.keywords)
        if len(arguments.positional) == 1:
            keywords.setdefault("axis", Number(integer(0)))
        return handler(ctx, Arguments(arguments.positional, keywords))

    return handle


def _running_extreme(op: str) -> Handler:
    """minimum.accumulate, maximum.accumulate: of the first, the first two, the first three elements ..."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        array, axis = arguments.take(ctx, "array", "axis")
        source = as_array(ctx, array)
        if source.dtype.is_complex or source.rank == 0:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Extremes of such an array are not compiled.")
        along = axis_argument(ctx, axis, source.rank) if is_given(axis) else 0
        type = Scalar(source.dtype)
        result = allocate(ctx, "running", Array(source.dtype, source.rank), source.shape)
        name = {"minimum": "bitand", "maximum": "bitor"}[op] if source.dtype is DType.BOOL else op

        def outer_body(outer: Indices) -> None:
            acc = accumulator(ctx, Folding(type, None, lambda a, _: a), _anything(type))

            def inner_body(inner: Indices) -> None:
                indices = (*outer[:along], inner[0], *outer[along:])
                element = source.element(indices)
                greater = Binary(name, acc, element, type, checked=False)
                is_first = compare("eq", inner[0], integer(0))
                ctx.emit(Assign(acc.name, Select(is_first, element, greater, type), ctx.span))
                ctx.emit(Store(target, indices, acc, False, ctx.span))

            loops(ctx, (source.shape[along],), inner_body, "r")

        assert result.place is not None
        target = result.place.array
        loops(ctx, (*source.shape[:along], *source.shape[along + 1 :]), outer_body)
        return result

    return handle


def _anything(type: Scalar) -> Expr:
    return Const(False, type) if type.dtype is DType.BOOL else cast(integer(0), type)


def _at(handler: Handler) -> Handler:
    """`a[indices] = a[indices] op b`, one after the other: an element that is named twice changes twice."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, indices, b = arguments.take(ctx, "a", "indices", "b")
        if not isinstance(a, ArrayValue) or a.place is None or a.boxed or indices is None:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This form of 'at' is not compiled.")
        items = indices.items if isinstance(indices, TupleValue) and not indices.is_list else (indices,)
        chosen = [i if isinstance(i, Number) else _apart(ctx, a, as_array(ctx, i)) for i in items]
        if any(not item.type.dtype.is_integer for item in chosen):
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'at' takes indices that are integers in compiled code.")
        target = subscript(ctx, a, chosen)
        if not isinstance(target, ArrayValue):
            raise ctx.refuse(
                UNSUPPORTED_ARGUMENT, "'at' of one element is not compiled.", None, "Use 'a[i] += b'."
            )
        operand = as_operand(ctx, b)
        if isinstance(operand, ArrayValue):
            operand = _apart(ctx, a, operand)
        changed = handler(ctx, Arguments((target, operand)))
        assert isinstance(changed, ArrayValue)
        if not np.can_cast(changed.dtype.value, a.dtype.value, "same_kind"):
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'at' of operands of such types is not compiled.")
        if changed.rank != target.rank:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The operand of 'at' has too many dimensions.")
        for extent, goal in zip(changed.shape, target.shape):
            make_equal(ctx, extent, goal, "the operand of 'at' has another shape")
        write(ctx, target, changed.element)
        return NoneValue()

    return handle


def _apart(ctx: Context, a: ArrayValue, value: ArrayValue) -> ArrayValue:
    assert a.place is not None
    return apart_from(ctx, a.place.array, value)


TABLE: dict[str, Handler] = {
    **{f"numpy.{name}.outer": _outer(numpy_ufuncs.TABLE[f"numpy.{name}"]) for name in _BINARY},
    **{
        f"numpy.{name}.{method}": _along_first(numpy_reductions.TABLE[f"numpy.{function}"])
        for method, functions in (("reduce", _REDUCTIONS), ("accumulate", _ACCUMULATIONS))
        for name, function in functions.items()
    },
    **{f"numpy.{name}.accumulate": _running_extreme(name) for name in ("minimum", "maximum")},
    **{f"numpy.{name}.at": _at(numpy_ufuncs.TABLE[f"numpy.{name}"]) for name in _IN_PLACE},
}
