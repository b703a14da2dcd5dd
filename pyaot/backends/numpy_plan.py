"""Which loops become axes of arrays.

    for k in range(n):                      k: stays, since iterations depend on each other
        for i in range(n):                  i: an axis
            for j in range(m):              j: an axis
                c[i, j] = c[i, j] * w[k]

Loops become axes together: the statements are executed in the order of the text, each for all iterations of
these loops at once. That is legal where no dependence between two of the iterations is turned around. Chosen
are as many loops as are legal and have a text, found from the inside outwards and from the outside inwards.
A chosen loop is marked `simd`, with its reductions.
"""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.backends.numpy_values import APART, LAST, RefusedError
from pyaot.ir.nodes import Assign, Const, For, Function, Marks, Reduction, Stmt, Store
from pyaot.ir.walk import Body, bodies_of, map_bodies, walk_stmts
from pyaot.poly.dependences import ANTI, OUTPUT, Dependence, find_dependences
from pyaot.poly.reductions import operation_on
from pyaot.poly.regions import Region, RegionPass, map_regions
from pyaot.poly.scop import LoopNode, Scop, common_loops

# Tries to write the nest; RefusedError where it has no text.
Trial = Callable[[For], object]


def with_axes(function: Function, trial: Trial, is_strict: bool) -> Function:
    """The function with the loops marked that become axes."""
    bare = replace(function, body=_unmarked(function.body))
    return map_regions(bare, RegionPass(lambda region: _Planner(region, trial, is_strict).body()))


def _unmarked(body: Body) -> Body:
    return tuple(
        replace(s, marks=Marks(), body=_unmarked(s.body)) if isinstance(s, For) else map_bodies(_unmarked, s)
        for s in body
    )


class _Planner(Struct):
    """Plans one region."""

    region: Region
    trial: Trial
    is_strict: bool
    legal: dict[frozenset[int], dict[int, tuple[Reduction, ...]] | None] = field(default_factory=dict)

    def body(self) -> Body:
        """The statements, with marks."""
        scop = self.region.scop()
        judge = Judge(scop, find_dependences(scop), self.is_strict, self.region.known.names.rebound)
        keys = {id(node.loop): node.key for node in scop.loops}
        return tuple(self._planned(stmt, keys, judge) for stmt in self.region.body)

    def _planned(self, stmt: Stmt, keys: dict[int, int], judge: "Judge") -> Stmt:
        if not isinstance(stmt, For):
            return map_bodies(lambda body: tuple(self._planned(s, keys, judge) for s in body), stmt)
        loops = [keys[id(s)] for s in walk_stmts((stmt,)) if isinstance(s, For) and id(s) in keys]
        plans = [self._greedy(stmt, order, keys, judge) for order in (loops[::-1], loops)]
        depths = [_least_depth(plan) for plan in plans]
        inner, outer = plans
        if depths[0] > depths[1] or (depths[0] == depths[1] == 1):
            return inner
        return outer

    def _greedy(self, loop: For, order: Sequence[int], keys: dict[int, int], judge: "Judge") -> For:
        chosen: frozenset[int] = frozenset()
        best = loop
        for key in order:
            marks = judge.verdict(chosen | {key})
            if marks is None:
                continue
            candidate = _marked(loop, keys, marks)
            if self._has_text(candidate):
                chosen, best = chosen | {key}, candidate
        return best

    def _has_text(self, loop: For) -> bool:
        try:
            for nest in outermost_axes((loop,)):
                self.trial(nest)
        except RefusedError:
            return False
        return True


def outermost_axes(body: Sequence[Stmt]) -> Iterator[For]:
    """The loops that became axes and are in no other such loop."""
    for stmt in body:
        if isinstance(stmt, For) and stmt.marks.simd:
            yield stmt
        else:
            for inner in bodies_of(stmt):
                yield from outermost_axes(inner)


def _marked(loop: For, keys: dict[int, int], marks: dict[int, tuple[Reduction, ...]]) -> For:
    body = tuple(_marked_stmt(stmt, keys, marks) for stmt in loop.body)
    key = keys.get(id(loop))
    if key is None or key not in marks:
        return replace(loop, body=body)
    return replace(loop, body=body, marks=Marks(simd=True, reductions=marks[key]))


def _marked_stmt(stmt: Stmt, keys: dict[int, int], marks: dict[int, tuple[Reduction, ...]]) -> Stmt:
    if isinstance(stmt, For):
        return _marked(stmt, keys, marks)
    return map_bodies(lambda body: tuple(_marked_stmt(s, keys, marks) for s in body), stmt)


def _least_depth(loop: For) -> int:
    """How many axes the statements of the innermost loops have, at least."""

    def leaves(stmt: Stmt, axes: int) -> Iterator[int]:
        if isinstance(stmt, For):
            axes += stmt.marks.simd
        nested = [inner for body in bodies_of(stmt) for inner in body]
        if isinstance(stmt, For) and not any(isinstance(s, For) for s in walk_stmts(stmt.body)):
            yield axes
        for inner in nested:
            yield from leaves(inner, axes)

    return min(leaves(loop, 0), default=0)


# ---- legality


class Judge(Struct):
    """Knows the dependences of a region."""

    scop: Scop
    dependences: tuple[Dependence, ...]
    is_strict: bool
    rebound: frozenset[str]  # arrays that a Bind names
    known: dict[tuple[int, tuple[str, ...]], bool] = field(default_factory=dict)

    def verdict(self, axes: frozenset[int]) -> dict[int, tuple[Reduction, ...]] | None:
        """For each of the loops what it reduces, if they may become axes together; else None."""
        found: dict[int, dict[Reduction, None]] = {key: {} for key in axes}
        for position, dependence in enumerate(self.dependences):
            carrier = dependence.carrier
            if carrier is None or carrier.key not in axes:
                continue
            if self._keeps(position, dependence, carrier, axes):
                continue
            reduction = self._reduction(dependence) or self._speculation(dependence)
            if reduction is None:
                return None
            found[carrier.key][reduction] = None
        return {key: tuple(reductions) for key, reductions in found.items()}

    def _keeps(self, position: int, dependence: Dependence, carrier: LoopNode, axes: frozenset[int]) -> bool:
        """Whether sources still come before their sinks."""
        loops = common_loops(dependence.source, dependence.sink)
        inner = [node for node in loops if node.key > carrier.key and node.key not in axes]
        key = position, tuple(node.index for node in inner)
        if key not in self.known:
            self.known[key] = _in_order(dependence, inner)
        return self.known[key]

    def _reduction(self, dependence: Dependence) -> Reduction | None:
        if dependence.source is not dependence.sink:
            return None
        stmt = dependence.source.stmt
        if isinstance(stmt, Assign) and isinstance(stmt.value, Const) and dependence.kind == OUTPUT:
            return Reduction(LAST, dependence.name)
        operation = operation_on(dependence.name, stmt)
        if operation is None:
            return None
        op, dtype = operation
        if self.is_strict and dtype.kind in "fc" and not _is_scattered(stmt):
            return None
        return Reduction(op, dependence.name)

    def _speculation(self, dependence: Dependence) -> Reduction | None:
        """Elements that are written under a condition may happen not to be those that others read."""
        names = {s.stmt.array for s in (dependence.source, dependence.sink) if isinstance(s.stmt, Store)}
        if dependence.kind == OUTPUT or dependence.name not in names or dependence.name in self.rebound:
            return None
        return Reduction(APART, dependence.name)


def _is_scattered(stmt: Stmt) -> bool:
    """May be done by NumPy's `at`, which keeps the order; the text decides."""
    return isinstance(stmt, Store)


def _in_order(dependence: Dependence, inner: Sequence[LoopNode]) -> bool:
    relation = dependence.relation
    for node in inner:
        if not relation.source_behind(node.index, node.index).is_empty():
            return False
        relation = relation.together_in(node.index)
    source, sink = dependence.source, dependence.sink
    if source.position < sink.position:
        return True
    if source is sink and dependence.kind == ANTI:
        return True
    return relation.is_empty()
