"""Estimates: operations of a loop, and the time that one thread takes for it."""

import pytest
from msgspec.structs import replace

from pyaot.ir.build import add, binary, compare, f64, loop, mod, mul, store, var, when
from pyaot.ir.nodes import Const, Expr, For, Marks, Stmt
from pyaot.ir.walk import transform_body
from pyaot.poly.work import time_of, work_of
from tests.unit.poly.loops import at

i, j = var("i"), var("j")
SUM = store("c", i, value=add(at("a", i), at("b", i)))


def _over(*body: Stmt, count: int = 1000) -> For:
    nest = loop("i", 0, count, *body)
    assert isinstance(nest, For)
    return nest


def _in_simd(nest: For) -> For:
    def marked(stmt: Stmt) -> tuple[Stmt]:
        is_inner = isinstance(stmt, For) and not any(isinstance(s, For) for s in stmt.body)
        return (replace(stmt, marks=Marks(simd=True)) if is_inner and isinstance(stmt, For) else stmt,)

    (new,) = transform_body(marked, (nest,))
    assert isinstance(new, For)
    return new


def _number(expr: Expr) -> float:
    assert isinstance(expr, Const)
    return float(expr.value.real)


def test_work_counts_every_operation() -> None:
    assert _number(work_of(_over(SUM))) == 1000 * (1 + 1 + 2 + 1)  # the turn, the sum, two loads, the store


def test_time_of_a_scalar_loop_is_its_work() -> None:
    assert _number(time_of(_over(SUM))) == _number(work_of(_over(SUM)))


def test_simd_loops_wait_for_bytes_more_than_for_arithmetic() -> None:
    # 30 to start; two operations an iteration, eight at once; three elements of eight bytes
    assert _number(time_of(_in_simd(_over(SUM)))) == 30 + 1000 * (2 / 8 + 3 * 8 / 16)


@pytest.mark.parametrize(
    "slower",
    [
        store("c", i, value=binary("truediv", at("a", i), at("b", i))),
        store("c", i, value=add(at("a", mul(i, 7)), at("b", i))),
        store("c", mod(i, var("n")), value=add(at("a", i), at("b", i))),
    ],
    ids=["division", "stride", "remainder"],
)
def test_what_is_slow_in_simd_loops(slower: Stmt) -> None:
    assert _number(time_of(_in_simd(_over(slower)))) > _number(time_of(_in_simd(_over(SUM))))


def test_of_two_forms_of_a_loop_one_runs() -> None:
    nest = _over(SUM)
    both = when(compare("gt", var("n"), 64), nest, otherwise=(nest,))
    once = _number(time_of(_over(loop("j", 0, 10, nest))))
    twice = _number(time_of(_over(loop("j", 0, 10, both))))
    assert twice == once
    assert _number(work_of(_over(both))) > 1.9 * _number(work_of(_over(nest)))


def test_a_short_simd_loop_costs_its_start() -> None:
    short = loop("j", 0, 4, store("c", j, value=f64(0.0)))
    assert _number(time_of(_in_simd(_over(short)))) > 1000 * 30
