"""What statements and results mean, and that a failed attempt leaves no trace."""

import math
from typing import Any

import numpy as np
import pytest

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
    load,
    loop,
    mul,
    select,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.interpret import Failed, Returned, interpret
from pyaot.ir.interpret_ops import InternalError
from pyaot.ir.nodes import (
    ArrayResult,
    Const,
    LibraryCall,
    Require,
    Return,
    ScalarResult,
    Section,
    Stmt,
    TupleResult,
    ViewResult,
)
from pyaot.ir.types import PY_FLOAT, PY_INT, Array, DType, Origin, Scalar

F64 = Scalar(DType.FLOAT64)
VECTOR, MATRIX = Array(DType.FLOAT64, 1), Array(DType.FLOAT64, 2)
LIST = Array(DType.INT64, 1, boxed=True)
I, N, X = var("i"), var("n"), var("x")


def run(params: dict[str, Any], *body: Stmt, args: tuple[Any, ...] = ()) -> Any:
    return interpret(function("f", params, *body), args)


def value_of(*body: Stmt, **ints: int) -> Any:
    outcome = run(dict.fromkeys(ints, PY_INT), *body, args=tuple(ints.values()))
    assert isinstance(outcome, Returned), outcome
    return outcome.value


# ---- control ----------------------------------------------------------------------------------------------


def test_for_evaluates_its_bounds_once() -> None:
    body = (assign("x", 3), loop("i", 0, X, assign("x", add(X, I)), step=2), give(X))
    assert value_of(*body) == 3 + 0 + 2


def test_loop_and_exits_of_nested_blocks() -> None:
    step = block("continue", when(compare("eq", X, 2), leave("continue")), assign("y", add(var("y"), X)))
    round_ = (when(compare("gt", X, 4), leave("break")), step, assign("x", add(X, 1)))
    body = (assign("x", 0), assign("y", 0), block("break", forever(*round_)), give(X, var("y")))
    assert value_of(*body) == (5, 0 + 1 + 3 + 4)


def test_paths_count_the_returns_in_the_text() -> None:
    f = function("f", {"n": PY_INT}, when(compare("gt", N, 0), give(1), otherwise=[give()]), give(3))
    assert interpret(f, {"n": 5}) == Returned(0, 1)
    assert interpret(f, {"n": -5}) == Returned(1, None)


def test_select_evaluates_only_the_chosen() -> None:
    safe = select(compare("eq", N, 0), i64(0), binary("floordiv", i64(6), N))
    assert value_of(give(safe), n=0) == 0
    assert value_of(give(safe), n=4) == 1


def test_check_and_require_fail_with_their_reasons() -> None:
    f = function(
        "f",
        {"n": PY_INT},
        check(compare("gt", N, 1), "n is one"),
        give(N),
        requires=[Require(compare("gt", N, 0), "n is not positive")],
    )
    assert [interpret(f, (n,)) for n in (0, 1, 2)] == [
        Failed("n is not positive"),
        Failed("n is one"),
        Returned(0, 2),
    ]


@pytest.mark.parametrize("n", [2**31 + 1, -(2**31) - 1])
def test_python_ints_beyond_the_entry_limit_fail(n: int) -> None:
    assert isinstance(run({"n": PY_INT}, give(N), args=(n,)), Failed)


def test_falling_off_the_end_and_unset_names_are_internal_errors() -> None:
    with pytest.raises(InternalError):
        run({}, assign("x", 1))
    with pytest.raises(InternalError):
        run({}, give(X))
    with pytest.raises(InternalError):
        run({}, give("a"))


# ---- arrays -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "expected"), [(0, 10.0), (-1, 30.0), (-3, 10.0), (3, None), (-4, None)])
def test_checked_subscripts_follow_python(n: int, expected: float | None) -> None:
    a = np.array([10.0, 20.0, 30.0])
    outcome = run({"a": VECTOR, "n": PY_INT}, give(load("a", N, type=F64)), args=(a, n))
    assert isinstance(outcome, Failed) if expected is None else outcome == Returned(0, np.float64(expected))


@pytest.mark.parametrize("n", [-1, 3])
def test_an_unchecked_subscript_out_of_range_is_a_wrong_proof(n: int) -> None:
    with pytest.raises(InternalError):
        run({"a": VECTOR, "n": PY_INT}, give(load("a", N, type=F64, checked=False)), args=(np.zeros(3), n))


def test_a_failed_attempt_leaves_arguments_alone() -> None:
    a, items = np.zeros(3), [1, 2]
    body = (store("a", 0, value=f64(5.0)), store("items", 0, value=9), store("a", 3, value=f64(1.0)), give())
    assert isinstance(run({"a": VECTOR, "items": LIST}, *body, args=(a, items)), Failed)
    assert a.tolist() == [0.0, 0.0, 0.0] and items == [1, 2]


def test_a_return_writes_into_the_callers_arrays_and_lists() -> None:
    a, inner = np.zeros(2), [1, 2]
    items = [inner, [3, 4]]
    body = (store("a", -1, value=f64(5.0)), store("items", 0, 1, value=9), give("a", "items"))
    outcome = run({"a": VECTOR, "items": Array(DType.INT64, 2, boxed=True)}, *body, args=(a, items))
    assert outcome.value[0] is a and outcome.value[1] is items and items[0] is inner
    assert a.tolist() == [0.0, 5.0] and items == [[1, 9], [3, 4]]


def test_untouched_read_only_arrays_are_not_written_back() -> None:
    a = np.array([math.nan, 1.0])
    a.flags.writeable = False
    assert run({"a": VECTOR}, give(load("a", 1, type=F64)), args=(a,)).value == 1.0


def test_fresh_arrays_are_filled_or_visibly_undefined() -> None:
    body = (
        allocate("a", DType.FLOAT64, 2, fill=Const(1.5, F64)),
        allocate("b", DType.FLOAT32, 1),
        allocate("c", DType.INT8, 1),
        give("a", "b", "c"),
    )
    a, b, c = value_of(*body)
    assert a.tolist() == [1.5, 1.5] and math.isnan(b[0]) and b.dtype == np.float32 and c.tolist() == [0x5A]


def test_a_negative_extent_fails() -> None:
    body = (allocate("a", DType.FLOAT64, sub(0, N)), give("a"))
    assert isinstance(run({"n": PY_INT}, *body, args=(1,)), Failed)


def test_bind_swaps_at_once_and_the_identity_follows() -> None:
    a, b = np.array([1.0]), np.array([2.0])
    body = (bind(("a", "b"), ("b", "a")), store("a", 0, value=f64(7.0)), give("a", "b"))
    outcome = run({"a": VECTOR, "b": VECTOR}, *body, args=(a, b))
    assert outcome.value[0] is b and outcome.value[1] is a
    assert a.tolist() == [1.0] and b.tolist() == [7.0]


def test_a_view_result_shares_memory_with_the_parameter() -> None:
    a = np.arange(12.0).reshape(3, 4)
    column = ViewResult("a", i64(1), (dim("a", 0),), (dim("a", 1),))
    view = run({"a": MATRIX}, Return(column), args=(a,)).value
    assert view.tolist() == [1.0, 5.0, 9.0]
    view[0] = 100.0
    assert a[0, 1] == 100.0


# ---- results, flags ---------------------------------------------------------------------------------------


def test_types_of_scalar_results_follow_the_origin() -> None:
    python, numpy = value_of(give(cast(N, PY_FLOAT), cast(N, F64)), n=3)
    assert type(python) is float and type(numpy) is np.float64
    with pytest.raises(InternalError):
        value_of(give(cast(N, Scalar(DType.FLOAT64, Origin.EITHER))), n=3)


def test_lists_and_tuples_of_results() -> None:
    items = (ScalarResult(N), TupleResult((ScalarResult(i64(1)),), is_list=True))
    assert value_of(Return(TupleResult(items)), n=3) == (3, [1])


def test_fresh_boxed_arrays_are_returned_as_lists() -> None:
    fresh = allocate("a", DType.INT64, 2, fill=Const(4, PY_INT))
    boxed = type(fresh)("a", LIST, fresh.shape, fresh.fill)
    value = value_of(boxed, Return(ArrayResult("a")))
    assert value == [4, 4] and type(value[0]) is int


@pytest.mark.parametrize(
    ("op", "a", "b", "flags"),
    [
        ("truediv", 1.0, 0.0, 1),
        ("mul", 1e300, 1e300, 2),
        ("truediv", 0.0, 0.0, 4),
        ("mul", 1e-300, 1e-300, 0),
    ],
)
def test_flags_of_numpy_arithmetic(op: str, a: float, b: float, flags: int) -> None:
    outcome = run({}, give(binary(op, Const(a, F64), Const(b, F64))))
    assert outcome.flags == flags


def test_float32_sums_round_at_every_step() -> None:
    f32 = Scalar(DType.FLOAT32)
    s = var("s", f32)
    body = (
        assign("s", Const(0.0, f32)),
        loop("i", 0, dim("a", 0), assign("s", binary("add", s, load("a", I, type=f32)))),
        give(s),
    )
    a = np.full(1000, 0.1, np.float32)
    expected = np.float32(0)
    for x in a:
        expected += x
    assert run({"a": Array(DType.FLOAT32, 1)}, *body, args=(a,)).value == expected != np.float32(100)


def test_arguments_of_another_type_are_the_callers_fault() -> None:
    for wrong in (np.zeros(3, np.float32), np.zeros((1, 1)), [1.0]):
        with pytest.raises(TypeError):
            run({"a": VECTOR}, give(), args=(wrong,))


# ---- libraries --------------------------------------------------------------------------------------------


def whole(array: str, rank: int) -> Section:
    return Section(array, (i64(0),) * rank, tuple(range(rank)), tuple(dim(array, d) for d in range(rank)))


def test_matmul_of_sections() -> None:
    a, b = np.arange(24.0).reshape(2, 3, 4), np.arange(6.0).reshape(3, 2)
    out = np.ones((4, 2))
    left = Section("a", (i64(1), i64(0), i64(0)), (2, 1), (i64(4), i64(3)))  # a[1].T
    stmt = LibraryCall(
        "matmul", (whole("out", 2),), (left, whole("b", 2)), (("accumulate", True), ("alpha", 2.0))
    )
    params = {"a": Array(DType.FLOAT64, 3), "b": MATRIX, "out": MATRIX}
    run(params, stmt, give(), args=(a, b, out))
    assert np.array_equal(out, 1 + 2 * (a[1].T @ b))


def test_matmul_into_one_element_and_conjugation() -> None:
    z = np.array([1 + 2j, 3 - 1j])
    one = Section("s", (), (), ())
    complex128 = Scalar(DType.COMPLEX128)
    stmt = LibraryCall("matmul", (one,), (whole("z", 1), whole("z", 1)), (("conjugate_left", True),))
    body = (allocate("s", DType.COMPLEX128), stmt, give(load("s", type=complex128)))
    assert run({"z": Array(DType.COMPLEX128, 1)}, *body, args=(z,)).value == np.vdot(z, z)


def test_several_outputs_in_place_and_einsum() -> None:
    a = np.array([[2.0, 1.0], [1.0, 2.0]])
    body = (
        allocate("w", DType.FLOAT64, 2),
        allocate("v", DType.FLOAT64, 2, 2),
        LibraryCall("eigh", (whole("w", 1), whole("v", 2)), (whole("a", 2),)),
        LibraryCall("sort", (whole("a", 2),), (whole("a", 2),)),
        allocate("t", DType.FLOAT64),
        LibraryCall("einsum", (Section("t", (), (), ()),), (whole("a", 2),), (("subscripts", "ij->"),)),
        give("w", load("t", type=F64)),
    )
    w, t = run({"a": MATRIX}, *body, args=(a,)).value
    assert np.allclose(w, [1.0, 3.0]) and a.tolist() == [[1.0, 2.0], [1.0, 2.0]] and t == 6.0


@pytest.mark.parametrize(
    "stmt",
    [
        LibraryCall("inv", (whole("a", 2),), (whole("a", 2),)),  # singular
        LibraryCall("sort", (whole("a", 2),), (Section("a", (i64(0), i64(1)), (0, 1), (i64(2), i64(2))),)),
    ],
)
def test_library_failures_leave_arguments_alone(stmt: LibraryCall) -> None:
    a = np.zeros((2, 2))
    outcome = run({"a": MATRIX}, store("a", 0, 0, value=mul(f64(0.0), f64(1.0))), stmt, give(), args=(a,))
    assert isinstance(outcome, Failed)


def test_an_output_that_overlaps_an_input_is_an_internal_error() -> None:
    first, second = (Section("a", (i64(start),), (0,), (i64(2),)) for start in (0, 1))
    stmt = LibraryCall("sort", (first,), (second,))
    with pytest.raises(InternalError):
        run({"a": VECTOR}, stmt, give(), args=(np.zeros(3),))
