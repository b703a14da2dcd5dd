"""Calls of NumPy and of BLAS from inside kernels."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from pyaot.ir.build import (
    allocate,
    dim,
    function,
    give,
    i64,
    loop,
    var,
)
from pyaot.ir.nodes import (
    Const,
    Function,
    LibraryCall,
    Marks,
    Param,
    Section,
    Stmt,
)
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from tests.unit.backends.native import MATRIX, VECTOR, assert_as_interpreted, at, build_kernels, run, whole

# ---- library calls ----------------------------------------------------------------------------------------


def test_solving_by_the_library_and_failing_where_it_raises(tmp_path: Path) -> None:
    solve = LibraryCall("solve", (whole("x", 1),), (whole("m", 2), whole("b", 1)))
    f = function("f", {"m": MATRIX, "b": VECTOR}, allocate("x", DType.FLOAT64, dim("b", 0)), solve, give("x"))
    kernels = build_kernels(tmp_path, f)
    m = np.random.default_rng(6).random((4, 4)) + 4 * np.eye(4)
    assert assert_as_interpreted(kernels, f, m, np.ones(4), rtol=1e-10)[0] == 0
    assert kernels.entry("f")((np.zeros((4, 4)), np.ones(4))) == (-1, 0)


def test_sections_options_and_ranges(tmp_path: Path) -> None:
    part = Section("a", (var("k"), i64(0)), (1,), (dim("a", 1),))
    column = Section("a", (i64(0), var("k")), (0,), (dim("a", 0),))
    calls: tuple[Stmt, ...] = (
        LibraryCall("sort", (part,), (part,), (("stable", True),)),
        LibraryCall("searchsorted", (whole("n", 0),), (column, at("a", 0, 0)), (("side", "right"),)),
    )
    f = function("f", {"a": MATRIX, "k": PY_INT}, allocate("n", DType.INT64), *calls, give("n"))
    kernels = build_kernels(tmp_path, f)
    for k, path in ((1, 0), (2, 0), (3, -1), (-1, -1)):
        a = np.random.default_rng(7).random((3, 4))
        assert assert_as_interpreted(kernels, f, a, k)[0] == path


# ---- products of matrices ---------------------------------------------------------------------------------


def _product(dtype: DType, left: str, right: str, **options: str | int | float | bool | None) -> Function:
    """C = A @ B; 'N' as stored, 'T' transposed, 'v' the first row, 'c' the first column."""

    def section(name: str, how: str) -> Section:
        rows, columns = dim(name, 0), dim(name, 1)
        starts, axes, extents = {
            "N": ((i64(0), i64(0)), (0, 1), (rows, columns)),
            "T": ((i64(0), i64(0)), (1, 0), (columns, rows)),
            "v": ((i64(0), i64(0)), (1,), (columns,)),
            "c": ((i64(0), i64(0)), (0,), (rows,)),
        }[how]
        return Section(name, starts, axes, extents)

    a, b = section("a", left), section("b", right)
    shape = (*a.extents[:-1], *b.extents[1:])
    type = Array(dtype, 2)
    fill = Const(1.0 if dtype.is_float else 1 + 0j, Scalar(dtype))
    name = f"f_{left}{right}_{'_'.join(options)}"
    out = Section("out", (i64(0),) * len(shape), tuple(range(len(shape))), shape)
    call_ = LibraryCall("matmul", (out,), (a, b), tuple(options.items()))
    return function(
        name, {"a": type, "b": type}, allocate("out", dtype, *shape, fill=fill), call_, give("out")
    )


_PRODUCTS = ("NN", "NT", "TN", "TT", "vN", "vT", "cN", "Nv", "Nc", "Tc", "vv", "cc", "vc")
_OPTIONS: tuple[dict[str, Any], ...] = (
    {"accumulate": True, "alpha": -2.0},
    {"conjugate_left": True},
    {"conjugate_right": True},
)


@pytest.mark.parametrize(
    "dtype", (DType.FLOAT32, DType.FLOAT64, DType.COMPLEX64, DType.COMPLEX128), ids=lambda d: d.value
)
def test_products_of_matrices(tmp_path: Path, dtype: DType) -> None:
    functions = [_product(dtype, *kinds) for kinds in _PRODUCTS]
    functions += [
        _product(dtype, *kinds, **options) for kinds in ("NN", "TN", "NT", "Tc") for options in _OPTIONS
    ]
    kernels = build_kernels(tmp_path, *functions)
    rng = np.random.default_rng(8)
    for f in functions:
        for m, k, n in ((3, 4, 5), (1, 1, 1), (0, 2, 3), (2, 0, 3)):
            left, right = f.name[2:4]
            a = _filled(
                rng, dtype, *{"N": (m, k), "T": (k, m), "v": (max(m, 1), k), "c": (k, max(m, 1))}[left]
            )
            b = _filled(
                rng, dtype, *{"N": (k, n), "T": (n, k), "v": (max(n, 1), k), "c": (k, max(n, 1))}[right]
            )
            assert assert_as_interpreted(kernels, f, a, b, rtol=1e-4 if dtype.bits % 64 else 1e-5)[0] == 0


@pytest.mark.parametrize("dtype", (DType.FLOAT32, DType.FLOAT64, DType.COMPLEX128), ids=lambda d: d.value)
@pytest.mark.parametrize("transposed", (False, True))
def test_a_matrix_times_its_transpose(tmp_path: Path, dtype: DType, transposed: bool) -> None:
    rows, columns = dim("a", 0), dim("a", 1)
    upright = Section("a", (i64(0), i64(0)), (0, 1), (rows, columns))
    across = Section("a", (i64(0), i64(0)), (1, 0), (columns, rows))
    left, right = (across, upright) if transposed else (upright, across)
    extent = left.extents[0]
    out = Section("out", (i64(0), i64(0)), (0, 1), (extent, extent))
    array, one = Array(dtype, 2), Const(1.0, Scalar(dtype))
    made = allocate("out", dtype, extent, extent, fill=one)
    for options in ((), (("alpha", -1.0),), (("accumulate", True),)):
        f = function(
            "f", {"a": array}, made, LibraryCall("matmul", (out,), (left, right), options), give("out")
        )
        kernels = build_kernels(tmp_path, f)
        assert ("gram_" in (tmp_path / "prog_kernels.c").read_text()) == dtype.is_float
        for shape in ((3, 5), (5, 3), (1, 4), (0, 3), (3, 0), (40, 70)):
            a = _filled(np.random.default_rng(3), dtype, *shape)
            assert assert_as_interpreted(kernels, f, a, rtol=1e-4)[0] == 0


def _filled(rng: np.random.Generator, dtype: DType, *shape: int) -> Any:
    values = rng.random(shape) + (1j * rng.random(shape) if dtype.is_complex else 0)
    return values.astype(dtype.value)


@pytest.mark.parametrize("dtype", (DType.FLOAT32, DType.FLOAT64, DType.COMPLEX128), ids=lambda d: d.value)
def test_products_with_a_scale(tmp_path: Path, dtype: DType) -> None:
    x = var("x", Scalar(dtype))
    scaled = []
    choices: tuple[dict[str, Any], ...] = ({}, {"accumulate": True, "alpha": -1.0})
    for options in choices:
        plain = _product(dtype, "N", "N", **options)
        (made, product, *rest) = plain.body
        assert isinstance(product, LibraryCall)
        body = (made, replace(product, inputs=(*product.inputs, x)), *rest)
        scaled.append(replace(plain, params=(*plain.params, Param("x", x.type)), body=body))
    kernels = build_kernels(tmp_path, *scaled)
    assert f"gemm_{dtype.value}(" in (tmp_path / "prog_kernels.c").read_text()
    rng = np.random.default_rng(8)
    a, b = _filled(rng, dtype, 3, 4), _filled(rng, dtype, 4, 5)
    for f in scaled:
        number = np.dtype(dtype.value).type(2.5)
        assert assert_as_interpreted(kernels, f, a, b, number, rtol=1e-4)[0] == 0


def test_products_in_place_of_an_operand_and_of_wrong_shapes(tmp_path: Path) -> None:
    product = LibraryCall("matmul", (whole("a", 2),), (whole("a", 2), whole("b", 2)))
    f = function("f", {"a": MATRIX, "b": MATRIX}, product, give())
    kernels = build_kernels(tmp_path, f)
    a, b = np.arange(9.0).reshape(3, 3), np.ones((3, 3))
    kernels.entry("f")((a, b))
    assert a.tolist() == (np.arange(9.0).reshape(3, 3) @ b).tolist()
    before = a.copy()
    assert kernels.entry("f")((a, np.ones((4, 3)))) == (-1, 0)
    assert a.tolist() == before.tolist()


def test_products_in_a_parallel_loop(tmp_path: Path) -> None:
    i = var("i")

    def page(name: str) -> Section:
        return Section(name, (i, i64(0), i64(0)), (1, 2), (dim(name, 1), dim(name, 2)))

    cubes = Array(DType.COMPLEX64, 3)
    product = LibraryCall("matmul", (page("c"),), (page("a"), page("b")))
    body = loop("i", 0, dim("a", 0), product, marks=Marks(parallel=True))
    f = function("f", {"a": cubes, "b": cubes, "c": cubes}, body, give())
    rng = np.random.default_rng(9)
    a, b = (_filled(rng, DType.COMPLEX64, 20, 8, 8) for _ in range(2))
    run(tmp_path, f, a, b, np.zeros((20, 8, 8), np.complex64), rtol=1e-4)
    text = (tmp_path / "prog_kernels.c").read_text()
    assert "blas_with_threads(1)" in text and "gemm_complex64(0, " in text
