"""What can be drawn for a function: the types of its parameters and of what their objects are made of.

class Body:                     subject("Body.push", source)
    mass: float                 Subject('Body.push', ({'self': ..., 'x': ...},), {'Body': Fields(...)})
    def push(self, x: V): ...
"""

from collections.abc import Mapping

import libcst as cst
from msgspec import Struct, field

from pyaot.base.source import SourceFile
from pyaot.frontend.hint_expand import expand, leaves
from pyaot.frontend.hint_read import read_hint
from pyaot.frontend.hint_types import ClassHint, ConcreteHint, Hint, LiteralHint, TextHint, UnknownHint
from pyaot.frontend.hints import (
    MOST_SIGNATURES,
    Signature,
    TypedParameter,
    instances,
    known_types,
    parameters_of,
)
from pyaot.frontend.parse import parse
from pyaot.frontend.scope_classes import ClassInfo, ClassKind, FieldInfo
from pyaot.frontend.scopes import FunctionInfo, ModuleScope, Receiver, read_scopes
from pyaot.frontend.syntax import walk_body
from pyaot.ir.program import Kind

_LONGEST_TEXT = 20

Ranks = Mapping[str, tuple[int, ...]]  # of arrays whose hints leave them open, by the parameter's name


class NotDrawnError(Exception):
    """Says of what there is no way to draw it, and why."""


class Subject(Struct, frozen=True):
    """A function that can be called: its signatures, and how objects of the file's classes are made."""

    name: str
    signatures: tuple[Signature, ...]
    makers: Mapping[str, tuple[Signature, ...]] = field(default_factory=dict)  # by the class's name
    ranks: Ranks = field(default_factory=dict)


def read_subjects(source: SourceFile, names: list[str], ranks: Mapping[str, Ranks]) -> list[Subject | str]:
    """For each function what can be drawn for it, or why nothing can."""
    scope = read_scopes(parse(source))
    return [_subject(name, scope, ranks.get(name, {})) for name in names]


def _subject(name: str, scope: ModuleScope, ranks: Ranks) -> Subject | str:
    function = scope.functions.get(name)
    if function is None or function.outer is not None:
        return "it is defined in another function" if function else "the file has no such function"
    makers: dict[str, tuple[Signature, ...]] = {}
    try:
        signatures = _signatures(function, scope)
        for signature in signatures:
            for parameter in signature.parameters:
                _add_makers(parameter.type, scope, makers)
    except NotDrawnError as error:
        return str(error)
    return Subject(name, signatures, makers, ranks)


def _signatures(function: FunctionInfo, scope: ModuleScope) -> tuple[Signature, ...]:
    """What the hints allow; a parameter that is text gets the texts that the function mentions."""
    found = instances(function, scope)
    if found.signatures:
        return found.signatures
    text = LiteralHint(_texts_in(function.node.body))
    known = known_types(function, scope)
    if not known or function.receiver is Receiver.CLASS:
        raise NotDrawnError(f"{found.diagnostics[0].message} ({found.diagnostics[0].label})")
    return tuple(
        Signature(
            tuple(
                TypedParameter(node.name.value, kind, types.get(node.name.value, text), node.default)
                for kind, node in parameters_of(function)
            )
        )
        for types in known
    )


def _texts_in(node: cst.CSTNode) -> tuple[str, ...]:
    """The texts that a function may compare with, and others."""
    texts = (part.evaluated_value for part in walk_body(node) if isinstance(part, cst.SimpleString))
    short = [text for text in texts if isinstance(text, str) and len(text) <= _LONGEST_TEXT]
    return tuple(dict.fromkeys([*short, "", "text"]))


def _add_makers(hint: Hint, scope: ModuleScope, makers: dict[str, tuple[Signature, ...]]) -> None:
    for leaf in leaves(hint):
        if isinstance(leaf, ClassHint) and leaf.name not in makers:
            makers[leaf.name] = ()  # so that a class that holds its own objects ends
            makers[leaf.name] = _maker(leaf.name, scope)
            for signature in makers[leaf.name]:
                for parameter in signature.parameters:
                    _add_makers(parameter.type, scope, makers)


def _maker(name: str, scope: ModuleScope) -> tuple[Signature, ...]:
    """What makes an object of a class: the parameters of its __init__, or its fields."""
    init = scope.functions.get(f"{name}.__init__")
    made = scope.classes[name]
    if init is not None and made.kind is not ClassKind.NAMED_TUPLE:
        try:
            return tuple(Signature(s.parameters[1:]) for s in _signatures(init, scope))
        except NotDrawnError as error:
            raise NotDrawnError(f"no object of '{name}' can be made: {error}") from None
    if made.kind is ClassKind.PLAIN:
        return (Signature(()),)
    fields = list(_fields(made, scope).values())
    combined = expand([_field_hint(name, field, scope) for field in fields])
    if not combined:
        raise NotDrawnError(f"no object of '{name}' can be made")
    return tuple(Signature(tuple(map(_parameter, fields, types))) for types in combined[:MOST_SIGNATURES])


def _fields(made: ClassInfo, scope: ModuleScope) -> dict[str, FieldInfo]:
    """The fields of a dataclass or named tuple, those of its bases first."""
    found: dict[str, FieldInfo] = {}
    for base in made.bases:
        if base in scope.classes:
            found |= _fields(scope.classes[base], scope)
    for stated in made.fields.values():
        if stated.hint is not None and not stated.in_init:
            found[stated.name] = stated
    return found


def _field_hint(owner: str, field: FieldInfo, scope: ModuleScope) -> Hint:
    assert field.hint is not None
    hint = read_hint(field.hint, scope)
    if isinstance(hint, UnknownHint):
        raise NotDrawnError(f"no object of '{owner}' can be made: '{hint.text}' {hint.reason}")
    return LiteralHint(("", "text")) if isinstance(hint, TextHint) else hint


def _parameter(field: FieldInfo, type: ConcreteHint) -> TypedParameter:
    return TypedParameter(field.name, Kind.POSITIONAL_OR_KEYWORD, type, field.value)
