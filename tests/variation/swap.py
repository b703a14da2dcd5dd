"""Neighbours that have nothing to do with each other change places.

a = x + 1.0                           b = y * 2.0
b = y * 2.0                           a = x + 1.0

Names are compared, not elements: all names that may stand for the same memory are one.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import libcst as cst
import libcst.matchers as m

PURE = {"range", "len", "min", "max", "abs", "int", "float", "sum", "zip", "enumerate"}
MODULES = {"np", "numpy", "math"}


def swapped(module: cst.Module) -> cst.Module:
    """The module with independent neighbours in functions swapped."""
    return module.visit(_Swapper())


class _Swapper(cst.CSTTransformer):
    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> Any:
        return updated_node.with_changes(body=updated_node.body.visit(_Blocks(_groups(updated_node))))


class _Blocks(cst.CSTTransformer):
    def __init__(self, groups: dict[str, str]) -> None:
        self.groups = groups

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> Any:
        body, done = list(updated_node.body), 0
        while done + 1 < len(body):
            if self._independent(body[done], body[done + 1]):
                body[done], body[done + 1] = body[done + 1], body[done]
                done += 1
            done += 1
        return updated_node.with_changes(body=body)

    def _independent(self, one: Any, other: Any) -> bool:
        if _stays(one) or _stays(other):
            return False
        (read, written), (others_read, others_written) = self._effect(one), self._effect(other)
        return not (written & (others_read | others_written) or others_written & read)

    def _effect(self, stmt: Any) -> tuple[set[str], set[str]]:
        """The groups of names that are read, and that are written."""
        read = {self._group(name) for name in _names(stmt)}
        return read, {self._group(name) for name in _written(stmt)}

    def _group(self, name: str) -> str:
        return self.groups.get(name, name)


def _stays(stmt: Any) -> bool:
    """Ends something, is no assignment or loop, or is a docstring."""
    if m.findall(stmt, m.Return() | m.Break() | m.Continue() | m.Raise() | m.Assert() | m.Yield()):
        return True
    match stmt:
        case cst.SimpleStatementLine(body=[cst.Assign() | cst.AugAssign()]) | cst.For() | cst.If():
            return False
    return True


def _names(node: cst.CSTNode) -> Iterator[str]:
    for name in m.findall(node, m.Name()):
        yield name.value  # type: ignore[attr-defined]


def _written(stmt: cst.CSTNode) -> Iterator[str]:
    """The names that are bound, and those whose elements may be written."""
    for node in m.findall(stmt, m.AssignTarget() | m.AugAssign() | m.For() | m.CompFor()):
        yield from _names(node.target)  # type: ignore[attr-defined]
    for call in m.findall(stmt, m.Call()):
        if not _is_pure(call):
            yield from _names(call)


def _is_pure(call: Any) -> bool:
    if any(arg.keyword is not None and arg.keyword.value == "out" for arg in call.args):
        return False
    match call.func:
        case cst.Name(value=name):
            return name in PURE
        case cst.Attribute(value=cst.Name(value=name)):
            return name in MODULES
    return False


def _groups(function: cst.FunctionDef) -> dict[str, str]:
    """A representative of every name: names that assignments may make the same array have one."""
    groups: dict[str, str] = {}

    def find(name: str) -> str:
        while groups.get(name, name) != name:
            name = groups[name]
        return name

    for node in m.findall(function.body, m.Assign()):
        if not _is_fresh(node.value):  # type: ignore[attr-defined]
            for one, other in _pairs(_names(node)):
                groups[find(one)] = find(other)
    return {name: find(name) for name in groups}


def _pairs(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    first, *others = [name for name in names if name not in MODULES]
    return ((first, other) for other in others)


def _is_fresh(value: Any) -> bool:
    """Its value shares memory with nothing."""
    return isinstance(
        value, cst.BinaryOperation | cst.Comparison | cst.Float | cst.Integer | cst.UnaryOperation
    )
