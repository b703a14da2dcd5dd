"""Fills of new arrays: which are left out, and in which loop the others are done.

A nest is written i(j(x)): the loop over i holds the loop over j, which holds a store to x; `x*` is a store
of the fill, `x!` an allocation that keeps it.
"""

import pytest

from pyaot.ir.build import add, allocate, compare, dim, f64, function, give, loop, store, sub, var, when
from pyaot.ir.nodes import Allocate, Expr, For, Function, If, Stmt, Store
from pyaot.ir.types import PY_INT, DType
from pyaot.ir.walk import Body
from pyaot.poly.accumulate import names_in
from pyaot.poly.contract import with_plain_extents
from pyaot.poly.fills import Fills
from pyaot.poly.regions import RegionPass, map_regions
from tests.unit.poly.loops import MATRIX, VECTOR, at, proved

i, j, k, n, m = var("i"), var("j"), var("k"), var("n"), var("m")
N, M = dim("a", 0), dim("a", 1)
FILL = f64(0.0)


def zeros(name: str, *shape: Expr | int) -> Stmt:
    return allocate(name, DType.FLOAT64, *shape, fill=FILL)


def case(*body: Stmt, result: str = "t") -> Function:
    return proved(function("f", {"a": MATRIX, "x": VECTOR, "m": PY_INT}, *body, give(result)))


def shape(body: Body) -> str:
    return " ".join(filter(None, map(_shape, body)))


def _shape(stmt: Stmt) -> str:
    match stmt:
        case For():
            return f"{stmt.index}({shape(stmt.body)})"
        case If():
            return f"if({shape(stmt.then)})"
        case Store():
            return stmt.array + "*" * (stmt.value == FILL)
        case Allocate():
            return stmt.name + "!" * (stmt.fill is not None)
    return ""


def added(*subscripts: Expr | int) -> Stmt:
    return store("t", *subscripts, value=add(at("t", *subscripts), at("a", i, k)))


def copy(target: str, *subscripts: Expr | int) -> Stmt:
    return store(target, *subscripts, value=at("a", i, j))


CASES = {
    "all is written": (
        case(zeros("t", N, M), loop("i", 0, N, loop("j", 0, M, copy("t", i, j)))),
        "t i(j(t))",
    ),
    "in two parts": (
        case(
            zeros("t", add(N, 1), M),
            loop("j", 0, M, store("t", 0, j, value=at("a", 0, j))),
            loop("i", 0, N, loop("j", 0, M, copy("t", add(i, 1), j))),
        ),
        "t j(t) i(j(t))",
    ),
    "a row is left": (
        case(zeros("t", add(N, 1), M), loop("i", 0, N, loop("j", 0, M, copy("t", i, j)))),
        "t! i(j(t))",
    ),
    "under a condition": (
        case(
            zeros("t", N, M),
            loop("i", 0, N, loop("j", 0, M, when(compare("gt", at("a", i, j), 0.0), copy("t", i, j)))),
        ),
        "t i(j(t* if(t)))",
    ),
    "a triangle that nobody leaves": (
        case(
            zeros("t", N),
            zeros("u", N, N),
            loop("i", 0, N, loop("j", 0, add(i, 1), copy("u", i, j))),
            loop("i", 0, N, store("t", i, value=at("u", i, 0))),
        ),
        "t u i(j(u)) i(t)",
    ),
    "the other triangle is read": (
        case(
            zeros("t", N),
            zeros("u", N, N),
            loop("i", 0, N, loop("j", 0, add(i, 1), copy("u", i, j))),
            loop("i", 0, N, store("t", i, value=at("u", 0, i))),
        ),
        "t u i(u_at(u*) j(u)) i(t)",
    ),
    "read before it is written": (
        case(
            zeros("t", N),
            loop("i", 0, N, store("t", i, value=add(at("t", sub(sub(N, 1), i)), at("x", i)))),
        ),
        "t! i(t)",
    ),
    "sums by rows": (
        case(zeros("t", N, M), loop("i", 0, N, loop("k", 0, M, loop("j", 0, M, added(i, j))))),
        "t i(t_at(t*) k(j(t)))",
    ),
    "sums by elements": (
        case(zeros("t", N, M), loop("i", 0, N, loop("j", 0, M, loop("k", 0, M, added(i, j))))),
        "t i(j(t* k(t)))",
    ),
    "columns do not lie together": (
        case(zeros("t", N, M), loop("j", 0, M, loop("k", 0, M, loop("i", 0, N, added(i, j))))),
        "t! j(k(i(t)))",
    ),
    "not all rows": (
        case(zeros("t", N, M), loop("i", 0, sub(N, 1), loop("k", 0, M, loop("j", 0, M, added(i, j))))),
        "t! i(k(j(t)))",
    ),
    "a neighbour's row": (
        case(
            zeros("t", N, M),
            loop("i", 0, N, loop("k", 0, M, added(i, k), when(compare("gt", i, 0), added(sub(i, 1), k)))),
        ),
        "t! i(k(t if(t)))",
    ),
    "first used elsewhere": (
        case(
            zeros("t", N, M),
            store("t", 0, 0, value=at("x", 0)),
            loop("i", 0, N, loop("k", 0, M, loop("j", 0, M, added(i, j)))),
        ),
        "t! t i(k(j(t)))",
    ),
    "in every iteration": (
        case(
            zeros("t", N),
            loop(
                "i",
                0,
                N,
                zeros("u", M),
                loop("j", 0, M, copy("u", j)),
                loop("k", 0, M, store("t", i, value=add(at("t", i), at("u", k)))),
            ),
        ),
        "t i(t* u j(u) k(t))",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_fills(name: str) -> None:
    before, wanted = CASES[name]
    plain = with_plain_extents(before)
    after = map_regions(plain, RegionPass(Fills(names_in(plain)).region))
    assert shape(after.body) == wanted
