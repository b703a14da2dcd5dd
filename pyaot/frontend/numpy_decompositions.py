"""Decompositions of matrices: calls of the library with several results, of known types and shapes.

u, s, vh = np.linalg.svd(A)     (m, m), (min(m, n),), (n, n), of one library call
"""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, is_given, known_bool
from pyaot.frontend.arithmetic import least
from pyaot.frontend.arrays import allocate
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.library_tuples import named_tuple
from pyaot.frontend.numpy_library import floating, library_call, square
from pyaot.frontend.prove import make_equal
from pyaot.frontend.values import ArrayValue, Indices, Number, SymbolValue, TextValue, TupleValue, Value
from pyaot.ir.types import Array, DType

Handler = Callable[[Context, Arguments], Value]


def _matrices(ctx: Context, value: Value | None) -> ArrayValue:
    array = floating(ctx, as_array(ctx, value))
    if array.rank < 2:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "linalg takes matrices.")
    return array


def _new(ctx: Context, name: str, dtype: DType, shape: Indices) -> ArrayValue:
    return allocate(ctx, name, Array(dtype, len(shape)), shape)


def _of(array: ArrayValue) -> Value:
    return Number(array.element(())) if array.rank == 0 else array


def _svd(ctx: Context, arguments: Arguments) -> Value:
    a, full, vectors = arguments.take(ctx, "a", "full_matrices", "compute_uv")
    array = _matrices(ctx, a)
    *stack, rows, columns = array.shape
    fewer = least(rows, columns)
    values = _new(ctx, "singular", array.dtype.real, (*stack, fewer))
    if not known_bool(ctx, vectors, True, "compute_uv"):
        library_call(ctx, "svdvals", [values], [array])
        return values
    is_full = known_bool(ctx, full, True, "full_matrices")
    left = _new(ctx, "left", array.dtype, (*stack, rows, rows if is_full else fewer))
    right = _new(ctx, "right", array.dtype, (*stack, columns if is_full else fewer, columns))
    library_call(ctx, "svd", [left, values, right], [array], (("full_matrices", is_full),))
    return named_tuple("SVDResult", (left, values, right))


def _singular_values(ctx: Context, arguments: Arguments) -> Value:
    (x,) = arguments.take(ctx, "x")
    array = _matrices(ctx, x)
    values = _new(ctx, "singular", array.dtype.real, (*array.shape[:-2], least(*array.shape[-2:])))
    library_call(ctx, "svdvals", [values], [array])
    return values


def _qr(ctx: Context, arguments: Arguments) -> Value:
    a, mode = arguments.take(ctx, "a", "mode")
    array = _matrices(ctx, a)
    kind = mode.text if isinstance(mode, TextValue) else "reduced"
    if kind not in ("reduced", "complete", "r"):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"The mode '{kind}' of 'qr' is not compiled.")
    *stack, rows, columns = array.shape
    inner = rows if kind == "complete" else least(rows, columns)
    upper = _new(ctx, "upper", array.dtype, (*stack, inner, columns))
    if kind == "r":
        library_call(ctx, "qr", [upper], [array], (("mode", kind),))
        return upper
    basis = _new(ctx, "basis", array.dtype, (*stack, rows, inner))
    library_call(ctx, "qr", [basis, upper], [array], (("mode", kind),))
    return named_tuple("QRResult", (basis, upper))


def _eigen(name: str) -> Handler:
    """eig, eigvals of complex matrices; whether those of real ones are complex, is found in the data."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        (a,) = arguments.take(ctx, "a")
        array = _matrices(ctx, a)
        square(ctx, array)
        if not array.dtype.is_complex:
            message = f"'{name}' of a real matrix stays Python: its values say whether the result is complex."
            hint = "Use eigh or eigvalsh of a symmetric matrix, or pass a complex one."
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, message, None, hint)
        values = _new(ctx, "eigenvalues", array.dtype, array.shape[:-1])
        if name == "eigvals":
            library_call(ctx, name, [values], [array])
            return values
        vectors = _new(ctx, "eigenvectors", array.dtype, array.shape)
        library_call(ctx, name, [values, vectors], [array])
        return named_tuple("EigResult", (values, vectors))

    return handle


def _lstsq(ctx: Context, arguments: Arguments) -> Value:
    """The solution; of the other three results the number of elements, or the type, is found in the data."""
    a, b, rcond = arguments.take(ctx, "a", "b", "rcond")
    left, right = (floating(ctx, as_array(ctx, value)) for value in (a, b))
    if left.rank != 2 or right.rank not in (1, 2) or left.dtype is not right.dtype or is_given(rcond):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This form of 'lstsq' is not compiled.")
    make_equal(ctx, left.shape[0], right.shape[0], "the operands of lstsq differ in shape")
    solution = _new(ctx, "solution", left.dtype, (left.shape[1], *right.shape[1:]))
    library_call(ctx, "lstsq", [solution], [left, right], (("rcond", None),))
    others = (SymbolValue(f"numpy.linalg.lstsq.{name}") for name in ("residuals", "rank", "singular values"))
    return TupleValue((solution, *others))


def _pinv(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "a")
    array = _matrices(ctx, a)
    *stack, rows, columns = array.shape
    result = _new(ctx, "inverse", array.dtype, (*stack, columns, rows))
    library_call(ctx, "pinv", [result], [array])
    return result


def _slogdet(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "a")
    array = _matrices(ctx, a)
    square(ctx, array)
    stack = array.shape[:-2]
    sign, logarithm = _new(ctx, "sign", array.dtype, stack), _new(ctx, "logarithm", array.dtype.real, stack)
    library_call(ctx, "slogdet", [sign, logarithm], [array])
    return named_tuple("SlogdetResult", (_of(sign), _of(logarithm)))


def _matrix_rank(ctx: Context, arguments: Arguments) -> Value:
    (a,) = arguments.take(ctx, "A")
    array = _matrices(ctx, a)
    result = _new(ctx, "rank", DType.INT64, array.shape[:-2])
    library_call(ctx, "matrix_rank", [result], [array])
    return _of(result)


TABLE: dict[str, Handler] = {
    "numpy.linalg.svd": _svd,
    "numpy.linalg.svdvals": _singular_values,
    "numpy.linalg.qr": _qr,
    "numpy.linalg.eig": _eigen("eig"),
    "numpy.linalg.eigvals": _eigen("eigvals"),
    "numpy.linalg.lstsq": _lstsq,
    "numpy.linalg.pinv": _pinv,
    "numpy.linalg.slogdet": _slogdet,
    "numpy.linalg.matrix_rank": _matrix_rank,
}
