"""Calls of the user's own functions: their bodies are lowered in place, with the types of the arguments.

def square(x): return x * x            y = square(a[i])    becomes    y = a[i] * a[i]
"""

from collections.abc import Mapping, Sequence

import libcst as cst
from msgspec.structs import replace

from pyaot.base.catalogue import RECURSIVE_HELPER, UNSUPPORTED_ARGUMENT, UNSUPPORTED_STATEMENT
from pyaot.frontend.arrays import freeze, is_stable, materialise
from pyaot.frontend.branches import terminates
from pyaot.frontend.computed import is_risky
from pyaot.frontend.context import Agreements, Context, Frame, ReturnPoint, Scope, TypeChange
from pyaot.frontend.facts import assigned_names, name_facts
from pyaot.frontend.field_calls import fields_given_back
from pyaot.frontend.fields_set import giving_back
from pyaot.frontend.growing import left_by_helper, note_rows
from pyaot.frontend.results import same_structure
from pyaot.frontend.statements import lower_body
from pyaot.frontend.syntax import walk_body
from pyaot.frontend.values import ArrayValue, FunctionValue, NoneValue, Number, RecordValue, TupleValue, Value
from pyaot.frontend.variables import note_user_name
from pyaot.ir.nodes import Block
from pyaot.ir.types import Scalar

_DEEPEST = 24
_MOST_ATTEMPTS = 6


def call_function(
    ctx: Context,
    value: Value,
    positional: tuple[Value, ...],
    keywords: Mapping[str, Value],
    node: cst.CSTNode,
) -> Value:
    """The result of a call of a user's function."""
    assert isinstance(value, FunctionValue)
    if ctx.depth >= _DEEPEST or value.node in ctx.inlining:
        raise ctx.refuse(RECURSIVE_HELPER, f"'{value.name}' calls itself, so it is not inlined.", node)
    arguments = _bind(ctx, value, positional, keywords, node)
    objects, fields = fields_given_back(ctx, value, arguments, node)
    body = value.node
    if fields and isinstance(body, cst.FunctionDef):
        ctx.tree, body = giving_back(ctx.tree, body, fields, objects, ctx.module)
    outer, span = ctx.scope, ctx.span
    facts = name_facts(body)
    closure = value.closure if isinstance(value.closure, Scope) else None
    locals_ = frozenset((*arguments, *fields, *assigned_names(body.body)))
    ctx.depth += 1
    ctx.inlining.append(value.node)
    try:
        ctx.scope = Scope(facts, ctx.fresh(f"{value.name}_call") + "_", closure, local_names=locals_)
        _bind_parameters(ctx, arguments)
        _bind_fields(ctx, fields)
        return left_by_helper(ctx, _lower_call(ctx, body))
    finally:
        ctx.scope, ctx.span = outer, span
        ctx.depth -= 1
        ctx.inlining.pop()


def _bind_parameters(ctx: Context, arguments: Mapping[str, Value]) -> None:
    for name, argument in arguments.items():
        ctx.scope.names[name] = _passed(ctx, name, argument)
        note_user_name(ctx, name, ctx.scope.names[name])
        note_rows(ctx, ctx.scope.names[name])


def _bind_fields(ctx: Context, fields: Sequence[str]) -> None:
    """Fields that the helper sets are variables of its own, which start as the object's."""
    for text in fields:
        owner, _, name = text.partition(".")
        record = ctx.scope.names[owner]
        if isinstance(record, RecordValue) and name in record.fields:
            ctx.scope.names[text] = _passed(ctx, text, record.fields[name])


def _passed(ctx: Context, name: str, value: Value) -> Value:
    """The argument as the helper sees it: evaluated once, before the helper runs."""
    match value:
        case Number(expr) if not is_stable(ctx, expr) or is_risky(expr):
            return Number(ctx.temporary(ctx.scope.prefix + name, expr))
        case ArrayValue() if value.borrowed:
            return freeze(ctx, value)
        case ArrayValue() if not value.is_view:
            return materialise(ctx, value, ctx.scope.prefix + name)
        case TupleValue(items):
            return replace(value, items=tuple(_passed(ctx, name, item) for item in items))
        case RecordValue(fields=fields):
            return replace(value, fields={key: _passed(ctx, name, item) for key, item in fields.items()})
    return value


def _bind(
    ctx: Context,
    value: FunctionValue,
    positional: Sequence[Value],
    keywords: Mapping[str, Value],
    node: cst.CSTNode,
) -> dict[str, Value]:
    """Parameter names to values, defaults filled in."""
    params = value.node.params
    if not isinstance(params.star_arg, (cst.MaybeSentinel, cst.ParamStar)) or params.star_kwarg is not None:
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, f"'{value.name}' takes any number of arguments; it is not inlined.", node
        )
    ordinary = [*params.posonly_params, *params.params]
    if len(positional) > len(ordinary):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'{value.name}' gets too many arguments.", node)
    bound = {p.name.value: argument for p, argument in zip(ordinary, positional)}
    bound.update(keywords)
    every = [*ordinary, *params.kwonly_params]
    for param in every:
        name = param.name.value
        if name not in bound:
            if param.default is None:
                raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'{value.name}' gets no argument for '{name}'.", node)
            bound[name] = ctx.expression(ctx, param.default)
    if len(bound) != len(every):
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, f"'{value.name}' gets an argument that it does not take.", node
        )
    return bound


# ---- the body -------------------------------------------------------------------------------------------


def _lower_call(ctx: Context, node: cst.FunctionDef | cst.Lambda) -> Value:
    if isinstance(node, cst.Lambda):
        return ctx.expression(ctx, node.body)
    returns = _returns_in(node.body)
    last = _last_return(node.body)
    if len(returns) == (1 if last is not None else 0):
        return _straight(ctx, node, last)
    return _with_jumps(ctx, node)


def _returns_in(body: cst.BaseSuite) -> list[cst.Return]:
    return [part for part in walk_body(body) if isinstance(part, cst.Return)]


def _last_return(body: cst.BaseSuite) -> cst.Return | None:
    if not body.body:
        return None
    last = body.body[-1]
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return last if isinstance(last, cst.Return) else None


def _straight(ctx: Context, node: cst.FunctionDef, last: cst.Return | None) -> Value:
    """A body whose only return is its last statement: the value is used where it is."""
    if last is None:
        lower_body(ctx, node.body)
        return NoneValue()
    lower_body(ctx, _without_last(node.body))
    return NoneValue() if last.value is None else ctx.expression(ctx, last.value)


def _without_last(body: cst.BaseSuite) -> cst.BaseSuite:
    statements = list(body.body)
    last = statements.pop()
    if isinstance(last, cst.SimpleStatementLine) and len(last.body) > 1:
        statements.append(last.with_changes(body=last.body[:-1]))
    return body.with_changes(body=statements)


def _with_jumps(ctx: Context, node: cst.FunctionDef) -> Value:
    """A body with several returns: each leaves a block with its value in variables that all share."""
    types: dict[str, Scalar] = {}
    before = dict(ctx.scope.names)
    for _ in range(_MOST_ATTEMPTS):
        agreed: Agreements = {}
        point = ReturnPoint(Frame(ctx.fresh("done")), types=types)
        ctx.scope.names, ctx.scope.returns = dict(before), point
        ctx.scope.agreed.append(agreed)
        mark = len(ctx.body)
        try:
            return _block(ctx, node, point)
        except TypeChange as change:
            if change.owner is not agreed:
                raise
            types[change.name] = change.type
            del ctx.body[mark:]
        finally:
            ctx.scope.agreed.pop()
    raise ctx.refuse(UNSUPPORTED_STATEMENT, "The types of this helper's results do not settle.", node)


def _block(ctx: Context, node: cst.FunctionDef, point: ReturnPoint) -> Value:
    with ctx.nested() as inside:
        lower_body(ctx, node.body)
        if not terminates(inside):
            if any(not isinstance(result, NoneValue) for result in point.results):
                raise ctx.refuse(
                    UNSUPPORTED_STATEMENT,
                    "A helper that returns a value on some paths only is not inlined.",
                    node,
                )
            point.results.append(NoneValue())
    if not same_structure(point.results):
        raise ctx.refuse(UNSUPPORTED_STATEMENT, "The returns of this helper do not agree.", node)
    ctx.emit(Block(point.frame.label, tuple(inside), ctx.span))
    return point.results[0]
