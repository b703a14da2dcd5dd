"""The alternatives of hints become concrete signatures, in order of preference.

a: float | NDArray[np.float32 | np.float64]     3 alternatives
a: NDArray[T], b: NDArray[T]                    as many as T has, the same choice in both
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import assert_never

from pyaot.frontend.hint_types import (
    ArrayHint,
    ClassHint,
    ConcreteHint,
    Hint,
    ListHint,
    LiteralHint,
    NoneHint,
    ScalarHint,
    TextHint,
    TupleHint,
    TypeVarHint,
    UnionHint,
    UnknownHint,
)
from pyaot.ir.types import PY_FLOAT, DType, Origin, Scalar

_MOST_COMBINATIONS = 4096  # that are looked at; far fewer become signatures

_SEVERAL = (UnionHint, TypeVarHint)

Choice = Mapping[str, int]  # of each type variable: the number of its alternative


def expand(hints: Sequence[Hint]) -> list[tuple[ConcreteHint, ...]]:
    """Every combination of the hints' alternatives: like types together first, then in their order."""
    variables: dict[str, int] = {}
    for hint in hints:
        variables |= {v.name: max(len(v.alternatives), variables.get(v.name, 0)) for v in _variables(hint)}
    free = [n for n, hint in enumerate(hints) if any(isinstance(h, _SEVERAL) for h in leaves(hint))]
    found: dict[tuple[ConcreteHint, ...], tuple[int, int]] = {}
    choices = product(*(range(count) for count in variables.values()))
    for numbers in islice(choices, _MOST_COMBINATIONS):
        choice = dict(zip(variables, numbers))
        options = _trimmed([list(alternatives(hint, choice)) for hint in hints])
        for picked in product(*(tuple(enumerate(o)) for o in options)):
            types = tuple(hint for _, hint in picked)
            place = sum(n for n, _ in picked) + sum(numbers)
            found.setdefault(types, (_unlike([types[n] for n in free]), place))
        if len(found) > _MOST_COMBINATIONS:
            break
    return sorted(found, key=lambda types: found[types])


def alternatives(hint: Hint, choice: Choice) -> Iterator[ConcreteHint]:
    """The concrete types of one hint; what is open becomes float64, what is unknown gives none."""
    match hint:
        case ArrayHint(dtype, rank, dims):
            yield ArrayHint(DType.FLOAT64 if dtype is None else dtype, rank, dims)
        case ListHint(item):
            yield from (ListHint(a) for a in alternatives(item or ScalarHint(PY_FLOAT), choice))
        case TupleHint(items, is_homogeneous):
            for parts in product(*(tuple(alternatives(item, choice)) for item in items)):
                yield TupleHint(parts, is_homogeneous)
        case LiteralHint(values):
            yield from (LiteralHint((value,)) for value in values)
        case UnionHint(options):
            for option in options:
                yield from alternatives(option, choice)
        case TypeVarHint(name, options):
            yield from alternatives(options[choice[name] % len(options)], choice)
        case ScalarHint() | NoneHint() | ClassHint():
            yield hint
        case TextHint() | UnknownHint():
            pass
        case _:
            assert_never(hint)


def leaves(hint: Hint) -> Iterator[Hint]:
    """The hint and all hints inside it."""
    yield hint
    match hint:
        case ListHint(item) if item is not None:
            yield from leaves(item)
        case TupleHint(inner) | UnionHint(inner) | TypeVarHint(_, inner):
            for part in inner:
                yield from leaves(part)
        case _:
            pass


def _variables(hint: Hint) -> Iterator[TypeVarHint]:
    return (leaf for leaf in leaves(hint) if isinstance(leaf, TypeVarHint))


def _trimmed(options: list[list[ConcreteHint]]) -> list[list[ConcreteHint]]:
    """The options without the least preferred ones, where there are too many combinations to look at."""
    while prod(len(o) for o in options) > _MOST_COMBINATIONS:
        longest = max(options, key=len)
        longest.pop()
    return options


def _unlike(chosen: Sequence[ConcreteHint]) -> int:
    """How many element types are mixed by parameters that have a choice."""
    return max(len({_dtype(hint) for hint in chosen} - {None}), 1)


def _dtype(hint: ConcreteHint) -> DType | None:
    """The element type; Python's numbers go with any."""
    match hint:
        case ArrayHint(dtype=dtype):
            return dtype
        case ScalarHint(Scalar(dtype, Origin.NUMPY)):
            return dtype
        case _:
            return None
