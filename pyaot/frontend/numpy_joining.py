"""NumPy's functions that join arrays: one fresh array, one loop nest for each part."""

from collections.abc import Callable, Sequence

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, axis_argument, is_given
from pyaot.frontend.arithmetic import cast, integer, plus, times
from pyaot.frontend.arrays import allocate, as_stored, loops, materialise
from pyaot.frontend.coerce import as_array, common_dtype, stacked_items
from pyaot.frontend.context import Context
from pyaot.frontend.numpy_shapes import transposed
from pyaot.frontend.prove import make_equal
from pyaot.frontend.reshaping import flattened, reshaped
from pyaot.frontend.values import ArrayValue, Indices, ListValue, NoneValue, TupleValue, Value
from pyaot.ir.nodes import Expr, Store
from pyaot.ir.types import Array, Scalar

Handler = Callable[[Context, Arguments], Value]


def concatenated(ctx: Context, parts: Sequence[ArrayValue], along: int) -> ArrayValue:
    """The arrays one after the other along an axis: a fresh array, one loop nest for each part."""
    first = parts[0]
    for part in parts[1:]:
        for axis in range(first.rank):
            if axis != along:
                make_equal(ctx, part.shape[axis], first.shape[axis], "the joined arrays differ in shape")
    total: Expr = integer(0)
    for part in parts:
        total = plus(total, part.shape[along])
    shape = (*first.shape[:along], total, *first.shape[along + 1 :])
    result = allocate(ctx, "joined", Array(common_dtype(ctx, [p.type for p in parts]), first.rank), shape)
    offset: Expr = integer(0)
    for part in parts:
        _copy_part(ctx, result, part, along, offset)
        offset = plus(offset, part.shape[along])
    return result


def _copy_part(ctx: Context, result: ArrayValue, part: ArrayValue, along: int, offset: Expr) -> None:
    place = result.place
    assert place is not None

    def body(indices: Indices) -> None:
        target = (*indices[:along], plus(indices[along], offset), *indices[along + 1 :])
        ctx.emit(
            Store(place.array, target, cast(part.element(indices), Scalar(result.dtype)), False, ctx.span)
        )

    loops(ctx, part.shape, body)


def _joined_items(ctx: Context, items: ArrayValue, along: int) -> ArrayValue:
    """The arrays of a list, which have one shape, one after the other along an axis of theirs."""
    count, *inner = items.shape
    extent = inner[along]
    shape = (*inner[:along], times(count, extent), *inner[along + 1 :])
    result = allocate(ctx, "joined", Array(items.dtype, items.rank - 1), shape)
    place = result.place
    assert place is not None

    def body(indices: Indices) -> None:
        item, *own = indices
        own[along] = plus(times(item, extent), own[along])
        ctx.emit(Store(place.array, tuple(own), items.element(indices), False, ctx.span))

    loops(ctx, items.shape, body)
    return result


def _parts(ctx: Context, value: Value | None) -> list[ArrayValue]:
    if not isinstance(value, TupleValue) or not value.items:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The arrays to join must be in a tuple or list.")
    return [as_array(ctx, item) for item in value.items]


def _concatenate(ctx: Context, arguments: Arguments) -> Value:
    arrays, axis = arguments.take(ctx, "arrays", "axis")
    if isinstance(arrays, ListValue) and (items := as_array(ctx, arrays)).rank > 1:
        if isinstance(axis, NoneValue):
            return materialise(ctx, flattened(ctx, materialise(ctx, items)), "joined")
        along = axis_argument(ctx, axis, items.rank - 1) if is_given(axis) else 0
        return _joined_items(ctx, items, along)
    parts = _parts(ctx, arrays)
    if isinstance(axis, NoneValue):
        parts, axis = [flattened(ctx, as_stored(ctx, part)) for part in parts], None
    if any(part.rank != parts[0].rank for part in parts) or parts[0].rank == 0:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Joined arrays must have one number of dimensions.")
    along = axis_argument(ctx, axis, parts[0].rank) if is_given(axis) else 0
    return concatenated(ctx, parts, along)


def _stack(ctx: Context, arguments: Arguments) -> Value:
    arrays, axis = arguments.take(ctx, "arrays", "axis")
    if isinstance(arrays, ListValue):
        result = materialise(ctx, as_array(ctx, arrays), "stacked")
    elif isinstance(arrays, TupleValue) and arrays.items:
        result = stacked_items(ctx, arrays.items)
    else:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The arrays to stack must be in a tuple or list.")
    position = axis_argument(ctx, axis, result.rank) if is_given(axis) else 0
    order = list(range(1, result.rank))
    order.insert(position, 0)
    return result if position == 0 else materialise(ctx, transposed(ctx, result, order), "stacked")


def _stack_along(default_axis: int, least: int) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        (arrays,) = arguments.take(ctx, "tup")
        if isinstance(arrays, ListValue) and (items := as_array(ctx, arrays)).rank > 1:
            rank = items.rank - 1
            if rank < least:
                return materialise(ctx, items, "stacked")
            return _joined_items(ctx, items, 0 if rank == 1 else default_axis)
        parts = [_at_least(ctx, p, least) for p in _parts(ctx, arrays)]
        return concatenated(ctx, parts, 0 if parts[0].rank == 1 else default_axis)

    return handle


def _at_least(ctx: Context, array: ArrayValue, rank: int) -> ArrayValue:
    missing = rank - array.rank
    if missing <= 0:
        return array
    return reshaped(ctx, array, ((integer(1),) * missing) + array.shape)


TABLE: dict[str, Handler] = {
    "numpy.concatenate": _concatenate,
    "numpy.stack": _stack,
    "numpy.hstack": _stack_along(1, 1),
    "numpy.vstack": _stack_along(0, 2),
    "numpy.row_stack": _stack_along(0, 2),
}
