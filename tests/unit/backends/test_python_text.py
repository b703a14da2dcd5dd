"""Expressions as Python text: few brackets, and the meaning of the interpreter."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyaot.backends.python_text import Names, constant_text, expression_text
from pyaot.ir.build import both, compare, dim, either, f64, i64, load, select, var
from pyaot.ir.interpret import Failed, Returned, interpret
from pyaot.ir.nodes import Binary, Call, Cast, Const, Expr, Function, Param, Return, ScalarResult, Unary
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, DType, Origin, Scalar

NP_FLOAT = Scalar(DType.FLOAT64)
N, M = var("n"), var("m")
X, Z = var("x", PY_FLOAT), var("z", PY_COMPLEX)


def _op(op: str, left: Expr, right: Expr, type: Scalar = PY_INT) -> Binary:
    return Binary(op, left, right, type)


CASES = [
    (_op("mul", _op("add", N, i64(1)), dim("a", 0)), "(n + 1) * a.shape[0]"),
    (_op("sub", N, _op("sub", M, i64(1))), "n - (m - 1)"),
    (_op("sub", _op("sub", N, M), i64(1)), "n - m - 1"),
    (_op("floordiv", _op("mul", N, M), i64(2)), "n * m // 2"),
    (_op("pow", _op("pow", N, M), i64(2)), "(n ** m) ** 2"),
    (_op("pow", Unary("neg", N, PY_INT), i64(2)), "(-n) ** 2"),
    (_op("minimum", N, M), "min(n, m)"),
    (_op("maximum", X, f64(1.0), PY_FLOAT), "float(np.maximum(x, 1.0))"),
    (_op("bitand", _op("shl", N, i64(2)), M), "n << 2 & m"),
    (both(compare("lt", N, M), compare("eq", N, i64(0))), "n < m and n == 0"),
    (
        either(both(compare("lt", N, M), compare("gt", N, M)), compare("eq", N, M)),
        "n < m and n > m or n == m",
    ),
    (
        both(either(compare("lt", N, M), compare("gt", N, M)), compare("eq", N, M)),
        "(n < m or n > m) and n == m",
    ),
    (Unary("not", compare("lt", N, M), PY_BOOL), "not n < m"),
    (select(compare("lt", N, M), N, M), "n if n < m else m"),
    (_op("add", select(compare("lt", N, M), N, M), i64(1)), "(n if n < m else m) + 1"),
    (load("a", N, _op("add", N, i64(1)), type=NP_FLOAT), "a[n, n + 1]"),
    (Cast(N, PY_FLOAT), "float(n)"),
    (Cast(X, Scalar(DType.FLOAT64, Origin.EITHER)), "x"),
    (Cast(Z, PY_FLOAT), "float(z.real)"),
    (Call("sqrt", (X,), PY_FLOAT), "math.sqrt(x)"),
    (Call("sqrt", (Z,), PY_COMPLEX), "cmath.sqrt(z)"),
    (Call("sqrt", (var("y", NP_FLOAT),), NP_FLOAT), "np.sqrt(y)"),
    (Call("conjugate", (Z,), PY_COMPLEX), "z.conjugate()"),
    (Const(-2, PY_INT), "-2"),
    (Const(1.5, NP_FLOAT), "np.float64(1.5)"),
]


@pytest.mark.parametrize(("expr", "text"), CASES, ids=[text for _, text in CASES])
def test_text(expr: Expr, text: str) -> None:
    assert expression_text(expr, Names()) == text


def test_names_are_the_callers() -> None:
    names = Names({"n": "self.n"}, numpy="_pyaot.numpy", builtin=lambda name: f"b.{name}")
    expr = _op("minimum", N, Cast(X, PY_INT))
    assert expression_text(expr, names) == "b.min(self.n, b.int(x))"


@pytest.mark.parametrize(
    "value", [0, -7, 2**62, True, 0.1, -0.0, math.inf, -math.inf, math.nan, 1j, complex(-0.0, math.nan)]
)
def test_constant_is_given_back_exactly(value: Any) -> None:
    again = eval(constant_text(value, Names()))
    assert type(again) is type(value)
    assert np.array(again).tobytes() == np.array(value).tobytes()


def _expressions() -> st.SearchStrategy[Expr]:
    leaves = st.sampled_from([N, M]) | st.integers(-5, 5).map(i64)
    ops = st.sampled_from(
        ["add", "sub", "mul", "floordiv", "mod", "minimum", "maximum", "bitand", "bitor", "bitxor"]
    )

    def grown(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        conditions = st.builds(compare, st.sampled_from(["lt", "le", "eq", "ne"]), inner, inner)
        conditions = (
            conditions | st.builds(both, conditions, conditions) | st.builds(either, conditions, conditions)
        )
        return (
            st.builds(_op, ops, inner, inner)
            | st.builds(lambda e: Unary("neg", e, PY_INT), inner)
            | st.builds(lambda e: Unary("invert", e, PY_INT), inner)
            | st.builds(select, conditions, inner, inner)
        )

    return st.recursive(leaves, grown, max_leaves=12)


@given(_expressions(), st.integers(-9, 9), st.integers(-9, 9))
def test_text_means_what_the_interpreter_says(expr: Expr, n: int, m: int) -> None:
    function = Function("f", "f", (Param("n", PY_INT), Param("m", PY_INT)), (), (Return(ScalarResult(expr)),))
    outcome = interpret(function, (n, m))
    try:
        value = eval(expression_text(expr, Names()), {"n": n, "m": m})
    except ZeroDivisionError:
        assert isinstance(outcome, Failed)
        return
    assert isinstance(outcome, Returned)
    assert (outcome.value, type(outcome.value)) == (value, int)
