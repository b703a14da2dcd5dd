"""The classes of a file and what the text tells of their fields.

class Radar:
    channels: int = 4                       field 'channels', hint `int`, value `4`

    def __init__(self, gain: float):
        self.gain = gain                    field 'gain', hint `float` (the parameter's), value `gain`
        self.taps: NDArray[...] = ...       field 'taps', hint `NDArray[...]`

    def tune(self, gain):
        self.gain = gain                    'gain' is written outside __init__
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

import libcst as cst
from msgspec import Struct

from pyaot.frontend.facts import target_names
from pyaot.frontend.scope_imports import dotted_name
from pyaot.frontend.syntax import children, walk, walk_body


class ClassKind(Enum):
    """How objects of a class are made."""

    PLAIN = "plain"
    DATACLASS = "dataclass"
    NAMED_TUPLE = "named tuple"


class FieldInfo(Struct, frozen=True):
    """An attribute of the objects of a class; `hint` and `value` are None where the text gives none."""

    name: str
    hint: cst.BaseExpression | None = None
    value: cst.BaseExpression | None = None
    in_init: bool = False  # set by __init__, else stated in the class body
    is_written: bool = False  # also set by another method


class ClassInfo(Struct, frozen=True):
    """A `class` statement."""

    node: cst.ClassDef
    name: str  # qualified
    kind: ClassKind
    bases: tuple[str, ...]  # dotted paths, else names as written
    fields: Mapping[str, FieldInfo]
    has_decorators: bool = False  # other than @dataclass


_DATACLASS = "dataclasses.dataclass"
_NAMED_TUPLE = "typing.NamedTuple"


def read_classes(module: cst.Module, imports: Mapping[str, str]) -> Iterator[ClassInfo]:
    """Every class of the file, outer ones first."""
    yield from _classes_in(module, "", imports)


def _classes_in(node: cst.CSTNode, prefix: str, imports: Mapping[str, str]) -> Iterator[ClassInfo]:
    for child in children(node):
        match child:
            case cst.ClassDef():
                info = _read(child, prefix + child.name.value, imports)
                yield info
                yield from _classes_in(child.body, f"{info.name}.", imports)
            case cst.FunctionDef():
                yield from _classes_in(child.body, f"{prefix}{child.name.value}.", imports)
            case cst.BaseStatement() | cst.BaseSuite() | cst.Else() | cst.Finally() | cst.ExceptHandler():
                yield from _classes_in(child, prefix, imports)
            case _:
                pass


def _read(node: cst.ClassDef, name: str, imports: Mapping[str, str]) -> ClassInfo:
    bases = tuple(_path(arg.value, imports) for arg in node.bases)
    decorators = tuple(_path(d.decorator, imports) for d in node.decorators)
    fields = dict(_stated_fields(node))
    for found in _init_fields(node):
        stated = fields.get(found.name)
        fields[found.name] = found if stated is None or stated.hint is None else stated
    written = _written(node)
    return ClassInfo(
        node,
        name,
        _kind(bases, decorators),
        bases,
        {f.name: _marked(f, f.name in written) for f in fields.values()},
        any(d != _DATACLASS for d in decorators),
    )


def _kind(bases: tuple[str, ...], decorators: tuple[str, ...]) -> ClassKind:
    if _NAMED_TUPLE in bases:
        return ClassKind.NAMED_TUPLE
    return ClassKind.DATACLASS if _DATACLASS in decorators else ClassKind.PLAIN


def _path(node: cst.BaseExpression, imports: Mapping[str, str]) -> str:
    name = dotted_name(node.func if isinstance(node, cst.Call) else node) or "an expression"
    first, dot, rest = name.partition(".")
    return imports.get(first, first) + dot + rest


# ---- fields ---------------------------------------------------------------------------------------------


def _stated_fields(node: cst.ClassDef) -> Iterator[tuple[str, FieldInfo]]:
    """Assignments in the class body itself."""
    for line in node.body.body:
        for statement in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            match statement:
                case cst.AnnAssign(target=cst.Name(value=name), annotation=annotation, value=value):
                    yield name, FieldInfo(name, annotation.annotation, value)
                case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
                    yield name, FieldInfo(name, None, value)
                case _:
                    pass


def _init_fields(node: cst.ClassDef) -> Iterator[FieldInfo]:
    """Fields that __init__ sets, the first assignment of each; a parameter's hint is its field's."""
    found: dict[str, FieldInfo] = {}
    for method in _methods(node):
        if method.name.value == "__init__" and method.params.params:
            hints = _parameter_hints(method.params)
            for name, hint, value in _set_by(method):
                if hint is None and isinstance(value, cst.Name):
                    hint = hints.get(value.value)
                found.setdefault(name, FieldInfo(name, hint, value, in_init=True))
    yield from found.values()


def _parameter_hints(parameters: cst.Parameters) -> dict[str, cst.BaseExpression]:
    every = (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)
    return {p.name.value: p.annotation.annotation for p in every if p.annotation is not None}


def _written(node: cst.ClassDef) -> frozenset[str]:
    """Fields that a method other than __init__ sets."""
    others = (m for m in _methods(node) if m.name.value != "__init__" and m.params.params)
    return frozenset(name for method in others for name, _, _ in _set_by(method))


_Set = tuple[str, cst.BaseExpression | None, cst.BaseExpression | None]


def _set_by(method: cst.FunctionDef) -> Iterator[_Set]:
    """`self.x = value`, `self.x: hint = value`, `self.x += ...` as (name, hint, value)."""
    me = method.params.params[0].name.value
    for statement in walk_body(method.body):
        match statement:
            case cst.AnnAssign(target=target, annotation=annotation, value=value):
                yield from _fields_of((target,), me, annotation.annotation, value)
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute() as target)], value=value):
                yield from _fields_of((target,), me, None, value)
            case cst.Assign(targets=targets):
                yield from _fields_of((t.target for t in targets), me, None, None)
            case cst.AugAssign(target=target) | cst.For(target=target):
                yield from _fields_of((target,), me, None, None)
            case _:
                pass


def _fields_of(
    targets: Iterable[cst.CSTNode], me: str, hint: cst.BaseExpression | None, value: cst.BaseExpression | None
) -> Iterator[_Set]:
    """The fields of `me` among the targets; `self.x[i] = ...` sets an element and no field."""
    for target in targets:
        nested = walk(target) if isinstance(target, (cst.Tuple, cst.List)) else (target,)
        for part in nested:
            match part:
                case cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=name)) if owner == me:
                    yield name, hint, value
                case _:
                    pass


def _methods(node: cst.ClassDef) -> Iterator[cst.FunctionDef]:
    return (part for part in node.body.body if isinstance(part, cst.FunctionDef))


def _marked(found: FieldInfo, is_written: bool) -> FieldInfo:
    return FieldInfo(found.name, found.hint, found.value, found.in_init, is_written)


# ---- classes without code of their own --------------------------------------------------------------------

_DECORATOR_OPTIONS = frozenset({"frozen", "slots", "eq", "order", "repr", "unsafe_hash", "match_args"})
_FIELD_OPTIONS = frozenset({"default", "default_factory", "repr", "compare", "hash", "metadata"})
_HARMLESS = frozenset({"__repr__", "__str__", "__format__", "__slots__", "__doc__", "__match_args__"})
_NO_FIELDS = frozenset({"ClassVar", "InitVar", "KW_ONLY"})
_BASES = {ClassKind.NAMED_TUPLE: ("typing.NamedTuple",), ClassKind.DATACLASS: ()}


def plain_fields(info: ClassInfo) -> tuple[FieldInfo, ...] | None:
    """The fields that a call of the class sets, in order; None where code of the user's may run with it."""
    stated = [f for f in info.fields.values() if f.hint is not None and not f.in_init]
    is_plain = (
        "." not in info.name
        and info.bases == _BASES.get(info.kind)
        and not info.has_decorators
        and not info.node.keywords
        and all(_options(d.decorator) <= _DECORATOR_OPTIONS for d in info.node.decorators)
        and all(not name.startswith("__") or name in _HARMLESS for name in _bound_in(info.node))
        and not any(_is_no_field(field) for field in stated)
    )
    return tuple(stated) if is_plain else None


def _options(node: cst.BaseExpression) -> set[str]:
    args = node.args if isinstance(node, cst.Call) else ()
    return {"" if arg.keyword is None else arg.keyword.value for arg in args}


def _bound_in(node: cst.ClassDef) -> Iterator[str]:
    """All names that the body of the class binds."""
    for part in walk(node.body):
        match part:
            case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
                yield name.value
            case cst.AssignTarget(target=target) | cst.AnnAssign(target=target):
                yield from target_names(target)


def _is_no_field(field: FieldInfo) -> bool:
    """Not one that a call of the class sets, or one that it sets otherwise."""
    assert field.hint is not None
    names = {part.value for part in walk(field.hint) if isinstance(part, cst.Name)}
    texts = [part.value for part in walk(field.hint) if isinstance(part, cst.SimpleString)]
    if names & _NO_FIELDS or any(word in text for text in texts for word in _NO_FIELDS):
        return True
    match field.value:
        case cst.Call(func=func) if (dotted_name(func) or "").rpartition(".")[2] == "field":
            return not _options(field.value) <= _FIELD_OPTIONS
    return False
