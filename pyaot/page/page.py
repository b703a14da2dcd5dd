"""The page of a compilation: its items with what became of them, its functions, the lines of the source."""

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from pyaot.base.diagnostics import Diagnostic
from pyaot.base.options import Options
from pyaot.base.source import NOWHERE, Span
from pyaot.driver import Compilation
from pyaot.ir.walk import walk_stmts
from pyaot.output.version import VERSION
from pyaot.page.fates import Fate, best
from pyaot.page.instances import instances_of
from pyaot.page.items import Compiled, Spot, spots_of
from pyaot.page.measured import Timed
from pyaot.page.model import Count, InstanceView, Item, Page, Remark
from pyaot.page.places import FUNCTION, Place, Text, holds, places_in, text_of
from pyaot.page.source import source_lines
from pyaot.page.tokens import python_lines, shown
from pyaot.plan.plan import EntryPlan

_LONGEST = 90  # characters of a title


def page_of(compilation: Compilation, trace: Sequence[Timed] | None = None) -> Page:
    """Everything that the page shows; `compilation` was made with a look at the loops."""
    source, text = compilation.source, text_of(compilation.source.text)
    views = list(instances_of(compilation, trace or ()))
    compiled = tuple(_compiled(compilation, views))
    spots = spots_of(_places(source.text), compiled, text)
    facts = _Facts(text, compilation, tuple(views), compiled)
    remarks = _remarks_by_spot(compilation.diagnostics, spots)
    items = tuple(facts.item(number, spot, remarks.get(number, ())) for number, spot in enumerate(spots))
    fates = {item.number: item.fate for item in items}
    heads = {number: spot.place.head for number, spot in enumerate(spots)}
    counts = Counter(item.fate for item in items if item.kind != FUNCTION)
    lines = python_lines("\n".join(text.lines))
    return Page(
        shown(source.path.name),
        shown(str(source.path)),
        VERSION,
        _options(compilation.options),
        tuple(Count(fate, counts[fate]) for fate in Fate if fate is not Fate.COMPILED),
        source_lines(text.lines, lines, heads, fates),
        items,
        tuple(view for _, view in views),
        tuple(map(_remark, remarks.get(None, ()))),
        trace is not None,
        any(view.measured for _, view in views),
    )


def _options(options: Options) -> str:
    rounding = "strict" if options.strict else "relaxed"
    return f"--fp {rounding} --march {options.march} --target {','.join(options.targets)}"


def _places(text: str) -> tuple[Place, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return places_in(text)


def _compiled(
    compilation: Compilation, views: Iterable[tuple[EntryPlan, InstanceView]]
) -> Iterator[Compiled]:
    """The functions that were studied, in the order of their instances."""
    planned = [instance for entry in compilation.plan.entries for instance in entry.instances]
    for instance, (_, view) in zip(planned, views, strict=True):
        study = compilation.studies.get(instance.function.name)
        if study is not None:
            yield Compiled(view.number, study, instance.function)


# ---- remarks, where they belong


def _remarks_by_spot(
    diagnostics: Iterable[Diagnostic], spots: Sequence[Spot]
) -> dict[int | None, list[Diagnostic]]:
    """The messages by the number of the place that they speak of; None: of the file as a whole."""
    found: dict[int | None, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        found.setdefault(_spot_of(diagnostic, spots), []).append(diagnostic)
    return found


def _spot_of(diagnostic: Diagnostic, spots: Sequence[Spot]) -> int | None:
    span = diagnostic.about if diagnostic.about != NOWHERE else diagnostic.span
    start = (span.line, span.column)
    for number, spot in enumerate(spots):
        if spot.place.kind != FUNCTION and (span in spot.spans or start in _starts(spot)):
            return number
    name = diagnostic.function.partition(":")[0]
    named = [n for n, s in enumerate(spots) if s.place.kind == FUNCTION and s.place.name == name]
    around = [n for n, s in enumerate(spots) if s.place.kind == FUNCTION and _is_in(span, s.place)]
    return next(iter((*named, *reversed(around))), None)


def _starts(spot: Spot) -> set[tuple[int, int]]:
    return {(span.line, span.column) for span in spot.spans}


def _is_in(span: Span, place: Place) -> bool:
    return span.line > 0 and place.span.line <= span.line <= place.span.end_line


def _remark(diagnostic: Diagnostic) -> Remark:
    return Remark(
        diagnostic.code.number,
        diagnostic.code.severity.value,
        shown(diagnostic.message),
        diagnostic.span.line,
        shown(diagnostic.label),
        tuple(map(shown, diagnostic.notes)),
        tuple(map(shown, diagnostic.hints)),
    )


# ---- items


class _Facts(Struct, frozen=True):
    """What is asked of every place."""

    text: Text
    compilation: Compilation
    views: tuple[tuple[EntryPlan, InstanceView], ...]
    compiled: tuple[Compiled, ...]

    def item(self, number: int, spot: Spot, remarks: Sequence[Diagnostic]) -> Item:
        """What the page says about the place."""
        place = spot.place
        if place.kind == FUNCTION:
            fate, said, instances = self._function(place)
        else:
            fate, said = self._loop(spot)
            instances = tuple(dict.fromkeys(occurrence.instance for occurrence in spot.occurrences))
        title = shown(self.text.of(place.head))
        return Item(
            number,
            place.kind,
            title if len(title) <= _LONGEST else f"{title[: _LONGEST - 3]}...",
            place.span.line,
            place.span.end_line,
            fate,
            said,
            tuple(spot.occurrences),
            tuple(map(_remark, remarks)),
            instances,
        )

    def _function(self, place: Place) -> tuple[Fate, str, tuple[int, ...]]:
        own = [(e, v) for e, v in self.views if e.entry.qualified_name.partition(":")[0] == place.name]
        numbers = tuple(view.number for _, view in own)
        regions = [e.entry.qualified_name.partition(":")[2] for e, _ in own if e.entry.region is not None]
        if regions:
            lines = ", ".join(dict.fromkeys(regions))
            return Fate.COMPILED, f"Stays Python around compiled regions: lines {lines}.", numbers
        if own:
            versions = dict.fromkeys(version for _, view in own for version in view.versions)
            return Fate.COMPILED, f"Has versions: {', '.join(versions)}.", numbers
        if self._is_inlined(place):
            return Fate.COMPILED, "Is compiled as a part of the functions that call it.", ()
        return Fate.PYTHON, "Stays Python.", ()

    def _loop(self, spot: Spot) -> tuple[Fate, str]:
        if spot.occurrences:
            fate = best(spot.fates)
            said = dict.fromkeys(s for s, f in zip(spot.said, spot.fates, strict=True) if f is fate)
            return fate, next(iter(said))
        if self._is_covered(spot.place):
            return (
                Fate.ABSORBED,
                "Has no loop of its own any more: it is unrolled, or settled when compiling.",
            )
        return Fate.PYTHON, "Stays Python."

    def _is_covered(self, place: Place) -> bool:
        """Whether it stands in what was compiled as a whole."""
        entries = [entry.entry for entry, _ in self.views]
        whole = [entry.span if entry.region is None else entry.region.span for entry in entries]
        if any(holds(span, place.span) for span in whole):
            return True
        known = {entry.qualified_name.partition(":")[0] for entry in entries}
        return place.function not in known and self._is_inlined(place)

    def _is_inlined(self, place: Place) -> bool:
        return any(
            stmt.span != NOWHERE and holds(place.span, stmt.span)
            for one in self.compiled
            for stmt in walk_stmts(one.study.function.body)
        )
