"""What guards ask that takes more than a line. A guard is generated text in the compiled module."""

from collections.abc import Callable
from types import FunctionType, MemberDescriptorType
from typing import Any, NamedTuple

import numpy
from numpy import may_share_memory, shares_memory
from numpy.exceptions import TooHardError

# Steps that an exact search for a common element may take before two arrays count as overlapping.
_MOST_WORK = 10_000

_MISSING = object()


class _Pair(NamedTuple):
    first: None


# What reads attributes, and among these slots and the items of named tuples: no one's code.
_PLAIN_READS: tuple[object, ...] = (object.__getattribute__, tuple.__getattribute__)
_STORED = (MemberDescriptorType, type(vars(_Pair)["first"]))
_plain_fields: dict[tuple[type, tuple[str, ...]], bool] = {}
_taken_fields: dict[tuple[type, tuple[str, ...]], bool] = {}


def overlap(a: Any, b: Any) -> bool:
    """Whether two arrays may have an element in common; bounds decide where they are enough."""
    if not may_share_memory(a, b):
        return False
    if a.flags.c_contiguous and b.flags.c_contiguous:
        return True
    try:
        return bool(shares_memory(a, b, max_work=_MOST_WORK))  # type: ignore[arg-type]
    except TooHardError:
        return True


def has_fields(owner: Any, *names: str) -> bool:
    """Whether reading these attributes gives what is stored in the object, and runs nobody's code."""
    key = (type(owner), names)
    plain = _plain_fields.get(key)
    if plain is None:
        plain = _plain_fields[key] = all(_is_stored(type(owner), name) for name in names)
    if not plain:
        return False
    stored = getattr(owner, "__dict__", {})
    return all(name in stored or hasattr(owner, name) for name in names)


def takes_fields(owner: Any, *names: str) -> bool:
    """Whether setting these attributes, which are stored in the object, runs nobody's code and succeeds."""
    key = (type(owner), names)
    taken = _taken_fields.get(key)
    if taken is None:
        taken = _taken_fields[key] = all(_is_taken(type(owner), name) for name in names)
    return taken


def _is_taken(kind: type, name: str) -> bool:
    sets: object = kind.__setattr__
    found = _in_class(kind, name)
    if sets is not object.__setattr__:
        return False
    return type(found) is MemberDescriptorType or (
        kind.__dictoffset__ != 0 and not hasattr(type(found), "__set__")
    )


def _in_class(kind: type, name: str) -> object:
    for base in kind.__mro__:
        if name in base.__dict__:
            return base.__dict__[name]
    return _MISSING


def _is_stored(kind: type, name: str) -> bool:
    reads: object = kind.__getattribute__
    if reads not in _PLAIN_READS or hasattr(kind, "__getattr__"):
        return False
    found = _in_class(kind, name)
    return found is _MISSING or type(found) in _STORED or not hasattr(type(found), "__get__")


def is_tuple(value: Any, length: int) -> bool:
    """Whether it is a plain tuple of that length."""
    return type(value) is tuple and len(value) == length


def is_view(value: Any, expected: Callable[[], Any]) -> bool:
    """Whether an array is the view that `expected` makes: the same elements in the same order."""
    if type(value) is not numpy.ndarray:
        return False
    try:
        other = expected()
    except (IndexError, ValueError):
        return False
    same = value.shape == other.shape and value.strides == other.strides and value.dtype == other.dtype
    return bool(same and value.flags.num == other.flags.num and value.ctypes.data == other.ctypes.data)


def is_def(value: Any, qualified_name: str, module: str) -> bool:
    """Whether it is the function, compiled or not, or the class that the module's own text defines so."""
    if type(value) is not FunctionType and type(value) is not type:
        return False
    return bool(value.__qualname__ == qualified_name and value.__module__ == module)


def calls(owner: Any, method: str, module: str) -> bool:
    """Whether `owner.step()`, or its property `step`, runs `Class.step` of the module's own text, now."""
    value = called(owner, method.rpartition(".")[2])
    return type(value) is FunctionType and is_def(value, method, module)


def called(owner: Any, name: str) -> Any:
    """The function that `owner.step()`, or its property `step`, runs; None where that is not certain."""
    kind = type(owner)
    reads: object = kind.__getattribute__
    if reads not in _PLAIN_READS or name in getattr(owner, "__dict__", ()):
        return None
    value: Any = _in_class(kind, name)
    if type(value) is staticmethod:
        return value.__func__
    return value.fget if type(value) is property else value


def named(path: str) -> Any:
    """The object of that dotted name: `numpy`, `math.sqrt`. None where there is none."""
    module, *attributes = path.split(".")
    value: Any = __import__(module)
    for attribute in attributes:
        value = getattr(value, attribute, None)
    return value


def dtype_of(name: str) -> numpy.dtype[Any]:
    """The dtype of that name in the machine's byte order."""
    return numpy.dtype(name)
