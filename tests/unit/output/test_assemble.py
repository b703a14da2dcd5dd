"""The drop-in's text: every line of the user's in its order, generated lines where they belong."""

import ast
from pathlib import Path

import pytest

from pyaot.ir.build import add, function, give, var
from pyaot.ir.types import PY_INT
from pyaot.output.bundle import Module
from tests.unit.output.compiled import assembled, entry, load_module

DOUBLE = function("double", {"x": PY_INT}, give(add(var("x"), var("x"))))
DEF = "def double(x: int) -> int:\n    return x + x\n"


def _users_lines(module: Module) -> list[str]:
    generated = {block.first + i for block in module.inserted for i in range(block.count)}
    return [line for n, line in enumerate(module.text.split("\n"), 1) if n not in generated]


def _assembled(text: str, name: str = "double") -> Module:
    return assembled(text, (DOUBLE,), entry(text, name, DOUBLE))


TEXTS = {
    "plain": DEF,
    "docstring": f'"""Two\nlines."""\n{DEF}',
    "docstring and more on its line": f'"""One."""; y = [\n1]\n{DEF}',
    "future": '"""Doc."""\nfrom __future__ import annotations\nfrom __future__ import division; x=1\n' + DEF,
    "shebang": f"#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n# a comment\n{DEF}",
    "no end of line": DEF.rstrip("\n"),
    "one line": "def double(x): return x + x; y = 2\nz = 3\n",
    "nested": "if True:\n    pass\n    def double(x):\n        return x + x\nelse:\n    double = None\n",
    "tabs": "if True:\n\tdef double(x):\n\t\treturn x + x\n\ty = 3\n",
    "comment behind": f"{DEF}    # about double\n\n\ny = double(2)\n",
    "form feed": f"x = 1\n\f\n{DEF}",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_users_lines_stay(text: str) -> None:
    module = _assembled(text)
    assert "\n".join(_users_lines(module)) == (text if text.endswith("\n") else text + "\n")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_module_runs(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls = []

    def kernel(values: tuple[int]) -> tuple[int, int, int]:
        calls.append(values)
        return 0, 0, 2 * values[0]

    module = load_module(
        text,
        (DOUBLE,),
        entry(text, "double", DOUBLE),
        monkeypatch=monkeypatch,
        folder=tmp_path,
        kernels={"double": kernel},
    )
    assert module.double(21) == 42
    assert calls[-1] == (21,)


def test_docstring_stays_the_docstring() -> None:
    tree = ast.parse(_assembled(TEXTS["docstring"]).text)
    assert ast.get_docstring(tree) == "Two\nlines."


def test_header_names_the_source_and_follows_the_lines_of_the_interpreter() -> None:
    lines = _assembled(TEXTS["shebang"]).text.split("\n")
    assert lines[0].startswith("#!") and "coding" in lines[1]
    assert lines[2].startswith("# Compiled by pyaot") and "'prog.py'" in lines[2]


def test_only_two_names_are_added_to_the_module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = f"class C:\n    @staticmethod\n{_indented(DEF)}\n{DEF}"
    entries = (entry(text, "double", DOUBLE),)
    module = load_module(text, (DOUBLE,), *entries, monkeypatch=monkeypatch, folder=tmp_path)
    assert {name for name in vars(module) if "pyaot" in name} == {"_pyaot", "_pyaot_kernels"}


def test_methods_are_bound_in_their_class(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "class C:\n    @staticmethod\n    def double(x):\n        return 'the original'\n\n    y = 1\n"
    module = load_module(
        text, (DOUBLE,), entry(text, "C.double", DOUBLE), monkeypatch=monkeypatch, folder=tmp_path
    )
    assert module.C.double(2) == module.C().double(2) == 4
    assert module.C.double("2") == "the original"
    assert not [name for name in vars(module.C) if "pyaot" in name]
    assert type(vars(module.C)["double"]) is staticmethod


def test_generated_names_meet_none_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = f"_pyaot = _pyaot_kernels = 'mine'\n_pyaot2 = 'mine too'\n{DEF}"
    module = load_module(
        text, (DOUBLE,), entry(text, "double", DOUBLE), monkeypatch=monkeypatch, folder=tmp_path
    )
    assert (module._pyaot, module._pyaot_kernels, module._pyaot2) == ("mine", "mine", "mine too")
    assert module.double(4) == 8


def test_builtins_that_the_text_rebinds_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = f"type = int = len = NameError = None\n{DEF.replace('int', 'object')}"
    module = load_module(
        text, (DOUBLE,), entry(text, "double", DOUBLE), monkeypatch=monkeypatch, folder=tmp_path
    )
    assert module.double(4) == 8


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.rstrip("\n").split("\n"))
