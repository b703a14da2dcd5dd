"""NumPy's set functions: a library sort, then passes over neighbours.

np.unique(a)        s = sort(a);  count the i with s[i] != s[i - 1]
                    for i: found[k] = s[i];  k = k + (s[i] != s[i - 1])
"""

from collections.abc import Callable

from msgspec import Struct

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, is_given, known_bool
from pyaot.frontend.arithmetic import as_integer, both, cast, compare, either, greatest, integer, minus, plus
from pyaot.frontend.arrays import allocate, as_stored, loops, materialise, pulled
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.masks import compress, count, count_chosen, counter_of, fill_chosen, when
from pyaot.frontend.numpy_joining import concatenated
from pyaot.frontend.numpy_members import members
from pyaot.frontend.reshaping import flattened, reshaped
from pyaot.frontend.values import ArrayValue, Indices, TextValue, TupleValue, Value
from pyaot.ir.nodes import Expr, Select, Store
from pyaot.ir.types import PY_BOOL, PY_INT, Array, DType

Handler = Callable[[Context, Arguments], Value]


class _Wanted(Struct, frozen=True):
    """What is asked of `unique` beside the values."""

    index: bool = False
    inverse: bool = False
    counts: bool = False


def _unique(ctx: Context, arguments: Arguments) -> Value:
    ar, *flags, axis, equal_nan = arguments.take(
        ctx, "ar", "return_index", "return_inverse", "return_counts", "axis", "equal_nan"
    )
    wanted = _Wanted(*(known_bool(ctx, flag, False, "A choice of 'unique'") for flag in flags))
    if is_given(axis) or not known_bool(ctx, equal_nan, True, "equal_nan"):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'axis' and 'equal_nan' of 'unique' are not compiled.")
    found = _unique_of(ctx, as_array(ctx, ar), wanted)
    return found[0] if wanted == _Wanted() else TupleValue(tuple(found))


def _unique_of(ctx: Context, array: ArrayValue, wanted: _Wanted) -> list[ArrayValue]:
    if array.rank == 0:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'unique' of a number is not compiled.")
    if array.dtype.is_complex and wanted == _Wanted():
        message = "'unique' of complex numbers is not compiled: which of two zeros it gives, varies."
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, message)
    flat = flattened(ctx, as_stored(ctx, array))
    order = _order(ctx, flat, wanted) if wanted.index or wanted.inverse else None
    ordered = sorted_copy(ctx, flat) if order is None else materialise(ctx, _taken(flat, order), "ordered")
    first = _first_ones(ordered)
    found = _filled(ctx, ordered, first, order, wanted)
    if wanted.inverse:
        assert order is not None
        inverse = _inverse(ctx, first, order)
        found.insert(1 + wanted.index, inverse if array.rank == 1 else reshaped(ctx, inverse, array.shape))
    return found


def sorted_copy(ctx: Context, flat: ArrayValue) -> ArrayValue:
    """The elements of a vector in order."""
    result = ctx.library(ctx, "numpy.sort", Arguments((flat,)))
    assert isinstance(result, ArrayValue)
    return result


def _order(ctx: Context, flat: ArrayValue, wanted: _Wanted) -> ArrayValue:
    """Where the sorted elements come from; among equal ones the first comes first if it is asked for."""
    kind = TextValue("stable" if wanted.index else "quicksort")
    result = ctx.library(ctx, "numpy.argsort", Arguments((flat,), {"kind": kind}))
    assert isinstance(result, ArrayValue)
    return result


def _taken(array: ArrayValue, order: ArrayValue) -> ArrayValue:
    return pulled(array.dtype, order.shape, lambda i: array.element((as_integer(order.element(i)),)))


def _first_ones(ordered: ArrayValue) -> ArrayValue:
    """Which elements of a sorted vector differ from the one before; NaNs, which are last, count as equal."""

    def element(i: Indices) -> Expr:
        before, here = ordered.element((minus(i[0], integer(1)),)), ordered.element(i)
        differs = compare("ne", here, before)
        if ordered.dtype.kind in "fc":
            differs = both(cast(differs, PY_BOOL), compare("eq", before, before))
        return either(compare("eq", i[0], integer(0)), differs)

    return pulled(DType.BOOL, ordered.shape, element)


def _filled(
    ctx: Context, ordered: ArrayValue, first: ArrayValue, order: ArrayValue | None, wanted: _Wanted
) -> list[ArrayValue]:
    """The distinct values and, as far as they are wanted, where each is found first, and how often."""
    extent = count_chosen(ctx, first)
    values = allocate(ctx, "values", Array(ordered.dtype, 1), (extent,))
    index, counts = (
        allocate(ctx, name, Array(DType.INT64, 1), (extent,)) if is_wanted else None
        for name, is_wanted in (("index", wanted.index), ("counts", wanted.counts))
    )

    def put(where: Expr, i: Indices) -> None:
        _put(ctx, values, where, ordered.element(i))
        if index is not None and order is not None:
            _put(ctx, index, where, order.element(i))
        if counts is not None:
            _put(ctx, counts, where, i[0])

    fill_chosen(ctx, first, put)
    if counts is not None:
        _to_lengths(ctx, counts, ordered.shape[0])
    return [values, *(array for array in (index, counts) if array is not None)]


def _to_lengths(ctx: Context, starts: ArrayValue, stop: Expr) -> None:
    """Where runs begin becomes how long they are."""
    last = minus(starts.shape[0], integer(1))

    def body(k: Indices) -> None:
        after = Select(
            compare("lt", k[0], last), as_integer(starts.element((plus(k[0], integer(1)),))), stop, PY_INT
        )
        _put(ctx, starts, k[0], minus(after, as_integer(starts.element(k))))

    loops(ctx, starts.shape, body)


def _put(ctx: Context, target: ArrayValue, where: Expr, value: Expr) -> None:
    assert target.place is not None
    element = ctx.arrays[target.place.array].element
    ctx.emit(Store(target.place.array, (where,), cast(value, element), False, ctx.span))


def _inverse(ctx: Context, first: ArrayValue, order: ArrayValue) -> ArrayValue:
    """For every element the number of its value."""
    result = allocate(ctx, "inverse", Array(DType.INT64, 1), first.shape)
    counter = counter_of(ctx)

    def body(i: Indices) -> None:
        when(ctx, cast(first.element(i), PY_BOOL), lambda: count(ctx, counter))
        _put(ctx, result, as_integer(order.element(i)), minus(counter, integer(1)))

    loops(ctx, first.shape, body)
    return result


# ---- sets of values -------------------------------------------------------------------------------------


def _union(ctx: Context, arguments: Arguments) -> Value:
    first, second = (_flat_of(ctx, value) for value in arguments.take(ctx, "ar1", "ar2"))
    return _unique_of(ctx, concatenated(ctx, [first, second], 0), _Wanted())[0]


def _flat_of(ctx: Context, value: Value | None) -> ArrayValue:
    array = as_array(ctx, value)
    if array.rank == 0:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A set of one number is not compiled.")
    return flattened(ctx, as_stored(ctx, array))


def _intersection(ctx: Context, arguments: Arguments) -> Value:
    """Both sets in order, one behind the other, sorted: what stands there twice."""
    values = (_flat_of(ctx, value) for value in arguments.take(ctx, "ar1", "ar2"))
    sets = [_unique_of(ctx, value, _Wanted())[0] for value in values]
    ordered = sorted_copy(ctx, concatenated(ctx, sets, 0))
    extent = minus(ordered.shape[0], integer(1))
    before = pulled(ordered.dtype, (greatest(extent, integer(0)),), ordered.element)
    twice = pulled(
        DType.BOOL,
        before.shape,
        lambda i: compare("eq", ordered.element((plus(i[0], integer(1)),)), ordered.element(i)),
    )
    return compress(ctx, before, (twice,))


def _difference(ctx: Context, arguments: Arguments) -> Value:
    first, second = (_flat_of(ctx, value) for value in arguments.take(ctx, "ar1", "ar2"))
    values = _unique_of(ctx, first, _Wanted())[0]
    return compress(ctx, values, (members(ctx, values, second, is_inverse=True),))


TABLE: dict[str, Handler] = {
    "numpy.unique": _unique,
    "numpy.union1d": _union,
    "numpy.intersect1d": _intersection,
    "numpy.setdiff1d": _difference,
}
