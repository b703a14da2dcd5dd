"""Calls of a compiled function: when the kernel runs, when the original does, and that nobody can tell."""

import inspect
import pickle
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyaot.ir.build import (
    add,
    binary,
    compare,
    dim,
    function,
    give,
    i64,
    load,
    loop,
    store,
    var,
)
from pyaot.ir.nodes import Const, Function, Require
from pyaot.ir.types import PY_BOOL, PY_FLOAT, PY_INT, Array, DType, Scalar
from tests.unit.output.compiled import Kernel, entry, interpreted, load_module

FLOATS = Array(DType.FLOAT64, 1)
FLOAT = Scalar(DType.FLOAT64)

TEXT = '''
import numpy as np

def axpy(a, b, out):
    """out = 2 a + b"""
    for i in range(a.shape[0]):
        out[i] = 2.0 * a[i] + b[i]
    return out

def first(a, k=1, *, scale=2.0):
    return a[k] * scale

def flag(n, on):
    return n if on else -n
'''


def _axpy() -> Function:
    value = binary(
        "add",
        binary("mul", Const(2.0, FLOAT), load("a", var("i"), type=FLOAT)),
        load("b", var("i"), type=FLOAT),
    )
    return function(
        "axpy",
        {"a": FLOATS, "b": FLOATS, "out": FLOATS},
        loop("i", i64(0), dim("a", 0), store("out", var("i"), value=value)),
        give("out"),
        requires=[
            Require(compare("le", dim("a", 0), dim("b", 0)), "b is shorter than a"),
            Require(compare("le", dim("a", 0), dim("out", 0)), "out is shorter than a"),
        ],
    )


def _first() -> Function:
    scaled = binary("mul", load("a", var("k"), type=FLOAT), var("scale", FLOAT))
    return function("first", {"a": FLOATS, "k": PY_INT, "scale": PY_FLOAT}, give(scaled))


def _flag() -> Function:
    return function("flag", {"n": PY_INT, "on": PY_BOOL}, give(add(var("n"), i64(0))))


class Calls:
    """The module, and how often its kernels ran."""

    def __init__(self, functions: tuple[Function, ...], monkeypatch: Any, folder: Path) -> None:
        self.count = 0
        kernels = {f.name: self._counted(interpreted(f)) for f in functions}
        entries = [entry(TEXT, f.source_name, f) for f in functions]
        self.module = load_module(
            TEXT, functions, *entries, monkeypatch=monkeypatch, folder=folder, kernels=kernels
        )

    def _counted(self, kernel: Kernel) -> Kernel:
        def counted(values: tuple[Any, ...]) -> Any:
            self.count += 1
            return kernel(values)

        return counted


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    return Calls((_axpy(), _first(), _flag()), monkeypatch, tmp_path)


class Sub(np.ndarray):
    """Somebody's array."""


def _frozen(array: Any) -> Any:
    array.flags.writeable = False
    return array


def _unaligned(n: int) -> Any:
    array = np.zeros(8 * n + 1, np.uint8)[1:].view(np.float64)
    array[...] = np.arange(float(n))
    return array


A = np.arange(6.0)

KERNEL: dict[str, Callable[[], tuple[Any, ...]]] = {
    "contiguous": lambda: (A.copy(), A.copy(), np.zeros(6)),
    "strided": lambda: (np.arange(12.0)[::2], A.copy()[::-1], np.zeros(12)[1::2]),
    "column": lambda: (np.arange(12.0).reshape(6, 2)[:, 0], A.copy(), np.zeros((6, 2), order="F")[:, 1]),
    "empty": lambda: (np.zeros(0), np.zeros(0), np.zeros(0)),
    "unaligned": lambda: (_unaligned(6), A.copy(), _unaligned(6)),
    "read-only input": lambda: (_frozen(A.copy()), A.copy(), np.zeros(6)),
    "zero stride input": lambda: (np.broadcast_to(3.0, 6), A.copy(), np.zeros(6)),
    "inputs are one": lambda: (*[A.copy()] * 2, np.zeros(6)),
    "interleaved": lambda: (*(lambda x: (x[::2], A.copy(), x[1::2]))(np.arange(12.0)),),
    "pickled dtype": lambda: (pickle.loads(pickle.dumps(A)), A.copy(), np.zeros(6)),
    "nan and inf": lambda: (np.array([np.nan, np.inf, -0.0]), np.array([1.0, -np.inf, -0.0]), np.zeros(3)),
}

ORIGINAL: dict[str, Callable[[], tuple[Any, ...]]] = {
    "aliased": lambda: (*(lambda x: (x, A.copy(), x))(A.copy()),),
    "overlapping": lambda: (*(lambda x: (x[:6], A.copy(), x[3:9]))(np.arange(9.0)),),
    "written zero stride": lambda: (
        A.copy(),
        A.copy(),
        np.lib.stride_tricks.as_strided(np.zeros(1), (6,), (0,)),
    ),
    "written overlaps itself": lambda: (
        A.copy(),
        A.copy(),
        np.lib.stride_tricks.as_strided(np.zeros(6), (6,), (4,)),
    ),
    "read-only output": lambda: (A.copy(), A.copy(), _frozen(np.zeros(6))),
    "subclass": lambda: (A.copy().view(Sub), A.copy(), np.zeros(6)),
    "masked": lambda: (np.ma.array(A, mask=[0, 1, 0, 0, 0, 0]), A.copy(), np.zeros(6)),
    "float32": lambda: (A.astype(np.float32), A.copy(), np.zeros(6)),
    "byte order": lambda: (A.astype(">f8"), A.copy(), np.zeros(6)),
    "rank": lambda: (A.reshape(2, 3), A.copy(), np.zeros((2, 3))),
    "list": lambda: (A.copy(), list(A), np.zeros(6)),
    "too short": lambda: (A.copy(), A[:3].copy(), np.zeros(6)),
    "None": lambda: (A.copy(), None, np.zeros(6)),
}


def _outcome(call: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The result or exception, and what became of the arguments."""
    result: Any
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = call(*arguments)
    except Exception as error:
        result = (type(error), str(error))
    same = [i for i, argument in enumerate(arguments) if argument is result]
    return repr(result), type(result), same, [repr(argument) for argument in arguments]


@pytest.mark.parametrize("make", KERNEL.values(), ids=KERNEL.keys())
def test_kernel_runs_and_gives_the_originals_result(calls: Calls, make: Callable[[], Any]) -> None:
    axpy = calls.module.axpy
    assert _outcome(axpy, make()) == _outcome(axpy.__wrapped__, make())
    assert calls.count == 1


@pytest.mark.parametrize("make", ORIGINAL.values(), ids=ORIGINAL.keys())
def test_original_runs_where_the_guard_is_false(calls: Calls, make: Callable[[], Any]) -> None:
    axpy = calls.module.axpy
    assert _outcome(axpy, make()) == _outcome(axpy.__wrapped__, make())
    assert calls.count == 0


@pytest.mark.parametrize(
    ("n", "on", "compiled"),
    [
        (2**31, True, True),
        (-(2**31), True, True),
        (2**31 + 1, True, False),
        (10**30, True, False),
        (True, True, False),
        (np.int64(3), True, False),
        (3.0, True, False),
        (3, 1, False),
        (3, np.True_, False),
    ],
)
def test_scalars_are_exactly_as_hinted(calls: Calls, n: Any, on: Any, compiled: bool) -> None:
    assert calls.module.flag(n, on) == n
    assert calls.count == int(compiled)


def test_failed_attempt_runs_the_original(calls: Calls) -> None:
    with pytest.raises(IndexError, match="index 99 is out of bounds"):
        calls.module.first(A, 99)
    assert calls.count == 1


def test_signature_is_the_users(calls: Calls) -> None:
    first = calls.module.first
    assert first(A) == first(A, 1) == first(a=A, k=1, scale=2.0) == first(A, scale=2.0) == 2.0
    assert str(inspect.signature(first)) == "(a, k=1, *, scale=2.0)"
    assert calls.count == 4
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'a'"):
        first()
    with pytest.raises(TypeError, match="unexpected keyword argument 'factor'"):
        first(A, factor=1)
    with pytest.raises(TypeError, match="takes from 1 to 2 positional arguments but 3 were given"):
        first(A, 1, 2.0)


def test_scalar_result_is_numpys_where_it_was(calls: Calls) -> None:
    assert type(calls.module.first(A)) is np.float64
    assert type(calls.module.flag(3, True)) is int


def test_function_looks_like_the_original(calls: Calls) -> None:
    axpy = calls.module.axpy
    original = axpy.__wrapped__
    for name in ("__name__", "__qualname__", "__doc__", "__module__", "__annotations__", "__defaults__"):
        assert getattr(axpy, name) == getattr(original, name)
    assert inspect.getsource(axpy) == inspect.getsource(original)
    axpy.__module__ = "prog"
    assert sys.modules["prog"] is calls.module
    assert pickle.loads(pickle.dumps(axpy)) is axpy


def test_result_of_a_strided_argument_is_the_argument(calls: Calls) -> None:
    out = np.zeros(12)[::2]
    assert calls.module.axpy(A, A, out) is out
    assert out[5] == 15.0
