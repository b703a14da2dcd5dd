"""Scalars that are read once: which are computed where they are read, and that nothing else changes."""

import numpy as np
import pytest

from pyaot.ir.build import (
    add,
    allocate,
    assign,
    block,
    call,
    cast,
    compare,
    dim,
    f64,
    function,
    give,
    leave,
    load,
    loop,
    mul,
    select,
    store,
    var,
    when,
)
from pyaot.ir.interpret import interpret
from pyaot.ir.nodes import Expr, Function, Stmt
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import scalars_assigned
from pyaot.normalise.once import compute_where_read

F = Scalar(DType.FLOAT64)
VECTOR = Array(DType.FLOAT64, 1)
N = dim("a", 0)
i, t, u = var("i"), var("t", F), var("u", F)


def at(array: str, index: Expr, checked: bool = False) -> Expr:
    return load(array, index, type=F, checked=checked)


def kept(index: Expr, value: Expr) -> Stmt:
    return store("b", index, value=value, checked=False)


def each(*inside: Stmt) -> Function:
    return function("f", {"a": VECTOR, "b": VECTOR, "x": F}, loop("i", 0, N, *inside), give())


DOUBLE = assign("t", mul(at("a", i), f64(2.0)))
SUM = kept(i, add(at("b", i), t))
MOVED = {
    "at once": each(DOUBLE, SUM),
    "one after the other": each(DOUBLE, assign("u", add(t, var("x", F))), kept(i, u)),
    "past another array": each(DOUBLE, store("b", i, value=f64(1.0), checked=False), SUM),
    "into a bound": each(assign("k", i), loop("j", 0, var("k"), kept(var("j"), f64(1.0)))),
    "into a condition": each(DOUBLE, when(compare("gt", t, f64(1.0)), kept(i, f64(0.0)))),
    "again and again": each(DOUBLE, SUM, assign("t", at("b", i)), kept(i, mul(t, f64(3.0)))),
    "silent, by choice": each(
        assign("t", at("a", i)), kept(i, select(compare("gt", at("b", i), f64(0.5)), t, f64(0.0)))
    ),
}
GREATER = select(compare("gt", t, at("b", i)), t, at("b", i))
MOVED["into an extreme"] = each(DOUBLE, kept(i, GREATER))
STAYING = {
    "a function, into an extreme": each(assign("t", call("exp", at("a", i))), kept(i, GREATER)),
    "read twice": each(DOUBLE, kept(i, mul(t, t))),
    "read in a loop": each(DOUBLE, loop("j", 0, 2, kept(i, t))),
    "read behind the loop": function(
        "f",
        {"a": VECTOR, "b": VECTOR, "x": F},
        assign("t", f64(0.0)),
        loop("i", 0, N, DOUBLE),
        kept(i, t),
        give(),
    ),
    "read before it is set": each(kept(i, t), DOUBLE),
    "its source changes": each(DOUBLE, store("a", i, value=f64(1.0), checked=False), SUM),
    "its scalar changes": each(
        assign("u", var("x", F)), assign("t", mul(u, u)), assign("u", f64(3.0)), SUM, kept(0, u)
    ),
    "an array gets another size": function(
        "f",
        {"a": VECTOR, "b": VECTOR, "x": F},
        allocate("w", DType.FLOAT64, 3),
        assign("k", dim("w", 0)),
        allocate("w", DType.FLOAT64, 2),
        loop("i", 0, var("k"), kept(i, f64(1.0))),
        give(),
    ),
    "it may fail behind a write": each(assign("t", at("a", i, checked=True)), kept(i, f64(1.0)), SUM),
    "it may warn, by choice": each(DOUBLE, kept(i, select(compare("gt", at("b", i), f64(0.5)), t, f64(0.0)))),
    "something leaves between": each(
        block("next", DOUBLE, when(compare("gt", at("b", i), f64(0.5)), leave("next")), SUM)
    ),
    "of another type": each(
        assign("k", cast(at("a", i), PY_INT)), kept(i, cast(var("k", Scalar(DType.INT64)), F))
    ),
}


def outcome(program: Function) -> tuple[object, ...]:
    random = np.random.default_rng(0)
    arrays = [random.random(4), random.random(4)]
    return repr(interpret(program, [*arrays, 3.0])), *(array.tolist() for array in arrays)


@pytest.mark.parametrize("name", MOVED)
def test_scalars_that_are_moved(name: str) -> None:
    moved = compute_where_read(MOVED[name])
    assert not scalars_assigned(moved.body)
    assert outcome(moved) == outcome(MOVED[name])


@pytest.mark.parametrize("name", STAYING)
def test_scalars_that_stay(name: str) -> None:
    assert compute_where_read(STAYING[name]) == STAYING[name]
