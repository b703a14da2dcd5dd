"""Calls of library functions: the table is asked, by the function's full name."""

import numpy as np

from pyaot.base.catalogue import UNKNOWN_FUNCTION
from pyaot.frontend.arguments import Arguments
from pyaot.frontend.computed import READS_SOME, computed
from pyaot.frontend.context import Context, Unsupported
from pyaot.frontend.list_methods import list_method
from pyaot.frontend.numpy_table import TABLE
from pyaot.frontend.objects import replaced
from pyaot.frontend.promote import PYTHON_TYPES
from pyaot.frontend.python_sorting import sort_list
from pyaot.frontend.values import ArrayValue, DigitsValue, ListValue, Number, TextValue, TupleValue, Value
from pyaot.ir.types import Origin


def _unknown(ctx: Context, path: str) -> Unsupported:
    """Why a library function stays Python, and what can be done."""
    module = path.rpartition(".")[0]
    shown = path.removeprefix("builtins.")
    if module.startswith(("numpy.random", "random")):
        message = f"'{shown}' stays Python: random numbers are drawn in the program's order."
        return ctx.refuse(
            UNKNOWN_FUNCTION, message, None, "Draw them before the call, and pass them as an array."
        )
    hint = "Write it as a loop, or call it outside and pass the result."
    return ctx.refuse(UNKNOWN_FUNCTION, f"'{shown}' has no compiled form.", None, hint)


def call_method(ctx: Context, receiver: Value, name: str, arguments: Arguments) -> Value:
    """`receiver.name(*arguments)`: a method does what NumPy's function of that name does."""
    if isinstance(receiver, ArrayValue | TupleValue | ListValue) and receiver.grows:
        return list_method(ctx, receiver, name, arguments)
    if isinstance(receiver, TupleValue) and receiver.maker is not None and name == "_replace":
        return replaced(ctx, receiver, arguments.keywords)
    if isinstance(receiver, DigitsValue) and (name, arguments) == ("count", Arguments((TextValue("1"),), {})):
        return TABLE["python.bit_count"](ctx, Arguments((Number(receiver.expr),), {}))
    known = TABLE.get(f"method.{name}") or TABLE.get(f"numpy.{name}")
    match receiver:
        case ArrayValue(boxed=False):
            has_method = hasattr(np.ndarray, name) and name != "partition"
        case ArrayValue() if name == "sort":
            return sort_list(ctx, receiver, arguments)
        case Number(expr) if expr.type.origin is Origin.NUMPY:
            has_method = hasattr(np.dtype(expr.type.dtype.value).type, name) and name != "bit_length"
        case Number(expr) if expr.type.origin is Origin.PYTHON:
            has_method = hasattr(PYTHON_TYPES[expr.type.dtype.kind], name)
            known = TABLE.get(f"python.{name}")
        case _:
            has_method = False
    if known is None or not has_method:
        raise ctx.refuse(UNKNOWN_FUNCTION, f"The method '{name}' of this value has no compiled form.")
    return known(
        ctx, _read(ctx, f"numpy.{name}", Arguments((receiver, *arguments.positional), arguments.keywords))
    )


def call_symbol(ctx: Context, path: str, arguments: Arguments) -> Value:
    """The value of `path(*arguments)`, such as `numpy.linalg.solve`."""
    known = TABLE.get(path)
    if known is None:
        raise _unknown(ctx, path)
    return known(ctx, _read(ctx, path, arguments))


def _read(ctx: Context, path: str, arguments: Arguments) -> Arguments:
    """The arguments, computed now where the function does not look at all of them."""
    if path not in READS_SOME:
        return arguments
    keywords = {name: computed(ctx, value) for name, value in arguments.keywords.items()}
    return Arguments(tuple(computed(ctx, value) for value in arguments.positional), keywords)


__all__ = ["Arguments", "call_method", "call_symbol"]
