"""BLAS and LAPACK called from C, also in loops that run in parallel: NumPy's results, and NumPy's errors."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyaot_runtime.blas
import pytest

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.driver import compile_source
from tests.equivalence.compiled import compile_text, load

HEAD = """
import numpy as np
from typing import Annotated

V = np.ndarray[tuple[int], np.dtype[np.{0}]]
M = np.ndarray[tuple[int, int], np.dtype[np.{0}]]
S = np.ndarray[tuple[int, int, int], np.dtype[np.{0}]]
"""
ONE = """
def solve_vector(a: M, b: V) -> V:
    x = np.linalg.solve(a, b)
    return x + x

def solve_matrix(a: M, b: M) -> M:
    x = np.linalg.solve(a[::-1], b.T)
    return x + x

def inverse(a: M) -> M:
    return np.linalg.inv(a.T) - a

def determinant(a: M):
    return np.linalg.det(a) + np.linalg.det(a.T)

def factor(a: M) -> M:
    return np.linalg.cholesky(a @ np.conj(a.T)) + a
"""
LOOPS = """
def weights(x: S, b: V) -> M:
    n, m, k = x.shape
    out = np.empty((n, m), np.{0})
    for g in range(n):
        r = x[g] @ np.conj(x[g].T)
        for i in range(m):
            r[i, i] += 0.5
        out[g] = np.linalg.solve(r, b)
    return out

def total(x: S) -> M:
    n, m, k = x.shape
    acc = np.zeros((m, m), np.{0})
    for g in range(n):
        r = x[g] @ np.conj(x[g].T)
        acc += np.linalg.inv(r + np.eye(m, dtype=np.{0}))
    return acc

def stacked(x: S, y: S) -> S:
    m = x.shape[1]
    return np.linalg.solve(x[:, :, :m] @ x[:, :, -m:], y)[:, :, :m] + np.linalg.inv(x[::2, :, 1:m + 1])[0]

def worth(x: S) -> float:
    best = 0.0
    for g in range(x.shape[0]):
        best += abs(np.linalg.det(x[g][:, :x.shape[1]]))
    return best
"""
TYPES = ("float32", "float64", "complex64", "complex128")
SINGLE = ("float32", "complex64")


def _modules(text: str, dtype: str, folder: Path) -> tuple[ModuleType, ModuleType]:
    path = compile_text((HEAD + text).format(dtype), folder, Options())
    return load(path, "native"), load(path, "original")


def _drawn(dtype: str, seed: int, *shape: int) -> Any:
    generator = np.random.default_rng(seed)
    values = generator.standard_normal(shape) + 1j * generator.standard_normal(shape)
    return values.astype(dtype) if np.dtype(dtype).kind == "c" else values.real.astype(dtype)


def _outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except np.linalg.LinAlgError as error:
        return str(error)


def _agree(ours: Any, theirs: Any, dtype: str) -> None:
    if isinstance(theirs, str):
        assert ours == theirs
        return
    assert np.asarray(ours).dtype == np.asarray(theirs).dtype
    tolerance = 2e-2 if dtype in SINGLE else 1e-9
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", TYPES)
def test_one_matrix(dtype: str, tmp_path: Path) -> None:
    native, original = _modules(ONE, dtype, tmp_path)
    for size in (0, 1, 2, 7, 33):
        square, vector = _drawn(dtype, size, size, size), _drawn(dtype, 1, size)
        square += 3 * np.eye(size, dtype=dtype)
        calls = [("solve_vector", square, vector), ("solve_matrix", square, _drawn(dtype, 2, 3, size))]
        calls += [(name, square) for name in ("inverse", "determinant", "factor")]
        for name, *arguments in calls:
            ours, theirs = (_outcome(getattr(m, name), *arguments) for m in (native, original))
            _agree(ours, theirs, dtype)


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_matrices_without_a_result(dtype: str, tmp_path: Path) -> None:
    native, original = _modules(ONE, dtype, tmp_path)
    zeros, ones = np.zeros((4, 4), dtype), np.ones((4, 4), dtype)
    nan = np.full((4, 4), np.nan, dtype)
    for square in (zeros, ones, nan, np.diag(_drawn(dtype, 1, 4) * 1e100)):
        for name in ("inverse", "determinant", "factor"):
            with np.errstate(all="ignore"):
                ours, theirs = (_outcome(getattr(m, name), square) for m in (native, original))
            _agree(ours, theirs, dtype)


@pytest.mark.parametrize("dtype", TYPES)
def test_calls_in_parallel_loops(dtype: str, tmp_path: Path) -> None:
    native, original = _modules(LOOPS, dtype, tmp_path)
    stack, vector = _drawn(dtype, 3, 60, 24, 30), _drawn(dtype, 4, 24)
    calls = [("weights", stack, vector), ("total", stack), ("worth", stack), ("stacked", stack, stack)]
    for name, *arguments in calls:
        _agree(getattr(native, name)(*arguments), getattr(original, name)(*arguments), dtype)


def test_the_loops_around_calls_are_parallel() -> None:
    source = SourceFile(Path("prog.py"), (HEAD + LOOPS).format("float64"))
    told = [d for d in compile_source(source, Options()).diagnostics if d.code.number == "PA404"]
    assert len([d for d in told if "'g'" in d.message]) >= 3
    strict = compile_source(source, Options(strict=True)).diagnostics
    assert not [d for d in strict if d.code.number == "PA404" and "'g'" in d.message]


def test_a_singular_matrix_in_a_parallel_loop(tmp_path: Path) -> None:
    native, original = _modules(LOOPS, "float64", tmp_path)
    stack = _drawn("float64", 3, 60, 24, 30)
    stack[47] = np.nan
    ours, theirs = (_outcome(m.weights, stack, np.ones(24)) for m in (native, original))
    _agree(ours, theirs, "float64")
    stack[47] = 1e200
    stack[47, 3] = 0.0
    with np.errstate(all="ignore"):
        ours, theirs = (_outcome(m.total, stack) for m in (native, original))
    _agree(ours, theirs, "float64")


def test_without_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyaot_runtime.blas, "find_blas", lambda: None)
    native, original = _modules(LOOPS, "float64", tmp_path)
    stack = _drawn("float64", 3, 60, 24, 30)
    _agree(native.total(stack), original.total(stack), "float64")
    _agree(native.weights(stack, np.ones(24)), original.weights(stack, np.ones(24)), "float64")


SKINNY = """
def product(x: M, w: M) -> M:
    return np.maximum(x @ w, -1.0)

def across(x: M, w: M) -> M:
    return (w.T @ x.T) * 1.0

def subtracted(x: M, w: M, c: M) -> M:
    for i in range(x.shape[0]):
        for j in range(w.shape[1]):
            for k in range(x.shape[1]):
                c[i, j] -= x[i, k] * w[k, j]
    return c
"""


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_products_of_few_rows(dtype: str, tmp_path: Path) -> None:
    native, _ = _modules(SKINNY, dtype, tmp_path)
    for rows, inner, columns in ((2, 1030, 1025), (5, 2049, 515), (16, 259, 4097), (17, 1000, 1001)):
        x, w = _drawn(dtype, 1, rows, inner), _drawn(dtype, 2, inner, columns)
        c = _drawn(dtype, 3, rows, columns)
        exact = x.astype("float64") @ w.astype("float64")
        scale = np.finfo(dtype).eps * np.sqrt(inner) * 16
        results = [native.product(x, w), native.across(x, w).T, c - native.subtracted(x, w, c.copy())]
        expected = [np.maximum(exact, -1.0), exact, exact]
        for ours, theirs in zip(results, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=scale, atol=scale)


SCALED = """
def added(c: M, a: M, b: M, alpha: N, beta: N):
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            c[i, j] *= beta
            for k in range(a.shape[1]):
                c[i, j] += alpha * a[i, k] * b[k, j]

def last(c: M, a: M, b: M, alpha: N, beta: N):
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            s = 0.0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            c[i, j] = beta * c[i, j] - alpha * s
"""


@pytest.mark.parametrize("dtype", ("float64", "complex128"))
def test_products_with_a_scale(dtype: str, tmp_path: Path) -> None:
    number = {"float64": float, "complex128": complex}[dtype]
    native, original = _modules(SCALED.replace("N", number.__name__), dtype, tmp_path)
    operands = _drawn(dtype, 1, 45, 52), _drawn(dtype, 2, 45, 48), _drawn(dtype, 3, 48, 52)
    text = (tmp_path / "prog_kernels.c").read_text()
    assert text.count(", alpha, ") + text.count("* alpha, ") >= 2
    for alpha in (1.5, 0.0, np.inf, np.nan):
        for name in ("added", "last"):
            ours, theirs = ([x.copy() for x in operands] for _ in range(2))
            with np.errstate(all="ignore"):
                for module, given in ((native, ours), (original, theirs)):
                    getattr(module, name)(*given, number(alpha), number(0.5))
            np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-9)
