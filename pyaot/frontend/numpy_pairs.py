"""NumPy's functions of numbers that give two: divmod, modf.

np.divmod(a, b)     (a // b, a % b)             np.modf(a)      (a - trunc(a), trunc(a))
"""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments
from pyaot.frontend.arithmetic import cast, integer
from pyaot.frontend.arrays import mapped
from pyaot.frontend.coerce import as_operand
from pyaot.frontend.context import Context
from pyaot.frontend.values import TupleValue, Value
from pyaot.ir.nodes import Binary, Call, Expr, Select
from pyaot.ir.types import PY_BOOL, DType, Scalar

Handler = Callable[[Context, Arguments], Value]


def _divmod(ctx: Context, arguments: Arguments) -> Value:
    operands = Arguments(tuple(as_operand(ctx, value) for value in arguments.take(ctx, "x1", "x2")))
    names = ("numpy.floor_divide", "numpy.remainder")
    return TupleValue(tuple(ctx.library(ctx, name, operands) for name in names))


def _modf(ctx: Context, arguments: Arguments) -> Value:
    (operand,) = (as_operand(ctx, value) for value in arguments.take(ctx, "x"))
    dtype = operand.type.dtype
    if not dtype.is_float and dtype is not DType.INT64:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'modf' of {dtype.value} is not compiled.")
    type = Scalar(dtype if dtype.is_float else DType.FLOAT64)
    rules = (_fraction, _whole)
    return TupleValue(tuple(mapped(ctx, [operand], lambda x, r=rule: r(cast(x, type))) for rule in rules))


def _whole(x: Expr) -> Expr:
    return Call("trunc", (x,), x.type)


def _fraction(x: Expr) -> Expr:
    """With the sign of x; infinity has none, and is not subtracted from itself, which would be an error."""
    is_infinite = cast(Call("isinf", (x,), Scalar(DType.BOOL)), PY_BOOL)
    finite = Select(is_infinite, cast(integer(0), x.type), x, x.type)
    return Call("copysign", (Binary("sub", finite, _whole(finite), x.type, checked=False), x), x.type)


TABLE: dict[str, Handler] = {"numpy.divmod": _divmod, "numpy.modf": _modf}
