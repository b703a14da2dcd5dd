"""What values were, as data: the recorder writes it, the hints are made of it.

3                                   PlainTerm("int")
np.zeros((2, 5))                    ArrayTerm("float64", (2, 5))
[1.0, 2]                            ListTerm({PlainTerm("float"), PlainTerm("int")})
(1, np.float32(2))                  TupleTerm((PlainTerm("int"), PlainTerm("numpy.float32")))
Point(1, 2), of the program's own   ObjectTerm("__main__", "Point", "/home/me/prog.py")
{}                                  StrangeTerm("an object of class 'dict'")
"""

from typing import Any, TypeAlias, assert_never

from msgspec import Struct


class PlainTerm(Struct, frozen=True):
    """A Python or NumPy number, a str or None, by its type's name."""

    name: str


class ArrayTerm(Struct, frozen=True):
    """An array of an element type that kernels have."""

    dtype: str
    shape: tuple[int, ...]


class ListTerm(Struct, frozen=True):
    """A list of such items; none where it was empty."""

    items: frozenset["Term"]


class TupleTerm(Struct, frozen=True):
    """A tuple, but no named one."""

    items: tuple["Term", ...]


class ObjectTerm(Struct, frozen=True):
    """An object of a class that the program's own files define; `file` is where."""

    module: str
    name: str  # qualified
    file: str


class StrangeTerm(Struct, frozen=True):
    """What no hint of ours stands for; `what` completes 'it was ...'."""

    what: str


Term: TypeAlias = PlainTerm | ArrayTerm | ListTerm | TupleTerm | ObjectTerm | StrangeTerm


def as_data(term: Term) -> list[Any]:
    """The term as JSON has it."""
    match term:
        case PlainTerm(name):
            return ["plain", name]
        case ArrayTerm(dtype, shape):
            return ["array", dtype, list(shape)]
        case ListTerm(items):
            return ["list", sorted((as_data(item) for item in items), key=repr)]
        case TupleTerm(items):
            return ["tuple", [as_data(item) for item in items]]
        case ObjectTerm(module, name, file):
            return ["object", module, name, file]
        case StrangeTerm(what):
            return ["strange", what]
        case _:
            assert_never(term)


def from_data(data: list[Any]) -> Term:
    """The term that `as_data` gave."""
    match data:
        case ["plain", name]:
            return PlainTerm(name)
        case ["array", dtype, shape]:
            return ArrayTerm(dtype, tuple(shape))
        case ["list", items]:
            return ListTerm(frozenset(from_data(item) for item in items))
        case ["tuple", items]:
            return TupleTerm(tuple(from_data(item) for item in items))
        case ["object", module, name, file]:
            return ObjectTerm(module, name, file)
        case ["strange", what]:
            return StrangeTerm(what)
        case _:
            raise ValueError(f"no term: {data!r}")


def arrays_in(term: Term, path: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], ArrayTerm]]:
    """The arrays of a value, each with its path: itself, and items of tuples; those in lists have none."""
    match term:
        case ArrayTerm():
            return [(path, term)]
        case TupleTerm(items):
            return [pair for n, item in enumerate(items) for pair in arrays_in(item, (*path, n))]
        case _:
            return []


def without_extents(term: Term) -> Term:
    """The term with arrays whose extents are all 0: arrays of a list may have any."""
    match term:
        case ArrayTerm(dtype, shape):
            return ArrayTerm(dtype, (0,) * len(shape))
        case TupleTerm(items):
            return TupleTerm(tuple(map(without_extents, items)))
        case _:
            return term
