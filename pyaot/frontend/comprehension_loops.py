"""Comprehensions and what walks a value, as the functions with loops that they stand for, called at once.

[x * x for x in xs if x > 0]        def list(values):
                                        result = []
                                        for x in values:
                                            if x > 0: result.append(x * x)
                                        return result

The functions are written in `comprehension_syntax.py`.
"""

import builtins
import sys
from collections.abc import Callable

import libcst as cst

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.comprehension_syntax import AFTER_FIRST, Comprehension, function_of, function_of_values
from pyaot.frontend.context import Context, Scope
from pyaot.frontend.facts import GROWING_METHODS
from pyaot.frontend.syntax import walk
from pyaot.frontend.values import ArrayValue, FunctionValue, Number, Value
from pyaot.ir.types import DType, Origin

# From Python 3.12 on `sum` gathers what floats lose to rounding.
COMPENSATES = sys.version_info >= (3, 12)


def as_loops(ctx: Context, kind: str, node: Comprehension, start: Value | None = None) -> Value:
    """`kind(node)`: list, sum, min, max, any, all; `start` of a sum."""
    if any(isinstance(part, cst.CompFor) and part.asynchronous is not None for part in walk(node)):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "An asynchronous comprehension is not compiled.", node)
    values = ctx.expression(ctx, node.for_in.iter)
    given = (values,) if start is None else (values, start)
    is_plain = not node.for_in.ifs and node.for_in.inner_for_in is None
    if is_plain and isinstance(values, ArrayValue) and not _calls_user_code(ctx, node.elt):
        kind = AFTER_FIRST.get(kind, kind)

    def call(kind: str) -> Value:
        function = FunctionValue(_name(kind), function_of(kind, node, start is not None), ctx.scope)
        return ctx.call_function(ctx, function, given, {}, node)

    return _compensated(ctx, kind, call)


def walked(ctx: Context, kind: str, value: Value, start: Number | None = None) -> Value:
    """`kind(value)`, where the value is walked: `sum(xs)`, `max(a)`."""
    given = (value,) if start is None else (value, start)
    if isinstance(value, ArrayValue):
        kind = AFTER_FIRST.get(kind, kind)

    def call(kind: str) -> Value:
        function = FunctionValue(_name(kind), function_of_values(kind, start is not None))
        return ctx.call_function(ctx, function, given, {}, function.node)

    return _compensated(ctx, kind, call)


def _name(kind: str) -> str:
    return kind.partition(" ")[0]


def _compensated(ctx: Context, kind: str, call: Callable[[str], Value]) -> Value:
    """Some versions of Python gather what a sum of floats loses to rounding."""
    with ctx.nested() as plain:
        found = call(kind)
    is_float = isinstance(found, Number) and found.type.is_python and found.type.dtype is DType.FLOAT64
    if COMPENSATES and kind == "sum" and is_float:
        if _may_hold_both(ctx):
            message = (
                "A sum of Python's floats and NumPy's, which this Python adds in two ways, is not compiled."
            )
            raise ctx.refuse(UNSUPPORTED_EXPRESSION, message)
        return call("compensated")
    ctx.body.extend(plain)
    return found


def _may_hold_both(ctx: Context) -> bool:
    """Whether a list of the function holds Python's numbers and NumPy's."""
    columns = (column for type in ctx.list_types.values() for column in type.columns)
    return any(column.items is Origin.ALIKE for column in columns)


def _calls_user_code(ctx: Context, node: cst.CSTNode) -> bool:
    """Whether evaluating it twice may be noticed."""
    for part in walk(node):
        match part:
            case cst.Call(func=cst.Name(value=name)):
                if name in ctx.module.functions or not hasattr(builtins, name) or is_local(ctx.scope, name):
                    return True
            case cst.Call(func=cst.Attribute(attr=cst.Name(value=method))) if method in GROWING_METHODS:
                return True
            case cst.Call(func=func) if not isinstance(func, (cst.Name, cst.Attribute)):
                return True
    return False


def is_local(scope: Scope | None, name: str) -> bool:
    """Whether the name is a variable of the function, or of one around it."""
    while scope is not None:
        if name in scope.names or name in scope.local_names:
            return True
        scope = scope.outer
    return False
