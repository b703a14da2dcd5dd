"""The methods of binary ufuncs: outer, reduce and accumulate.

np.subtract.outer(a, b)     a[:, None] - b          np.maximum.reduce(A)    A.max(axis=0)
np.add.accumulate(A)        A.cumsum(axis=0)
"""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend import numpy_reductions, numpy_ufuncs
from pyaot.frontend.arguments import Arguments
from pyaot.frontend.arithmetic import integer
from pyaot.frontend.coerce import as_operand
from pyaot.frontend.context import Context
from pyaot.frontend.values import ArrayValue, Number, Value

Handler = Callable[[Context, Arguments], Value]

_BINARY = (
    *("add", "subtract", "multiply", "divide", "true_divide", "floor_divide", "remainder", "mod", "power"),
    *("minimum", "maximum", "hypot", "arctan2", "copysign", "logical_and", "logical_or", "logical_xor"),
    *("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift"),
    *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
)
_REDUCTIONS = {
    "add": "sum",
    "multiply": "prod",
    "minimum": "min",
    "maximum": "max",
    "logical_and": "all",
    "logical_or": "any",
}
_ACCUMULATIONS = {"add": "cumsum", "multiply": "cumprod"}


def _outer(handler: Handler) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, b = (_of_numpy(as_operand(ctx, value)) for value in arguments.take(ctx, "A", "B"))
        if isinstance(a, ArrayValue) and isinstance(b, ArrayValue):
            a = _with_axes_behind(a, b.rank)
        return handler(ctx, Arguments((a, b)))

    return handle


def _of_numpy(value: ArrayValue | Number) -> ArrayValue | Number:
    """`outer` makes arrays of its operands, so a number of Python's has a dtype like any other."""
    return value if isinstance(value, ArrayValue) else Number(numpy_ufuncs.cast_numpy(value.expr))


def _with_axes_behind(array: ArrayValue, count: int) -> ArrayValue:
    """The array with that many axes of extent one after its own."""
    shape = (*array.shape, *(integer(1),) * count)
    return ArrayValue(array.dtype, shape, lambda indices: array.element(indices[: array.rank]))


def _along_first(handler: Handler) -> Handler:
    """The function of the whole array, along the first axis where none is named."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        if not arguments.positional:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The array is named, which is not compiled.")
        keywords = dict(arguments.keywords)
        if len(arguments.positional) == 1:
            keywords.setdefault("axis", Number(integer(0)))
        return handler(ctx, Arguments(arguments.positional, keywords))

    return handle


TABLE: dict[str, Handler] = {
    **{f"numpy.{name}.outer": _outer(numpy_ufuncs.TABLE[f"numpy.{name}"]) for name in _BINARY},
    **{
        f"numpy.{name}.{method}": _along_first(numpy_reductions.TABLE[f"numpy.{function}"])
        for method, functions in (("reduce", _REDUCTIONS), ("accumulate", _ACCUMULATIONS))
        for name, function in functions.items()
    },
}
