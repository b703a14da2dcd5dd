"""The length of a pair in SIMD registers: as exact as the C library's, special values and flags included."""

from pathlib import Path

import numpy as np
import pytest

from pyaot.backends.to_native import emit_native
from pyaot.base.options import Options
from pyaot.ir.build import call, dim, function, give, loop, store, var
from pyaot.ir.nodes import Marks
from tests.unit.backends.native import VECTOR, assert_as_interpreted, at, build_kernels

i = var("i")
LENGTH = store("c", i, value=call("hypot", at("a", i), at("b", i)), checked=False)
LENGTHS = function(
    "f",
    {"a": VECTOR, "b": VECTOR, "c": VECTOR},
    loop("i", 0, dim("a", 0), LENGTH, marks=Marks(simd=True)),
    give(),
)
TINY, HUGE = np.finfo(np.float64).smallest_subnormal, np.finfo(np.float64).max
SIDES = [0.0, -0.0, 1.0, -3.0, 4e5, TINY, 1e-310, 3e-308, 2.0**-501, 2.0**-499, 1e-154, 1e-153, 1e154, 1e155]
SIDES += [2.0**500, 2.0**501, HUGE / 2, HUGE, np.inf, -np.inf, np.nan]
OVERFLOW = 2


def _is_used(made: str) -> bool:
    return "#define hypot(x, y) simd_hypot(x, y)" in made


def test_special_and_extreme_values(tmp_path: Path) -> None:
    kernels = build_kernels(tmp_path, LENGTHS)
    assert _is_used((tmp_path / "prog_kernels.c").read_text())
    a, b = (side.ravel().copy() for side in np.meshgrid(SIDES, SIDES))
    assert_as_interpreted(kernels, LENGTHS, a, b, np.empty_like(a), rtol=5e-16)


def test_drawn_values(tmp_path: Path) -> None:
    kernels = build_kernels(tmp_path, LENGTHS)
    draw = np.random.default_rng(3)
    for scale in (0, 100, 300):
        a, b = (draw.normal(size=1000) * 10.0 ** draw.uniform(-scale, scale, 1000) for _ in range(2))
        assert_as_interpreted(kernels, LENGTHS, a, b, np.empty_like(a), rtol=5e-16)


@pytest.mark.parametrize(
    ("a", "b", "flags"),
    [
        (1e200, 1e-200, 0),
        (HUGE / 2, HUGE / 2, 0),
        (HUGE, HUGE, OVERFLOW),
        (np.inf, np.nan, 0),
        (np.nan, 1.0, 0),
    ],
)
def test_flags(tmp_path: Path, a: float, b: float, flags: int) -> None:
    kernel = build_kernels(tmp_path, LENGTHS).get("f")
    assert kernel is not None
    answer = kernel((np.full(9, a), np.full(9, b), np.empty(9)))
    assert answer[1] & (1 | OVERFLOW | 4) == flags


def test_strict_takes_the_library_s() -> None:
    assert not _is_used(emit_native([LENGTHS], Options(strict=True)).text)
