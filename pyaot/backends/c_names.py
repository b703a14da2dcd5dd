"""The C names of a function's variables.

scalar `größe`          gru00f6u00dfe
array `a` of rank 2     a (its data), a_n0 and a_n1 (its extents)
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count

from msgspec import Struct

from pyaot.backends.c_prelude import is_claimed
from pyaot.backends.c_text import words
from pyaot.base.names import c_identifier
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Block,
    Dim,
    For,
    Function,
    LibraryCall,
    Load,
    Section,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import Array, Scalar
from pyaot.ir.walk import array_types, walk_exprs, walk_stmts

# Names that the generated text uses for itself.
OURS = words(
    """
    fail no_memory done path results args self answer team thread first last flags failed shape others
    bound k gil succeeded threads entries lane NULL MAX_TEAM KERNEL EXPORT PART SHARED
    NOINLINE turns turns_left strip strip_stop earlier tries interrupted INTERRUPTED
    """
)

# What is put behind a name to make others: they are its own.
_SUFFIXES = words("_room _object _slot _slots _view _copy _parts _count _all _start _stop _first _lanes") | {
    ""
}


class ArrayNames(Struct, frozen=True):
    """An array in C: the pointer to its elements and the variables that hold its extents."""

    data: str
    extents: tuple[str, ...]
    type: Array


class Names(Struct, frozen=True):
    """What the names of the IR are called in C."""

    scalars: Mapping[str, str]
    types: Mapping[str, Scalar]
    arrays: Mapping[str, ArrayNames]
    labels: Mapping[str, str]


def name_all(function: Function) -> Names:
    """C names for everything that has a name in the function."""
    taken = {*OURS, f"kernel_{function.name}", f"entry_{function.name}"}

    def is_used(name: str) -> bool:
        return name in taken or is_claimed(name)

    def claim(wanted: str) -> str:
        numbered = chain([wanted], (f"{wanted}_{number}" for number in count(2)))
        name = next(name for name in numbered if not any(map(is_used, _derived(name))))
        taken.update(_derived(name))
        return name

    arrays_known = array_types(function)
    scalar_types = dict(_scalars(function))
    scalars = {name: claim(c_identifier(name)) for name in scalar_types}
    arrays = {}
    for name, type in arrays_known.items():
        data = claim(c_identifier(name))
        extents = tuple(claim(f"{data}_n{axis}") for axis in range(type.rank))
        arrays[name] = ArrayNames(data, extents, type)
    labels = {name: claim(c_identifier(f"end_{name}")) for name in _labels(function.body)}
    return Names(scalars, scalar_types, arrays, labels)


def _derived(name: str) -> list[str]:
    return [f"{name}{suffix}" for suffix in _SUFFIXES]


def _scalars(function: Function) -> Iterator[tuple[str, Scalar]]:
    for param in function.params:
        if isinstance(param.type, Scalar):
            yield param.name, param.type
    for stmt in walk_stmts(function.body):
        if isinstance(stmt, Assign):
            yield stmt.name, stmt.value.type
    for expr in walk_exprs(function.body):
        if isinstance(expr, Var):
            yield expr.name, expr.type
    for stmt in walk_stmts(function.body):
        if isinstance(stmt, For):
            yield stmt.index, stmt.start.type


def _labels(body: Iterable[Stmt]) -> list[str]:
    return list(dict.fromkeys(stmt.label for stmt in walk_stmts(body) if isinstance(stmt, Block)))


def arrays_used(stmt: Stmt) -> frozenset[str]:
    """The arrays that the statement itself or a statement in it names, other than by Bind and Return."""
    body = (stmt,)
    names = {expr.array for expr in walk_exprs(body) if isinstance(expr, Load | Dim)}
    for inner in walk_stmts(body):
        match inner:
            case Store(array=name) | Allocate(name=name):
                names.add(name)
            case LibraryCall():
                operands = (*inner.outputs, *inner.inputs)
                names |= {operand.array for operand in operands if isinstance(operand, Section)}
            case _:
                pass
    return frozenset(names)
