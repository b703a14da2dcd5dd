"""What a name stood for when functions were compiled, and whether it still does.

Functions are compared by their code, not by their identity: a cell that is run again defines the same
function anew, and `%autoreload` gives a function that is there another code. Numbers are compared by type and
value.
"""

import re
from collections.abc import Callable, Mapping
from types import CellType, FunctionType
from typing import Any, Protocol

from pyaot.live.reading import MISSING, builtins_of, cells_of, contents
from pyaot.live.values import literal

_DISPATCHER = re.compile(r"(^|\.)_pyaot\d*_(run|split)_")

# What the class itself keeps in its dictionary, and changes.
_OF_PYTHON = ("__dict__", "__weakref__", "__doc__", "__annotations__", "__abstractmethods__", "_abc_impl")


class Known(Protocol):
    """What is remembered of a value."""

    def holds(self, value: Any) -> bool:
        """Whether the value is the one of then, for all that compiled text relies on."""


def original_of(value: Any) -> Any:
    """The function that a compiled one stands for; other values are their own."""
    if type(value) is FunctionType and _DISPATCHER.search(value.__code__.co_qualname):
        original = value.__dict__.get("__wrapped__")
        return original if type(original) is FunctionType else value
    return value


def known_of(value: Any) -> Known:
    """What is to be remembered of a value."""
    if type(value) is FunctionType:
        return KnownFunction(value)
    if literal(value) is not None:
        return KnownNumber(value)
    return KnownObject(value)


class KnownObject:
    """A module, or a thing of a library: it is to be that very thing."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def holds(self, value: Any) -> bool:
        """Whether it is the same object."""
        return value is self._value


class KnownNumber:
    """A number, a text, None or a tuple of these."""

    def __init__(self, value: Any) -> None:
        self._value = value
        self._text = literal(value)

    def holds(self, value: Any) -> bool:
        """Whether it has the same type and value, also where it is another object."""
        if value is self._value:
            return True
        return type(value) is type(self._value) and literal(value) == self._text


class KnownFunction:
    """A function: its code, its defaults, and where it reads names from."""

    def __init__(self, value: FunctionType) -> None:
        self._bound = value
        self._original: FunctionType = original_of(value)
        self._code, self._bound_code = self._original.__code__, value.__code__
        self._defaults = self._original.__defaults__
        self._keywords = dict(self._original.__kwdefaults__ or {})
        self._globals, self._cells = self._original.__globals__, cells_of(self._original)
        self._usual = value if value is self._original and not self._keywords else MISSING

    def holds(self, value: Any) -> bool:
        """Whether it does the same, compiled or not."""
        is_usual = value is self._usual and value.__code__ is self._code and not value.__kwdefaults__
        if is_usual and value.__defaults__ is self._defaults:
            return True
        if value is self._bound and value.__code__ is not self._bound_code:
            return False
        function = self._original if value is self._bound else original_of(value)
        if type(function) is not FunctionType:
            return False
        return self._is_same_code(function) and self._has_same_defaults(function)

    def _is_same_code(self, function: FunctionType) -> bool:
        if function.__code__ is self._code and function is self._original:
            return True
        return (
            function.__code__ == self._code
            and function.__globals__ is self._globals
            and all(cell is self._cells[name] for name, cell in cells_of(function).items())
        )

    def _has_same_defaults(self, function: FunctionType) -> bool:
        if function.__defaults__ is not self._defaults:
            ours = None if self._defaults is None else literal(self._defaults)
            if ours is None or function.__defaults__ is None or literal(function.__defaults__) != ours:
                return False
        keywords = function.__kwdefaults__ or {}
        if not keywords and not self._keywords:
            return True
        return keywords.keys() == self._keywords.keys() and all(
            keywords[name] is value for name, value in self._keywords.items()
        )


class KnownClass:
    """A class of the user's, and all that stands in it."""

    def __init__(self, value: type) -> None:
        self._class = value
        self._bases = value.__mro__
        self._members = {name: (found, _member(found)) for name, found in _content(value)}

    def holds(self, value: Any) -> bool:
        """Whether it is that class, and nothing in it has changed; compiled methods are what they were."""
        if value is not self._class or value.__mro__ != self._bases:
            return False
        content = dict(_content(value))
        if content.keys() != self._members.keys():
            return False
        return all(self._keeps(name, found) for name, found in content.items())

    def _keeps(self, name: str, found: Any) -> bool:
        then, known = self._members[name]
        if isinstance(found, staticmethod | classmethod | property) and type(found) is type(then):
            found = function_in(found)
        return known.holds(found)


def function_in(member: Any) -> Any:
    """The function of a static or class method or of a property; others are their own."""
    if isinstance(member, staticmethod | classmethod):
        return member.__func__
    return member.fget if isinstance(member, property) else member


def _member(value: Any) -> Known:
    return known_of(function_in(value))


def _content(value: type) -> list[tuple[str, Any]]:
    return [(name, found) for name, found in vars(value).items() if name not in _OF_PYTHON]


class World:
    """What compiled text relies on outside its arguments, and a question: is it as it was?"""

    def __init__(
        self,
        original: FunctionType,
        names: Mapping[str, Known],
        cells: Mapping[str, CellType],
        builtins: Mapping[str, Any],
    ) -> None:
        self.original: Any = original
        self._itself = KnownFunction(original)
        self._globals, self._builtins = original.__globals__, builtins_of(original)
        self._of_globals = [(name, known) for name, known in names.items() if name not in cells]
        self._of_cells = [(name, cells[name], names[name]) for name in cells if name in names]
        self._of_python = list(builtins.items())
        self._dispatcher: Any = None

    def stands_for(self, dispatcher: FunctionType) -> None:
        """The function that was made."""
        self._dispatcher, self._code = dispatcher, dispatcher.__code__

    def whole(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The original, or what `%autoreload`, which puts a new one into it, made of it."""

        def whole(*args: Any, **kwargs: Any) -> Any:
            now = original_of(self._dispatcher) if self._is_replaced() else original
            return now(*args, **kwargs)

        return whole

    def region(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Statements of the original, which are no one's where `%autoreload` made another function of it."""

        def region(*args: Any, **kwargs: Any) -> Any:
            if self._is_replaced():
                name = self.original.__qualname__
                raise RuntimeError(f"{name!r} was changed in place: ask its module for it again")
            return original(*args, **kwargs)

        return region

    def _is_replaced(self) -> bool:
        made = self._dispatcher
        if made is None:
            return False
        return made.__code__ is not self._code or made.__dict__.get("__wrapped__") is not self.original

    def changed(self) -> str | None:
        """None where all is as it was, else what is not."""
        if self._is_replaced() or not self._itself.holds(self.original):
            return "the function itself was changed"
        values = self._globals
        for name, known in self._of_globals:
            if not known.holds(values.get(name, MISSING)):
                return f"{name!r} is not what it was at compile time"
        for name, cell, known in self._of_cells:
            if not known.holds(contents(cell)):
                return f"{name!r} is not what it was at compile time"
        for name, value in self._of_python:
            if name in values or self._builtins.get(name) is not value:
                return f"{name!r} is not Python's own any more"
        return None
