"""Lists that grow: a buffer with room to spare, and how many elements are in it.

out = []                    first = allocate(0);  bind out = first;  out_len = 0
out.append(x)               if out_len >= dim(out, 0):  bigger = allocate(2 * dim(out, 0));  bind out = bigger
                            out[out_len] = x;  out_len = out_len + 1
len(out), out[-1]           out_len, out[out_len - 1]

Every `name = []` of one variable uses one buffer name and one length, so branches and loops have nothing to
merge. The type of the elements is that of the first append: lowering begins anew once it is known. A list of
tuples has a buffer for each number of a tuple (see `list_items.py`).
"""

from collections.abc import Sequence
from typing import TypeVar

from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION, UNSUPPORTED_TYPE_CHANGE
from pyaot.frontend.arithmetic import integer
from pyaot.frontend.arrays import array_type, reader
from pyaot.frontend.context import Context, GrowingList, ListType, NeedsElementType, Scope, Unsupported
from pyaot.frontend.conversion import describe
from pyaot.frontend.list_items import (
    columns_of,
    joined,
    list_of,
    with_type,
)
from pyaot.frontend.values import (
    ArrayValue,
    ListValue,
    Pattern,
    Place,
    RecordValue,
    TupleValue,
    UnboundValue,
    Value,
    Walk,
)
from pyaot.ir.nodes import (
    Assign,
    Bind,
    Const,
    Dim,
    Expr,
    Var,
)
from pyaot.ir.types import PY_INT, Array

AnyValue = TypeVar("AnyValue", bound=Value)


def is_fresh_list(ctx: Context, value: ArrayValue | ListValue) -> bool:
    """A list that no name and no other list holds."""
    if value.grows:
        return ctx.lists[value.grows].owner == ""
    return all(_is_fresh(ctx, column) for column in columns_of(value))


def _is_fresh(ctx: Context, column: ArrayValue) -> bool:
    if column.place is None or not column.place.whole:
        return column.place is None
    array = column.place.array
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
        case TupleValue(items) | ListValue(items):
            return any(_mentions(item, array) for item in items)
        case RecordValue(fields=fields):
            return any(_mentions(item, array) for item in fields.values())
        case UnboundValue(inner):
            return _mentions(inner, array)
    return False


def begin(ctx: Context, name: str, columns: Sequence[ArrayValue], pattern: Pattern) -> ArrayValue | ListValue:
    """The variable's list begins with the items in these columns, which are nobody else's."""
    key = ctx.scope.prefix + name
    given = ListType(tuple(map(array_type, columns)), pattern)
    type = _type_of_list(ctx, key, given)
    first = [with_type(ctx, column, wanted, key) for column, wanted in zip(columns, type.columns)]
    found = _home(ctx, name, type)
    is_other = found.sites | {ctx.span} != {ctx.span}
    if found.aliased and is_other:
        raise _two_names(ctx, found)
    if found.is_viewed and is_other:
        raise row_left(ctx, found)
    found.sites.add(ctx.span)
    found.frame = ctx.scope.breaks[-1] if ctx.scope.breaks else None
    found.body = ctx.body
    found.given_away, found.owner = False, found.key
    ctx.frozen.difference_update(found.buffers)
    arrays = tuple(column.place.array for column in first if column.place is not None)
    ctx.linked.update((*found.buffers, *arrays))
    ctx.emit(Bind(found.buffers, arrays, ctx.span))
    set_length(ctx, found, first[0].shape[0])
    return current(ctx, found.key)


def _home(ctx: Context, name: str, type: ListType) -> GrowingList:
    key = ctx.scope.prefix + name
    found = ctx.lists.get(key)
    if found is None:
        buffers = tuple(ctx.named(name) for _ in type.columns)
        length = ctx.fresh(f"{buffers[0]}_len")
        found = GrowingList(key, name, buffers, length, type, ctx.scope.prefix, owner=key)
        ctx.lists[key] = found
        ctx.arrays.update(zip(buffers, type.columns))
        ctx.movable.update(buffers)
        ctx.open_shapes.update(buffers)
    agree(ctx, found, type)
    return found


def _type_of_list(ctx: Context, key: str, given: ListType) -> ListType:
    """The type of a list that begins with items of the given one, and gets others later."""
    known = ctx.list_types.get(key)
    wanted = None if known is None else joined(known, given)
    return given if wanted is None else wanted


def agree(ctx: Context, found: GrowingList, type: ListType) -> None:
    """The list takes items of that type; lowering begins anew where its own becomes another one by that."""
    wanted = joined(found.type, type)
    if wanted is None:
        raise mixed(ctx, found, type)
    if wanted != found.type:
        raise NeedsElementType(found.key, wanted)


def _two_names(ctx: Context, found: GrowingList) -> Unsupported:
    return ctx.refuse(
        UNSUPPORTED_EXPRESSION, f"The list '{found.name}' goes by two names, one of which gets a new list."
    )


def row_left(ctx: Context, found: GrowingList) -> Unsupported:
    """Why the list is not emptied: a name stands for one of its rows."""
    return ctx.refuse(
        UNSUPPORTED_EXPRESSION,
        f"The list '{found.name}' loses its rows here, of which another variable may hold one.",
        None,
        "Take the row with '.copy()', or use another list.",
    )


def mixed(ctx: Context, found: GrowingList, type: ListType) -> Unsupported:
    """Why the list does not take an item: it is of another type than the others."""
    own, other = (_described(one.pattern, one.columns) for one in (found.type, type))
    hint = "Append float(...) or int(...), so that all elements are of one type."
    message = f"The list '{found.name}' holds {own} and gets {other}."
    return ctx.refuse(UNSUPPORTED_TYPE_CHANGE, message, None, hint)


def _described(pattern: Pattern, columns: Sequence[Array]) -> str:
    """An item in the user's words: 'a Python float', 'a tuple (a Python int, a NumPy float64)'."""
    if not isinstance(pattern, int):
        return f"a tuple ({', '.join(_described(inner, columns) for inner in pattern.items)})"
    column = columns[pattern]
    dimensions = "one dimension" if column.rank == 2 else f"{column.rank - 1} dimensions"
    if not column.boxed:
        return f"a {column.dtype.value} array of {dimensions}"
    return describe(column.element) if column.rank == 1 else f"a list of {dimensions} of such numbers"


def note_alias(ctx: Context, name: str, value: Value) -> None:
    """`name = value`, where the value may be, or hold, a list that grows under another name."""
    match value:
        case TupleValue(items):
            for item in items:
                note_alias(ctx, name, item)
        case ArrayValue(grows=key) | ListValue(grows=key) if key:
            found, own = ctx.lists[key], ctx.scope.prefix + name
            if found.owner == "":  # a helper's, which is gone
                found.owner = own
            elif found.owner != own:
                if ctx.scope.breaks or found.frame is not None or len(found.sites) > 1:
                    raise _two_names(ctx, found)
                found.aliased = True
    note_rows(ctx, value)


def note_rows(ctx: Context, value: Value) -> None:
    """A variable holds the value, which may be a row of a list that grows."""
    match value:
        case TupleValue(items):
            for item in items:
                note_rows(ctx, item)
        case ArrayValue(boxed=True, grows="", place=Place(array=array)):
            for found in ctx.lists.values():
                found.is_viewed |= array in found.buffers


def left_by_helper(ctx: Context, value: Value) -> Value:
    """What an inlined helper returns: its variables are gone, and its lists are as long as they are now."""
    for found in ctx.lists.values():
        if found.prefix == ctx.scope.prefix:
            found.owner = ""
    return _now(ctx, value)


def _now(ctx: Context, value: Value) -> Value:
    match value:
        case ArrayValue(grows=key) | ListValue(grows=key) if key:
            return current(ctx, key)
        case TupleValue(items):
            return replace(value, items=tuple(_now(ctx, item) for item in items))
    return value


# ---- the list as it is now ------------------------------------------------------------------------------


def length_of(found: GrowingList) -> Var:
    """How many elements it has; the variable changes."""
    return Var(found.length, PY_INT)


def current(ctx: Context, key: str) -> ArrayValue | ListValue:
    """The list with the length that it has here."""
    found = ctx.lists[key]
    if found.given_away:
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION, f"The list '{found.name}' is used after it became part of another list."
        )
    if found.known is None:
        found.known = ctx.temporary(f"{found.buffers[0]}_now", length_of(found))
    columns = [column_now(ctx, found, buffer, found.known) for buffer in found.buffers]
    return list_of(columns, found.type.pattern, key)


def as_it_is_now(ctx: Context, value: AnyValue) -> AnyValue | ArrayValue | ListValue:
    """A list that grows as long as it is here; all else as it is."""
    if isinstance(value, ArrayValue | ListValue) and value.grows:
        return current(ctx, value.grows)
    return value


def column_now(ctx: Context, found: GrowingList, buffer: str, length: Expr) -> ArrayValue:
    """The array with a part of each item, as long as the list is."""
    type = ctx.arrays[buffer]
    shape = (length, *(Dim(buffer, axis, PY_INT) for axis in range(1, type.rank)))
    walks = tuple(Walk((axis,), integer(1)) for axis in range(type.rank))
    place = Place(buffer, lambda indices: indices, False, (integer(0),) * type.rank, walks)
    return ArrayValue(type.dtype, shape, reader(ctx, place), place, type.boxed, items=type.items)


def set_length(ctx: Context, found: GrowingList, length: Expr) -> None:
    """The list has another length from here on."""
    ctx.emit(Assign(found.length, length, ctx.span))
    found.known = length if isinstance(length, Const) else None
