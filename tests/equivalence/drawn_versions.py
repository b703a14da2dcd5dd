"""A program: draws functions, compiles them in one file, and compares every version with the original.

python -m tests.equivalence.drawn_versions FOLDER relaxed|strict SEED COUNT [whole|dense|regions]

It ends with 1 after a difference. In a process of its own a kernel that crashes costs one test;
FOLDER/running.txt says which call that was.
"""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import pyaot_runtime
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from pyaot_runtime import trace

from pyaot.base.options import Options
from pyaot.verify.difference import difference
from pyaot.verify.observe import Seen, observe
from pyaot.verify.rounding import Rounding, rounding_for, unreliable
from tests.equivalence.compiled import VERSIONS, compile_text, load
from tests.equivalence.tame import tame
from tests.strategies.arguments import Arguments
from tests.strategies.dense import dense_programs
from tests.strategies.interrupted import interrupted_programs
from tests.strategies.programs import HEAD, Case, programs

KINDS = {"whole": programs, "dense": dense_programs, "regions": interrupted_programs}
THREADS = (1, 3)
LAYOUTS = ("plain", "plain", "plain", "strided", "fortran", "reversed", "unaligned")
STATES = ({}, {"all": "ignore"}, {"all": "raise"})


@dataclass(frozen=True)
class Run:
    """One call under some conditions."""

    version: str
    threads: int
    name: str
    state: dict[str, str]

    def __str__(self) -> str:
        return f"{self.name} [{self.version}, {self.threads} threads, errstate {self.state}]"


def main(folder: Path, fp: str, number: int, examples: int, kind: str = "whole") -> int:
    """Prints every difference; gives the exit status."""
    cases = drawn(number, examples, KINDS[kind])
    compiled = compile_text(joined(cases), folder, Options(strict=fp == "strict"))
    found: set[str] = set()
    for version in VERSIONS:
        module = load(compiled, version)
        for run, case in _runs(version, cases):
            (folder / "running.txt").write_text(f"{run}\n{case.source}\n{case.arguments}\n")
            told = "" if run.name in found else _compare(module, run, case.arguments, fp)
            if told:
                found.add(run.name)
                print(f"{run}\n{told}\n{_own_text(case)}\n{case.arguments}\n")
    print("\n".join(trace.summary()))
    return 1 if found else 0


def drawn(
    number: int,
    examples: int,
    programs: Callable[..., SearchStrategy[Case]],
    layouts: tuple[str, ...] = LAYOUTS,
) -> list[Case]:
    """The same programs and arguments for the same number."""
    cases = (independent(number * 10_000 + turn, programs(layouts=layouts)) for turn in range(examples))
    return [c if turn % 4 == 0 else replace(c, arguments=tame(c.arguments)) for turn, c in enumerate(cases)]


def independent(number: int, cases: SearchStrategy[Case]) -> Case:
    """The case of that number. Hypothesis makes those of one run alike: here each has a run of its own."""
    found: list[Case] = []

    @seed(number)
    @settings(
        max_examples=2,  # the first is the simplest of all
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    return found[-1]


def joined(cases: list[Case]) -> str:
    """One file in which the function of case 3 is called f3."""
    texts = [re.sub(r"^def f\(", f"def f{i}(", _own_text(case)) for i, case in enumerate(cases)]
    return HEAD + "\n\n".join(texts)


def _own_text(case: Case) -> str:
    return case.source.removeprefix(HEAD)


def _runs(version: str, cases: list[Case]) -> Iterator[tuple[Run, Case]]:
    for i, case in enumerate(cases):
        for threads in THREADS if version == "native" else (1,):
            for state in STATES:
                yield Run(version, threads, f"f{i}", state), case


def _compare(module: ModuleType, run: Run, arguments: Arguments, fp: str) -> str:
    pyaot_runtime.set_team(run.threads) if run.threads > 1 else pyaot_runtime.set_threads(1)
    compiled = getattr(module, run.name)
    want = observe(getattr(compiled, "__wrapped__", compiled), arguments.copy(), run.state)
    got = observe(compiled, arguments.copy(), run.state)
    return difference(want, got, _rounding(run, fp, want, arguments), unreliable(arguments))


def _rounding(run: Run, fp: str, want: Seen, arguments: Arguments) -> Rounding:
    values = (arguments.positional, want.result, want.arguments)
    return rounding_for(values, fp == "strict" or run.version == "original")


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:]))
