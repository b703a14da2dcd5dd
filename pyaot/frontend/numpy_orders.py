"""Functions of ordered numbers that a library computes as a whole: medians, partitions, tables, filters.

np.median(A, axis=0)        one call on all columns            np.convolve(a, b)        one call
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    axes_argument,
    axis_argument,
    is_given,
    known_bool,
    known_int,
    last_axis,
)
from pyaot.frontend.arithmetic import greatest, integer, least, minus, plus
from pyaot.frontend.arrays import allocate
from pyaot.frontend.coerce import as_array, common_dtype
from pyaot.frontend.context import Context
from pyaot.frontend.numpy_library import Option, axis_back, axis_last, library_call, section
from pyaot.frontend.numpy_reductions import not_empty
from pyaot.frontend.promote import from_numpy
from pyaot.frontend.prove import make_equal
from pyaot.frontend.reductions import with_axes
from pyaot.frontend.values import ArrayValue, Indices, NoneValue, Number, TextValue, TupleValue, Value
from pyaot.ir.nodes import Expr, LibraryCall
from pyaot.ir.types import Array, DType

Handler = Callable[[Context, Arguments], Value]


# ---- medians and quantiles ------------------------------------------------------------------------------


def _over(ctx: Context, array: ArrayValue, axis: Value | None) -> tuple[ArrayValue, tuple[int, ...], Option]:
    """The array with its reduced axis last, the axes that stay, and the option that says so."""
    not_empty(ctx, array, axes_argument(ctx, axis, array.rank))
    if not is_given(axis):
        return array, (), ("axis", None)
    if isinstance(axis, TupleValue):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Several axes of a median are not compiled.")
    along = axis_argument(ctx, axis, array.rank)
    kept = tuple(n for n in range(array.rank) if n != along)
    return axis_last(ctx, array, along), kept, ("axis", -1)


def _median(ctx: Context, arguments: Arguments) -> Value:
    a, axis, keepdims = arguments.take(ctx, "a", "axis", "keepdims")
    array = as_array(ctx, a)
    source, kept, option = _over(ctx, array, axis)
    dtype = array.dtype if array.dtype.kind in "fc" else DType.FLOAT64
    result = allocate(ctx, "median", Array(dtype, len(kept)), tuple(array.shape[n] for n in kept))
    library_call(ctx, "median", [result], [source], (option,))
    if known_bool(ctx, keepdims, False, "keepdims"):
        return with_axes(ctx, result, array.rank, kept)
    return Number(result.element(())) if result.rank == 0 else result


def _quantile(name: str) -> Handler:
    """percentile, quantile: of one fraction, or of a vector of them, which comes first in the result."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, q, axis, method = arguments.take(ctx, "a", "q", "axis", "method")
        array = as_array(ctx, a)
        fraction = _fraction(ctx, q)
        is_narrow = array.dtype is DType.FLOAT32 and not (
            isinstance(fraction, Number) and fraction.type.is_python
        )
        if array.dtype.kind not in "iuf" or is_narrow:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'{name}' of {array.dtype.value} is not compiled so.")
        source, kept, option = _over(ctx, array, axis)
        dtype = _quantile_type(ctx, array.dtype, method)
        first = fraction.shape if isinstance(fraction, ArrayValue) else ()
        shape = (*first, *(array.shape[n] for n in kept))
        result = allocate(ctx, name, Array(dtype, len(shape)), shape)
        options = (option, *((("method", method.text),) if isinstance(method, TextValue) else ()))
        given: list[ArrayValue | Expr] = [
            source,
            fraction if isinstance(fraction, ArrayValue) else fraction.expr,
        ]
        _call(ctx, name, result, given, options)
        return Number(result.element(())) if result.rank == 0 else result

    return handle


def _quantile_type(ctx: Context, dtype: DType, method: Value | None) -> DType:
    """NumPy's own answer: some methods choose one of the numbers, others lie between two."""
    name: Any = method.text if isinstance(method, TextValue) else "linear"
    try:
        return from_numpy(np.quantile(np.ones(2, dtype.value), 0.5, method=name).dtype)
    except ValueError as error:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"There is no method '{name}' of quantiles.") from error


def _fraction(ctx: Context, q: Value | None) -> Number | ArrayValue:
    found = q if isinstance(q, Number) else as_array(ctx, q)
    is_vector = isinstance(found, Number) or found.rank == 1
    if not is_vector or found.type.dtype not in (DType.FLOAT64, DType.INT64):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A fraction of this type is not compiled.")
    return found


def _call(
    ctx: Context,
    name: str,
    result: ArrayValue,
    given: list[ArrayValue | Expr],
    options: tuple[Option, ...] = (),
) -> None:
    """A library call that takes numbers as well."""
    ctx.rounding(name)
    inputs = tuple(section(ctx, value) if isinstance(value, ArrayValue) else value for value in given)
    ctx.emit(LibraryCall(name, (section(ctx, result),), inputs, options, ctx.span))


# ---- partial orders -------------------------------------------------------------------------------------


def _partition(name: str) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, kth, axis = arguments.take(ctx, "a", "kth", "axis")
        array = as_array(ctx, a)
        where = known_int(ctx, kth, "The place of a partition")
        if isinstance(axis, NoneValue) or array.rank == 0:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A partition needs an axis in compiled code.")
        along = last_axis(ctx, axis, array.rank)
        last = axis_last(ctx, array, along)
        dtype = array.dtype if name == "partition" else DType.INT64
        result = allocate(ctx, "parted", Array(dtype, array.rank), last.shape)
        library_call(ctx, name, [result], [last], (("kth", where),))
        return axis_back(ctx, result, along)

    return handle


def _lexsort(ctx: Context, arguments: Arguments) -> Value:
    (keys,) = arguments.take(ctx, "keys")
    items = keys.items if isinstance(keys, TupleValue) else ()
    vectors = [as_array(ctx, item) for item in items]
    if not vectors or any(vector.rank != 1 for vector in vectors):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The keys of 'lexsort' must be written as a tuple of vectors.")
    for vector in vectors[1:]:
        make_equal(ctx, vector.shape[0], vectors[0].shape[0], "the keys differ in length")
    result = allocate(ctx, "order", Array(DType.INT64, 1), vectors[0].shape)
    library_call(ctx, "lexsort", [result], vectors)
    return result


# ---- tables and filters ---------------------------------------------------------------------------------


def _digitize(ctx: Context, arguments: Arguments) -> Value:
    x, bins, right = arguments.take(ctx, "x", "bins", "right")
    values, edges = as_array(ctx, x), as_array(ctx, bins)
    if edges.rank != 1 or "c" in (values.dtype.kind, edges.dtype.kind):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'digitize' takes real numbers and a vector of edges.")
    result = allocate(ctx, "bins", Array(DType.INT64, values.rank), values.shape)
    choice = known_bool(ctx, right, False, "right")
    library_call(ctx, "digitize", [result], [values, edges], (("right", choice),))
    return Number(result.element(())) if result.rank == 0 else result


def _interp(ctx: Context, arguments: Arguments) -> Value:
    arrays = [as_array(ctx, value) for value in arguments.take(ctx, "x", "xp", "fp")]
    x, xp, fp = arrays
    if xp.rank != 1 or fp.rank != 1 or "c" in (x.dtype.kind, xp.dtype.kind):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'interp' takes real numbers and vectors.")
    make_equal(ctx, xp.shape[0], fp.shape[0], "the points of interp differ in number")
    dtype = DType.COMPLEX128 if fp.dtype.is_complex else DType.FLOAT64
    result = allocate(ctx, "interpolated", Array(dtype, x.rank), x.shape)
    library_call(ctx, "interp", [result], arrays)
    return Number(result.element(())) if result.rank == 0 else result


def _filtered(name: str, default_mode: str) -> Handler:
    """convolve, correlate: of n and m numbers, n + m - 1, the more or the difference and one."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, v, mode = arguments.take(ctx, "a", "v", "mode")
        arrays = [as_array(ctx, value) for value in (a, v)]
        kind = mode.text if isinstance(mode, TextValue) else default_mode if mode is None else ""
        if any(array.rank != 1 for array in arrays) or kind not in ("full", "same", "valid"):
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"This form of '{name}' is not compiled.")
        for array in arrays:
            not_empty(ctx, array, (0,))
        dtype = common_dtype(ctx, [array.type for array in arrays])
        n, m = (array.shape[0] for array in arrays)
        lengths: dict[str, Indices] = {
            "full": (minus(plus(n, m), integer(1)),),
            "same": (greatest(n, m),),
            "valid": (plus(minus(greatest(n, m), least(n, m)), integer(1)),),
        }
        result = allocate(ctx, "filtered", Array(dtype, 1), lengths[kind])
        library_call(ctx, name, [result], arrays, (("mode", kind),))
        return result

    return handle


TABLE: dict[str, Handler] = {
    "numpy.median": _median,
    "numpy.percentile": _quantile("percentile"),
    "numpy.quantile": _quantile("quantile"),
    "numpy.partition": _partition("partition"),
    "numpy.argpartition": _partition("argpartition"),
    "numpy.lexsort": _lexsort,
    "numpy.digitize": _digitize,
    "numpy.interp": _interp,
    "numpy.convolve": _filtered("convolve", "full"),
    "numpy.correlate": _filtered("correlate", "valid"),
}
