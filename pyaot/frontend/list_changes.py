"""Which lists a loop's body may change, and for which appends the loop can make room before it starts.

for i in range(n):          changes out; room for n more elements is made before the loop, so that
    out.append(i * i)       the append is a store and no more
"""

from collections.abc import Iterator, Mapping, Sequence

import libcst as cst
from msgspec import Struct

from pyaot.frontend.context import Context, Scope
from pyaot.frontend.facts import GROWING_METHODS, target_names
from pyaot.frontend.syntax import walk
from pyaot.frontend.values import (
    ArrayValue,
    FunctionValue,
    ListValue,
    TupleValue,
    UnboundValue,
    Value,
)


class Change(Struct, frozen=True):
    """A place that changes a list, or may change any of them (`key` is None)."""

    key: str | None
    node: cst.CSTNode


def forget_lengths(ctx: Context, *nodes: cst.CSTNode | None) -> None:
    """In a loop that is made of these nodes the lengths of the lists that they may change are not known."""
    for key in changed_lists(ctx, *nodes):
        ctx.lists[key].known = None


def changed_lists(ctx: Context, *nodes: cst.CSTNode | None) -> frozenset[str]:
    """The lists that these nodes may change."""
    return frozenset(_keys(ctx, list(changes(ctx, *nodes))))


def _keys(ctx: Context, found: Sequence[Change]) -> Iterator[str]:
    for change in found:
        if change.key is None:
            yield from ctx.lists
        else:
            yield change.key


def changes(ctx: Context, *nodes: cst.CSTNode | None) -> Iterator[Change]:
    """The places in these nodes that may change lists which exist now."""
    if not ctx.lists:
        return
    for node in walk(*(node for node in nodes if node is not None)):
        match node:
            case cst.Call(func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=method))) if (
                method in GROWING_METHODS
            ):
                yield Change(_list_named(ctx, name), node)
            case cst.Call(func=func, args=args):
                yield from (Change(key, node) for key in _passed(ctx, func, args))
            case cst.AugAssign(target=cst.Name(value=name)):
                yield from (Change(key, node) for key in _held(_look(ctx.scope, name)))
            case cst.AssignTarget(target=target) | cst.AnnAssign(target=target):
                for name in target_names(target):
                    yield from (Change(key, node) for key in _held(_look(ctx.scope, name)))
            case cst.FunctionDef() | cst.Lambda():
                yield Change(None, node)


def _list_named(ctx: Context, name: str) -> str | None:
    return next(_held_itself(_look(ctx.scope, name)), None)


def _look(scope: Scope | None, name: str) -> Value | None:
    while scope is not None:
        if name in scope.names:
            value = scope.names[name]
            return value.value if isinstance(value, UnboundValue) else value
        scope = scope.outer
    return None


def _held_itself(value: Value | None) -> Iterator[str]:
    match value:
        case ArrayValue(grows=key) | ListValue(grows=key) if key:
            yield key


def _held(value: Value | None) -> Iterator[str]:
    """The lists that a value is or holds."""
    yield from _held_itself(value)
    match value:
        case TupleValue(items):
            for item in items:
                yield from _held(item)


def _passed(ctx: Context, func: cst.BaseExpression, args: Sequence[cst.Arg]) -> Iterator[str | None]:
    """What a call of the user's function may change: the lists it is given, all where it is a closure."""
    called = _look(ctx.scope, func.value) if isinstance(func, cst.Name) else None
    if isinstance(called, FunctionValue) and called.closure is not None:
        yield None
        return
    if isinstance(func, cst.Name) and (func.value in ctx.module.functions or called is not None):
        for node in walk(*args):
            if isinstance(node, cst.Name):
                yield from _held(_look(ctx.scope, node.value))
    elif not isinstance(func, (cst.Name, cst.Attribute)):
        yield None


def appends_each_turn(ctx: Context, node: cst.For) -> Mapping[str, Sequence[cst.CSTNode]]:
    """For the lists that a loop changes by `name.append(x)` in its own body only: these calls."""
    found: dict[str | None, list[cst.CSTNode]] = {}
    for change in changes(ctx, node.body):
        found.setdefault(change.key, []).append(change.node)
    own = set(_own_calls(node.body))
    if None in found:
        return {}
    return {key: calls for key, calls in found.items() if key is not None and own.issuperset(calls)}


def _own_calls(suite: cst.BaseSuite) -> Iterator[cst.CSTNode]:
    for statement in suite.body:
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else (statement,):
            match small:
                case cst.Expr(value=cst.Call(func=cst.Attribute(attr=cst.Name(value="append"))) as call):
                    yield call
