"""Which instances must stay in order: exact flow, anti and output dependences, by the loop that carries them.

    for i in range(n):
        for j in range(1, n):
            a[i, j] = a[i, j - 1]       S0 -> S0, flow on a, carried by j

A dependence is a pair of instances that access one element, at least one of them writing it. `carrier` is the
outermost loop in whose iterations they differ; None where both are of one iteration of all common loops and
only the text orders them.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations_with_replacement

from msgspec import Struct

from pyaot.ir.nodes import For, Function
from pyaot.ir.walk import Body
from pyaot.poly.regions import Region, RegionPass, map_regions
from pyaot.poly.scop import Access, LoopNode, Scop, Statement, common_loops
from pyaot.poly.sets import Relation

FLOW, ANTI, OUTPUT = "flow", "anti", "output"
MOST_PAIRS = 20_000  # of accesses to one name in a region, at some 30 microseconds each


class Dependence(Struct, frozen=True):
    """From instances of `source` to later ones of `sink`."""

    kind: str
    name: str  # the array or scalar
    source: Statement
    sink: Statement
    carrier: LoopNode | None
    relation: Relation


def find_dependences(scop: Scop) -> tuple[Dependence, ...]:
    """All dependences of the region; none where it `is_too_large`, which its users must ask."""
    if is_too_large(scop):
        return ()
    return tuple(d for places in _by_name(scop).values() for d in _of_one_name(places, scop))


def is_too_large(scop: Scop) -> bool:
    """Comparing all accesses would take seconds, so the region stays in the user's order."""
    places = (group for group in _by_name(scop).values() if any(access.is_write for _, access in group))
    return sum(len(group) ** 2 for group in places) > MOST_PAIRS


def _by_name(scop: Scop) -> dict[str, list[tuple[Statement, Access]]]:
    by_name: dict[str, list[tuple[Statement, Access]]] = {}
    for statement in scop.statements:
        for access in statement.accesses:
            by_name.setdefault(access.name, []).append((statement, access))
    return by_name


def dependences_of(region: Region) -> tuple[Dependence, ...]:
    """The same, remembered with the region."""
    return region.recall("dependences", lambda: find_dependences(region.scop()))


class LoopDependences(Struct, frozen=True):
    """A run of statements that can be analysed as a whole, as loops and backends see it.

    `statements` are leaves in the order of the text; `Statement.stmt` is the node of the function itself, and
    `Statement.loops[level].loop` the loop around it at that level.
    """

    body: Body
    statements: tuple[Statement, ...]
    dependences: tuple[Dependence, ...]
    is_known: bool = True  # False: too large to analyse, so anything may depend on anything

    def carried_by(self, loop: For) -> tuple[Dependence, ...]:
        """The dependences between iterations of one of the loops."""
        return tuple(d for d in self.dependences if d.carrier is not None and d.carrier.loop is loop)

    def within(self, loops: int) -> tuple[Dependence, ...]:
        """The dependences that remain when the outer so many loops run in order (Allen and Kennedy)."""
        return tuple(d for d in self.dependences if _level(d) is None or (_level(d) or 0) >= loops)


def loop_dependences(function: Function) -> tuple[LoopDependences, ...]:
    """The dependences of all regions of a function, outer regions first; nothing is changed."""
    found: list[LoopDependences] = []

    def note(region: Region) -> Body:
        scop = region.scop()
        known = not is_too_large(scop)
        found.append(LoopDependences(region.body, scop.statements, dependences_of(region), known))
        return region.body

    map_regions(function, RegionPass(note))
    return tuple(found)


def _level(dependence: Dependence) -> int | None:
    """At which depth among the loops around both ends the carrying loop stands."""
    if dependence.carrier is None:
        return None
    return next(i for i, node in enumerate(dependence.source.loops) if node.key == dependence.carrier.key)


def _of_one_name(places: list[tuple[Statement, Access]], scop: Scop) -> Iterator[Dependence]:
    if not any(access.is_write for _, access in places):
        return
    for (first, a), (second, b) in combinations_with_replacement(places, 2):
        if not (a.is_write or b.is_write):
            continue
        loops = common_loops(first, second)
        if not loops and first is second:
            continue
        if len(a.relation.outs) != len(b.relation.outs):
            continue  # one is private to iterations, so the two are different scalars by the same name
        yield from in_order(first, a, second, b, scop)


def in_order(first: Statement, a: Access, second: Statement, b: Access, scop: Scop) -> Iterator[Dependence]:
    """The dependences between two accesses; `first` stands before `second` in the text, or is it."""
    pairs = a.relation.then(b.relation.reverse()).under(scop.context)
    if not pairs.is_empty():
        yield from _ordered(first, a, second, b, pairs)


def _ordered(
    first: Statement, a: Access, second: Statement, b: Access, pairs: Relation
) -> Iterator[Dependence]:
    """The pairs by carrying loop."""
    outer: list[str] = []
    loops = common_loops(first, second)
    for node in loops:
        together = pairs.together_in(*outer)
        forward = together.apart_in(node.index)
        if not forward.is_empty():
            yield Dependence(_kind(a, b), a.name, first, second, node, forward)
        if not (first is second and a is b):
            backward = together.reverse().apart_in(node.index)
            if not backward.is_empty():
                yield Dependence(_kind(b, a), a.name, second, first, node, backward)
        outer.append(node.index)
    if first is not second:
        within = pairs.together_in(*outer)
        if not within.is_empty():
            yield Dependence(_kind(a, b), a.name, first, second, None, within)


def _kind(source: Access, sink: Access) -> str:
    if source.is_write:
        return OUTPUT if sink.is_write else FLOW
    return ANTI


def carried_by(node: LoopNode, dependences: Iterable[Dependence]) -> tuple[Dependence, ...]:
    """The dependences between different iterations of the loop, in one of the loops around it."""
    return tuple(d for d in dependences if d.carrier is not None and d.carrier.key == node.key)


def runs_against(dependence: Dependence, node: LoopNode) -> bool:
    """Inside the loop that carries it, the sink comes before the source.

    Then iterations of that loop may not advance together through its body, as unroll and jam makes them.
    """
    pairs = dependence.relation
    loops = common_loops(dependence.source, dependence.sink)
    for inner in loops[[other.key for other in loops].index(node.key) + 1 :]:
        if not pairs.source_behind(inner.index, inner.index).is_empty():
            return True
        pairs = pairs.together_in(inner.index)
    return dependence.source.position > dependence.sink.position and not pairs.is_empty()
