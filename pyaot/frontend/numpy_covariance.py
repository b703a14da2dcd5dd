"""cov and corrcoef of the rows (or columns) of a matrix, as NumPy computes them.

C = np.cov(A)        X = A - A.mean(axis=1);  C = X @ X.T;  C *= 1 / (n - 1)
"""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, is_given, known_bool, known_int
from pyaot.frontend.arithmetic import cast, compare, integer, minus
from pyaot.frontend.arrays import map_elements, materialise, pulled
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.numpy_reductions import mean_of
from pyaot.frontend.numpy_shapes import transposed
from pyaot.frontend.prove import assume
from pyaot.frontend.values import ArrayValue, Value
from pyaot.ir.nodes import Binary, Call, Const, Expr
from pyaot.ir.types import DType, Scalar

Handler = Callable[[Context, Arguments], Value]
_DOUBLE = Scalar(DType.FLOAT64)


def _cov(ctx: Context, arguments: Arguments) -> Value:
    m, *refused, rowvar, bias, ddof = arguments.take(
        ctx, "m", "y", "fweights", "aweights", "dtype", "rowvar", "bias", "ddof"
    )
    return _covariance(ctx, m, refused, (rowvar, bias, ddof))


def _by_position(names: tuple[str, ...], handler: Handler) -> Handler:
    """The call with its positional arguments named, in the order of NumPy's parameters."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        if len(arguments.positional) > len(names):
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "So many arguments are not compiled.")
        named = dict(zip(names, arguments.positional))
        return handler(ctx, Arguments((), {**named, **arguments.keywords}))

    return handle


def _covariance(
    ctx: Context,
    m: Value | None,
    refused: list[Value | None],
    choices: tuple[Value | None, Value | None, Value | None],
) -> ArrayValue:
    if any(is_given(value) for value in refused):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Only 'rowvar', 'bias' and 'ddof' of 'cov' are compiled.")
    rowvar, bias, ddof = choices
    array = as_array(ctx, m)
    if array.rank != 2:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'cov' takes a matrix in compiled code.")
    if not known_bool(ctx, rowvar, True, "rowvar"):
        array = transposed(ctx, array, (1, 0))
    biased = known_bool(ctx, bias, False, "bias")
    freedom = known_int(ctx, ddof, "ddof") if is_given(ddof) else int(not biased)
    variables, observations = array.shape
    if not assume(ctx, integer(2), variables, "the covariance of one variable is no matrix"):
        ctx.check(compare("ge", variables, integer(2)), "the covariance of one variable is no matrix")
    count = minus(observations, integer(freedom))
    if not assume(ctx, integer(1), count, "there are too few observations for a covariance"):
        ctx.check(compare("ge", count, integer(1)), "there are too few observations for a covariance")
    return _of_rows(ctx, array, count)


def _of_rows(ctx: Context, array: ArrayValue, count: Expr) -> ArrayValue:
    """X @ X.T / count of the rows, from which their means are taken."""
    type = Scalar(DType.COMPLEX128 if array.dtype.is_complex else DType.FLOAT64)
    doubles = pulled(type.dtype, array.shape, lambda i: cast(array.element(i), type))
    mean = mean_of(ctx, doubles, (1,), keepdims=True)
    assert isinstance(mean, ArrayValue)
    centred = map_elements(ctx, (doubles, mean), lambda a, b: Binary("sub", a, b, type, checked=False))
    rows = materialise(ctx, centred, "centred")
    columns = transposed(ctx, rows, (1, 0))
    if type.dtype.is_complex:
        columns = map_elements(ctx, (columns,), lambda a: Call("conjugate", (a,), type))
    product = ctx.library(ctx, "numpy.dot", Arguments((rows, columns)))
    assert isinstance(product, ArrayValue)
    one = Const(1.0, _DOUBLE)
    factor = ctx.temporary("factor", Binary("truediv", one, cast(count, _DOUBLE), _DOUBLE, checked=False))
    scaled = map_elements(
        ctx, (product,), lambda a: Binary("mul", a, cast(factor, type), type, checked=False)
    )
    return materialise(ctx, scaled, "covariance")


def _corrcoef(ctx: Context, arguments: Arguments) -> Value:
    x, *refused, rowvar = arguments.take(ctx, "x", "y", "dtype", "rowvar")
    found = _covariance(ctx, x, refused, (rowvar, None, None))
    if found.dtype.is_complex:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'corrcoef' of complex numbers is not compiled.")
    roots = pulled(
        found.dtype, found.shape[:1], lambda i: Call("sqrt", (found.element((i[0], i[0])),), _DOUBLE)
    )
    deviations = materialise(ctx, roots, "deviations")

    def element(i: tuple[Expr, ...]) -> Expr:
        result = found.element(i)
        for index in i:
            result = Binary("truediv", result, deviations.element((index,)), _DOUBLE, checked=False)
        least = Binary("maximum", result, Const(-1.0, _DOUBLE), _DOUBLE, checked=False)
        return Binary("minimum", least, Const(1.0, _DOUBLE), _DOUBLE, checked=False)

    return pulled(found.dtype, found.shape, element)


TABLE: dict[str, Handler] = {
    "numpy.cov": _by_position(("m", "y", "rowvar", "bias", "ddof", "fweights", "aweights"), _cov),
    "numpy.corrcoef": _by_position(("x", "y", "rowvar"), _corrcoef),
}
