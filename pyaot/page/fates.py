"""What became of a loop or an array expression: where its work is done in the function as it is compiled.

before                          after
for i: t[i] = a[i] * 2          for i (parallel, simd):         the first loop: parallel and SIMD
for i: c[i] = t[i] + b[i]           c[i] = a[i] * 2 + b[i]      the second one: its work is done there
"""

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct, field

from pyaot.base.source import NOWHERE, Span
from pyaot.ir.nodes import Assign, For, Function, If, LibraryCall, Loop, Stmt, Store
from pyaot.ir.walk import Body, bodies_of, walk_stmts


class Fate(Enum):
    """From the best one down; the values are names of classes in the page's style."""

    BOTH = "both"
    PARALLEL = "parallel"
    LIBRARY = "library"
    SIMD = "simd"
    INSIDE = "inside"
    ORDER = "order"
    ABSORBED = "absorbed"
    COMPILED = "compiled"  # a function
    PYTHON = "python"


class Found(Struct, frozen=True):
    """A loop of the compiled function, and the loops around it."""

    loop: For
    around: tuple[For, ...]
    is_alternative: bool  # it runs where a call of a library would not pay


class Whereabouts(Struct):
    """Where the work of each place of the text is done."""

    loops: dict[Span, list[Found]] = field(default_factory=dict)
    work: dict[Span, list[tuple[For, ...]]] = field(default_factory=dict)  # the loops around statements
    calls: dict[Span, list[LibraryCall]] = field(default_factory=dict)
    endless: set[Span] = field(default_factory=set)  # while loops


def whereabouts(function: Function) -> Whereabouts:
    """Of all statements of a function."""
    found = Whereabouts()
    _visit(function.body, (), False, found)
    return found


def _visit(body: Body, around: tuple[For, ...], is_alternative: bool, found: Whereabouts) -> None:
    for stmt in body:
        match stmt:
            case For():
                found.loops.setdefault(stmt.span, []).append(Found(stmt, around, is_alternative))
                _visit(stmt.body, (*around, stmt), is_alternative, found)
                continue
            case Loop():
                found.endless.add(stmt.span)
            case LibraryCall():
                found.calls.setdefault(stmt.span, []).append(stmt)
            case Store() | Assign():
                found.work.setdefault(stmt.span, []).append(around)
        alternative = is_alternative or _is_choice(stmt)
        for inner in bodies_of(stmt):
            _visit(inner, around, alternative, found)


def _is_choice(stmt: Stmt) -> bool:
    """Between a call of a library and loops."""
    return isinstance(stmt, If) and any(
        isinstance(inner, LibraryCall) for branch in (stmt.then, stmt.otherwise) for inner in branch
    )


class Outcome(Struct, frozen=True):
    """What became of a place in one function."""

    fate: Fate
    loops: tuple[Found, ...] = ()  # that are left of it
    into: tuple[For, ...] = ()  # the loop that does its work
    calls: tuple[LibraryCall, ...] = ()


def outcome_of(
    spans: Iterable[Span], loops: Iterable[For], before: Whereabouts, after: Whereabouts
) -> Outcome:
    """Of the place whose loops were these, and stood at these spans."""
    places = tuple(spans)
    own = [found for span in places for found in after.loops.get(span, ())]
    work = dict.fromkeys(span for loop in loops for span in work_of(loop))
    at = dict.fromkeys((*places, *work))
    calls = [
        call
        for span in at
        for call in after.calls.get(span, ())
        if span in places or span not in before.calls
    ]
    main = [found for found in own if not found.is_alternative]
    if main:
        return Outcome(_fate(main), tuple(main))
    if calls:
        return Outcome(Fate.LIBRARY, tuple(own), calls=tuple(calls))
    if own:
        return Outcome(_fate(own), tuple(own))
    if any(span in after.endless for span in places):
        return Outcome(Fate.ORDER)
    into = [around[-1] for span in work for around in after.work.get(span, ()) if around]
    return Outcome(Fate.ABSORBED, into=tuple({id(loop): loop for loop in into}.values()))


def work_of(loop: For) -> list[Span]:
    """Where the statements stand that compute something in a loop."""
    spans = [stmt.span for stmt in walk_stmts(loop.body) if isinstance(stmt, Store | Assign | LibraryCall)]
    return [span for span in dict.fromkeys(spans) if span != NOWHERE]


def best(fates: Iterable[Fate]) -> Fate:
    """The best of several; a place may be compiled in several functions."""
    order = list(Fate)
    return min(fates, key=order.index, default=Fate.PYTHON)


def _fate(found: Iterable[Found]) -> Fate:
    all_of_it = list(found)
    parallel = any(f.loop.marks.parallel for f in all_of_it)
    simd = any(f.loop.marks.simd for f in all_of_it)
    if parallel:
        return Fate.BOTH if simd else Fate.PARALLEL
    if simd:
        return Fate.SIMD
    inside = all(any(loop.marks.parallel for loop in f.around) for f in all_of_it)
    return Fate.INSIDE if inside else Fate.ORDER
