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

from pyaot.base.options import Options
from pyaot.base.source import read_source
from pyaot.frontend.parse import parse
from pyaot.frontend.scopes import read_scopes
from pyaot.frontend.subjects import Subject, read_subjects
from pyaot.verify.arrays import EVERY_LAYOUT
from pyaot.verify.call import Arguments as Given
from pyaot.verify.call import Call, ErrorState
from pyaot.verify.calls import calls_for
from pyaot.verify.difference import difference
from pyaot.verify.observe import observe
from pyaot.verify.rounding import rounding_for, unreliable
from tests.equivalence.compiled import compile_text, load
from tests.equivalence.nasty import CASES

EVERYDAY = Path(__file__).with_name("everyday.py")
STATES: tuple[ErrorState, ...] = ({}, {"all": "ignore"}, {"all": "raise"})


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


Make = Callable[[], Given]  # the same arguments each time
Compare = Callable[[str, Make, ErrorState, str], str]
Check = Callable[[], None]


def _subjects(compare: Compare, examples: int, number: int) -> Iterator[tuple[str, Check]]:
    for group, cases in CASES.items():
        for name, (function, make) in cases.items():
            yield f"{group}: {name}", partial(_check_case, compare, function, make)
    for subject in _drawn():
        yield f"{subject.name}: drawn", partial(_check_drawn, compare, subject, examples, number)


def _drawn() -> list[Subject]:
    """The functions of everyday.py."""
    source = read_source(EVERYDAY)
    names = [name for name in read_scopes(parse(source)).functions if "." not in name]
    found = read_subjects(source, names, {})
    return [subject for subject in found if isinstance(subject, Subject)]


def _check_case(compare: Compare, function: str, make: Make) -> None:
    for state in STATES:
        told = compare(function, make, state, str(make()))
        assert not told, f"{function}: {told} (errstate {state})"


def _check_drawn(compare: Compare, subject: Subject, examples: int, number: int) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(calls_for(subject) | calls_for(subject, EVERY_LAYOUT) | calls_for(subject, is_fitting=False))
    def check(call: Call) -> None:
        told = compare(subject.name, partial(call.arguments, {}), dict(call.state), call.text())
        assert not told, f"{told}\n{call.text()}"

    check()


def _told(check: Check) -> str:
    try:
        check()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _compare(
    module: ModuleType, folder: Path, fp: str, name: str, make: Make, state: ErrorState, shown: str
) -> str:
    (folder / "running.txt").write_text(f"{name}, errstate {state}\n{shown}\n")
    compiled = getattr(module, name)
    given = make()
    want = observe(getattr(compiled, "__wrapped__", compiled), make(), state)
    got = observe(compiled, make(), state)
    values = (given.positional, given.keywords, want.result, want.arguments)
    return difference(want, got, rounding_for(values, fp == "strict"), unreliable(given))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
