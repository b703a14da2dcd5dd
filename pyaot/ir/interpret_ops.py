"""What the operations on scalars mean: Python's rules and NumPy's, side by side.

A value of NumPy origin is a NumPy scalar of its dtype, so float32 rounds and int8 wraps by itself; one of
Python origin is a Python number. Where the origin depends on the path Python's rules hold, because they are
the ones that fail: an operation on which the two would differ fails, and else they agree.
"""

import cmath
import math
import operator
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from pyaot.ir.functions import PURE
from pyaot.ir.nodes import Binary, Call, Cast, Compare, Unary
from pyaot.ir.types import DType, Scalar

Number: TypeAlias = bool | int | float | complex
Value: TypeAlias = Number | np.generic


class Failure(Exception):  # noqa: N818  an outcome, no error
    """The attempt fails; the text says why."""


class InternalError(AssertionError):
    """The IR claims what is not so: an unchecked operation leaves its range, a name is read unset."""


_INT64 = range(-(2**63), 2**63)

_RAISES = (ZeroDivisionError, OverflowError, ValueError)

_NUMPY_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.true_divide,
    "floordiv": np.floor_divide,
    "mod": np.remainder,
    "pow": np.power,
    "bitand": np.bitwise_and,
    "bitor": np.bitwise_or,
    "bitxor": np.bitwise_xor,
    "shl": np.left_shift,
    "shr": np.right_shift,
    "minimum": np.minimum,
    "maximum": np.maximum,
}

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def as_type(value: Value, type: Scalar) -> Value:
    """The same number as Python or NumPy holds it; its dtype is known to be that of the type."""
    if type.is_python:
        return python_number(value)
    return value if isinstance(value, np.generic) else _numpy_number(value, type.dtype)


def python_number(value: Value) -> Number:
    """A NumPy scalar as Python's number; exact."""
    number: Number = value.item() if isinstance(value, np.generic) else value
    return number


def _numpy_number(value: Value, dtype: DType) -> np.generic:
    number: np.generic = np.dtype(dtype.value).type(value)
    return number


# ---- Unary, Cast, Compare ---------------------------------------------------------------------------------


def unary(node: Unary, value: Value) -> Value:
    """neg, invert, not."""
    operand = as_type(value, node.type)
    if node.op == "not":
        return as_type(not operand, node.type)
    if not node.type.is_python:
        result: np.generic = (np.negative if node.op == "neg" else np.invert)(operand)
        return result
    number: Any = python_number(operand)
    return _within_int64(-number if node.op == "neg" else ~number, checked=True)


def cast(node: Cast, value: Value) -> Value:
    """As `astype`; but Python's int of what does not fit int64 fails."""
    source, target = node.operand.type.dtype, node.type.dtype
    if target is DType.INT64 and node.type.is_python:
        return _python_int(python_number(value))
    if source is target:
        return as_type(value, node.type)
    number = _numpy_number(value, source)
    if source.is_complex and target.kind in "iuf":
        number = number.real  # what astype takes, which warns of it
    return as_type(number.astype(target.value), node.type)


def _python_int(number: Number) -> Number:
    try:
        return _within_int64(int(number.real), checked=True)
    except _RAISES as error:
        raise Failure(f"int(): {error}") from error


def compare(node: Compare, left: Value, right: Value) -> Value:
    """A comparison of the exact values; false with a NaN (`ne` true)."""
    result = _COMPARE[node.op](python_number(left), python_number(right))
    return as_type(bool(result), node.type)


# ---- Binary -----------------------------------------------------------------------------------------------


def binary(node: Binary, left: Value, right: Value) -> Value:
    """An arithmetic operation by the rules of the node's origin."""
    a, b = as_type(left, node.type), as_type(right, node.type)
    if node.type.is_python:
        return _python_binary(node, python_number(a), python_number(b))
    if node.type.dtype.is_integer:
        _refuse_integer(node.op, b)
    if node.op == "pow":  # of elements: a scalar exponent of 0.5 would be a square root
        power: np.generic = np.power(np.array([a]), np.array([b]))[0]
        return power
    if node.op == "mul" and node.type.dtype.is_complex:  # np.multiply rounds once less where the CPU can
        product: np.generic = operator.mul(a, b)
        return product
    result: np.generic = _NUMPY_BINARY[node.op](a, b)
    return result


def _refuse_integer(op: str, right: Any) -> None:
    if op in ("floordiv", "mod") and right == 0:
        raise Failure("an integer was divided by zero")
    if op == "pow" and right < 0:
        raise Failure("an integer was raised to a negative power")


def _python_binary(node: Binary, a: Any, b: Any) -> Value:
    try:
        result = _PYTHON_BINARY[node.op](a, b)
    except _RAISES as error:
        raise Failure(str(error)) from error
    if isinstance(result, complex) and not node.type.dtype.is_complex:
        raise Failure("a negative number to a fractional power is complex")
    return _within_int64(result, node.checked)


def _within_int64(number: Number, checked: bool) -> Number:
    if isinstance(number, int) and number not in _INT64:
        if checked:
            raise Failure("an int left the range of int64")
        raise InternalError(f"unchecked arithmetic gave {number}, which is not an int64")
    return number


def _power(a: Any, b: Any) -> Any:
    """Python's power, without computing what cannot fit."""
    if isinstance(a, int) and isinstance(b, int):
        if b < 0:
            raise ValueError("a negative power of an int is a float")
        if b > 64 and abs(a) > 1:
            raise OverflowError("an int left the range of int64")
    return a**b


def _shift_left(a: int, b: int) -> int:
    if b > 64 and a != 0:
        raise OverflowError("an int left the range of int64")
    return a << min(b, 64)


def _minimum(a: Any, b: Any) -> Any:
    return a if a != a or (b == b and a <= b) else b


def _maximum(a: Any, b: Any) -> Any:
    return a if a != a or (b == b and a >= b) else b


_PYTHON_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": _power,
    "bitand": operator.and_,
    "bitor": operator.or_,
    "bitxor": operator.xor,
    "shl": _shift_left,
    "shr": operator.rshift,
    "minimum": _minimum,
    "maximum": _maximum,
}

# ---- Call -------------------------------------------------------------------------------------------------


def call(node: Call, args: list[Value]) -> Value:
    """A pure function by the rules of the node's origin."""
    if node.type.is_python:
        return _python_call(node, [python_number(arg) for arg in args])
    values = [_numpy_number(arg, expr.type.dtype) for arg, expr in zip(args, node.args, strict=True)]
    if node.function == "complex":
        return _numpy_number(
            complex(*(float(python_number(value).real) for value in values)), node.type.dtype
        )
    return _numpy_number(getattr(np, node.function)(*values), node.type.dtype)


def _python_call(node: Call, args: list[Any]) -> Value:
    function = _python_function(node.function, isinstance(args[0], complex))
    try:
        return _within_int64(function(*args), checked=True)
    except _RAISES as error:
        raise Failure(f"{node.function}: {error}") from error


# Python's counterparts that are not functions of math under their own name. floor, ceil, trunc and rint
# give a float here, and so never fail: the Cast to int after them does.
_PYTHON: dict[str, Callable[..., Any]] = {
    "absolute": abs,
    "real": operator.attrgetter("real"),
    "imag": operator.attrgetter("imag"),
    "conjugate": operator.methodcaller("conjugate"),
    "complex": complex,
    "bitwise_count": int.bit_count,
    "floor": lambda x: float(np.floor(x)),
    "ceil": lambda x: float(np.ceil(x)),
    "trunc": lambda x: float(np.trunc(x)),
    "rint": lambda x: float(np.rint(x)),
}


def _python_function(name: str, of_complex: bool) -> Callable[..., Any]:
    from_math: Callable[..., Any] = _PYTHON.get(name) or getattr(
        cmath if of_complex else math, PURE[name].python
    )
    return from_math
