"""Messages and reports name what stands in the user's text, and nothing of the compiler's own."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyaot.base.diagnostics import Diagnostic
from pyaot.base.options import Options
from pyaot.base.source import SourceFile, read_source
from pyaot.driver import compile_source
from pyaot.output.report import report
from tests.equivalence.lowering_cases import HEAD
from tests.equivalence.test_lowering import CASES
from tests.house.sources import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SMALL = tuple(SourceFile(Path("p.py"), HEAD + case.text) for case in CASES)
PARTS = 4

_QUOTED = re.compile(r"'([A-Za-z_]\w*)'")
_NUMBERED = re.compile(r"\b[A-Za-z]\w*_\w+\b")
# Names in the report that the user reads; `kernel` and `refuses` are of generated text.
_SHOWN = ("because", "into", "index", "writes")


def _said(found: Diagnostic) -> Iterator[str]:
    """What is about the program; hints may name what the user is to write."""
    yield from (found.message, found.label, *found.notes)
    yield from (related.label for related in found.related)


def _shown(data: Any, key: str = "") -> Iterator[str]:
    match data:
        case dict():
            for inner, value in data.items():
                yield from _shown(value, inner)
        case list():
            for value in data:
                yield from _shown(value, key)
        case str() if key in _SHOWN:
            yield data


def _strangers(source: SourceFile) -> list[str]:
    """Texts with names that the source does not have."""
    compilation = compile_source(source, Options(jobs=1))
    data = report(source, compilation.plan.entries, (), compilation.options)
    known = {*re.findall(r"\w+", source.text), source.path.stem}
    texts = [text for found in compilation.diagnostics for text in _said(found)]
    return [
        text
        for text in (*texts, *_shown(data["functions"]))
        if not {*_QUOTED.findall(text), *_NUMBERED.findall(text)} <= known
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples(path: Path) -> None:
    assert _strangers(read_source(path)) == []


@pytest.mark.parametrize("part", range(PARTS))
def test_small_programs(part: int) -> None:
    assert [text for source in SMALL[part::PARTS] for text in _strangers(source)] == []


def test_strangers_are_seen() -> None:
    assert _QUOTED.findall("Loop 'next' reads 'a[j]'.") == ["next"]
    assert _NUMBERED.findall("total_2 is combined") == ["total_2"]
