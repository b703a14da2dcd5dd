"""The fallback compiler: the same C text by the ziglang package. Run with `-m long`."""

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

from pyaot.base.options import Options
from pyaot.ir.types import PY_INT, DType, Scalar
from pyaot.output.c_compiler import Compiler
from tests.unit.backends import native
from tests.unit.backends import test_native_parallel as parallel
from tests.unit.backends import test_native_scalars as scalars

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def zig(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests of this file compile with zig."""
    pytest.importorskip("ziglang")
    compiler = Compiler((sys.executable, "-m", "ziglang", "cc"), "zig")
    monkeypatch.setattr(native, "find_compiler", lambda: compiler)


@pytest.mark.parametrize("type", (Scalar(DType.COMPLEX64), PY_INT), ids=("complex64", "python-int"))
def test_operations(tmp_path: Path, type: Scalar) -> None:
    functions = scalars._functions(type)
    kernels = native.build_kernels(tmp_path, *functions, options=Options(strict=True))
    for f, (x, y) in itertools.product(functions, itertools.product(scalars._samples(type), repeat=2)):
        if scalars._is_defined(f, x):
            scalars._check(f, kernels, x, y)


def test_reductions_and_failing(tmp_path: Path) -> None:
    parallel.test_failing_in_a_parallel_loop(tmp_path)
    ops = ("add", "minimum")
    functions = [parallel._reduced(op, native.F64, native.ONE, m) for op in ops for m in parallel._KINDS]
    kernels = native.build_kernels(tmp_path, *functions)
    for f in functions:
        for values in (np.linspace(0.5, 1.5, 101), np.array([1.0, np.nan, 0.5])):
            native.assert_as_interpreted(kernels, f, values, rtol=1e-12)


def test_portable_code(tmp_path: Path) -> None:
    f = parallel._reduced("add", native.F64, native.ONE, {"parallel": True})
    kernels = native.build_kernels(tmp_path, f, options=Options(march="portable"))
    native.assert_as_interpreted(kernels, f, np.arange(10.0))
