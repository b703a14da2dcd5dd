"""What is seen of two calls, and where they differ."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pyaot.verify.call import Arguments
from pyaot.verify.difference import difference
from pyaot.verify.observe import Seen, observe
from pyaot.verify.rounding import MIXED, ONLY_TYPES, RELAXED, is_wild, rounding_for


class Body:
    """An object of the caller's."""

    def __init__(self, at: np.ndarray) -> None:
        self.at = at


def seen(function: Callable[..., object], *given: object) -> Seen:
    return observe(function, Arguments(given, {}))


def _raised(text: str) -> Callable[[Any], None]:
    def raising(a: Any) -> None:
        raise ValueError(text)

    return raising


DIFFERENT: dict[str, tuple[Callable[[Any], object], Callable[[Any], object], str]] = {
    "a value": (lambda a: 1.0, lambda a: 2.0, "the result is 2.0, not 1.0"),
    "a sign of zero": (lambda a: 0.0, lambda a: -0.0, "the result is -0.0"),
    "a type": (lambda a: 1.0, lambda a: np.float64(1.0), "of float64, not 1.0 of float"),
    "an element type": (lambda a: a, lambda a: a.astype(np.float32), "the dtype float32"),
    "an element of many": (
        lambda a: a[0] + np.arange(40.0),
        lambda a: a[0] + np.arange(40.0) * 1.5,
        "39 of 40",
    ),
    "identity": (lambda a: a, lambda a: a.copy(), "the result is argument 0: False, not True"),
    "a view": (lambda a: a[1:], lambda a: a[1:].copy(), "shares memory with argument 0: False"),
    "an argument": (lambda a: None, lambda a: a.fill(3.0), "argument 0 is"),
    "around an argument": (lambda a: None, lambda a: a.base.fill(0.0) or a.fill(1.0), "a view of"),
    "what is printed": (lambda a: print("x"), lambda a: None, "printed ''"),
    "an error": (_raised("x"), _raised("y"), "raised ValueError: y, not ValueError: x"),
    "no error": (_raised("x"), lambda a: None, "raised nothing, not ValueError"),
    "a warning": (lambda a: a / 0.0, lambda a: a + np.inf, "warned [], not ['divide by zero']"),
    "a field": (Body, lambda a: Body(a + 1.0), "the result.at is"),
    "what is yielded": (lambda a: iter(x for x in a), lambda a: (x * 2 for x in a), "the result"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_differences_are_said(name: str) -> None:
    first, second, told = DIFFERENT[name]
    want, again, got = (seen(f, np.ones(6)[::2]) for f in (first, first, second))
    assert difference(want, again) == ""
    assert told in difference(want, got)


def test_numbers_that_depend_on_the_order_of_sums() -> None:
    assert is_wild(np.array([1e300])) and is_wild([1e-300]) and is_wild(Body(np.array([1e9])))
    assert not is_wild((np.array([np.nan, np.inf, 0.0, 3.0]), 2.0, "text", None))
    assert is_wild(complex(np.inf, 1.0))
    assert rounding_for((np.ones(2), 1e300), False) == ONLY_TYPES
    assert rounding_for(np.ones(2), False) == RELAXED
    assert rounding_for((np.ones(2), np.float32(1)), False) == MIXED


def test_coroutines_are_run() -> None:
    async def later(a: object) -> float:
        return 2.5

    assert seen(later, 1).result == 2.5
