"""What a parameter was in all calls, joined to alternatives.

1, 2.0, None                        float, int, None
zeros((2, 5)), zeros(3)             float64 of 1 dimension, float64 of 2
[1.0], [1, 2]                       a list of (float, int)
(1, 2.0), (3, 4.0)                  a tuple of (int), (float)
(1, 2), (3,)                        a tuple of any number of (int)
"""

from collections.abc import Iterable
from typing import TypeAlias, assert_never

from msgspec import Struct

from pyaot.annotate.terms import (
    ArrayTerm,
    ListTerm,
    ObjectTerm,
    PlainTerm,
    StrangeTerm,
    Term,
    TupleTerm,
)
from pyaot.frontend.hint_dtypes import PREFERENCE


class ArrayKind(Struct, frozen=True):
    """Arrays of an element type and a number of dimensions."""

    dtype: str
    rank: int


class ListKind(Struct, frozen=True):
    """Lists of such items; no alternatives where all were empty."""

    items: "Alternatives"


class TupleKind(Struct, frozen=True):
    """Tuples of such items, or of any number of the one item where `is_homogeneous`."""

    items: tuple["Alternatives", ...]
    is_homogeneous: bool = False


Kind: TypeAlias = PlainTerm | ArrayKind | ListKind | TupleKind | ObjectTerm | StrangeTerm
Alternatives: TypeAlias = tuple[Kind, ...]

# A longer tuple of like items may have any length: points have three numbers, but scenes have some objects.
LONGEST_TUPLE, LONGEST_OF_OBJECTS = 8, 2

_DTYPES = [dtype.value for dtype in PREFERENCE]
_PYTHON = ("float", "int", "complex", "bool", "str")


def join(terms: Iterable[Term]) -> Alternatives:
    """The alternatives in a fixed order: arrays, numbers, lists, tuples, objects, None."""
    every = list(terms)
    kinds: list[Kind] = [ArrayKind(t.dtype, len(t.shape)) for t in every if isinstance(t, ArrayTerm)]
    kinds += [t for t in every if isinstance(t, (PlainTerm, ObjectTerm, StrangeTerm))]
    lists = [t for t in every if isinstance(t, ListTerm)]
    tuples = [t for t in every if isinstance(t, TupleTerm)]
    if lists:
        kinds.append(ListKind(join(item for term in lists for item in term.items)))
    if tuples:
        kinds.append(_tuple_kind(tuples))
    return tuple(sorted(dict.fromkeys(kinds), key=_place))


def _tuple_kind(tuples: list[TupleTerm]) -> TupleKind:
    lengths = {len(term.items) for term in tuples}
    every = join(item for term in tuples for item in term.items)
    has_objects = all(isinstance(kind, ObjectTerm) for kind in every)
    longest = LONGEST_OF_OBJECTS if has_objects else LONGEST_TUPLE
    if len(lengths) > 1 or (max(lengths) > longest and len(every) == 1):
        return TupleKind((every,), is_homogeneous=True)
    return TupleKind(tuple(join(items) for items in zip(*(term.items for term in tuples))))


def _place(kind: Kind) -> tuple[int, int, int, str]:
    match kind:
        case ArrayKind(dtype, rank):
            return (0, _DTYPES.index(dtype), rank, "")
        case PlainTerm("None"):
            return (6, 0, 0, "")
        case PlainTerm(name):
            python = name in _PYTHON
            return (1, _PYTHON.index(name), 0, "") if python else (2, _numpy_place(name), 0, "")
        case ListKind():
            return (3, 0, 0, "")
        case TupleKind():
            return (4, 0, 0, "")
        case ObjectTerm(module, name):
            return (5, 0, 0, f"{module}.{name}")
        case StrangeTerm(what):
            return (7, 0, 0, what)
        case _:
            assert_never(kind)


def _numpy_place(name: str) -> int:
    return _DTYPES.index(name.removeprefix("numpy."))
