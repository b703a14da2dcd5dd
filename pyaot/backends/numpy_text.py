"""Lines of generated Python: indentation, the user's line numbers, and long lines broken within brackets.

with text.block("if n > 1:"):
    text.add("out[1:n] = a[1:n]")           out[1:n] = a[1:n]  # line 7
"""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct, field

from pyaot.base.source import Span

STEP = "    "
WIDTH = 100


class Text(Struct):
    """The lines so far."""

    lines: list[str] = field(default_factory=list)
    depth: int = 0
    noted: int = 0  # the user's line that was named last

    def add(self, line: str, span: Span | None = None) -> None:
        """One statement; the first of a line of the user's says which line that is."""
        margin = STEP * self.depth
        pieces = _broken(line, WIDTH - len(margin))
        if span is not None and span.line not in (0, self.noted):
            self.noted = span.line
            pieces[0] += f"  # line {span.line}"
        self.lines += [margin + piece for piece in pieces]

    @contextmanager
    def block(self, head: str, span: Span | None = None) -> Iterator[None]:
        """What is added inside stands under the head; at least `pass`."""
        self.add(head, span)
        self.depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.add("pass")
        self.depth -= 1


def bare(text: str) -> str:
    """The text without brackets around all of it."""
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1]
    return text


def _closing(text: str) -> int:
    """Where the bracket closes that opens the text."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0:
            return place
    return -1


def _broken(line: str, width: int) -> list[str]:
    """The statement in lines of that width; inside brackets every blank may be a line's end."""
    target, equals, value = line.partition(" = ")
    if line.endswith(":"):
        return [line] if len(line) <= width else _broken_head(line, width)
    if not equals:
        return [line]
    value = bare(value)
    if len(target) + len(value) + 3 <= width or len(value) < width // 3:
        return [f"{target} = {value}"]
    return [f"{target} = (", *(STEP + piece for piece in _wrapped(value, width)), ")"]


def _broken_head(line: str, width: int) -> list[str]:
    word, _, condition = line[:-1].partition(" ")
    if word == "for" and line.endswith("):"):
        head, bracket, bounds = line[:-2].partition("(")
        return [f"{head}{bracket}", *(STEP * 2 + piece for piece in _wrapped(bounds, width)), "):"]
    if word not in ("if", "while"):
        return [line]
    return [f"{word} (", *(STEP + piece for piece in _wrapped(condition, width)), "):"]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width - len(STEP), break_long_words=False, break_on_hyphens=False)
