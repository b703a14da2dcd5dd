"""Time loops in tiles: which are found, and that the parts make in any order what was made before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyaot.ir.build import add, assign, dim, f64, function, give, loop, mul, store, sub, var
from pyaot.ir.check import check
from pyaot.ir.interpret import interpret
from pyaot.ir.nodes import Expr, For, Function, Stmt
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import walk_stmts
from pyaot.poly.accumulate import names_in
from pyaot.poly.marks import Marker
from pyaot.poly.regions import RegionPass, map_regions
from pyaot.poly.time_tiles import PARTS, STEPS, TimeTiles
from tests.unit.poly.loops import MATRIX, VECTOR, F, at, proved, turned

i, j, t, n, turns = var("i"), var("j"), var("t"), var("n"), var("turns")
PARAMS = {"turns": PY_INT, "n": PY_INT, "a": VECTOR, "b": VECTOR, "c": VECTOR, "m": MATRIX, "w": MATRIX}


def mean(array: str, *rows: Expr) -> Expr:
    total: Expr = at(array, rows[0])
    for row in rows[1:]:
        total = add(total, at(array, row))
    return mul(total, f64(1.0 / len(rows)))


def around(reach: int) -> tuple[Expr, ...]:
    return (sub(i, reach), i, add(i, reach))


def to(target: str, value: Expr, low: int = 1, high: int = 1) -> Stmt:
    return loop("i", low, sub(n, high), store(target, i, value=value))


def case(*body: Stmt, after: tuple[Stmt, ...] = (give(),)) -> Function:
    made = proved(function("f", PARAMS, loop("t", 0, turns, *body), *after))
    return map_regions(made, Marker(strict=False))


def five_points(target: str, source: str) -> Stmt:
    points = [at(source, i, j), at(source, sub(i, 1), j), at(source, i, sub(j, 1)), at(source, add(i, 1), j)]
    value: Expr = points[0]
    for point in points[1:]:
        value = add(value, point)
    row = loop("j", 1, sub(dim(target, 1), 1), store(target, i, j, value=mul(value, f64(0.25))))
    return loop("i", 1, sub(n, 1), row)


FOUND = {
    "to and fro": [to("b", mean("a", *around(1))), to("a", mean("b", *around(1)))],
    "two rows away": [to("b", mean("a", *around(2)), 2, 2), to("a", mean("b", *around(1)))],
    "rows of a matrix": [five_points("w", "m"), five_points("m", "w")],
    "three fields": [
        to("a", add(at("a", i), mul(sub(at("c", i), at("c", sub(i, 1))), f64(0.5)))),
        to("b", add(at("b", i), mul(at("c", i), f64(0.5))), 0, 0),
        to("c", add(at("c", i), sub(at("a", add(i, 1)), at("b", i))), 0),
    ],
    "stored one row on": [
        loop("i", 0, sub(n, 2), store("b", add(i, 1), value=mean("a", i, add(i, 1), add(i, 2)))),
        to("a", at("b", i)),
    ],
    "the turn itself": [
        to("b", add(mean("a", *around(1)), mul(at("c", t), f64(0.1)))),
        to("a", at("b", i)),
    ],
    "a number of the turn": [
        assign("x", mul(at("c", t), f64(0.5))),
        to("b", add(mean("a", *around(1)), var("x", F))),
        to("a", mul(at("b", i), var("x", F))),
    ],
    "a boundary row": [
        loop("j", 0, dim("m", 1), store("m", 0, j, value=at("c", t))),
        loop("j", 0, dim("m", 1), store("m", sub(n, 1), j, value=at("c", j))),
        five_points("w", "m"),
        five_points("m", "w"),
    ],
    "a variable of a row": [
        loop("i", 1, sub(n, 1), assign("s", mean("a", *around(1))), store("b", i, value=var("s", F))),
        to("a", at("b", i)),
    ],
}
LEFT_ALONE = {
    "rows that never meet": [to("b", at("a", i)), to("a", mul(at("b", i), f64(0.5)))],
    "from the other end": [to("b", at("a", sub(sub(n, 1), i))), to("a", at("b", i))],
    "a farther row in each turn": [
        loop("i", turns, n, store("b", i, value=at("a", sub(i, t)))),
        to("a", at("b", i)),
    ],
    "in place": [to("a", mean("a", *around(1)))],
    "too far": [to("b", mean("a", *around(9)), 9, 9), to("a", at("b", i))],
    "one element for all": [to("b", add(mean("a", *around(1)), at("a", 1))), to("a", at("b", i))],
    "a sum between": [
        assign("x", f64(0.0)),
        loop("i", 0, n, assign("x", add(var("x", F), at("a", i)))),
        to("b", mean("a", *around(1))),
        to("a", mul(at("b", i), var("x", F))),
    ],
    "a number that is written": [
        assign("x", at("a", 3)),
        to("b", add(mean("a", *around(1)), var("x", F))),
        to("a", at("b", i)),
    ],
    "more rows in each turn": [
        loop("i", 1, t, store("b", i, value=mean("a", *around(1)))),
        to("a", mean("b", *around(1))),
    ],
}


def tiled(before: Function) -> tuple[Function, TimeTiles]:
    work = TimeTiles(names_in(before))
    return map_regions(before, RegionPass(work.region)), work


def arguments(size: int, count: int, seed: int = 1) -> dict[str, object]:
    draw = np.random.default_rng(seed).random
    vectors = {name: draw(max(size, count)) for name in "abc"}
    return {"turns": count, "n": size, **vectors, "m": draw((size, 4)), "w": draw((size, 4))}


def agree(before: Function, after: Function, size: int, count: int) -> None:
    own, others = arguments(size, count), (arguments(size, count), arguments(size, count))
    expected = interpret(before, own)
    for form, values in zip((after, turned(after)), others, strict=True):
        assert interpret(form, values) == expected
        for name in "abcmw":
            np.testing.assert_array_equal(values[name], own[name])


@pytest.mark.parametrize("name", FOUND)
def test_time_loops_over_stencils_run_in_tiles(name: str) -> None:
    before = case(*FOUND[name])
    after, work = tiled(before)
    check(after)
    assert len(work.changed) == 1
    for size in (5, 40, 2 * PARTS * STEPS * 4 + 5, 300):
        for count in (1, STEPS, STEPS + 5):
            agree(before, after, size, count)


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_other_loops_stay(name: str) -> None:
    before = case(*LEFT_ALONE[name])
    after, work = tiled(before)
    assert after == before and not work.changed


def test_a_number_that_is_read_later_stays() -> None:
    x = assign("x", mul(at("c", t), f64(0.5)))
    stages = (to("b", add(mean("a", *around(1)), var("x", F))), to("a", at("b", i)))
    made = function("f", PARAMS, assign("x", f64(0.0)), loop("t", 0, turns, x, *stages), give(var("x", F)))
    before = map_regions(proved(made), Marker(strict=False))
    assert tiled(before)[0] == before


def test_the_parts_run_in_parallel_and_no_loop_inside_them() -> None:
    after, _ = tiled(case(*FOUND["rows of a matrix"]))
    (parts,) = (s for s in walk_stmts(after.body) if isinstance(s, For) and s.marks.lasting)
    assert parts.marks.parallel and parts.marks.time is not None
    inside = [stmt for stmt in walk_stmts(parts.body) if isinstance(stmt, For)]
    assert not any(stmt.marks.parallel for stmt in inside)
    assert sum(stmt.marks.simd for stmt in inside) == 2


offsets = st.lists(st.integers(-2, 2), min_size=1, max_size=3)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), offsets), min_size=1, max_size=4),
    st.integers(6, 260),
    st.integers(0, 20),
)
def test_any_stages(stages: list[tuple[str, str, list[int]]], size: int, count: int) -> None:
    body = [to(target, mean(source, *(add(i, k) for k in rows)), 2, 2) for target, source, rows in stages]
    before = case(*body)
    after, _ = tiled(before)
    agree(before, after, size, count)
