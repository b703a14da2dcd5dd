"""Which array names may be the same memory, and that no schedule forgets it."""

import numpy as np

from pyaot.base.options import Options
from pyaot.ir.alias import aliases
from pyaot.ir.interpret import Returned, interpret
from pyaot.ir.nodes import (
    Allocate,
    ArrayResult,
    Binary,
    Bind,
    Const,
    Dim,
    For,
    Function,
    Load,
    Param,
    Return,
    Store,
    Var,
)
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import walk_stmts
from pyaot.poly.optimise import optimise

VECTOR = Array(DType.FLOAT64, 1)
ELEMENT = Scalar(DType.FLOAT64)


def swapped() -> Function:
    """u, v = a, zeros; n swaps; then v[i] = a[i - 1] + 1: with an odd n, v is a."""
    i = Var("i", PY_INT)
    before = Load("a", (Binary("sub", i, Const(1, PY_INT), PY_INT, False),), ELEMENT, False)
    value = Binary("add", before, Const(1.0, ELEMENT), ELEMENT, False)
    extent = Dim("a", 0, PY_INT)
    body = (
        Allocate("fresh", VECTOR, (extent,), Const(0.0, ELEMENT)),
        Bind(("u",), ("a",)),
        Bind(("v",), ("fresh",)),
        For("t", Const(0, PY_INT), Var("n", PY_INT), (Bind(("u", "v"), ("v", "u")),), label="t"),
        For("i", Const(1, PY_INT), extent, (Store("v", (i,), value, False),), label="i"),
        Return(ArrayResult("v")),
    )
    return Function("swapped", "swapped", (Param("a", VECTOR), Param("n", PY_INT)), (), body)


def test_a_swap_keeps_its_names_apart_but_not_from_what_they_were() -> None:
    function = swapped()
    found = aliases(function)
    store = next(s for s in walk_stmts(function.body) if isinstance(s, Store))
    assert found.may_overlap(store, "v", "a")
    assert found.may_overlap(store, "u", "fresh")
    assert not found.may_overlap(store, "u", "v")


def test_a_loop_that_may_read_what_it_wrote_is_not_parallel() -> None:
    function = optimise(swapped(), Options()).function
    loop = next(s for s in walk_stmts(function.body) if isinstance(s, For) and s.label == "i")
    assert not loop.marks.parallel and not loop.marks.simd


def test_the_optimised_function_agrees_for_every_number_of_swaps() -> None:
    for n in range(4):
        a, b = np.arange(9.0), np.arange(9.0)
        first, second = (
            interpret(swapped(), [a, n]),
            interpret(optimise(swapped(), Options()).function, [b, n]),
        )
        assert isinstance(first, Returned) and isinstance(second, Returned)
        np.testing.assert_array_equal(first.value, second.value)
        np.testing.assert_array_equal(a, b)
