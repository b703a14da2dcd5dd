"""The names that functions and classes read from around them, and where the values of these stand.

def outer(k):
    def f(a):           f reads 'np', a global, and 'k', which stands in a cell
        return np.sin(k * a)
"""

import ast
from collections.abc import Iterator
from contextlib import suppress
from types import CellType, CodeType, FunctionType
from typing import Any, Final

from pyaot.live.definition import Def, Definition

MISSING: Final[Any] = object()


class Scope:
    """The globals of a module, and the cells of the functions around the compiled ones."""

    def __init__(self, function: FunctionType) -> None:
        self.module: str = function.__module__
        self.globals = function.__globals__
        self.builtins: dict[str, Any] = builtins_of(function)
        self.cells: dict[str, CellType] = {}
        self._of_globals: set[str] = set()

    def value(self, name: str) -> Any:
        """What the name stands for now; MISSING where it stands for nothing."""
        if name in self.cells:
            return contents(self.cells[name])
        return self.globals.get(name, self.builtins.get(name, MISSING))

    def is_builtin(self, name: str) -> bool:
        """Whether only Python itself gives the name a meaning."""
        return name not in self.cells and name not in self.globals

    def takes(self, function: FunctionType, names: frozenset[str]) -> bool:
        """Whether the function's names mean here what they mean in it; they do from then on."""
        if function.__globals__ is not self.globals:
            return False
        cells = cells_of(function)
        globals_read = names - set(cells)
        if globals_read & set(self.cells) or self._of_globals & set(cells):
            return False
        if any(self.cells.get(name, cell) is not cell for name, cell in cells.items()):
            return False
        self.cells |= cells
        self._of_globals |= globals_read
        return True


def builtins_of(function: FunctionType) -> dict[str, Any]:
    """What stands behind the function's globals."""
    found: dict[str, Any] = getattr(function, "__builtins__")  # noqa: B009, type checkers do not know it
    return found


def contents(cell: CellType) -> Any:
    """What stands in a cell; MISSING where it is empty."""
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING


def cells_of(function: FunctionType) -> dict[str, CellType]:
    """The function's free variables."""
    return dict(zip(function.__code__.co_freevars, function.__closure__ or ()))


def names_read(function: FunctionType, found: Definition) -> frozenset[str]:
    """The globals and free variables that the function's code reads."""
    return frozenset(_names_of(function.__code__)) & _names_in(found.node)


def names_in_hints(node: Def) -> frozenset[str]:
    """The names in hints, those in texts included."""
    hints = [part.annotation for part in ast.walk(node) if isinstance(part, ast.arg | ast.AnnAssign)]
    hints += [part.returns for part in ast.walk(node) if isinstance(part, ast.FunctionDef)]
    return frozenset(name for hint in hints if hint is not None for name in _hint_names(hint))


def names_of_class(node: ast.ClassDef) -> frozenset[str]:
    """The names that the body of a class reads beside its methods: bases, decorators, values."""
    inner = [part for part in node.body if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
    around = [*node.bases, *node.decorator_list, *inner]
    return frozenset(name for part in around for name in _names_in(part))


def _hint_names(hint: ast.expr) -> Iterator[str]:
    for part in ast.walk(hint):
        match part:
            case ast.Name(id=name):
                yield name
            case ast.Constant(value=str(text)):
                with suppress(SyntaxError):
                    yield from _names_in(ast.parse(text.strip(), mode="eval"))


def _names_in(node: ast.AST) -> frozenset[str]:
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def _names_of(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    yield from code.co_freevars
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_of(constant)
