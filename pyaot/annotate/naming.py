"""How the hints of a file call things: by the names that it binds, or by imports to add."""

import ast
import builtins
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from pyaot.annotate.instrument import Definition, own_nodes
from pyaot.annotate.terms import ObjectTerm
from pyaot.frontend.scopes import ModuleScope


class NoHintError(Exception):
    """No hint can be written; the text completes 'it ...'."""


class Import(Struct, frozen=True):
    """`from module import name`, `import module as alias`; `for_types`: under `if TYPE_CHECKING`."""

    module: str
    name: str | None = None
    alias: str | None = None
    for_types: bool = False

    @property
    def bound(self) -> str:
        """The name that it binds."""
        return self.alias or self.name or self.module


class Piece(Struct, frozen=True):
    """A part of a hint, and the imports that it needs."""

    text: str
    imports: frozenset[Import] = frozenset()


class FileNames(Struct, frozen=True):
    """The names of one file."""

    path: Path
    scope: ModuleScope
    bound: Mapping[str, int]  # by the module, when it is loaded: the line at which the name is first there
    is_lazy: bool  # annotations are not evaluated

    def numpy(self) -> Piece:
        """What the file calls NumPy."""
        known = self._name_of("numpy")
        if known is not None:
            return Piece(known)
        alias = "np" if self._is_free("np") else None
        return self._added(Import("numpy", alias=alias))

    def member(self, module: str, name: str) -> Piece:
        """What the file calls a name of a library: `NDArray`, `jaxtyping.Float64`."""
        known = self._name_of(f"{module}.{name}") or self._name_of(module, f".{name}")
        return self._added(Import(module, name)) if known is None else Piece(known)

    def class_of(self, term: ObjectTerm) -> Piece:
        """What the file calls a class of the program."""
        if Path(term.file) == self.path:
            return Piece(term.name)
        known = self._name_of(f"{term.module}.{term.name}") or self._name_of(term.module, f".{term.name}")
        if known is not None:
            return Piece(known)
        if term.module == "__main__":
            raise NoHintError(f"was an object of the main program's class '{term.name}'")
        first = term.name.partition(".")[0]
        return Piece(term.name, self._added(Import(term.module, first, for_types=True)).imports)

    def checked(self, piece: Piece, definition: Definition) -> Piece:
        """The hint as it can stand in a `def`: in quotes where a name of it is bound only later."""
        added = {import_.bound for import_ in piece.imports if not import_.for_types}
        roots = {n.id for n in ast.walk(ast.parse(piece.text)) if isinstance(n, ast.Name)} - added
        hidden = sorted(roots & set(_names_around(definition)))
        hidden += sorted(name for name in roots & self.bound.keys() if hasattr(builtins, name))
        if hidden:
            raise NoHintError(f"needs the name '{hidden[0]}', which means something else here")
        start = (definition.around[0] if definition.around else definition.node).lineno
        late = (n for n in roots if not hasattr(builtins, n) and self.bound.get(n, start) >= start)
        if self.is_lazy or not any(late):
            return piece
        quoted = piece.text.replace('"', "'")
        return Piece(f'"{quoted}"', piece.imports)

    def _name_of(self, path: str, rest: str = "") -> str | None:
        imports = self.scope.for_hints().imports
        found = (name for name, value in imports.items() if _is_path(value, path))
        return next((name + rest for name in found), None)

    def _is_free(self, name: str) -> bool:
        return name not in self.bound and name not in self.scope.for_hints().imports

    def _added(self, import_: Import) -> Piece:
        if not self._is_free(import_.bound):
            raise NoHintError(f"needs the name '{import_.bound}', which means something else here")
        return Piece(import_.bound, frozenset({import_}))


def _is_path(value: str, path: str) -> bool:
    """Whether an import's path is that one; a relative one may leave out the packages around."""
    return value == path or (value.startswith(".") and f".{path}".endswith(f".{value.lstrip('.')}"))


def file_names(path: Path, tree: ast.Module, scope: ModuleScope) -> FileNames:
    """The names of a file by its text."""
    bound: dict[str, int] = {}
    for name, line in _bound_by(tree.body):
        bound.setdefault(name, line)
    future = (n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__")
    is_lazy = any(alias.name == "annotations" for node in future for alias in node.names)
    return FileNames(path.resolve(), scope, bound, is_lazy)


def _bound_by(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    """The names that a module's statements bind, each with the line at which it is there."""
    for node in body:
        line = node.end_lineno or node.lineno
        match node:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((a.asname or a.name.partition(".")[0], line) for a in names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, line
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                yield from _bound_by(node.orelse)
            case ast.If() | ast.Try() | ast.TryStar() | ast.With() | ast.For() | ast.While():
                yield from _bound_by(list(_statements_in(node)))
            case _:
                stored = (n for n in ast.walk(node) if isinstance(n, ast.Name))
                yield from ((n.id, line) for n in stored if isinstance(n.ctx, ast.Store))


def _statements_in(node: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler):
            yield from child.body


def _names_around(definition: Definition) -> Iterator[str]:
    """The names that the classes and functions around a definition bind."""
    for around in definition.around:
        nodes = around.body if isinstance(around, ast.ClassDef) else list(own_nodes(around))
        for node in nodes:
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    yield name
                case ast.Name(id=name, ctx=ast.Store()):
                    yield name
                case ast.Assign(targets=targets):
                    yield from (t.id for t in targets if isinstance(t, ast.Name))
                case ast.AnnAssign(target=ast.Name(id=name)):
                    yield name
                case _:
                    pass
        if not isinstance(around, ast.ClassDef):
            arguments = around.args
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            yield from (a.arg for a in (*every, arguments.vararg, arguments.kwarg) if a is not None)
