"""Arrays of the module that compiled functions read: whatever becomes of them, the original's answer."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from pyaot_runtime import trace

from pyaot.base.options import Options
from tests.equivalence.compiled import compile_text, load

TEXT = """
import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
WEIGHTS = np.array([0.25, 0.5, 0.25])
TABLE = np.arange(256)
EYE = np.eye(3)

def smooth(a: F) -> F:
    b = np.zeros_like(a)
    for i in range(1, a.shape[0] - 1):
        for k in range(3):
            b[i] += WEIGHTS[k] * a[i + k - 1]
    return b

def weight(i: int) -> float:
    return WEIGHTS[i] * 2

def total(n: int) -> float:
    w = WEIGHTS
    t = 0.0
    for i in range(n):
        t += weight(i) + w[i]
    return t

def looked_up(n: int) -> int:
    s = 0
    for i in range(n):
        s += TABLE[i] * WEIGHTS.shape[0]
    return s

def given_back(n: int) -> F:
    for _ in range(n):
        n += 1
    return EYE

def written(x: F) -> F:
    for i in range(3):
        x[i] = x[i] * 2.0
    return WEIGHTS + x

def changed(n: int) -> float:
    for i in range(3):
        EYE[i, 0] += n
    return EYE.sum()

def shadowed(WEIGHTS: F) -> float:
    t = 0.0
    for i in range(3):
        t += WEIGHTS[i]
    return t

def noted(a: F, notes: list[str]) -> float:
    notes.append("before")
    t = 0.0
    for i in range(3):
        t += a[i] * WEIGHTS[i]
    return t
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_text(TEXT, tmp_path_factory.mktemp("globals"), Options())


@pytest.fixture(params=["native", "numpy"])
def both(request: pytest.FixtureRequest, path: Path) -> tuple[ModuleType, ModuleType]:
    """The compiled module and one that runs its originals."""
    return load(path, request.param), load(path, "original")


CALLS = (
    ("smooth", lambda: (np.arange(8.0),)),
    ("total", lambda: (2,)),
    ("looked_up", lambda: (30,)),
    ("written", lambda: (np.ones(3),)),
    ("shadowed", lambda: (np.full(3, 7.0),)),
    ("noted", lambda: (np.ones(3), [])),
    ("changed", lambda: (2,)),
)
CHANGES = (
    ("as it is", lambda m: None),
    ("another value", lambda m: m.WEIGHTS.__setitem__(1, 9.0)),
    ("another array", lambda m: setattr(m, "WEIGHTS", np.array([3.0, 2.0, 1.0]))),
    ("another type", lambda m: setattr(m, "WEIGHTS", np.array([3, 2, 1]))),
    ("another layout", lambda m: setattr(m, "WEIGHTS", np.arange(6.0)[::2])),
    ("too short", lambda m: setattr(m, "WEIGHTS", np.ones(1))),
    ("a list", lambda m: setattr(m, "WEIGHTS", [1.0, 2.0, 3.0])),
    ("gone", lambda m: delattr(m, "WEIGHTS")),
)


@pytest.mark.parametrize(("what", "change"), CHANGES, ids=[what for what, _ in CHANGES])
def test_the_array_is_the_one_that_is_there(
    both: tuple[ModuleType, ModuleType],
    what: str,
    change: Callable[[ModuleType], None],
) -> None:
    for module in both:
        change(module)
    for name, arguments in CALLS:
        given = []
        for module in both:
            values = arguments()
            try:
                result: Any = getattr(module, name)(*values)
            except (NameError, IndexError, TypeError, ValueError, AttributeError) as error:
                result = type(error)
            given.append((result, values))
        (mine, after), (original, expected) = given
        assert type(mine) is type(original), (name, what)
        if not isinstance(mine, type):
            np.testing.assert_allclose(mine, original, rtol=1e-14)
        for one, other in zip(after, expected, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["smooth", "total", "looked_up"])
def test_kernels_run(path: Path, name: str) -> None:
    compiled, arguments = load(path, "native"), dict(CALLS)[name]
    before = trace._counts_of(name)["native"]
    getattr(compiled, name)(*arguments())
    compiled.WEIGHTS = np.array([3.0, 2.0, 1.0])
    getattr(compiled, name)(*arguments())
    assert trace._counts_of(name)["native"] == before + 2


def test_it_is_the_same_object(both: tuple[ModuleType, ModuleType]) -> None:
    compiled, _ = both
    assert compiled.given_back(0) is compiled.EYE


def test_an_argument_that_is_the_array_is_not_read_after_it_was_written(
    both: tuple[ModuleType, ModuleType],
) -> None:
    mine, original = (module.written(module.WEIGHTS) for module in both)
    np.testing.assert_array_equal(mine, original)


def test_a_function_that_writes_into_one_stays_python(path: Path) -> None:
    compiled = load(path, "native")
    before = trace._counts_of("changed")["native"]
    compiled.changed(2)
    assert trace._counts_of("changed")["native"] == before
