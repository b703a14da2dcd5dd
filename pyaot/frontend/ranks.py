"""How many dimensions an array has whose hint does not say: found from its uses, and what calls pass.

n, m = a.shape     2        a[i, j]     2        a + 1      one version for each, first those that calls pass

An array is named by the Python text that gives it: `a`, `self.taps`, `pair[0]`.
"""

from collections.abc import Iterator
from itertools import product

import libcst as cst
from msgspec import Struct

from pyaot.frontend.fields_set import set_before_read
from pyaot.frontend.hint_calls import assigned_fields, inferred, passed_fields, passed_hints
from pyaot.frontend.hint_read import read_hint
from pyaot.frontend.hint_types import (
    ArrayHint,
    ClassHint,
    Hint,
    LiteralHint,
    TextHint,
    TupleHint,
    TypeVarHint,
    UnionHint,
    UnknownHint,
)
from pyaot.frontend.hints import Signature, parameters_of
from pyaot.frontend.own_calls import fields_of, read_by_calls
from pyaot.frontend.rank_uses import is_text, uses_of
from pyaot.frontend.scope_classes import ClassKind, FieldInfo, plain_fields
from pyaot.frontend.scope_functions import FunctionInfo
from pyaot.frontend.scopes import ModuleScope
from pyaot.frontend.syntax import walk

MOST_DIMENSIONS = 4
_MOST_CHOICES = 16


def rank_choices(info: FunctionInfo, module: ModuleScope, signature: Signature) -> Iterator[dict[str, int]]:
    """Choices of ranks for the arrays that leave them open, likely ones first; not for those never read."""
    found = [leaf for p in signature.parameters for leaf in array_hints(info, module, p.name, p.type)]
    read = {part.value for part in walk(info.node.body) if isinstance(part, cst.Name)}
    open_ = [text for text, hint in found if hint.rank is None and _root(text) in read]
    options = [_options(info, module, text) for text in open_]
    known = max((hint.rank or 0 for _, hint in found), default=0)
    known = max([known, *(o.likely[0] for o in options if len(o.likely) == 1 and not o.others)])

    def unlikely(ranks: tuple[int, ...]) -> tuple[int, bool, int, int]:
        odd = sum(rank not in option.likely for rank, option in zip(ranks, options))
        return (odd, max(ranks) > max(2, known), len({*ranks, known or ranks[0]}), sum(ranks))

    every = product(*((*option.likely, *option.others) for option in options))
    for ranks in sorted(every, key=unlikely)[:_MOST_CHOICES] if open_ else [()]:
        yield dict(zip(open_, ranks))


class _Options(Struct, frozen=True):
    """The ranks to try for one array: `others` after all `likely` ones."""

    likely: tuple[int, ...]
    others: tuple[int, ...] = ()


def _options(info: FunctionInfo, module: ModuleScope, text: str) -> _Options:
    """What calls pass, if the uses allow it, before what only the uses show."""
    uses = uses_of(info.node, text)
    known = max(uses.exact, uses.least)
    passed = tuple(rank for rank in _passed(info, module, text) if rank >= known)
    if passed and known > 1:
        return _Options(passed)
    known = max(known, uses.likely)
    if uses.has_parts and known == uses.exact:
        return _Options(passed or (known + 1,), () if passed else (known,))
    if uses.exact or known > 1:
        return _Options(passed or (known,))
    every = tuple(range(1, MOST_DIMENSIONS + 1))
    return _Options(passed, tuple(r for r in every if r not in passed)) if passed else _Options(every)


def _passed(info: FunctionInfo, module: ModuleScope, text: str) -> list[int]:
    """The ranks of what calls in the file pass for a parameter, or give to a field of an object."""
    name, _, field = text.partition(".")
    if field:
        classes = _classes_of(info, module, name)
        calls = [call for class_name in classes for call in passed_fields(class_name, module)]
        calls += [{field: hint} for made in classes for hint in assigned_fields(made, field, module)]
    else:
        calls = passed_hints(info, module)
    hints = [call.get(field or name) for call in calls]
    return list(dict.fromkeys(h.rank for h in hints if isinstance(h, ArrayHint) and h.rank is not None))


def _classes_of(info: FunctionInfo, module: ModuleScope, name: str) -> list[str]:
    """The class that the hint of a parameter names, or whose method it is."""
    first = next(parameters_of(info))[1].name.value
    if info.class_name is not None and info.is_method and name == first:
        return [info.class_name]
    params = (p for p in walk(info.node.params) if isinstance(p, cst.Param) and p.name.value == name)
    hints = [read_hint(p.annotation, module, info) for p in params if p.annotation is not None]
    return [hint.name for hint in hints if isinstance(hint, ClassHint)]


def array_hints(
    info: FunctionInfo, module: ModuleScope, text: str, hint: Hint | None
) -> Iterator[tuple[str, ArrayHint]]:
    """The arrays in a parameter: itself, items of a tuple, fields of an object that the body reads."""
    match hint:
        case ArrayHint():
            yield text, hint
        case TupleHint(items, is_homogeneous=False):
            for n, item in enumerate(items):
                yield from array_hints(info, module, f"{text}[{n}]", item)
        case ClassHint(class_name):
            for name, field in fields_read(info, module, text, class_name).items():
                yield from array_hints(info, module, f"{text}.{name}", field)


def fields_read(info: FunctionInfo, module: ModuleScope, text: str, class_name: str) -> dict[str, Hint]:
    """The fields of an object that the body reads and whose hints are known; all of one that is a tuple."""
    if is_tuple(info, module, text, class_name):
        return {
            name: hint for name, hint in _all_fields(info, module, class_name).items() if hint is not None
        }
    read = {
        part.attr.value
        for part in walk(info.node)
        if isinstance(part, cst.Attribute) and is_text(part.value, text)
    }
    read |= read_by_calls(info.node, text, class_name, module)
    read -= set_before_read(info.node, text, class_name, module)
    fields = fields_of(module, class_name).values()
    hints = {field.name: _hint_of(field, info, module, class_name) for field in fields if field.name in read}
    return {name: _first_choice(hint) for name, hint in hints.items() if hint is not None}


def is_tuple(info: FunctionInfo, module: ModuleScope, text: str, class_name: str) -> bool:
    """Whether the body uses a named tuple, all of whose types are known, otherwise than by its fields."""
    made = module.classes[class_name]
    fields = None if made.kind is not ClassKind.NAMED_TUPLE else plain_fields(made)
    if fields is None or not all(map(_is_value, _all_fields(info, module, class_name).values())):
        return False
    names = {field.name for field in fields}
    parts = list(walk(info.node.body))
    read = sum(
        isinstance(part, cst.Attribute) and is_text(part.value, text) and part.attr.value in names
        for part in parts
    )
    return sum(is_text(part, text) for part in parts) > read


def _all_fields(info: FunctionInfo, module: ModuleScope, class_name: str) -> dict[str, Hint | None]:
    fields = plain_fields(module.classes[class_name]) or ()
    hints = {field.name: _hint_of(field, info, module, class_name) for field in fields}
    return {name: None if hint is None else _first_choice(hint) for name, hint in hints.items()}


def _is_value(hint: Hint | None) -> bool:
    return hint is not None and not isinstance(hint, (UnknownHint, TextHint, LiteralHint))


def _hint_of(field: FieldInfo, info: FunctionInfo, module: ModuleScope, class_name: str) -> Hint | None:
    """What the class says of a field, else what its first value tells."""
    if field.hint is not None:
        return read_hint(field.hint, module, info)
    maker = module.functions.get(f"{class_name}.__init__", info) if field.in_init else info
    return None if field.value is None else inferred(field.value, module, maker)


def _first_choice(hint: Hint) -> Hint:
    return hint.alternatives[0] if isinstance(hint, (UnionHint, TypeVarHint)) else hint


def _root(text: str) -> str:
    return text.partition(".")[0].partition("[")[0]
