"""What can fail and is the same in every turn of a loop moves before it, where it hinders no vectors.

for i:                                  invariant = s / (1.0 / n)      (fails for n == 0)
    y[i] = x[i] * (s / (1.0 / n))       for i:
                                            y[i] = x[i] * invariant

A loop without turns would not have evaluated it: failing then is needless, yet never wrong, as the original
runs. What only some turns evaluate (behind an If or a Select) stays where it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pyaot.base.names import fresh
from pyaot.ir.failing import can_fail
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Block,
    Dim,
    Exit,
    Expr,
    For,
    Function,
    Load,
    Loop,
    Return,
    Select,
    Stmt,
    Var,
)
from pyaot.ir.walk import (
    Body,
    expressions_of,
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


@dataclass(frozen=True)
class Changes:
    """The names whose values a loop changes."""

    scalars: frozenset[str]
    arrays: frozenset[str]

    @staticmethod
    def of(loop: For) -> "Changes":
        """Variables that are assigned, indices, arrays that are bound anew."""
        inside = (loop, *walk_stmts(loop.body))
        indices = frozenset(stmt.index for stmt in inside if isinstance(stmt, For))
        bound = {stmt.name for stmt in inside if isinstance(stmt, Allocate)}
        bound |= {name for stmt in inside if isinstance(stmt, Bind) for name in stmt.targets}
        return Changes(scalars_assigned(loop.body) | indices, frozenset(bound))

    def touch(self, expr: Expr) -> bool:
        """Whether the expression may change from turn to turn; elements of arrays are taken to."""
        for node in walk_expr(expr):
            if isinstance(node, Load) or (isinstance(node, Var) and node.name in self.scalars):
                return True
            if isinstance(node, Dim) and node.array in self.arrays:
                return True
        return False


def _candidates(body: Body, changes: Changes) -> Iterator[Expr]:
    """The greatest invariant expressions that can fail and that every turn evaluates."""
    for _, exprs in every_turn(body):
        for expr in exprs:
            yield from _greatest(expr, changes)


def every_turn(body: Body) -> Iterator[tuple[Stmt, tuple[Expr, ...]]]:
    """The statements that every turn of a loop with this body comes to, and what they evaluate."""
    for stmt in body:
        if isinstance(stmt, Loop):
            continue
        yield stmt, (stmt.start, stmt.stop) if isinstance(stmt, For) else expressions_of(stmt)
        if isinstance(stmt, For | Block):
            yield from every_turn(stmt.body)
        if _may_leave(stmt):
            return


def _may_leave(stmt: Stmt) -> bool:
    """After it the rest of the body is not always evaluated."""
    inside = tuple(walk_stmts((stmt,)))
    return any(isinstance(inner, Exit | Return) for inner in inside)


def _greatest(expr: Expr, changes: Changes) -> Iterator[Expr]:
    if not can_fail(expr):
        return
    if not changes.touch(expr):
        yield expr
        return
    children = (expr.condition,) if isinstance(expr, Select) else sub_expressions(expr)
    for child in children:
        yield from _greatest(child, changes)
