"""Default values beside hints: they give types of their own, and may contradict a hint.

n=8                     ScalarHint(PY_INT)
x: float = 0            float first, then int
x: NDArray[T] = None    the array first, then None
x: int = "a"            a contradiction
"""

import numpy as np

from pyaot.frontend.hint_types import (
    Hint,
    ListHint,
    LiteralHint,
    NoneHint,
    ScalarHint,
    TextHint,
    TupleHint,
    TypeVarHint,
    UnionHint,
    UnknownHint,
    each,
    join,
)
from pyaot.frontend.scope_constants import Constant
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, DType, Scalar

_TOWER = "biufc"


def hint_of_value(value: Constant) -> Hint:
    """The type of a default value, for a parameter without a hint."""
    match value:
        case None:
            return NoneHint()
        case str():
            return LiteralHint((value,))
        case tuple():
            return TupleHint(tuple(hint_of_value(item) for item in value))
        case _:
            return ScalarHint(_scalar_of(value))


def with_default(hint: Hint, value: Constant) -> Hint:
    """The hint, widened by its parameter's default value; LookupError where the value contradicts it."""
    own = hint_of_value(value)
    if isinstance(value, str):
        hint = each(hint, lambda h: own if isinstance(h, TextHint) else h)
    if not any(_allows(alternative, value) for alternative in _flat(hint)):
        raise LookupError(f"{value!r} is not of that type")
    return hint if any(_is_exactly(h, own) for h in _flat(hint)) else join((hint, own))


def _flat(hint: Hint) -> tuple[Hint, ...]:
    if isinstance(hint, (UnionHint, TypeVarHint)):
        return tuple(leaf for alternative in hint.alternatives for leaf in _flat(alternative))
    return (hint,)


def _allows(hint: Hint, value: Constant) -> bool:
    """A default of that value is no contradiction: `x: float = 0` and `x: T = None` are usual."""
    match hint:
        case UnknownHint():
            return True
        case LiteralHint(values):
            return value is None or value in values
        case ScalarHint(type):
            own = hint_of_value(value)
            rank = _TOWER.index(own.type.dtype.kind) if isinstance(own, ScalarHint) else 0
            return value is None or (isinstance(own, ScalarHint) and rank <= _TOWER.index(type.dtype.kind))
        case TupleHint() | ListHint():
            return value is None or isinstance(value, tuple)
        case _:
            return value is None


def _is_exactly(hint: Hint, own: Hint) -> bool:
    if isinstance(hint, LiteralHint) and isinstance(own, LiteralHint):
        return set(own.values) <= set(hint.values)
    return hint == own or (isinstance(hint, TupleHint) and isinstance(own, TupleHint))


def _scalar_of(value: bool | int | float | complex | np.generic) -> Scalar:
    match value:
        case np.generic():
            return Scalar(DType(value.dtype.name))
        case bool():
            return PY_BOOL
        case int():
            return PY_INT
        case float():
            return PY_FLOAT
        case complex():
            return PY_COMPLEX
