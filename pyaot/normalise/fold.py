"""Constants are computed now, and operations without effect vanish.

    y[i] = x[i] * (2 * 3)              becomes      y[i] = x[i] * 6
    a[(i + 1) + 2]                     becomes      a[i + 3]
    if True: s else: t                 becomes      s
    block L: s      (no exit L)        becomes      s

Only what is exact: `x * 1.0` is x for every x, `x + 0.0` is not (-0.0). What would fail or warn is left
to the program, so that it fails or warns when it runs.
"""

from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from pyaot.ir.build import add, int_of, mul, sub
from pyaot.ir.failing import can_raise, can_warn
from pyaot.ir.interpret import State, evaluate
from pyaot.ir.interpret_ops import Failure, InternalError, python_number
from pyaot.ir.nodes import (
    Binary,
    Block,
    Call,
    Cast,
    Check,
    Compare,
    Const,
    Exit,
    Expr,
    For,
    Function,
    If,
    Loop,
    Return,
    Select,
    Stmt,
    Unary,
)
from pyaot.ir.types import PY_INT, Scalar
from pyaot.ir.walk import Body, map_bodies, map_expr, map_stmt_exprs, sub_expressions, walk_stmts


def fold(function: Function) -> Function:
    """The function with everything computed that is known now; a Require that is true vanishes."""
    requires = (replace(r, condition=fold_expr(r.condition)) for r in function.requires)
    kept = tuple(r for r in requires if not _is_true(r.condition))
    return replace(function, requires=kept, body=fold_body(function.body))


def fold_expr(expr: Expr) -> Expr:
    """The expression with everything computed that is known now."""
    return map_expr(_fold, expr)


def fold_body(body: Body) -> Body:
    """The statements, folded; what stands after the end of control is dropped."""
    folded: list[Stmt] = []
    for stmt in body:
        folded.extend(_fold_stmt(map_bodies(fold_body, map_stmt_exprs(_fold, stmt))))
        if folded and _ends(folded[-1]):
            break
    return tuple(folded)


# ---- expressions ------------------------------------------------------------------------------------------


def _fold(expr: Expr) -> Expr:
    """One node whose operands are folded."""
    if isinstance(expr, Unary | Binary | Compare | Cast | Call) and _is_known(expr):
        return _computed(expr)
    match expr:
        case Binary() if expr.type.dtype.is_integer:
            return _fold_integer(expr)
        case Binary() if expr.type.dtype.is_float:
            return _fold_float(expr)
        case Unary():
            return _fold_unary(expr)
        case Compare() if _identical(expr.left, expr.right) and expr.left.type.dtype.is_integer:
            return _unless_raises(expr.left, Const(expr.op in ("eq", "le", "ge"), expr.type), expr)
        case Select():
            return _fold_select(expr)
        case Cast():
            return _fold_cast(expr)
        case _:
            return expr


def _is_known(expr: Expr) -> bool:
    return all(isinstance(operand, Const) for operand in sub_expressions(expr))


def _computed(expr: Expr) -> Expr:
    """The constant that the interpreter gives; the expression itself where it fails or warns."""
    try:
        with np.errstate(all="raise", under="ignore"):
            return Const(python_number(evaluate(expr, State())), expr.type)
    except (Failure, FloatingPointError, InternalError):
        return expr  # an InternalError: code that is never reached


# Neutral right operands by operation.
_NEUTRAL_INTEGER = {"add": 0, "sub": 0, "mul": 1, "floordiv": 1, "bitor": 0, "bitxor": 0, "shl": 0, "shr": 0}
_NEUTRAL_FLOAT = {"mul": 1.0, "truediv": 1.0, "sub": 0.0, "add": -0.0}
_COMMUTATIVE = {"add", "mul", "bitor", "bitxor"}
_PYTHON_INT: dict[str, Callable[[Expr, Expr], Expr]] = {"add": add, "sub": sub, "mul": mul}


def _fold_integer(expr: Binary) -> Expr:
    left, right = expr.left, expr.right
    if expr.op in _COMMUTATIVE and isinstance(left, Const):
        left, right = right, left
    if isinstance(right, Const) and right.value == _NEUTRAL_INTEGER.get(expr.op):
        return _retyped(left, expr.type)
    if expr.op == "mul" and isinstance(right, Const) and right.value == 0:
        return _unless_raises(left, Const(0, expr.type), expr)
    if _identical(left, right) and expr.op in ("sub", "bitxor"):
        return _unless_raises(left, Const(0, expr.type), expr)
    if _identical(left, right) and expr.op in ("minimum", "maximum", "bitand", "bitor"):
        return _retyped(left, expr.type)
    return _gather(expr)


def _gather(expr: Binary) -> Expr:
    """Constants of sums of Python ints are added up: the value, and so whether it fits, is that of `expr`."""
    if expr.op not in _PYTHON_INT or {expr.left.type, expr.right.type, expr.type} != {PY_INT}:
        return expr
    gathered = _PYTHON_INT[expr.op](expr.left, expr.right)
    if isinstance(gathered, Binary) and gathered.op in ("add", "sub", "mul"):
        return replace(gathered, checked=expr.checked)
    return gathered


def _fold_float(expr: Binary) -> Expr:
    left, right = expr.left, expr.right
    if expr.op in _COMMUTATIVE and isinstance(left, Const):
        left, right = right, left
    neutral = _NEUTRAL_FLOAT.get(expr.op)
    if neutral is not None and isinstance(right, Const) and _same_float(right, neutral):
        return _retyped(left, expr.type)
    return expr


def _same_float(const: Const, value: float) -> bool:
    """Equal, the sign of zero included."""
    return repr(float(const.value.real)) == repr(value)


def _fold_unary(expr: Unary) -> Expr:
    match expr.operand:
        case Unary(op, inner) if op == expr.op and inner.type == expr.type:
            return inner
        case Compare(op, left) as inner if expr.op == "not" and op in ("eq", "ne"):
            return replace(inner, op="ne" if op == "eq" else "eq", type=expr.type)
        case Compare(op, left) as inner if expr.op == "not" and left.type.dtype.is_integer:
            return replace(inner, op=_OPPOSITE[op], type=expr.type)
        case _:
            return expr


_OPPOSITE = {"lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}


def _fold_select(expr: Select) -> Expr:
    if isinstance(expr.condition, Const):
        return _retyped(expr.if_true if expr.condition.value else expr.if_false, expr.type)
    if _identical(expr.if_true, expr.if_false):
        return _unless_raises(expr.condition, _retyped(expr.if_true, expr.type), expr)
    if _is_true(expr.if_true) and _is_false(expr.if_false):
        return _retyped(expr.condition, expr.type)
    return expr


def _fold_cast(expr: Cast) -> Expr:
    """A cast that changes nothing, or only where a number comes from after another such cast."""
    if expr.operand.type == expr.type:
        return expr.operand
    inner = expr.operand
    if isinstance(inner, Cast) and inner.type.dtype is inner.operand.type.dtype:
        return _retyped(inner.operand, expr.type)
    return expr


def _unless_raises(dropped: Expr, new: Expr, old: Expr) -> Expr:
    return old if can_raise(dropped) or can_warn(dropped) else new


def _retyped(expr: Expr, type: Scalar) -> Expr:
    """The same number, of that type's origin."""
    if isinstance(expr, Const) and expr.type.dtype is type.dtype:
        return replace(expr, type=type)
    return expr if expr.type == type else Cast(expr, type)


def _identical(one: Expr, other: Expr) -> bool:
    """The same text: 0.0 and -0.0 are equal but not identical."""
    return one == other and repr(one) == repr(other)


def _is_true(expr: Expr) -> bool:
    return isinstance(expr, Const) and expr.value is True


def _is_false(expr: Expr) -> bool:
    return isinstance(expr, Const) and expr.value is False


# ---- statements -------------------------------------------------------------------------------------------


def _fold_stmt(stmt: Stmt) -> Body:
    """What is left of a statement whose parts are folded."""
    match stmt:
        case If(Const() as condition):
            return stmt.then if condition.value else stmt.otherwise
        case If(_, (), ()) if not can_raise(stmt.condition):
            return ()
        case Check() if _is_true(stmt.condition):
            return ()
        case For(_, Const() as start, Const() as stop) if int_of(start) >= int_of(stop):
            return ()
        case For(_, _, _, ()) if not (can_raise(stmt.start) or can_raise(stmt.stop)):
            return ()
        case Block(label, (*body, Exit(last))) if last == label:
            return _fold_stmt(replace(stmt, body=tuple(body)))
        case Block() if not _is_left(stmt):
            return stmt.body
        case _:
            return (stmt,)


def _is_left(stmt: Block) -> bool:
    return any(isinstance(inner, Exit) and inner.label == stmt.label for inner in walk_stmts(stmt.body))


def _ends(stmt: Stmt) -> bool:
    """Control never comes behind it."""
    if isinstance(stmt, If):
        return all(branch and _ends(branch[-1]) for branch in (stmt.then, stmt.otherwise))
    return isinstance(stmt, Return | Exit | Loop) or (isinstance(stmt, Check) and _is_false(stmt.condition))
