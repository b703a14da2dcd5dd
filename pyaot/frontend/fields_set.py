"""Fields of objects that a function sets are variables of their own, which every return gives back.

    def step(s: State, k: float):          def step(s, k):
        s.n += 1                               s.n += 1                 `s.n` is the name of a variable
        return k * s.e                         return k * s.e, s.n

Behind the call the dispatcher sets the fields of the caller's object: an attempt that fails changes nothing.
"""

from collections import ChainMap
from collections.abc import Iterator, Sequence
from typing import Any

import libcst as cst
from msgspec.structs import replace

from pyaot.frontend.facts import assigned_names
from pyaot.frontend.hint_types import ClassHint
from pyaot.frontend.hints import Signature
from pyaot.frontend.syntax import SyntaxTree, walk, walk_body


def fields_set(node: cst.FunctionDef, signature: Signature) -> tuple[str, ...]:
    """The fields of parameters that the body sets, as text; none of an object that has another name, too."""
    rebound = set(assigned_names(node.body))
    objects = [
        p.name for p in signature.parameters if isinstance(p.type, ClassHint) and p.name not in rebound
    ]
    found = (text for part in walk_body(node.body) for text in _set_by(part))
    return tuple(text for text in dict.fromkeys(found) if text.partition(".")[0] in _in_sight(node, objects))


def set_before_read(node: cst.FunctionDef, owner: str) -> frozenset[str]:
    """The fields of a variable that the body sets on every path before it reads them."""
    seen: set[str] = set()
    found: set[str] = set()
    for statement in node.body.body:
        parts = statement.body if isinstance(statement, cst.SimpleStatementLine) else (statement,)
        for part in parts:
            read = {_field(inner) for value in _values(part) for inner in walk(value)}
            found |= set(_plainly_set(part)) - seen - read
            seen |= found | read
        if any(isinstance(part, cst.Return) for part in walk(statement)):
            break
    return frozenset(text.partition(".")[2] for text in found if text.partition(".")[0] == owner)


def _plainly_set(node: cst.CSTNode) -> Iterator[str]:
    match node:
        case cst.Assign(targets=targets):
            yield from (text for target in targets if (text := _field(target.target)))
        case cst.AnnAssign(target=target, value=cst.BaseExpression()) if text := _field(target):
            yield text


def _values(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """What of a statement is read."""
    match node:
        case cst.Assign(targets=targets, value=value):
            return (value, *(target.target for target in targets if not _field(target.target)))
        case cst.AnnAssign(target=target, value=cst.BaseExpression() as value) if _field(target):
            return (value,)
    return (node,)


def _set_by(node: cst.CSTNode) -> Iterator[str]:
    match node:
        case (
            cst.AssignTarget(target=target)
            | cst.AugAssign(target=target)
            | cst.AnnAssign(target=target, value=cst.BaseExpression())
        ):
            parts: Sequence[cst.CSTNode] = [
                part.value for part in walk(target) if isinstance(part, cst.Element)
            ]
            yield from (text for part in (target, *parts) if (text := _field(part)))


def _field(node: cst.CSTNode) -> str:
    """`s.n`; "" where it is no field of a variable."""
    match node:
        case cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=name)):
            return f"{owner}.{name}"
    return ""


def _in_sight(node: cst.FunctionDef, names: Sequence[str]) -> set[str]:
    """Those of which only fields are used, and not by functions inside."""
    mentioned = [part.value for part in walk(node.body) if isinstance(part, cst.Name)]
    as_owners = [_field(part).partition(".")[0] for part in walk_body(node.body)]
    return {name for name in names if mentioned.count(name) == as_owners.count(name)}


def giving_back(
    tree: SyntaxTree, node: cst.FunctionDef, fields: Sequence[str]
) -> tuple[SyntaxTree, cst.FunctionDef]:
    """The def with these fields as variables that are returned behind each result, and its places."""
    writer = _Writer(tree, node, fields)
    changed = node.visit(writer)
    assert isinstance(changed, cst.FunctionDef)
    body = [*changed.body.body, cst.SimpleStatementLine([writer.returned(None)])]
    return writer.tree, changed.with_changes(body=cst.IndentedBlock(body))


class _Variable(cst.Name):
    """It is called what the field is called, which no other variable can be."""

    def _validate(self) -> None:
        """Any name will do."""

    def _visit_and_replace_children(self, visitor: cst.CSTVisitorT) -> "_Variable":
        """libcst would make a name of it."""
        return self


class _Writer(cst.CSTTransformer):
    """Rewrites a def and keeps the places of its nodes."""

    def __init__(self, tree: SyntaxTree, node: cst.FunctionDef, fields: Sequence[str]) -> None:
        super().__init__()
        self.node, self.fields = node, fields
        self.spans: dict[cst.CSTNode, Any] = {}
        self.tree = replace(tree, spans=ChainMap(self.spans, tree.spans))  # type: ignore[arg-type]

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        """Functions inside have returns of their own."""
        return node is self.node

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        """So have lambdas."""
        return False

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        """The node as it is now, where it was."""
        text = _field(original_node)
        if text in self.fields:
            updated_node = _Variable(text)
        elif isinstance(original_node, cst.Return):
            updated_node = self.returned(updated_node.value)
        if original_node in self.tree.spans:
            self.spans[updated_node] = self.tree.spans[original_node]
        return updated_node

    def returned(self, value: cst.BaseExpression | None) -> cst.Return:
        """`return value, s.n`."""
        parts = (value or cst.Name("None"), *map(_Variable, self.fields))
        return cst.Return(cst.Tuple([cst.Element(part) for part in parts]))
