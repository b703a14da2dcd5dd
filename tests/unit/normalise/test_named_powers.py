"""Powers of ints get names where they are first needed in any case."""

import pytest

from pyaot.ir.build import (
    add,
    allocate,
    assign,
    binary,
    block,
    check,
    compare,
    f64,
    function,
    give,
    i64,
    leave,
    load,
    loop,
    select,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.interpret import Failed, Returned, interpret
from pyaot.ir.nodes import Expr, Stmt
from pyaot.ir.show import show_body
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import walk_exprs
from pyaot.normalise.named_powers import LONGEST, name_powers
from pyaot.normalise.pipeline import normalise
from pyaot.normalise.ranges import find_ranges

F64 = Scalar(DType.FLOAT64)
R, K, I = var("r"), var("k"), var("i")
PARAMS = {"r": PY_INT, "k": PY_INT, "a": Array(DType.FLOAT64, 1), "ints": Array(DType.INT64, 1)}
SET = store("a", I, value=f64(1.0))


def power(base: Expr = R, exponent: Expr = K) -> Expr:
    return binary("pow", base, exponent)


P, Q = var("power"), var("power_2")
LENGTH = check(compare("le", P, LONGEST), "an array would be too long")
TURN = power(R, I)
POSITIVE = compare("gt", K, 0)
CASES: dict[str, tuple[tuple[Stmt, ...], tuple[Stmt, ...]]] = {
    "twice": (
        (assign("x", power()), assign("y", add(power(), 1))),
        (assign("power", power()), assign("x", P), assign("y", add(P, 1))),
    ),
    "an extent": (
        (allocate("t", DType.FLOAT64, power()), loop("i", 0, power(), SET)),
        (assign("power", power()), LENGTH, allocate("t", DType.FLOAT64, P), loop("i", 0, P, SET)),
    ),
    "of every turn": (
        (loop("i", 0, K, assign("x", power())),),
        (assign("power", power()), loop("i", 0, K, assign("x", P))),
    ),
    "anew in each turn": (
        (loop("i", 0, K, assign("x", TURN), assign("y", TURN)),),
        (loop("i", 0, K, assign("power", TURN), assign("x", P), assign("y", P)),),
    ),
    "of a power": (
        (assign("x", power(power(), I)), assign("y", power(power(), I))),
        (assign("power", power()), assign("power_2", power(P, I)), assign("x", Q), assign("y", Q)),
    ),
    "in branches": (
        (when(POSITIVE, assign("x", power())), when(POSITIVE, assign("y", power()))),
        (
            when(POSITIVE, assign("power", power()), assign("x", P)),
            when(POSITIVE, assign("power_2", power()), assign("y", Q)),
        ),
    ),
    "in an outcome, known before": (
        (assign("x", power()), assign("y", select(POSITIVE, power(), 1))),
        (assign("power", power()), assign("x", P), assign("y", select(POSITIVE, P, 1))),
    ),
}
SAME: dict[str, tuple[Stmt, ...]] = {
    "once": (assign("x", power()),),
    "a square": (assign("x", binary("pow", R, sub(3, 1))), assign("y", binary("pow", R, sub(3, 1)))),
    "in outcomes": (assign("x", select(POSITIVE, power(), 1)), assign("y", select(POSITIVE, power(), 2))),
    "of some turns": (loop("i", 0, K, when(POSITIVE, assign("x", power()))),),
    "after a turn may end": (
        loop("i", 0, K, block("next", when(compare("gt", I, 3), leave("next")), assign("x", power()))),
    ),
    "of elements": (
        assign("x", power(load("ints", 0, type=PY_INT))),
        assign("y", power(load("ints", 0, type=PY_INT))),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_named(name: str) -> None:
    before, after = CASES[name]
    assert show_body(name_powers(function("f", PARAMS, *before)).body) == show_body(after)


@pytest.mark.parametrize("name", SAME)
def test_as_before(name: str) -> None:
    made = function("f", PARAMS, *SAME[name])
    assert name_powers(made) == made


def test_a_name_lasts_until_its_parts_are_set() -> None:
    body = (assign("x", power()), assign("r", 2), assign("y", power()), assign("z", power()))
    named = name_powers(function("f", PARAMS, *body))
    assert sum(expr == power() for expr in walk_exprs(named.body)) == 2


def test_an_extent_that_is_checked_is_short() -> None:
    before, _ = CASES["an extent"]
    made = normalise(function("f", PARAMS, check(compare("ge", R, 0)), *before, give(load("t", 0, type=F64))))
    found = find_ranges(made).of(P)
    assert (found.low, found.high) == (0, LONGEST)


@pytest.mark.parametrize(("r", "k"), [(2, 10), (2, 31), (2, 32), (3, -1), (0, 0), (-2, 3), (-2, 2)])
def test_the_same_results(r: int, k: int) -> None:
    made_array = allocate("t", DType.INT8, binary("mod", power(), i64(7)))
    made = function("f", {"r": PY_INT, "k": PY_INT}, made_array, give(add(power(), power())))
    want, got = (interpret(f, [r, k]) for f in (made, normalise(made)))
    if isinstance(got, Failed):
        assert isinstance(want, Failed) or r**k > LONGEST
    else:
        assert isinstance(want, Returned) and want.value == got.value
