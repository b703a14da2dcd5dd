"""Which names surely have a value before a statement, and which may be read after it.

def f(a, n):
    s = 0.0                    bound before: a, n            live after: a, n, s
    for i in range(n):         bound before: a, n, s         live after: s
        s += a[i]
    return s

`at_error`: the names that may be read after the statement has raised an exception: in handlers, in `finally`,
behind a `with` that may swallow it, and by functions that the body makes.
"""

from collections.abc import Mapping, Sequence

import libcst as cst
from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.frontend.facts import target_names
from pyaot.frontend.names_used import (
    NONE,
    Names,
    captured_names,
    names_bound,
    names_read,
    read_by_target,
    targets_of,
    union,
)
from pyaot.frontend.scope_imports import dotted_name
from pyaot.frontend.syntax import walk_body

# Context managers that never swallow an exception, by the last part of their name.
_TRANSPARENT = frozenset({"errstate", "printoptions", "open", "catch_warnings", "no_grad", "inference_mode"})


class Flow(Struct, frozen=True):
    """What is known of each statement of a function; statements are named by their nodes."""

    bound: Mapping[cst.CSTNode, Names]
    live: Mapping[cst.CSTNode, Names]
    at_error: Mapping[cst.CSTNode, Names]


class _Exits(Struct, frozen=True):
    """What is live where jumps lead."""

    on_break: Names = NONE
    on_continue: Names = NONE
    on_error: Names = NONE


def flow_of(node: cst.FunctionDef) -> Flow:
    """The flow of a function's names."""
    liveness = _Liveness()
    liveness.suite(node.body, NONE, _Exits(on_error=captured_names(node.body)))
    parameters = frozenset(p.name.value for p in _parameters(node.params))
    deleted = frozenset(
        n for part in walk_body(node.body) if isinstance(part, cst.Del) for n in names_bound(part)
    )
    binding = _Binding(deleted)
    binding.suite(node.body, parameters)
    return Flow(binding.before, liveness.after, liveness.at_error)


def needed(statements: Sequence[cst.BaseStatement], live: Names) -> Names:
    """The names whose values the statements may read, if `live` are read after them."""
    return _Liveness().statements(statements, live, _Exits())


def _parameters(params: cst.Parameters) -> list[cst.Param]:
    extra = [p for p in (params.star_arg, params.star_kwarg) if isinstance(p, cst.Param)]
    return [*params.posonly_params, *params.params, *params.kwonly_params, *extra]


# ---- backwards: what is live ----------------------------------------------------------------------------


class _Liveness(Struct):
    """Walks statements from the last to the first."""

    after: dict[cst.CSTNode, Names] = field(default_factory=dict)
    at_error: dict[cst.CSTNode, Names] = field(default_factory=dict)

    def suite(self, suite: cst.BaseSuite, out: Names, exits: _Exits) -> Names:
        """What is live before a suite, if `out` is live behind it."""
        return self.statements(suite.body, out, exits)

    def statements(self, body: Sequence[cst.CSTNode], out: Names, exits: _Exits) -> Names:
        """The same for statements in a row."""
        for statement in reversed(body):
            self.after[statement] = out | exits.on_error
            self.at_error[statement] = exits.on_error
            out = self.before(statement, out, exits) | exits.on_error
        return out

    def before(self, node: cst.CSTNode, out: Names, exits: _Exits) -> Names:
        """What is live before one statement."""
        match node:
            case cst.SimpleStatementLine(body=body):
                for small in reversed(body):
                    out = _before_small(small, out, exits)
                return out
            case cst.If(test=test, body=body, orelse=orelse):
                return names_read(test) | self.suite(body, out, exits) | self._else(orelse, out, exits)
            case cst.For() | cst.While():
                return self._loop(node, out, exits)
            case cst.With(items=items, body=body):
                inner = exits if _is_transparent(node) else replace(exits, on_error=exits.on_error | out)
                bound = frozenset(name for item in items for name in targets_of(item))
                return names_read(*(i.item for i in items)) | (self.suite(body, out, inner) - bound)
            case cst.Try() | cst.TryStar():
                return self._try(node, out, exits)
            case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
                return (out - {name.value}) | names_read(node)
            case cst.Match(subject=subject, cases=cases):
                bodies = union(names_read(c.pattern, c.guard) | self.suite(c.body, out, exits) for c in cases)
                return names_read(subject) | bodies | out
            case _:
                return _before_small(node, out, exits)

    def _else(self, node: cst.CSTNode | None, out: Names, exits: _Exits) -> Names:
        match node:
            case None:
                return out
            case cst.If():
                return self.before(node, out, exits)
            case cst.Else(body=body) | cst.Finally(body=body):
                return self.suite(body, out, exits)
        raise AssertionError(f"{type(node).__name__} follows no statement")

    def _loop(self, node: cst.For | cst.While, out: Names, exits: _Exits) -> Names:
        """The head is read until nothing more becomes live."""
        done = self._else(node.orelse, out, exits)
        target = frozenset(target_names(node.target)) if isinstance(node, cst.For) else NONE
        read = read_by_target(node.target) if isinstance(node, cst.For) else names_read(node.test)
        head = done | read
        while True:
            inner = replace(exits, on_break=out, on_continue=head)
            found = head | (self.suite(node.body, head, inner) - target)
            if found == head:
                break
            head = found
        return head | (names_read(node.iter) if isinstance(node, cst.For) else NONE)

    def _try(self, node: cst.Try | cst.TryStar, out: Names, exits: _Exits) -> Names:
        last = self._else(node.finalbody, out | exits.on_error, exits)
        rescue = replace(exits, on_error=exits.on_error | (last if node.finalbody else NONE))
        jumps = last if node.finalbody else NONE
        rescue = replace(rescue, on_break=exits.on_break | jumps, on_continue=exits.on_continue | jumps)
        handlers = union(
            names_read(h.type) | (self.suite(h.body, last, rescue) - frozenset(_name_of(h)))
            for h in node.handlers
        )
        guarded = replace(rescue, on_error=rescue.on_error | handlers)
        return self.suite(node.body, self._else(node.orelse, last, rescue), guarded) | guarded.on_error


def _name_of(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> list[str]:
    return [] if handler.name is None else list(target_names(handler.name.name))


def _before_small(node: cst.CSTNode, out: Names, exits: _Exits) -> Names:
    match node:
        case cst.Assign(targets=targets, value=value):
            reads = union(read_by_target(t.target) for t in targets)
            return (out - frozenset(targets_of(node))) | names_read(value) | reads
        case cst.AugAssign(target=target, value=value):
            return out | names_read(target, value)
        case cst.AnnAssign(target=target, value=value):
            kept = out if value is None else out - frozenset(target_names(target))
            return kept | names_read(value) | read_by_target(target)
        case cst.Return(value=value):
            return names_read(value) | exits.on_error
        case cst.Raise():
            return names_read(node) | exits.on_error
        case cst.Break():
            return exits.on_break
        case cst.Continue():
            return exits.on_continue
        case cst.Del(target=target):
            return out | names_read(target)
        case cst.Import() | cst.ImportFrom():
            return out - frozenset(targets_of(node))
        case cst.Global() | cst.Nonlocal():
            return out
    return out | names_read(node)


def _is_transparent(node: cst.With) -> bool:
    calls = [item.item.func if isinstance(item.item, cst.Call) else item.item for item in node.items]
    return all((dotted_name(call) or "").rpartition(".")[2] in _TRANSPARENT for call in calls)


# ---- forwards: what surely has a value ------------------------------------------------------------------


class _Binding(Struct):
    """Walks statements from the first to the last; None: control does not get there."""

    deleted: Names  # by `del`, somewhere: never counted
    before: dict[cst.CSTNode, Names] = field(default_factory=dict)

    def suite(self, suite: cst.BaseSuite, names: Names | None) -> Names | None:
        """The names that have a value behind a suite, if `names` have one before it."""
        for statement in suite.body:
            if names is None:
                names = NONE  # never reached
            self.before[statement] = names - self.deleted
            names = self._after(statement, names)
        return names

    def _after(self, node: cst.CSTNode, names: Names) -> Names | None:
        match node:
            case cst.SimpleStatementLine(body=body):
                jumps = (cst.Return, cst.Raise, cst.Break, cst.Continue)
                bound = names | union(frozenset(targets_of(s)) for s in body if _binds_surely(s))
                return None if any(isinstance(small, jumps) for small in body) else bound
            case cst.If(body=body, orelse=orelse):
                return _both(self.suite(body, names), self._else(orelse, names))
            case cst.For(target=target, body=body, orelse=orelse):
                self.suite(body, names | frozenset(target_names(target)))
                self._else(orelse, names)
                return names
            case cst.While(body=body, orelse=orelse):
                self.suite(body, names)
                self._else(orelse, names)
                return names
            case cst.With(items=items, body=body):
                given = frozenset(name for item in items for name in targets_of(item))
                inside = self.suite(body, names | given)
                return inside if _is_transparent(node) else names
            case cst.Try() | cst.TryStar():
                return self._try(node, names)
            case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
                return names | {name.value}
            case cst.Match(cases=cases):
                for case in cases:
                    self.suite(case.body, names | frozenset(names_bound(case.pattern)))
        return names

    def _else(self, node: cst.CSTNode | None, names: Names) -> Names | None:
        match node:
            case None:
                return names
            case cst.If():
                return self._after(node, names)
            case cst.Else(body=body) | cst.Finally(body=body):
                return self.suite(body, names)
        raise AssertionError(f"{type(node).__name__} follows no statement")

    def _try(self, node: cst.Try | cst.TryStar, names: Names) -> Names | None:
        ends = [self.suite(node.body, names)]
        if node.orelse is not None:
            ends[0] = self._else(node.orelse, NONE if ends[0] is None else ends[0])
        for handler in node.handlers:
            own = frozenset(_name_of(handler))
            left = self.suite(handler.body, names | own)
            ends.append(None if left is None else left - own)
        end = ends[0]
        for other in ends[1:]:
            end = _both(end, other)
        return end if node.finalbody is None else _sum(end, self._else(node.finalbody, names))


def _binds_surely(node: cst.CSTNode) -> bool:
    """An annotation may come without a value."""
    return isinstance(node, (cst.Assign, cst.AugAssign, cst.Import, cst.ImportFrom)) or (
        isinstance(node, cst.AnnAssign) and node.value is not None
    )


def _both(first: Names | None, second: Names | None) -> Names | None:
    """What holds where two paths meet."""
    if first is None or second is None:
        return second if first is None else first
    return first & second


def _sum(first: Names | None, second: Names | None) -> Names | None:
    return None if first is None or second is None else first | second
