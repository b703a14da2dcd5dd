"""Which fields of objects a function sets, and which of them it sets before it reads them."""

from pathlib import Path

import libcst as cst
import pytest

from pyaot.base.source import SourceFile
from pyaot.frontend.fields_set import fields_set, giving_back, set_before_read
from pyaot.frontend.own_calls import read_by_calls
from pyaot.frontend.parse import parse
from pyaot.frontend.scopes import read_scopes
from pyaot.frontend.syntax import SyntaxTree

TEXT = """
class State:
    def step(self, k=1):
        self.n += k

    def steps(self):
        self.step()
        self.m = self.told()

    def told(self):
        return self.m

    def hidden(self):
        other = self
        other.n = 1
        self.n = 2

    @property
    def size(self):
        return self.k

def moved(by, t):
    t.x = by
    t.step(by)

def turned(t):
    t.y = 1
    turned(t)
"""
MODULE = read_scopes(parse(SourceFile(Path("f.py"), TEXT)))
OBJECTS = {"s": "State"}
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
    "s.step()": ("s.n", ""),
    "s.steps()": ("s.n s.m", ""),
    "s.n = 1\n    s.step(); s.m = 2": ("s.n s.m", "n"),
    "s.n = s.told()": ("s.n", ""),
    "s.told(); s.size": ("", ""),
    "s.hidden()": ("", ""),
    "moved(k, s)": ("s.x s.n", ""),
    "moved(t=s, by=k)": ("s.x s.n", ""),
    "turned(s)": ("s.y", ""),
    "s.n = 1\n    moved(s, s)": ("", "n"),
    "f = s.step; s.n = 1": ("s.n", "n"),
}
READ = {
    "s.steps()": {"m", "n", "step", "told"},
    "return s.size + s.n": {"k"},
    "moved(1, s)": {"n", "x", "step"},
    "lost(s)": set(),
}


def _function(body: str) -> cst.FunctionDef:
    node = cst.parse_statement(f"def f(s, k):\n    {body}\n")
    assert isinstance(node, cst.FunctionDef)
    return node


@pytest.mark.parametrize("body", CASES)
def test_fields(body: str) -> None:
    fields, first = CASES[body]
    assert fields_set(_function(body), OBJECTS, MODULE) == tuple(fields.split())
    assert set_before_read(_function(body), "s", "State", MODULE) == frozenset(first.split())


@pytest.mark.parametrize("body", READ)
def test_what_calls_read(body: str) -> None:
    assert read_by_calls(_function(body), "s", "State", MODULE) == READ[body]


def test_returns_give_the_fields_back() -> None:
    node = _function("s.n += s.e\n    if s.n > k:\n        return s.n\n    g = lambda: s.n")
    tree = SyntaxTree(SourceFile(Path("f.py"), ""), cst.Module([node]), {})
    _, made = giving_back(tree, node, ("s.n",), OBJECTS, MODULE)
    lines = cst.Module([made]).code.splitlines()
    assert [line.strip() for line in lines[2:]] == [
        "if s.n > k:",
        "return (s.n, s.n)",
        "g = lambda: s.n",
        "return (None, s.n)",
    ]
    assert sum(isinstance(part, cst.Name) and part.value == "s.n" for part in _walk(made)) == 5


def test_calls_give_the_fields_back() -> None:
    node = _function("k = s.step() + 1\n    [s.step() for i in k]\n    return s.told()")
    tree = SyntaxTree(SourceFile(Path("f.py"), ""), cst.Module([node]), {})
    _, made = giving_back(tree, node, ("s.n",), OBJECTS, MODULE)
    lines = cst.Module([made]).code.splitlines()
    assert [line.strip() for line in lines[1:]] == [
        "k = (s.n,) := s.step() + 1",
        "[s.step() for i in k]",
        "return (s.told(), s.n)",
    ]


def _walk(node: cst.CSTNode) -> list[cst.CSTNode]:
    return [node, *(part for child in node.children for part in _walk(child))]
