"""`pyaot verify` finds what a compiler with one mistake does otherwise; CI tries some of them."""

from pathlib import Path

import pytest

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.verify.process import Settings, verify
from tests.unit.verify.mutants import HEAD, MUTANTS, Mutant

EXAMPLES = 300
SECONDS = 30.0
SAMPLE = (
    "flow dependences are not seen",
    "bounds are not asked for",
    "sums are in another order",
    "every thread runs the whole loop",
    "copies are not copied back",
    "another slice",
)


def found(mutant: Mutant, folder: Path, patch: pytest.MonkeyPatch) -> str:
    """What is said of the function."""
    text = HEAD + mutant.text
    path = folder / "mutant.py"
    path.write_text(text)
    mutant.plant(patch)
    settings = Settings(Options(strict=mutant.strict, jobs=1), EXAMPLES, SECONDS, 0)
    (report,) = verify(SourceFile(path, text), ["f"], settings).functions
    return "" if report.difference is None else report.difference.as_text("f")


def test_mutants_have_names() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names) and set(SAMPLE) < set(names) and len(names) >= 20


@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.name in SAMPLE], ids=lambda m: m.name)
def test_some_mutants(mutant: Mutant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "def test_f() -> None:" in found(mutant, tmp_path, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_every_mutant(mutant: Mutant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(mutant, tmp_path, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("text", list(dict.fromkeys(m.text for m in MUTANTS)))
def test_the_compiler_without_mistakes(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for strict in (False, True):
        assert found(Mutant("none", text, lambda patch: None, strict), tmp_path, monkeypatch) == ""
