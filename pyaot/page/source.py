"""The user's lines, cut into what belongs to an item and what does not: inner items hide those around."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from pyaot.base.source import Span
from pyaot.page.fates import Fate
from pyaot.page.model import Segment, SourceLine
from pyaot.page.tokens import Line, Piece, cut, shown


def source_lines(
    text: Sequence[str], lines: Sequence[Line], heads: Mapping[int, Span], fates: Mapping[int, Fate]
) -> tuple[SourceLine, ...]:
    """All lines; `heads` are the stretches of the items, by their numbers."""
    owners = [[None] * len(line) for line in text]  # type: list[list[int | None]]
    for number in sorted(heads, key=lambda number: _extent(heads[number]), reverse=True):
        _own(owners, text, number, heads[number])
    begun: set[int] = set()
    first = {number: head.line for number, head in heads.items()}
    made = []
    for place, (line, row) in enumerate(zip(lines, owners, strict=True), start=1):
        segments = tuple(_segments(line, row, begun))
        here = [number for number in first if first[number] == place]
        tag = fates[min(here, key=lambda number: heads[number].column)] if here else None
        made.append(SourceLine(place, tag, segments))
    return tuple(made)


def _extent(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, span.end_column - span.column


def _own(owners: list[list[int | None]], text: Sequence[str], number: int, head: Span) -> None:
    for line in range(head.line, min(head.end_line, len(owners)) + 1):
        row = owners[line - 1]
        start = head.column if line == head.line else len(text[line - 1]) - len(text[line - 1].lstrip())
        end = head.end_column if line == head.end_line else len(row)
        row[start:end] = [number] * len(row[start:end])


def _segments(line: Line, owners: Sequence[int | None], begun: set[int]) -> Iterator[Segment]:
    edges = [column for column in range(1, len(owners)) if owners[column] != owners[column - 1]]
    pieces = ((owners[column], piece) for column, piece in cut(line, edges))
    for owner, group in groupby(pieces, key=lambda pair: pair[0]):
        is_first = owner is not None and owner not in begun
        if owner is not None:
            begun.add(owner)
        yield Segment(owner, is_first, tuple(Piece(piece.kind, shown(piece.text)) for _, piece in group))
