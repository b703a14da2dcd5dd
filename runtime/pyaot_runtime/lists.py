"""Lists of Python numbers as parameters: kernels work on arrays, the caller keeps its lists.

A list takes part only if every element is exactly a float (or exactly an int within int64, or a bool),
its rows are lists of one length, and no row stands in it twice.
"""

from itertools import chain
from typing import Any

import numpy

_EXACT: dict[str, type] = {"b": bool, "i": int, "f": float, "c": complex}


class ListArray(numpy.ndarray[Any, Any]):
    """The elements of a list that stands behind it: `source`; `before` are the elements at entry."""

    source: list[Any] | None = None
    before: numpy.ndarray[Any, Any] | None = None


def unbox(value: Any, dtype: numpy.dtype[Any], rank: int) -> ListArray | None:
    """The elements of a list of numbers (rank 1) or of rows (rank 2, ...); None where it is not that."""
    if type(value) is not list:
        return None
    shape = _shape(value, rank)
    if shape is None or not _are_exact(value, rank, _EXACT[dtype.kind]):
        return None
    try:
        array = numpy.array(value, dtype=dtype).reshape(shape).view(ListArray)
    except OverflowError:
        return None
    array.source = value
    return array


def keep(array: ListArray | None) -> None:
    """Remembers the elements at entry of a list that the kernel writes."""
    if array is not None:
        array.before = numpy.array(array, copy=True, subok=False)


def rebox(array: ListArray) -> None:
    """Puts the elements that have changed into the list; the others stay the objects that they were."""
    assert array.before is not None and array.source is not None
    after = numpy.asarray(array)
    _put(array.source, after, _bits(after) != _bits(array.before))


def _put(target: list[Any], values: numpy.ndarray[Any, Any], changed: numpy.ndarray[Any, Any]) -> None:
    if changed.ndim > 1:
        for place in numpy.flatnonzero(changed.reshape(len(target), -1).any(axis=1)).tolist():
            _put(target[place], values[place], changed[place])
    elif changed.all():
        target[:] = values.tolist()
    else:
        for place, value in zip(numpy.flatnonzero(changed).tolist(), values[changed].tolist()):
            target[place] = value


def as_list(leaf: Any) -> list[Any]:
    """A result: the caller's list itself where the array stands for one, else a new list."""
    if type(leaf) is ListArray and leaf.source is not None:
        return leaf.source
    values: list[Any] = leaf.tolist()
    return values


def as_list_of_numpy(leaf: numpy.ndarray[Any, Any]) -> list[Any]:
    """A result: a new list (of lists) of NumPy's numbers."""
    return list(leaf) if leaf.ndim == 1 else [as_list_of_numpy(row) for row in leaf]


def zipped(*columns: list[Any]) -> list[Any]:
    """A result: a new list of tuples, from the lists of their items."""
    return list(zip(*columns))


def lists_overlap(a: ListArray, b: ListArray) -> bool:
    """Whether two lists are the same or have a row in common."""
    return not _lists(a.source, a.ndim).isdisjoint(_lists(b.source, b.ndim))


def _lists(value: Any, rank: int) -> set[int]:
    inner = (_lists(item, rank - 1) for item in value) if rank > 1 else ()
    return {id(value)}.union(*inner)


def _shape(value: list[Any], rank: int) -> tuple[int, ...] | None:
    """The extents of nested lists; None where rows differ in length, are no lists, or are missing."""
    if rank == 1:
        return (len(value),)
    if not value or set(map(type, value)) != {list} or len(set(map(id, value))) != len(value):
        return None
    shapes = {_shape(row, rank - 1) for row in value}
    inner = shapes.pop()
    if shapes or inner is None or (rank > 2 and _has_shared_rows(value)):
        return None
    return (len(value), *inner)


def _has_shared_rows(value: list[Any]) -> bool:
    rows = list(chain.from_iterable(value))
    return len(set(map(id, rows))) != len(rows)


def _are_exact(value: list[Any], rank: int, kind: type) -> bool:
    for _ in range(rank - 1):
        value = list(chain.from_iterable(value))
    return set(map(type, value)) <= {kind}


def _bits(array: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
    """Integers that differ where the elements do: -0.0 and 0.0 differ, a NaN equals itself."""
    if array.dtype.kind in "fc":
        words = numpy.ascontiguousarray(array).view(numpy.int64)
        return words if array.dtype.kind == "f" else _either(words)
    return array


def _either(words: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
    """A complex number has changed where one of its two words has."""
    pairs = words.reshape(*words.shape[:-1], -1, 2).astype(object)
    combined: numpy.ndarray[Any, Any] = pairs[..., 0] * (1 << 64) + pairs[..., 1]
    return combined
