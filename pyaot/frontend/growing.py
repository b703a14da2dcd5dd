"""Lists that grow: a buffer with room to spare, and how many elements are in it.

out = []                    first = allocate(0);  bind out = first;  out_len = 0
out.append(x)               if out_len >= dim(out, 0):  bigger = allocate(2 * dim(out, 0));  bind out = bigger
                            out[out_len] = x;  out_len = out_len + 1
len(out), out[-1]           out_len, out[out_len - 1]

Every `name = []` of one variable uses one buffer name and one length, so branches and loops have nothing to
merge. The type of the elements is that of the first append: lowering begins anew once it is known.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION, UNSUPPORTED_TYPE_CHANGE
from pyaot.frontend.arithmetic import both, cast, compare, either, greatest, integer, minus, negate, plus
from pyaot.frontend.arrays import allocate, array_type, loops, materialise, reader, stable_extent
from pyaot.frontend.context import Context, GrowingList, NeedsElementType, Scope, Unsupported
from pyaot.frontend.conversion import describe
from pyaot.frontend.lists import MOST_NESTED, as_list_array
from pyaot.frontend.values import ArrayValue, Indices, Number, Place, TupleValue, UnboundValue, Value, Walk
from pyaot.ir.nodes import (
    Allocate,
    Assign,
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
from pyaot.ir.types import PY_BOOL, PY_INT, Array, Origin, Scalar

_LEAST_ROOM = 8


def start_list(ctx: Context, name: str, value: Value) -> Value:
    """`name = value`, a new list that may grow; the value itself where it is no list of numbers."""
    key = ctx.scope.prefix + name
    if isinstance(value, TupleValue) and value.is_list and not value.items and not value.grows:
        known = ctx.list_types.get(key)
        if known is None:
            return replace(value, grows=key)
        return _started(ctx, name, allocate(ctx, key, known, (integer(0),) * known.rank))
    if isinstance(value, TupleValue) and value.is_list and not value.grows:
        array = as_list_array(ctx, value)
        return value if array is None else _started(ctx, name, array)
    if isinstance(value, ArrayValue) and value.boxed and is_fresh_list(ctx, value):
        return _started(ctx, name, value)
    return value


def is_fresh_list(ctx: Context, value: ArrayValue) -> bool:
    """A list that no name and no other list holds."""
    if value.grows:
        return ctx.lists[value.grows].owner == ""
    if value.place is None or not value.place.whole:
        return value.place is None
    array = value.place.array
    return array not in ctx.parameters and array not in ctx.movable and not _is_named(ctx.scope, array)


def _is_named(scope: Scope | None, array: str) -> bool:
    while scope is not None:
        if any(_mentions(value, array) for value in scope.names.values()):
            return True
        scope = scope.outer
    return False


def _mentions(value: Value, array: str) -> bool:
    match value:
        case ArrayValue(place=Place() as place):
            return place.array == array
        case TupleValue(items):
            return any(_mentions(item, array) for item in items)
        case UnboundValue(inner):
            return _mentions(inner, array)
    return False


def _started(ctx: Context, name: str, first: ArrayValue) -> Value:
    if first.place is None:
        first = materialise(ctx, first, ctx.scope.prefix + name)
    assert first.place is not None
    found = _home(ctx, name, array_type(first))
    if found.aliased and found.sites | {ctx.span} != {ctx.span}:
        raise _two_names(ctx, found)
    found.sites.add(ctx.span)
    found.frame = ctx.scope.breaks[-1] if ctx.scope.breaks else None
    found.body = ctx.body
    found.given_away, found.owner = False, found.key
    ctx.frozen.discard(found.buffer)
    ctx.linked.update((found.buffer, first.place.array))
    ctx.emit(Bind((found.buffer,), (first.place.array,), ctx.span))
    _set_length(ctx, found, first.shape[0])
    return current(ctx, found.key)


def _home(ctx: Context, name: str, type: Array) -> GrowingList:
    key = ctx.scope.prefix + name
    found = ctx.lists.get(key)
    if found is None:
        buffer = ctx.named(name)
        found = GrowingList(key, name, buffer, ctx.fresh(f"{buffer}_len"), type, ctx.scope.prefix, owner=key)
        ctx.lists[key] = found
        ctx.arrays[buffer] = type
        ctx.movable.add(buffer)
        ctx.open_shapes.add(buffer)
    if found.type != type:
        raise _mixed(ctx, found, type.element)
    return found


def _two_names(ctx: Context, found: GrowingList) -> Unsupported:
    return ctx.refuse(
        UNSUPPORTED_EXPRESSION, f"The list '{found.name}' goes by two names, one of which gets a new list."
    )


def _mixed(ctx: Context, found: GrowingList, type: Scalar) -> Unsupported:
    own = found.type.element
    hint = "Append float(...) or int(...), so that all elements are of one type."
    message = f"The list '{found.name}' holds {describe(own)} and gets {describe(type)}."
    return ctx.refuse(UNSUPPORTED_TYPE_CHANGE, message, None, hint)


def note_alias(ctx: Context, name: str, value: Value) -> None:
    """`name = value`, where the value may be, or hold, a list that grows under another name."""
    match value:
        case TupleValue(items):
            for item in items:
                note_alias(ctx, name, item)
        case ArrayValue(grows=key) if key:
            found, own = ctx.lists[key], ctx.scope.prefix + name
            if found.owner == "":  # a helper's, which is gone
                found.owner = own
            elif found.owner != own:
                if ctx.scope.breaks or found.frame is not None or len(found.sites) > 1:
                    raise _two_names(ctx, found)
                found.aliased = True


def left_by_helper(ctx: Context, value: Value) -> Value:
    """What an inlined helper returns: its variables are gone, and its lists are as long as they are now."""
    for found in ctx.lists.values():
        if found.prefix == ctx.scope.prefix:
            found.owner = ""
    return _now(ctx, value)


def _now(ctx: Context, value: Value) -> Value:
    match value:
        case ArrayValue(grows=key) if key:
            return current(ctx, key)
        case TupleValue(items):
            return replace(value, items=tuple(_now(ctx, item) for item in items))
    return value


def is_one_list(value: Value, other: Value | None) -> bool:
    """The same list that grows, perhaps with another length."""
    if not isinstance(value, ArrayValue) or not isinstance(other, ArrayValue):
        return False
    return value.grows != "" and value.grows == other.grows


# ---- the list as it is now ------------------------------------------------------------------------------


def length_of(found: GrowingList) -> Var:
    """How many elements it has; the variable changes."""
    return Var(found.length, PY_INT)


def current(ctx: Context, key: str) -> ArrayValue:
    """The list with the length that it has here."""
    found = ctx.lists[key]
    if found.given_away:
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION, f"The list '{found.name}' is used after it became part of another list."
        )
    if found.known is None:
        found.known = ctx.temporary(f"{found.buffer}_now", length_of(found))
    rank = found.type.rank
    shape = (found.known, *(Dim(found.buffer, axis, PY_INT) for axis in range(1, rank)))
    walks = tuple(Walk((axis,), integer(1)) for axis in range(rank))
    place = Place(found.buffer, lambda indices: indices, False, (integer(0),) * rank, walks)
    return ArrayValue(
        found.type.dtype,
        shape,
        reader(ctx, place),
        place,
        boxed=True,
        numpy_items=found.type.numpy_items,
        grows=key,
    )


def _set_length(ctx: Context, found: GrowingList, length: Expr) -> None:
    ctx.emit(Assign(found.length, length, ctx.span))
    found.known = length if isinstance(length, Const) else None


# ---- what changes it ------------------------------------------------------------------------------------


def append(ctx: Context, target: ArrayValue | TupleValue, item: Value) -> None:
    """`target.append(item)`."""
    value = _as_item(ctx, item)
    found = changing(ctx, target, _type_with(value))
    if _type_with(value) != found.type:
        raise _mixed(ctx, found, value.type)
    rows = (
        tuple(stable_extent(ctx, extent) for extent in value.shape) if isinstance(value, ArrayValue) else ()
    )
    held = value if isinstance(value, ArrayValue) else ctx.temporary("item", value.expr)
    if ctx.span not in found.reserved:
        _make_room(ctx, found, plus(length_of(found), integer(1)), rows)
    where = length_of(found)

    def put(indices: Indices) -> None:
        element = held.element(indices) if isinstance(held, ArrayValue) else held
        ctx.emit(Store(found.buffer, (where, *indices), element, False, ctx.span))

    loops(ctx, rows, put)
    _count(ctx, found, integer(1))


def _as_item(ctx: Context, item: Value) -> Number | ArrayValue:
    match item:
        case Number(expr) if not expr.type.is_undecided:
            return item
        case TupleValue(is_list=True, grows="") if (row := as_list_array(ctx, item)) is not None:
            return row
        case ArrayValue(boxed=True) if item.rank < MOST_NESTED and is_fresh_list(ctx, item):
            return item
        case ArrayValue(boxed=True, grows=key) if key and item.rank < MOST_NESTED:
            _give_away(ctx, ctx.lists[key])
            return item
    raise ctx.refuse(
        UNSUPPORTED_EXPRESSION,
        "A list gets an item here that is not a number, nor a new list of numbers.",
        None,
        "Append numbers, or lists that are made in the same turn of the loop.",
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
    ctx.frozen.add(row.buffer)


def _type_with(value: Number | ArrayValue) -> Array:
    """The type of a list with such items."""
    of_numpy = value.type.origin is Origin.NUMPY
    rank = value.rank if isinstance(value, ArrayValue) else 0
    return Array(value.type.dtype, rank + 1, True, of_numpy)


def changing(ctx: Context, target: ArrayValue | TupleValue, type: Array | None = None) -> GrowingList:
    """The list that is about to change; lowering begins anew where its type becomes known now."""
    found = ctx.lists.get(target.grows) if isinstance(target, ArrayValue) else None
    if found is None and type is not None and target.grows:
        raise NeedsElementType(target.grows, type)
    if found is None:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "What a list holds is not known before it gets an element.")
    if found.given_away:
        current(ctx, found.key)
    return found


def _count(ctx: Context, found: GrowingList, more: Expr) -> None:
    _set_length(ctx, found, Binary("add", length_of(found), more, PY_INT, False))


def _make_room(ctx: Context, found: GrowingList, wanted: Expr, rows: Sequence[Expr]) -> None:
    """Room for `wanted` elements; rows have the extents of those that are there."""
    room: Expr = Dim(found.buffer, 0, PY_INT)
    is_short = compare("gt", wanted, room)
    fits: Expr = Const(True, PY_BOOL)
    for axis, extent in enumerate(rows, 1):
        fits = both(fits, compare("eq", Dim(found.buffer, axis, PY_INT), extent))
    if rows:
        is_empty = compare("eq", length_of(found), integer(0))
        ctx.check(either(is_empty, fits), "the rows of a list differ in length")
        is_short = either(is_short, negate(fits))
    with ctx.nested() as inside:
        extent = ctx.temporary("room", greatest(greatest(wanted, plus(room, room)), integer(_LEAST_ROOM)))
        bigger = ctx.fresh(f"{found.buffer}_more")
        ctx.arrays[bigger] = found.type
        ctx.linked.update((found.buffer, bigger))
        ctx.emit(Allocate(bigger, found.type, (extent, *rows), None, ctx.span))
        _copy(ctx, found, bigger, rows)
        ctx.emit(Bind((found.buffer,), (bigger,), ctx.span))
    ctx.emit(If(is_short, tuple(inside), (), ctx.span))


def _copy(ctx: Context, found: GrowingList, target: str, rows: Sequence[Expr]) -> None:
    def put(indices: Indices) -> None:
        element = Load(found.buffer, indices, found.type.element, False)
        ctx.emit(Store(target, indices, element, False, ctx.span))

    loops(ctx, (ctx.temporary("kept", length_of(found)), *rows), put)


def reserve(ctx: Context, found: GrowingList, more: Expr) -> None:
    """Room for `more` numbers behind those that are there."""
    if found.type.rank == 1:
        wanted = ctx.temporary("wanted", Binary("add", length_of(found), more, PY_INT, False))
        _make_room(ctx, found, wanted, ())


def extend(ctx: Context, target: ArrayValue | TupleValue, items: Value) -> None:
    """`target.extend(items)`, `target += items`."""
    if isinstance(items, TupleValue):
        for item in items.items:
            append(ctx, target, item)
        return
    if not isinstance(items, ArrayValue) or items.rank != 1:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A list is extended by this value in Python only.")
    found = changing(ctx, target, Array(items.dtype, 1, True, items.type.origin is Origin.NUMPY))
    if found.type.element != items.type:
        raise _mixed(ctx, found, items.type)
    fixed = items if not items.grows and items.is_view else materialise(ctx, items)
    more = stable_extent(ctx, fixed.shape[0])
    _make_room(ctx, found, plus(length_of(found), more), ())
    old = ctx.temporary("old", length_of(found))

    def put(indices: Indices) -> None:
        element = cast(fixed.element(indices), found.type.element)
        ctx.emit(Store(found.buffer, (plus(old, indices[0]),), element, False, ctx.span))

    loops(ctx, (more,), put)
    _count(ctx, found, more)


def pop(ctx: Context, target: ArrayValue | TupleValue, index: Number | None) -> Value:
    """`target.pop()`, `target.pop(0)`: what lies behind moves up."""
    found = changing(ctx, target)
    if found.type.rank != 1:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A row is taken out of a list in Python only.")
    length = length_of(found)
    last = ctx.temporary("last", Binary("sub", length, integer(1), PY_INT, False))
    ctx.emit(Check(compare("ge", last, integer(0)), "pop from an empty list", ctx.span))
    where = last if index is None or index.expr == integer(-1) else _popped(ctx, index, length)
    value = ctx.temporary("popped", Load(found.buffer, (where,), found.type.element, False))
    if where is not last:
        turn = Var(ctx.fresh("k"), PY_INT)
        following = Load(found.buffer, (plus(turn, integer(1)),), found.type.element, False)
        move = Store(found.buffer, (turn,), following, False, ctx.span)
        ctx.emit(For(turn.name, where, last, (move,), span=ctx.span))
    _set_length(ctx, found, last)
    return Number(value)


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


def clear(ctx: Context, target: ArrayValue | TupleValue) -> None:
    """`target.clear()`."""
    _set_length(ctx, changing(ctx, target), integer(0))
