"""`where=` of NumPy's reductions and ufuncs, and `initial=`.

np.sum(a, initial=2.0, where=m)         acc = 2.0;  for i: acc = acc + (a[i] if m[i] else -0.0)
np.divide(a, b, out=c, where=m)         for i: if m[i]: c[i] = a[i] / b[i]
"""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import is_given, number
from pyaot.frontend.arithmetic import cast, integer
from pyaot.frontend.arrays import broadcast_element, loops, map_elements, reads_elsewhere
from pyaot.frontend.coerce import as_array
from pyaot.frontend.computed import computed
from pyaot.frontend.context import Context
from pyaot.frontend.conversion import stored
from pyaot.frontend.prove import make_equal
from pyaot.frontend.values import ArrayValue, Indices, Number, Value
from pyaot.ir.nodes import Const, Expr, If, Select, Store
from pyaot.ir.types import PY_BOOL, DType, Scalar

_KINDS = "biufc"  # from left to right each takes what stands before it


def initial_value(ctx: Context, value: Value, dtype: DType) -> Expr:
    """What the accumulator begins with, in the type of the result."""
    if not is_given(value):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A reduction with 'initial=None' is not compiled.")
    expr = number(ctx, value).expr
    if _KINDS.index(expr.type.dtype.kind) > _KINDS.index(dtype.kind):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"An initial value that {dtype.value} cannot hold.")
    held = stored(ctx, expr, dtype)
    return held if isinstance(held, Const) else ctx.temporary("initial", held)


def chosen(
    ctx: Context, array: ArrayValue, where: Value | None, unchanging: Callable[[Scalar], Expr]
) -> ArrayValue:
    """The array with what changes nothing in the places that `where` leaves out."""
    if is_everywhere(where):
        return array
    mask = as_array(ctx, where)
    type = Scalar(array.dtype)
    if mask.dtype is not DType.BOOL or mask.rank > array.rank:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A 'where' of this kind is not compiled.")
    for own, extent in zip(reversed(mask.shape), reversed(array.shape)):
        if own != integer(1):
            make_equal(ctx, own, extent, "a mask differs in shape from what it chooses of")
    all_of_it = computed(ctx, array)
    assert isinstance(all_of_it, ArrayValue)
    fill = cast(unchanging(type), type)
    return map_elements(ctx, (all_of_it, mask), lambda e, m: Select(cast(m, PY_BOOL), e, fill, type))


def no_mask(ctx: Context, where: Value | None) -> None:
    """NumPy wants an initial value where an extreme is that of chosen elements."""
    if not is_everywhere(where):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'where' of an extreme needs 'initial'.")


def is_everywhere(where: Value | None) -> bool:
    """Whether no element is left out."""
    return where is None or (
        isinstance(where, Number) and isinstance(where.expr, Const) and where.expr.value is True
    )


def store_where(ctx: Context, target: ArrayValue, value: ArrayValue | Number, where: Value | None) -> None:
    """`target[where] = value[where]`; elsewhere nothing is computed, so that nothing is warned of."""
    place, mask = target.place, as_array(ctx, where)
    assert place is not None
    if mask.dtype is not DType.BOOL or mask.rank > target.rank or target.borrowed:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A 'where' of this kind is not compiled.")
    operands = [operand for operand in (value, mask) if isinstance(operand, ArrayValue)]
    for operand in operands:
        for own, extent in zip(reversed(operand.shape), reversed(target.shape)):
            if own != integer(1):
                make_equal(ctx, own, extent, "the operands differ in shape from 'out'")
    if any(reads_elsewhere(ctx, target, operand) for operand in operands):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "An 'out' that other places of the operands read.")
    element, is_chosen = (broadcast_element(operand, target.rank) for operand in (value, mask))

    def body(indices: Indices) -> None:
        with ctx.nested() as inside:
            held = cast(element(indices), Scalar(target.dtype))
            ctx.emit(Store(place.array, place.subscripts(indices), held, place.checked, ctx.span))
        ctx.emit(If(cast(is_chosen(indices), PY_BOOL), tuple(inside), (), ctx.span))

    loops(ctx, target.shape, body)
