"""Every function of the front end's table does what NumPy does, for every dtype, or stays Python."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pyaot.frontend.numpy_table import TABLE
from tests.equivalence.agreement import lowered
from tests.equivalence.numpy_cases import CASES, NOT_COMPILED
from tests.strategies.arguments import Arguments

DTYPES = ["bool", "int8", "float32", "float64", "complex128"]
MORE_DTYPES = ["uint8", "int64", "uint64", "complex64"]
_HEAD = "import cmath\nimport math\n\nimport numpy as np\n"
_N, _M = 5, 3


def _hint(dtype: str, rank: int) -> str:
    return f"np.ndarray[tuple[{', '.join(['int'] * rank)}], np.dtype[np.{dtype}]]"


def program(dtype: str, expressions: tuple[str, ...]) -> str:
    """One function for each expression: f0, f1 ..."""
    types = {"V": _hint(dtype, 1), "M": _hint(dtype, 2), "T3": _hint(dtype, 3)}
    types |= {"K": _hint("int64", 1), "U": _hint("uint8", 1), "B1": _hint("bool", 1)}
    aliases = "".join(f"{name} = {hint}\n" for name, hint in types.items())
    parameters = "a: V, b: V, A: M, B: M, S: M, T: T3, k: K, u: U, mask: B1, "
    parameters += "s: float, t: float, j: int, n: int, m: int, c: complex"
    functions = [f"def f{i}({parameters}):\n    return {text}\n" for i, text in enumerate(expressions)]
    return "\n\n".join([_HEAD + aliases, *functions])


def arguments(dtype: str, is_odd: bool) -> Arguments:
    """Small numbers with ties; `is_odd`: also NaN and infinity, or the largest and smallest integers."""
    generator = np.random.default_rng(3)

    def drawn(*shape: int) -> NDArray[np.generic]:
        return _numbers(generator, dtype, shape, is_odd)

    square = _numbers(generator, dtype, (_N, _N), False)
    if dtype != "bool":
        square = (square + 10 * np.eye(_N)).astype(dtype)
    arrays = (drawn(_N), drawn(_N), drawn(_N, _M), drawn(_N, _M), square, drawn(2, _N, _M))
    others = (np.array([0, 2, 1, 2, 0]), np.array([1, 0, 3, 2, 1], np.uint8), np.array([1, 0, 1, 1, 0], bool))
    return Arguments((*arrays, *others, -1.25, 2.5, 2, _N, _M, 1.5 - 2j), {})


def _numbers(
    generator: np.random.Generator, dtype: str, shape: tuple[int, ...], is_odd: bool
) -> NDArray[np.generic]:
    kind = np.dtype(dtype).kind
    if kind == "b":
        return generator.random(shape) < 0.5
    found = generator.integers(0 if kind == "u" else -4, 5, shape) * (0.75 if kind in "fc" else 1)
    with np.errstate(all="ignore"):
        numbers = (found + 1j * generator.integers(-3, 4, shape) if kind == "c" else found).astype(dtype)
    if is_odd and kind in "fc":
        numbers.flat[1], numbers.flat[-1] = np.nan, np.inf
    elif is_odd:
        numbers.flat[1], numbers.flat[-1] = np.iinfo(dtype).max, np.iinfo(dtype).min
    return numbers


def _agreed(name: str, dtypes: list[str]) -> set[str]:
    """The calls that are computed for one dtype at least; a difference is an AssertionError."""
    found: set[str] = set()
    for dtype in dtypes:
        functions = lowered(program(dtype, CASES[name]))
        for number, text in enumerate(CASES[name]):
            for is_odd in (False, True):
                verdict = functions.agree(arguments(dtype, is_odd), f"f{number}")
                found |= {text} if verdict.kind == "agreed" else set()
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_function_does_what_numpy_does(name: str) -> None:
    assert set(CASES[name]) - _agreed(name, DTYPES) == set(CASES[name]) & NOT_COMPILED


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_function_does_so_for_other_dtypes(name: str) -> None:
    _agreed(name, MORE_DTYPES)


def test_every_function_has_cases() -> None:
    assert set(TABLE) == set(CASES)
