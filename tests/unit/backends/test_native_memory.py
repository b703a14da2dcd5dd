"""Missing memory: the attempt fails where nothing was changed yet, else it is a MemoryError."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from pyaot_runtime import kernels as runtime

from pyaot.backends.to_native import emit_native
from pyaot.base.options import Options
from pyaot.ir.build import allocate, binary, dim, function, give, i64, loop, store, var
from pyaot.ir.nodes import Allocate, LibraryCall, Marks, Stmt
from pyaot.ir.types import DType
from tests.unit.backends.native import ONE, VECTOR, assert_as_interpreted, build_kernels, teams, whole


def _huge(name: str, rank: int = 1) -> Allocate:
    """Too big for any memory, but where `b` is empty."""
    extent = replace(binary("mul", dim("b", 0), i64(2**60)), checked=False)
    return allocate(name, DType.FLOAT64, *[extent] * rank)


@pytest.mark.parametrize("parallel", (False, True), ids=("sequential", "parallel"))
@pytest.mark.parametrize("late", (False, True), ids=("early", "late"))
def test_missing_memory_in_a_loop(tmp_path: Path, parallel: bool, late: bool) -> None:
    turn: list[Stmt] = [_huge("row")]
    turn += [store("a", var("i"), value=ONE, checked=False)] if late else []
    body = loop("i", 0, dim("a", 0), *turn, marks=Marks(parallel=parallel))
    f = function("f", {"a": VECTOR, "b": VECTOR}, body, give())
    kernels = build_kernels(tmp_path, f)
    for _ in teams():
        assert assert_as_interpreted(kernels, f, np.zeros(9), np.zeros(0))[0] == 0
        if late:
            with pytest.raises(MemoryError):
                kernels.entry("f")((np.zeros(9), np.zeros(4)))
        else:
            assert kernels.entry("f")((np.zeros(9), np.zeros(4))) == (-1, 0)


@pytest.mark.parametrize("checked", (False, True))
def test_a_negative_extent_behind_a_change(tmp_path: Path, checked: bool) -> None:
    """It fails and changes nothing; where it is known never to be negative the parameter needs no copy."""
    extent = replace(binary("sub", dim("b", 0), i64(1)), checked=False)
    row = replace(allocate("t", DType.FLOAT64, extent), checked=checked)
    f = function("f", {"a": VECTOR, "b": VECTOR}, store("a", 0, value=ONE, checked=False), row, give())
    assert ("private_copy(&" in emit_native([f], Options()).text) is checked
    if checked:
        kernels, a = build_kernels(tmp_path, f), np.zeros(2)
        assert kernels.entry("f")((a, np.zeros(0))) == (-1, 0) and not a.any()


def test_extents_that_leave_every_range(tmp_path: Path) -> None:
    change = store("a", 0, value=ONE, checked=False)
    f = function("f", {"a": VECTOR, "b": VECTOR}, change, _huge("t", 2), give("t"))
    kernels = build_kernels(tmp_path, f)
    assert kernels.entry("f")((np.zeros(2), np.zeros(0)))[0] == 0
    with pytest.raises(MemoryError):
        kernels.entry("f")((np.zeros(2), np.zeros(4)))


@pytest.mark.parametrize("parallel", (False, True), ids=("sequential", "parallel"))
def test_missing_memory_in_a_library(tmp_path: Path, parallel: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise MemoryError

    sort = LibraryCall("sort", (whole("b", 1),), (whole("b", 1),))
    early = function("early", {"b": VECTOR}, sort, give())
    loop_ = loop("i", 0, 3, sort, marks=Marks(parallel=parallel))
    late = function(
        "late", {"a": VECTOR, "b": VECTOR}, store("a", 0, value=ONE, checked=False), loop_, give()
    )
    kernels = build_kernels(tmp_path, early, late)
    for _ in teams():
        b = np.array([3.0, 1.0])
        assert kernels.entry("late")((np.zeros(2), b)) == (0, 0) and b.tolist() == [1.0, 3.0]
        with monkeypatch.context() as patch:
            patch.setattr(runtime._services, "library_call", refuse)
            assert kernels.entry("early")((b,)) == (-1, 0)
            with pytest.raises(MemoryError):
                kernels.entry("late")((np.zeros(2), b))
