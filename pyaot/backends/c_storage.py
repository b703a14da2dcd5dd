"""Where the arrays of a function live, and whether its parameters must be protected from a late failure.

PARAM     the caller's
STACK     small and of constant shape: a C array in the innermost body that uses it
HEAP      malloc, once, reused when a loop comes by again
OWNED     may be returned: a NumPy array that the runtime allocates
SHARED    bound together with others (Bind): names are pointers to slots, and a Bind moves pointers
"""

import math
from collections.abc import Iterator, Mapping
from enum import Enum, auto

from msgspec import Struct

from pyaot.backends.c_lifetimes import Lifetimes, lifetimes
from pyaot.ir.extents import is_natural
from pyaot.ir.failing import can_fail
from pyaot.ir.functions import LIBRARY
from pyaot.ir.nodes import (
    Allocate,
    Check,
    Const,
    Expr,
    For,
    Function,
    LibraryCall,
    Loop,
    Section,
    Stmt,
    Store,
)
from pyaot.ir.sections import equal_extents, is_whole
from pyaot.ir.types import Array
from pyaot.ir.walk import (
    arrays_written,
    bodies_of,
    bound_together,
    expressions_of,
    result_arrays,
    returns,
    walk_stmts,
)

STACK_BYTES = 16 * 1024


class Place(Enum):
    """Who provides the memory of an array."""

    PARAM = auto()
    STACK = auto()
    HEAP = auto()
    OWNED = auto()
    SHARED = auto()


class Group(Struct, frozen=True):
    """Names that may come to stand for the same arrays; `owned` if one of them may be returned."""

    names: tuple[str, ...]
    params: tuple[str, ...]
    owned: bool

    @property
    def slots(self) -> int:
        """Enough that a name without an array finds a free one: those of parameters are never reused."""
        return len(self.names) + len(self.params)


class Storage(Struct, frozen=True):
    """The places of all arrays, and what the entry must do for the parameters."""

    places: Mapping[str, Place]
    groups: tuple[Group, ...]
    written: frozenset[str]  # parameters whose elements the function may change
    copied: frozenset[str]  # those that it changes in a private copy
    late: frozenset[int]  # ids of the statements that can run after a parameter was changed in place
    heap: tuple[str, ...]  # the heap arrays of the function itself, not of a parallel loop's threads
    lifetimes: Lifetimes  # of these

    def group_of(self, name: str) -> Group:
        """The group of a SHARED name."""
        return next(group for group in self.groups if name in group.names)

    def together(self, name: str) -> frozenset[str]:
        """The name, and those that may stand for the same memory."""
        return frozenset({name}).union(*(group.names for group in self.groups if name in group.names))

    def all_in(self, place: Place) -> tuple[str, ...]:
        """The names of that place."""
        return tuple(name for name, where in self.places.items() if where is place)


def store_arrays(function: Function) -> Storage:
    """A place for every array of the function."""
    groups = tuple(_groups(function))
    params = tuple(p.name for p in function.params if isinstance(p.type, Array))
    places = dict.fromkeys(params, Place.PARAM)
    returned = _returned(function)
    for stmt in walk_stmts(function.body):
        if isinstance(stmt, Allocate) and stmt.name not in places:
            places[stmt.name] = _place(stmt, function, returned)
    places.update(dict.fromkeys((name for group in groups for name in group.names), Place.SHARED))
    written = _written(function, params)
    late = frozenset(_late(function, _partners(written, groups)))
    copied = written if _fails_late(function, late) else frozenset()
    late = frozenset() if copied else late
    heap = _heap_of_function(function, places)
    return Storage(places, groups, written, copied, late, heap, lifetimes(function.body, heap))


def allocated_in(loop: For, places: Mapping[str, Place]) -> tuple[str, ...]:
    """The heap arrays that belong to a parallel loop: every thread has its own."""
    names = (stmt.name for stmt in walk_stmts(loop.body) if isinstance(stmt, Allocate))
    return tuple(dict.fromkeys(name for name in names if places[name] is Place.HEAP))


def _heap_of_function(function: Function, places: Mapping[str, Place]) -> tuple[str, ...]:
    private: set[str] = set()
    for stmt in walk_stmts(function.body):
        if isinstance(stmt, For) and stmt.marks.parallel:
            private |= set(allocated_in(stmt, places))
    return tuple(name for name, place in places.items() if place is Place.HEAP and name not in private)


def _returned(function: Function) -> frozenset[str]:
    return frozenset(name for stmt in returns(function) for name in result_arrays(stmt.result))


def _groups(function: Function) -> Iterator[Group]:
    returned = _returned(function)
    params = [p.name for p in function.params]
    for names in dict.fromkeys(bound_together(function.body).values()):
        inside = tuple(name for name in params if name in names)
        yield Group(tuple(sorted(names)), inside, bool(names & returned))
    together = bound_together(function.body)
    for name in dict.fromkeys(s.name for s in walk_stmts(function.body) if isinstance(s, Allocate)):
        if name in params and name not in together:
            yield Group((name,), (name,), name in returned)


def _place(stmt: Allocate, function: Function, returned: frozenset[str]) -> Place:
    if stmt.name in returned:
        return Place.OWNED
    shapes = {s.shape for s in walk_stmts(function.body) if isinstance(s, Allocate) and s.name == stmt.name}
    return Place.STACK if len(shapes) == 1 and _is_small(stmt) else Place.HEAP


def _is_small(stmt: Allocate) -> bool:
    extents = [
        extent.value for extent in stmt.shape if isinstance(extent, Const) and isinstance(extent.value, int)
    ]
    if len(extents) < len(stmt.shape) or any(extent <= 0 for extent in extents):
        return False
    return math.prod(extents) * stmt.type.dtype.bits // 8 <= STACK_BYTES


def _partners(written: frozenset[str], groups: tuple[Group, ...]) -> frozenset[str]:
    """All names through which a written parameter may be changed."""
    return written.union(*(group.names for group in groups if written & set(group.names)))


def _written(function: Function, params: tuple[str, ...]) -> frozenset[str]:
    names = arrays_written(function.body)
    groups = bound_together(function.body)
    return frozenset(name for name in params if names & (groups.get(name, frozenset()) | {name}))


# ---- failing after a store --------------------------------------------------------------------------------


def _late(function: Function, changing: frozenset[str]) -> Iterator[int]:
    """The ids of the statements that can run when a parameter has been changed already."""
    return _late_in(function.body, changing, False)


def _late_in(body: tuple[Stmt, ...], changing: frozenset[str], changed: bool) -> Iterator[int]:
    for stmt in body:
        if changed:
            yield id(stmt)
        again = isinstance(stmt, For | Loop) and _changes(stmt, changing)
        for inner in bodies_of(stmt):
            yield from _late_in(inner, changing, changed or again)
        changed = changed or _changes(stmt, changing)


def _changes(stmt: Stmt, changing: frozenset[str]) -> bool:
    return bool(arrays_written((stmt,)) & changing)


def _fails_late(function: Function, late: frozenset[int]) -> bool:
    return any(_fails_after_store(stmt, id(stmt) in late) for stmt in walk_stmts(function.body))


def _fails_after_store(stmt: Stmt, late: bool) -> bool:
    """A loop's own bounds are evaluated before its body changes anything; a Store fails before it stores."""
    return late and may_fail(stmt)


def evaluated(stmt: Stmt) -> tuple[Expr, ...]:
    """The expressions that the statement evaluates; those of `Marks` are only estimates."""
    return (stmt.start, stmt.stop) if isinstance(stmt, For) else expressions_of(stmt)


def may_fail(stmt: Stmt) -> bool:
    """Whether the statement itself can fail for a reason other than missing memory."""
    if any(can_fail(expr) for expr in evaluated(stmt)):
        return True
    match stmt:
        case Check():
            return True
        case Store():
            return stmt.checked and bool(stmt.subscripts)
        case Allocate():
            return stmt.checked and not all(is_natural(extent) for extent in stmt.shape)
        case LibraryCall():
            sections = [s for s in (*stmt.outputs, *stmt.inputs) if isinstance(s, Section)]
            asks = not all(map(is_whole, sections)) or bool(equal_extents(stmt))
            return LIBRARY[stmt.function].may_fail or (stmt.checked and asks)
        case _:
            return False
