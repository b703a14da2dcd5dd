"""Names that arrays can do without go, the others stay; the results are the same."""

import numpy as np
import pytest

from pyaot.ir.build import (
    add,
    allocate,
    bind,
    block,
    compare,
    dim,
    f64,
    forever,
    function,
    give,
    leave,
    load,
    loop,
    store,
    var,
    when,
)
from pyaot.ir.interpret import interpret
from pyaot.ir.nodes import Bind, Expr, Function, Stmt
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import walk_stmts
from pyaot.normalise.bindings import settle_bindings

F = Scalar(DType.FLOAT64)
I, T, N = var("i"), var("t"), var("n")


def new(name: str) -> Stmt:
    return allocate(name, DType.FLOAT64, dim("u", 0))


def at(array: str) -> Expr:
    return load(array, I, type=F)


def each(array: str, value: Expr) -> Stmt:
    return loop("i", 0, dim("u", 0), store(array, I, value=value))


COPY = (new("c"), each("c", at("u")))
STEP = each("u", add(at("un"), f64(1.0)))
BINDS_LEFT: dict[str, tuple[int, tuple[Stmt, ...]]] = {
    "a copy in a time loop": (
        0,
        (new("e"), bind(["un"], ["e"]), loop("t", 0, N, *COPY, bind(["un"], ["c"]), STEP)),
    ),
    "another name for a parameter": (0, (bind(["un"], ["u"]), each("un", f64(2.0)))),
    "in a branch": (0, (when(compare("gt", N, 1), *COPY, bind(["un"], ["c"]), STEP),)),
    "nobody asks": (0, (*COPY, bind(["un"], ["c"]))),
    "read after the loop": (
        2,
        (
            *COPY,
            bind(["un"], ["c"]),
            loop("t", 0, N, new("d"), bind(["un"], ["d"]), each("un", f64(3.0))),
            STEP,
        ),
    ),
    "read in the next turn": (
        2,
        (
            *COPY,
            bind(["un"], ["c"]),
            loop("t", 0, N, STEP, new("d"), bind(["un"], ["d"]), each("un", at("u"))),
        ),
    ),
    "swapped": (
        2,
        (*COPY, bind(["un"], ["c"]), loop("t", 0, N, STEP, bind(["u", "un"], ["un", "u"]))),
    ),
    "read where a block ends early": (
        2,
        (
            *COPY,
            bind(["un"], ["c"]),
            block(
                "done",
                new("d"),
                each("d", f64(7.0)),
                bind(["un"], ["d"]),
                when(compare("gt", N, 1), leave("done")),
                each("un", f64(8.0)),
            ),
            STEP,
        ),
    ),
    "bound anew before it is read there": (
        0,
        (
            block("done", *COPY, bind(["un"], ["c"]), when(compare("gt", N, 1), leave("done")), STEP),
            new("d"),
            each("d", f64(7.0)),
            bind(["un"], ["d"]),
            STEP,
        ),
    ),
    "the array itself is made anew": (
        1,
        (*COPY, bind(["un"], ["c"]), new("c"), each("c", f64(1.0)), STEP, each("u", add(at("c"), at("u")))),
    ),
    "a loop without an index": (
        0,
        (
            block(
                "done",
                forever(
                    *COPY,
                    bind(["un"], ["c"]),
                    STEP,
                    when(compare("gt", load("u", 0, type=F), f64(4.0)), leave("done")),
                ),
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", BINDS_LEFT)
def test_bindings(name: str) -> None:
    left, body = BINDS_LEFT[name]
    before = function("f", {"n": PY_INT, "u": Array(DType.FLOAT64, 1)}, *body, give())
    after = settle_bindings(before)
    assert sum(isinstance(stmt, Bind) for stmt in walk_stmts(after.body)) == left
    for turns in range(4):
        assert run(after, turns) == run(before, turns)


def test_what_is_returned_is_the_array_itself() -> None:
    made = function("f", {"u": Array(DType.FLOAT64, 1)}, bind(["un"], ["u"]), give("un"))
    assert settle_bindings(made) == function("f", {"u": Array(DType.FLOAT64, 1)}, give("u"))


def run(made: Function, turns: int) -> tuple[str, list[float]]:
    u = np.arange(5.0)
    return type(interpret(made, {"n": turns, "u": u})).__name__, u.tolist()
