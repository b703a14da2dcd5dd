"""Which subscripts lose their check, and what the function then requires."""

import time

import pytest

from pyaot.ir.build import (
    add,
    allocate,
    assign,
    bind,
    both,
    check,
    compare,
    dim,
    f64,
    function,
    give,
    load,
    loop,
    maximum,
    minimum,
    mod,
    negated,
    select,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.nodes import Expr, Function, Load, Require, Stmt, Store
from pyaot.ir.types import PY_INT, DType, Scalar
from pyaot.ir.walk import walk_exprs, walk_stmts
from pyaot.poly.bounds import prove_bounds
from tests.unit.poly.loops import INTS, MATRIX, VECTOR, at

i, j, k, n, m, t = (var(name) for name in "ijknmt")
PARAMS = {"n": PY_INT, "m": PY_INT, "a": MATRIX, "b": MATRIX, "x": VECTOR, "y": VECTOR, "idx": INTS}
I64 = Scalar(DType.INT64)
ONE = f64(1.0)


def case(*body: Stmt, requires: tuple[Expr, ...] = ()) -> Function:
    return function("f", PARAMS, *body, give(), requires=[Require(r, "given") for r in requires])


def at_most(left: Expr | int, right: Expr) -> Expr:
    return compare("le", left, right)


# name: function, the arrays whose accesses stay checked, the requirements
CASES = {
    "own extent": (case(loop("i", 0, dim("x", 0), store("x", i, value=ONE))), "", ()),
    "a parameter": (case(loop("i", 0, n, store("x", i, value=ONE))), "", (at_most(n, dim("x", 0)),)),
    "another's extent": (
        case(loop("i", 0, dim("x", 0), store("x", i, value=at("y", i)))),
        "",
        (at_most(dim("x", 0), dim("y", 0)),),
    ),
    "known equal": (
        case(
            loop("i", 0, dim("x", 0), store("x", i, value=at("y", i))),
            requires=(compare("eq", dim("x", 0), dim("y", 0)),),
        ),
        "",
        (),
    ),
    "checked equal": (
        case(
            check(compare("eq", dim("y", 0), dim("x", 0))),
            loop("i", 0, dim("x", 0), store("x", i, value=at("y", i))),
        ),
        "",
        (),
    ),
    "stencil": (
        case(
            loop(
                "i", 1, sub(dim("x", 0), 1), store("y", i, value=add(at("x", sub(i, 1)), at("x", add(i, 1))))
            )
        ),
        "",
        (at_most(dim("x", 0), add(dim("y", 0), 1)),),
    ),
    "wraps at the start": (case(loop("i", 0, dim("x", 0), store("x", sub(i, 1), value=ONE))), "x", ()),
    "indirect": (case(loop("i", 0, dim("idx", 0), store("x", load("idx", i, type=I64), value=ONE))), "x", ()),
    "modulo": (
        case(
            loop("i", 0, n, store("x", mod(add(i, 5), dim("x", 0)), value=ONE)),
            requires=(compare("gt", dim("x", 0), 0),),
        ),
        "",
        (),
    ),
    "triangle": (
        case(loop("i", 0, dim("a", 0), loop("j", 0, i, store("a", i, j, value=ONE)))),
        "",
        (at_most(dim("a", 0), add(dim("a", 1), 1)),),
    ),
    "guarded by a condition": (
        case(
            loop(
                "i",
                0,
                n,
                when(both(compare("ge", i, 0), compare("lt", i, dim("x", 0))), store("x", i, value=ONE)),
            )
        ),
        "",
        (),
    ),
    "guarded by a select": (
        case(
            loop(
                "i",
                0,
                dim("y", 0),
                store("y", i, value=select(compare("lt", i, dim("x", 0)), at("x", i), ONE)),
            )
        ),
        "",
        (),
    ),
    "only where data says so": (
        case(loop("i", 0, dim("y", 0), when(compare("gt", at("y", i), ONE), store("x", i, value=ONE)))),
        "x",
        (),
    ),
    "clipped": (
        case(
            loop(
                "i",
                0,
                dim("x", 0),
                store("y", 0, value=at("x", maximum(0, minimum(add(i, 3), sub(dim("x", 0), 1))))),
            )
        ),
        "",
        (at_most(1, dim("y", 0)),),
    ),
    "last element": (
        case(store("x", -1, value=ONE)),
        "",
        (at_most(1, dim("x", 0)),),
    ),
    "a local array": (
        case(
            assign("r", add(n, 1)),
            allocate("u", DType.FLOAT64, var("r")),
            loop("i", 0, n, store("u", add(i, 1), value=ONE)),
        ),
        "",
        (),
    ),
    "buffers that take turns": (
        case(
            allocate("u", DType.FLOAT64, n),
            allocate("v", DType.FLOAT64, n),
            loop(
                "t",
                0,
                m,
                loop("i", 1, sub(n, 1), store("v", i, value=add(at("u", sub(i, 1)), at("u", add(i, 1))))),
                bind(("u", "v"), ("v", "u")),
            ),
        ),
        "",
        (),
    ),
    "buffers of different sizes take turns": (
        case(
            allocate("u", DType.FLOAT64, n),
            allocate("v", DType.FLOAT64, m),
            loop("t", 0, m, loop("i", 0, n, store("u", i, value=ONE)), bind(("u", "v"), ("v", "u"))),
        ),
        "u",
        (),
    ),
    "a counter that changes": (
        case(
            assign("c", 0),
            loop("i", 0, dim("x", 0), store("x", var("c"), value=ONE), assign("c", add(var("c"), 1))),
        ),
        "x",
        (),
    ),
    "a parameter that changes": (
        case(assign("n", add(n, 1)), loop("i", 0, n, store("x", i, value=ONE))),
        "",
        (at_most(add(n, 1), dim("x", 0)),),
    ),
    "checked in the loop": (
        case(loop("i", 0, n, check(negated(compare("ge", i, dim("x", 0)))), store("x", i, value=ONE))),
        "",
        (),
    ),
}


def still_checked(result: Function) -> str:
    """The arrays with accesses that are checked, in order."""
    loads = {e.array for e in walk_exprs(result.body) if isinstance(e, Load) and e.checked}
    stores = {s.array for s in walk_stmts(result.body) if isinstance(s, Store) and s.checked}
    return " ".join(sorted(loads | stores))


@pytest.mark.parametrize("name", CASES)
def test_bounds(name: str) -> None:
    before, checked, requires = CASES[name]
    t0 = time.perf_counter()
    after = prove_bounds(before)
    assert time.perf_counter() - t0 < 1.0
    assert still_checked(after) == checked
    added = after.requires[len(before.requires) :]
    assert [str_of(r.condition) for r in added] == [str_of(r) for r in requires]


def str_of(expr: Expr) -> str:
    """A condition without its marks."""
    return str(expr).replace(", checked=False", ", checked=True")
