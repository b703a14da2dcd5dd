"""What a Python expression is while it is being lowered.

An array value is a shape and a function from indices to a scalar expression, so `a[1:] + 2 * b` is one such
function and becomes one loop. A value with a Place is a view: it can be stored into.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from pyaot.ir.nodes import Expr, Maker
from pyaot.ir.types import DType, Origin, Scalar

if TYPE_CHECKING:
    import libcst as cst

Indices: TypeAlias = tuple[Expr, ...]
Element: TypeAlias = Callable[[Indices], Expr]


class Number(Struct, frozen=True):
    """A scalar. A Const expression is a value known now."""

    expr: Expr

    @property
    def type(self) -> Scalar:
        """The type of the expression."""
        return self.expr.type


class Walk(Struct, frozen=True):
    """How one dimension of a view moves in its base: `step` elements along each of `axes`."""

    axes: tuple[int, ...]
    step: Expr


class Place(Struct, frozen=True):
    """Where a view lies: base[subscripts(indices)]; `starts` and `walks` describe it where it is affine."""

    array: str
    subscripts: Callable[[Indices], Indices]
    checked: bool = False
    starts: Indices = ()
    walks: tuple[Walk, ...] | None = None
    whole: bool = False  # all of the base, axes in order
    linear: bool = False  # all of the base under another shape, in C order
    gathered: bool = False  # chosen by index arrays: a place for stores, but a copy when it is read


class Shown(Struct, frozen=True):
    """What NumPy's result is a view of, where ours is a copy: for results, which the caller may look at."""

    place: Place
    part: str = ""  # 'real' or 'imag' of complex numbers


class ArrayValue(Struct, frozen=True):
    """An array that may never exist: `element(indices)` is the scalar expression of one element."""

    dtype: DType
    shape: Indices
    element: Element
    place: Place | None = None
    boxed: bool = False  # a list of numbers
    items: Origin = Origin.PYTHON  # of a list: whose numbers it holds
    grows: str = ""  # a list that grows: all of the one that `growing.py` knows by this name
    borrowed: str = ""  # an array whose memory NumPy's result may share though this value does not
    read_only: bool = False  # what NumPy gives as a view that cannot be written
    shown: Shown | None = None  # of what is borrowed: how it lies in the array

    @property
    def type(self) -> Scalar:
        """The type of an element."""
        return Scalar(self.dtype, self.items if self.boxed else Origin.NUMPY)

    @property
    def is_view(self) -> bool:
        """Whether NumPy would give a view of memory that has a name, not new elements."""
        return self.place is not None and not self.place.gathered

    @property
    def rank(self) -> int:
        """The number of dimensions."""
        return len(self.shape)


class TupleValue(Struct, frozen=True):
    """A tuple, or a list of unlike things, whose items are known one by one."""

    items: tuple["Value", ...]
    is_list: bool = False
    maker: Maker | None = None  # of a named tuple
    grows: str = ""  # an empty list whose first element tells its type


class TuplePattern(Struct, frozen=True):
    """How a tuple is made of the parts of a list's item, which are numbered from left to right."""

    items: tuple["Pattern", ...]
    maker: Maker | None = None  # of a named tuple


Pattern: TypeAlias = int | TuplePattern


class ListValue(Struct, frozen=True):
    """A list of tuples or of arrays: for each part of an item an array with one dimension more."""

    columns: tuple[ArrayValue, ...]
    pattern: Pattern
    grows: str = ""  # a list that grows, by the name that `growing.py` knows it by

    @property
    def length(self) -> Expr:
        """The number of items."""
        return self.columns[0].shape[0]


class NoneValue(Struct, frozen=True):
    """None; as a subscript, a new axis."""


class TextValue(Struct, frozen=True):
    """A string known now (modes, einsum subscripts)."""

    text: str


class EllipsisValue(Struct, frozen=True):
    """`...` as a subscript."""


class SliceValue(Struct, frozen=True):
    """`start:stop:step` as a subscript; None where it is left out."""

    start: Number | None
    stop: Number | None
    step: Number | None


class RangeValue(Struct, frozen=True):
    """`range(start, stop, step)`, or one in reverse."""

    start: Expr
    stop: Expr
    step: Expr


class IterationValue(Struct, frozen=True):
    """What `zip` and `enumerate` give: iterables walked together, counted from `start` if that is given.

    And what `reversed` gives: one, from its last item to its first.
    """

    items: tuple["Value", ...]
    start: Number | None = None
    backwards: bool = False


class DigitsValue(Struct, frozen=True):
    """`bin(x)`: its ones can be counted."""

    expr: Expr


class SymbolValue(Struct, frozen=True):
    """A module, function, type or constant of a library, by its full name: `numpy.linalg.solve`."""

    path: str


class DTypeValue(Struct, frozen=True):
    """A NumPy dtype, or a Python number type used as one."""

    dtype: DType
    python: bool = False


class MethodValue(Struct, frozen=True):
    """A method of an array or number that is about to be called: `a.sum`."""

    receiver: "Value"
    name: str


class FunctionValue(Struct, frozen=True):
    """A function of the user's: a def, a nested def or a lambda, with the scope it closes over."""

    name: str
    node: "cst.FunctionDef | cst.Lambda"
    closure: object = None

    def __eq__(self, other: object) -> bool:
        """The same text; scopes are not compared."""
        return isinstance(other, FunctionValue) and (self.name, self.node) == (other.name, other.node)

    def __hash__(self) -> int:
        return hash((self.name, self.node))


# The name of an object that is one or another by path.
UNSURE = "?"


class ClassValue(Struct, frozen=True):
    """A class of the user's file that is about to be called."""

    name: str


class RecordValue(Struct, frozen=True):
    """An object whose fields are known: `self`, a dataclass, a named tuple of which only fields are read.

    `text` is the parameter that it is; an object that compiled code makes has a name of its own, `made`.
    """

    class_name: str
    fields: Mapping[str, "Value"]
    text: str = ""
    made: str = ""


class UnboundValue(Struct, frozen=True):
    """A variable that has `value` on some paths and is unbound on the others."""

    value: "Value"


class MixedValue(Struct, frozen=True):
    """A variable that is one thing or another by path, in a way that compiled code cannot tell apart."""


Value: TypeAlias = (
    Number
    | ArrayValue
    | TupleValue
    | ListValue
    | NoneValue
    | TextValue
    | EllipsisValue
    | SliceValue
    | RangeValue
    | IterationValue
    | DigitsValue
    | SymbolValue
    | DTypeValue
    | MethodValue
    | FunctionValue
    | ClassValue
    | RecordValue
    | UnboundValue
    | MixedValue
)


def grows_as(value: Value | None) -> str:
    """The name by which `growing.py` knows a list that grows; "" of all else."""
    return value.grows if isinstance(value, ArrayValue | TupleValue | ListValue) else ""


def is_one_list(value: Value | None, other: Value | None) -> bool:
    """The same list that grows, perhaps with another length."""
    return grows_as(value) == grows_as(other) != ""


def is_alike(a: TupleValue | RecordValue, b: TupleValue | RecordValue) -> bool:
    """Whether both are tuples or lists of as many items, or objects of one class that were made here."""
    match a, b:
        case TupleValue(), TupleValue():
            return (len(a.items), a.is_list, a.maker) == (len(b.items), b.is_list, b.maker)
        case RecordValue(made=one), RecordValue(made=other) if one and other:
            return a.class_name == b.class_name
    return False
