"""Short constructors of IR, for passes and tests.

    loop("i", 0, dim("a", 0), store("a", var("i"), value=f64(0.0)))

Arithmetic of Python's int is simplified as it is built, so that generated subscripts stay readable:

    add(add(i, 1), 2)       i + 3
    sub(mul(i, 1), 0)       i
    mul(2, 3)               6

That is exact: Python's int has no bounds, and leaving int64 is only how the compiled attempt gives up.
"""

from collections.abc import Sequence
from typing import TypeAlias

from msgspec.structs import replace

from pyaot.ir.failing import can_raise
from pyaot.ir.functions import result_type
from pyaot.ir.nodes import (
    Allocate,
    ArrayResult,
    Assign,
    Binary,
    Bind,
    Block,
    Call,
    Cast,
    Check,
    Compare,
    Const,
    Dim,
    Exit,
    Expr,
    For,
    Function,
    If,
    Load,
    Loop,
    Marks,
    Nothing,
    Param,
    Require,
    Result,
    Return,
    ScalarResult,
    Select,
    Stmt,
    Store,
    TupleResult,
    Unary,
    Var,
)
from pyaot.ir.types import (
    PY_BOOL,
    PY_COMPLEX,
    PY_FLOAT,
    PY_INT,
    Array,
    DType,
    Origin,
    Scalar,
    joined_origin,
)

# Where an expression is expected a Python number stands for its constant.
ExprLike: TypeAlias = Expr | bool | int | float | complex

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
FALSE, TRUE = Const(False, PY_BOOL), Const(True, PY_BOOL)

# ---- leaves -----------------------------------------------------------------------------------------------


def i64(value: int) -> Const:
    """A Python int."""
    return Const(value, PY_INT)


def f64(value: float) -> Const:
    """A Python float."""
    return Const(value, PY_FLOAT)


def int_of(constant: Const) -> int:
    """The value of an int constant."""
    return int(constant.value.real)


def as_expr(value: ExprLike) -> Expr:
    """An expression as it is, a Python number as its constant."""
    match value:
        case bool():
            return Const(value, PY_BOOL)
        case int():
            return i64(value)
        case float():
            return f64(value)
        case complex():
            return Const(value, PY_COMPLEX)
        case _:
            return value


def var(name: str, type: Scalar = PY_INT) -> Var:
    """A scalar variable; an int unless said otherwise."""
    return Var(name, type)


def dim(array: str, axis: int) -> Dim:
    """An extent."""
    return Dim(array, axis, PY_INT)


def load(array: str, *subscripts: ExprLike, type: Scalar, checked: bool = True) -> Load:
    """An element."""
    return Load(array, tuple(map(as_expr, subscripts)), type, checked)


# ---- operations -------------------------------------------------------------------------------------------


def binary(op: str, left: ExprLike, right: ExprLike) -> Binary:
    """An operation as it is, of the operands' dtype."""
    a, b = as_expr(left), as_expr(right)
    return Binary(op, a, b, Scalar(a.type.dtype, joined_origin(a.type.origin, b.type.origin)))


def add(left: ExprLike, right: ExprLike) -> Expr:
    """`left + right`, simplified where both are Python ints."""
    a, b = as_expr(left), as_expr(right)
    if not _are_ints(a, b):
        return binary("add", a, b)
    if isinstance(a, Const):
        a, b = b, a
    return _plus(a, int_of(b)) if isinstance(b, Const) else binary("add", a, b)


def sub(left: ExprLike, right: ExprLike) -> Expr:
    """`left - right`, simplified where both are Python ints."""
    a, b = as_expr(left), as_expr(right)
    if not _are_ints(a, b):
        return binary("sub", a, b)
    if a == b and not can_raise(a):
        return i64(0)
    return _plus(a, -int_of(b)) if isinstance(b, Const) else binary("sub", a, b)


def mul(left: ExprLike, right: ExprLike) -> Expr:
    """`left * right`, simplified where both are Python ints."""
    a, b = as_expr(left), as_expr(right)
    if not _are_ints(a, b):
        return binary("mul", a, b)
    if isinstance(a, Const):
        a, b = b, a
    if isinstance(a, Const) and isinstance(b, Const):
        return _int_or(int_of(a) * int_of(b), binary("mul", a, b))
    if b == i64(1):
        return a
    return b if b == i64(0) and not can_raise(a) else binary("mul", a, b)


def floordiv(left: ExprLike, right: ExprLike) -> Expr:
    """`left // right`."""
    a, b = as_expr(left), as_expr(right)
    return a if _are_ints(a, b) and b == i64(1) else binary("floordiv", a, b)


def mod(left: ExprLike, right: ExprLike) -> Expr:
    """`left % right`."""
    return binary("mod", left, right)


def minimum(left: ExprLike, right: ExprLike) -> Expr:
    """The lesser; of two equal ints just one."""
    return _extreme("minimum", left, right)


def maximum(left: ExprLike, right: ExprLike) -> Expr:
    """The greater; of two equal ints just one."""
    return _extreme("maximum", left, right)


def _extreme(op: str, left: ExprLike, right: ExprLike) -> Expr:
    a, b = as_expr(left), as_expr(right)
    if not _are_ints(a, b):
        return binary(op, a, b)
    if isinstance(a, Const) and isinstance(b, Const):
        choose = min if op == "minimum" else max
        return i64(choose(int_of(a), int_of(b)))
    return a if a == b else binary(op, a, b)


def _plus(expr: Expr, constant: int) -> Expr:
    """expr + constant, with the constants in `expr` gathered: (i - 1) + 3 is i + 2."""
    match expr:
        case Const():
            return _int_or(int_of(expr) + constant, binary("add", expr, constant))
        case Binary("add", left, Const() as right) if _are_ints(left, right):
            return _plus(left, int_of(right) + constant)
        case Binary("sub", left, Const() as right) if _are_ints(left, right):
            return _plus(left, constant - int_of(right))
        case _ if constant == 0:
            return expr
        case _:
            return binary("add", expr, constant) if constant > 0 else binary("sub", expr, -constant)


def _int_or(value: int, otherwise: Expr) -> Expr:
    return i64(value) if INT64_MIN <= value <= INT64_MAX else otherwise


def _are_ints(a: Expr, b: Expr) -> bool:
    return a.type == PY_INT and b.type == PY_INT


def neg(operand: ExprLike) -> Expr:
    """`-operand`."""
    a = as_expr(operand)
    return sub(0, a) if a.type == PY_INT else Unary("neg", a, a.type)


def compare(op: str, left: ExprLike, right: ExprLike) -> Compare:
    """A comparison: eq ne lt le gt ge."""
    a, b = as_expr(left), as_expr(right)
    return Compare(op, a, b, Scalar(DType.BOOL, joined_origin(a.type.origin, b.type.origin)))


def select(condition: ExprLike, if_true: ExprLike, if_false: ExprLike) -> Select:
    """One of two; its origin depends on the path where theirs differ."""
    a, b = as_expr(if_true), as_expr(if_false)
    origin = a.type.origin if a.type.origin is b.type.origin else Origin.EITHER
    return Select(as_expr(condition), a, b, Scalar(a.type.dtype, origin))


def both(left: ExprLike, right: ExprLike) -> Select:
    """`left and right` of two conditions."""
    return select(left, right, FALSE)


def either(left: ExprLike, right: ExprLike) -> Select:
    """`left or right` of two conditions."""
    return select(left, TRUE, right)


def negated(condition: ExprLike) -> Unary:
    """`not condition`."""
    return Unary("not", as_expr(condition), PY_BOOL)


def cast(operand: ExprLike, type: Scalar) -> Expr:
    """The operand as that type; itself where it is of that type."""
    a = as_expr(operand)
    return a if a.type == type else Cast(a, type)


def call(function: str, *args: ExprLike) -> Call:
    """A pure function of its arguments."""
    exprs = tuple(map(as_expr, args))
    origin = joined_origin(*(expr.type.origin for expr in exprs))
    return Call(function, exprs, result_type(function, exprs[0].type.dtype, origin))


# ---- statements -------------------------------------------------------------------------------------------


def assign(name: str, value: ExprLike) -> Assign:
    """`name = value`."""
    return Assign(name, as_expr(value))


def store(array: str, *subscripts: ExprLike, value: ExprLike, checked: bool = True) -> Store:
    """`array[subscripts] = value`."""
    return Store(array, tuple(map(as_expr, subscripts)), as_expr(value), checked)


def allocate(name: str, dtype: DType, *shape: ExprLike, fill: Const | None = None) -> Allocate:
    """A new array."""
    return Allocate(name, Array(dtype, len(shape)), tuple(map(as_expr, shape)), fill)


def bind(targets: Sequence[str], sources: Sequence[str]) -> Bind:
    """Array names, bound anew."""
    return Bind(tuple(targets), tuple(sources))


def loop(
    index: str, start: ExprLike, stop: ExprLike, *body: Stmt, step: int = 1, marks: Marks | None = None
) -> For:
    """`for index in range(start, stop, step)`."""
    return For(index, as_expr(start), as_expr(stop), body, step, marks or Marks(), label=index)


def forever(*body: Stmt) -> Loop:
    """A loop that only an Exit or a Return leaves."""
    return Loop(body)


def when(condition: ExprLike, *then: Stmt, otherwise: Sequence[Stmt] = ()) -> If:
    """`if condition: then else: otherwise`."""
    return If(as_expr(condition), then, tuple(otherwise))


def block(label: str, *body: Stmt) -> Block:
    """Statements that `Exit(label)` leaves."""
    return Block(label, body)


def leave(label: str) -> Exit:
    """Out of the Block of that label."""
    return Exit(label)


def check(condition: ExprLike, reason: str = "a check failed") -> Check:
    """Fails where the condition is false."""
    return Check(as_expr(condition), reason)


def give(*items: Result | ExprLike | str) -> Return:
    """Return of nothing, of one item, or of a tuple; a text names an array."""
    results = tuple(map(_as_result, items))
    match results:
        case ():
            return Return(Nothing())
        case (one,):
            return Return(one)
        case _:
            return Return(TupleResult(results))


def _as_result(item: Result | ExprLike | str) -> Result:
    if isinstance(item, str):
        return ArrayResult(item)
    if isinstance(item, Result):
        return item
    return ScalarResult(as_expr(item))


def function(
    name: str, params: dict[str, Scalar | Array], *body: Stmt, requires: Sequence[Require] = ()
) -> Function:
    """A function with these parameters."""
    return Function(name, name, tuple(Param(*p) for p in params.items()), tuple(requires), body)


def unchecked(expr: Expr) -> Expr:
    """A Load or Binary for which somebody has proved that it stays in range."""
    return replace(expr, checked=False) if isinstance(expr, Load | Binary) else expr
