"""A program's syntax tree becomes one that tells the recorder of its calls.

def scale(a, k=2.0):                    def scale(a, k=2.0):
    return a * k                            _pyaot_call = _pyaot_entered(0, a, k)
                                            return _pyaot_left(0, _pyaot_call, a * k)

Only functions that lack a hint are changed; lines and columns stay the user's. Functions whose decorator may
read their code (a compiler's, say) are left alone, and so are the results of generators.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import TypeVar

from msgspec import Struct

from pyaot.base.names import free_prefix

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_HARMLESS = frozenset(
    (
        *("staticmethod", "classmethod", "property", "setter", "getter", "deleter", "cached_property"),
        *("cache", "lru_cache", "wraps", "abstractmethod", "override", "final", "contextmanager"),
    )
)
_READ_LOCALS = frozenset({"locals", "vars", "dir", "eval", "exec"})


class Parameter(Struct, frozen=True):
    """One that may get a hint: not the object or class of a method, and no `**keywords`."""

    node: ast.arg
    is_variadic: bool = False
    default: ast.expr | None = None


class Definition(Struct, frozen=True):
    """A `def` of the file, with the classes and functions around it, outermost first."""

    node: FunctionNode
    around: tuple[ast.ClassDef | FunctionNode, ...]

    @property
    def qualified_name(self) -> str:
        """'Radar.process', and 'smooth.inner' for a function in a function."""
        return ".".join(node.name for node in (*self.around, self.node))

    @property
    def parameters(self) -> list[Parameter]:
        """Those that may get a hint, in the order of the signature."""
        given = self.node.args
        plain = [*given.posonlyargs, *given.args]
        late = dict(zip((id(node) for node in reversed(plain)), reversed(given.defaults)))
        found = [Parameter(node, default=late.get(id(node))) for node in plain]
        if self._has_receiver:
            found = found[1:]
        if given.vararg is not None:
            found.append(Parameter(given.vararg, is_variadic=True))
        return found + [Parameter(n, default=d) for n, d in zip(given.kwonlyargs, given.kw_defaults)]

    @property
    def lacks_hints(self) -> bool:
        """A parameter or the result could have a hint and has none."""
        return self.lacks_result or any(p.node.annotation is None for p in self.parameters)

    @property
    def lacks_result(self) -> bool:
        """The result could have a hint and has none."""
        return self.node.returns is None and not self.is_generator

    @property
    def is_generator(self) -> bool:
        """It yields."""
        return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(self.node))

    @property
    def decorator(self) -> str:
        """The decorator that may do anything with the function; empty where there is none."""
        names = [ast.unparse(d.func if isinstance(d, ast.Call) else d) for d in self.node.decorator_list]
        return next((name for name in names if name.rpartition(".")[2] not in _HARMLESS), "")

    @property
    def _has_receiver(self) -> bool:
        decorators = [ast.unparse(d) for d in self.node.decorator_list]
        in_class = bool(self.around) and isinstance(self.around[-1], ast.ClassDef)
        return in_class and "staticmethod" not in decorators


def definitions(tree: ast.AST, around: tuple[ast.ClassDef | FunctionNode, ...] = ()) -> Iterator[Definition]:
    """Every `def` of the tree, outer ones first."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield Definition(node, around)
            yield from definitions(node, (*around, node))
        elif isinstance(node, ast.ClassDef):
            yield from definitions(node, (*around, node))
        else:
            yield from definitions(node, around)


def own_nodes(function: FunctionNode) -> Iterator[ast.AST]:
    """The nodes of a function's body, without those of functions, lambdas and classes in it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))


class Names(Struct, frozen=True):
    """What instrumented text calls the recorder's functions and the call's key: no names of the user's."""

    entered: str
    left: str
    call: str


def names_for(text: str) -> Names:
    """Names that the text does not use."""
    prefix = free_prefix(text)
    return Names(f"{prefix}_entered", f"{prefix}_left", f"{prefix}_call")


def instrument(tree: ast.Module, names: Names, register: Callable[[int], int]) -> None:
    """Changes the tree; `register` gives the number of a function by the line of its `def`."""
    for definition in list(definitions(tree)):
        if definition.lacks_hints and not definition.decorator:
            _instrument(definition, names, register(definition.node.lineno))


def instrumented_code(content: bytes, file: Path, names: Names, register: Callable[[int], int]) -> CodeType:
    """The code of a file whose functions tell the recorder; SyntaxError or ValueError if it is no Python."""
    tree = ast.parse(content, str(file))
    instrument(tree, names, register)
    return compile(tree, str(file), "exec", dont_inherit=True)


def _instrument(definition: Definition, names: Names, number: int) -> None:
    node = definition.node
    start = 1 if ast.get_docstring(node, clean=False) is not None else 0
    entered = _call(names.entered, ast.Constant(number), *(_name(p.node.arg) for p in definition.parameters))
    key: ast.expr = ast.Constant(None)
    first: ast.stmt = ast.Expr(entered)
    if definition.lacks_result:
        own = list(own_nodes(node))
        if not any(isinstance(part, ast.Name) and part.id in _READ_LOCALS for part in own):
            key, first = _name(names.call), ast.Assign([ast.Name(names.call, ast.Store())], entered)
        for part in own:
            if isinstance(part, ast.Return):
                value = part.value or ast.copy_location(ast.Constant(None), part)
                part.value = _placed(_call(names.left, ast.Constant(number), key, value), value)
        if not isinstance(node.body[-1], (ast.Return, ast.Raise)):
            end = ast.Return(_call(names.left, ast.Constant(number), key, ast.Constant(None)))
            node.body.append(_placed(end, node.body[-1]))
    node.body.insert(start, _placed(first, node.body[min(start, len(node.body) - 1)]))


def _call(function: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(_name(function), list(arguments), [])


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


_Node = TypeVar("_Node", bound=ast.AST)


def _placed(made: _Node, where: ast.AST) -> _Node:
    """Every new node in `made` stands where that node of the user's does."""
    for node in ast.walk(made):
        if not hasattr(node, "lineno"):
            ast.copy_location(node, where)
    return made
