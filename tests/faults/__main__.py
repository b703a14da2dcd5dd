"""A program: plants each fault of `table.py` in a copy of the project, then runs properties until one fails.

python -m tests.faults [--rounds N] [--only TEXT] [--skip N]

The properties are those of tests/equivalence that draw programs or arguments: each round has a seed of its
own. It ends with 1 where fewer than 95 % of the faults were caught, or where they fail without any fault.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.progress import track

from tests.faults.table import FAULTS
from tests.faults.tree import copy_tree, planted
from tests.house.sources import ROOT

WANTED = 0.95
LIMIT = 900  # seconds for one property


def main(rounds: int, only: str, skip: int) -> int:
    """Prints what became of each fault; gives the exit status."""
    faults = [fault for fault in FAULTS if only in fault.name][skip:]
    caught = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "project"
        copy_tree(ROOT, tree)
        failing = first_failing(tree, Path(folder), 1)
        if failing:
            print(f"without any fault: {failing} fails")
            return 1
        for fault in track(faults, "faults", disable=not sys.stderr.isatty()):
            with planted(fault, tree):
                failing = first_failing(tree, Path(folder), rounds)
            caught += bool(failing)
            print(f"{'caught by ' + failing if failing else 'NOT CAUGHT':44} {fault.name}", flush=True)
    print(f"{caught} of {len(faults)} faults were caught")
    return 0 if caught >= WANTED * len(faults) else 1


def first_failing(tree: Path, folder: Path, rounds: int) -> str:
    """The first property that does not hold, in words; '' where all hold."""
    environment = {**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{tree / 'runtime'}", "PYTHONHASHSEED": "0"}
    for words, command in properties(folder, rounds):
        try:
            done = subprocess.run(
                [sys.executable, *command],
                cwd=tree,
                env=environment,
                capture_output=True,
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"{words}, which did not end"
        if done.returncode:
            return words
    return ""


def properties(folder: Path, rounds: int) -> Iterator[tuple[str, list[str]]]:
    """Every property with its command, cheap and telling ones first."""
    versions = ["-m", "tests.equivalence.drawn_versions", str(folder)]
    tests = ["-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
    yield (
        "stages of drawn programs",
        [*tests, "tests/equivalence/test_stages.py", "-k", "drawn", "-m", "not long"],
    )
    for seed in range(1, rounds + 1):
        for fp in ("relaxed", "strict"):
            yield f"{fp} versions, seed {seed}", [*versions, fp, str(seed), "40", "whole"]
        yield f"versions of regions, seed {seed}", [*versions, "relaxed", str(seed), "40", "regions"]
        if seed == 1:
            yield "drawn arguments", [*tests, "tests/equivalence/test_arguments.py", "-m", "not long"]


def given(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how many seeds a fault has to survive")
    parser.add_argument("--only", default="", help="faults whose name has this text")
    parser.add_argument("--skip", type=int, default=0, help="so many of these were looked at before")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    options = given()
    raise SystemExit(main(options.rounds, options.only, options.skip))
