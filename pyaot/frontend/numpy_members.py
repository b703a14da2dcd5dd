"""Which elements of an array occur in another.

np.isin(a, b)       integers that lie close: table[b[i] - low] = True;  found[i] = table[a[i] - low]
                    others: s = sort(b);  k = searchsorted(s, a);  found[i] = s[k[i]] == a[i]
"""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, known_bool
from pyaot.frontend.arithmetic import (
    as_integer,
    both,
    cast,
    compare,
    integer,
    least,
    minus,
    negate,
    plus,
    times,
)
from pyaot.frontend.arrays import allocate, as_stored, loops, pulled, write
from pyaot.frontend.attributes import size_of
from pyaot.frontend.coerce import as_array, common_dtype
from pyaot.frontend.context import Context
from pyaot.frontend.reductions import Folding, reduce_array
from pyaot.frontend.reshaping import flattened
from pyaot.frontend.values import ArrayValue, Indices, Number, Value
from pyaot.ir.nodes import Binary, Const, Expr, If, Store
from pyaot.ir.types import PY_BOOL, Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]
_INT = Scalar(DType.INT64)
_ROOM = 6  # bools of the table for every element, as in NumPy


def _isin(ctx: Context, arguments: Arguments) -> Value:
    element, tested, invert = arguments.take(ctx, "element", "test_elements", "invert")
    array = as_array(ctx, element)
    if array.rank == 0:
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, "'isin' of a number is not compiled.", None, "Use 'any(a == x)'."
        )
    among = flattened(ctx, as_stored(ctx, _with_axis(as_array(ctx, tested))))
    return members(ctx, as_stored(ctx, array), among, known_bool(ctx, invert, False, "invert"))


def _with_axis(array: ArrayValue) -> ArrayValue:
    return array if array.rank else pulled(array.dtype, (integer(1),), lambda _: array.element(()))


def members(ctx: Context, array: ArrayValue, among: ArrayValue, is_inverse: bool) -> ArrayValue:
    """Which elements occur in a vector: found in a table where its integers lie close, else by bisection."""
    common = common_dtype(ctx, [array.type, among.type])
    kinds = {array.dtype.kind, among.dtype.kind}
    if common.is_complex or (common.is_float and kinds == {"i", "u"}):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Membership in an array of such a type is not compiled.")
    array, among = _as_type(array, common), _as_type(among, common)
    result = allocate(ctx, "members", Array(DType.BOOL, array.rank), array.shape)
    if array.dtype is DType.BOOL or not array.dtype.is_integer or array.dtype is DType.UINT64:
        _by_bisection(ctx, array, among, result, is_inverse)
        return result
    low, high = (_extreme(ctx, among, op) for op in ("minimum", "maximum"))
    span = ctx.temporary("range", as_integer(Binary("sub", high, low, _INT, checked=False)))
    most = times(integer(_ROOM), plus(size_of(array), among.shape[0]))
    is_close = both(compare("ge", span, integer(0)), compare("le", span, most))
    is_close = both(compare("gt", among.shape[0], integer(0)), is_close)
    with ctx.nested() as by_table:
        _by_table(ctx, array, among, (low, high, span), result, is_inverse)
    with ctx.nested() as otherwise:
        _by_bisection(ctx, array, among, result, is_inverse)
    ctx.emit(If(is_close, tuple(by_table), tuple(otherwise), ctx.span))
    return result


def _as_type(array: ArrayValue, dtype: DType) -> ArrayValue:
    """The elements in the type in which they are compared."""
    if array.dtype is dtype:
        return array
    return pulled(dtype, array.shape, lambda i: cast(array.element(i), Scalar(dtype)))


def _extreme(ctx: Context, among: ArrayValue, op: str) -> Expr:
    """The least or greatest integer, as int64; without elements one that makes the range empty or odd."""
    start = Const(2**63 - 1 if op == "minimum" else -(2**63), _INT)
    folding = Folding(_INT, start, lambda acc, e: Binary(op, acc, e, _INT, checked=False))
    found = reduce_array(ctx, among, (0,), False, folding)
    assert isinstance(found, Number)
    return found.expr


def _by_table(
    ctx: Context,
    array: ArrayValue,
    among: ArrayValue,
    bounds: tuple[Expr, Expr, Expr],
    result: ArrayValue,
    is_inverse: bool,
) -> None:
    low, high, span = bounds
    table = allocate(
        ctx, "table", Array(DType.BOOL, 1), (plus(span, integer(1)),), Const(False, Scalar(DType.BOOL))
    )
    assert table.place is not None
    name = table.place.array

    def position(element: Expr) -> Expr:
        return as_integer(Binary("sub", cast(element, _INT), low, _INT, checked=False))

    def note(i: Indices) -> None:
        found = Const(True, Scalar(DType.BOOL))
        ctx.emit(Store(name, (position(among.element(i)),), found, False, ctx.span))

    loops(ctx, among.shape, note)

    def element(i: Indices) -> Expr:
        own = cast(array.element(i), _INT)
        inside = both(compare("ge", own, low), compare("le", own, high))
        return _answer(both(inside, table.element((position(array.element(i)),))), is_inverse)

    write(ctx, result, element)


def _by_bisection(
    ctx: Context, array: ArrayValue, among: ArrayValue, result: ArrayValue, is_inverse: bool
) -> None:
    ordered = ctx.library(ctx, "numpy.sort", Arguments((among,)))
    where = ctx.library(ctx, "numpy.searchsorted", Arguments((ordered, array)))
    assert isinstance(ordered, ArrayValue)
    assert isinstance(where, ArrayValue)
    last = minus(among.shape[0], integer(1))

    def element(i: Indices) -> Expr:
        place = least(as_integer(where.element(i)), last)
        equal = cast(compare("eq", ordered.element((place,)), array.element(i)), PY_BOOL)
        return _answer(both(compare("ge", last, integer(0)), equal), is_inverse)

    write(ctx, result, element)


def _answer(found: Expr, is_inverse: bool) -> Expr:
    return cast(negate(found) if is_inverse else found, Scalar(DType.BOOL))


TABLE: dict[str, Handler] = {"numpy.isin": _isin}
