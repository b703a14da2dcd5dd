"""Checks, extents and sections that certainly hold are not asked for; others are."""

import pytest

from pyaot.ir.build import (
    ExprLike,
    allocate,
    as_expr,
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


def product(start: Expr, length: ExprLike = 4, row: Expr | None = None, inner: ExprLike = 4) -> Stmt:
    """For every i below m, t = a part of a, or one row of it, times a part of b."""
    zero, four = i64(0), i64(4)
    axes, extents = ((1,), (four,)) if row else ((0, 1), (as_expr(length), four))
    part = Section("a", (row or start, zero), axes, extents)
    other = Section("b", (zero, zero), (0, 1), (as_expr(inner), four))
    target = Section("t", (zero, zero), axes, extents)
    tile = loop("i", 0, minimum(M, 4), LibraryCall("matmul", (target,), (part, other)))
    return when(compare("ge", dim("a", 0), 8), tile)


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
    "a part": (NEW, wide(product(I))),
    "a row": (NEW, wide(product(I, row=I))),
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
    "tiles that begin before the array": (NEW, wide(product(sub(I, 1)))),
    "tiles that are shorter than nothing": (NEW, wide(product(i64(0), sub(i64(2), I)))),
    "a row behind the last": (NEW, wide(product(i64(0), row=M))),
    "products of other extents": (NEW, wide(product(i64(0), inner=i64(3)))),
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


def test_nothing_new_is_required() -> None:
    before = made(allocate("t", DType.FLOAT64, M), loop("i", 0, N, store("x", I, value=f64(1.0))))
    after = without_certain(before)
    assert after.requires == before.requires
    assert after.body[-2].body == before.body[-2].body  # type: ignore[union-attr]


def test_a_function_without_changes_is_left() -> None:
    f = function("f", PARAMS, *CERTAIN["an extent"], give())
    assert without_certain(f) is f
