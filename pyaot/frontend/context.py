"""The state of one function's lowering: statements so far, names, facts to be guarded.

Everything that lowers reads and writes a `Context`; what a stage hands on is frozen (`Function`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import libcst as cst
from msgspec import Struct, field

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.base.diagnostics import Code, Diagnostic
from pyaot.base.source import NOWHERE, Span
from pyaot.frontend.facts import NameFacts
from pyaot.frontend.scopes import ModuleScope
from pyaot.frontend.syntax import SyntaxTree, walk
from pyaot.frontend.values import Pattern, Value
from pyaot.ir.given import Gift
from pyaot.ir.nodes import Assign, Bind, Check, Dim, Expr, Inexact, Require, Stmt, Store, Var
from pyaot.ir.program import GlobalFact
from pyaot.ir.types import PY_INT, Array, Scalar
from pyaot.ir.user_names import UNNAMED


class Unsupported(Exception):  # noqa: N818  an outcome, no error
    """What stands here stays Python; the diagnostic says what and why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class TypeChange(Exception):  # noqa: N818
    """A loop's variable needs another type than it had at the loop's start: lower the loop again with it."""

    def __init__(self, owner: "Agreements", name: str, type: Scalar) -> None:
        super().__init__(name)
        self.owner, self.name, self.type = owner, name, type


class ShapeChange(Exception):  # noqa: N818
    """A loop's array changes its shape: lower the loop again with its extents left open."""

    def __init__(self, owner: "Agreements", name: str) -> None:
        super().__init__(name)
        self.owner, self.name = owner, name


class NeedsTracking(Exception):  # noqa: N818
    """A variable's state (bound or not, Python's or NumPy's) is known at run time only: lower again."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class ListType(Struct, frozen=True):
    """What a list holds: the arrays for the parts of its items, and how an item is made of the parts."""

    columns: tuple[Array, ...]
    pattern: Pattern = 0


class NeedsElementType(Exception):  # noqa: N818
    """A list that was empty gets its first element: lower again with the type of the list."""

    def __init__(self, key: str, type: ListType) -> None:
        super().__init__(key)
        self.key, self.type = key, type


Agreements = dict[str, Scalar | str]  # a name's scalar type, or the array name it lives in, inside a loop


_PUNCTUATION = str.maketrans({".": "_", "[": "_", "]": None})


class Frame(Struct):
    """Where `break`, `continue` or an inlined `return` goes; `used` once a jump was written.

    `states`: what the names stood for at each `break` or `continue`.
    """

    label: str
    used: bool = False
    states: list[dict[str, Value]] = field(default_factory=list)


class GrowingList(Struct):
    """A list that grows (see `growing.py`): IR arrays with room to spare, and the list's length."""

    key: str  # the variable's prefix and name
    name: str  # the user's
    buffers: tuple[str, ...]  # one for each part of an item
    length: str  # the IR variable
    type: ListType
    prefix: str  # of the scope that made it
    known: Expr | None = None  # the length as a stable expression, until it changes
    owner: str = ""  # the variable that holds it; "" where that is gone
    aliased: bool = False  # another variable holds it, too
    sites: set[Span] = field(default_factory=set)  # where it is made
    frame: "Frame | None" = None  # the innermost loop around the place where it was made last
    body: list[Stmt] | None = None  # the statements among which that was
    is_viewed: bool = False  # a variable holds one of its rows
    given_away: bool = False  # it became an item of another list
    reserved: set[Span] = field(default_factory=set)  # appends for which there is room


class Scope(Struct):
    """The names of one function body that is being lowered (the entry, or an inlined helper)."""

    facts: NameFacts
    prefix: str = ""
    outer: "Scope | None" = None  # the scope that a nested function closes over
    names: dict[str, Value] = field(default_factory=dict)
    agreed: list[Agreements] = field(default_factory=list)
    breaks: list[Frame] = field(default_factory=list)
    continues: list[Frame] = field(default_factory=list)
    rejoins: bool = False  # in the `else` of a loop, whose end a `break` reaches from elsewhere
    returns: "ReturnPoint | None" = None  # None in the entry function
    local_names: frozenset[str] = frozenset()


class ReturnPoint(Struct):
    """Where an inlined helper's returns go: the values meet in `results`, the block is left by `frame`."""

    frame: Frame
    results: list[Value] = field(default_factory=list)
    types: dict[str, Scalar] = field(default_factory=dict)  # what earlier attempts found out


class Context(Struct):
    """One function's lowering."""

    tree: SyntaxTree
    module: ModuleScope
    expression: Callable[["Context", cst.BaseExpression], Value]
    call_function: Callable[["Context", Value, tuple[Value, ...], dict[str, Value], cst.CSTNode], Value]
    library: Callable[..., Value]  # a library function of the table, by its full name
    global_facts: list[GlobalFact] = field(default_factory=list)
    global_array: Callable[[str], Value | None] = lambda name: None  # a module's array, read at the call
    flags: dict[str, str] = field(default_factory=dict)  # what is tracked -> its IR variable
    body: list[Stmt] = field(default_factory=list)
    scope: Scope = field(default_factory=lambda: Scope(NameFacts()))
    requires: list[Require] = field(default_factory=list)
    inexact: list[Inexact] = field(default_factory=list)
    wraps: bool = False  # see ir.nodes.Function
    stable: set[str] = field(default_factory=set)  # scalar names that never change once set
    arrays: dict[str, Array] = field(default_factory=dict)
    extents: dict[str, tuple[Expr, ...]] = field(
        default_factory=dict
    )  # of allocated arrays, as stable expressions
    equal: dict[Expr, Expr] = field(default_factory=dict)  # extents that are required to be equal to others
    movable: set[str] = field(default_factory=set)  # array names that Bind rebinds
    homes: dict[str, tuple[str, str]] = field(default_factory=dict)  # of variables: prefix and name
    open_shapes: set[str] = field(default_factory=set)  # names among them whose extents change as well
    linked: set[str] = field(default_factory=set)  # array names that Bind connects: they may share memory
    parameters: set[str] = field(default_factory=set)
    reshaped: set[str] = field(default_factory=set)  # arrays of which NumPy gives a view only if contiguous
    lows: dict[str, Expr] = field(default_factory=dict)  # loop index -> its least value
    highs: dict[str, Expr] = field(default_factory=dict)  # loop index -> its greatest value
    tracked: frozenset[str] = frozenset()
    used_names: set[str] = field(default_factory=set)
    user_names: dict[str, str] = field(default_factory=dict)  # what the user calls them
    variables: dict[tuple[str, str, Scalar], str] = field(default_factory=dict)
    span: Span = NOWHERE
    depth: int = 0  # of inlined calls
    views_copied: dict[str, str] = field(default_factory=dict)  # copies of what NumPy may give as views
    read_only: set[str] = field(default_factory=set)  # those among them that NumPy gives read-only
    frozen: set[str] = field(default_factory=set)  # arrays that may not be written from here on
    inlining: list[cst.CSTNode] = field(default_factory=list)  # the functions that are being lowered
    lists: dict[str, GrowingList] = field(default_factory=dict)
    list_names: dict[str, str] = field(default_factory=dict)  # variables of lists that do not grow, by array
    list_types: dict[str, ListType] = field(default_factory=dict)  # what earlier attempts found out
    view_marks: dict[str, Gift] = field(default_factory=dict)  # views that are copied, and these copies
    gifts: dict[str, Gift] = field(default_factory=dict)  # arrays that become items, by their marks
    shared: set[str] = field(default_factory=set)  # lists that have such arrays with others
    returned: dict[str, Span] = field(default_factory=dict)  # lists of arrays that are results
    bodies: list[list[Stmt]] = field(default_factory=list)  # those that are being written, outermost first
    given_back: cst.CSTNode | None = None  # the call whose result is followed by the fields that it sets
    choosing: Callable[[cst.Subscript, Value], bool] | None = None  # subscripts that stand for their base now

    def emit(self, statement: Stmt) -> None:
        """Appends a statement where lowering stands now."""
        if isinstance(statement, Store) and statement.array in self.frozen:
            raise self.refuse(
                UNSUPPORTED_EXPRESSION,
                "An array is written here of which another name holds a part that may be a view or a copy.",
                None,
                "Take the part with '.copy()' if it is to stay as it is.",
            )
        if isinstance(statement, Bind):
            pairs = zip(statement.targets, statement.sources)
            self.frozen.update([target for target, source in pairs if source in self.frozen])
        self.body.append(statement)

    @contextmanager
    def nested(self) -> Iterator[list[Stmt]]:
        """Collects the statements of a nested body; what it computes is not known outside it."""
        lengths = {key: found.known for key, found in self.lists.items()}
        outer, self.body = self.body, []
        self.bodies.append(outer)
        try:
            yield self.body
        finally:
            self.body = outer
            self.bodies.pop()
            for key, found in self.lists.items():
                if found.known is not lengths.get(key):
                    found.known = None

    def fresh(self, name: str) -> str:
        """A name like this one that no other thing in the function has."""
        wanted = name.replace(UNNAMED, "").translate(_PUNCTUATION)
        candidate, count = wanted, 1
        while candidate in self.used_names:
            count += 1
            candidate = f"{wanted}_{count}"
        self.used_names.add(candidate)
        return candidate

    def named(self, name: str) -> str:
        """A name for the scope's variable of that name."""
        fresh = self.fresh(self.scope.prefix + name)
        self.note_user_name(fresh, name)
        return fresh

    def note_user_name(self, variable: str, name: str) -> None:
        """What the user calls the variable, if nothing else is known yet."""
        if not name.startswith(UNNAMED):
            self.user_names.setdefault(variable, name)

    def temporary(self, name: str, value: Expr) -> Var:
        """A new scalar that holds `value` and never changes."""
        fresh = self.fresh(name)
        self.emit(Assign(fresh, value, self.span))
        self.stable.add(fresh)
        return Var(fresh, value.type)

    def variable(self, name: str, type: Scalar) -> str:
        """The IR variable of a Python variable of that type: one for each type that it takes."""
        key = (self.scope.prefix, name, type)
        if key not in self.variables:
            self.variables[key] = self.named(name)
        return self.variables[key]

    def require(self, condition: Expr, reason: str) -> None:
        """The guard will check this condition over parameters."""
        found = Require(condition, reason, self.span)
        if all(r.condition != condition for r in self.requires):
            self.requires.append(found)

    def check(self, condition: Expr, reason: str) -> None:
        """The attempt fails here where the condition is false."""
        self.emit(Check(condition, reason, self.span))

    def rounding(self, what: str) -> None:
        """Notes that the compiled result may differ from the original's in the last bits."""
        note = Inexact(what, self.span)
        if note not in self.inexact:
            self.inexact.append(note)

    def extents_of(self, array: str) -> tuple[Expr, ...]:
        """The extents of an IR array: those of its allocation, else Dim."""
        known = self.extents.get(array)
        found = known or tuple(Dim(array, axis, PY_INT) for axis in range(self.arrays[array].rank))
        return tuple(self.equal.get(extent, extent) for extent in found)

    def at(self, node: cst.CSTNode) -> Span:
        """The place of a syntax node; one that the compiler made stands where its parts stand."""
        if node in self.tree.spans:
            return self.tree.span_of(node)
        own = next((part for part in walk(node) if part in self.tree.spans), None)
        return self.span if own is None else self.tree.span_of(own)

    def refuse(self, code: Code, message: str, node: cst.CSTNode | None = None, *hints: str) -> Unsupported:
        """The exception that leaves what stands here to Python."""
        span = self.span if node is None else self.at(node)
        return Unsupported(Diagnostic(code, message, span, hints=hints))
