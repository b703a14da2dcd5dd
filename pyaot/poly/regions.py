"""The regions of a function, one after the other, from the outside to the inside.

    a; b; for ...: (static)         one region: a, b and the loop
    while ...:                      no part of a region ...
        for ...: (static)           ... but here is another one

`map_regions` is how a pass sees a function: it gets each region with what is known there.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar, cast

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.nodes import Assign, Block, Exit, For, Function, If, Loop, Stmt
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, walk_stmts
from pyaot.poly.affine import Symbols
from pyaot.poly.extract import Takes, extract, is_static, no_calls
from pyaot.poly.known import Known, at_entry, names_of
from pyaot.poly.scalars import NONE, Names, ScalarFlow
from pyaot.poly.scop import Scop

Fact = TypeVar("Fact")

MOST_STATEMENTS = 250  # in one region; longer runs are cut, since dependences take quadratic time


class Memory(Struct, frozen=True):
    """Facts about runs of statements, by identity; it holds the statements so that no other takes theirs."""

    facts: dict[tuple[object, ...], tuple[Body, object]] = field(default_factory=dict)

    def recall(self, what: tuple[object, ...], body: Body, compute: Callable[[], Fact]) -> Fact:
        """What was computed of these statements before, else computed now."""
        key = (*what, *map(id, body))
        if key not in self.facts:
            self.facts[key] = (body, compute())
        return cast(Fact, self.facts[key][1])


class Region(Struct, frozen=True):
    """A run of static statements, where it stands."""

    body: Body
    known: Known
    flow: ScalarFlow
    live_out: Names
    in_parallel: bool = False  # in a loop that already runs in parallel
    in_tile: bool = False  # in a loop over tiles, so that its own loops are short
    memory: Memory = field(default_factory=Memory)

    def scop(self) -> Scop:
        """Its polyhedral form."""
        return self.recall("scop", lambda: extract(self.body, self.known, self.flow, self.live_out))

    def known_before(self, stmt: Stmt) -> Known:
        """What is known where one of its statements begins."""
        known = self.known
        for other in self.body:
            if other is stmt:
                break
            known = known.after(other)
        return known

    def recall(self, what: str, compute: Callable[[], Fact]) -> Fact:
        """What an earlier pass has computed of the same statements, else computed now."""
        return self.memory.recall((what, self.live_out), self.body, compute)


def replaced(region: Region, change: Callable[[Stmt, Names], Body | None]) -> Body:
    """The region with statements replaced, outer ones first.

    `change` gets a statement and the scalars that are read behind it; None: it stays, what is in it may not.
    """

    def body_of(body: Body, live_out: Names) -> Body:
        after = region.flow.live_after_each(body, live_out, {})
        done = (stmts_for(stmt, live) for stmt, live in zip(body, after, strict=True))
        return tuple(stmt for stmts in done for stmt in stmts)

    def stmts_for(stmt: Stmt, live: Names) -> Body:
        new = change(stmt, live)
        if new is not None:
            return new
        inside = region.flow.live_out_of_body(stmt, live) if isinstance(stmt, For) else live
        return (with_bodies(lambda body: body_of(body, inside), stmt),)

    return body_of(region.body, region.live_out)


class Visitor(Protocol):
    """What a pass does."""

    def region(self, region: Region) -> Body:
        """The statements to stand in its place."""
        ...

    def other_loop(self, loop: For) -> None:
        """Told of every counted loop that is no part of a region."""
        ...


def map_regions(
    function: Function, visitor: Visitor, memory: Memory | None = None, takes: Takes = no_calls
) -> Function:
    """The function with every region replaced by what the visitor makes of it.

    Passes that follow one another and share a memory analyse what they leave alone only once. Only those that
    can deal with calls of a library see regions with the calls that `takes` approves of.
    """
    memory = memory or Memory()
    names = memory.recall(("names", function.params), function.body, lambda: names_of(function))
    known = at_entry(function, names, Symbols())
    walker = _Walker(visitor, ScalarFlow(), memory, takes)
    return replace(function, body=walker.body(function.body, _Where(known, NONE, {})))


class RegionPass(Struct, frozen=True):
    """A visitor that is a function of regions."""

    change: Callable[[Region], Body]

    def region(self, region: Region) -> Body:
        """The statements to stand in its place."""
        return self.change(region)

    def other_loop(self, loop: For) -> None:
        """Nothing to say."""


class _Where(Struct, frozen=True):
    known: Known
    live_out: Names
    at_label: Mapping[str, Names]
    in_parallel: bool = False
    in_tile: bool = False


class _Walker(Struct, frozen=True):
    visitor: Visitor
    flow: ScalarFlow
    memory: Memory
    takes: Takes

    def body(self, body: Sequence[Stmt], where: _Where) -> Body:
        """A sequence of statements, cut into regions and the rest."""
        after = self.flow.live_after_each(body, where.live_out, where.at_label)
        done: list[Stmt] = []
        run: list[Stmt] = []
        start = known = where.known
        for stmt, live in zip(body, after, strict=True):
            joins = not isinstance(stmt, Loop | Block | Exit) and is_static(stmt, self.flow, self.takes)
            if joins:
                run.append(stmt)
            if run and (not joins or len(run) >= MOST_STATEMENTS or self._sets_parameter(stmt, live, known)):
                run_live = live if joins else self._live_before(stmt, live, where)
                done += self._region(tuple(run), replace(where, known=start, live_out=run_live))
                run = []
            if not joins:
                done += self._single(stmt, replace(where, known=known, live_out=live))
            known = known.after(stmt)
            start = start if run else known
        if run:
            done += self._region(tuple(run), replace(where, known=start))
        return tuple(done)

    def _live_before(self, stmt: Stmt, live: Names, where: _Where) -> Names:
        return self.flow.live_after_each((stmt, stmt), live, where.at_label)[0]

    def _sets_parameter(self, stmt: Stmt, live: Names, known: Known) -> bool:
        """Sets an int whose value is not known, and which later regions may use as a parameter."""
        if isinstance(stmt, Assign) and known.after(stmt) is not known:
            return False
        return any(
            isinstance(inner, Assign) and inner.name in live and inner.value.type.dtype.is_integer
            for inner in walk_stmts((stmt,))
        )

    def _region(self, run: Body, where: _Where) -> Body:
        if not any(isinstance(stmt, For | If) for stmt in run):
            return run
        here = (where.known, self.flow, where.live_out, where.in_parallel, where.in_tile, self.memory)
        region = Region(run, *here)
        return self._descend(self.visitor.region(region), where)

    def _descend(self, body: Body, where: _Where) -> Body:
        """The while loops in a region's loops have regions of their own inside."""
        after = self.flow.live_after_each(body, where.live_out, where.at_label)
        known, done = where.known, list[Stmt]()
        for stmt, live in zip(body, after, strict=True):
            has_inside = any(isinstance(inner, Loop | Block) for inner in walk_stmts((stmt,)))
            here = replace(where, known=known, live_out=live)
            done += self._single(stmt, here, self._descend) if has_inside else (stmt,)
            known = known.after(stmt)
        return tuple(done)

    def _single(
        self, stmt: Stmt, where: _Where, inner: "Callable[[Body, _Where], Body] | None" = None
    ) -> Body:
        """A statement that is no part of a region, with the regions inside it."""
        visit = inner or self.body
        match stmt:
            case For():
                if inner is None:
                    self.visitor.other_loop(stmt)
                live = self.flow.live_out_of_body(stmt, where.live_out)
                parallel = where.in_parallel or stmt.marks.parallel
                place = replace(where, known=where.known.inside(stmt), live_out=live, in_parallel=parallel)
                place = replace(place, in_tile=where.in_tile or stmt.marks.in_tiles)
                return (with_bodies(lambda body: visit(body, place), stmt),)
            case Loop():
                live = self.flow.live_out_of_body(stmt, where.live_out)
                place = replace(where, known=where.known.inside_forever(stmt.body), live_out=live)
                return (with_bodies(lambda body: self.body(body, place), stmt),)
            case Block():
                labels = {**where.at_label, stmt.label: where.live_out}
                place = replace(where, at_label=labels)
                return (with_bodies(lambda body: self.body(body, place), stmt),)
            case If():
                return (with_bodies(lambda body: visit(body, where), stmt),)
            case _:
                return (stmt,)
