"""`name = value` where the list may grow: it becomes a buffer and a length (see `growing.py`)."""

from msgspec.structs import replace

from pyaot.frontend.arithmetic import integer
from pyaot.frontend.arrays import allocate
from pyaot.frontend.context import Context
from pyaot.frontend.growing import begin, is_fresh_list
from pyaot.frontend.list_items import as_list, columns_of
from pyaot.frontend.values import ArrayValue, ListValue, TupleValue, Value


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
            return value if made is None else start_list(ctx, name, made)
        case ArrayValue(boxed=True) | ListValue() if is_fresh_list(ctx, value):
            pattern = value.pattern if isinstance(value, ListValue) else 0
            return begin(ctx, name, columns_of(value), pattern)
    return value
