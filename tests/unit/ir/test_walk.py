"""Walking and rebuilding: no child of any node is forgotten."""

import typing

import pytest
from msgspec import structs

from pyaot.ir import nodes, walk
from pyaot.ir.build import (
    add,
    allocate,
    assign,
    binary,
    bind,
    block,
    call,
    cast,
    check,
    compare,
    dim,
    forever,
    function,
    give,
    i64,
    leave,
    load,
    loop,
    neg,
    select,
    store,
    var,
    when,
)
from pyaot.ir.nodes import (
    ArrayResult,
    Bind,
    Const,
    Expr,
    LibraryCall,
    Load,
    Marks,
    Reduction,
    Return,
    ScalarResult,
    Section,
    Stmt,
    TupleResult,
    Var,
    ViewResult,
)
from pyaot.ir.types import PY_FLOAT, PY_INT, DType, Scalar

F64 = Scalar(DType.FLOAT64)
X, Y, Z = var("x"), var("y"), var("z")

# Every kind of expression, each with x, y, z somewhere inside.
EXPRESSIONS: list[Expr] = [
    X,
    i64(1),
    dim("a", 0),
    load("a", X, Y, type=F64),
    nodes.Unary("neg", X, PY_INT),
    binary("add", X, Y),
    compare("lt", X, Y),
    select(compare("eq", X, 0), Y, Z),
    cast(X, PY_FLOAT),
    call("gcd", X, Y),
]

# Every kind of statement; each expression place holds a variable of its own.
STATEMENTS: list[tuple[Stmt, str]] = [
    (assign("s", X), "x"),
    (store("a", X, Y, value=Z), "xyz"),
    (allocate("a", DType.FLOAT64, X, Y), "xy"),
    (bind(("a",), ("b",)), ""),
    (loop("i", X, Y, assign("s", Z), marks=Marks(work=var("w"))), "xyw"),
    (forever(assign("s", X)), ""),
    (when(compare("lt", X, Y), assign("s", Z)), "xy"),
    (block("L", assign("s", X)), ""),
    (leave("L"), ""),
    (check(compare("lt", X, Y)), "xy"),
    (
        LibraryCall(
            "matmul", (Section("a", (X,), (0,), (Y,)),), (Section("b", (Z,), (0,), (var("w"),)), var("v"))
        ),
        "xyzwv",
    ),
    (Return(TupleResult((ScalarResult(X), ViewResult("a", Y, (Z,), (var("w"),))))), "xyzw"),
]


def names(exprs: typing.Iterable[Expr]) -> str:
    return "".join(node.name for expr in exprs for node in walk.walk_expr(expr) if isinstance(node, Var))


def test_every_kind_of_node_is_in_the_tables() -> None:
    assert {type(e) for e in EXPRESSIONS} == set(typing.get_args(nodes.Expr))
    assert {type(s) for s, _ in STATEMENTS} == set(typing.get_args(nodes.Stmt))


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=lambda e: type(e).__name__)
def test_sub_expressions_are_the_fields_that_hold_expressions(expr: Expr) -> None:
    held: list[Expr] = []
    for field in structs.fields(expr):
        value = getattr(expr, field.name)
        held += [v for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, nodes.Expr)]
    assert list(walk.sub_expressions(expr)) == held


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=lambda e: type(e).__name__)
def test_map_expr_reaches_every_operand(expr: Expr) -> None:
    primed = walk.map_expr(lambda e: Var(e.name + "'", e.type) if isinstance(e, Var) else e, expr)
    assert names([primed]) == "".join(f"{name}'" for name in names([expr]))


@pytest.mark.parametrize(("stmt", "expected"), STATEMENTS, ids=lambda s: type(s).__name__)
def test_expressions_of_a_statement_are_its_own(stmt: Stmt, expected: str) -> None:
    assert names(walk.expressions_of(stmt)) == expected


@pytest.mark.parametrize(("stmt", "expected"), STATEMENTS, ids=lambda s: type(s).__name__)
def test_map_stmt_exprs_reaches_the_same(stmt: Stmt, expected: str) -> None:
    primed = walk.map_stmt_exprs(lambda e: Var(e.name + "'", e.type) if isinstance(e, Var) else e, stmt)
    assert names(walk.expressions_of(primed)) == "".join(f"{name}'" for name in expected)
    assert walk.bodies_of(primed) == walk.bodies_of(stmt)


def test_map_expr_is_bottom_up_and_walk_expr_top_down() -> None:
    expr = binary("add", binary("mul", X, Y), Z)
    seen: list[Expr] = []

    def note(node: Expr) -> Expr:
        seen.append(node)
        return node

    walk.map_expr(note, expr)
    assert seen == [X, Y, expr.left, Z, expr]
    assert list(walk.walk_expr(expr)) == [expr, expr.left, X, Y, Z]


def test_walk_stmts_enters_every_body() -> None:
    body = (
        loop("i", 0, 9, assign("a", 1), when(True, assign("b", 1), otherwise=[assign("c", 1)])),
        block("L", forever(assign("d", 1), leave("L"))),
    )
    assert [s.name for s in walk.walk_stmts(body) if isinstance(s, nodes.Assign)] == ["a", "b", "c", "d"]


def test_transform_body_can_drop_and_double() -> None:
    body = (loop("i", 0, 9, assign("a", 1), assign("b", 2)), assign("c", 3))

    def f(stmt: Stmt) -> tuple[Stmt, ...]:
        if isinstance(stmt, nodes.Assign):
            return () if stmt.name == "a" else (stmt, stmt)
        return (stmt,)

    b, c = assign("b", 2), assign("c", 3)
    assert walk.transform_body(f, body) == (loop("i", 0, 9, b, b), c, c)


def test_substitute_replaces_reads_only_and_once() -> None:
    body = (assign("x", add(X, Y)), loop("i", X, Y, store("a", X, value=Y)))
    values: dict[str, Expr] = {"x": binary("add", X, i64(1)), "y": i64(7)}
    more = binary("add", X, i64(1))
    expected = (assign("x", binary("add", more, i64(7))), loop("i", more, 7, store("a", more, value=7)))
    assert walk.substitute(body, values) == expected


def test_rename_arrays_everywhere() -> None:
    body = (
        allocate("a", DType.FLOAT64, dim("b", 0)),
        store("a", 0, value=load("b", 0, type=F64)),
        bind(("a", "b"), ("b", "a")),
        loop("i", 0, 1, marks=Marks(reductions=(Reduction("add", "a"),))),
        LibraryCall(
            "sort", (Section("a", (i64(0),), (0,), (i64(1),)),), (Section("b", (i64(0),), (0,), (i64(1),)),)
        ),
        Return(TupleResult((ArrayResult("a"), ViewResult("b", X, (), ())))),
    )
    renamed = walk.rename_arrays(body, {"a": "A", "b": "B"})
    assert walk.rename_arrays(renamed, {"A": "a", "B": "b"}) == body
    text = repr(renamed)
    assert "'a'" not in text and "'b'" not in text


def test_what_is_read_and_written() -> None:
    section = Section("in", (i64(0),), (0,), (i64(1),))
    body = (
        assign("s", load("a", X, type=F64)),
        store("b", var("i"), value=var("s", F64)),
        LibraryCall("sort", (structs.replace(section, array="out"),), (section,)),
        Return(ArrayResult("r")),
    )
    assert walk.arrays_read(body) == {"a", "in", "r"}
    assert walk.arrays_written(body) == {"b", "out"}
    assert walk.scalars_assigned(body) == {"s"}
    assert walk.scalars_read(body) == {"x", "i", "s"}


def test_arrays_bound_together_form_groups() -> None:
    body = (Bind(("u", "v"), ("v", "u")), loop("i", 0, 1, Bind(("w",), ("u",)), Bind(("p",), ("q",))))
    groups = walk.bound_together(body)
    assert groups["v"] == {"u", "v", "w"} and groups["p"] == {"p", "q"} and "x" not in groups


def test_returns_in_the_order_of_the_text() -> None:
    f = function("f", {}, when(True, give(1), otherwise=[give(2)]), give(3))
    assert [r.result for r in walk.returns(f)] == [ScalarResult(i64(n)) for n in (1, 2, 3)]


def test_fill_must_stay_a_constant() -> None:
    stmt = allocate("a", DType.FLOAT64, 3, fill=Const(0.0, F64))
    with pytest.raises(TypeError):
        walk.map_stmt_exprs(lambda e: neg(e) if isinstance(e, Const) and e.value == 0.0 else e, stmt)


def test_a_load_inside_a_subscript_is_read() -> None:
    inner = load("index", X, type=PY_INT)
    assert walk.arrays_read((store("a", inner, value=1),)) == {"index"}
    assert Load in {type(e) for e in walk.walk_exprs((store("a", inner, value=1),))}
