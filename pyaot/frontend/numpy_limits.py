"""Limits of number types: np.finfo(np.float64).eps and np.iinfo(a.dtype).max are constants."""

from collections.abc import Callable

import numpy as np

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import Arguments, dtype_of
from pyaot.frontend.arithmetic import integer
from pyaot.frontend.context import Context
from pyaot.frontend.values import DTypeValue, Number, RecordValue, Value
from pyaot.ir.nodes import Const
from pyaot.ir.types import DType, Scalar

Handler = Callable[[Context, Arguments], Value]
_FLOATS = ("eps", "epsneg", "max", "min", "tiny", "smallest_normal", "smallest_subnormal", "resolution")
_INTS = ("bits", "precision", "nmant", "nexp", "machep", "negep", "minexp", "maxexp", "iexp")


def _dtype(ctx: Context, value: Value | None) -> DType:
    """The dtype that is named."""
    if value is None:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The limits of no type are not compiled.")
    return dtype_of(ctx, value)


def _finfo(ctx: Context, arguments: Arguments) -> Value:
    (given,) = arguments.take(ctx, "dtype")
    dtype = _dtype(ctx, given)
    if dtype.kind not in "fc":
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'finfo' of {dtype.value} raises an exception.")
    info = np.finfo(dtype.value)
    fields: dict[str, Value] = {n: Number(integer(int(getattr(info, n)))) for n in _INTS if hasattr(info, n)}
    type = Scalar(dtype.real)
    fields |= {name: Number(Const(float(getattr(info, name)), type)) for name in _FLOATS}
    return RecordValue("finfo", {**fields, "dtype": DTypeValue(dtype.real)})


def _iinfo(ctx: Context, arguments: Arguments) -> Value:
    """The greatest uint64 is no int64, so it is left out."""
    (given,) = arguments.take(ctx, "type")
    dtype = _dtype(ctx, given)
    if not dtype.is_integer:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'iinfo' of {dtype.value} raises an exception.")
    info = np.iinfo(dtype.value)
    values = {"min": int(info.min), "max": int(info.max), "bits": int(info.bits)}
    fields: dict[str, Value] = {name: Number(integer(v)) for name, v in values.items() if v < 2**63}
    return RecordValue("iinfo", {**fields, "dtype": DTypeValue(dtype)})


TABLE: dict[str, Handler] = {"numpy.finfo": _finfo, "numpy.iinfo": _iinfo}
