"""What the polyhedral model knows of a function's loops as the user wrote them, as plain data: for reports.

    for i in range(n):                  i: flow on s, from line 2 to line 2, 1 apart, combined by add
        s = s + x[i]                       a picture of its iterations

Nothing here is found anew: regions, dependences and verdicts are those that the passes ask for.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from pyaot.base.source import Span
from pyaot.ir.nodes import For, Function
from pyaot.ir.walk import Body, walk_stmts
from pyaot.poly.dependences import Dependence, carried_by, dependences_of, is_too_large
from pyaot.poly.marks import judge
from pyaot.poly.pictures import Picture, picture
from pyaot.poly.regions import Region, map_regions
from pyaot.poly.scop import LoopNode, Scop, common_loops

Distance = tuple[int | None, int | None]  # at least, at most; None: whatever the extents allow


class Carried(Struct, frozen=True):
    """Dependences of one kind between two places, which iterations of one loop carry."""

    kind: str
    name: str  # of the IR
    source: Span
    sink: Span
    loops: tuple[For, ...]  # around both places, outermost first
    distances: tuple[Distance, ...]  # in each of these loops
    combined_by: str  # the operation, where the order does not matter; else ""
    relation: str  # isl's own text


class LoopStudy(Struct, frozen=True):
    """One loop."""

    loop: For
    is_known: bool  # it was analysed: it is no part of a region otherwise, or of one that is too large
    carried: tuple[Carried, ...] = ()
    inside: int = 0  # how many dependences there are within one iteration
    picture: Picture | None = None


class Study(Struct, frozen=True):
    """A function before its loops are changed; `loops` in the order of the text."""

    function: Function
    loops: tuple[LoopStudy, ...]


def study(function: Function, strict: bool) -> Study:
    """All loops of a function; it is as `prove_bounds` leaves it."""
    student = _Student(strict)
    map_regions(function, student)
    loops = [stmt for stmt in walk_stmts(function.body) if isinstance(stmt, For)]
    return Study(function, tuple(student.found.get(id(loop), LoopStudy(loop, False)) for loop in loops))


class _Student(Struct):
    """Visits regions and keeps what is known of their loops, by identity."""

    strict: bool
    found: dict[int, LoopStudy] = field(default_factory=dict)

    def region(self, region: Region) -> Body:
        """The region, unchanged."""
        scop = region.scop()
        if not is_too_large(scop):
            dependences = dependences_of(region)
            combined = judge(region, self.strict)
            for node in scop.loops:
                operations = {reduction.name: reduction.op for reduction in combined[node.key].reductions}
                self.found[id(node.loop)] = _loop_study(node, scop, dependences, operations)
        return region.body

    def other_loop(self, loop: For) -> None:
        """Nothing is known of it."""


def _loop_study(
    node: LoopNode, scop: Scop, dependences: Sequence[Dependence], operations: dict[str, str]
) -> LoopStudy:
    own = carried_by(node, dependences)
    inside = [d for d in dependences if _is_within_turn(d, node)]
    carried = _grouped(own, scop, operations)
    return LoopStudy(node.loop, True, carried, len(inside), _picture(node, scop, (*own, *inside)))


def _is_within_turn(dependence: Dependence, node: LoopNode) -> bool:
    """Both ends are of one iteration of the loop."""
    keys = [other.key for other in common_loops(dependence.source, dependence.sink)]
    if node.key not in keys:
        return False
    carrier = dependence.carrier
    return carrier is None or keys.index(carrier.key) > keys.index(node.key)


def _grouped(
    dependences: Iterable[Dependence], scop: Scop, operations: dict[str, str]
) -> tuple[Carried, ...]:
    """One for each kind, variable and pair of places: a place may access an element in several ways."""
    groups: dict[tuple[object, ...], Carried] = {}
    for d in dependences:
        key = (d.kind, d.name, d.source.span, d.sink.span)
        new = _carried(d, scop, operations)
        groups[key] = new if key not in groups else _joined(groups[key], new)
    return tuple(groups.values())


def _carried(dependence: Dependence, scop: Scop, operations: dict[str, str]) -> Carried:
    loops = common_loops(dependence.source, dependence.sink)
    relation = dependence.relation.under(scop.context)
    return Carried(
        dependence.kind,
        dependence.name,
        dependence.source.span,
        dependence.sink.span,
        tuple(node.loop for node in loops),
        tuple(relation.distance(node.index) for node in loops),
        operations.get(dependence.name, ""),
        str(relation),
    )


def _joined(first: Carried, second: Carried) -> Carried:
    pairs = zip(first.distances, second.distances, strict=False)
    distances = tuple((_least(a, b), _most(c, d)) for (a, c), (b, d) in pairs)
    relation = first.relation if second.relation in first.relation else f"{first.relation}\n{second.relation}"
    return Carried(
        first.kind,
        first.name,
        first.source,
        first.sink,
        first.loops[: len(distances)],
        distances,
        first.combined_by,
        relation,
    )


def _least(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else min(a, b)


def _most(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else max(a, b)


def _picture(node: LoopNode, scop: Scop, dependences: Sequence[Dependence]) -> Picture | None:
    """The loop with a loop in it, or alone: what shows most of the dependences that it carries itself."""
    axes = [(node, other) for other in scop.loops if _is_child(other, node, scop)]
    pictures = (picture(pair, scop, dependences) for pair in (*axes, (node,)))
    return max((made for made in pictures if made is not None), key=_says, default=None)


def _says(made: Picture) -> tuple[bool, int, int, int]:
    own = sum(arrow.source[0] != arrow.sink[0] for arrow in made.arrows)
    return own > 0, len(made.axes), own, len(made.arrows)


def _is_child(inner: LoopNode, outer: LoopNode, scop: Scop) -> bool:
    """Directly inside, with nothing but conditions between."""
    for statement in scop.statements:
        keys = [node.key for node in statement.loops]
        if inner.key in keys:
            place = keys.index(inner.key)
            return place > 0 and keys[place - 1] == outer.key
    return False
