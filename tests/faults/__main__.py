"""A program: plants each fault of `table.py`, one at a time, then looks at properties until one fails.

python -m tests.faults [--rounds N] [--only TEXT] [--skip N]

The properties are tests that draw their programs or arguments: each round has a seed of its own. Faults of
the middle and of NumPy text are planted in forks first (`forked.py`), all others, and what the forks do not
catch, in a copy of the project. It ends with 1 where fewer than 95 % of the faults were caught, or where a
property fails without any fault.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rich.progress import track

from tests.faults.forked import FORKED, Subject, first_caught, right_without, subjects
from tests.faults.table import FAULTS, Fault
from tests.faults.tree import copy_tree, planted
from tests.house.sources import ROOT

WANTED = 0.95
LIMIT = 900  # seconds for one property
PROGRAMS = 110  # of a round, for the stages of the middle
KERNELS = 30  # programs of a round that become versions

# Tests that draw what one part of the compiler takes, by where that part lies.
NEAR = {
    "pyaot/poly/": ("tests/unit/poly/test_equivalence.py", "tests/unit/poly/test_recurrences.py"),
    "pyaot/normalise/": ("tests/unit/normalise/test_pipeline.py", "tests/unit/normalise/test_decide.py"),
    "pyaot/backends/numpy": ("tests/unit/backends/test_to_numpy_properties.py",),
    "pyaot/backends/c": ("tests/unit/backends/test_native_scalars.py",),
    "pyaot/plan/": ("tests/unit/output/test_drawn_calls.py",),
    "pyaot/output/": ("tests/unit/output/test_drawn_calls.py",),
    "runtime/": ("tests/unit/runtime/test_arrays.py", "tests/unit/output/test_drawn_calls.py"),
}
DRAWN = "hypothesis and not long"


def main(rounds: int, only: str, skip: int) -> int:
    """Prints what became of each fault; gives the exit status."""
    faults = [fault for fault in FAULTS if only in fault.name][skip:]
    caught = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "project"
        copy_tree(ROOT, tree)
        failing = failing_without(faults, tree, Path(folder))
        if failing:
            print(f"without any fault: {failing} fails")
            return 1
        for fault in track(faults, "faults", disable=not sys.stderr.isatty()):
            failing = in_forks(fault, rounds)
            if not failing:
                with planted(fault, tree):
                    failing = first_failing(tree, properties(fault.path, Path(folder), rounds))
            caught += bool(failing)
            print(f"{'caught by ' + failing if failing else 'NOT CAUGHT':60} {fault.name}", flush=True)
    print(f"{caught} of {len(faults)} faults were caught")
    return 0 if caught >= WANTED * len(faults) else 1


def failing_without(faults: list[Fault], tree: Path, folder: Path) -> str:
    """The first property that fails though nothing is planted."""
    seen: set[str] = set()
    for path in dict.fromkeys(fault.path for fault in faults):
        new = [(words, command) for words, command in properties(path, folder, 1) if words not in seen]
        seen |= {words for words, _ in new}
        failing = first_failing(tree, new)
        if failing:
            return failing
    return ""


def in_forks(fault: Fault, rounds: int) -> str:
    """What catches a fault in a fork, in words; '' where nothing does, or it lies elsewhere."""
    if not fault.path.startswith(FORKED):
        return ""
    for seed in range(1, rounds + 1):
        for fp in ("relaxed", "strict") if seed == 1 else ("relaxed",):
            number = first_caught(fault, _subjects(seed), strict=fp == "strict")
            if number is not None:
                return f"{fp} dense programs, seed {seed}, program {number}"
    return ""


@cache
def _subjects(seed: int) -> list[Subject]:
    return right_without(subjects(seed, PROGRAMS))


def first_failing(tree: Path, commands: Iterator[tuple[str, list[str]]] | list[tuple[str, list[str]]]) -> str:
    """The first property that does not hold, in words; '' where all hold."""
    environment = {**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{tree / 'runtime'}", "PYTHONHASHSEED": "0"}
    for words, command in commands:
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


def properties(path: str, folder: Path, rounds: int) -> Iterator[tuple[str, list[str]]]:
    """Every property with its command, near and cheap ones first; `path` is where the fault lies."""
    versions = ["-m", "tests.equivalence.drawn_versions", str(folder)]
    tests = ["-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
    near = next(files for start, files in NEAR.items() if path.startswith(start))
    for seed in range(1, rounds + 1):
        drawing = ["-m", DRAWN, "--hypothesis-profile=once", f"--hypothesis-seed={seed}"]
        yield f"{near[0].rpartition('/')[2]}, seed {seed}", [*tests, *drawing, *near]
        if seed == 1 and path.startswith(("pyaot/plan/", "pyaot/output/", "runtime/")):
            yield _arguments(tests)
        for fp in ("relaxed", "strict"):
            yield f"{fp} dense versions, seed {seed}", [*versions, fp, str(seed), str(KERNELS), "dense"]
            yield f"{fp} versions, seed {seed}", [*versions, fp, str(seed), str(KERNELS), "whole"]
        yield f"versions of regions, seed {seed}", [*versions, "relaxed", str(seed), str(KERNELS), "regions"]
        if seed == 1:
            yield _arguments(tests)


def _arguments(tests: list[str]) -> tuple[str, list[str]]:
    return "drawn arguments", [*tests, "tests/equivalence/test_arguments.py", "-m", "not long"]


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
