"""A program: draws functions, interprets each after every stage of the middle, and with loops turned round.

python -m tests.equivalence.drawn_stages relaxed|strict SEED COUNT [whole|dense]

It ends with 1 after a difference. No C compiler runs: some hundred programs take a minute.
"""

import sys
from pathlib import Path

from pyaot.base.source import SourceFile
from pyaot.verify.arrays import PLAIN
from pyaot.verify.observe import observe
from pyaot.verify.rounding import rounding_for
from tests.equivalence.agreement import load
from tests.equivalence.drawn_versions import KINDS, drawn
from tests.equivalence.stages import compare_stages, fitting, lowered
from tests.strategies.programs import HEAD, Case

IGNORED = {"all": "ignore"}


def main(fp: str, number: int, examples: int, kind: str = "dense") -> int:
    """Prints the first difference; gives the exit status."""
    for turn, case in enumerate(drawn(number, examples, KINDS[kind], PLAIN)):
        told = wrong_stages(case, fp == "strict")
        if told:
            print(f"program {turn}: {told}\n{case.source.removeprefix(HEAD)}\n{case.arguments}")
            return 1
    return 0


def wrong_stages(case: Case, strict: bool) -> list[str]:
    """What is wrong after which stage."""
    program, names = lowered(SourceFile(Path("prog.py"), case.source)), load(case.source)
    original, given = names["f"], case.arguments
    want = observe(original, given.copy(), IGNORED)
    rounding = rounding_for((given.positional, want.result, want.arguments), strict)
    told: list[str] = []
    for entry in program.entries:
        if entry.qualified_name != "f":
            continue
        for function, bind in fitting(program, entry, names, original, given):
            if not (strict and function.inexact):  # nothing is made of it
                told += compare_stages(want, function, bind, given, rounding, strict, is_turned=True)
    return [text for text in told if text]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]))
