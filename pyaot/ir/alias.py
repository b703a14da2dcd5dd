"""Which array names may stand for the same memory, statement by statement.

    bind u = a                      u ~ a
    bind v = new                    u ~ a, v ~ new
    for t ...:
        v[...] = f(u)               u and v never meet: a swap keeps them apart
        bind u, v = v, u            u ~ new, v ~ a   (and u ~ a, v ~ new at the loop's start)

Parameters do not overlap (the guard), an Allocate overlaps nothing.
"""

from collections.abc import Iterable

from msgspec import Struct, field

from pyaot.ir.nodes import Allocate, Bind, Block, Exit, For, Function, If, Loop, Return, Stmt
from pyaot.ir.walk import arrays_read, arrays_written, walk_stmts

Pair = frozenset[str]
Pairs = frozenset[Pair]
_NONE: Pairs = frozenset()


class Aliases(Struct, frozen=True):
    """For every statement the pairs of names that may overlap when it starts (a loop: in any turn)."""

    before: dict[int, Pairs]

    def may_overlap(self, stmt: Stmt, left: str, right: str) -> bool:
        """Whether two names may share memory at that statement."""
        return left == right or frozenset((left, right)) in self.before.get(id(stmt), _NONE)

    def groups(self, body: Iterable[Stmt]) -> dict[str, str]:
        """A representative for every name of these statements that may overlap another one of them.

        Statements that the function did not have when it was looked at may meet any pair that ever overlaps.
        """
        parent: dict[str, str] = {}
        body = tuple(body)
        used = arrays_read(body) | arrays_written(body)
        for stmt in walk_stmts(body):
            for left, right in (sorted(p) for p in self.before.get(id(stmt), self.ever()) if p <= used):
                parent[_root(parent, right)] = _root(parent, left)
        return {name: _root(parent, name) for name in parent}

    def ever(self) -> Pairs:
        """The pairs that overlap somewhere."""
        return frozenset(pair for pairs in self.before.values() for pair in pairs)


def _root(parent: dict[str, str], name: str) -> str:
    while parent.get(name, name) != name:
        name = parent[name]
    return name


def aliases(function: Function) -> Aliases:
    """The overlaps of a function's array names."""
    walk = _Walk()
    walk.run(function.body, _NONE)
    return Aliases(walk.before)


class _Walk(Struct):
    before: dict[int, Pairs] = field(default_factory=dict)
    exits: dict[str, Pairs] = field(default_factory=dict)  # what reaches the end of a block by Exit

    def run(self, body: Iterable[Stmt], pairs: Pairs | None) -> Pairs | None:
        """The pairs after the statements; None where control does not get there."""
        for stmt in body:
            if pairs is None:
                return None
            self.before[id(stmt)] = self.before.get(id(stmt), _NONE) | pairs
            pairs = self._after(stmt, pairs)
        return pairs

    def _after(self, stmt: Stmt, pairs: Pairs) -> Pairs | None:
        match stmt:
            case Allocate(name):
                return frozenset(pair for pair in pairs if name not in pair)
            case Bind(targets, sources):
                return _bound(pairs, targets, sources)
            case If(_, then, otherwise):
                return _either(self.run(then, pairs), self.run(otherwise, pairs))
            case For(body=body) | Loop(body=body):
                after = self._repeated(stmt, body, pairs)
                return after if isinstance(stmt, For) else None
            case Block(label, body):
                return _either(self.run(body, pairs), self.exits.pop(label, None))
            case Exit(label):
                self.exits[label] = self.exits.get(label, _NONE) | pairs
                return None
            case Return():
                return None
        return pairs

    def _repeated(self, stmt: Stmt, body: tuple[Stmt, ...], pairs: Pairs) -> Pairs:
        while True:
            again = _either(pairs, self.run(body, pairs)) or pairs
            if again == pairs:
                self.before[id(stmt)] |= pairs
                return pairs
            pairs = again


def _either(left: Pairs | None, right: Pairs | None) -> Pairs | None:
    if left is None or right is None:
        return left if right is None else right
    return left | right


def _bound(pairs: Pairs, targets: tuple[str, ...], sources: tuple[str, ...]) -> Pairs:
    """After `targets = sources`: a target overlaps what its source did, and a source that stays."""
    kept = {pair for pair in pairs if not any(t in pair for t in targets)}
    others = {name for pair in pairs for name in pair} | set(sources)
    for n, (target, source) in enumerate(zip(targets, sources)):
        for other in others - set(targets):
            if other == source or frozenset((source, other)) in pairs:
                kept.add(frozenset((target, other)))
        for target_2, source_2 in zip(targets[n + 1 :], sources[n + 1 :]):
            if source == source_2 or frozenset((source, source_2)) in pairs:
                kept.add(frozenset((target, target_2)))
    return frozenset(kept)
