"""Diagonals and triangles by number: diagonal, fill_diagonal, tri, triu_indices.

np.fill_diagonal(A, x)      for i: A[i, i] = x          np.tri(n, m, k)     A[i, j] = 1 if j <= i + k else 0
"""

from collections.abc import Callable

from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, dtype_of, is_given, known_bool, known_int, number
from pyaot.frontend.arithmetic import as_integer, cast, compare, greatest, integer, least, minus, plus
from pyaot.frontend.arrays import borrowed, loops, pulled, shown_view
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.conversion import stored
from pyaot.frontend.numpy_selection import positions
from pyaot.frontend.prove import make_equal
from pyaot.frontend.values import ArrayValue, Indices, NoneValue, Number, TupleValue, Value, Walk
from pyaot.ir.nodes import Const, Expr, Store
from pyaot.ir.types import DType, Scalar

Handler = Callable[[Context, Arguments], Value]


def _diagonal(ctx: Context, arguments: Arguments) -> Value:
    """A view that may not be written, of elements (i, i + offset) of two axes; it becomes the last axis."""
    a, offset, axis1, axis2 = arguments.take(ctx, "a", "offset", "axis1", "axis2")
    array = as_array(ctx, a)
    shift = known_int(ctx, offset, "The diagonal") if is_given(offset) else 0
    given = (known_int(ctx, v, "An axis") if is_given(v) else d for v, d in ((axis1, 0), (axis2, 1)))
    if array.rank < 2:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A vector has no diagonal.")
    first, second = (axis % array.rank for axis in given)
    if first == second:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A diagonal needs two axes.")
    down, right = integer(max(-shift, 0)), integer(max(shift, 0))
    shortest = least(minus(array.shape[first], down), minus(array.shape[second], right))
    extent = shortest if not shift else greatest(shortest, integer(0))
    rest = tuple(n for n in range(array.rank) if n not in (first, second))
    shape = (*(array.shape[n] for n in rest), extent)

    def element(i: Indices) -> Expr:
        own = {first: plus(i[-1], down), second: plus(i[-1], right), **dict(zip(rest, i))}
        return array.element(tuple(own[n] for n in range(array.rank)))

    starts = tuple({first: down, second: right}.get(n, integer(0)) for n in range(array.rank))
    walks = [*(Walk((n,), integer(1)) for n in rest), Walk((first, second), integer(1))]
    shown = shown_view(ctx, array, shape, starts, walks) if _move_alike(array, first, second) else None
    found = borrowed(ctx, array, pulled(array.dtype, shape, element))
    return replace(found, read_only=True, shown=shown)


def _move_alike(array: ArrayValue, first: int, second: int) -> bool:
    """Whether one number of elements lies between neighbours of either axis, in the base's own axes."""
    walks = array.place.walks if array.place is not None else None
    return walks is not None and walks[first].step == walks[second].step


def _trace(ctx: Context, arguments: Arguments) -> Value:
    """The sum of a diagonal."""
    *which, dtype = arguments.take(ctx, "a", "offset", "axis1", "axis2", "dtype")
    names = ("a", "offset", "axis1", "axis2")
    given = {name: value for name, value in zip(names, which) if value is not None}
    diagonal = _diagonal(ctx, Arguments((), given))
    options = {"axis": Number(integer(-1)), **({"dtype": dtype} if dtype is not None else {})}
    return ctx.library(ctx, "numpy.sum", Arguments((diagonal,), options))


def _fill_diagonal(ctx: Context, arguments: Arguments) -> Value:
    a, val, wrap = arguments.take(ctx, "a", "val", "wrap")
    place = a.place if isinstance(a, ArrayValue) else None
    if not isinstance(a, ArrayValue) or place is None or a.rank < 2 or known_bool(ctx, wrap, False, "wrap"):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This form of 'fill_diagonal' is not compiled.")
    if a.rank > 2:
        for extent in a.shape[1:]:
            make_equal(ctx, extent, a.shape[0], "the axes of a filled diagonal differ")
    held = stored(ctx, number(ctx, val).expr, a.dtype)
    if not isinstance(held, Const):
        held = ctx.temporary("fill", held)
    rank = a.rank

    def body(i: Indices) -> None:
        ctx.emit(Store(place.array, place.subscripts(i * rank), held, place.checked, ctx.span))

    loops(ctx, (least(a.shape[0], a.shape[1]),), body)
    return NoneValue()


def _tri(ctx: Context, arguments: Arguments) -> Value:
    rows, columns, k, dtype = arguments.take(ctx, "N", "M", "k", "dtype")
    n = as_integer(number(ctx, rows).expr)
    m = as_integer(number(ctx, columns).expr) if is_given(columns) else n
    chosen = dtype_of(ctx, dtype) if dtype is not None and is_given(dtype) else DType.FLOAT64
    lower = _lower(n, m, _shift(ctx, k))
    return pulled(chosen, (n, m), lambda i: cast(lower.element(i), Scalar(chosen)))


def _shift(ctx: Context, k: Value | None) -> Expr:
    return as_integer(number(ctx, k).expr) if is_given(k) else integer(0)


def _lower(n: Expr, m: Expr, shift: Expr) -> ArrayValue:
    """Where j <= i + shift."""
    return pulled(DType.BOOL, (n, m), lambda i: compare("le", i[1], plus(i[0], shift)))


def _upper(n: Expr, m: Expr, shift: Expr) -> ArrayValue:
    return pulled(DType.BOOL, (n, m), lambda i: compare("ge", i[1], plus(i[0], shift)))


def _triangle_indices(triangle: Callable[[Expr, Expr, Expr], ArrayValue]) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        rows, k, columns = arguments.take(ctx, "n", "k", "m")
        n = as_integer(number(ctx, rows).expr)
        m = as_integer(number(ctx, columns).expr) if is_given(columns) else n
        for extent in (n, m):
            ctx.check(compare("ge", extent, integer(0)), "a triangle of a negative number of rows")
        return TupleValue(tuple(positions(ctx, triangle(n, m, _shift(ctx, k)))))

    return handle


def _indices_from(triangle: Callable[[Expr, Expr, Expr], ArrayValue]) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        arr, k = arguments.take(ctx, "arr", "k")
        array = as_array(ctx, arr)
        if array.rank != 2:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A triangle is part of a matrix.")
        return TupleValue(tuple(positions(ctx, triangle(array.shape[0], array.shape[1], _shift(ctx, k)))))

    return handle


def _diagonal_indices(ctx: Context, arguments: Arguments) -> Value:
    """The same vector of numbers for every axis."""
    n, ndim = arguments.take(ctx, "n", "ndim")
    count = known_int(ctx, ndim, "The number of axes") if is_given(ndim) else 2
    line = ctx.library(ctx, "numpy.arange", Arguments((Number(as_integer(number(ctx, n).expr)),)))
    kept = ctx.library(ctx, "numpy.copy", Arguments((line,)))
    return TupleValue((kept,) * count)


TABLE: dict[str, Handler] = {
    "numpy.diagonal": _diagonal,
    "numpy.trace": _trace,
    "numpy.fill_diagonal": _fill_diagonal,
    "numpy.tri": _tri,
    "numpy.tril_indices": _triangle_indices(_lower),
    "numpy.triu_indices": _triangle_indices(_upper),
    "numpy.tril_indices_from": _indices_from(_lower),
    "numpy.triu_indices_from": _indices_from(_upper),
    "numpy.diag_indices": _diagonal_indices,
}
