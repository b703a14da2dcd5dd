"""np.insert and np.delete at one place.

np.delete(a, k)         a[:k], then a[k + 1:]           np.insert(a, k, x)      a[:k], x, then a[k:]
"""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    axis_argument,
    is_given,
    number,
)
from pyaot.frontend.arithmetic import as_integer, both, compare, integer, minus, plus
from pyaot.frontend.arrays import as_stored, pulled
from pyaot.frontend.coerce import as_array, as_operand
from pyaot.frontend.context import Context
from pyaot.frontend.conversion import stored
from pyaot.frontend.numpy_joining import concatenated
from pyaot.frontend.reshaping import flattened
from pyaot.frontend.values import ArrayValue, Indices, Number, Value
from pyaot.ir.nodes import Const, Expr, Select
from pyaot.ir.types import PY_INT

Handler = Callable[[Context, Arguments], Value]


def _delete(ctx: Context, arguments: Arguments) -> Value:
    arr, obj, axis = arguments.take(ctx, "arr", "obj", "axis")
    array, along = _along(ctx, arr, axis)
    extent = array.shape[along]
    place = _place(ctx, obj, extent, minus(extent, integer(1)))
    after = plus(place, integer(1))
    return concatenated(
        ctx, [_part(array, along, integer(0), place), _part(array, along, after, extent)], along
    )


def _insert(ctx: Context, arguments: Arguments) -> Value:
    arr, obj, values, axis = arguments.take(ctx, "arr", "obj", "values", "axis")
    array, along = _along(ctx, arr, axis)
    extent = array.shape[along]
    place = _place(ctx, obj, extent, extent)
    between = _inserted(ctx, array, along, values)
    ends = (_part(array, along, integer(0), place), _part(array, along, place, extent))
    return concatenated(ctx, [ends[0], between, ends[1]], along)


def _along(ctx: Context, value: Value | None, axis: Value | None) -> tuple[ArrayValue, int]:
    """The array and its axis; without one it is made flat."""
    array = as_stored(ctx, as_array(ctx, value))
    if array.rank == 0:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "An array without dimensions has no places.")
    if not is_given(axis):
        return flattened(ctx, array), 0
    return array, axis_argument(ctx, axis, array.rank)


def _place(ctx: Context, obj: Value | None, extent: Expr, last: Expr) -> Expr:
    """The place from 0; another raises in NumPy."""
    if not isinstance(obj, Number) or not obj.type.dtype.is_integer:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "One place, an int, is what is compiled here.")
    given = as_integer(obj.expr)
    fits = both(compare("ge", given, minus(integer(0), extent)), compare("le", given, last))
    ctx.check(fits, "there is no such place")
    if isinstance(given, Const):
        return given if int(given.value.real) >= 0 else plus(given, extent)
    return ctx.temporary(
        "place", Select(compare("lt", given, integer(0)), plus(given, extent), given, PY_INT)
    )


def _part(array: ArrayValue, along: int, start: Expr, stop: Expr) -> ArrayValue:
    shape = (*array.shape[:along], minus(stop, start), *array.shape[along + 1 :])

    def element(i: Indices) -> Expr:
        return array.element((*i[:along], plus(i[along], start), *i[along + 1 :]))

    return pulled(array.dtype, shape, element)


def _inserted(ctx: Context, array: ArrayValue, along: int, values: Value | None) -> ArrayValue:
    """A number everywhere, some numbers into a vector, or a vector as a row or column."""
    thin = (*array.shape[:along], integer(1), *array.shape[along + 1 :])
    match as_operand(ctx, values):
        case Number() as found:
            held = stored(ctx, number(ctx, found).expr, array.dtype)
            held = held if isinstance(held, Const) else ctx.temporary("inserted", held)
            return pulled(array.dtype, thin, lambda _: held)
        case ArrayValue(shape=(extent,)) as found if found.dtype is array.dtype:
            if array.rank == 1:
                return found
            if array.rank == 2:
                shape = (integer(1), extent) if along == 0 else (extent, integer(1))
                return pulled(array.dtype, shape, lambda i: found.element((i[1 - along],)))
    raise ctx.refuse(UNSUPPORTED_ARGUMENT, "What is inserted is a number or a vector of the array's type.")


TABLE: dict[str, Handler] = {"numpy.delete": _delete, "numpy.insert": _insert}
