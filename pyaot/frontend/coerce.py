"""What NumPy's functions make of their arguments: `np.asarray` of numbers, lists and arrays."""

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arithmetic import cast, compare, integer, minus
from pyaot.frontend.arrays import allocate, loops, view, write
from pyaot.frontend.context import Context
from pyaot.frontend.conversion import stored
from pyaot.frontend.promote import NoType, from_numpy, wider_python
from pyaot.frontend.prove import assume, make_equal, never_negative
from pyaot.frontend.values import ArrayValue, Indices, ListValue, Number, TupleValue, Value, Walk
from pyaot.ir.nodes import Expr, Store
from pyaot.ir.types import Array, DType, Origin, Scalar


def as_array(ctx: Context, value: Value | None) -> ArrayValue:
    """The value as `np.asarray` sees it; a number has no dimensions."""
    match value:
        case ArrayValue(boxed=False):
            return value
        case ArrayValue():
            for extent in value.shape[:-1]:
                _not_empty(ctx, extent)
            numpy_type = Scalar(value.dtype)
            return ArrayValue(
                value.dtype, value.shape, lambda indices: cast(value.element(indices), numpy_type)
            )
        case Number(expr):
            return ArrayValue(expr.type.dtype, (), lambda _: cast(expr, Scalar(expr.type.dtype)))
        case TupleValue(items) if items:
            return stacked_items(ctx, items)
        case ListValue():
            return _of_list(ctx, value)
    raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This argument is not an array in compiled code.")


def _not_empty(ctx: Context, extent: Expr) -> None:
    """Rows that are not there have no length: NumPy makes an array of fewer dimensions."""
    reason = "an array is made of an empty list"
    if not never_negative(ctx, minus(extent, integer(1))) and not assume(ctx, integer(1), extent, reason):
        ctx.check(compare("ge", extent, integer(1)), reason)


def _of_list(ctx: Context, value: ListValue) -> ArrayValue:
    """All items of a list of tuples or arrays; of an empty list NumPy makes an array of another shape."""
    _not_empty(ctx, value.length)
    if isinstance(value.pattern, int):
        return replace(value.columns[0], place=None)
    if not all(isinstance(item, int) for item in value.pattern.items):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "An array of tuples of tuples is not compiled.")
    if any(column.rank > 1 for column in value.columns):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "An array of tuples of arrays is not compiled.")
    length, width = value.length, integer(len(value.columns))
    dtype = common_dtype(ctx, [column.type for column in value.columns])
    result = allocate(ctx, "array", Array(dtype, 2), (length, width))
    for position, column in enumerate(value.columns):
        place = integer(position)
        part = view(ctx, result, (length,), (integer(0), place), (Walk((0,), integer(1)),), checked=False)
        write(ctx, part, column.element)
    return result


def as_operand(ctx: Context, value: Value | None) -> ArrayValue | Number:
    """A number stays a number (it is weak in promotion); all else becomes an array."""
    return value if isinstance(value, Number) else as_array(ctx, value)


def common_dtype(ctx: Context, types: Sequence[Scalar]) -> DType:
    """The dtype of an array of these numbers."""
    if all(t.origin is Origin.PYTHON for t in types):
        result = types[0]
        for type in types[1:]:
            result = wider_python(result, type)
        return result.dtype
    try:
        return from_numpy(np.result_type(*(np.dtype(t.dtype.value) for t in types)))
    except NoType as error:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"{error}.") from error


def stacked_items(ctx: Context, items: Sequence[Value], dtype: DType | None = None) -> ArrayValue:
    """`np.array([a, b, c])`: numbers, or equal-shaped arrays and lists, along a new first axis."""
    parts = [item if isinstance(item, (Number, ArrayValue)) else as_array(ctx, item) for item in items]
    chosen = dtype or common_dtype(ctx, [p.type for p in parts])
    shapes = [p.shape if isinstance(p, ArrayValue) else () for p in parts]
    for shape in shapes[1:]:
        if len(shape) != len(shapes[0]):
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "An array of items of different ranks is not compiled.")
        for left, right in zip(shapes[0], shape):
            make_equal(ctx, right, left, "the items of an array differ in shape")
    result = allocate(ctx, "array", Array(chosen, 1 + len(shapes[0])), (integer(len(parts)), *shapes[0]))
    for position, part in enumerate(parts):
        _put(ctx, result, position, part)
    return result


def _put(ctx: Context, result: ArrayValue, position: int, part: Number | ArrayValue) -> None:
    place = result.place
    assert place is not None
    type = Scalar(result.dtype)

    known = Number(stored(ctx, part.expr, result.dtype)) if isinstance(part, Number) else part

    def body(indices: Indices) -> None:
        value: Expr = known.expr if isinstance(known, Number) else known.element(indices)
        ctx.emit(Store(place.array, (integer(position), *indices), cast(value, type), False, ctx.span))

    loops(ctx, result.shape[1:], body)
