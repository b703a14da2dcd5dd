"""Alternatives become the text of a hint, in one of two styles.

numpy           np.ndarray[tuple[int, int], np.dtype[np.float64]]
jaxtyping       Float64[np.ndarray, "m n"]

In the numpy style an alias of the file that says the same stands instead: `Matrix`.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import assert_never

import libcst as cst
from msgspec import Struct

from pyaot.annotate.extents import Slot
from pyaot.annotate.join import Alternatives, ArrayKind, Kind, ListKind, TupleKind
from pyaot.annotate.naming import FileNames, NoHintError, Piece
from pyaot.annotate.terms import ObjectTerm, PlainTerm, StrangeTerm
from pyaot.frontend.hint_types import ArrayHint, Hint, ListHint
from pyaot.frontend.hints import read_hint

MOST_ALTERNATIVES = 4
_MOST_RANKS = 3  # more are left open


class Style(Enum):
    """How arrays are written."""

    NUMPY = "numpy"
    JAXTYPING = "jaxtyping"


class Writer(Struct, frozen=True):
    """Writes hints for one function."""

    style: Style
    names: FileNames
    aliases: Mapping[Hint, str]
    shapes: Mapping[Slot, str]

    def hint(self, alternatives: Alternatives, position: int) -> Piece:
        """The hint of a parameter or a result; NoHintError where there is none that is of use."""
        _refuse_strange(alternatives)
        return self._union(alternatives, _Place(position))

    def hint_of_each(self, alternatives: Alternatives, position: int) -> Piece:
        """The hint of `*arguments`."""
        _refuse_strange(alternatives)
        return self._union(alternatives, _Place(position, is_in_list=True))

    def _union(self, alternatives: Alternatives, place: "_Place") -> Piece:
        arrays = [kind for kind in alternatives if isinstance(kind, ArrayKind)]
        others = [kind for kind in alternatives if not isinstance(kind, ArrayKind)]
        pieces = [self._arrays(arrays, place)] if arrays else []
        pieces += [self._kind(kind, place) for kind in others]
        if len(alternatives) > MOST_ALTERNATIVES and len(pieces) > 1:
            raise NoHintError(f"was of {len(alternatives)} different types")
        return _joined(" | ", list(dict.fromkeys(pieces)))

    def _kind(self, kind: Kind, place: "_Place") -> Piece:
        match kind:
            case ArrayKind():
                return self._arrays([kind], place)
            case PlainTerm(name):
                return self._plain(name)
            case ListKind(items):
                if not items:
                    raise NoHintError("was always an empty list")
                inner = self._union(items, place.in_list())
                return self._alias(Piece(f"list[{inner.text}]", inner.imports))
            case TupleKind(items, is_homogeneous):
                return self._tuple(items, is_homogeneous, place)
            case ObjectTerm():
                return self.names.class_of(kind)
            case StrangeTerm(what):
                raise NoHintError(f"had {what} in it")
            case _:
                assert_never(kind)

    def _tuple(self, items: tuple[Alternatives, ...], is_homogeneous: bool, place: "_Place") -> Piece:
        if is_homogeneous:
            inner = self._union(items[0], place.in_list())
            return Piece(f"tuple[{inner.text}, ...]", inner.imports)
        inner = _joined(", ", [self._union(item, place.item(n)) for n, item in enumerate(items)])
        return Piece(f"tuple[{inner.text or '()'}]", inner.imports)

    def _plain(self, name: str) -> Piece:
        module, _, scalar = name.rpartition(".")
        if not module:
            return Piece(name)
        numpy = self.names.numpy()
        return Piece(f"{numpy.text}.{'bool_' if scalar == 'bool' else scalar}", numpy.imports)

    # ---- arrays

    def _arrays(self, kinds: Sequence[ArrayKind], place: "_Place") -> Piece:
        ranks = {kind.rank for kind in kinds}
        by_dtype: dict[str, list[int]] = {}
        for kind in kinds:
            by_dtype.setdefault(kind.dtype, []).append(kind.rank)
        if len(ranks) > _MOST_RANKS:
            pieces = [self._array(dtype, None, place) for dtype in by_dtype]
        else:
            pieces = [self._array(kind.dtype, kind.rank, place) for kind in kinds]
        if len(pieces) > MOST_ALTERNATIVES:
            raise NoHintError(f"was of {len(kinds)} different types")
        return _joined(" | ", list(dict.fromkeys(pieces)))

    def _array(self, dtype: str, rank: int | None, place: "_Place") -> Piece:
        numpy = self.names.numpy()
        if self.style is Style.JAXTYPING:
            family = self.names.member("jaxtyping", dtype.title().replace("Ui", "UI"))
            text = f'{family.text}[{numpy.text}.ndarray, "{self._shape(rank, place)}"]'
            return Piece(text, numpy.imports | family.imports)
        element = self._plain(f"numpy.{dtype}")
        if rank is None:
            family = self.names.member("numpy.typing", "NDArray")
            return Piece(f"{family.text}[{element.text}]", element.imports | family.imports)
        extents = ", ".join(["int"] * rank) or "()"
        text = f"{numpy.text}.ndarray[tuple[{extents}], {numpy.text}.dtype[{element.text}]]"
        return self._alias(Piece(text, numpy.imports))

    def _shape(self, rank: int | None, place: "_Place") -> str:
        if rank is None:
            return "..."
        slot = Slot(place.position, place.path, rank)
        return " ".join(["_"] * rank) if place.is_in_list else self.shapes[slot]

    def _alias(self, piece: Piece) -> Piece:
        """The alias of the file that says the same, where there is exactly one."""
        if self.style is Style.JAXTYPING or not self.aliases or piece.imports:
            return piece
        hint = read_hint(cst.parse_expression(piece.text), self.names.scope)
        return Piece(self.aliases[hint]) if hint in self.aliases else piece


def _refuse_strange(alternatives: Alternatives) -> None:
    for kind in alternatives:
        if isinstance(kind, StrangeTerm):
            raise NoHintError(f"was {kind.what}")


class _Place(Struct, frozen=True):
    """Where in a hint one stands."""

    position: int
    path: tuple[int, ...] = ()
    is_in_list: bool = False

    def in_list(self) -> "_Place":
        return _Place(self.position, self.path, True)

    def item(self, number: int) -> "_Place":
        return _Place(self.position, (*self.path, number), self.is_in_list)


def _joined(separator: str, pieces: Sequence[Piece]) -> Piece:
    imports = frozenset(import_ for piece in pieces for import_ in piece.imports)
    return Piece(separator.join(piece.text for piece in pieces), imports)


def aliases_of(names: FileNames) -> dict[Hint, str]:
    """Names that the module gives to arrays and lists; those with two names have none."""
    found: dict[Hint, list[str]] = {}
    for name, value in names.scope.aliases.items():
        if isinstance(value, cst.Subscript):
            hint = read_hint(value, names.scope)
            if isinstance(hint, (ArrayHint, ListHint)):
                found.setdefault(hint, []).append(name)
    return {hint: given[0] for hint, given in found.items() if len(given) == 1}
