"""NumPy's functions that stay library calls inside a kernel: linalg and sort."""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    known_int,
    last_axis,
)
from pyaot.frontend.arithmetic import cast, integer
from pyaot.frontend.arrays import allocate, materialise, pulled
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.library_tuples import named_tuple
from pyaot.frontend.numpy_shapes import transposed
from pyaot.frontend.prove import make_equal
from pyaot.frontend.reshaping import flattened
from pyaot.frontend.values import ArrayValue, NoneValue, Number, TextValue, Value
from pyaot.ir.nodes import LibraryCall, Section
from pyaot.ir.types import Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]
Option = tuple[str, str | int | float | bool | None]


def section(ctx: Context, value: ArrayValue) -> Section:
    """The operand as a section of an array; copied where it is not one."""
    place = value.place
    if place is None or place.walks is None or place.checked or not _is_unit_walk(value):
        value = materialise(ctx, value, "operand")
        place = value.place
    assert place is not None and place.walks is not None
    return Section(place.array, place.starts, tuple(walk.axes[0] for walk in place.walks), value.shape)


def _is_unit_walk(value: ArrayValue) -> bool:
    assert value.place is not None and value.place.walks is not None
    walks = value.place.walks
    axes = [axis for walk in walks for axis in walk.axes]
    return all(len(walk.axes) == 1 and walk.step == integer(1) for walk in walks) and len(set(axes)) == len(
        axes
    )


# They only compare, and NumPy's own code does it: the bits are the original's.
_EXACT = frozenset({"sort", "argsort", "lexsort", "searchsorted", "digitize"})


def library_call(
    ctx: Context,
    name: str,
    outputs: list[ArrayValue],
    inputs: list[ArrayValue],
    options: tuple[Option, ...] = (),
) -> None:
    """The library computes the outputs, which are new arrays, of the inputs."""
    if name not in _EXACT:
        ctx.rounding(name)
    sources = tuple(section(ctx, value) for value in inputs)
    ctx.emit(LibraryCall(name, tuple(section(ctx, o) for o in outputs), sources, options, ctx.span))


def floating(ctx: Context, array: ArrayValue) -> ArrayValue:
    """linalg computes in the inexact type of its operand."""
    if array.dtype.kind in "fc":
        return array
    return pulled(DType.FLOAT64, array.shape, lambda i: cast(array.element(i), Scalar(DType.FLOAT64)))


def square(ctx: Context, array: ArrayValue) -> None:
    """Matrices of as many rows as columns."""
    if array.rank < 2:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "linalg takes matrices.")
    make_equal(ctx, array.shape[-1], array.shape[-2], "a matrix is not square")


def _same_shape(name: str) -> Handler:
    """inv, cholesky: a matrix to a matrix."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        (a,) = arguments.take(ctx, "a")
        array = floating(ctx, as_array(ctx, a))
        square(ctx, array)
        result = allocate(ctx, name, Array(array.dtype, array.rank), array.shape)
        library_call(ctx, name, [result], [array])
        return result

    return handle


def _solve(ctx: Context, arguments: Arguments) -> Value:
    a, b = (floating(ctx, as_array(ctx, value)) for value in arguments.take(ctx, "a", "b"))
    square(ctx, a)
    if a.dtype is not b.dtype or b.rank not in (1, a.rank):
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, "'solve' of operands of different types or ranks is not compiled."
        )
    make_equal(ctx, b.shape[0 if b.rank == 1 else -2], a.shape[-1], "the operands of solve differ in shape")
    if b.rank == 1 and a.rank != 2:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'solve' of stacked matrices and one vector is not compiled.")
    result = allocate(ctx, "solution", Array(b.dtype, b.rank), b.shape)
    library_call(ctx, "solve", [result], [a, b])
    return result


def _det(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "a")
    array = floating(ctx, as_array(ctx, a))
    square(ctx, array)
    result = allocate(ctx, "determinant", Array(array.dtype, array.rank - 2), array.shape[:-2])
    library_call(ctx, "det", [result], [array])
    return Number(result.element(())) if result.rank == 0 else result


def _eigh(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "a")
    array = floating(ctx, as_array(ctx, a))
    square(ctx, array)
    values = allocate(ctx, "eigenvalues", Array(array.dtype.real, array.rank - 1), array.shape[:-1])
    vectors = allocate(ctx, "eigenvectors", Array(array.dtype, array.rank), array.shape)
    library_call(ctx, "eigh", [values, vectors], [array])
    return named_tuple("EighResult", (values, vectors))


def _eigvalsh(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "a")
    array = floating(ctx, as_array(ctx, a))
    square(ctx, array)
    values = allocate(ctx, "eigenvalues", Array(array.dtype.real, array.rank - 1), array.shape[:-1])
    library_call(ctx, "eigvalsh", [values], [array])
    return values


def axis_last(ctx: Context, array: ArrayValue, along: int) -> ArrayValue:
    """A view with that axis as the last one, where libraries work."""
    order = [n for n in range(array.rank) if n != along] + [along]
    return transposed(ctx, array, order)


def axis_back(ctx: Context, array: ArrayValue, along: int) -> ArrayValue:
    """A view with the last axis where that axis was."""
    order = list(range(array.rank - 1))
    order.insert(along, array.rank - 1)
    return transposed(ctx, array, order)


# ---- sorting --------------------------------------------------------------------------------------------


def _sorting(name: str) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, axis, kind = arguments.take(ctx, "a", "axis", "kind")
        array = as_array(ctx, a)
        if isinstance(axis, NoneValue):
            array, axis = flattened(ctx, array), None
        along = last_axis(ctx, axis, array.rank)
        last = axis_last(ctx, array, along)
        dtype = array.dtype if name == "sort" else DType.INT64
        result = allocate(ctx, "sorted", Array(dtype, array.rank), last.shape)
        options: tuple[Option, ...] = (("kind", kind.text),) if isinstance(kind, TextValue) else ()
        library_call(ctx, name, [result], [last], options)
        return axis_back(ctx, result, along)

    return handle


def _searchsorted(ctx: Context, arguments: Arguments) -> Value:
    a, v, side = arguments.take(ctx, "a", "v", "side")
    array, wanted = as_array(ctx, a), as_array(ctx, v)
    result = allocate(ctx, "positions", Array(DType.INT64, wanted.rank), wanted.shape)
    options: tuple[Option, ...] = (("side", side.text),) if isinstance(side, TextValue) else ()
    library_call(ctx, "searchsorted", [result], [array, wanted], options)
    return Number(result.element(())) if result.rank == 0 else result


def _matrix_power(ctx: Context, arguments: Arguments) -> Value:
    a, n = arguments.take(ctx, "a", "n")
    count = known_int(ctx, n, "The power")
    if count < 1:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Only positive powers of matrices are compiled.")
    result: Value = as_array(ctx, a)
    for _ in range(count - 1):
        result = ctx.library(ctx, "numpy.matmul", Arguments((result, as_array(ctx, a))))
    return result


TABLE: dict[str, Handler] = {
    "numpy.linalg.inv": _same_shape("inv"),
    "numpy.linalg.cholesky": _same_shape("cholesky"),
    "numpy.linalg.solve": _solve,
    "numpy.linalg.det": _det,
    "numpy.linalg.eigh": _eigh,
    "numpy.linalg.eigvalsh": _eigvalsh,
    "numpy.linalg.matrix_power": _matrix_power,
    "numpy.sort": _sorting("sort"),
    "numpy.argsort": _sorting("argsort"),
    "numpy.searchsorted": _searchsorted,
}
