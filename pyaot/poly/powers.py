"""Powers by small constants are products, quotients and square roots, which go through vectors.

    y = pow(x, 3.0)             y = x * x * x
    y = pow(x, -1.5)            t = inf if x == -inf else x + 0.0
                                r = 1.0 / t
                                y = r * sqrt(r)

Right to a few units in the last place, with the special values and the warnings of `pow`. Only where the base
is computed anyway: what only one arm of a choice computes stays.
"""

import math
from collections.abc import Sequence
from functools import reduce

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.nodes import (
    Assign,
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Expr,
    Function,
    Select,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import PY_BOOL
from pyaot.ir.walk import Body, map_sub_expressions, transform_body
from pyaot.poly.accumulate import names_in

GREATEST = 4.0  # exponent


def powers_as_products(function: Function) -> Function:
    """The function with powers of floats of NumPy's taken apart."""
    names = names_in(function)

    def taken_apart(stmt: Stmt) -> Body:
        if not isinstance(stmt, Assign | Store):
            return (stmt,)
        work = _Powers(names)
        changed = replace(stmt, value=work.expr(stmt.value))
        return (*work.before, changed)

    return replace(function, body=transform_body(taken_apart, function.body))


class _Powers(Struct):
    names: set[str]
    before: list[Stmt] = field(default_factory=list)

    def expr(self, expr: Expr) -> Expr:
        """The expression with its powers as products; what they need stands `before`."""
        if isinstance(expr, Select):
            return replace(expr, condition=self.expr(expr.condition))
        inner = map_sub_expressions(self.expr, expr)
        exponent = _exponent(inner)
        return inner if exponent is None or not isinstance(inner, Binary) else self._power(inner, exponent)

    def _power(self, power: Binary, exponent: float) -> Expr:
        base, count = self._named(power.left, "base"), int(abs(exponent))
        if exponent == int(exponent):
            factor = base if exponent > 0 else self._named(_quotient(base), "inverse")
            return _product([factor] * count)
        base = self._named(_plain(base), "base")
        if exponent == -0.5:
            return _quotient(_root(base))
        factor = base if exponent > 0 else self._named(_quotient(base), "inverse")
        return _product([_root(factor), *[factor] * count])  # the root of a negative number comes first

    def _named(self, value: Expr, wanted: str) -> Var:
        if isinstance(value, Var):
            return value
        name = fresh(wanted, self.names)
        self.names.add(name)
        self.before.append(Assign(name, value))
        return Var(name, value.type)


def _exponent(expr: Expr) -> float | None:
    """The multiple of a half that a power of NumPy's has as its exponent, if it is small."""
    if (
        not isinstance(expr, Binary)
        or expr.op != "pow"
        or expr.type.is_python
        or not expr.type.dtype.is_float
    ):
        return None
    right = expr.right
    while isinstance(right, Cast):
        right = right.operand
    value = right.value.real if isinstance(right, Const) else math.nan
    return value if 0.0 < abs(value) <= GREATEST and value * 2 == int(value * 2) else None


def _product(factors: Sequence[Expr]) -> Expr:
    return reduce(lambda a, b: Binary("mul", a, b, a.type), factors)


def _quotient(divisor: Expr) -> Expr:
    return Binary("truediv", Const(1.0, divisor.type), divisor, divisor.type)


def _root(expr: Expr) -> Expr:
    return Call("sqrt", (expr,), expr.type)


def _plain(base: Expr) -> Expr:
    """The base with the other sign where it is -inf or -0.0, whose square roots are not those of `pow`."""
    type = base.type
    is_least = Compare("eq", base, Const(-math.inf, type), PY_BOOL)
    return Select(is_least, Const(math.inf, type), Binary("add", base, Const(0.0, type), type), type)
