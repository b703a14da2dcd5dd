"""Checks come before loops and before all else, once; those that a turn changes stay."""

import pytest

from pyaot.ir.build import (
    FALSE,
    allocate,
    assign,
    block,
    check,
    compare,
    dim,
    f64,
    function,
    give,
    leave,
    load,
    loop,
    store,
    var,
    when,
)
from pyaot.ir.nodes import Stmt
from pyaot.ir.show import show_body
from pyaot.ir.types import PY_FLOAT, PY_INT, Array, DType
from pyaot.normalise.checks import settle_checks
from pyaot.normalise.decide import decide
from pyaot.normalise.fold import fold
from pyaot.normalise.ranges import find_ranges

N, M, I, X = var("n"), var("m"), var("i"), var("x")
A = Array(DType.FLOAT64, 1)
PARAMS = {"n": PY_INT, "m": PY_INT, "a": A}
OF_N, OF_X = check(compare("ge", N, 0)), check(compare("ge", X, 0))
OF_A = check(compare("gt", load("a", 0, type=PY_FLOAT, checked=False), f64(0.0)))
SET = store("a", I, value=f64(1.0))

CASES: dict[str, tuple[tuple[Stmt, ...], tuple[Stmt, ...]]] = {
    "of a parameter: before all else": (
        (assign("x", 1), loop("i", 0, N, loop("j", 0, M, SET, OF_N), SET)),
        (OF_N, assign("x", 1), loop("i", 0, N, loop("j", 0, M, SET), SET)),
    ),
    "of a variable: before the loop": (
        (assign("x", M), loop("i", 0, N, SET, OF_X)),
        (assign("x", M), OF_X, loop("i", 0, N, SET)),
    ),
    "before what does not change it": (
        (assign("x", M), loop("i", 0, N, SET), assign("y", 1), OF_X, loop("i", 0, N, SET)),
        (assign("x", M), OF_X, loop("i", 0, N, SET), assign("y", 1), loop("i", 0, N, SET)),
    ),
    "not between loops from behind": (
        (assign("x", M), loop("i", 0, N, assign("x", I)), loop("i", 0, N, SET), OF_X),
        (assign("x", M), loop("i", 0, N, assign("x", I)), loop("i", 0, N, SET), OF_X),
    ),
    "before another loop": (
        (assign("x", M), *(loop("i", 0, N, s) for s in (assign("x", I), SET)), OF_X, loop("i", 0, N, SET)),
        (assign("x", M), loop("i", 0, N, assign("x", I)), OF_X, *(loop("i", 0, N, SET) for _ in "12")),
    ),
    "once": (
        (OF_N, assign("x", M), OF_X, when(compare("gt", M, 3), OF_X, OF_N)),
        (OF_N, assign("x", M), OF_X, when(compare("gt", M, 3))),
    ),
    "again where the variable was set": (
        (assign("x", M), OF_X, assign("x", N), OF_X),
        (assign("x", M), OF_X, assign("x", N), OF_X),
    ),
    "set by a turn": (
        (assign("x", M), loop("i", 0, N, OF_X, assign("x", I))),
        (assign("x", M), loop("i", 0, N, OF_X, assign("x", I))),
    ),
    "of the index": (
        (loop("i", 0, N, check(compare("lt", I, M))),),
        (loop("i", 0, N, check(compare("lt", I, M))),),
    ),
    "of elements": ((OF_A, loop("i", 0, N, SET, OF_A)), (OF_A, loop("i", 0, N, SET, OF_A))),
    "of an array that a turn makes": (
        (loop("i", 0, N, allocate("b", DType.FLOAT64, I), check(compare("gt", dim("b", 0), M))),),
        (loop("i", 0, N, allocate("b", DType.FLOAT64, I), check(compare("gt", dim("b", 0), M))),),
    ),
    "of some turns": (
        (assign("x", M), loop("i", 0, N, when(compare("gt", I, 3), OF_X))),
        (assign("x", M), loop("i", 0, N, when(compare("gt", I, 3), OF_X))),
    ),
    "after a turn may end": (
        (assign("x", M), loop("i", 0, N, block("next", when(compare("gt", I, 3), leave("next")), OF_X))),
        (assign("x", M), loop("i", 0, N, block("next", when(compare("gt", I, 3), leave("next")), OF_X))),
    ),
    "after a return": (
        (when(compare("gt", M, 3), give(1.0)), OF_N, give(2.0)),
        (when(compare("gt", M, 3), give(1.0)), OF_N, give(2.0)),
    ),
    "a raise waits for its turn": (
        (loop("i", 0, N, check(FALSE, "it raises")),),
        (loop("i", 0, N, check(FALSE, "it raises")),),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_checks(name: str) -> None:
    before, after = CASES[name]
    assert show_body(settle_checks(function("f", PARAMS, *before)).body) == show_body(after)


def test_what_stands_where_it_should_is_the_same_node() -> None:
    body = (loop("i", 0, N, SET), OF_X)
    made = function("f", PARAMS, assign("x", M), *body, give())
    assert settle_checks(made).body[2] is body[0]


def test_the_first_checks_bound_parameters_and_are_not_decided_themselves() -> None:
    later = assign("y", compare("lt", N, 0))
    made = function("f", PARAMS, OF_N, later, give())
    assert find_ranges(made).of(N).low == 0
    assert show_body(fold(decide(made)).body[:2]) == show_body((OF_N, assign("y", FALSE)))


@pytest.mark.parametrize("first", [(assign("x", 1), OF_N), (OF_N, assign("n", -1))])
def test_other_checks_bound_nothing(first: tuple[Stmt, ...]) -> None:
    assert find_ranges(function("f", PARAMS, *first, give())).of(N).low < 0
