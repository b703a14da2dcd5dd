"""parse: spans, and Python's errors at their exact place."""

from pathlib import Path

import libcst as cst
import pytest

from pyaot.base.errors import PyaotError
from pyaot.base.source import SourceFile, Span
from pyaot.frontend.parse import parse, read_tree


def source(text: str) -> SourceFile:
    return SourceFile(Path("prog.py"), text)


def first_expression(text: str) -> tuple[Span, str]:
    tree = parse(source(text))
    statement = tree.module.body[0]
    assert isinstance(statement, cst.SimpleStatementLine)
    expression = statement.body[0]
    assert isinstance(expression, cst.Expr)
    return tree.span_of(expression.value), tree.text_of(expression.value)


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("a + b\n", Span(1, 0, 1, 5), "a + b"),
        ("# note\n\n(a\n + b)\n", Span(3, 1, 4, 4), "(a\n + b)"),
        ("é(1)  # note\n", Span(1, 0, 1, 4), "é(1)"),
    ],
)
def test_spans(text: str, span: Span, shown: str) -> None:
    assert first_expression(text) == (span, shown)


@pytest.mark.parametrize("text", ["", "\n", "# a comment", "x = 1", "match x:\n    case 1:\n        pass\n"])
def test_accepted(text: str) -> None:
    assert parse(source(text)).module.code == text


@pytest.mark.parametrize(
    ("text", "span", "label"),
    [
        ("def f(:\n    pass\n", Span(1, 6, 1, 7), "invalid syntax"),
        ("x = (1,\n", Span(1, 4, 1, 5), "'(' was never closed"),
        ("é = 1; x = = 2\n", Span(1, 11, 1, 12), "invalid syntax"),
        ("é = 1; return 1\n", Span(1, 7, 1, 15), "'return' outside function"),
        ("def ä(ä, ä):\n    pass\n", Span(1, 9, 1, 10), "duplicate argument 'ä' in function definition"),
        ("break\n", Span(1, 0, 1, 5), "'break' outside loop"),
        ("x = 1\n  y = 2\n", Span(2, 1, 2, 2), "unexpected indent"),
        (
            "def f():\n    x = 1\n    global x\n",
            Span(3, 4, 3, 12),
            "name 'x' is assigned to before global declaration",
        ),
    ],
)
def test_errors_have_their_place(text: str, span: Span, label: str) -> None:
    with pytest.raises(PyaotError) as caught:
        parse(source(text))
    diagnostic = caught.value.diagnostic
    assert (diagnostic.code.number, diagnostic.span, diagnostic.label) == ("PA101", span, label)


@pytest.mark.parametrize(
    "text", ["x = 1\n\0", "x = '\ud800'\n", "x = " + "-" * 5000 + "1\n", "x = '''\n", "f'{'\n"]
)
def test_odd_texts_are_errors_too(text: str) -> None:
    with pytest.raises(PyaotError):
        parse(source(text))


def test_long_sums_are_read() -> None:
    text = "x = " + " + ".join(["1"] * 1500) + "\n"
    assert len(parse(source(text)).module.body) == 1


def test_reading_does_not_execute() -> None:
    parse(source("raise SystemExit('executed')\n"))


def test_warnings_of_the_users_text_stay_silent(recwarn: pytest.WarningsRecorder) -> None:
    parse(source("x = '\\d'\ny = x is 'a'\n"))
    assert not recwarn.list


def test_newer_grammar_reads() -> None:
    assert read_tree(source("type Vector = list[float]\n")).module.body
