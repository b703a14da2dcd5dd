"""A file's syntax tree as data: `frontend/parse.py` makes it."""

from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import CodeRange

from pyaot.base.source import SourceFile, Span


@dataclass(frozen=True)
class SyntaxTree:
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
