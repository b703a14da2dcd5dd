"""NumPy's functions that stay library calls inside a kernel: linalg, fft, sort."""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, axes_argument, is_given, known_int, number
from pyaot.frontend.arithmetic import as_integer, binary, cast, compare, integer, minus, plus
from pyaot.frontend.arrays import allocate, materialise, pulled
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.numpy_shapes import flattened, transposed
from pyaot.frontend.prove import make_equal
from pyaot.frontend.values import ArrayValue, Indices, NoneValue, Number, TextValue, TupleValue, Value
from pyaot.ir.nodes import Expr, LibraryCall, Section, Select
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


def _call(
    ctx: Context,
    name: str,
    outputs: list[ArrayValue],
    inputs: list[ArrayValue],
    options: tuple[Option, ...] = (),
) -> None:
    ctx.rounding(name)
    sources = tuple(section(ctx, value) for value in inputs)
    ctx.emit(LibraryCall(name, tuple(section(ctx, o) for o in outputs), sources, options, ctx.span))


def _floating(ctx: Context, array: ArrayValue) -> ArrayValue:
    """linalg computes in the inexact type of its operand."""
    if array.dtype.kind in "fc":
        return array
    return pulled(DType.FLOAT64, array.shape, lambda i: cast(array.element(i), Scalar(DType.FLOAT64)))


def _square(ctx: Context, array: ArrayValue) -> None:
    if array.rank < 2:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "linalg takes matrices.")
    make_equal(ctx, array.shape[-1], array.shape[-2], "a matrix is not square")


def _same_shape(name: str) -> Handler:
    """inv, cholesky: a matrix to a matrix."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        (a,) = arguments.take(ctx, "a")
        array = _floating(ctx, as_array(ctx, a))
        _square(ctx, array)
        result = allocate(ctx, name, Array(array.dtype, array.rank), array.shape)
        _call(ctx, name, [result], [array])
        return result

    return handle


def _solve(ctx: Context, arguments: Arguments) -> Value:
    a, b = (_floating(ctx, as_array(ctx, value)) for value in arguments.take(ctx, "a", "b"))
    _square(ctx, a)
    if a.dtype is not b.dtype or b.rank not in (1, a.rank):
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, "'solve' of operands of different types or ranks is not compiled."
        )
    make_equal(ctx, b.shape[0 if b.rank == 1 else -2], a.shape[-1], "the operands of solve differ in shape")
    if b.rank == 1 and a.rank != 2:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'solve' of stacked matrices and one vector is not compiled.")
    result = allocate(ctx, "solution", Array(b.dtype, b.rank), b.shape)
    _call(ctx, "solve", [result], [a, b])
    return result


def _det(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "a")
    array = _floating(ctx, as_array(ctx, a))
    _square(ctx, array)
    result = allocate(ctx, "determinant", Array(array.dtype, array.rank - 2), array.shape[:-2])
    _call(ctx, "det", [result], [array])
    return Number(result.element(())) if result.rank == 0 else result


def _eigh(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "a")
    array = _floating(ctx, as_array(ctx, a))
    _square(ctx, array)
    values = allocate(ctx, "eigenvalues", Array(array.dtype.real, array.rank - 1), array.shape[:-1])
    vectors = allocate(ctx, "eigenvectors", Array(array.dtype, array.rank), array.shape)
    _call(ctx, "eigh", [values, vectors], [array])
    return TupleValue((values, vectors), class_name="EighResult")


def _eigvalsh(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "a")
    array = _floating(ctx, as_array(ctx, a))
    _square(ctx, array)
    values = allocate(ctx, "eigenvalues", Array(array.dtype.real, array.rank - 1), array.shape[:-1])
    _call(ctx, "eigvalsh", [values], [array])
    return values


# ---- Fourier transforms ---------------------------------------------------------------------------------


def _complex_of(dtype: DType) -> DType:
    return DType.COMPLEX64 if dtype in (DType.FLOAT32, DType.COMPLEX64) else DType.COMPLEX128


def _fft(name: str) -> Handler:
    """fft, ifft, rfft along one axis, padded or cut to n."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, n, axis, norm = arguments.take(ctx, "a", "n", "axis", "norm")
        array = as_array(ctx, a)
        if name == "rfft" and array.dtype.is_complex:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'rfft' takes real numbers.")
        along = axes_argument(ctx, axis, array.rank)[0] if is_given(axis) else array.rank - 1
        length = as_integer(number(ctx, n).expr) if is_given(n) else array.shape[along]
        options: tuple[Option, ...] = (("norm", norm.text),) if isinstance(norm, TextValue) else ()
        last = _axis_last(ctx, array, along)
        if is_given(n):
            last = _fitted(ctx, last, length)
        ctx.check(compare("ge", length, integer(1)), "a transform of no points")
        points = length if name != "rfft" else plus(binary("floordiv", length, integer(2)), integer(1))
        result = allocate(
            ctx, "spectrum", Array(_complex_of(array.dtype), array.rank), (*last.shape[:-1], points)
        )
        _call(ctx, name, [result], [last], options)
        return _axis_back(ctx, result, along)

    return handle


def _fitted(ctx: Context, array: ArrayValue, length: Expr) -> ArrayValue:
    """The last axis padded with zeros or cut to `length`."""
    own = array.shape[-1]
    zero = cast(integer(0), Scalar(array.dtype))

    def element(i: Indices) -> Expr:
        return Select(compare("lt", i[-1], own), array.element(i), zero, Scalar(array.dtype))

    return pulled(array.dtype, (*array.shape[:-1], length), element)


def _axis_last(ctx: Context, array: ArrayValue, along: int) -> ArrayValue:
    order = [n for n in range(array.rank) if n != along] + [along]
    return transposed(ctx, array, order)


def _axis_back(ctx: Context, array: ArrayValue, along: int) -> ArrayValue:
    order = list(range(array.rank - 1))
    order.insert(along, array.rank - 1)
    return transposed(ctx, array, order)


def _fftshift(is_inverse: bool) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        x, axes = arguments.take(ctx, "x", "axes")
        array = as_array(ctx, x)
        result = array
        for along in axes_argument(ctx, axes, array.rank):
            half = binary("floordiv", array.shape[along], integer(2))
            shift = minus(integer(0), half) if is_inverse else half
            shifted = ctx.library(
                ctx, "numpy.roll", Arguments((result, Number(shift), Number(integer(along))))
            )
            assert isinstance(shifted, ArrayValue)
            result = shifted
        return result

    return handle


# ---- sorting --------------------------------------------------------------------------------------------


def _sorting(name: str) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, axis, kind = arguments.take(ctx, "a", "axis", "kind")
        array = as_array(ctx, a)
        if isinstance(axis, NoneValue):
            array, axis = flattened(ctx, array), None
        along = axes_argument(ctx, axis, array.rank)[0] if is_given(axis) else array.rank - 1
        last = _axis_last(ctx, array, along)
        dtype = array.dtype if name == "sort" else DType.INT64
        result = allocate(ctx, "sorted", Array(dtype, array.rank), last.shape)
        options: tuple[Option, ...] = (("kind", kind.text),) if isinstance(kind, TextValue) else ()
        _call(ctx, name, [result], [last], options)
        return _axis_back(ctx, result, along)

    return handle


def _searchsorted(ctx: Context, arguments: Arguments) -> Value:
    a, v, side = arguments.take(ctx, "a", "v", "side")
    array, wanted = as_array(ctx, a), as_array(ctx, v)
    result = allocate(ctx, "positions", Array(DType.INT64, wanted.rank), wanted.shape)
    options: tuple[Option, ...] = (("side", side.text),) if isinstance(side, TextValue) else ()
    _call(ctx, "searchsorted", [result], [array, wanted], options)
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
    "numpy.fft.fft": _fft("fft"),
    "numpy.fft.ifft": _fft("ifft"),
    "numpy.fft.rfft": _fft("rfft"),
    "numpy.fft.fftshift": _fftshift(is_inverse=False),
    "numpy.fft.ifftshift": _fftshift(is_inverse=True),
    "numpy.sort": _sorting("sort"),
    "numpy.argsort": _sorting("argsort"),
    "numpy.searchsorted": _searchsorted,
}
