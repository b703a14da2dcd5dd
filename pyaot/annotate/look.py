"""Values are looked at: a cheap key at every call, the whole term when the key is new.

Nothing of the user's is called: classes are compared by identity, and only plain arrays, lists and tuples are
looked into.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from pyaot.annotate.terms import (
    ArrayTerm,
    ListTerm,
    ObjectTerm,
    PlainTerm,
    StrangeTerm,
    Term,
    TupleTerm,
    without_extents,
)
from pyaot.base.source import is_own
from pyaot.ir.types import DType

PLAIN: dict[type, Term] = {
    **{kind: PlainTerm(kind.__name__) for kind in (bool, int, float, complex, str)},
    type(None): PlainTerm("None"),
    **{np.dtype(dtype.value).type: PlainTerm(f"numpy.{dtype.value}") for dtype in DType},
}
_DTYPES = {np.dtype(dtype.value): dtype.value for dtype in DType}
_DEEPEST = 4  # lists in lists
_CONTAINERS = (list, tuple, np.ndarray)
_LEFT_OUT = 64  # items of a longer list are left out once enough were looked at


class Looker:
    """Looks at values; `folder` holds the program's own files."""

    def __init__(self, folder: Path, budget: int = 2_000_000) -> None:
        self._folder = folder
        self._budget = budget  # items of lists that are still looked at one by one

    def key(self, value: object, depth: int = 0, with_extents: bool = True) -> object:
        """Equal for values that have equal terms, as long as all items of lists are looked at."""
        kind = type(value)
        if kind is np.ndarray:
            return (value.dtype, value.shape if with_extents else value.ndim)  # type: ignore[attr-defined]
        if kind is list and depth < _DEEPEST:
            return (list, self._keys_of_items(value, depth + 1))  # type: ignore[arg-type]
        if kind is tuple and depth < _DEEPEST:
            return (tuple, *[self.key(i, depth + 1, with_extents) for i in value])  # type: ignore[attr-defined]
        return kind

    def term(self, value: object, depth: int = 0) -> Term:
        """What the value is."""
        kind = type(value)
        if kind in PLAIN:
            return PLAIN[kind]
        if isinstance(value, np.ndarray):
            return _array_term(value)
        if kind in (list, tuple) and depth == _DEEPEST:
            return StrangeTerm(f"a {kind.__name__} that is nested {_DEEPEST + 1} deep")
        if isinstance(value, list) and kind is list:
            terms = (self.term(item, depth + 1) for item in _one_of_each(value))
            return ListTerm(frozenset(map(without_extents, terms)))
        if isinstance(value, tuple) and kind is tuple:
            return TupleTerm(tuple(self.term(item, depth + 1) for item in value))
        return self._object_term(kind)

    def _keys_of_items(self, items: list[Any], depth: int) -> object:
        """The keys of all items of a list, or of some once enough were looked at."""
        self._budget -= len(items)
        if self._budget < 0 and len(items) > _LEFT_OUT:
            items = items[:: len(items) // _LEFT_OUT]
        kinds = frozenset(map(type, items))
        if kinds.isdisjoint(_CONTAINERS):
            return kinds
        return frozenset([self.key(item, depth, False) for item in items])

    def _object_term(self, kind: type) -> Term:
        name = kind.__qualname__
        module = sys.modules.get(kind.__module__)
        file = getattr(module, "__file__", None)
        if "<locals>" in name:
            return StrangeTerm(f"an object of class '{name.rpartition('.')[2]}', which a function defines")
        if isinstance(file, str) and is_own(Path(file), self._folder):
            return ObjectTerm(kind.__module__, name, str(Path(file).resolve()))
        shown = name if kind.__module__ == "builtins" else f"{kind.__module__}.{name}"
        return StrangeTerm(f"an object of class '{shown}'")


def _array_term(value: np.ndarray[Any, np.dtype[Any]]) -> Term:
    if type(value) is not np.ndarray:
        return StrangeTerm(f"an array of the class '{type(value).__name__}'")
    if value.dtype not in _DTYPES:
        return StrangeTerm(f"an array of '{value.dtype}'")
    return ArrayTerm(_DTYPES[value.dtype], value.shape)


def _one_of_each(items: list[Any]) -> Iterable[Any]:
    """The items, but of numbers and the like one of each class."""
    found = {type(item): item for item in items}
    if found.keys().isdisjoint(_CONTAINERS):
        return list(found.values())
    return items
