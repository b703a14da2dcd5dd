"""Loops over flattened arrays go row by row, where their subscripts divide the index.

for i in range(n):  (parallel, simd)        check n < 1 or m > 0
    y[i] = x[i // m, i % m]                 for start in range(0, n, 4096):  (parallel)
                                                stop = minimum(start + 4096, n)
                                                for row in range(start // m, (stop - 1) // m + 1):
                                                    first = row * m
                                                    for column in range(maximum(start - first, 0),
                                                                        minimum(stop - first, m)):  (simd)
                                                        y[first + column] = x[row, column]

Divisions take longer than what is computed of the elements, and keep loops from SIMD registers.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import (
    add,
    assign,
    check,
    compare,
    either,
    floordiv,
    i64,
    loop,
    maximum,
    minimum,
    mul,
    sub,
    unchecked,
    var,
)
from pyaot.ir.nodes import Assign, Binary, Const, Expr, For, Function, If, Load, Marks, Stmt, Store, Var
from pyaot.ir.turns import Changes
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import Body, map_exprs, substitute, transform_body, walk_expr, walk_exprs, walk_stmts
from pyaot.poly.accumulate import names_in
from pyaot.poly.work import time_of

STRIP = 4096  # elements that a thread takes at a time
SHORT = 16  # a row of fewer elements, by a number that C compilers know how to divide by


def row_by_row(function: Function) -> Function:
    """The function with such loops as nests; the marks stay with what they were said of."""
    taken = names_in(function)

    def split(stmt: Stmt) -> Body:
        length = _row(stmt) if isinstance(stmt, For) else None
        return (stmt,) if length is None or not isinstance(stmt, For) else _rows(stmt, length, taken)

    return replace(function, body=transform_body(split, function.body))


def _row(loop: For) -> Expr | None:
    """The number by which the subscripts of a SIMD loop divide its index; it is the same in every turn."""
    simple = all(isinstance(stmt, Assign | Store | If) for stmt in walk_stmts(loop.body))
    if not (loop.marks.simd and simple) or loop.step != 1 or loop.start != i64(0):
        return None
    changes = Changes.of(loop)
    return next((length for length in _divisors(loop) if not changes.touch(length)), None)


def _divisors(loop: For) -> Iterator[Expr]:
    for access in _accesses(loop.body):
        for subscript in access.subscripts:
            for node in walk_expr(subscript):
                if isinstance(node, Binary) and node.op in ("floordiv", "mod") and node.type == PY_INT:
                    is_short = isinstance(node.right, Const) and node.right.value.real < SHORT
                    if node.left == Var(loop.index, PY_INT) and not is_short:
                        yield node.right


def _accesses(body: Body) -> Iterator[Load | Store]:
    yield from (node for node in walk_exprs(body) if isinstance(node, Load))
    yield from (stmt for stmt in walk_stmts(body) if isinstance(stmt, Store))


def _rows(flat: For, length: Expr, taken: set[str]) -> Body:
    def named(name: str) -> Var:
        name = fresh(name, taken)
        taken.add(name)
        return var(name)

    start, stop, row, first, column = map(named, ("start", "stop", "row", "first", "column"))
    body = substitute(_divided(flat, length, row, column), {flat.index: _exact(add(first, column))})
    marks = Marks(simd=True, reductions=flat.marks.reductions)
    columns = loop(
        column.name,
        maximum(_exact(sub(start, first)), 0),
        minimum(_exact(sub(stop, first)), length),
        *body,
        marks=marks,
    )
    columns = replace(columns, label="")
    last = _exact(add(floordiv(sub(stop, 1), length), 1))
    of_row = (assign(first.name, _exact(mul(row, length))), columns)
    rows = loop(row.name, floordiv(start, length), last, *of_row)
    ends = assign(stop.name, minimum(_exact(add(start, STRIP)), flat.stop))
    strips = replace(
        flat,
        index=start.name,
        step=STRIP,
        body=(ends, replace(rows, span=flat.span, label=flat.label)),
        marks=replace(flat.marks, simd=False, time=_time(flat, length, row, column)),
    )
    divides = either(compare("lt", flat.stop, 1), compare("gt", length, 0))
    return (check(divides, "an index is divided by a number that is not positive"), strips)


def _divided(flat: For, length: Expr, row: Var, column: Var) -> Body:
    """The body, which knows quotient and remainder of its index."""
    known = {"floordiv": row, "mod": column}

    def part(expr: Expr) -> Expr:
        match expr:
            case Binary("floordiv" | "mod" as op, Var(name), right) if (name, right) == (flat.index, length):
                return known[op]
            case _:
                return expr

    return map_exprs(part, flat.body)


def _time(flat: For, length: Expr, row: Var, column: Var) -> Expr | None:
    """What it takes without the divisions; the rest of a row's costs is left out."""
    if flat.marks.time is None:
        return None
    body = _divided(flat, length, row, Var(flat.index, column.type))
    return time_of(replace(flat, body=body))


def _exact(expr: Expr) -> Expr:
    """It lies within the elements that there are."""
    return unchecked(expr)
