"""A variable that every turn of a loop raises by the same follows from the loop's index.

    k = 0                               k = 0
    for i in range(n):                  k_first = k;  k_end = k + 2 * max(n, 0)
        b[k] = a[i]                     for i in range(n):
        k = k + 2                           b[k_first + 2 * i] = a[i]
                                        k = k_end

So the turns no longer wait for one another. The end is computed first: it may leave int64.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import add, i64, int_of, mul, sub
from pyaot.ir.nodes import (
    Assign,
    Binary,
    Bind,
    Block,
    Const,
    Dim,
    Exit,
    Expr,
    For,
    Function,
    Stmt,
    Var,
)
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import (
    Body,
    map_expr,
    scalars_assigned,
    substitute,
    transform_body,
    walk_expr,
    walk_stmts,
)


def count_by_index(function: Function) -> Function:
    """The function with such variables set behind their loops."""
    taken = {param.name for param in function.params} | scalars_assigned(function.body)
    taken |= {getattr(stmt, "index", "") or getattr(stmt, "name", "") for stmt in walk_stmts(function.body)}
    return replace(function, body=transform_body(lambda stmt: _counted(stmt, taken), function.body))


def _counted(stmt: Stmt, taken: set[str]) -> Body:
    if not isinstance(stmt, For) or not _is_plain(stmt):
        return (stmt,)
    before: list[Stmt] = []
    after: list[Stmt] = []
    for name in _counters(stmt):
        first, end = fresh(f"{name}_first", taken), fresh(f"{name}_end", taken)
        taken |= {first, end}
        turns = Binary("maximum", sub(stmt.stop, stmt.start), i64(0), PY_INT)
        total = mul(i64(sum(_raises(stmt, name))), turns)
        before.append(Assign(first, Var(name, PY_INT), stmt.span))
        before.append(Assign(end, Binary("add", Var(name, PY_INT), total, PY_INT), stmt.span))
        after.append(Assign(name, Var(end, PY_INT), stmt.span))
        stmt = replace(stmt, body=_by_index(stmt, name, first))
    return (*before, stmt, *after)


def _is_plain(loop: For) -> bool:
    """Every turn runs to its end, and the bounds mean the same before the loop and in it."""
    own = {part.label for part in walk_stmts(loop.body) if isinstance(part, Block)}
    leaves = any(isinstance(part, Exit) and part.label not in own for part in walk_stmts(loop.body))
    moving = scalars_assigned(loop.body)
    moving |= {name for part in walk_stmts(loop.body) if isinstance(part, Bind) for name in part.targets}
    bounds = (*walk_expr(loop.start), *walk_expr(loop.stop))
    return loop.step == 1 and not leaves and all(_stays(part, moving) for part in bounds)


def _stays(part: Expr, moving: frozenset[str]) -> bool:
    match part:
        case Var(name) | Dim(name):
            return name not in moving
        case Binary(op):
            return op in ("add", "sub", "mul", "maximum", "minimum")
    return isinstance(part, Const)


def _counters(loop: For) -> Iterator[str]:
    """The variables whose every assignment in the loop raises them, in each turn."""
    for name in dict.fromkeys(stmt.name for stmt in loop.body if isinstance(stmt, Assign)):
        assigned = sum(isinstance(stmt, Assign) and stmt.name == name for stmt in walk_stmts(loop.body))
        if len(_raises(loop, name)) == assigned:
            yield name


def _raises(loop: For, name: str) -> Sequence[int]:
    """By how much each assignment in the loop's own body raises the variable."""
    return [by for stmt in loop.body if (by := _raise_of(stmt, name)) is not None]


def _raise_of(stmt: Stmt, name: str) -> int | None:
    match stmt:
        case Assign(target, Binary("add", Var(own), Const(int()) as by, type)) if (
            target == own == name and type == PY_INT and int_of(by) > 0
        ):
            return int_of(by)
    return None


def _by_index(loop: For, name: str, first: str) -> Body:
    """The body without the assignments, its reads written with the loop's index."""
    total = sum(_raises(loop, name))
    turn = sub(Var(loop.index, PY_INT), loop.start)
    body: list[Stmt] = []
    so_far = 0
    for stmt in loop.body:
        by = _raise_of(stmt, name)
        if by is not None:
            so_far += by
            continue
        value = _unchecked(add(Var(first, PY_INT), add(mul(i64(total), turn), i64(so_far))))
        body.extend(substitute((stmt,), {name: value}))
    return tuple(body)


def _unchecked(expr: Expr) -> Expr:
    """It lies between the variable's values before and behind the loop."""
    return map_expr(lambda part: replace(part, checked=False) if isinstance(part, Binary) else part, expr)
