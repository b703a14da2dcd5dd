"""The generated text of a function, a pane for each version, and which of the user's lines a line is for.

for (int64_t i = 1; i < n; i++) {       /* line 7 */
    a[i] = ...                          still line 7: comments stand where the line changes
}
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from pyaot.backends.to_native import ENTRY_PREFIX
from pyaot.driver import Compilation
from pyaot.page.tokens import Line, c_lines, python_lines

_PLACE = re.compile(r"(?:/\* |# )(?:[^*#]*:|line )(\d+)(?: \*/)?\s*$")
_TITLES = {"native": "C (native)", "numpy": "NumPy", "cupy": "CuPy", "ray": "Ray"}


class CodeLine(Struct, frozen=True):
    """A line of generated text; `origin` is the user's line, 0 where there is none."""

    number: int
    origin: int
    pieces: Line


class Pane(Struct, frozen=True):
    """One version's text."""

    version: str
    title: str
    lines: tuple[CodeLine, ...]


def panes_of(compilation: Compilation, function: str, targets: tuple[str, ...]) -> tuple[Pane, ...]:
    """The versions that there are, in order of speed."""
    panes = []
    for target in targets:
        text = _text(compilation, function, target)
        pieces = c_lines(text) if target == "native" else python_lines(text)
        lines = zip(pieces, origins(text), strict=True)
        numbered = (CodeLine(number, origin, line) for number, (line, origin) in enumerate(lines, start=1))
        panes.append(Pane(target, _TITLES.get(target, target), tuple(numbered)))
    return tuple(panes)


def _text(compilation: Compilation, function: str, target: str) -> str:
    native = compilation.native
    if target == "native" and native is not None:
        return native.parts[native.symbols.index(ENTRY_PREFIX + function)].strip("\n")
    return compilation.numpy[function].text.strip("\n")


def origins(text: str) -> Iterator[int]:
    """The user's line for each line of the text: that of its comment, or of what it stands in or behind."""
    open_lines: list[tuple[int, int]] = []  # indentation, and the line named last at it
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip())
        if line.strip():
            open_lines = [(depth, origin) for depth, origin in open_lines if depth <= indent]
        named = _PLACE.search(line)
        if named:
            open_lines = [(depth, origin) for depth, origin in open_lines if depth < indent]
            open_lines.append((indent, int(named[1])))
        yield open_lines[-1][1] if open_lines else 0
