"""NumPy's functions that move elements: views where NumPy gives views, rules elsewhere."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    axes_argument,
    axis_argument,
    c_order,
    is_given,
    known_int,
    last_axis,
    needed,
    number,
    shape_argument,
)
from pyaot.frontend.arithmetic import as_integer, binary, cast, compare, integer, minus, plus, times
from pyaot.frontend.arrays import (
    as_stored,
    borrowed,
    broadcast_element,
    materialise,
    pulled,
    shown_view,
    view,
)
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.prove import is_entry, make_equal
from pyaot.frontend.reshaping import fill_unknown, flattened, is_contiguous, reshaped
from pyaot.frontend.values import ArrayValue, Indices, Number, TupleValue, Value, Walk
from pyaot.ir.nodes import Const, Expr, Select
from pyaot.ir.types import PY_BOOL, Scalar

Handler = Callable[[Context, Arguments], Value]


def transposed(ctx: Context, array: ArrayValue, order: Sequence[int]) -> ArrayValue:
    """A view with the axes in that order."""
    starts = (integer(0),) * array.rank
    walks = [Walk((axis,), integer(1)) for axis in order]
    shape = tuple(array.shape[axis] for axis in order)
    return view(ctx, array, shape, starts, walks, checked=False)


def same_view(ctx: Context, array: ArrayValue) -> ArrayValue:
    """All of the array, as an object of its own."""
    return transposed(ctx, array, range(array.rank))


def _transpose(ctx: Context, arguments: Arguments) -> Value:
    array = as_array(ctx, arguments.first(ctx))
    axes = arguments.positional[1:] or tuple(arguments.keywords.values())
    if arguments.keywords.keys() - {"axes"}:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This call of 'transpose' is not compiled.")
    if len(axes) == 1 and isinstance(axes[0], TupleValue):
        axes = axes[0].items
    if not axes or not is_given(axes[0]):
        return transposed(ctx, array, tuple(reversed(range(array.rank))))
    order = tuple(axis_argument(ctx, axis, array.rank) for axis in axes)
    if sorted(order) != list(range(array.rank)):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A transposed array must name each of its axes once.")
    return transposed(ctx, array, order)


def _swapaxes(ctx: Context, arguments: Arguments) -> Value:
    a, first, second = arguments.take(ctx, "a", "axis1", "axis2")
    array = as_array(ctx, a)
    order = list(range(array.rank))
    i, j = (axis_argument(ctx, needed(ctx, axis), array.rank) for axis in (first, second))
    order[i], order[j] = order[j], order[i]
    return transposed(ctx, array, order)


def _moveaxis(ctx: Context, arguments: Arguments) -> Value:
    a, source, target = arguments.take(ctx, "a", "source", "destination")
    array = as_array(ctx, a)
    i, j = (axis_argument(ctx, needed(ctx, axis), array.rank) for axis in (source, target))
    order = [axis for axis in range(array.rank) if axis != i]
    order.insert(j, i)
    return transposed(ctx, array, order)


# ---- reshape --------------------------------------------------------------------------------------------


def _reshape(ctx: Context, arguments: Arguments) -> Value:
    array = as_array(ctx, arguments.first(ctx))
    given = arguments.positional[1:] or tuple(
        arguments.keywords[k] for k in ("shape", "newshape") if k in arguments.keywords
    )
    c_order(ctx, arguments.keywords.get("order"))
    if not given:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This form of reshape is not compiled.")
    first = given[0]
    numbers = [number(ctx, n) for n in (first.items if isinstance(first, TupleValue) else given)]
    return reshaped(ctx, array, fill_unknown(ctx, array, [as_integer(n.expr) for n in numbers]))


def _flatten_copy(ctx: Context, arguments: Arguments) -> Value:
    a, order = arguments.take(ctx, "a", "order")
    c_order(ctx, order)
    return materialise(ctx, flattened(ctx, as_array(ctx, a)), "flat")


def _ravel(ctx: Context, arguments: Arguments) -> Value:
    a, order = arguments.take(ctx, "a", "order")
    c_order(ctx, order)
    array = as_array(ctx, a)
    if not is_contiguous(ctx, array):
        array = borrowed(ctx, array, materialise(ctx, array, "flat"))
    elif array.place is not None:
        ctx.reshaped.add(array.place.array)
    return same_view(ctx, array) if array.rank == 1 else flattened(ctx, array)


def _squeeze(ctx: Context, arguments: Arguments) -> Value:
    a, axis = arguments.take(ctx, "a", "axis")
    array = as_array(ctx, a)
    if is_given(axis):
        dropped = axes_argument(ctx, axis, array.rank)
        for d in dropped:
            make_equal(ctx, array.shape[d], integer(1), "a squeezed axis has another extent than one")
    else:
        dropped = tuple(n for n, extent in enumerate(array.shape) if extent == integer(1))
        for extent in array.shape:
            if not isinstance(extent, Const):
                _not_one(ctx, extent)
    if not dropped:  # NumPy gives the array itself
        return array
    return reshaped(ctx, array, tuple(e for n, e in enumerate(array.shape) if n not in dropped))


def _not_one(ctx: Context, extent: Expr) -> None:
    """`squeeze` keeps this axis: what the types leave open is asked at entry, or here."""
    condition = compare("ne", extent, integer(1))
    if is_entry(ctx, extent):
        ctx.require(condition, "an axis that 'squeeze' drops is not known to have the extent one")
    else:
        ctx.check(condition, "'squeeze' drops an axis of extent one")


def _expand_dims(ctx: Context, arguments: Arguments) -> Value:
    a, axis = arguments.take(ctx, "a", "axis")
    array = as_array(ctx, a)
    position = axis_argument(ctx, needed(ctx, axis), array.rank + 1)
    walks = [Walk((n,), integer(1)) for n in range(array.rank)]
    walks.insert(position, Walk((), integer(0)))
    shape = (*array.shape[:position], integer(1), *array.shape[position:])
    return view(ctx, array, shape, (integer(0),) * array.rank, walks, checked=False)


def _broadcast_to(ctx: Context, arguments: Arguments) -> Value:
    a, shape = arguments.take(ctx, "array", "shape")
    array = as_array(ctx, a)
    extents = tuple(as_integer(n.expr) for n in shape_argument(ctx, needed(ctx, shape)))
    for extent, goal in zip(reversed(array.shape), reversed(extents)):
        if extent != integer(1):
            make_equal(ctx, extent, goal, "the shapes of the operands differ")
    wide = pulled(array.dtype, extents, broadcast_element(array, len(extents)))
    new = len(extents) - array.rank
    stays = [
        Walk((n,), integer(1)) if e != integer(1) else Walk((), integer(0)) for n, e in enumerate(array.shape)
    ]
    walks = [Walk((), integer(0))] * new + stays
    shown = shown_view(ctx, array, extents, (integer(0),) * array.rank, walks)
    return replace(borrowed(ctx, array, wide), read_only=True, shown=shown)


# ---- order ----------------------------------------------------------------------------------------------


def _flip(ctx: Context, arguments: Arguments) -> Value:
    m, axis = arguments.take(ctx, "m", "axis")
    array = as_array(ctx, m)
    flipped = axes_argument(ctx, axis, array.rank)
    starts = tuple(minus(e, integer(1)) if n in flipped else integer(0) for n, e in enumerate(array.shape))
    walks = [Walk((n,), integer(-1 if n in flipped else 1)) for n in range(array.rank)]
    return view(ctx, array, array.shape, starts, walks, checked=False)


def _flip_axis(axis: int) -> Handler:
    return lambda ctx, arguments: _flip(ctx, Arguments((arguments.first(ctx), Number(integer(axis)))))


def _roll(ctx: Context, arguments: Arguments) -> Value:
    a, shift, axis = arguments.take(ctx, "a", "shift", "axis")
    array = as_array(ctx, a)
    if not is_given(axis) and array.rank != 1:
        rolled = _roll(
            ctx,
            Arguments(
                (flattened(ctx, as_stored(ctx, array)), *arguments.positional[1:2]), arguments.keywords
            ),
        )
        assert isinstance(rolled, ArrayValue)
        return reshaped(ctx, rolled, array.shape)
    shifts = shift.items if isinstance(shift, TupleValue) else (shift,)
    axes = axes_argument(ctx, axis, array.rank)
    if len(shifts) != len(axes):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'roll' needs a shift for every axis in compiled code.")
    result = array
    for one, along in zip(shifts, axes):
        result = _rolled(result, as_integer(number(ctx, one).expr), along)
    return result


def _rolled(array: ArrayValue, shift: Expr, axis: int) -> ArrayValue:
    """Element i is a[(i - shift) mod n]."""
    extent = array.shape[axis]

    def element(indices: Indices) -> Expr:
        moved = minus(indices[axis], shift)
        source = binary("mod", moved, extent)
        return array.element((*indices[:axis], source, *indices[axis + 1 :]))

    return pulled(array.dtype, array.shape, element)


def _repeat(ctx: Context, arguments: Arguments) -> Value:
    a, repeats, axis = arguments.take(ctx, "a", "repeats", "axis")
    array = as_array(ctx, a)
    if not is_given(axis):
        array = flattened(ctx, as_stored(ctx, array))
    along = axis_argument(ctx, axis, array.rank)
    count = as_integer(number(ctx, repeats).expr)
    if not isinstance(count, Const):
        ctx.check(compare("gt", count, integer(0)), "repeats is not positive")
    shape = (*array.shape[:along], times(array.shape[along], count), *array.shape[along + 1 :])
    return pulled(
        array.dtype,
        shape,
        lambda i: array.element((*i[:along], binary("floordiv", i[along], count), *i[along + 1 :])),
    )


def _tile(ctx: Context, arguments: Arguments) -> Value:
    a, reps = arguments.take(ctx, "A", "reps")
    array = as_array(ctx, a)
    counts = [as_integer(n.expr) for n in shape_argument(ctx, needed(ctx, reps))]
    rank = max(len(counts), array.rank)
    counts = [integer(1)] * (rank - len(counts)) + counts
    extents = [integer(1)] * (rank - array.rank) + list(array.shape)
    shape = tuple(times(c, e) for c, e in zip(counts, extents))

    def element(indices: Indices) -> Expr:
        own = [i if c == integer(1) else binary("mod", i, e) for i, c, e in zip(indices, counts, extents)]
        return array.element(tuple(own[rank - array.rank :]))

    return pulled(array.dtype, shape, element)


# ---- triangles and diagonals ----------------------------------------------------------------------------


def _triangle(comparison: str) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        m, k = arguments.take(ctx, "m", "k")
        array = as_array(ctx, m)
        if array.rank < 2:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A triangle of a vector is not compiled.")
        shift = as_integer(number(ctx, k).expr) if is_given(k) else integer(0)
        zero = cast(integer(0), Scalar(array.dtype))

        def element(indices: Indices) -> Expr:
            inside = compare(comparison, indices[-1], plus(indices[-2], shift))
            return Select(cast(inside, PY_BOOL), array.element(indices), zero, Scalar(array.dtype))

        return pulled(array.dtype, array.shape, element)

    return handle


def _diagonal(ctx: Context, arguments: Arguments) -> Value:
    v, k = arguments.take(ctx, "v", "k")
    array = as_array(ctx, v)
    shift = known_int(ctx, k, "The diagonal") if is_given(k) else 0
    if array.rank == 1:
        return _diagonal_matrix(array, shift)
    return ctx.library(ctx, "numpy.diagonal", Arguments((array, Number(integer(shift)))))


def _diagonal_matrix(array: ArrayValue, shift: int) -> ArrayValue:
    extent = plus(array.shape[0], integer(abs(shift)))
    zero = cast(integer(0), Scalar(array.dtype))
    down = integer(max(-shift, 0))

    def element(indices: Indices) -> Expr:
        on = compare("eq", indices[1], plus(indices[0], integer(shift)))
        return Select(on, array.element((minus(indices[0], down),)), zero, Scalar(array.dtype))

    return pulled(array.dtype, (extent, extent), element)


def _flat_diagonal(ctx: Context, arguments: Arguments) -> Value:
    """diagflat: the elements in their order, on the diagonal of a matrix."""
    v, k = arguments.take(ctx, "v", "k")
    shift = known_int(ctx, k, "The diagonal") if is_given(k) else 0
    return _diagonal_matrix(flattened(ctx, as_array(ctx, v)), shift)


def _diff(ctx: Context, arguments: Arguments) -> Value:
    a, n, axis, prepend, append = arguments.take(ctx, "a", "n", "axis", "prepend", "append")
    array = as_array(ctx, a)
    along = last_axis(ctx, axis, array.rank)
    count = known_int(ctx, n, "n") if is_given(n) else 1
    ends = [None if end is None else _end(ctx, end, array, along) for end in (prepend, append)]
    if count and any(end is not None for end in ends):
        parts = [part for part in (ends[0], array, ends[1]) if part is not None]
        joining = Arguments((TupleValue(tuple(parts)), Number(integer(along))))
        array = as_array(ctx, ctx.library(ctx, "numpy.concatenate", joining))
    for _ in range(count):
        array = _differences(array, along)
    return array


def _end(ctx: Context, end: Value, array: ArrayValue, along: int) -> ArrayValue:
    """What stands before or behind an array: a number is that in every place."""
    found = as_array(ctx, end)
    if found.rank:
        return found
    shape = (*array.shape[:along], integer(1), *array.shape[along + 1 :])
    return pulled(found.dtype, shape, lambda _: found.element(()))


def _differences(array: ArrayValue, along: int) -> ArrayValue:
    shape = (*array.shape[:along], minus(array.shape[along], integer(1)), *array.shape[along + 1 :])

    def element(i: Indices) -> Expr:
        after = (*i[:along], plus(i[along], integer(1)), *i[along + 1 :])
        return binary("sub", array.element(after), array.element(i))

    return pulled(array.dtype, shape, element)


TABLE: dict[str, Handler] = {
    "numpy.transpose": _transpose,
    "numpy.permute_dims": _transpose,
    "numpy.swapaxes": _swapaxes,
    "numpy.moveaxis": _moveaxis,
    "numpy.reshape": _reshape,
    "numpy.ravel": _ravel,
    "method.flatten": _flatten_copy,
    "numpy.squeeze": _squeeze,
    "numpy.expand_dims": _expand_dims,
    "numpy.broadcast_to": _broadcast_to,
    "numpy.flip": _flip,
    "numpy.flipud": _flip_axis(0),
    "numpy.fliplr": _flip_axis(1),
    "numpy.roll": _roll,
    "numpy.repeat": _repeat,
    "numpy.tile": _tile,
    "numpy.triu": _triangle("ge"),
    "numpy.tril": _triangle("le"),
    "numpy.diag": _diagonal,
    "numpy.diagflat": _flat_diagonal,
    "numpy.diff": _diff,
}
