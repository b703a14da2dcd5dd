"""Dependences by the loop that carries them."""

import pytest

from pyaot.ir.build import add, allocate, assign, dim, f64, function, give, loop, mod, mul, store, sub, var
from pyaot.ir.nodes import For, Function, Stmt
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import walk_stmts
from pyaot.poly.dependences import loop_dependences
from tests.unit.poly.loops import MATRIX, VECTOR, F, at

i, j, k, n, s = var("i"), var("j"), var("k"), var("n"), var("s", F)
ONE = f64(1.0)
PARAMS = {"n": PY_INT, "a": MATRIX, "x": VECTOR, "y": VECTOR}


def case(*body: Stmt) -> Function:
    return function("f", PARAMS, *body, give())


def nest(*body: Stmt) -> Stmt:
    return loop("i", 1, n, loop("j", 1, n, *body))


# the body; every dependence as "kind name source->sink carrier"
CASES = {
    "none": ((nest(store("a", i, j, value=ONE)),), set()),
    "along rows": (
        (nest(store("a", i, j, value=at("a", i, sub(j, 1)))),),
        {"flow a S0->S0 j"},
    ),
    "diagonal": (
        (nest(store("a", i, j, value=at("a", sub(i, 1), add(j, 1)))),),
        {"flow a S0->S0 i"},
    ),
    "reads what is overwritten later": (
        (nest(store("a", i, j, value=at("a", add(i, 1), j))),),
        {"anti a S0->S0 i"},
    ),
    "two loops": (
        (loop("i", 0, n, store("x", i, value=ONE)), loop("j", 0, n, store("y", j, value=at("x", j)))),
        {"flow x S0->S1 None"},
    ),
    "disjoint halves": (
        (loop("i", 0, n, store("x", i, value=ONE)), loop("j", n, mul(2, n), store("y", j, value=at("x", j)))),
        set(),
    ),
    "written twice": (
        (loop("i", 0, n, store("x", 0, value=ONE)),),
        {"output x S0->S0 i"},
    ),
    "even and odd": (
        (loop("i", 0, n, store("x", mul(2, i), value=at("x", add(mul(2, i), 1)))),),
        set(),
    ),
    "a scalar of one iteration": (
        (loop("i", 0, n, assign("s", at("x", i)), store("y", i, value=s)),),
        {"flow s S0->S1 None"},
    ),
    "a scalar of all iterations": (
        (assign("s", 0.0), loop("i", 0, n, assign("s", add(s, at("x", i)))), store("y", 0, value=s)),
        {
            "flow s S0->S1 None",
            "flow s S0->S2 None",
            "flow s S1->S2 None",
            "output s S0->S1 None",
            "flow s S1->S1 i",
            "anti s S1->S1 i",
            "output s S1->S1 i",
        },
    ),
    "wraps around": (
        (loop("i", 0, n, store("x", i, value=at("y", mod(add(i, 1), dim("y", 0))))),),
        set(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_dependences(name: str) -> None:
    body, expected = CASES[name]
    regions = loop_dependences(case(*body))
    found = {
        f"{d.kind} {d.name} {d.source.name}->{d.sink.name} {d.carrier.loop.index if d.carrier else None}"
        for region in regions
        for d in region.dependences
    }
    assert found == expected


def test_by_loop_and_by_level() -> None:
    made = case(nest(store("a", i, j, value=add(at("a", i, sub(j, 1)), at("a", sub(i, 1), j)))))
    (region,) = loop_dependences(made)
    outer, inner = [stmt for stmt in walk_stmts(made.body) if isinstance(stmt, For)]
    assert [d.kind for d in region.carried_by(outer)] == ["flow"]
    assert [d.kind for d in region.carried_by(inner)] == ["flow"]
    assert region.within(1) == region.carried_by(inner)
    assert region.within(2) == ()
    assert all(s.stmt in list(walk_stmts(made.body)) for s in region.statements)


def test_a_temporary_of_one_iteration_is_its_own() -> None:
    made = case(
        loop(
            "i",
            0,
            n,
            allocate("t", F.dtype, n),
            loop("j", 0, n, store("t", j, value=at("a", i, j))),
            loop("k", 0, n, store("a", i, k, value=at("t", k))),
        )
    )
    (region,) = loop_dependences(made)
    assert region.carried_by(made.body[0]) == ()  # type: ignore[arg-type]
