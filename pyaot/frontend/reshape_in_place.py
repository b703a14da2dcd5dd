"""`a.shape = n, m`: the array that the name stands for gets another shape.

Other names of the same array would see it too. There must be none: then a copy under the new shape does.
"""

from collections.abc import Iterator

import libcst as cst

from pyaot.base.catalogue import UNSUPPORTED_STATEMENT
from pyaot.frontend.arguments import shape_argument
from pyaot.frontend.arithmetic import as_integer
from pyaot.frontend.arrays import materialise
from pyaot.frontend.context import Context, Scope
from pyaot.frontend.reshaping import fill_unknown, is_contiguous, reshaped
from pyaot.frontend.values import ArrayValue, IterationValue, RecordValue, TupleValue, UnboundValue, Value
from pyaot.frontend.variables import assign_name


def reshape_in_place(ctx: Context, name: str, shape: Value, node: cst.CSTNode) -> None:
    """`name.shape = shape`."""
    array = ctx.scope.names.get(name)
    if not isinstance(array, ArrayValue) or array.boxed or array.place is None or array.borrowed:
        raise ctx.refuse(UNSUPPORTED_STATEMENT, "The shape of this value is not set in compiled code.", node)
    is_own = array.place.array not in ctx.parameters | ctx.movable and not ctx.scope.prefix
    if not is_own or not is_contiguous(ctx, array) or _uses(ctx.scope, array.place.array) > 1:
        raise ctx.refuse(
            UNSUPPORTED_STATEMENT,
            f"'{name}' may have other names, which would see its new shape, too.",
            node,
            f"Write '{name} = {name}.reshape(...)'.",
        )
    extents = [as_integer(extent.expr) for extent in shape_argument(ctx, shape)]
    view = reshaped(ctx, array, fill_unknown(ctx, array, extents))
    assign_name(ctx, name, materialise(ctx, view, name))


def _uses(scope: Scope | None, array: str) -> int:
    """How many values of the scope, and of those around it, lie in that memory."""
    if scope is None:
        return 0
    own = sum(found == array for value in scope.names.values() for found in _arrays(value))
    return own + _uses(scope.outer, array)


def _arrays(value: object) -> Iterator[str]:
    match value:
        case ArrayValue(place=place, borrowed=borrowed):
            yield from (() if place is None else (place.array,))
            yield from ((borrowed,) if borrowed else ())
        case TupleValue(items) | IterationValue(items=items):
            for item in items:
                yield from _arrays(item)
        case RecordValue(fields=fields):
            for item in fields.values():
                yield from _arrays(item)
        case UnboundValue(value=inner):
            yield from _arrays(inner)
