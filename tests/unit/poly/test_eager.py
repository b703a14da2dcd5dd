"""Triangles whose updates become eager, and sums that are made in elements."""

import numpy as np
import pytest

from pyaot.ir.build import add, assign, binary, compare, function, give, loop, mul, store, sub, var, when
from pyaot.ir.interpret import interpret
from pyaot.ir.nodes import For, Function, Stmt
from pyaot.ir.types import PY_INT
from pyaot.poly.eager import EagerUpdates
from pyaot.poly.in_place import sums_in_place
from pyaot.poly.regions import RegionPass, map_regions
from tests.unit.poly.loops import MATRIX, F, at, proved

i, j, k, n, w = var("i"), var("j"), var("k"), var("n"), var("w", F)


def case(*body: Stmt) -> Function:
    return proved(function("f", {"n": PY_INT, "a": MATRIX, "b": MATRIX}, *body, give()))


def update(*place: object, by: object) -> Stmt:
    return store("a", *place, value=sub(at("a", *place), by))


def divided(*place: object, by: object) -> Stmt:
    return store("a", *place, value=binary("truediv", at("a", *place), by))


LEFT = mul(at("a", i, k), at("a", k, j))
END = divided(i, j, by=at("a", j, j))
TRIANGLES = {
    "lu": (loop("i", 0, n, loop("j", 0, i, loop("k", 0, j, update(i, j, by=LEFT)), END)), True),
    "a condition": (
        loop(
            "i", 0, n, loop("j", 0, i, loop("k", 0, j, update(i, j, by=LEFT)), when(compare("gt", i, 2), END))
        ),
        True,
    ),
    "another array": (
        loop("i", 0, n, loop("j", 0, n, loop("k", 0, j, update(i, j, by=at("b", k, j))), END)),
        True,
    ),
    "the strides are good already": (
        loop(
            "i",
            0,
            n,
            loop("j", 0, i, loop("k", 0, j, update(i, j, by=mul(at("a", i, k), at("a", j, k)))), END),
        ),
        False,
    ),
    "an ending makes what the next turn takes": (
        loop(
            "i",
            0,
            n,
            loop(
                "j",
                1,
                i,
                loop("k", 1, j, update(i, j, by=mul(at("a", k, j), at("b", 0, sub(j, 1))))),
                store("b", 0, j, value=at("a", i, j)),
            ),
        ),
        False,
    ),
    "an update takes what a later one of an earlier turn made": (
        loop(
            "j",
            1,
            n,
            loop("k", 1, j, update(k, j, by=at("a", add(k, 1), sub(j, 1)))),
            store("b", j, j, value=at("b", j, 0)),
        ),
        False,
    ),
    "up to something else": (
        loop("i", 0, n, loop("j", 0, i, loop("k", 0, i, update(i, j, by=LEFT)), END)),
        False,
    ),
}


@pytest.mark.parametrize("name", TRIANGLES)
def test_updates_become_eager(name: str) -> None:
    body, is_turned = TRIANGLES[name]
    before, eager = case(body), EagerUpdates(set())
    after = map_regions(before, RegionPass(eager.region))
    assert bool(eager.turned) is is_turned
    assert (after != before) is is_turned
    for size in range(5):
        assert results(before, size) == results(after, size)


W = assign("w", sub(w, LEFT))
SUMS = {
    "lu": (loop("j", i, n, assign("w", at("a", i, j)), loop("k", 0, i, W), store("a", i, j, value=w)), True),
    "an ending": (
        loop(
            "j",
            0,
            i,
            assign("w", at("a", i, j)),
            loop("k", 0, j, W),
            store("a", i, j, value=binary("truediv", w, at("a", j, j))),
        ),
        True,
    ),
    "the element is read beside the sum": (
        loop("j", 0, i, assign("w", at("a", i, j)), loop("k", 0, n, W), store("a", i, j, value=w)),
        False,
    ),
    "another element": (
        loop("j", 0, i, assign("w", at("a", i, j)), loop("k", 0, j, W), store("a", j, i, value=w)),
        False,
    ),
}


@pytest.mark.parametrize("name", SUMS)
def test_sums_are_made_in_elements(name: str) -> None:
    body, is_changed = SUMS[name]
    before = case(loop("i", 0, n, body))
    after = map_regions(before, RegionPass(sums_in_place))
    assert (after != before) is is_changed
    for size in range(5):
        assert results(before, size) == results(after, size)


def test_a_sum_that_is_read_later_stays_a_scalar() -> None:
    body, _ = SUMS["lu"]
    before = proved(function("f", {"n": PY_INT, "a": MATRIX, "b": MATRIX}, loop("i", 0, n, body), give(w)))
    assert map_regions(before, RegionPass(sums_in_place)) == before


def results(function: Function, size: int) -> list[object]:
    random = np.random.default_rng(1)
    arguments = {"n": size, "a": random.random((size, size)) + 1.0, "b": random.random((size, size))}
    outcome = interpret(function, arguments)
    return [type(outcome).__name__, arguments["a"].tolist(), arguments["b"].tolist()]


def test_endings_go_before_rows() -> None:
    after = map_regions(case(TRIANGLES["lu"][0]), RegionPass(EagerUpdates(set()).region))
    (outer, _) = after.body
    assert isinstance(outer, For)
    (turned,) = outer.body
    assert isinstance(turned, For) and isinstance(turned.body[1], For)
    assert (turned.index, turned.body[1].index) == ("k", "j")
