"""NaN, infinities and the least integer, where C and OpenMP have other rules than Python and NumPy."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyaot.base.options import Options
from pyaot.ir.build import (
    allocate,
    assign,
    binary,
    call,
    cast,
    compare,
    dim,
    function,
    give,
    loop,
    select,
    store,
    var,
)
from pyaot.ir.nodes import Const, Expr, Function, Marks, Reduction, Unary
from pyaot.ir.types import PY_COMPLEX, PY_INT, Array, DType, Scalar
from tests.unit.backends.native import F64, I64, VECTOR, assert_as_interpreted, at, build_kernels, teams

_KINDS: tuple[dict[str, Any], ...] = (
    {"parallel": True},
    {"simd": True},
    {"parallel": True, "simd": True},
    {"parallel": True, "balanced": False},
)
_INF, _NAN = float("inf"), float("nan")

# ---- the least and the greatest ---------------------------------------------------------------------------


def _extreme(name: str, op: str, update: Expr, marks: dict[str, Any]) -> Function:
    """The variable m, from a parameter on, through the elements of an array."""
    loop_ = loop(
        "i", 0, dim("a", 0), assign("m", update), marks=Marks(reductions=(Reduction(op, "m"),), **marks)
    )
    return function(
        name, {"a": VECTOR, "start": F64}, assign("m", var("start", F64)), loop_, give(var("m", F64))
    )


def _extremes() -> list[Function]:
    x, m = at("a", var("i")), var("m", F64)
    updates: dict[str, list[Expr]] = {
        "minimum": [binary("minimum", m, x), *(select(compare(o, x, m), x, m) for o in ("lt", "le"))],
        "maximum": [binary("maximum", m, x), *(select(compare(o, m, x), x, m) for o in ("lt", "le"))],
    }
    return [
        _extreme(f"{op}_{k}_{n}", op, update, marks)
        for op, choices in updates.items()
        for k, update in enumerate(choices)
        for n, marks in enumerate(_KINDS)
    ]


def test_nan_in_the_least_and_the_greatest(tmp_path: Path) -> None:
    """`minimum` passes NaN on, from every place; `if x < m: m = x` never takes one, but keeps its first."""
    functions = _extremes()
    kernels = build_kernels(tmp_path, *functions)
    base = np.random.default_rng(1).uniform(-5, 5, 101)
    samples = [base, base[:0], np.full(101, _NAN), np.full(40, _INF), np.full(40, -_INF)]
    for place in (0, 1, 50, 51, 99, 100):
        changed = base.copy()
        changed[place] = _NAN
        samples.append(changed)
    for _, f, a, start in itertools.product(teams(), functions, samples, (0.5, _NAN, _INF, -_INF)):
        assert_as_interpreted(kernels, f, a, np.float64(start), rtol=0)


# ---- integers ---------------------------------------------------------------------------------------------

_LEAST = -(2**63)


def test_the_least_integer_of_python_fails(tmp_path: Path) -> None:
    """Where Python's result does not fit int64; -2**63 % -1 does."""
    x, y = (cast(var(name, I64), PY_INT) for name in "xy")
    exprs: dict[str, Expr] = {
        "neg": Unary("neg", x, PY_INT),
        "absolute": call("absolute", x),
        "floordiv": binary("floordiv", x, y),
        "mod": binary("mod", x, y),
        "mul": binary("mul", x, y),
    }
    functions = [function(name, {"x": I64, "y": I64}, give(expr)) for name, expr in exprs.items()]
    kernels = build_kernels(tmp_path, *functions)
    for f in functions:
        answer = assert_as_interpreted(kernels, f, np.int64(_LEAST), np.int64(-1))
        assert answer[0] == (0 if f.name == "mod" else -1)
        for pair in itertools.product((_LEAST, _LEAST + 1, -1, 1, 7, 2**63 - 1), (-1, 1, -7, 2)):
            assert_as_interpreted(kernels, f, *map(np.int64, pair))


@pytest.mark.parametrize("dtype", (DType.INT8, DType.INT16, DType.INT32, DType.INT64), ids=lambda d: d.value)
def test_the_least_integer_of_numpy_wraps_and_warns(tmp_path: Path, dtype: DType) -> None:
    type, i = Scalar(dtype), var("i")
    array = Array(dtype, 1)
    functions = []
    for op in ("floordiv", "mod"):
        for marks in (Marks(), Marks(parallel=True, simd=True)):
            new = binary(op, at("a", i, type=type), at("b", i, type=type))
            turn = store("a", i, value=new, checked=False)
            name = f"{op}_{'many' if marks.parallel else 'one'}"
            functions.append(
                function(name, {"a": array, "b": array}, loop("i", 0, dim("a", 0), turn, marks=marks), give())
            )
    kernels = build_kernels(tmp_path, *functions)
    least = np.iinfo(dtype.value).min
    for _, f in itertools.product(teams(), functions):
        a = np.full(100, 5, dtype.value)
        b = np.full(100, -1, dtype.value)
        assert assert_as_interpreted(kernels, f, a, b)[:2] == (0, 0)
        for place in (0, 99):
            a[place] = least
            answer = assert_as_interpreted(kernels, f, a, b)
            assert answer[:2] == (0, 2 if f.name.startswith("floordiv") else 0)


@pytest.mark.parametrize("dtype", [d for d in DType if d.is_integer], ids=lambda d: d.value)
def test_shifts_by_any_count(tmp_path: Path, dtype: DType) -> None:
    type, i = Scalar(dtype), var("i")
    array = Array(dtype, 1)
    functions = [
        function(
            op,
            {"a": array, "b": array},
            loop(
                "i",
                0,
                dim("a", 0),
                store("a", i, value=binary(op, at("a", i, type=type), at("b", i, type=type)), checked=False),
                marks=Marks(simd=True),
            ),
            give(),
        )
        for op in ("shl", "shr")
    ]
    kernels = build_kernels(tmp_path, *functions)
    info = np.iinfo(dtype.value)
    values = (info.min, info.max, 0, 1, 77)
    counts = (
        0,
        1,
        dtype.bits - 1,
        dtype.bits,
        dtype.bits + 1,
        100,
        info.max,
        info.min,
        -1 if info.min else 2,
    )
    pairs = list(itertools.product(values, counts))
    for f in functions:
        a, b = (np.array(column, dtype.value) for column in zip(*pairs, strict=True))
        numpy = {"shl": np.left_shift, "shr": np.right_shift}[f.name](a, b)
        kernels.entry(f.name)((a, b))
        assert a.tolist() == numpy.tolist()


# ---- division of complex numbers --------------------------------------------------------------------------

_PARTS = (0.0, -0.0, 1.0, -2.5, 1e-3, 3e30, 1e-30, _INF, -_INF, _NAN)


def _nasty(dtype: DType) -> tuple[Any, Any]:
    limits = np.finfo(dtype.real.value)
    parts = (*_PARTS, float(limits.max), float(limits.tiny), float(limits.smallest_subnormal))
    numbers = [complex(*pair) for pair in itertools.product(parts, repeat=2)]
    rng = np.random.default_rng(3)
    with np.errstate(all="ignore"):
        drawn = (rng.standard_normal(4000) + 1j * rng.standard_normal(4000)).astype(dtype.value)
        drawn *= (10.0 ** rng.uniform(-20, 20, 4000)).astype(dtype.real.value)
        a, b = (
            np.array(column, dtype.value)
            for column in zip(*itertools.product(numbers, repeat=2), strict=True)
        )
    return np.concatenate((a, drawn)), np.concatenate((b, drawn[::-1]))


@pytest.mark.parametrize("strict", (True, False), ids=("strict", "relaxed"))
@pytest.mark.parametrize("dtype", (DType.COMPLEX64, DType.COMPLEX128), ids=lambda d: d.value)
def test_division_of_complex_numbers(tmp_path: Path, dtype: DType, strict: bool) -> None:
    """The bits of NumPy's quotient; relaxed code may round products otherwise."""
    type, i, array = Scalar(dtype), var("i"), Array(dtype, 1)
    quotient = binary("truediv", at("a", i, type=type), at("b", i, type=type))
    turn = store("c", i, value=quotient, checked=False)
    loop_ = loop("i", 0, dim("a", 0), turn, marks=Marks(simd=True, parallel=True))
    f = function("f", {"a": array, "b": array, "c": array}, loop_, give())
    kernels = build_kernels(tmp_path, f, options=Options(strict=strict, march="native"))
    a, b = _nasty(dtype)
    with np.errstate(all="ignore"):
        expected = a / b
    c = np.zeros_like(a)
    kernels.entry("f")((a, b, c))
    parts = [np.stack((z.real, z.imag)) for z in (c, expected)]
    if strict:
        assert np.array_equal(parts[0], parts[1], equal_nan=True)
        assert np.array_equal(*(np.signbit(np.nan_to_num(part)) for part in parts))
        return
    with np.errstate(all="ignore"):
        error = abs(c - expected) / abs(expected)
    tame = np.isfinite(a) & np.isfinite(b) & np.isfinite(expected) & (abs(expected) > 1e-30)
    assert error[tame].max() < (1e-5 if dtype is DType.COMPLEX64 else 1e-14)
    nasty = ~(np.isfinite(a) & np.isfinite(b))
    assert np.array_equal(parts[0][:, nasty], parts[1][:, nasty], equal_nan=True)


def test_division_of_pythons_complex_numbers(tmp_path: Path) -> None:
    quotient = binary("truediv", var("x", PY_COMPLEX), var("y", PY_COMPLEX))
    f = function("f", {"x": PY_COMPLEX, "y": PY_COMPLEX}, give(quotient))
    entry = build_kernels(tmp_path, f, options=Options(strict=True)).entry("f")
    numbers = [complex(*pair) for pair in itertools.product(_PARTS, repeat=2)]
    for x, y in itertools.product(numbers, repeat=2):
        try:
            expected = repr(x / y)
        except ZeroDivisionError:
            assert entry((x, y)) == (-1, 0)
            continue
        assert repr(entry((x, y))[2]) == expected.replace("-nan", "nan"), (x, y)


# ---- the flag 'invalid' -----------------------------------------------------------------------------------


def test_nan_of_the_program_itself_is_not_invalid(tmp_path: Path) -> None:
    """`out = np.full(n, nan)`, then `out = where(a < out, a, out)`: NaN comes out, yet all is valid (16)."""
    old, new = at("out", var("i")), at("a", var("i"))
    turn = store("out", var("i"), value=select(compare("lt", new, old), new, old), checked=False)
    more = store("out", var("i"), value=binary("mul", old, old), checked=False)
    f = function(
        "f",
        {"a": VECTOR},
        allocate("out", DType.FLOAT64, dim("a", 0), fill=Const(_NAN, F64)),
        loop("i", 0, dim("a", 0), turn, more),
        give("out"),
    )
    assert build_kernels(tmp_path, f).entry("f")((np.arange(40.0),))[:2] == (0, 16)


def test_sums_are_the_same_on_every_run(tmp_path: Path) -> None:
    """Of the same threads: partial sums are combined in the order of the threads, not of their ends."""
    x = at("a", var("i"))
    functions = []
    for n, marks in enumerate(_KINDS):
        turn = assign("s", binary("add", var("s", F64), binary("mul", x, x)))
        loop_ = loop("i", 0, dim("a", 0), turn, marks=Marks(reductions=(Reduction("add", "s"),), **marks))
        start = assign("s", Const(0.0, F64))
        functions.append(function(f"f_{n}", {"a": VECTOR}, start, loop_, give(var("s", F64))))
    kernels = build_kernels(tmp_path, *functions)
    a = np.random.default_rng(2).standard_normal(100_003) * 10.0 ** np.tile(range(-8, 9), 5883)[:100_003]
    for _, f in itertools.product(teams(), functions):
        assert len({kernels.entry(f.name)((a,))[2] for _ in range(30)}) == 1
