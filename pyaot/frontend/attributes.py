"""Attributes of values: shapes and parts of arrays, members of modules."""

from collections.abc import Callable

import libcst as cst
from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import cast, integer, times
from pyaot.frontend.arrays import borrowed, map_elements
from pyaot.frontend.computed import computed
from pyaot.frontend.context import Context
from pyaot.frontend.field_calls import call_own, own_method
from pyaot.frontend.numpy_shapes import transposed
from pyaot.frontend.objects import member_of_tuple
from pyaot.frontend.own_calls import is_property
from pyaot.frontend.symbols import member
from pyaot.frontend.values import (
    ArrayValue,
    DigitsValue,
    DTypeValue,
    ListValue,
    MethodValue,
    Number,
    RecordValue,
    Shown,
    SymbolValue,
    TupleValue,
    Value,
)
from pyaot.ir.nodes import Call, Const, Expr
from pyaot.ir.types import DType, Origin, Scalar

_ARRAY: dict[str, Callable[[Context, ArrayValue], Value]] = {
    "shape": lambda ctx, a: TupleValue(tuple(Number(e) for e in a.shape)),
    "ndim": lambda ctx, a: Number(integer(a.rank)),
    "size": lambda ctx, a: Number(size_of(a)),
    "dtype": lambda ctx, a: DTypeValue(a.dtype),
    "T": lambda ctx, a: transposed(ctx, a, tuple(reversed(range(a.rank)))),
    "mT": lambda ctx, a: transposed(ctx, a, (*range(a.rank - 2), a.rank - 1, a.rank - 2)),
    "real": lambda ctx, a: part_of(ctx, a, "real"),
    "imag": lambda ctx, a: part_of(ctx, a, "imag"),
    "itemsize": lambda ctx, a: Number(integer(a.dtype.bits // 8)),
    "nbytes": lambda ctx, a: Number(times(size_of(a), integer(a.dtype.bits // 8))),
}
# Attributes that are made of all elements.
_OF_ALL = frozenset({"T", "mT", "real", "imag"})
_NUMBER: dict[str, Callable[[Expr], Value]] = {
    "real": lambda e: Number(real_part(e)),
    "imag": lambda e: Number(imaginary_part(e)),
    "dtype": lambda e: DTypeValue(e.type.dtype),
    "shape": lambda e: TupleValue(()),
    "ndim": lambda e: Number(integer(0)),
    "size": lambda e: Number(integer(1)),
}


def attribute_of(ctx: Context, value: Value, name: str, node: cst.CSTNode) -> Value:
    """`value.name`; a method of an array or number is a value that is called next."""
    match value:
        case SymbolValue(path):
            return member(ctx, f"{path}.{name}", node)
        case ArrayValue(boxed=False) if name in _ARRAY:
            whole = value if name in _OF_ALL else computed(ctx, value)
            assert isinstance(whole, ArrayValue)
            return _ARRAY[name](ctx, whole)
        case Number(expr) if name in ("real", "imag"):
            return _NUMBER[name](expr)
        case Number(expr) if name in _NUMBER and expr.type.origin is Origin.NUMPY:
            return _NUMBER[name](expr)
        case RecordValue(fields=fields) if name in fields:
            return fields[name]
        case TupleValue() if (found := member_of_tuple(value, name)) is not None:
            return found
        case RecordValue() | TupleValue() if (info := own_method(ctx, value, name)) is not None:
            return (
                call_own(ctx, value, name, ((), {}), node) if is_property(info) else MethodValue(value, name)
            )
        case ArrayValue() | Number() | TupleValue() | ListValue() | DigitsValue():
            return MethodValue(value, name)
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, f"The attribute '{name}' of this value is not compiled.", node)


def part_of(ctx: Context, array: ArrayValue, name: str) -> ArrayValue:
    """`a.real`, `a.imag`: views; that of a complex array only as long as nothing is written."""
    if name == "real" and not array.dtype.is_complex:
        return array
    found = map_elements(ctx, (array,), real_part if name == "real" else imaginary_part)
    is_view = array.dtype.is_complex and array.is_view
    shown = Shown(array.place, name) if array.place is not None and is_view else None
    return replace(borrowed(ctx, array, found), shown=shown)


def size_of(array: ArrayValue) -> Expr:
    """The number of elements."""
    result: Expr = integer(1)
    for extent in array.shape:
        result = times(result, extent)
    return result


def real_part(expr: Expr) -> Expr:
    """The real part of a scalar."""
    if not expr.type.dtype.is_complex:
        return expr
    return Call("real", (expr,), Scalar(expr.type.dtype.real, expr.type.origin))


def imaginary_part(expr: Expr) -> Expr:
    """The imaginary part of a scalar; zero of its own type where it is real."""
    if not expr.type.dtype.is_complex:
        return Const(0.0, expr.type) if expr.type.dtype is DType.FLOAT64 else cast(integer(0), expr.type)
    return Call("imag", (expr,), Scalar(expr.type.dtype.real, expr.type.origin))
