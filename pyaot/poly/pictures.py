"""Small pictures of iteration spaces: points and dependences of one or two loops, for sizes chosen here.

    for i in range(1, n):               n = 6: points 1..5, an arrow from each to the next one
        a[i] = a[i - 1] + x[i]

Extents become small numbers for which the loops run, loops around stand still, and of each iteration only the
nearest one that depends on it gets an arrow: the others follow from these, or look alike.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from pyaot.ir.nodes import Dim, Expr, For, Var
from pyaot.poly.dependences import Dependence
from pyaot.poly.scop import LoopNode, Scop, Statement
from pyaot.poly.sets import Relation, Set, points

# By the number of axes: extents, tried in turn until the loops run, and how many points an axis has at most.
_EXTENTS = {1: (10, 11, 12, *range(9, -1, -1), 16, 32), 2: (8, 7, 9, *range(6, -1, -1), 10, 16, 32)}
_MOST = {1: 12, 2: 8}


class Arrow(Struct, frozen=True):
    """From an iteration to one that must come later."""

    kind: str
    name: str  # of the IR
    source: tuple[int, ...]
    sink: tuple[int, ...]


class Picture(Struct, frozen=True):
    """Iterations of one or two loops, outer one first."""

    axes: tuple[For, ...]
    chosen: tuple[tuple[Expr, int], ...]  # extents and variables, and the values that they have here
    fixed: tuple[tuple[For, int], ...]  # loops around, and where they stand
    points: tuple[tuple[int, ...], ...]
    arrows: tuple[Arrow, ...]
    is_cut: bool  # there are more iterations than are shown


def picture(axes: Sequence[LoopNode], scop: Scop, dependences: Iterable[Dependence]) -> Picture | None:
    """The iterations of these loops, each within the one before; None where none of them can be shown."""
    keys = {node.key for node in axes}
    inside = [s for s in scop.statements if keys <= {node.key for node in s.loops}]
    within = [d for d in dependences if _is_among(d.source, inside) and _is_among(d.sink, inside)]
    if not inside:
        return None
    around = _around(axes[0], inside[0])
    domains = [_domain(statement, scop) for statement in inside]
    extents = _EXTENTS[len(axes)]
    values = _values(domains[0], [node.index for node in around], _parameters(domains, within), extents)
    if values is None:
        return None
    loops = [node.index for node in axes]
    spaces = [_onto(domain.at(values), loops) for domain in domains]
    corner = [_least(space, loops) for space in spaces if not space.is_empty()]
    first = {loop: min(least[loop] for least in corner) for loop in loops}
    shown = sorted({point for space in spaces for point in _cut(space, first).listed()})
    is_cut = any(not space.minus(_cut(space, first)).is_empty() for space in spaces)
    arrows = tuple(dict.fromkeys(_arrows(within, values, first, set(shown))))
    meanings = ((scop.symbols.meaning.get(name), value) for name, value in values.items())
    return Picture(
        tuple(node.loop for node in axes),
        tuple((what, value) for what, value in meanings if isinstance(what, Var | Dim)),
        tuple((node.loop, values[node.index]) for node in around),
        tuple(shown),
        arrows,
        is_cut,
    )


def _is_among(statement: Statement, statements: Iterable[Statement]) -> bool:
    return any(statement is other for other in statements)


def _around(axis: LoopNode, statement: Statement) -> list[LoopNode]:
    place = [node.key for node in statement.loops].index(axis.key)
    return list(statement.loops[:place])


def _domain(statement: Statement, scop: Scop) -> Set:
    return points(statement.name, statement.dims, statement.domain).under(scop.context)


def _parameters(domains: Iterable[Set], dependences: Iterable[Dependence]) -> list[str]:
    names = [name for domain in domains for name in domain.parameter_names()]
    names += [name for d in dependences for name in d.relation.sources().parameter_names()]
    return list(dict.fromkeys(names))


def _values(
    domain: Set, around: Sequence[str], parameters: Sequence[str], extents: Sequence[int]
) -> dict[str, int] | None:
    """A small value for each parameter, and a place for each loop around; None where nothing is left then."""
    if domain.is_empty():
        return None
    values: dict[str, int] = {}
    for name in parameters:
        found = next((v for v in extents if not domain.at({name: v}).is_empty()), None)
        if found is None:
            return None
        values[name] = found
        domain = domain.at({name: found})
    for name in around:
        least = domain.least(name)
        if least is None:
            return None
        # the first turn of a loop is often unlike the others
        values[name] = least + 1 if not domain.at({name: least + 1}).is_empty() else least
        domain = domain.at({name: values[name]})
    return values


def _onto(domain: Set, loops: Sequence[str]) -> Set:
    """The indices of these loops, of a statement that may stand in more of them."""
    return domain.without(*(dim for dim in domain.dims if dim not in loops))


def _least(space: Set, loops: Sequence[str]) -> dict[str, int]:
    return {loop: space.least(loop) or 0 for loop in loops}


def _cut(space: Set, first: dict[str, int]) -> Set:
    for loop, least in first.items():
        space = space.within(loop, least, least + _MOST[len(first)] - 1)
    return space


def _arrows(
    dependences: Iterable[Dependence],
    values: dict[str, int],
    first: dict[str, int],
    shown: set[tuple[int, ...]],
) -> Iterator[Arrow]:
    for dependence in dependences:
        pairs = dependence.relation.at(values).onto(*first)
        for loop, least in first.items():
            pairs = pairs.within(loop, least, least + _MOST[len(first)] - 1)
        for source, sink in _nearest(pairs, tuple(first)):
            if source in shown and sink in shown:
                yield Arrow(dependence.kind, dependence.name, source, sink)


def _nearest(pairs: Relation, loops: Sequence[str]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Of every iteration the first later one; pairs within one iteration are no arrows."""
    apart: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for place, loop in enumerate(loops):
        later = pairs.together_in(*loops[:place]).apart_in(loop)
        apart += later.nearest().listed() if not later.is_empty() else []
    return apart
