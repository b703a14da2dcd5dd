"""Every version of a compiled function does what the original does: exactly, or within its rounding."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT


def compare_versions(folder: Path, fp: str, seed: int, count: int, kind: str = "whole") -> str:
    """What `drawn_versions` prints in a process of its own, which must end well."""
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.equivalence.drawn_versions"]
    done = subprocess.run(
        [*command, str(folder), fp, str(seed), str(count), kind],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    running = folder / "running.txt"
    last = f"last call: {running.read_text()}" if done.returncode not in (0, 1) and running.exists() else ""
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}\n{last}"
    return done.stdout


@pytest.mark.parametrize("fp", ["relaxed", "strict"])
def test_versions_of_drawn_programs(fp: str, tmp_path: Path) -> None:
    told = compare_versions(tmp_path, fp, seed=1, count=20)
    assert "native ran" in told and "numpy ran" in told


def test_versions_of_dense_programs(tmp_path: Path) -> None:
    told = compare_versions(tmp_path, "relaxed", seed=3, count=15, kind="dense")
    assert "native ran f" in told


def test_versions_of_regions(tmp_path: Path) -> None:
    told = compare_versions(tmp_path, "relaxed", seed=2, count=20, kind="regions")
    assert "native ran f" in told and ":" in told.partition("native ran")[2].splitlines()[0]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
@pytest.mark.parametrize("fp", ["relaxed", "strict"])
def test_versions_of_many_programs(fp: str, seed: int, tmp_path: Path) -> None:
    compare_versions(tmp_path, fp, seed, count=40)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(300, 320))
@pytest.mark.parametrize("fp", ["relaxed", "strict"])
def test_versions_of_many_dense_programs(fp: str, seed: int, tmp_path: Path) -> None:
    compare_versions(tmp_path, fp, seed, count=40, kind="dense")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200, 220))
@pytest.mark.parametrize("fp", ["relaxed", "strict"])
def test_versions_of_many_regions(fp: str, seed: int, tmp_path: Path) -> None:
    compare_versions(tmp_path, fp, seed, count=40, kind="regions")
