"""A constant that every turn of a loop assigns, and none reads, is assigned once behind the loop.

for i in range(n):              for i in range(n):
    s = s + a[i]                    s = s + a[i]
    kind = 3                    if 0 < n:
                                    kind = 3
"""

from msgspec.structs import replace

from pyaot.ir.nodes import Assign, Compare, Const, Exit, Expr, For, Function, If, Load, Return, Stmt, Var
from pyaot.ir.types import PY_BOOL
from pyaot.ir.walk import Body, scalars_assigned, scalars_read, transform_body, walk_expr, walk_stmts


def sink_constants(function: Function) -> Function:
    """The function with such assignments behind their loops."""
    return replace(function, body=transform_body(_sunk, function.body))


def _sunk(stmt: Stmt) -> Body:
    if not isinstance(stmt, For) or any(isinstance(s, Exit | Return) for s in walk_stmts(stmt.body)):
        return (stmt,)
    sinking = [s for s in stmt.body if _sinks(s, stmt)]
    if not sinking:
        return (stmt,)
    rest = tuple(s for s in stmt.body if not any(s is other for other in sinking))
    runs = Compare("lt", stmt.start, stmt.stop, PY_BOOL)
    return (replace(stmt, body=rest), If(runs, tuple(sinking), (), stmt.span))


def _sinks(stmt: Stmt, loop: For) -> bool:
    """Its effect is the same in every turn, and nothing in the loop sees it."""
    match stmt:
        case Assign(name, Const()):
            return name not in scalars_read((loop,)) and _assignments(name, loop) == 1
        case If(condition, then, ()):
            return _is_invariant(condition, loop) and all(_sinks(s, loop) for s in then)
    return False


def _assignments(name: str, loop: For) -> int:
    return sum(isinstance(s, Assign) and s.name == name for s in walk_stmts(loop.body))


def _is_invariant(condition: Expr, loop: For) -> bool:
    moving = {loop.index} | scalars_assigned(loop.body)
    return not any(
        isinstance(p, Load) or (isinstance(p, Var) and p.name in moving) for p in walk_expr(condition)
    )
