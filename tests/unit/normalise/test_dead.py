"""What nobody reads goes, unless it may raise or warn."""

import pytest

from pyaot.ir.build import (
    allocate,
    assign,
    binary,
    bind,
    cast,
    compare,
    dim,
    f64,
    function,
    give,
    i64,
    load,
    loop,
    select,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.check import check
from pyaot.ir.nodes import LibraryCall, Marks, Reduction, Section, Stmt
from pyaot.ir.show import show_body
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.normalise.dead import kept_for_warnings, remove_dead

F64 = Scalar(DType.FLOAT64)
I, N, X = var("i"), var("n"), var("x")
LOAD = load("a", I, type=F64, checked=False)
ALL = Section("t", (i64(0),), (0,), (dim("t", 0),))


def fill(array: str, checked: bool = False) -> Stmt:
    return loop("i", 0, dim("a", 0), store(array, I, value=LOAD, checked=checked))


T = allocate("t", DType.FLOAT64, dim("a", 0))
EMPTY_AFTER: dict[str, tuple[Stmt, ...]] = {
    "assignment": (assign("x", N),),
    "overflow is no exception": (assign("x", binary("mul", N, N)),),
    "a chain": (assign("x", N), assign("y", binary("add", X, 1)), assign("z", var("y"))),
    "itself only": (assign("x", 0), loop("i", 0, N, assign("x", binary("add", X, 1)))),
    "array": (T, fill("t")),
    "array that feeds an array": (
        T,
        fill("t"),
        allocate("s", DType.FLOAT64, dim("t", 0)),
        loop(
            "j",
            0,
            dim("t", 0),
            store("s", var("j"), value=load("t", var("j"), type=F64, checked=False), checked=False),
        ),
    ),
    "branch": (when(compare("lt", N, 0), assign("x", 1), otherwise=[assign("x", 2)]),),
}


@pytest.mark.parametrize("body", EMPTY_AFTER.values(), ids=EMPTY_AFTER.keys())
def test_gone(body: tuple[Stmt, ...]) -> None:
    f = function("f", {"a": Array(DType.FLOAT64, 1), "n": PY_INT}, *body, give("a"))
    check(f)
    assert remove_dead(f).body == (give("a"),)


ALL_STAYS: dict[str, tuple[Stmt, ...]] = {
    "read": (assign("x", N), store("a", X, value=f64(0.0))),
    "read by a condition": (assign("x", N), when(compare("lt", X, 0), give())),
    "division may raise": (assign("x", binary("floordiv", i64(1), N)),),
    "subscript may raise": (assign("x", load("a", N, type=F64)),),
    "NumPy may warn": (assign("x", binary("truediv", cast(N, F64), cast(N, F64))),),
    "parameter is written": (fill("a"),),
    "checked store": (T, fill("t", checked=True)),
    "extent may be negative": (allocate("t", DType.FLOAT64, sub(N, 1)),),
    "only its extent is read": (T, assign("x", dim("t", 0)), store("a", X, value=f64(0.0))),
    "bound": (T, bind(("t", "a"), ("a", "t"))),
    "library": (T, LibraryCall("sort", (ALL,), (ALL,))),
    "reduction": (
        assign("x", 0),
        loop("i", 0, 1, store("a", I, value=f64(0.0)), marks=Marks(reductions=(Reduction("add", "x"),))),
    ),
}


@pytest.mark.parametrize("body", ALL_STAYS.values(), ids=ALL_STAYS.keys())
def test_stays(body: tuple[Stmt, ...]) -> None:
    f = function("f", {"a": Array(DType.FLOAT64, 1), "n": PY_INT}, *body, give("a"))
    check(f)
    assert show_body(remove_dead(f).body) == show_body(f.body)


def test_a_negative_extent_that_is_excluded_lets_the_array_go() -> None:
    extent = select(compare("lt", N, 0), i64(0), binary("bitand", N, 1023))
    f = function("f", {"n": PY_INT}, allocate("t", DType.FLOAT64, extent), give())
    assert remove_dead(f).body == (give(),)


def test_what_is_kept_for_warnings_only() -> None:
    vector = Array(DType.FLOAT64, 1)
    total = assign("x", binary("add", var("x", F64), LOAD))
    sums = assign("x", f64(0.0)), loop("i", 0, dim("a", 0), total)
    assert kept_for_warnings(function("f", {"a": vector}, *sums, give(i64(1)))) == {"x"}
    assert kept_for_warnings(function("f", {"a": vector}, *sums, give(var("x", F64)))) == set()
    doubled = store("t", I, value=binary("add", LOAD, LOAD), checked=False)
    filled = T, loop("i", 0, dim("a", 0), doubled)
    assert kept_for_warnings(function("f", {"a": vector}, *filled, give(i64(1)))) == {"t"}
    assert kept_for_warnings(function("f", {"a": vector}, *filled, give("t"))) == set()
