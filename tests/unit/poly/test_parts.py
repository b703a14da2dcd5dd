"""Updates of a whole array that save only the parts which others read."""

import numpy as np
import pytest

from pyaot.ir.build import (
    add,
    allocate,
    binary,
    dim,
    function,
    give,
    loop,
    minimum,
    mul,
    store,
    sub,
    unchecked,
    var,
)
from pyaot.ir.interpret import interpret
from pyaot.ir.mentions import array_mentions
from pyaot.ir.nodes import Expr, Function, Stmt
from pyaot.ir.types import PY_INT, DType
from pyaot.poly.parts import save_parts
from tests.unit.poly.loops import MATRIX, VECTOR, at, proved

i, j, k, p, q, n, m = (var(name) for name in "ijkpqnm")
SAVED = allocate("saved", DType.FLOAT64, n, m)
NEXT = unchecked(add(j, 1))
SAME = at("a", i, j)


def case(*body: Stmt) -> Function:
    params = {"a": MATRIX, "b": MATRIX, "x": VECTOR, "n": PY_INT, "m": PY_INT}
    return proved(function("f", params, *body, give()))


def made(value: Expr) -> Stmt:
    return loop("i", 0, n, loop("j", 0, m, store("saved", i, j, value=value)))


def update(value: Expr, *places: Expr | int) -> tuple[Stmt, ...]:
    target = store("a", *(places or (p, q)), value=at("saved", p, q))
    return SAVED, made(value), loop("p", 0, n, loop("q", 0, m, target))


CASES = {
    "a row and a column": (
        case(loop("k", 0, n, *update(minimum(SAME, add(at("a", i, k), at("a", k, j)))))),
        True,
    ),
    "one element": (case(*update(binary("truediv", SAME, at("a", 1, 1)))), True),
    "a row for another place": (
        case(*update(sub(at("a", i, NEXT), at("a", 0, j)), p, unchecked(add(q, 1)))),
        True,
    ),
    "a part that is subscripted by a sum": (
        case(*update(mul(at("a", i, 0), at("a", unchecked(sub(m, 1)), j)))),
        True,
    ),
    "a neighbour": (case(*update(add(SAME, at("a", i, NEXT)))), False),
    "the transposed": (case(*update(add(SAME, at("a", j, i)))), False),
    "only the element itself": (case(*update(add(SAME, SAME))), False),
    "all into one row": (case(*update(add(at("a", i, 0), SAME), 0, q)), False),
    "five parts": (
        case(
            *update(
                add(add(at("a", i, 0), at("a", i, 1)), add(add(at("a", 0, j), at("a", 1, j)), at("a", 0, 0)))
            )
        ),
        False,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_updates_in_parts(name: str) -> None:
    program, is_in_parts = CASES[name]
    changed = save_parts(program)
    assert ("saved" not in array_mentions(changed.body)) is is_in_parts
    for rows, columns in ((4, 4), (2, 4), (4, 3)):
        results = []
        for version in (program, changed):
            a = np.random.default_rng(0).random((6, 6))
            arguments = {"a": a, "b": a.copy(), "x": a[0].copy(), "n": rows, "m": columns}
            results.append((type(interpret(version, arguments)), a))
        assert results[0][0] is results[1][0]
        np.testing.assert_array_equal(results[0][1], results[1][1])


def test_an_empty_nest_reads_no_part() -> None:
    changed = save_parts(case(*update(sub(SAME, at("a", i, dim("x", 0))))))
    arguments = {"a": np.zeros((3, 0)), "b": np.zeros((1, 1)), "x": np.zeros(7), "n": 3, "m": 0}
    assert "saved" not in array_mentions(changed.body)
    assert type(interpret(changed, arguments)).__name__ == "Returned"
