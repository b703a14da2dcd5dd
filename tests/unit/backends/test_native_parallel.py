"""Parallel loops, reductions, and the IEEE flags of all threads."""

import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyaot_runtime.kernels import Kernels

from pyaot.backends.to_native import emit_native
from pyaot.base.options import Options
from pyaot.ir.build import (
    allocate,
    assign,
    binary,
    cast,
    dim,
    f64,
    function,
    give,
    i64,
    loop,
    mul,
    store,
    var,
)
from pyaot.ir.nodes import (
    Const,
    Function,
    Marks,
    Reduction,
    Stmt,
)
from pyaot.ir.types import PY_FLOAT, PY_INT, Array, DType, Scalar
from tests.unit.backends.native import (
    C128,
    F64,
    INTS,
    MATRIX,
    ONE,
    VECTOR,
    ZERO,
    assert_as_interpreted,
    at,
    build_kernels,
    run,
    teams,
)

# ---- parallel loops ---------------------------------------------------------------------------------------


def _reduced(op: str, type: Scalar, start: Const, marks: dict[str, bool]) -> Function:
    turn = assign("s", binary(op, var("s", type), at("a", var("i"), type=type)))
    reduced = Marks(reductions=(Reduction(op, "s"),), **marks)  # type: ignore[arg-type]
    body = (assign("s", start), loop("i", 0, dim("a", 0), turn, marks=reduced), give(var("s", type)))
    return function(f"f_{op}_{'_'.join(marks)}", {"a": Array(type.dtype, 1)}, *body)


_KINDS = (
    {"parallel": True},
    {"simd": True},
    {"parallel": True, "simd": True},
    {"parallel": True, "balanced": False},
)


def _same_on_every_run(kernels: Kernels, f: Function, values: Any, rtol: float) -> None:
    for _ in teams():
        first = assert_as_interpreted(kernels, f, values, rtol=rtol)
        assert all(repr(kernels.entry(f.name)((values,))) == repr(first) for _ in range(5))


def test_reductions_of_floats(tmp_path: Path) -> None:
    ops = ("add", "mul", "minimum", "maximum")
    functions = [_reduced(op, F64, ONE, marks) for op in ops for marks in _KINDS]
    kernels = build_kernels(tmp_path, *functions)
    a = np.random.default_rng(1).uniform(0.99, 1.01, 1001)
    for f in functions:
        for values in (a, a[:0], a[:1], np.array([1.0, np.nan, 0.5])):
            _same_on_every_run(kernels, f, values, 1e-11)


@pytest.mark.parametrize("dtype", (DType.INT32, DType.UINT8, DType.BOOL), ids=lambda d: d.value)
def test_reductions_of_integers(tmp_path: Path, dtype: DType) -> None:
    ops = ("add", "mul", "minimum", "maximum", "bitand", "bitor", "bitxor")
    start = Const(dtype is DType.BOOL or 3, Scalar(dtype))
    functions = [_reduced(op, Scalar(dtype), start, marks) for op in ops for marks in _KINDS]
    kernels = build_kernels(tmp_path, *functions)
    a = np.random.default_rng(2).integers(0, 2 if dtype is DType.BOOL else 200, 300).astype(dtype.value)
    for f in functions:
        for values in (a, a[:0], a[:2]):
            _same_on_every_run(kernels, f, values, 0)


def test_reductions_of_complex_numbers(tmp_path: Path) -> None:
    functions = [_reduced("add", C128, Const(0j, C128), marks) for marks in _KINDS]
    kernels = build_kernels(tmp_path, *functions)
    for f in functions:
        _same_on_every_run(kernels, f, np.arange(100) * (1 - 2j), 1e-12)


@pytest.mark.parametrize("op", ("add", "maximum"))
def test_reductions_into_an_array(tmp_path: Path, op: str) -> None:
    place = at("k", var("i"), type=PY_INT)
    new = binary(op, at("h", place), at("a", var("i")))
    marks = Marks(parallel=True, reductions=(Reduction(op, "h"),))
    f = function(
        "f",
        {"a": VECTOR, "k": INTS, "h": VECTOR},
        loop("i", 0, dim("a", 0), store("h", place, value=new, checked=False), marks=marks),
        give(),
    )
    rng = np.random.default_rng(3)
    run(tmp_path, f, rng.random(1000), rng.integers(0, 10, 1000), np.ones(10), rtol=1e-12)


def test_private_variables_and_arrays_of_a_parallel_loop(tmp_path: Path) -> None:
    i, j = var("i"), var("j")
    f = function(
        "f",
        {"a": MATRIX, "out": VECTOR},
        loop(
            "i",
            0,
            dim("a", 0),
            allocate("row", DType.FLOAT64, dim("a", 1), fill=ZERO),
            assign("s", ZERO),
            loop(
                "j",
                0,
                dim("a", 1),
                assign("t", at("a", i, j)),
                store("row", j, value=binary("mul", var("t", F64), var("t", F64)), checked=False),
            ),
            loop("j", 0, dim("a", 1), assign("s", binary("add", var("s", F64), at("row", j)))),
            store("out", i, value=var("s", F64), checked=False),
            marks=Marks(parallel=True, time=mul(dim("a", 0), i64(10**6))),
        ),
        assign("s", at("out", 0)),
        give(var("s", F64)),
    )
    rng = np.random.default_rng(4)
    run(tmp_path, f, rng.random((50, 30)), np.zeros(50))


def test_the_last_value_of_a_variable_survives_a_parallel_loop(tmp_path: Path) -> None:
    f = function(
        "f",
        {"a": VECTOR},
        assign("last", ZERO),
        loop(
            "i",
            0,
            dim("a", 0),
            assign("last", at("a", var("i"))),
            store("a", var("i"), value=ONE, checked=False),
            marks=Marks(parallel=True),
        ),
        give(var("last", F64)),
    )
    run(tmp_path, f, np.arange(100.0))


def test_failing_in_a_parallel_loop(tmp_path: Path) -> None:
    body = store("a", at("k", var("i"), type=PY_INT), value=cast(var("i"), F64))
    f = function(
        "f", {"a": VECTOR, "k": INTS}, loop("i", 0, dim("k", 0), body, marks=Marks(parallel=True)), give("a")
    )
    kernels = build_kernels(tmp_path, f)
    good = np.random.default_rng(5).permutation(100)
    bad = good.copy()
    bad[77] = 100
    for _ in teams():
        assert assert_as_interpreted(kernels, f, np.zeros(100), good)[0] == 0
        assert assert_as_interpreted(kernels, f, np.zeros(100), bad)[0] == -1


def test_parallel_loops_inside_parallel_loops_have_one_team(tmp_path: Path) -> None:
    i, j = var("i"), var("j")
    inner = loop("j", 0, dim("a", 1), store("a", i, j, value=ONE, checked=False), marks=Marks(parallel=True))
    f = function("f", {"a": MATRIX}, loop("i", 0, dim("a", 0), inner, marks=Marks(parallel=True)), give())
    assert emit_native([f], Options()).text.count("#pragma omp parallel") == 1
    run(tmp_path, f, np.zeros((20, 30)))


def test_a_region_inside_a_loop_is_entered_by_teams_only(tmp_path: Path) -> None:
    i, j = var("i"), var("j")
    marks = Marks(parallel=True, simd=True, reductions=(Reduction("add", "s"),))
    turn = assign("s", binary("add", var("s", F64), at("a", i, j)))
    row = loop("j", 0, dim("a", 1), turn, marks=marks)
    add = store("a", i, at("k", j, type=PY_INT), value=ONE)
    fill = loop("j", 0, dim("k", 0), add, marks=Marks(parallel=True))
    body = (assign("s", ZERO), loop("i", 0, dim("a", 0), row, fill), give(var("s", F64)))
    f = function("f", {"a": MATRIX, "k": INTS}, *body)
    assert emit_native([f], Options()).text.count("if (team == 1) {") == 2
    kernels = build_kernels(tmp_path, f)
    for _ in teams():
        a = np.arange(600.0).reshape(20, 30)
        assert assert_as_interpreted(kernels, f, a, np.arange(30), rtol=1e-12)[0] == 0
        assert assert_as_interpreted(kernels, f, a, np.array([3, 30]), rtol=1e-12)[0] == -1


# ---- flags ------------------------------------------------------------------------------------------------


def test_flags_of_all_threads_are_gathered(tmp_path: Path) -> None:
    quotient = binary("truediv", at("a", var("i")), at("b", var("i")))
    turn = store("a", var("i"), value=quotient, checked=False)
    body = loop("i", 0, dim("a", 0), turn, marks=Marks(parallel=True, simd=True))
    f = function("f", {"a": VECTOR, "b": VECTOR}, body, give())
    entry = build_kernels(tmp_path, f).entry("f")
    for x, y, flags in ((1.0, 0.0, 1), (1e308, 1e-10, 2), (0.0, 0.0, 4), (1.0, 3.0, 0)):
        for _ in teams():
            for position in (0, 99):
                a, b = np.ones(100), np.ones(100)
                a[position], b[position] = x, y
                assert entry((a, b)) == (0, flags)
                assert entry((np.ones(9), np.ones(9))) == (0, 0)


def test_flags_of_python_floats_are_no_warnings(tmp_path: Path) -> None:
    f = function("f", {"x": PY_FLOAT}, give(binary("mul", var("x", PY_FLOAT), var("x", PY_FLOAT))))
    assert build_kernels(tmp_path, f).entry("f")((1e300,)) == (0, 0, float("inf"))


def test_the_first_team_of_a_call_waits_for_more_work_than_the_next(tmp_path: Path) -> None:
    def team(label: str, time: float) -> tuple[Stmt, ...]:
        turn = assign(label, binary("add", var(label, F64), ONE))
        marks = Marks(parallel=True, reductions=(Reduction("add", label),), time=f64(time))
        return assign(label, ZERO), loop("i", 0, dim("a", 0), turn, marks=marks)

    times = {"small": 2e5, "first": 2e6, "second": 2e6, "later": 6e5, "tiny": 2e5}
    loops = [stmt for label, time in times.items() for stmt in team(label, time)]
    f = function("f", {"a": VECTOR}, *loops, give(var("later", F64)))
    text = emit_native([f], Options()).text
    assert [float(asked) for asked in re.findall(r"team_for\(([^,]+), &results->time\)", text)] == list(
        times.values()
    )
    (rule,) = re.findall(r"static inline int team_for.*?\n}", text, re.DOTALL)
    calls = " ".join(f'printf("%d ", team_for({time}, &before));' for time in times.values())
    program = f"""
        #include <stdbool.h>
        #include <stdio.h>
        static int threads = 8;
        static bool every_team;
        {rule}
        int main(void) {{ double before = 0; {calls} every_team = true; {calls} }}"""
    (tmp_path / "rule.c").write_text(program)
    subprocess.run(["cc", "-o", tmp_path / "rule", tmp_path / "rule.c"], check=True)
    assert subprocess.check_output([tmp_path / "rule"], text=True).split() == [*"11881", *"88888"]
