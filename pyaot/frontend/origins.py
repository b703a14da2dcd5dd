"""Which kind a number is where that depends on the path, as a code that is computed beside it.

s = 0                           INT
for x in a: s = s + x           NUMPY after the first turn
return s                        an int if `a` was empty, else an np.float64
"""

from pyaot.base.catalogue import UNSUPPORTED_TYPE_CHANGE
from pyaot.frontend.arithmetic import greatest, integer
from pyaot.frontend.context import Context, NeedsTracking
from pyaot.ir.nodes import Binary, Call, Cast, Compare, Expr, Load, Select, Unary, Var
from pyaot.ir.types import PY_INT, Origin, Scalar

INT, FLOAT, COMPLEX, NUMPY = 0, 1, 2, 3
_KEEPING = ("absolute", "real", "imag", "conjugate")  # of an int they give an int
_CODES = {"b": INT, "i": INT, "u": INT, "f": FLOAT, "c": COMPLEX}


def code_of(type: Scalar) -> int:
    """The kind of a number whose type is certain."""
    return NUMPY if type.origin is Origin.NUMPY else _CODES[type.dtype.kind]


def kind_code(ctx: Context, expr: Expr) -> Expr:
    """The kind that the expression has now. Asks for tracking of the variables that it depends on."""
    if not expr.type.is_undecided:
        return integer(code_of(expr.type))
    match expr:
        case Var(name):
            key = f"kind:{name}"
            if key not in ctx.tracked:
                raise NeedsTracking(key)
            return Var(ctx.flags[key], PY_INT)
        case Load():
            message = (
                "It is not known whether this number is Python's or NumPy's: it is in a list that holds both."
            )
            raise ctx.refuse(UNSUPPORTED_TYPE_CHANGE, message, None, "Take float(...) or int(...) of it.")
        case Cast(operand) | Unary(_, operand):
            return kind_code(ctx, operand)
        case Binary("truediv", left, right):
            return _widest(ctx, FLOAT, left, right)
        case Binary(_, left, right) | Compare(_, left, right):
            return _widest(ctx, INT, left, right)
        case Call(function, args):
            return _widest(ctx, INT if function in _KEEPING else FLOAT, *args)
        case Select(condition, if_true, if_false):
            return Select(condition, kind_code(ctx, if_true), kind_code(ctx, if_false), PY_INT)
    return integer(code_of(Scalar(expr.type.dtype, Origin.PYTHON)))


def _widest(ctx: Context, least: int, *operands: Expr) -> Expr:
    result: Expr = integer(least)
    for operand in operands:
        code = kind_code(ctx, operand)
        if code == integer(NUMPY):
            return code
        result = code if result == integer(INT) else greatest(result, code)
    return result
