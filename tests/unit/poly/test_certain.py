"""Checks, extents and sections that certainly hold are not asked for; others are."""

import pytest

from pyaot.ir.build import (
    allocate,
    check,
    compare,
    dim,
    f64,
    function,
    give,
    i64,
    load,
    loop,
    minimum,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.check import check as check_ir
from pyaot.ir.nodes import Allocate, Check, Expr, Function, LibraryCall, Require, Section, Stmt
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import Body, walk_stmts
from pyaot.poly.certain import without_certain

I, J, M, N = var("i"), var("j"), var("m"), var("n")
MATRIX, VECTOR = Array(DType.FLOAT64, 2), Array(DType.FLOAT64, 1)
PARAMS = {"m": PY_INT, "n": PY_INT, "a": MATRIX, "b": MATRIX, "x": VECTOR}
CHANGE = store("x", 0, value=f64(1.0), checked=False)
FITS = Require(compare("le", M, dim("a", 0)), "too many rows")


def made(*body: Stmt) -> Function:
    """The function, which changes x; there are at least m rows of a."""
    f = function("f", PARAMS, CHANGE, *body, give(), requires=(FITS,))
    check_ir(f)
    return f


def tiles(length: Expr, below: Expr) -> Stmt:
    """Products of tiles of 4 rows of a, while i is below."""
    shape = minimum(length, sub(below, I))
    rows, columns = (
        Section("a", (I, i64(0)), (0, 1), (shape, i64(4))),
        Section("b", (i64(0), i64(0)), (0, 1), (i64(4), i64(4))),
    )
    target = Section("t", (i64(0), i64(0)), (0, 1), (shape, i64(4)))
    return loop("i", 0, below, LibraryCall("matmul", (target,), (rows, columns)), step=4)


def wide(body: Stmt) -> Stmt:
    """Where a and b have four columns, and b as many rows."""
    for extent in (dim("a", 1), dim("b", 0), dim("b", 1)):
        body = when(compare("ge", extent, 4), body)
    return body


FIRST = load("x", 0, type=Scalar(DType.FLOAT64), checked=False)
NEW = allocate("t", DType.FLOAT64, 4, 4)

CERTAIN: dict[str, Body] = {
    "a check of the index": (loop("i", 0, M, check(compare("ge", sub(M, I), 1))),),
    "a check under a condition": (when(compare("gt", N, 2), check(compare("ge", N, 1))),),
    "an extent": (loop("i", 0, M, allocate("t", DType.FLOAT64, sub(M, I))),),
    "tiles": (NEW, wide(tiles(i64(4), M))),
}
ASKED: dict[str, Body] = {
    "a check of a parameter": (check(compare("ge", N, 1)),),
    "a check of elements": (
        check(compare("gt", load("x", 0, type=Scalar(DType.FLOAT64), checked=False), f64(0.0))),
    ),
    "a check that a turn breaks": (loop("i", 0, M, check(compare("ge", sub(M, I), 2))),),
    "a check behind a loop": (loop("i", 0, M, when(compare("gt", I, N), give())), check(compare("ge", N, M))),
    "an extent": (allocate("t", DType.FLOAT64, sub(M, N)),),
    "tiles of other rows": (NEW, wide(tiles(i64(4), N))),
    "tiles that are too long": (NEW, wide(tiles(i64(5), M))),
    "tiles of narrow rows": (NEW, tiles(i64(4), M)),
}


def asks(f: Function) -> list[bool]:
    """Of every Check, Allocate and LibraryCall but that of t, whether it can fail."""
    found = [s for s in walk_stmts(f.body) if isinstance(s, Check | Allocate | LibraryCall) and s != NEW]
    return [isinstance(s, Check) or s.checked for s in found]


@pytest.mark.parametrize("name", CERTAIN)
def test_what_holds_is_not_asked(name: str) -> None:
    before = made(*CERTAIN[name])
    assert any(asks(before))
    assert not any(asks(without_certain(before)))


@pytest.mark.parametrize("name", ASKED)
def test_what_may_be_wrong_is_asked(name: str) -> None:
    before = made(*ASKED[name])
    assert any(asks(before))
    assert asks(without_certain(before)) == asks(before)


def test_a_function_without_changes_is_left() -> None:
    f = function("f", PARAMS, *CERTAIN["an extent"], give())
    assert without_certain(f) is f
