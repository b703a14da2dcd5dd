"""Constructors simplify Python's int arithmetic, and only that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyaot.ir.build import (
    INT64_MAX,
    add,
    binary,
    both,
    cast,
    either,
    f64,
    floordiv,
    i64,
    load,
    maximum,
    minimum,
    mul,
    neg,
    select,
    sub,
    var,
)
from pyaot.ir.interpret import State, evaluate
from pyaot.ir.nodes import Expr
from pyaot.ir.show import show_expr
from pyaot.ir.types import PY_FLOAT, PY_INT, DType, Origin, Scalar

I, J = var("i"), var("j")
NUMPY_INT = Scalar(DType.INT64)

SIMPLIFIED = [
    (add(I, 0), "i"),
    (add(0, I), "i"),
    (add(2, I), "i +? 2"),
    (add(add(I, 1), 2), "i +? 3"),
    (add(sub(I, 1), 1), "i"),
    (sub(add(I, 1), 3), "i -? 2"),
    (sub(I, 0), "i"),
    (sub(I, I), "0"),
    (sub(0, I), "0 -? i"),
    (neg(i64(3)), "-3"),
    (mul(I, 1), "i"),
    (mul(1, I), "i"),
    (mul(0, I), "0"),
    (mul(2, 3), "6"),
    (floordiv(I, 1), "i"),
    (minimum(2, 3), "2"),
    (maximum(2, 3), "3"),
    (maximum(I, I), "i"),
    (minimum(I, J), "minimum(i, j)"),
    # what must stay
    (mul(0, load("a", I, type=PY_INT)), "a[i]? *? 0"),  # the load may fail
    (add(INT64_MAX, 1), f"1 +? {INT64_MAX}"),
    (add(var("x", PY_FLOAT), 0.0), "x + 0.0"),  # -0.0 + 0.0 is 0.0
    (add(var("k", NUMPY_INT), i64(0)), "k + 0"),  # its type is NumPy's
    (cast(I, PY_INT), "i"),
    (cast(I, PY_FLOAT), "float(i)"),
    (both(either(var("p", Scalar(DType.BOOL)), True), False), "(p or True) and False"),
]


@pytest.mark.parametrize(("expr", "text"), SIMPLIFIED, ids=[text for _, text in SIMPLIFIED])
def test_simplified(expr: Expr, text: str) -> None:
    assert show_expr(expr) == text


def test_the_origin_of_a_mixture() -> None:
    numpy, python = var("x", Scalar(DType.FLOAT64)), f64(1.0)
    assert binary("add", python, python).type.origin is Origin.PYTHON
    assert binary("add", numpy, python).type.origin is Origin.NUMPY
    mixed = select(True, numpy, python)
    assert mixed.type.origin is Origin.EITHER
    assert binary("add", mixed, python).type.origin is Origin.EITHER


SMALL = st.integers(-3, 3)


@given(st.lists(st.tuples(st.sampled_from((add, sub, mul)), SMALL, st.booleans())), SMALL, SMALL)
def test_simplified_arithmetic_has_the_value_of_the_plain(steps, i, j) -> None:
    names = {add: "add", sub: "sub", mul: "mul"}
    smart: Expr = I
    plain: Expr = I
    for step, constant, use_variable in steps[:12]:
        operand = J if use_variable else i64(constant)
        smart, plain = step(smart, operand), binary(names[step], plain, operand)
    state = State({"i": i, "j": j})
    assert evaluate(smart, state) == evaluate(plain, state)
