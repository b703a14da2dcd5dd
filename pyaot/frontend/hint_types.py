"""What type hints say, as data.

int                                       ScalarHint(PY_INT)
NDArray[np.float32]                       ArrayHint(FLOAT32)                        rank open
Float64[np.ndarray, "m 3"]                ArrayHint(FLOAT64, 2, (NamedDim("m"), FixedDim(3)))
np.ndarray                                ArrayHint()                               dtype and rank open
float | None                              UnionHint((ScalarHint(PY_FLOAT), NoneHint()))
T, where T = TypeVar("T", int, float)     TypeVarHint("T", (ScalarHint(PY_INT), ScalarHint(PY_FLOAT)))
"""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from pyaot.ir.types import DType, Scalar

# ---- dimensions of arrays -------------------------------------------------------------------------------


class NamedDim(Struct, frozen=True):
    """`n`: the same extent wherever the name stands in one signature."""

    name: str


class FixedDim(Struct, frozen=True):
    """`3`: this extent."""

    size: int


class AnyDim(Struct, frozen=True):
    """`_`, or one that may broadcast (`#n`): any extent."""


class ExpressionDim(Struct, frozen=True):
    """`n+1`: Python arithmetic over the names of other dimensions."""

    text: str


class VariadicDim(Struct, frozen=True):
    """`...` (no name) or `*batch`: any number of dimensions."""

    name: str | None = None


DimHint: TypeAlias = NamedDim | FixedDim | AnyDim | ExpressionDim | VariadicDim

# ---- hints ----------------------------------------------------------------------------------------------


class ScalarHint(Struct, frozen=True):
    """A Python or NumPy number."""

    type: Scalar


class ArrayHint(Struct, frozen=True):
    """An ndarray. None: the hint leaves it open. With a VariadicDim in `dims` the rank is open, too."""

    dtype: DType | None = None
    rank: int | None = None
    dims: tuple[DimHint, ...] | None = None


class ListHint(Struct, frozen=True):
    """A list of items of one type; None: the hint leaves it open."""

    item: "Hint | None" = None


class TupleHint(Struct, frozen=True):
    """A tuple of these items, or of any number of the one item where `is_homogeneous`."""

    items: tuple["Hint", ...]
    is_homogeneous: bool = False


class NoneHint(Struct, frozen=True):
    """None."""


class LiteralHint(Struct, frozen=True):
    """One of these values: texts, ints, bools."""

    values: tuple[str | int | bool | bytes, ...]


class ClassHint(Struct, frozen=True):
    """An object of a class of the same file, by its qualified name."""

    name: str


class TextHint(Struct, frozen=True):
    """A str whose value is not known."""


class UnionHint(Struct, frozen=True):
    """One of several types, in order of preference."""

    alternatives: tuple["Hint", ...]


class TypeVarHint(Struct, frozen=True):
    """One of several types; the same choice wherever the variable stands in one signature."""

    name: str
    alternatives: tuple["Hint", ...]


class UnknownHint(Struct, frozen=True):
    """A hint that says nothing a kernel can use, or (`is_contradiction`) that cannot be true."""

    text: str
    reason: str  # completes a message: "'str' is not a number or an array of numbers"
    is_contradiction: bool = False


ConcreteHint: TypeAlias = ScalarHint | ArrayHint | ListHint | TupleHint | NoneHint | LiteralHint | ClassHint
Hint: TypeAlias = ConcreteHint | TextHint | UnionHint | TypeVarHint | UnknownHint


def join(alternatives: tuple[Hint, ...]) -> Hint:
    """The union of hints: nested unions become one, equal alternatives stand once, a single one is itself."""
    flat: dict[Hint, None] = {}
    for hint in alternatives:
        flat |= dict.fromkeys(hint.alternatives if isinstance(hint, UnionHint) else (hint,))
    return next(iter(flat)) if len(flat) == 1 else UnionHint(tuple(flat))


def each(hint: Hint, change: Callable[[Hint], Hint]) -> Hint:
    """`change` for a hint, or for every alternative of a union or a type variable."""
    match hint:
        case UnionHint(alternatives):
            return join(tuple(each(a, change) for a in alternatives))
        case TypeVarHint(name, alternatives):
            return TypeVarHint(name, tuple(each(a, change) for a in alternatives))
        case _:
            return change(hint)
