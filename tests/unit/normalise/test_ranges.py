"""Which overflow checks go and which must stay."""

import pytest

from pyaot.ir.build import (
    add,
    allocate,
    assign,
    binary,
    bind,
    block,
    call,
    cast,
    compare,
    dim,
    f64,
    forever,
    function,
    give,
    i64,
    leave,
    load,
    loop,
    minimum,
    select,
    store,
    sub,
    unchecked,
    var,
    when,
)
from pyaot.ir.build import check as require
from pyaot.ir.check import check
from pyaot.ir.nodes import Assign, Binary, Expr, Function, Stmt
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import walk_exprs, walk_stmts
from pyaot.normalise.intervals import INT64, Interval
from pyaot.normalise.ranges import clear_checks, find_ranges

I, J, N, X, Y = (var(name) for name in "ijnxy")
INT16 = Scalar(DType.INT16)
UINT64 = Scalar(DType.UINT64)
PARAMS = {
    "n": PY_INT,
    "k": INT16,
    "u": UINT64,
    "a": Array(DType.FLOAT64, 2),
    "items": Array(DType.INT64, 1, boxed=True),
}


def plain(op: str, left: Expr | int, right: Expr | int) -> Binary:
    return binary(op, left, right)


def times(left: Expr | int, right: Expr | int) -> Binary:
    return plain("mul", left, right)


def plus(left: Expr | int, right: Expr | int) -> Binary:
    return plain("add", left, right)


ITEM = load("items", 0, type=PY_INT)
K = cast(var("k", INT16), PY_INT)

SHORT = require(compare("le", X, 2**31))

# The outermost operation of the value assigned to r: is its check cleared?
CLEARED: list[tuple[str, tuple[Stmt, ...], bool]] = [
    ("parameter + 1", (assign("r", plus(N, 1)),), True),
    ("product of parameters", (assign("r", times(N, N)),), True),
    ("product of three", (assign("r", times(times(N, N), N)),), False),
    ("extents", (assign("r", times(dim("a", 0), dim("a", 1))),), True),
    ("element of a list", (assign("r", plus(ITEM, 1)),), False),
    ("element of a small type", (assign("r", times(K, times(K, K))),), True),
    ("power", (assign("r", plain("pow", N, 2)),), True),
    ("power too high", (assign("r", plain("pow", N, 3)),), False),
    ("shift", (assign("r", plain("shl", i64(1), minimum(N, 62))),), True),
    ("shift too far", (assign("r", plain("shl", i64(1), N)),), False),
    ("floor division", (assign("r", plain("floordiv", N, N)),), True),
    ("least by -1", (assign("r", plain("floordiv", ITEM, -1)),), False),
    ("index", (loop("i", 0, dim("a", 0), assign("r", plus(times(I, dim("a", 1)), I))),), True),
    ("index of a shifted loop", (loop("i", N, dim("a", 0), assign("r", sub(I, N))),), True),
    ("variable", (assign("x", times(N, 4)), assign("r", plus(X, N))), True),
    (
        "two values of a variable",
        (assign("x", 1), when(compare("lt", N, 0), assign("x", ITEM)), assign("r", plus(X, 1))),
        False,
    ),
    ("chosen", (assign("r", plus(select(compare("lt", N, 0), N, i64(7)), 1)),), True),
    (
        "sum of indices",
        (assign("x", 0), loop("i", 0, N, assign("x", plus(X, I))), assign("r", plus(X, 1))),
        True,
    ),
    ("its own addition", (assign("r", 0), loop("i", 0, N, assign("r", plus(var("r"), I)))), True),
    ("sum the other way round", (assign("r", 0), loop("i", 0, N, assign("r", plus(I, var("r"))))), True),
    ("running down", (assign("r", 0), loop("i", 0, N, assign("r", plain("sub", var("r"), I)))), True),
    (
        "sum of squares in two loops",
        (assign("r", 0), loop("i", 0, N, loop("j", 0, N, assign("r", plus(var("r"), times(I, J)))))),
        False,
    ),
    (
        "counter of an endless loop",
        (assign("r", 0), block("L", forever(assign("r", plus(var("r"), 1)), leave("L")))),
        True,
    ),
    (
        "big steps in an endless loop",
        (assign("r", 0), block("L", forever(assign("r", plus(var("r"), 2**16 + 1)), leave("L")))),
        False,
    ),
    ("sum of list elements", (assign("r", 0), loop("i", 0, N, assign("r", plus(var("r"), ITEM)))), False),
    ("doubling", (assign("r", 1), loop("i", 0, N, assign("r", plus(var("r"), var("r"))))), False),
    (
        "growing through another",
        (assign("x", 1), loop("i", 0, N, assign("y", plus(X, 1)), assign("x", Y), assign("r", plus(Y, 1)))),
        False,
    ),
    ("checked right behind", (assign("x", ITEM), SHORT, assign("r", plus(X, 1))), True),
    ("checked later", (assign("x", ITEM), assign("y", 1), SHORT, assign("r", plus(X, 1))), False),
    ("not checked everywhere", (assign("x", ITEM), SHORT, assign("x", ITEM), assign("r", plus(X, 1))), False),
    ("absolute", (assign("r", plus(call("absolute", N), 1)),), True),
    ("modulo", (assign("r", plus(plain("mod", ITEM, 7), 1)),), True),
    ("wide unsigned", (assign("r", plus(cast(var("u", UINT64), PY_INT), 1)),), False),
    (
        "extent of a local array",
        (allocate("b", DType.INT8, times(N, N)), assign("r", times(dim("b", 0), dim("b", 0)))),
        False,
    ),
    (
        "extent of one bound to a parameter",
        (
            allocate("b", DType.FLOAT64, N, N),
            bind(("a", "b"), ("b", "a")),
            assign("r", times(dim("a", 0), dim("b", 1))),
        ),
        True,
    ),
]


def built(body: tuple[Stmt, ...]) -> Function:
    f = function("f", PARAMS, assign("r", 0), *body, give(var("r")))
    check(f)
    return f


@pytest.mark.parametrize(("body", "cleared"), [c[1:] for c in CLEARED], ids=[c[0] for c in CLEARED])
def test_cleared(body: tuple[Stmt, ...], cleared: bool) -> None:
    after = clear_checks(built(body))
    check(after)
    values = [s.value for s in walk_stmts(after.body) if isinstance(s, Assign) and s.name == "r"]
    last = values[-1]
    assert isinstance(last, Binary) and last.checked is not cleared


def test_numpy_and_float_arithmetic_is_left_alone() -> None:
    sum_ = plus(var("k", INT16), var("k", INT16))
    f = function("f", PARAMS, give(sum_, binary("add", f64(1.0), f64(2.0))))
    assert clear_checks(f) == f


def test_numpy_arithmetic_wraps_so_its_interval_is_the_whole_type() -> None:
    more = plus(var("k", INT16), cast(1, INT16))
    half = binary("shr", var("k", INT16), cast(1, INT16))
    ranges = find_ranges(built((assign("w", more), assign("s", half))))
    assert ranges.of(var("w", INT16)) == Interval(-(2**15), 2**15 - 1)  # 32767 + 1 is -32768
    assert ranges.of(var("s", INT16)) == Interval(-(2**14), 2**14 - 1)


def test_intervals_of_variables() -> None:
    body = (
        assign("x", 3),
        loop("i", 2, 9, assign("x", plus(X, 2)), assign("y", plain("mod", I, 4)), step=3),
    )
    ranges = find_ranges(built(body))
    assert ranges.of(I) == Interval(2, 8)
    assert ranges.of(Y) == Interval(0, 3)
    assert ranges.of(X) == Interval(3, 9)  # three rounds
    assert ranges.of(ITEM) == INT64
    assert ranges.of(var("u", UINT64)) == Interval(0, 2**64 - 1)


def test_a_wide_unsigned_variable_is_not_cut_to_int64() -> None:
    u = var("u", UINT64)
    v = var("v", UINT64)
    body = (assign("v", u), loop("i", 0, N, assign("v", binary("add", v, cast(1, UINT64)))))
    assert find_ranges(built(body)).of(v).high == 2**64 - 1


def test_requires_are_cleared_too_and_subscripts_inside_stores() -> None:
    body = (loop("i", 0, dim("a", 0), store("a", add(I, 1), 0, value=f64(0.0))),)
    after = clear_checks(built(body))
    stored = next(s for s in walk_stmts(after.body) if type(s).__name__ == "Store")
    assert stored.subscripts[0] == unchecked(add(I, 1))


def test_subscripts_that_are_in_range_fit() -> None:
    """ITEM * n + i may leave int64 itself, but not where it is the subscript of an element."""
    flat = plus(times(unchecked(plain("mod", times(ITEM, 1), 2**40)), 2**40), I)
    for unsure, kept in ((False, 0), (True, 2)):
        element = load("flat", flat, type=PY_INT, checked=unsure)
        body = (require(compare("ge", N, 0)), loop("i", 0, N, assign("r", element)))
        after = clear_checks(function("f", {**PARAMS, "flat": Array(DType.INT64, 1)}, *body, give(0)))
        nodes = [node for node in walk_exprs(after.body) if isinstance(node, Binary) and node.checked]
        assert len([node for node in nodes if node.op in ("add", "mul")]) == kept
