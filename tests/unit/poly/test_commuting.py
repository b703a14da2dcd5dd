"""Triangles whose updates come before what begins a turn, as their order does not matter."""

import numpy as np
import pytest
from msgspec.structs import replace

from pyaot.ir.build import (
    ExprLike,
    add,
    assign,
    binary,
    cast,
    compare,
    function,
    give,
    load,
    loop,
    select,
    store,
    sub,
    unchecked,
    var,
    when,
)
from pyaot.ir.check import check
from pyaot.ir.interpret import interpret
from pyaot.ir.nodes import Binary, Expr, For, Function, Load, Stmt
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import Body, map_exprs, walk_stmts
from pyaot.poly.eager import EagerUpdates
from pyaot.poly.in_place import sums_in_place
from pyaot.poly.regions import RegionPass, map_regions
from tests.unit.poly.loops import proved

INT = Scalar(DType.INT64)
i, j, k, n, w = var("i"), var("j"), var("k"), var("n"), var("w", INT)
DOWN = unchecked(binary("sub", unchecked(sub(n, 1)), i))
PARAMS = {"n": PY_INT, "t": Array(DType.INT64, 2), "b": Array(DType.INT64, 2)}


def t(*place: ExprLike, array: str = "t", type: Scalar = INT) -> Expr:
    return load(array, *place, type=type)


def greater(new: ExprLike, old: Expr) -> Expr:
    """max(old, new) as Python has it."""
    return select(compare("gt", new, old), new, old)


def keep(new: ExprLike, *place: ExprLike) -> Stmt:
    """t[place] = max(t[place], new)."""
    return store("t", *place, value=greater(new, t(*place)))


def split(row: Expr) -> Expr:
    """t[row, k] + t[k + 1, j]."""
    return binary("add", t(row, k), t(unchecked(add(k, 1)), j))


BEST = loop("k", add(DOWN, 1), j, keep(split(DOWN), DOWN, j))


def triangle(*body: Stmt) -> Body:
    """for i in range(n): for j in range(n - i, n): body, with the row n - 1 - i."""
    return (loop("i", 0, n, loop("j", add(DOWN, 1), n, *body)),)


HEAD = keep(t(DOWN, sub(j, 1)), DOWN, j)
BELOW = when(compare("gt", i, 0), keep(t(add(DOWN, 1), j), DOWN, j))
SUM = loop("k", add(DOWN, 1), j, assign("w", greater(split(DOWN), w)))
END = store("t", DOWN, j, value=w)
ADDED = loop("k", add(DOWN, 1), j, store("t", DOWN, j, value=binary("add", t(DOWN, j), split(DOWN))))

TURNED: dict[str, Body] = {
    "updates": triangle(HEAD, BELOW, BEST),
    "sums": triangle(store("t", DOWN, j, value=binary("add", t(DOWN, j), t(DOWN, sub(j, 1)))), ADDED),
    "a store": triangle(store("t", DOWN, j, value=t(DOWN, sub(j, 1))), BELOW, BEST),
    "a scalar": triangle(assign("w", t(DOWN, sub(j, 1))), assign("w", greater(t(j, j), w)), SUM, END),
}
STAYS: dict[str, Body] = {
    "another operation": triangle(store("t", DOWN, j, value=binary("minimum", t(DOWN, j), t(0, j))), ADDED),
    "read before the store": triangle(
        assign("w", t(DOWN, j)),
        store("t", DOWN, j, value=t(DOWN, sub(j, 1))),
        store("b", 0, j, value=w),
        BEST,
    ),
    "the next element is read": triangle(store("t", DOWN, j, value=t(DOWN, sub(n, 1))), BEST),
    "stored in some turns": triangle(when(compare("gt", i, 1), store("t", DOWN, j, value=t(0, 0))), BEST),
    "two stores": triangle(*(store("t", DOWN, j, value=t(0, by)) for by in (0, 1)), BEST),
    "a reader between": triangle(HEAD, store("b", i, j, value=t(DOWN, j)), BEST),
    "what only a later update gives": triangle(
        HEAD, loop("k", add(DOWN, 1), j, keep(binary("add", t(DOWN, sub(j, 1)), t(add(k, 1), j)), DOWN, j))
    ),
}


def case(body: Body) -> Function:
    return proved(function("f", PARAMS, *body, give()))


def changed(before: Function) -> Function:
    """Sums in their elements, then eager; the function as it was where nothing became eager."""
    eager = EagerUpdates(set("ijknwtb"))
    in_place = map_regions(before, RegionPass(sums_in_place))
    after = map_regions(in_place, RegionPass(eager.region))
    check(after)
    return after if eager.turned else before


def results(function: Function, size: int) -> list[object]:
    random = np.random.default_rng(1)
    tables = {name: random.integers(-9, 9, (size, size + 1)) for name in "tb"}
    outcome = interpret(function, {"n": size, **tables})
    return [type(outcome).__name__, tables["t"].tolist(), tables["b"].tolist()]


@pytest.mark.parametrize("name", TURNED)
def test_updates_that_commute_become_eager(name: str) -> None:
    before = case(TURNED[name])
    after = changed(before)
    rows = [s for s in walk_stmts(after.body) if isinstance(s, For) and s.index == "k" and s.stop == n]
    assert len(rows) == 1
    for size in range(6):
        assert results(before, size) == results(after, size)


@pytest.mark.parametrize("name", STAYS)
def test_others_wait(name: str) -> None:
    before = case(STAYS[name])
    assert changed(before) == before


def test_floats_wait() -> None:
    """The sums that would be turned if they were of integers."""

    def real(expr: Expr) -> Expr:
        return replace(expr, type=Scalar(DType.FLOAT64)) if isinstance(expr, Load | Binary) else expr

    def of_tables(expr: Expr) -> Expr:
        return expr if expr.type == PY_INT else real(expr)

    body = map_exprs(of_tables, TURNED["sums"])
    before = proved(function("f", {**PARAMS, "t": Array(DType.FLOAT64, 2)}, *body, give()))
    assert changed(before) == before


def test_ints_that_may_overflow_stay_in_scalars() -> None:
    value = cast(binary("add", cast(t(DOWN, k), PY_INT), cast(t(unchecked(add(k, 1)), j), PY_INT)), INT)
    updates = loop("k", add(DOWN, 1), j, assign("w", greater(value, w)))
    before = case(triangle(assign("w", t(DOWN, sub(j, 1))), updates, END))
    assert map_regions(before, RegionPass(sums_in_place)) == before
