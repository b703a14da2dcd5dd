"""The loops of a nest cut to what they have to do in one tile.

for i in range(n):                  for i in range(i0, min(i0 + 64, n)):
    for j in range(i):                  for j in range(j0, min(j0 + 64, i)):
        ...                                 ...
    a[i, i] = sqrt(a[i, i])             if j0 <= i and i < j0 + 64:
                                            a[i, i] = sqrt(a[i, i])
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.build import both, compare, maximum, minimum
from pyaot.ir.nodes import Expr, For, If, Stmt, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import Body
from pyaot.poly.index_sums import IndexSum, index_sum
from pyaot.poly.scalars import scalars_in
from pyaot.poly.scop import Statement
from pyaot.poly.sets import Formula, Set, conjunction, points
from pyaot.poly.tiles import Box, Geometry, Place, compared


class UnclippedError(Exception):
    """Some statement would have to be asked about in every turn of an innermost loop."""


class Limit(Struct, frozen=True):
    """A bound of a loop: one of several will do."""

    is_lower: bool
    bounds: tuple[IndexSum, ...]

    def solved_for(self, sum: IndexSum, name: str) -> "Limit | None":
        """The limit of a sum as one of a variable in it."""
        factor = sum.factor_of(name)
        if abs(factor) != 1:
            return None
        rest = sum.without(name)
        if factor == 1:
            return Limit(self.is_lower, tuple(bound.minus(rest) for bound in self.bounds))
        one = IndexSum((), 1)  # stop and start change sides: -v >= b is v < 1 - b
        return Limit(not self.is_lower, tuple(rest.minus(bound).plus(one) for bound in self.bounds))

    def expression(self) -> Expr:
        """The weakest of the bounds."""
        first, *others = (bound.expression() for bound in self.bounds)
        for other in others:
            first = minimum(first, other) if self.is_lower else maximum(first, other)
        return first


class Work(Struct, frozen=True):
    """A statement: what it has left to do in a tile, and what its loops go through."""

    place: Place
    whole: Set
    left: Set
    limits: tuple[tuple[IndexSum, Limit], ...]
    has_first: bool  # the loops around its innermost one go through all of it

    def left_of(self, index: str) -> Set:
        """What a loop around it has to reach."""
        is_inner = self.place.statement.loops[-1].loop.index == index
        return self.left if is_inner or not self.has_first else self.whole


class Clipper(Struct):
    """Cuts the loops of a nest."""

    geometry: Geometry
    works: dict[str, Work]
    by_stmt: dict[int, str]
    reached: dict[str, Set] = field(default_factory=dict)

    @staticmethod
    def of(
        geometry: Geometry, places: Sequence[Place], boxes: Sequence[Box], at_loop: Sequence[Box]
    ) -> "Clipper":
        """A clipper for what the boxes leave; of some the product is added before their innermost loop."""
        in_box = {box.place.statement.name: box for box in boxes}
        with_first = {box.place.statement.name for box in at_loop}
        works = {}
        for place in places:
            name = place.statement.name
            works[name] = _work(geometry, place, in_box.get(name), name in with_first)
        return Clipper(geometry, works, {id(p.statement.stmt): p.statement.name for p in places})

    def clipped(self, root: For, at_loop: Mapping[int, Stmt]) -> Body | None:
        """The nest for one tile; statements to put before a loop are given by its identity."""
        self.reached = {
            name: self.geometry.instances(work.place.statement) for name, work in self.works.items()
        }
        try:
            return _guarded(self._stmt(root, at_loop, ()))
        except UnclippedError:
            return None

    def _stmt(self, stmt: Stmt, at_loop: Mapping[int, Stmt], around: tuple[str, ...]) -> "list[Guarded]":
        if isinstance(stmt, For):
            return self._loop(stmt, at_loop, around)
        name = self.by_stmt.get(id(stmt))
        if name is None:
            raise UnclippedError
        work = self.works[name]
        return [] if work.left.is_empty() else [Guarded(stmt, self._guards(work, work.left))]

    def _loop(self, loop: For, at_loop: Mapping[int, Stmt], around: tuple[str, ...]) -> "list[Guarded]":
        inside = [self.works[self.by_stmt[id(s)]] for s in _leaves(loop)]
        first = at_loop.get(id(loop))
        before = [] if first is None else [self._first(first, inside[0])]
        if all(work.left_of(loop.index).is_empty() for work in inside):
            return before
        start, stop = loop.start, loop.stop
        for limit in self._found_limits(loop, inside, around):
            bound = limit.expression()
            if limit.is_lower and self._is_above(limit, start):
                start = bound
            else:
                start = maximum(start, bound) if limit.is_lower else start
                stop = stop if limit.is_lower else minimum(stop, bound)
        body = [part for stmt in loop.body for part in self._stmt(stmt, at_loop, (*around, loop.index))]
        conditions = body[0].conditions
        is_common = all(part.conditions == conditions for part in body)
        is_common = is_common and loop.index not in scalars_in(*conditions)
        if not is_common and not any(isinstance(stmt, For) for stmt in loop.body):
            raise UnclippedError
        inner = tuple(part.stmt for part in body) if is_common else _guarded(body)
        new = replace(loop, start=start, stop=stop, body=inner)
        own = conditions if is_common else ()
        return [*before, Guarded(new, own)]

    def _first(self, stmt: Stmt, work: Work) -> "Guarded":
        """What comes before the innermost loop of a statement, once for all of the loop."""
        name = work.place.statement.name
        before = self.reached[name]
        guarded = Guarded(stmt, self._guards(work, work.whole))
        self.reached[name] = before
        return guarded

    def _found_limits(self, loop: For, inside: Sequence[Work], around: tuple[str, ...]) -> list[Limit]:
        """Limits of the loop: those of its own statements, else those of the tile."""
        own = [
            solved
            for work in inside
            for sum, limit in work.limits
            if (solved := limit.solved_for(sum, loop.index)) is not None
            and _is_known(solved, around, self.geometry.indices)
        ]
        found = [limit for limit in dict.fromkeys(own) if self._holds(limit, loop.index, inside)]
        sides = {limit.is_lower for limit in found}
        grid = self.geometry.grid
        others = [Limit(True, (first,)) for first in grid.first if True not in sides]
        others += [Limit(False, (behind,)) for behind in grid.behind if False not in sides]
        return found + [limit for limit in others if self._holds(limit, loop.index, inside)]

    def _holds(self, limit: Limit, index: str, inside: Sequence[Work]) -> bool:
        """The limit leaves out nothing that is to be done, and something that is not."""
        condition = outside_of(IndexSum(((Var(index, PY_INT), 1),)), limit, self.geometry)
        outside = [self._points(work, condition) for work in inside]
        if any(
            not work.left_of(index).meet(out).is_empty() for work, out in zip(inside, outside, strict=True)
        ):
            return False
        names = [work.place.statement.name for work in inside]
        if all(self.reached[n].meet(out).is_empty() for n, out in zip(names, outside, strict=True)):
            return False
        for name, out in zip(names, outside, strict=True):
            self.reached[name] = self.reached[name].minus(out)
        return True

    def _points(self, work: Work, condition: Formula) -> Set:
        statement = work.place.statement
        return points(statement.name, statement.dims, condition)

    def _is_above(self, limit: Limit, start: Expr) -> bool:
        """The limit is never below the start of the loop."""
        sum = index_sum(start)
        if sum is None or sum.factors:
            return False
        low = [compared(bound, "<", sum, self.geometry.symbolic) for bound in limit.bounds]
        if any(bound.variables & self.geometry.indices for bound in limit.bounds):
            return False
        firsts = [compared(f, ">=", IndexSum(), self.geometry.symbolic) for f in self.geometry.grid.first]
        return all(points("", (), conjunction((*firsts, one))).parameters().is_empty() for one in low)

    def _guards(self, work: Work, wanted: Set) -> tuple[Expr, ...]:
        """What is still to be asked before the statement."""
        name = work.place.statement.name
        found: list[Expr] = []
        for sum, limit in work.limits:
            if not _is_limited(wanted, (sum, limit), work.place.statement, self.geometry):
                continue
            condition = outside_of(sum, limit, self.geometry)
            out = self._points(work, condition)
            if self.reached[name].meet(out).is_empty():
                continue
            if len(limit.bounds) != 1:
                raise UnclippedError
            self.reached[name] = self.reached[name].minus(out)
            op = "ge" if limit.is_lower else "lt"
            found.append(compare(op, sum.expression(), limit.bounds[0].expression()))
        if not self.reached[name].minus(wanted).is_empty():
            raise UnclippedError
        return tuple(found)


class Guarded(Struct, frozen=True):
    """A statement and what is to be asked before it."""

    stmt: Stmt
    conditions: tuple[Expr, ...]


def _guarded(parts: Iterable[Guarded]) -> Body:
    """Statements under their conditions, neighbours with the same ones together."""
    done: list[tuple[tuple[Expr, ...], list[Stmt]]] = []
    for part in parts:
        if done and done[-1][0] == part.conditions:
            done[-1][1].append(part.stmt)
        else:
            done.append((part.conditions, [part.stmt]))
    body: list[Stmt] = []
    for conditions, stmts in done:
        if not conditions:
            body += stmts
            continue
        whole = conditions[0]
        for other in conditions[1:]:
            whole = both(whole, other)
        body.append(If(whole, tuple(stmts)))
    return tuple(body)


def _work(geometry: Geometry, place: Place, box: Box | None, has_first: bool) -> Work:
    whole = left = geometry.instances(place.statement, *geometry.within(place))
    limits: list[tuple[IndexSum, Limit]] = []
    coordinates = zip((place.row, place.column), geometry.grid.first, geometry.grid.behind, strict=True)
    for element, first, behind in coordinates:
        if element is not None:
            limits += [(element, Limit(True, (first,))), (element, Limit(False, (behind,)))]
    if box is not None:
        statement = place.statement
        left = left.minus(points(statement.name, statement.dims, box.inside(geometry.symbolic)))
        outside = [(box.inner, Limit(True, box.depth.upper)), (box.inner, Limit(False, box.depth.lower))]
        limits += [pair for pair in outside if _is_limited(left, pair, statement, geometry)]
    return Work(place, whole, left, tuple(limits), has_first)


def _is_limited(
    instances: Set, pair: tuple[IndexSum, Limit], statement: Statement, geometry: Geometry
) -> bool:
    """All instances lie within the limit."""
    condition = outside_of(*pair, geometry)
    return instances.meet(points(statement.name, statement.dims, condition)).is_empty()


def outside_of(sum: IndexSum, limit: Limit, geometry: Geometry) -> Formula:
    """The sum lies outside of the limit."""
    op = "<" if limit.is_lower else ">="
    parts = [compared(sum, op, bound, geometry.symbolic) for bound in limit.bounds]
    symbols = frozenset().union(*(part.symbols for part in parts))
    return Formula(" and ".join(f"({part.text})" for part in parts), symbols)


def _leaves(loop: For) -> Iterable[Stmt]:
    for stmt in loop.body:
        if isinstance(stmt, For):
            yield from _leaves(stmt)
        else:
            yield stmt


def _is_known(limit: Limit, around: Sequence[str], indices: frozenset[str]) -> bool:
    moving = frozenset().union(*(bound.variables for bound in limit.bounds)) & indices
    return moving <= set(around)
