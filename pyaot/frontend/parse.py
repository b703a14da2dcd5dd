"""Text becomes a libcst tree that knows where its nodes stand.

Python itself reads the text first (without executing it): its syntax errors are the ones users know, and it
also finds what a grammar cannot, such as `return` outside a function. libcst then gives the tree.
"""

import ast
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from pyaot.base.catalogue import SYNTAX_ERROR
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.errors import PyaotError
from pyaot.base.source import SourceFile, Span
from pyaot.frontend.syntax import SyntaxTree

# libcst finds positions by recursion, some ten frames per level of nesting: a sum of 400 terms is deeper than
# Python's usual limit. What Python's own parser accepts (about 3000 levels) fits into this many frames.
_FRAMES = 40_000


def parse(source: SourceFile) -> SyntaxTree:
    """The tree of a file; PyaotError (PA101) where Python would not accept its text."""
    _check_python_accepts(source)
    return read_tree(source)


def read_tree(source: SourceFile) -> SyntaxTree:
    """The tree of a file that is Python for libcst, which also knows the grammar of later Pythons."""
    try:
        module = cst.parse_module(source.text)
    except cst.ParserSyntaxError as error:
        at = Span(error.raw_line, error.raw_column, error.raw_line, error.raw_column + 1)
        raise PyaotError(_syntax_error(str(error.message), at)) from error
    with _deep_recursion():
        spans = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    return SyntaxTree(source, module, spans)


def _check_python_accepts(source: SourceFile) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source.text, str(source.path), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise PyaotError(_syntax_error(error.msg, _span_of_error(error, source))) from error
    except (RecursionError, MemoryError) as error:
        message = "an expression is nested more deeply than Python can read"
        raise PyaotError(_syntax_error(message, Span(1, 0, 1, 1))) from error
    except ValueError as error:  # NUL characters, surrogates
        raise PyaotError(_syntax_error(str(error), Span(1, 0, 1, 1))) from error


def _syntax_error(message: str, at: Span) -> Diagnostic:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Diagnostic(
        SYNTAX_ERROR,
        "The file is not valid Python.",
        at,
        label=message,
        notes=(f"The file was read as Python {version}, the version that runs pyaot.",),
    )


def _span_of_error(error: SyntaxError, source: SourceFile) -> Span:
    """The place of Python's error: at least one character of one line, wherever Python's ends point."""
    line = error.lineno or 1
    in_bytes = _has_grammar(source)
    column = _column(source, line, error.offset, in_bytes)
    end_column = _column(source, line, error.end_offset, in_bytes)
    if error.end_lineno is not None and error.end_lineno > line:
        end_column = len(_line(source, line))
    return Span(line, column, line, max(end_column, column + 1))


def _has_grammar(source: SourceFile) -> bool:
    """Whether Python's parser accepts the text; the passes after it count columns in bytes of UTF-8."""
    try:
        ast.parse(source.text)
    except SyntaxError:
        return False
    return True


def _column(source: SourceFile, line: int, offset: int | None, in_bytes: bool) -> int:
    """Python's 1-based offset (0, -1 or None where it has none) as a 0-based column."""
    column = max((offset or 1) - 1, 0)
    if in_bytes:
        return len(_line(source, line).encode()[:column].decode(errors="ignore"))
    return column


def _line(source: SourceFile, number: int) -> str:
    # Only line feeds end a line here: `str.splitlines` also breaks at form feeds, which Python does not.
    lines = source.text.split("\n")
    return lines[number - 1] if number <= len(lines) else ""


@contextmanager
def _deep_recursion() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
