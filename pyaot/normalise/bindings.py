"""An array has one name where a second one brings nothing.

    un = np.empty_like(u)                   array = new float64[...]
    for t ...:                              for t ...:
        copied = new ...                        copied = new ...
        copied[...] = u[...]                    copied[...] = u[...]
        bind un = copied                        u[...] = f(copied)
        u[...] = f(un)

A Bind goes where nobody asks for the name afterwards, and where the name stands for the same array until it
is bound anew: then it is replaced by that array's name. Without the Bind the loop is one region.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.nodes import (
    Allocate,
    Bind,
    Block,
    Dim,
    Exit,
    For,
    Function,
    LibraryCall,
    Load,
    Loop,
    Return,
    Section,
    Stmt,
    Store,
)
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, bodies_of, expressions_of, rename_arrays, result_arrays, walk_expr, walk_stmts

Names = frozenset[str]
NONE: Names = frozenset()


def settle_bindings(function: Function) -> Function:
    """The function without the Binds that it can do without."""
    if not any(isinstance(stmt, Bind) for stmt in walk_stmts(function.body)):
        return function
    return replace(function, body=_settled(function.body, _Live(NONE, {})))


class _Live(Struct, frozen=True):
    """Names that may be asked for behind a body, and behind the blocks that it may leave."""

    after: Names
    at_label: Mapping[str, Names]

    def where_it_may_go(self, body: Sequence[Stmt]) -> Names:
        """What may be asked for when the body has ended, or was left."""
        labels = [stmt.label for stmt in walk_stmts(body) if isinstance(stmt, Exit)]
        return self.after.union(*(self.at_label.get(label, NONE) for label in labels))


def _settled(body: Body, live: _Live) -> Body:
    done: list[Stmt] = []
    rest = list(body)
    while rest:
        stmt = rest.pop(0)
        if isinstance(stmt, Bind):
            later = live.where_it_may_go(rest)
            if not (exposed(rest) | later) & set(stmt.targets):
                continue
            if _is_another_name(stmt, rest, later):
                rest = list(rename_arrays(tuple(rest), {stmt.targets[0]: stmt.sources[0]}))
                continue
        after = replace(live, after=exposed(rest) | live.after)
        done.append(_with_settled_bodies(stmt, _inside(stmt, after)))
    return tuple(done)


def _with_settled_bodies(stmt: Stmt, live: _Live) -> Stmt:
    return with_bodies(lambda inner: _settled(inner, live), stmt)


def _inside(stmt: Stmt, live: _Live) -> _Live:
    """What is live behind the body of a compound statement."""
    match stmt:
        case For() | Loop():
            return replace(live, after=live.after | exposed(stmt.body))
        case Block():
            return replace(live, at_label={**live.at_label, stmt.label: live.after})
        case _:
            return live


def _is_another_name(bind: Bind, rest: Sequence[Stmt], later: Names) -> bool:
    """Whether the one target stands for the source until the end of the rest, and is not needed behind it."""
    if len(bind.targets) != 1 or bind.targets[0] in later:
        return False
    names = {bind.targets[0], bind.sources[0]}
    return not any(names & made_by(stmt) for stmt in walk_stmts(rest))


def made_by(stmt: Stmt) -> Names:
    """The names that the statement itself gives to other arrays than before."""
    match stmt:
        case Bind(targets):
            return frozenset(targets)
        case Allocate(name):
            return frozenset({name})
        case _:
            return NONE


def exposed(body: Sequence[Stmt]) -> Names:
    """The names that may be asked for before they are bound anew in the same suite."""
    found: set[str] = set()
    bound: set[str] = set()
    for stmt in body:
        used = asked_by(stmt).union(*map(exposed, bodies_of(stmt)))
        found |= used - bound
        bound |= made_by(stmt)
    return frozenset(found)


def asked_by(stmt: Stmt) -> Names:
    """The arrays that the statement itself reads, writes, measures, binds or gives back."""
    nodes = [node for expr in expressions_of(stmt) for node in walk_expr(expr)]
    names = {node.array for node in nodes if isinstance(node, Load | Dim)}
    match stmt:
        case Store():
            names.add(stmt.array)
        case Bind():
            names |= set(stmt.sources)
        case LibraryCall():
            names |= {item.array for item in (*stmt.outputs, *stmt.inputs) if isinstance(item, Section)}
        case Return():
            names |= set(result_arrays(stmt.result))
        case _:
            pass
    return frozenset(names)
