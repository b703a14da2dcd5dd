"""Products of arrays as loops: matmul dot outer inner vdot tensordot einsum kron trace.

C = A @ B      C[i, j] = 0;  for i: for k: for j: C[i, j] = C[i, j] + A[i, k] * B[k, j]
"""

from collections.abc import Callable, Sequence

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, is_given, known_int
from pyaot.frontend.arithmetic import binary, cast, integer, times
from pyaot.frontend.arrays import (
    allocate,
    as_stored,
    borrowed,
    broadcast_element,
    broadcast_shapes,
    loops,
    map_elements,
    pulled,
    write,
)
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.operators import note_product, typed, ufunc_result
from pyaot.frontend.prove import make_equal
from pyaot.frontend.reductions import Folding, accumulator, constant
from pyaot.frontend.reshaping import flattened
from pyaot.frontend.values import ArrayValue, Indices, Number, TextValue, TupleValue, Value
from pyaot.ir.nodes import Assign, Binary, Call, Expr, Load, Store
from pyaot.ir.types import Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]


def _product_type(ctx: Context, left: ArrayValue, right: ArrayValue) -> Scalar:
    dtype = ufunc_result(ctx, "multiply", (left.type, right.type))[1]
    if dtype is DType.BOOL:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A product of boolean matrices is not compiled.")
    if dtype.kind in "fc":
        ctx.rounding("the order of a sum")
    return Scalar(dtype)


def contract(
    ctx: Context,
    left: ArrayValue,
    right: ArrayValue,
    spec: "tuple[Sequence[str], Sequence[str], Sequence[str]]",
) -> Value:
    """The sum of left * right over the letters that the result lacks, `einsum` of two operands."""
    return contract_all(ctx, [left, right], [spec[0], spec[1]], spec[2])


def contract_all(
    ctx: Context, operands: Sequence[ArrayValue], letters: Sequence[Sequence[str]], out: Sequence[str]
) -> Value:
    """`einsum` of any operands, one loop for each letter; the last letter of the result runs innermost."""
    operands = [as_stored(ctx, o) for o in operands]
    extents = _extents(ctx, operands, letters)
    type = Scalar(operands[0].dtype)
    for operand in operands[1:]:
        type = _product_type(ctx, pulled(type.dtype, (), lambda _: integer(0)), operand)
    summed = [letter for letter in extents if letter not in out]
    if not out:
        return _to_number(ctx, operands, letters, extents, type)
    shape = tuple(extents[letter] for letter in out)
    result = allocate(ctx, "product", Array(type.dtype, len(out)), shape)
    if not summed:
        write(ctx, result, lambda i: _term(ctx, operands, letters, dict(zip(out, i)), type))
        return result
    if _sums_innermost(letters, out, summed):
        _inner_sum(ctx, operands, letters, (out, summed), extents, result)
    else:
        _outer_sum(ctx, operands, letters, (out, summed), extents, result)
    return result


def _extents(
    ctx: Context, operands: Sequence[ArrayValue], letters: Sequence[Sequence[str]]
) -> dict[str, Expr]:
    extents: dict[str, Expr] = {}
    for operand, names in zip(operands, letters):
        if len(names) != operand.rank:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The subscripts do not fit the number of dimensions.")
        for name, extent in zip(names, operand.shape):
            if name in extents:
                make_equal(ctx, extent, extents[name], "the operands of a product differ in shape")
            else:
                extents[name] = extent
    return extents


def _term(
    ctx: Context,
    operands: Sequence[ArrayValue],
    letters: Sequence[Sequence[str]],
    at: dict[str, Expr],
    type: Scalar,
) -> Expr:
    factors = [
        cast(o.element(tuple(at[name] for name in names)), type) for o, names in zip(operands, letters)
    ]
    result = factors[0]
    for factor in factors[1:]:
        result = Binary("mul", result, factor, type, checked=False)
    return result


def _to_number(
    ctx: Context,
    operands: Sequence[ArrayValue],
    letters: Sequence[Sequence[str]],
    extents: dict[str, Expr],
    type: Scalar,
) -> Number:
    acc = accumulator(ctx, Folding(type, None, lambda a, b: a), constant(0, type))
    names = list(extents)

    def body(indices: Indices) -> None:
        term = _term(ctx, operands, letters, dict(zip(names, indices)), type)
        ctx.emit(Assign(acc.name, Binary("add", acc, term, type, checked=False), ctx.span))

    loops(ctx, tuple(extents.values()), body)
    ctx.stable.add(acc.name)
    return Number(acc)


def _sums_innermost(letters: Sequence[Sequence[str]], out: Sequence[str], summed: Sequence[str]) -> bool:
    """A dot product's shape: every operand runs along the summed letter last (A @ x, A @ B.T)."""
    return all(not names or names[-1] in summed or set(names) <= set(out[:-1]) for names in letters)


def _inner_sum(
    ctx: Context,
    operands: Sequence[ArrayValue],
    letters: Sequence[Sequence[str]],
    names: tuple[Sequence[str], Sequence[str]],
    extents: dict[str, Expr],
    result: ArrayValue,
) -> None:
    out, summed = names
    type, place = Scalar(result.dtype), result.place
    assert place is not None

    def outer(indices: Indices) -> None:
        acc = accumulator(ctx, Folding(type, None, lambda a, b: a), constant(0, type))

        def inner(more: Indices) -> None:
            at = dict(zip((*out, *summed), (*indices, *more)))
            term = _term(ctx, operands, letters, at, type)
            ctx.emit(Assign(acc.name, Binary("add", acc, term, type, checked=False), ctx.span))

        loops(ctx, tuple(extents[s] for s in summed), inner, "r")
        ctx.emit(Store(place.array, indices, acc, False, ctx.span))

    loops(ctx, result.shape, outer)


def _outer_sum(
    ctx: Context,
    operands: Sequence[ArrayValue],
    letters: Sequence[Sequence[str]],
    names: tuple[Sequence[str], Sequence[str]],
    extents: dict[str, Expr],
    result: ArrayValue,
) -> None:
    out, summed = names
    type, place = Scalar(result.dtype), result.place
    assert place is not None
    write(ctx, result, lambda _: constant(0, type))
    order = (*out[:-1], *summed, out[-1])

    def body(indices: Indices) -> None:
        at = dict(zip(order, indices))
        target = tuple(at[letter] for letter in out)
        total = Binary(
            "add",
            Load(place.array, target, type, False),
            _term(ctx, operands, letters, at, type),
            type,
            False,
        )
        ctx.emit(Store(place.array, target, total, False, ctx.span))

    loops(ctx, tuple(extents[letter] for letter in order), body)


# ---- NumPy's products -----------------------------------------------------------------------------------


def _matmul(ctx: Context, arguments: Arguments) -> Value:
    a, b = (as_array(ctx, value) for value in arguments.take(ctx, "x1", "x2"))
    if a.rank == 0 or b.rank == 0:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'@' takes no numbers.")
    if a.rank <= 2 and b.rank <= 2:
        left, right = ("i", "k")[2 - a.rank :], ("k", "j")[: b.rank]
        return contract(ctx, a, b, (left, right, [x for x in (*left, *right) if x != "k"]))
    return _batched(ctx, a, b)


def _batched(ctx: Context, a: ArrayValue, b: ArrayValue) -> Value:
    """Leading axes are broadcast, the last two are matrices."""
    if a.rank == 1 or b.rank == 1:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'@' of a vector and stacked matrices is not compiled.")
    batch = broadcast_shapes(ctx, [a.shape[:-2], b.shape[:-2]])
    names = tuple(f"b{n}" for n in range(len(batch)))

    def spread(array: ArrayValue) -> ArrayValue:
        if array.rank == len(batch) + 2 and all(x == y for x, y in zip(array.shape, batch)):
            return array
        stored = as_stored(ctx, array)
        rule = broadcast_element(stored, len(batch) + 2)
        return ArrayValue(array.dtype, (*batch, *array.shape[-2:]), rule, stored.place)

    left, right = ((*names, "i", "k"), (*names, "k", "j"))
    return contract(ctx, spread(a), spread(b), (left, right, (*names, "i", "j")))


def _dot(ctx: Context, arguments: Arguments) -> Value:
    a, b = arguments.take(ctx, "a", "b")
    if isinstance(a, Number) and isinstance(b, Number):
        return ctx.library(ctx, "numpy.multiply", Arguments((a, b)))
    left, right = as_array(ctx, a), as_array(ctx, b)
    if left.rank == 0 or right.rank == 0:
        note_product(ctx, left, right)
        return map_elements(ctx, (left, right), lambda x, y: typed(ctx, lambda: binary("mul", x, y)))
    if left.rank <= 2 and right.rank <= 2:
        return _matmul(ctx, Arguments((left, right)))
    first = [f"a{n}" for n in range(left.rank - 1)] + ["k"]
    second = [f"c{n}" for n in range(right.rank)]
    second[max(right.rank - 2, 0)] = "k"
    return contract(ctx, left, right, (first, second, [x for x in (*first, *second) if x != "k"]))


def _inner(ctx: Context, arguments: Arguments) -> Value:
    a, b = (as_array(ctx, value) for value in arguments.take(ctx, "a", "b"))
    first = [f"a{n}" for n in range(a.rank - 1)] + ["k"]
    second = [f"c{n}" for n in range(b.rank - 1)] + ["k"]
    return contract(ctx, a, b, (first, second, [*first[:-1], *second[:-1]]))


def _vdot(ctx: Context, arguments: Arguments) -> Value:
    a, b = (flattened(ctx, as_stored(ctx, as_array(ctx, value))) for value in arguments.take(ctx, "a", "b"))
    conjugated = map_elements(
        ctx, (a,), lambda e: Call("conjugate", (e,), e.type) if e.type.dtype.is_complex else e
    )
    rule = ArrayValue(a.dtype, a.shape, conjugated.element, a.place)
    return contract(ctx, rule, b, ("k", "k", ""))


def _outer(ctx: Context, arguments: Arguments) -> Value:
    a, b = (flattened(ctx, as_stored(ctx, as_array(ctx, value))) for value in arguments.take(ctx, "a", "b"))
    note_product(ctx, a, b)
    rule = lambda i: typed(ctx, lambda: binary("mul", a.element(i[:1]), b.element(i[1:])))  # noqa: E731
    return pulled(_product_dtype(ctx, a, b), (a.shape[0], b.shape[0]), rule)


def _product_dtype(ctx: Context, a: ArrayValue, b: ArrayValue) -> DType:
    return ufunc_result(ctx, "multiply", (a.type, b.type))[1]


def _tensordot(ctx: Context, arguments: Arguments) -> Value:
    a, b, axes = arguments.take(ctx, "a", "b", "axes")
    left, right = as_array(ctx, a), as_array(ctx, b)
    pairs = _contracted_axes(ctx, axes, left.rank)
    first = [f"a{n}" for n in range(left.rank)]
    second = [f"c{n}" for n in range(right.rank)]
    for one, other in pairs:
        second[other % right.rank] = first[one % left.rank]
    kept = [x for x in first if x not in second] + [x for x in second if x not in first]
    if not kept:
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT,
            "This 'tensordot' gives an array without dimensions, which is not compiled.",
            None,
            "Use 'vdot' or a sum of products.",
        )
    return contract(ctx, left, right, (first, second, kept))


def _contracted_axes(ctx: Context, axes: Value | None, rank: int) -> list[tuple[int, int]]:
    match axes:
        case TupleValue((one, other)):
            firsts = one.items if isinstance(one, TupleValue) else (one,)
            seconds = other.items if isinstance(other, TupleValue) else (other,)
            return [
                (known_int(ctx, f, "An axis"), known_int(ctx, s, "An axis")) for f, s in zip(firsts, seconds)
            ]
        case _:
            count = known_int(ctx, axes, "axes") if is_given(axes) else 2
            return [(rank - count + n, n) for n in range(count)]


def _einsum(ctx: Context, arguments: Arguments) -> Value:
    subscripts, *values = (arguments.first(ctx), *arguments.positional[1:])
    if (
        not isinstance(subscripts, TextValue)
        or "." in subscripts.text
        or set(arguments.keywords) - {"optimize"}
    ):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This form of einsum is not compiled.")
    inputs, arrow, out = subscripts.text.replace(" ", "").partition("->")
    letters = inputs.split(",")
    if not arrow:
        joined = "".join(letters)
        out = "".join(sorted(x for x in set(joined) if joined.count(x) == 1))
    arrays = [as_array(ctx, value) for value in values]
    result = contract_all(ctx, arrays, letters, out)
    if len(arrays) == 1 and isinstance(result, ArrayValue):
        return borrowed(ctx, arrays[0], result)
    return result


def _kron(ctx: Context, arguments: Arguments) -> Value:
    a, b = (as_stored(ctx, as_array(ctx, value)) for value in arguments.take(ctx, "a", "b"))
    if a.rank != b.rank:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'kron' of arrays of different ranks is not compiled.")
    shape = tuple(times(x, y) for x, y in zip(a.shape, b.shape))
    note_product(ctx, a, b)

    def element(i: Indices) -> Expr:
        outer = tuple(binary("floordiv", index, extent) for index, extent in zip(i, b.shape))
        inner = tuple(binary("mod", index, extent) for index, extent in zip(i, b.shape))
        return typed(ctx, lambda: binary("mul", a.element(outer), b.element(inner)))

    return pulled(_product_dtype(ctx, a, b), shape, element)


def _cross(ctx: Context, arguments: Arguments) -> Value:
    a, b = (as_stored(ctx, as_array(ctx, value)) for value in arguments.take(ctx, "a", "b"))
    if a.rank != 1 or b.rank != 1:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'cross' of more than two vectors is not compiled.")
    for array in (a, b):
        make_equal(
            ctx, array.shape[-1], integer(3), "the vectors of a cross product have not three components"
        )
    note_product(ctx, a, b)
    result = allocate(ctx, "cross", Array(_product_dtype(ctx, a, b), 1), (integer(3),))
    assert result.place is not None
    for n in range(3):
        j, k = integer((n + 1) % 3), integer((n + 2) % 3)
        left = binary("mul", a.element((j,)), b.element((k,)))
        right = binary("mul", a.element((k,)), b.element((j,)))
        value = cast(binary("sub", left, right), Scalar(result.dtype))
        ctx.emit(Store(result.place.array, (integer(n),), value, False, ctx.span))
    return result


TABLE: dict[str, Handler] = {
    "numpy.matmul": _matmul,
    "numpy.dot": _dot,
    "numpy.inner": _inner,
    "numpy.vdot": _vdot,
    "numpy.outer": _outer,
    "numpy.tensordot": _tensordot,
    "numpy.einsum": _einsum,
    "numpy.kron": _kron,
    "numpy.cross": _cross,
}
