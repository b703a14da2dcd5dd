"""The items of a value on the right of `a, b = value`, and of the value of a turn in `for a, b in values`.

x, y = points[i]        points[i, 0], points[i, 1]; where the extent is not known to be 2 it is checked
x, *rest = values       values[0], and the others as a new list
"""

from collections.abc import Sequence

import libcst as cst

from pyaot.base.catalogue import UNSUPPORTED_STATEMENT
from pyaot.frontend.arithmetic import compare, integer, minus, plus
from pyaot.frontend.arrays import allocate, write
from pyaot.frontend.context import Context
from pyaot.frontend.list_items import item_at
from pyaot.frontend.lists import list_type
from pyaot.frontend.prove import make_equal, never_negative
from pyaot.frontend.subscripts import subscript
from pyaot.frontend.values import ArrayValue, ListValue, Number, TupleValue, Value
from pyaot.ir.nodes import Const

Element = cst.BaseElement
Pairs = list[tuple[cst.BaseExpression, Value]]


def unpacked(ctx: Context, value: Value, elements: Sequence[Element], node: cst.CSTNode) -> Pairs:
    """The targets on the left, each with what it gets of the value."""
    targets = [element.value for element in elements]
    starred = [n for n, element in enumerate(elements) if isinstance(element, cst.StarredElement)]
    if not starred:
        return list(zip(targets, _items(ctx, value, len(targets), node)))
    (star,) = starred
    behind = len(targets) - star - 1
    items = _items_around(ctx, value, star, behind, node)
    return list(zip(targets, items))


def _items(ctx: Context, value: Value, count: int, node: cst.CSTNode) -> Sequence[Value]:
    """The `count` items of a value."""
    match value:
        case TupleValue(items) if len(items) == count:
            return items
        case ListValue():
            make_equal(ctx, value.length, integer(count), "a list has not as many items as are unpacked")
            return [item_at(ctx, value, Number(integer(n))) for n in range(count)]
        case ArrayValue(shape=(extent, *_)) if not isinstance(extent, Const) or extent.value == count:
            make_equal(ctx, extent, integer(count), "a row does not have as many items as are unpacked")
            return [subscript(ctx, value, (Number(integer(n)),)) for n in range(count)]
    message = f"This value is not known to have {count} items."
    raise ctx.refuse(UNSUPPORTED_STATEMENT, message, node)


def _items_around(ctx: Context, value: Value, before: int, behind: int, node: cst.CSTNode) -> Sequence[Value]:
    """The first items, a list of those in the middle, and the last items."""
    match value:
        case TupleValue(items) if len(items) >= before + behind:
            stop = len(items) - behind
            return [*items[:before], TupleValue(items[before:stop], is_list=True), *items[stop:]]
        case ArrayValue(shape=(extent,)):
            count = minus(extent, integer(before + behind))
            if not never_negative(ctx, count):
                ctx.check(compare("ge", count, integer(0)), "there are fewer items than are unpacked")
            middle = allocate(ctx, "rest", list_type(ctx, value.type), (count,))
            write(ctx, middle, lambda i: value.element((plus(i[0], integer(before)),)))
            first = [subscript(ctx, value, (Number(integer(n)),)) for n in range(before)]
            return [
                *first,
                middle,
                *(subscript(ctx, value, (Number(integer(n)),)) for n in range(-behind, 0)),
            ]
    message = f"This value is not known to have {before + behind} items or more."
    raise ctx.refuse(UNSUPPORTED_STATEMENT, message, node)
