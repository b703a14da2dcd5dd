"""The loops and functions of a file by its text; array expressions come from the IR.

for i in range(n):                  for      its head is coloured, its span is the whole statement
    c[i] = [x * 2 for x in row]     comprehension
d = a + b                           array    'a + b', which the front end made loops of
"""

import ast
from collections.abc import Iterator

from msgspec import Struct

from pyaot.base.source import Span

FUNCTION, FOR, WHILE, COMPREHENSION, ARRAY = "function", "for", "while", "comprehension", "array"

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Place(Struct, frozen=True):
    """A stretch of text that something became of."""

    kind: str
    head: Span  # what is coloured
    span: Span  # all of it
    name: str = ""  # of a function, qualified as Python does it
    function: str = ""  # the function around it

    @property
    def start(self) -> tuple[int, int]:
        """Where it begins."""
        return self.span.line, self.span.column


class Text(Struct, frozen=True):
    """The lines of a file; columns count characters, where the ast counts bytes."""

    lines: tuple[str, ...]

    def of(self, span: Span) -> str:
        """The text of a span, on one line."""
        if not 1 <= span.line <= len(self.lines):
            return ""
        if span.end_line <= span.line:
            return self.lines[span.line - 1][span.column : span.end_column]
        first = self.lines[span.line - 1][span.column :]
        middle = self.lines[span.line : span.end_line - 1]
        return " ".join(part.strip() for part in (first, *middle, self.last_of(span)))

    def last_of(self, span: Span) -> str:
        """The end of a span in its last line."""
        return self.lines[span.end_line - 1][: span.end_column]

    def span(self, first: tuple[int, int], last: tuple[int, int]) -> Span:
        """From a place of the ast to another one."""
        return Span(first[0], self._characters(*first), last[0], self._characters(*last))

    def _characters(self, line: int, column: int) -> int:
        return len(self.lines[line - 1].encode()[:column].decode(errors="ignore"))


def text_of(source: str) -> Text:
    """The lines as Python counts them."""
    return Text(tuple(source.replace("\r\n", "\n").replace("\r", "\n").split("\n")))


def places_in(source: str) -> tuple[Place, ...]:
    """All functions and loops of the text, in its order."""
    finder = _Finder(text_of(source))
    found = finder.in_tree(ast.parse(source))
    return tuple(sorted(found, key=lambda place: (place.head.line, place.head.column)))


class _Finder(Struct, frozen=True):
    text: Text

    def in_tree(self, tree: ast.AST) -> Iterator[Place]:
        """All places; expressions may be nested deeper than Python's own calls may."""
        waiting = [(tree, "")]
        while waiting:
            node, function = waiting.pop()
            yield from self.in_one(node, function)
            if isinstance(node, _Function | ast.ClassDef):
                function = f"{function}.{node.name}".lstrip(".")
            waiting += [(child, function) for child in ast.iter_child_nodes(node)]

    def in_one(self, node: ast.AST, function: str) -> Iterator[Place]:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield self.function(node, f"{function}.{node.name}".lstrip("."))
            case ast.For() | ast.AsyncFor():
                yield self.statement(FOR, node, node.iter, function)
            case ast.While():
                yield self.statement(WHILE, node, node.test, function)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                for generator in node.generators:
                    yield self.generator(node, generator, function)

    def function(self, node: _Function, name: str) -> Place:
        line = self.text.lines[node.lineno - 1]
        start = self.text.span((node.lineno, node.col_offset), (node.lineno, node.col_offset)).column
        end = line.find(node.name, start + len("def"))
        # a name that is written in another form of Unicode is not found
        end = end + len(node.name) if end >= 0 else len(line)
        head = Span(node.lineno, start, node.lineno, end)
        return Place(FUNCTION, head, self.whole(node), name, name)

    def statement(
        self, kind: str, node: ast.For | ast.AsyncFor | ast.While, last: ast.expr, function: str
    ) -> Place:
        end = (last.end_lineno or last.lineno, last.end_col_offset or 0)
        head = self.text.span((node.lineno, node.col_offset), end)
        return Place(kind, head, self.whole(node), function=function)

    def generator(self, node: _Comprehension, generator: ast.comprehension, function: str) -> Place:
        """From the word `for` on."""
        last = generator.ifs[-1] if generator.ifs else generator.iter
        end = (last.end_lineno or last.lineno, last.end_col_offset or 0)
        head = self.text.span((generator.target.lineno, generator.target.col_offset), end)
        before = self.text.lines[head.line - 1][: head.column].rstrip()
        if before.endswith("for"):
            head = Span(head.line, len(before) - len("for"), head.end_line, head.end_column)
        return Place(COMPREHENSION, head, self.whole(node), function=function)

    def whole(self, node: ast.stmt | ast.expr) -> Span:
        end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
        return self.text.span((node.lineno, node.col_offset), end)


def holds(outer: Span, inner: Span) -> bool:
    """Whether a span stands within another one."""
    start = (outer.line, outer.column) <= (inner.line, inner.column)
    return start and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
