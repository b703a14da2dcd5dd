"""Whatever the arguments are, a compiled function gives the original's result or the original's exception."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.equivalence.drawn_arguments import subjects
from tests.house.sources import ROOT

SUBJECTS = subjects()


@dataclass(frozen=True)
class Told:
    """What a process found about every subject it reached, and how it ended."""

    told: dict[str, str]
    end: str


def explore(folder: Path, fp: str, examples: int, seed: int) -> Told:
    """Runs `drawn_arguments` in a process of its own."""
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.equivalence.drawn_arguments"]
    done = subprocess.run(
        [*command, str(folder), fp, str(examples), str(seed)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    path = folder / "told.json"
    running = folder / "running.txt"
    last = running.read_text() if running.exists() else ""
    told = json.loads(path.read_text()) if path.exists() else {}
    return Told(told, f"status {done.returncode}\n{done.stderr[-3000:]}\nlast call: {last}")


@pytest.fixture(scope="module")
def relaxed(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return explore(tmp_path_factory.mktemp("relaxed"), "relaxed", examples=25, seed=1)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_compiled_function_does_what_the_original_does(relaxed: Told, subject: str) -> None:
    assert subject in relaxed.told, relaxed.end
    assert relaxed.told[subject] == ""


@pytest.mark.long
@pytest.mark.parametrize("fp", ["relaxed", "strict"])
@pytest.mark.parametrize("seed", range(2, 5))
def test_many_arguments(fp: str, seed: int, tmp_path: Path) -> None:
    found = explore(tmp_path, fp, examples=400, seed=seed)
    assert {s: t for s, t in found.told.items() if t} == {}
    assert set(found.told) == set(SUBJECTS), found.end
