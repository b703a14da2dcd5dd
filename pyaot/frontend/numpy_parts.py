"""NumPy's functions that take arrays apart and put them together: take, split, pad, block, atleast_2d ...

np.split(a, 2)          views: a[0:n // 2] and a[n // 2:n]
np.pad(a, 1, 'edge')    a fresh array, one loop nest for every part of it
"""

from collections.abc import Callable, Sequence
from itertools import pairwise, product

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    axes_argument,
    axis_argument,
    is_given,
    known_int,
    last_axis,
    number,
)
from pyaot.frontend.arithmetic import as_integer, binary, cast, compare, integer, minus, plus
from pyaot.frontend.arrays import allocate, as_stored, loops, materialise, pulled, store, view
from pyaot.frontend.coerce import as_array, common_dtype
from pyaot.frontend.context import Context
from pyaot.frontend.conversion import stored
from pyaot.frontend.numpy_joining import concatenated
from pyaot.frontend.numpy_shapes import transposed
from pyaot.frontend.prove import make_equal
from pyaot.frontend.reshaping import flattened
from pyaot.frontend.subscripts import subscript
from pyaot.frontend.values import (
    ArrayValue,
    Indices,
    ListValue,
    NoneValue,
    Number,
    SliceValue,
    TextValue,
    TupleValue,
    Value,
    Walk,
)
from pyaot.ir.nodes import Const, Expr, Store
from pyaot.ir.types import Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]
_ALL = SliceValue(None, None, None)


# ---- elements by number ---------------------------------------------------------------------------------


def _take(ctx: Context, arguments: Arguments) -> Value:
    """a[indices], along an axis or of all elements."""
    a, indices, axis = arguments.take(ctx, "a", "indices", "axis")
    array = as_stored(ctx, as_array(ctx, a))
    chosen: Value = indices if isinstance(indices, Number) else as_array(ctx, indices)
    if isinstance(chosen, (Number, ArrayValue)) and not chosen.type.dtype.is_integer:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'take' needs integers in compiled code.")
    if not is_given(axis):
        array = flattened(ctx, array)
    along = axis_argument(ctx, axis, array.rank)
    items: list[Value] = [_ALL] * along
    found = subscript(ctx, array, [*items, chosen])
    if isinstance(found, ArrayValue) and isinstance(chosen, Number):
        return materialise(ctx, found, "taken")
    return found


def _along_axis(ctx: Context, array: ArrayValue, indices: Value | None, axis: Value | None) -> ArrayValue:
    """The elements that `indices` number along an axis: a place of the array."""
    chosen = as_array(ctx, indices)
    if not chosen.dtype.is_integer or chosen.rank != array.rank or isinstance(axis, NoneValue):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "These indices along an axis are not compiled.")
    along = last_axis(ctx, axis, array.rank)
    items = [chosen if n == along else _numbers(array, n) for n in range(array.rank)]
    found = subscript(ctx, array, items)
    assert isinstance(found, ArrayValue)
    return found


def _numbers(array: ArrayValue, axis: int) -> ArrayValue:
    """0, 1, 2 ... along an axis, of extent one along the others."""
    shape = tuple(extent if n == axis else integer(1) for n, extent in enumerate(array.shape))
    return pulled(DType.INT64, shape, lambda i: cast(i[axis], Scalar(DType.INT64)))


def _take_along_axis(ctx: Context, arguments: Arguments) -> Value:
    arr, indices, axis = arguments.take(ctx, "arr", "indices", "axis")
    return _along_axis(ctx, as_stored(ctx, as_array(ctx, arr)), indices, axis)


def _put_along_axis(ctx: Context, arguments: Arguments) -> Value:
    arr, indices, values, axis = arguments.take(ctx, "arr", "indices", "values", "axis")
    array = as_array(ctx, arr)
    if array.place is None:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'put_along_axis' of this value is not compiled.")
    target = _along_axis(ctx, array, indices, axis)
    if isinstance(values, Number):
        store(ctx, target, Number(stored(ctx, values.expr, array.dtype)))
    else:
        store(ctx, target, as_array(ctx, values))
    return NoneValue()


# ---- more dimensions ------------------------------------------------------------------------------------


def _at_least(rank: int) -> Handler:
    """One array, or a tuple of them, as views with axes of extent one."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        if arguments.keywords or not arguments.positional:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This form of 'atleast' is not compiled.")
        found = [with_rank(ctx, as_array(ctx, value), rank) for value in arguments.positional]
        return found[0] if len(found) == 1 else TupleValue(tuple(found))

    return handle


def with_rank(ctx: Context, array: ArrayValue, rank: int) -> ArrayValue:
    """A vector is a row of two dimensions, and stands in the middle of three; a matrix is in front."""
    missing = rank - array.rank
    if missing <= 0:
        return array
    before = missing if rank < 3 else int(array.rank < 2)
    outer = Walk((), integer(0))
    walks = [Walk((n,), integer(1)) for n in range(array.rank)]
    walks = [outer] * before + walks + [outer] * (missing - before)
    one = integer(1)
    shape = (*(one,) * before, *array.shape, *(one,) * (missing - before))
    return view(ctx, array, shape, (integer(0),) * array.rank, walks, checked=False)


def _columns(rank: int, axis: int) -> Handler:
    """column_stack, dstack: joined along the second or third axis."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        (tup,) = arguments.take(ctx, "tup")
        if isinstance(tup, ListValue) and rank == 1 and (items := as_array(ctx, tup)).rank == 2:
            return materialise(ctx, transposed(ctx, items, (1, 0)), "joined")
        if not isinstance(tup, TupleValue) or not tup.items:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The arrays to join must be in a tuple or list.")
        parts = [with_rank(ctx, as_array(ctx, item), rank) for item in tup.items]
        if rank == 1:
            parts = [_as_column(ctx, part) for part in parts]
        if any(part.rank != parts[0].rank for part in parts):
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Joined arrays must have one number of dimensions.")
        return concatenated(ctx, parts, axis)

    return handle


def _as_column(ctx: Context, array: ArrayValue) -> ArrayValue:
    return transposed(ctx, with_rank(ctx, array, 2), (1, 0)) if array.rank == 1 else array


def _append(ctx: Context, arguments: Arguments) -> Value:
    arr, values, axis = arguments.take(ctx, "arr", "values", "axis")
    parts = [as_array(ctx, value) for value in (arr, values)]
    if not is_given(axis):
        parts = [_flat(ctx, part) for part in parts]
    if parts[0].rank != parts[1].rank:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Joined arrays must have one number of dimensions.")
    return concatenated(ctx, parts, axis_argument(ctx, axis, parts[0].rank))


def _flat(ctx: Context, array: ArrayValue) -> ArrayValue:
    return with_rank(ctx, array, 1) if array.rank == 0 else flattened(ctx, as_stored(ctx, array))


def _block(ctx: Context, arguments: Arguments) -> Value:
    """Rows of matrices, joined at once; one row of arrays is joined along the last axis."""
    (arrays,) = arguments.take(ctx, "arrays")
    if not isinstance(arrays, TupleValue) or not arrays.items:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The blocks must be written as lists.")
    if not any(isinstance(item, TupleValue) for item in arrays.items):
        parts = [as_array(ctx, item) for item in arrays.items]
        rank = max(1, *(part.rank for part in parts))
        return concatenated(ctx, [_led(ctx, part, rank) for part in parts], rank - 1)
    rows = [item.items for item in arrays.items if isinstance(item, TupleValue)]
    if len(rows) != len(arrays.items) or not all(rows):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Blocks of different depths are not compiled.")
    blocks = [[_led(ctx, as_array(ctx, item), 2) for item in row] for row in rows]
    if any(part.rank != 2 for row in blocks for part in row):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Blocks of more than two dimensions are not compiled.")
    return _joined_rows(ctx, blocks)


def _led(ctx: Context, array: ArrayValue, rank: int) -> ArrayValue:
    """The array with axes of extent one before its own."""
    missing = max(0, rank - array.rank)
    shape = (*(integer(1),) * missing, *array.shape)
    return ArrayValue(array.dtype, shape, lambda i: array.element(i[missing:])) if missing else array


def _joined_rows(ctx: Context, blocks: Sequence[Sequence[ArrayValue]]) -> ArrayValue:
    reason = "the blocks differ in shape"
    widths = [_total([part.shape[1] for part in row]) for row in blocks]
    for row, width in zip(blocks, widths):
        make_equal(ctx, width, widths[0], reason)
        for part in row:
            make_equal(ctx, part.shape[0], row[0].shape[0], reason)
    heights = [row[0].shape[0] for row in blocks]
    dtype = common_dtype(ctx, [part.type for row in blocks for part in row])
    result = allocate(ctx, "joined", Array(dtype, 2), (_total(heights), widths[0]))
    top: Expr = integer(0)
    for row, height in zip(blocks, heights):
        left: Expr = integer(0)
        for part in row:
            _copy_to(ctx, result, (top, left), part)
            left = plus(left, part.shape[1])
        top = plus(top, height)
    return result


def _total(extents: Sequence[Expr]) -> Expr:
    result: Expr = integer(0)
    for extent in extents:
        result = plus(result, extent)
    return result


def _copy_to(ctx: Context, result: ArrayValue, corner: Indices, part: ArrayValue) -> None:
    assert result.place is not None
    array, type = result.place.array, Scalar(result.dtype)

    def body(i: Indices) -> None:
        target = tuple(plus(index, first) for index, first in zip(i, corner))
        ctx.emit(Store(array, target, cast(part.element(i), type), False, ctx.span))

    loops(ctx, part.shape, body)


def _ix(ctx: Context, arguments: Arguments) -> Value:
    """Index vectors, each along an axis of its own."""
    vectors = [as_array(ctx, value) for value in arguments.positional]
    if any(v.rank != 1 or not v.dtype.is_integer for v in vectors) or arguments.keywords or not vectors:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'ix_' takes vectors of integers in compiled code.")
    count = len(vectors)
    found = []
    for axis, vector in enumerate(vectors):
        shape = tuple(vector.shape[0] if n == axis else integer(1) for n in range(count))
        walks = [Walk((0,) if n == axis else (), integer(n == axis)) for n in range(count)]
        found.append(view(ctx, vector, shape, (integer(0),), walks, checked=False))
    return TupleValue(tuple(found))


# ---- parts ----------------------------------------------------------------------------------------------


def _split(must_divide: bool, default_axis: int = 0) -> Handler:
    """A list of views: as many parts as are asked for, or cut at the numbers that are given."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        ary, sections, axis = arguments.take(ctx, "ary", "indices_or_sections", "axis")
        array = as_array(ctx, ary)
        if array.rank == 0 or array.rank <= default_axis:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "An array of so few dimensions cannot be split.")
        along = axis_argument(ctx, axis, array.rank) if is_given(axis) else default_axis
        if isinstance(sections, TupleValue):
            cuts = [as_integer(number(ctx, item).expr) for item in sections.items]
        else:
            cuts = _equal_cuts(ctx, array.shape[along], sections, must_divide)
        bounds: list[Number | None] = [None, *(Number(cut) for cut in cuts), None]
        before: list[Value] = [_ALL] * along
        pairs = pairwise(bounds)
        parts = tuple(subscript(ctx, array, [*before, SliceValue(a, b, None)]) for a, b in pairs)
        return TupleValue(parts, is_list=True)

    return handle


def _equal_cuts(ctx: Context, extent: Expr, sections: Value | None, must_divide: bool) -> list[Expr]:
    count = known_int(ctx, sections, "The number of parts")
    if count < 1:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "An array is split into one part at least.")
    size, surplus = (binary(op, extent, integer(count)) for op in ("floordiv", "mod"))
    if must_divide:
        make_equal(ctx, surplus, integer(0), "the array does not split into equal parts")
        size = ctx.temporary("size", size)
        return [binary("mul", size, integer(n)) for n in range(1, count)]
    size, surplus = ctx.temporary("size", size), ctx.temporary("surplus", surplus)
    more = [binary("minimum", surplus, integer(n)) for n in range(1, count)]
    return [plus(binary("mul", size, integer(n)), extra) for n, extra in enumerate(more, 1)]


def _rot90(ctx: Context, arguments: Arguments) -> Value:
    m, k, axes = arguments.take(ctx, "m", "k", "axes")
    array = as_array(ctx, m)
    turns = known_int(ctx, k, "k") % 4 if is_given(k) else 1
    first, second = axes_argument(ctx, axes, array.rank) if is_given(axes) else (0, 1)
    if array.rank < 2 or first == second:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'rot90' turns two axes.")
    order = list(range(array.rank))
    order[first], order[second] = second, first
    flipped = {0: (), 1: (second,), 2: (first, second), 3: (second,)}[turns]
    if turns == 3:
        array = transposed(ctx, array, order)
    starts = tuple(minus(e, integer(1)) if n in flipped else integer(0) for n, e in enumerate(array.shape))
    walks = [Walk((n,), integer(-1 if n in flipped else 1)) for n in range(array.rank)]
    result = view(ctx, array, array.shape, starts, walks, checked=False)
    return transposed(ctx, result, order) if turns == 1 else result


# ---- pad ------------------------------------------------------------------------------------------------


def _pad(ctx: Context, arguments: Arguments) -> Value:
    array, pad_width, mode, fill = arguments.take(ctx, "array", "pad_width", "mode", "constant_values")
    source = as_stored(ctx, as_array(ctx, array))
    kind = mode.text if isinstance(mode, TextValue) else "constant" if mode is None else ""
    if kind not in ("constant", *_BEFORE) or source.rank == 0 or (is_given(fill) and kind != "constant"):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This form of 'pad' is not compiled.")
    widths = _widths(ctx, pad_width, source.rank)
    for before, after in widths:
        for width in (before, after):
            if not isinstance(width, Const):
                ctx.check(compare("ge", width, integer(0)), "an array is padded by less than nothing")
    shape = tuple(plus(plus(b, e), a) for (b, a), e in zip(widths, source.shape))
    result = allocate(ctx, "padded", Array(source.dtype, source.rank), shape)
    value = Const(0, integer(0).type) if not is_given(fill) else number(ctx, fill).expr
    held = stored(ctx, value, source.dtype) if kind == "constant" else None
    parts = [_parts(ctx, kind, extent, pair) for extent, pair in zip(source.shape, widths)]
    for choice in product(*parts):
        _write_part(ctx, result, source, choice, held)
    return result


def _widths(ctx: Context, value: Value | None, rank: int) -> list[tuple[Expr, Expr]]:
    """n, (before, after) or a pair for every axis."""
    if isinstance(value, TupleValue) and any(isinstance(item, TupleValue) for item in value.items):
        pairs = [_pair(ctx, item) for item in value.items]
        if len(pairs) not in (1, rank):
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'pad' takes a pair of widths for every axis.")
        return pairs * (rank if len(pairs) == 1 else 1)
    return [_pair(ctx, value)] * rank


def _pair(ctx: Context, value: Value | None) -> tuple[Expr, Expr]:
    items = value.items if isinstance(value, TupleValue) else (value,)
    if len(items) not in (1, 2):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'pad' takes a pair of widths for every axis.")
    exprs = [number(ctx, item).expr for item in items]
    if not all(expr.type.dtype.is_integer for expr in exprs):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'pad' takes widths that are integers.")
    return as_integer(exprs[0]), as_integer(exprs[-1])


# What an element before and behind the array reads: of its number there, the extent and the width.
_Rule = Callable[[Expr, Expr, Expr], Expr]
_ONE, _TWO = integer(1), integer(2)
_BEFORE: dict[str, _Rule] = {
    "edge": lambda i, n, w: integer(0),
    "reflect": lambda i, n, w: minus(w, i),
    "symmetric": lambda i, n, w: minus(minus(w, _ONE), i),
    "wrap": lambda i, n, w: plus(minus(n, w), i),
}
_BEHIND: dict[str, _Rule] = {
    "edge": lambda i, n, w: minus(n, _ONE),
    "reflect": lambda i, n, w: minus(minus(n, _TWO), i),
    "symmetric": lambda i, n, w: minus(minus(n, _ONE), i),
    "wrap": lambda i, n, w: i,
}
# How many elements there must be for a width w, beyond which NumPy goes round once more.
_NEEDS = {"edge": integer(1), "reflect": integer(1), "symmetric": integer(0), "wrap": integer(0)}


_Part = tuple[Expr, Expr, Callable[[Expr], Expr] | None]


def _parts(ctx: Context, kind: str, extent: Expr, widths: tuple[Expr, Expr]) -> list[_Part]:
    """Along one axis: where each part begins, how long it is, and what its elements read."""
    before, _after = widths
    parts: list[_Part] = [(before, extent, lambda i: i)]
    starts = (integer(0), plus(before, extent))
    for start, width, rules in zip(starts, widths, (_BEFORE, _BEHIND)):
        if width == integer(0):
            continue
        if kind == "constant":
            parts.append((start, width, None))
            continue
        least = integer(1) if kind == "edge" else plus(width, _NEEDS[kind])
        ctx.check(compare("ge", extent, least), "an array is padded by more than itself")
        parts.append((start, width, _bound(rules[kind], extent, width)))
    return parts


def _bound(rule: _Rule, extent: Expr, width: Expr) -> Callable[[Expr], Expr]:
    return lambda i: rule(i, extent, width)


def _write_part(
    ctx: Context, result: ArrayValue, source: ArrayValue, choice: Sequence[_Part], fill: Expr | None
) -> None:
    assert result.place is not None
    array = result.place.array
    rules = [rule for _, _, rule in choice]

    def body(i: Indices) -> None:
        target = tuple(plus(index, start) for index, (start, _, _) in zip(i, choice))
        own = tuple(rule(index) for rule, index in zip(rules, i) if rule is not None)
        value = source.element(own) if len(own) == len(rules) else fill
        assert value is not None
        ctx.emit(Store(array, target, value, False, ctx.span))

    loops(ctx, tuple(extent for _, extent, _ in choice), body)


TABLE: dict[str, Handler] = {
    "numpy.take": _take,
    "numpy.take_along_axis": _take_along_axis,
    "numpy.put_along_axis": _put_along_axis,
    "numpy.atleast_1d": _at_least(1),
    "numpy.atleast_2d": _at_least(2),
    "numpy.atleast_3d": _at_least(3),
    "numpy.column_stack": _columns(1, 1),
    "numpy.dstack": _columns(3, 2),
    "numpy.append": _append,
    "numpy.block": _block,
    "numpy.ix_": _ix,
    "numpy.split": _split(must_divide=True),
    "numpy.array_split": _split(must_divide=False),
    "numpy.vsplit": _split(must_divide=True),
    "numpy.rot90": _rot90,
    "numpy.pad": _pad,
}
