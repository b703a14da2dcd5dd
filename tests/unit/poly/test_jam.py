"""Which loops are unrolled and jammed, and how often a statement of the innermost loop then stands there.

A nest is written i(j(x)); a loop that takes four iterations together is written i4(...).
"""

import pytest

from pyaot.ir.build import add, assign, dim, f64, function, give, loop, mul, store, var
from pyaot.ir.nodes import Assign, For, Function, If, Stmt, Store
from pyaot.ir.walk import Body
from pyaot.poly.jam import jam
from pyaot.poly.marks import Marker
from pyaot.poly.regions import map_regions
from tests.unit.poly.loops import CUBE, MATRIX, VECTOR, F, at, proved

i, j, k, n, s, w = var("i"), var("j"), var("k"), var("n"), var("s", F), var("w", F)
N, M = dim("a", 0), dim("a", 1)
PARAMS = {"x": VECTOR, "y": VECTOR, "a": MATRIX, "b": MATRIX, "q": CUBE}


def case(*body: Stmt) -> Function:
    return proved(function("f", PARAMS, *body, give()))


def shape(body: Body) -> str:
    return " ".join(filter(None, map(_shape, body)))


def _shape(stmt: Stmt) -> str:
    match stmt:
        case For():
            return f"{stmt.index}{stmt.step if stmt.step > 1 else ''}({shape(stmt.body)})"
        case If():
            return f"if({shape(stmt.then)})"
        case Store():
            return stmt.array
        case Assign():
            return stmt.name
    return ""


DOT = loop("k", 0, M, assign("s", add(s, mul(at("a", i, k), at("x", k)))))
AXPY = loop("k", 0, M, store("b", i, k, value=add(at("b", i, k), mul(w, at("a", j, k)))))

UNDER_W = store("y", i, value=w)

CASES = {
    "rows share a vector": (
        case(loop("j", 0, N, loop("i", 0, N, assign("s", f64(0.0)), DOT, store("q", j, i, 0, value=s)))),
        "j(i4(s s_1 s_2 s_3 k(s s_1 s_2 s_3) q q q q) i(s k(s) q))",
    ),
    "nothing is shared": (
        case(loop("i", 0, N, loop("k", 0, M, store("b", i, k, value=mul(at("a", i, k), 2.0))))),
        "i(k(b))",
    ),
    "the scalar is read behind the loop": (
        case(loop("j", 0, N, loop("i", 0, N, assign("s", f64(0.0)), DOT), store("y", j, value=s))),
        "j(i(s k(s)) y)",
    ),
    "set and read in a loop that may not run": (
        case(loop("i", 0, N, loop("j", 0, N, assign("w", at("x", j)), AXPY))),
        "i(j4(w w_1 w_2 w_3 k(b b b b)) j(w k(b)))",
    ),
    "three in one, so two of the next": (
        case(loop("i", 0, N, loop("j", 0, N, loop("n", 0, 3, assign("w", at("q", i, j, n)), AXPY)))),
        "i(j2(w w_1_ w_1 w_1_1 w_2 w_2_1 k(b b b b b b)) j(w w_1 w_2 k(b b b)))",
    ),
    "set in a loop and read behind it": (
        case(loop("i", 0, N, loop("n", 0, N, loop("j", 0, N, assign("w", at("x", j)), AXPY), UNDER_W))),
        "i(n(j(w k(b)) y))",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_jam(name: str) -> None:
    before, wanted = CASES[name]
    after = jam(map_regions(before, Marker(strict=False)))
    assert shape(after.body) == wanted
