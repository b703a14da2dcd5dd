"""What a guard checks, and in which order."""

from msgspec.structs import replace

from pyaot.ir.build import bind, compare, dim, function, give, i64, load, loop, store, var
from pyaot.ir.nodes import Bind, Function, Require, Return, TupleResult, ViewResult
from pyaot.ir.types import PY_FLOAT, PY_INT, Array, DType, Scalar
from pyaot.plan.guards import (
    AreApart,
    Holds,
    IsArray,
    IsContiguous,
    IsList,
    IsScalar,
    IsSmall,
    IsWriteable,
    conditions_of,
    written_params,
)

FLOATS = Array(DType.FLOAT64, 1)
LIST = Array(DType.FLOAT64, 1, boxed=True)
FLOAT = Scalar(DType.FLOAT64)


def _copies(source: str, target: str, params: dict[str, Scalar | Array]) -> Function:
    """target[i] = source[i]"""
    element = params[source].element
    body = store(target, var("i"), value=load(source, var("i"), type=element))
    return function("f", params, loop("i", i64(0), dim(source, 0), body), give())


def test_cheap_conditions_come_first_and_each_after_what_it_needs() -> None:
    f = function(
        "f",
        {"a": FLOATS, "b": FLOATS, "n": PY_INT, "x": PY_FLOAT},
        loop("i", i64(0), var("n"), store("b", var("i"), value=load("a", var("i"), type=FLOAT))),
        give(),
        requires=[Require(compare("lt", var("n"), dim("a", 0)), "n is too large")],
    )
    assert conditions_of(f) == (
        IsScalar("n", PY_INT),
        IsSmall("n"),
        IsScalar("x", PY_FLOAT),
        IsArray("a", FLOATS),
        IsArray("b", FLOATS),
        IsWriteable("b"),
        Holds(compare("lt", var("n"), dim("a", 0)), "n is too large"),
        AreApart("b", "a", False),
    )


def test_without_a_loop_no_array_is_worth_a_copy() -> None:
    f = function("f", {"a": FLOATS, "x": LIST}, give(load("a", i64(0), type=FLOAT)))
    assert IsContiguous("a") in conditions_of(f)
    assert IsContiguous("a") not in conditions_of(_copies("a", "b", {"a": FLOATS, "b": FLOATS}))


def test_no_copy_stands_for_an_array_that_the_result_is_a_view_of() -> None:
    f = _copies("a", "b", {"a": FLOATS, "b": FLOATS})
    view = TupleResult((ViewResult("v", i64(1), (i64(1),), (i64(1),)),))
    f = replace(f, body=(Bind(("v",), ("b",)), *f.body[:-1], Return(view)))
    assert [c for c in conditions_of(f) if isinstance(c, IsContiguous)] == [IsContiguous("b")]


def test_arrays_that_are_only_read_may_overlap() -> None:
    f = function("f", {"a": FLOATS, "b": FLOATS}, give(load("a", i64(0), type=FLOAT)))
    assert not [c for c in conditions_of(f) if isinstance(c, AreApart | IsWriteable)]


def test_two_written_arrays_are_compared_once() -> None:
    f = function(
        "f",
        {"a": FLOATS, "b": FLOATS},
        store("a", i64(0), value=load("b", i64(0), type=FLOAT)),
        store("b", i64(0), value=load("a", i64(0), type=FLOAT)),
        give(),
    )
    assert [c for c in conditions_of(f) if isinstance(c, AreApart)] == [AreApart("a", "b", False)]


def test_lists_overlap_lists_only() -> None:
    f = _copies("x", "y", {"x": LIST, "y": LIST, "a": FLOATS})
    conditions = conditions_of(f)
    assert IsList("x", LIST) in conditions
    assert [c for c in conditions if isinstance(c, AreApart)] == [AreApart("y", "x", True)]
    assert not [c for c in conditions if isinstance(c, IsWriteable)]


def test_arrays_bound_to_a_written_name_are_written() -> None:
    f = function(
        "f",
        {"u": FLOATS, "v": FLOATS, "w": FLOATS},
        bind(["u", "v"], ["v", "u"]),
        store("u", i64(0), value=load("w", i64(0), type=FLOAT)),
        give(),
    )
    assert written_params(f) == ("u", "v")
