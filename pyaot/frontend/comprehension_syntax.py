"""The functions that comprehensions and walks stand for, as syntax; the clauses are the user's own nodes.

max(abs(x) for x in a)          def max(values):
                                    found = False
                                    for x in values:
                                        item = abs(x)
                                        if not found: result = item; found = True
                                        if item > result: result = item
                                    assert found
                                    return result
"""

from collections.abc import Callable
from functools import cache

import libcst as cst

from pyaot.frontend.syntax import walk
from pyaot.ir.user_names import UNNAMED

Comprehension = cst.ListComp | cst.GeneratorExp
Statements = list[cst.BaseStatement]
# What has a first item, surely: it is where the search begins.
AFTER_FIRST = {"min": "min after first", "max": "max after first"}


@cache
def function_of(kind: str, node: Comprehension, has_start: bool) -> cst.FunctionDef:
    """The function of a comprehension, which takes what its first clause walks."""
    names = _names_unlike({part.value for part in walk(node) if isinstance(part, cst.Name)})
    clauses: list[cst.CompFor] = [node.for_in.with_changes(iter=cst.Name(names["values"]))]
    clause = node.for_in.inner_for_in
    while clause is not None:
        clauses.append(clause)
        clause = clause.inner_for_in
    inside = _STEPS[kind](names, node.elt)
    for clause in reversed(clauses):
        for condition in reversed(clause.ifs):
            inside = [cst.If(condition.test, cst.IndentedBlock(inside))]
        inside = [cst.For(clause.target, clause.iter, cst.IndentedBlock(inside))]
    return _defined(kind, names, has_start, [*_first(kind, names, node.for_in.target, node.elt), *inside])


def _first(
    kind: str, names: dict[str, str], target: cst.BaseAssignTargetExpression, elt: cst.BaseExpression
) -> Statements:
    """The extreme begins as the first item."""
    if kind not in AFTER_FIRST.values():
        return []
    zero = cst.SubscriptElement(cst.Index(cst.Integer("0")))
    first = cst.Assign([cst.AssignTarget(target)], cst.Subscript(cst.Name(names["values"]), [zero]))
    return [_line(first), _set(cst.Name(names["result"]), elt)]


@cache
def function_of_values(kind: str, has_start: bool) -> cst.FunctionDef:
    """The function that walks its argument."""
    names = _names_unlike(set())
    item, values = cst.Name(names["next"]), cst.Name(names["values"])
    inside: Statements = [cst.For(item, values, cst.IndentedBlock(_STEPS[kind](names, item)))]
    return _defined(kind, names, has_start, [*_first(kind, names, item, item), *inside])


def _names_unlike(taken: set[str]) -> dict[str, str]:
    """Names for the function's own variables that the clauses do not use."""
    found = {}
    for name in ("result", "item", "found", "start", "values", "next", "total", "lost"):
        own = UNNAMED + name
        while own in taken:
            own += "_"
        found[name] = own
    return found


def _defined(kind: str, names: dict[str, str], has_start: bool, inside: Statements) -> cst.FunctionDef:
    params = [names["values"], *([names["start"]] if has_start else [])]
    given = cst.Parameters([cst.Param(cst.Name(name)) for name in params])
    body = _around(kind, names, inside, has_start)
    return cst.FunctionDef(cst.Name("walk"), given, cst.IndentedBlock(body))


def _around(kind: str, names: dict[str, str], inside: Statements, has_start: bool) -> Statements:
    """What stands before the loops, the loops, and the return."""
    result, found = cst.Name(names["result"]), cst.Name(names["found"])
    true, false = cst.Name("True"), cst.Name("False")
    match kind:
        case "list":
            return [_set(result, cst.List([])), *inside, _return(result)]
        case "sum":
            first = cst.Name(names["start"]) if has_start else cst.Integer("0")
            return [_set(result, first), *inside, _return(result)]
        case "compensated":
            first = cst.Name(names["start"]) if has_start else cst.Integer("0")
            lost = cst.Name(names["lost"])
            return [_set(result, first), _set(lost, cst.Float("0.0")), *inside, *_with_lost(result, lost)]
        case "any" | "all":
            return [*inside, _return(true if kind == "all" else false)]
    if kind in AFTER_FIRST.values():
        return [*inside, _return(result)]
    return [_set(found, false), *inside, _line(cst.Assert(found)), _return(result)]


def _appended(names: dict[str, str], elt: cst.BaseExpression) -> Statements:
    method = cst.Attribute(cst.Name(names["result"]), cst.Name("append"))
    return [_line(cst.Expr(cst.Call(method, [cst.Arg(elt)])))]


def _added(names: dict[str, str], elt: cst.BaseExpression) -> Statements:
    result = cst.Name(names["result"])
    return [_set(result, _sum_of(result, elt))]


def _any(names: dict[str, str], elt: cst.BaseExpression) -> Statements:
    return [cst.If(elt, cst.IndentedBlock([_return(cst.Name("True"))]))]


def _all(names: dict[str, str], elt: cst.BaseExpression) -> Statements:
    return [cst.If(cst.UnaryOperation(cst.Not(), elt), cst.IndentedBlock([_return(cst.Name("False"))]))]


def _better(operator: cst.BaseCompOp) -> Callable[[dict[str, str], cst.BaseExpression], Statements]:
    """The first of equal items stays, as in Python."""

    def step(names: dict[str, str], elt: cst.BaseExpression) -> Statements:
        result, item = cst.Name(names["result"]), cst.Name(names["item"])
        keep = cst.IndentedBlock([_set(result, item)])
        is_better = cst.Comparison(item, [cst.ComparisonTarget(operator, result)])
        return [_set(item, elt), cst.If(is_better, keep)]

    return step


def _better_or_first(operator: cst.BaseCompOp) -> Callable[[dict[str, str], cst.BaseExpression], Statements]:
    def step(names: dict[str, str], elt: cst.BaseExpression) -> Statements:
        result, item, found = (cst.Name(names[name]) for name in ("result", "item", "found"))
        set_item, compare = _better(operator)(names, elt)
        first = cst.IndentedBlock([_set(result, item), _set(found, cst.Name("True"))])
        return [set_item, cst.If(cst.UnaryOperation(cst.Not(), found), first), compare]

    return step


def _added_twice(names: dict[str, str], elt: cst.BaseExpression) -> Statements:
    """`total = result + item`, and what it loses is added up in `lost` (Neumaier, as CPython does it)."""
    result, item, total, lost = (cst.Name(names[name]) for name in ("result", "item", "total", "lost"))
    sizes = [_size_of(value) for value in (result, item)]
    is_larger = cst.Comparison(sizes[0], [cst.ComparisonTarget(cst.GreaterThanEqual(), sizes[1])])

    def more(large: cst.Name, small: cst.Name) -> cst.IndentedBlock:
        error = _sum_of(cst.BinaryOperation(large, cst.Subtract(), total), small)
        return cst.IndentedBlock([_set(lost, _sum_of(lost, error))])

    choice = cst.If(is_larger, more(result, item), cst.Else(more(item, result)))
    return [_set(item, elt), _set(total, _sum_of(result, item)), choice, _set(result, total)]


def _size_of(value: cst.Name) -> cst.IfExp:
    is_positive = cst.Comparison(value, [cst.ComparisonTarget(cst.GreaterThan(), cst.Integer("0"))])
    return cst.IfExp(is_positive, value, cst.UnaryOperation(cst.Minus(), value))


def _with_lost(result: cst.Name, lost: cst.Name) -> Statements:
    """The sum and what it lost, unless that is nan or infinite."""
    rest = cst.BinaryOperation(lost, cst.Subtract(), lost)
    is_finite = cst.Comparison(rest, [cst.ComparisonTarget(cst.Equal(), cst.Float("0.0"))])
    is_any = cst.Comparison(lost, [cst.ComparisonTarget(cst.NotEqual(), cst.Float("0.0"))])
    condition = cst.BooleanOperation(is_any, cst.And(), is_finite)
    return [cst.If(condition, cst.IndentedBlock([_set(result, _sum_of(result, lost))])), _return(result)]


def _sum_of(left: cst.BaseExpression, right: cst.BaseExpression) -> cst.BinaryOperation:
    return cst.BinaryOperation(left, cst.Add(), right)


_STEPS: dict[str, Callable[[dict[str, str], cst.BaseExpression], Statements]] = {
    "list": _appended,
    "sum": _added,
    "compensated": _added_twice,
    "any": _any,
    "all": _all,
    "min": _better_or_first(cst.LessThan()),
    "max": _better_or_first(cst.GreaterThan()),
    AFTER_FIRST["min"]: _better(cst.LessThan()),
    AFTER_FIRST["max"]: _better(cst.GreaterThan()),
}


def _set(target: cst.Name, value: cst.BaseExpression) -> cst.BaseStatement:
    return _line(cst.Assign([cst.AssignTarget(target)], value))


def _return(value: cst.BaseExpression) -> cst.BaseStatement:
    return _line(cst.Return(value))


def _line(small: cst.BaseSmallStatement) -> cst.BaseStatement:
    return cst.SimpleStatementLine([small])
