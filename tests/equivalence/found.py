"""Small programs of which a version once did something else than the original: each difference stays pinned.

A case: a name, the text of a function of that name, calls of it. Every call is compared to the last bit,
under both floating-point rules (`fp` may say less) and all error states. `runs` says whether a kernel runs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.equivalence.nasty import args
from tests.strategies.arguments import Arguments

HEAD = """\
import math

import numpy as np
from numpy.typing import NDArray

V = np.ndarray[tuple[int], np.dtype[np.float64]]
M = np.ndarray[tuple[int, int], np.dtype[np.float64]]
C = np.ndarray[tuple[int], np.dtype[np.complex128]]
I = np.ndarray[tuple[int], np.dtype[np.int64]]


"""

STATES: tuple[dict[str, str], ...] = ({}, {"all": "ignore"}, {"all": "raise"})


@dataclass(frozen=True)
class Found:
    """A function and calls of it."""

    name: str
    text: str
    calls: tuple[Callable[[], Arguments], ...]
    fp: tuple[str, ...] = ("relaxed", "strict")
    runs: bool = True


def _each(*values: object) -> tuple[Callable[[], Arguments], ...]:
    return tuple(lambda value=value: args(value) for value in values)  # type: ignore[misc]


_ZERO = -0.0
_SIGNED = (np.array([_ZERO]), np.array([_ZERO, _ZERO, 0.0, _ZERO]), np.array([np.inf, _ZERO, -np.inf]))
_SIGNED_COMPLEX = tuple(x + 1j * x[::-1] for x in _SIGNED[:2])

CASES = (
    Found("running_sum", "def running_sum(a: V):\n    return np.cumsum(a)\n", _each(*_SIGNED)),
    Found(
        "running_rows", "def running_rows(a: M):\n    return np.cumsum(a, axis=1)\n", _each(-np.zeros((2, 3)))
    ),
    Found(
        "running_complex_sum",
        "def running_complex_sum(a: C):\n    return np.cumsum(a)\n",
        _each(*_SIGNED_COMPLEX),
    ),
    Found("running_product", "def running_product(a: V):\n    return np.cumprod(a)\n", _each(*_SIGNED)),
    Found(
        "running_complex_product",
        "def running_complex_product(a: C):\n    return np.cumprod(a)\n",
        _each(*_SIGNED_COMPLEX, np.array([complex(np.inf, 1.0)])),
    ),
    Found(
        "above_zero",
        "def above_zero(a: V):\n    return np.maximum(a, 0.0), np.minimum(a, 0.0)\n",
        _each(*_SIGNED),
    ),
    Found(
        "written_until_it_raises",
        """\
def written_until_it_raises(a: V, b: V):
    for i in range(len(a)):
        b[i] = b[i] / a[i]
        a[i] = 5.0
""",
        (lambda: args(np.array([1.0, 0.0, 2.0]), np.ones(3)), lambda: args(np.ones(3), np.ones(3))),
    ),
    Found(
        "underflow",
        "def underflow(a: V):\n    a *= a\n",
        _each(np.array([1e-200, 1.0]), np.array([2.0, 1.0])),
    ),
    Found(
        "sign_of_nan",
        "def sign_of_nan(a: V):\n    return np.sign(a)\n",
        _each(np.array([np.nan, 1.0, _ZERO])),
    ),
    Found(
        "quotients_of_nan",
        "def quotients_of_nan(a: V, b: V):\n    return a // b, a % b\n",
        (lambda: args(np.array([1.0, np.nan]), np.array([np.nan, 1.0])),),
    ),
)
