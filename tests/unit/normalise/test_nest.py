"""Loops over flattened arrays."""

import numpy as np
import pytest

from pyaot.ir.build import add, assign, dim, floordiv, function, give, load, loop, mod, mul, store, var
from pyaot.ir.interpret import Returned, interpret
from pyaot.ir.nodes import Expr, For, Function, Stmt
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import walk_stmts
from pyaot.normalise.nest import nest_flat_loops

F = Scalar(DType.FLOAT64)
CUBE, MATRIX = Array(DType.FLOAT64, 3), Array(DType.FLOAT64, 2)
i, k, s = var("i"), var("k"), var("s", F)
ROWS, COLUMNS = dim("a", 0), dim("a", 1)
ALL = mul(ROWS, COLUMNS)


def _element(index: Expr = i) -> Expr:
    return load("a", floordiv(index, COLUMNS), mod(index, COLUMNS), type=F, checked=False)


def _case(*body: Stmt, stop: Expr = ALL, start: int = 0) -> Function:
    sum_ = (assign("s", 0.0), loop("i", start, stop, *body), give(s))
    return function("f", {"a": MATRIX, "q": CUBE, "k": PY_INT}, *sum_)


def _depth(function: Function) -> int:
    return sum(isinstance(stmt, For) for stmt in walk_stmts(function.body))


SUM = assign("s", add(mul(s, 0.5), _element()))  # the order matters
FLAT = floordiv(i, dim("q", 2))
ELEMENT = load(
    "q", floordiv(FLAT, dim("q", 1)), mod(FLAT, dim("q", 1)), mod(i, dim("q", 2)), type=F, checked=False
)
CUBES = _case(assign("s", add(mul(s, 0.5), ELEMENT)), stop=mul(mul(dim("q", 0), dim("q", 1)), dim("q", 2)))
CASES = {
    "rows": (_case(SUM), 2),
    "cubes": (CUBES, 3),
    "columns first": (_case(SUM, stop=mul(COLUMNS, ROWS)), 2),
    "written": (_case(SUM, store("a", floordiv(i, COLUMNS), mod(i, COLUMNS), value=s)), 2),
    "index used otherwise": (_case(SUM, assign("k", i)), 1),
    "another extent": (_case(assign("s", add(s, load("q", mod(i, dim("q", 0)), 0, 0, type=F)))), 1),
    "some of it": (_case(SUM, start=1), 1),
    "of an int that may be negative": (_case(SUM, stop=mul(k, COLUMNS)), 1),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("shape", [(3, 4), (1, 5), (5, 1), (0, 3), (3, 0)])
def test_results_stay(name: str, shape: tuple[int, int]) -> None:
    before, _ = CASES[name]
    rng = np.random.default_rng(1)
    one = [rng.random(shape), rng.random((2, *shape)), 2 if shape[0] > 1 else 0]
    other = [one[0].copy(), one[1], one[2]]
    expected = interpret(before, one)
    assert interpret(nest_flat_loops(before), other) == expected
    assert isinstance(expected, Returned) or 0 in shape
    np.testing.assert_array_equal(one[0], other[0])


@pytest.mark.parametrize("name", CASES)
def test_a_loop_for_every_axis(name: str) -> None:
    before, loops = CASES[name]
    assert _depth(nest_flat_loops(before)) == loops
