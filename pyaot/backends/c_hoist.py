"""What can fail and is the same in every turn of a loop moves before it, where it hinders no vectors.

for i:                                  invariant = s / (1.0 / n)      (fails for n == 0)
    y[i] = x[i] * (s / (1.0 / n))       for i:
                                            y[i] = x[i] * invariant

A loop without turns would not have evaluated it: failing then is needless, yet never wrong, as the original
runs. What only some turns evaluate (behind an If or a Select) stays where it is.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.failing import can_fail
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Expr,
    For,
    Function,
    Select,
    Stmt,
    Var,
)
from pyaot.ir.turns import Changes, every_turn
from pyaot.ir.walk import (
    Body,
    map_bodies,
    map_exprs,
    scalars_assigned,
    sub_expressions,
    walk_expr,
    walk_exprs,
    walk_stmts,
)


def hoist_failing(function: Function) -> Function:
    """The function with failing invariants before their loops."""
    return replace(function, body=_hoisted(function.body, names_of(function)))


def names_of(function: Function) -> set[str]:
    """Every name that the function uses."""
    names = {param.name for param in function.params} | scalars_assigned(function.body)
    names |= {stmt.name for stmt in walk_stmts(function.body) if isinstance(stmt, Allocate)}
    names |= {name for stmt in walk_stmts(function.body) if isinstance(stmt, Bind) for name in stmt.targets}
    return names | {expr.name for expr in walk_exprs(function.body) if isinstance(expr, Var)}


def _hoisted(body: Body, taken: set[str]) -> Body:
    """Loops from the outside in, so that every expression moves as far as it can."""
    new: list[Stmt] = []
    for stmt in body:
        if isinstance(stmt, For):
            before, stmt = _split(stmt, taken)
            new += before
        new.append(map_bodies(lambda inner: _hoisted(inner, taken), stmt))
    return tuple(new)


def _split(loop: For, taken: set[str]) -> tuple[list[Stmt], For]:
    """What goes before the loop, and the loop without it."""
    before: list[Stmt] = []
    found = sorted(dict.fromkeys(_candidates(loop.body, Changes.of(loop))), key=_size, reverse=True)
    for expr in found:
        name = fresh("invariant", taken)
        taken.add(name)
        before.append(Assign(name, expr, loop.span))
        variable = Var(name, expr.type)
        body = map_exprs(lambda node, e=expr, v=variable: v if node == e else node, loop.body)  # type: ignore[misc]
        loop = replace(loop, body=body)
    return before, loop


def _size(expr: Expr) -> int:
    return sum(1 for _ in walk_expr(expr))


def _candidates(body: Body, changes: Changes) -> Iterator[Expr]:
    """The greatest invariant expressions that can fail and that every turn evaluates."""
    for _, exprs in every_turn(body):
        for expr in exprs:
            yield from _greatest(expr, changes)


def _greatest(expr: Expr, changes: Changes) -> Iterator[Expr]:
    if not can_fail(expr):
        return
    if not changes.touch(expr):
        yield expr
        return
    children = (expr.condition,) if isinstance(expr, Select) else sub_expressions(expr)
    for child in children:
        yield from _greatest(child, changes)
