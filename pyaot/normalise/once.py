"""A scalar that is read once, in the suite that assigns it, is computed where it is read.

t = alpha * a[i, k]                         c[i, j] = c[i, j] + alpha * a[i, k] * b[k, j]
c[i, j] = c[i, j] + t * b[k, j]

A choice between the two sides of its condition, an extreme, counts as one read of each unless the value calls
a function. So a statement that the user has split looks as if it were whole. What is between must not change
what the value reads, and the value is evaluated as often as before: no more, no less.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.failing import can_fail, can_warn
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Call,
    Compare,
    Dim,
    Exit,
    Expr,
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
    arrays_written,
    bodies_of,
    bound_together,
    expressions_of,
    map_bodies,
    map_stmt_exprs,
    scalars_assigned,
    scalars_read,
    sub_expressions,
    walk_expr,
    walk_stmts,
    with_others,
)

LARGEST = 200  # nodes of a value that is moved


def compute_where_read(function: Function) -> Function:
    """The function without the scalars that stand between two statements only."""
    reads = Counter(name for stmt in walk_stmts(function.body) for name in _read_by(stmt))
    pairs = Counter(_passed_on(function.body))
    local = frozenset(name for name, count in pairs.items() if reads[name] == count)
    if not local:
        return function
    moving = _Moving(local, bound_together(function.body))
    return replace(function, body=moving.body(function.body))


def _passed_on(body: Body) -> Iterator[str]:
    """For each scalar that is assigned and then read once, before it changes, in one suite, its name."""
    for at, stmt in enumerate(body):
        if isinstance(stmt, Assign) and _reader(stmt.name, body, at) is not None:
            yield stmt.name
        for inner in bodies_of(stmt):
            yield from _passed_on(inner)


def _reader(name: str, body: Sequence[Stmt], at: int) -> int | None:
    """Where the only read is, in the expressions of a statement itself."""
    for n in range(at + 1, len(body)):
        if name in scalars_read((body[n],)):
            inside = any(name in scalars_read(inner) for inner in bodies_of(body[n]))
            return n if list(_read_by(body[n])).count(name) == 1 and not inside else None
        if name in scalars_assigned((body[n],)):
            return None
    return None


def _read_by(stmt: Stmt) -> Iterator[str]:
    """The scalars that the statement itself reads, as often as it does."""
    for expr in expressions_of(stmt):
        yield from _reads(expr)


def _reads(expr: Expr) -> Iterator[str]:
    match expr:
        case Var():
            yield expr.name
        case Select(Compare(_, left, right)) if _is_extreme(expr):
            yield from (*_reads(left), *_reads(right))
        case _:
            for part in sub_expressions(expr):
                yield from _reads(part)


def _is_extreme(choice: Select) -> bool:
    """One of the two that its condition compares."""
    compared = choice.condition
    if not isinstance(compared, Compare):
        return False
    return {compared.left, compared.right} == {choice.if_true, choice.if_false}


def _nodes(stmt: Stmt) -> Iterator[Expr]:
    return (node for expr in expressions_of(stmt) for node in walk_expr(expr))


class _Moving(Struct, frozen=True):
    local: frozenset[str]
    groups: dict[str, frozenset[str]]

    def body(self, body: Body) -> Body:
        """The statements of a suite without such scalars."""
        left = [map_bodies(self.body, stmt) for stmt in body]
        at = 0
        while at < len(left):
            stmt = left[at]
            reader = self._reader_of(stmt, left, at)
            if reader is None:
                at += 1
                continue
            assert isinstance(stmt, Assign)
            left[reader] = _with_value(stmt, left[reader])
            del left[at]
        return tuple(left)

    def _reader_of(self, stmt: Stmt, body: Sequence[Stmt], at: int) -> int | None:
        if not isinstance(stmt, Assign) or stmt.name not in self.local:
            return None
        reader = _reader(stmt.name, body, at)
        if reader is None or sum(1 for _ in walk_expr(stmt.value)) > LARGEST:
            return None
        reads = [e for e in _nodes(body[reader]) if isinstance(e, Var) and e.name == stmt.name]
        if len(reads) > 1 and any(isinstance(node, Call) for node in walk_expr(stmt.value)):
            return None
        may_move = self._is_steady(stmt.value, body[at + 1 : reader]) and _may_stand(stmt, body[reader])
        return reader if may_move else None

    def _is_steady(self, value: Expr, between: Sequence[Stmt]) -> bool:
        """Nothing that it reads changes there, and where it fails or warns is all the same."""
        if any(isinstance(inner, Exit | Return | Loop) for inner in walk_stmts(between)):
            return False
        written = with_others(arrays_written(between), self.groups)
        if can_fail(value) and not all(isinstance(stmt, Assign) for stmt in between):
            return False  # a failure behind a write needs a copy of what was written
        for stmt in walk_stmts(between):
            written |= {stmt.name} if isinstance(stmt, Allocate) else frozenset()
            written |= frozenset(stmt.targets) if isinstance(stmt, Bind) else frozenset()
        changed = scalars_assigned(between)
        return not any(
            (isinstance(node, Load | Dim) and node.array in written)
            or (isinstance(node, Var) and node.name in changed)
            for node in walk_expr(value)
        )


def _may_stand(assign: Assign, reader: Stmt) -> bool:
    """The read has the value's type, and is evaluated for certain unless that makes no difference."""
    read = next(e for e in _nodes(reader) if isinstance(e, Var) and e.name == assign.name)
    if isinstance(reader, Return | Loop) or read.type != assign.value.type:
        return False
    silent = not (can_fail(assign.value) or can_warn(assign.value))
    return silent or any(_is_certain(assign.name, expr) for expr in expressions_of(reader))


def _is_certain(name: str, expr: Expr) -> bool:
    """Whether the scalar is read whatever conditions in the expression say."""
    if isinstance(expr, Select):
        return _is_certain(name, expr.condition)
    if isinstance(expr, Var):
        return expr.name == name
    return any(_is_certain(name, part) for part in sub_expressions(expr))


def _with_value(assign: Assign, reader: Stmt) -> Stmt:
    def instead(expr: Expr) -> Expr:
        return assign.value if isinstance(expr, Var) and expr.name == assign.name else expr

    return map_stmt_exprs(instead, reader)
