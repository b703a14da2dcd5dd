"""One text of functions and of all that they read, as it is now.

Functions stand in the lines of their file, so that messages name these; helpers and classes too, where they
are of the same file. Behind them each other name gets a statement that says what it stands for. A default is
written as the value that it has: its text may mean something else by now. Of others nothing is said.
"""

import ast
from collections.abc import Iterable, Sequence
from types import FunctionType
from typing import Any

from msgspec import Struct

from pyaot.live.definition import (
    Definition,
    NoSourceError,
    at_margin,
    class_definition,
    function_definition,
    plain_class_definition,
)
from pyaot.live.known import Known, KnownClass, KnownFunction, function_in, known_of, original_of
from pyaot.live.reading import MISSING, Scope, names_in_hints, names_of_class, names_read
from pyaot.live.values import IMPORTS, literal, statement, unknown


class Root(Struct, frozen=True):
    """A function that is to be compiled, by its name in the text: 'smooth', 'Radar.process'."""

    function: Any  # a FunctionType, which as an attribute would be a method to type checkers
    name: str


class Program(Struct, frozen=True):
    """The text, and what it relies on."""

    text: str
    scope: Scope
    defined: dict[str, Known]  # functions, methods and classes by qualified name
    names: dict[str, Known]  # what each name stood for
    builtins: dict[str, Any]
    reads: dict[str, frozenset[str]]  # for each definition the names that its code reads

    def reached(self, name: str) -> frozenset[str]:
        """All names that a definition reads, itself or through others."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            fresh = self.reads.get(waiting.pop(), frozenset()) - found
            found |= fresh
            waiting += fresh
        return frozenset(found)


class _Draft:
    """The text as far as it has come."""

    def __init__(self, scope: Scope, file: str) -> None:
        self.scope, self.file = scope, file
        self.lines: dict[int, str] = {}
        self.behind: list[str] = []
        self.defined: dict[str, Known] = {}
        self.names: dict[str, Known] = {}
        self.builtins: dict[str, Any] = {}
        self.reads: dict[str, frozenset[str]] = {}
        self.done: set[str] = set()
        self.waiting: list[str] = []

    def place(self, found: Definition, lines: Sequence[str]) -> None:
        """The lines where they stand in the file, else behind all others."""
        numbers = range(found.first, found.first + len(lines))
        if found.file == self.file and not self.lines.keys() & set(numbers):
            self.lines.update(zip(numbers, lines))
        else:
            self.behind += lines

    def text(self) -> str:
        """All of it."""
        rows = [self.lines.get(number, "") for number in range(1, max(self.lines, default=0) + 1)]
        said = "\n".join(self.behind)
        imports = [f"import {path} as {name}" for name, path in IMPORTS.items() if f"{name}." in said]
        return "\n".join([*rows, *self.behind, *imports, ""])


def program_of(roots: Sequence[Root]) -> Program:
    """The text of the functions; NoSourceError where one of them has none."""
    draft = _Draft(Scope(roots[0].function), roots[0].function.__code__.co_filename)
    for root in roots:
        at_margin(function_definition(root.function))
        owner = root.name.rpartition(".")[0]
        if not owner and not _add_function(draft, root.name, root.function):
            raise NoSourceError(f"'{root.name}' reads names that are others in another function")
        if owner and owner not in draft.done:
            _add_owner(draft, owner)
        draft.done.add(owner or root.name)
    while draft.waiting:
        name = draft.waiting.pop()
        if name not in draft.done:
            draft.done.add(name)
            _add_name(draft, name, draft.scope.value(name))
    return Program(draft.text(), draft.scope, draft.defined, draft.names, draft.builtins, draft.reads)


def _add_owner(draft: _Draft, name: str) -> None:
    """The class of a method that is to be compiled."""
    if not _add_class(draft, name, draft.scope.value(name)):
        raise NoSourceError(f"the text of the class '{name}' is not certainly what the class is now")
    draft.names[name] = draft.defined[name]


def _add_name(draft: _Draft, name: str, value: Any) -> None:
    """A name that is read: what it stands for, in text."""
    if value is MISSING or name.startswith("__"):
        return
    if draft.scope.is_builtin(name):
        draft.builtins[name] = value
        return
    function = original_of(value)
    if type(function) is FunctionType and function.__code__.co_name == name:
        if _add_function(draft, name, function):
            draft.names[name] = KnownFunction(value)
            return
    elif (
        isinstance(value, type) and value.__module__ == draft.scope.module and _add_class(draft, name, value)
    ):
        draft.names[name] = draft.defined[name]
        return
    said = statement(name, value, draft.scope.module)
    draft.behind.append(said)
    if said != unknown(name):
        draft.names[name] = known_of(value)


# ---- functions ------------------------------------------------------------------------------------------


def _add_function(draft: _Draft, name: str, function: FunctionType) -> bool:
    """The function's text, without decorators; False where it cannot stand here."""
    try:
        found = at_margin(function_definition(function))
    except NoSourceError:
        return False
    names = names_read(function, found)
    if not draft.scope.takes(function, names):
        return False
    lines = _edited(found, _default_edits(found.node, function, found.first))
    for number in range(found.node.lineno - found.first):
        lines[number] = ""
    draft.place(found, lines)
    draft.defined[name] = KnownFunction(function)
    draft.reads[name] = names
    draft.waiting += sorted(names | names_in_hints(found.node))
    return True


class _Edit(Struct, frozen=True):
    """Another text for an expression."""

    node: ast.expr
    text: str


def _default_edits(node: ast.AST, function: FunctionType, first: int) -> list[_Edit]:
    """Defaults whose text may not mean what they are."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    texts = node.args.defaults
    values: list[Any] = list(function.__defaults__ or ())
    pairs = (
        list(zip(texts, values, strict=True)) if len(texts) == len(values) else [(t, MISSING) for t in texts]
    )
    keywords = function.__kwdefaults__ or {}
    for argument, text in zip(node.args.kwonlyargs, node.args.kw_defaults):
        if text is not None:
            pairs.append((text, keywords.get(argument.arg, MISSING)))
    return [_Edit(text, _said(value)) for text, value in pairs if not _says(text, value)]


def _said(value: Any) -> str:
    return (None if value is MISSING else literal(value)) or "object()"


def _says(node: ast.expr, value: Any) -> bool:
    try:
        return value is not MISSING and literal(ast.literal_eval(node)) == literal(value) is not None
    except (ValueError, SyntaxError):
        return False


def _edited(found: Definition, edits: Iterable[_Edit]) -> list[str]:
    """The definition's lines, as many as before, with other texts for some of its expressions."""
    lines = [line.encode() for line in found.lines]
    for edit in sorted(edits, key=lambda edit: (edit.node.lineno, edit.node.col_offset), reverse=True):
        first, last = edit.node.lineno - found.first, (edit.node.end_lineno or 0) - found.first
        tail = lines[last][edit.node.end_col_offset or 0 :]
        lines[first] = lines[first][: edit.node.col_offset] + f"({edit.text}".encode()
        lines[first + 1 : last + 1] = [b""] * (last - first)
        lines[last] += b")" + tail
    return [line.decode() for line in lines]


# ---- classes --------------------------------------------------------------------------------------------


def _add_class(draft: _Draft, name: str, value: Any) -> bool:
    """The text of a class with its methods; False where it is not certainly what the class is."""
    if not isinstance(value, type) or value.__qualname__ != name:
        return False
    methods = _methods(value)
    here = (f for f in methods.values() if f.__globals__ is draft.scope.globals)
    found = class_definition(name, here) or plain_class_definition(value, draft.file)
    if found is None or not isinstance(found.node, ast.ClassDef) or found.margin:
        return False
    edits = _class_edits(found, found.node, value, methods)
    if edits is None:
        return False
    inner = {part.name: part for part in found.node.body if isinstance(part, ast.FunctionDef)}
    read = {key: _read_by(methods[key]) for key in inner if key in methods}
    if not all(draft.scope.takes(methods[key], names) for key, names in read.items()):
        return False
    draft.place(found, _edited(found, edits))
    draft.defined[name] = KnownClass(value)
    draft.defined |= {f"{name}.{key}": KnownFunction(methods[key]) for key in read}
    around = names_of_class(found.node)
    draft.reads[name] = around.union(*read.values())
    draft.reads |= {f"{name}.{key}": names | {name} for key, names in read.items()}
    hints = frozenset().union(*(names_in_hints(part) for part in inner.values()))
    draft.waiting += sorted(draft.reads[name] | hints | names_in_hints(found.node))
    return True


def _read_by(method: FunctionType) -> frozenset[str]:
    return names_read(method, function_definition(method))


def _methods(value: type) -> dict[str, FunctionType]:
    """The functions in the class by name, as they were defined."""
    found = {name: original_of(function_in(member)) for name, member in vars(value).items()}
    return {name: member for name, member in found.items() if type(member) is FunctionType}


def _class_edits(
    found: Definition, node: ast.ClassDef, value: type, methods: dict[str, FunctionType]
) -> list[_Edit] | None:
    """What to write otherwise in the text of a class; None where a method is another one than the text's."""
    edits: list[_Edit] = []
    for part in node.body:
        match part:
            case ast.FunctionDef(name=name, decorator_list=decorators):
                if not _is_plain(decorators):
                    continue
                method = methods.get(name)
                if method is None or not _stands_there(method, part):
                    return None
                edits += _default_edits(part, method, found.first)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as text):
                edits += _value_edit(value, name, text)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as text):
                edits += _value_edit(value, name, text)
            case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None):
                pass
            case _:
                return None
    return edits


def _is_plain(decorators: list[ast.expr]) -> bool:
    names = ("staticmethod", "classmethod", "property")
    return all(isinstance(d, ast.Name) and d.id in names for d in decorators)


def _stands_there(method: FunctionType, node: ast.FunctionDef) -> bool:
    try:
        return function_definition(method).node.lineno == node.lineno
    except NoSourceError:
        return False


def _value_edit(value: type, name: str, text: ast.expr) -> list[_Edit]:
    """A value of a class body, where its text may not mean what it is."""
    fields = getattr(value, "__dataclass_fields__", {})
    if name in fields and isinstance(text, ast.Call) and name not in vars(value):
        return []  # field(default_factory=...): made anew at each call
    defaults = getattr(value, "_field_defaults", {})
    now = defaults.get(name, vars(value).get(name, MISSING))
    if name in fields and "__slots__" in vars(value):
        now = fields[name].default
    return [] if _says(text, now) else [_Edit(text, _said(now))]
