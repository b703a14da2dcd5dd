"""What is computed twice is computed once, and only where nothing changed in between."""

import pytest

from pyaot.ir.build import (
    ExprLike,
    add,
    allocate,
    assign,
    binary,
    compare,
    f64,
    function,
    give,
    i64,
    load,
    loop,
    maximum,
    mul,
    select,
    store,
    var,
    when,
)
from pyaot.ir.check import check
from pyaot.ir.interpret import Returned, interpret
from pyaot.ir.nodes import Allocate, Assign, Cast, Expr, Function, If, Result, Stmt
from pyaot.ir.types import PY_FLOAT, PY_INT, Array, DType, Scalar
from pyaot.ir.walk import Body, walk_stmts
from pyaot.normalise.joined import join_branches
from pyaot.normalise.twice import compute_once

N, S, T, Z = var("n"), var("s"), var("t"), var("z", PY_FLOAT)
X = Array(DType.INT64, 1, boxed=True)
SOME = compare("gt", N, 3)


def x(index: int) -> Expr:
    """An element of the parameter x."""
    return load("x", index, type=PY_INT)


def total(name: str, index: str, times: int = 2) -> Body:
    """name = 0; for index in range(n): name = max(name, index * times)."""
    return assign(name, 0), loop(index, 0, N, assign(name, maximum(var(name), mul(var(index), times))))


def array(name: str, index: str) -> Body:
    """name = new; for index in range(n): name[index] = index * n."""
    value = mul(var(index), N)
    return allocate(name, DType.INT64, N), loop(index, 0, N, store(name, var(index), value=value))


def results(program: Function) -> list[object]:
    """What the function gives for some n, and what it leaves in x."""
    check(program)
    found: list[object] = []
    for n in range(8):
        given = [3, 1, 4]
        answer = interpret(program, [n, given, 1.5])
        assert isinstance(answer, Returned)
        found.append((repr(answer.value), given))
    return found


def left(*body: Stmt) -> list[str]:
    """The names that Assign and Allocate set in the changed function, which gives the same."""
    program = function("f", {"n": PY_INT, "x": X, "z": PY_FLOAT}, *body)
    once = compute_once(program)
    assert results(once) == results(program)
    return [stmt.name for stmt in walk_stmts(once.body) if isinstance(stmt, Assign | Allocate)]


GONE: dict[str, Body] = {
    "loops": (*total("s", "i"), *total("t", "j"), give(S, T)),
    "side by side": (assign("s", x(0)), assign("t", x(0)), give(S, T)),
    "what follows": (
        *(*total("s", "i"), assign("u", mul(S, 3))),
        *(*total("t", "j"), assign("v", mul(T, 3)), give(var("u"), var("v"))),
    ),
    "in a branch": (*total("s", "i"), when(SOME, *total("t", "j"), give(T)), give(S)),
    "in a loop": (
        *total("s", "i"),
        loop("k", 0, 3, *total("t", "j"), store("x", var("k"), value=T)),
        give(S),
    ),
    "other elements changed": (
        assign("s", mul(N, 2)),
        store("x", 0, value=S),
        assign("t", mul(N, 2)),
        give(T),
    ),
}


@pytest.mark.parametrize("name", GONE)
def test_the_second_work_goes(name: str) -> None:
    names = left(*GONE[name])
    assert not {"t", "v"} & set(names) and "s" in names


def element(name: str, at: ExprLike = 0) -> Expr:
    """An element of an array; 7 where it has none."""
    some = Cast(load(name, at, type=Scalar(DType.INT64)), PY_INT)
    return select(compare("gt", N, 0), some, i64(7))


def greatest(name: str, index: str) -> Body:
    """name = the greatest element of x."""
    each = load("x", var(index), type=PY_INT)
    return assign(name, x(0)), loop(index, 0, 3, assign(name, maximum(var(name), each)))


STAY: dict[str, Body] = {
    "another factor": (*total("s", "i"), *total("t", "j", 3), give(S, T)),
    "set once more": (*total("s", "i"), *total("t", "j"), assign("t", mul(T, 5)), give(S, T)),
    "the first is set once more": (*total("s", "i"), assign("s", mul(S, 5)), *total("t", "j"), give(S, T)),
    "read on the way": (
        *(*total("s", "i"), assign("t", 0), assign("u", mul(T, 7))),
        *(*total("t", "j")[1:], give(S, T, var("u"))),
    ),
    "the first is not ready": (
        *(assign("s", 0), *total("t", "j"), assign("u", mul(T, 7))),
        *(*total("s", "i")[1:], give(S, var("u"))),
    ),
    "an element changed": (assign("s", x(0)), store("x", 0, value=N), assign("t", x(0)), give(S, T)),
    "an element changed in the loop": (
        assign("s", x(0)),
        loop("k", 0, 3, assign("t", x(0)), store("x", 0, value=mul(T, 2))),
        give(S),
    ),
    "an element changed on the way": (
        *greatest("s", "i"),
        *(greatest("t", "j")[0], store("x", 1, value=mul(N, 9)), greatest("t", "j")[1], give(S, T)),
    ),
    "done in one branch only": (
        when(SOME, assign("s", x(1)), store("x", 0, value=S)),
        assign("t", x(1)),
        give(T),
    ),
    "of the turn before": (
        *(assign("s", 0), assign("t", 0)),
        loop("k", 0, N, assign("s", var("k")), store("x", 0, value=T), assign("t", var("k"))),
        give(S, T),
    ),
    "signs of zeros": (
        assign("s", binary("mul", Z, f64(0.0))),
        assign("t", binary("mul", Z, f64(-0.0))),
        give(var("s", PY_FLOAT), var("t", PY_FLOAT)),
    ),
    "cheap arrays": (*array("s", "i"), *array("t", "j"), give("s", element("t"))),
}


@pytest.mark.parametrize("name", STAY)
def test_other_works_stay(name: str) -> None:
    assert "t" in left(*STAY[name])


def looked_up(*result: Result | ExprLike | str) -> list[str]:
    """What is left of two arrays of which elements are looked up."""
    at = assign("at", mul(N, 0))
    use = store("x", 0, value=add(element("s", var("at")), element("t", var("at"))))
    return left(at, *array("s", "i"), *array("t", "j"), use, give(*result))


def test_arrays_whose_elements_are_looked_up_are_one() -> None:
    assert looked_up("t") == ["at", "s"]


def test_two_arrays_that_are_given_back_are_two() -> None:
    assert "t" in looked_up("s", "t")


def branches(*body: Stmt) -> int:
    """How many branches are left."""
    program = function("f", {"n": PY_INT, "x": X, "z": PY_FLOAT}, *body)
    joined = join_branches(program)
    assert results(joined) == results(program)
    return sum(isinstance(stmt, If) for stmt in walk_stmts(joined.body))


PUT, PUT_2 = store("x", 0, value=N), store("x", 1, value=N)


def test_branches_on_one_condition_are_one() -> None:
    both = (when(SOME, PUT, otherwise=[PUT_2]), when(SOME, PUT_2, otherwise=[PUT]), give(0))
    assert branches(*both) == 1


@pytest.mark.parametrize(
    "body",
    [
        (when(SOME, PUT), when(compare("gt", N, 4), PUT_2)),
        (when(compare("gt", x(0), 3), PUT), when(compare("gt", x(0), 3), PUT_2)),
        (when(SOME, PUT), PUT_2, when(SOME, PUT_2)),
        (when(SOME, give(1)), when(SOME, PUT_2)),
    ],
    ids=["another", "changed by the first", "not neighbours", "left"],
)
def test_other_branches_are_not_joined(body: Body) -> None:
    assert branches(*body, give(0)) == 2
