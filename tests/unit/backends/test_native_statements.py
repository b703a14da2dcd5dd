"""Statements: every kernel ends as the interpreter does, and a failed attempt leaves nothing behind."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyaot_runtime.kernels import Kernels
from pyaot_runtime.threads import set_threads, threads

from pyaot.backends.to_native import emit_native
from pyaot.base.options import Options
from pyaot.ir.build import (
    add,
    allocate,
    assign,
    binary,
    bind,
    block,
    call,
    cast,
    check,
    compare,
    dim,
    f64,
    forever,
    function,
    give,
    i64,
    leave,
    load,
    loop,
    mul,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.nodes import (
    Const,
    Expr,
    For,
    Function,
    LibraryCall,
    Load,
    Marks,
    Reduction,
    Section,
    Stmt,
    ViewResult,
)
from pyaot.ir.types import PY_BOOL, PY_FLOAT, PY_INT, Array, DType, Origin, Scalar
from tests.unit.backends.native import assert_as_interpreted, build_kernels

F64, I64, F32 = Scalar(DType.FLOAT64), Scalar(DType.INT64), Scalar(DType.FLOAT32)
C128, BOOL = Scalar(DType.COMPLEX128), Scalar(DType.BOOL)
VECTOR, MATRIX, INTS = Array(DType.FLOAT64, 1), Array(DType.FLOAT64, 2), Array(DType.INT64, 1)
ZERO, ONE = Const(0.0, F64), Const(1.0, F64)


def at(array: str, *subscripts: Expr | int, checked: bool = False, type: Scalar = F64) -> Load:
    return load(array, *subscripts, type=type, checked=checked)


def run(folder: Path, f: Function, *arguments: Any, rtol: float = 1e-13) -> Any:
    """With one thread and with two; the arguments of the last run are the caller's."""
    kernels = build_kernels(folder, f)
    for count in teams():
        given = arguments if count == 2 else copy.deepcopy(arguments)
        answer = assert_as_interpreted(kernels, f, *given, rtol=rtol)
    return answer


def teams() -> Iterator[int]:
    """1 and 2; as long as the loop is there kernels use so many threads."""
    before = threads()
    for count in (1, 2):
        set_threads(count)
        yield count
    set_threads(before)


# ---- control flow -----------------------------------------------------------------------------------------


def test_break_and_continue_are_blocks(tmp_path: Path) -> None:
    skip = when(compare("lt", at("a", var("i")), ZERO), leave("next"))
    stop = when(compare("gt", at("a", var("i")), Const(9.0, F64)), leave("all"))
    body = block("next", skip, stop, assign("s", binary("add", var("s", F64), at("a", var("i")))))
    f = function(
        "f",
        {"a": VECTOR},
        assign("s", ZERO),
        block("all", loop("i", 0, dim("a", 0), body)),
        give(var("s", F64)),
    )
    kernels = build_kernels(tmp_path, f)
    text = (tmp_path / "prog_kernels.c").read_text()
    assert "continue;" in text and "break;" in text and "goto end" not in text
    for values in ([1.0, -2.0, 3.0], [1.0, 10.0, 5.0], [], [-1.0, 2.0, 11.0, 4.0]):
        assert_as_interpreted(kernels, f, np.array(values))


def test_leaving_two_loops_at_once(tmp_path: Path) -> None:
    found = compare("eq", binary("mul", var("i"), var("j")), var("n"))
    inner = loop("j", 1, 20, when(found, assign("r", add(mul(var("i"), i64(100)), var("j"))), leave("out")))
    f = function(
        "f",
        {"n": PY_INT},
        assign("r", i64(-1)),
        block("out", loop("i", 2, 20, inner), assign("r", i64(-2))),
        give(var("r")),
    )
    kernels = build_kernels(tmp_path, f)
    for n in (35, 323, 400, 37):
        assert_as_interpreted(kernels, f, n)


def test_endless_loop_with_returns_on_two_paths(tmp_path: Path) -> None:
    half = binary("floordiv", var("n"), i64(2))
    even = compare("eq", binary("mod", var("n"), i64(2)), i64(0))
    step = when(even, assign("n", half), otherwise=[assign("n", add(mul(var("n"), 3), 1))])
    done = when(compare("le", var("n"), i64(1)), give(var("k")))
    stuck = when(compare("gt", var("k"), i64(100)), give(f64(-1.0), PY_BOOL_TRUE))
    f = function(
        "f", {"n": PY_INT}, assign("k", i64(0)), forever(done, stuck, step, assign("k", add(var("k"), 1)))
    )
    kernels = build_kernels(tmp_path, f)
    for n in (1, 6, 27, 7):
        assert_as_interpreted(kernels, f, n)


PY_BOOL_TRUE = Const(True, PY_BOOL)


def test_bounds_are_evaluated_once_and_steps_kept(tmp_path: Path) -> None:
    body = (assign("n", add(var("n"), 1)), assign("s", add(var("s"), var("i"))))
    f = function(
        "f",
        {"n": PY_INT},
        assign("s", i64(0)),
        loop("i", 1, var("n"), *body, step=3),
        give(var("s"), var("n")),
    )
    kernels = build_kernels(tmp_path, f)
    for n in (0, 1, 2, 10, 11):
        assert_as_interpreted(kernels, f, n)


def test_a_value_carried_from_turn_to_turn(tmp_path: Path) -> None:
    """`t` is read in a turn before it is set in it, and is not used outside."""
    turn = (
        when(compare("gt", var("i"), i64(0)), assign("s", binary("add", var("s", F64), var("t", F64)))),
        assign("t", at("a", var("i"))),
    )
    f = function("f", {"a": VECTOR}, assign("s", ZERO), loop("i", 0, dim("a", 0), *turn), give(var("s", F64)))
    run(tmp_path, f, np.arange(5.0) ** 2)


# ---- failing ----------------------------------------------------------------------------------------------


def test_a_failed_attempt_leaves_parameters_untouched(tmp_path: Path) -> None:
    f = function(
        "f",
        {"a": VECTOR, "k": INTS},
        loop("i", 0, dim("k", 0), store("a", at("k", var("i"), type=PY_INT), value=ONE)),
        give("a"),
    )
    kernels = build_kernels(tmp_path, f)
    for subscripts, path in (([0, 2, -1], 0), ([0, 5], -1), ([1, -6], -1), ([], 0)):
        a = np.arange(5.0)
        answer = assert_as_interpreted(kernels, f, a, np.array(subscripts, dtype=np.int64))
        assert answer[0] == path
        if path == 0:
            assert answer[2] is a


def test_only_functions_that_fail_late_copy(tmp_path: Path) -> None:
    late = function(
        "late", {"a": VECTOR}, store("a", 0, value=ONE), check(compare("gt", at("a", 1), ZERO)), give()
    )
    early = function(
        "early",
        {"a": VECTOR},
        check(compare("gt", at("a", 1), ZERO)),
        store("a", 0, value=ONE, checked=False),
        give(),
    )
    text = emit_native([late], Options()).text
    assert "private_copy" in text
    assert "private_copy" not in emit_native([early], Options()).text
    kernels = build_kernels(tmp_path, late, early)
    for f in (late, early):
        assert_as_interpreted(kernels, f, np.array([5.0, 1.0]))
        assert_as_interpreted(kernels, f, np.array([5.0, -1.0]))


def test_ints_that_leave_int64_fail(tmp_path: Path) -> None:
    body = loop("i", 0, var("n"), assign("p", binary("mul", var("p"), i64(3))))
    f = function("f", {"n": PY_INT}, assign("p", i64(1)), body, give(var("p")))
    kernels = build_kernels(tmp_path, f)
    assert kernels.entry("f")((39,)) == (0, 0, 3**39)
    assert kernels.entry("f")((40,)) == (-1, 0)


@pytest.mark.parametrize("argument", (2**31 + 1, -(2**31) - 1, 2**70, "x", None))
def test_an_int_that_is_too_big_or_none_fails_at_entry(tmp_path: Path, argument: Any) -> None:
    f = function("f", {"n": PY_INT}, give(var("n")))
    kernels = build_kernels(tmp_path, f)
    assert kernels.entry("f")((2**31,)) == (0, 0, 2**31)
    assert kernels.entry("f")((argument,)) == (-1, 0)


def test_wrong_arrays_fail_at_entry(tmp_path: Path) -> None:
    f = function("f", {"a": VECTOR}, store("a", 0, value=ONE), give())
    entry = build_kernels(tmp_path, f).entry("f")
    read_only = np.zeros(3)
    read_only.flags.writeable = False
    for wrong in (np.zeros((2, 2)), np.zeros(6)[::2], np.zeros(3, np.float32), read_only, [1.0], None):
        assert entry((wrong,)) == (-1, 0)
    assert entry((np.zeros(3),)) == (0, 0)


# ---- arrays -----------------------------------------------------------------------------------------------


def _diffuse(source: str, target: str) -> For:
    i = var("i")
    value = binary("add", at(source, sub(i, 1)), at(source, add(i, 1)))
    return loop("i", 1, sub(dim(source, 0), 1), store(target, i, value=value, checked=False))


@pytest.mark.parametrize("steps", (0, 1, 2, 5))
def test_two_buffers_that_change_places(tmp_path: Path, steps: int) -> None:
    f = function(
        "f",
        {"a": VECTOR, "n": PY_INT},
        allocate("u", DType.FLOAT64, dim("a", 0), fill=ZERO),
        allocate("v", DType.FLOAT64, dim("a", 0), fill=ZERO),
        loop("i", 0, dim("a", 0), store("u", var("i"), value=at("a", var("i")), checked=False)),
        loop("t", 0, var("n"), _diffuse("u", "v"), bind(("u", "v"), ("v", "u"))),
        give("u"),
    )
    run(tmp_path, f, np.arange(7.0), steps)


@pytest.mark.parametrize("steps", (0, 1, 2, 5))
def test_a_parameter_among_the_buffers(tmp_path: Path, steps: int) -> None:
    f = function(
        "f",
        {"u": VECTOR, "n": PY_INT},
        allocate("v", DType.FLOAT64, dim("u", 0), fill=ZERO),
        loop("t", 0, var("n"), _diffuse("u", "v"), bind(("u", "v"), ("v", "u"))),
        give("u", "v"),
    )
    u = np.arange(7.0)
    answer = run(tmp_path, f, u, steps)
    assert answer[2 + steps % 2] is u


def test_a_new_array_in_every_turn_uses_two(tmp_path: Path) -> None:
    """`p = new; ...; u = p`: the memory of the array before last is used again."""
    f = function(
        "f",
        {"a": VECTOR, "n": PY_INT},
        allocate("u", DType.FLOAT64, dim("a", 0), fill=ONE),
        loop(
            "t",
            0,
            var("n"),
            allocate("p", DType.FLOAT64, dim("u", 0), fill=ZERO),
            _diffuse("u", "p"),
            bind(("u",), ("p",)),
        ),
        give("u"),
    )
    run(tmp_path, f, np.zeros(6), 9)


def test_both_names_on_one_array(tmp_path: Path) -> None:
    f = function(
        "f",
        {"n": PY_INT},
        allocate("u", DType.FLOAT64, 3, fill=ONE),
        allocate("v", DType.FLOAT64, 3, fill=ZERO),
        bind(("v",), ("u",)),
        store("v", 0, value=Const(7.0, F64)),
        give("u", "v"),
    )
    answer = run(tmp_path, f, 1)
    assert answer[2] is answer[3]


def test_scratch_arrays_on_stack_and_heap(tmp_path: Path) -> None:
    i = var("i")
    f = function(
        "f",
        {"a": MATRIX},
        allocate("out", DType.FLOAT64, dim("a", 0), fill=Const(-0.0, F64)),
        loop(
            "i",
            0,
            dim("a", 0),
            allocate("few", DType.FLOAT64, 4, fill=ZERO),
            allocate("row", DType.FLOAT64, add(i, 1), fill=ONE),
            loop(
                "j", 0, dim("a", 1), store("few", binary("mod", var("j"), i64(4)), value=at("a", i, var("j")))
            ),
            loop(
                "j",
                0,
                dim("row", 0),
                store("row", var("j"), value=binary("add", at("row", var("j")), at("few", 1))),
            ),
            store("out", i, value=binary("add", at("row", i), at("few", 0)), checked=False),
        ),
        give("out"),
    )
    text = emit_native([f], Options()).text
    assert "double few[4];" in text and "reserve(row" in text
    run(tmp_path, f, np.arange(12.0).reshape(3, 4))


def test_negative_extents_and_too_big_arrays_fail(tmp_path: Path) -> None:
    f = function("f", {"n": PY_INT}, allocate("t", DType.FLOAT64, var("n"), var("n"), var("n")), give())
    kernels = build_kernels(tmp_path, f)
    assert kernels.entry("f")((-1,)) == (-1, 0)
    assert kernels.entry("f")((2**31,)) == (-1, 0)
    assert kernels.entry("f")((3,)) == (0, 0)


def test_views_and_scalars_of_every_kind_come_back(tmp_path: Path) -> None:
    view = ViewResult("a", var("k"), (i64(2), i64(2)), (i64(4), i64(2)))
    result = give(
        "a", view, var("z", C128), var("b", BOOL), var("u", Scalar(DType.UINT64)), var("x", F32), "z0"
    )
    f = function(
        "f",
        {"a": VECTOR, "k": PY_INT, "z": C128, "b": BOOL, "u": Scalar(DType.UINT64), "x": F32},
        allocate("z0", DType.INT16, fill=Const(-3, Scalar(DType.INT16))),
        result,
    )
    a = np.arange(10.0)
    answer = run(tmp_path, f, a, 1, np.complex128(1 - 2j), np.True_, np.uint64(2**64 - 1), np.float32(0.1))
    assert answer[2] is a
    assert answer[6] == 2**64 - 1


def test_bool_arrays(tmp_path: Path) -> None:
    f = function(
        "f",
        {"a": VECTOR, "m": Array(DType.BOOL, 1)},
        loop(
            "i",
            0,
            dim("a", 0),
            when(at("m", var("i"), type=BOOL), store("a", var("i"), value=ZERO)),
            store("m", var("i"), value=cast(at("a", var("i")), BOOL)),
        ),
        give(),
    )
    run(tmp_path, f, np.array([1.0, 2.0, 0.0]), np.array([True, False, False]))


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
            marks=Marks(parallel=True, work=mul(dim("a", 0), i64(10**6))),
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


# ---- library calls ----------------------------------------------------------------------------------------


def _whole(array: str, rank: int) -> Section:
    return Section(
        array, (i64(0),) * rank, tuple(range(rank)), tuple(dim(array, axis) for axis in range(rank))
    )


def test_solving_by_the_library_and_failing_where_it_raises(tmp_path: Path) -> None:
    solve = LibraryCall("solve", (_whole("x", 1),), (_whole("m", 2), _whole("b", 1)))
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
        LibraryCall("searchsorted", (_whole("n", 0),), (column, at("a", 0, 0)), (("side", "right"),)),
    )
    f = function("f", {"a": MATRIX, "k": PY_INT}, allocate("n", DType.INT64), *calls, give("n"))
    kernels = build_kernels(tmp_path, f)
    for k, path in ((1, 0), (2, 0), (3, -1), (-1, -1)):
        a = np.random.default_rng(7).random((3, 4))
        assert assert_as_interpreted(kernels, f, a, k)[0] == path


# ---- text -------------------------------------------------------------------------------------------------


def test_names_of_users_meet_nothing(tmp_path: Path) -> None:
    names = (
        "share",
        "threads",
        "path",
        "fail",
        "exp",
        "I",
        "int",
        "größe",
        "a b",
        "minimum_float64",
        "AT",
        "runtime",
    )
    names = (
        *names,
        "kernel_f",
        "a_0",
        "slot",
        "team",
        "k",
        "main",
        "NULL",
        "pyaot_x",
        "bool",
        "new",
        "a_view",
        "k_",
    )
    total: Expr = f64(0.0)
    for name in names:
        total = binary("add", total, var(name, PY_FLOAT))
    f = function("f", {"a": VECTOR, **dict.fromkeys(names, PY_FLOAT)}, give(total, dim("a", 0)))
    answer = build_kernels(tmp_path, f).entry("f")((np.zeros(3), *map(float, range(len(names)))))
    assert answer == (0, 0, float(sum(range(len(names)))), 3)


def test_users_lines_stand_in_comments() -> None:
    f = function("f", {"a": VECTOR}, store("a", 0, value=ONE), give())
    from dataclasses import replace

    from pyaot.base.source import Span

    marked = replace(f, body=(replace(f.body[0], span=Span(12, 0, 12, 5)), f.body[1]))  # type: ignore[arg-type]
    assert "/* my file.py:12 */" in emit_native([marked], Options(), "my file.py").text


@given(st.text())
@settings(max_examples=50)
def test_no_file_name_ends_a_comment(name: str) -> None:
    head = emit_native([function("f", {}, give())], Options(), name).text.split("\n\n#include")[0]
    assert head.startswith("/*") and head.endswith("*/")
    assert head.count("*/") == 1 and head.count("/*") == 1


def test_either_origin_fails_where_the_rules_differ(tmp_path: Path) -> None:
    either = Scalar(DType.INT64, Origin.EITHER)
    value = binary("mul", var("x", either), var("x", either))
    picked = cast(var("n"), either)
    f = function(
        "f",
        {"n": PY_INT},
        assign("x", picked),
        loop("i", 0, 2, assign("x", value)),
        give(cast(var("x", either), I64)),
    )
    kernels = build_kernels(tmp_path, f)
    assert kernels.entry("f")((1000,)) == (0, 0, 10**12)
    assert kernels.entry("f")((2**20,)) == (-1, 0)


def test_calls_of_math_in_loops(tmp_path: Path) -> None:
    f = function(
        "f",
        {"a": VECTOR},
        loop(
            "i",
            0,
            dim("a", 0),
            store("a", var("i"), value=call("exp", at("a", var("i"))), checked=False),
            marks=Marks(simd=True),
        ),
        give(),
    )
    run(tmp_path, f, np.linspace(-5, 5, 37), rtol=1e-14)


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


def _filled(rng: np.random.Generator, dtype: DType, *shape: int) -> Any:
    values = rng.random(shape) + (1j * rng.random(shape) if dtype.is_complex else 0)
    return values.astype(dtype.value)


def test_products_in_place_of_an_operand_and_of_wrong_shapes(tmp_path: Path) -> None:
    whole = LibraryCall("matmul", (_whole("a", 2),), (_whole("a", 2), _whole("b", 2)))
    f = function("f", {"a": MATRIX, "b": MATRIX}, whole, give())
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


# ---- failing invariants -----------------------------------------------------------------------------------


def test_failing_invariants_move_before_their_loops(tmp_path: Path) -> None:
    share = binary("truediv", f64(1.0), cast(var("n"), PY_FLOAT))
    turn = store("a", var("i"), value=binary("mul", at("a", var("i")), share), checked=False)
    inner = loop("i", 0, dim("a", 0), turn, marks=Marks(simd=True))
    f = function("f", {"a": VECTOR, "n": PY_INT}, loop("t", 0, 2, inner, marks=Marks()), give())
    text = emit_native([f], Options()).text
    kernel = text[text.index("KERNEL static int") :]
    assert kernel.index("NONZERO") < kernel.index("for (") and "#pragma omp simd" in kernel
    kernels = build_kernels(tmp_path, f)
    for n in (3, 0):
        assert_as_interpreted(kernels, f, np.arange(4.0), n)


def test_conditional_invariants_stay(tmp_path: Path) -> None:
    share = binary("floordiv", i64(100), var("n"))
    positive = compare("gt", var("n"), i64(0))
    turn = when(positive, assign("s", add(var("s"), share)))
    f = function("f", {"n": PY_INT}, assign("s", i64(0)), loop("i", 0, 3, turn), give(var("s")))
    kernels = build_kernels(tmp_path, f)
    assert kernels.entry("f")((0,)) == (0, 0, 0)
    assert kernels.entry("f")((7,)) == (0, 0, 42)


def test_comparing_nan_is_not_invalid(tmp_path: Path) -> None:
    """NumPy does not warn of NaN in comparisons; it does of one that an operation makes."""
    low = compare("lt", at("a", var("i")), ZERO)
    ratio = binary("truediv", at("a", var("i")), at("b", var("i")))
    turn = when(low, store("out", var("i"), value=ZERO), otherwise=[store("out", var("i"), value=ratio)])
    body = loop("i", 0, dim("a", 0), turn)
    f = function(
        "f", {"a": VECTOR, "b": VECTOR}, allocate("out", DType.FLOAT64, dim("a", 0)), body, give("out")
    )
    entry = build_kernels(tmp_path, f).entry("f")
    for a, b, flags in (
        ((np.nan, 1.0), (1.0, 1.0), 0),
        ((0.0, 1.0), (0.0, 1.0), 4),
        ((1.0, -1.0), (1.0, 0.0), 0),
    ):
        assert entry((np.array(a), np.array(b)))[1] == flags


@pytest.mark.parametrize("name", ("exp", "log", "sin", "tanh", "arctan", "log1p", "cbrt"))
def test_functions_on_vectors(tmp_path: Path, name: str) -> None:
    turn = store("a", var("i"), value=call(name, at("a", var("i"))), checked=False)
    f = function("f", {"a": VECTOR}, loop("i", 0, dim("a", 0), turn, marks=Marks(simd=True)), give())
    kernels = build_kernels(tmp_path, f)
    for values in (
        np.linspace(-30, 30, 37),
        np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e300, 1e-310] * 3),
    ):
        with np.errstate(all="ignore"):
            expected = getattr(np, name)(values)
        assert_as_interpreted(kernels, f, values.copy(), rtol=1e-14)
        own = values.copy()
        kernels.entry("f")((own,))
        assert np.array_equal(np.signbit(own), np.signbit(expected)) or np.isnan(expected).any()
    assert kernels.entry("f")((np.array([1.0, np.inf, 0.5]),)) == (0, 4 if name == "sin" else 0)


def test_subscripts_that_stay_are_checked_before_the_loop(tmp_path: Path) -> None:
    r, k = var("r"), at("ks", var("t"), type=PY_INT)
    turn = store("a", var("k"), r, value=binary("add", at("a", var("k"), r, checked=True), ONE))
    f = function(
        "f",
        {"a": MATRIX, "ks": INTS},
        loop("t", 0, dim("ks", 0), assign("k", k), loop("r", 0, dim("a", 1), turn)),
        give(),
    )
    text = emit_native([f], Options()).text
    inner = text[text.index("for (int64_t r") :].split("}")[0]
    assert "AT(" not in inner
    kernels = build_kernels(tmp_path, f)
    for ks in ([0, 1, -1, -3], [0, 3], [1, -4], []):
        assert_as_interpreted(kernels, f, np.zeros((3, 4)), np.array(ks, dtype=np.int64))


def test_subscripts_that_only_some_turns_use_are_not_checked_before(tmp_path: Path) -> None:
    turn = when(compare("gt", at("a", var("i")), ZERO), store("a", var("k"), value=ZERO))
    f = function("f", {"a": VECTOR, "k": PY_INT}, loop("i", 0, dim("a", 0), turn), give())
    kernels = build_kernels(tmp_path, f)
    assert assert_as_interpreted(kernels, f, np.array([-1.0, -2.0]), 7)[0] == 0
    assert assert_as_interpreted(kernels, f, np.array([-1.0, 2.0]), 7)[0] == -1
    assert assert_as_interpreted(kernels, f, np.array([-1.0, 2.0]), -2)[0] == 0


def test_indices_of_other_extents_stay_checked(tmp_path: Path) -> None:
    """The index runs to the extent of `a`, but subscripts arrays that are longer, shorter, or bound anew."""
    i = var("i")
    total = assign(
        "s", binary("add", var("s", F64), binary("add", at("a", i, checked=True), at("b", i, checked=True)))
    )
    f = function(
        "f",
        {"a": VECTOR, "b": VECTOR},
        assign("s", ZERO),
        loop("i", 0, dim("a", 0), total),
        give(var("s", F64)),
    )
    moving = loop("i", 0, dim("a", 0), assign("s", at("u", i, checked=True)), bind(("u", "v"), ("v", "u")))
    g = function(
        "g",
        {"a": VECTOR, "b": VECTOR},
        allocate("u", DType.FLOAT64, dim("a", 0), fill=ONE),
        allocate("v", DType.FLOAT64, dim("b", 0), fill=ZERO),
        assign("s", ZERO),
        moving,
        give(var("s", F64)),
    )
    kernels = build_kernels(tmp_path, f, g)
    for kernel in (f, g):
        for n, m in ((3, 3), (3, 5), (3, 2), (0, 2)):
            assert_as_interpreted(kernels, kernel, np.arange(float(n)), np.arange(float(m)))
