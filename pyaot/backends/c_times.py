"""How long something takes, as C text: doubles, which cannot overflow."""

from pyaot.backends.c_context import Context
from pyaot.backends.c_expressions import operand
from pyaot.ir.nodes import Binary, Cast, Const, Dim, Expr, Var

UNKNOWN = "1e18"
_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "floordiv": "/"}


def time_text(expr: Expr, context: Context) -> str:
    """The estimate without parentheses around all of it."""
    text = _text(expr, context)
    return text[1:-1] if text.startswith("(") and text.endswith(")") and _is_one(text) else text


def _text(expr: Expr, context: Context) -> str:
    match expr:
        case Const():
            return repr(float(expr.value.real))
        case Var() | Dim():
            return f"(double){operand(expr, context.names)}"
        case Binary() if expr.op in _OPERATORS:
            left, right = _text(expr.left, context), _text(expr.right, context)
            return f"({left} {_OPERATORS[expr.op]} {right})"
        case Binary(op="maximum" | "minimum"):
            left, right = _text(expr.left, context), _text(expr.right, context)
            return f"__builtin_f{expr.op[:3]}({left}, {right})"
        case Cast():
            return _text(expr.operand, context)
        case _:
            return UNKNOWN


def _is_one(text: str) -> bool:
    """Whether the first parenthesis is closed by the last."""
    depth = 0
    for position, char in enumerate(text):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0:
            return position == len(text) - 1
    return False
