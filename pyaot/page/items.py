"""What can be opened on the page, from the text and from what the compiler made of it.

Loops and functions are found in the text, so that none is missing; array expressions where the front end made
loops of them. A helper that is inlined in several functions has an occurrence for each.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from pyaot.base.source import NOWHERE, Span
from pyaot.ir.nodes import Allocate, For, Function, LibraryCall, Loop, Stmt
from pyaot.ir.user_names import user_names_of
from pyaot.ir.walk import walk_stmts
from pyaot.page.dependence_rows import axis_name, figure_of, known, rows_of
from pyaot.page.fates import Fate, Found, Outcome, Whereabouts, outcome_of, whereabouts, work_of
from pyaot.page.model import Occurrence
from pyaot.page.outlines import outline
from pyaot.page.places import ARRAY, COMPREHENSION, FUNCTION, Place, Text, holds
from pyaot.poly.study import LoopStudy, Study


class Compiled(Struct, frozen=True):
    """A function before and after its loops were changed, and the number of its instance on the page."""

    number: int
    study: Study
    function: Function


class Spot(Struct):
    """A place of the text with all that was found there."""

    place: Place
    spans: set[Span]
    occurrences: list[Occurrence]
    fates: list[Fate]
    said: list[str]


def spots_of(places: Iterable[Place], compiled: Sequence[Compiled], text: Text) -> tuple[Spot, ...]:
    """All places, those of array expressions too, in the order of the text."""
    spots = [Spot(place, {place.span, place.head}, [], [], []) for place in places]
    for one in compiled:
        _add(one, spots, text)
    return tuple(sorted(spots, key=lambda spot: (spot.place.head.line, spot.place.head.column)))


def _add(one: Compiled, spots: list[Spot], text: Text) -> None:
    """The occurrences of a function."""
    before, after = whereabouts(one.study.function), whereabouts(one.function)
    groups: dict[int, tuple[Spot, list[Span], list[LoopStudy]]] = {}
    studies = {id(study.loop): study for study in one.study.loops}
    for stmt in walk_stmts(one.study.function.body):
        if stmt.span == NOWHERE or not _is_loop(stmt, after):
            continue
        spot = _spot_for(stmt, spots)
        _, spans, loops = groups.setdefault(id(spot), (spot, [], []))
        spans.append(stmt.span)
        if isinstance(stmt, For):
            loops.append(studies[id(stmt)])
    for spot, spans, loops in groups.values():
        _occur(one, spot, tuple(dict.fromkeys(spans)), tuple(loops), (before, after), text)


def _is_loop(stmt: Stmt, after: Whereabouts) -> bool:
    """A loop, a call of a library, or a new array that a loop fills."""
    fills = isinstance(stmt, Allocate) and stmt.fill is not None and stmt.span in after.loops
    return fills or isinstance(stmt, For | Loop | LibraryCall)


def _spot_for(stmt: Stmt, spots: list[Spot]) -> Spot:
    """The place in the text; a new one for an array expression."""
    start = (stmt.span.line, stmt.span.column)
    is_loop = isinstance(stmt, Loop) or (isinstance(stmt, For) and stmt.label != "")
    if is_loop:
        exact = [
            s
            for s in spots
            if s.place.start == start and s.place.kind not in (ARRAY, FUNCTION, COMPREHENSION)
        ]
        around = [s for s in spots if s.place.kind == COMPREHENSION and holds(s.place.span, stmt.span)]
        around.sort(key=lambda s: _rank(s, stmt.span))
        if found := exact or around:
            found[0].spans.add(stmt.span)
            return found[0]
    same = [s for s in spots if s.place.kind == ARRAY and s.place.span == stmt.span]
    if same:
        return same[0]
    spots.append(Spot(Place(ARRAY, stmt.span, stmt.span), {stmt.span}, [], [], []))
    return spots[-1]


def _rank(spot: Spot, span: Span) -> tuple[bool, int, int]:
    """The generator whose variable stands there comes first, else that of the innermost comprehension."""
    whole = spot.place.span
    size = (whole.end_line - whole.line) * 10_000 + whole.end_column - whole.column
    return holds(spot.place.head, span) is False, size, spot.place.head.column


def _occur(
    one: Compiled,
    spot: Spot,
    spans: tuple[Span, ...],
    studies: tuple[LoopStudy, ...],
    where: tuple[Whereabouts, Whereabouts],
    text: Text,
) -> None:
    before, after = where
    loops = [study.loop for study in studies]
    outcome = outcome_of(spans, loops, before, after)
    names = user_names_of(one.study.function)
    own = set(spans)
    work = {span for loop in loops for span in work_of(loop)} if outcome.fate is Fate.ABSORBED else set()
    said = sentence(outcome)
    spot.occurrences.append(
        Occurrence(
            one.number,
            said,
            rows_of(studies, names, text),
            known(studies),
            figure_of(studies, names),
            outline(one.study.function, _is_at(own)),
            outline(one.function, _is_at(own | work | {call.span for call in outcome.calls})),
        )
    )
    spot.fates.append(outcome.fate)
    spot.said.append(said)


def _is_at(spans: set[Span]) -> "_At":
    return _At(frozenset(spans))


class _At(Struct, frozen=True):
    spans: frozenset[Span]

    def __call__(self, stmt: Stmt) -> bool:
        return stmt.span in self.spans


# ---- what became of a place, in a sentence


def sentence(outcome: Outcome) -> str:
    """What became of a place in one function."""
    match outcome.fate:
        case Fate.BOTH:
            return f"Runs in parallel on all threads, and in SIMD registers{_combined(outcome.loops)}."
        case Fate.PARALLEL:
            return f"Runs in parallel on all threads{_combined(outcome.loops)}."
        case Fate.SIMD:
            return f"Runs in SIMD registers{_inside(outcome.loops)}{_combined(outcome.loops)}."
        case Fate.LIBRARY:
            names = ", ".join(dict.fromkeys(call.function for call in outcome.calls))
            small = "; where there is too little work for one, loops run instead" if outcome.loops else ""
            return f"Is a call of a library ({names}){small}."
        case Fate.INSIDE:
            return f"Runs in order{_inside(outcome.loops)}."
        case Fate.ORDER:
            return "Runs in order, on one thread."
        case Fate.ABSORBED:
            return _absorbed(outcome.into)
        case Fate.COMPILED | Fate.PYTHON:
            return "Stays Python."


def _combined(found: Iterable[Found]) -> str:
    ops = dict.fromkeys(r.op for f in found for r in f.loop.marks.reductions)
    return f"; results are combined by {', '.join(ops)}" if ops else ""


def _inside(found: Sequence[Found]) -> str:
    parallel = [loop for f in found for loop in f.around if loop.marks.parallel]
    if not parallel or not all(any(loop.marks.parallel for loop in f.around) for f in found):
        return ""
    return f", inside {_named(parallel[0])}, whose iterations run in parallel"


def _named(loop: For) -> str:
    place = f" (line {loop.span.line})" if loop.span.line else ""
    return f"loop '{axis_name(loop)}'{place}" if loop.label else f"an array operator's loop{place}"


def _absorbed(into: Sequence[For]) -> str:
    if not into:
        return (
            "Has no loop of its own any more: its work is done where its results are used, or when compiling."
        )
    names = list(dict.fromkeys(_named(loop) for loop in into))
    ways = [way for way, has in (("parallel", _any_parallel(into)), ("SIMD", _any_simd(into))) if has]
    how = f" ({' and '.join(ways)})" if ways else ""
    return f"Has no loop of its own any more: its work is done in {', '.join(names)}{how}."


def _any_parallel(loops: Iterable[For]) -> bool:
    return any(loop.marks.parallel for loop in loops)


def _any_simd(loops: Iterable[For]) -> bool:
    return any(loop.marks.simd for loop in loops)
