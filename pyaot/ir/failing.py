"""Which expressions can fail, raise and warn; one that neither raises nor warns may be dropped.

x + 1          (PY_INT, checked)      can fail: it may leave int64; the original never raises
a[i] * 2.0     (a[i] unchecked)       cannot fail, but warn: NumPy warns of an overflow
x // y                                can fail, and the original raises
"""

from collections.abc import Callable
from typing import assert_never

from pyaot.ir.nodes import Binary, Call, Cast, Compare, Const, Dim, Expr, Load, Select, Unary, Var
from pyaot.ir.types import DType
from pyaot.ir.walk import walk_expr

# Functions of `math` that raise for no argument, and those that raise for no complex one.
TOTAL = {
    *("cbrt", "arctan", "arctan2", "arcsinh", "tanh", "erf", "erfc", "deg2rad", "rad2deg", "fabs", "rint"),
    *("copysign", "nextafter", "complex", "isnan", "isinf", "isfinite", "bitwise_count"),
    *("floor", "ceil", "trunc"),
}
TOTAL_COMPLEX = {"real", "imag", "conjugate", "isnan", "isinf", "isfinite"}


def can_fail(expr: Expr) -> bool:
    """Whether some values of its variables and elements make the evaluation fail."""
    return any(fails_itself(node) for node in walk_expr(expr))


def fails_itself(node: Expr) -> bool:
    """Whether the node can fail although its operands do not."""
    match node:
        case Const() | Var() | Dim() | Compare() | Select():
            return False
        case Load():
            return node.checked
        case Unary():
            return node.op == "neg" and node.type.is_python and node.type.dtype is DType.INT64
        case Cast():
            return _cast_fails(node)
        case Call():
            return node.type.is_python and not _is_total(node)
        case Binary():
            return _BINARY.get(node.op, _never)(node)
        case _:
            assert_never(node)


def can_raise(expr: Expr) -> bool:
    """Whether the original may raise there: it never does where only int64 is too narrow for Python's int."""
    return any(fails_itself(node) and not _only_overflows(node) for node in walk_expr(expr))


def _only_overflows(node: Expr) -> bool:
    match node:
        case Binary():
            return node.op in ("add", "sub", "mul")
        case Call():
            return node.args[0].type.dtype.is_integer
        case Cast():
            return node.operand.type.dtype.is_integer
        case _:
            return isinstance(node, Unary)


def can_warn(expr: Expr) -> bool:
    """Whether the evaluation may set a floating-point flag of which NumPy warns."""
    return any(_warns_itself(node) for node in walk_expr(expr))


_SILENT = {"minimum", "maximum", "absolute", "fabs", "real", "imag", "complex", "conjugate", "copysign"}
_SILENT |= {"sign", "signbit", "isnan", "isinf", "isfinite", "floor", "ceil", "trunc", "rint", "fmin", "fmax"}


def _warns_itself(node: Expr) -> bool:
    if node.type.is_python or not isinstance(node, Binary | Call | Cast):
        return False
    match node:
        case Binary():
            least_by_minus_one = node.type.dtype.kind == "i" and node.op == "floordiv"
            return least_by_minus_one or (node.type.dtype.kind in "fc" and node.op not in _SILENT)
        case Call():
            return node.args[0].type.dtype.kind in "fc" and node.function not in _SILENT
        case Cast():
            return node.operand.type.dtype.kind in "fc" and node.operand.type.dtype is not node.type.dtype


def _cast_fails(node: Cast) -> bool:
    """Python's int of a float or uint64 may not fit."""
    to_int = node.type.is_python and node.type.dtype is DType.INT64
    return to_int and (node.operand.type.dtype.kind in "fc" or node.operand.type.dtype is DType.UINT64)


def _is_total(node: Call) -> bool:
    argument = node.args[0].type.dtype
    if node.function == "absolute":
        return argument.is_float
    return node.function in (TOTAL_COMPLEX if argument.is_complex else TOTAL)


def _overflows(node: Binary) -> bool:
    return node.checked and node.type.is_python and node.type.dtype.is_integer


def is_nonzero(divisor: Expr) -> bool:
    """Seen not to be zero: a constant, or an int that is at least a positive one."""
    match divisor:
        case Const(value):
            return value != 0
        case Binary("maximum", left, right) if divisor.type.dtype.is_integer:
            return any(isinstance(bound, Const) and bound.value.real > 0 for bound in (left, right))
        case _:
            return False


def _divides_by_zero(node: Binary) -> bool:
    """A constant other than 0 divides any number, but -1 the least integer not."""
    if not (node.type.is_python or node.type.dtype.is_integer):
        return False
    if not is_nonzero(node.right):
        return True
    return (
        isinstance(node.right, Const)
        and node.op == "floordiv"
        and node.right.value == -1
        and _overflows(node)
    )


def _power_fails(node: Binary) -> bool:
    """Zero to a negative power; negative integer powers; a Python float that leaves its range."""
    return node.type.is_python or node.type.dtype.is_integer


def _shifts_too_far(node: Binary) -> bool:
    """Python's shift by a negative number, or out of int64."""
    counts = isinstance(node.right, Const) and node.right.value.real >= 0
    return node.type.is_python and not (counts and (node.op == "shr" or not node.checked))


def _never(node: Binary) -> bool:
    return False


_BINARY: dict[str, Callable[[Binary], bool]] = {
    "add": _overflows,
    "sub": _overflows,
    "mul": _overflows,
    "truediv": _divides_by_zero,
    "floordiv": _divides_by_zero,
    "mod": _divides_by_zero,
    "pow": _power_fails,
    "shl": _shifts_too_far,
    "shr": _shifts_too_far,
}
