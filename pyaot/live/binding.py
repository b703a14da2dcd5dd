"""The versions of a function, made over the globals and cells that the function itself has.

The text of the versions is that of a drop-in, with the function's names: nothing is added to its module. Its
guards ask first whether what was compiled is still what the names stand for.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from types import CellType, CodeType, FunctionType, SimpleNamespace
from typing import Any

import pyaot_runtime
from pyaot_runtime.guards import called

from pyaot.cli.execute import compiled_tree, placed_tree
from pyaot.live.definition import FUTURES
from pyaot.live.known import Known, World
from pyaot.live.program import Program, Root
from pyaot.output.cache import Cached


class Versions:
    """The compiled functions of one text."""

    def __init__(self, program: Program, entry: Cached) -> None:
        self._program, self._entry = program, entry
        self._tree = placed_tree(entry)
        self._kernels = _kernels(self._tree, entry.prefix)
        self._factories = dict(_factories(self._tree.body, "", entry.prefix))

    def __contains__(self, name: str) -> bool:
        return name in self._factories

    def bound(self, root: Root) -> Any:
        """The function with its versions; the function itself where none of them can be used."""
        world = self._world(root)
        cells = {**self._program.scope.cells, **self._own_cells(root.function, world)}
        factory = self._factory(root, cells)
        bound = _guarded_versions(world)(root.function)(factory)
        if bound is not root.function:
            world.stands_for(bound)
        return bound

    def _world(self, root: Root) -> World:
        names = self._program.reached(root.name)
        return World(
            root.function,
            {name: known for name, known in self._program.names.items() if name in names},
            self._program.scope.cells,
            {name: value for name, value in self._program.builtins.items() if name in names},
        )

    def _own_cells(self, function: FunctionType, world: World) -> dict[str, CellType]:
        prefix = self._entry.prefix
        return {
            prefix: CellType(_runtime(self._program.defined, world)),
            f"{prefix}_kernels": CellType(self._kernels),
            "__name__": CellType(function.__module__),
        }

    def _factory(self, root: Root, cells: Mapping[str, CellType]) -> FunctionType:
        owner, _, name = root.name.rpartition(".")
        body: ast.stmt = self._factories[root.name]
        if owner:
            body = ast.ClassDef(owner, [], [], [body], [])
        around = ast.FunctionDef(f"{self._entry.prefix}_live", _parameters(cells), [body], [])
        tree = ast.fix_missing_locations(ast.Module([around], []))
        code = root.function.__code__
        compiled = compiled_tree(tree, self._entry, code.co_filename, code.co_flags & FUTURES)
        made = _code_of(compiled, name, f"{self._entry.prefix}_bind")
        closure = tuple(cells[free] for free in made.co_freevars)
        return FunctionType(made, root.function.__globals__, name, None, closure)


def _parameters(names: Mapping[str, CellType]) -> ast.arguments:
    return ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])


def _code_of(code: CodeType, name: str, parameter: str) -> CodeType:
    """The factory's code among the code around it."""
    if code.co_name == name and code.co_varnames[:1] == (parameter,):
        return code
    inner = (part for part in code.co_consts if isinstance(part, CodeType))
    return next(found for part in inner if (found := _code_of(part, name, parameter)) is not None)


def _factories(body: list[ast.stmt], owner: str, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The generated functions that give versions, without their decorators, by the name of the user's."""
    for node in body:
        match node:
            case ast.ClassDef(name=name, body=inner):
                yield from _factories(inner, f"{owner}{name}.", prefix)
            case ast.FunctionDef(name=name, args=ast.arguments(args=[ast.arg(arg=first)])):
                if first == f"{prefix}_bind":
                    node.decorator_list = []
                    yield owner + name, node


def _kernels(tree: ast.Module, prefix: str) -> pyaot_runtime.Kernels:
    """The kernels that the text loads."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=places, keywords=keywords)):
                if name == f"{prefix}_kernels":
                    values = [ast.literal_eval(place) for place in places]
                    named = {k.arg: ast.literal_eval(k.value) for k in keywords if k.arg is not None}
                    return pyaot_runtime.load_kernels(*values, **named)
    return pyaot_runtime.Kernels()


# ---- the runtime as the generated text sees it ----------------------------------------------------------


def _runtime(defined: Mapping[str, Known], world: World) -> SimpleNamespace:
    """The runtime's names; the user's functions and classes are compared with those that were compiled."""

    def is_def(value: Any, qualified_name: str, module: str) -> bool:
        known = defined.get(qualified_name)
        return known is not None and known.holds(value)

    def calls(owner: Any, method: str, module: str) -> bool:
        return is_def(called(owner, method.rpartition(".")[2]), method, module)

    names = {name: getattr(pyaot_runtime, name) for name in pyaot_runtime.__all__}
    return SimpleNamespace(
        **{**names, "is_def": is_def, "calls": calls, "versions": _guarded_versions(world)}
    )


class _Binder:
    """A binder whose guards ask the world first."""

    def __init__(self, binder: pyaot_runtime.Binder, original: Any, world: World) -> None:
        self._binder, self._world = binder, world
        is_region = original is not world.original
        self.original = (world.region if is_region else world.whole)(binder.original)
        self.around = binder.around

    def choose(self, guard: Callable[..., Any], **kernels: Any) -> tuple[Any, Any]:
        """As the binder's."""
        return self._binder.choose(self._asked_first(guard), **kernels)

    def choose_if_forced(self, guard: Callable[..., Any], **kernels: Any) -> tuple[Any, Any]:
        """As the binder's."""
        return self._binder.choose_if_forced(self._asked_first(guard), **kernels)

    def _asked_first(self, guard: Callable[..., Any]) -> Callable[..., str | None]:
        changed = self._world.changed

        def asked_first(*values: Any) -> Any:
            reason = changed()
            return guard(*values) if reason is None else reason

        return asked_first


def _guarded_versions(world: World) -> Callable[[Any], Callable[[Any], Any]]:
    def versions(original: Any) -> Callable[[Any], Any]:
        def bind(factory: Any) -> Any:
            def made(binder: pyaot_runtime.Binder) -> Any:
                return factory(_Binder(binder, original, world))

            made.__name__ = factory.__name__
            return pyaot_runtime.versions(original)(made)

        return bind

    return versions
