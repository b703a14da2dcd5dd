"""Messages as text for people and as data for tools.

    remark[PA401]: Loop 'j' stays sequential.
     --> scan.py:3:16
      |
    3 |         a[j] = a[j - 1] + x[j]
      |                ^^^^^^^^ reads what the iteration before wrote to 'a'
      = note: 'j' carries a flow dependence on 'a'.

Carets stand under the place itself, dashes under related places. Tabs, wide and combining characters are
measured as a terminal shows them; control characters in the source are shown, never sent to the terminal.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Any

from msgspec import Struct

from pyaot.base.diagnostics import Diagnostic, Severity
from pyaot.base.source import SourceFile, Span

_TAB = 4
_ELLIPSIS = "..."
_HEADER = re.compile(r"(?:async|class|def|elif|else|for|if|try|while|with)\b.*:(?=\s*(?:#.*)?$)")


class _Style(Enum):
    """How a piece of text looks on a terminal: its ANSI code."""

    PLAIN = ""
    ERROR = "\x1b[1;31m"
    WARNING = "\x1b[1;33m"
    REMARK = "\x1b[1;36m"
    STRONG = "\x1b[1m"
    GUTTER = "\x1b[1;34m"
    RELATED = "\x1b[34m"


_RESET = "\x1b[0m"
_SEVERITY_STYLES = {
    Severity.ERROR: _Style.ERROR,
    Severity.WARNING: _Style.WARNING,
    Severity.REMARK: _Style.REMARK,
}


class _Piece(Struct, frozen=True):
    """Text of one style."""

    text: str
    style: _Style = _Style.PLAIN


class _Mark(Struct, frozen=True):
    """An underline below one line: columns of the source text, the end excluded."""

    line: int
    start: int
    end: int
    sign: str
    label: str
    style: _Style


_Row = tuple[_Piece, ...]


def render(diagnostic: Diagnostic, source: SourceFile) -> str:
    """The message with the user's line, without colour and without a newline at the end."""
    return "\n".join("".join(piece.text for piece in row).rstrip() for row in _rows(diagnostic, source))


def render_coloured(diagnostic: Diagnostic, source: SourceFile) -> str:
    """The message as `render` gives it, with ANSI colours."""
    return "\n".join("".join(_coloured(piece) for piece in row) for row in _rows(diagnostic, source))


def as_data(diagnostic: Diagnostic, source: SourceFile) -> dict[str, Any]:
    """The message for `--json`: lines and columns count from 1, as in the text; the end is excluded."""
    return {
        "code": diagnostic.code.number,
        "slug": diagnostic.code.slug,
        "severity": diagnostic.code.severity.value,
        "message": diagnostic.message,
        "file": str(source.path),
        "span": _span_data(diagnostic.span),
        "label": diagnostic.label,
        "related": [{"span": _span_data(r.span), "label": r.label} for r in diagnostic.related],
        "notes": list(diagnostic.notes),
        "hints": list(diagnostic.hints),
        "function": diagnostic.function,
    }


def _span_data(span: Span) -> dict[str, int] | None:
    if span.line == 0:
        return None
    return {
        "line": span.line,
        "column": span.column + 1,
        "end_line": span.end_line,
        "end_column": span.end_column + 1,
    }


def _coloured(piece: _Piece) -> str:
    return f"{piece.style.value}{piece.text}{_RESET}" if piece.style is not _Style.PLAIN else piece.text


# ---- the rows of a message


def _rows(diagnostic: Diagnostic, source: SourceFile) -> list[_Row]:
    lines = re.split(r"\r\n|\r|\n", source.text)
    marks = _marks(diagnostic, lines)
    gutter = len(str(max((mark.line for mark in marks), default=diagnostic.span.line)))
    rows = [_headline(diagnostic), *_place(diagnostic.span, source, gutter)]
    rows += _snippet(marks, lines, gutter)
    for kind, texts in (("note", diagnostic.notes), ("hint", diagnostic.hints)):
        for text in texts:
            rows += _remark_rows(kind, text, gutter)
    return rows


def _headline(diagnostic: Diagnostic) -> _Row:
    code = diagnostic.code
    kind = _Piece(f"{code.severity.value}[{code.number}]", _SEVERITY_STYLES[code.severity])
    return kind, _Piece(f": {_visible(diagnostic.message)}", _Style.STRONG)


def _place(span: Span, source: SourceFile, gutter: int) -> Iterable[_Row]:
    """Where it is; nothing for a message that is about no file (its source has an empty path)."""
    if source.path == Path():
        return
    position = f":{span.line}:{span.column + 1}" if span.line else ""
    path = f"{_visible(str(source.path))}{position}"
    yield _Piece(" " * gutter + "--> ", _Style.GUTTER), _Piece(path)


def _remark_rows(kind: str, text: str, gutter: int) -> Iterable[_Row]:
    """A note or hint; the lines after its first stand under the text, not under the word."""
    first, *rest = text.splitlines() or [""]
    head = " " * (gutter + 1)
    yield _Piece(f"{head}= ", _Style.GUTTER), _Piece(f"{kind}: ", _Style.STRONG), _Piece(_visible(first))
    for line in rest:
        yield (_Piece(head + " " * len(f"= {kind}: ") + _visible(line)),)


# ---- the user's lines, underlined


def _marks(diagnostic: Diagnostic, lines: list[str]) -> list[_Mark]:
    """What to underline, by line; several marks of a line keep their order, the place itself first."""
    style = _SEVERITY_STYLES[diagnostic.code.severity]
    marks = _span_marks(diagnostic.span, diagnostic.label, "^", style, lines)
    for related in diagnostic.related:
        marks += _span_marks(related.span, related.label, "-", _Style.RELATED, lines)
    return sorted(marks, key=lambda mark: mark.line)


def _span_marks(span: Span, label: str, sign: str, style: _Style, lines: list[str]) -> list[_Mark]:
    """One mark, or two for a span of several lines: below its first line and below its last one.

    Of a compound statement the header is enough.
    """
    if not 1 <= span.line <= len(lines):
        return []
    first = lines[span.line - 1]
    if span.end_line <= span.line:
        return [_Mark(span.line, span.column, max(span.end_column, span.column + 1), sign, label, style)]
    if header := _HEADER.match(first, span.column):
        return [_Mark(span.line, span.column, header.end(), sign, label, style)]
    last_line = min(span.end_line, len(lines))
    last = lines[last_line - 1]
    indent = len(last) - len(last.lstrip())
    return [
        _Mark(span.line, span.column, max(len(first.rstrip()), span.column + 1), sign, "", style),
        _Mark(last_line, indent, max(span.end_column, indent + 1), sign, label, style),
    ]


def _snippet(marks: list[_Mark], lines: list[str], gutter: int) -> Iterable[_Row]:
    if not marks:
        return
    yield (_Piece(" " * gutter + " |", _Style.GUTTER),)
    shown = 0
    for mark in marks:
        if shown and mark.line > shown + 1:
            yield (_Piece(_ELLIPSIS, _Style.GUTTER),)
        text = lines[mark.line - 1]
        if mark.line != shown:
            yield _Piece(f"{mark.line:>{gutter}} | ", _Style.GUTTER), _Piece(_visible(text).rstrip())
        shown = mark.line
        yield _underline(mark, text, gutter)


def _underline(mark: _Mark, text: str, gutter: int) -> _Row:
    before = _width(text[: mark.start])
    signs = mark.sign * max(_width(text[: mark.end]) - before, 1)
    label = f" {_visible(mark.label)}" if mark.label else ""
    return (
        _Piece(" " * gutter + " | ", _Style.GUTTER),
        _Piece(" " * before),
        _Piece(signs + label, mark.style),
    )


# ---- characters as a terminal shows them


def _visible(text: str) -> str:
    """`text` with tabs as spaces and control characters as their pictures (ESC becomes U+241B)."""
    shown: list[str] = []
    column = 0
    for char in text:
        piece = " " * (_TAB - column % _TAB) if char == "\t" else picture(char)
        shown.append(piece)
        column += sum(_char_width(c) for c in piece)
    return "".join(shown)


def picture(char: str) -> str:
    """A character that can be seen for one that cannot, or that would change how others are read."""
    category = unicodedata.category(char)
    if category == "Cc":
        return chr(0x2400 + ord(char)) if ord(char) < 0x20 else "\N{REPLACEMENT CHARACTER}"
    # Direction overrides would make a line read differently from what it is; separators would break it.
    invisible = category in ("Cf", "Cs", "Zl", "Zp") and char != "\N{ZERO WIDTH JOINER}"
    return "\N{REPLACEMENT CHARACTER}" if invisible else char


def _width(text: str) -> int:
    """Columns that `text` takes from the start of a line on."""
    return sum(_char_width(char) for char in _visible(text))


def _char_width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
