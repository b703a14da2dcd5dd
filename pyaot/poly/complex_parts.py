"""Functions of complex numbers as formulas of their real and imaginary parts.

exp(x + iy)        (half * cos(y) * half, half * sin(y) * half), with half = exp(0.5 * x)
(a + ib) / r       ((a + b * (0 / r)) * (1 / r), (b - a * (0 / r)) * (1 / r)), and (a / 0, b / 0) for zero

`name` gives a part a name, since it is used more than once.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

from pyaot.ir.build import both, compare, either, negated
from pyaot.ir.nodes import Binary, Call, Const, Expr, Select, Unary
from pyaot.ir.types import PY_BOOL

Pair: TypeAlias = tuple[Expr, Expr]
Name: TypeAlias = Callable[[str, Expr], Expr]


def product(a: Pair, b: Pair) -> Pair:
    """Four products."""
    real = _term("sub", _term("mul", a[0], b[0]), _term("mul", a[1], b[1]))
    imag = _term("add", _term("mul", a[0], b[1]), _term("mul", a[1], b[0]))
    return real, imag


def quotient_by_real(a: Pair, divisor: Expr, name: Name) -> Pair:
    """NumPy's division by a number without imaginary part: Smith's formula, and another one for zero."""
    type = divisor.type
    zero, one = Const(0.0, type), Const(1.0, type)
    is_zero = name("is_zero", compare("eq", divisor, zero))
    safe = name("safe", Select(is_zero, one, divisor, type))
    ratio, scale = name("ratio", _term("truediv", zero, safe)), name("scale", _term("truediv", one, safe))
    positive = name("positive", Select(is_zero, zero, one, type))

    def part(op: str, own: Expr, other: Expr) -> Expr:
        usual = name("usual", _term("mul", _term(op, own, _term("mul", other, ratio)), scale))
        return Select(is_zero, name("by_zero", _term("truediv", own, positive)), usual, type)

    return part("add", a[0], a[1]), part("sub", a[1], a[0])


def exponential(z: Pair, name: Name) -> Pair:
    """exp(x) * (cos(y), sin(y)): with exp(x / 2) twice it overflows only where the result does."""
    (x, y), type = z, z[0].type
    zero, one, infinity = (Const(value, type) for value in (0.0, 1.0, math.inf))
    half = name("half", _call("exp", _term("mul", x, Const(0.5, type))))
    no_angle = name("no_angle", negated(Call("isfinite", (y,), PY_BOOL)))
    vanishes = name("vanishes", both(no_angle, compare("eq", x, Unary("neg", infinity, type))))
    is_infinite = name("is_infinite", both(no_angle, compare("eq", x, infinity)))
    cosine, sine = name("cosine", _call("cos", y)), name("sine", _call("sin", y))
    cosine = name("cosine", Select(either(vanishes, is_infinite), one, cosine, type))
    sine = name("sine", Select(vanishes, one, sine, type))
    imag = name("imag", _term("mul", _term("mul", half, sine), half))
    real = _term("mul", _term("mul", half, cosine), half)
    return real, Select(name("is_real", compare("eq", y, zero)), y, imag, type)


def _call(function: str, argument: Expr) -> Expr:
    return Call(function, (argument,), argument.type)


def _term(op: str, left: Expr, right: Expr) -> Expr:
    return Binary(op, left, right, left.type, checked=False)
