"""Extents that checks found equal are written alike."""

import pytest

from pyaot.ir.build import (
    add,
    assign,
    check,
    compare,
    dim,
    f64,
    function,
    load,
    loop,
    minimum,
    mul,
    store,
    var,
)
from pyaot.ir.nodes import Stmt
from pyaot.ir.show import show_body
from pyaot.ir.types import PY_INT
from pyaot.poly.equal import with_equals
from tests.unit.poly.loops import INTS, VECTOR

n, k, i = var("n"), var("k"), var("i")
PARAMS = {"n": PY_INT, "k": PY_INT, "x": VECTOR, "ints": INTS}
LEAST, PRODUCT, SUM = minimum(k, n), mul(n, k), add(n, k)
ELEMENT = load("ints", 0, type=PY_INT, checked=False)
SET = store("x", i, value=f64(1.0))


def said(left: object, right: object) -> Stmt:
    return check(compare("eq", left, right))  # type: ignore[arg-type]


CASES: dict[str, tuple[tuple[Stmt, ...], tuple[Stmt, ...]]] = {
    "a minimum": (
        (said(LEAST, k), loop("i", 0, LEAST, SET)),
        (said(LEAST, k), loop("i", 0, k, SET)),
    ),
    "the other way round": (
        (said(dim("x", 0), PRODUCT), loop("i", 0, PRODUCT, SET)),
        (said(dim("x", 0), PRODUCT), loop("i", 0, dim("x", 0), SET)),
    ),
    "in what was replaced": (
        (said(LEAST, k), said(mul(LEAST, 3), n), loop("i", 0, mul(LEAST, 3), SET)),
        (said(LEAST, k), said(mul(k, 3), n), loop("i", 0, n, SET)),
    ),
    "until a name is set": (
        (said(LEAST, k), assign("k", 3), loop("i", 0, LEAST, SET)),
        (said(LEAST, k), assign("k", 3), loop("i", 0, LEAST, SET)),
    ),
    "not before": (
        (loop("i", 0, LEAST, SET), said(LEAST, k)),
        (loop("i", 0, LEAST, SET), said(LEAST, k)),
    ),
    "not what isl knows": (
        (said(SUM, 5), loop("i", 0, SUM, SET)),
        (said(SUM, 5), loop("i", 0, SUM, SET)),
    ),
    "not of elements": (
        (said(mul(ELEMENT, n), k), loop("i", 0, mul(ELEMENT, n), SET)),
        (said(mul(ELEMENT, n), k), loop("i", 0, mul(ELEMENT, n), SET)),
    ),
    "not where a turn changes it": (
        (said(LEAST, k), loop("j", 0, n, loop("i", 0, LEAST, SET), assign("k", 3))),
        (said(LEAST, k), loop("j", 0, n, loop("i", 0, LEAST, SET), assign("k", 3))),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_equals(name: str) -> None:
    before, after = CASES[name]
    assert show_body(with_equals(function("f", PARAMS, *before)).body) == show_body(after)
