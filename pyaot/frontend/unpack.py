"""The items of a value on the right of `a, b = value`, and of the value of a turn in `for a, b in values`.

x, y = points[i]        points[i, 0], points[i, 1]; where the extent is not known to be 2 it is checked
"""

from collections.abc import Sequence

import libcst as cst

from pyaot.base.catalogue import UNSUPPORTED_STATEMENT
from pyaot.frontend.arithmetic import integer
from pyaot.frontend.context import Context
from pyaot.frontend.prove import make_equal
from pyaot.frontend.subscripts import subscript
from pyaot.frontend.values import ArrayValue, Number, TupleValue, Value
from pyaot.ir.nodes import Const


def unpacked(ctx: Context, value: Value, count: int, node: cst.CSTNode) -> Sequence[Value]:
    """The `count` items of a value."""
    match value:
        case TupleValue(items) if len(items) == count:
            return items
        case ArrayValue(shape=(extent, *_)) if not isinstance(extent, Const) or extent.value == count:
            make_equal(ctx, extent, integer(count), "a row does not have as many items as are unpacked")
            return [subscript(ctx, value, (Number(integer(n)),)) for n in range(count)]
    message = f"This value is not known to have {count} items."
    raise ctx.refuse(UNSUPPORTED_STATEMENT, message, node)
