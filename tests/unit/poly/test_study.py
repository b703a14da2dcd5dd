"""What is known of loops as they were written: distances, sums, pictures."""

import pickle

import pytest

from pyaot.ir.build import add, assign, dim, f64, function, give, load, loop, store, sub, var
from pyaot.ir.nodes import Bind, For, Function, Stmt
from pyaot.ir.types import PY_INT, Array, DType
from pyaot.ir.walk import walk_stmts
from pyaot.poly.pictures import Picture
from pyaot.poly.study import LoopStudy, study
from tests.unit.poly.loops import MATRIX, VECTOR, F, at, proved

i, j, n, s = var("i"), var("j"), var("n"), var("s", F)
ONE = f64(1.0)
PARAMS = {"n": PY_INT, "a": MATRIX, "b": MATRIX, "x": VECTOR, "y": VECTOR, "p": Array(DType.INT64, 1)}


def _case(*body: Stmt) -> Function:
    return proved(function("f", PARAMS, *body, give()))


def _studies(*body: Stmt) -> dict[str, LoopStudy]:
    return {one.loop.index: one for one in study(_case(*body), strict=False).loops}


def _picture(one: LoopStudy) -> Picture:
    assert one.picture is not None
    return one.picture


def nest(*body: Stmt) -> Stmt:
    return loop("i", 1, n, loop("j", 1, n, *body))


# the body; of each loop the distances of what it carries
DISTANCES = {
    "none": ((nest(store("a", i, j, value=ONE)),), {"i": [], "j": []}),
    "along rows": (
        (nest(store("a", i, j, value=at("a", i, sub(j, 1)))),),
        {"i": [], "j": [("flow", ((0, 0), (1, 1)))]},
    ),
    "back along a diagonal": (
        (nest(store("a", i, j, value=at("a", sub(i, 1), add(j, 2)))),),
        {"i": [("flow", ((1, 1), (-2, -2)))], "j": []},
    ),
    "what is overwritten three later": (
        (loop("i", 0, n, store("x", i, value=at("x", add(i, 3)))),),
        {"i": [("anti", ((3, 3),))]},
    ),
    "one element": (
        (loop("i", 0, n, store("x", 0, value=at("y", i))),),
        {"i": [("output", ((1, None),))]},
    ),
}


@pytest.mark.parametrize("name", DISTANCES)
def test_distances(name: str) -> None:
    body, expected = DISTANCES[name]
    found = _studies(*body)
    assert {index: [(c.kind, c.distances) for c in one.carried] for index, one in found.items()} == expected


def test_sums_are_combined() -> None:
    found = _studies(assign("s", f64(0.0)), loop("i", 0, n, assign("s", add(s, at("x", i)))))
    assert {carried.combined_by for carried in found["i"].carried} == {"add"}
    strict = study(
        _case(assign("s", f64(0.0)), loop("i", 0, n, assign("s", add(s, at("x", i))))), strict=True
    )
    assert {carried.combined_by for carried in strict.loops[0].carried} == {""}


def test_a_picture_of_one_loop() -> None:
    made = _picture(_studies(loop("i", 1, n, store("x", i, value=at("x", sub(i, 1)))))["i"])
    assert [axis.index for axis in made.axes] == ["i"]
    assert made.points == tuple((value,) for value in range(1, 10))
    assert [(arrow.source, arrow.sink) for arrow in made.arrows] == [((k,), (k + 1,)) for k in range(1, 9)]
    assert [value for _, value in made.chosen] != [] and not made.is_cut


def test_a_picture_of_a_triangle() -> None:
    body = loop("i", 0, n, loop("j", 0, add(i, 1), store("a", i, j, value=at("a", sub(i, 1), j))))
    made = _picture(_studies(body)["i"])
    assert made.points == tuple((i, j) for i in range(8) for j in range(i + 1))
    assert {(b[0] - a[0], b[1] - a[1]) for a, b in ((r.source, r.sink) for r in made.arrows)} == {(1, 0)}


def test_the_picture_shows_what_the_loop_itself_carries() -> None:
    """Two iterations of `i` have no loop inside in common, so `i` stands alone."""
    first = loop("j", 0, n, store("y", j, value=at("x", j)))
    second = loop("k", 0, n, store("x", var("k"), value=at("y", var("k"))))
    made = _picture(_studies(loop("i", 0, n, first, second))["i"])
    assert {arrow.source[0] + 1 for arrow in made.arrows} == {arrow.sink[0] for arrow in made.arrows} != set()


def test_long_loops_are_cut() -> None:
    made = _picture(_studies(loop("i", 5, 1000, store("x", i, value=ONE)))["i"])
    assert made.points == tuple((value,) for value in range(5, 17)) and made.is_cut


def test_of_many_dependent_iterations_the_nearest_is_drawn() -> None:
    made = _picture(_studies(loop("i", 0, n, store("x", 0, value=add(at("x", 0), ONE))))["i"])
    flows = [(arrow.source[0], arrow.sink[0]) for arrow in made.arrows if arrow.kind == "flow"]
    assert flows == [(k, k + 1) for k in range(9)]


def test_loops_around_stand_still() -> None:
    body = loop("n_", 0, dim("a", 0), nest(store("a", i, j, value=ONE)))
    made = _picture(_studies(body)["j"])
    assert [(around.index, value) for around, value in made.fixed] == [("n_", 1), ("i", 2)]


def test_subscripts_that_nobody_knows_are_drawn_too() -> None:
    idx = load("p", i, type=PY_INT)
    made = _studies(loop("i", 0, n, store("x", idx, value=ONE)))["i"]
    assert [c.kind for c in made.carried] == ["output"]
    assert len(_picture(made).arrows) == 9


def test_loops_outside_of_regions_are_unknown() -> None:
    bind = Bind(("x", "y"), ("y", "x"))
    found = _studies(loop("k", 0, n, loop("i", 0, n, store("x", i, value=ONE)), bind))
    assert not found["k"].is_known and found["k"].picture is None
    assert found["i"].is_known


def test_empty_loops_have_no_picture() -> None:
    assert _studies(loop("i", 5, 3, store("x", i, value=ONE)))["i"].picture is None


def test_studies_travel_between_processes() -> None:
    made = study(_case(nest(store("a", i, j, value=at("a", i, sub(j, 1))))), strict=False)
    again = pickle.loads(pickle.dumps(made))
    assert again == made
    loops = [stmt for stmt in walk_stmts(again.function.body) if isinstance(stmt, For)]
    assert all(one.loop is loop for one, loop in zip(again.loops, loops, strict=True))
