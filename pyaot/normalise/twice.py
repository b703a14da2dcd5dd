"""What is computed twice is computed once.

    low = x[0]                                          low = x[0]
    for i in range(n): low = minimum(low, x[i])         for i in range(n): low = minimum(low, x[i])
    y = low * 2                                         y = low * 2
    low_2 = x[0]                                        z = low
    for j in range(n): low_2 = minimum(low_2, x[j])
    z = low_2

A *work* is all that the function does to one name: the statements of a suite that set it, with what they set
for themselves only. It goes where the suite, or one around it, has done the same with the same inputs.
Arrays that are cheap to make again stay: where they are used each of them may shrink to a scalar.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import count

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.mentions import constants_of, in_other_words, mentions, names_set, set_by
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Block,
    Exit,
    Expr,
    For,
    Function,
    LibraryCall,
    Load,
    Loop,
    Return,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import (
    Body,
    bound_together,
    expressions_of,
    rename_arrays,
    result_arrays,
    returns,
    scalars_assigned,
    substitute,
    walk_expr,
    walk_exprs,
    walk_stmts,
    with_others,
)

Names = frozenset[str]


def compute_once(function: Function) -> Function:
    """The function without works that were done before."""
    return replace(function, body=_Works(function).suite(function.body, _Done({}, {})))


class _Work(Struct, frozen=True):
    """All statements that set `name`, at these places of a suite."""

    name: str
    places: tuple[int, ...]
    body: Body
    inner: Names  # what else they set
    inputs: Names


class _Done(Struct, frozen=True):
    """What has been done when a statement starts: the names of results, and when each name changed last."""

    results: dict[Hashable, str]
    changed: dict[str, int]

    def copy(self) -> "_Done":
        """For a nested suite: what is done there may not be done behind it."""
        return _Done(dict(self.results), dict(self.changed))

    def key(self, work: _Work) -> Hashable:
        """The same for works that have the same result."""
        own = [n for n in mentions(work.body) if n == work.name or n in work.inner]
        text = in_other_words(work.body, {name: f"{place}" for place, name in enumerate(own)})
        constants = constants_of(e for stmt in walk_stmts(work.body) for e in expressions_of(stmt))
        return text, constants, frozenset((name, self.changed.get(name)) for name in work.inputs)


class _Works(Struct, dict=True):
    """Goes through the suites of a function."""

    function: Function
    time: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        body = self.function.body
        self.uses = mentions(body)
        self.sets = Counter(name for stmt in walk_stmts(body) for name in set_by(stmt))
        self.together = bound_together(body)
        self.fixed = {param.name for param in self.function.params} | set(self.together)
        self.returned = {n for stmt in returns(self.function) for n in result_arrays(stmt.result)}
        self.looked_up = _looked_up(body)

    def suite(self, body: Body, done: _Done) -> Body:
        """The suite without works that are in `done` or were done in it before."""
        rest, kept = list(body), list[Stmt]()
        begun: dict[str, tuple[Hashable, int]] = {}  # works, and how many statements of theirs are left
        while rest:
            work = self._work(rest)
            if work is not None:
                key = done.key(work)
                first = done.results.get(key)
                if first is not None and self._may_go(work, first, rest):
                    rest = self._without(work, first, rest)
                    continue
                begun[work.name] = key, len(work.places)
            stmt = rest.pop(0)
            kept.append(self._with_suites(stmt, done))
            for name in self._changed_by(stmt):
                done.changed[name] = next(self.time)
                if name in begun:
                    key, left = begun.pop(name)
                    if left > 1:
                        begun[name] = key, left - 1
                    else:
                        done.results.setdefault(key, name)
        return tuple(kept)

    def _with_suites(self, stmt: Stmt, done: _Done) -> Stmt:
        """The statement with its own suites treated; a loop comes back to what it changed itself."""
        if isinstance(stmt, For | Loop):
            done = done.copy()
            done.changed.update((name, next(self.time)) for name in self._changed_by(stmt))
        return with_bodies(lambda body: self.suite(body, done.copy()), stmt)

    def _changed_by(self, stmt: Stmt) -> Names:
        return with_others(names_set((stmt,)), self.together)

    # ---- works

    def _work(self, rest: Sequence[Stmt]) -> _Work | None:
        """The work that the first of these statements begins."""
        name = rest[0].name if isinstance(rest[0], Assign | Allocate) else ""
        if not name or name in self.fixed:
            return None
        places = self._places(name, rest)
        body = tuple(rest[place] for place in places)
        if not places or any(
            isinstance(inner, Bind | Block | Exit | Loop | Return) for inner in walk_stmts(body)
        ):
            return None
        inner = names_set(body) - {name}
        used = mentions(body)
        between = [stmt for place, stmt in enumerate(rest[: places[-1]]) if place not in places]
        changed = Names().union(*map(self._changed_by, between))
        if any(self.uses[n] > used[n] for n in inner) or changed & set(used):
            return None
        return _Work(name, places, body, inner, frozenset(used) - inner - {name})

    def _places(self, name: str, rest: Sequence[Stmt]) -> tuple[int, ...]:
        """Where the name is set; empty if it is set elsewhere too, or read on the way."""
        places: list[int] = []
        left = self.sets[name]
        for place, stmt in enumerate(rest):
            sets = sum(name in set_by(inner) for inner in walk_stmts((stmt,)))
            if sets:
                places.append(place)
            elif name in mentions((stmt,)):
                break
            left -= sets
            if left == 0:
                return tuple(places)
        return ()

    def _may_go(self, work: _Work, first: str, rest: Sequence[Stmt]) -> bool:
        """Whether only what follows uses the result, and it may be the other array."""
        if mentions(rest)[work.name] < self.uses[work.name] or {work.name, first} <= self.returned:
            return False
        return isinstance(work.body[0], Assign) or self._is_dear(work)

    def _is_dear(self, work: _Work) -> bool:
        """Whether the array takes more than a glance at other elements, or is needed as a whole."""
        found = any(isinstance(s, LibraryCall) or _is_update(s) for s in walk_stmts(work.body))
        return found or work.name in self.looked_up

    def _without(self, work: _Work, first: str, rest: Sequence[Stmt]) -> list[Stmt]:
        """The statements without the work, reading the result of the first one."""
        others = tuple(stmt for place, stmt in enumerate(rest) if place not in work.places)
        begin = work.body[0]
        if isinstance(begin, Assign):
            return list(substitute(others, {work.name: Var(first, begin.value.type)}))
        self.returned |= {first} if work.name in self.returned else set()
        return list(rename_arrays(others, {work.name: first}))


def _is_update(stmt: Stmt) -> bool:
    match stmt:
        case Assign(name, value):
            return any(isinstance(node, Var) and node.name == name for node in walk_expr(value))
        case Store(array, _, value):
            return any(isinstance(node, Load) and node.array == array for node in walk_expr(value))
        case _:
            return False


def _looked_up(body: Body) -> set[str]:
    """The arrays of which elements are read at places that were computed before."""
    computed = scalars_assigned(body)

    def is_computed(subscript: Expr) -> bool:
        nodes = walk_expr(subscript)
        return any(isinstance(n, Load) or (isinstance(n, Var) and n.name in computed) for n in nodes)

    loads = (expr for expr in walk_exprs(body) if isinstance(expr, Load))
    return {load.array for load in loads if any(map(is_computed, load.subscripts))}
