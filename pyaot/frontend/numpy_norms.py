"""np.linalg.norm: of vectors by any order, of matrices those that need no decomposition.

np.linalg.norm(v, 1)            for i: acc = acc + |v[i]|
np.linalg.norm(A, np.inf)       sums[i] = the sum of |A[i, :]|, then their maximum
"""

import math
from collections.abc import Callable, Mapping

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, axes_argument, is_given, known_bool
from pyaot.frontend.arithmetic import call, cast, compare, integer
from pyaot.frontend.arrays import map_elements
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.numpy_reductions import accumulator_type, mean_type, squared_distance
from pyaot.frontend.reductions import Folding, constant, reduce_array
from pyaot.frontend.values import ArrayValue, Number, TextValue, TupleValue, Value
from pyaot.ir.nodes import Binary, Const, Expr
from pyaot.ir.types import PY_BOOL, PY_FLOAT, Scalar

Handler = Callable[[Context, Arguments], Value]
Axes = tuple[int, ...]

_FROBENIUS = ("fro", "f")


def _norm(ctx: Context, arguments: Arguments) -> Value:
    x, order, axis, keepdims = arguments.take(ctx, "x", "ord", "axis", "keepdims")
    array = as_array(ctx, x)
    axes = axes_argument(ctx, axis, array.rank)
    keep = known_bool(ctx, keepdims, False, "keepdims")
    floats = _as_floats(array)
    kind = _order(ctx, order)
    if kind is None or (kind in _FROBENIUS and len(axes) == 2) or (kind == 2 and len(axes) == 1):
        return _root_of_squares(ctx, floats, axes, keep)
    if len(axes) == 1 and not isinstance(kind, str):
        return _of_vectors(ctx, floats, axes, keep, kind)
    if len(axes) == 2 and kind in (1, -1, math.inf, -math.inf):
        return _of_matrices(ctx, floats, axes, keep, float(kind))
    raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"The norm of order {kind} over {len(axes)} axes is not compiled.")


def _order(ctx: Context, order: Value | None) -> float | str | None:
    """The order as a constant."""
    match order:
        case TextValue(text):
            return text
        case Number(Const(int() | float() as value)) if not isinstance(value, bool):
            return value
        case _ if not is_given(order):
            return None
    raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The order of a norm must be a constant in compiled code.")


def _as_floats(array: ArrayValue) -> ArrayValue:
    type = Scalar(mean_type(array.dtype))
    return ArrayValue(type.dtype, array.shape, lambda i: cast(array.element(i), type))


def _root_of_squares(ctx: Context, array: ArrayValue, axes: Axes, keep: bool) -> Value:
    ctx.rounding("the order of a sum")
    zero = constant(0, Scalar(array.dtype))
    squares = map_elements(ctx, (array,), lambda e: squared_distance(e, zero))
    type = accumulator_type(squares.dtype)
    root = lambda acc: cast(call("sqrt", acc), Scalar(squares.dtype))  # noqa: E731
    return reduce_array(ctx, squares, axes, keep, Folding(type, constant(0, type), _adding(type), root))


def _adding(type: Scalar) -> Callable[[Expr, Expr], Expr]:
    return lambda acc, element: Binary("add", acc, element, type, checked=False)


def _of_vectors(ctx: Context, array: ArrayValue, axes: Axes, keep: bool, order: float) -> Value:
    options = _options(axes, keep)
    if order == 0:
        type, real = Scalar(array.dtype), Scalar(array.dtype.real)
        ones = map_elements(ctx, (array,), lambda e: cast(compare("ne", e, constant(0, type)), real))
        return ctx.library(ctx, "numpy.sum", Arguments((ones,), options))
    sizes = ctx.library(ctx, "numpy.absolute", Arguments((array,)))
    if abs(order) == math.inf:
        return _extreme(ctx, sizes, options, order > 0)
    if order == 1:
        return ctx.library(ctx, "numpy.sum", Arguments((sizes,), options))
    if order < 0:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"The norm of order {order} is not compiled.")
    powers = ctx.library(ctx, "numpy.power", Arguments((sizes, _constant(order))))
    total = ctx.library(ctx, "numpy.sum", Arguments((powers,), options))
    return ctx.library(ctx, "numpy.power", Arguments((total, _constant(1 / order))))


def _of_matrices(ctx: Context, array: ArrayValue, axes: Axes, keep: bool, order: float) -> Value:
    """The extreme sum of the sizes in a column (1), or in a row (infinity)."""
    sizes = ctx.library(ctx, "numpy.absolute", Arguments((array,)))
    along = axes[0] if abs(order) == 1 else axes[1]
    sums = ctx.library(ctx, "numpy.sum", Arguments((sizes,), _options((along,), True)))
    return _extreme(ctx, sums, _options(axes, keep), order > 0)


def _extreme(ctx: Context, sizes: Value, options: Mapping[str, Value], is_greatest: bool) -> Value:
    """The greatest of no sizes is 0; NumPy has no least one of none."""
    if is_greatest:
        return ctx.library(ctx, "numpy.max", Arguments((sizes,), {**options, "initial": _constant(0)}))
    return ctx.library(ctx, "numpy.min", Arguments((sizes,), options))


def _options(axes: Axes, keep: bool) -> dict[str, Value]:
    return {
        "axis": TupleValue(tuple(Number(integer(axis)) for axis in axes)),
        "keepdims": Number(Const(keep, PY_BOOL)),
    }


def _constant(value: float) -> Number:
    return Number(integer(value) if isinstance(value, int) else Const(float(value), PY_FLOAT))


TABLE: dict[str, Handler] = {"numpy.linalg.norm": _norm}
