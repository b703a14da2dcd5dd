"""Comparisons, minima and maxima of integers whose answer is known from their intervals.

for i in range(n): check i >= 0 and i < m      becomes      check i < m
minimum(maximum(i, 0), n)                      becomes      minimum(i, n)
"""

from collections.abc import Iterator

from msgspec.structs import replace

from pyaot.ir.failing import can_raise
from pyaot.ir.nodes import Assign, Binary, Cast, Check, Compare, Const, Expr, Function, Stmt
from pyaot.ir.walk import Body, bodies_of, map_stmt_exprs, transform_body
from pyaot.normalise.checks import checks_of, leading_checks
from pyaot.normalise.intervals import Interval
from pyaot.normalise.ranges import Ranges, find_ranges


def decide(function: Function) -> Function:
    """The function with what the intervals decide decided.

    Requires stay, the first checks, and those right behind an assignment: intervals rest on them.
    """
    ranges = find_ranges(function)
    kept = {id(check) for check in (*leading_checks(function.body), *_right_behind(function.body))}

    def decided(stmt: Stmt) -> Body:
        if id(stmt) in kept:
            return (stmt,)
        return (map_stmt_exprs(lambda expr: _decided(expr, ranges), stmt),)

    return replace(function, body=transform_body(decided, function.body))


def _right_behind(body: Body) -> Iterator[Check]:
    """The checks of variables right behind their assignments."""
    for number, stmt in enumerate(body, start=1):
        if isinstance(stmt, Assign):
            yield from checks_of(stmt.name, body[number:])
        for inner in bodies_of(stmt):
            yield from _right_behind(inner)


def _decided(expr: Expr, ranges: Ranges) -> Expr:
    if not isinstance(expr, Compare | Binary) or not expr.left.type.dtype.is_integer:
        return expr
    left, right = ranges.of(expr.left), ranges.of(expr.right)
    if left.is_empty or right.is_empty:
        return expr
    return _comparison(expr, left, right) if isinstance(expr, Compare) else _extreme(expr, left, right)


def _comparison(expr: Compare, left: Interval, right: Interval) -> Expr:
    answer = _answer(expr.op, left, right)
    if answer is None or can_raise(expr.left) or can_raise(expr.right):
        return expr
    return Const(answer, expr.type)


def _answer(op: str, left: Interval, right: Interval) -> bool | None:
    """Whether the comparison holds for all values or for none; None if for some."""
    match op:
        case "lt":
            return True if left.high < right.low else False if left.low >= right.high else None
        case "le":
            return True if left.high <= right.low else False if left.low > right.high else None
        case "gt" | "ge":
            return _answer("lt" if op == "gt" else "le", right, left)
        case "eq":
            return False if left.high < right.low or right.high < left.low else None
        case _:
            return True if left.high < right.low or right.high < left.low else None


def _extreme(expr: Binary, left: Interval, right: Interval) -> Expr:
    """The operand that is always the lesser or the greater."""
    if expr.op not in ("minimum", "maximum"):
        return expr
    less, more = (expr.left, expr.right) if expr.op == "minimum" else (expr.right, expr.left)
    kept: Expr | None = None
    if left.high <= right.low:
        kept = less
    elif right.high <= left.low:
        kept = more
    if kept is None or can_raise(expr.right if kept is expr.left else expr.left):
        return expr
    return kept if kept.type == expr.type else Cast(kept, expr.type)
