"""What a compilation gives: the files of one module, and which of the module's lines are generated."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from pyaot.base.diagnostics import Diagnostic
from pyaot.base.source import SourceFile


class Inserted(Struct, frozen=True):
    """Generated lines: from line `first` (1-based) of the written file on, `count` of them.

    `lines`: for each the user's line that it repeats, 0 where it repeats none; empty where none does.
    """

    first: int
    count: int
    lines: tuple[int, ...] = ()


class Module(Struct, frozen=True):
    """The text of the drop-in."""

    text: str
    inserted: tuple[Inserted, ...]
    prefix: str  # of all names that generated text binds


class Kernels(Struct, frozen=True):
    """A library of kernels that stands beside the module: its name's stem, and the digest of its bytes."""

    stem: str
    digest: str


class Bundle(Struct, frozen=True):
    """What was written for one file of the user's."""

    source: SourceFile
    module: Module
    report: Mapping[str, Any]
    diagnostics: tuple[Diagnostic, ...]
    path: Path  # of the module
    paths: tuple[Path, ...]  # of all files
