"""What the turns of a loop have in common: what they change, and what every one of them evaluates.

for i in range(n):          changes i and x, of arrays none
    x = a[i] + k            evaluated in every turn, as is the condition
    if x > 0.0:
        y[i] = x            in some turns only
"""

from collections.abc import Iterator

from msgspec import Struct

from pyaot.ir.nodes import Allocate, Bind, Block, Dim, Exit, Expr, For, Load, Loop, Return, Stmt, Var
from pyaot.ir.walk import Body, expressions_of, scalars_assigned, walk_expr, walk_stmts


class Changes(Struct, frozen=True):
    """The names whose values a statement, mostly a loop, changes."""

    scalars: frozenset[str]
    arrays: frozenset[str]

    @staticmethod
    def of(stmt: Stmt) -> "Changes":
        """Variables that are assigned, indices, arrays that are bound anew."""
        inside = tuple(walk_stmts((stmt,)))
        indices = frozenset(stmt.index for stmt in inside if isinstance(stmt, For))
        bound = {stmt.name for stmt in inside if isinstance(stmt, Allocate)}
        bound |= {name for stmt in inside if isinstance(stmt, Bind) for name in stmt.targets}
        return Changes(scalars_assigned((stmt,)) | indices, frozenset(bound))

    def touch(self, expr: Expr) -> bool:
        """Whether the expression may change from turn to turn; elements of arrays are taken to."""
        for node in walk_expr(expr):
            if isinstance(node, Load) or (isinstance(node, Var) and node.name in self.scalars):
                return True
            if isinstance(node, Dim) and node.array in self.arrays:
                return True
        return False


def every_turn(body: Body) -> Iterator[tuple[Stmt, tuple[Expr, ...]]]:
    """The statements that every turn of a loop with this body comes to, and what they evaluate."""
    for stmt in body:
        if isinstance(stmt, Loop):
            continue
        yield stmt, (stmt.start, stmt.stop) if isinstance(stmt, For) else expressions_of(stmt)
        if isinstance(stmt, For | Block):
            yield from every_turn(stmt.body)
        if may_leave(stmt):
            return


def may_leave(stmt: Stmt) -> bool:
    """After it the rest of the body is not always evaluated."""
    inside = tuple(walk_stmts((stmt,)))
    return any(isinstance(inner, Exit | Return) for inner in inside)
