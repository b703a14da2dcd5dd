"""What a loop walks, as a range of turns and the value of each: ranges, arrays, zip and enumerate.

for i, x in enumerate(a)        0, len(a), 1;  turn k is (k, a[k])
"""

from collections.abc import Callable, Sequence

import libcst as cst

from pyaot.base.catalogue import UNSUPPORTED_STATEMENT
from pyaot.frontend.arithmetic import (
    as_integer,
    binary,
    compare,
    greatest,
    integer,
    least,
    minus,
    plus,
    times,
)
from pyaot.frontend.arrays import is_stable
from pyaot.frontend.comprehensions import trip_count
from pyaot.frontend.computed import computed
from pyaot.frontend.context import Context
from pyaot.frontend.list_items import item_at
from pyaot.frontend.prove import assume
from pyaot.frontend.subscripts import subscript
from pyaot.frontend.values import ArrayValue, IterationValue, ListValue, Number, RangeValue, TupleValue, Value
from pyaot.ir.nodes import Const, Expr


def schedule(
    ctx: Context, source: Value, node: cst.CSTNode
) -> tuple[Expr, Expr, int, Callable[[Expr], Value]]:
    """(start, stop, step, value of a turn) of the loop over a source."""
    match source:
        case RangeValue(start, stop, Const(step)) if int(step.real) > 0:
            start, stop = _held(ctx, start), _held(ctx, stop)
            return start, stop, int(step.real), Number
        case RangeValue():
            first = _held(ctx, source.start)
            pace = _held(ctx, source.step)
            count = _held(ctx, _count(ctx, RangeValue(first, _held(ctx, source.stop), pace)))
            return integer(0), count, 1, lambda i: Number(plus(first, times(i, pace)))
        case ArrayValue():
            whole = computed(ctx, source)
            return integer(0), _held(ctx, source.shape[0]), 1, lambda i: _row(ctx, whole, i)
        case ListValue():
            return integer(0), _held(ctx, source.length), 1, lambda i: item_at(ctx, source, Number(i))
        case IterationValue((item,), backwards=True):
            start, stop, step, value_at = schedule(ctx, item, node)
            count = _held(ctx, trip_count(ctx, RangeValue(start, stop, integer(step))))
            turn = _turn_of(start, step, value_at)
            return integer(0), count, 1, lambda i: turn(minus(minus(count, integer(1)), i))
        case IterationValue(items, start):
            return _together(ctx, items, start, node)
    raise ctx.refuse(UNSUPPORTED_STATEMENT, "A loop over this value is not compiled.", node)


def known_turns(source: Value) -> tuple[Value, ...] | None:
    """The values of the turns, one by one, where only tuples are walked."""
    match source:
        case TupleValue(items):
            return items
        case IterationValue(items, start):
            walked = [known_turns(item) for item in items]
            rows = list(zip(*(turns for turns in walked if turns is not None)))
            if None in walked:
                return None
            if start is None:
                return tuple(map(TupleValue, rows))
            numbers = (Number(plus(start.expr, integer(n))) for n in range(len(rows)))
            return tuple(TupleValue((number, *row)) for number, row in zip(numbers, rows))
    return None


def _count(ctx: Context, source: RangeValue) -> Expr:
    if isinstance(source.step, Const):
        return trip_count(ctx, source)
    if not assume(ctx, integer(1), source.step, "the step of a range is not positive"):
        ctx.check(compare("ge", source.step, integer(1)), "the step of a range is not positive")
    length = greatest(minus(source.stop, source.start), integer(0))
    return binary("floordiv", plus(length, minus(source.step, integer(1))), source.step)


def _held(ctx: Context, expr: Expr) -> Expr:
    expr = as_integer(expr)
    return expr if is_stable(ctx, expr) else ctx.temporary("bound", expr)


def _row(ctx: Context, source: Value, index: Expr) -> Value:
    assert isinstance(source, ArrayValue)
    return subscript(ctx, source, (Number(index),))


def _together(
    ctx: Context, items: Sequence[Value], start: Number | None, node: cst.CSTNode
) -> tuple[Expr, Expr, int, Callable[[Expr], Value]]:
    """zip and enumerate: the shortest ends the loop."""
    rules: list[Callable[[Expr], Value]] = []
    count: Expr | None = None
    for item in items:
        first, stop, step, value_at = schedule(ctx, item, node)
        length = _held(ctx, trip_count(ctx, RangeValue(first, stop, integer(step))))
        count = length if count is None else least(count, length)
        rules.append(_turn_of(first, step, value_at))
    assert count is not None
    if start is not None:
        begin = _held(ctx, start.expr)
        return integer(0), count, 1, lambda i: TupleValue((Number(plus(begin, i)), rules[0](i)))
    return integer(0), count, 1, lambda i: TupleValue(tuple(rule(i) for rule in rules))


def _turn_of(first: Expr, step: int, value_at: Callable[[Expr], Value]) -> Callable[[Expr], Value]:
    """The value of turn i, counted from zero."""
    return lambda i: value_at(plus(first, times(i, integer(step))))
