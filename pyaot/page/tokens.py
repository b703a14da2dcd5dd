"""Text in pieces of one colour, by Pygments: Python, NumPy and C, line by line.

Pieces are plain text. What a page must not show as it is (controls, overrides of the direction of writing) is
shown as a picture of it.
"""

from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct
from pygments.lexer import Lexer
from pygments.lexers.c_cpp import CLexer
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType

from pyaot.base.render import picture

_KINDS = (
    (Comment.Preproc, "directive"),
    (Comment, "comment"),
    (String, "string"),
    (Number, "number"),
    (Keyword, "keyword"),
    (Operator.Word, "keyword"),
    (Name.Function, "name"),
    (Name.Decorator, "name"),
    (Name.Builtin, "builtin"),
)


class Piece(Struct, frozen=True):
    """Text of one kind; "" is a kind without a colour."""

    kind: str
    text: str


Line = tuple[Piece, ...]


def python_lines(text: str) -> tuple[Line, ...]:
    """Python text, every line of it."""
    return _lines(PythonLexer(), text)


def c_lines(text: str) -> tuple[Line, ...]:
    """C text."""
    return _lines(CLexer(), text)


def shown(text: str) -> str:
    """Text that can be seen; tabs stay."""
    return "".join(char if char == "\t" else picture(char) for char in text)


def cut(line: Line, places: list[int]) -> Iterator[tuple[int, Piece]]:
    """The pieces of a line, cut where one of the columns is, with the columns at which they begin."""
    column = 0
    for piece in line:
        end = column + len(piece.text)
        edges = [column, *sorted({place for place in places if column < place < end}), end]
        for first, last in pairwise(edges):
            yield first, Piece(piece.kind, piece.text[first - column : last - column])
        column = end


def _lines(lexer: Lexer, text: str) -> tuple[Line, ...]:
    lines: list[list[Piece]] = [[]]
    for _, token, value in lexer.get_tokens_unprocessed(text):
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(Piece(_kind(token), part))
    return tuple(map(tuple, lines))


def _kind(token: _TokenType) -> str:
    return next((kind for family, kind in _KINDS if token in family), "")
