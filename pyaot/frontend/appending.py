"""What changes a list that grows: `out.append(x)`, `out.extend(more)`, `stack.pop()`, `out.clear()`.

Where a buffer is full a new one of twice the room takes what is there (see `growing.py`).
"""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import both, cast, compare, either, greatest, integer, minus, negate, plus
from pyaot.frontend.arrays import loops, materialise, stable_extent
from pyaot.frontend.context import Context, GrowingList, ListType, NeedsElementType
from pyaot.frontend.growing import (
    agree,
    column_now,
    current,
    is_fresh_list,
    length_of,
    row_left,
    set_length,
)
from pyaot.frontend.list_items import (
    Part,
    column_type,
    columns_of,
    copied,
    item_of,
    note_item,
    parts_of,
    pattern_of,
    shared,
    type_of,
)
from pyaot.frontend.lists import MOST_NESTED, as_list_array
from pyaot.frontend.values import (
    ArrayValue,
    Indices,
    ListValue,
    Number,
    TupleValue,
    Value,
)
from pyaot.ir.nodes import (
    Allocate,
    Binary,
    Bind,
    Check,
    Const,
    Dim,
    Expr,
    For,
    If,
    Load,
    Select,
    Store,
    Var,
)
from pyaot.ir.types import PY_BOOL, PY_INT, Origin

_LEAST_ROOM = 8
Listed = ArrayValue | TupleValue | ListValue


def append(ctx: Context, target: Listed, item: Value) -> None:
    """`target.append(item)`."""
    parts = [_as_part(ctx, part) for part in parts_of(item)]
    type = ListType(tuple(map(column_type, parts)), pattern_of(item))
    found = changing(ctx, target, type)
    agree(ctx, found, type)
    shapes = [tuple(stable_extent(ctx, extent) for extent in shape_of(part)) for part in parts]
    held = [ctx.temporary("item", part.expr) if isinstance(part, Number) else part for part in parts]
    if ctx.span not in found.reserved:
        _make_room(ctx, found, plus(length_of(found), integer(1)), shapes)
    for buffer, kept, shape in zip(found.buffers, held, shapes):
        _put(ctx, buffer, length_of(found), kept, shape)
    for buffer, given in zip(found.buffers, parts):
        note_item(ctx, buffer, given)
    _count(ctx, found, integer(1))


def shape_of(part: Part) -> Indices:
    """The shape of a part; a number has none."""
    return part.shape if isinstance(part, ArrayValue) else ()


def _put(ctx: Context, buffer: str, where: Expr, part: ArrayValue | Var, shape: Indices) -> None:
    type = ctx.arrays[buffer].element

    def put(indices: Indices) -> None:
        element = part.element(indices) if isinstance(part, ArrayValue) else part
        ctx.emit(Store(buffer, (where, *indices), cast(element, type), False, ctx.span))

    loops(ctx, shape, put)


def _as_part(ctx: Context, item: Value) -> Part:
    match item:
        case Number(expr) if expr.type.origin is not Origin.EITHER:
            return item
        case TupleValue(is_list=True, grows="") if (row := as_list_array(ctx, item)) is not None:
            return row
        case ArrayValue(boxed=False) if item.rank > 0:
            return item
        case ArrayValue(boxed=True) if item.rank < MOST_NESTED and is_fresh_list(ctx, item):
            return item
        case ArrayValue(boxed=True, grows=key) if key and item.rank < MOST_NESTED:
            _give_away(ctx, ctx.lists[key])
            return item
    raise ctx.refuse(
        UNSUPPORTED_EXPRESSION,
        "A list gets an item here that is not a number, an array, a tuple of these or a new list of numbers.",
        None,
        "Append numbers, arrays, tuples of these, or lists that are made in the same turn of the loop.",
    )


def _give_away(ctx: Context, row: GrowingList) -> None:
    """The row becomes an item: from here on it is not used under its own name, so it may be copied."""
    frame = ctx.scope.breaks[-1] if ctx.scope.breaks else None
    is_new = row.frame is frame and any(body is row.body for body in (*ctx.bodies, ctx.body))
    if not is_new or row.aliased or len(row.sites) > 1 or row.prefix != ctx.scope.prefix:
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION,
            f"The list '{row.name}' becomes part of another list and may change later.",
            None,
            f"Append a copy: 'list({row.name})'.",
        )
    row.given_away = True
    ctx.frozen.update(row.buffers)


def changing(ctx: Context, target: Listed, type: ListType | None = None) -> GrowingList:
    """The list that is about to change; lowering begins anew where its type becomes known now."""
    found = None if isinstance(target, TupleValue) else ctx.lists.get(target.grows)
    if found is None and type is not None and target.grows:
        raise NeedsElementType(target.grows, type)
    if found is None:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "What a list holds is not known before it gets an element.")
    if found.given_away:
        current(ctx, found.key)
    return found


def _count(ctx: Context, found: GrowingList, more: Expr) -> None:
    set_length(ctx, found, Binary("add", length_of(found), more, PY_INT, False))


def _make_room(ctx: Context, found: GrowingList, wanted: Expr, shapes: Sequence[Indices]) -> None:
    """Room for `wanted` elements; rows have the extents of those that are there."""
    room: Expr = Dim(found.buffers[0], 0, PY_INT)
    is_short = compare("gt", wanted, room)
    fits: Expr = Const(True, PY_BOOL)
    for buffer, shape in zip(found.buffers, shapes):
        for axis, extent in enumerate(shape, 1):
            fits = both(fits, compare("eq", Dim(buffer, axis, PY_INT), extent))
    if any(shapes):
        is_empty = compare("eq", length_of(found), integer(0))
        ctx.check(either(is_empty, fits), "the rows of a list differ in length")
        is_short = either(is_short, negate(fits))
    with ctx.nested() as inside:
        extent = ctx.temporary("room", greatest(greatest(wanted, plus(room, room)), integer(_LEAST_ROOM)))
        bigger = [_bigger(ctx, buffer, (extent, *shape)) for buffer, shape in zip(found.buffers, shapes)]
        _copy(ctx, found, bigger, shapes)
        ctx.emit(Bind(found.buffers, tuple(bigger), ctx.span))
    ctx.emit(If(is_short, tuple(inside), (), ctx.span))


def _bigger(ctx: Context, buffer: str, shape: Indices) -> str:
    bigger, type = ctx.fresh(f"{buffer}_more"), ctx.arrays[buffer]
    ctx.arrays[bigger] = type
    ctx.linked.update((buffer, bigger))
    ctx.emit(Allocate(bigger, type, shape, None, ctx.span))
    return bigger


def _copy(ctx: Context, found: GrowingList, targets: Sequence[str], shapes: Sequence[Indices]) -> None:
    kept = ctx.temporary("kept", length_of(found))
    for buffer, target, shape in zip(found.buffers, targets, shapes):
        loops(ctx, (kept, *shape), _copying(ctx, buffer, target))


def _copying(ctx: Context, source: str, target: str) -> Callable[[Indices], None]:
    """What stores one element of an array into another one."""
    type = ctx.arrays[source].element
    return lambda i: ctx.emit(Store(target, i, Load(source, i, type, False), False, ctx.span))


def reserve(ctx: Context, found: GrowingList, more: Expr) -> bool:
    """Room for `more` items behind those that are there, if these are numbers, or tuples of numbers."""
    if any(column.rank > 1 for column in found.type.columns):
        return False
    wanted = ctx.temporary("wanted", Binary("add", length_of(found), more, PY_INT, False))
    _make_room(ctx, found, wanted, ((),) * len(found.buffers))
    return True


def extend(ctx: Context, target: Listed, items: Value) -> None:
    """`target.extend(items)`, `target += items`."""
    if isinstance(items, TupleValue):
        for item in items.items:
            append(ctx, target, item)
        return
    given = columns_of(items) if isinstance(items, ArrayValue | ListValue) else ()
    if not isinstance(items, ArrayValue | ListValue) or any(column.rank != 1 for column in given):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A list is extended by this value in Python only.")
    type = _type_with_items(items)
    found = changing(ctx, target, type)
    agree(ctx, found, type)
    fixed = given if not items.grows and all(column.is_view for column in given) else copied(ctx, given)
    more = stable_extent(ctx, fixed[0].shape[0])
    _make_room(ctx, found, plus(length_of(found), more), ((),) * len(fixed))
    old = ctx.temporary("old", length_of(found))
    for buffer, column in zip(found.buffers, fixed):
        loops(ctx, (more,), _adding(ctx, buffer, column, old))
    _count(ctx, found, more)


def _type_with_items(items: ArrayValue | ListValue) -> ListType:
    """What a list with these items holds; those of an array are NumPy's numbers."""
    if isinstance(items, ListValue):
        return type_of(items)
    return ListType((column_type(Number(Var("?", items.type))),))


def _adding(ctx: Context, buffer: str, column: ArrayValue, old: Expr) -> Callable[[Indices], None]:
    """What stores one number of a column behind the `old` ones."""

    def put(indices: Indices) -> None:
        element = cast(column.element(indices), ctx.arrays[buffer].element)
        ctx.emit(Store(buffer, (plus(old, indices[0]),), element, False, ctx.span))

    return put


def pop(ctx: Context, target: Listed, index: Number | None) -> Value:
    """`target.pop()`, `target.pop(0)`: what lies behind moves up."""
    found = changing(ctx, target)
    if any(column.boxed and column.rank > 1 for column in found.type.columns):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A row is taken out of a list in Python only.")
    length = length_of(found)
    last = ctx.temporary("last", Binary("sub", length, integer(1), PY_INT, False))
    ctx.emit(Check(compare("ge", last, integer(0)), "pop from an empty list", ctx.span))
    where = last if index is None or index.expr == integer(-1) else _popped(ctx, index, length)
    parts = [_taken(ctx, found, buffer, where) for buffer in found.buffers]
    if where is not last:
        _move_up(ctx, found, where, last)
    set_length(ctx, found, last)
    return item_of(found.type.pattern, parts)


def _taken(ctx: Context, found: GrowingList, buffer: str, where: Expr) -> Part:
    """A part of the item that is taken out of the list."""
    type = ctx.arrays[buffer]
    if type.rank == 1:
        return Number(ctx.temporary("popped", Load(buffer, (where,), type.element, False)))
    column = column_now(ctx, found, buffer, length_of(found))
    element = lambda indices: Load(buffer, (where, *indices), type.element, False)  # noqa: E731
    row = replace(column, shape=column.shape[1:], element=element, place=None)
    return shared(column, materialise(ctx, row, "popped"))


def _move_up(ctx: Context, found: GrowingList, where: Expr, last: Expr) -> None:
    turn = Var(ctx.fresh("k"), PY_INT)
    following = plus(turn, integer(1))
    with ctx.nested() as moves:
        for buffer in found.buffers:
            type = ctx.arrays[buffer]
            inner = tuple(Dim(buffer, axis, PY_INT) for axis in range(1, type.rank))
            loops(ctx, inner, _moving(ctx, buffer, following, turn))
    ctx.emit(For(turn.name, where, last, tuple(moves), span=ctx.span))


def _moving(ctx: Context, buffer: str, source: Expr, target: Expr) -> Callable[[Indices], None]:
    type = ctx.arrays[buffer].element

    def put(indices: Indices) -> None:
        element = Load(buffer, (source, *indices), type, False)
        ctx.emit(Store(buffer, (target, *indices), element, False, ctx.span))

    return put


def _popped(ctx: Context, index: Number, length: Expr) -> Expr:
    if index.expr == integer(0):
        return integer(0)
    if index.type != PY_INT:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "pop takes an int in compiled code.")
    given = ctx.temporary("at", index.expr)
    inside = both(compare("ge", given, minus(integer(0), length)), compare("lt", given, length))
    ctx.check(inside, "a subscript is out of range")
    is_negative = compare("lt", given, integer(0))
    return ctx.temporary("at", Select(is_negative, plus(given, length), given, PY_INT))


def clear(ctx: Context, target: Listed) -> None:
    """`target.clear()`."""
    found = changing(ctx, target)
    if found.is_viewed:
        raise row_left(ctx, found)
    set_length(ctx, found, integer(0))
