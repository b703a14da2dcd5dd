"""Masked updates of complex elements as choices, and where they stay behind their condition."""

import math

import pytest
from msgspec.structs import replace

from pyaot.ir.build import (
    add,
    allocate,
    assign,
    binary,
    compare,
    dim,
    function,
    give,
    load,
    loop,
    mul,
    store,
    var,
    when,
)
from pyaot.ir.nodes import (
    Assign,
    Const,
    Expr,
    Function,
    If,
    Load,
    Marks,
    Reduction,
    Require,
    Select,
    Stmt,
    Store,
)
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import walk_expr, walk_exprs, walk_stmts
from pyaot.poly.masks import masks_as_choices
from tests.unit.poly.loops import VECTOR, F

C = Scalar(DType.COMPLEX128)
CS, BOOLS = Array(DType.COMPLEX128, 1), Array(DType.BOOL, 1)
PARAMS = {"n": PY_INT, "z": CS, "c": CS, "w": Array(DType.COMPLEX128, 2), "m": BOOLS, "x": VECTOR}
PARAMS |= {"k": C, "h": F}
i, j, n = var("i"), var("j"), var("n")
MASK = load("m", i, type=Scalar(DType.BOOL), checked=False)
MADE = allocate("t", DType.COMPLEX128, dim("z", 0))
SIMD, BOTH = Marks(simd=True), Marks(simd=True, parallel=True)


def z(array: str = "z", *subscripts: Expr | int) -> Load:
    """An element of a complex array, in range."""
    return load(array, *(subscripts or (i,)), type=C, checked=False)


def kept(value: Expr, array: str = "z", *subscripts: Expr) -> Stmt:
    return store(array, *(subscripts or (i,)), value=value, checked=False)


def case(*inside: Stmt, marks: Marks = SIMD, before: tuple[Stmt, ...] = ()) -> Function:
    return function("f", PARAMS, *before, loop("i", 0, dim("z", 0), *inside, marks=marks), give())


def branches(made: Function) -> int:
    return sum(isinstance(stmt, If) for stmt in walk_stmts(made.body))


SUMS = Marks(simd=True, reductions=(Reduction("add", "s"), Reduction("maximum", "e")))
STEP = kept(add(mul(z(), z()), var("k", C)))


def reduced(name: str, op: str, value: Expr) -> Stmt:
    """name = op(name, value), of reals."""
    return assign(name, binary(op, var(name, F), value))


def x(*place: Expr) -> Load:
    return load("x", *(place or (i,)), type=F, checked=False)


def sums(*inside: Stmt, marks: Marks = SUMS, extent: Expr | None = None, equal: bool = True) -> Function:
    """Sums over x where m is true; m and x have equal extents."""
    begin = assign("s", Const(0.0, F)), assign("e", Const(-math.inf, F))
    made = function("f", PARAMS, *begin, loop("i", 0, extent or dim("m", 0), *inside, marks=marks), give())
    same = Require(compare("eq", dim("m", 0), dim("x", 0)), "they differ")
    return replace(made, requires=(same,) if equal else ())


FREE = {
    "a sum": sums(when(MASK, reduced("s", "add", x()))),
    "an extreme": sums(when(MASK, reduced("e", "maximum", mul(x(), var("h", F))))),
    "a sum and an extreme": sums(when(MASK, reduced("s", "add", x()), reduced("e", "maximum", x()))),
    "a step": case(when(MASK, STEP)),
    "of a team": case(when(MASK, STEP), marks=BOTH),
    "with an array of that extent": case(when(MASK, kept(mul(z(), z("t")))), before=(MADE,)),
    "two of them": case(when(MASK, STEP, kept(mul(z(), z())))),
    "with what every turn loads": case(
        assign("y", z("c")), kept(z("c"), "t"), when(MASK, kept(add(z("c"), z()))), before=(MADE,)
    ),
}
BEHIND = {
    "a sum of few": sums(when(MASK, reduced("s", "add", x())), equal=False),
    "a sum over others": sums(when(MASK, reduced("s", "add", x(add(i, 1))))),
    "a sum of quotients": sums(when(MASK, reduced("s", "add", binary("truediv", x(), x())))),
    "a sum of itself": sums(when(MASK, reduced("s", "add", mul(var("s", F), x())))),
    "a sum in order": sums(when(MASK, reduced("s", "add", x())), marks=SIMD),
    "a difference": sums(when(MASK, reduced("s", "sub", x()))),
    "another extent": case(when(MASK, kept(add(z(), z("c"))))),
    "a division": case(when(MASK, kept(binary("truediv", z(), z())))),
    "a sum that may overflow": case(
        when(MASK, kept(mul(add(z(), Const(1e200, C)), add(z(), Const(1e200, C)))))
    ),
    "infinity": case(when(MASK, kept(mul(z(), Const(complex("inf"), C))))),
    "an element of all turns": case(when(MASK, kept(z(), "z", n))),
    "another element is read": case(kept(z("z", add(i, 1)), "t"), when(MASK, STEP), before=(MADE,)),
    "two outcomes": case(replace(when(MASK, STEP), otherwise=(kept(z("c")),))),
    "not in registers": case(when(MASK, STEP), marks=Marks(parallel=True)),
    "to be checked": case(when(MASK, replace(STEP, checked=True))),
    "numbers that a compiler masks": case(when(MASK, store("x", i, value=Const(1.0, F), checked=False))),
}


def test_stores_of_reals_keep_the_condition() -> None:
    real = store("x", i, value=Const(1.0, F), checked=False)
    after = masks_as_choices(case(when(MASK, real, STEP)))
    (one,) = [stmt for stmt in walk_stmts(after.body) if isinstance(stmt, If)]
    assert one.then == (real,)
    assert any(isinstance(stmt, Store) and isinstance(stmt.value, Select) for stmt in walk_stmts(after.body))


@pytest.mark.parametrize("name", FREE)
def test_a_choice(name: str) -> None:
    assert branches(FREE[name]) == 1
    chosen = masks_as_choices(FREE[name])
    assert branches(chosen) == 0
    assert any(isinstance(node, Select) for node in walk_exprs(chosen.body))


def test_nothing_is_added_where_the_mask_is_false() -> None:
    """-0.0, which leaves every sum as it is; what is computed of zeros cannot overflow."""
    after = masks_as_choices(sums(when(MASK, reduced("s", "add", mul(x(), x())))))
    last = [stmt for stmt in walk_stmts(after.body) if isinstance(stmt, Assign) and stmt.name == "s"][-1]
    (choice,) = [node for node in walk_expr(last.value) if isinstance(node, Select)]
    assert repr(choice.if_false.value) == "-0.0"  # type: ignore[attr-defined]
    zeros = [node for node in walk_exprs(after.body) if isinstance(node, Select) and node != choice]
    assert [node.if_false for node in zeros] == [Const(0.0, F)]


@pytest.mark.parametrize("name", BEHIND)
def test_a_branch(name: str) -> None:
    assert masks_as_choices(BEHIND[name]) == BEHIND[name]


@pytest.mark.parametrize(("row", "column", "count"), [(i, j, 0), (j, i, 0), (n, j, 1)])
def test_an_element_of_one_thread_only(row: Expr, column: Expr, count: int) -> None:
    """The team runs over i: its threads must not store into one row."""
    element = load("w", row, column, type=C, checked=False)
    update = when(MASK, store("w", row, column, value=mul(element, element), checked=False))
    rows = loop("j", 0, dim("w", 1), assign("always", element), update, marks=SIMD)
    made = function("f", PARAMS, loop("i", 0, dim("w", 0), rows, marks=Marks(parallel=True)), give())
    assert branches(masks_as_choices(made)) == count
