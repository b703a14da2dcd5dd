"""Recurrences that look ahead: which are found, and that they make what they made before."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyaot.ir.build import add, assign, binary, f64, function, give, loop, mul, neg, store, sub, var
from pyaot.ir.interpret import interpret
from pyaot.ir.nodes import For, Function, Stmt
from pyaot.ir.types import PY_FLOAT, PY_INT
from pyaot.ir.walk import walk_stmts
from pyaot.poly.accumulate import names_in
from pyaot.poly.recurrences import AHEAD, Recurrences
from pyaot.poly.regions import RegionPass, map_regions
from tests.unit.poly.loops import MATRIX, VECTOR, F, at, proved

i, j, n, s, c = var("i"), var("j"), var("n"), var("s", F), var("c", PY_FLOAT)
BEFORE, HERE, NEXT = at("a", sub(i, 1)), at("a", i), at("a", add(i, 1))
START = assign("s", at("b", 0))


def case(*body: Stmt) -> Function:
    params = {"n": PY_INT, "c": PY_FLOAT, "a": VECTOR, "b": VECTOR, "m": MATRIX}
    return proved(function("f", params, *body))


def elements(value: object) -> list[Stmt]:
    return [loop("i", 1, sub(n, 1), store("a", i, value=value)), give()]


def scalar(*body: Stmt) -> list[Stmt]:
    return [START, loop("i", 0, n, *body, store("a", i, value=s)), give(s)]


DECAY = assign("s", add(mul(s, f64(0.9)), at("b", i)))
FOUND = {
    "a sweep": elements(binary("truediv", add(add(BEFORE, HERE), NEXT), f64(3.0))),
    "two statements": [
        loop(
            "i",
            1,
            n,
            store("a", i, value=add(HERE, BEFORE)),
            store("a", i, value=binary("truediv", HERE, f64(9.0))),
        ),
        give(),
    ],
    "a factor that is not known": elements(add(mul(BEFORE, c), HERE)),
    "a divisor that is not known": elements(binary("truediv", add(BEFORE, at("b", i)), c)),
    "taken away": elements(sub(HERE, mul(BEFORE, c))),
    "negated": elements(neg(add(BEFORE, HERE))),
    "a running sum": scalar(assign("s", add(s, at("b", i)))),
    "a running mean": scalar(DECAY),
    "what it was, too": scalar(store("b", i, value=mul(s, at("a", i))), assign("s", add(s, at("a", i)))),
    "an input": scalar(assign("t", mul(at("b", i), f64(2.0))), assign("s", add(s, mul(var("t", F), c)))),
    "backwards": [
        loop(
            "i",
            0,
            sub(n, 1),
            store("a", sub(sub(n, 2), i), value=add(mul(at("a", sub(sub(n, 1), i)), f64(0.5)), at("b", i))),
        ),
        give(),
    ],
    "in rows": [
        loop(
            "j",
            1,
            n,
            loop(
                "i",
                1,
                n,
                store("m", j, i, value=mul(add(at("m", j, sub(i, 1)), at("m", sub(j, 1), i)), f64(0.5))),
            ),
        ),
        give(),
    ],
}
LEFT_ALONE = {
    "a square": elements(mul(BEFORE, BEFORE)),
    "it grows": elements(add(mul(BEFORE, f64(1.5)), HERE)),
    "a factor that moves": elements(add(mul(BEFORE, at("b", i)), HERE)),
    "two before": [loop("i", 2, n, store("a", i, value=add(BEFORE, at("a", sub(i, 2))))), give()],
    "no dependence": elements(add(at("b", i), HERE)),
    "another element that it stores": [
        loop(
            "i",
            2,
            n,
            store("b", i, value=at("a", i)),
            store("a", i, value=add(mul(BEFORE, c), at("b", sub(i, 1)))),
        ),
        give(),
    ],
    "few turns": [loop("i", 1, 4, store("a", i, value=add(mul(BEFORE, c), HERE))), give()],
}


def changed(before: Function) -> tuple[Function, Recurrences]:
    work = Recurrences(names_in(before))
    return map_regions(before, RegionPass(work.region)), work


@pytest.mark.parametrize("name", FOUND)
def test_recurrences_look_ahead(name: str) -> None:
    before = case(*FOUND[name])
    after, work = changed(before)
    assert len(work.changed) == 1
    assert any(isinstance(stmt, For) and stmt.step == AHEAD for stmt in walk_stmts(after.body))
    for size in (1, 2, 3, 4, 5, 6, 7, 9, 13, 18):
        for factor in (0.9, -1.0, 1.0, 1.7, 0.0, 1e-200, math.inf, math.nan):
            agree(before, after, size, factor)


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_other_loops_stay(name: str) -> None:
    before = case(*LEFT_ALONE[name])
    after, work = changed(before)
    assert after == before and not work.changed


def test_a_variable_of_a_turn_that_is_read_later_stays() -> None:
    t = assign("t", mul(at("b", i), f64(2.0)))
    body = [START, assign("t", f64(0.0)), loop("i", 0, n, t, assign("s", add(s, var("t", F))))]
    before = case(*body, give(var("t", F)))
    assert changed(before)[0] == before


@given(st.integers(1, 40), st.floats(-1.0, 1.0), st.integers(0, 3), st.integers(1, 4))
def test_any_factor_offset_and_length(size: int, factor: float, ahead: int, behind: int) -> None:
    other = add(at("m", 0, i), at("a", add(i, ahead)))
    body = loop("i", behind, n, store("a", i, value=add(mul(at("a", sub(i, 1)), c), other)))
    before = proved(
        function("f", {"n": PY_INT, "c": PY_FLOAT, "a": VECTOR, "b": VECTOR, "m": MATRIX}, body, give())
    )
    after, work = changed(before)
    assert work.changed
    agree(before, after, size, factor, room=4)


def agree(before: Function, after: Function, size: int, factor: float, room: int = 0) -> None:
    results = []
    for made in (before, after):
        random = np.random.default_rng(size)
        arguments = {
            "n": size,
            "c": factor,
            "a": random.random(size + room),
            "b": random.random(size),
            "m": random.random((size, size)),
        }
        with np.errstate(all="ignore"):
            results.append((type(interpret(made, arguments)).__name__, arguments))
    assert results[0][0] == results[1][0]
    for name in "abm":
        np.testing.assert_allclose(results[1][1][name], results[0][1][name], rtol=1e-12, atol=1e-12)
