"""Where a scalar variable of the IR becomes a C variable: in the innermost body that covers its life.

for i:                    for (...) {
    t = a[i]                  const double t = a[i];      private to an iteration: dead before and after
    b[i] = t * t              b[i] = t * t;

A variable that is dead at both ends of a body is declared in that body, even where other bodies use the same
name: so what is assigned in a parallel loop is private unless its value is needed outside. Arrays on
the stack (`c_storage.py`) are variables too; their Allocate is the assignment.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import assert_never

from msgspec import Struct, field

from pyaot.backends.c_names import arrays_used
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Block,
    Check,
    Dim,
    Exit,
    Expr,
    For,
    If,
    LibraryCall,
    Load,
    Loop,
    Return,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.walk import Body, expressions_of, result_arrays, walk_expr

NameSet = frozenset[str]
NOTHING: NameSet = frozenset()


class Flow(Struct, frozen=True):
    """What is live where an Exit lands, and which arrays count as variables."""

    stack: NameSet = NOTHING
    exits: Mapping[str, NameSet] = field(default_factory=dict)
    answers: dict[tuple[object, ...], NameSet] = field(default_factory=dict)  # given before
    asked: dict[int, Stmt] = field(default_factory=dict)  # keeps them from being forgotten

    def leaving(self, label: str, live: NameSet) -> "Flow":
        """The same inside a Block."""
        return Flow(self.stack, {**self.exits, label: live}, self.answers, self.asked)

    def remember(self, what: str, stmt: Stmt, after: NameSet, answer: Callable[[], NameSet]) -> NameSet:
        """The answer to a question about a statement, computed once: bodies are asked about often."""
        self.asked[id(stmt)] = stmt
        key = (what, id(stmt), after, frozenset(self.exits.items()))
        if key not in self.answers:
            self.answers[key] = answer()
        return self.answers[key]


def names_read(exprs: Iterable[Expr], flow: Flow) -> NameSet:
    """The variables that the expressions read."""
    names: set[str] = set()
    for expr in exprs:
        for node in walk_expr(expr):
            if isinstance(node, Var):
                names.add(node.name)
            elif isinstance(node, Load | Dim) and node.array in flow.stack:
                names.add(node.array)
    return frozenset(names)


def live_before(body: Body, after: NameSet, flow: Flow) -> NameSet:
    """The variables whose values at the start of the body are needed."""
    for stmt in reversed(body):
        after = _before(stmt, after, flow)
    return after


def live_afters(body: Body, after: NameSet, flow: Flow) -> tuple[NameSet, ...]:
    """For every statement of the body what is live after it."""
    afters = []
    for stmt in reversed(body):
        afters.append(after)
        after = _before(stmt, after, flow)
    return tuple(reversed(afters))


def _reads(stmt: Stmt, flow: Flow) -> NameSet:
    return flow.remember("reads", stmt, NOTHING, lambda: names_read(expressions_of(stmt), flow))


def _before(stmt: Stmt, after: NameSet, flow: Flow) -> NameSet:
    return flow.remember("before", stmt, after, lambda: _live_before_one(stmt, after, flow))


def _live_before_one(stmt: Stmt, after: NameSet, flow: Flow) -> NameSet:
    reads = _reads(stmt, flow)
    match stmt:
        case Assign() | Allocate():
            return (after - {stmt.name}) | reads
        case Store() | LibraryCall():
            return after | reads | (arrays_used(stmt) & flow.stack)
        case Check() | Bind():
            return after | reads
        case Exit():
            return flow.exits[stmt.label]
        case Return():
            return reads | (frozenset(result_arrays(stmt.result)) & flow.stack)
        case If():
            return reads.union(*(live_before(body, after, flow) for body in (stmt.then, stmt.otherwise)))
        case For() | Loop() | Block():
            ((body, inner_after, inner_flow),) = inner_bodies(stmt, after, flow)
            inside = live_before(body, inner_after, inner_flow)
            return reads | inside | after if isinstance(stmt, For) else inside
        case _:
            assert_never(stmt)


def inner_bodies(stmt: Stmt, after: NameSet, flow: Flow) -> tuple[tuple[Body, NameSet, Flow], ...]:
    """The bodies in a statement with what is live after each; in a loop also what the next turn needs."""
    match stmt:
        case For():
            turn = live_before(stmt.body, after, flow) - {stmt.index}
            return ((stmt.body, after | turn, flow),)
        case Loop():
            return ((stmt.body, live_before(stmt.body, NOTHING, flow), flow),)
        case Block():
            return ((stmt.body, after, flow.leaving(stmt.label, after)),)
        case If():
            return ((stmt.then, after, flow), (stmt.otherwise, after, flow))
        case _:
            return ()


def declared_in(body: Body, after: NameSet, flow: Flow) -> NameSet:
    """The variables declared in this body: used in it, dead before and after, not declared further in."""
    return _wanted(body, after, flow) - _outliving(body, after, flow)


def undeclared(body: Body, after: NameSet, flow: Flow) -> NameSet:
    """The variables used in the body that must be declared around it."""
    return _wanted(body, after, flow) & _outliving(body, after, flow)


def _outliving(body: Body, after: NameSet, flow: Flow) -> NameSet:
    """Live before the body, after it, or where an Exit may leave it for."""
    return live_before(body, after, flow).union(after, *flow.exits.values())


def _wanted(body: Body, after: NameSet, flow: Flow) -> NameSet:
    return NOTHING.union(*_wishes(body, after, flow))


def _wishes(body: Body, after: NameSet, flow: Flow) -> Iterator[NameSet]:
    for stmt, then in zip(body, live_afters(body, after, flow), strict=True):
        yield wanted_by(stmt, then, flow)


def wanted_by(stmt: Stmt, after: NameSet, flow: Flow) -> NameSet:
    """The variables that a statement uses and does not declare in its bodies."""
    return flow.remember("wanted", stmt, after, lambda: _wanted_by_one(stmt, after, flow))


def _wanted_by_one(stmt: Stmt, after: NameSet, flow: Flow) -> NameSet:
    names = _reads(stmt, flow)
    if isinstance(stmt, Assign):
        names |= {stmt.name}
    elif isinstance(stmt, Store | LibraryCall | Allocate):
        names |= arrays_used(stmt) & flow.stack
    inner = (undeclared(*bodies) for bodies in inner_bodies(stmt, after, flow))
    names = names.union(*inner)
    return names - {stmt.index} if isinstance(stmt, For) else names
