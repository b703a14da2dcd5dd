"""Hints in the text: what else stands there stays, and long signatures get a line for each parameter."""

import ast
from pathlib import Path

import pytest

from pyaot.annotate.edit import FunctionHints, edited
from pyaot.annotate.instrument import definitions
from pyaot.annotate.naming import Import
from tests.apps.unhinted import without_hints
from tests.house.sources import ROOT
from tests.unit.annotate.test_properties import bare

LONG = "np.ndarray[tuple[int, int], np.dtype[np.float64]]"


def with_hint(text: str, hint: str, result: str | None = None) -> str:
    """The text with that hint for all parameters, and one for the results."""
    edits = {
        d.node.lineno: FunctionHints({p.node.arg: hint for p in d.parameters}, result)
        for d in definitions(ast.parse(text))
    }
    return edited(text.encode(), edits, []).decode()


SHORT = {
    "def f(a,b) :  # c\n    pass\n": "def f(a: int,b: int) :  # c\n    pass\n",
    "def f( a = 1,*, b=2): pass": "def f( a: int = 1,*, b: int = 2): pass",
    "def f(\n    a,  # one\n    b,\n): pass\n": "def f(\n    a: int,  # one\n    b: int,\n): pass\n",
    "async def f(a, /, *b, **c): pass\n": "async def f(a: int, /, *b: int, **c): pass\n",
    "class A:\n\tdef f(self, a : float): pass\n": "class A:\n\tdef f(self, a : float): pass\n",
    "@d\n# c\ndef f(a): return a\nf = 1\n": "@d\n# c\ndef f(a: int): return a\nf = 1\n",
}


@pytest.mark.parametrize("text", SHORT)
def test_hints_are_put_in(text: str) -> None:
    assert with_hint(text, "int") == SHORT[text]


COMMENTED = "def f(\n    a, b  # both\n): pass\n"
FOLDED = {
    "def f(a, /, b=1, *c, d, **e): pass\n": "def f(\n"
    f"    a: {LONG},\n    /,\n    b: {LONG} = 1,\n    *c: {LONG},\n    d: {LONG},\n    **e,\n"
    ") -> None: pass\n",
    "class A:\n  async def f(self, a, *, b): pass\n": "class A:\n  async def f(\n"
    f"    self,\n    a: {LONG},\n    *,\n    b: {LONG},\n  ) -> None: pass\n",
    "def f(\n    a, b\n): pass\n": f"def f(\n    a: {LONG},\n    b: {LONG},\n) -> None: pass\n",
    COMMENTED: f"def f(\n    a: {LONG}, b: {LONG}  # both\n) -> None: pass\n",
}


@pytest.mark.parametrize("text", FOLDED)
def test_long_signatures_are_folded(text: str) -> None:
    assert with_hint(text, LONG, "None") == FOLDED[text]


def test_lines_may_be_as_long_as_the_longest_of_the_file() -> None:
    text = "def f(a, b): pass\n"
    assert with_hint(text + "#" * 119 + "\n", LONG).startswith(f"def f(a: {LONG}, b: {LONG}): pass\n")


@pytest.mark.parametrize("path", sorted((ROOT / "apps/stap").glob("*.py")), ids=lambda path: path.stem)
def test_nothing_but_hints_changes_in_programs(path: Path) -> None:
    text = without_hints(path.read_text(encoding="utf-8"))
    result = with_hint(text, LONG, '"int | None"')
    assert bare(result) == bare(text)
    assert all(not d.lacks_hints for d in definitions(ast.parse(result)))
    assert with_hint(result, "int") == result


def test_imports_for_types_stand_under_a_condition() -> None:
    imports = [Import("shapes", "Point", for_types=True), Import("numpy", alias="np")]
    assert edited(b"'''About.'''\nimport os\n\nx = 1\n", {}, imports) == (
        b"'''About.'''\nimport os\nimport numpy as np\nfrom typing import TYPE_CHECKING\n"
        b"\nif TYPE_CHECKING:\n    from shapes import Point\n\nx = 1\n"
    )
