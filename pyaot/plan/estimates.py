"""How long the versions of a function take, as formulas of its arguments: for reports, no choice hangs on it.

    for i in range(n): y[i] = a * x[i]       native    n * 0.3 ns        loops of its own, on one thread
                                             numpy     1000 + n * 3 ns   array operators
                                             original  n * 150 ns        the interpreter

Only loops count, and of these those whose extents follow from the arguments.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import reduce

from msgspec import Struct

from pyaot.ir.build import add, cast, mul
from pyaot.ir.nodes import Binary, Cast, Const, Dim, Expr, For, Function, If, Unary, Var
from pyaot.ir.types import PY_FLOAT, DType, Scalar
from pyaot.ir.walk import Body, map_expr, scalars_assigned, walk_expr
from pyaot.poly.work import numpy_time_of, python_time_of, time_of

NATIVE_NS = 0.1  # a unit of `Marks.time`
PYTHON_NS = 50.0  # an operation of a Python loop

_FLOAT = Scalar(DType.FLOAT64)


class Estimate(Struct, frozen=True):
    """The time of one version in nanoseconds; None where no loop's extent follows from the arguments."""

    version: str
    nanoseconds: Expr | None
    is_whole: bool  # every outermost loop is in it


def estimates(before: Function, after: Function, targets: tuple[str, ...]) -> tuple[Estimate, ...]:
    """One for each target, and one for the original; `before` as the user's loops are, `after` as marked."""
    measures: dict[str, tuple[Function, Callable[[For], Expr], float]] = {
        "native": (after, time_of, NATIVE_NS),
        "numpy": (after, numpy_time_of, PYTHON_NS),
        "original": (before, python_time_of, PYTHON_NS),
    }
    return tuple(_estimate(target, *measures[target]) for target in (*targets, "original"))


def _estimate(version: str, function: Function, measure: Callable[[For], Expr], unit: float) -> Estimate:
    known = {param.name for param in function.params} - scalars_assigned(function.body)
    loops = list(_outermost(function.body))
    found = [time for time in map(measure, loops) if _is_over(time, known)]
    if not found:
        return Estimate(version, None, False)
    total = mul(Const(unit, _FLOAT), reduce(add, (cast(time, _FLOAT) for time in found)))
    return Estimate(version, total, len(found) == len(loops))


def _outermost(body: Body) -> Iterator[For]:
    for stmt in body:
        if isinstance(stmt, For):
            yield stmt
        elif isinstance(stmt, If):  # of two forms of a loop the later one is without calls of a library
            yield from _outermost(stmt.otherwise or stmt.then)


def _is_over(expr: Expr, known: set[str]) -> bool:
    nodes = list(walk_expr(expr))
    names = {n.name for n in nodes if isinstance(n, Var)} | {n.array for n in nodes if isinstance(n, Dim)}
    return names <= known


_OPERATIONS: Mapping[str, Callable[[float, float], float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "truediv": lambda a, b: a / b,
    "floordiv": lambda a, b: a // b,
    "mod": lambda a, b: a % b,
    "minimum": min,
    "maximum": max,
}


def value_of(expr: Expr, values: Mapping[Var | Dim, float]) -> float | None:
    """The number that a formula has for these arguments; None where it has none."""
    match expr:
        case Const(value):
            return float(value.real)
        case Var() | Dim():
            return values.get(expr)
        case Cast(operand):
            return value_of(operand, values)
        case Unary("neg", operand):
            inner = value_of(operand, values)
            return None if inner is None else -inner
        case Binary(op, left, right) if op in _OPERATIONS:
            a, b = value_of(left, values), value_of(right, values)
            if a is None or b is None or (b == 0 and op in ("truediv", "floordiv", "mod")):
                return None
            return _OPERATIONS[op](a, b)
        case _:
            return None


def plain(expr: Expr) -> Expr:
    """The formula for people: without conversions, and with short numbers."""

    def shorter(node: Expr) -> Expr:
        match node:
            case Cast(operand):
                return operand
            case Const(float(value)):
                return Const(int(value) if value == int(value) else value, PY_FLOAT)
            case _:
                return node

    return map_expr(shorter, expr)


def arguments_in(expr: Expr) -> tuple[Var | Dim, ...]:
    """The arguments and extents that a formula asks for, in order."""
    return tuple(dict.fromkeys(node for node in walk_expr(expr) if isinstance(node, Var | Dim)))
