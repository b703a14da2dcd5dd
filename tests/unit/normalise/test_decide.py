"""What intervals decide, and what they leave open."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyaot.ir.build import (
    assign,
    binary,
    cast,
    compare,
    dim,
    function,
    give,
    i64,
    load,
    loop,
    maximum,
    minimum,
    var,
)
from pyaot.ir.nodes import Assign, Const, Expr, Require
from pyaot.ir.show import show_expr
from pyaot.ir.types import PY_FLOAT, PY_INT, Array, DType
from pyaot.ir.walk import walk_stmts
from pyaot.normalise.decide import decide
from pyaot.normalise.intervals import Interval
from pyaot.normalise.ranges import find_ranges

I, N, M = var("i"), var("n"), var("m")
A0 = dim("a", 0)
ITEM = load("items", 0, type=PY_INT)
PARAMS = {"n": PY_INT, "m": PY_INT, "a": Array(DType.FLOAT64, 1), "items": Array(DType.INT64, 1, boxed=True)}

# Inside `for i in range(3, a.shape[0])`, where m >= 2 is required.
CASES: list[tuple[Expr, str]] = [
    (compare("ge", I, 0), "True"),
    (compare("lt", I, 3), "False"),
    (compare("lt", I, A0), "i < a.shape[0]"),
    (compare("gt", I, 3), "i > 3"),
    (compare("eq", I, 2), "False"),
    (compare("ne", I, 2), "True"),
    (compare("eq", I, 3), "i == 3"),
    (compare("le", binary("mod", N, i64(4)), 3), "True"),
    (compare("ge", N, 0), "n >= 0"),
    (compare("ge", M, 2), "True"),
    (compare("gt", M, 2), "m > 2"),
    (compare("ge", A0, 0), "True"),
    (compare("gt", binary("mod", ITEM, i64(4)), -1), "items[0]? % 4 > -1"),  # the load may raise
    (compare("lt", cast(I, PY_FLOAT), 0.0), "float(i) < 0.0"),
    (maximum(I, 0), "i"),
    (maximum(0, I), "i"),
    (minimum(I, 3), "3"),
    (minimum(I, A0), "minimum(i, a.shape[0])"),
    (minimum(A0, maximum(I, 0)), "minimum(a.shape[0], i)"),
    (maximum(binary("mod", ITEM, i64(4)), -1), "items[0]? % 4"),
    (maximum(binary("mod", ITEM, i64(4)), 3), "maximum(items[0]? % 4, 3)"),  # the load may raise
]


@pytest.mark.parametrize(("before", "after"), CASES, ids=[show_expr(e) for e, _ in CASES])
def test_decided(before: Expr, after: str) -> None:
    f = function(
        "f",
        PARAMS,
        loop("i", 3, A0, assign("r", before)),
        give(),
        requires=[Require(compare("ge", M, 2), "")],
    )
    (assigned,) = (s for s in walk_stmts(decide(f).body) if isinstance(s, Assign))
    assert show_expr(assigned.value) == after
    assert decide(f).requires == f.requires


ENDS = st.integers(-3, 3)


@given(st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), st.tuples(ENDS, ENDS), st.tuples(ENDS, ENDS))
def test_a_decided_comparison_holds_for_all(op: str, one: tuple[int, int], other: tuple[int, int]) -> None:
    a, b = Interval(*sorted(one)), Interval(*sorted(other))
    f = function(
        "f",
        {},
        loop("i", a.low, a.high + 1, loop("j", b.low, b.high + 1, assign("r", compare(op, I, var("j"))))),
        give(),
    )
    (assigned,) = (s for s in walk_stmts(decide(f).body) if isinstance(s, Assign))
    answers = {
        getattr(operator, op)(x, y) for x in range(a.low, a.high + 1) for y in range(b.low, b.high + 1)
    }
    if isinstance(assigned.value, Const):
        assert answers == {assigned.value.value}
    elif op in ("lt", "le", "gt", "ge"):
        assert len(answers) == 2


@pytest.mark.parametrize(
    ("op", "expected"),
    [("ge", (5, 2**31)), ("gt", (6, 2**31)), ("le", (-(2**31), 5)), ("lt", (-(2**31), 4)), ("eq", (5, 5))],
)
def test_requires_narrow_their_parameter(op: str, expected: tuple[int, int]) -> None:
    f = function("f", PARAMS, give(), requires=[Require(compare(op, N, 5), "")])
    assert find_ranges(f).of(N) == Interval(*expected)
