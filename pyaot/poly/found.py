"""What only tells that an extreme has changed is set behind the loop.

    for i in range(n):                      b_first = b
        if x[i] > b:                        for i in range(n):
            b = x[i]                            if x[i] > b:
            k = 3                                   b = x[i]
                                            if b > b_first:
                                                k = 3

Each change makes b strictly greater, so in the end it is greater just if there was one, and the loop has
nothing but an extreme. The front end has such a k where a number is Python's or NumPy's, by path.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.mentions import is_same, mentions
from pyaot.ir.nodes import Assign, Compare, Const, Expr, For, Function, If, Select, Stmt, Var
from pyaot.ir.turns import may_leave
from pyaot.ir.types import PY_BOOL, Scalar
from pyaot.ir.walk import Body, transform_body
from pyaot.poly.accumulate import names_in
from pyaot.poly.reductions import without_origins

STRICT = frozenset(("lt", "gt"))


def tell_behind_loops(function: Function) -> Function:
    """The function with such variables set behind their loops."""
    taken = names_in(function)
    return replace(function, body=transform_body(lambda stmt: _told(stmt, taken), function.body))


def _told(stmt: Stmt, taken: set[str]) -> Body:
    if not isinstance(stmt, For) or may_leave(stmt):
        return (stmt,)
    body = _with_branches(stmt.body)
    for place, part in enumerate(body):
        found = _extreme(part)
        if found is None:
            continue
        condition, kept, tellers = found
        uses = mentions(body)
        own = mentions((part,))
        is_alone = all(uses[teller.name] == 1 for teller in tellers) and uses[kept.name] == own[kept.name]
        if not tellers or not is_alone:
            continue
        first = fresh(f"{kept.name}_first", taken)
        taken.add(first)
        type = _type_of(condition, kept)
        smaller = If(condition, (kept,), (), part.span)
        loop = replace(stmt, body=(*body[:place], smaller, *body[place + 1 :]))
        op = condition.op if _is_new(condition.left, kept) else _MIRRORED[condition.op]
        changed = Compare(op, Var(kept.name, type), Var(first, type), PY_BOOL)
        begin = Assign(first, Var(kept.name, type), stmt.span)
        return (begin, *_told(loop, taken), If(changed, tuple(tellers), (), part.span))
    return (stmt,)


_MIRRORED = {"lt": "gt", "gt": "lt"}


def _with_branches(body: Body) -> Body:
    """Neighbours `k = 3 if c else k` and `b = x if c else b` as one branch."""
    done: list[Stmt] = []
    for stmt in body:
        last, branch = _branch(done[-1]) if done else None, _branch(stmt)
        if (
            last is None
            or branch is None
            or not _tells(last)
            or not is_same(last.condition, branch.condition)
        ):
            done.append(stmt)
        else:
            done[-1] = replace(last, then=(*last.then, *branch.then))
    return tuple(done)


def _branch(stmt: Stmt) -> If | None:
    match stmt:
        case If(otherwise=()):
            return stmt
        case Assign(name, Select(Compare() as condition, value, Var(old))) if old == name:
            return If(condition, (replace(stmt, value=value),), (), stmt.span)
    return None


def _tells(stmt: If) -> bool:
    """Nothing but constants: what comes behind it has the same condition still."""
    changed = {s.name for s in stmt.then if isinstance(s, Assign)}
    constant = all(isinstance(s, Assign) and isinstance(s.value, Const) for s in stmt.then)
    return constant and not changed & set(mentions((If(stmt.condition, ()),)))


def _extreme(stmt: Stmt) -> tuple[Compare, Assign, Sequence[Assign]] | None:
    """The condition, the update of the extreme, and what else is set to constants."""
    match stmt:
        case If(Compare(op) as condition, then, ()) if op in STRICT:
            assigns = [s for s in then if isinstance(s, Assign)]
            kept = [s for s in assigns if _is_update(condition, s)]
            tellers = [s for s in assigns if isinstance(s.value, Const) and s not in kept]
            if len(kept) == 1 and len(kept) + len(tellers) == len(then):
                return condition, kept[0], tellers
    return None


def _is_update(condition: Compare, stmt: Assign) -> bool:
    sides = [without_origins(condition.left), without_origins(condition.right)]
    value = without_origins(stmt.value)
    pairs = ((new, old) for new, old in (sides, sides[::-1]) if isinstance(old, Var))
    return any(old.name == stmt.name and is_same(new, value) for new, old in pairs)


def _is_new(side: Expr, kept: Assign) -> bool:
    return is_same(without_origins(side), without_origins(kept.value))


def _type_of(condition: Compare, kept: Assign) -> Scalar:
    sides = (without_origins(condition.left), without_origins(condition.right))
    return next(s.type for s in sides if isinstance(s, Var) and s.name == kept.name)
