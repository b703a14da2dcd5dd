"""Random loop programs mean the same after every pass, also when parallel loops run backwards.

The numbers are small integers in float64: sums are exact in every order, and results compare for equality.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pyaot.base.options import Options
from pyaot.ir.build import (
    add,
    allocate,
    assign,
    compare,
    dim,
    f64,
    function,
    give,
    load,
    loop,
    maximum,
    minimum,
    mul,
    store,
    sub,
    var,
    when,
)
from pyaot.ir.interpret import Failed, Returned, interpret
from pyaot.ir.nodes import Expr, For, Function, Stmt
from pyaot.ir.types import PY_INT, DType, Scalar
from pyaot.ir.walk import Body, walk_stmts
from pyaot.poly.bounds import prove_bounds
from pyaot.poly.optimise import optimise
from tests.unit.poly.loops import INTS, MATRIX, VECTOR, F, at, turned

MATRICES, VECTORS = ("a", "b", "t", "u"), ("x", "y", "r")
n = var("n")
s = var("s", F)
PARAMS = {"n": PY_INT, "a": MATRIX, "b": MATRIX, "x": VECTOR, "y": VECTOR, "idx": INTS}


@st.composite
def programs(draw: st.DrawFn) -> Function:
    """A few loop nests over square arrays of extent n + 4, some of them temporaries."""
    size = add(n, 4)
    made: list[Stmt] = [
        allocate("t", DType.FLOAT64, size, size, fill=f64(0.0)),
        allocate("u", DType.FLOAT64, add(dim("a", 0), 0), size, fill=f64(2.0)),
        allocate("r", DType.FLOAT64, dim("t", 1), fill=f64(1.0)),
        assign("s", 0.0),
    ]
    nests = [
        draw(st.one_of(nest(number), nest(number), box(number))) for number in range(draw(st.integers(1, 4)))
    ]
    if draw(st.booleans()):
        fresh = allocate("w", DType.FLOAT64, size, size, fill=f64(1.0))
        j = var("jw")
        use = loop("iw", 0, n, loop("jw", 0, n, store("w", var("iw"), j, value=at("a", var("iw"), j))))
        again = loop(
            "iv", 0, n, store("x", var("iv"), value=add(at("w", var("iv"), 1), at("w", 2, var("iv"))))
        )
        place = draw(st.integers(0, len(nests)))
        nests[place:place] = [fresh, use, again]
    if draw(st.booleans()):
        step = draw(st.sampled_from((1, 2)))
        nests = [loop("time", 0, 2, *nests, step=step)]
    end = store("y", 0, value=add(at("y", 0), s))
    escapes = draw(st.booleans())
    return function("f", PARAMS, *made, *nests, end, give(*(("t", "r") if escapes else ())))


@st.composite
def nest(draw: st.DrawFn, number: int) -> Stmt:
    """One or two loops around a few statements; offsets are at most 2, so subscripts stay in range."""
    i, j = var(f"i{number}"), var(f"j{number}")
    two = draw(st.booleans())
    low, cut = draw(st.integers(1, 2)), draw(st.integers(0, 1))
    if not two:
        body = draw(st.lists(simple((i,)), min_size=1, max_size=3))
        return loop(i.name, low, add(n, cut), *body, step=draw(st.sampled_from((1, 1, 1, 2))))
    inner_stop = draw(st.sampled_from((add(n, 1), i, minimum(add(i, 2), n))))
    inner = loop(
        j.name,
        draw(st.sampled_from((1, 2))),
        inner_stop,
        *draw(st.lists(simple((i, j)), min_size=1, max_size=2)),
    )
    before = draw(st.lists(simple((i,)), max_size=1))
    after = draw(st.lists(simple((i,)), max_size=1))
    if draw(st.booleans()):
        before, after = [assign("s", 0.0)], [store("r", i, value=s)]
        place = (i, j) if draw(st.booleans()) else (j, i)
        inner = replace(inner, body=(*inner.body, assign("s", add(s, at("a", *place)))))
    return loop(i.name, low, add(n, 1), *before, inner, *after)


@st.composite
def box(draw: st.DrawFn, number: int) -> Stmt:
    """A perfect nest that sums over some of its loops, perhaps a matrix product."""
    names = draw(st.permutations([f"i{number}", f"j{number}", f"k{number}"]))
    i, j, k = map(var, names)
    if draw(st.booleans()):
        update = store("u", i, j, value=add(at("u", i, j), mul(at("a", i, k), at("b", k, j))))
        order = draw(st.permutations(names))
    else:
        update = store("y", i, value=sub(at("y", i), at("t", draw(st.sampled_from((i, add(i, 1)))), j)))
        if draw(st.booleans()):
            update = store("t", i, j, value=add(at("t", sub(i, 1), j), at("b", i, j)))
        order = draw(st.permutations(names[:2]))
    body = update
    for index in reversed(order):
        body = loop(index, 1, add(n, 2), body)
    return body


@st.composite
def simple(draw: st.DrawFn, indices: tuple[Expr, ...]) -> Stmt:
    """A store, a sum, or one of them under a condition."""
    kind = draw(st.integers(0, 5))
    if kind == 0:
        stmt: Stmt = assign("s", add(s, draw(element(indices))))
    else:
        value = draw(st.sampled_from((add, sub, maximum)))(draw(element(indices)), draw(element(indices)))
        target = draw(element(indices))
        stmt = store(target.array, *target.subscripts, value=add(target, value) if kind == 1 else value)
    if kind == 0 and draw(st.booleans()):
        new = draw(element(indices))
        return when(compare(draw(st.sampled_from(("lt", "ge"))), new, s), assign("s", new))
    if kind == 2:
        return when(compare("gt", draw(element(indices)), f64(0.0)), stmt)
    return when(compare("ge", indices[-1], 3), stmt) if kind == 3 else stmt


@st.composite
def element(draw: st.DrawFn, indices: tuple[Expr, ...]):  # type: ignore[no-untyped-def]
    """An element of one of the arrays near the iteration's own."""

    def near() -> Expr:
        which = draw(st.integers(0, 9))
        if which == 0:
            return load("idx", draw(st.sampled_from(indices)), type=Scalar(DType.INT64))
        base = draw(st.sampled_from(indices))
        return add(base, draw(st.sampled_from((0, 0, 0, 0, -1, 1, 2))))

    if draw(st.booleans()):
        return at(draw(st.sampled_from(VECTORS)), near())
    first = indices[0] if draw(st.booleans()) else near()
    second = indices[-1] if draw(st.booleans()) else near()
    return at(draw(st.sampled_from(MATRICES)), first, second)


def run(program: Function, size: int) -> object:
    """The result and the arguments afterwards; None where the attempt fails."""
    rng = np.random.default_rng(size)
    arguments = {
        "n": size,
        "a": rng.integers(-3, 4, (size + 4, size + 4)).astype(float),
        "b": rng.integers(-3, 4, (size + 4, size + 4)).astype(float),
        "x": rng.integers(-3, 4, size + 4).astype(float),
        "y": rng.integers(-3, 4, size + 4).astype(float),
        "idx": rng.integers(0, size + 4, size + 4),
    }
    outcome = interpret(program, arguments)
    if isinstance(outcome, Failed):
        return None
    assert isinstance(outcome, Returned)
    values = outcome.value if isinstance(outcome.value, tuple) else ()
    return [array.tolist() for array in (*(arguments[name] for name in "abxy"), *values)]


@pytest.fixture(autouse=True)
def small_sizes_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strips and calls from the smallest sizes on."""
    monkeypatch.setattr("pyaot.poly.permute.STRIP", 2)
    monkeypatch.setattr("pyaot.poly.interleave.ROW", 2)
    monkeypatch.setattr("pyaot.poly.interleave.FEWEST", 3)
    monkeypatch.setattr("pyaot.poly.idioms.SHORTEST", 2)
    monkeypatch.setattr("pyaot.poly.idioms.LEAST_WORK", 8.0)


SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(programs(), st.integers(0, 5))
def test_bounds_keep_the_meaning(program: Function, size: int) -> None:
    after = prove_bounds(program)
    result = run(after, size)
    assert result is None or result == run(program, size)
    if size >= 3:
        assert result == run(program, size)  # requirements exclude only odd calls


@SETTINGS
@given(programs(), st.integers(0, 5), st.booleans())
def test_optimised_means_the_same(program: Function, size: int, strict: bool) -> None:
    proved = prove_bounds(program)
    after = optimise(proved, Options(strict=strict)).function
    expected = run(proved, size)
    assert run(after, size) == expected
    assert run(turned(after), size) == expected


def indices_of(body: Body) -> list[str]:
    return [stmt.index for stmt in walk_stmts(body) if isinstance(stmt, For)]


def test_fuses_and_contracts_a_chain() -> None:
    i, j, k, m = var("i"), var("j"), var("k"), var("m")
    rows, columns = dim("a", 0), dim("a", 1)
    first = store("t", i, j, value=mul(at("a", i, j), 2.0), checked=False)
    second = store("a", k, m, value=replace(at("t", k, m), checked=False))
    program = function(
        "f",
        PARAMS,
        allocate("t", DType.FLOAT64, rows, columns),
        loop("i", 0, rows, loop("j", 0, columns, first)),
        loop("k", 0, dim("t", 0), loop("m", 0, dim("t", 1), second)),
        give(),
    )
    result = optimise(program, Options())
    assert indices_of(result.function.body) == ["i", "j"]
    assert {"PA406", "PA411"} <= {d.code.number for d in result.diagnostics}
    assert run(result.function, 3) == run(program, 3)
