"""What must hold at a call for the compiled versions of a function to be certainly right.

    def scale(a: float64[1], k: int), writes a        k is an int, within 2**31
        require k <= a.shape[0]                       a is a plain float64 array of 1 dimension
                                                      a can be written
                                                      k <= a.shape[0]

Conditions are data, cheap ones first, each after those that it relies on; `output/guard_text.py` writes them.
That an array is contiguous is a condition only where a copy of it would not do: where the result is a view of
it, or the work is too small to pay for one.
"""

from collections.abc import Iterator, Set
from typing import TypeAlias

from msgspec import Struct

from pyaot.ir.nodes import Expr, For, Function, LibraryCall, Loop, Param
from pyaot.ir.types import PY_INT, Array, Scalar
from pyaot.ir.walk import arrays_written, bound_together, returns, viewed_arrays, walk_stmts

# Ints beyond it run the original, so that index arithmetic stays within int64.
LARGEST_INT = 2**31


class IsScalar(Struct, frozen=True):
    """The parameter is a number of exactly this type."""

    param: str
    type: Scalar


class IsSmall(Struct, frozen=True):
    """The int lies within +-2**31."""

    param: str


class IsList(Struct, frozen=True):
    """The parameter was a list (of lists) of exactly such numbers; it became an array before the guard."""

    param: str
    type: Array


class IsArray(Struct, frozen=True):
    """The parameter is an ndarray, no subclass, of this dtype in native byte order and this rank."""

    param: str
    type: Array


class IsContiguous(Struct, frozen=True):
    """The array is C-contiguous and aligned: no copy can stand for it."""

    param: str


class IsWriteable(Struct, frozen=True):
    """The array is not read-only."""

    param: str


class Holds(Struct, frozen=True):
    """A condition over parameters and their extents."""

    condition: Expr
    reason: str  # why the versions do not apply where it is false


class AreApart(Struct, frozen=True):
    """The written array shares no element with the other one; `are_lists`: no list."""

    written: str
    other: str
    are_lists: bool


Condition: TypeAlias = IsScalar | IsSmall | IsList | IsArray | IsContiguous | IsWriteable | Holds | AreApart


def conditions_of(function: Function) -> tuple[Condition, ...]:
    """All that the guard of a function checks about its parameters, in order."""
    written = written_params(function)
    return (
        *_types(function.params),
        *(IsContiguous(name) for name in _never_copied(function)),
        *(IsWriteable(name) for name in written if not _is_boxed(function, name)),
        *(Holds(require.condition, require.reason) for require in function.requires),
        *_apart(function, written),
    )


def written_params(function: Function) -> tuple[str, ...]:
    """The array parameters whose elements the function may change, also under another name."""
    return _params_among(arrays_written(function.body), function)


def _never_copied(function: Function) -> tuple[str, ...]:
    """Arrays of which a copy could be noticed; all, where a copy would take longer than the function."""
    if not has_work(function):
        return tuple(param.name for param in _plain_arrays(function))
    viewed = {name for stmt in returns(function) for name in viewed_arrays(stmt.result)}
    noticed = {*_params_among(viewed, function), *(p.name for p in function.params if p.never_copied)}
    return tuple(param.name for param in function.params if param.name in noticed)


def _params_among(names: Set[str], function: Function) -> tuple[str, ...]:
    """The array parameters that one of the names may stand for."""
    groups = bound_together(function.body)
    return tuple(
        param.name
        for param in function.params
        if isinstance(param.type, Array) and names & groups.get(param.name, frozenset({param.name}))
    )


def has_work(function: Function) -> bool:
    """Whether anything in it takes longer than a few operations: a loop, or a library's."""
    return any(isinstance(stmt, For | Loop | LibraryCall) for stmt in walk_stmts(function.body))


def boxed_params(function: Function) -> tuple[Param, ...]:
    """The parameters that stand for lists."""
    return tuple(p for p in function.params if isinstance(p.type, Array) and p.type.boxed)


def _plain_arrays(function: Function) -> tuple[Param, ...]:
    return tuple(p for p in function.params if isinstance(p.type, Array) and not p.type.boxed)


def _types(params: tuple[Param, ...]) -> Iterator[Condition]:
    for param in params:
        if isinstance(param.type, Scalar):
            yield IsScalar(param.name, param.type)
            if param.type == PY_INT:
                yield IsSmall(param.name)
    for param in params:
        if isinstance(param.type, Array):
            yield (IsList if param.type.boxed else IsArray)(param.name, param.type)


def _apart(function: Function, written: tuple[str, ...]) -> Iterator[AreApart]:
    """Every pair of arrays of one sort of which one is written, once."""
    arrays = [p for p in function.params if isinstance(p.type, Array)]
    for index, first in enumerate(arrays):
        for second in arrays[index + 1 :]:
            if _same_sort(first, second) and (first.name in written or second.name in written):
                pair = (first, second) if first.name in written else (second, first)
                yield AreApart(pair[0].name, pair[1].name, _is_boxed(function, first.name))


def _same_sort(first: Param, second: Param) -> bool:
    assert isinstance(first.type, Array) and isinstance(second.type, Array)
    return first.type.boxed == second.type.boxed


def _is_boxed(function: Function, name: str) -> bool:
    return any(param.name == name for param in boxed_params(function))
