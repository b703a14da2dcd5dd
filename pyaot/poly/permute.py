"""The loops of a nest in the order that fits the machine: stride 1 innermost, parallel outermost.

    for i: for j: for k:                            for i: for k: for j:
        c[i, j] = c[i, j] + a[i, k] * b[k, j]           c[i, j] = c[i, j] + a[i, k] * b[k, j]

    for i in range(n):                              for j0 in range(0, m, 512):             parallel
        for j in range(m):                              for i in range(n):
            s[j] = s[j] + a[i, j]                           for j in range(j0, min(j0 + 512, m)):
                                                                s[j] = s[j] + a[i, j]

Only perfect nests over boxes are touched, and only where all dependences keep their direction.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import add, compare, minimum, mul, sub, unchecked, var
from pyaot.ir.nodes import Allocate, Block, For, If, Load, Loop, Stmt
from pyaot.ir.types import PY_INT
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, bodies_of, scalars_assigned, walk_expr, walk_stmts
from pyaot.poly.dependences import Dependence, dependences_of
from pyaot.poly.marks import Verdict, judge
from pyaot.poly.regions import Region
from pyaot.poly.scalars import scalars_in
from pyaot.poly.strides import access_cost, accesses

STRIP = 512  # elements of a row that one thread takes at a time
SLOW = 8.0  # cost per iteration of a loop that has no SIMD form


class Permutation(Struct):
    """Reorders nests, region after region; `moved` and `strips` gather what was done."""

    strict: bool
    taken: set[str]
    moved: list[For] = field(default_factory=list)

    def region(self, region: Region) -> Body:
        """The region with better orders."""
        if region.in_parallel or not any(_is_candidate(nest) for nest in _nests(region.body)):
            return region.body
        by_loop = {id(v.node.loop): v for v in judge(region, self.strict).values()}
        view = Orders(dependences_of(region), by_loop, region.in_tile)
        return self._body(region.body, view)

    def _body(self, body: Body, view: "Orders") -> Body:
        return tuple(self._stmt(stmt, view) for stmt in body)

    def _stmt(self, stmt: Stmt, view: "Orders") -> Stmt:
        if not isinstance(stmt, For):
            return stmt
        chain = perfect_chain(stmt)
        if _is_candidate(chain) and not any(view.verdict(loop).blocker for loop in chain):
            new = self._reordered(chain, view)
            if new is not None:
                self.moved.append(stmt)
                return new
        if view.verdict(stmt).is_free:
            return stmt
        return with_bodies(lambda body: self._body(body, view), stmt)

    def _reordered(self, chain: Sequence[For], view: "Orders") -> Stmt | None:
        order = view.best_order(chain)
        if view.verdict(order[0]).is_free and not view.verdict(order[0]).array_reductions:
            return nested(order, chain[-1].body) if order != list(chain) else None
        outer = view.movable_to_front(order)
        if outer is None or view.in_tile:
            return nested(order, chain[-1].body) if order != list(chain) else None
        if outer is not order[-1]:
            rest = [loop for loop in order if loop is not outer]
            return nested([outer, *rest], chain[-1].body)
        return self._in_strips(order, chain, outer)

    def _in_strips(self, order: Sequence[For], chain: Sequence[For], outer: For) -> Stmt:
        """The innermost loop cut into strips, which become the outermost loop, where there are several."""
        index = fresh(f"{outer.index}_strip", self.taken)
        self.taken.add(index)
        stop = minimum(unchecked(add(var(index), STRIP)), outer.stop)
        part = replace(outer, start=var(index), stop=stop)
        strips = replace(outer, index=index, step=STRIP)
        inner = nested([*order[:-1], part], chain[-1].body)
        many = compare("ge", sub(outer.stop, outer.start), mul(2, STRIP))
        is_nearer = _stride_cost(order[-1], chain) < _stride_cost(chain[-1], chain)
        few = nested(order, chain[-1].body) if is_nearer else chain[0]
        return If(many, (replace(strips, body=(inner,)),), (few,), chain[0].span)


class Orders(Struct, frozen=True):
    """Which orders of a region's loops are legal, and which of them is best."""

    dependences: tuple[Dependence, ...]
    by_loop: dict[int, Verdict]
    in_tile: bool

    def verdict(self, loop: For) -> Verdict:
        """What dependences say about the loop where it stands."""
        return self.by_loop[id(loop)]

    def best_order(self, chain: Sequence[For]) -> list[For]:
        """The cheapest innermost loop of all legal ones behind the others."""
        best, least = list(chain), self._cost(chain[-1], chain)
        for loop in chain[:-1]:
            order = [*(other for other in chain if other is not loop), loop]
            cost = self._cost(loop, chain)
            if cost + 0.5 < least and self.is_legal(order, chain):
                best, least = order, cost
        return best

    def movable_to_front(self, order: Sequence[For]) -> For | None:
        """A loop behind the first whose iterations are free, also when it is the outermost."""
        for loop in order[1:]:
            verdict = self.verdict(loop)
            if verdict.is_free and not verdict.reductions:
                moved = [loop, *(other for other in order if other is not loop)]
                if self.is_legal(moved, order):
                    return loop
        return None

    def _cost(self, loop: For, chain: Sequence[For]) -> float:
        cost = _stride_cost(loop, chain)
        return cost if self.verdict(loop).is_free else cost + SLOW

    def is_legal(self, order: Sequence[For], chain: Sequence[For]) -> bool:
        """Whether the loops of the chain may stand in that order: no dependence turns round."""
        keys = {self.verdict(loop).node.key for loop in chain}
        for dependence in self.dependences:
            if dependence.carrier is None or dependence.carrier.key not in keys:
                continue
            if not self._keeps(dependence, [self.verdict(loop).node.index for loop in order]):
                return False
        return True

    def _keeps(self, dependence: Dependence, order: Sequence[str]) -> bool:
        """No pair of instances changes places; sums may, where they are free to."""
        if self._is_reduction(dependence):
            return True
        done: list[tuple[str, str]] = []
        for index in order:
            here = dependence.relation.aligned(done)
            if not here.source_behind(index, index).is_empty():
                return False
            done.append((index, index))
        return True

    def _is_reduction(self, dependence: Dependence) -> bool:
        """Every loop around takes it for a part of a sum."""
        keys = {node.key for node in dependence.source.loops}
        around = [v for v in self.by_loop.values() if v.node.key in keys]
        if any(v.obstacle is not None and v.obstacle.name == dependence.name for v in around):
            return False
        return any(r.name == dependence.name for v in around for r in v.reductions)


def _stride_cost(loop: For, chain: Sequence[For]) -> float:
    return sum(access_cost(access.subscripts, loop.index) for access in accesses(chain[-1].body))


def perfect_chain(nest: For) -> list[For]:
    """The loops of a nest as far as each holds nothing but the next."""
    chain = [nest]
    while len(chain[-1].body) == 1 and isinstance(chain[-1].body[0], For):
        chain.append(chain[-1].body[0])
    return chain


def nested(order: Sequence[For], body: Body) -> For:
    """The loops around the body in that order."""
    for loop in reversed(order):
        nest = replace(loop, body=body)
        body = (nest,)
    return nest


def _nests(body: Iterable[Stmt]) -> Iterable[list[For]]:
    for stmt in walk_stmts(body):
        if isinstance(stmt, For):
            yield perfect_chain(stmt)


def _is_candidate(chain: Sequence[For]) -> bool:
    """At least two loops over a box around simple statements."""
    if len(chain) < 2 or any(loop.step != 1 or loop.start.type != PY_INT for loop in chain):
        return False
    inside = chain[-1].body
    if any(bodies_of(s) and not isinstance(s, If) for s in walk_stmts(inside)):
        return False
    if any(isinstance(s, Allocate | Loop | Block) for s in walk_stmts(inside)):
        return False
    bounds = [bound for loop in chain for bound in (loop.start, loop.stop)]
    if any(isinstance(node, Load) for bound in bounds for node in walk_expr(bound)):
        return False
    changing = {loop.index for loop in chain} | scalars_assigned(inside)
    return not scalars_in(*bounds) & changing
