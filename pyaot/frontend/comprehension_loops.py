"""Comprehensions and what walks a value, as the functions with loops that they stand for, called at once.

[x * x for x in xs if x > 0]        def list(values):
                                        result = []
                                        for x in values:
                                            if x > 0: result.append(x * x)
                                        return result

The nodes of the clauses are the user's own, so messages point at them.
"""

import sys
from collections.abc import Callable
from functools import cache

import libcst as cst

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.context import Context
from pyaot.frontend.syntax import walk
from pyaot.frontend.values import FunctionValue, Number, Value
from pyaot.ir.types import DType

Comprehension = cst.ListComp | cst.GeneratorExp
# From Python 3.12 on `sum` gathers what floats lose to rounding.
COMPENSATES = sys.version_info >= (3, 12)
Statements = list[cst.BaseStatement]


def as_loops(ctx: Context, kind: str, node: Comprehension, start: Value | None = None) -> Value:
    """`kind(node)`: list, sum, min, max, any, all; `start` of a sum."""
    if any(isinstance(part, cst.CompFor) and part.asynchronous is not None for part in walk(node)):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "An asynchronous comprehension is not compiled.", node)
    values = ctx.expression(ctx, node.for_in.iter)
    given = (values,) if start is None else (values, start)

    def call(kind: str) -> Value:
        function = FunctionValue(kind, _function_of(kind, node, start is not None), ctx.scope)
        return ctx.call_function(ctx, function, given, {}, node)

    return _compensated(ctx, kind, call)


def walked(ctx: Context, kind: str, value: Value, start: Number | None = None) -> Value:
    """`kind(value)`, where the value is walked: `sum(xs)`, `max(a)`."""
    given = (value,) if start is None else (value, start)

    def call(kind: str) -> Value:
        function = FunctionValue(kind, _function_of_values(kind, start is not None))
        return ctx.call_function(ctx, function, given, {}, function.node)

    return _compensated(ctx, kind, call)


def _compensated(ctx: Context, kind: str, call: Callable[[str], Value]) -> Value:
    """Some versions of Python gather what a sum of floats loses to rounding."""
    with ctx.nested() as plain:
        found = call(kind)
    is_float = isinstance(found, Number) and found.type.is_python and found.type.dtype is DType.FLOAT64
    if COMPENSATES and kind == "sum" and is_float:
        return call("compensated")
    ctx.body.extend(plain)
    return found


# ---- the functions --------------------------------------------------------------------------------------


@cache
def _function_of(kind: str, node: Comprehension, has_start: bool) -> cst.FunctionDef:
    taken = {part.value for part in walk(node) if isinstance(part, cst.Name)}
    names = _names_unlike(taken)
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
    return _defined(kind, names, has_start, inside)


@cache
def _function_of_values(kind: str, has_start: bool) -> cst.FunctionDef:
    names = _names_unlike(set())
    item, values = cst.Name(names["next"]), cst.Name(names["values"])
    inside: Statements = [cst.For(item, values, cst.IndentedBlock(_STEPS[kind](names, item)))]
    return _defined(kind, names, has_start, inside)


def _names_unlike(taken: set[str]) -> dict[str, str]:
    """Names for the function's own variables that the clauses do not use."""
    found = {}
    for name in ("result", "item", "found", "start", "values", "next", "total", "lost"):
        own = name
        while own in taken:
            own += "_"
        found[name] = own
    return found


def _defined(kind: str, names: dict[str, str], has_start: bool, inside: Statements) -> cst.FunctionDef:
    params = [names["values"], *([names["start"]] if has_start else [])]
    given = cst.Parameters([cst.Param(cst.Name(name)) for name in params])
    return cst.FunctionDef(cst.Name(kind), given, cst.IndentedBlock(_around(kind, names, inside, has_start)))


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
        result, item, found = (cst.Name(names[name]) for name in ("result", "item", "found"))
        keep = cst.IndentedBlock([_set(result, item)])
        is_better = cst.Comparison(item, [cst.ComparisonTarget(operator, result)])
        first = cst.IndentedBlock([_set(result, item), _set(found, cst.Name("True"))])
        is_first = cst.UnaryOperation(cst.Not(), found)
        return [_set(item, elt), cst.If(is_first, first), cst.If(is_better, keep)]

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
    "min": _better(cst.LessThan()),
    "max": _better(cst.GreaterThan()),
}


def _set(target: cst.Name, value: cst.BaseExpression) -> cst.BaseStatement:
    return _line(cst.Assign([cst.AssignTarget(target)], value))


def _return(value: cst.BaseExpression) -> cst.BaseStatement:
    return _line(cst.Return(value))


def _line(small: cst.BaseSmallStatement) -> cst.BaseStatement:
    return cst.SimpleStatementLine([small])
