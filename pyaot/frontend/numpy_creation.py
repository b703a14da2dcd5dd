"""NumPy's functions that make arrays: zeros, arange, linspace, eye, array, copy ..."""

from collections.abc import Callable

import numpy as np

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    any_order,
    c_order,
    dtype_of,
    is_given,
    known_bool,
    known_int,
    needed,
    number,
    shape_argument,
)
from pyaot.frontend.arithmetic import (
    as_integer,
    binary,
    both,
    cast,
    compare,
    greatest,
    integer,
    minus,
    negate,
    plus,
    times,
)
from pyaot.frontend.arrays import allocate, borrowed, materialise, pulled, write
from pyaot.frontend.coerce import as_array, stacked_items
from pyaot.frontend.context import Context
from pyaot.frontend.conversion import stored
from pyaot.frontend.numpy_shapes import transposed
from pyaot.frontend.prove import assume, never_negative
from pyaot.frontend.reshaping import is_contiguous
from pyaot.frontend.values import ArrayValue, Indices, ListValue, NoneValue, Number, TupleValue, Value
from pyaot.ir.nodes import Binary, Call, Const, Expr, Select
from pyaot.ir.types import PY_FLOAT, Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]
_TAKE_A_COPY = "Take a copy with '.copy()'."


def _extent(ctx: Context, value: Number) -> Expr:
    return as_integer(value.expr)


def _filled(fill: float | None) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        shape, dtype, order = arguments.take(ctx, "shape", "dtype", "order")
        c_order(ctx, order)
        shape = needed(ctx, shape)
        chosen = dtype_of(ctx, dtype) if is_given(dtype) and dtype is not None else DType.FLOAT64
        return new_array(ctx, tuple(_extent(ctx, n) for n in shape_argument(ctx, shape)), chosen, fill)

    return handle


def new_array(ctx: Context, shape: Indices, dtype: DType, fill: float | None) -> ArrayValue:
    """A fresh array, filled or not."""
    value = None if fill is None else _fill_constant(fill, dtype)
    return allocate(ctx, "array", Array(dtype, len(shape)), shape, value)


def _fill_constant(fill: float, dtype: DType) -> Const:
    kinds: dict[str, bool | int | float | complex] = {
        "b": bool(fill),
        "i": int(fill),
        "u": int(fill),
        "f": float(fill),
        "c": complex(fill),
    }
    return Const(kinds[dtype.kind], Scalar(dtype))


def _like(fill: float | None) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, dtype, order, _, shape = arguments.take(ctx, "a", "dtype", "order", "subok", "shape")
        any_order(ctx, order)
        array = as_array(ctx, a)
        chosen = dtype_of(ctx, dtype) if is_given(dtype) and dtype is not None else array.dtype
        extents = (
            tuple(_extent(ctx, n) for n in shape_argument(ctx, shape))
            if shape is not None and is_given(shape)
            else array.shape
        )
        return new_array(ctx, extents, chosen, fill)

    return handle


def _full(ctx: Context, arguments: Arguments) -> Value:
    shape, value, dtype, order = arguments.take(ctx, "shape", "fill_value", "dtype", "order")
    c_order(ctx, order)
    shape = needed(ctx, shape)
    fill = number(ctx, value).expr
    chosen = dtype_of(ctx, dtype) if is_given(dtype) and dtype is not None else fill.type.dtype
    return _filled_with(ctx, tuple(_extent(ctx, n) for n in shape_argument(ctx, shape)), chosen, fill)


def _full_like(ctx: Context, arguments: Arguments) -> Value:
    a, value, dtype, order = arguments.take(ctx, "a", "fill_value", "dtype", "order")
    any_order(ctx, order)
    array = as_array(ctx, a)
    chosen = dtype_of(ctx, dtype) if is_given(dtype) and dtype is not None else array.dtype
    return _filled_with(ctx, array.shape, chosen, number(ctx, value).expr)


def _filled_with(ctx: Context, shape: Indices, dtype: DType, fill: Expr) -> ArrayValue:
    value = stored(ctx, fill, dtype)
    if isinstance(value, Const):
        return allocate(ctx, "array", Array(dtype, len(shape)), shape, value)
    result = allocate(ctx, "array", Array(dtype, len(shape)), shape)
    held = ctx.temporary("fill", value)
    write(ctx, result, lambda _: held)
    return result


def _arange(ctx: Context, arguments: Arguments) -> Value:
    *bounds, dtype = arguments.take(ctx, "start", "stop", "step", "dtype")
    exprs = [number(ctx, b).expr if is_given(b) else None for b in bounds]
    start, stop, step = exprs
    if stop is None:
        start, stop = None, number(ctx, needed(ctx, bounds[0])).expr
    start, step = start or integer(0), step or integer(1)
    if any(not e.type.dtype.is_integer for e in (start, stop, step)):
        return _float_range(ctx, (start, stop, step), dtype)
    chosen = Scalar(dtype_of(ctx, dtype) if dtype is not None and is_given(dtype) else DType.INT64)
    start, stop, step = as_integer(start), as_integer(stop), as_integer(step)
    if not isinstance(step, Const):
        ctx.check(compare("ne", step, integer(0)), "the step of 'arange' is zero")
    elif step == integer(0):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The step of 'arange' is zero.")
    length = minus(stop, start)
    if step != integer(1):  # rounded up: the negative of the negative quotient rounded down
        length = minus(integer(0), binary("floordiv", minus(start, stop), step))
    extent = length if never_negative(ctx, length) else greatest(length, integer(0))
    return pulled(chosen.dtype, (extent,), lambda i: cast(plus(start, times(i[0], step)), chosen))


def _float_range(ctx: Context, bounds: tuple[Expr, Expr, Expr], dtype: Value | None) -> ArrayValue:
    """start, start + step, then start + i * ((start + step) - start), as NumPy fills it."""
    is_double = all(e.type.is_python or e.type.dtype in (DType.FLOAT64, DType.INT64) for e in bounds)
    is_real = not any(e.type.dtype.is_complex for e in bounds)
    wanted = dtype_of(ctx, dtype) if dtype is not None and is_given(dtype) else DType.FLOAT64
    if not is_double or not is_real or wanted is not DType.FLOAT64:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'arange' of floats gives float64 in compiled code.")
    start, stop, step = (ctx.temporary("bound", cast(e, PY_FLOAT)) for e in bounds)
    zero = Const(0.0, PY_FLOAT)
    ctx.check(compare("ne", step, zero), "the step of 'arange' is zero")
    turns = ctx.temporary("turns", _floats("truediv", _floats("sub", stop, start), step))
    large = Const(float(2**31), PY_FLOAT)
    fits = both(compare("lt", turns, large), compare("gt", turns, Const(-float(2**31), PY_FLOAT)))
    ctx.check(fits, "'arange' of so many floats")
    vanishes = both(compare("eq", turns, zero), compare("ne", start, stop))
    ctx.check(negate(vanishes), "the length of 'arange' is too small a number")
    count = as_integer(Call("ceil", (turns,), PY_FLOAT))
    extent = ctx.temporary("count", greatest(count, integer(0)))
    second = ctx.temporary("second", _floats("add", start, step))
    gap = ctx.temporary("gap", _floats("sub", second, start))

    def element(i: Indices) -> Expr:
        first = Select(compare("eq", i[0], integer(1)), second, start, PY_FLOAT)
        later = _floats("add", start, _floats("mul", cast(i[0], PY_FLOAT), gap))
        value = Select(compare("lt", i[0], integer(2)), first, later, PY_FLOAT)
        return cast(value, Scalar(DType.FLOAT64))

    return pulled(DType.FLOAT64, (extent,), element)


def _floats(op: str, left: Expr, right: Expr) -> Expr:
    """Python's arithmetic, which warns of nothing; so does NumPy where it fills an array."""
    return Binary(op, left, right, PY_FLOAT, False)


def _linspace(ctx: Context, arguments: Arguments) -> Value:
    """start + i * step with the last element set to stop, as NumPy computes it."""
    start, stop, num, endpoint, dtype = arguments.take(ctx, "start", "stop", "num", "endpoint", "dtype")
    type = Scalar(dtype_of(ctx, dtype) if dtype is not None and is_given(dtype) else DType.FLOAT64)
    if type.dtype is not DType.FLOAT64:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'linspace' gives float64 in compiled code.")
    first, last = (cast(cast(number(ctx, v).expr, Scalar(DType.FLOAT64)), type) for v in (start, stop))
    if any(_is_narrow(number(ctx, v).type) for v in (start, stop)):
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, "'linspace' of float32 is not compiled.", None, "Use float(...)."
        )
    if any(number(ctx, v).type.dtype.is_complex for v in (start, stop)):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'linspace' of complex numbers is not compiled.")
    count = as_integer(number(ctx, num).expr) if num is not None else integer(50)
    has_end = known_bool(ctx, endpoint, True, "endpoint")
    ctx.check(compare("gt", count, integer(1)), "'linspace' has fewer than two elements")
    gaps = minus(count, integer(1)) if has_end else count
    step = ctx.temporary(
        "step", Binary("truediv", Binary("sub", last, first, type, False), cast(gaps, type), type, False)
    )
    ctx.check(compare("ne", step, Const(0.0, type)), "'linspace' has a step of zero")

    def element(i: Indices) -> Expr:
        value = Binary("add", Binary("mul", cast(i[0], type), step, type, False), first, type, False)
        return Select(compare("eq", i[0], gaps), last, value, type) if has_end else value

    return pulled(DType.FLOAT64, (count,), element)


def _is_narrow(type: Scalar) -> bool:
    return type.dtype is DType.FLOAT32


def _eye(ctx: Context, arguments: Arguments) -> Value:
    rows, columns, k, dtype = arguments.take(ctx, "N", "M", "k", "dtype")
    n = as_integer(number(ctx, rows).expr)
    m = as_integer(number(ctx, columns).expr) if is_given(columns) else n
    shift = integer(known_int(ctx, k, "k") if is_given(k) else 0)
    type = Scalar(dtype_of(ctx, dtype) if dtype is not None and is_given(dtype) else DType.FLOAT64)
    return pulled(type.dtype, (n, m), lambda i: cast(compare("eq", i[1], plus(i[0], shift)), type))


def _identity(ctx: Context, arguments: Arguments) -> Value:
    n, dtype = arguments.take(ctx, "n", "dtype")
    return _eye(ctx, Arguments((needed(ctx, n),), {} if dtype is None else {"dtype": dtype}))


def _array(ctx: Context, arguments: Arguments) -> Value:
    value, dtype = arguments.take(ctx, "object", "dtype")
    chosen = dtype_of(ctx, dtype) if dtype is not None and is_given(dtype) else None
    if isinstance(value, TupleValue) and value.items:
        return stacked_items(ctx, value.items, chosen)
    array = as_array(ctx, value)
    is_list = isinstance(value, ListValue) or (isinstance(value, ArrayValue) and value.boxed)
    if is_list and chosen is not None and _may_not_fit(array.dtype, chosen):
        message = f"A list of {array.dtype.value} is made an array of {chosen.value}: numbers may not fit."
        hint = f"Make it an array first: np.array(...).astype(np.{chosen.value})."
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, message, None, hint)
    return materialise(ctx, _cast_to(array, chosen), "array")


def _may_not_fit(source: DType, target: DType) -> bool:
    """Numbers of a list that do not fit raise; those of an array are cast."""
    is_narrow = target.is_integer and not np.can_cast(source.value, target.value, "safe")
    return is_narrow or (source.is_complex and not target.is_complex)


def _cast_to(array: ArrayValue, dtype: DType | None) -> ArrayValue:
    if dtype is None or dtype is array.dtype:
        return array
    return pulled(dtype, array.shape, lambda i: cast(array.element(i), Scalar(dtype)))


def _as_array(ctx: Context, arguments: Arguments) -> Value:
    """asarray, ascontiguousarray: the array itself where nothing changes."""
    value, dtype = arguments.take(ctx, "a", "dtype")
    chosen = dtype_of(ctx, dtype) if dtype is not None and is_given(dtype) else None
    if isinstance(value, ArrayValue) and not value.boxed and chosen in (None, value.dtype):
        return value
    return _array(
        ctx, Arguments((value,) if value is not None else (), {"dtype": dtype} if dtype is not None else {})
    )


def _as_contiguous(ctx: Context, arguments: Arguments) -> Value:
    """ascontiguousarray: the array itself where it is contiguous."""
    array = _as_array(ctx, arguments)
    if not isinstance(array, ArrayValue) or is_contiguous(ctx, array):
        return array
    if _is_turned(array):
        _longer_than_one(ctx, array)
        return materialise(ctx, array, "contiguous")
    return borrowed(ctx, array, materialise(ctx, array, "contiguous"))


def _as_fortran(ctx: Context, arguments: Arguments) -> Value:
    """asfortranarray of a matrix: a copy whose columns lie one behind the other."""
    array = _as_array(ctx, arguments)
    if not isinstance(array, ArrayValue) or array.rank == 1:
        return array
    if array.place is not None and not array.place.whole:
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, "'asfortranarray' of a view is not compiled.", None, _TAKE_A_COPY
        )
    turned = transposed(ctx, array, tuple(reversed(range(array.rank))))
    _longer_than_one(ctx, array)
    return transposed(ctx, materialise(ctx, turned, "columns"), tuple(reversed(range(array.rank))))


def _longer_than_one(ctx: Context, array: ArrayValue) -> None:
    """Of extents of two and more an order of axes is C's or Fortran's, never both."""
    for extent in array.shape:
        if not assume(ctx, integer(2), extent, "an array of one row or column is in both orders"):
            ctx.check(compare("ge", extent, integer(2)), "an array of one row or column is in both orders")


def _is_turned(array: ArrayValue) -> bool:
    """A view whose axes are not in the order of its base: no copy of it is a view."""
    walks = array.place.walks if array.place is not None else None
    axes = [walk.axes for walk in walks or ()]
    return all(len(own) == 1 for own in axes) and axes != sorted(axes)


def _copy(ctx: Context, arguments: Arguments) -> Value:
    a, order = arguments.take(ctx, "a", "order")
    any_order(ctx, order)
    return materialise(ctx, as_array(ctx, a), "copied")


def _fill(ctx: Context, arguments: Arguments) -> Value:
    """array.fill(x): the array is written in place."""
    a, value = arguments.take(ctx, "a", "value")
    if not isinstance(a, ArrayValue) or a.place is None:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'fill' of this value is not compiled.")
    held = stored(ctx, number(ctx, value).expr, a.dtype)
    if not isinstance(held, Const):
        held = ctx.temporary("fill", held)
    write(ctx, a, lambda _: held)
    return NoneValue()


TABLE: dict[str, Handler] = {
    "numpy.zeros": _filled(0),
    "numpy.ones": _filled(1),
    "numpy.empty": _filled(None),
    "numpy.ndarray": _filled(None),
    "numpy.zeros_like": _like(0),
    "numpy.ones_like": _like(1),
    "numpy.empty_like": _like(None),
    "numpy.full": _full,
    "numpy.full_like": _full_like,
    "numpy.arange": _arange,
    "numpy.linspace": _linspace,
    "numpy.eye": _eye,
    "numpy.identity": _identity,
    "numpy.array": _array,
    "numpy.asarray": _as_array,
    "numpy.ascontiguousarray": _as_contiguous,
    "numpy.asfortranarray": _as_fortran,
    "numpy.copy": _copy,
    "method.fill": _fill,
}
