"""Loops that only hold one another stand in the order of memory, whatever the order the user wrote.

    for j in range(m):                              for i in range(n):
        for i in range(n):                              for j in range(m):
            c[i, j] = c[i, j] * beta                        c[i, j] = c[i, j] * beta
            for k in range(l):                              for k in range(l):
                c[i, j] = ...                                   c[i, j] = ...

A loop along which more elements are far apart goes outside; of two that are alike the one whose iterations
are free, unless both go from neighbour to neighbour. All passes behind this one see one order only, so what
they find does not depend on the user's.
"""

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct, field

from pyaot.ir.nodes import Allocate, Block, For, Load, Loop, Stmt, Store
from pyaot.ir.types import PY_INT
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, scalars_assigned, walk_expr, walk_stmts
from pyaot.poly.dependences import dependences_of
from pyaot.poly.marks import judge
from pyaot.poly.permute import Orders, nested, perfect_chain
from pyaot.poly.regions import Region
from pyaot.poly.scalars import scalars_in
from pyaot.poly.strides import STRIDED, access_cost, accesses

CLEARLY = 0.5  # by how much the costs of two loops differ before they change places
WRITING = 1.25  # a write that strides costs more than a read that does


class Orientation(Struct):
    """Turns nests, region after region; `turned` gathers the loops that were outermost."""

    strict: bool
    turned: list[For] = field(default_factory=list)

    def region(self, region: Region) -> Body:
        """The region with its nests in the order of memory."""
        nests = [stmt for stmt in walk_stmts(region.body) if isinstance(stmt, For)]
        if not any(_costs_are_out_of_order(_movable(nest)) for nest in nests):
            return region.body
        by_loop = {id(v.node.loop): v for v in judge(region, self.strict).values()}
        return self._body(region.body, Orders(dependences_of(region), by_loop, region.in_tile))

    def _body(self, body: Body, view: Orders) -> Body:
        return tuple(self._stmt(stmt, view) for stmt in body)

    def _stmt(self, stmt: Stmt, view: Orders) -> Stmt:
        if not isinstance(stmt, For):
            return with_bodies(lambda body: self._body(body, view), stmt)
        chain = _movable(stmt)
        order = _in_order(chain, view)
        if order != chain:
            self.turned.append(stmt)
        return nested(order, self._body(chain[-1].body, view))


def _in_order(chain: list[For], view: Orders) -> list[For]:
    """The loops with neighbours swapped as long as that is better and legal."""
    if any(id(loop) not in view.by_loop or view.verdict(loop).blocker for loop in chain):
        return chain
    order, at = list(chain), 0
    while at + 1 < len(order):
        swapped = [*order[:at], order[at + 1], order[at], *order[at + 2 :]]
        if _is_better(order[at], order[at + 1], chain[-1].body, view) and view.is_legal(swapped, chain):
            order, at = swapped, max(at - 1, 0)
        else:
            at += 1
    return order


def _is_better(outer: For, inner: For, body: Body, view: Orders) -> bool:
    """The two should change places."""
    gain = _cost(inner, body) - _cost(outer, body)
    if abs(gain) > CLEARLY:
        return gain > 0
    is_near = _cost(inner, body) < STRIDED  # the free one of two such loops belongs inside, where it is SIMD
    return not is_near and _is_plain(inner, view) and not _is_plain(outer, view)


def _is_plain(loop: For, view: Orders) -> bool:
    verdict = view.verdict(loop)
    return verdict.is_free and not verdict.reductions


def _costs_are_out_of_order(chain: Sequence[For]) -> bool:
    """Whether some loops may have to change places; that is known before dependences are."""
    costs = [_cost(loop, chain[-1].body) for loop in chain]
    return any(inner > outer - CLEARLY for outer, inner in pairwise(costs))


def _cost(loop: For, body: Body) -> float:
    """How far the elements of neighbouring iterations are apart."""
    return sum(
        access_cost(access.subscripts, loop.index) * (WRITING if isinstance(access, Store) else 1.0)
        for access in accesses(body)
    )


def _movable(nest: For) -> list[For]:
    """The loops of a perfect nest from the outermost on, as far as they run over a box."""
    chain = perfect_chain(nest)
    if any(isinstance(stmt, Allocate | Loop | Block) for stmt in walk_stmts(chain[-1].body)):
        return chain[:1]
    changing = scalars_assigned(chain[-1].body)
    for count, loop in enumerate(chain):
        bounds = (loop.start, loop.stop)
        loads = any(isinstance(node, Load) for bound in bounds for node in walk_expr(bound))
        if loads or loop.step != 1 or loop.start.type != PY_INT or scalars_in(*bounds) & changing:
            return chain[: max(count, 1)]
        changing = changing | {loop.index}
    return chain
