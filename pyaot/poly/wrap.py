"""Subscripts that wrap around do so in a few iterations only: the others get a loop without remainders.

for j in range(n):                          for j in range(0, 1): as before
    b[j] = a[(j - 1) % n]                   for j in range(1, n):
                                                b[j] = a[j - 1]                 simd
                                            for j in range(n, n): as before
"""

from collections.abc import Iterator, Set
from functools import reduce

from msgspec.structs import replace

from pyaot.ir.build import add, i64, maximum, minimum, sub, unchecked
from pyaot.ir.nodes import (
    Allocate,
    Binary,
    Bind,
    Block,
    Const,
    Dim,
    Expr,
    For,
    Function,
    LibraryCall,
    Loop,
    Stmt,
    Var,
)
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import (
    Body,
    map_exprs,
    scalars_assigned,
    transform_body,
    walk_expr,
    walk_exprs,
    walk_stmts,
)
from pyaot.poly.jam import cleared
from pyaot.poly.work import time_of


def without_wrapping(function: Function) -> Function:
    """The function with innermost loops cut where their subscripts wrap around."""
    body = transform_body(_cut, function.body)
    if body == function.body:
        return function
    return replace(function, body=transform_body(_timed_again, body))


def _timed_again(stmt: Stmt) -> Body:
    """Most iterations have no remainders any more, which take long: loops need less time than was thought."""
    if not isinstance(stmt, For) or stmt.marks.time is None:
        return (stmt,)
    return (replace(stmt, marks=replace(stmt.marks, time=time_of(stmt))),)


def _cut(stmt: Stmt) -> Body:
    if not isinstance(stmt, For) or stmt.step != 1 or stmt.start.type != PY_INT or not _is_innermost(stmt):
        return (stmt,)
    offsets = dict(_wrapping(stmt))
    if not offsets:
        return (stmt,)

    def plain(expr: Expr) -> Expr:
        return expr.left if isinstance(expr, Binary) and expr in offsets else expr

    starts = (unchecked(sub(0, offset)) for offset in offsets.values())
    stops = (unchecked(sub(remainder.right, offset)) for remainder, offset in offsets.items())
    first = minimum(reduce(maximum, starts, stmt.start), stmt.stop)
    last = maximum(reduce(minimum, stops, stmt.stop), first)
    rest = cleared(stmt.marks)
    middle = replace(stmt, start=first, stop=last, body=map_exprs(plain, stmt.body))
    before = replace(stmt, stop=first, marks=rest)
    return (before, middle, replace(stmt, start=last, marks=rest))


def _is_innermost(loop: For) -> bool:
    outer = (For, Loop, Block, Allocate, Bind, LibraryCall)
    return not any(isinstance(stmt, outer) for stmt in walk_stmts(loop.body))


def _wrapping(loop: For) -> Iterator[tuple[Binary, Expr]]:
    """The remainders (index + offset) % stop, with their offsets; others wrap who knows where."""
    changing = {loop.index} | scalars_assigned(loop.body)
    for node in walk_exprs(loop.body):
        if isinstance(node, Binary) and node.op == "mod" and node.type == PY_INT:
            offset = _offset(node.left, loop.index, changing)
            if offset is not None and node.right == loop.stop and _is_steady(node.right, changing):
                yield node, offset


def _offset(expr: Expr, index: str, changing: Set[str]) -> Expr | None:
    """What is added to the index, if nothing else is done with it."""
    match expr:
        case Var(name) if name == index:
            return i64(0)
        case Binary("add" | "sub" as op, left, right, checked=False):
            if op == "add" and _is_steady(left, changing):
                left, right = right, left
            inner = _offset(left, index, changing)
            if inner is None or not _is_steady(right, changing):
                return None
            return unchecked(add(inner, right) if op == "add" else sub(inner, right))
        case _:
            return None


def _is_steady(expr: Expr, changing: Set[str]) -> bool:
    """The same in all iterations, and too simple to fail."""
    return all(
        isinstance(node, Const | Dim) or (isinstance(node, Var) and node.name not in changing)
        for node in walk_expr(expr)
    )
