"""Messages as text: carets stand under the place, whatever the line is made of."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from pyaot.base.catalogue import CARRIED_DEPENDENCE, SYNTAX_ERROR
from pyaot.base.diagnostics import Diagnostic, Related
from pyaot.base.render import as_data, render, render_coloured
from pyaot.base.source import NOWHERE, SourceFile, Span

SCAN = SourceFile(
    Path("scan.py"),
    "def scan(a, x):\n    for j in range(1, len(a)):\n        a[j] = a[j - 1] + x[j]\n",
)
CARRIED = Diagnostic(
    CARRIED_DEPENDENCE,
    "Loop 'j' stays sequential.",
    Span(3, 15, 3, 23),
    label="reads what the iteration before wrote to 'a'",
    notes=("'j' carries a flow dependence on 'a'.",),
    hints=("A running sum has a parallel form: write it with 'np.cumsum'.",),
)


def at(text: str, span: Span, label: str = "here") -> str:
    """The message about a span of `text`, without its first line."""
    diagnostic = Diagnostic(SYNTAX_ERROR, "m", span, label=label)
    return render(diagnostic, SourceFile(Path("f.py"), text)).partition("\n")[2]


def test_message_as_the_style_guide_shows_it() -> None:
    assert render(CARRIED, SCAN) == (
        "remark[PA401]: Loop 'j' stays sequential.\n"
        " --> scan.py:3:16\n"
        "  |\n"
        "3 |         a[j] = a[j - 1] + x[j]\n"
        "  |                ^^^^^^^^ reads what the iteration before wrote to 'a'\n"
        "  = note: 'j' carries a flow dependence on 'a'.\n"
        "  = hint: A running sum has a parallel form: write it with 'np.cumsum'."
    )


def test_related_places_are_underlined_with_dashes() -> None:
    related = (Related(Span(3, 8, 3, 12), "written here"), Related(Span(1, 9, 1, 10), "the array"))
    assert render(replace(CARRIED, related=related, notes=(), hints=()), SCAN) == (
        "remark[PA401]: Loop 'j' stays sequential.\n"
        " --> scan.py:3:16\n"
        "  |\n"
        "1 | def scan(a, x):\n"
        "  |          - the array\n"
        "...\n"
        "3 |         a[j] = a[j - 1] + x[j]\n"
        "  |                ^^^^^^^^ reads what the iteration before wrote to 'a'\n"
        "  |         ---- written here"
    )


def test_span_of_several_lines_shows_the_first_and_the_last() -> None:
    text = "x = f(a,\n    b,\n    c,\n    d)\n"
    assert at(text, Span(1, 4, 4, 6)).splitlines()[2:] == [
        "1 | x = f(a,",
        "  |     ^^^^",
        "...",
        "4 |     d)",
        "  |     ^^ here",
    ]


def test_compound_statement_is_shown_by_its_header() -> None:
    text = "for i in x[1:]:  # all\n    a = 1\n    b = 2\n"
    assert at(text, Span(1, 0, 3, 9)).splitlines()[2:] == [
        "1 | for i in x[1:]:  # all",
        "  | ^^^^^^^^^^^^^^^ here",
    ]


def test_message_about_no_file_names_none() -> None:
    message = render(Diagnostic(SYNTAX_ERROR, "m", NOWHERE, notes=("n",)), SourceFile(Path(), ""))
    assert message == "error[PA101]: m\n  = note: n"


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "carets"),
    [
        ("\tx = y", 1, 2, "    x = y", "    ^"),
        ("a\tx = y", 2, 3, "a   x = y", "    ^"),
        ("漢字 = y", 5, 6, "漢字 = y", "       ^"),
        ("漢字 = y", 0, 2, "漢字 = y", "^^^^"),
        ("e\u0301 = y", 5, 6, "e\u0301 = y", "    ^"),
        ("x = '\x1b[0m' + y", 13, 14, "x = '␛[0m' + y", "             ^"),
        ("x = '\u202e' + y", 10, 11, "x = '\N{REPLACEMENT CHARACTER}' + y", "          ^"),
        ("x = ", 4, 4, "x =", "    ^"),
        ("f(\x0cx)", 3, 4, "f(␌x)", "   ^"),
    ],
)
def test_carets_stand_under_the_place(line: str, start: int, end: int, shown: str, carets: str) -> None:
    assert at(line, Span(1, start, 1, end)).splitlines()[2:] == [f"1 | {shown}", f"  | {carets} here"]


def test_lines_are_counted_as_python_counts_them() -> None:
    text = "a = '\x0c\u2028'\r\nb = 2\rc = 3\n"
    assert at(text, Span(3, 0, 3, 1)).splitlines()[2] == "3 | c = 3"


def test_long_line_numbers_widen_the_gutter() -> None:
    rows = at("\n" * 99 + "x = y", Span(100, 4, 100, 5)).splitlines()
    assert rows == ["   --> f.py:100:5", "    |", "100 | x = y", "    |     ^ here"]


@pytest.mark.parametrize("span", [NOWHERE, Span(7, 0, 7, 1)])
def test_message_without_a_line_to_show(span: Span) -> None:
    assert "|" not in at("x = y", span)


def test_notes_of_several_lines_are_indented() -> None:
    diagnostic = Diagnostic(SYNTAX_ERROR, "m", NOWHERE, notes=("cc said:\nerror: x\nerror: y",))
    assert render(diagnostic, SCAN).splitlines()[2:] == [
        "  = note: cc said:",
        "          error: x",
        "          error: y",
    ]


def test_colour_changes_nothing_but_colour() -> None:
    coloured = render_coloured(CARRIED, SCAN)
    assert coloured != render(CARRIED, SCAN)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in plain.splitlines()] == render(CARRIED, SCAN).splitlines()


def test_path_cannot_reach_the_terminal() -> None:
    source = SourceFile(Path("a\n\x1b[2Jb.py"), "")
    assert render(Diagnostic(SYNTAX_ERROR, "m", NOWHERE), source).splitlines()[1] == " --> a␊␛[2Jb.py"


def test_data_counts_columns_as_the_text_does() -> None:
    data = as_data(CARRIED, SCAN)
    assert data["code"] == "PA401"
    assert data["severity"] == "remark"
    assert data["span"] == {"line": 3, "column": 16, "end_line": 3, "end_column": 24}
    assert as_data(replace(CARRIED, span=NOWHERE), SCAN)["span"] is None
