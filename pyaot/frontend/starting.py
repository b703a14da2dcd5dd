"""`name = value` where the list may grow: it becomes a buffer and a length (see `growing.py`)."""

from msgspec.structs import replace

from pyaot.frontend.appending import append
from pyaot.frontend.arithmetic import integer
from pyaot.frontend.arrays import allocate
from pyaot.frontend.context import Context, ListType, NeedsElementType
from pyaot.frontend.growing import as_it_is_now, begin, is_fresh_list
from pyaot.frontend.list_items import (
    as_list,
    column_type,
    columns_of,
    joined,
    parts_of,
    pattern_of,
    type_of,
    with_type,
)
from pyaot.frontend.values import ArrayValue, ListValue, Number, Place, TupleValue, Value
from pyaot.frontend.variables import settle
from pyaot.ir.types import Scalar


def start_list(ctx: Context, name: str, value: Value) -> Value:
    """`name = value`, a new list that may grow; the value itself where it is no list of numbers."""
    key = ctx.scope.prefix + name
    match value:
        case TupleValue(items=(), is_list=True, grows=""):
            known = ctx.list_types.get(key)
            if known is None:
                return replace(value, grows=key)
            first = [allocate(ctx, key, type, (integer(0),) * type.rank) for type in known.columns]
            return begin(ctx, name, first, known.pattern)
        case TupleValue(is_list=True, grows=""):
            made = as_list(ctx, value)
            return _of_arrays(ctx, name, value) if made is None else start_list(ctx, name, made)
        case ArrayValue(boxed=True) | ListValue() if is_fresh_list(ctx, value):
            pattern = value.pattern if isinstance(value, ListValue) else 0
            return begin(ctx, name, columns_of(value), pattern)
    return value


def with_known_type(ctx: Context, name: str, value: Value) -> Value:
    """`name = value`, a list that does not grow: of the type that elements need which are assigned later."""
    known = ctx.list_types.get(ctx.scope.prefix + name)
    made = as_list(ctx, value) if isinstance(value, TupleValue) and value.is_list and known else value
    if known is None or not isinstance(made, ArrayValue) or not made.boxed or not is_fresh_list(ctx, made):
        return value
    wanted = joined(known, type_of(made))
    return made if wanted is None else with_type(ctx, made, wanted.columns[0], ctx.scope.prefix + name)


def note_list(ctx: Context, name: str) -> None:
    """Notes which variable the new list is that it holds, if it does."""
    match ctx.scope.names.get(name):
        case ArrayValue(boxed=True, grows="", place=Place(array=array, whole=True)):
            if array not in ctx.parameters:
                ctx.list_names.setdefault(array, ctx.scope.prefix + name)


def takes(ctx: Context, target: ArrayValue, type: Scalar) -> bool:
    """Whether a list takes such an element; lowering begins anew where its type changes by that."""
    assert target.place is not None
    array = target.place.array
    own = ctx.arrays[array]
    wanted = joined(ListType((own,)), ListType((replace(own, dtype=type.dtype, items=type.origin),)))
    if wanted is None or wanted == ListType((own,)):
        return wanted is not None
    key = _variable_of(ctx, array)
    if not key:
        return False
    raise NeedsElementType(key, wanted)


def _variable_of(ctx: Context, array: str) -> str:
    """The variable that holds the list in an array; "" where it is none of one column that is made here."""
    found = next((found for found in ctx.lists.values() if found.buffers == (array,)), None)
    if found is not None:
        return found.key
    return ctx.list_names.get(array, "".join(ctx.homes.get(array, ())))


def _of_arrays(ctx: Context, name: str, value: TupleValue) -> Value:
    """A list that begins with arrays, or tuples that have some: an empty one, to which they are appended."""
    parts = [part for part in parts_of(value.items[0]) if isinstance(part, Number | ArrayValue)]
    is_known = len(parts) == len(parts_of(value.items[0]))
    if not is_known or all(isinstance(part, Number) or part.boxed for part in parts):
        return value
    type = ListType(tuple(map(column_type, parts)), pattern_of(value.items[0]))
    items = [settle(ctx, item) for item in value.items]  # they may be made of the list that was there
    first = [allocate(ctx, name, column, (integer(0),) * column.rank) for column in type.columns]
    started = begin(ctx, name, first, type.pattern)
    for item in items:
        append(ctx, as_it_is_now(ctx, started), item)
    return as_it_is_now(ctx, started)
