"""Reductions as loops.

a.sum(axis=1)    for i0: acc = 0;  for i1: acc = acc + a[i0, i1];  result[i0] = acc
a.sum(axis=0)    for i1: result[i1] = 0;  for i0: for i1: result[i1] = result[i1] + a[i0, i1]
"""

from collections.abc import Callable

from msgspec import Struct

from pyaot.frontend.arithmetic import cast, integer
from pyaot.frontend.arrays import allocate, loops, write
from pyaot.frontend.context import Context
from pyaot.frontend.values import ArrayValue, Indices, Number, Value
from pyaot.ir.nodes import Assign, Const, Expr, Load, Store, Var
from pyaot.ir.types import Array, Scalar

Combine = Callable[[Expr, Expr], Expr]


class Folding(Struct, frozen=True):
    """How a reduction works: `start`, `combine(accumulator, element)` for every element, `finish`."""

    type: Scalar  # of the accumulator
    start: Expr | None  # None: the first element along the axes
    combine: Combine
    finish: Callable[[Expr], Expr] = lambda value: value


def reduce_array(
    ctx: Context, value: ArrayValue, axes: tuple[int, ...], keepdims: bool, folding: Folding
) -> Value:
    """The reduction of `value` over `axes`: a number where no dimension is left."""
    kept = tuple(axis for axis in range(value.rank) if axis not in axes)
    if not kept and not keepdims:
        return Number(folding.finish(_to_scalar(ctx, value, folding)))
    result = _to_array(ctx, value, axes, kept, folding)
    return with_axes(ctx, result, value.rank, kept) if keepdims else result


def accumulator(ctx: Context, folding: Folding, start: Expr) -> Var:
    """A new accumulator variable that holds `start`."""
    name = ctx.fresh("acc")
    ctx.emit(Assign(name, cast(start, folding.type), ctx.span))
    return Var(name, folding.type)


def _to_scalar(ctx: Context, value: ArrayValue, folding: Folding) -> Expr:
    zeros = (integer(0),) * value.rank
    start = folding.start if folding.start is not None else value.element(zeros)
    acc = accumulator(ctx, folding, start)

    def body(indices: Indices) -> None:
        ctx.emit(Assign(acc.name, folding.combine(acc, cast(value.element(indices), folding.type)), ctx.span))

    loops(ctx, value.shape, body)
    ctx.stable.add(acc.name)
    return acc


def _to_array(
    ctx: Context, value: ArrayValue, axes: tuple[int, ...], kept: tuple[int, ...], folding: Folding
) -> ArrayValue:
    shape = tuple(value.shape[axis] for axis in kept)
    result_type = folding.finish(Var("?", folding.type)).type
    result = allocate(ctx, "reduced", Array(result_type.dtype, len(kept)), shape)
    trailing = max(kept, default=-1) < min(axes, default=value.rank)
    if trailing or result_type != folding.type:
        _inner_accumulator(ctx, value, axes, kept, folding, result)
    else:
        _element_accumulators(ctx, value, kept, folding, result)
    return result


def _merged(rank: int, kept: tuple[int, ...], outer: Indices, inner: Indices) -> Indices:
    """The indices of all axes from those of the kept and of the reduced ones."""
    kept_indices, reduced = iter(outer), iter(inner)
    return tuple(next(kept_indices) if axis in kept else next(reduced) for axis in range(rank))


def _inner_accumulator(
    ctx: Context,
    value: ArrayValue,
    axes: tuple[int, ...],
    kept: tuple[int, ...],
    folding: Folding,
    result: ArrayValue,
) -> None:
    place = result.place
    assert place is not None
    extents = tuple(value.shape[axis] for axis in sorted(axes))
    first = (integer(0),) * len(axes)

    def outer_body(outer: Indices) -> None:
        start = folding.start or value.element(_merged(value.rank, kept, outer, first))
        acc = accumulator(ctx, folding, start)

        def inner_body(inner: Indices) -> None:
            element = cast(value.element(_merged(value.rank, kept, outer, inner)), folding.type)
            ctx.emit(Assign(acc.name, folding.combine(acc, element), ctx.span))

        loops(ctx, extents, inner_body, "r")
        ctx.emit(Store(place.array, place.subscripts(outer), folding.finish(acc), False, ctx.span))

    loops(ctx, result.shape, outer_body)


def _element_accumulators(
    ctx: Context, value: ArrayValue, kept: tuple[int, ...], folding: Folding, result: ArrayValue
) -> None:
    place = result.place
    assert place is not None
    first = (integer(0),) * (value.rank - len(kept))
    start = folding.start

    def start_rule(outer: Indices) -> Expr:
        return cast(start or value.element(_merged(value.rank, kept, outer, first)), folding.type)

    write(ctx, result, start_rule)

    def body(indices: Indices) -> None:
        subscripts = place.subscripts(tuple(indices[axis] for axis in kept))
        old = Load(place.array, subscripts, folding.type, False)
        new = folding.combine(old, cast(value.element(indices), folding.type))
        ctx.emit(Store(place.array, subscripts, new, False, ctx.span))

    loops(ctx, value.shape, body)
    if folding.finish(Var("?", folding.type)) != Var("?", folding.type):
        write(ctx, result, lambda outer: folding.finish(result.element(outer)))


def with_axes(ctx: Context, reduced: ArrayValue, rank: int, kept: tuple[int, ...]) -> ArrayValue:
    """The reduced array with its reduced axes back, of extent one (`keepdims=True`)."""
    extents = iter(reduced.shape)
    shape = tuple(next(extents) if axis in kept else integer(1) for axis in range(rank))
    return ArrayValue(reduced.dtype, shape, lambda indices: reduced.element(tuple(indices[a] for a in kept)))


def constant(value: float, type: Scalar) -> Expr:
    """A start value of that type."""
    return cast(integer(int(value)), type) if value == int(value) else Const(value, type)
