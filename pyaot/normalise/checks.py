"""Checks that are the same in every turn of a loop are made before it, those of parameters first of all.

    for n in range(rounds):                 check ny >= 0
        check ny >= 0                       for n in range(rounds):
        for i in range(ny): ...                 for i in range(ny): ...

A check between two loops keeps them from being a nest, and one that was made before need not be made again.
A loop without turns would not have made it: failing then is needless, yet never wrong, as the original runs.
"""

from functools import partial
from itertools import takewhile

from msgspec.structs import replace

from pyaot.ir.nodes import Check, Compare, Const, Dim, Expr, For, Function, Load, Return, Stmt, Var
from pyaot.ir.turns import Changes, may_leave
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import (
    Body,
    bound_together,
    scalars_assigned,
    walk_expr,
    walk_stmts,
)


def settle_checks(function: Function) -> Function:
    """The function with each check as early as it may be, and once."""
    body = _early(_before_loops(function.body))
    return replace(function, body=_once(_first(body, function), frozenset()))


def leading_checks(body: Body) -> tuple[Check, ...]:
    """The checks with which a body begins: what they say holds in all that follows."""
    return tuple(
        stmt for stmt in takewhile(lambda stmt: isinstance(stmt, Check), body) if isinstance(stmt, Check)
    )


def checks_of(name: str, behind: Body) -> tuple[Check, ...]:
    """The checks of the variable against numbers right behind its assignment, before other statements."""
    found: list[Check] = []
    for stmt in behind:
        match stmt:
            case Check(Compare(_, Var(own), Const())) if own == name:
                found.append(stmt)
            case _:
                break
    return tuple(found)


def _before_loops(body: Body) -> Body:
    """Each loop after its invariant checks; those of the loops inside have come out of them first."""
    return tuple(new for stmt in body for new in _before_loop(with_bodies(_before_loops, stmt)))


def _before_loop(stmt: Stmt) -> Body:
    if not isinstance(stmt, For) or not any(isinstance(inner, Check) for inner in stmt.body):
        return (stmt,)
    changes = Changes.of(stmt)
    before: list[Stmt] = []
    rest: list[Stmt] = []
    leaving = False
    for inner in stmt.body:
        moves = isinstance(inner, Check) and not leaving and _is_invariant(inner.condition, changes)
        (before if moves else rest).append(inner)
        leaving = leaving or may_leave(inner)
    return (*before, replace(stmt, body=tuple(rest))) if before else (stmt,)


def _early(body: Body) -> Body:
    """The checks of a suite before what does not change them, so that loops are neighbours.

    One behind all loops would only come between them, unless it can go before them all.
    """
    done: list[Stmt] = []
    last_loop = max((place for place, stmt in enumerate(body) if isinstance(stmt, For)), default=-1)
    for number, stmt in enumerate(with_bodies(_early, stmt) for stmt in body):
        place = len(done)
        if isinstance(stmt, Check) and not isinstance(stmt.condition, Const):
            while place > 0 and _may_follow(done[place - 1], stmt):
                place -= 1
            if number > last_loop and any(isinstance(before, For) for before in done[:place]):
                place = len(done)
        done.insert(place, stmt)
    return tuple(done)


def _may_follow(stmt: Stmt, check: Check) -> bool:
    return not (isinstance(stmt, Check) or may_leave(stmt) or Changes.of(stmt).touch(check.condition))


def _is_invariant(condition: Expr, changes: Changes) -> bool:
    """The same in every turn; a constant one stands for a `raise`, which waits for a turn."""
    return not isinstance(condition, Const) and not changes.touch(condition)


def _first(body: Body, function: Function) -> Body:
    """The checks of parameters that the function certainly comes to stand at its beginning."""
    fixed = {param.name for param in function.params} - scalars_assigned(body) - set(bound_together(body))
    first: list[Stmt] = []
    rest: list[Stmt] = []
    ends = False
    for stmt in body:
        moves = isinstance(stmt, Check) and not ends and _is_of(stmt.condition, fixed)
        (first if moves else rest).append(stmt)
        ends = ends or any(isinstance(inner, Return) for inner in walk_stmts((stmt,)))
    return (*first, *rest)


def _is_of(condition: Expr, fixed: set[str]) -> bool:
    """Whether the condition is about these names and numbers only; elements may change."""
    for node in walk_expr(condition):
        if isinstance(node, Load) or (isinstance(node, Var) and node.name not in fixed):
            return False
        if isinstance(node, Dim) and node.array not in fixed:
            return False
    return not isinstance(condition, Const)


def _once(body: Body, known: frozenset[Expr]) -> Body:
    """The statements without checks of `known` conditions, which holds where they begin."""
    kept: list[Stmt] = []
    for stmt in body:
        if isinstance(stmt, Check) and stmt.condition in known:
            continue
        changes = Changes.of(stmt)
        known = frozenset(condition for condition in known if not changes.touch(condition))
        kept.append(with_bodies(partial(_once, known=known), stmt))
        if isinstance(stmt, Check) and not changes.touch(stmt.condition):
            known |= {stmt.condition}
    return tuple(kept)
