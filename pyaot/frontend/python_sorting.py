"""Arrays as lists, and sorted lists and arrays: tolist, sorted, list.sort, ndarray.sort.

sorted(xs)              a copy, sorted by NumPy; of NaN Python's order is its own, so the attempt fails
a.tolist()              a list of Python's numbers
"""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, known_bool, number
from pyaot.frontend.arithmetic import cast, compare, integer, minus
from pyaot.frontend.arrays import allocate, map_elements, pulled, store, write
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.lists import MOST_NESTED, as_list_array, list_type
from pyaot.frontend.promote import python_type
from pyaot.frontend.values import ArrayValue, NoneValue, Number, TextValue, TupleValue, Value
from pyaot.ir.types import PY_BOOL, Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]


def _tolist(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "self")
    array = as_array(ctx, a)
    if array.dtype is DType.UINT64 or array.rank > MOST_NESTED:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This array is not made a list in compiled code.")
    type = python_type(array.dtype.kind.replace("u", "i"))
    if array.rank == 0:
        return Number(cast(number(ctx, a).expr, type))
    result = allocate(ctx, "list", Array(type.dtype, array.rank, True), array.shape)
    write(ctx, result, lambda i: cast(array.element(i), type))
    return result


def _sorted(ctx: Context, arguments: Arguments) -> Value:
    iterable, reverse = arguments.take(ctx, "iterable", "reverse")
    values = as_list_array(ctx, iterable) if isinstance(iterable, TupleValue) else iterable
    if not isinstance(values, ArrayValue) or values.rank != 1:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'sorted' takes a list or an array of numbers.")
    result = allocate(ctx, "sorted", list_type(ctx, values.type), values.shape)
    write(ctx, result, _in_order(ctx, values, reverse).element)
    return result


def sort_list(ctx: Context, target: ArrayValue, arguments: Arguments) -> Value:
    """`xs.sort()`."""
    if target.rank != 1 or target.place is None:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Rows are not sorted in compiled code.")
    (reverse,) = arguments.take(ctx, "reverse")
    store(ctx, target, _in_order(ctx, target, reverse))
    return NoneValue()


def _in_order(ctx: Context, values: ArrayValue, reverse: Value | None) -> ArrayValue:
    """The numbers in order; equal ones, such as the two zeros, stay in theirs, also from the greatest on."""
    array = as_array(ctx, values)
    if array.dtype.is_complex:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Complex numbers have no order.")
    if array.dtype.is_float:
        same = map_elements(ctx, (array,), lambda e: cast(compare("eq", e, e), Scalar(DType.BOOL)))
        are_numbers = number(ctx, ctx.library(ctx, "numpy.all", Arguments((same,)))).expr
        ctx.check(cast(are_numbers, PY_BOOL), "NaN is sorted")
    is_reversed = known_bool(ctx, reverse, False, "reverse")
    given = _turned(array) if is_reversed else array
    options: dict[str, Value] = {"kind": TextValue("stable")}
    found = as_array(ctx, ctx.library(ctx, "numpy.sort", Arguments((given,), options)))
    of_items = pulled(found.dtype, found.shape, lambda i: cast(found.element(i), values.type))
    return _turned(of_items) if is_reversed else of_items


def _turned(array: ArrayValue) -> ArrayValue:
    last = minus(array.shape[0], integer(1))
    return pulled(array.dtype, array.shape, lambda i: array.element((minus(last, i[0]),)))


def _sort_in_place(ctx: Context, arguments: Arguments) -> Value:
    """`a.sort()` of an array."""
    a, axis, kind = arguments.take(ctx, "self", "axis", "kind")
    if not isinstance(a, ArrayValue) or a.place is None or a.read_only:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'sort' of this value is not compiled.")
    options = {name: value for name, value in (("axis", axis), ("kind", kind)) if value is not None}
    found = ctx.library(ctx, "numpy.sort", Arguments((a,), options))
    assert isinstance(found, ArrayValue)
    store(ctx, a, found)
    return NoneValue()


TABLE: dict[str, Handler] = {
    "method.tolist": _tolist,
    "method.sort": _sort_in_place,
    "builtins.sorted": _sorted,
}
