"""Fields of objects that a function sets are variables of their own, which every return gives back.

    def step(s: State, k: float):          def step(s, k):
        s.n += 1                               s.n += 1                 `s.n` is the name of a variable
        return k * s.e                         return k * s.e, s.n

Behind the call the dispatcher sets the fields of the caller's object: an attempt that fails changes nothing.
"""

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import libcst as cst
from msgspec.structs import replace

from pyaot.frontend.own_calls import field_text, handed_to, set_by_call, set_in
from pyaot.frontend.scopes import ModuleScope
from pyaot.frontend.syntax import SyntaxTree, walk

Objects: TypeAlias = Mapping[str, str]  # the names of parameters that are objects, and their classes
SetByCall: TypeAlias = Callable[[cst.Call], tuple[str, ...]]


def fields_set(node: cst.FunctionDef, objects: Objects, module: ModuleScope) -> tuple[str, ...]:
    """The fields of objects that the body sets, as text; none of an object that has another name, too."""
    found = (
        f"{name}.{field}"
        for name, class_name in objects.items()
        for field in set_in(node, name, class_name, module) or ()
    )
    return tuple(found)


def set_before_read(
    node: cst.FunctionDef, owner: str, class_name: str, module: ModuleScope
) -> frozenset[str]:
    """The fields of a variable that the body sets on every path before it reads them."""
    seen: set[str] = set()
    found: set[str] = set()
    for statement in node.body.body:
        if any(True for part in walk(statement) for _ in handed_to(part, owner, class_name, module)):
            break
        parts = statement.body if isinstance(statement, cst.SimpleStatementLine) else (statement,)
        for part in parts:
            read = {field_text(inner) for value in _values(part) for inner in walk(value)}
            found |= set(_plainly_set(part)) - seen - read
            seen |= found | read
        if any(isinstance(part, cst.Return) for part in walk(statement)):
            break
    return frozenset(text.partition(".")[2] for text in found if text.partition(".")[0] == owner)


def _plainly_set(node: cst.CSTNode) -> Iterator[str]:
    match node:
        case cst.Assign(targets=targets):
            yield from (text for target in targets if (text := field_text(target.target)))
        case cst.AnnAssign(target=target, value=cst.BaseExpression()) if text := field_text(target):
            yield text


def _values(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """What of a statement is read."""
    match node:
        case cst.Assign(targets=targets, value=value):
            return (value, *(target.target for target in targets if not field_text(target.target)))
        case cst.AnnAssign(target=target, value=cst.BaseExpression() as value) if field_text(target):
            return (value,)
    return (node,)


def giving_back(
    tree: SyntaxTree, node: cst.FunctionDef, fields: Sequence[str], objects: Objects, module: ModuleScope
) -> tuple[SyntaxTree, cst.FunctionDef]:
    """The def with these fields as variables that are returned behind each result, and its places.

    `self.step(k)`, which sets `self.n`, becomes what no user writes: `(self.n,) := self.step(k)`.
    """
    writer = _Writer(tree, node, fields, lambda call: set_by_call(call, objects, module))
    changed = node.visit(writer)
    assert isinstance(changed, cst.FunctionDef)
    body: list[Any] = list(changed.body.body)
    if not _ends_with_return(body):
        body.append(cst.SimpleStatementLine([writer.returned(None)]))
    return writer.tree, changed.with_changes(body=cst.IndentedBlock(body))


def _ends_with_return(body: Sequence[cst.CSTNode]) -> bool:
    match body:
        case [*_, cst.SimpleStatementLine(body=[*_, cst.Return()])]:
            return True
    return False


class Variable(cst.Name):
    """It is called what the field is called, which no other variable can be."""

    def _validate(self) -> None:
        """Any name will do."""

    def _visit_and_replace_children(self, visitor: cst.CSTVisitorT) -> "Variable":
        """libcst would make a name of it."""
        return self


class _Writer(cst.CSTTransformer):
    """Rewrites a def and keeps the places of its nodes."""

    def __init__(
        self, tree: SyntaxTree, node: cst.FunctionDef, fields: Sequence[str], set_by: SetByCall
    ) -> None:
        super().__init__()
        self.node, self.fields, self.set_by = node, fields, set_by
        self.comprehensions = 0  # around the node: what is set there is not followed
        self.spans: dict[cst.CSTNode, Any] = {}
        self.tree = replace(tree, spans=ChainMap(self.spans, tree.spans))  # type: ignore[arg-type]

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        """Functions inside have returns of their own."""
        return node is self.node

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        """So have lambdas."""
        return False

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Counts the comprehensions around a node."""
        self.comprehensions += isinstance(node, cst.BaseComp)
        return super().on_visit(node)

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        """The node as it is now, where it was."""
        self.comprehensions -= isinstance(original_node, cst.BaseComp)
        text = field_text(original_node)
        if text in self.fields:
            updated_node = Variable(text)
        elif isinstance(original_node, cst.Return):
            updated_node = self.returned(updated_node.value)
        elif isinstance(original_node, cst.Call) and not self.comprehensions:
            updated_node = self._call(original_node, updated_node)
        if original_node in self.tree.spans:
            self.spans[updated_node] = self.tree.spans[original_node]
        return updated_node

    def returned(self, value: cst.BaseExpression | None) -> cst.Return:
        """`return value, s.n`."""
        parts = (value or cst.Name("None"), *map(Variable, self.fields))
        return cst.Return(cst.Tuple([cst.Element(part) for part in parts]))

    def _call(self, original: cst.Call, call: cst.Call) -> cst.BaseExpression:
        """`(s.n,) := s.step(k)` where the call sets fields."""
        texts = self.set_by(original)
        if not texts:
            return call
        if original in self.tree.spans:
            self.spans[call] = self.tree.spans[original]
        return cst.NamedExpr(cst.Tuple([cst.Element(Variable(text)) for text in texts]), call)
