"""Instrumented programs do what they did, and say where they fail as they did."""

import ast
import traceback
from pathlib import Path

import pytest

from pyaot.annotate.instrument import definitions, instrument, instrumented_code, names_for

PROGRAM = '''
def early(n):
    """About it."""
    while n:
        n -= 1
        if n == 3:
            return
    return n

def local(a, b=2):
    c = 3
    return sorted(locals())

def nested(a):
    def inner(b):
        return b + 1
    add = lambda b: b + 2
    return inner(a), add(a), [x for x in range(a)]

def yields(n):
    got = yield n
    return got

class A:
    def __init__(self, x): self.x = x
    def __len__(self): return self.x
    def __secret(self, y): return y
    def known(self): return self.__secret(4)

def deleted(a):
    """Only this."""

def fails(x):
    y = (x
         / 0)
    return y

g = yields(3)
next(g)
try:
    g.send(5)
except StopIteration as stop:
    sent = stop.value
results = (
    early(5), early(2), local(1), nested(3), sent, len(A(3)), A(1).known(), deleted(1), early.__doc__,
)
'''


def run(text: str, calls: list[tuple[object, ...]] | None) -> dict[str, object]:
    """The variables of the program after it ran; instrumented where there is a list for the calls."""
    names: dict[str, object] = {}
    if calls is None:
        exec(compile(text, "prog.py", "exec"), names)
        return names
    made = names_for(text)
    names[made.entered] = lambda *values: calls.append(values)
    names[made.left] = lambda number, key, value: (calls.append((number, value)), value)[1]
    lines: list[int] = []
    register = lambda line: (lines.append(line), line)[1]  # noqa: E731
    exec(instrumented_code(text.encode(), Path("prog.py"), made, register), names)
    return names


def test_results_stay() -> None:
    calls: list[tuple[object, ...]] = []
    assert run(PROGRAM, calls)["results"] == run(PROGRAM, None)["results"]
    assert (2, 5) in calls and (2, None) in calls and (10, 1, 2) in calls


def test_failures_are_shown_as_they_were() -> None:
    shown = []
    for calls in ([], None):
        names = run(PROGRAM, calls)
        with pytest.raises(ZeroDivisionError) as caught:
            names["fails"](1)  # type: ignore[operator]
        shown.append("".join(traceback.format_tb(caught.value.__traceback__)[1:]))
    assert shown[0] == shown[1]
    assert "line 34, in fails" in shown[0]


@pytest.mark.parametrize(
    "text",
    [
        "def f(a: int) -> int: return a",
        "class A:\n    def f(self) -> None: pass",
        "import numba\n@numba.njit(parallel=True)\ndef f(a): return a",
        "@compiled\ndef f(a): return a",
    ],
)
def test_what_needs_no_hint_or_may_not_be_touched_stays(text: str) -> None:
    tree = ast.parse(text)
    instrument(tree, names_for(text), lambda line: line)
    assert ast.dump(tree) == ast.dump(ast.parse(text))


def test_names_are_none_of_the_programs() -> None:
    assert names_for("x = _pyaot_entered").entered == "_pyaot2_entered"


def test_parameters_that_may_get_hints() -> None:
    text = (
        "def f(a, /, b=1, *c, d, e=2, **k): pass\n"
        "class A:\n    def m(self, a): pass\n    @staticmethod\n    def s(a): pass\n"
        "    @classmethod\n    def c(cls, a): pass\n    def none(*a): pass\n"
    )
    found = {d.qualified_name: [p.node.arg for p in d.parameters] for d in definitions(ast.parse(text))}
    assert found == {
        "f": ["a", "b", "c", "d", "e"],
        "A.m": ["a"],
        "A.s": ["a"],
        "A.c": ["a"],
        "A.none": ["a"],
    }
