"""Positions of what is true: counted first, then allocated and filled.

np.nonzero(a)       count the elements that are not zero;  for i: found[k] = i;  k = k + (a[i] != 0)
"""

from collections.abc import Callable

import numpy as np

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, is_given
from pyaot.frontend.arithmetic import cast, integer, truth
from pyaot.frontend.arrays import allocate, as_stored, map_elements, materialise, pulled
from pyaot.frontend.coerce import as_array, as_operand
from pyaot.frontend.context import Context
from pyaot.frontend.masks import compress, count_chosen, fill_chosen
from pyaot.frontend.numpy_shapes import transposed
from pyaot.frontend.numpy_ufuncs import choose
from pyaot.frontend.operators import check_fits
from pyaot.frontend.promote import PYTHON_TYPES, from_numpy
from pyaot.frontend.reshaping import flattened
from pyaot.frontend.values import ArrayValue, Indices, Number, TupleValue, Value
from pyaot.ir.nodes import Expr, Select, Store
from pyaot.ir.types import PY_BOOL, Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]


# ---- nonzero --------------------------------------------------------------------------------------------


def _truths(ctx: Context, value: Value | None) -> ArrayValue:
    """What is true of the argument's elements; an expression is computed once."""
    array = as_array(ctx, value)
    if array.rank == 0:
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, "The positions in an array without dimensions are not compiled."
        )
    if array.place is None:
        array = materialise(ctx, pulled(DType.BOOL, array.shape, lambda i: truth(array.element(i))), "mask")
    return pulled(DType.BOOL, array.shape, lambda i: cast(truth(array.element(i)), PY_BOOL))


def _store(ctx: Context, target: ArrayValue, indices: Indices, value: Expr) -> None:
    assert target.place is not None
    value = cast(value, Scalar(target.dtype))
    ctx.emit(Store(target.place.array, target.place.subscripts(indices), value, False, ctx.span))


def _nonzero(ctx: Context, arguments: Arguments) -> Value:
    """A vector of positions for every axis."""
    (a,) = arguments.take(ctx, "a")
    return TupleValue(tuple(positions(ctx, _truths(ctx, a))))


def positions(ctx: Context, mask: ArrayValue) -> list[ArrayValue]:
    """Where the mask is true: a vector for every axis."""
    extent = count_chosen(ctx, mask)
    found = [allocate(ctx, "found", Array(DType.INT64, 1), (extent,)) for _ in mask.shape]

    def put(k: Expr, indices: Indices) -> None:
        for target, index in zip(found, indices):
            _store(ctx, target, (k,), index)

    fill_chosen(ctx, mask, put)
    return found


def _flatnonzero(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "a")
    array = as_array(ctx, a)
    flat = flattened(ctx, as_stored(ctx, array)) if array.rank != 1 else array
    found = _nonzero(ctx, Arguments((flat,)))
    assert isinstance(found, TupleValue)
    return found.items[0]


def _argwhere(ctx: Context, arguments: Arguments) -> Value:
    """The positions as rows: a view of the vectors that `nonzero` gives, stacked."""
    (a,) = arguments.take(ctx, "a")
    mask = _truths(ctx, a)
    extent = count_chosen(ctx, mask)
    found = allocate(ctx, "found", Array(DType.INT64, 2), (integer(mask.rank), extent))

    def put(k: Expr, indices: Indices) -> None:
        for axis, index in enumerate(indices):
            _store(ctx, found, (integer(axis), k), index)

    fill_chosen(ctx, mask, put)
    return transposed(ctx, found, (1, 0))


def _where(ctx: Context, arguments: Arguments) -> Value:
    condition, x, y = arguments.take(ctx, "condition", "x", "y")
    if x is None and y is None:
        return _nonzero(ctx, Arguments((condition,) if condition is not None else ()))
    return choose(ctx, arguments)


def _extract(ctx: Context, arguments: Arguments) -> Value:
    """The elements for which a condition of the same size holds."""
    condition, arr = arguments.take(ctx, "condition", "arr")
    chosen, array = (flattened(ctx, as_stored(ctx, as_array(ctx, value))) for value in (condition, arr))
    mask = pulled(DType.BOOL, chosen.shape, lambda i: truth(chosen.element(i)))
    return compress(ctx, array, (mask,))


# ---- choices --------------------------------------------------------------------------------------------


def _select(ctx: Context, arguments: Arguments) -> Value:
    """Of the choices the first whose condition holds."""
    conditions, choices, default = arguments.take(ctx, "condlist", "choicelist", "default")
    masks, values = (_listed(ctx, value) for value in (conditions, choices))
    values.append(as_operand(ctx, default) if is_given(default) else Number(integer(0)))
    if len(masks) + 1 != len(values) or any(mask.type.dtype is not DType.BOOL for mask in masks):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'select' needs as many conditions, of bools, as choices.")
    if not any(isinstance(operand, ArrayValue) for operand in (*masks, *values)):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'select' of numbers is not compiled.")
    type = Scalar(_common_type(ctx, [value.type for value in values]))
    if any(not np.can_cast(v.type.dtype.value, type.dtype.value, "same_kind") for v in values[:-1]):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "NumPy does not cast these choices to their common type.")
    for value in values:
        if isinstance(value, Number):
            check_fits(ctx, value.expr, value.type, type)

    def rule(*operands: Expr) -> Expr:
        result = cast(operands[-1], type)
        for condition, choice in reversed(list(zip(operands, operands[len(masks) : -1]))):
            result = Select(cast(condition, PY_BOOL), cast(choice, type), result, type)
        return result

    return map_elements(ctx, (*masks, *values), rule)


def _listed(ctx: Context, value: Value | None) -> list[ArrayValue | Number]:
    if not isinstance(value, TupleValue) or not value.items:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Conditions and choices must be written as lists.")
    return [as_operand(ctx, item) for item in value.items]


def _common_type(ctx: Context, types: list[Scalar]) -> DType:
    """NumPy's own answer: numbers of Python's are weak."""
    samples = [PYTHON_TYPES[t.dtype.kind](0) if t.is_python else np.dtype(t.dtype.value) for t in types]
    if any(t.is_undecided for t in types):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The type of a choice depends on the path.")
    return from_numpy(np.result_type(*samples))


TABLE: dict[str, Handler] = {
    "numpy.nonzero": _nonzero,
    "numpy.flatnonzero": _flatnonzero,
    "numpy.argwhere": _argwhere,
    "numpy.where": _where,
    "numpy.extract": _extract,
    "numpy.select": _select,
}
