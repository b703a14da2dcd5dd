"""Loops before and after: fusion, contraction, sums in scalars, loop order, strips, columns.

A nest is written i(j(x)): the loop over i holds the loop over j, which holds the store to x.
"""

import pytest
from msgspec.structs import replace

from pyaot.base.options import Options
from pyaot.ir.build import (
    add,
    allocate,
    assign,
    check,
    compare,
    dim,
    f64,
    function,
    give,
    loop,
    mul,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.check import check as check_function
from pyaot.ir.nodes import Assign, For, Function, If, Marks, Stmt, Store
from pyaot.ir.types import PY_INT, DType
from pyaot.ir.walk import Body, scalars_assigned
from pyaot.poly.accumulate import accumulate_in_scalars
from pyaot.poly.contract import contract, with_plain_extents
from pyaot.poly.fusion import fuse
from pyaot.poly.hoist import hoisted
from pyaot.poly.interleave import Interleaving
from pyaot.poly.jam import jam
from pyaot.poly.optimise import optimise
from pyaot.poly.permute import Permutation
from pyaot.poly.regions import RegionPass, map_regions
from tests.unit.poly.loops import CUBE, MATRIX, VECTOR, F, at, proved

i, j, k, n, m, s = var("i"), var("j"), var("k"), var("n"), var("m"), var("s", F)
PARAMS = {
    "n": PY_INT,
    "m": PY_INT,
    "a": MATRIX,
    "b": MATRIX,
    "c": MATRIX,
    "x": VECTOR,
    "y": VECTOR,
    "q": CUBE,
}


def case(*body: Stmt) -> Function:
    return proved(function("f", PARAMS, *body, give()))


def shape(body: Body) -> str:
    return " ".join(filter(None, map(_shape, body)))


def _shape(stmt: Stmt) -> str:
    match stmt:
        case For():
            return f"{stmt.index}({shape(stmt.body)})"
        case If():
            return f"if({shape(stmt.then)})" + (f"else({shape(stmt.otherwise)})" if stmt.otherwise else "")
        case Store():
            return f"{stmt.array}{len(stmt.subscripts)}"
        case Assign():
            return stmt.name
    return ""


# ---- fusion -----------------------------------------------------------------------------------------------

X_OF_I, Y_OF_J = store("x", i, value=f64(1.0)), store("y", j, value=at("x", j))
P, Q = var("p"), var("q")
FILLED_ROW = loop("j", 0, m, store("a", i, j, value=f64(1.0)))
FUSION = {
    "producer and consumer": ((loop("i", 0, n, X_OF_I), loop("j", 0, n, Y_OF_J)), "i(x1 y1)"),
    "nothing in common": (
        (loop("i", 0, n, X_OF_I), loop("j", 0, n, store("y", j, value=f64(2.0)))),
        "i(x1) j(y1)",
    ),
    "another range": ((loop("i", 0, n, X_OF_I), loop("j", 1, n, Y_OF_J)), "i(x1) j(y1)"),
    "reads ahead": (
        (loop("i", 0, n, X_OF_I), loop("j", 0, n, store("y", j, value=at("x", add(j, 1))))),
        "i(x1) j(y1)",
    ),
    "reads behind would make it sequential": (
        (loop("i", 0, n, X_OF_I), loop("j", 0, n, store("y", j, value=at("x", sub(j, 1))))),
        "i(x1) j(y1)",
    ),
    "rows": (
        (
            loop("i", 0, n, loop("j", 0, m, store("a", i, j, value=f64(1.0)))),
            loop(
                "p", 0, n, loop("q", 0, m, store("b", var("p"), var("q"), value=at("a", var("p"), var("q"))))
            ),
        ),
        "i(j(a2 b2))",
    ),
    "rows of another direction": (
        (
            loop("i", 0, n, loop("j", 0, n, store("a", i, j, value=f64(1.0)))),
            loop(
                "p", 0, n, loop("r", 0, n, store("b", var("p"), var("r"), value=at("a", var("r"), var("p"))))
            ),
        ),
        "i(j(a2)) p(r(b2))",
    ),
    "over a check that stood behind": (
        (
            assign("s", 0.0),
            loop("i", 0, n, X_OF_I, assign("s", add(s, at("x", i)))),
            loop("j", 0, n, Y_OF_J),
            check(compare("gt", s, f64(0.0))),
        ),
        "s i(x1 s y1)",
    ),
    "not over a check in a loop": (
        (
            loop("i", 0, n, FILLED_ROW, check(compare("gt", at("a", i, 0), f64(0.0)))),
            loop("p", 0, n, loop("q", 0, m, store("b", P, Q, value=at("a", P, Q)))),
        ),
        "i(j(a2) q(b2))",
    ),
    "not over a check": (
        (
            loop("i", 0, n, X_OF_I),
            check(compare("gt", at("x", 0), f64(0.0))),
            loop("j", 0, n, Y_OF_J),
        ),
        "i(x1) j(y1)",
    ),
    "over a check that can move": (
        (loop("i", 0, n, X_OF_I), check(compare("gt", n, m)), loop("j", 0, n, Y_OF_J)),
        "i(x1 y1)",
    ),
    "over what stands between": (
        (loop("i", 0, n, X_OF_I), loop("k", 0, m, store("c", k, 0, value=f64(0.0))), loop("j", 0, n, Y_OF_J)),
        "i(x1 y1) k(c2)",
    ),
    "not over what it needs": (
        (
            loop("i", 0, n, X_OF_I),
            loop("k", 0, m, store("x", k, value=f64(0.0))),
            loop("j", 0, n, Y_OF_J),
        ),
        "i(x1) k(x1) j(y1)",
    ),
    "a scalar between": (
        (
            assign("s", 0.0),
            loop("i", 0, n, assign("s", add(s, at("x", i)))),
            loop("j", 0, n, store("y", j, value=mul(at("x", j), s))),
        ),
        "s i(s) j(y1)",
    ),
    "sequential stays apart from parallel": (
        (loop("i", 0, n, X_OF_I), loop("j", 1, n, store("x", j, value=add(at("x", sub(j, 1)), at("x", j))))),
        "i(x1) j(x1)",
    ),
}


@pytest.mark.parametrize("name", FUSION)
def test_fusion(name: str) -> None:
    body, expected = FUSION[name]
    after = map_regions(case(*body), RegionPass(lambda region: fuse(region, strict=False)[0]))
    assert shape(after.body) == expected


def test_simple_statements_move_before_loops() -> None:
    body = (
        loop("i", 0, n, X_OF_I),
        allocate("t", DType.FLOAT64, n),
        assign("s", at("y", 0)),
        assign("r", at("x", 0)),
    )
    assert hoisted(body) == (body[1], body[2], body[0], body[3])


# ---- contraction ------------------------------------------------------------------------------------------

T_OF_IJ = store("t", i, j, value=at("a", i, j))
BACKWARDS = store("b", i, k, value=at("t", i, sub(sub(m, k), 1)))
CONTRACTION = {
    "to a scalar": (
        (loop("i", 0, n, loop("j", 0, m, T_OF_IJ, store("b", i, j, value=at("t", i, j)))),),
        "i(j(t b2))",
    ),
    "to a row": (
        (
            loop(
                "i",
                0,
                n,
                loop("j", 0, m, T_OF_IJ),
                loop("k", 0, m, store("b", i, k, value=at("t", i, sub(sub(m, k), 1)))),
            ),
        ),
        "i(j(t1) k(b2))",
    ),
    "not across rows": (
        (loop("i", 1, n, loop("j", 0, m, T_OF_IJ, store("b", i, j, value=at("t", sub(i, 1), j)))),),
        "i(j(t2 b2))",
    ),
    "not used by two loops": (
        (loop("i", 0, n, loop("j", 0, m, T_OF_IJ)), store("x", 0, value=at("t", 0, 0))),
        "i(j(t2)) x1",
    ),
}


@pytest.mark.parametrize("name", CONTRACTION)
def test_contraction(name: str) -> None:
    body, expected = CONTRACTION[name]
    before = case(allocate("t", DType.FLOAT64, n, m), *body)
    after, shrunk = contract(with_plain_extents(before))
    assert shape(after.body) == expected
    assert bool(shrunk) == (shape(before.body) != expected)


# ---- sums -------------------------------------------------------------------------------------------------

ADD_TO_X = store("x", i, value=add(at("x", i), at("a", i, k)))
SUMS = {
    "in a scalar": ((loop("k", 0, 9, ADD_TO_X),), "x_sum k(x_sum) x1"),
    "only if the loop runs": ((loop("k", 0, n, ADD_TO_X),), "if(x_sum k(x_sum) x1)"),
    "from its first value": ((store("x", i, value=f64(0.0)), loop("k", 0, n, ADD_TO_X)), "x_sum k(x_sum) x1"),
    "not where others read it": (
        (loop("k", 0, 9, ADD_TO_X, store("y", k, value=at("x", k))),),
        "k(x1 y1)",
    ),
    "not where it moves": ((loop("k", 0, 9, store("x", k, value=add(at("x", k), 1.0))),), "k(x1)"),
    "two at once": (
        (loop("k", 0, 9, ADD_TO_X, store("y", i, value=mul(at("y", i), at("a", k, i)))),),
        "x_sum y_sum k(x_sum y_sum) x1 y1",
    ),
}


@pytest.mark.parametrize("name", SUMS)
def test_sums(name: str) -> None:
    body, expected = SUMS[name]
    after = accumulate_in_scalars(case(loop("i", 0, n, *body)))
    assert shape(after.body) == f"i({expected})"


# ---- order ------------------------------------------------------------------------------------------------

PRODUCT = store("c", i, j, value=add(at("c", i, j), mul(at("a", i, k), at("b", k, j))))


def box(body: Stmt, order: str) -> Stmt:
    for index in reversed(order):
        body = loop(index, 1, n, body)
    return body


ORDER = {
    "stride 1 innermost": (box(PRODUCT, "ijk"), "i(k(j(c2)))"),
    "good as it is": (box(PRODUCT, "ikj"), "i(k(j(c2)))"),
    "columns": (box(store("a", i, j, value=at("b", i, j)), "ji"), "i(j(a2))"),
    "a recurrence keeps its direction": (
        box(store("a", i, j, value=at("a", sub(i, 1), add(j, 1))), "ji"),
        "j(i(a2))",
    ),
    "parallel outermost": (
        box(store("q", i, j, k, value=at("q", sub(i, 1), j, k)), "ijk"),
        "j(i(k(q3)))",
    ),
    "strips of rows": (
        box(store("x", j, value=add(at("x", j), at("a", i, j))), "ij"),
        "if(j_strip(i(j(x1))))else(i(j(x1)))",
    ),
    "few rows in one go": (
        box(store("x", j, value=add(at("x", j), at("a", i, j))), "ji"),
        "if(j_strip(i(j(x1))))else(i(j(x1)))",
    ),
    "a triangle stays": (loop("j", 0, n, loop("i", 0, j, store("a", i, j, value=f64(0.0)))), "j(i(a2))"),
}


@pytest.mark.parametrize("name", ORDER)
def test_order(name: str) -> None:
    body, expected = ORDER[name]
    order = Permutation(False, set())
    after = map_regions(case(body), RegionPass(order.region))
    assert shape(after.body) == expected


# ---- columns ----------------------------------------------------------------------------------------------

COLUMNS = {
    "a sum of columns": (
        (assign("s", 0.0), loop("k", 0, n, assign("s", add(s, at("a", k, i)))), store("x", i, value=s)),
        "if(i_row(i(s_row1) k(i(s_row1)) i(x1)))else(i(s k(s) x1))",
    ),
    "a sum over nests": (
        (
            assign("s", 0.0),
            loop("k", 0, n, loop("j", 0, k, assign("s", add(s, mul(at("a", j, k), at("b", k, i)))))),
            store("x", i, value=s),
        ),
        "if(i_row(i(s_row1) k(j(i(s_row1))) i(x1)))else(i(s k(j(s)) x1))",
    ),
    "a sum of rows stays": (
        (assign("s", 0.0), loop("k", 0, n, assign("s", add(s, at("a", i, k)))), store("x", i, value=s)),
        "i(s k(s) x1)",
    ),
    "a scalar of one step stays": (
        (loop("k", 0, n, assign("s", at("a", k, i)), store("b", k, i, value=mul(s, s))),),
        "if(i_row(k(i(s b2))))else(i(k(s b2)))",
    ),
    "dependent columns stay": (
        (loop("k", 0, n, store("a", k, i, value=at("a", k, sub(i, 1)))),),
        "i(k(a2))",
    ),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns(name: str) -> None:
    body, expected = COLUMNS[name]
    columns = Interleaving(False, set())
    after = map_regions(case(loop("i", 0, m, *body)), RegionPass(columns.region))
    assert shape(after.body) == expected


def test_copies_of_a_scalar_meet_no_array() -> None:
    total = assign("r", add(var("r", F), mul(at("a", i, k), at("b", j, k))))
    inner = replace(loop("k", 0, m, total), marks=Marks(simd=True))
    nest = loop("j", 0, n, assign("r", 0.0), inner, store("c", i, j, value=var("r", F)))
    nest = replace(nest, marks=Marks(interleaved=True))
    made = case(allocate("r_1", DType.FLOAT64, n), loop("i", 0, n, nest), store("r_1", 0, value=at("r_1", 1)))
    jammed = jam(made)
    check_function(jammed)
    assert "r_1_" in scalars_assigned(jammed.body)


def test_says_what_it_did() -> None:
    chain = case(
        allocate("t", DType.FLOAT64, dim("a", 0), dim("a", 1)),
        loop("i", 0, dim("a", 0), loop("j", 0, dim("a", 1), T_OF_IJ)),
        loop("k", 0, dim("t", 0), loop("j", 0, dim("t", 1), store("a", k, j, value=at("t", k, j)))),
        when(compare("gt", n, 0), loop("i", 1, n, store("x", i, value=at("x", sub(i, 1))))),
    )
    said = [
        (d.code.slug, d.message)
        for d in optimise(replace(chain, user_names=(("t", "t"),)), Options()).diagnostics
    ]
    assert said == [
        ("loops-fused", "Loop 'i' and a loop after it became one."),
        ("loops-fused", "Loop 'j' and a loop after it became one."),
        ("array-contracted", "The array 't' shrank to what one iteration uses."),
        ("loop-made-parallel", "Loop 'i' runs in parallel."),
        ("loop-vectorised", "Loop 'j' runs in SIMD registers."),
        ("carried-dependence", "Loop 'i' stays sequential."),
    ]
