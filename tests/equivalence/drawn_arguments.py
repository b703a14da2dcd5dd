"""A program: calls every function of everyday.py with arguments of all sorts, compiled and not, and compares.

python -m tests.equivalence.drawn_arguments FOLDER relaxed|strict EXAMPLES SEED

FOLDER/told.json says for each subject ('axpy: drawn', 'aliases: f(a, a)') how the calls differ. What is
missing was not reached: FOLDER/running.txt says which call the process died in.
"""

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from pyaot.base.options import Options
from pyaot.base.source import read_source
from pyaot.frontend.hints import instances
from pyaot.frontend.parse import parse
from pyaot.frontend.scopes import read_scopes
from tests.equivalence.agreement import is_wild
from tests.equivalence.compiled import compile_text, load
from tests.equivalence.nasty import CASES
from tests.equivalence.observe import (
    EXACT,
    ONLY_TYPES,
    RELAXED,
    Rounding,
    Seen,
    difference,
    observe,
    unreliable,
)
from tests.equivalence.tame import tame
from tests.strategies.arguments import Arguments, arguments_for, misfits_for

EVERYDAY = Path(__file__).with_name("everyday.py")
STATES = ({}, {"all": "ignore"}, {"all": "raise"})


def main(folder: Path, fp: str, examples: int, number: int) -> None:
    """Writes what was found."""
    text = EVERYDAY.read_text(encoding="utf-8")
    module = load(compile_text(text, folder, Options(strict=fp == "strict")), "native")
    told: dict[str, str] = {}
    for subject, check in _subjects(partial(_compare, module, folder, fp), examples, number):
        told[subject] = _told(check)
        (folder / "told.json").write_text(json.dumps(told, indent=1))


def subjects() -> list[str]:
    """The names of all that is looked at."""
    return [subject for subject, _ in _subjects(lambda *_: "", 1, 0)]


Compare = Callable[[str, Arguments, dict[str, str]], str]
Check = Callable[[], None]


def _subjects(compare: Compare, examples: int, number: int) -> Iterator[tuple[str, Check]]:
    for group, cases in CASES.items():
        for name, (function, make) in cases.items():
            yield f"{group}: {name}", partial(_check_case, compare, function, make)
    for name, strategy in _strategies():
        yield f"{name}: drawn", partial(_check_drawn, compare, name, strategy, examples, number)


def _strategies() -> Iterator[tuple[str, st.SearchStrategy[Arguments]]]:
    scope = read_scopes(parse(read_source(EVERYDAY)))
    for name, function in scope.functions.items():
        if "." not in name:
            signatures = instances(function, scope).signatures
            fits = st.sampled_from(signatures).flatmap(arguments_for)
            misfits = st.sampled_from(signatures).flatmap(misfits_for)
            yield name, fits | fits.map(tame) | misfits


def _check_case(compare: Compare, function: str, make: Callable[[], Arguments]) -> None:
    for state in STATES:
        told = compare(function, make(), state)
        assert not told, f"{function}: {told} (errstate {state})"


def _check_drawn(
    compare: Compare, name: str, strategy: st.SearchStrategy[Arguments], examples: int, number: int
) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(strategy, st.sampled_from(STATES))
    def check(arguments: Arguments, state: dict[str, str]) -> None:
        told = compare(name, arguments, state)
        assert not told, f"{told} (errstate {state})\n{arguments}"

    check()


def _told(check: Check) -> str:
    try:
        check()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _compare(
    module: ModuleType, folder: Path, fp: str, name: str, arguments: Arguments, state: dict[str, str]
) -> str:
    (folder / "running.txt").write_text(f"{name}, errstate {state}\n{arguments}\n")
    compiled = getattr(module, name)
    want = observe(getattr(compiled, "__wrapped__", compiled), arguments.copy(), state)
    got = observe(compiled, arguments.copy(), state)
    return difference(want, got, _rounding(fp, want, arguments), unreliable(arguments))


def _rounding(fp: str, want: Seen, arguments: Arguments) -> Rounding:
    if fp == "strict":
        return EXACT
    values = (*arguments.positional, *arguments.keywords.values(), want.result, *want.arguments)
    return ONLY_TYPES if is_wild(values) else RELAXED


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
