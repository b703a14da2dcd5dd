"""Which names a statement mentions, how often, and which of them it sets; with all names renamed.

for i in range(n):          mentions i, n, x, a; sets i and x
    x = x + a[i]
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from pyaot.base.source import NOWHERE
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Const,
    Dim,
    Expr,
    For,
    LibraryCall,
    Load,
    Return,
    Section,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.walk import (
    Body,
    expressions_of,
    map_exprs,
    rename_arrays,
    result_arrays,
    transform_body,
    walk_expr,
    walk_stmts,
)


def mentions(body: Iterable[Stmt]) -> Counter[str]:
    """How often the statements, nested ones too, name each scalar, index and array."""
    return Counter(name for stmt in walk_stmts(body) for name in (*read_by(stmt), *set_by(stmt)))


def array_mentions(body: Iterable[Stmt]) -> Counter[str]:
    """How often every array's name stands in the statements."""
    names: list[str] = []
    for stmt in walk_stmts(body):
        names += arrays_named_by(stmt)
        for expr in expressions_of(stmt):
            names += [node.array for node in walk_expr(expr) if isinstance(node, Load | Dim)]
    return Counter(names)


def arrays_named_by(stmt: Stmt) -> tuple[str, ...]:
    """The arrays that the statement names outside of its expressions."""
    return () if isinstance(stmt, Assign | For) else (*set_by(stmt), *_handed_on_by(stmt))


def names_set(body: Iterable[Stmt]) -> frozenset[str]:
    """The scalars, indices and arrays that the statements, nested ones too, give other values."""
    return frozenset(name for stmt in walk_stmts(body) for name in set_by(stmt))


def set_by(stmt: Stmt) -> tuple[str, ...]:
    """The names to which the statement itself gives other values, elements or arrays."""
    match stmt:
        case Assign() | Allocate():
            return (stmt.name,)
        case Store():
            return (stmt.array,)
        case For():
            return (stmt.index,)
        case Bind():
            return stmt.targets
        case LibraryCall():
            return tuple(section.array for section in stmt.outputs)
        case _:
            return ()


def expr_mentions(expr: Expr) -> Iterator[str]:
    """The scalars, indices and arrays that an expression reads or measures."""
    for node in walk_expr(expr):
        match node:
            case Var(name) | Dim(name) | Load(name):
                yield name


def is_same(left: Expr, right: Expr) -> bool:
    """Whether two expressions always have the same value in one place; 0.0 and -0.0 are two constants."""
    return left == right and constants_of((left,)) == constants_of((right,))


def constants_of(exprs: Iterable[Expr]) -> tuple[str, ...]:
    """The constants in expressions, as texts that tell 0.0 from -0.0."""
    nodes = (node for expr in exprs for node in walk_expr(expr))
    return tuple(repr(node.value) for node in nodes if isinstance(node, Const))


def read_by(stmt: Stmt) -> Iterator[str]:
    """The names that the statement itself reads, as often as it does; marks count."""
    for expr in expressions_of(stmt):
        yield from expr_mentions(expr)
    yield from _handed_on_by(stmt)
    if isinstance(stmt, For):
        yield from (reduction.name for reduction in stmt.marks.reductions)


def _handed_on_by(stmt: Stmt) -> tuple[str, ...]:
    """The arrays that it binds, or gives to a library or to the caller."""
    match stmt:
        case Bind():
            return stmt.sources
        case LibraryCall():
            return tuple(item.array for item in stmt.inputs if isinstance(item, Section))
        case Return():
            return result_arrays(stmt.result)
        case _:
            return ()


def with_names(body: Body, names: Mapping[str, str]) -> Body:
    """The statements with scalars, indices and arrays renamed."""

    def renamed(stmt: Stmt) -> Body:
        match stmt:
            case Assign():
                return (replace(stmt, name=names.get(stmt.name, stmt.name)),)
            case For():
                return (replace(stmt, index=names.get(stmt.index, stmt.index)),)
            case _:
                return (stmt,)

    def reworded(expr: Expr) -> Expr:
        return replace(expr, name=names.get(expr.name, expr.name)) if isinstance(expr, Var) else expr

    return transform_body(renamed, rename_arrays(map_exprs(reworded, body), names))


def in_other_words(body: Body, names: Mapping[str, str]) -> Body:
    """The statements renamed, and without places and names of the user's text."""

    def plain(stmt: Stmt) -> Body:
        if isinstance(stmt, For):
            stmt = replace(stmt, label="")
        return (replace(stmt, span=NOWHERE),)

    return transform_body(plain, with_names(body, names))
