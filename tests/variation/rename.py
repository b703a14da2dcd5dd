"""Other names for everything that a program names itself.

def smooth(a, w):                     def smooth(v2fd1, v9a33):
    total = a[0] * w                      v77c0 = v2fd1[0] * v9a33

Module names that are to be `kept`, imports and attributes stay. The new names say nothing, and they sort
differently.
"""

import hashlib
from collections.abc import Collection, Iterator
from typing import Any

import libcst as cst
import libcst.matchers as m

Map = dict[str, str]


def renamed(module: cst.Module, kept: Collection[str]) -> cst.Module:
    """The module under other names."""
    functions = {node.name.value: node for node in module.body if isinstance(node, cst.FunctionDef)}
    outer = _new_names("", {name for name in _bound(module) if name not in kept})
    inner = {name: _names_of(node) for name, node in functions.items()}
    return module.visit(_Renamer(outer, inner))


def _names_of(function: cst.FunctionDef) -> Map:
    parameters = {p.name.value for p in m.findall(function.params, m.Param())}  # type: ignore[attr-defined]
    return _new_names(function.name.value, parameters | set(_bound(function.body)))


def _new_names(where: str, names: Collection[str]) -> Map:
    return {name: "v" + hashlib.sha256(f"{where}.{name}".encode()).hexdigest()[:8] for name in names}


def _bound(node: cst.CSTNode) -> Iterator[str]:
    """The names that are bound in a scope, and in comprehensions and functions within it."""
    gathering = _Bound()
    node.visit(gathering)
    return iter(gathering.names)


class _Bound(cst.CSTVisitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self.names.add(node.name.value)
        return False

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._target(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._target(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._target(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._target(node.target)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._target(node.target)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._target(node.target)

    def _target(self, target: Any) -> None:
        match target:
            case cst.Name():
                self.names.add(target.value)
            case cst.Tuple() | cst.List():
                for element in target.elements:
                    self._target(element.value)
            case cst.StarredElement():
                self._target(target.value)


class _Renamer(cst.CSTTransformer):
    """Replaces names, those of the innermost function first."""

    def __init__(self, outer: Map, inner: dict[str, Map]) -> None:
        self.scopes = [outer]
        self.inner = inner

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.scopes.append(self.inner[node.name.value] if len(self.scopes) == 1 else _names_of(node))

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> Any:
        self.scopes.pop()
        return updated_node.with_changes(name=self._name(original_node.name))

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> Any:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> Any:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> Any:
        """Keywords of the program's own functions are their parameters."""
        called = original_node.func
        names = self.inner.get(called.value, {}) if isinstance(called, cst.Name) else {}
        return updated_node.with_changes(args=[_keyword(arg, names) for arg in updated_node.args])

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> Any:
        return self._name(original_node)

    def _name(self, node: cst.Name) -> cst.Name:
        for scope in reversed(self.scopes):
            if node.value in scope:
                return node.with_changes(value=scope[node.value])
        return node


def _keyword(arg: cst.Arg, names: Map) -> cst.Arg:
    if arg.keyword is None or arg.keyword.value not in names:
        return arg
    return arg.with_changes(keyword=cst.Name(names[arg.keyword.value]))
