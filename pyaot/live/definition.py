"""The text of a function or class, where it is certainly the text that runs.

A file may have been changed since it was imported. So its text is compiled again, and the function's code has
to be in what comes out, with its lines.
"""

import ast
import linecache
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from types import CodeType, FunctionType
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

FUTURES = 0x1FF0000  # what `from __future__` sets in co_flags


class Definition(Struct, frozen=True):
    """A statement of a file, with the lines that it stands in."""

    node: Def
    file: str
    lines: tuple[str, ...]  # of the statement alone, without ends

    @property
    def first(self) -> int:
        """The line of the first decorator, else of the statement."""
        return min(self.node.lineno, *(d.lineno for d in self.node.decorator_list), self.node.lineno)

    @property
    def margin(self) -> int:
        """How far it is indented."""
        return self.node.col_offset


class _File(Struct, frozen=True):
    """A file's text as Python compiles it."""

    lines: tuple[str, ...]
    tree: ast.Module
    codes: frozenset[CodeType]


class NoSourceError(Exception):
    """The text of a function is not there, or is another one."""


def function_definition(function: FunctionType) -> Definition:
    """The function's `def`; NoSourceError where its text is not there any more."""
    code = function.__code__
    file = _file(code.co_filename, code.co_flags & FUTURES, function)
    for node in ast.walk(file.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == code.co_name:
            found = _definition(node, code.co_filename, file)
            if found.first == code.co_firstlineno and code in file.codes:
                return found
    raise NoSourceError(f"the text of '{code.co_filename}' is not the one that runs: it has changed since")


def class_definition(name: str, methods: Iterator[FunctionType]) -> Definition | None:
    """The `class` of that name around one of its methods, at the top level of its file."""
    for method in methods:
        try:
            inner = function_definition(method)
        except NoSourceError:
            continue
        file = _file(inner.file, method.__code__.co_flags & FUTURES, method)
        for node in _outermost(file.tree):
            if isinstance(node, ast.ClassDef) and node.name == name and inner.node in node.body:
                return _definition(node, inner.file, file)
    return None


def plain_class_definition(value: type, file: str) -> Definition | None:
    """The `class` of a data class or named tuple without methods, in that file or a cell of a notebook."""
    cells = [name for name, entry in linecache.cache.items() if len(entry) == 4 and entry[1] is None]
    for name in (file, *reversed(cells)):
        text = "".join(linecache.getlines(name))
        with suppress(NoSourceError):
            read = _compiled(text, name, 0)
            for node in _outermost(read.tree):
                if isinstance(node, ast.ClassDef) and node.name == value.__name__ and _is_plain(node, value):
                    return _definition(node, name, read)
    return None


def _is_plain(node: ast.ClassDef, value: type) -> bool:
    """Whether it is the class's text: the same fields in the same order, and Python makes the objects."""
    stated = [
        part.target.id
        for part in node.body
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
    ]
    if not stated or any(isinstance(part, ast.FunctionDef) for part in node.body):
        return False
    if value.__bases__ == (tuple,):
        return len(node.bases) == 1 and list(getattr(value, "_fields", ())) == stated
    fields = getattr(value, "__dataclass_fields__", {})
    is_simple = all(f.init and not f.kw_only for f in fields.values())
    parameters = getattr(value, "__dataclass_params__", None)
    return (
        value.__bases__ == (object,)
        and list(fields) == stated
        and is_simple
        and bool(parameters and parameters.init and len(node.decorator_list) == 1 and not node.bases)
    )


def at_margin(found: Definition) -> Definition:
    """As it is at the top level; NoSourceError where a text of several lines in it keeps it from moving."""
    if not found.margin:
        return found
    text = textwrap.dedent("\n".join(found.lines) + "\n")
    try:
        node = ast.parse(text).body[0]
    except SyntaxError:
        node = ast.Pass()
    if ast.dump(node) != ast.dump(found.node) or not isinstance(node, Def):
        raise NoSourceError(f"'{found.node.name}' has a text of several lines that is indented less than it")
    ast.increment_lineno(node, found.first - 1)
    return replace(found, node=node, lines=tuple(text.split("\n")[:-1]))


def _outermost(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of a module, those of its conditions included."""
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            waiting += [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.stmt)]


def _definition(node: Def, name: str, file: _File) -> Definition:
    found = Definition(node, name, ())
    return replace(found, lines=file.lines[found.first - 1 : node.end_lineno])


def _file(name: str, futures: int, function: FunctionType) -> _File:
    linecache.checkcache(name)
    text = "".join(linecache.getlines(name, function.__globals__))
    if not text:
        raise NoSourceError(f"the text of '{function.__qualname__}' is not there: '{name}' cannot be read")
    return _compiled(text, name, futures)


@lru_cache(maxsize=16)
def _compiled(text: str, name: str, futures: int) -> _File:
    try:
        tree = ast.parse(text, name)
        code = compile(text, name, "exec", flags=futures | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise NoSourceError(f"the text of '{name}' is no Python: {error}") from None
    return _File(tuple(text.split("\n")), tree, frozenset(_codes(code)))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
