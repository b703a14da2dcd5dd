"""The whole IR on one screen: what a typed function is between the stages.

    Function(params, requires, body)         body: statements
    statements   Assign Store Allocate Bind For Loop If Block Exit Check LibraryCall Return
    expressions  Const Var Dim Load Unary Binary Compare Select Cast Call          (all scalar)
    results      Nothing ScalarResult ArrayResult ViewResult TupleResult           (of Return)

Array operators do not exist here: the front end has written them as the loops they stand for, so
`B[1:] = A[1:] + A[:-1]` and a user's loop nest are the same thing. `ir/interpret.py` defines the
meaning of every node. An execution ends by Return, or by *failing* (a false Check or Require, a
subscript out of range, an int that leaves int64, Python's division by zero): then nothing of the
caller's has changed and the original program runs in its place.

Names are unique in a function. A scalar name has one type everywhere and may be assigned often. An array name
is bound by a parameter, by Allocate, or by Bind. Array names that were never bound together (Bind)
do not overlap: parameters by the guard, Allocate by being fresh.
"""

from typing import TypeAlias

from msgspec import Struct

from pyaot.base.source import NOWHERE, Span
from pyaot.ir.types import Array, Scalar

# ---- expressions: pure, scalar; operands of Unary, Binary, Compare are cast by the front end ------------


class Const(Struct, frozen=True):
    """A number: bool, int, float or complex, also nan and inf."""

    value: bool | int | float | complex
    type: Scalar


class Var(Struct, frozen=True):
    """A scalar variable, a loop index or a scalar parameter."""

    name: str
    type: Scalar


class Dim(Struct, frozen=True):
    """The extent of an axis of the array that is bound to `array` now; PY_INT, never negative."""

    array: str
    axis: int
    type: Scalar


class Load(Struct, frozen=True):
    """An element. `checked`: Python's rules (negative wraps, out of range fails); else surely in range."""

    array: str
    subscripts: tuple["Expr", ...]
    type: Scalar
    checked: bool = True


class Unary(Struct, frozen=True):
    """`neg`, `invert` (~) or `not` (of a bool). The operand has the node's dtype."""

    op: str
    operand: "Expr"
    type: Scalar


class Binary(Struct, frozen=True):
    """add sub mul truediv floordiv mod pow bitand bitor bitxor shl shr minimum maximum, on the node's dtype.

    `minimum` and `maximum` pass NaN on. Of Python origin: int64 overflow fails where `checked`, a zero
    divisor fails. Of NumPy origin: integers wrap; an integer floordiv or mod by zero fails.
    """

    op: str
    left: "Expr"
    right: "Expr"
    type: Scalar
    checked: bool = True


class Compare(Struct, frozen=True):
    """eq ne lt le gt ge of two operands of one dtype; a BOOL."""

    op: str
    left: "Expr"
    right: "Expr"
    type: Scalar


class Select(Struct, frozen=True):
    """`if_true` or `if_false`; only the chosen one is evaluated (so `a and b` is Select(a, b, False))."""

    condition: "Expr"
    if_true: "Expr"
    if_false: "Expr"
    type: Scalar


class Cast(Struct, frozen=True):
    """Conversion to the node's type, as `astype` does it. Changing only the origin costs nothing."""

    operand: "Expr"
    type: Scalar


class Call(Struct, frozen=True):
    """A pure function of `ir/functions.py`: sqrt, exp ... Of Python origin it fails where `math` raises."""

    function: str
    args: tuple["Expr", ...]
    type: Scalar


Expr: TypeAlias = Const | Var | Dim | Load | Unary | Binary | Compare | Select | Cast | Call

# ---- statements -----------------------------------------------------------------------------------------


class Assign(Struct, frozen=True):
    """`name = value`."""

    name: str
    value: Expr
    span: Span = NOWHERE


class Store(Struct, frozen=True):
    """`array[subscripts] = value`; the value has the array's dtype. `checked` as in Load."""

    array: str
    subscripts: tuple[Expr, ...]
    value: Expr
    checked: bool = True
    span: Span = NOWHERE


class Allocate(Struct, frozen=True):
    """Binds `name` to a new array; a negative extent fails. Elements are `fill`, or undefined where None."""

    name: str
    type: Array
    shape: tuple[Expr, ...]
    fill: Const | None = None
    span: Span = NOWHERE
    checked: bool = True  # whether an extent may be negative, which fails


class Bind(Struct, frozen=True):
    """`u, v = v, u`: array names are bound anew, all at once. Types agree pairwise."""

    targets: tuple[str, ...]
    sources: tuple[str, ...]
    span: Span = NOWHERE


class Reduction(Struct, frozen=True):
    """A parallel or simd loop combines `name` by add mul minimum maximum bitand bitor bitxor.

    Sums over pairs of neighbours come in pairs themselves: the second one stands `beside` the first.
    """

    op: str
    name: str
    beside: str = ""


class Marks(Struct, frozen=True):
    """What scheduling found out about a loop. `work`: operations of the whole loop, `time`: how long one
    thread takes for it, in units of about 0.1 ns; None if unknown."""

    parallel: bool = False
    simd: bool = False
    reductions: tuple[Reduction, ...] = ()
    balanced: bool = True  # every iteration costs about the same
    work: Expr | None = None
    time: Expr | None = None
    interleaved: bool = False  # iterations may advance together through the body (unroll and jam)
    in_tiles: bool = False  # what is inside runs for one small tile at a time: too short for threads
    lasting: bool = False  # runs so long that it does not matter what a team costs


class For(Struct, frozen=True):
    """`for index in range(start, stop, step)`, step >= 1; bounds are evaluated once, `index` is its own."""

    index: str
    start: Expr
    stop: Expr
    body: tuple["Stmt", ...]
    step: int = 1
    marks: Marks = Marks()
    label: str = ""  # the user's name of the loop variable; "" for a loop that an array operator implies
    span: Span = NOWHERE


class Loop(Struct, frozen=True):
    """Runs its body until an Exit or Return leaves it."""

    body: tuple["Stmt", ...]
    span: Span = NOWHERE


class If(Struct, frozen=True):
    """Both branches are statements."""

    condition: Expr
    then: tuple["Stmt", ...]
    otherwise: tuple["Stmt", ...] = ()
    span: Span = NOWHERE


class Block(Struct, frozen=True):
    """Statements that an `Exit(label)` inside leaves: break, continue, and return of an inlined helper."""

    label: str
    body: tuple["Stmt", ...]
    span: Span = NOWHERE


class Exit(Struct, frozen=True):
    """Leaves the enclosing Block of that label."""

    label: str
    span: Span = NOWHERE


class Check(Struct, frozen=True):
    """Fails where the condition is false. `reason` completes 'the original ran because ...'."""

    condition: Expr
    reason: str
    span: Span = NOWHERE


class Section(Struct, frozen=True):
    """A view for a library call: from `starts` on, dimension d runs along `axes[d]`, `extents[d]` elements.

    X[k, :, 2:5].T is Section("X", (k, 0, 2), axes=(2, 1), extents=(3, Dim(X, 1))).
    """

    array: str
    starts: tuple[Expr, ...]
    axes: tuple[int, ...]
    extents: tuple[Expr, ...]


class LibraryCall(Struct, frozen=True):
    """`outputs[...] = function(inputs, **options)` of a library in `ir/functions.py`: matmul, sort ..."""

    function: str
    outputs: tuple[Section, ...]
    inputs: tuple["Section | Expr", ...]
    options: tuple[tuple[str, str | int | float | bool | None], ...] = ()
    span: Span = NOWHERE
    checked: bool = True  # whether a section may leave its array, which fails


class Return(Struct, frozen=True):
    """Ends the function."""

    result: "Result"
    span: Span = NOWHERE


Stmt: TypeAlias = (
    Assign | Store | Allocate | Bind | For | Loop | If | Block | Exit | Check | LibraryCall | Return
)

# ---- results --------------------------------------------------------------------------------------------


class Nothing(Struct, frozen=True):
    """None."""


class ScalarResult(Struct, frozen=True):
    """A number; its type's origin says whether float or np.float64 is returned (never both)."""

    value: Expr


class ArrayResult(Struct, frozen=True):
    """The array itself: a parameter is returned as the same object; a boxed one as a list."""

    array: str


class ViewResult(Struct, frozen=True):
    """A view of an array, or of a part of its complex numbers; offset and strides count elements."""

    array: str
    offset: Expr
    shape: tuple[Expr, ...]
    strides: tuple[Expr, ...]
    part: str = ""  # 'real' or 'imag'
    read_only: bool = False


class Maker(Struct, frozen=True):
    """A class of which an object is made by a call with these fields.

    `P`: a named tuple or dataclass of the user's file; `numpy.linalg.SVDResult`: what NumPy gives.
    """

    name: str
    fields: tuple[str, ...]

    @property
    def is_own(self) -> bool:
        """The user's, not NumPy's."""
        return "." not in self.name


# Makes a list of tuples of the lists of their items: `list(zip(ys, xs))`.
ZIPPED = Maker("builtins.zip", ())
# Makes a list of arrays of one that has them all: `[item.copy() for item in stack]`.
APART = Maker("builtins.list", ())


class TupleResult(Struct, frozen=True):
    """A tuple, a list where `is_list`, or an object of a class whose fields are the items."""

    items: tuple["Result", ...]
    is_list: bool = False
    maker: Maker | None = None


Result: TypeAlias = Nothing | ScalarResult | ArrayResult | ViewResult | TupleResult

# ---- functions ------------------------------------------------------------------------------------------


class Param(Struct, frozen=True):
    """A parameter. The guard has checked type, dtype, rank, that ints lie within 2**31, that written ones
    overlap no other; arrays come in C order."""

    name: str
    type: Scalar | Array
    never_copied: bool = False  # it must be C-contiguous itself: a copy in its place could be noticed


class Require(Struct, frozen=True):
    """A condition over parameters (Var) and their extents (Dim) that the guard checks at entry."""

    condition: Expr
    reason: str
    span: Span = NOWHERE


class Inexact(Struct, frozen=True):
    """A place whose result may differ from the original's in rounding: what `--fp strict` refuses."""

    what: str
    span: Span = NOWHERE


class Function(Struct, frozen=True):
    """One typed instance of a user's function (or of a region of it)."""

    name: str  # unique in the program and a C identifier
    source_name: str  # the user's, 'Radar.process' for a method
    params: tuple[Param, ...]
    requires: tuple[Require, ...]
    body: tuple[Stmt, ...]
    inexact: tuple[Inexact, ...] = ()
    span: Span = NOWHERE
    wraps: bool = False  # integers of NumPy's own are added one by one: NumPy tells when they overflow
    user_names: tuple[tuple[str, str], ...] = ()  # of the variables, for messages (see `ir/user_names.py`)
