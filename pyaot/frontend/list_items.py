"""What the items of a list are made of, and the lists whose items are tuples or arrays.

stack.append((y, x))    two columns, for the y and the x of each item
out.append(h)           one column, with a dimension more than h
stack[k]                (y[k], x[k])

Tuples cannot change, so it does not matter that none exists. An array can: what is read from a list is a copy
that stays as it is, and what becomes an item may not be written afterwards (see `ir/given.py`).
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import integer
from pyaot.frontend.arrays import allocate, array_type, as_stored, loops, materialise, view, write
from pyaot.frontend.context import Context, ListType
from pyaot.frontend.lists import as_list_array
from pyaot.frontend.promote import join
from pyaot.frontend.prove import make_equal
from pyaot.frontend.subscripts import element_index, slice_bounds
from pyaot.frontend.values import (
    ArrayValue,
    Indices,
    ListValue,
    Number,
    Pattern,
    SliceValue,
    TuplePattern,
    TupleValue,
    Value,
    Walk,
)
from pyaot.ir.given import Gift
from pyaot.ir.nodes import Assign, Const, Expr, Store
from pyaot.ir.types import PY_BOOL, Array, Origin

Part = Number | ArrayValue


# ---- the parts of an item -------------------------------------------------------------------------------


def pattern_of(item: Value) -> Pattern:
    """How the item is made of its parts."""
    return _pattern(item, iter(range(1_000_000)))


def _pattern(item: Value, numbers: Iterator[int]) -> Pattern:
    if isinstance(item, TupleValue) and not item.is_list:
        return TuplePattern(tuple(_pattern(inner, numbers) for inner in item.items), item.maker)
    return next(numbers)


def parts_of(item: Value) -> list[Value]:
    """The parts of an item, from left to right."""
    if isinstance(item, TupleValue) and not item.is_list:
        return [part for inner in item.items for part in parts_of(inner)]
    return [item]


def item_of(pattern: Pattern, parts: Sequence[Part]) -> Value:
    """The item that is made of these parts."""
    if isinstance(pattern, int):
        return parts[pattern]
    return TupleValue(tuple(item_of(inner, parts) for inner in pattern.items), maker=pattern.maker)


def column_type(part: Part) -> Array:
    """The type of a list, or of a column of one, for such parts."""
    if isinstance(part, ArrayValue) and not part.boxed:
        return Array(part.dtype, part.rank + 1)
    rank = part.rank if isinstance(part, ArrayValue) else 0
    return Array(part.type.dtype, rank + 1, True, part.type.origin)


def holds_arrays(type: ListType) -> bool:
    """Whether the items are arrays, or tuples with arrays in them."""
    return any(not column.boxed for column in type.columns)


def list_of(columns: Sequence[ArrayValue], pattern: Pattern, grows: str = "") -> ArrayValue | ListValue:
    """The list whose items' parts are in these columns."""
    if isinstance(pattern, int) and columns[0].boxed:
        return replace(columns[0], grows=grows)
    return ListValue(tuple(columns), pattern, grows)


def columns_of(value: ArrayValue | ListValue) -> tuple[ArrayValue, ...]:
    """The arrays with the parts of the list's items."""
    return value.columns if isinstance(value, ListValue) else (value,)


def type_of(value: ArrayValue | ListValue) -> ListType:
    """What the list holds."""
    pattern = value.pattern if isinstance(value, ListValue) else 0
    return ListType(tuple(map(array_type, columns_of(value))), pattern)


def joined(own: ListType, other: ListType) -> ListType | None:
    """The type of a list that holds items of either type; None where there is none.

    Python's numbers and NumPy's of one kind: nobody can tell which as long as the list is not returned.
    """
    columns = [_joined_column(x, y) for x, y in zip(own.columns, other.columns)]
    known = tuple(column for column in columns if column is not None)
    is_one = own.pattern == other.pattern and len(own.columns) == len(other.columns) == len(known)
    return ListType(known, own.pattern) if is_one else None


def _joined_column(own: Array, other: Array) -> Array | None:
    if own == other:
        return own
    if replace(own, items=other.items) != other or not own.boxed:
        return None
    type = join(own.element, other.element)
    is_alike = type is not None and type.dtype is own.dtype and type.origin is not Origin.EITHER
    return replace(own, items=type.origin) if type is not None and is_alike else None


def with_type(ctx: Context, column: ArrayValue, type: Array, name: str) -> ArrayValue:
    """The column with elements of that type: itself, or a copy."""
    if column.place is not None and array_type(column) == type:
        return column
    result = allocate(ctx, name, type, column.shape)
    write(ctx, result, column.element)
    return result


# ---- lists of items that are known one by one -----------------------------------------------------------


def as_list(ctx: Context, value: TupleValue) -> ArrayValue | ListValue | None:
    """A list of known numbers, rows or tuples of numbers; None where they differ in type."""
    array = as_list_array(ctx, value)
    if array is not None or not value.items:
        return array
    if not all(isinstance(item, TupleValue) and not item.is_list for item in value.items):
        return None
    return as_columns(ctx, value.items)


def as_columns(ctx: Context, items: Sequence[Value]) -> ListValue | None:
    """The list of these tuples of numbers; None where they differ in type."""
    pattern = pattern_of(items[0])
    rows = [[part for part in parts_of(item) if isinstance(part, Number)] for item in items]
    kinds = {tuple(part.type for part in row) for row in rows}
    if len(kinds) != 1 or not rows[0] or any(pattern_of(item) != pattern for item in items):
        return None
    if any(len(parts_of(item)) != len(row) for item, row in zip(items, rows)):
        return None
    if any(part.type.origin is Origin.EITHER for part in rows[0]):
        return None
    columns = [allocate(ctx, "list", column_type(part), (integer(len(items)),)) for part in rows[0]]
    for position, row in enumerate(rows):
        for column, part in zip(columns, row):
            assert column.place is not None
            ctx.emit(Store(column.place.array, (integer(position),), part.expr, False, ctx.span))
    return ListValue(tuple(columns), pattern)


# ---- reading --------------------------------------------------------------------------------------------


def item_at(ctx: Context, value: ListValue, index: Number) -> Value:
    """`value[index]`."""
    first, checked = element_index(ctx, value.columns[0], 0, index)
    parts = [_part_at(ctx, column, first, checked) for column in value.columns]
    return item_of(value.pattern, parts)


def _part_at(ctx: Context, column: ArrayValue, index: Expr, checked: bool) -> Part:
    rank = column.rank
    starts = (index, *(integer(0),) * (rank - 1))
    walks = [Walk((axis,), integer(1)) for axis in range(1, rank)]
    found = view(ctx, column, column.shape[1:], starts, walks, checked)
    if rank == 1:
        return Number(found.element(()))
    return shared(column, found)


def shared(column: ArrayValue, found: ArrayValue) -> ArrayValue:
    """An array that is an item of a list: a copy of it may be read, and neither may be written."""
    assert column.place is not None
    return replace(found, place=None, borrowed=item_name(column.place.array), shown=None)


def item_name(column: str) -> str:
    """What arrays that are items of such a list are said to be borrowed from; no array has this name."""
    return f"{column}[]"


def note_item(ctx: Context, owner: ArrayValue | str, part: Part) -> None:
    """The part is in a list from here on: where it has a name, or may be a view, its memory is marked."""
    if not isinstance(part, ArrayValue) or part.boxed:
        return
    column = owner if isinstance(owner, str) else array_name(owner)
    own = array_name(part) if part.is_view else ""
    sources = [name for name in (own, part.borrowed, ctx.views_copied.get(own, "")) if name]
    if sources and not (sources == [own] and part.place is not None and part.place.whole):
        ctx.shared.add(column)
    for source in sources:
        mark = ctx.fresh("item")
        ctx.gifts[mark] = Gift(source, column)
        ctx.emit(Assign(mark, Const(True, PY_BOOL), ctx.span))


def array_name(value: ArrayValue) -> str:
    """The array that the value is in."""
    assert value.place is not None
    return value.place.array


def part_of(ctx: Context, value: ListValue, bounds: SliceValue) -> ListValue:
    """`value[bounds]`: a new list."""
    start, count, step = slice_bounds(ctx, value.length, bounds)
    columns = []
    for column in value.columns:
        if not column.boxed:
            raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A part of a list of arrays is not compiled.")
        chosen = view(ctx, column, (count,), (start,), (Walk((0,), step),), checked=False)
        columns.append(materialise(ctx, chosen, "slice"))
    return ListValue(tuple(columns), value.pattern)


def set_item(ctx: Context, target: ListValue, index: Number, item: Value) -> bool:
    """`target[index] = item`; False where the item is of another kind than the others."""
    parts = [part for part in parts_of(item) if isinstance(part, Number | ArrayValue)]
    if len(parts) != len(target.columns) or pattern_of(item) != target.pattern:
        return False
    if any(column_type(part) != array_type(column) for part, column in zip(parts, target.columns)):
        return False
    held = [_held(ctx, part, column) for part, column in zip(parts, target.columns)]
    where, checked = element_index(ctx, target.columns[0], 0, index)
    for column, part in zip(target.columns, held):
        put_part(ctx, column, where, part, checked)
    for column, part in zip(target.columns, parts):
        note_item(ctx, column, part)
    return True


def _held(ctx: Context, part: Part, column: ArrayValue) -> Part:
    """A part of the new item, found before the list changes; an array has the shape of the others."""
    if isinstance(part, Number):
        return Number(ctx.temporary("item", part.expr))
    for extent, goal in zip(part.shape, column.shape[1:]):
        make_equal(ctx, extent, goal, "the arrays of a list differ in shape")
    return as_stored(ctx, part)


def put_part(ctx: Context, column: ArrayValue, where: Expr, part: Part, checked: bool = False) -> None:
    """Stores a part of an item where the column has that of item `where`."""
    place = column.place
    assert place is not None

    def put(indices: Indices) -> None:
        value = part.element(indices) if isinstance(part, ArrayValue) else part.expr
        ctx.emit(Store(place.array, place.subscripts((where, *indices)), value, checked, ctx.span))

    loops(ctx, part.shape if isinstance(part, ArrayValue) else (), put)


def copied(ctx: Context, columns: Iterable[ArrayValue]) -> tuple[ArrayValue, ...]:
    """New arrays with the elements of these."""
    return tuple(materialise(ctx, column) for column in columns)
