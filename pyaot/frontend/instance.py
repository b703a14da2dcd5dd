"""One typed instance: a function's body lowered with one choice of types for its parameters.

def scale(a, k): ...   with a: float64[1], k: int      Function scale(a: float64[1], k: int), and its bindings
"""

from collections.abc import Mapping

import libcst as cst
from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION, UNSUPPORTED_TYPE_CHANGE
from pyaot.base.diagnostics import Diagnostic
from pyaot.frontend.arrays import OVERLAPS
from pyaot.frontend.branches import terminates
from pyaot.frontend.calls import call_symbol
from pyaot.frontend.context import Context, ListType, NeedsElementType, NeedsTracking, Scope, Unsupported
from pyaot.frontend.expressions import lower_expression
from pyaot.frontend.facts import assigned_names, name_facts
from pyaot.frontend.fields_set import fields_set, giving_back
from pyaot.frontend.global_arrays import check_only_read, global_array
from pyaot.frontend.hints import ArrayHint, ClassHint, Signature, TypedParameter
from pyaot.frontend.inline import call_function
from pyaot.frontend.items_kept import check_copied_views, check_items, without_marks
from pyaot.frontend.parameters import ParameterList
from pyaot.frontend.promote import NoType
from pyaot.frontend.scope_functions import FunctionInfo
from pyaot.frontend.scopes import ModuleScope
from pyaot.frontend.statements import lower_body
from pyaot.frontend.syntax import SyntaxTree
from pyaot.frontend.tracking import start_tracking, with_flags
from pyaot.frontend.values import ArrayValue, RecordValue, Value
from pyaot.ir.alias import aliases
from pyaot.ir.nodes import Function, Load, Nothing, Param, Return, Store
from pyaot.ir.program import Binding, Instance
from pyaot.ir.walk import arrays_written, bound_together, walk_expr, walk_stmts

_MOST_TRACKED = 16


class Body(Struct, frozen=True):
    """A function's body to be lowered; it cannot inline itself, nor the functions `around` it."""

    tree: SyntaxTree
    module: ModuleScope
    info: FunctionInfo
    around: tuple[cst.FunctionDef, ...] = ()
    views: Mapping[str, cst.BaseExpression] = field(default_factory=dict)  # parameters that are these


Choice = tuple[Signature, dict[str, int]]  # with the rank of every array that leaves it open


def lower_instance(body: Body, choice: Choice, name: str) -> tuple[Function, Instance]:
    """The IR function called `name` for one choice of types; Unsupported where there is none."""
    tracked: frozenset[str] = frozenset()
    lists: dict[str, ListType] = {}
    for _ in range(_MOST_TRACKED):
        try:
            return _lower_once(body, choice, name, tracked, lists)
        except NeedsTracking as need:
            tracked |= {need.what}
        except NeedsElementType as need:
            lists[need.key] = need.type
    message = f"'{body.info.qualified_name}' has too many variables whose types depend on the path."
    raise Unsupported(Diagnostic(UNSUPPORTED_TYPE_CHANGE, message, body.tree.span_of(body.info.node.name)))


def _lower_once(
    body: Body, choice: Choice, name: str, tracked: frozenset[str], lists: Mapping[str, ListType]
) -> tuple[Function, Instance]:
    info = body.info
    ctx = Context(body.tree, body.module, lower_expression, call_function, call_symbol, tracked=tracked)
    ctx.list_types.update(lists)
    ctx.span = body.tree.span_of(info.node)
    ctx.inlining += [info.node, *body.around]
    ctx.scope = Scope(name_facts(info.node))
    signature, ranks = choice
    parameters = ParameterList(ctx, info, ranks)
    for parameter in signature.parameters:
        if parameter.name in ranks or not _is_open(parameter):
            parameters.add(parameter)
    ctx.global_array = lambda name: global_array(name, body.module, parameters)
    node, fields = _with_fields(ctx, info.node, signature)
    given = [parameter.name for parameter in signature.parameters]
    ctx.scope.local_names = frozenset((*given, *fields, *body.views, *assigned_names(node.body)))
    for own, view in body.views.items():
        ctx.scope.names[own] = _view_of_parameter(ctx, own, view)
    start_tracking(ctx)
    try:
        lower_body(ctx, node.body)
    except NoType as error:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    if not terminates(ctx.body):
        ctx.emit(Return(Nothing(), body.tree.span_of(info.node)))
    function = _function(ctx, body, parameters, name)
    views = tuple(Binding(own, body.tree.text_of(view)) for own, view in body.views.items())
    facts = (*parameters.facts, *ctx.global_facts)
    return function, Instance(name, tuple(parameters.bindings), facts, views, fields)


def _with_fields(
    ctx: Context, node: cst.FunctionDef, signature: Signature
) -> tuple[cst.FunctionDef, tuple[str, ...]]:
    """The def in which fields that it sets are variables, which have values where the object has."""
    objects = {p.name: p.type.name for p in signature.parameters if isinstance(p.type, ClassHint)}
    fields = fields_set(node, objects, ctx.module)
    if not fields:
        return node, ()
    ctx.tree, node = giving_back(ctx.tree, node, fields, objects, ctx.module)
    ctx.scope.facts = name_facts(node)
    for text in fields:
        owner, _, name = text.partition(".")
        record = ctx.scope.names[owner]
        if isinstance(record, RecordValue) and name in record.fields:
            ctx.scope.names[text] = record.fields[name]
    return node, fields


def _view_of_parameter(ctx: Context, name: str, view: cst.BaseExpression) -> Value:
    """What a parameter is that is a view of another one."""
    value = lower_expression(ctx, view)
    if not isinstance(value, ArrayValue) or not value.is_view or value.borrowed or ctx.body:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, f"'{name}' is not known to be a view.", view)
    return value


def _function(ctx: Context, body: Body, parameters: ParameterList, name: str) -> Function:
    """What was lowered, as an IR function."""
    function = Function(
        name,
        body.info.qualified_name,
        tuple(parameters.params),
        tuple(ctx.requires),
        with_flags(ctx),
        tuple(ctx.inexact),
        body.tree.span_of(body.info.node),
        ctx.wraps,
        tuple((name, ctx.user_names.get(name, "")) for name in sorted(ctx.used_names)),
    )
    _verify_overlaps(ctx, function)
    check_only_read(ctx, function, parameters)
    if ctx.gifts or ctx.shared:
        check_items(ctx, function)
    if ctx.view_marks:
        check_copied_views(ctx, function)
    if ctx.gifts or ctx.view_marks:
        function = replace(function, body=without_marks(ctx, function.body))
    return replace(function, params=tuple(_as_reshaped(ctx, function, p) for p in function.params))


def _as_reshaped(ctx: Context, function: Function, param: Param) -> Param:
    """Written and reshaped: NumPy writes into a view of a contiguous array, into a copy of another."""
    names = bound_together(function.body).get(param.name, frozenset({param.name}))
    noticed = names & ctx.reshaped and names & arrays_written(function.body)
    return replace(param, never_copied=True) if noticed else param


def _is_open(parameter: TypedParameter) -> bool:
    """An array of any rank: where `rank_choices` has none for it, the body does not read it."""
    return isinstance(parameter.type, ArrayHint) and parameter.type.rank is None


def _verify_overlaps(ctx: Context, function: Function) -> None:
    """No store reads, through another name, the array that it writes (see `arrays.may_alias`)."""
    if OVERLAPS in ctx.tracked or not ctx.linked:
        return
    found = aliases(function)
    for stmt in walk_stmts(function.body):
        if isinstance(stmt, Store) and any(
            isinstance(part, Load)
            and part.array != stmt.array
            and found.may_overlap(stmt, part.array, stmt.array)
            for part in walk_expr(stmt.value)
        ):
            raise NeedsTracking(OVERLAPS)
