"""Integer sets and relations whose dimensions have names: the only module that knows islpy.

    dependences.together_in("i").apart_in("j")      the pairs of one iteration of i, the source's j earlier
    domain.minus(covered).is_empty()                every point is covered

A `Formula` is isl's own text for a condition over dimensions, parameters and unknowns (existentials).
Objects parsed from equal texts are shared, since parsing costs far more than computing does.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import islpy as isl
from msgspec import Struct

IN, OUT, PARAM = isl.dim_type.in_, isl.dim_type.out, isl.dim_type.param


class Formula(Struct, frozen=True):
    """A condition; `symbols` are all names in it, `unknowns` those of them that may be anything."""

    text: str = ""
    symbols: frozenset[str] = frozenset()
    unknowns: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Says what holds, not only what may hold."""
        return not self.unknowns


TRUE = Formula()


def conjunction(formulas: Iterable[Formula]) -> Formula:
    """All of them."""
    parts = tuple(formulas)
    unknowns = dict.fromkeys(unknown for part in parts for unknown in part.unknowns)
    symbols = frozenset[str]().union(*(part.symbols for part in parts))
    text = " and ".join(f"({part.text})" for part in parts if part.text)
    return Formula(text, symbols, tuple(unknowns))


class Set(Struct, frozen=True):
    """Points with named coordinates."""

    raw: Any
    dims: tuple[str, ...]

    def is_empty(self) -> bool:
        """No values of the parameters give a point."""
        return bool(self.raw.is_empty())

    def meet(self, other: "Set") -> "Set":
        """The points of both."""
        return Set(self.raw.intersect(other.raw), self.dims)

    def minus(self, other: "Set") -> "Set":
        """The points that `other` lacks."""
        return Set(self.raw.subtract(other.raw), self.dims)

    def under(self, context: "Set") -> "Set":
        """The points where the parameters are as `context` says."""
        return Set(self.raw.intersect_params(context.raw), self.dims)

    def parameters(self) -> "Set":
        """For which values of the parameters there is a point."""
        return Set(self.raw.params(), ())

    def without(self, *dims: str) -> "Set":
        """The points with these coordinates forgotten."""
        raw, left = self.raw, list(self.dims)
        for dim in dims:
            raw = raw.project_out(OUT, left.index(dim), 1)
            left.remove(dim)
        return Set(raw, tuple(left))

    def given(self, context: "Set") -> "Set":
        """A simpler set that has the same points within the context."""
        return Set(self.raw.coalesce().gist(context.raw).coalesce(), self.dims)

    def over_parameters(self, keep: Container[str]) -> "Set":
        """Which values of these parameters have a point for some values of the others."""
        raw = self.raw.params()
        for position in reversed(range(raw.dim(PARAM))):
            if raw.get_dim_name(PARAM, position) not in keep:
                raw = raw.project_out(PARAM, position, 1)
        return Set(raw, ())

    def without_parameters(self, *names: str) -> "Set":
        """Which values of the other parameters have a point."""
        raw = self.raw.params()
        for name in names:
            position = raw.find_dim_by_name(PARAM, name)
            raw = raw.project_out(PARAM, position, 1) if position >= 0 else raw
        return Set(raw, ())

    def complement(self) -> "Set":
        """All points that are not of the set."""
        return Set(self.raw.complement().coalesce(), self.dims)

    def pieces(self) -> list["Set"]:
        """Convex sets that together are this one."""
        return [Set(isl.Set.from_basic_set(piece), self.dims) for piece in self.raw.get_basic_sets()]

    def constraints(self) -> list["Constraint"] | None:
        """The constraints of a convex set over parameters; None where they need an unknown."""
        found: list[Constraint] = []
        for piece in self.raw.remove_redundancies().get_basic_sets():
            if piece.dim(isl.dim_type.div):
                return None
            for raw in piece.get_constraints():
                terms = {
                    raw.get_dim_name(PARAM, position): raw.get_coefficient_val(PARAM, position).to_python()
                    for position in range(raw.dim(PARAM))
                }
                nonzero = {name: factor for name, factor in terms.items() if factor}
                constant = raw.get_constant_val().to_python()
                found.append(Constraint(nonzero, constant, bool(raw.is_equality())))
        return found

    def parameter_names(self) -> tuple[str, ...]:
        """The parameters that it speaks of."""
        return tuple(self.raw.get_dim_name(PARAM, place) for place in range(self.raw.dim(PARAM)))

    def at(self, values: Mapping[str, int]) -> "Set":
        """The points where parameters and coordinates have these values."""
        return Set(_at(self.raw, OUT, self.dims, values), self.dims)

    def least(self, dim: str) -> int | None:
        """The least value of a coordinate, whatever the parameters are; None where there is none."""
        return _bound(self.raw.dim_min_val(self.dims.index(dim)))

    def within(self, dim: str, first: int, last: int) -> "Set":
        """The points whose coordinate lies between the two, both included."""
        place = self.dims.index(dim)
        return Set(self.raw.lower_bound_val(OUT, place, first).upper_bound_val(OUT, place, last), self.dims)

    def listed(self) -> list[tuple[int, ...]]:
        """All points, in order; the parameters must have values, and the points bounds."""
        found: list[tuple[int, ...]] = []
        raw = _without_parameters(self.raw)
        raw.foreach_point(lambda point: found.append(_coordinates(point, len(self.dims))))
        return sorted(set(found))

    def __str__(self) -> str:
        return str(self.raw)


class Constraint(Struct, frozen=True):
    """sum(factor * parameter) + constant >= 0, or = 0."""

    factors: dict[str, int]
    constant: int
    is_equality: bool


class Relation(Struct, frozen=True):
    """Pairs of points; a name may stand on both sides (the same loop of the source and the sink)."""

    raw: Any
    ins: tuple[str, ...]
    outs: tuple[str, ...]

    def is_empty(self) -> bool:
        """No values of the parameters give a pair."""
        return bool(self.raw.is_empty())

    def reverse(self) -> "Relation":
        """Sinks to sources."""
        return Relation(self.raw.reverse(), self.outs, self.ins)

    def then(self, other: "Relation") -> "Relation":
        """From the sources of this to the sinks of the other."""
        return Relation(self.raw.apply_range(other.raw), self.ins, other.outs)

    def together_in(self, *loops: str) -> "Relation":
        """The pairs within one iteration of each of these loops."""
        raw = self.raw
        for loop in loops:
            raw = raw.equate(IN, self.ins.index(loop), OUT, self.outs.index(loop))
        return Relation(raw, self.ins, self.outs)

    def apart_in(self, loop: str) -> "Relation":
        """The pairs whose source is in an earlier iteration of the loop."""
        raw = self.raw.order_lt(IN, self.ins.index(loop), OUT, self.outs.index(loop))
        return Relation(raw, self.ins, self.outs)

    def aligned(self, pairs: Iterable[tuple[str, str]]) -> "Relation":
        """The pairs in which a loop of the source and a loop of the sink are at the same index."""
        raw = self.raw
        for source, sink in pairs:
            raw = raw.equate(IN, self.ins.index(source), OUT, self.outs.index(sink))
        return Relation(raw, self.ins, self.outs)

    def source_before(self, source: str, sink: str) -> "Relation":
        """The pairs whose source is at a lower index of its loop than the sink of its own."""
        raw = self.raw.order_lt(IN, self.ins.index(source), OUT, self.outs.index(sink))
        return Relation(raw, self.ins, self.outs)

    def source_behind(self, source: str, sink: str) -> "Relation":
        """The pairs whose source is at a higher index of its loop than the sink of its own."""
        raw = self.raw.order_gt(IN, self.ins.index(source), OUT, self.outs.index(sink))
        return Relation(raw, self.ins, self.outs)

    def ending_in(self, sinks: Set) -> "Relation":
        """The pairs whose second point is one of these."""
        return Relation(self.raw.intersect_range(sinks.raw), self.ins, self.outs)

    def is_function(self) -> bool:
        """No first point has two second ones."""
        return bool(self.raw.is_single_valued())

    def is_same(self, other: "Relation") -> bool:
        """The same pairs for all values of the parameters."""
        return bool(self.raw.is_equal(other.raw))

    def under(self, context: Set) -> "Relation":
        """The pairs where the parameters are as `context` says."""
        return Relation(self.raw.intersect_params(context.raw), self.ins, self.outs)

    def meet(self, other: "Relation") -> "Relation":
        """The pairs of both."""
        return Relation(self.raw.intersect(other.raw), self.ins, self.outs)

    def minus(self, other: "Relation") -> "Relation":
        """The pairs that `other` lacks."""
        return Relation(self.raw.subtract(other.raw), self.ins, self.outs)

    def join(self, other: "Relation") -> "Relation":
        """The pairs of either."""
        return Relation(self.raw.union(other.raw).coalesce(), self.ins, self.outs)

    def at(self, values: Mapping[str, int]) -> "Relation":
        """The pairs where parameters, and the loops of both points, have these values."""
        raw = _at(_at(self.raw, IN, self.ins, values), OUT, self.outs, values)
        return Relation(raw, self.ins, self.outs)

    def onto(self, *loops: str) -> "Relation":
        """The pairs with all but these loops of both points forgotten."""
        raw = _onto(_onto(self.raw, IN, self.ins, loops), OUT, self.outs, loops)
        plain = raw.set_tuple_name(IN, "turn").set_tuple_name(OUT, "turn")
        return Relation(plain, loops, loops)

    def within(self, loop: str, first: int, last: int) -> "Relation":
        """The pairs whose points both have an index of the loop between the two, both included."""
        raw = self.raw
        for kind, dims in ((IN, self.ins), (OUT, self.outs)):
            place = dims.index(loop)
            raw = raw.lower_bound_val(kind, place, first).upper_bound_val(kind, place, last)
        return Relation(raw, self.ins, self.outs)

    def nearest(self) -> "Relation":
        """Of each first point the pair with the first of its second points."""
        return Relation(self.raw.lexmin(), self.ins, self.outs)

    def distance(self, loop: str) -> tuple[int | None, int | None]:
        """How many indices of a loop the second point lies behind the first: at least, and at most."""
        apart = self.onto(loop).raw.deltas()
        return _bound(apart.dim_min_val(0)), _bound(apart.dim_max_val(0))

    def listed(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """All pairs, in order; the parameters must have values, and the points bounds."""
        found: list[tuple[int, ...]] = []
        count = len(self.ins) + len(self.outs)
        raw = _without_parameters(self.raw.wrap())
        raw.foreach_point(lambda point: found.append(_coordinates(point, count)))
        return [(pair[: len(self.ins)], pair[len(self.ins) :]) for pair in sorted(set(found))]

    def sources(self) -> Set:
        """The first points."""
        return Set(self.raw.domain(), self.ins)

    def sinks(self) -> Set:
        """The second points."""
        return Set(self.raw.range(), self.outs)

    def __str__(self) -> str:
        return str(self.raw)


def points(name: str, dims: Sequence[str], formula: Formula) -> Set:
    """{ name[dims] : formula }; every symbol that is no dimension and no unknown is a parameter."""
    head = f"{name}[{', '.join(dims)}]"
    return Set(_parse_set(_text(head, dims, formula)), tuple(dims))


def relation(
    source: str, dims: Sequence[str], sink: str, values: Sequence[str], formula: Formula
) -> Relation:
    """{ source[dims] -> sink[values] : formula }; the values are texts over the symbols of the formula."""
    head = f"{source}[{', '.join(dims)}] -> {sink}[{', '.join(values)}]"
    outs = tuple(f"o{position}" for position in range(len(values)))
    return Relation(_parse_map(_text(head, dims, formula)), tuple(dims), outs)


def context(formula: Formula) -> Set:
    """The values of the parameters for which the formula may hold."""
    return Set(_parse_set(_text("", (), formula)).params(), ())


def everywhere() -> Set:
    """No condition on the parameters."""
    return Set(_parse_set("{ : }"), ())


def _at(raw: Any, kind: Any, dims: Sequence[str], values: Mapping[str, int]) -> Any:
    for name, value in values.items():
        place = raw.find_dim_by_name(PARAM, name)
        if place >= 0:
            raw = raw.fix_val(PARAM, place, value)
        if name in dims:
            raw = raw.fix_val(kind, dims.index(name), value)
    return raw


def _onto(raw: Any, kind: Any, dims: Sequence[str], loops: Sequence[str]) -> Any:
    for place in reversed(range(len(dims))):
        if dims[place] not in loops:
            raw = raw.project_out(kind, place, 1)
    return raw


def _without_parameters(raw: Any) -> Any:
    return raw.project_out(PARAM, 0, raw.dim(PARAM))


def _coordinates(point: Any, count: int) -> tuple[int, ...]:
    return tuple(point.get_coordinate_val(OUT, place).to_python() for place in range(count))


def _bound(value: Any) -> int | None:
    return int(value.to_python()) if value.is_int() else None


def _text(head: str, dims: Sequence[str], formula: Formula) -> str:
    bound = {*dims, *formula.unknowns}
    parameters = ", ".join(sorted(formula.symbols - bound))
    exists = formula.text
    if formula.unknowns and exists:
        exists = f"exists ({', '.join(formula.unknowns)} : {exists})"
    return f"[{parameters}] -> {{ {head} : {exists} }}"


@lru_cache(maxsize=4096)
def _parse_set(text: str) -> Any:
    return isl.Set(text)


@lru_cache(maxsize=4096)
def _parse_map(text: str) -> Any:
    return isl.Map(text)
