"""A temporary array of which every iteration uses its own part only shrinks to that part.

    t = empty(n, m)
    for i in range(n):                              for i in range(n):
        for j in range(m):                              for j in range(m):
            t[i, j] = a[i, j] + 1.0     becomes             t = a[i, j] + 1.0
            c[i, j] = t[i, j] * t[i, j]                     c[i, j] = t * t

If only the row is its own, the array loses one dimension and is allocated inside of the loop over rows.
Extents of temporaries are replaced by what they were made from, so that nothing else needs the array.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.build import cast, compare
from pyaot.ir.mentions import array_mentions
from pyaot.ir.nodes import Allocate, Assign, Check, Const, Dim, Expr, For, Function, Load, Stmt, Store, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import (
    Body,
    map_bodies,
    map_expr,
    map_exprs,
    map_stmt_exprs,
    transform_body,
    walk_exprs,
    walk_stmts,
)
from pyaot.poly.known import Names, names_of
from pyaot.poly.scalars import ScalarFlow


def contract(function: Function) -> tuple[Function, tuple[Allocate, ...]]:
    """The function with smaller temporaries, and those that shrank as they were."""
    plain = with_plain_extents(function)
    contractor = _Contractor(names_of(plain))
    return replace(plain, body=contractor.body(plain.body)), tuple(contractor.shrunk)


def contracted(body: Body, names: Names) -> Body:
    """Statements with smaller temporaries, where extents of temporaries are plain already."""
    return _Contractor(names).body(body)


def with_plain_extents(function: Function) -> Function:
    """Extents of arrays that were allocated with steady extents become those."""
    names = names_of(function)
    extents: dict[Expr, Expr] = {}
    seen: set[str] = set()

    def plain(expr: Expr) -> Expr:
        return extents.get(expr, expr) if isinstance(expr, Dim) else expr

    for stmt in walk_stmts(function.body):
        if isinstance(stmt, Allocate) and stmt.name not in names.rebound | seen:
            for axis, extent in enumerate(stmt.shape):
                if names.is_steady(extent):
                    extents[Dim(stmt.name, axis, PY_INT)] = map_expr(plain, extent)
        seen |= _arrays_of(stmt)
    return replace(function, body=map_exprs(plain, function.body)) if extents else function


def _arrays_of(stmt: Stmt) -> set[str]:
    """Arrays that the statement names, not those of statements inside it."""
    return set(array_mentions((map_bodies(lambda _: (), stmt),)))


class _Contractor(Struct):
    names: Names
    shrunk: list[Allocate] = field(default_factory=list)

    def body(self, body: Body) -> Body:
        """The statements, with the temporaries among them contracted."""
        for allocate in [stmt for stmt in body if isinstance(stmt, Allocate)]:
            body = self._contracted(allocate, body) or body
        return tuple(with_bodies(self.body, stmt) for stmt in body)

    def _contracted(self, allocate: Allocate, body: Body) -> Body | None:
        users = [s for s in body if s is not allocate and array_mentions((s,))[allocate.name]]
        if len(users) != 1 or allocate.name in self.names.rebound:
            return None
        if array_mentions(body)[allocate.name] != self.names.mentions[allocate.name]:
            return None
        found = accesses_of(allocate.name, users)
        if found is None or any(access.checked for access in found):
            return None
        if not all(map(self.names.is_steady, allocate.shape)):
            return None
        accesses = [access.subscripts for access in found]
        chain = _chain(allocate.name, users[0])
        axes = _own_axes(chain, accesses, allocate.type.rank)
        if not axes:
            return None
        self.shrunk.append(allocate)
        fixed = _fixed_axes(accesses, allocate.type.rank)
        inner = _inside(users[0], chain[: len(axes)], allocate, frozenset(axes) | fixed)
        return tuple(
            new
            for stmt in body
            for new in (_checks(allocate) if stmt is allocate else (inner,) if stmt is users[0] else (stmt,))
        )


def accesses_of(array: str, users: Iterable[Stmt]) -> list[Load | Store] | None:
    """All accesses of elements; None where the array is used otherwise."""
    users = tuple(users)
    found: list[Load | Store] = [e for e in walk_exprs(users) if isinstance(e, Load) and e.array == array]
    found += [s for s in walk_stmts(users) if isinstance(s, Store) and s.array == array]
    return found if len(found) == array_mentions(users)[array] else None


def _chain(array: str, stmt: Stmt) -> list[For]:
    """The loops around all that names the array, outermost first."""
    chain: list[For] = []
    while isinstance(stmt, For):
        chain.append(stmt)
        users = [s for s in stmt.body if array_mentions((s,))[array]]
        if len(users) != 1:
            break
        stmt = users[0]
    return chain


def _own_axes(chain: Sequence[For], accesses: Sequence[tuple[Expr, ...]], rank: int) -> list[int]:
    """For the outer loops of the chain the axis that each runs over, as far as there is one."""
    axes: list[int] = []
    for loop in chain:
        index = Var(loop.index, loop.start.type)
        own = [k for k in range(rank) if k not in axes and all(a[k] == index for a in accesses)]
        if not own:
            break
        axes.append(own[0])
    return axes


def _fixed_axes(accesses: Sequence[tuple[Expr, ...]], rank: int) -> frozenset[int]:
    """Axes of which all accesses take one and the same element."""
    first = accesses[0]
    return frozenset(
        axis
        for axis in range(rank)
        if isinstance(first[axis], Const) and all(access[axis] == first[axis] for access in accesses)
    )


def _checks(allocate: Allocate) -> Body:
    """A negative extent fails, also where nothing is allocated any more."""
    unsure = [e for e in allocate.shape if not isinstance(e, Dim) and not _is_natural(e)]
    reason = "an array would have a negative extent"
    return tuple(Check(compare("ge", extent, 0), reason, allocate.span) for extent in unsure)


def _is_natural(extent: Expr) -> bool:
    return isinstance(extent, Const) and extent.value.real >= 0


def _inside(stmt: Stmt, chain: Sequence[For], allocate: Allocate, axes: frozenset[int]) -> Stmt:
    """The loop nest with the array made anew in the body of the last loop of the chain."""
    assert isinstance(stmt, For)
    if len(chain) > 1:
        inner = chain[1]
        body = tuple(_inside(s, chain[1:], allocate, axes) if s is inner else s for s in stmt.body)
        return replace(stmt, body=body)
    kept = [axis for axis in range(allocate.type.rank) if axis not in axes]
    if not kept:
        return replace(stmt, body=_with_scalar(stmt.body, allocate))
    smaller = replace(
        allocate,
        type=replace(allocate.type, rank=len(kept)),
        shape=tuple(allocate.shape[axis] for axis in kept),
    )
    return replace(stmt, body=(smaller, *_with_axes(stmt.body, allocate.name, kept)))


def _with_axes(body: Body, array: str, kept: Sequence[int]) -> Body:
    def shorter(expr: Expr) -> Expr:
        if isinstance(expr, Load) and expr.array == array:
            return replace(expr, subscripts=tuple(expr.subscripts[axis] for axis in kept))
        return expr

    def change(stmt: Stmt) -> Body:
        stmt = map_stmt_exprs(shorter, stmt)
        if isinstance(stmt, Store) and stmt.array == array:
            stmt = replace(stmt, subscripts=tuple(stmt.subscripts[axis] for axis in kept))
        return (stmt,)

    return transform_body(change, body)


def _with_scalar(body: Body, allocate: Allocate) -> Body:
    name = allocate.name
    scalar = Var(name, allocate.type.element)

    def element(expr: Expr) -> Expr:
        return cast(scalar, expr.type) if isinstance(expr, Load) and expr.array == name else expr

    def change(stmt: Stmt) -> Body:
        stmt = map_stmt_exprs(element, stmt)
        if isinstance(stmt, Store) and stmt.array == name:
            return (Assign(name, cast(stmt.value, scalar.type), stmt.span),)
        return (stmt,)

    new = transform_body(change, body)
    if allocate.fill is not None:
        return (Assign(name, cast(allocate.fill, scalar.type), allocate.span), *new)
    if name in ScalarFlow().effect_of_all(new).exposed:
        return (Assign(name, cast(Const(0, PY_INT), scalar.type), allocate.span), *new)
    return new
