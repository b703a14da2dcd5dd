"""Names for the extents of arrays, as jaxtyping writes them: the same name where they agree in all calls.

A (60, 80), B (80, 70), result (60, 70)             "m k", "k n", "m n"
A (96, 96), B (96, 96), result (96, 96), once       "m n", "k l", "p q": squares by chance, perhaps

Agreement by chance is no agreement. Two extents share a name if they were equal at two different sizes, three
where an array's own extents agree; at one size only if the call shows that its extents are chosen: it has
different ones, and the one in question is no small number and stands but once in each array. A number stands
where an extent of 2 to 4 was the same in three different calls and the text itself goes by these positions.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from pyaot.annotate.samples import Call
from pyaot.annotate.terms import arrays_in

RESULT = -1  # the position of the result, behind those of the parameters

_SMALL = 4
_POOL = "mnklpqrstuvw"


class Slot(Struct, frozen=True):
    """Where an array of that rank is passed: a parameter's position, and the place in a tuple."""

    position: int
    path: tuple[int, ...]
    rank: int


Axis: TypeAlias = tuple[Slot, int]
Extents: TypeAlias = Mapping[Axis, int]  # of the arrays of one call


class Known(Struct, frozen=True):
    """What is known beside the calls: names that hints and text give to axes, numbers, and names in use."""

    names: Mapping[Axis, str]
    positions: Mapping[Axis, frozenset[int]]
    hinted: Mapping[Axis, str]  # by hints that stand already
    taken: frozenset[str] = frozenset()


def shapes_of(calls: Iterable[Call], known: Known) -> dict[Slot, str]:
    """The text of every slot's shape; of results that stand alone only the ranks are known."""
    calls = list(calls)
    seen = dict.fromkeys(tuple(_extents(call).items()) for call in calls if call.given is not None)
    calls_seen = [dict(items) for items in seen]
    axes = list(dict.fromkeys(axis for call in calls for axis in _extents(call)))
    groups = _grouped(axes, calls_seen)
    words = _words(groups, calls_seen, known)
    slots = dict.fromkeys(slot for slot, _ in axes)
    scalars = {s: "" for call in calls for s in _slots(call) if s.rank == 0}
    return scalars | {slot: " ".join(words[slot, n] for n in range(slot.rank)) for slot in slots}


def _slots(call: Call) -> list[Slot]:
    return [Slot(position, path, len(shape)) for position, path, shape in _shapes(call)]


def _extents(call: Call) -> dict[Axis, int]:
    return {
        (Slot(position, path, len(shape)), n): extent
        for position, path, shape in _shapes(call)
        for n, extent in enumerate(shape)
    }


def _shapes(call: Call) -> list[tuple[int, tuple[int, ...], tuple[int, ...]]]:
    terms = list(enumerate(call.given or ()))
    if call.returned is not None:
        terms.append((RESULT, call.returned))
    return [(n, path, array.shape) for n, term in terms for path, array in arrays_in(term)]


# ---- which extents agree --------------------------------------------------------------------------------


def _grouped(axes: Sequence[Axis], calls: Sequence[Extents]) -> list[list[Axis]]:
    """The axes in groups that share a name."""
    groups: list[list[Axis]] = []
    for axis in axes:
        group = next((g for g in groups if _belongs(axis, g, calls)), None)
        if group is None:
            groups.append([axis])
        else:
            group.append(axis)
    return groups


def _belongs(axis: Axis, group: Sequence[Axis], calls: Sequence[Extents]) -> bool:
    """The axis agrees with every member of the group that it was ever seen with."""
    together = [(member, [c for c in calls if axis in c and member in c]) for member in group]
    together = [(member, seen) for member, seen in together if seen]
    if any(call[axis] != call[member] for member, seen in together for call in seen):
        return False
    sizes = {call[axis] for _, seen in together for call in seen}
    is_square = any(member[0] == axis[0] for member in group)
    if len(sizes) > (2 if is_square else 1):
        return True
    return (
        bool(together) and not is_square and all(_is_chosen(axis, m, call) for m, s in together for call in s)
    )


def _is_chosen(axis: Axis, other: Axis, call: Extents) -> bool:
    """The extents of this one call are not all the same by chance."""
    size = call[axis]
    once = all(sum(call[a] == size for a in call if a[0] == slot) == 1 for slot in (axis[0], other[0]))
    return size > _SMALL and len({*call.values()} - {1}) > 1 and once


# ---- what they are called -------------------------------------------------------------------------------


def _words(groups: Sequence[Sequence[Axis]], calls: Sequence[Extents], known: Known) -> dict[Axis, str]:
    words: dict[Axis, str] = {}
    taken = set(known.taken) | set(known.hinted.values())
    fresh = _fresh_names(taken)
    used: set[str] = set()
    for group in groups:
        given = [known.hinted[axis] for axis in group if axis in known.hinted]
        wanted = [known.names[axis] for axis in group if axis in known.names]
        free = [name for name in wanted if name not in taken | used]
        name = next(iter([*given, *free]), None)
        name = next(n for n in fresh if n not in used | set(known.names.values())) if name is None else name
        used.add(name)
        words |= {axis: _number(axis, calls, known) or name for axis in group}
    return words


def _fresh_names(taken: set[str]) -> Iterable[str]:
    names = (*_POOL, *(f"{letter}{n}" for n in range(2, 100) for letter in _POOL))
    return iter([name for name in names if name not in taken])


def _number(axis: Axis, calls: Sequence[Extents], known: Known) -> str:
    """The extent itself where it is certain; empty where it is not."""
    seen = [call for call in calls if axis in call]
    sizes = {call[axis] for call in seen}
    if len(sizes) > 1 or len({tuple(call.items()) for call in seen}) < 3:
        return ""
    (size,) = sizes
    by_position = known.positions.get(axis, frozenset()) >= set(range(size))
    return str(size) if 2 <= size <= _SMALL and by_position else ""
