"""Loops over flattened arrays as rows: the results stay, the divisions go."""

import numpy as np
import pytest
from msgspec.structs import replace

from pyaot.ir.build import (
    add,
    assign,
    compare,
    f64,
    floordiv,
    function,
    give,
    load,
    loop,
    mod,
    mul,
    store,
    var,
    when,
)
from pyaot.ir.interpret import Failed, Returned, interpret
from pyaot.ir.nodes import Binary, Expr, For, Function, Load, Marks, Reduction, Stmt
from pyaot.ir.types import PY_INT, Array, DType
from pyaot.ir.walk import walk_exprs, walk_stmts
from pyaot.poly.rows import row_by_row
from tests.unit.poly.loops import MATRIX, VECTOR, F, at

i, n, m, s = var("i"), var("n"), var("m"), var("s", F)
INDEX = Array(DType.INT64, 1)
PARAMS = {"n": PY_INT, "m": PY_INT, "x": MATRIX, "y": VECTOR, "k": INDEX}
SIMD = Marks(simd=True)


def taken(length: Expr | int = m) -> Load:
    return at("x", floordiv(i, length), mod(i, length))


def case(*body: Stmt, marks: Marks = SIMD, start: int = 0) -> Function:
    return function("f", PARAMS, assign("s", 0.0), loop("i", start, n, *body, marks=marks), give(s))


def kept(value: Expr) -> Stmt:
    return store("y", i, value=value)


SUM = Marks(simd=True, reductions=(Reduction("add", "s"),))
BOTH = Marks(simd=True, parallel=True)
CASES = {
    "flat": case(kept(taken())),
    "by a team": case(kept(taken()), marks=BOTH),
    "a sum": case(assign("s", add(s, taken())), marks=SUM),
    "a quotient only": case(kept(at("x", floordiv(i, m), 0))),
    "a remainder only": case(kept(at("x", 0, mod(i, m)))),
    "the index itself": case(kept(mul(taken(), load("y", i, type=F)))),
    "under a condition": case(when(compare("gt", m, 1), kept(taken()))),
    "a constant": case(kept(at("x", floordiv(i, 16), mod(i, 16)))),
}
OTHERS = {
    "not in registers": case(kept(taken()), marks=Marks(parallel=True)),
    "not from zero": case(kept(taken()), start=1),
    "a length that moves": case(kept(at("x", floordiv(i, i), 0))),
    "an element": case(kept(at("x", floordiv(i, load("k", 0, type=PY_INT)), 0))),
    "a short constant": case(kept(at("x", floordiv(i, 2), mod(i, 2)))),
    "no subscript": case(kept(replace(f64(1.0), type=F)), assign("q", floordiv(i, m))),
}


SIZES = [(1, 1), (7, 16), (16, 7), (300, 16), (2, 5000), (9000, 1), (1, 4096)]


def divisions(made: Function) -> int:
    """In the innermost loops."""
    inner = [s for s in walk_stmts(made.body) if isinstance(s, For) and s.marks.simd]
    return sum(
        isinstance(e, Binary) and e.op in ("floordiv", "mod") for s in inner for e in walk_exprs(s.body)
    )


def result(made: Function, rows: int, columns: int, n: int) -> tuple[object, np.ndarray]:
    x = np.arange(1.0, rows * columns + 1).reshape(rows, columns)
    y = np.ones(n)
    outcome = interpret(made, [n, columns, x, y, np.ones(1, np.int64)])
    return (outcome.value if isinstance(outcome, Returned) else outcome), y


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 1), (7, 16), (16, 7), (300, 16), (2, 5000), (9000, 1), (1, 4096)]
)
def test_results_stay(name: str, rows: int, columns: int) -> None:
    if name == "a constant" and columns != 16:
        pytest.skip("rows of 16")
    after = row_by_row(CASES[name])
    assert divisions(CASES[name]) > 0 and divisions(after) == 0
    for n in {rows * columns, rows * columns - 1, 1, 0}:
        want, got = (result(made, rows, columns, n) for made in (CASES[name], after))
        assert want[0] == got[0] and np.array_equal(want[1], got[1])


def test_a_length_of_zero() -> None:
    after = row_by_row(CASES["flat"])
    assert isinstance(result(after, 3, 0, 2)[0], Failed)
    assert result(after, 3, 0, 0)[0] == 0.0


def test_marks() -> None:
    strips, rows, columns = (s for s in walk_stmts(row_by_row(CASES["by a team"]).body) if isinstance(s, For))
    assert (strips.marks.parallel, rows.marks.parallel, columns.marks.simd) == (True, False, True)
    assert not strips.marks.simd and not columns.marks.parallel


@pytest.mark.parametrize("name", OTHERS)
def test_others_stay(name: str) -> None:
    assert row_by_row(OTHERS[name]) == OTHERS[name]
