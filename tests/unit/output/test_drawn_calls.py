"""Whatever the arguments are, a compiled function does what the original does."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyaot.ir.build import add, dim, function, give, i64, load, loop, mul, store, var
from pyaot.ir.nodes import Binary, Cast, Function
from pyaot.ir.types import PY_FLOAT, PY_INT, Array, DType
from tests.unit.output.compiled import entry, load_module
from tests.unit.output.test_calls import Sub, _axpy, _outcome

TEXT = """
def axpy(a, b, out):
    for i in range(a.shape[0]):
        out[i] = 2.0 * a[i] + b[i]
    return out

def arithmetic(n, x):
    return (n * n * n + n) / x

def push(x, y):
    for i in range(len(x)):
        x[i] = x[i] + y[i]
    return y
"""


def _arithmetic() -> Function:
    n, x = var("n"), var("x", PY_FLOAT)
    product = add(mul(mul(n, n), n), n)
    quotient = Binary("truediv", Cast(product, PY_FLOAT), x, PY_FLOAT)
    return function("arithmetic", {"n": PY_INT, "x": PY_FLOAT}, give(quotient))


def _push() -> Function:
    floats = Array(DType.FLOAT64, 1, boxed=True)
    total = Binary("add", load("x", var("i"), type=PY_FLOAT), load("y", var("i"), type=PY_FLOAT), PY_FLOAT)
    return function(
        "push",
        {"x": floats, "y": floats},
        loop("i", i64(0), dim("x", 0), store("x", var("i"), value=total)),
        give("y"),
    )


def _push_kernel(values: tuple[Any, Any]) -> Any:
    """The interpreter takes lists; a kernel is given their elements."""
    x, y = values
    if len(y) < len(x):
        return -1, 0
    x[:] = np.asarray(x) + np.asarray(y)[: len(x)]
    return 0, 0, y


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    functions = (_axpy(), _arithmetic(), _push())
    with pytest.MonkeyPatch.context() as patch:
        yield load_module(
            TEXT,
            functions,
            *(entry(TEXT, f.source_name, f) for f in functions),
            monkeypatch=patch,
            folder=tmp_path_factory.mktemp("drawn"),
            kernels={"push": _push_kernel},
        )


KINDS = ["own", "float32", "big endian", "subclass", "read-only", "list", "2-d"]

# Where an array begins in the common memory, how many elements it has, how far apart, and what is made of it.
Recipe = tuple[int, int, int, str]
_RECIPES = st.tuples(
    st.integers(4, 12),
    st.integers(0, 5),
    st.sampled_from([1, 1, 2, -1, 0]),
    st.sampled_from(["as it is"] * 6 + KINDS),
)


def _made(recipes: tuple[Recipe, ...], special: float, place: int) -> tuple[Any, ...]:
    """Arrays that are views of one memory: overlapping, strided, reversed, of other types, read-only."""
    memory = np.arange(24.0)
    memory[place] = special
    return tuple(_array(memory, *recipe) for recipe in recipes)


def _array(memory: Any, start: int, count: int, step: int, kind: str) -> Any:
    array: Any = np.lib.stride_tricks.as_strided(memory[start:], (count,), (8 * step,))
    match kind:
        case "own":
            return array.copy()
        case "float32":
            return array.astype(np.float32)
        case "big endian":
            return array.astype(">f8")
        case "subclass":
            return array.copy().view(Sub)
        case "read-only":
            array.flags.writeable = False
        case "list":
            return array.tolist()
        case "2-d":
            return np.asfortranarray(np.stack([array, array]))
    return array


@given(
    st.tuples(_RECIPES, _RECIPES, _RECIPES),
    st.sampled_from([math.nan, math.inf, -0.0, 1e308]),
    st.integers(0, 23),
)
def test_arrays(module: Any, recipes: tuple[Recipe, ...], special: float, place: int) -> None:
    ours, theirs = _made(recipes, special, place), _made(recipes, special, place)
    assert _outcome(module.axpy, ours) == _outcome(module.axpy.__wrapped__, theirs)


_NUMBERS = st.one_of(
    st.integers(),
    st.integers(-3, 3),
    st.floats(),
    st.booleans(),
    st.none(),
    st.integers(-5, 5).map(np.int64),
    st.floats(width=32).map(np.float64),
    st.just("7"),
    st.just(1j),
)


@given(_NUMBERS, _NUMBERS)
def test_numbers(module: Any, n: Any, x: Any) -> None:
    assert _outcome(module.arithmetic, (n, x)) == _outcome(module.arithmetic.__wrapped__, (n, x))


_LISTS = st.lists(st.floats() | st.integers(-2, 2) | st.booleans(), max_size=4) | st.lists(
    st.floats(), max_size=4
)


@given(_LISTS, _LISTS, st.booleans())
def test_lists(module: Any, x: list[Any], y: list[Any], is_one: bool) -> None:
    ours, theirs = [*x], [*x]
    mine = (ours, ours) if is_one else (ours, [*y])
    others = (theirs, theirs) if is_one else (theirs, [*y])
    assert _outcome(module.push, mine) == _outcome(module.push.__wrapped__, others)
