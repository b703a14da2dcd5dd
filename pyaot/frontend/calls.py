"""Calls of library functions: the table is asked, by the function's full name."""

from pyaot.base.catalogue import UNKNOWN_FUNCTION
from pyaot.frontend.arguments import Arguments
from pyaot.frontend.context import Context
from pyaot.frontend.numpy_table import TABLE
from pyaot.frontend.values import Value


def call_symbol(ctx: Context, path: str, arguments: Arguments) -> Value:
    """The value of `path(*arguments)`: `numpy.linalg.solve`, `method.sum` with its receiver first."""
    known = TABLE.get(path)
    if known is None and path.startswith("method."):
        known = TABLE.get(f"numpy.{path.removeprefix('method.')}")
    if known is None:
        name = path.removeprefix("builtins.")
        raise ctx.refuse(UNKNOWN_FUNCTION, f"'{name}' has no compiled form.")
    return known(ctx, arguments)


__all__ = ["Arguments", "call_symbol"]
