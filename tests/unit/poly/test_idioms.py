"""Loop nests that are matrix products become calls, and mean the same."""

import math

import numpy as np
import pytest
from msgspec.structs import replace

from pyaot.base.options import Options
from pyaot.ir.build import add, assign, call, dim, function, give, load, loop, mul, neg, store, sub, var
from pyaot.ir.interpret import Returned, interpret
from pyaot.ir.nodes import Const, For, Function, If, LibraryCall, Load, Stmt
from pyaot.ir.types import Array, DType, Scalar
from pyaot.ir.walk import map_exprs, transform_body, walk_stmts
from pyaot.poly.optimise import optimise

C = Scalar(DType.COMPLEX128)
COMPLEX = Array(DType.COMPLEX128, 2)
i, j, k, s = var("i"), var("j"), var("k"), var("s", C)
ROWS, COLUMNS, INNER = dim("c", 0), dim("c", 1), dim("a", 1)
ZERO = Const(0j, C)


def at(array: str, *subscripts: object) -> Load:
    return load(array, *subscripts, type=C)  # type: ignore[arg-type]


PLAIN = mul(at("a", i, k), at("b", k, j))


def nest(*body: Stmt, order: str = "ij") -> Stmt:
    """The body in loops over rows, columns and what is summed, as the letters say."""
    stops = {"i": ROWS, "j": COLUMNS, "k": INNER}
    for index in reversed(order):
        body = (loop(index, 0, stops[index], *body),)
    return body[0]


def update(product: object = PLAIN) -> Stmt:
    return store("c", i, j, value=add(at("c", i, j), product))  # type: ignore[arg-type]


def inner(*body: Stmt) -> Stmt:
    return loop("k", 0, INNER, *body)


def zeroed(first_row: int) -> Stmt:
    p, q = var("p"), var("q")
    return loop("p", first_row, ROWS, loop("q", 0, COLUMNS, store("c", p, q, value=ZERO)))


x, y = var("x", C), var("y", C)
SCALED_B = mul(at("b", k, j), y)
SCALED = mul(mul(x, at("a", i, k)), at("b", k, j))
GRAM = mul(at("a", i, k), call("conjugate", at("a", j, k)))
SHIFTED = update(mul(at("a", sub(i, 1), k), at("b", k, j)))

# name: the nests, the options of the call (None: no call)
CASES = {
    "accumulating": ((nest(update(), order="ijk"),), {"accumulate": True}),
    "sum outermost": ((nest(update(), order="kij"),), {"accumulate": True}),
    "with a scalar": (
        (nest(assign("s", ZERO), inner(assign("s", add(s, PLAIN))), store("c", i, j, value=s)),),
        {},
    ),
    "set to zero in the nest": ((nest(store("c", i, j, value=ZERO), inner(update())),), {}),
    "set to zero before": (
        (
            loop("p", 0, ROWS, loop("q", 0, COLUMNS, store("c", var("p"), var("q"), value=ZERO))),
            nest(update(), order="ikj"),
        ),
        {},
    ),
    "only half set to zero before": (
        (
            loop("p", 1, ROWS, loop("q", 0, COLUMNS, store("c", var("p"), var("q"), value=ZERO))),
            nest(update(), order="ikj"),
        ),
        {"accumulate": True},
    ),
    "scaled first": (
        (nest(store("c", i, j, value=mul(at("c", i, j), Const(2j, C))), inner(update())),),
        {"accumulate": True},
    ),
    "subtracted": (
        (nest(store("c", i, j, value=sub(at("c", i, j), PLAIN)), order="ijk"),),
        {"accumulate": True, "alpha": -1.0},
    ),
    "conjugated and transposed": (
        (nest(update(mul(call("conjugate", at("b", k, j)), at("a", i, k))), order="ijk"),),
        {"accumulate": True, "conjugate_right": True},
    ),
    "of itself": (
        (nest(update(mul(at("a", i, k), call("conjugate", at("a", j, k)))), order="ijk"),),
        {"accumulate": True, "conjugate_right": True},
    ),
    "shifted": (
        (
            loop(
                "i",
                1,
                ROWS,
                loop("j", 0, COLUMNS, loop("k", 2, INNER, update(mul(at("a", sub(i, 1), k), at("b", k, j))))),
            ),
        ),
        {"accumulate": True},
    ),
    "with a scale": ((nest(update(SCALED), order="ijk"),), {"accumulate": True}),
    "with scales everywhere": (
        (
            nest(
                store("c", i, j, value=sub(at("c", i, j), mul(at("a", i, k), mul(x, neg(SCALED_B))))),
                order="ijk",
            ),
        ),
        {"accumulate": True},
    ),
    "a scaled sum": (
        (
            nest(
                assign("s", ZERO),
                inner(assign("s", add(s, PLAIN))),
                store("c", i, j, value=sub(mul(y, at("c", i, j)), mul(s, mul(x, x)))),
            ),
        ),
        {"accumulate": True, "alpha": -1.0},
    ),
    "a scaled sum alone": (
        (
            nest(
                assign("s", ZERO),
                inner(assign("s", sub(s, SCALED))),
                store("c", i, j, value=neg(mul(s, x))),
            ),
        ),
        {},
    ),
    "a sum that begins with an element": (
        (
            nest(
                assign("s", mul(y, at("c", i, j))),
                inner(assign("s", add(s, PLAIN))),
                store("c", i, j, value=s),
            ),
        ),
        {"accumulate": True},
    ),
    "a scale that moves": ((nest(update(mul(at("d", i), PLAIN)), order="ijk"),), None),
    "a sum that is squared, in tiles": (
        (nest(assign("s", ZERO), inner(assign("s", add(s, PLAIN))), store("c", i, j, value=mul(s, s))),),
        {},
    ),
    "a sum that begins with an element and is scaled, in tiles": (
        (
            nest(
                assign("s", at("c", i, j)),
                inner(assign("s", add(s, PLAIN))),
                store("c", i, j, value=mul(x, s)),
            ),
        ),
        {},
    ),
    "not a product of the result": ((nest(update(mul(at("c", i, k), at("b", k, j))), order="ijk"),), None),
    "elementwise": ((nest(update(mul(at("a", i, j), at("b", k, j))), order="ijk"),), None),
    "triangular, in tiles": ((loop("i", 0, ROWS, loop("j", 0, i, loop("k", 0, INNER, update()))),), {}),
}


def program(*body: Stmt) -> Function:
    numbers = {"d": Array(DType.COMPLEX128, 1), "x": C, "y": C}
    made = function("f", {"a": COMPLEX, "b": COMPLEX, "c": COMPLEX, **numbers}, *body, give())

    def unchecked(stmt: Stmt) -> tuple[Stmt, ...]:
        return (replace(stmt, checked=False) if hasattr(stmt, "array") else stmt,)

    def proved(expr):  # type: ignore[no-untyped-def]
        return replace(expr, checked=False) if isinstance(expr, Load) else expr

    return replace(made, body=transform_body(unchecked, map_exprs(proved, made.body)))


def run(made: Function, size: int, x: complex = 2 - 1j) -> np.ndarray:
    rng = np.random.default_rng(1)
    arguments = {
        name: rng.integers(-3, 4, (size, size)) + 1j * rng.integers(-3, 4, (size, size)) for name in "abc"
    }
    arguments |= {"d": arguments["a"][0].copy(), "x": x, "y": 3 + 1j}
    assert isinstance(interpret(made, arguments), Returned)
    return arguments["c"]


@pytest.mark.parametrize("name", CASES)
def test_products(name: str) -> None:
    body, options = CASES[name]
    before = program(*body)
    after = optimise(before, Options()).function
    calls = [stmt for stmt in walk_stmts(after.body) if isinstance(stmt, LibraryCall)]
    assert [dict(c.options) for c in calls] == ([] if options is None else [options])
    np.testing.assert_array_equal(run(after, 5), run(before, 5))


@pytest.mark.parametrize(
    "name", ["with a scalar", "scaled first", "of itself", "shifted", "only half set to zero before"]
)
def test_the_call_means_the_same(name: str) -> None:
    before = program(*CASES[name][0])
    after = optimise(before, Options()).function
    np.testing.assert_array_equal(run(after, 7), run(before, 7))


@pytest.mark.parametrize("name", ["with a scale", "a scaled sum", "a scaled sum alone"])
@pytest.mark.parametrize("x", [2 - 1j, 0, math.inf, math.nan])
def test_any_scale_means_the_same(name: str, x: complex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyaot.poly.idioms.LEAST_WORK", 8.0)
    before = program(*CASES[name][0])
    after = optimise(before, Options()).function
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(run(after, 7, x), run(before, 7, x))


def test_strict_keeps_loops() -> None:
    after = optimise(program(*CASES["accumulating"][0]), Options(strict=True)).function
    assert not any(isinstance(stmt, LibraryCall) for stmt in walk_stmts(after.body))


def batches() -> Function:
    batch = Array(DType.COMPLEX128, 3)
    product = mul(load("a", var("n"), i, k, type=C), load("b", k, j, type=C))
    target = load("c", var("n"), i, j, type=C)
    inmost = store("c", var("n"), i, j, value=add(target, product))
    rows = loop("i", 0, dim("a", 1), loop("j", 0, dim("b", 1), loop("k", 0, dim("b", 0), inmost)))
    body = loop("n", 0, dim("a", 0), rows)
    return replace(program(body), params=function("f", {"a": batch, "b": COMPLEX, "c": batch}).params)


def test_small_batches_stay_parallel_loops() -> None:
    choice = optimise(batches(), Options()).function.body[0]
    assert isinstance(choice, If)
    assert [stmt.marks.parallel for stmt in choice.otherwise if isinstance(stmt, For)] == [True]
    assert any(isinstance(stmt, LibraryCall) for stmt in walk_stmts(choice.then))


def test_big_batches_mean_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyaot.poly.idioms.SHORTEST_OF_BATCH", 2)
    monkeypatch.setattr("pyaot.poly.idioms.LEAST_OF_BATCH", 8.0)
    monkeypatch.setattr("pyaot.poly.idioms.LEAST_WORK", 8.0)
    before = batches()
    after = optimise(before, Options()).function
    results = []
    for made in (before, after):
        rng = np.random.default_rng(2)
        shapes = {"a": (2, 3, 4), "b": (4, 5), "c": (2, 3, 5)}
        arguments = {name: rng.integers(-3, 4, shape) * (1 + 2j) for name, shape in shapes.items()}
        assert isinstance(interpret(made, arguments), Returned)
        results.append(arguments["c"])
    np.testing.assert_array_equal(*results)
