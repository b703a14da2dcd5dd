"""The functions of a file, wherever they stand.

def smooth(a): ...                  'smooth'
    def inner(x): ...               'smooth.inner', outer 'smooth'
class Radar:
    def process(self, cube): ...    'Radar.process', class 'Radar', a method
"""

from collections.abc import Iterator, Mapping
from enum import Enum

import libcst as cst
from msgspec import Struct, field

from pyaot.frontend.scope_imports import dotted_name, imports_of
from pyaot.frontend.syntax import children, walk_body


class Receiver(Enum):
    """What the first parameter of a function is."""

    NONE = "none"  # an ordinary one: a function or a static method
    SELF = "self"  # the object: a method
    CLASS = "class"  # the class: a class method


class FunctionInfo(Struct, frozen=True):
    """A `def`; `obstacle` says why only Python can run it, and is empty where nothing is known against it."""

    node: cst.FunctionDef
    qualified_name: str
    class_name: str | None = None  # qualified name of the class whose method it is
    outer: str | None = None  # qualified name of the function around it
    receiver: Receiver = Receiver.NONE
    decorators: tuple[str, ...] = ()  # dotted paths, else the text up to the call
    imports: Mapping[str, str] = field(default_factory=dict)  # by import statements in the body
    obstacle: str = ""  # completes 'it ...': 'is a generator'

    @property
    def name(self) -> str:
        """The name in the `def`."""
        return self.node.name.value

    @property
    def is_resumed(self) -> bool:
        """A generator or coroutine, without a decorator: Python runs it, but parts of it may be compiled."""
        return self.obstacle in (_GENERATOR, _COROUTINE)

    @property
    def is_method(self) -> bool:
        """The first parameter is the object."""
        return self.receiver is Receiver.SELF


_GENERATOR, _COROUTINE = "is a generator", "is a coroutine"
_RECEIVERS = {"builtins.staticmethod": Receiver.NONE, "builtins.classmethod": Receiver.CLASS}
_HARMLESS = {
    *_RECEIVERS,
    "typing.final",
    "typing.override",
    "typing.no_type_check",
    "typing_extensions.final",
    "typing_extensions.override",
}
_OVERLOAD = {"typing.overload", "typing_extensions.overload"}
_BUILTIN_DECORATORS = ("staticmethod", "classmethod", "property")


def read_functions(module: cst.Module, imports: Mapping[str, str]) -> Iterator[FunctionInfo]:
    """Every function of the file, outer ones first; `@overload` stubs are not functions."""
    yield from _functions_in(module, _Place(imports))


class _Place(Struct, frozen=True):
    """Where a `def` is looked for."""

    imports: Mapping[str, str]
    prefix: str = ""
    class_name: str | None = None
    outer: str | None = None


def _functions_in(node: cst.CSTNode, place: _Place) -> Iterator[FunctionInfo]:
    for child in children(node):
        match child:
            case cst.FunctionDef():
                info = _read(child, place)
                if not _OVERLOAD & set(info.decorators):
                    yield info
                name = info.qualified_name
                yield from _functions_in(child.body, _Place(place.imports, f"{name}.", None, name))
            case cst.ClassDef():
                name = place.prefix + child.name.value
                yield from _functions_in(child.body, _Place(place.imports, f"{name}.", name, place.outer))
            case cst.BaseStatement() | cst.BaseSuite() | cst.Else() | cst.Finally():
                yield from _functions_in(child, place)
            case cst.ExceptHandler() | cst.ExceptStarHandler() | cst.MatchCase():
                yield from _functions_in(child, place)
            case _:
                pass


def _read(node: cst.FunctionDef, place: _Place) -> FunctionInfo:
    decorators = tuple(_decorator_path(d.decorator, place.imports) for d in node.decorators)
    receiver = Receiver.NONE if place.class_name is None else Receiver.SELF
    for decorator in decorators:
        receiver = _RECEIVERS.get(decorator, receiver)
    return FunctionInfo(
        node,
        place.prefix + node.name.value,
        place.class_name,
        place.outer,
        receiver,
        decorators,
        imports_of(walk_body(node.body)),
        _obstacle(node, decorators),
    )


def _decorator_path(node: cst.BaseExpression, imports: Mapping[str, str]) -> str:
    target = node.func if isinstance(node, cst.Call) else node
    name = dotted_name(target) or "an expression"
    first, dot, rest = name.partition(".")
    if first in imports:
        return imports[first] + dot + rest
    return f"builtins.{name}" if name in _BUILTIN_DECORATORS else name


def _obstacle(node: cst.FunctionDef, decorators: tuple[str, ...]) -> str:
    for decorator in decorators:
        if decorator not in _HARMLESS:
            return f"is decorated with '{decorator.removeprefix('builtins.')}'"
    if node.asynchronous is not None:
        return _COROUTINE
    if any(isinstance(part, (cst.Yield, cst.Await)) for part in walk_body(node.body)):
        return _GENERATOR
    return ""
