"""Tuples and made objects that live through a loop: each item is a variable that the loop agrees on.

q = (1, 2.0)                            q[0] = 1, q[1] = 2.0
for i in range(n):                      each turn: q[0] = q[0] + 1, q[1] = q[1] * a[i]
    q = (q[0] + 1, q[1] * a[i])
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from pyaot.frontend.context import Context
from pyaot.frontend.values import UNSURE, ArrayValue, Number, RecordValue, TupleValue, Value, is_alike


def carried_whole(ctx: Context, names: Iterable[str]) -> list[str]:
    """Those of the names that are tuples or objects with items that a loop can agree on."""
    found = ((name, ctx.scope.names.get(name)) for name in dict.fromkeys(names))
    return [
        name for name, value in found if value is not None and _is_carried(value) and leaves_of(name, value)
    ]


def _is_carried(value: Value) -> bool:
    match value:
        case TupleValue(is_list=is_list, grows=grows):
            return not is_list and not grows
        case RecordValue(made=made):
            return bool(made)
    return False


def _parts(name: str, value: Value) -> list[tuple[str, Value]]:
    """The items by the names of their variables."""
    match value:
        case TupleValue(items):
            return [(f"{name}[{n}]", item) for n, item in enumerate(items)]
        case RecordValue(fields=fields):
            return [(f"{name}[{key}]", item) for key, item in fields.items()]
    return []


def leaves_of(name: str, value: Value) -> list[tuple[str, Value]]:
    """The numbers and arrays in it by the names of their variables."""
    found: list[tuple[str, Value]] = []
    for own, item in _parts(name, value):
        if isinstance(item, ArrayValue | Number):
            found.append((own, item))
        elif _is_carried(item):
            found += leaves_of(own, item)
    return found


def open_up(ctx: Context, names: Iterable[str]) -> list[str]:
    """Lets the items be variables; gives their names."""
    leaves = [leaf for name in names for leaf in leaves_of(name, ctx.scope.names[name])]
    ctx.scope.names.update(leaves)
    return [name for name, _ in leaves]


def close_up(ctx: Context, names: Iterable[str]) -> None:
    """Lets the names stand for what their items are now."""
    for name in names:
        ctx.scope.names[name] = of_variables(ctx, name, ctx.scope.names[name])


def of_variables(ctx: Context, name: str, value: Value) -> Value:
    """The value with what its variables hold now."""
    if isinstance(value, ArrayValue | Number):
        return ctx.scope.names[name]
    items = [of_variables(ctx, own, item) for own, item in _parts(name, value)]
    match value:
        case TupleValue():
            return replace(value, items=tuple(items))
        case RecordValue(fields=fields):
            return replace(value, fields=dict(zip(fields, items)), made=UNSURE)
    return value


def is_carried_whole(ctx: Context, name: str) -> bool:
    """Whether a loop around has agreed on items of the name."""
    start = f"{name}["
    return any(key.startswith(start) for agreed in ctx.scope.agreed for key in agreed)


def fits(before: Value | None, value: Value) -> bool:
    """Whether the items are of the same kinds; what is no number and no array stays what it was."""
    if isinstance(before, TupleValue | RecordValue) and isinstance(value, TupleValue | RecordValue):
        pairs = zip(_parts("", before), _parts("", value))
        return is_alike(before, value) and all(fits(x, y) for (_, x), (_, y) in pairs)
    if isinstance(before, ArrayValue | Number):
        return isinstance(value, ArrayValue | Number)
    return before == value


def without(names: dict[str, Value], leaves: Iterable[str]) -> Iterator[tuple[str, Value]]:
    """The names but those of items."""
    hidden = set(leaves)
    yield from ((name, value) for name, value in names.items() if name not in hidden)
