"""Powers by constants: products, quotients and roots give what NumPy's `power` gives, and warn as it does."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyaot.base.options import Options
from tests.equivalence.compiled import compile_text, load

EXPONENTS = (-4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5, 0.5, 1.5, 2.5, 3, 3.5, 4.0)
FUNCTION = """
def power_{0}(x: np.ndarray[tuple[int], np.dtype[np.{1}]]) -> np.ndarray:
    y = np.empty_like(x)
    for i in range(len(x)):
        y[i] = (x[i] * 1.0) ** {2}
    return y
"""
HEAD = "import numpy as np\n"
UNITS = 8.0  # in the last place


def _source(dtype: str) -> str:
    return HEAD + "".join(FUNCTION.format(n, dtype, e) for n, e in enumerate(EXPONENTS))


def _values(dtype: str) -> Any:
    info = np.finfo(dtype)
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, -2.0, float(info.max), float(info.tiny)]
    special += [
        float(info.smallest_subnormal),
        -float(info.max),
        float(info.max) ** 0.5,
        float(info.tiny) ** 0.3,
    ]
    random = np.random.default_rng(0)
    return np.concatenate((special, random.lognormal(0, 30, 200), random.normal(0, 2, 50))).astype(dtype)


def _told(function: Any, x: Any) -> tuple[Any, set[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = function(x)
    return result, {str(w.message).partition(" encountered")[0] for w in caught}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_powers_by_constants(dtype: str, tmp_path: Path) -> None:
    path = compile_text(_source(dtype), tmp_path, Options())
    native, original = load(path, "native"), load(path, "original")
    x = _values(dtype)
    for number, exponent in enumerate(EXPONENTS):
        ours, _ = _told(getattr(native, f"power_{number}"), x)
        theirs, _ = _told(getattr(original, f"power_{number}"), x)
        near = np.isfinite(theirs) & (np.abs(theirs) >= np.finfo(dtype).tiny)
        with np.errstate(all="ignore"):
            off = np.abs(ours - theirs)[near] / np.spacing(np.abs(theirs[near]))
        assert off.max() <= UNITS, f"{x[near][off.argmax()]} ** {exponent}"
        rest = ~near & ~(np.isfinite(theirs) & (theirs != 0))
        np.testing.assert_array_equal(ours[rest], theirs[rest], err_msg=f"** {exponent}")
        assert (np.signbit(ours[rest]) == np.signbit(theirs[rest]))[~np.isnan(theirs[rest])].all()


def test_powers_warn_as_numpy(tmp_path: Path) -> None:
    path = compile_text(_source("float64"), tmp_path, Options())
    native, original = load(path, "native"), load(path, "original")
    for value in (0.0, -0.0, np.inf, -np.inf, 2.0, -3.0, 1e300, -1e300, 1e-300):
        x = np.array([1.0, value, 1.0])
        for number, exponent in enumerate(EXPONENTS):
            _, ours = _told(getattr(native, f"power_{number}"), x)
            _, theirs = _told(getattr(original, f"power_{number}"), x)
            assert ours == theirs, f"{value} ** {exponent}"
