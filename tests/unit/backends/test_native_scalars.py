"""Every operator, cast and function for every dtype: C against the interpreter, element by element."""

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyaot_runtime.kernels import Kernels

from pyaot.base.options import Options
from pyaot.ir.build import binary, call, cast, compare, dim, function, give, loop, store, var
from pyaot.ir.functions import PURE, accepts
from pyaot.ir.interpret import Returned, interpret
from pyaot.ir.nodes import Call, Expr, Function, Marks, Unary
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, Array, DType, Origin, Scalar
from tests.unit.backends.native import at, build_kernels

NUMPY = tuple(Scalar(dtype) for dtype in DType)
PYTHON = (PY_BOOL, PY_INT, PY_FLOAT, PY_COMPLEX)

_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "minimum", "maximum")
_BITS = ("bitand", "bitor", "bitxor")
_INT_ONLY = (*_BITS, "shl", "shr")


def _operators(type: Scalar) -> tuple[str, ...]:
    kind = type.dtype.kind
    if kind == "b":
        return _BITS if type.is_python else (*_BITS, "add", "mul", "minimum", "maximum")
    if kind in "iu":
        return tuple(op for op in (*_ARITHMETIC, *_INT_ONLY) if op != "truediv")
    if kind == "c":
        plain = ("add", "sub", "mul", "truediv", "pow")
        return plain if type.is_python else (*plain, "minimum", "maximum")
    return _ARITHMETIC


def _compares(type: Scalar) -> tuple[str, ...]:
    return ("eq", "ne") if type.dtype.kind == "c" else ("eq", "ne", "lt", "le", "gt", "ge")


def _expressions(type: Scalar) -> list[Expr]:
    x, y = var("x", type), var("y", type)
    exprs: list[Expr] = [binary(op, x, y) for op in _operators(type)]
    exprs += [compare(op, x, y) for op in _compares(type)]
    exprs += [cast(x, target) for target in (NUMPY if type.origin is Origin.NUMPY else PYTHON)]
    if type.dtype.kind in "iufc":
        exprs.append(Unary("neg", x, type))
    exprs.append(
        Unary("invert" if type.dtype.is_integer else "neg", x, type)
    ) if type.dtype.kind != "b" else None
    if type.dtype.kind == "b":
        exprs.append(Unary("not", x, type))
    for name, known in PURE.items():
        if accepts(name, type.dtype, type.origin):
            exprs.append(call(name, *(x, y)[: known.arity]))
    return exprs


def _functions(type: Scalar) -> list[Function]:
    label = f"{type.origin.value}_{type.dtype.value}"
    return [
        function(f"f_{label}_{k}", {"x": type, "y": type}, give(expr))
        for k, expr in enumerate(_expressions(type))
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[Scalar, tuple[list[Function], Kernels]]:
    """One library per type."""
    libraries = {}
    for type in (*NUMPY, *PYTHON):
        functions = _functions(type)
        folder: Path = tmp_path_factory.mktemp(f"{type.origin.value}_{type.dtype.value}")
        libraries[type] = (functions, build_kernels(folder, *functions, options=Options(strict=True)))
    return libraries


_FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 7.25, -100.0, 1e-3, 1e9, math.inf, -math.inf, math.nan)


def _samples(type: Scalar) -> tuple[Any, ...]:
    dtype = type.dtype
    if dtype is DType.BOOL:
        return (False, True)
    if dtype.is_integer:
        info = np.iinfo(dtype.value)
        extremes = (2**31, -(2**31)) if type.is_python else (info.min, info.max)
        small = (0, 1, 2, 3, 5, 7, 8, 31, 63, 64, 100, -1, -2, -3, -7, -64)
        return tuple(n for n in (*small, *extremes) if info.min <= n <= info.max)
    if dtype.is_float:
        return _FLOATS
    return tuple(complex(a, b) for a, b in itertools.product((0.0, 1.0, -2.0, 0.5, 1e3), (0.0, -1.0, 3.0)))


def _close(actual: Any, expected: Any, expr: Expr) -> bool:
    if isinstance(expected, bool | np.bool_ | int | np.integer):
        return bool(actual == expected)
    exact = not isinstance(expr, Call) and getattr(expr, "op", "") not in ("pow", "mod", "floordiv")
    narrow = expr.type.dtype.real is DType.FLOAT32
    rtol = 0.0 if exact and expr.type.dtype.is_float else 2e-5 if narrow else 1e-11
    return bool(np.allclose(actual, expected, rtol=rtol, atol=0.0 if rtol == 0 else rtol, equal_nan=True))


def _check(function: Function, kernels: Kernels, x: Any, y: Any) -> None:
    kernel = kernels.get(function.name)
    assert kernel is not None
    dtype = function.params[0].type.dtype
    values = (
        (x, y)
        if function.params[0].type.is_python
        else (np.dtype(dtype.value).type(x), np.dtype(dtype.value).type(y))
    )
    with np.errstate(all="ignore"):
        expected = interpret(function, values)
    actual = kernel(values)
    expr = function.body[0].result.value  # type: ignore[union-attr]
    told = f"{expr} of {x!r}, {y!r}: {actual}, not {expected}"
    if not isinstance(expected, Returned):
        assert actual == (-1, 0), told
        return
    if actual[0] == -1:  # more careful than need be, where Python does not raise
        assert expr.type.is_python and not np.all(np.isfinite([expected.value, x, y])), told
        return
    assert _close(actual[2], expected.value, expr), told


@pytest.mark.parametrize("type", (*NUMPY, *PYTHON), ids=lambda t: f"{t.origin.value}-{t.dtype.value}")
def test_every_operation_on_chosen_values(
    type: Scalar, built: dict[Scalar, tuple[list[Function], Kernels]]
) -> None:
    functions, kernels = built[type]
    for f, (x, y) in itertools.product(functions, itertools.product(_samples(type), repeat=2)):
        if _is_defined(f, x):
            _check(f, kernels, x, y)


def _is_defined(function: Function, x: Any) -> bool:
    """Casts of NaN and of numbers out of range are the machine's; -inf ** 0.5 has two answers in NumPy."""
    expr = function.body[0].result.value  # type: ignore[union-attr]
    if getattr(expr, "op", "") == "pow" and x == -math.inf:
        return False
    target = expr.type.dtype
    if type(expr).__name__ != "Cast" or expr.type.is_python or not target.is_integer:
        return True
    if expr.operand.type.dtype.kind not in "fc":
        return True
    part = x.real
    return math.isfinite(part) and np.iinfo(target.value).min <= part <= np.iinfo(target.value).max


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_every_operation_on_drawn_values(
    data: st.DataObject, built: dict[Scalar, tuple[list[Function], Kernels]]
) -> None:
    type = data.draw(st.sampled_from((*NUMPY, *PYTHON)))
    functions, kernels = built[type]
    x, y = data.draw(_numbers(type)), data.draw(_numbers(type))
    for f in functions:
        if _is_defined(f, x):
            _check(f, kernels, x, y)


def _numbers(type: Scalar) -> st.SearchStrategy[Any]:
    dtype = type.dtype
    if dtype is DType.BOOL:
        return st.booleans()
    if dtype.is_integer:
        info = np.iinfo(dtype.value)
        low, high = (-(2**31), 2**31) if type.is_python else (info.min, info.max)
        return st.integers(low, high)
    width = 32 if dtype.real is DType.FLOAT32 else 64
    if dtype.is_float:
        return st.floats(width=width)
    part = st.floats(-10, 10, width=width)
    return st.builds(complex, part, part)


def test_absolute_of_complex64_is_hypot_bit_by_bit(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    bits = random.integers(0, 2**32, (2, 20_000), np.uint32)
    bits[1, ::2] = bits[1, ::2] & 0x807FFFFF | bits[0, ::2] & 0x7F800000  # parts of one size
    parts = bits.view(np.float32)
    parts[np.isnan(parts)] = np.nan
    parts[0, :50], parts[1, ::700], parts[1, 1::900] = np.inf, -np.inf, 0.0
    values = np.empty(parts.shape[1], np.complex64)
    values.real, values.imag = parts
    z = at("z", var("i"), type=Scalar(DType.COMPLEX64, Origin.NUMPY))
    turn = store("y", var("i"), value=call("absolute", z), checked=False)
    nest = loop("i", 0, dim("z", 0), turn, marks=Marks(simd=True))
    made = function("f", {"z": Array(DType.COMPLEX64, 1), "y": Array(DType.FLOAT32, 1)}, nest, give())
    kernel = build_kernels(tmp_path, made).get("f")
    assert kernel is not None
    y = np.zeros(len(values), np.float32)
    kernel((values, y))
    with np.errstate(all="ignore"):
        expected = np.hypot(*parts)
    np.testing.assert_array_equal(y.view(np.uint32) & 0x7FFFFFFF, expected.view(np.uint32) & 0x7FFFFFFF)
