"""Nests in the order of memory: which turn, and that they compute the same."""

import numpy as np
import pytest

from pyaot.ir.build import add, dim, f64, function, give, loop, mul, store, sub, var
from pyaot.ir.interpret import interpret
from pyaot.ir.nodes import Expr, For, Function, Stmt
from pyaot.poly.orient import Orientation
from pyaot.poly.permute import perfect_chain
from pyaot.poly.regions import RegionPass, map_regions
from tests.unit.poly.loops import MATRIX, VECTOR, at, proved

i, j, k = var("i"), var("j"), var("k")
ROWS, COLUMNS = dim("a", 0), dim("a", 1)


def case(nest: Stmt) -> Function:
    return proved(function("f", {"a": MATRIX, "b": MATRIX, "x": VECTOR}, nest, give()))


def nest(outer: str, inner: str, *body: Stmt, start: Expr | int = 0) -> Stmt:
    ends = {"i": ROWS, "j": COLUMNS}
    return loop(outer, start, ends[outer], loop(inner, start, ends[inner], *body))


SCALED = store("a", i, j, value=mul(at("a", i, j), f64(2.0)))
SUM = loop("k", 0, COLUMNS, store("a", i, j, value=add(at("a", i, j), at("b", i, k))))
BEFORE = store("a", i, j, value=add(at("a", sub(i, 1), j), at("a", i, sub(j, 1))))
SLIDING = store("x", j, value=add(at("x", j), mul(at("a", 0, i), at("b", 0, add(i, j)))))
AGAINST = store("a", i, j, value=at("a", sub(i, 1), sub(j, -1)))
CASES = {
    "columns first": (nest("j", "i", SCALED), ["i", "j"]),
    "rows first": (nest("i", "j", SCALED), ["i", "j"]),
    "around a sum": (nest("j", "i", SCALED, SUM), ["i", "j"]),
    "sums down the columns": (
        nest("i", "j", store("x", j, value=add(at("x", j), at("a", i, j)))),
        ["i", "j"],
    ),
    "sums along the rows": (nest("j", "i", store("x", i, value=add(at("x", i), at("a", i, j)))), ["i", "j"]),
    "both directions": (
        nest("j", "i", store("x", i, value=add(at("x", i), mul(at("a", i, j), at("a", j, i))))),
        ["i", "j"],
    ),
    "dependences that agree": (nest("j", "i", BEFORE, start=1), ["i", "j"]),
    "dependences that turn": (
        loop("j", 0, sub(COLUMNS, 1), loop("i", 1, ROWS, AGAINST)),
        ["j", "i"],
    ),
    "near both ways, and a sum one way": (loop("i", 0, 2, loop("j", 0, 2, SLIDING)), ["i", "j"]),
    "a triangle": (loop("j", 0, COLUMNS, loop("i", j, ROWS, SCALED)), ["j", "i"]),
}


@pytest.mark.parametrize("name", CASES)
def test_nests_turn_where_they_may(name: str) -> None:
    stmt, order = CASES[name]
    program, orientation = case(stmt), Orientation(strict=False)
    turned = map_regions(program, RegionPass(orientation.region))
    (new,) = (s for s in turned.body if isinstance(s, For))
    assert [loop.index for loop in perfect_chain(new)][:2] == order
    assert bool(orientation.turned) is (perfect_chain(new)[0].index != stmt.index)  # type: ignore[union-attr]
    outcomes = []
    for version in (program, turned):
        arguments = {"a": np.arange(16.0).reshape(4, 4), "b": np.ones((4, 4)), "x": np.zeros(4)}
        interpret(version, arguments)
        outcomes.append({key: value.tolist() for key, value in arguments.items()})
    assert outcomes[0] == outcomes[1]
