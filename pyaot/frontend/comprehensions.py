"""List comprehensions over ranges: `[x * x for x in range(n)]`, `[[0.0] * m for _ in range(n)]`.

The others are functions with loops: see `comprehension_loops.py`.
"""

import libcst as cst
from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import binary, greatest, integer, minus, plus, times
from pyaot.frontend.arrays import allocate, new_index
from pyaot.frontend.comprehension_loops import as_loops
from pyaot.frontend.context import Context
from pyaot.frontend.growing import is_fresh_list
from pyaot.frontend.list_items import column_type, list_of, note_item, parts_of, pattern_of, put_part
from pyaot.frontend.lists import MOST_NESTED, as_list_array, list_type
from pyaot.frontend.prove import never_negative
from pyaot.frontend.values import ArrayValue, Number, RangeValue, TupleValue, Value
from pyaot.ir.nodes import Const, Expr, For, Stmt, Var
from pyaot.ir.walk import scalars_assigned, walk_expr


def list_comprehension(ctx: Context, node: cst.ListComp) -> Value:
    """A list of numbers or of rows of numbers; one that only walks a range has as many items as that."""
    clause = node.for_in
    if clause.ifs or clause.inner_for_in is not None or not isinstance(clause.target, cst.Name):
        return as_loops(ctx, "list", node)
    with ctx.nested() as before:
        source = ctx.expression(ctx, clause.iter)
    if not isinstance(source, (TupleValue, RangeValue)):
        return as_loops(ctx, "list", node)
    ctx.body.extend(before)
    name = clause.target.value
    if isinstance(source, TupleValue):
        return TupleValue(tuple(_item(ctx, name, item, node.elt) for item in source.items), is_list=True)
    return _over_range(ctx, name, source, node)


def _item(ctx: Context, name: str, value: Value, elt: cst.BaseExpression) -> Value:
    outer = ctx.scope
    ctx.scope = replace(outer, names={**outer.names, name: value})
    try:
        return ctx.expression(ctx, elt)
    finally:
        ctx.scope = outer


def trip_count(ctx: Context, source: RangeValue) -> Expr:
    """How often a range with a constant step gives a number."""
    if not isinstance(source.step, Const) or source.step.value == 0:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A range whose step is not a constant is not compiled here.")
    step = int(source.step.value.real)
    length = minus(source.stop, source.start) if step > 0 else minus(source.start, source.stop)
    if not never_negative(ctx, length):
        length = greatest(length, integer(0))
    return (
        length
        if abs(step) == 1
        else binary("floordiv", plus(length, integer(abs(step) - 1)), integer(abs(step)))
    )


def _over_range(ctx: Context, name: str, source: RangeValue, node: cst.ListComp) -> Value:
    count = trip_count(ctx, source)
    index = new_index(ctx, name, integer(0), count)
    with ctx.nested() as inside:
        value = _item(ctx, name, Number(plus(source.start, times(index, source.step))), node.elt)
        if isinstance(value, TupleValue) and value.is_list:
            value = as_list_array(ctx, value) or value
        before = list(inside)
        inside.clear()
    parts = [part for part in parts_of(value) if isinstance(part, Number | ArrayValue)]
    if not parts or len(parts) < len(parts_of(value)):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A list of this kind of value is not compiled.", node)
    columns = [_column(ctx, part, count, before) for part in parts]
    with ctx.nested() as puts:
        for column, part in zip(columns, parts):
            put_part(ctx, column, index, part)
            note_item(ctx, column, part)
    ctx.emit(For(index.name, integer(0), count, (*before, *puts), label=name, span=ctx.span))
    return list_of(columns, pattern_of(value))


def _column(ctx: Context, part: Number | ArrayValue, count: Expr, before: list[Stmt]) -> ArrayValue:
    """An array for a part of every item; those that are arrays or rows have one shape."""
    if isinstance(part, Number):
        return allocate(ctx, "list", list_type(ctx, part.type), (count,))
    is_even = all(_is_invariant(ctx, extent, before) for extent in part.shape)
    if (part.boxed and part.rank >= MOST_NESTED) or part.rank == 0 or not is_even:
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION, "A list of rows of different lengths or kinds is not compiled."
        )
    if part.boxed and not is_fresh_list(ctx, part):
        message = "A list of rows that other names have, too, is not compiled."
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, message, None, "Take copies: 'list(row)'.")
    return allocate(ctx, "list", column_type(part), (count, *part.shape))


def _is_invariant(ctx: Context, extent: Expr, before: list[Stmt]) -> bool:
    """Whether the extent is known outside the loop whose body is `before`."""
    inside = scalars_assigned(tuple(before))
    names = [part.name for part in walk_expr(extent) if isinstance(part, Var)]
    return all(name not in ctx.lows and name not in inside for name in names)
