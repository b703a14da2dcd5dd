"""Reductions over what masks choose run over the masks; other uses of what is chosen leave it an array."""

import math

import numpy as np
import pytest

from pyaot.ir.build import (
    allocate,
    assign,
    binary,
    block,
    call,
    cast,
    check,
    compare,
    dim,
    either,
    f64,
    forever,
    function,
    give,
    i64,
    leave,
    load,
    loop,
    mul,
    store,
    sub,
    unchecked,
    var,
    when,
)
from pyaot.ir.check import check as check_ir
from pyaot.ir.interpret import interpret
from pyaot.ir.nodes import Allocate, Const, Expr, For, Function, Stmt, Var
from pyaot.ir.types import PY_BOOL, PY_INT, Array, DType, Scalar
from pyaot.ir.walk import Body, walk_stmts
from pyaot.normalise.chosen import read_where_chosen

COUNT, FLOAT, BOOL = Scalar(DType.INT64), Scalar(DType.FLOAT64), Scalar(DType.BOOL)
PARAMS = {name: Array(DType.FLOAT64, 1) for name in "ax"}
PARAMS |= {
    "h": Array(DType.BOOL, 1),
    "w": Array(DType.FLOAT64, 2),
    "m": Array(DType.BOOL, 1),
    "o": Array(DType.BOOL, 2),
}
I, J, N = var("i"), var("j"), var("n")
SIZE = dim("m", 0)
SUM = assign("t", f64(0.0))


def at(array: str, *places: Expr) -> Expr:
    return load(array, *(places or (J,)), type=BOOL if array in "hmo" else FLOAT, checked=False)


def raised(name: str, mask: Expr) -> Stmt:
    """name = name + int64(mask)."""
    return assign(name, unchecked(binary("add", Var(name, COUNT), cast(mask, COUNT))))


def counted(mask: Expr | None = None, to: str = "", start: int = 0) -> Body:
    """n is the number of true m[i]."""
    count, mask = f"c{to}", at("m", I) if mask is None else mask
    total = assign(f"n{to}", cast(Var(count, COUNT), PY_INT))
    return assign(count, cast(i64(start), COUNT)), loop("i", 0, SIZE, raised(count, mask)), total


def filled(
    array: str = "s",
    value: Expr | None = None,
    stop: Expr = SIZE,
    mask: Expr | None = None,
    start: int = 0,
    length: Expr = N,
) -> Body:
    """array = a[m], or what else is put where the mask is true."""
    place = Var(f"k{array}", COUNT)
    put = store(array, cast(place, PY_INT), value=at("a", I) if value is None else value, checked=False)
    more = raised(place.name, at("m", I) if mask is None else mask)
    begin = assign(place.name, cast(i64(start), COUNT))
    return allocate(array, DType.FLOAT64, length), begin, loop("i", 0, stop, put, more)


def searched(
    least: int = 0, by: int = 1, to: str = "", first: Expr = SIZE, mask: str = "m"
) -> tuple[Stmt, Stmt]:
    """stop is one more than the place of the last true element of m."""
    stop = var(f"stop{to}")
    found = either(compare("le", stop, least), cast(at(mask, sub(stop, 1)), PY_BOOL))
    search = forever(when(found, leave(f"found{to}")), assign(stop.name, unchecked(sub(stop, by))))
    return assign(stop.name, first), block(f"found{to}", search)


def summed(value: Expr, into: str = "t") -> Stmt:
    """t = t + value for every j below n."""
    return loop("j", 0, N, assign(into, binary("add", Var(into, FLOAT), value)))


def case(*body: Stmt) -> Function:
    """The function, which gives t."""
    made = function("f", PARAMS, SUM, *body, give(Var("t", FLOAT)))
    check_ir(made)
    return made


def results(made: Function) -> list[object]:
    """What it gives for some masks, and what it leaves in the arrays."""
    rng = np.random.default_rng(5)
    found: list[object] = []
    for chance in (0.0, 0.3, 0.8, 1.0):
        mask = rng.random(9) < chance
        mask[-1] = chance == 0.8 or chance == 1.0
        arrays = [
            rng.standard_normal(9),
            rng.standard_normal(9),
            mask[::-1],
            rng.standard_normal((3, 4)),
            mask,
        ]
        outcome = interpret(made, [*arrays, rng.random((3, 4)) < chance])
        found.append((repr(outcome), [array.tolist() for array in arrays]))
    return found


def arrays_of(made: Function) -> list[str]:
    return [stmt.name for stmt in walk_stmts(made.body) if isinstance(stmt, Allocate)]


S = at("s")
SOME = check(compare("ge", N, 1))
FIRST = assign("e", load("s", 0, type=FLOAT, checked=False))
EXTREME = loop("j", 0, N, assign("e", binary("maximum", Var("e", FLOAT), S)))
LAST = assign("t", binary("add", Var("t", FLOAT), Var("e", FLOAT)))
STOP = var("stop")


def rows(count: Expr | None = None) -> Body:
    """A sum over w[o], of two dimensions, or of some rows."""
    o, k = at("o", I, J), Var("ks", COUNT)
    extents = dim("o", 0), dim("o", 1)
    found = either(compare("le", STOP, 0), cast(at("o", I, sub(STOP, 1)), PY_BOOL))
    step = when(found, leave("found")), assign("stop", unchecked(sub(STOP, 1)))
    search = assign("stop", extents[1]), block("found", forever(*step))
    put = store("s", cast(k, PY_INT), value=at("w", I, J), checked=False)
    return (
        assign("c", cast(i64(0), COUNT)),
        loop("i", 0, extents[0], loop("j", 0, extents[1], raised("c", o))),
        assign("n", cast(Var("c", COUNT), PY_INT)),
        allocate("s", DType.FLOAT64, N),
        assign("ks", cast(i64(0), COUNT)),
        loop("i", 0, count or extents[0], *search, loop("j", 0, STOP, put, raised("ks", o))),
        summed(S),
    )


MADE = (*counted(), *searched(), *filled(stop=STOP))
ASKED = (*counted(), *searched(), SOME, *filled(stop=STOP))
GONE: dict[str, Body] = {
    "searched": (*MADE, summed(S)),
    "a product": (*MADE, summed(mul(S, at("x", i64(0))))),
    "two arrays": (
        *MADE,
        *(*searched(to="2"), *filled("u", at("x", I), var("stop2"))),
        summed(mul(S, at("u"))),
    ),
    "some rows": rows(),
    "an extreme": (*ASKED, FIRST, EXTREME, LAST),
    "in a branch": (*MADE, when(compare("gt", N, 2), summed(S))),
    "two sums": (*MADE, summed(S), summed(mul(S, S))),
    "in a loop": (loop("r", 0, 3, *MADE, summed(S)),),
}
STAYS: dict[str, Body] = {
    "another mask is counted": (
        *counted(at("o", i64(0), i64(0))),
        *searched(),
        *filled(stop=STOP)[:2],
        summed(S),
    ),
    "a value changes": (
        *MADE,
        store("a", 0, value=f64(9.0)),
        summed(S),
    ),
    "the mask changes": (
        *MADE,
        store("m", 0, value=compare("gt", N, 99)),
        summed(S),
    ),
    "an element is read": (*ASKED, FIRST, LAST, summed(S)),
    "an extreme of the others": (
        *ASKED,
        FIRST,
        loop("j", 1, N, assign("e", binary("maximum", Var("e", FLOAT), S))),
        LAST,
    ),
    "nobody asks for one": (
        *MADE,
        when(compare("gt", N, 0), FIRST, EXTREME, LAST),
    ),
    "the place counts": (*MADE, summed(mul(S, cast(J, FLOAT)))),
    "dear": (*MADE, summed(call("exp", S))),
    "many loops": (*MADE, *(summed(mul(S, f64(float(x)))) for x in range(4))),
    "stored": (
        *MADE,
        loop("j", 0, N, store("x", 0, value=S)),
        summed(S),
    ),
    "no search": (*counted(), *filled(), summed(S)),
    "another search": (*counted(), *searched(least=1), *filled(stop=STOP), summed(S)),
    "two steps": (*counted(), *searched(by=2), *filled(stop=STOP), summed(S)),
    "another mask is put": (*counted(), *searched(), *filled(stop=STOP, mask=at("h", I)), summed(S)),
    "another mask beside it": (
        *MADE,
        *(*counted(at("h", I), "2"), *searched(to="2", mask="h")),
        *filled("u", at("x", I), var("stop2"), at("h", I), length=var("n2")),
        summed(mul(S, at("u"))),
    ),
    "counted from 1": (*counted(start=1), *searched(), *filled(stop=STOP), summed(S)),
    "put from 1": (*counted(), *searched(), *filled(stop=STOP, start=1), summed(S)),
    "the number is asked for": (*MADE, summed(S), assign("last", Var("ks", COUNT))),
    "searched from elsewhere": (*counted(), *searched(first=sub(SIZE, 1)), *filled(stop=STOP), summed(S)),
    "some of the rows": rows(i64(2)),
    "the element before": (*counted(), *searched(), *filled(stop=STOP), summed(at("s", sub(J, 1)))),
}


@pytest.mark.parametrize("name", GONE)
def test_no_array_is_left(name: str) -> None:
    before = case(*GONE[name])
    after = read_where_chosen(before)
    check_ir(after)
    assert arrays_of(before) and not arrays_of(after)
    assert results(after) == results(before)


@pytest.mark.parametrize("name", STAYS)
def test_the_array_stays(name: str) -> None:
    before = case(*STAYS[name])
    assert arrays_of(read_where_chosen(before)) == arrays_of(before)


def test_whether_there_is_one_is_asked_behind_the_loop() -> None:
    after = read_where_chosen(case(*ASKED, summed(S)))
    assert isinstance(after.body[-2], type(SOME))
    assert isinstance(after.body[-3], For)


def test_no_element_is_read_before_it_is_asked_for() -> None:
    """The check may be what keeps its subscript in range."""
    element = assign("e", load("x", 0, type=FLOAT, checked=False))
    after = read_where_chosen(case(*counted(), *searched(), SOME, *filled(stop=STOP), element, summed(S)))
    assert after.body.index(SOME) < after.body.index(element)


def test_an_extreme_begins_at_the_end_of_the_numbers() -> None:
    """Where nothing is chosen the check has failed; otherwise every element is at least the end."""
    after = read_where_chosen(case(*GONE["an extreme"]))
    begun = [s.value for s in walk_stmts(after.body) if getattr(s, "name", "") == "e"]
    assert begun[0] == Const(-math.inf, FLOAT)
