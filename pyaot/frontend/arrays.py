"""Array values: views, broadcasting, and the loops that make them real.

c = a[1:] + 2 * b        becomes        c = allocate(n - 1)
                                        for i0 in range(n - 1):  c[i0] = a[i0 + 1] + 2 * b[i0]
"""

from collections.abc import Callable, Sequence
from itertools import zip_longest

from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import cast, integer, minus, plus, times
from pyaot.frontend.context import Context
from pyaot.frontend.prove import make_equal
from pyaot.frontend.values import ArrayValue, Element, Indices, Number, Place, Shown, Walk
from pyaot.ir.nodes import Allocate, Const, Dim, Expr, For, Load, Store, Var
from pyaot.ir.types import PY_INT, Array, DType
from pyaot.ir.walk import walk_expr

_COPY = "Take a copy with '.copy()'."
OVERLAPS = "overlaps"  # what is tracked where array names that Bind connects do overlap


def whole(ctx: Context, array: str, shape: Indices | None = None) -> ArrayValue:
    """All of an IR array, as a view; its extents are `shape` where that is known better than Dim."""
    type = ctx.arrays[array]
    extents = shape or ctx.extents_of(array)
    walks = tuple(Walk((axis,), integer(1)) for axis in range(type.rank))
    place = Place(array, lambda indices: indices, False, (integer(0),) * type.rank, walks, whole=True)
    return ArrayValue(type.dtype, extents, reader(ctx, place), place, type.boxed, items=type.items)


def reader(ctx: Context, place: Place) -> Element:
    """The elements of a place."""
    type = ctx.arrays[place.array].element
    return lambda indices: Load(place.array, place.subscripts(indices), type, place.checked)


def view(
    ctx: Context, base: ArrayValue, shape: Indices, starts: Indices, walks: Sequence[Walk], checked: bool
) -> ArrayValue:
    """An affine view: dimension d moves `walks[d]` from `starts` on, both in the base's own dimensions."""

    def inner(indices: Indices) -> Indices:
        result = list(starts)
        for index, walk in zip(indices, walks):
            for axis in walk.axes:
                result[axis] = plus(result[axis], times(index, walk.step))
        return tuple(result)

    element = base.element
    shown = base.shown
    if shown is not None:
        shown = replace(shown, place=_place_in(shown.place, inner, starts, walks, checked))
    if base.place is None:
        rule = lambda indices: element(inner(indices))  # noqa: E731
        return replace(base, shape=shape, element=rule, grows="", shown=shown)
    place = _place_in(base.place, inner, starts, walks, checked)
    return replace(base, shape=shape, element=reader(ctx, place), place=place, grows="", shown=shown)


def _place_in(
    base: Place, inner: Callable[[Indices], Indices], starts: Indices, walks: Sequence[Walk], checked: bool
) -> Place:
    new_starts: Indices = ()
    new_walks: tuple[Walk, ...] | None = None
    if base.walks is not None:
        moved = list(base.starts)
        for start, walk in zip(starts, base.walks):
            for axis in walk.axes:
                moved[axis] = plus(moved[axis], times(start, walk.step))
        new_starts = tuple(moved)
        new_walks = tuple(_compose(walk, base.walks) for walk in walks)
    outer = base.subscripts
    subscripts = lambda indices: outer(inner(indices))  # noqa: E731
    return Place(
        base.array, subscripts, base.checked or checked, new_starts, new_walks, gathered=base.gathered
    )


def _compose(walk: Walk, base: tuple[Walk, ...]) -> Walk:
    axes = tuple(a for axis in walk.axes for a in base[axis].axes)
    step = walk.step
    for axis in walk.axes[:1]:
        step = times(step, base[axis].step)
    return Walk(axes, step)


def borrowed(ctx: Context, source: ArrayValue, value: ArrayValue) -> ArrayValue:
    """A value that NumPy may give as a view of the source, ours is a copy: neither may be written later."""
    if source.place is None or source.place.gathered:
        return replace(value, borrowed=source.borrowed)
    return replace(value, borrowed=source.place.array)


def shown_view(
    ctx: Context, base: ArrayValue, shape: Indices, starts: Indices, walks: Sequence[Walk]
) -> Shown | None:
    """How a copy would lie in its base as a view; None where the base is no view itself."""
    place = view(ctx, base, shape, starts, walks, checked=False).place
    return None if place is None or not base.is_view else Shown(place)


def freeze(ctx: Context, value: ArrayValue) -> ArrayValue:
    """A value that gets a name; one that is borrowed is copied, and copy and source stay as they are."""
    if not value.borrowed and not value.read_only:
        return value if value.is_view else materialise(ctx, value)
    if value.borrowed in ctx.movable:
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION, "What may be a view of an array that moves is not compiled.", None, _COPY
        )
    kept = value if value.is_view else materialise(ctx, value)
    assert kept.place is not None
    ctx.frozen.update((value.borrowed, kept.place.array))
    ctx.views_copied[kept.place.array] = value.borrowed
    if value.read_only:
        ctx.read_only.add(kept.place.array)
    return replace(kept, borrowed="", read_only=False, shown=value.shown)


def pulled(dtype: DType, shape: Indices, element: Element) -> ArrayValue:
    """An array that exists as a rule only."""
    return ArrayValue(dtype, shape, element)


# ---- broadcasting ---------------------------------------------------------------------------------------


def broadcast_shapes(ctx: Context, shapes: Sequence[Indices]) -> Indices:
    """NumPy's common shape; extents that must agree are guarded or checked."""
    result: list[Expr] = []
    for extents in zip_longest(*(reversed(shape) for shape in shapes), fillvalue=integer(1)):
        chosen = next((e for e in extents if not _is_one(e)), integer(1))
        for extent in extents:
            if not _is_one(extent):
                make_equal(ctx, extent, chosen, "the shapes of the operands differ")
        result.append(chosen)
    return tuple(reversed(result))


def _is_one(extent: Expr) -> bool:
    return isinstance(extent, Const) and extent.value == 1


def broadcast_element(value: ArrayValue | Number, rank: int) -> Element:
    """The element rule of an operand inside a result of that rank."""
    if isinstance(value, Number):
        return lambda indices: value.expr
    ones = tuple(_is_one(extent) for extent in value.shape)
    zero = integer(0)

    def element(indices: Indices) -> Expr:
        own = indices[rank - len(ones) :]
        return value.element(tuple(zero if one else index for one, index in zip(ones, own)))

    return element


def map_elements(
    ctx: Context, operands: Sequence[ArrayValue | Number], rule: Callable[..., Expr]
) -> ArrayValue:
    """`rule` on every element of the broadcast operands; the type is that of its expressions."""
    shape = broadcast_shapes(ctx, [o.shape for o in operands if isinstance(o, ArrayValue)])
    elements = [broadcast_element(o, len(shape)) for o in operands]

    def element(indices: Indices) -> Expr:
        return rule(*(e(indices) for e in elements))

    probe = element(tuple(Var(f"?{axis}", PY_INT) for axis in range(len(shape))))
    return ArrayValue(probe.type.dtype, shape, element)


def mapped(
    ctx: Context, operands: Sequence[ArrayValue | Number], rule: Callable[..., Expr]
) -> ArrayValue | Number:
    """What an operation gives: a number where all operands are numbers or have no dimensions."""
    arrays = [operand for operand in operands if isinstance(operand, ArrayValue)]
    if not arrays:
        return Number(rule(*(operand.expr for operand in operands if isinstance(operand, Number))))
    made = map_elements(ctx, operands, rule)
    return made if made.rank else Number(made.element(()))


# ---- loops ----------------------------------------------------------------------------------------------


def loops(ctx: Context, shape: Indices, body: Callable[[Indices], None], names: str = "i") -> None:
    """A loop for every extent around what `body` emits."""
    _loops_from(ctx, shape, (), body, names)


def _loops_from(
    ctx: Context, shape: Indices, indices: Indices, body: Callable[[Indices], None], names: str
) -> None:
    if len(indices) == len(shape):
        body(indices)
        return
    extent = shape[len(indices)]
    if _is_one(extent):
        _loops_from(ctx, shape, (*indices, integer(0)), body, names)
        return
    index = new_index(ctx, f"{names}{len(indices)}", integer(0), extent)
    with ctx.nested() as inside:
        _loops_from(ctx, shape, (*indices, index), body, names)
    ctx.emit(For(index.name, integer(0), extent, tuple(inside), span=ctx.span))


def new_index(ctx: Context, name: str, start: Expr, stop: Expr) -> Var:
    """A loop index whose bounds the prover knows."""
    fresh = ctx.fresh(name)
    ctx.stable.add(fresh)
    ctx.lows[fresh] = start
    ctx.highs[fresh] = minus(stop, integer(1))
    return Var(fresh, PY_INT)


def stable_extent(ctx: Context, extent: Expr) -> Expr:
    """The extent as an expression that keeps its value: itself, or a new variable."""
    if is_stable(ctx, extent):
        return extent
    return ctx.temporary("extent", extent)


def is_stable(ctx: Context, expr: Expr) -> bool:
    """Whether it has the same value wherever it is evaluated later."""
    for part in walk_expr(expr):
        if isinstance(part, Load):
            return False
        if isinstance(part, Var) and part.name not in ctx.stable:
            return False
        if isinstance(part, Dim) and part.array in ctx.movable:
            return False
    return True


def allocate(ctx: Context, name: str, type: Array, shape: Indices, fill: Const | None = None) -> ArrayValue:
    """A new array; a negative extent makes the attempt fail."""
    fresh = ctx.fresh(name)
    extents = tuple(stable_extent(ctx, e) for e in shape)
    ctx.arrays[fresh] = type
    ctx.extents[fresh] = extents
    ctx.emit(Allocate(fresh, type, extents, fill, ctx.span))
    return whole(ctx, fresh, extents)


def array_type(value: ArrayValue) -> Array:
    """The IR type of the array that the value would be."""
    return Array(value.dtype, value.rank, value.boxed, value.items)


def materialise(ctx: Context, value: ArrayValue, name: str = "temporary") -> ArrayValue:
    """A fresh array with these elements, in C order (what NumPy's operators return)."""
    result = allocate(ctx, name, array_type(value), value.shape)
    write(ctx, result, value.element)
    return result


def as_stored(ctx: Context, value: ArrayValue, name: str = "operand") -> ArrayValue:
    """The value itself where it is a view, else a fresh array: for what reads an element more than once."""
    return value if value.place is not None else materialise(ctx, value, name)


def write(ctx: Context, target: ArrayValue, element: Element) -> None:
    """Stores a rule into a view, element by element; the rule reads nothing that was written before."""
    place = target.place
    assert place is not None
    type = ctx.arrays[place.array].element

    def body(indices: Indices) -> None:
        value = cast(element(indices), type)
        ctx.emit(Store(place.array, place.subscripts(indices), value, place.checked, ctx.span))

    loops(ctx, target.shape, body)


def store(ctx: Context, target: ArrayValue, value: ArrayValue | Number) -> None:
    """`target[...] = value`: the right-hand side is read in full before the first element is written."""
    if target.borrowed:
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION,
            "What may be a view or a copy is not written in compiled code.",
            None,
            _COPY,
        )
    if isinstance(value, ArrayValue):
        value = _squeezed_to(value, target.rank)
        if value.rank > target.rank:
            raise ctx.refuse(
                UNSUPPORTED_EXPRESSION, f"A value of {value.rank} dimensions does not fit into {target.rank}."
            )
        for extent, goal in zip(reversed(value.shape), reversed(target.shape)):
            if not _is_one(extent):
                make_equal(ctx, extent, goal, "the value does not have the shape of the target")
        if reads_elsewhere(ctx, target, value):
            value = materialise(ctx, value, "saved")
    write(ctx, target, broadcast_element(value, target.rank))


def _squeezed_to(value: ArrayValue, rank: int) -> ArrayValue:
    """Leading extents of one are dropped, as NumPy's assignment does."""
    surplus = value.rank - rank
    if surplus <= 0 or not all(_is_one(e) for e in value.shape[:surplus]):
        return value
    zeros = (integer(0),) * surplus
    return ArrayValue(value.dtype, value.shape[surplus:], lambda indices: value.element((*zeros, *indices)))


def reads_elsewhere(ctx: Context, target: ArrayValue, value: ArrayValue) -> bool:
    """Whether the value reads the target's array at other elements than the one that is being written."""
    assert target.place is not None
    probe = tuple(Var(f"?{axis}", PY_INT) for axis in range(target.rank))
    written = target.place.subscripts(probe)
    expr = broadcast_element(value, target.rank)(probe)
    for part in walk_expr(expr):
        if not isinstance(part, Load) or not may_alias(ctx, part.array, target.place.array):
            continue
        if target.place.gathered or part.array != target.place.array or part.subscripts != written:
            return True
    return False


def apart_from(ctx: Context, array: str, value: ArrayValue) -> ArrayValue:
    """The value, copied where it reads an array that is going to be written."""
    probe = tuple(Var(f"?{axis}", PY_INT) for axis in range(value.rank))
    parts = walk_expr(value.element(probe))
    if any(isinstance(part, Load) and may_alias(ctx, part.array, array) for part in parts):
        return materialise(ctx, value, "indices")
    return value


def may_alias(ctx: Context, left: str, right: str) -> bool:
    """Array names that may stand for the same memory.

    Two names that Bind moves around are taken to stay apart, as in a swap; `lower` checks that in the
    end, and lowers once more without that hope where it fails.
    """
    return left == right or (OVERLAPS in ctx.tracked and left in ctx.linked and right in ctx.linked)
