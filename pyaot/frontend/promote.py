"""Result types: Python's rules for Python numbers, NumPy's own answer (NEP 50) where NumPy takes part.

int + float -> float      np.float32 + 2.5 -> np.float32      np.int8 / np.int8 -> not ours (float16)
"""

from functools import cache
from itertools import product

import numpy as np

from pyaot.ir.types import DType, Origin, Scalar

PYTHON_TYPES: dict[str, type] = {"b": bool, "i": int, "f": float, "c": complex}
_RANK = "bifc"
_DTYPES = {d.value: d for d in DType}


class NoType(Exception):  # noqa: N818  an outcome, no error
    """The operation has no result type of ours."""


@cache
def from_numpy(dtype: np.dtype) -> DType:
    """Our dtype of NumPy's; NoType where there is none (float16, longdouble, object, strings)."""
    found = _DTYPES.get(dtype.name)
    if found is None or not dtype.isnative:
        raise NoType(f"element type {dtype.name} is not compiled")
    return found


def python_type(kind: str) -> Scalar:
    """The Python number type of a kind letter."""
    return Scalar(
        {"b": DType.BOOL, "i": DType.INT64, "f": DType.FLOAT64, "c": DType.COMPLEX128}[kind], Origin.PYTHON
    )


def wider_python(left: Scalar, right: Scalar, least: str = "b") -> Scalar:
    """The Python type that holds both, at least of kind `least`."""
    kinds = (left.dtype.kind, right.dtype.kind, least)
    return python_type(max(kinds, key=_RANK.index))


@cache
def ufunc_types(name: str, operands: tuple[Scalar, ...]) -> tuple[tuple[DType, ...], DType]:
    """The dtypes to which the ufunc casts its operands, and its result dtype; Python operands are weak."""
    found = _resolved(name, operands)
    if any(o.is_undecided for o in operands):
        weak = product(*(_as_python(o) if o.is_undecided else (o,) for o in operands))
        if any(_resolved(name, types) != found for types in weak):
            raise NoType("the type depends on the path: a number of Python's on one, of NumPy's on another")
    return found


def _as_python(operand: Scalar) -> tuple[Scalar, ...]:
    """What Python's number of that variable can be: one that holds floats may hold an int."""
    kind = _letter(operand)
    if operand.origin is Origin.ALIKE:
        return (python_type(kind),)
    return tuple(python_type(k) for k in {"b": "b", "i": "i", "f": "if", "c": "ifc"}[kind])


def _resolved(name: str, operands: tuple[Scalar, ...]) -> tuple[tuple[DType, ...], DType]:
    ufunc = getattr(np, name)
    given = tuple(_weak(o) for o in operands)
    if all(o.origin is Origin.PYTHON for o in operands):
        given = tuple(np.dtype(o.dtype.value) for o in operands)
    try:
        found = ufunc.resolve_dtypes((*given, *(None,) * ufunc.nout))
    except (TypeError, np.exceptions.DTypePromotionError) as error:
        raise NoType(f"np.{name} does not take {', '.join(o.dtype.value for o in operands)}") from error
    return tuple(from_numpy(d) for d in found[: len(operands)]), from_numpy(found[len(operands)])


def _weak(scalar: Scalar) -> object:
    if scalar.origin is Origin.PYTHON and scalar.dtype is not DType.BOOL:
        return PYTHON_TYPES[scalar.dtype.kind]
    return np.dtype(scalar.dtype.value)


def join(left: Scalar, right: Scalar) -> Scalar | None:
    """The type of a variable that holds one or the other by path, None where no type does."""
    if left == right:
        return left
    origin = left.origin if left.origin is right.origin else _either(left, right)
    if left.dtype is right.dtype:
        return Scalar(left.dtype, origin)
    if Origin.NUMPY not in (left.origin, right.origin):
        mixed = "b" in (left.dtype.kind, right.dtype.kind)
        narrow = any(o.dtype is not python_type(_letter(o)).dtype for o in (left, right))  # a np.float32
        return None if mixed or narrow else Scalar(wider_python(left, right).dtype, Origin.EITHER)
    if left.origin is not Origin.PYTHON and right.origin is not Origin.PYTHON:
        return None
    strong, weak = (right, left) if left.origin is Origin.PYTHON else (left, right)
    if "b" in (strong.dtype.kind, weak.dtype.kind) or _RANK.index(_letter(strong)) < _RANK.index(
        _letter(weak)
    ):
        return None
    return Scalar(strong.dtype, _either(strong, weak))


def _either(left: Scalar, right: Scalar) -> Origin:
    is_alike = _letter(left) == _letter(right) and Origin.EITHER not in (left.origin, right.origin)
    return Origin.ALIKE if is_alike else Origin.EITHER


def _letter(scalar: Scalar) -> str:
    return scalar.dtype.kind.replace("u", "i")
