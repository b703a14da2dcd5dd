"""What every turn of a loop raises by the same follows from the loop's index."""

import pytest

from pyaot.ir.build import add, i64, loop, var
from pyaot.ir.check import check
from pyaot.ir.interpret import Failed, Returned, interpret
from pyaot.ir.nodes import (
    Allocate,
    ArrayResult,
    Assign,
    Block,
    Compare,
    Const,
    Exit,
    For,
    Function,
    If,
    Param,
    Return,
    ScalarResult,
    Stmt,
    Store,
    TupleResult,
    Var,
)
from pyaot.ir.types import PY_BOOL, PY_INT, Array, DType, Scalar
from pyaot.ir.walk import walk_stmts
from pyaot.normalise.counters import count_by_index

I, K, N = var("i"), Var("k", PY_INT), Var("n", PY_INT)
INT64 = Scalar(DType.INT64)


def put(value: int) -> Stmt:
    """b[k] = value."""
    return Store("b", (K,), Const(value, INT64))


def up(by: int) -> Stmt:
    """k = k + by."""
    return Assign("k", add(K, i64(by)))


def when_large(*inside: Stmt) -> Stmt:
    """if i > 2: inside."""
    return If(Compare("gt", I, i64(2), PY_BOOL), inside)


def program(*inside: Stmt, start: int = 0, first: int = 1) -> Function:
    """k = first; for i in range(start, n): inside; return b, k."""
    body = (
        Allocate("b", Array(DType.INT64, 1), (i64(40),), Const(0, INT64)),
        Assign("k", i64(first)),
        loop("i", start, N, *inside),
        Return(TupleResult((ArrayResult("b"), ScalarResult(K)))),
    )
    return Function("f", "f", (Param("n", PY_INT),), (), body)


def results(function: Function) -> list[object]:
    """What it gives for some n."""
    check(function)
    found = [interpret(function, [n]) for n in range(-1, 9)]
    return [(str(f.value[0]), f.value[1]) if isinstance(f, Returned) else f for f in found]


def counts_in_a_loop(function: Function) -> bool:
    """Whether a loop raises k."""
    loops = [stmt for stmt in walk_stmts(function.body) if isinstance(stmt, For)]
    return any(isinstance(s, Assign) and s.name == "k" for s in walk_stmts(loops))


@pytest.mark.parametrize(
    "function",
    [
        program(put(5), up(1)),
        program(put(5), up(2), put(6), up(1), put(7)),
        program(up(1), loop("j", 0, K, Store("b", (var("j"),), Const(3, INT64))), start=3),
        program(put(4), up(1), when_large(put(9))),
        program(loop("j", 0, 2, put(4), up(1))),
        program(Block("out", (when_large(Exit("out")), put(8))), up(2)),
    ],
    ids=["one", "two", "before an inner loop", "read under a condition", "inner loop", "inner exit"],
)
def test_counters_follow_the_index(function: Function) -> None:
    counted = count_by_index(function)
    assert results(counted) == results(function)
    assert results(count_by_index(counted)) == results(function)


def test_loops_do_not_count() -> None:
    assert not counts_in_a_loop(count_by_index(program(put(5), up(2), put(6), up(1))))


@pytest.mark.parametrize(
    "function",
    [
        program(when_large(up(1))),
        program(up(1), Assign("k", i64(3))),
        program(Assign("k", add(K, I))),
        program(Block("next", (when_large(Exit("next")), up(1)))),
    ],
    ids=["conditional", "set", "by the index", "skipped"],
)
def test_other_variables_stay(function: Function) -> None:
    assert count_by_index(function) == function


def test_a_loop_that_is_left_stays() -> None:
    inner = program(when_large(Exit("leave")), put(1), up(1))
    *before, turns, last = inner.body
    function = Function("f", "f", inner.params, (), (*before, Block("leave", (turns,)), last))
    assert count_by_index(function) == function


def test_what_leaves_64_bits_fails() -> None:
    function = program(up(2**62), first=2**61)
    assert all(isinstance(interpret(f, [3]), Failed) for f in (function, count_by_index(function)))
