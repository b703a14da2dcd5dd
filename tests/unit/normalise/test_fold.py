"""Folding as a table of before and after, as text; what must stay is in the table too."""

import math

import pytest

from pyaot.ir.build import (
    add,
    assign,
    binary,
    block,
    call,
    cast,
    check,
    compare,
    dim,
    f64,
    forever,
    function,
    give,
    i64,
    leave,
    load,
    loop,
    negated,
    select,
    store,
    unchecked,
    var,
    when,
)
from pyaot.ir.nodes import Binary, Cast, Const, Expr, Require, Stmt, Unary
from pyaot.ir.show import show_body, show_expr
from pyaot.ir.types import PY_BOOL, PY_FLOAT, PY_INT, DType, Origin, Scalar
from pyaot.normalise.fold import fold, fold_body, fold_expr

I, N = var("i"), var("n")
X, G = var("x", Scalar(DType.FLOAT64)), var("g", PY_FLOAT)
F64, C128, INT8 = Scalar(DType.FLOAT64), Scalar(DType.COMPLEX128), Scalar(DType.INT8)
K, Z = var("k", INT8), var("z", C128)
P = var("p", PY_BOOL)
ELEMENT = load("a", I, type=PY_INT)


def numpy(value: float) -> Const:
    return Const(value, F64)


EXPRESSIONS: list[tuple[Expr, str]] = [
    # constants
    (binary("mul", i64(2), i64(3)), "6"),
    (binary("floordiv", i64(-7), i64(2)), "-4"),
    (binary("add", Const(100, INT8), Const(100, INT8)), "int8(-56)"),
    (binary("truediv", f64(1.0), f64(4.0)), "0.25"),
    (call("sqrt", f64(4.0)), "2.0"),
    (Cast(i64(3), F64), "float64(3.0)"),
    (compare("lt", i64(1), i64(2)), "True"),
    (binary("add", binary("mul", i64(2), i64(3)), I), "i +? 6"),
    (
        binary("add", Const(0.1, Scalar(DType.FLOAT32)), Const(0.2, Scalar(DType.FLOAT32))),
        "float32(0.30000001192092896)",
    ),
    # constants that fail or warn stay
    (binary("floordiv", i64(1), i64(0)), "1 //? 0"),
    (binary("truediv", f64(1.0), f64(0.0)), "1.0 /? 0.0"),
    (binary("add", i64(2**63 - 1), i64(1)), f"{2**63 - 1} +? 1"),
    (binary("truediv", numpy(1.0), numpy(0.0)), "float64(1.0) / float64(0.0)"),
    (call("sqrt", f64(-1.0)), "sqrt(-1.0)?"),
    (binary("mul", numpy(1e300), numpy(1e300)), "float64(1e+300) * float64(1e+300)"),
    # neutral operands of integers
    (binary("add", I, i64(0)), "i"),
    (binary("add", i64(0), I), "i"),
    (binary("mul", i64(1), I), "i"),
    (binary("floordiv", I, i64(1)), "i"),
    (binary("shl", I, i64(0)), "i"),
    (binary("mul", K, Const(1, INT8)), "k"),
    (binary("add", K, Const(0, PY_INT)), "k"),
    (binary("sub", i64(0), I), "0 -? i"),
    (binary("floordiv", i64(1), I), "1 //? i"),
    (binary("mul", I, i64(0)), "0"),
    (binary("mul", ELEMENT, i64(0)), "a[i]? *? 0"),
    (binary("sub", I, I), "0"),
    (binary("sub", ELEMENT, ELEMENT), "a[i]? -? a[i]?"),
    (binary("maximum", I, I), "i"),
    (binary("add", binary("add", I, i64(1)), i64(2)), "i +? 3"),
    (compare("le", I, I), "True"),
    (compare("lt", I, I), "False"),
    # of floats only what holds for nan and for both zeros
    (binary("mul", X, numpy(1.0)), "x"),
    (binary("mul", numpy(1.0), X), "x"),
    (binary("truediv", G, f64(1.0)), "g"),
    (binary("sub", X, numpy(0.0)), "x"),
    (binary("add", X, numpy(-0.0)), "x"),
    (binary("add", X, numpy(0.0)), "x + float64(0.0)"),
    (binary("sub", X, numpy(-0.0)), "x - float64(-0.0)"),
    (binary("mul", X, numpy(0.0)), "x * float64(0.0)"),
    (binary("sub", X, X), "x - x"),
    (binary("truediv", X, X), "x / x"),
    (compare("eq", X, X), "x == x"),
    (Binary("mul", Z, Const(1 + 0j, C128), C128), "z * complex128((1+0j))"),
    (binary("mul", G, numpy(1.0)), "float64(g)"),
    # unary
    (negated(negated(P)), "p"),
    (Unary("neg", Unary("neg", X, F64), F64), "x"),
    (negated(compare("lt", I, N)), "i >= n"),
    (negated(compare("eq", X, X)), "x != x"),
    (negated(compare("lt", X, X)), "not x < x"),
    # selection
    (select(True, I, binary("floordiv", I, N)), "i"),
    (select(False, ELEMENT, I), "i"),
    (select(P, I, I), "i"),
    (select(compare("lt", ELEMENT, I), I, I), "i if a[i]? < i else i"),
    (select(P, True, False), "p"),
    (select(P, f64(0.0), f64(-0.0)), "0.0 if p else -0.0"),
    (select(P, i64(1), i64(0)), "1 if p else 0"),
    (select(True, X, G), "float64|float(x)"),
    # casts
    (Cast(I, PY_INT), "i"),
    (Cast(Cast(X, PY_FLOAT), Scalar(DType.FLOAT32)), "float32(x)"),
    (Cast(Cast(X, PY_FLOAT), PY_INT), "int(x)?"),
    (Cast(Cast(I, INT8), PY_INT), "int(int8(i))"),
]


@pytest.mark.parametrize(("before", "after"), EXPRESSIONS, ids=[show_expr(e) for e, _ in EXPRESSIONS])
def test_expressions(before: Expr, after: str) -> None:
    assert show_expr(fold_expr(before)) == after
    assert fold_expr(before).type == before.type


def test_gathering_keeps_what_is_proved() -> None:
    proved = unchecked(binary("add", unchecked(binary("add", I, i64(1))), i64(2)))
    assert show_expr(fold_expr(proved)) == "i + 3"


def test_nan_is_folded_to_nan() -> None:
    folded = fold_expr(binary("add", f64(math.nan), f64(1.0)))
    assert isinstance(folded, Const) and math.isnan(folded.value.real)


S, T = assign("s", 1), assign("t", 2)

STATEMENTS: list[tuple[tuple[Stmt, ...], str]] = [
    ((when(True, S, otherwise=[T]),), "s = 1"),
    ((when(compare("lt", i64(2), i64(1)), S, otherwise=[T]),), "t = 2"),
    ((when(P, otherwise=[]),), ""),
    ((when(compare("lt", ELEMENT, I)),), "if a[i]? < i:\n    pass"),
    ((check(True),), ""),
    ((check(False), S), 'check False: "a check failed"'),
    ((loop("i", 3, 3, S),), ""),
    ((loop("i", 2, 3, S),), "for i in range(2, 3):\n    s = 1"),
    ((loop("i", 0, N),), ""),
    ((loop("i", 0, ELEMENT),), "for i in range(0, a[i]?):\n    pass"),
    ((block("L", S),), "s = 1"),
    ((block("L", S, leave("L"), T),), "s = 1"),
    ((block("L", when(P, leave("L")), S),), "block L:\n    if p:\n        exit L\n    s = 1"),
    ((block("L", when(P, block("M", leave("L"))), S),), "block L:\n    if p:\n        exit L\n    s = 1"),
    ((give(), S), "return"),
    ((when(P, give(), otherwise=[give(1)]), S), "if p:\n    return\nelse:\n    return 1"),
    ((when(P, give()), S), "if p:\n    return\ns = 1"),
    ((forever(S), T), "loop:\n    s = 1"),
    ((store("a", binary("add", I, i64(0)), value=binary("add", i64(1), i64(1))),), "a[i]? = 2"),
]


@pytest.mark.parametrize(("before", "after"), STATEMENTS, ids=[after for _, after in STATEMENTS])
def test_statements(before: tuple[Stmt, ...], after: str) -> None:
    assert show_body(fold_body(before)) == after


def test_requires_that_hold_vanish() -> None:
    true, open_ = (Require(compare("ge", add(i64(1), x), 1), "") for x in (i64(0), dim("a", 0)))
    f = function("f", {}, give(cast(I, PY_FLOAT)), requires=[true, open_])
    assert fold(f).requires == (Require(compare("ge", add(dim("a", 0), 1), 1), ""),)


def test_an_origin_that_depends_on_the_path_is_kept() -> None:
    either = Scalar(DType.INT64, Origin.EITHER)
    assert fold_expr(binary("add", var("e", either), i64(0))) == var("e", either)
