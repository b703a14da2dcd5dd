"""Neighbouring loops over the same range become one where that saves memory traffic.

    for i: t[i] = a[i] + b[i]                   for i:
    for i: c[i] = t[i] * t[i]       becomes         t[i] = a[i] + b[i]
                                                    c[i] = t[i] * t[i]

Two loops are fused if every dependence between them goes from an iteration to the same one (so that what was
parallel stays parallel) or, where both are sequential, to the same or a later one; and if one reads
what the other writes, or both read the same. What stands between them must not mind. Then the same
happens to the loops inside.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.mentions import array_mentions
from pyaot.ir.nodes import Allocate, Check, For, Stmt, Var
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import (
    Body,
    arrays_read,
    arrays_written,
    scalars_assigned,
    scalars_read,
    substitute,
    walk_stmts,
)
from pyaot.poly.affine import Reader
from pyaot.poly.dependences import Dependence, dependences_of
from pyaot.poly.hoist import hoisted_order
from pyaot.poly.known import loop_formula
from pyaot.poly.marks import Verdict, judge
from pyaot.poly.regions import Region
from pyaot.poly.scop import Statement
from pyaot.poly.sets import Formula, Relation, context

MOST_ARRAYS = 16  # in one loop: more streams than a core can prefetch
MOST_WRITES = 12


class Item(Struct, frozen=True):
    """A statement of a sequence, with the statements of the scop that it is made of."""

    stmt: Stmt
    statements: tuple[Statement, ...]
    position: int  # in the order of the text
    verdict: Verdict | None = None  # of a loop
    members: tuple["Item", ...] = ()  # of a loop


class Fusion(Struct, dict=True):
    """One region being fused; `fused` gathers the loops that took in others."""

    region: Region
    strict: bool
    fused: list[For] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scop, self.known = self.region.scop(), self.region.known
        self.mixed = self.known.names.rebound
        found = dependences_of(self.region)
        self.between: dict[tuple[int, int], list[Dependence]] = {}
        for dependence in found:
            if dependence.carrier is None:
                key = (dependence.source.position, dependence.sink.position)
                self.between.setdefault(key, []).append(dependence)
        self.of_loop: dict[int, list[Verdict]] = {}
        for verdict in judge(self.region, self.strict).values():
            self.of_loop.setdefault(id(verdict.node.loop), []).append(verdict)
        self.of_stmt: dict[int, list[Statement]] = {}
        for statement in self.scop.statements:
            self.of_stmt.setdefault(id(statement.stmt), []).append(statement)

    # ---- items

    def items(self, body: Sequence[Stmt], order: Sequence[int]) -> tuple[Item, ...]:
        """The statements in that order with what the scop knows of them, loops with their members."""
        return tuple(self._item(body[position], position) for position in order)

    def _item(self, stmt: Stmt, position: int) -> Item:
        if not isinstance(stmt, For):
            inner = [s for part in walk_stmts((stmt,)) for s in self.of_stmt.get(id(part), ())]
            return Item(stmt, tuple(inner), position)
        members = self.items(stmt.body, range(len(stmt.body)))
        own = self.of_stmt.get(id(stmt), [])
        statements = (*own, *(s for member in members for s in member.statements))
        verdicts = self.of_loop[id(stmt)]
        return Item(stmt, statements, position, verdicts[0] if len(verdicts) == 1 else None, members)

    # ---- sequences

    def sequence(self, items: Sequence[Item], depth: int) -> Body:
        """The statements of a body at that depth, with loops fused at it and below."""
        done: list[Item] = []
        for item in items:
            done.append(item)
            place = len(done) - 1
            while done[place].verdict is not None:  # what took something in may now fit an earlier one
                found = self._partner(done[:place], done[place], depth)
                if found is None:
                    break
                partner, movers = found
                merged = self._merged(done[partner], done[place])
                before = [done[number] for number in movers]
                between = [done[n] for n in range(partner + 1, place) if n not in movers]
                done[partner : place + 1] = [*before, merged, *between]
                place = partner + len(before)
        return tuple(self._finished(item, depth) for item in done)

    def _finished(self, item: Item, depth: int) -> Stmt:
        if not isinstance(item.stmt, For):
            return item.stmt
        return with_bodies(lambda _: self.sequence(self._ordered(item.members), depth + 1), item.stmt)

    def _partner(self, done: Sequence[Item], item: Item, depth: int) -> tuple[int, list[int]] | None:
        """The place of the nearest loop that can take the item in, and what must move before that loop."""
        movers: list[int] = []
        for place in reversed(range(len(done))):
            if self._may_fuse(done[place], item, depth) and self._may_move(done, place, movers, depth):
                return place, sorted(movers)
            if self._depends(done[place], item, depth):
                movers.append(place)
        return None

    def _may_move(self, done: Sequence[Item], place: int, movers: Sequence[int], depth: int) -> bool:
        """Whether these items depend neither on the loop at that place nor on what stays behind it."""
        return not any(
            self._depends(done[number], done[mover], depth)
            for mover in movers
            for number in range(place, mover)
            if number not in movers
        )

    def _merged(self, first: Item, second: Item) -> Item:
        assert isinstance(first.stmt, For) and isinstance(second.stmt, For)
        index = Var(first.stmt.index, first.stmt.start.type)
        renamed = tuple(_with_index(member, second.stmt.index, index) for member in second.members)
        self.fused.append(first.stmt)
        count = len(first.members)
        behind = (replace(member, position=count + member.position) for member in renamed)
        members = (*first.members, *behind)
        stmt = replace(first.stmt, body=tuple(member.stmt for member in members))
        statements = first.statements + second.statements
        position = max(first.position, second.position)
        return replace(first, stmt=stmt, statements=statements, members=members, position=position)

    def _ordered(self, members: tuple[Item, ...]) -> tuple[Item, ...]:
        """Simple statements move before loops that do not concern them."""
        return tuple(members[position] for position in hoisted_order([m.stmt for m in members], self.mixed))

    # ---- questions

    def _pairs(self, first: Item, second: Item) -> Iterable[Dependence]:
        for a in first.statements:
            for b in second.statements:
                yield from self.between.get((a.position, b.position), ())

    def _depends(self, first: Item, second: Item, depth: int) -> bool:
        """Whether the second must stay behind the first in one iteration of the loops around."""
        if isinstance(first.stmt, Check) and first.position < second.position:
            return True  # it may be what keeps the subscripts in range
        if _share_scalars(first.stmt, second.stmt) or _makes(first.stmt) & _arrays(second.stmt):
            return True
        return any(not _in_step(d, depth).is_empty() for d in self._pairs(first, second))

    def _may_fuse(self, first: Item, second: Item, depth: int) -> bool:
        if first.verdict is None or second.verdict is None or not self._pays(first, second):
            return False
        if first.verdict.is_free is not second.verdict.is_free:
            return False
        if first.verdict.blocker or second.verdict.blocker:
            return False
        return self._same_range(first, second) and self._keeps_order(first, second, depth)

    def _keeps_order(self, first: Item, second: Item, depth: int) -> bool:
        is_free = first.verdict is not None and first.verdict.is_free
        if not self._scalars_allow(first, second, depth):
            return False
        for dependence in self._pairs(first, second):
            pairs = _in_step(dependence, depth)
            source, sink = dependence.source.dims, dependence.sink.dims
            if len(source) <= depth or len(sink) <= depth:
                return pairs.is_empty()
            if not pairs.source_behind(source[depth], sink[depth]).is_empty():
                return False
            if is_free and not pairs.source_before(source[depth], sink[depth]).is_empty():
                return False
        return True

    def _scalars_allow(self, first: Item, second: Item, depth: int) -> bool:
        """Scalars that both use and one sets belong to single iterations of both loops."""
        shared = _names_touched(first.stmt) & _names_touched(second.stmt)
        changed = scalars_assigned((first.stmt,)) | scalars_assigned((second.stmt,))
        for statement in (*first.statements, *second.statements):
            for access in statement.accesses:
                if (
                    access.is_scalar
                    and access.name in shared & changed
                    and len(access.relation.outs) <= depth
                ):
                    return False
        return True

    def _same_range(self, first: Item, second: Item) -> bool:
        a, b = first.stmt, second.stmt
        assert isinstance(a, For) and isinstance(b, For)
        if a.step != b.step or a.start.type != b.start.type:
            return False
        reader = Reader(self.known.symbols, self.known.values, scalars_assigned(self.scop.body))
        mine, theirs = (_range_text(loop, reader) for loop in (a, replace(b, index=a.index)))
        if mine is None or theirs is None:
            return False
        if mine.text == theirs.text:
            return True
        left, right = (context(formula).meet(self.scop.context) for formula in (mine, theirs))
        return left.minus(right).is_empty() and right.minus(left).is_empty()

    def _pays(self, first: Item, second: Item) -> bool:
        """One touches what the other does, and together they are not too many."""
        reads = [arrays_read((item.stmt,)) for item in (first, second)]
        writes = [arrays_written((item.stmt,)) for item in (first, second)]
        names = [r | w for r, w in zip(reads, writes, strict=True)]
        if len(names[0] | names[1]) > MOST_ARRAYS or len(writes[0] | writes[1]) > MOST_WRITES:
            return False
        return bool(names[0] & names[1])


def fuse(region: Region, strict: bool) -> tuple[Body, tuple[For, ...]]:
    """The region with its loops fused, and the loops that took in others."""
    order = hoisted_order(region.body, region.known.names.rebound)
    body = tuple(region.body[position] for position in order)
    if sum(isinstance(stmt, For) for stmt in walk_stmts(body)) < 2:
        return body, ()
    fusion = Fusion(replace(region, body=body), strict)
    return fusion.sequence(fusion.items(region.body, order), 0), tuple(fusion.fused)


def _with_index(item: Item, index: str, new: Var) -> Item:
    (stmt,) = substitute((item.stmt,), {index: new})
    members = tuple(_with_index(member, index, new) for member in item.members)
    return replace(item, stmt=stmt, members=members)


def _in_step(dependence: Dependence, depth: int) -> Relation:
    """The pairs within one iteration of the loops down to that depth, fused ones too."""
    source, sink = dependence.source.dims[:depth], dependence.sink.dims[:depth]
    return dependence.relation.aligned(zip(source, sink, strict=False))


def _range_text(loop: For, reader: Reader) -> Formula | None:
    formula = loop_formula(loop, reader)
    return formula if formula.is_exact else None


def _names_touched(stmt: Stmt) -> frozenset[str]:
    return scalars_read((stmt,)) | scalars_assigned((stmt,))


def _makes(stmt: Stmt) -> frozenset[str]:
    return frozenset(inner.name for inner in walk_stmts((stmt,)) if isinstance(inner, Allocate))


def _arrays(stmt: Stmt) -> frozenset[str]:
    return frozenset(array_mentions((stmt,)))


def _share_scalars(first: Stmt, second: Stmt) -> bool:
    """One sets a scalar that the other uses."""
    forward = scalars_assigned((first,)) & _names_touched(second)
    return bool(forward or scalars_assigned((second,)) & _names_touched(first))
