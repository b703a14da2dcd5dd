"""Marks on loops: a table of loop nests, and what each loop allows."""

import pytest
from msgspec.structs import replace

from pyaot.base.options import Options
from pyaot.ir.build import (
    FALSE,
    add,
    allocate,
    assign,
    bind,
    block,
    compare,
    either,
    f64,
    floordiv,
    forever,
    function,
    give,
    i64,
    leave,
    load,
    loop,
    minimum,
    mod,
    mul,
    select,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.nodes import Function
from pyaot.ir.types import PY_BOOL, PY_INT, DType, Scalar
from pyaot.poly.optimise import optimise
from tests.unit.poly.loops import CUBE, INTS, MATRIX, VECTOR, F, at, marks_of

i, j, k, t, n, s = var("i"), var("j"), var("k"), var("t"), var("n"), var("s", F)
I64 = Scalar(DType.INT64)
BACKWARDS = load("buffer", sub(sub(n, k), 1), type=F, checked=False)
IDX = load("idx", i, type=I64)
APART = load("idx", mul(2, i), type=PY_INT)
PRODUCT = add(at("c", i, j), mul(at("a", i, k), at("b", k, j)))
POSITIVE = compare("gt", at("x", i), f64(0.0))
LONG = compare("gt", at("x", i), f64(1.0))
SUM = assign("s", add(s, at("x", k)))
ROW = (load("idx", i, type=PY_INT), load("idx", add(i, 1), type=PY_INT))
PARAMS = {
    "n": PY_INT,
    "a": MATRIX,
    "b": MATRIX,
    "c": MATRIX,
    "x": VECTOR,
    "y": VECTOR,
    "idx": INTS,
    "q": CUBE,
}


def case(*body: object) -> Function:
    return function("f", PARAMS, *body, give())


CASES = {
    "elementwise": (case(loop("i", 0, n, store("x", i, value=mul(at("y", i), 2.0)))), {"i": "ps"}),
    "prefix sum": (
        case(loop("i", 1, n, store("x", i, value=add(at("x", sub(i, 1)), at("y", i))))),
        {"i": ""},
    ),
    "reads ahead": (case(loop("i", 0, n, store("x", i, value=at("x", add(i, 1))))), {"i": ""}),
    "even and odd": (
        case(loop("i", 0, n, store("x", mul(2, i), value=at("x", add(mul(2, i), 1))))),
        {"i": "ps"},
    ),
    "halves": (
        case(loop("i", 0, floordiv(n, 2), store("x", i, value=at("x", add(i, floordiv(n, 2)))))),
        {"i": "ps"},
    ),
    "steps over what it reads": (
        case(loop("i", 0, n, store("x", i, value=at("x", add(i, 1))), step=2)),
        {"i": "ps"},
    ),
    "negative subscript wraps": (case(loop("i", 0, n, store("x", sub(i, 2), value=f64(1.0)))), {"i": ""}),
    "row sums": (
        case(
            loop(
                "i",
                0,
                n,
                assign("s", 0.0),
                loop("j", 0, i, assign("s", add(s, at("a", i, j)))),
                store("x", i, value=s),
            )
        ),
        {"i": "pu", "j": "s add:s"},
    ),
    "whole sum": (
        case(
            assign("s", 0.0),
            loop("i", 0, n, loop("j", 0, n, assign("s", add(s, at("a", i, j))))),
            store("x", 0, value=s),
        ),
        {"i": "p add:s", "j": "s add:s"},
    ),
    "the least of integers that lie apart": (
        case(
            assign("t", 0),
            loop("i", 0, n, assign("t", select(compare("lt", APART, t), APART, t))),
            when(compare("gt", t, 0), store("x", 0, value=f64(1.0))),
        ),
        {"i": "p minimum:t"},
    ),
    "least": (
        case(
            assign("s", 0.0),
            loop("i", 0, n, assign("s", select(compare("lt", at("x", i), s), at("x", i), s))),
            store("x", 0, value=s),
        ),
        {"i": "ps minimum:s"},
    ),
    "least by a condition": (
        case(
            assign("s", 0.0),
            loop("i", 0, n, when(compare("gt", s, at("x", i)), assign("s", at("x", i)))),
            store("x", 0, value=s),
        ),
        {"i": "ps minimum:s"},
    ),
    "greatest of something else": (
        case(
            assign("s", 0.0),
            loop("i", 0, n, when(compare("lt", s, at("x", i)), assign("s", at("y", i)))),
            store("x", 0, value=s),
        ),
        {"i": ""},
    ),
    "any": (
        case(
            assign("found", FALSE),
            loop("i", 0, n, assign("found", either(var("found", PY_BOOL), LONG))),
            when(var("found", PY_BOOL), store("x", 0, value=f64(1.0))),
        ),
        {"i": "ps bitor:found"},
    ),
    "a sum that is also read": (
        case(
            assign("s", 0.0),
            loop("i", 0, n, assign("s", add(s, at("x", i))), store("y", i, value=s)),
        ),
        {"i": ""},
    ),
    "last value is needed": (
        case(loop("i", 0, n, assign("s", at("x", i))), store("y", 0, value=s)),
        {"i": ""},
    ),
    "conditionally set": (
        case(
            assign("s", 0.0),
            loop(
                "i",
                0,
                n,
                when(POSITIVE, assign("s", at("x", i))),
                store("y", i, value=s),
            ),
        ),
        {"i": ""},
    ),
    "matrix product": (
        case(
            loop(
                "k",
                0,
                n,
                loop(
                    "i",
                    0,
                    n,
                    loop(
                        "j",
                        0,
                        n,
                        store("c", i, j, value=PRODUCT),
                    ),
                ),
            )
        ),
        {"k": "", "i": "p", "j": "s"},
    ),
    "histogram": (
        case(
            loop(
                "i",
                0,
                n,
                store("x", IDX, value=add(at("x", IDX), 1.0)),
            )
        ),
        {"i": "p add:x"},
    ),
    "scatter": (case(loop("i", 0, n, store("x", IDX, value=at("y", i)))), {"i": ""}),
    "gather": (case(loop("i", 0, n, store("x", i, value=at("y", IDX)))), {"i": "ps"}),
    "wrap around read": (
        case(loop("i", 0, n, store("x", i, value=at("y", mod(add(i, n), n))))),
        {"i": "ps"},
    ),
    "a buffer for each iteration": (
        case(
            loop(
                "i",
                0,
                n,
                allocate("buffer", DType.FLOAT64, n),
                loop("j", 0, n, store("buffer", j, value=at("a", i, j))),
                loop("k", 0, n, store("b", i, k, value=at("buffer", sub(sub(n, k), 1)))),
            )
        ),
        {"i": "p", "j": "s", "k": "s"},
    ),
    "one buffer for all iterations": (
        case(
            allocate("buffer", DType.FLOAT64, n),
            loop("i", 0, n, store("buffer", 0, value=at("x", i)), store("y", i, value=at("buffer", 0))),
        ),
        {"i": "p"},
    ),
    "a buffer filled by every iteration": (
        case(
            allocate("buffer", DType.FLOAT64, n),
            loop(
                "i",
                0,
                n,
                loop("j", 0, n, store("buffer", j, value=at("a", i, j))),
                loop("k", 0, n, store("b", i, k, value=BACKWARDS)),
            ),
        ),
        {"i": "p", "j": "s", "k": "s"},
    ),
    "a buffer filled but for one element": (
        case(
            allocate("buffer", DType.FLOAT64, n),
            loop(
                "i",
                0,
                n,
                loop("j", 1, n, store("buffer", j, value=at("a", i, j))),
                loop("k", 0, n, store("b", i, k, value=at("buffer", k))),
            ),
        ),
        {"i": "", "j": "ps", "k": "ps"},
    ),
    "time steps": (
        case(
            allocate("u", DType.FLOAT64, n),
            allocate("v", DType.FLOAT64, n),
            loop(
                "t",
                0,
                n,
                loop("i", 1, sub(n, 1), store("v", i, value=add(at("u", sub(i, 1)), at("u", add(i, 1))))),
                bind(("u", "v"), ("v", "u")),
            ),
        ),
        {"t": "", "i": "ps"},
    ),
    "a fresh array for each step": (
        case(
            allocate("u", DType.FLOAT64, n),
            loop(
                "t",
                0,
                n,
                allocate("v", DType.FLOAT64, n),
                loop("i", 1, sub(n, 1), store("v", i, value=add(at("u", sub(i, 1)), at("u", add(i, 1))))),
                bind(("u",), ("v",)),
            ),
        ),
        {"t": "", "i": "ps"},
    ),
    "names for one array": (
        case(
            allocate("u", DType.FLOAT64, n),
            allocate("v", DType.FLOAT64, n),
            bind(("u",), ("v",)),
            loop("i", 1, n, store("v", i, value=at("u", sub(i, 1)))),
        ),
        {"i": ""},
    ),
    "while loop inside": (
        case(
            loop(
                "i",
                0,
                n,
                assign("s", at("x", i)),
                block(
                    "out",
                    forever(when(compare("gt", s, f64(2.0)), leave("out")), assign("s", add(s, 1.0))),
                ),
                store("y", i, value=s),
            )
        ),
        {"i": "pu"},
    ),
    "loop in a while loop": (
        case(
            block(
                "out",
                forever(
                    loop("i", 0, n, store("x", i, value=add(at("x", i), 1.0))),
                    when(compare("gt", at("x", 0), f64(9.0)), leave("out")),
                ),
            )
        ),
        {"i": "ps"},
    ),
    "wavefront": (
        case(
            loop(
                "i",
                1,
                n,
                loop("j", 1, n, store("a", i, j, value=add(at("a", sub(i, 1), j), at("a", i, sub(j, 1))))),
            )
        ),
        {"i": "", "j": ""},
    ),
    "short outer loop": (
        case(loop("i", 0, 2, loop("j", 0, n, store("a", i, j, value=f64(0.0))))),
        {"i": "", "j": "ps"},
    ),
    "known by a condition": (
        case(loop("i", 0, n, when(compare("ge", i, 5), store("x", i, value=at("x", sub(4, minimum(i, 4))))))),
        {"i": "ps"},
    ),
    "sparse rows": (
        case(
            loop(
                "i",
                0,
                n,
                assign("s", 0.0),
                loop(
                    "k",
                    load("idx", i, type=PY_INT),
                    load("idx", add(i, 1), type=PY_INT),
                    assign("s", add(s, at("x", k))),
                ),
                store("y", i, value=s),
            )
        ),
        {"i": "pu", "k": "s add:s"},
    ),
    "int counter as bound": (
        case(
            assign("m", i64(0)),
            loop(
                "i",
                0,
                n,
                assign("m", add(var("m"), 1)),
                loop("j", 0, var("m"), store("a", i, j, value=f64(1.0))),
            ),
            loop("k", 0, var("m"), store("x", k, value=f64(1.0))),
        ),
        {"i": "u", "j": "ps", "k": "ps"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_marks(name: str) -> None:
    before, expected = CASES[name]
    assert marks_of(optimise(before, Options()).function) == expected


def test_strict_keeps_the_order_of_float_sums() -> None:
    before, _ = CASES["whole sum"]
    result = optimise(before, Options(strict=True))
    assert marks_of(result.function) == {"i": "", "j": ""}
    assert {d.code.number for d in result.diagnostics} == {"PA408"}


def test_gives_up_on_what_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyaot.poly.dependences.MOST_PAIRS", 3)
    before, _ = CASES["matrix product"]
    result = optimise(before, Options(strict=True))
    assert marks_of(result.function) == {"k": "", "i": "", "j": ""}
    assert {d.code.number for d in result.diagnostics} == {"PA403"}


def test_says_what_stays_sequential_and_why() -> None:
    before, _ = CASES["prefix sum"]
    (said,) = optimise(replace(before, user_names=(("x", "x"),)), Options()).diagnostics
    assert said.code.number == "PA401"
    assert said.message == "Loop 'i' stays sequential."
    assert said.notes == ("'i' carries a flow dependence on 'x'.",)
