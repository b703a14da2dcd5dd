"""Positions of what is true: counted first, then allocated and filled.

np.nonzero(a)       count the elements that are not zero;  for i: if a[i] != 0: found[k] = i;  k = k + 1
"""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments
from pyaot.frontend.arithmetic import cast, integer, truth
from pyaot.frontend.arrays import allocate, as_stored, loops, materialise, pulled
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.masks import compress, count, count_chosen, counter_of, when
from pyaot.frontend.numpy_shapes import transposed
from pyaot.frontend.numpy_ufuncs import choose
from pyaot.frontend.reshaping import flattened
from pyaot.frontend.values import ArrayValue, Indices, TupleValue, Value
from pyaot.ir.nodes import Expr, Store
from pyaot.ir.types import PY_BOOL, Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]


# ---- nonzero --------------------------------------------------------------------------------------------


def _truths(ctx: Context, value: Value | None) -> ArrayValue:
    """What is true of the argument's elements; an expression is computed once."""
    array = as_array(ctx, value)
    if array.rank == 0:
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, "The positions in an array without dimensions are not compiled."
        )
    if array.place is None:
        array = materialise(ctx, pulled(DType.BOOL, array.shape, lambda i: truth(array.element(i))), "mask")
    return pulled(DType.BOOL, array.shape, lambda i: cast(truth(array.element(i)), PY_BOOL))


def _fill_positions(ctx: Context, mask: ArrayValue, put: Callable[[Expr, Indices], None]) -> None:
    """`put(k, indices)` for the k-th element that is true, in C order."""
    counter = counter_of(ctx)

    def found(indices: Indices) -> None:
        put(counter, indices)
        count(ctx, counter)

    loops(ctx, mask.shape, lambda i: when(ctx, mask.element(i), lambda: found(i)))


def _store(ctx: Context, target: ArrayValue, indices: Indices, value: Expr) -> None:
    assert target.place is not None
    value = cast(value, Scalar(target.dtype))
    ctx.emit(Store(target.place.array, target.place.subscripts(indices), value, False, ctx.span))


def _nonzero(ctx: Context, arguments: Arguments) -> Value:
    """A vector of positions for every axis."""
    (a,) = arguments.take(ctx, "a")
    mask = _truths(ctx, a)
    extent = count_chosen(ctx, mask)
    found = [allocate(ctx, "found", Array(DType.INT64, 1), (extent,)) for _ in mask.shape]

    def put(k: Expr, indices: Indices) -> None:
        for target, index in zip(found, indices):
            _store(ctx, target, (k,), index)

    _fill_positions(ctx, mask, put)
    return TupleValue(tuple(found))


def _flatnonzero(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "a")
    array = as_array(ctx, a)
    flat = flattened(ctx, as_stored(ctx, array)) if array.rank != 1 else array
    found = _nonzero(ctx, Arguments((flat,)))
    assert isinstance(found, TupleValue)
    return found.items[0]


def _argwhere(ctx: Context, arguments: Arguments) -> Value:
    """The positions as rows: a view of the vectors that `nonzero` gives, stacked."""
    (a,) = arguments.take(ctx, "a")
    mask = _truths(ctx, a)
    extent = count_chosen(ctx, mask)
    found = allocate(ctx, "found", Array(DType.INT64, 2), (integer(mask.rank), extent))

    def put(k: Expr, indices: Indices) -> None:
        for axis, index in enumerate(indices):
            _store(ctx, found, (integer(axis), k), index)

    _fill_positions(ctx, mask, put)
    return transposed(ctx, found, (1, 0))


def _where(ctx: Context, arguments: Arguments) -> Value:
    condition, x, y = arguments.take(ctx, "condition", "x", "y")
    if x is None and y is None:
        return _nonzero(ctx, Arguments((condition,) if condition is not None else ()))
    return choose(ctx, arguments)


def _extract(ctx: Context, arguments: Arguments) -> Value:
    """The elements for which a condition of the same size holds."""
    condition, arr = arguments.take(ctx, "condition", "arr")
    chosen, array = (flattened(ctx, as_stored(ctx, as_array(ctx, value))) for value in (condition, arr))
    mask = pulled(DType.BOOL, chosen.shape, lambda i: truth(chosen.element(i)))
    return compress(ctx, array, (mask,))


TABLE: dict[str, Handler] = {
    "numpy.nonzero": _nonzero,
    "numpy.flatnonzero": _flatnonzero,
    "numpy.argwhere": _argwhere,
    "numpy.where": _where,
    "numpy.extract": _extract,
}
