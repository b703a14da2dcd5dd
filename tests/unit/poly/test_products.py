"""Sums of complex products: what they are split into, and that the sums stay what they were."""

import itertools
import math

import numpy as np
import pytest

from pyaot.ir.build import add, assign, call, dim, f64, function, give, load, loop, mul, store, sub, var
from pyaot.ir.interpret import Returned, interpret
from pyaot.ir.nodes import Const, Expr, For, Function, Reduction, Stmt
from pyaot.ir.types import Array, DType, Origin, Scalar
from pyaot.ir.walk import walk_stmts
from pyaot.poly.marks import Marker
from pyaot.poly.regions import map_regions
from pyaot.poly.split import split_complex
from tests.unit.poly.loops import proved

i, k = var("i"), var("k")
C = Scalar(DType.COMPLEX128, Origin.NUMPY)
MATRIX, VECTOR = Array(DType.COMPLEX128, 2), Array(DType.COMPLEX128, 1)
ROWS, COLUMNS = dim("a", 0), dim("a", 1)
a_ik, b_ik, s = load("a", i, k, type=C), load("b", i, k, type=C), var("s", C)


def rows(*turn: Stmt, start: complex = 0j) -> Function:
    """c[i] = start, to which a loop over k adds."""
    inner = loop("k", 0, COLUMNS, *turn)
    nest = loop("i", 0, ROWS, assign("s", Const(start, C)), inner, store("c", i, value=s))
    return proved(function("f", {"a": MATRIX, "b": MATRIX, "c": VECTOR}, nest, give()))


def split(made: Function, strict: bool = False) -> Function:
    return split_complex(map_regions(made, Marker(strict=False)), strict)


def sums_of(made: Function) -> list[Reduction]:
    loops = [stmt for stmt in walk_stmts(made.body) if isinstance(stmt, For) and stmt.marks.simd]
    return [reduction for inner in loops for reduction in inner.marks.reductions]


def results(made: Function, columns: int) -> np.ndarray:
    """Small whole numbers, so that every order of a sum gives the same."""
    random = np.random.default_rng(columns)
    parts = random.integers(-9, 9, (4, 3, columns)).astype(np.float64)
    c = np.zeros(3, np.complex128)
    ended = interpret(made, (parts[0] + 1j * parts[1], parts[2] + 1j * parts[3], c))
    assert isinstance(ended, Returned)
    return c


def factor(element: Expr, is_conjugate: bool) -> Expr:
    return call("conjugate", element) if is_conjugate else element


CONJUGATES = list(itertools.product((False, True), repeat=2))


@pytest.mark.parametrize("conjugates", CONJUGATES)
@pytest.mark.parametrize("is_first", [True, False])
def test_products_are_added_up_in_pairs(conjugates: tuple[bool, bool], is_first: bool) -> None:
    product = mul(factor(a_ik, conjugates[0]), factor(b_ik, conjugates[1]))
    made = rows(assign("s", add(s, product) if is_first else add(product, s)), start=2 - 3j)
    after = split(made)
    names = [(r.name, r.beside) for r in sums_of(after)]
    assert names == [("s_rr", ""), ("s_ii", "s_rr"), ("s_ir", ""), ("s_ri", "s_ir")]
    for columns in (0, 1, 5):
        np.testing.assert_array_equal(results(after, columns), results(made, columns))


@pytest.mark.parametrize("conjugates", CONJUGATES)
@pytest.mark.parametrize("start", [complex(x, y) for x in (0.0, -0.0) for y in (0.0, -0.0)])
def test_no_products_leave_a_zero_its_sign(conjugates: tuple[bool, bool], start: complex) -> None:
    product = mul(factor(a_ik, conjugates[0]), factor(b_ik, conjugates[1]))
    found = results(split(rows(assign("s", add(s, product)), start=start)), 0)[0]
    signs = [math.copysign(1, x) for x in (found.real, found.imag)]
    assert signs == [math.copysign(1, start.real), math.copysign(1, start.imag)]


OTHERS = {
    "a difference": (assign("s", sub(s, mul(a_ik, b_ik))),),
    "no product": (assign("s", add(s, a_ik)),),
    "another sum": (assign("s", add(s, mul(a_ik, b_ik))), assign("t", add(var("t", C), a_ik))),
    "a real sum": (
        assign("s", add(s, mul(a_ik, b_ik))),
        assign("t", add(var("t", Scalar(DType.FLOAT64)), f64(1.0))),
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_sums_are_not(name: str) -> None:
    made = rows(*OTHERS[name])
    assert not any(r.beside for r in sums_of(split(made)))


def test_strict_keeps_the_order() -> None:
    made = rows(assign("s", add(s, mul(a_ik, b_ik))))
    assert [r.name for r in sums_of(split(made, strict=True))] == ["s_re", "s_im"]
