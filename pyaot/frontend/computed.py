"""What Python computes although nobody looks at it.

An array operator is a rule here, evaluated where an element is read. NumPy computes all elements at once, and
raises or warns for each. So before only some of them are read the rule becomes an array:

    np.where(c, a[k], 0.0)          operand[i] = a[k[i]] for all i;  then the choice
    (a / b).shape                   operand[i] = a[i] / b[i]
"""

from msgspec.structs import replace

from pyaot.frontend.arrays import materialise
from pyaot.frontend.context import Context
from pyaot.frontend.values import ArrayValue, Number, TupleValue, Value
from pyaot.ir.failing import can_raise, can_warn
from pyaot.ir.nodes import Expr, Var
from pyaot.ir.types import PY_INT

# Functions that do not read every element of their arguments.
READS_SOME = frozenset(
    f"numpy.{name}"
    for name in (
        *("where", "zeros_like", "ones_like", "empty_like", "full_like", "shape", "size", "ndim"),
        *("diag", "diagonal", "trace", "triu", "tril", "take", "einsum", "repeat", "delete"),
    )
) | {"builtins.len"}


def computed(ctx: Context, value: Value) -> Value:
    """The value, computed now where computing it may raise or warn."""
    match value:
        case ArrayValue() if not value.is_view and _is_risky_array(ctx, value):
            return materialise(ctx, value, "operand")
        case Number(expr) if is_risky(expr):
            return Number(ctx.temporary("operand", expr))
        case TupleValue(items):
            return replace(value, items=tuple(computed(ctx, item) for item in items))
        case _:
            return value


def is_risky(expr: Expr) -> bool:
    """Whether its evaluation can be noticed."""
    return can_raise(expr) or can_warn(expr)


def _is_risky_array(ctx: Context, value: ArrayValue) -> bool:
    with ctx.nested() as needed:
        element = value.element(tuple(Var(f"?{axis}", PY_INT) for axis in range(value.rank)))
    return bool(needed) or is_risky(element)
