"""Sums as later versions of Python make them."""

import pytest

from pyaot.frontend import comprehension_loops
from pyaot.ir.interpret import Returned, interpret
from tests.equivalence.agreement import lowered

TEXT = """
def f(xs: list[float], ns: list[int]):
    three = [xs[0], xs[1], xs[2]]
    return sum(xs), sum(x for x in xs), sum(three), sum(ns), sum(2 * n for n in ns), sum(xs, 1)
"""


@pytest.mark.parametrize(
    ("xs", "total", "with_one"),
    [
        ([1e16, 1.0, -1e16], 1.0, 2.0),
        ([0.1, 0.2, 0.3], 0.6, 1.6),
        ([1e308, 1e308, 0.0], float("inf"), float("inf")),
    ],
)
def test_what_sums_lose_is_gathered(
    monkeypatch: pytest.MonkeyPatch, xs: list[float], total: float, with_one: float
) -> None:
    monkeypatch.setattr(comprehension_loops, "COMPENSATES", True)
    monkeypatch.setattr("pyaot.frontend.python_builtins.COMPENSATES", True)
    (function,) = lowered(TEXT).program.functions
    found = interpret(function, {"xs": xs, "ns": [1, 2]})
    assert isinstance(found, Returned)
    assert found.value == (total, total, total, 3, 6, with_one)
