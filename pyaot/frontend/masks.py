"""Boolean masks as subscripts.

b = a[mask]          count the chosen elements, allocate; for i: b[k] = a[i]; k = k + mask[i]
a[mask] = x          for i: if mask[i]: a[i] = x
a[mask] = values     for i: if mask[i]: a[i] = values[k]; k = k + 1
"""

from collections.abc import Callable, Sequence

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import cast, compare, either, integer, minus, plus, truth
from pyaot.frontend.arrays import allocate, as_stored, loops, materialise, reads_elsewhere
from pyaot.frontend.context import Context
from pyaot.frontend.conversion import stored
from pyaot.frontend.operators import apply_binary
from pyaot.frontend.prove import make_equal
from pyaot.frontend.reductions import Folding, reduce_array
from pyaot.frontend.values import ArrayValue, Indices, Number, Value
from pyaot.ir.nodes import Assign, Binary, Block, Exit, Expr, If, Loop, Store, Var
from pyaot.ir.types import PY_BOOL, PY_INT, Array, DType, Scalar

_COUNT = Scalar(DType.INT64)


def is_mask_subscript(items: Sequence[Value]) -> bool:
    """Whether the only subscript is a boolean array."""
    return len(items) == 1 and isinstance(items[0], ArrayValue) and items[0].dtype is DType.BOOL


def _mask_of(ctx: Context, base: ArrayValue, items: Sequence[Value]) -> ArrayValue:
    (mask,) = items
    assert isinstance(mask, ArrayValue)
    if mask.rank > base.rank:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "The mask has more dimensions than the array.")
    for extent, goal in zip(mask.shape, base.shape):
        make_equal(ctx, extent, goal, "the mask does not have the shape of the array")
    return mask


def _chosen(mask: ArrayValue, indices: Indices) -> Expr:
    return cast(truth(mask.element(indices)), PY_BOOL)


def compress(ctx: Context, base: ArrayValue, items: Sequence[Value]) -> ArrayValue:
    """`base[mask]`: a fresh array of the chosen elements (or rows), in order."""
    mask = as_stored(ctx, _mask_of(ctx, base, items), "mask")
    extent = count_chosen(ctx, mask)
    rest = base.shape[mask.rank :]
    result = allocate(ctx, "selected", Array(base.dtype, 1 + len(rest)), (extent, *rest))
    place = result.place
    assert place is not None

    def copy(where: Expr, indices: Indices) -> None:
        value = cast(base.element(indices), Scalar(base.dtype))
        ctx.emit(Store(place.array, (where, *indices[mask.rank :]), value, False, ctx.span))

    if not rest:
        fill_chosen(ctx, mask, copy)
        return result
    counter = counter_of(ctx)

    def copy_row(indices: Indices) -> None:
        loops(ctx, rest, lambda inner: copy(counter, (*indices, *inner)))
        count(ctx, counter)

    loops(ctx, mask.shape, lambda i: when(ctx, _chosen(mask, i), lambda: copy_row(i)))
    return result


def count_chosen(ctx: Context, mask: ArrayValue) -> Expr:
    """How many elements are true: a sum, so that it is done in parallel."""
    folding = Folding(_COUNT, cast(integer(0), _COUNT), lambda acc, e: Binary("add", acc, e, _COUNT, False))
    chosen = ArrayValue(DType.BOOL, mask.shape, lambda i: _chosen(mask, i))
    found = reduce_array(ctx, chosen, tuple(range(mask.rank)), False, folding)
    assert isinstance(found, Number)
    return ctx.temporary("chosen", cast(found.expr, PY_INT))


def fill_chosen(ctx: Context, mask: ArrayValue, put: Callable[[Expr, Indices], None]) -> None:
    """`put(k, indices)` with the number k of every chosen element, without a branch.

    It is called for the others before the last of a row as well, with the number of the next one that is
    chosen, for which what they put is replaced.
    """
    name = ctx.fresh("count")
    ctx.emit(Assign(name, cast(integer(0), _COUNT), ctx.span))
    counter = Var(name, _COUNT)

    def body(indices: Indices) -> None:
        put(cast(counter, PY_INT), indices)
        more = Binary("add", counter, cast(_chosen(mask, indices), _COUNT), _COUNT, False)
        ctx.emit(Assign(name, more, ctx.span))

    def row(outer: Indices) -> None:
        stop = _behind_last(ctx, mask, outer)
        loops(ctx, (stop,), lambda inner: body((*outer, *inner)), "k")

    loops(ctx, mask.shape[:-1], row)


def _behind_last(ctx: Context, mask: ArrayValue, row: Indices) -> Expr:
    """One more than the number of the last chosen element of a row, looked for from its end."""
    name, label = ctx.fresh("stop"), ctx.fresh("found")
    stop = Var(name, PY_INT)
    ctx.emit(Assign(name, mask.shape[-1], ctx.span))
    before = minus(stop, integer(1))
    is_found = either(compare("le", stop, integer(0)), _chosen(mask, (*row, before)))
    leave = If(is_found, (Exit(label, ctx.span),), (), ctx.span)
    ctx.emit(Block(label, (Loop((leave, Assign(name, before, ctx.span)), ctx.span),), ctx.span))
    return ctx.temporary("last", stop)


def counter_of(ctx: Context) -> Var:
    """A new variable that counts from 0."""
    name = ctx.fresh("count")
    ctx.emit(Assign(name, integer(0), ctx.span))
    return Var(name, PY_INT)


def count(ctx: Context, counter: Var) -> None:
    """One more."""
    ctx.emit(Assign(counter.name, plus(counter, integer(1)), ctx.span))


def when(ctx: Context, condition: Expr, make: Callable[[], None]) -> None:
    """`if condition:` around what `make` emits."""
    with ctx.nested() as inside:
        make()
    ctx.emit(If(condition, tuple(inside), (), ctx.span))


def store_masked(ctx: Context, base: ArrayValue, items: Sequence[Value], value: Value) -> None:
    """`base[mask] = value`."""
    mask = _mask_of(ctx, base, items)
    if reads_elsewhere(ctx, base, _as_whole(base, mask)):
        mask = materialise(ctx, mask, "mask")
    if isinstance(value, Number):
        held = stored(ctx, value.expr, base.dtype)
        _masked_loop(ctx, base, mask, lambda _: held)
    elif isinstance(value, ArrayValue) and value.rank == 0:
        _masked_loop(ctx, base, mask, lambda _: value.element(()))
    elif isinstance(value, ArrayValue) and value.rank == 1 and mask.rank == base.rank:
        _store_in_order(
            ctx, base, mask, materialise(ctx, value) if reads_elsewhere_any(ctx, base, value) else value
        )
    else:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "This value of a masked assignment is not compiled.")


def store_in_place(ctx: Context, base: ArrayValue, mask: ArrayValue, value: ArrayValue) -> None:
    """`base[mask] = value[mask]`, element by element; `value` reads no other element of the base."""
    if reads_elsewhere(ctx, base, mask):
        mask = materialise(ctx, mask, "mask")
    _masked_loop(ctx, base, mask, value.element)


def reads_elsewhere_any(ctx: Context, base: ArrayValue, value: ArrayValue) -> bool:
    """Whether a list of values reads the array that it is stored into."""
    spread = ArrayValue(value.dtype, base.shape, lambda indices: value.element(indices[:1]))
    return reads_elsewhere(ctx, base, spread)


def _as_whole(base: ArrayValue, mask: ArrayValue) -> ArrayValue:
    return ArrayValue(mask.dtype, base.shape, lambda indices: mask.element(indices[: mask.rank]))


def _masked_loop(ctx: Context, base: ArrayValue, mask: ArrayValue, value: Callable[[Indices], Expr]) -> None:
    place = base.place
    if place is None:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "This array cannot be assigned to.")
    type = Scalar(base.dtype)

    def body(indices: Indices) -> None:
        def put() -> None:
            ctx.emit(
                Store(
                    place.array,
                    place.subscripts(indices),
                    cast(value(indices), type),
                    place.checked,
                    ctx.span,
                )
            )

        when(ctx, _chosen(mask, indices[: mask.rank]), put)

    loops(ctx, base.shape, body)


def _store_in_order(ctx: Context, base: ArrayValue, mask: ArrayValue, value: ArrayValue) -> None:
    value = as_stored(ctx, value)
    if value.shape[0] != integer(1):
        total = count_chosen(ctx, mask)
        ctx.check(compare("eq", total, value.shape[0]), "a masked assignment has another number of values")
    counter = counter_of(ctx)
    place = base.place
    assert place is not None

    def put(indices: Indices) -> None:
        element = value.element((integer(0) if value.shape[0] == integer(1) else counter,))
        ctx.emit(
            Store(
                place.array,
                place.subscripts(indices),
                cast(element, Scalar(base.dtype)),
                place.checked,
                ctx.span,
            )
        )
        count(ctx, counter)

    loops(ctx, base.shape, lambda i: when(ctx, _chosen(mask, i), lambda: put(i)))


def augment_masked(ctx: Context, op: str, base: ArrayValue, items: Sequence[Value], value: Value) -> None:
    """`base[mask] op= value`: with a number, in place; else read, computed and stored."""
    if isinstance(value, Number):
        mask = _mask_of(ctx, base, items)
        if reads_elsewhere(ctx, base, _as_whole(base, mask)) or base.place is None:
            mask = materialise(ctx, mask, "mask")
        result = apply_binary(ctx, op, base, value)
        assert isinstance(result, ArrayValue)
        _masked_loop(ctx, base, mask, result.element)
        return
    chosen = compress(ctx, base, items)
    store_masked(ctx, base, items, apply_binary(ctx, op, chosen, value))
