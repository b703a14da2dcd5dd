"""What a compilation gives: the files of one module, and which of the module's lines are generated."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyaot.base.diagnostics import Diagnostic
from pyaot.base.source import SourceFile


@dataclass(frozen=True)
class Inserted:
    """Generated lines: from line `first` (1-based) of the written file on, `count` of them.

    `lines`: for each the user's line that it repeats, 0 where it repeats none; empty where none does.
    """

    first: int
    count: int
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Module:
    """The text of the drop-in."""

    text: str
    inserted: tuple[Inserted, ...]
    prefix: str  # of all names that generated text binds


@dataclass(frozen=True)
class Kernels:
    """A library of kernels that stands beside the module: its name's stem, and the digest of its bytes."""

    stem: str
    digest: str


@dataclass(frozen=True)
class Bundle:
    """What was written for one file of the user's."""

    source: SourceFile
    module: Module
    report: Mapping[str, Any]
    diagnostics: tuple[Diagnostic, ...]
    path: Path  # of the module
    paths: tuple[Path, ...]  # of all files
