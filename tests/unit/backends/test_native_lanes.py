"""Sums in pairs, which have a place for every lane of a vector register."""

from pathlib import Path

import numpy as np
import pytest

from pyaot.ir.build import add, assign, dim, function, give, loop, unchecked, var
from pyaot.ir.nodes import Const, Function, Marks, Reduction
from pyaot.ir.types import PY_INT, Array, DType, Origin, Scalar
from tests.unit.backends.native import assert_as_interpreted, at, build_kernels

SIZES = (0, 1, 3, 4, 5, 7, 8, 9, 16, 100)


def pairs(dtype: DType) -> Function:
    """s + sum(a), t + sum(b) and what is left of a counter."""
    type = Scalar(dtype, Origin.NUMPY)
    s, t, lane = var("s", type), var("t", type), var("lane")
    marks = Marks(simd=True, reductions=(Reduction("add", "s"), Reduction("add", "t", "s")))
    turn = (
        assign("s", add(s, at("a", lane, type=type))),
        assign("t", add(t, at("b", unchecked(add(lane, 1)), type=type))),
    )
    start, stop = var("n", PY_INT), dim("a", 0)
    body = (
        assign("s", Const(0.5, type)),
        assign("t", Const(-2.0, type)),
        loop("lane", start, stop, *turn, marks=marks),
    )
    params = {"a": Array(dtype, 1), "b": Array(dtype, 1), "n": PY_INT}
    return function(f"f_{dtype.value}", params, *body, give(s, t))


@pytest.mark.parametrize("dtype", [DType.FLOAT32, DType.FLOAT64])
def test_pairs_of_sums(tmp_path: Path, dtype: DType) -> None:
    made = pairs(dtype)
    kernels = build_kernels(tmp_path, made)
    text = (tmp_path / "prog_kernels.c").read_text()
    assert f"even_lanes_{dtype.value}(s_lanes)" in text and f"odd_lanes_{dtype.value}(s_lanes)" in text
    for size in SIZES:
        for start in (0, 2, 200):
            whole = np.arange(size + 1, dtype=dtype.value)
            assert_as_interpreted(kernels, made, whole[:size].copy(), whole * whole, start)


@pytest.mark.parametrize("dtype", [DType.FLOAT32, DType.FLOAT64])
def test_nan_and_infinity_come_through(tmp_path: Path, dtype: DType) -> None:
    made = pairs(dtype)
    kernels = build_kernels(tmp_path, made)
    for place in (0, 11, 18):
        for value in (np.nan, np.inf, -np.inf):
            a, b = np.ones(19, dtype.value), np.ones(20, dtype.value)
            a[place], b[place + 1] = value, -value
            assert_as_interpreted(kernels, made, a, b, 0)
