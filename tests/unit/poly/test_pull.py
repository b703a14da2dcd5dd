"""Arrays that are computed where they are read: which are, and that nothing else changes."""

import numpy as np
import pytest

from pyaot.ir.build import (
    add,
    allocate,
    assign,
    call,
    compare,
    dim,
    f64,
    function,
    give,
    loop,
    mul,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.interpret import interpret
from pyaot.ir.mentions import array_mentions
from pyaot.ir.nodes import Expr, Function, Load, Select, Stmt
from pyaot.ir.types import DType
from pyaot.ir.walk import walk_exprs
from pyaot.poly.pull import pull
from tests.unit.poly.loops import MATRIX, VECTOR, F, at, proved

i, j, k, p, q, s = var("i"), var("j"), var("k"), var("p"), var("q"), var("s", F)
N, M = dim("a", 0), dim("a", 1)
NEW = allocate("t", DType.FLOAT64, N, M)


def case(*body: Stmt, new: tuple[Stmt, ...] = (NEW,)) -> Function:
    params = {"a": MATRIX, "b": MATRIX, "x": VECTOR, "w": VECTOR, "alpha": F}
    return proved(function("f", params, *new, *body, give()))


def made(value: Expr, rows: Expr = N) -> Stmt:
    return loop("i", 0, rows, loop("j", 0, M, store("t", i, j, value=value)))


SCALED = made(mul(var("alpha", F), at("a", i, j)))
BETWEEN = loop("k", 0, dim("x", 0), store("x", k, value=add(at("x", k), f64(1.0))))
READ = at("t", p, q)
THREE = made(add(add(at("a", i, j), at("b", i, j)), at("a", j, i)))


COPIED = store("b", p, q, value=READ)


def used(value: Expr = READ, columns: Expr = M) -> Stmt:
    inner = loop("q", 0, columns, assign("s", add(s, value)))
    return loop("p", 0, N, assign("s", f64(0.0)), inner, store("w", p, value=s))


CHOSEN = Select(compare("gt", at("a", p, q), f64(0.0)), READ, f64(0.0), F)
CASES = {
    "read row by row": (case(SCALED, BETWEEN, used(mul(READ, at("x", q)))), True),
    "read in a nest": (
        case(SCALED, loop("p", 0, N, loop("q", 0, M, COPIED))),
        True,
    ),
    "read by columns": (
        case(SCALED, loop("q", 0, M, loop("p", 0, N, COPIED))),
        True,
    ),
    "within one body of a loop": (case(loop("k", 0, 3, NEW, SCALED, used()), new=()), True),
    "a source changes": (
        case(SCALED, loop("k", 0, N, store("a", k, 0, value=f64(1.0))), used()),
        False,
    ),
    "a source changes where it is read": (
        case(SCALED, loop("p", 0, N, loop("q", 0, M, store("a", p, q, value=READ)))),
        False,
    ),
    "a scalar changes": (
        case(assign("s", f64(2.0)), made(mul(s, at("a", i, j))), used()),
        False,
    ),
    "read twice": (case(SCALED, used(mul(READ, READ))), False),
    "not all is read": (case(SCALED, used(columns=sub(M, 1))), False),
    "not all is made": (case(made(at("a", i, j), sub(N, 1)), used()), False),
    "read again and again": (
        case(SCALED, loop("k", 0, 2, loop("p", 0, N, loop("q", 0, M, COPIED)))),
        False,
    ),
    "read under a condition": (
        case(SCALED, loop("p", 0, N, when(compare("gt", p, 1), loop("q", 0, M, COPIED)))),
        False,
    ),
    "read by choice": (case(SCALED, used(CHOSEN)), False),
    "the diagonal is read": (
        case(SCALED, loop("p", 0, N, loop("q", 0, M, store("b", p, q, value=at("t", q, q))))),
        False,
    ),
    "a function": (case(made(call("exp", at("a", i, j))), used()), False),
    "three sources": (case(THREE, used()), True),
    "three sources, by columns": (
        case(THREE, loop("q", 0, M, loop("p", 0, N, COPIED))),
        False,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_arrays_that_are_pulled(name: str) -> None:
    program, is_pulled = CASES[name]
    pulled = pull(program)
    assert ("t" not in array_mentions(pulled.body)) is is_pulled
    results = []
    for version in (program, pulled):
        random = np.random.default_rng(0)
        arguments = {"a": random.random((4, 4)), "b": random.random((4, 4)), "alpha": 3.0}
        arguments |= {"x": random.random(4), "w": random.random(4)}
        outcome = interpret(version, arguments)
        results.append((type(outcome), {n: np.array(v) for n, v in arguments.items()}))
    (first, before), (second, after) = results
    assert first is second
    for key, value in before.items():
        np.testing.assert_array_equal(value, after[key])


def test_what_is_pulled_into_another_goes_on_with_it() -> None:
    second = allocate("u", DType.FLOAT64, N, M)
    shifted = loop("k", 0, N, loop("q", 0, M, store("u", k, q, value=add(at("t", k, q), f64(1.0)))))
    program = case(SCALED, second, shifted, BETWEEN, used(at("u", p, q)))
    pulled = pull(program)
    assert not {"t", "u"} & set(array_mentions(pulled.body))
    outcomes = []
    for version in (program, pulled):
        a, x, w = np.arange(6.0).reshape(2, 3), np.ones(3), np.zeros(2)
        interpret(version, {"a": a, "b": a.copy(), "alpha": 3.0, "x": x, "w": w})
        outcomes.append(w.tolist())
    assert outcomes[0] == outcomes[1] != [0.0, 0.0]


def test_loads_keep_their_order_of_axes() -> None:
    pulled = pull(CASES["read by columns"][0])
    loads = [n for n in _loads(pulled) if n.array == "a"]
    assert [n.subscripts for n in loads] == [(p, q)]


def _loads(made_by: Function) -> list[Load]:
    return [node for node in walk_exprs(made_by.body) if isinstance(node, Load)]
