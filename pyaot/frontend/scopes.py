"""What a file says about its names, read from the text without running it.

import numpy as np                      imports["np"] == "numpy"
N = 32                                  constants["N"] == 32
Grid = NDArray[np.float64]              aliases["Grid"], the expression
class Radar:                            classes["Radar"]
    def process(self, cube): ...        functions["Radar.process"]
"""

import builtins
import symtable
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache

import libcst as cst
from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.frontend.facts import target_names
from pyaot.frontend.scope_classes import ClassInfo, read_classes
from pyaot.frontend.scope_constants import Constant, constant_value
from pyaot.frontend.scope_functions import FunctionInfo, Receiver, read_functions
from pyaot.frontend.scope_imports import brings_unknown_names, dotted_name, imports_of, is_type_checking
from pyaot.frontend.syntax import SyntaxTree, walk, walk_body

__all__ = [
    "ClassInfo",
    "Constant",
    "FunctionInfo",
    "ModuleScope",
    "NameUses",
    "Receiver",
    "dotted_name",
    "names_of",
    "read_scopes",
    "resolve",
]


class ModuleScope(Struct, frozen=True):
    """The names of a module as its text binds them; other modules may rebind them, so a guard checks."""

    tree: SyntaxTree
    imports: Mapping[str, str] = field(default_factory=dict)  # name -> dotted path: np -> numpy
    functions: Mapping[str, FunctionInfo] = field(default_factory=dict)  # by qualified name
    classes: Mapping[str, ClassInfo] = field(default_factory=dict)  # by qualified name
    constants: Mapping[str, Constant] = field(default_factory=dict)  # numbers, texts, tuples of them
    aliases: Mapping[str, cst.BaseExpression] = field(default_factory=dict)  # right sides of names bound once
    rebound: frozenset[str] = frozenset()  # names whose value may change while the module lives
    hidden: frozenset[str] = frozenset()  # names of Python's own that the module gives another meaning
    may_hide: bool = False  # by `from tools import *`, of a module that the compiler does not know
    typing_imports: Mapping[str, str] = field(default_factory=dict)  # those under `if TYPE_CHECKING`
    typing_aliases: Mapping[str, cst.BaseExpression] = field(default_factory=dict)

    def for_hints(self) -> "ModuleScope":
        """The names as type checkers see them, with those under `if TYPE_CHECKING`."""
        imports = {**self.imports, **self.typing_imports}
        return replace(self, imports=imports, aliases={**self.aliases, **self.typing_aliases})


class NameUses(Struct, frozen=True):
    """What one function does with names; nested functions are not part of it, comprehensions are."""

    parameters: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()  # bound in the body, also by `for`, `import`, `def`, `global`
    read: frozenset[str] = frozenset()
    declared_global: frozenset[str] = frozenset()
    declared_nonlocal: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()  # of an enclosing function

    @property
    def local(self) -> frozenset[str]:
        """The names that do not reach beyond the function."""
        return (self.parameters | self.assigned) - self.declared_global - self.declared_nonlocal


def read_scopes(tree: SyntaxTree) -> ModuleScope:
    """All that the text says about the module's names."""
    statements = tuple(_module_statements(tree.module.body, _Statement(tree.module)))
    imports = imports_of(s.node for s in statements if not s.for_types)
    rebound = _rebound(tree, statements)
    certain = (pair for s in statements if s.is_certain for pair in _assignments(s.node))
    aliases = {name: value for name, value in certain if name not in rebound}
    return ModuleScope(
        tree,
        imports,
        {f.qualified_name: f for f in read_functions(tree.module, imports)},
        {c.name: c for c in read_classes(tree.module, imports)},
        _constants(aliases, imports),
        aliases,
        rebound,
        frozenset(name for name in _all_bound(statements) if hasattr(builtins, name)),
        any(brings_unknown_names(s.node) for s in statements if not s.for_types),
        imports_of(s.node for s in statements if s.for_types),
        {name: value for s in statements if s.for_types for name, value in _assignments(s.node)},
    )


def resolve(node: cst.BaseExpression, scope: ModuleScope, function: FunctionInfo | None = None) -> str | None:
    """The dotted path that a name or attribute stands for, None where it is none that the text tells.

    `np.linalg.norm` is 'numpy.linalg.norm', `range` is 'builtins.range'; names of the module's own
    functions, classes and variables have no path, nor has what is local to `function`.
    """
    name = dotted_name(node)
    if name is None:
        return None
    first, _, rest = name.partition(".")
    path = _path_of(first, scope, function)
    if path is None or not rest:
        return path
    return f"{path}.{rest}"


def _path_of(name: str, scope: ModuleScope, function: FunctionInfo | None) -> str | None:
    while function is not None:
        if name in function.imports:
            return function.imports[name]
        uses = names_of(function, scope)
        if name in uses.local:
            return None
        if name in uses.declared_global:
            break
        function = scope.functions.get(function.outer or "")
    return _module_path(name, scope, frozenset())


def _module_path(name: str, scope: ModuleScope, seen: frozenset[str]) -> str | None:
    """Imports, then aliases such as `DTYPE = np.float32`, then builtins."""
    if name in scope.imports:
        return scope.imports[name]
    if name in scope.aliases:
        first, _, rest = (dotted_name(scope.aliases[name]) or "").partition(".")
        path = None if not first or name in seen else _module_path(first, scope, seen | {name})
        return f"{path}.{rest}" if path and rest else path
    if name in scope.functions or name in scope.classes or name in scope.rebound or name in scope.hidden:
        return None
    return f"builtins.{name}" if hasattr(builtins, name) else None


# ---- the statements of a module -------------------------------------------------------------------------


class _Statement(Struct, frozen=True):
    """One statement that runs as the module is loaded."""

    node: cst.CSTNode
    is_certain: bool = True  # it runs exactly once
    repeats: bool = False  # it may run more than once
    for_types: bool = False  # it runs for type checkers only


def _module_statements(body: Iterable[cst.CSTNode], around: _Statement) -> Iterator[_Statement]:
    """Every statement outside functions and classes; `around` describes where `body` stands."""
    for node in body:
        here = replace(around, node=node)
        match node:
            case cst.SimpleStatementLine() | cst.SimpleStatementSuite() | cst.IndentedBlock():
                yield from _module_statements(node.body, here)
            case cst.FunctionDef() | cst.ClassDef():
                yield here
            case cst.If(test=test, body=then, orelse=otherwise):
                yield here
                inner = replace(here, is_certain=False)
                for_types = here.for_types or is_type_checking(test)
                yield from _module_statements((then,), replace(inner, for_types=for_types))
                yield from _module_statements(() if otherwise is None else (otherwise,), inner)
            case cst.BaseCompoundStatement() | cst.Else() | cst.ExceptHandler() | cst.Finally():
                yield here
                repeats = here.repeats or isinstance(node, (cst.For, cst.While))
                yield from _module_statements(_bodies(node), replace(here, is_certain=False, repeats=repeats))
            case _:
                yield here


def _bodies(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        part = getattr(node, name, None)
        if isinstance(part, cst.CSTNode):
            yield part
        elif isinstance(part, (tuple, list)):
            yield from part


# ---- what is bound, and how often -----------------------------------------------------------------------


def _rebound(tree: SyntaxTree, statements: tuple[_Statement, ...]) -> frozenset[str]:
    """Names bound more than once by the module, or by a function that declares them `global`."""
    counts: Counter[str] = Counter()
    for statement in statements:
        if not statement.for_types:
            repeats = statement.repeats or isinstance(statement.node, (cst.For, cst.While))
            counts.update(list(_bound_by(statement.node)) * (2 if repeats else 1))
    names = {name for name, count in counts.items() if count > 1}
    for node in walk(tree.module):
        if isinstance(node, cst.Global):
            names |= {item.name.value for item in node.names}
    for node in walk_body(tree.module):
        if isinstance(node, cst.NamedExpr):
            names |= set(target_names(node.target))
    return frozenset(names)


def _all_bound(statements: tuple[_Statement, ...]) -> Iterator[str]:
    """The names that the module binds when it runs, certainly or not."""
    for statement in statements:
        if not statement.for_types:
            yield from _bound_by(statement.node)


def _bound_by(node: cst.CSTNode) -> Iterator[str]:
    """The names that a statement itself binds, not those of the statements inside it."""
    match node:
        case cst.Assign(targets=targets):
            for target in targets:
                yield from target_names(target.target)
        case cst.AnnAssign(target=target, value=value):
            yield from () if value is None else target_names(target)
        case cst.AugAssign(target=target) | cst.For(target=target):
            yield from target_names(target)
        case cst.Import() | cst.ImportFrom():
            yield from imports_of((node,))
        case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
            if not _is_overload(node):
                yield name.value
        case cst.With(items=items):
            for item in items:
                yield from () if item.asname is None else target_names(item.asname.name)
        case cst.ExceptHandler(name=cst.AsName(name=name)) | cst.Del(target=name):
            yield from target_names(name)
        case _:
            pass


def _is_overload(node: cst.CSTNode) -> bool:
    decorators = node.decorators if isinstance(node, cst.FunctionDef) else ()
    return any((dotted_name(d.decorator) or "").rpartition(".")[2] == "overload" for d in decorators)


def _assignments(node: cst.CSTNode) -> Iterator[tuple[str, cst.BaseExpression]]:
    """`a = x`, `a: hint = x`, `a, b = x, y` and `type a = x` as pairs of a name and its value."""
    match node:
        case cst.Assign(targets=targets, value=value):
            for target in targets:
                yield from _pairs(target.target, value)
        case cst.AnnAssign(target=target, value=cst.BaseExpression() as value):
            yield from _pairs(target, value)
        case cst.TypeAlias(name=name, value=value):
            yield name.value, value
        case _:
            pass


def _pairs(target: cst.BaseExpression, value: cst.BaseExpression) -> Iterator[tuple[str, cst.BaseExpression]]:
    match target, value:
        case cst.Name(value=name), _:
            yield name, value
        case cst.Tuple(elements=names), cst.Tuple(elements=values) if len(names) == len(values):
            if not any(isinstance(e, cst.StarredElement) for e in (*names, *values)):
                for left, right in zip(names, values):
                    yield from _pairs(left.value, right.value)
        case _:
            pass


def _constants(
    aliases: Mapping[str, cst.BaseExpression], imports: Mapping[str, str]
) -> Mapping[str, Constant]:
    """The aliases that are numbers, texts or tuples of them, each from those before it."""
    known: dict[str, Constant] = {}
    for name, value in aliases.items():
        with suppress(LookupError):
            known[name] = constant_value(value, imports, known)
    return known


# ---- what a function does with names --------------------------------------------------------------------


def names_of(function: FunctionInfo, scope: ModuleScope) -> NameUses:
    """The names that a function assigns, reads and declares, as Python's own compiler sees them."""
    source = scope.tree.source
    line = scope.tree.span_of(function.node.name).line
    table = _tables(source.text, str(source.path)).get((function.name, line))
    return NameUses() if table is None else _uses(table)


@lru_cache(maxsize=8)
def _tables(text: str, path: str) -> Mapping[tuple[str, int], symtable.Function]:
    """The symbol tables of all functions of a file, by name and line of the `def`."""
    found: dict[tuple[str, int], symtable.Function] = {}
    waiting = [symtable.symtable(text, path, "exec")]
    while waiting:
        table = waiting.pop()
        if isinstance(table, symtable.Function):
            found[table.get_name(), table.get_lineno()] = table
        waiting.extend(table.get_children())
    return found


def _uses(table: symtable.Function) -> NameUses:
    symbols = table.get_symbols()
    read = {s.get_name() for s in symbols if s.is_referenced()}
    for inner in table.get_children():
        if inner.get_name().strip("<>") in _COMPREHENSIONS:
            read |= _read_by_comprehension(inner)
    return NameUses(
        frozenset(s.get_name() for s in symbols if s.is_parameter()),
        frozenset(s.get_name() for s in symbols if s.is_assigned() or s.is_imported()),
        frozenset(read),
        frozenset(s.get_name() for s in symbols if s.is_declared_global()),
        frozenset(s.get_name() for s in symbols if s.is_nonlocal()),
        frozenset(s.get_name() for s in symbols if s.is_free()),
    )


_COMPREHENSIONS = ("listcomp", "setcomp", "dictcomp", "genexpr")


def _read_by_comprehension(table: symtable.SymbolTable) -> set[str]:
    """The names of the function around that a comprehension reads; its own variables stay inside."""
    own = {s.get_name() for s in table.get_symbols() if s.is_local()}
    read = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    for inner in table.get_children():
        if inner.get_name().strip("<>") in _COMPREHENSIONS:
            read |= _read_by_comprehension(inner)
    return read - own
