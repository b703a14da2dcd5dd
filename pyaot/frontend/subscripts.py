"""Subscripts: basic ones are views, integer arrays gather, boolean masks select.

a[1:-1, None, ::2]      a view: start (1, 0), steps (1, -, 2)
a[i]                    an element or a row
a[idx]                  a rule: element k is a[idx[k]]
a[mask]                 a new array of the chosen elements
"""

from collections.abc import Callable, Sequence

from msgspec import Struct, field

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import (
    as_integer,
    binary,
    both,
    compare,
    greatest,
    integer,
    least,
    minus,
    plus,
    times,
)
from pyaot.frontend.arrays import broadcast_element, broadcast_shapes, is_stable, materialise, reader, view
from pyaot.frontend.context import Context
from pyaot.frontend.prove import assume, never_negative, same, simplest
from pyaot.frontend.values import (
    ArrayValue,
    EllipsisValue,
    Indices,
    NoneValue,
    Number,
    Place,
    SliceValue,
    Value,
    Walk,
)
from pyaot.frontend.values import (
    Element as Rule,
)
from pyaot.ir.nodes import Const, Expr, Load, Select, Unary, Var
from pyaot.ir.types import PY_INT, DType
from pyaot.ir.walk import walk_expr


class _Plan(Struct):
    """What a list of subscripts does, axis by axis of the base."""

    starts: list[Expr] = field(default_factory=list)
    walks: list[Walk] = field(default_factory=list)
    shape: list[Expr] = field(default_factory=list)
    checked: bool = False


def subscript(ctx: Context, base: ArrayValue, items: Sequence[Value]) -> ArrayValue | Number:
    """`base[items]`, as a view where Python gives one. Masks do not come here (see `masks.py`)."""
    full = expand_ellipsis(ctx, base, items)
    if any(isinstance(item, ArrayValue) for item in full):
        return _gather(ctx, base, full)
    found = _basic(ctx, base, full)
    return element_of(found) if found.rank == 0 else found


def element_of(value: ArrayValue) -> Number:
    """The number of an array without dimensions."""
    return Number(value.element(()))


def expand_ellipsis(ctx: Context, base: ArrayValue, items: Sequence[Value]) -> list[Value]:
    """The items with `...` and missing ones written as full slices."""
    used = sum(_axes_used(item) for item in items)
    if used > base.rank:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, f"{used} subscripts for an array of {base.rank} dimensions.")
    missing: list[Value] = [SliceValue(None, None, None)] * (base.rank - used)
    where = next((n for n, item in enumerate(items) if isinstance(item, EllipsisValue)), None)
    if where is None:
        return [*items, *missing]
    return [*items[:where], *missing, *items[where + 1 :]]


def _axes_used(item: Value) -> int:
    if isinstance(item, (NoneValue, EllipsisValue)):
        return 0
    if isinstance(item, ArrayValue) and item.dtype is DType.BOOL:
        return item.rank
    return 1


def _basic(ctx: Context, base: ArrayValue, items: Sequence[Value]) -> ArrayValue:
    plan = _Plan()
    for item in items:
        axis = len(plan.starts)
        match item:
            case NoneValue():
                plan.walks.append(Walk((), integer(0)))
                plan.shape.append(integer(1))
            case Number():
                index, checked = element_index(ctx, base, axis, item)
                plan.starts.append(index)
                plan.checked |= checked
            case SliceValue():
                start, extent, step = slice_bounds(ctx, base.shape[axis], item)
                plan.starts.append(start)
                plan.walks.append(Walk((axis,), step))
                plan.shape.append(extent)
            case _:
                raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A subscript of this type is not compiled.")
    return view(ctx, base, tuple(plan.shape), tuple(plan.starts), plan.walks, plan.checked)


# ---- one index ------------------------------------------------------------------------------------------


def element_index(ctx: Context, base: ArrayValue, axis: int, item: Number) -> tuple[Expr, bool]:
    """The index as it is stored in the place, and whether it is still to be checked by Python's rules."""
    if not item.type.dtype.is_integer:
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION, f"A subscript of type {item.type.dtype.value} is not compiled."
        )
    index = _frozen(ctx, as_integer(item.expr))
    extent = base.shape[axis]
    if isinstance(index, Const) and int(index.value.real) < 0:
        index = plus(extent, index)
        if never_negative(ctx, index) or assume(ctx, integer(0), index, "a subscript is out of range"):
            return index, False
        ctx.check(compare("ge", index, integer(0)), "a subscript is out of range")
        return index, False
    is_whole = is_whole_axis(ctx, base, axis)
    if never_negative(ctx, index) and _is_below(ctx, index, extent, is_proved_later=is_whole):
        return index, False
    return (index, True) if is_whole else (_checked_index(ctx, index, extent), False)


def _is_below(ctx: Context, index: Expr, extent: Expr, is_proved_later: bool) -> bool:
    """Whether it is below, or the guard will see to that; what loops need exactly a later pass finds out."""
    last = plus(index, integer(1))
    if never_negative(ctx, minus(extent, last)):
        return True
    moves = any(isinstance(part, Var) and part.name in ctx.lows for part in walk_expr(index))
    return not (is_proved_later and moves) and assume(ctx, last, extent, "a subscript is out of range")


def _frozen(ctx: Context, index: Expr) -> Expr:
    """An index that reads memory or variables is computed once, where the subscript stands."""
    if any(isinstance(part, Load) for part in walk_expr(index)) and not isinstance(index, Load):
        return ctx.temporary("index", index)
    return index


def _checked_index(ctx: Context, index: Expr, extent: Expr) -> Expr:
    if not is_stable(ctx, index):
        index = ctx.temporary("index", index)
    inside = both(compare("ge", index, minus(integer(0), extent)), compare("lt", index, extent))
    ctx.check(inside, "a subscript is out of range")
    if never_negative(ctx, index):
        return index
    return Select(compare("lt", index, integer(0)), plus(index, extent), index, PY_INT)


def is_whole_axis(ctx: Context, base: ArrayValue, axis: int) -> bool:
    """Whether an axis of a view runs over all of an axis of its array: the array's check is right then."""
    place = base.place
    if place is None or place.walks is None or len(place.walks[axis].axes) != 1:
        return False
    walk = place.walks[axis]
    own = walk.axes[0]
    extents = ctx.extents_of(place.array)
    return (
        walk.step == integer(1)
        and place.starts[own] == integer(0)
        and same(ctx, base.shape[axis], extents[own])
    )


# ---- slices ---------------------------------------------------------------------------------------------


def slice_bounds(ctx: Context, extent: Expr, item: SliceValue) -> tuple[Expr, Expr, Expr]:
    """(start, number of elements, step) of a slice, clipped as Python clips."""
    step = integer(1) if item.step is None else as_integer(item.step.expr)
    if not isinstance(step, Const) or step.value == 0:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A slice whose step is not a constant is not compiled.")
    stride = int(step.value.real)
    if stride < 0:
        return _backward(ctx, extent, item, stride)
    start = integer(0) if item.start is None else clip(ctx, as_integer(item.start.expr), extent)
    stop = extent if item.stop is None else clip(ctx, as_integer(item.stop.expr), extent)
    return start, _count(ctx, start, stop, stride), step


def clip(ctx: Context, bound: Expr, extent: Expr) -> Expr:
    """A slice bound of a positive step, in [0, extent]."""
    if not is_stable(ctx, bound):
        bound = ctx.temporary("bound", bound)
    if isinstance(bound, Const) and int(bound.value.real) < 0:
        moved = plus(extent, bound)
        return moved if assume(ctx, integer(0), moved, "a slice is clipped") else greatest(moved, integer(0))
    if never_negative(ctx, bound):
        return bound if assume(ctx, bound, extent, "a slice is clipped") else least(bound, extent)
    if isinstance(bound, Unary) and assume(ctx, integer(1), bound.operand, "a slice bound is not negative"):
        moved = minus(extent, bound.operand)
        return moved if assume(ctx, integer(0), moved, "a slice is clipped") else greatest(moved, integer(0))
    if assume(ctx, integer(0), bound, "a slice bound is negative"):
        return bound if assume(ctx, bound, extent, "a slice is clipped") else least(bound, extent)
    wrapped = Select(compare("lt", bound, integer(0)), plus(bound, extent), bound, PY_INT)
    return least(greatest(wrapped, integer(0)), extent)


def _count(ctx: Context, start: Expr, stop: Expr, stride: int) -> Expr:
    """How many elements lie between two clipped bounds."""
    length = simplest(minus(stop, start))
    if not never_negative(ctx, length) and not assume(ctx, start, stop, "a slice is empty"):
        length = greatest(length, integer(0))
    if stride == 1:
        return length
    return binary("floordiv", plus(length, integer(stride - 1)), integer(stride))


def _backward(ctx: Context, extent: Expr, item: SliceValue, stride: int) -> tuple[Expr, Expr, Expr]:
    """a[start:stop:-k]: start is clipped to [-1, extent - 1]; a missing stop lies before the first."""
    first = (
        minus(extent, integer(1))
        if item.start is None
        else _clip_backward(ctx, as_integer(item.start.expr), extent)
    )
    if item.stop is None:
        length = plus(first, integer(1))
    else:
        length = minus(first, _clip_backward(ctx, as_integer(item.stop.expr), extent))
    if not never_negative(ctx, length):
        length = greatest(length, integer(0))
    count = (
        length if stride == -1 else binary("floordiv", plus(length, integer(-stride - 1)), integer(-stride))
    )
    return first, count, integer(stride)


def _clip_backward(ctx: Context, bound: Expr, extent: Expr) -> Expr:
    if not is_stable(ctx, bound):
        bound = ctx.temporary("bound", bound)
    last = minus(extent, integer(1))
    if never_negative(ctx, bound):
        return (
            bound
            if assume(ctx, plus(bound, integer(1)), extent, "a slice is clipped")
            else least(bound, last)
        )
    wrapped = Select(compare("lt", bound, integer(0)), plus(bound, extent), bound, PY_INT)
    return least(greatest(wrapped, integer(-1)), last)


# ---- integer arrays -------------------------------------------------------------------------------------


def _gather(ctx: Context, base: ArrayValue, items: Sequence[Value]) -> ArrayValue:
    """Advanced subscripts: arrays (and numbers beside them) are broadcast together, slices stay."""
    base = _indexable(ctx, base, items)
    arrays = [item for item in items if isinstance(item, ArrayValue)]
    if any(not a.dtype.is_integer for a in arrays):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A mask mixed with other subscripts is not compiled.")
    if any(isinstance(item, NoneValue) for item in items):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A new axis beside an index array is not compiled.")
    common = broadcast_shapes(ctx, [a.shape for a in arrays])
    advanced = [n for n, item in enumerate(items) if isinstance(item, (ArrayValue, Number))]
    together = advanced == list(range(advanced[0], advanced[-1] + 1))
    at = advanced[0] if together else 0
    bounds = {
        n: slice_bounds(ctx, base.shape[n], item)
        for n, item in enumerate(items)
        if isinstance(item, SliceValue)
    }
    kept = [bounds[n][1] for n in bounds]
    shape = (*kept[:at], *common, *kept[at:])
    sources = _gather_sources(ctx, base, items, len(common))

    def inner(indices: Indices) -> Indices:
        chosen = indices[at : at + len(common)]
        rest = iter((*indices[:at], *indices[at + len(common) :]))
        return tuple(
            plus(bounds[n][0], times(next(rest), bounds[n][2])) if n in bounds else sources[n](chosen)
            for n in range(len(items))
        )

    return _gathered(ctx, base, shape, inner)


def _indexable(ctx: Context, base: ArrayValue, items: Sequence[Value]) -> ArrayValue:
    """The base, or a copy of it where its place does not check an index as long as its own axis is."""
    axes = [axis for axis, item in enumerate(items) if isinstance(item, ArrayValue)]
    if base.place is not None and all(is_whole_axis(ctx, base, axis) for axis in axes):
        return base
    return materialise(ctx, base, "indexed")


def _gather_sources(ctx: Context, base: ArrayValue, items: Sequence[Value], rank: int) -> dict[int, Rule]:
    sources: dict[int, Rule] = {}
    for axis, item in enumerate(items):
        if isinstance(item, ArrayValue):
            sources[axis] = _as_indices(broadcast_element(item, rank))
        elif isinstance(item, Number):
            index, _ = element_index(ctx, base, axis, item)
            sources[axis] = _always(index)
    return sources


def _as_indices(rule: Rule) -> Rule:
    return lambda indices: as_integer(rule(indices))


def _always(index: Expr) -> Rule:
    return lambda _: index


def _gathered(
    ctx: Context, base: ArrayValue, shape: Indices, inner: Callable[[Indices], Indices]
) -> ArrayValue:
    assert base.place is not None
    outer = base.place.subscripts
    place = Place(base.place.array, lambda indices: outer(inner(indices)), checked=True, gathered=True)
    return ArrayValue(base.dtype, shape, reader(ctx, place), place, base.boxed)
