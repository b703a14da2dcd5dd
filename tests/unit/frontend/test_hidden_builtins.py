"""Names of Python's own that a module gives another meaning are not taken for Python's."""

from pathlib import Path

import pytest

from pyaot.base.source import SourceFile
from pyaot.frontend.lower import lower
from pyaot.frontend.parse import parse
from pyaot.ir.program import Claim

BINDINGS = {
    "an object": "abs = Odd()",
    "by a condition": "if len('a') == 1:\n    abs = Odd()",
    "a loop's variable": "for abs in (Odd(),):\n    pass",
    "another function": "sin = 1\nabs = Odd().__call__",
}

TEXT = """
class Odd:
    def __call__(self, x):
        return 5.0

{binding}

def total(n: int) -> float:
    s = 0.0
    for i in range(n):
        s += abs(i - 3)
    return s
"""


@pytest.mark.parametrize("binding", BINDINGS)
def test_a_hidden_builtin_is_unknown(binding: str) -> None:
    program = lower(parse(SourceFile(Path("prog.py"), TEXT.format(binding=BINDINGS[binding]))))
    assert program.entries == ()
    assert any("'abs'" in diagnostic.message for diagnostic in program.diagnostics)


@pytest.mark.parametrize(("star", "is_asked"), [("from tools import *", True), ("from math import *", False)])
def test_what_a_star_may_hide_is_asked(star: str, is_asked: bool) -> None:
    program = lower(parse(SourceFile(Path("prog.py"), TEXT.format(binding=star))))
    (entry,) = program.entries
    facts = [(f.name, f.expected, f.claim) for instance in entry.instances for f in instance.facts]
    asked = [(name, f"builtins.{name}", Claim.IS) for name in ("range", "abs")]
    assert [fact for fact in facts if fact in asked] == (asked if is_asked else [])


def test_others_are_pythons_own() -> None:
    program = lower(parse(SourceFile(Path("prog.py"), TEXT.format(binding="max = Odd()"))))
    assert [entry.qualified_name for entry in program.entries] == ["total"]
