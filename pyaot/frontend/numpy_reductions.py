"""NumPy's reductions: sum prod mean var std min max ptp argmin argmax any all, cumulative sums."""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    axes_argument,
    axis_argument,
    dtype_of,
    is_given,
    known_bool,
    known_int,
)
from pyaot.frontend.arithmetic import (
    both,
    cast,
    compare,
    either,
    integer,
    minus,
    times,
    truth,
)
from pyaot.frontend.arrays import allocate, as_stored, loops, map_elements
from pyaot.frontend.chosen_elements import chosen, initial_value, no_mask
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.operators import scalar_binary
from pyaot.frontend.prove import assume
from pyaot.frontend.reductions import Folding, accumulator, constant, reduce_array, with_axes
from pyaot.frontend.reshaping import flattened
from pyaot.frontend.values import ArrayValue, Indices, Number, Value
from pyaot.ir.nodes import Assign, Binary, Call, Const, Expr, Select, Store, Var
from pyaot.ir.types import PY_BOOL, PY_INT, Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]
_BOOL = Scalar(DType.BOOL)


def no_out(ctx: Context, out: Value | None) -> None:
    """`out=`: the result is written into an array that is given."""
    if is_given(out):
        message = "The argument 'out' is not compiled."
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, message, None, "Assign the result: 'target[...] = ...'.")


def _as_floats(ctx: Context, array: ArrayValue, dtype: DType) -> ArrayValue:
    """The elements in the floating-point type in which they are averaged."""
    if dtype.kind not in "fc" or (array.dtype.is_complex and not dtype.is_complex):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"A mean in {dtype.value} is not compiled.")
    return ArrayValue(dtype, array.shape, lambda i: cast(array.element(i), Scalar(dtype)))


def _sum_type(dtype: DType) -> DType:
    """NumPy adds small integers in 64 bits."""
    if dtype.kind in "bi":
        return DType.INT64
    return DType.UINT64 if dtype.kind == "u" else dtype


def accumulator_type(dtype: DType) -> Scalar:
    """float32 is accumulated in double: no worse than NumPy's pairwise sum, whose order is its own."""
    return Scalar(DType.FLOAT64 if dtype is DType.FLOAT32 else dtype)


def _folded(op: str, type: Scalar) -> Callable[[Expr, Expr], Expr]:
    return lambda acc, element: Binary(op, acc, element, type, checked=False)


def _sum_like(op: str, start: int) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, axis, dtype, out, keepdims, initial, where = arguments.take(
            ctx, "a", "axis", "dtype", "out", "keepdims", "initial", "where"
        )
        no_out(ctx, out)
        array = as_array(ctx, a)
        result = dtype_of(ctx, dtype) if is_given(dtype) and dtype is not None else _sum_type(array.dtype)
        if result.kind in "fc":
            ctx.rounding("the order of a sum")
        type = accumulator_type(result)
        array = chosen(ctx, array, where, lambda type: _unchanging(op, type))
        first = constant(start, type) if initial is None else initial_value(ctx, initial, result)
        folding = Folding(type, cast(first, type), _folded(op, type), lambda acc: cast(acc, Scalar(result)))
        axes = axes_argument(ctx, axis, array.rank)
        return reduce_array(ctx, array, axes, known_bool(ctx, keepdims, False, "keepdims"), folding)

    return handle


def _extreme(op: str) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, axis, out, keepdims, initial, where = arguments.take(
            ctx, "a", "axis", "out", "keepdims", "initial", "where"
        )
        no_out(ctx, out)
        array = as_array(ctx, a)
        axes = axes_argument(ctx, axis, array.rank)
        first = None if initial is None else initial_value(ctx, initial, array.dtype)
        if first is None:
            no_mask(ctx, where)
            not_empty(ctx, array, axes)
        else:
            array = chosen(ctx, array, where, lambda _: first)
        if array.dtype.is_complex:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The extremes of complex numbers are not compiled.")
        type = Scalar(array.dtype)
        name = {"minimum": "bitand", "maximum": "bitor"}[op] if array.dtype is DType.BOOL else op
        folding = Folding(type, first, _folded(name, type))
        return reduce_array(ctx, array, axes, known_bool(ctx, keepdims, False, "keepdims"), folding)

    return handle


def not_empty(ctx: Context, array: ArrayValue, axes: tuple[int, ...]) -> None:
    """NumPy raises where a reduction without a start value has no element."""
    for axis in axes:
        if not assume(ctx, integer(1), array.shape[axis], "a reduction has no element"):
            ctx.check(compare("ge", array.shape[axis], integer(1)), "a reduction has no element")


def _logical(is_all: bool) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, axis, out, keepdims, where = arguments.take(ctx, "a", "axis", "out", "keepdims", "where")
        no_out(ctx, out)
        array = map_elements(ctx, (as_array(ctx, a),), lambda e: cast(truth(e), _BOOL))
        array = chosen(ctx, array, where, lambda type: Const(is_all, type))
        op = "bitand" if is_all else "bitor"
        folding = Folding(_BOOL, Const(is_all, _BOOL), _folded(op, _BOOL))
        axes = axes_argument(ctx, axis, array.rank)
        return reduce_array(ctx, array, axes, known_bool(ctx, keepdims, False, "keepdims"), folding)

    return handle


def count_of(array: ArrayValue, axes: tuple[int, ...]) -> Expr:
    """How many elements are reduced into one."""
    result: Expr = integer(1)
    for axis in axes:
        result = times(result, array.shape[axis])
    return result


def mean_type(dtype: DType) -> DType:
    """In what NumPy averages: integers as float64."""
    return dtype if dtype.kind in "fc" else DType.FLOAT64


def mean_of(ctx: Context, array: ArrayValue, axes: tuple[int, ...], keepdims: bool) -> Value:
    """The mean over axes."""
    ctx.rounding("the order of a sum")
    not_empty(ctx, array, axes)
    result = Scalar(mean_type(array.dtype))
    type = accumulator_type(result.dtype)
    count = cast(cast(count_of(array, axes), Scalar(DType.INT64)), Scalar(type.dtype.real))
    divisor = cast(count, type)
    folding = Folding(
        type,
        constant(0, type),
        _folded("add", type),
        lambda acc: cast(Binary("truediv", acc, divisor, type, checked=False), result),
    )
    return reduce_array(ctx, array, axes, keepdims, folding)


def _mean(ctx: Context, arguments: Arguments) -> Value:
    a, axis, dtype, out, keepdims = arguments.take(ctx, "a", "axis", "dtype", "out", "keepdims")
    no_out(ctx, out)
    array = as_array(ctx, a)
    if dtype is not None and is_given(dtype):
        array = _as_floats(ctx, array, dtype_of(ctx, dtype))
    return mean_of(
        ctx, array, axes_argument(ctx, axis, array.rank), known_bool(ctx, keepdims, False, "keepdims")
    )


def _spread(is_std: bool) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, axis, dtype, out, ddof, keepdims = arguments.take(
            ctx, "a", "axis", "dtype", "out", "ddof", "keepdims"
        )
        no_out(ctx, out)
        if is_given(dtype):
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The dtype of 'var' and 'std' is not compiled.")
        array = as_stored(ctx, as_array(ctx, a))
        axes = axes_argument(ctx, axis, array.rank)
        keep = known_bool(ctx, keepdims, False, "keepdims")
        mean = mean_of(ctx, array, axes, keepdims=True)
        assert isinstance(mean, ArrayValue)
        squares = map_elements(ctx, (array, mean), squared_distance)
        freedom = known_int(ctx, ddof, "ddof") if is_given(ddof) else 0
        return _divided(ctx, squares, axes, keep, freedom, is_std)

    return handle


def squared_distance(element: Expr, mean: Expr) -> Expr:
    """|element - mean| ** 2, a real number."""
    type = mean.type
    distance = Binary("sub", cast(element, type), mean, type, checked=False)
    if not type.dtype.is_complex:
        return Binary("mul", distance, distance, type, checked=False)
    real = Scalar(type.dtype.real)
    parts = (Call("real", (distance,), real), Call("imag", (distance,), real))
    squares = tuple(Binary("mul", part, part, real, checked=False) for part in parts)
    return Binary("add", squares[0], squares[1], real, checked=False)


def _divided(
    ctx: Context, squares: ArrayValue, axes: tuple[int, ...], keep: bool, freedom: int, is_std: bool
) -> Value:
    result = Scalar(squares.dtype)
    type = accumulator_type(result.dtype)
    count = greatest_zero(minus(count_of(squares, axes), integer(freedom)))
    divisor = cast(cast(count, Scalar(DType.INT64)), type)

    def finish(acc: Expr) -> Expr:
        quotient = Binary("truediv", acc, divisor, type, checked=False)
        return cast(Call("sqrt", (quotient,), type) if is_std else quotient, result)

    return reduce_array(
        ctx, squares, axes, keep, Folding(type, constant(0, type), _folded("add", type), finish)
    )


def greatest_zero(expr: Expr) -> Expr:
    """max(expr, 0)."""
    return Binary("maximum", expr, integer(0), PY_INT)


def _argument_of(comparison: str) -> Handler:
    """argmin, argmax: the first best element, or the first NaN."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, axis, out, keepdims = arguments.take(ctx, "a", "axis", "out", "keepdims")
        no_out(ctx, out)
        keep = known_bool(ctx, keepdims, False, "keepdims")
        array = as_stored(ctx, as_array(ctx, a))
        kept: tuple[int, ...] = ()
        if is_given(axis):
            along = axis_argument(ctx, axis, array.rank)
            kept = tuple(n for n in range(array.rank) if n != along)
            best = _best_array(ctx, array, along, comparison)
        else:
            best = Number(_best_along(ctx, _flat(ctx, array), 0, (), comparison))
        return with_axes(ctx, as_array(ctx, best), array.rank, kept) if keep else best

    return handle


def _flat(ctx: Context, array: ArrayValue) -> ArrayValue:
    return flattened(ctx, array)


def _best_array(ctx: Context, array: ArrayValue, along: int, comparison: str) -> Value:
    if array.rank == 1:
        return Number(_best_along(ctx, array, 0, (), comparison))
    shape = (*array.shape[:along], *array.shape[along + 1 :])
    result = allocate(ctx, "position", Array(DType.INT64, len(shape)), shape)
    place = result.place
    assert place is not None

    def body(outer: Indices) -> None:
        best = _best_along(ctx, array, along, outer, comparison)
        ctx.emit(Store(place.array, place.subscripts(outer), best, False, ctx.span))

    loops(ctx, shape, body)
    return result


def _best_along(ctx: Context, array: ArrayValue, along: int, outer: Indices, comparison: str) -> Expr:
    not_empty(ctx, array, (along,))

    def at(index: Expr) -> Expr:
        return array.element((*outer[:along], index, *outer[along:]))

    type = Scalar(array.dtype)
    best = accumulator(ctx, Folding(type, None, _folded("add", type)), at(integer(0)))
    where = ctx.fresh("position")
    ctx.emit(Assign(where, integer(0), ctx.span))

    def body(indices: Indices) -> None:
        element = at(indices[0])
        better = compare(comparison, element, best)
        if array.dtype.kind == "f":
            fresh_nan = both(compare("ne", element, element), compare("eq", best, best))
            better = either(better, fresh_nan)
        improved = ctx.fresh("better")
        ctx.emit(Assign(improved, cast(better, PY_BOOL), ctx.span))
        flag = Var(improved, PY_BOOL)
        ctx.emit(Assign(where, Select(flag, indices[0], Var(where, PY_INT), PY_INT), ctx.span))
        ctx.emit(Assign(best.name, Select(flag, element, best, type), ctx.span))

    loops(ctx, (array.shape[along],), body, "r")
    ctx.stable.add(where)
    return cast(Var(where, PY_INT), Scalar(DType.INT64))


def _cumulative(op: str) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, axis, dtype, out = arguments.take(ctx, "a", "axis", "dtype", "out")
        no_out(ctx, out)
        array = as_array(ctx, a)
        if not is_given(axis) and array.rank != 1:
            array = _flat(ctx, as_stored(ctx, array))
        along = axis_argument(ctx, axis, array.rank)
        given = dtype_of(ctx, dtype) if dtype is not None and is_given(dtype) else _sum_type(array.dtype)
        return _running(ctx, array, along, op, Scalar(given))

    return handle


def _running(ctx: Context, array: ArrayValue, along: int, op: str, type: Scalar) -> ArrayValue:
    """result[i] = result[i - 1] op a[i]: in NumPy's order, so exact; result[0] is a[0], to the last bit."""
    result = allocate(ctx, "running", Array(type.dtype, array.rank), array.shape)
    place = result.place
    assert place is not None
    neutral = _unchanging(op, type)

    def outer_body(outer: Indices) -> None:
        acc = accumulator(ctx, Folding(type, neutral, _folded(op, type)), neutral)

        def inner_body(inner: Indices) -> None:
            indices = (*outer[:along], inner[0], *outer[along:])
            element = cast(array.element(indices), type)
            value: Expr = Binary(op, acc, element, type, checked=False)
            if op == "mul" and type.dtype.is_complex:  # 1 * inf would be nan
                value = Select(compare("eq", inner[0], integer(0)), element, value, type)
            ctx.emit(Assign(acc.name, value, ctx.span))
            ctx.emit(Store(place.array, place.subscripts(indices), acc, False, ctx.span))

        loops(ctx, (array.shape[along],), inner_body, "r")

    loops(ctx, (*array.shape[:along], *array.shape[along + 1 :]), outer_body)
    return result


def _unchanging(op: str, type: Scalar) -> Expr:
    """What a running sum or product can start with: 0.0 would change a first -0.0."""
    if op == "add" and type.dtype.kind in "fc":
        return Const(complex(-0.0, -0.0) if type.dtype.is_complex else -0.0, type)
    return constant(0 if op == "add" else 1, type)


def _count_nonzero(ctx: Context, arguments: Arguments) -> Value:
    a, axis = arguments.take(ctx, "a", "axis")
    array = map_elements(ctx, (as_array(ctx, a),), truth)
    type = Scalar(DType.INT64)
    folding = Folding(type, constant(0, type), lambda acc, e: Binary("add", acc, e, type, checked=False))
    return reduce_array(ctx, array, axes_argument(ctx, axis, array.rank), False, folding)


def _peak_to_peak(ctx: Context, arguments: Arguments) -> Value:
    high, low = _extreme("maximum")(ctx, arguments), _extreme("minimum")(ctx, arguments)
    if isinstance(high, Number) and isinstance(low, Number):
        return Number(scalar_binary(ctx, "sub", high.expr, low.expr))
    assert isinstance(high, ArrayValue) and isinstance(low, ArrayValue)
    return map_elements(ctx, (high, low), lambda a, b: scalar_binary(ctx, "sub", a, b))


TABLE: dict[str, Handler] = {
    "numpy.sum": _sum_like("add", 0),
    "numpy.prod": _sum_like("mul", 1),
    "numpy.mean": _mean,
    "numpy.var": _spread(is_std=False),
    "numpy.std": _spread(is_std=True),
    "numpy.min": _extreme("minimum"),
    "numpy.max": _extreme("maximum"),
    "numpy.amin": _extreme("minimum"),
    "numpy.amax": _extreme("maximum"),
    "numpy.ptp": _peak_to_peak,
    "numpy.all": _logical(is_all=True),
    "numpy.any": _logical(is_all=False),
    "numpy.argmin": _argument_of("lt"),
    "numpy.argmax": _argument_of("gt"),
    "numpy.cumsum": _cumulative("add"),
    "numpy.cumprod": _cumulative("mul"),
    "numpy.count_nonzero": _count_nonzero,
}
