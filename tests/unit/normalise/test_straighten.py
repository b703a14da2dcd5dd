"""Early ends of blocks become branches where nothing has to be written twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyaot.ir.build import add, assign, block, compare, function, give, leave, loop, mul, var, when
from pyaot.ir.interpret import Returned, interpret
from pyaot.ir.nodes import Block, Exit, Function, Stmt
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import walk_stmts
from pyaot.normalise.straighten import straighten

R, X = var("r"), var("x")
SMALL = compare("lt", X, 2)


def put(value: int) -> Stmt:
    return assign("r", add(mul(R, 10), value))


STRAIGHT: dict[str, tuple[Stmt, ...]] = {
    "an early end": (block("done", when(SMALL, put(1), leave("done")), put(2)),),
    "both end": (block("done", when(SMALL, put(1), leave("done"), otherwise=[put(2), leave("done")])),),
    "the other one ends": (block("done", when(SMALL, put(1), otherwise=[put(2), leave("done")]), put(3)),),
    "nothing but the end": (block("done", when(SMALL, leave("done")), put(2)),),
    "one after the other": (
        block(
            "done",
            when(SMALL, put(1), leave("done")),
            put(2),
            when(compare("lt", X, 4), put(3), leave("done")),
            put(4),
        ),
    ),
    "one in the other": (
        block(
            "done",
            when(SMALL, when(compare("lt", X, 1), put(5), leave("done")), put(1), leave("done")),
            put(2),
        ),
    ),
    "an end behind": (block("done", put(1), when(SMALL, put(2)), leave("done")),),
    "blocks in blocks": (
        block(
            "outer",
            block("inner", when(SMALL, put(1), leave("inner")), put(2)),
            when(compare("eq", X, 3), leave("outer")),
            put(3),
        ),
    ),
    "a turn": (loop("i", 0, X, block("next", when(compare("lt", var("i"), 2), leave("next")), put(2))),),
}
KEPT: dict[str, tuple[Stmt, ...]] = {
    "a loop leaves it": (
        block("done", loop("i", 0, X, when(compare("eq", var("i"), 2), leave("done")), put(1)), put(2)),
    ),
    "both come behind": (
        block(
            "done",
            when(SMALL, when(compare("lt", X, 1), leave("done")), put(1), otherwise=[put(2)]),
            put(3),
        ),
    ),
}


@pytest.mark.parametrize("name", STRAIGHT)
def test_no_jump_is_left(name: str) -> None:
    after = straighten(case(*STRAIGHT[name]))
    assert not any(isinstance(stmt, Block | Exit) for stmt in walk_stmts(after.body))
    agree(*STRAIGHT[name])


@pytest.mark.parametrize("name", KEPT)
def test_blocks_that_stay(name: str) -> None:
    before = case(*KEPT[name])
    assert straighten(before) == before
    agree(*KEPT[name])


def statements(depth: int) -> st.SearchStrategy[Stmt]:
    simple = st.one_of(st.builds(put, st.integers(1, 9)), st.sampled_from([leave("a"), leave("b")]))
    if depth == 0:
        return simple
    body = st.lists(statements(depth - 1), min_size=1, max_size=3)
    condition = st.integers(0, 5).map(lambda bound: compare("lt", X, bound))
    conditional = st.builds(lambda c, then, other: when(c, *then, otherwise=other), condition, body, body)
    return st.one_of(simple, conditional, body.map(lambda inner: block("b", *inner)))


@given(st.lists(statements(3), max_size=4))
def test_any_exits(body: list[Stmt]) -> None:
    agree(block("a", block("b", *body), put(7)))


def case(*body: Stmt) -> Function:
    return function("f", {"x": PY_INT}, assign("r", 0), *body, give(R))


def agree(*body: Stmt) -> None:
    before = case(*body)
    for x in range(6):
        assert result(straighten(before), x) == result(before, x)


def result(made: Function, x: int) -> object:
    outcome = interpret(made, {"x": x})
    assert isinstance(outcome, Returned)
    return outcome.value
