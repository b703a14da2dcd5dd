"""Statements: every kernel ends as the interpreter does, and a failed attempt leaves nothing behind."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyaot.backends.to_native import emit_native
from pyaot.base.options import Options
from pyaot.ir.build import (
    add,
    allocate,
    assign,
    binary,
    bind,
    block,
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
    loop,
    mul,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.nodes import (
    Const,
    For,
    ViewResult,
)
from pyaot.ir.types import PY_BOOL, PY_INT, Array, DType, Scalar
from tests.unit.backends.native import (
    BOOL,
    C128,
    F32,
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
)

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
