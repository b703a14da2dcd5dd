"""An operation on intervals holds all results of the operation on their members."""

import operator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pyaot.ir.types import DType
from pyaot.normalise.intervals import EMPTY, Interval, all_of, exact

OPERATORS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "bitand": operator.and_,
    "bitor": operator.or_,
    "bitxor": operator.xor,
    "shl": operator.lshift,
    "shr": operator.rshift,
    "minimum": min,
    "maximum": max,
}
SMALL = st.integers(-9, 9)


def within(low: int, high: int) -> Interval:
    return Interval(min(low, high), max(low, high))


INTERVALS = st.builds(within, SMALL, SMALL)


def results(op: str, a: Interval, b: Interval) -> list[Any]:
    found = []
    for x in range(a.low, a.high + 1):
        for y in range(b.low, b.high + 1):
            try:
                found.append(OPERATORS[op](x, y))
            except (ZeroDivisionError, ValueError):
                continue
    return [x for x in found if isinstance(x, int)]


@pytest.mark.parametrize("op", OPERATORS)
@given(a=INTERVALS, b=INTERVALS)
@example(a=Interval(0, 5), b=Interval(4, 4))
@example(a=Interval(-3, 5), b=Interval(-4, 4))
@example(a=Interval(-9, 9), b=Interval(-1, 1))
@example(a=Interval(-3, 2), b=Interval(2, 2))
@example(a=Interval(-2, 3), b=Interval(-1, 4))
def test_every_result_is_inside(op: str, a: Interval, b: Interval) -> None:
    interval = exact(op, a, b)
    if interval is not None:
        assert all(interval.low <= x <= interval.high for x in results(op, a, b))


TIGHT = [
    ("add", (0, 9), (1, 1), (1, 10)),
    ("sub", (0, 9), (1, 3), (-3, 8)),
    ("mul", (-2, 3), (-5, 4), (-15, 12)),
    ("floordiv", (0, 9), (2, 3), (0, 4)),
    ("floordiv", (6, 6), (-2, 3), (-6, 6)),
    ("mod", (-3, 5), (4, 4), (0, 3)),
    ("mod", (0, 2), (4, 4), (0, 2)),
    ("mod", (0, 2), (0, 9), (0, 2)),
    ("mod", (5, 7), (-4, -4), (-3, 0)),
    ("pow", (-3, 2), (2, 2), (0, 9)),
    ("shl", (1, 1), (0, 4), (1, 16)),
    ("shr", (-8, 8), (1, 2), (-4, 4)),
    ("bitand", (-5, 100), (0, 7), (0, 7)),
    ("bitor", (0, 4), (0, 8), (0, 15)),
    ("minimum", (0, 9), (3, 20), (0, 9)),
    ("maximum", (0, 9), (3, 20), (3, 20)),
]


@pytest.mark.parametrize(("op", "a", "b", "expected"), TIGHT)
def test_tight(op: str, a: Any, b: Any, expected: Any) -> None:
    assert exact(op, Interval(*a), Interval(*b)) == Interval(*expected)


def test_nothing_in_gives_nothing_out() -> None:
    assert exact("add", EMPTY, Interval(0, 9)) == EMPTY
    assert EMPTY.join(Interval(2, 3)) == Interval(2, 3) == Interval(2, 3).join(EMPTY)
    assert EMPTY.within(Interval(5, 5)) and not Interval(0, 1).within(EMPTY)


def test_dtypes() -> None:
    assert all_of(DType.INT8) == Interval(-128, 127)
    assert all_of(DType.UINT64) == Interval(0, 2**64 - 1)
    assert all_of(DType.BOOL) == Interval(0, 1)
