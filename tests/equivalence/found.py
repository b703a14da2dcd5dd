"""Small programs of which a version once did something else than the original: each difference stays pinned.

A case: a name, the text of a function of that name, calls of it. A kernel runs, and every call is compared to
the last bit, under both floating-point rules and all error states (`fp` and `states` may say less).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tests.equivalence.nasty import args
from tests.strategies.arguments import Arguments

HEAD = """\
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

V = np.ndarray[tuple[int], np.dtype[np.float64]]
M = np.ndarray[tuple[int, int], np.dtype[np.float64]]
C = np.ndarray[tuple[int], np.dtype[np.complex128]]
B = np.ndarray[tuple[int], np.dtype[np.bool_]]
I = np.ndarray[tuple[int], np.dtype[np.int64]]
Bytes = np.ndarray[tuple[int], np.dtype[np.int8]]


"""


class Body(NamedTuple):
    """One that the programs take."""

    x: np.ndarray
    mass: float


STATES: tuple[dict[str, str], ...] = ({}, {"all": "ignore"}, {"all": "raise"})


@dataclass(frozen=True)
class Found:
    """A function and calls of it."""

    name: str
    text: str
    calls: tuple[Callable[[], Arguments], ...]
    fp: tuple[str, ...] = ("relaxed", "strict")
    states: tuple[dict[str, str], ...] = STATES


def _each(*values: object) -> tuple[Callable[[], Arguments], ...]:
    return tuple(lambda value=value: args(value) for value in values)  # type: ignore[misc]


_ZERO = -0.0
_SIGNED = (np.array([_ZERO]), np.array([_ZERO, _ZERO, 0.0, _ZERO]), np.array([np.inf, _ZERO, -np.inf]))
_SIGNED_COMPLEX = tuple(x + 1j * x[::-1] for x in _SIGNED[:2])

_WILD = np.array(
    [1 + 2j, -1j, complex(np.nan, 1.0), complex(1e200, 1.0), complex(np.inf, 0.0), 0.0, -2.0, 2.5j]
)

_FRACTIONS = np.arange(1, 60) / 7 + 1j * np.arange(1, 60) / 3

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
    Found(
        "chosen_elements",
        """\
def chosen_elements(a: V, k: I, n: int):
    return np.where(a > 0, a[k], 1.0), np.where(a > 0, 1 / n, 0.0), np.where(a > 0, a[n], 0.0)
""",
        (
            lambda: args(-np.ones(3), np.array([0, 1, 2]), 1),
            lambda: args(-np.ones(3), np.array([0, 3, 2]), 1),
            lambda: args(-np.ones(3), np.array([0, 1, 2]), 0),
            lambda: args(-np.ones(3), np.array([0, 1, 2]), 3),
        ),
    ),
    Found(
        "part_of_a_result",
        """\
def part_of_a_result(a: V, k: I):
    return (a[k] * 2.0)[0], (a[k] * 2.0)[0:1], a[k].shape, len(a[k] + 1.0), np.zeros_like(a[k])
""",
        (lambda: args(np.ones(3), np.array([0, 1])), lambda: args(np.ones(3), np.array([0, 3]))),
    ),
    Found(
        "first_of_all",
        """\
def first_of_all(a: V, k: I) -> float:
    for x in a[k]:
        if x > 0.0:
            return float(x)
    return 0.0
""",
        (lambda: args(np.ones(3), np.array([0, 1])), lambda: args(np.ones(3), np.array([0, 3]))),
    ),
    Found(
        "argument_that_nobody_uses",
        """\
def first_argument(x, y):
    return x

def argument_that_nobody_uses(x: float, n: int):
    return first_argument(x, 1 / n)
""",
        (lambda: args(1.0, 2), lambda: args(1.0, 0)),
    ),
    Found(
        "value_that_nobody_reads",
        """\
def value_that_nobody_reads(a: V, b: V):
    x = 1.0 / a
    return (a / b).size
""",
        (lambda: args(np.array([1.0, 0.0]), np.ones(2)), lambda: args(np.ones(2), np.array([0.0, 1.0]))),
    ),
    Found(
        "logarithms_of_some",
        """\
def logarithms_of_some(a: V):
    c = np.zeros(len(a))
    for i in range(len(a)):
        if a[i] > 0.0:
            c[i] = np.exp(np.log(a[i]) * 0.0)
    return c
""",
        _each(np.array([0.0, -1.0, 2.0] * 20)),
        fp=("relaxed",),
    ),
    Found(
        "invalid_that_is_not_chosen",
        "def invalid_that_is_not_chosen(a: V, b: V):\n    return np.minimum(np.sqrt(a), b) < 0.0, b > 0.0\n",
        (lambda: args(np.array([-1.0, 4.0]), np.ones(2)),),
    ),
    Found(
        "bytes_that_wrap",
        """\
def bytes_that_wrap(a: Bytes, b: Bytes) -> None:
    for i in range(len(a)):
        a[i] = a[i] + b[i]
""",
        (lambda: args(np.array([1, 100, 1], np.int8), np.array([1, 100, 1], np.int8)),),
        states=({"all": "ignore"}, {"all": "raise"}),
    ),
    Found(
        "ints_that_leave_int64",
        """\
def ints_that_leave_int64(n: int, m: int, k: list[int]):
    product, total, count, items = 1, 0, 0, 0
    for i in range(1, n + 1):
        product = product * i
    for i in range(n):
        total += m * i
        count += 1
    for item in k:
        items += item
    return product, total, count, items
""",
        (
            lambda: args(5, 3, [1, 2]),
            lambda: args(21, 3, [1]),
            lambda: args(2**12, 2**31, [1]),
            lambda: args(2, 2, [2**62, 2**62]),
        ),
    ),
    Found(
        "sum_of_chosen",
        """\
def sum_of_chosen(a: V):
    s = 0.0
    for v in a[a > 0.0]:
        s += v
    return s
""",
        _each(np.array([1.0, np.nan, 2.0, -1.0])),
    ),
    Found(
        "turned_and_left",  # a nest to be turned beside loops that are left early, which no schedule knows
        """\
def turned_and_left(A: M, B: M, n: int, m: int) -> float:
    t = 0.0
    for j in range(1, m):
        for i in range(1, n):
            A[i, j] = A[i - 1, j] * 0.5 + B[i, j]
    for i in range(n):
        for j in range(m):
            if A[i, j] > 2.0:
                continue
            A[i, j] = 3.5
            if B[i, j] < -3.0:
                break
            t = t + 1
    return t
""",
        tuple(
            lambda n=n: args(np.arange(12.0).reshape(3, 4) - 5, np.arange(12.0).reshape(3, 4) - 4, n, 4)  # type: ignore[misc]
            for n in (0, 2, 3)
        ),
    ),
    Found(
        "masked_step",
        """\
def masked_step(z: C, c: C, m: B, rounds: int) -> None:
    for _ in range(rounds):
        z[m] = z[m] ** 2 + c[m] - 1.0
""",
        tuple(
            lambda rounds=rounds, m=m: args(_WILD.copy(), _WILD[::-1].copy(), m, rounds)  # type: ignore[misc]
            for rounds in (0, 1, 3)
            for m in (abs(_WILD) < 3.0, abs(_WILD) > 2.0, np.ones(_WILD.size, np.bool_))
        ),
        fp=("relaxed",),  # NumPy rounds products of complex arrays otherwise than those of numbers
        states=({"all": "ignore"}, {"under": "ignore", "invalid": "ignore"}),
    ),
    Found(
        "most_pairs",
        """\
def most_pairs(b: I):
    n = b.shape[0]
    t = np.zeros((n, n), np.int64)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            t[i, j] = max(t[i, j], t[i, j - 1])
            t[i, j] = max(t[i, j], t[i + 1, j])
            if i < j - 1 and b[i] + b[j] == 3:
                t[i, j] = max(t[i, j], t[i + 1, j - 1] + 1)
            for k in range(i + 1, j):
                t[i, j] = max(t[i, j], t[i, k] + t[k + 1, j])
    return t
""",
        _each(*(np.arange(n) * 7 % 4 for n in (0, 1, 2, 3, 9, 40))),
    ),
    Found(
        "least_parts",
        """\
def least_parts(c: I, t: NDArray[np.int64]):
    for i in range(t.shape[0] - 1, -1, -1):
        for j in range(i + 1, t.shape[0]):
            best = t[i, j - 1] + c[j]
            for k in range(i + 1, j):
                best = min(best, t[i, k] + t[k, j])
            t[i, j] = best
    return t
""",
        tuple(
            lambda n=n: args(np.arange(n) * 5 % 7, np.arange(n * n).reshape(n, n) % 11)  # type: ignore[misc]
            for n in (0, 1, 2, 9, 40)
        ),
    ),
    Found(
        "clipped",
        "def clipped(a: V):\n    return np.clip(a, 0.0, 1.0), a.clip(-1.0, -0.0), np.clip(a, -0.0, None)\n",
        _each(*_SIGNED, np.array([np.nan, _ZERO, 2.0, -3.0, 0.0, 1.0, _ZERO, 0.5, np.inf])),
    ),
    Found(
        "squeezed",
        "def squeezed(a: M):\n    return np.squeeze(a), a.squeeze()\n",
        _each(np.ones((2, 3)), np.ones((1, 3)), np.ones((1, 1))),
    ),
    Found(
        "of_named_tuple",
        """\
class Body(NamedTuple):
    x: V
    mass: float


def of_named_tuple(body: Body):
    for i in range(len(body.x)):
        body.x[i] /= body.mass
    return body.x
""",
        tuple(lambda mass=mass: args(Body(np.arange(3.0), mass)) for mass in (2.0, 0.0, 1)),  # type: ignore[misc]
    ),
    Found(
        "greatest_product",
        """\
def greatest_product(a: V, b: V):
    best, least = 0.0, 1e9
    for i in range(len(a)):
        best = max(best, a[i] * b[i])
        if a[i] < least:
            least = a[i]
    return best, least
""",
        tuple(
            lambda a=a: args(np.array(a), np.array(a[::-1]))  # type: ignore[misc]
            for a in ([], [-1.0, 2.0], [3.0, np.nan, 2.0], [2e9], list(np.arange(100.0)))
        ),
        states=({"all": "ignore"},),
    ),
    Found(
        "read_before",
        """\
def bump(v):
    v[0] += 1.0
    return v[0]


def put(x, y, z):
    return x + 10 * y + 100 * z


def read_before(a: V):
    t = a[0], bump(a), a[0], a + 1, bump(a)
    u = put(a[0], bump(a), a[0]), max(a[0], bump(a)), a[0] < bump(a) < a[0] + 5
    a[0] += bump(a)
    a[int(bump(a)) % 2] = a[0]
    return t, u
""",
        (lambda: args(np.arange(1.0, 4.0)),),
    ),
    Found(
        "kept_view",
        """\
def kept_view(a: V):
    u, v = a.copy(), a * 2
    for i in range(3):
        u, v = v, u
    w, s = u, 0.0
    for i in range(3):
        s += w[0]
        u, v = v, u
        u[0] += 1
    return s
""",
        _each(np.arange(1.0, 4.0)),
    ),
    Found(
        "turned_by_helper",
        """\
def turned(x, y):
    for i in range(3):
        x, y = y, x
    return x


def turned_by_helper(a: V):
    u, v = a.copy(), a * 2
    for i in range(3):
        u, v = v, u
    w = turned(u, v)
    return u + 1, v + 1, w + 1
""",
        _each(np.arange(1.0, 4.0)),
    ),
    Found(
        "sum_that_nobody_reads",
        "def sum_that_nobody_reads(a: M, n: int):\n    t = np.cumsum(a, axis=0)\n    return n\n",
        tuple(lambda x=x: args(np.full((3, 3), x), 3) for x in (1.0, 1e308)),  # type: ignore[misc]
        states=({"all": "ignore"}, {"all": "raise"}),
    ),
    Found(
        "without_dimensions",
        """\
def without_dimensions(x: float, a: V):
    y = np.array(x)
    z = np.zeros(())
    z += a[0]
    return y * 2, -y, y > 0, y**2, np.sqrt(y), np.where(y > 0, y, 1.0), a[..., 0] + 1, z, y
""",
        (lambda: args(2.5, np.array([1.5, 2.0])),),
    ),
    Found(
        "parts_of_own",
        """\
def parts_of_own(c: C):
    d = c * 2
    e = np.diag(d.reshape(2, 2))
    return d.real.copy(), d.imag, e * 1
""",
        (lambda: args(np.arange(4.0) * (1 - 2j)),),
    ),
    Found(
        "products_of_complex_elements",
        """\
def products_of_complex_elements(z: C, w: C):
    for i in range(len(z)):
        z[i] = z[i] * w[i].conjugate()
""",
        (lambda: args(_FRACTIONS.copy(), _FRACTIONS.copy()),),
        fp=("strict",),
    ),
    Found(
        "gathered_bits",
        """\
def gathered_bits(a: V, k: I, n: int):
    x, y, w = 0, 1, 0
    for i in range(n):
        x, y = x ^ i, y | i * 2
        if a[i] > 3.0:
            w = w ^ i
    for i in range(n):
        for j in range(n):
            k[i] = k[i] | (i + j)
    return x, y, w
""",
        tuple(lambda n=n: args(np.arange(float(n)), np.arange(n) * 5, n) for n in (0, 1, 9)),  # type: ignore[misc]
    ),
)
