"""Source text and places in it."""

import tokenize
from pathlib import Path

from msgspec import Struct


class Span(Struct, frozen=True):
    """A stretch of source text: 1-based lines, 0-based columns, the end excluded."""

    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE = Span(0, 0, 0, 0)


class SourceFile(Struct, frozen=True):
    """A Python file as text; `path` is where it was read, for messages and for the cache."""

    path: Path
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.splitlines()


def read_source(path: Path) -> SourceFile:
    """The file at `path`, decoded as Python decodes it (PEP 263).

    Raises OSError where it cannot be read, SyntaxError or UnicodeDecodeError where it cannot be decoded.
    """
    with tokenize.open(path) as stream:
        return SourceFile(path, stream.read())


def is_own(path: Path, folder: Path) -> bool:
    """Whether a file belongs to the program of that folder, and to no package that is installed in it."""
    return folder in path.resolve().parents and "site-packages" not in path.parts
