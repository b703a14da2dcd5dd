"""A file's syntax tree as data: `frontend/parse.py` makes it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache

import libcst as cst
from libcst.metadata import CodeRange
from msgspec import Struct

from pyaot.base.source import SourceFile, Span


class SyntaxTree(Struct, frozen=True):
    """A parsed file; `spans` knows the place of every node of `module`."""

    source: SourceFile
    module: cst.Module
    spans: Mapping[cst.CSTNode, CodeRange]

    def span_of(self, node: cst.CSTNode) -> Span:
        """Where the node stands, without its parentheses, comments and surrounding white space."""
        place = self.spans[node]
        return Span(place.start.line, place.start.column, place.end.line, place.end.column)

    def text_of(self, node: cst.CSTNode) -> str:
        """The node as Python text, parentheses included."""
        return self.module.code_for_node(node)


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes directly below `node` that carry meaning: no white space, commas, parentheses or comments."""
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from (item for item in value if isinstance(item, cst.CSTNode))


def walk(*nodes: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes and everything below them, parents first (not by recursion: trees may be deep)."""
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(children(node))))


def walk_body(body: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """As `walk`, without what lies inside functions, lambdas and classes that stand in the body."""
    waiting = [body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (cst.FunctionDef, cst.Lambda, cst.ClassDef)):
            waiting.extend(reversed(list(children(node))))


_NO_MEANING = re.compile(
    r"whitespace|leading_lines|lines_after|header|footer|[lr]par|[lr]bracket|[lr]brace|comma|semicolon|equal|dot$|colon"
)


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if not _NO_MEANING.search(field.name))
