"""Every public name says what it is, nothing is left half done, and no module is called after nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import FunctionNode, python_files, shown, tree

INSTALLED = ("pyaot", "runtime/pyaot_runtime")
EMPTY_NAMES = {"utils", "util", "helpers", "common", "manager", "misc", "core2"}
SHADOWING_NAMES = {"numpy", "ray", "cupy", "torch", "types_"}
LEFT_OPEN = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")


@pytest.mark.parametrize("path", python_files(INSTALLED), ids=shown)
def test_public_names_have_docstrings(path: Path) -> None:
    assert list(_undocumented(tree(path))) == []


def _undocumented(module: ast.Module) -> Iterator[str]:
    """The module where it has code, its public classes and functions, and public methods of those classes."""
    if module.body and ast.get_docstring(module) is None:
        yield "the module"
    for node in module.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _undocumented_in_class(node)
        elif isinstance(node, FunctionNode) and _is_public(node) and ast.get_docstring(node) is None:
            yield node.name


def _undocumented_in_class(node: ast.ClassDef) -> Iterator[str]:
    """The docstring of a protocol speaks for its members."""
    if ast.get_docstring(node) is None:
        yield node.name
    if any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases):
        return
    for member in node.body:
        if isinstance(member, FunctionNode) and _is_public(member) and ast.get_docstring(member) is None:
            yield f"{node.name}.{member.name}"


def _is_public(node: FunctionNode) -> bool:
    overload = any(isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list)
    return not node.name.startswith("_") and not overload


@pytest.mark.parametrize("path", python_files(), ids=shown)
def test_nothing_is_left_open(path: Path) -> None:
    if path.name != Path(__file__).name:
        assert LEFT_OPEN.search(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("path", python_files(), ids=shown)
def test_module_has_a_telling_name(path: Path) -> None:
    assert path.stem not in EMPTY_NAMES | SHADOWING_NAMES
