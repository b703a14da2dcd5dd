"""What is said to be unable to fail or to warn never does, tried on nasty numbers."""

import itertools
import math
from typing import Any

import numpy as np
import pytest

from pyaot.ir.build import add, binary, call, cast, f64, i64, load, unchecked, var
from pyaot.ir.check_types import IRError, Names, check_expr
from pyaot.ir.failing import can_fail, can_raise, can_warn
from pyaot.ir.functions import PURE, accepts, result_type
from pyaot.ir.interpret import State, evaluate
from pyaot.ir.interpret_ops import Failure
from pyaot.ir.nodes import Binary, Call, Cast, Const, Expr, Unary
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, DType, Origin, Scalar

NASTY: dict[str, list[Any]] = {
    "b": [True, False],
    "i": [0, 1, -1, 5, -(2**63), 2**63 - 1],
    "u": [0, 1, 2**64 - 1],
    "f": [0.0, -0.0, 1.0, -2.5, 1e308, 5e-324, math.inf, -math.inf, math.nan],
    "c": [0j, 1 - 2j, complex(math.inf, 1.0), complex(1e308, 1e308), complex(1000, 0)],
}
PYTHON = [PY_BOOL, PY_INT, PY_FLOAT, PY_COMPLEX]
NUMPY = [Scalar(DType.INT64), Scalar(DType.UINT64), Scalar(DType.FLOAT64), Scalar(DType.COMPLEX128)]
OPS = "add sub mul truediv floordiv mod pow bitand bitor bitxor shl shr minimum maximum".split()  # noqa: SIM905


def constants(type: Scalar) -> list[Const]:
    return [Const(value, type) for value in NASTY[type.dtype.kind]]


def operations(type: Scalar) -> list[Expr]:
    """Every operation on nasty numbers of a type."""
    ones = constants(type)
    pairs = list(itertools.product(ones, repeat=2))
    found: list[Expr] = [Binary(op, a, b, type) for op in OPS for a, b in pairs]
    found += [Unary(op, a, type) for op in ("neg", "invert") for a in ones]
    found += [Cast(a, to) for to in (*PYTHON, *NUMPY) for a in ones]
    origin = Origin.PYTHON if type.is_python else Origin.NUMPY
    for name, known in PURE.items():
        if accepts(name, type.dtype, origin):
            gives = result_type(name, type.dtype, origin)
            found += [Call(name, args, gives) for args in itertools.product(ones, repeat=known.arity)]
    return [expr for expr in found if is_well_typed(expr)]


def is_well_typed(expr: Expr) -> bool:
    try:
        check_expr(expr, Names({}, {}))
    except IRError:
        return False
    return True


@pytest.mark.parametrize("type", [*PYTHON, *NUMPY], ids=lambda t: f"{t.origin.value} {t.dtype.value}")
def test_only_what_can_fail_fails_and_only_what_can_warn_warns(type: Scalar) -> None:
    wrong: list[Expr] = []
    for expr in operations(type):
        warned: list[str] = []
        with np.errstate(all="call", under="ignore", call=lambda kind, _, to=warned: to.append(kind)):
            try:
                evaluate(expr, State())
            except Failure:
                wrong += [expr] if not can_fail(expr) else []
        wrong += [expr] if warned and not can_warn(expr) else []
    assert not wrong


CLAIMS = [
    # (expression, can fail, can raise, can warn)
    (add(var("i"), var("j")), True, False, False),
    (unchecked(add(var("i"), var("j"))), False, False, False),
    (binary("floordiv", var("i"), i64(3)), False, False, False),
    (binary("floordiv", var("i"), i64(-1)), True, True, False),
    (binary("floordiv", var("i"), var("j")), True, True, False),
    (binary("truediv", var("x", PY_FLOAT), f64(2.0)), False, False, False),
    (binary("add", var("x", PY_FLOAT), f64(2.0)), False, False, False),
    (binary("mul", var("x", Scalar(DType.FLOAT64)), f64(2.0)), False, False, True),
    (load("a", 0, type=Scalar(DType.FLOAT64)), True, True, False),
    (load("a", 0, type=Scalar(DType.FLOAT64), checked=False), False, False, False),
    (add(load("a", 0, type=PY_INT), 1), True, True, False),
    (cast(var("x", PY_FLOAT), PY_INT), True, True, False),
    (cast(var("u", Scalar(DType.UINT64)), PY_INT), True, False, False),
    (call("absolute", var("i")), True, False, False),
    (call("sqrt", var("x", PY_FLOAT)), True, True, False),
    (call("floor", var("x", PY_FLOAT)), False, False, False),
]


@pytest.mark.parametrize(("expr", "fails", "raises", "warns"), CLAIMS)
def test_claims(expr: Expr, fails: bool, raises: bool, warns: bool) -> None:
    assert (can_fail(expr), can_raise(expr), can_warn(expr)) == (fails, raises, warns)
