"""Loops cut where their subscripts wrap around."""

import numpy as np
import pytest

from pyaot.ir.build import add, assign, dim, function, give, loop, mod, mul, store, sub, unchecked, var
from pyaot.ir.interpret import Returned, interpret
from pyaot.ir.nodes import Binary, Expr, For, Function, Load, Stmt
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import walk_exprs, walk_stmts
from pyaot.poly.wrap import without_wrapping
from tests.unit.poly.loops import VECTOR, F, at

i, k, n = var("i"), var("k"), dim("x", 0)


def _behind(offset: Expr | int) -> Load:
    return at("x", mod(unchecked(sub(i, offset)), n))


def _case(*body: Stmt, start: int = 0, stop: Expr = n) -> Function:
    params = {"x": VECTOR, "y": VECTOR, "k": PY_INT}
    return function("f", params, assign("s", 0.0), loop("i", start, stop, *body), give(var("s", F)))


def _remainders(stmt: Stmt) -> int:
    return sum(isinstance(node, Binary) and node.op == "mod" for node in walk_exprs((stmt,)))


NEIGHBOURS = store("y", i, value=add(_behind(1), add(at("x", i), _behind(-1))))
CASES = {
    "both neighbours": _case(NEIGHBOURS),
    "far away": _case(store("y", i, value=_behind(7))),
    "by a parameter": _case(store("y", i, value=_behind(k))),
    "not from zero": _case(NEIGHBOURS, start=1),
    "into itself": _case(store("x", mod(unchecked(add(i, 1)), n), value=at("y", i))),
    "a sum": _case(assign("s", add(var("s", F), _behind(1)))),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size", [0, 1, 2, 3, 9])
@pytest.mark.parametrize("shift", [-12, -1, 0, 2, 12])
def test_results_stay(name: str, size: int, shift: int) -> None:
    def arguments() -> list[object]:
        return [np.arange(1.0, size + 1.0), np.zeros(size + 3), shift]

    before, after = arguments(), arguments()
    expected, outcome = interpret(CASES[name], before), interpret(without_wrapping(CASES[name]), after)
    assert isinstance(expected, Returned) or size == 0
    assert outcome == expected
    for one, other in zip(before[:2], after[:2], strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", CASES)
def test_the_loop_in_the_middle_is_free_of_remainders(name: str) -> None:
    loops = [stmt for stmt in walk_stmts(without_wrapping(CASES[name]).body) if isinstance(stmt, For)]
    assert [_remainders(stmt) > 0 for stmt in loops] == [True, False, True]


@pytest.mark.parametrize(
    "stmt",
    [
        store("y", i, value=at("x", mod(unchecked(mul(i, 2)), n))),
        store("y", i, value=at("x", mod(sub(i, k), n))),  # the subtraction may fail
        loop("j", 0, k, store("y", i, value=_behind(1))),
        store("y", i, value=at("y", mod(i, dim("y", 0)))),
    ],
    ids=["stride 2", "may fail", "not innermost", "another extent"],
)
def test_other_loops_stay(stmt: Stmt) -> None:
    assert without_wrapping(_case(stmt)) == _case(stmt)
