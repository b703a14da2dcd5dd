"""The text of every kind of node."""

import pytest

from pyaot.ir.build import (
    add,
    allocate,
    assign,
    binary,
    bind,
    block,
    both,
    call,
    cast,
    check,
    compare,
    dim,
    either,
    f64,
    forever,
    function,
    give,
    i64,
    leave,
    load,
    loop,
    mul,
    negated,
    select,
    store,
    var,
    when,
)
from pyaot.ir.nodes import Const, LibraryCall, Marks, Reduction, Require, Section, Unary, ViewResult
from pyaot.ir.show import show, show_expr, show_type
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, Array, DType, Origin, Scalar

I, J = var("i"), var("j")
F64 = Scalar(DType.FLOAT64)
P, Q = var("p", PY_BOOL), var("q", PY_BOOL)

EXPRESSIONS = [
    (i64(-3), "-3"),
    (f64(-0.0), "-0.0"),
    (f64(float("nan")), "nan"),
    (Const(1j, PY_COMPLEX), "1j"),
    (Const(2.0, F64), "float64(2.0)"),
    (dim("a", 1), "a.shape[1]"),
    (load("a", I, J, type=F64), "a[i, j]?"),
    (load("a", I, type=F64, checked=False), "a[i]"),
    (mul(add(I, 1), J), "(i +? 1) *? j"),
    (add(I, mul(J, 2)), "i +? j *? 2"),
    (binary("sub", I, binary("sub", J, 1)), "i -? (j -? 1)"),
    (binary("minimum", I, J), "minimum(i, j)"),
    (binary("truediv", f64(1.0), var("x", F64)), "1.0 / x"),
    (binary("floordiv", I, 2), "i // 2"),
    (binary("floordiv", I, J), "i //? j"),
    (Unary("neg", binary("pow", I, J), PY_INT), "-?i **? j"),
    (negated(compare("lt", I, J)), "not i < j"),
    (either(both(P, Q), P), "p and q or p"),
    (both(either(P, Q), P), "(p or q) and p"),
    (select(P, I, J), "i if p else j"),
    (add(select(P, I, J), J), "(i if p else j) +? j"),
    (cast(var("x", F64), PY_INT), "int(x)?"),
    (cast(I, Scalar(DType.FLOAT64, Origin.EITHER)), "float64|float(i)"),
    (call("sqrt", var("x", F64)), "sqrt(x)"),
    (call("sqrt", var("x", PY_FLOAT)), "sqrt(x)?"),
]


@pytest.mark.parametrize(("expr", "text"), EXPRESSIONS, ids=[text for _, text in EXPRESSIONS])
def test_expression(expr, text) -> None:
    assert show_expr(expr) == text


def test_types() -> None:
    types = (
        PY_INT,
        F64,
        PY_BOOL,
        Scalar(DType.BOOL),
        Array(DType.INT8, 2),
        Array(DType.FLOAT64, 1, boxed=True),
    )
    assert [show_type(t) for t in types] == ["int", "float64", "bool", "bool_", "int8[2]", "list of float[1]"]


def test_statements() -> None:
    marks = Marks(
        parallel=True, reductions=(Reduction("add", "s"),), balanced=False, work=mul(dim("a", 0), 2)
    )
    part = Section("a", (I, i64(0), i64(2)), (2, 1), (i64(3), dim("a", 1)))
    f = function(
        "f",
        {"a": Array(DType.FLOAT64, 3), "n": PY_INT},
        allocate("b", DType.FLOAT64, var("n"), fill=Const(0.0, F64)),
        loop("i", 0, var("n"), store("b", I, value=f64(1.0), checked=False), marks=marks),
        block("L", forever(when(P, leave("L"), otherwise=[assign("s", 1)]))),
        check(compare("gt", var("n"), 0), "n is not positive"),
        bind(("a", "b"), ("b", "a")),
        LibraryCall(
            "matmul", (Section("b", (i64(0),), (0,), (var("n"),)),), (part, I), (("accumulate", True),)
        ),
        give("a", ViewResult("b", i64(1), (I,), (J,)), 3),
        requires=[Require(compare("ge", dim("a", 0), var("n")), "a is long")],
    )
    assert (
        show(f)
        == """\
def f(a: float64[3], n: int)
    require a.shape[0] >= n: "a is long"
    b = new float64[n] of 0.0
    for i in range(0, n):  # parallel, add of s, unbalanced, work a.shape[0] *? 2
        b[i] = 1.0
    block L:
        loop:
            if p:
                exit L
            else:
                s = 1
    check n > 0: "n is not positive"
    bind a, b = b, a
    b[0:+n] = matmul(a[i, 0:+a.shape[1], 2:+3].axes(2, 1), i, accumulate=True)
    return (a, view(b, 1, shape (i), strides (j)), 3)
"""
    )
