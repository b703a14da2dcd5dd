"""Fourier transforms: calls of the library along one axis or all; frequencies and shifts as rules."""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    axes_argument,
    is_given,
    known_int,
    last_axis,
    number,
)
from pyaot.frontend.arithmetic import as_integer, binary, cast, compare, integer, minus, plus, times
from pyaot.frontend.arrays import allocate, pulled
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context
from pyaot.frontend.numpy_library import Option, axis_back, axis_last, library_call
from pyaot.frontend.operators import scalar_binary
from pyaot.frontend.values import ArrayValue, Indices, Number, TextValue, Value
from pyaot.ir.nodes import Const, Expr, Select
from pyaot.ir.types import PY_FLOAT, PY_INT, Array, DType, Scalar

Handler = Callable[[Context, Arguments], Value]


def _complex_of(dtype: DType) -> DType:
    return DType.COMPLEX64 if dtype in (DType.FLOAT32, DType.COMPLEX64) else DType.COMPLEX128


def _fft(name: str) -> Handler:
    """fft, ifft, rfft along one axis, padded or cut to n."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, n, axis, norm = arguments.take(ctx, "a", "n", "axis", "norm")
        array = as_array(ctx, a)
        if name == "rfft" and array.dtype.is_complex:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'rfft' takes real numbers.")
        along = last_axis(ctx, axis, array.rank)
        length = as_integer(number(ctx, n).expr) if is_given(n) else array.shape[along]
        options: tuple[Option, ...] = (("norm", norm.text),) if isinstance(norm, TextValue) else ()
        last = axis_last(ctx, array, along)
        if is_given(n):
            last = _fitted(ctx, last, length)
        ctx.check(compare("ge", length, integer(1)), "a transform of no points")
        points = length if name != "rfft" else plus(binary("floordiv", length, integer(2)), integer(1))
        result = allocate(
            ctx, "spectrum", Array(_complex_of(array.dtype), array.rank), (*last.shape[:-1], points)
        )
        library_call(ctx, name, [result], [last], options)
        return axis_back(ctx, result, along)

    return handle


def _fitted(ctx: Context, array: ArrayValue, length: Expr) -> ArrayValue:
    """The last axis padded with zeros or cut to `length`."""
    own = array.shape[-1]
    zero = cast(integer(0), Scalar(array.dtype))

    def element(i: Indices) -> Expr:
        return Select(compare("lt", i[-1], own), array.element(i), zero, Scalar(array.dtype))

    return pulled(array.dtype, (*array.shape[:-1], length), element)


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


def _many(name: str, last_two: bool) -> Handler:
    """fft2 over the last two axes, fftn over all."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, norm = arguments.take(ctx, "a", "norm")
        if len(arguments.positional) > 1:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"The shape and the axes of '{name}' are not compiled.")
        array = as_array(ctx, a)
        if array.rank < 1 + last_two:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'{name}' of so few dimensions is not compiled.")
        for extent in array.shape[-2:] if last_two else array.shape:
            ctx.check(compare("ge", extent, integer(1)), "a transform of no points")
        result = allocate(ctx, "spectrum", Array(_complex_of(array.dtype), array.rank), array.shape)
        library_call(ctx, name, [result], [array], _norm_option(norm))
        return result

    return handle


def _norm_option(norm: Value | None) -> tuple[Option, ...]:
    return (("norm", norm.text),) if isinstance(norm, TextValue) else ()


def _to_real(name: str) -> Handler:
    """irfft, hfft: a half spectrum of m points to 2 * (m - 1) real numbers, or to n."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        a, n, axis, norm = arguments.take(ctx, "a", "n", "axis", "norm")
        array = as_array(ctx, a)
        along = last_axis(ctx, axis, array.rank)
        last = axis_last(ctx, array, along)
        options = _norm_option(norm)
        length = times(integer(2), minus(last.shape[-1], integer(1)))
        if is_given(n):
            length = integer(known_int(ctx, n, "The number of points"))
            options = (*options, ("n", int(length.value.real)))
        ctx.check(compare("ge", length, integer(1)), "a transform of no points")
        real = _complex_of(array.dtype).real
        result = allocate(ctx, "signal", Array(real, array.rank), (*last.shape[:-1], length))
        library_call(ctx, name, [result], [last], options)
        return axis_back(ctx, result, along)

    return handle


def _frequencies(is_half: bool) -> Handler:
    """fftfreq, rfftfreq: whole numbers times 1 / (n * d)."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        n, d = arguments.take(ctx, "n", "d")
        count = number(ctx, n)
        if not count.type.dtype.is_integer:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The number of points must be an integer.")
        points = ctx.temporary("points", as_integer(count.expr))
        ctx.check(compare("ge", points, integer(1)), "a transform of no points")
        spacing = number(ctx, d).expr if is_given(d) else Const(1.0, PY_FLOAT)
        span = scalar_binary(ctx, "mul", count.expr, spacing)
        step = ctx.temporary("step", scalar_binary(ctx, "truediv", Const(1.0, PY_FLOAT), span))
        if step.type.dtype is not DType.FLOAT64:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A spacing of this type is not compiled.")
        half = plus(
            binary("floordiv", points if is_half else minus(points, integer(1)), integer(2)), integer(1)
        )
        double = Scalar(DType.FLOAT64)

        def element(i: Indices) -> Expr:
            own = i[0] if is_half else Select(compare("lt", i[0], half), i[0], minus(i[0], points), PY_INT)
            return binary("mul", cast(own, double), cast(step, double))

        return pulled(DType.FLOAT64, (half if is_half else points,), element)

    return handle


TABLE: dict[str, Handler] = {
    "numpy.fft.fft": _fft("fft"),
    "numpy.fft.ifft": _fft("ifft"),
    "numpy.fft.rfft": _fft("rfft"),
    "numpy.fft.irfft": _to_real("irfft"),
    "numpy.fft.hfft": _to_real("hfft"),
    "numpy.fft.fft2": _many("fft2", last_two=True),
    "numpy.fft.ifft2": _many("ifft2", last_two=True),
    "numpy.fft.fftn": _many("fftn", last_two=False),
    "numpy.fft.ifftn": _many("ifftn", last_two=False),
    "numpy.fft.fftfreq": _frequencies(is_half=False),
    "numpy.fft.rfftfreq": _frequencies(is_half=True),
    "numpy.fft.fftshift": _fftshift(is_inverse=False),
    "numpy.fft.ifftshift": _fftshift(is_inverse=True),
}
