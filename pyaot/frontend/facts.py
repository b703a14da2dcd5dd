"""What can be seen of a function's names before lowering: how often each is assigned, and in which loops.

s = 0
for i in range(n):          s: 2 assignments, one of them in a loop
    r = i * w               r: assigned once, and read in the loop of its assignment only
    s += a[r]
"""

from collections.abc import Iterable, Iterator
from functools import cache

import libcst as cst
from msgspec import Struct, field

from pyaot.frontend.syntax import children

Loops = tuple[int, ...]
GROWING_METHODS = frozenset({"append", "clear", "extend", "pop"})


class NameUse(Struct, frozen=True):
    """A read or an assignment of a name, with the loops around it, outermost first."""

    name: str
    loops: Loops
    is_target: bool = False  # the variable of a `for`
    is_augmented: bool = False  # `name += ...`


class NameFacts(Struct):
    """All reads and assignments of one function's names."""

    assigned: list[NameUse] = field(default_factory=list)
    read: list[NameUse] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    grown: set[str] = field(default_factory=set)  # names that take part in `name.append(...)`, `name += ...`

    def assigned_once(self, name: str) -> bool:
        """Exactly one statement of the function binds the name."""
        return self.counts.get(name, 0) == 1

    def outside_loops(self, name: str) -> bool:
        """No assignment of the name stands in a loop."""
        return all(not use.loops for use in self.assigned if use.name == name)

    def is_local_to_its_loop(self, name: str) -> bool:
        """Every read stands in the innermost loop of the only assignment (or deeper)."""
        homes = [use.loops for use in self.assigned if use.name == name]
        home = homes[0]
        return all(use.loops[: len(home)] == home for use in self.read if use.name == name)

    def is_loop_index_only(self, name: str) -> bool:
        """Only `for` binds the name, never twice around a place, and it is read inside those loops only."""
        uses = [use for use in self.assigned if use.name == name]
        homes = [use.loops for use in uses]
        if not all(use.is_target for use in uses) or any(
            a != b and b[: len(a)] == a for a in homes for b in homes
        ):
            return False
        return all(any(use.loops[: len(h)] == h for h in homes) for use in self.read if use.name == name)


@cache
def name_facts(node: cst.FunctionDef | cst.Lambda) -> NameFacts:
    """The facts of a function's body; nested functions count as reads (and `nonlocal` as assignments)."""
    facts = _collected(node.body)
    for use in facts.assigned:
        facts.counts[use.name] = facts.counts.get(use.name, 0) + 1
    return facts


@cache
def assigned_names(*bodies: cst.CSTNode | None) -> tuple[str, ...]:
    """The names that statements bind, each once, in order."""
    facts = _collected(*(body for body in bodies if body is not None))
    return tuple(dict.fromkeys(use.name for use in facts.assigned))


@cache
def only_augmented(*bodies: cst.CSTNode | None) -> frozenset[str]:
    """The names that statements bind by `name += ...` only: an array stays the one that it is."""
    facts = _collected(*(body for body in bodies if body is not None))
    bound = {use.name for use in facts.assigned if not use.is_augmented}
    return frozenset(use.name for use in facts.assigned if use.name not in bound)


def _collected(*bodies: cst.CSTNode) -> NameFacts:
    collector = _Collector()
    for body in bodies:
        collector.visit(body, ())
    return collector.facts


class _Collector:
    def __init__(self) -> None:
        self.facts = NameFacts()
        self.next_loop = 0

    def _new_loop(self, loops: Loops) -> Loops:
        self.next_loop += 1
        return (*loops, self.next_loop)

    def visit(self, node: cst.CSTNode, loops: Loops) -> None:
        """Notes the reads and assignments in a node; `loops` are those around it."""
        match node:
            case cst.For(target=target, iter=iterable, body=body, orelse=orelse):
                self.visit(iterable, loops)
                inside = self._new_loop(loops)
                self._bind(target, inside, is_target=True)
                self.visit(body, inside)
                self._visit_all((orelse,), loops)
            case cst.While(test=test, body=body, orelse=orelse):
                self._visit_all((test, body), self._new_loop(loops))
                self._visit_all((orelse,), loops)
            case cst.FunctionDef(name=cst.Name(value=name), body=body):
                self.facts.assigned.append(NameUse(name, loops))
                self.visit(body, loops)
            case cst.Name(value=name):
                self.facts.read.append(NameUse(name, loops))
            case _:
                self._visit_other(node, loops)

    def _visit_other(self, node: cst.CSTNode, loops: Loops) -> None:
        match node:
            case cst.Assign(targets=targets, value=value):
                self.visit(value, loops)
                for target in targets:
                    self._bind(target.target, loops)
            case cst.AnnAssign(target=target, value=value):
                if value is not None:
                    self.visit(value, loops)
                    self._bind(target, loops)
            case cst.AugAssign(target=target, value=value):
                self._visit_all((value, target), loops)
                if isinstance(target, cst.Name):
                    self.facts.assigned.append(NameUse(target.value, loops, is_augmented=True))
                    self.facts.grown.add(target.value)
                else:
                    self._bind(target, loops)
            case cst.NamedExpr(target=target, value=value):
                self.visit(value, loops)
                self._bind(target, loops)
            case cst.Call(func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=method))) if (
                method in GROWING_METHODS
            ):
                self.facts.grown.add(name)
                self._visit_all(children(node), loops)
            case cst.MatchAs(name=cst.Name(value=name), pattern=pattern):
                self._visit_all((pattern,), loops)
                self.facts.assigned.append(NameUse(name, loops))
            case cst.Attribute(value=value) | cst.Arg(value=value) | cst.CompFor(iter=value):
                self.visit(value, loops)
            case _:
                self._visit_all(children(node), loops)

    def _visit_all(self, nodes: Iterable[cst.CSTNode | None], loops: Loops) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node, loops)

    def _bind(self, target: cst.BaseExpression, loops: Loops, is_target: bool = False) -> None:
        for name in target_names(target):
            self.facts.assigned.append(NameUse(name, loops, is_target))
        if not isinstance(target, (cst.Name, cst.Tuple, cst.List)):
            self.visit(target, loops)


def target_names(target: cst.BaseExpression) -> Iterator[str]:
    """The plain names that an assignment target binds; `a[i]` binds none."""
    match target:
        case cst.Name(value=name):
            yield name
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for element in elements:
                yield from target_names(element.value)
        case cst.StarredElement(value=value):
            yield from target_names(value)
        case _:
            return
