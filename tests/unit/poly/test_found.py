"""What tells that an extreme has changed is set behind the loop, and gives the same."""

import math

import pytest

from pyaot.ir.build import (
    ExprLike,
    assign,
    block,
    cast,
    compare,
    dim,
    f64,
    function,
    give,
    leave,
    load,
    loop,
    select,
    var,
    when,
)
from pyaot.ir.check import check
from pyaot.ir.interpret import Returned, interpret
from pyaot.ir.nodes import Assign, Expr, For, Function, Stmt
from pyaot.ir.types import PY_FLOAT, Array, DType
from pyaot.ir.walk import Body, walk_stmts
from pyaot.poly.found import tell_behind_loops

B, K, I = var("b", PY_FLOAT), var("k"), var("i")
X = cast(load("x", I, type=PY_FLOAT), PY_FLOAT)
GREATER, LESS = compare("gt", X, B), compare("gt", B, X)


def found(condition: Expr, value: ExprLike = 3) -> Stmt:
    return when(condition, assign("k", value), assign("b", X))


def case(*inside: Stmt, around: str = "") -> Function:
    body: Body = (loop("i", 0, dim("x", 0), *inside),)
    body = (block(around, *body),) if around else body
    start = (assign("k", 1), assign("b", var("first", PY_FLOAT)))
    params = {"x": Array(DType.FLOAT64, 1, boxed=True), "first": PY_FLOAT}
    return function("f", params, *start, *body, give(B, K))


def results(made: Function) -> list[str]:
    check(made)
    answers = []
    for x in ([], [1.0], [0.0, -0.0], [2.0, 5.0, 5.0, 3.0], [math.nan, 2.0], [-2.0, math.nan]):
        for first in (0.0, -0.0, 2.0, 9.0, math.nan):
            outcome = interpret(made, [list(x), first])
            assert isinstance(outcome, Returned)
            answers.append(repr(outcome.value))
    return answers


def tells_inside(made: Function) -> bool:
    (nest,) = [stmt for stmt in walk_stmts(made.body) if isinstance(stmt, For)]
    return any(isinstance(stmt, Assign) and stmt.name == "k" for stmt in walk_stmts(nest.body))


CHOSEN = (assign("k", select(GREATER, 3, K)), assign("b", select(GREATER, X, B)))
BEHIND = {
    "greater": case(found(GREATER)),
    "less": case(found(LESS)),
    "as choices": case(*CHOSEN),
    "two tellers": case(when(GREATER, assign("k", 3), assign("m", 4), assign("b", X))),
}
INSIDE = {
    "equal ones too": case(found(compare("ge", X, B))),
    "the place": case(found(GREATER, I)),
    "read in the loop": case(found(GREATER), when(compare("eq", K, 3), assign("b", f64(1.0)))),
    "another value": case(when(GREATER, assign("k", 3), assign("b", f64(7.0)))),
    "left early": case(found(GREATER), when(compare("gt", B, 2.0), leave("out")), around="out"),
    "set elsewhere": case(found(GREATER), assign("k", 5)),
}


@pytest.mark.parametrize("name", BEHIND)
def test_it_is_told_behind_the_loop(name: str) -> None:
    after = tell_behind_loops(BEHIND[name])
    assert not tells_inside(after)
    assert results(after) == results(BEHIND[name])


@pytest.mark.parametrize("name", INSIDE)
def test_other_variables_stay(name: str) -> None:
    assert tell_behind_loops(INSIDE[name]) == INSIDE[name]
