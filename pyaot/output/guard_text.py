"""The conditions of a guard as readable Python.

    def _pyaot_guard(a, k):
        if type(k) is not int:
            return "'k' is not exactly int"
        if type(a) is not _pyaot.ndarray or a.dtype != _pyaot.float64 or a.ndim != 1:
            return "'a' is not a plain float64 array of 1 dimension"
        if not (k <= a.shape[0]):
            return 'k is beyond the end of a'
        return None

A guard gives None where the compiled versions are right, else the reason why not.
"""

from collections.abc import Iterator, Mapping
from typing import assert_never

from pyaot.backends.python_text import Names, expression_text, numpy_name
from pyaot.ir.types import Array, DType, Origin, Scalar
from pyaot.output.runtime_names import DTYPES, Wording
from pyaot.plan.guards import (
    LARGEST_INT,
    AreApart,
    Condition,
    Holds,
    IsArray,
    IsContiguous,
    IsList,
    IsScalar,
    IsSmall,
    IsWriteable,
)

_PYTHON_TYPES = {
    DType.BOOL: "bool",
    DType.INT64: "int",
    DType.FLOAT64: "float",
    DType.COMPLEX128: "complex",
}


def guard_lines(
    conditions: tuple[Condition, ...], shown: Mapping[str, str], names: Names, wording: Wording
) -> Iterator[str]:
    """The body of a guard; `shown` is how the user would call each parameter (`self.gain`)."""
    for condition in conditions:
        yield f"if {false_text(condition, names, wording)}:"
        yield f"    return {reason_text(condition, shown)!r}"
    yield "return None"


def false_text(condition: Condition, names: Names, wording: Wording) -> str:
    """Python text that is true where the condition does not hold."""
    match condition:
        case IsScalar():
            return _is_not_scalar(names.value(condition.param), condition.type, wording)
        case IsSmall():
            return f"not -{LARGEST_INT} <= {names.value(condition.param)} <= {LARGEST_INT}"
        case IsList():
            return f"{names.value(condition.param)} is None"
        case IsArray():
            name, type = names.value(condition.param), condition.type
            kind = f"{wording.builtin('type')}({name}) is not {wording.runtime('ndarray')}"
            dtype = f"{name}.dtype != {wording.runtime(DTYPES[type.dtype])}"
            return f"{kind} or {dtype} or {name}.ndim != {type.rank}"
        case IsContiguous():
            return f"{names.value(condition.param)}.flags.num & {_plain(wording)} != {_plain(wording)}"
        case IsWriteable():
            return f"not {names.value(condition.param)}.flags.writeable"
        case Holds():
            return f"not ({expression_text(condition.condition, names)})"
        case AreApart():
            overlap = wording.runtime("lists_overlap" if condition.are_lists else "overlap")
            return f"{overlap}({names.value(condition.written)}, {names.value(condition.other)})"
        case _:
            assert_never(condition)


def _plain(wording: Wording) -> str:
    return wording.runtime("PLAIN")


def reason_text(condition: Condition, shown: Mapping[str, str]) -> str:
    """Why the versions do not apply where the condition does not hold."""
    match condition:
        case IsScalar():
            return f"'{shown[condition.param]}' is not exactly {scalar_words(condition.type)}"
        case IsSmall():
            return f"'{shown[condition.param]}' is beyond 2**31"
        case IsList():
            return f"'{shown[condition.param]}' is not exactly {type_words(condition.type)}"
        case IsArray():
            return f"'{shown[condition.param]}' is not {type_words(condition.type)}"
        case IsContiguous():
            return f"'{shown[condition.param]}' is not contiguous, and a copy would not do"
        case IsWriteable():
            return f"'{shown[condition.param]}' is read-only"
        case Holds():
            return condition.reason
        case AreApart():
            return f"'{shown[condition.written]}', which is written, overlaps '{shown[condition.other]}'"
        case _:
            assert_never(condition)


def scalar_words(type: Scalar) -> str:
    """The type of a number, in words: 'a float', 'a np.float32'."""
    if type.is_undecided and type.dtype in _PYTHON_TYPES:
        return f"{_PYTHON_TYPES[type.dtype]} or np.{numpy_name(type.dtype)}"
    if type.is_python and type.dtype in _PYTHON_TYPES:
        return f"{_PYTHON_TYPES[type.dtype]}"
    return f"np.{numpy_name(type.dtype)}"


def type_words(type: Array) -> str:
    """The type of an array, in words."""
    if type.boxed:
        inner = _PYTHON_TYPES.get(type.dtype, type.dtype.value)
        return "list[" * type.rank + inner + "]" * type.rank
    return f"a plain {type.dtype.value} array of {type.rank} dimension{'' if type.rank == 1 else 's'}"


def _is_not_scalar(name: str, type: Scalar, wording: Wording) -> str:
    kinds = []
    if type.is_python and type.dtype in _PYTHON_TYPES:
        kinds.append(wording.builtin(_PYTHON_TYPES[type.dtype]))
    if type.origin is not Origin.PYTHON:
        kinds.append(f"{wording.runtime('numpy')}.{numpy_name(type.dtype)}")
    return " and ".join(f"{wording.builtin('type')}({name}) is not {kind}" for kind in kinds)
