"""Which fields of objects a function sets, and which of them it sets before it reads them."""

from pathlib import Path

import libcst as cst
import pytest

from pyaot.base.source import SourceFile
from pyaot.frontend.fields_set import fields_set, giving_back, set_before_read
from pyaot.frontend.hint_types import ClassHint, ScalarHint
from pyaot.frontend.hints import Signature, TypedParameter
from pyaot.frontend.syntax import SyntaxTree
from pyaot.ir.program import Kind
from pyaot.ir.types import PY_FLOAT

SIGNATURE = Signature(
    (
        TypedParameter("s", Kind.POSITIONAL_OR_KEYWORD, ClassHint("State")),
        TypedParameter("k", Kind.POSITIONAL_OR_KEYWORD, ScalarHint(PY_FLOAT)),
    )
)
CASES = {  # the body: the fields that it sets, and those of them that it need not read
    "s.n = 1": ("s.n", "n"),
    "s.n += 1": ("s.n", ""),
    "s.n: int = 1": ("s.n", "n"),
    "s.n: int": ("", ""),
    "s.n = s.n + 1": ("s.n", ""),
    "s.n = s.m = k": ("s.n s.m", "n m"),
    "s.n, s.m = 1, 2": ("s.n s.m", ""),
    "a = s.n; s.n = 2": ("s.n", ""),
    "s.n = 2; a = s.n; s.m = a": ("s.n s.m", "n m"),
    "s.a[0] = 1": ("", ""),
    "s.a = k; s.a[0] = 1": ("s.a", "a"),
    "s.a[0] = 1; s.a = k": ("s.a", ""),
    "s.f.n = 1": ("", ""),
    "k.n = 1": ("", ""),
    "s.n = 1; t = s": ("", "n"),
    "s.n = 1; g(s)": ("", "n"),
    "s.n = 1; s = k": ("", "n"),
    "s.n = 1; f = lambda: s.n": ("", "n"),
    "if k: s.n = 1": ("s.n", ""),
    "if k: return 1\n    s.n = 1": ("s.n", ""),
    "return s.n": ("", ""),
}


def _function(body: str) -> cst.FunctionDef:
    node = cst.parse_statement(f"def f(s, k):\n    {body}\n")
    assert isinstance(node, cst.FunctionDef)
    return node


@pytest.mark.parametrize("body", CASES)
def test_fields(body: str) -> None:
    fields, first = CASES[body]
    assert fields_set(_function(body), SIGNATURE) == tuple(fields.split())
    assert set_before_read(_function(body), "s") == frozenset(first.split())


def test_returns_give_the_fields_back() -> None:
    node = _function("s.n += s.e\n    if s.n > k:\n        return s.n\n    g = lambda: s.n")
    tree = SyntaxTree(SourceFile(Path("f.py"), ""), cst.Module([node]), {})
    _, made = giving_back(tree, node, ("s.n",))
    lines = cst.Module([made]).code.splitlines()
    assert [line.strip() for line in lines[2:]] == [
        "if s.n > k:",
        "return (s.n, s.n)",
        "g = lambda: s.n",
        "return (None, s.n)",
    ]
    assert sum(isinstance(part, cst.Name) and part.value == "s.n" for part in _walk(made)) == 5


def _walk(node: cst.CSTNode) -> list[cst.CSTNode]:
    return [node, *(part for child in node.children for part in _walk(child))]
