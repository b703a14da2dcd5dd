"""List comprehensions over ranges: `[x * x for x in range(n)]`, `[[0.0] * m for _ in range(n)]`.

The others are functions with loops: see `comprehension_loops.py`.
"""

import libcst as cst
from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import binary, cast, greatest, integer, minus, plus, times
from pyaot.frontend.arrays import allocate, loops, new_index
from pyaot.frontend.comprehension_loops import as_loops
from pyaot.frontend.context import Context
from pyaot.frontend.list_items import list_of, parts_of, pattern_of
from pyaot.frontend.lists import MOST_NESTED, as_list_array, list_type
from pyaot.frontend.prove import never_negative
from pyaot.frontend.values import ArrayValue, Indices, Number, RangeValue, TupleValue, Value
from pyaot.ir.nodes import Const, Expr, For, Stmt, Store, Var
from pyaot.ir.types import Array
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
    if isinstance(value, ArrayValue):
        return _rows(ctx, value, (index, count, name), before)
    parts = [part for part in parts_of(value) if isinstance(part, Number)]
    if not parts or len(parts) < len(parts_of(value)):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A list of this kind of value is not compiled.", node)
    columns = [allocate(ctx, "list", list_type(ctx, part.type), (count,)) for part in parts]
    puts = [_put(ctx, column, index, part) for column, part in zip(columns, parts)]
    ctx.emit(For(index.name, integer(0), count, (*before, *puts), label=name, span=ctx.span))
    return list_of(columns, pattern_of(value))


def _put(ctx: Context, column: ArrayValue, index: Expr, part: Number) -> Stmt:
    assert column.place is not None
    return Store(column.place.array, (index,), cast(part.expr, part.type), False, ctx.span)


def _rows(ctx: Context, row: ArrayValue, loop: tuple[Var, Expr, str], before: list[Stmt]) -> Value:
    """Rows of one shape that are made inside the loop, copied into one array."""
    index, count, name = loop
    is_even = all(_is_invariant(ctx, extent, before) for extent in row.shape)
    if not row.boxed or row.rank >= MOST_NESTED or not is_even:
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION, "A list of rows of different lengths or kinds is not compiled."
        )
    result = allocate(ctx, "list", Array(row.dtype, row.rank + 1, True, row.numpy_items), (count, *row.shape))
    place = result.place
    assert place is not None

    def body(indices: Indices) -> None:
        ctx.emit(Store(place.array, (index, *indices), row.element(indices), False, ctx.span))

    with ctx.nested() as copying:
        loops(ctx, row.shape, body)
    ctx.emit(For(index.name, integer(0), count, (*before, *copying), label=name, span=ctx.span))
    return result


def _is_invariant(ctx: Context, extent: Expr, before: list[Stmt]) -> bool:
    """Whether the extent is known outside the loop whose body is `before`."""
    inside = scalars_assigned(tuple(before))
    names = [part.name for part in walk_expr(extent) if isinstance(part, Var)]
    return all(name not in ctx.lows and name not in inside for name in names)
