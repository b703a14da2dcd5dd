"""Arrays that a condition replaces are made in place; steady choices of names stand before their loops."""

from collections import Counter

import numpy as np
import pytest

from pyaot.ir.build import (
    add,
    allocate,
    assign,
    bind,
    compare,
    dim,
    f64,
    function,
    give,
    load,
    loop,
    mul,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.check import check
from pyaot.ir.interpret import interpret
from pyaot.ir.nodes import Allocate, Assign, Bind, Expr, For, Function, If, Stmt
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import Body, walk_stmts
from pyaot.normalise.renewed import renew_in_place
from pyaot.normalise.unswitch import unswitch

F = Scalar(DType.FLOAT64)
I, K, N = var("i"), var("k"), var("n")
SOME = compare("gt", N, 3)


def new(name: str, more: int = 0) -> Stmt:
    return allocate(name, DType.FLOAT64, add(dim("u", 0), more))


def at(array: str, index: Expr = I) -> Expr:
    return load(array, index, type=F)


def each(array: str, value: Expr, index: Expr = I) -> Stmt:
    """array[index] = value, for every i."""
    return loop("i", 0, dim("u", 0), store(array, index, value=value))


X = (new("x"), each("x", mul(at("u"), f64(2.0))))
Y = (new("y"), each("y", sub(at("u"), at("x"))))
KEPT = bind(["z"], ["x"])
MADE = bind(["z"], ["y"])
USE = each("u", at("z"))


def case(*body: Stmt) -> Function:
    made = function("f", {"n": PY_INT, "u": Array(DType.FLOAT64, 1)}, *body, give())
    check(made)
    return made


def results(made: Function) -> list[object]:
    """What is left in u for some n."""
    found: list[object] = []
    for n in range(2, 7):
        u = np.arange(5.0)
        outcome = interpret(made, [n, u])
        found.append((type(outcome).__name__, u.tolist()))
    return found


def binds(made: Function) -> int:
    return sum(isinstance(stmt, Bind) for stmt in walk_stmts(made.body))


REVERSED = sub(sub(dim("u", 0), 1), I)
RENEWED: dict[str, Body] = {
    "then": (*X, when(SOME, *Y, MADE, otherwise=[KEPT]), USE),
    "otherwise": (*X, when(SOME, KEPT, otherwise=[*Y, MADE]), USE),
    "its own extent": (
        *X,
        when(
            SOME,
            assign("e", dim("x", 0)),
            allocate("y", DType.FLOAT64, var("e")),
            Y[1],
            MADE,
            otherwise=[KEPT],
        ),
        USE,
    ),
    "in a loop": (loop("k", 0, N, *X, when(SOME, *Y, MADE, otherwise=[KEPT]), USE),),
}
LEFT: dict[str, Body] = {
    "old elements are read later": (*X, when(SOME, *Y, MADE, otherwise=[KEPT]), USE, each("u", at("x"))),
    "other elements are read": (
        *X,
        when(SOME, new("y"), each("y", at("x", REVERSED)), MADE, otherwise=[KEPT]),
        USE,
    ),
    "other elements are made": (
        *X,
        when(SOME, new("y"), each("y", at("x"), REVERSED), MADE, otherwise=[KEPT]),
        USE,
    ),
    "another size": (*X, when(SOME, new("y", 1), Y[1], MADE, otherwise=[KEPT]), USE),
    "a size that has changed": (
        assign("e", dim("u", 0)),
        *(allocate("x", DType.FLOAT64, var("e")), X[1], assign("e", add(var("e"), 1))),
        *(when(SOME, allocate("y", DType.FLOAT64, var("e")), Y[1], MADE, otherwise=[KEPT]), USE),
    ),
    "a parameter": (when(SOME, new("y"), each("y", at("u")), MADE, otherwise=[bind(["z"], ["u"])]), USE),
    "a third array": (
        *(*X, when(SOME, *Y, MADE, otherwise=[KEPT]), USE),
        when(compare("gt", N, 4), new("v"), each("v", f64(1.0)), bind(["z"], ["v"])),
        each("u", at("z")),
    ),
}


@pytest.mark.parametrize("name", RENEWED)
def test_arrays_are_renewed_in_place(name: str) -> None:
    before = case(*RENEWED[name])
    after = renew_in_place(before)
    check(after)
    assert binds(after) == 0
    assert results(after) == results(before)


@pytest.mark.parametrize("name", LEFT)
def test_other_arrays_are_left(name: str) -> None:
    before = case(*LEFT[name])
    after = renew_in_place(before)
    assert binds(after) == binds(before)
    assert results(after) == results(before)


CHOICE = when(SOME, *X, KEPT, otherwise=[*Y[:1], each("y", f64(1.0)), MADE])
TURN = (assign("s", mul(K, 2)), CHOICE, USE, each("u", add(at("u"), at("z", K))))


def test_a_steady_choice_stands_before_the_loop() -> None:
    before = case(loop("k", 0, 4, *TURN))
    after = unswitch(before)
    check(after)
    assert isinstance(after.body[0], If) and all(isinstance(s[0], For) for s in (after.body[0].then,))
    made = Counter(s.name for s in walk_stmts(after.body) if isinstance(s, Allocate | Assign))
    assert set(made.values()) == {1}
    assert results(after) == results(before)


@pytest.mark.parametrize(
    "body",
    [
        (loop("k", 0, 4, when(compare("gt", K, 1), *CHOICE.then, otherwise=CHOICE.otherwise), USE),),
        (
            assign("s", 1),
            loop("k", 0, 4, when(compare("gt", var("s"), 1), KEPT, otherwise=[KEPT]), assign("s", K)),
        ),
        (
            loop(
                "k",
                0,
                4,
                when(compare("gt", at("u", K), f64(1.0)), *CHOICE.then, otherwise=CHOICE.otherwise),
                USE,
            ),
        ),
        (loop("k", 0, 4, when(SOME, each("u", f64(1.0)), otherwise=[each("u", f64(2.0))]), *X, KEPT, USE),),
    ],
    ids=["of the index", "of a variable", "of elements", "no names"],
)
def test_other_choices_stay_in_the_loop(body: Body) -> None:
    body = (*X, *body) if "s" in {getattr(stmt, "name", "") for stmt in body} else body
    before = case(*body)
    assert unswitch(before) == before


def test_names_that_live_on_are_kept() -> None:
    before = case(*X, KEPT, loop("k", 0, 4, CHOICE, USE), each("u", add(at("u"), at("z"))))
    after = unswitch(before)
    check(after)
    assert after != before
    assert results(after) == results(before)
