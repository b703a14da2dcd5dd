"""What array text has to know of an expression: whose rules it follows, and what shows that it warned."""

from pyaot.ir.failing import can_warn
from pyaot.ir.nodes import Binary, Call, Cast, Const, Dim, Expr, Load, Unary, Var
from pyaot.ir.types import Origin, Scalar
from pyaot.ir.walk import map_sub_expressions, sub_expressions

# Operations from whose result an infinity or NaN in an operand cannot vanish.
_TRANSPARENT = frozenset(("add", "sub", "mul"))


def stripped(expr: Expr) -> Expr:
    """The expression without casts that change only the origin."""
    while isinstance(expr, Cast) and expr.type.dtype is expr.operand.type.dtype:
        expr = expr.operand
    return expr


def weak(expr: Expr) -> Expr:
    """A scalar beside an array of its dtype, as the plainest number that means the same there."""
    expr = stripped(expr)
    if isinstance(expr, Const) and not expr.type.is_python:
        return Const(expr.value, Scalar(expr.type.dtype, Origin.PYTHON))
    return expr


def is_silent(expr: Expr) -> bool:
    """Follows Python's rules, under which NumPy must not warn."""
    is_operation = isinstance(expr, Binary | Call) or (
        isinstance(expr, Cast) and expr.type.dtype is not expr.operand.type.dtype
    )
    operands = [operand.type.dtype.kind for operand in sub_expressions(expr)]
    return is_operation and expr.type.is_python and any(kind in "fc" for kind in operands)


def warns_itself(expr: Expr) -> bool:
    """NumPy may warn of this very operation."""
    return can_warn(map_sub_expressions(lambda operand: Var("?", operand.type), expr))


def shows_warnings(expr: Expr) -> bool:
    """Whether the result is not finite wherever some operation in the expression would have warned."""
    match expr:
        case Const() | Var() | Dim():
            return True
        case Load():
            return not any(can_warn(subscript) for subscript in expr.subscripts)
        case Binary(op) if op in _TRANSPARENT:
            return shows_warnings(expr.left) and shows_warnings(expr.right)
        case Binary("truediv"):
            return shows_warnings(expr.left) and not can_warn(expr.right) and shows_warnings(expr.right)
        case Unary("neg"):
            return shows_warnings(expr.operand)
        case Cast():
            kinds = expr.operand.type.dtype.kind + expr.type.dtype.kind
            return not (kinds[0] in "fc" and kinds[1] not in "fc") and shows_warnings(expr.operand)
        case Call():
            return not any(map(can_warn, expr.args)) and all(map(shows_warnings, expr.args))
        case _:
            return False
