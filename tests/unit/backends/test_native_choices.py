"""Loads before the choices that may need them."""

from pathlib import Path

import numpy as np
import pytest

from pyaot.backends.c_choices import load_before_choices
from pyaot.backends.to_native import emit_native
from pyaot.base.options import Options
from pyaot.ir.build import (
    add,
    allocate,
    assign,
    bind,
    compare,
    dim,
    f64,
    function,
    give,
    loop,
    select,
    store,
    var,
)
from pyaot.ir.nodes import Expr, Function, Load, Marks, Select, Stmt
from pyaot.ir.types import DType
from pyaot.ir.walk import walk_expr, walk_exprs
from tests.unit.backends.native import F64, VECTOR, at, run

i = var("i")
POSITIVE = compare("gt", at("c", i), f64(0.0))
T = allocate("t", DType.FLOAT64, dim("x", 0), fill=f64(2.0))


def _case(*body: Stmt, before: tuple[Stmt, ...] = (), extent: str = "x") -> Function:
    over = loop("i", 0, dim(extent, 0), *body, marks=Marks(simd=True))
    return function("f", dict.fromkeys(("x", "y", "c", "long"), VECTOR), *before, over, give())


def _chosen(if_true: Expr) -> Stmt:
    return store("y", i, value=select(POSITIVE, if_true, f64(0.0)), checked=False)


CASES = {
    "up to its extent": (_case(_chosen(add(at("x", i), 1.0))), []),
    "an array of that extent": (_case(_chosen(at("t", i)), before=(T,)), []),
    "of every turn": (_case(_chosen(at("c", i))), []),
    "of another extent": (_case(_chosen(at("long", i))), ["long"]),
    "further on": (_case(_chosen(at("long", add(i, 1)))), ["long"]),
    "to be checked": (_case(_chosen(at("x", i, checked=True))), ["x"]),
    "written": (_case(_chosen(at("y", i)), extent="y"), ["y"]),
    "perhaps written": (
        _case(_chosen(at("t", i)), store("x", i, value=f64(5.0)), before=(bind(["t"], ["x"]),)),
        ["t"],
    ),
}


def _waiting(function: Function) -> list[str]:
    """The arrays of which choices still load."""
    choices = (node for node in walk_exprs(function.body) if isinstance(node, Select))
    return [node.array for choice in choices for node in walk_expr(choice.if_true) if isinstance(node, Load)]


@pytest.mark.parametrize("name", CASES)
def test_what_waits_for_a_choice(name: str) -> None:
    before, waiting = CASES[name]
    assert _waiting(before) != [] and _waiting(load_before_choices(before)) == waiting


def test_numbers_that_are_there_are_chosen_without_a_branch(tmp_path: Path) -> None:
    s, t = var("s", F64), var("t", F64)
    bigger = select(compare("gt", s, t), s, t)
    for chosen, is_free in (
        (select(POSITIVE, s, t), True),
        (select(POSITIVE, s, f64(0.5)), True),
        (bigger, False),
    ):
        f = _case(
            assign("s", at("x", i)), assign("t", at("long", i)), store("y", i, value=chosen, checked=False)
        )
        assert ("choose_float64(" in emit_native([f], Options()).text) == is_free
        x = np.array([-0.0, 0.0, np.nan, np.inf, 1.0])
        run(tmp_path, f, x, np.ones(5), np.array([1.0, -1.0, 1.0, np.nan, 0.0]), np.arange(5.0))


@pytest.mark.parametrize("name", CASES)
def test_results_stay(tmp_path: Path, name: str) -> None:
    x, y, c = np.arange(1.0, 21.0), np.full(20, 7.0), np.tile([1.0, -1.0, 0.0, np.nan], 5)
    run(tmp_path, CASES[name][0], x, y, c, np.arange(30.0))
