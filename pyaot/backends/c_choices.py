"""Elements that only one outcome of a choice needs are loaded before it, where that is certainly allowed.

for i in range(n):  (simd)                      for i in range(n):
    y[i] = x[i] * 2.0 if c[i] else z[i]             element = x[i];  element_2 = z[i]
                                                    y[i] = element * 2.0 if c[i] else element_2

A C compiler must not load what the program might not load, so it would branch, and branches keep a loop from
SIMD registers. What is computed of the elements stays where it is: it may set IEEE flags. Choices between
numbers that are there already have no branch anyway (`choose_float64`).
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.backends.c_hoist import names_of
from pyaot.base.names import fresh
from pyaot.ir.alias import Aliases, aliases
from pyaot.ir.extents import fixed_extents, is_natural
from pyaot.ir.nodes import Assign, Dim, Expr, For, Function, Load, Select, Stmt, Var
from pyaot.ir.turns import every_turn
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import (
    Body,
    arrays_written,
    bound_together,
    map_bodies,
    map_exprs,
    scalars_assigned,
    sub_expressions,
    walk_expr,
    walk_exprs,
)


def load_before_choices(function: Function) -> Function:
    """The function with such loads first in the bodies of its SIMD loops."""
    moving = frozenset(bound_together(function.body))
    work = _Loading(fixed_extents(function), moving, aliases(function), names_of(function))
    return replace(function, body=work.body(function.body))


class _Loading(Struct, frozen=True):
    extents: Mapping[tuple[str, int], Expr]
    moving: frozenset[str]  # arrays that are bound anew
    overlaps: Aliases
    taken: set[str]
    stops: Mapping[str, Expr] = field(default_factory=dict)  # of indices that start at 0 or later

    def body(self, body: Body) -> Body:
        """The statements, one by one."""
        return tuple(map(self._stmt, body))

    def _stmt(self, stmt: Stmt) -> Stmt:
        if not isinstance(stmt, For):
            return map_bodies(self.body, stmt)
        stops = {name: stop for name, stop in self.stops.items() if name != stmt.index}
        if is_natural(stmt.start):
            stops[stmt.index] = self._canonical(stmt.stop)
        inside = replace(self, stops=stops)
        if stmt.marks.simd:
            return replace(stmt, body=inside._loaded(stmt))
        return map_bodies(inside.body, stmt)

    def _loaded(self, loop: For) -> Body:
        """The body of a SIMD loop after the loads that its choices may need."""
        certain = {load for _, exprs in every_turn(loop.body) for expr in exprs for load in _certain(expr)}
        changing, written = scalars_assigned(loop.body), arrays_written(loop.body)
        elements: dict[Load, Var] = {}
        for load in dict.fromkeys(load for expr in walk_exprs(loop.body) for load in _chosen(expr)):
            names = {node.name for node in walk_expr(load) if isinstance(node, Var)}
            arrays = {node.array for node in walk_expr(load) if isinstance(node, Load)}
            is_steady = not names & changing and not any(
                self.overlaps.may_overlap(loop, array, other) for array in arrays for other in written
            )
            if is_steady and not load.checked and (load in certain or self._is_inside(load)):
                elements[load] = Var(fresh("element", self.taken), load.type)
                self.taken.add(elements[load].name)

        def element_of(expr: Expr) -> Expr:
            return elements.get(expr, expr) if isinstance(expr, Load) else expr

        before = (Assign(element.name, load) for load, element in elements.items())
        return (*before, *map_exprs(element_of, loop.body)) if elements else loop.body

    def _is_inside(self, load: Load) -> bool:
        """Every subscript is an index that runs to the very extent."""
        return load.array not in self.moving and all(
            isinstance(index, Var)
            and self.stops.get(index.name) == self._canonical(Dim(load.array, axis, PY_INT))
            for axis, index in enumerate(load.subscripts)
        )

    def _canonical(self, expr: Expr) -> Expr:
        """An extent in terms that others share."""
        return self.extents.get((expr.array, expr.axis), expr) if isinstance(expr, Dim) else expr


def _certain(expr: Expr) -> Iterator[Load]:
    """The loads that wait for no condition."""
    if isinstance(expr, Load):
        yield expr
    for child in (expr.condition,) if isinstance(expr, Select) else sub_expressions(expr):
        yield from _certain(child)


def _chosen(expr: Expr) -> Iterator[Load]:
    """The loads that wait for this choice."""
    if isinstance(expr, Select):
        for outcome in (expr.if_true, expr.if_false):
            yield from (inner for inner in walk_expr(outcome) if isinstance(inner, Load))
