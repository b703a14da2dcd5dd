"""Every operation on its own line.

a[i] += alpha * x[i + 1]              t1 = i + 1
                                      t2 = alpha * x[t1]
                                      a[i] += t2

What runs under a condition or more than once (`and`, `if` expressions, comprehensions, `while`) stays where
it is.
"""

from collections.abc import Sequence
from typing import Any

import libcst as cst


def split(module: cst.Module) -> cst.Module:
    """The module with the statements of its functions split."""
    return module.visit(_Splitter())


class _Splitter(cst.CSTTransformer):
    """Splits the statements of every block."""

    def __init__(self) -> None:
        self.depth = 0
        self.count = 0

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.depth += 1

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> Any:
        self.depth -= 1
        return updated_node

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> Any:
        if not self.depth:
            return updated_node
        body = [line for stmt in updated_node.body for line in self._lines(stmt)]
        return updated_node.with_changes(body=body)

    def _lines(self, stmt: Any) -> Sequence[Any]:
        """The statement behind those that compute its parts."""
        before = _Parts(self.count)
        match stmt:
            case cst.SimpleStatementLine(body=[small]):
                new = stmt.with_changes(body=[_small(small, before)])
            case cst.For():
                new = stmt.with_changes(iter=before.inside(stmt.iter))
            case cst.If():
                new = stmt.with_changes(test=before.inside(stmt.test))
            case _:
                return [stmt]
        self.count = before.count
        return [*before.lines, new]


def _small(stmt: Any, before: "_Parts") -> Any:
    match stmt:
        case cst.Assign(targets=targets):
            value = before.inside(stmt.value)
            return stmt.with_changes(value=value, targets=[_target(t, before) for t in targets])
        case cst.AugAssign():
            value = before.whole(stmt.value)
            return stmt.with_changes(value=value, target=before.inside(stmt.target))
        case cst.Return(value=cst.BaseExpression()):
            return stmt.with_changes(value=before.whole(stmt.value))
        case cst.Expr(value=cst.Call()):
            return stmt.with_changes(value=before.inside(stmt.value))
    return stmt


def _target(target: cst.AssignTarget, before: "_Parts") -> cst.AssignTarget:
    return target.with_changes(target=before.inside(target.target))


class _Parts:
    """Gathers the lines that compute the parts of one statement."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.lines: list[cst.SimpleStatementLine] = []

    def whole(self, expr: Any) -> Any:
        """The expression, or the name for it if it is an operation."""
        split = self.inside(expr)
        if not isinstance(expr, cst.BinaryOperation):
            return split
        self.count += 1
        name = cst.Name(f"part_{self.count}")
        assign = cst.Assign([cst.AssignTarget(name)], _in_one_piece(split))
        self.lines.append(cst.SimpleStatementLine([assign]))
        return name

    def inside(self, expr: Any) -> Any:
        """The expression with names for the operations in it."""
        match expr:
            case cst.BinaryOperation():
                left = self.whole(expr.left)
                return expr.with_changes(left=left, right=self.whole(expr.right))
            case cst.UnaryOperation():
                return expr.with_changes(expression=self.whole(expr.expression))
            case cst.Comparison(comparisons=[compared]):
                left = self.whole(expr.left)
                right = compared.with_changes(comparator=self.whole(compared.comparator))
                return expr.with_changes(left=left, comparisons=[right])
            case cst.Call():
                function = self.inside(expr.func)
                return expr.with_changes(func=function, args=[self._argument(a) for a in expr.args])
            case cst.Attribute():
                return expr.with_changes(value=self.whole(expr.value))
            case cst.Subscript():
                value = self.whole(expr.value)
                return expr.with_changes(value=value, slice=[self._subscript(s) for s in expr.slice])
            case cst.Tuple() | cst.List():
                return expr.with_changes(elements=[self._argument(e) for e in expr.elements])
        return expr

    def _argument(self, holder: Any) -> Any:
        return holder.with_changes(value=self.whole(holder.value))

    def _subscript(self, element: cst.SubscriptElement) -> cst.SubscriptElement:
        match element.slice:
            case cst.Index():
                new: Any = self._argument(element.slice)
            case cst.Slice(lower=lower, upper=upper):
                new = element.slice.with_changes(lower=self.whole(lower), upper=self.whole(upper))
            case _:
                new = element.slice
        return element.with_changes(slice=new)


def _in_one_piece(expr: Any) -> Any:
    """In parentheses where it has several lines, which the parentheses around it held together."""
    if expr.lpar or "\n" not in cst.Module([]).code_for_node(expr):
        return expr
    return expr.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
