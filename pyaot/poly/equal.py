"""An extent that a check found to be a plain one is written as that one from there on.

check minimum(k, n) == k                check minimum(k, n) == k
for i in range(minimum(k, n)): s        for i in range(k): s
for i in range(k): t                    for i in range(k): t

So the two loops have one range. What is linear stays: isl knows what is equal there.
"""

from collections.abc import Mapping
from functools import partial

from msgspec.structs import replace

from pyaot.ir.nodes import Binary, Check, Compare, Const, Dim, Expr, Function, Stmt, Var
from pyaot.ir.turns import Changes
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, map_stmt_exprs

_NOT_LINEAR = frozenset({"minimum", "maximum", "mul", "floordiv", "mod", "pow"})
Equals = Mapping[Expr, Expr]


def with_equals(function: Function) -> Function:
    """The function with what is known to be equal in its plainest form."""
    return replace(function, body=_plain(function.body, {}))


def _plain(body: Body, equals: Equals) -> Body:
    done: list[Stmt] = []
    for stmt in body:
        changes = Changes.of(stmt)
        lasting = {e: p for e, p in equals.items() if not (changes.touch(e) or changes.touch(p))}
        new = map_stmt_exprs(partial(_written, equals), stmt)
        done.append(with_bodies(partial(_plain, equals=lasting), stmt if new == stmt else new))
        equals = lasting
        if isinstance(new, Check):
            equals = {**equals, **_found(new.condition)}
    return tuple(done)


def _written(equals: Equals, expr: Expr) -> Expr:
    return equals.get(expr, expr)


def _found(condition: Expr) -> Equals:
    """The equality that the condition states; of elements it may not last."""
    match condition:
        case Compare("eq", left, right) if not Changes(frozenset(), frozenset()).touch(condition):
            sides = ((left, right), (right, left))
            return {e: plain for e, plain in sides if _is_long(e) and isinstance(plain, Var | Dim | Const)}
        case _:
            return {}


def _is_long(expr: Expr) -> bool:
    return isinstance(expr, Binary) and expr.op in _NOT_LINEAR and expr.type.dtype.is_integer
