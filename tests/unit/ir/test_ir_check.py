"""Every rule of the IR has a function that breaks it, and one that just keeps it."""

from typing import Any

import pytest
from msgspec.structs import replace

from pyaot.ir.build import (
    add,
    allocate,
    assign,
    binary,
    bind,
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
    select,
    store,
    var,
    when,
)
from pyaot.ir.check import check as check_function
from pyaot.ir.check_types import IRError
from pyaot.ir.nodes import (
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Expr,
    Function,
    LibraryCall,
    Marks,
    Reduction,
    Require,
    Section,
    Select,
    Stmt,
    Unary,
)
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, Array, DType, Origin, Scalar

F64, F32 = Scalar(DType.FLOAT64), Scalar(DType.FLOAT32)
BOOL = Scalar(DType.BOOL)
I, N, X = var("i"), var("n"), var("x")
TRUE = Const(True, PY_BOOL)


def with_body(*body: Stmt, **more: Any) -> Function:
    params: dict[str, Any] = {"n": PY_INT, "g": PY_FLOAT, "a": Array(DType.FLOAT64, 1), "p": PY_BOOL}
    return function("f", params, *body, **more)


def giving(expr: Expr) -> Function:
    return with_body(assign("unused", expr), give())


P = var("p", PY_BOOL)
SECTION = Section("a", (i64(0),), (0,), (dim("a", 0),))

KEPT = {
    "set on both branches": (when(P, assign("x", 1), otherwise=[assign("x", 2)]), give(X)),
    "the other branch returns": (when(P, assign("x", 1), otherwise=[give()]), give(X)),
    "set before the exit": (block("L", forever(assign("x", 1), when(P, leave("L")))), give(X)),
    "loops beside each other share an index": (loop("i", 0, N), loop("i", 0, N), give()),
    "an index of NumPy's int64": (give(load("a", cast(N, Scalar(DType.INT64)), type=F64)),),
    "nothing follows an endless loop": (forever(),),
    "a check that never holds ends": (check(False),),
    "bound in a loop": (
        allocate("b", DType.FLOAT64, N),
        loop("i", 0, N, bind(("a", "b"), ("b", "a"))),
        give(),
    ),
    "library": (LibraryCall("sort", (SECTION,), (SECTION,), (("kind", "stable"),)), give("a")),
    "allocated in both branches": (
        when(P, allocate("b", DType.FLOAT64, 1), otherwise=[allocate("b", DType.FLOAT64, 2)]),
        give("b"),
    ),
}


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT.keys())
def test_kept(body: tuple[Stmt, ...]) -> None:
    check_function(with_body(*body))


BROKEN = {
    "without a Return": ((assign("x", 1),), "without a Return"),
    "a branch without a Return": ((when(P, give()),), "without a Return"),
    "set on one branch": ((when(P, assign("x", 1)), give(X)), "x is read where it may be unset"),
    "set in a loop": ((loop("i", 0, N, assign("x", 1)), give(X)), "x is read where it may be unset"),
    "set after the exit": (
        (block("L", when(P, leave("L")), assign("x", 1)), give(X)),
        "x is read where it may be unset",
    ),
    "index after its loop": ((loop("i", 0, N), give(I)), "i is read where it may be unset"),
    "index is assigned": ((loop("i", 0, N, assign("i", 1)), give()), "index i is assigned"),
    "index is a parameter": ((loop("n", 0, 3), give()), "n is a parameter"),
    "index of the loop around": ((loop("i", 0, N, loop("i", 0, N)), give()), "index of a loop around"),
    "step": ((loop("i", 0, N, step=0), give()), "step is 0"),
    "bound": ((loop("i", f64(0.0), N), give()), "bound must be int64"),
    "two types": ((assign("x", 1), give(X, var("x", PY_FLOAT))), "x is"),
    "value of another dtype": ((assign("x", f64(1.0)), give(X)), "x must be int64"),
    "scalar and array": ((assign("a", 1), give()), "both a scalar and an array"),
    "unbound array": ((give("b"),), "b is used where it may be unbound"),
    "array bound on one branch": (
        (when(P, allocate("b", DType.FLOAT64, 1)), give("b")),
        "b is used where it may be unbound",
    ),
    "bind of unlike": ((allocate("b", DType.INT8, 1), bind(("a",), ("b",)), give()), "a is"),
    "bind of the unknown": ((bind(("b",), ("c",)), give()), "c is bound nowhere"),
    "allocated parameter": ((allocate("a", DType.FLOAT64, 1), give()), "parameter a is allocated"),
    "rank of an allocation": (
        (replace(allocate("b", DType.FLOAT64, 1), shape=()), give()),
        "0 extents, but rank 1",
    ),
    "fill": ((allocate("b", DType.FLOAT64, 1, fill=i64(0)), give()), "fill must be float64"),
    "rank of a store": ((store("a", 0, 0, value=f64(1.0)), give()), "2 subscripts, but rank 1"),
    "subscript of a store": ((store("a", f64(0.0), value=f64(1.0)), give()), "subscript must be int64"),
    "value of a store": ((store("a", 0, value=1), give()), "value stored must be float64"),
    "exit without its block": ((block("L"), leave("L")), "no block L"),
    "two blocks": ((block("L"), block("L"), give()), "two blocks L"),
    "condition": ((when(N, give()), give()), "condition must be bool"),
    "origin of a result": ((give(cast(N, Scalar(DType.INT64, Origin.EITHER))),), "depends on the path"),
    "reduction": (
        (loop("i", 0, N, marks=Marks(reductions=(Reduction("add", "s"),))), give()),
        "reduction of the unknown s",
    ),
    "library function": ((LibraryCall("sorted", (SECTION,), (SECTION,)), give()), "no library function"),
    "library inputs": ((LibraryCall("matmul", (SECTION,), (SECTION,)), give()), "takes 2"),
    "library option": ((LibraryCall("sort", (SECTION,), (SECTION,), (("kin", 1),)), give()), "no option kin"),
    "section's rank": (
        (LibraryCall("sort", (SECTION,), (replace(SECTION, starts=()),)), give()),
        "its rank 1",
    ),
    "section's axes": ((LibraryCall("sort", (SECTION,), (replace(SECTION, axes=(1,)),)), give()), "no axes"),
}


@pytest.mark.parametrize(("body", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_broken(body: tuple[Stmt, ...], message: str) -> None:
    with pytest.raises(IRError, match=message):
        check_function(with_body(*body))


BADLY_TYPED = {
    "bool constant": Const(1, PY_BOOL),
    "int constant": Const(True, PY_INT),
    "float constant": Const(1, PY_FLOAT),
    "complex constant": Const(1.0, PY_COMPLEX),
    "constant that does not fit": Const(300, Scalar(DType.INT8)),
    "negative unsigned": Const(-1, Scalar(DType.UINT8)),
    "Python has no float32": Const(1.0, Scalar(DType.FLOAT32, Origin.PYTHON)),
    "extent of no array": dim("g", 0),
    "no such axis": dim("a", 1),
    "load's rank": load("a", 0, 0, type=F64),
    "load's type": load("a", 0, type=F32),
    "load's subscript": load("a", f64(0.0), type=F64),
    "operands differ": Binary("add", N, f64(1.0), PY_INT),
    "operands differ from the result": Binary("add", N, N, PY_FLOAT),
    "int true division": binary("truediv", N, N),
    "no operation": binary("divmod", N, N),
    "bits of floats": binary("bitand", f64(1.0), f64(1.0)),
    "Python bools do not add": binary("add", TRUE, TRUE),
    "NumPy bools do not subtract": binary("sub", Const(True, BOOL), Const(True, BOOL)),
    "not of an int": Unary("not", N, PY_INT),
    "invert of Python's bool": Unary("invert", TRUE, PY_BOOL),
    "unary operand": Unary("neg", N, PY_FLOAT),
    "comparison of dtypes": compare("lt", N, f64(1.0)),
    "comparison is a bool": Compare("lt", N, N, PY_INT),
    "complex order": compare("lt", Const(1j, PY_COMPLEX), Const(1j, PY_COMPLEX)),
    "select's condition": Select(N, N, N, PY_INT),
    "select's branches": select(TRUE, f64(1.0), N),
    "no function": Call("sine", (f64(1.0),), PY_FLOAT),
    "arity": Call("sin", (f64(1.0), f64(1.0)), PY_FLOAT),
    "argument's kind": Call("sin", (N,), PY_INT),
    "arguments differ": Call("hypot", (f64(1.0), N), PY_FLOAT),
    "result of isnan": Call("isnan", (f64(1.0),), PY_FLOAT),
    "Python has no heaviside": call("heaviside", f64(1.0), f64(1.0)),
    "NumPy has no erf": call("erf", Const(1.0, F64)),
    "deep inside": add(N, Cast(binary("truediv", N, N), PY_INT)),
}


@pytest.mark.parametrize("expr", BADLY_TYPED.values(), ids=BADLY_TYPED.keys())
def test_badly_typed(expr: Expr) -> None:
    with pytest.raises(IRError):
        check_function(giving(expr))


WELL_TYPED = {
    "mixed origins": binary("add", Const(1.0, F64), var("g", PY_FLOAT)),
    "NumPy bools add": binary("add", Const(True, BOOL), Const(True, BOOL)),
    "complex from parts": call("complex", f64(1.0), f64(2.0)),
    "absolute of complex": call("absolute", Const(1j, PY_COMPLEX)),
    "popcount of Python": call("bitwise_count", N),
    "equal complex": compare("eq", Const(1j, PY_COMPLEX), Const(1j, PY_COMPLEX)),
    "uint64's most": Const(2**64 - 1, Scalar(DType.UINT64)),
}


@pytest.mark.parametrize("expr", WELL_TYPED.values(), ids=WELL_TYPED.keys())
def test_well_typed(expr: Expr) -> None:
    check_function(giving(expr))


def test_a_require_knows_only_parameters() -> None:
    with pytest.raises(IRError, match="x is read"):
        check_function(with_body(assign("x", 1), give(X), requires=[Require(compare("gt", X, 0), "")]))


def test_the_message_names_function_place_and_node() -> None:
    with pytest.raises(IRError) as error:
        check_function(with_body(loop("i", 0, N, assign("x", binary("truediv", N, I))), give()))
    text = str(error.value)
    assert text.startswith("f: ") and "n / " in text.replace("?", "") and "in: x = " in text
