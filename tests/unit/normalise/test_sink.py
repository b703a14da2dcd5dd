"""Constants that loops assign are assigned behind them."""

from pyaot.ir.interpret import Returned, interpret
from pyaot.ir.nodes import (
    Assign,
    Compare,
    Const,
    For,
    Function,
    If,
    Nothing,
    Param,
    Return,
    ScalarResult,
    Stmt,
    Var,
)
from pyaot.ir.types import PY_BOOL, PY_INT
from pyaot.normalise.sink import sink_constants

N, KIND = Var("n", PY_INT), Var("kind", PY_INT)


def program(*inside: Stmt) -> Function:
    """kind = 0; n times `inside`; return kind."""
    loop = For("i", Const(0, PY_INT), N, inside)
    body = (Assign("kind", Const(0, PY_INT)), loop, Return(ScalarResult(KIND)))
    return Function("f", "f", (Param("n", PY_INT),), (), body)


def value(function: Function, n: int) -> object:
    outcome = interpret(function, [n])
    assert isinstance(outcome, Returned)
    return outcome.value


def test_a_constant_leaves_nested_loops_and_keeps_its_meaning() -> None:
    inner = For("j", Const(2, PY_INT), N, (Assign("kind", Const(3, PY_INT)),))
    function = program(inner)
    sunk = sink_constants(function)
    outer = sunk.body[1]
    assert isinstance(outer, For) and isinstance(outer.body[0], For) and outer.body[0].body == ()
    assert isinstance(sunk.body[2], If)
    assert [value(sunk, n) for n in range(5)] == [value(function, n) for n in range(5)] == [0, 0, 0, 3, 3]


def test_what_the_loop_reads_or_sets_twice_stays() -> None:
    read = program(Assign("kind", Const(3, PY_INT)), Assign("other", KIND))
    twice = program(Assign("kind", Const(3, PY_INT)), Assign("kind", Const(4, PY_INT)))
    assert sink_constants(read) == read
    assert sink_constants(twice) == twice


def test_a_condition_of_the_index_stays() -> None:
    asked = Compare("gt", Var("i", PY_INT), Const(5, PY_INT), PY_BOOL)
    function = program(If(asked, (Assign("kind", Const(3, PY_INT)),)))
    assert sink_constants(function) == function


def test_nothing_is_returned_early() -> None:
    function = program(Assign("kind", Const(3, PY_INT)), Return(Nothing()))
    assert sink_constants(function) == function
