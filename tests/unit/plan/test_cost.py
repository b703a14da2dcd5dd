"""When a version pays."""

import pytest
from msgspec.structs import replace

from pyaot.backends.python_text import Names, expression_text
from pyaot.ir.build import (
    add,
    assign,
    compare,
    dim,
    f64,
    function,
    give,
    i64,
    load,
    loop,
    mul,
    store,
    var,
    when,
)
from pyaot.ir.nodes import Expr, For, Function, LibraryCall, Marks, Section
from pyaot.ir.types import PY_INT, Array, DType
from pyaot.plan.cost import pays_ever, worthwhile


def _function(work: Expr | None, *, boxed: bool = False) -> Function:
    array = Array(DType.FLOAT64, 1, boxed)
    body = store("a", var("i"), value=load("a", var("i"), type=array.element))
    over = loop("i", i64(0), dim("a", 0), body)
    assert isinstance(over, For)
    over = replace(over, marks=Marks(work=work))
    return function("f", {"a": array, "n": PY_INT}, assign("m", i64(3)), over, give())


def _text(function: Function, target: str) -> str | None:
    condition = worthwhile(function, target)
    return None if condition is None else expression_text(condition.condition, Names())


def test_numpy_version_needs_work() -> None:
    assert _text(_function(mul(dim("a", 0), i64(3))), "numpy") == "a.shape[0] * 3 >= 64"


def test_native_version_of_arrays_always_pays() -> None:
    assert _text(_function(dim("a", 0)), "native") is None


def test_native_version_of_lists_pays_for_their_conversion() -> None:
    assert (
        _text(_function(mul(dim("a", 0), var("n")), boxed=True), "native")
        == "a.shape[0] * n >= a.shape[0] * 2"
    )


def test_work_counts_in_whichever_branch_it_is_done() -> None:
    over = _function(mul(dim("a", 0), var("n")), boxed=True)
    call = LibraryCall("matmul", (), (), ())
    body = (over.body[0], when(compare("gt", var("n"), 9), call, otherwise=over.body[1:2]), over.body[2])
    assert _text(replace(over, body=body), "native") == _text(over, "native")


def test_nothing_is_said_of_unknown_work() -> None:
    assert _text(_function(None), "numpy") is None
    assert _text(_function(var("m")), "numpy") is None  # m is computed on the way


@pytest.mark.parametrize("label, pays", [("", False), ("i", True)])
def test_a_single_call_of_a_library_never_pays(label: str, pays: bool) -> None:
    whole = Section("c", (i64(0),) * 2, (0, 1), (dim("c", 0), dim("c", 1)))
    matrix = Array(DType.FLOAT64, 2)
    call = LibraryCall("matmul", (whole,), (replace(whole, array="a"), replace(whole, array="b")))
    loops = loop("i", i64(0), dim("c", 0), store("c", var("i"), i64(0), value=f64(0.0)))
    assert isinstance(loops, For)
    product = when(compare("ge", dim("c", 0), 16), call, otherwise=[replace(loops, label=label)])
    params = dict.fromkeys("abc", matrix)
    assert not pays_ever(function("f", params, call, give("c")))
    assert pays_ever(function("f", params, product, give("c"))) == pays
    assert pays_ever(function("f", params, call, call, give("c")))


def test_kernel_never_pays_for_a_few_operations() -> None:
    assert not pays_ever(function("f", {"n": PY_INT}, give(add(var("n"), i64(1)))))
    assert not pays_ever(_function(i64(6)))
    assert pays_ever(_function(i64(600)))
    assert pays_ever(_function(None))
    few, unknown = _function(i64(6)).body[1], _function(None).body[1]
    assert not pays_ever(function("f", {"a": Array(DType.FLOAT64, 1)}, few, give()))
    assert pays_ever(function("f", {"a": Array(DType.FLOAT64, 1)}, few, unknown, give()))
    assert pays_ever(_function(dim("a", 0)))
