"""Lists of numbers: the arrays that plain Python has.

[0.0] * n                           n floats of Python's
[[0.0] * m for _ in range(n)]       n rows
[x * x for x in range(n)]           computed elements
"""

from collections.abc import Sequence

from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import cast, greatest, integer
from pyaot.frontend.arrays import allocate, store, write
from pyaot.frontend.context import Context
from pyaot.frontend.values import ArrayValue, Number, TupleValue, Value
from pyaot.ir.nodes import Expr
from pyaot.ir.types import Array, Origin, Scalar

MOST_NESTED = 3  # lists in one another; the runtime looks for rows that are shared so deep


def repeated_list(ctx: Context, items: Sequence[Value], count: Expr) -> ArrayValue:
    """`[x] * count` of one number."""
    if len(items) != 1 or not isinstance(items[0], Number):
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION,
            "Only a list of one number is repeated in compiled code.",
            None,
            "Write rows as '[[0.0] * m for _ in range(n)]': '[[0.0] * m] * n' repeats one and the same row.",
        )
    value = items[0].expr
    result = allocate(ctx, "list", list_type(ctx, value.type), (greatest(count, integer(0)),))
    write(ctx, result, lambda indices: cast(value, value.type))
    return result


def list_type(ctx: Context, type: Scalar) -> Array:
    """The type of a list of such numbers: Python's, NumPy's, or either where nobody can tell."""
    if type.origin is Origin.EITHER:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A list of Python's and NumPy's numbers is not compiled.")
    return Array(type.dtype, 1, True, type.origin)


def as_list_array(ctx: Context, value: TupleValue) -> ArrayValue | None:
    """A list of known numbers as a compiled list; None where its items differ in type."""
    if not value.items:
        return None
    rows = [item for item in value.items if isinstance(item, TupleValue) and item.is_list]
    if len(rows) == len(value.items):
        return _rows(ctx, rows)
    numbers = [item for item in value.items if isinstance(item, Number)]
    if len(numbers) != len(value.items) or len({n.type for n in numbers}) != 1:
        return None
    if numbers[0].type.origin is not Origin.PYTHON:
        return None
    result = allocate(ctx, "list", Array(numbers[0].type.dtype, 1, True), (integer(len(numbers)),))
    for position, number in enumerate(numbers):
        _set(ctx, result, (position,), number)
    return result


def _rows(ctx: Context, rows: Sequence[TupleValue]) -> ArrayValue | None:
    lengths = {len(row.items) for row in rows}
    numbers = [item for row in rows for item in row.items if isinstance(item, Number)]
    if len(lengths) != 1 or len(numbers) != len(rows) * min(lengths) or len({n.type for n in numbers}) != 1:
        return None
    if not numbers or numbers[0].type.origin is not Origin.PYTHON:
        return None
    width = min(lengths)
    result = allocate(
        ctx, "list", Array(numbers[0].type.dtype, 2, True), (integer(len(rows)), integer(width))
    )
    for position, number in enumerate(numbers):
        _set(ctx, result, divmod(position, width), number)
    return result


def _set(ctx: Context, target: ArrayValue, position: Sequence[int], number: Number) -> None:
    view = _element_view(ctx, target, position)
    store(ctx, view, number)


def _element_view(ctx: Context, target: ArrayValue, position: Sequence[int]) -> ArrayValue:
    place = target.place
    assert place is not None
    fixed = tuple(integer(p) for p in position)
    spot = replace(place, subscripts=lambda _: fixed, walks=None, whole=False)
    return ArrayValue(target.dtype, (), lambda _: target.element(fixed), spot, boxed=True)
