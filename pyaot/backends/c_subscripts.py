"""Subscripts are checked once before a loop, not in every turn, where they are the same in all of them.

for r in range(n):                   subscript = k + n0 if k < 0 else k; fails unless it is below n0
    s += a[k, r]       (checked)     for r in range(n):
                                         s += a[subscript, r]        (in range)

An index that runs up to the very extent (here r, with n the extent of a's second axis) needs no check at all.
What isl proves is gone before this; here are those that it cannot see, behind shifts and subscripted
subscripts. A loop without turns would not have checked: failing then is needless, yet never wrong.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.backends.c_hoist import names_of
from pyaot.base.names import fresh
from pyaot.ir.build import add, both, compare, select
from pyaot.ir.extents import fixed_extents, is_natural
from pyaot.ir.failing import can_fail
from pyaot.ir.nodes import (
    Assign,
    Check,
    Dim,
    Expr,
    For,
    Function,
    Load,
    Select,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.turns import Changes, every_turn
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import (
    Body,
    map_bodies,
    map_exprs,
    map_stmt_exprs,
    sub_expressions,
    transform_body,
    walk_expr,
)

Access = Load | Store
Place = tuple[str, int, Expr]  # array, axis, subscript


class _Known(Struct, frozen=True):
    """What is known of extents and indices where the pass stands."""

    extents: Mapping[tuple[str, int], Expr]  # of arrays that never change: what their extents are
    ranges: Mapping[str, tuple[Expr, frozenset[str]]] = field(default_factory=dict)  # stop; arrays bound anew
    inside: frozenset[Place] = frozenset()

    def extent(self, array: str, axis: int) -> Expr:
        """The extent in terms that others share."""
        return self.extents.get((array, axis), Dim(array, axis, PY_INT))

    def canonical(self, expr: Expr) -> Expr:
        """The expression, an extent in terms that others share."""
        return self.extent(expr.array, expr.axis) if isinstance(expr, Dim) else expr

    def proves(self, place: Place) -> bool:
        """Whether the subscript lies inside for certain."""
        array, axis, subscript = place
        if place in self.inside:
            return True
        if not isinstance(subscript, Var) or subscript.name not in self.ranges:
            return False
        stop, moved = self.ranges[subscript.name]
        return array not in moved and stop == self.extent(array, axis)


def settle_subscripts(function: Function) -> Function:
    """The function with checks of invariant subscripts before their loops."""
    return replace(
        function, body=_settled(function.body, _Known(fixed_extents(function)), names_of(function))
    )


def _settled(body: Body, known: _Known, taken: set[str]) -> Body:
    new: list[Stmt] = []
    for stmt in body:
        inner = known
        if isinstance(stmt, For):
            changes = Changes.of(stmt)
            inner = _inside(stmt, known, changes)
            before, stmt, inner = _split(stmt, inner, changes, taken)
            new += before
        stmt = _cleared(stmt, known)
        new.append(map_bodies(lambda part, k=inner: _settled(part, k, taken), stmt))  # type: ignore[misc]
    return tuple(new)


def _inside(loop: For, known: _Known, changes: Changes) -> _Known:
    """What is known in the loop: its index stays below the stop."""
    if not is_natural(loop.start) or can_fail(loop.stop):
        return known
    stop = known.canonical(loop.stop)
    variables = {node.name for node in walk_expr(stop) if isinstance(node, Var)}
    if variables & changes.scalars:
        return known
    return replace(known, ranges={**known.ranges, loop.index: (stop, changes.arrays)})


def _split(loop: For, known: _Known, changes: Changes, taken: set[str]) -> tuple[list[Stmt], For, _Known]:
    """The checks that go before the loop, the loop with the checked subscripts, and what it may rely on."""
    before: list[Stmt] = []
    for place in dict.fromkeys(_candidates(loop.body, changes)):
        array, axis, _ = place
        if known.proves(place):
            continue
        name = fresh("subscript", taken)
        taken.add(name)
        variable = Var(name, PY_INT)
        before += _checked(name, place, loop)
        loop = replace(loop, body=_with_subscript(loop.body, place, variable))
        known = replace(known, inside=known.inside | {(array, axis, variable)})
    return before, loop, known


def _checked(name: str, place: Place, loop: For) -> list[Stmt]:
    array, axis, subscript = place
    extent = Dim(array, axis, PY_INT)
    wrapped = subscript
    if not is_natural(subscript):
        wrapped = select(compare("lt", subscript, 0), add(subscript, extent), subscript)
    variable = Var(name, PY_INT)
    inside = both(compare("ge", variable, 0), compare("lt", variable, extent))
    return [Assign(name, wrapped, loop.span), Check(inside, "a subscript is out of range", loop.span)]


def _with_subscript(body: Body, place: Place, variable: Var) -> Body:
    """Accesses of that array with the variable in place of the subscript."""
    array, axis, subscript = place

    def changed(subscripts: tuple[Expr, ...]) -> tuple[Expr, ...]:
        hit = subscripts[axis] == subscript
        return (*subscripts[:axis], variable, *subscripts[axis + 1 :]) if hit else subscripts

    def in_load(node: Expr) -> Expr:
        if isinstance(node, Load) and node.checked and node.array == array:
            return replace(node, subscripts=changed(node.subscripts))
        return node

    def in_store(stmt: Stmt) -> Body:
        if isinstance(stmt, Store) and stmt.checked and stmt.array == array:
            return (replace(stmt, subscripts=changed(stmt.subscripts)),)
        return (stmt,)

    return transform_body(in_store, map_exprs(in_load, body))


def _candidates(body: Body, changes: Changes) -> Iterator[Place]:
    """Invariant subscripts of the checked accesses that every turn makes."""
    for stmt, exprs in every_turn(body):
        accesses = [access for expr in exprs for access in _accesses(expr)]
        if isinstance(stmt, Store) and stmt.checked:
            accesses.append(stmt)
        for access in accesses:
            for axis, subscript in enumerate(access.subscripts):
                moved = access.array in changes.arrays or changes.touch(subscript)
                if not moved and subscript.type == PY_INT:
                    yield access.array, axis, subscript


def _accesses(expr: Expr) -> Iterator[Access]:
    if isinstance(expr, Load) and expr.checked:
        yield expr
    children = (expr.condition,) if isinstance(expr, Select) else sub_expressions(expr)
    for child in children:
        yield from _accesses(child)


def _cleared(stmt: Stmt, known: _Known) -> Stmt:
    """The statement with accesses unchecked whose subscripts are all known to lie inside."""

    def proven(array: str, subscripts: tuple[Expr, ...]) -> bool:
        return all(known.proves((array, axis, subscript)) for axis, subscript in enumerate(subscripts))

    def clear(node: Expr) -> Expr:
        if isinstance(node, Load) and node.checked and proven(node.array, node.subscripts):
            return replace(node, checked=False)
        return node

    stmt = map_stmt_exprs(clear, stmt)
    if isinstance(stmt, Store) and stmt.checked and proven(stmt.array, stmt.subscripts):
        return replace(stmt, checked=False)
    return stmt
