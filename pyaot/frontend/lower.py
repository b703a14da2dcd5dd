"""A syntax tree to typed IR: every hinted function in every type that its hints allow.

def smooth(a: NDArray[np.float64]): ...        Function smooth_1 (a of rank 1), smooth_2 (rank 2) ...
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import libcst as cst

from pyaot.base.catalogue import (
    NO_HINTS,
    NOT_A_FUNCTION_OF_VALUES,
    UNSUPPORTED_EXPRESSION,
    UNSUPPORTED_TYPE_CHANGE,
)
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.internal_error import internal_error
from pyaot.base.names import c_identifier
from pyaot.frontend.arrays import OVERLAPS
from pyaot.frontend.branches import terminates
from pyaot.frontend.calls import call_symbol
from pyaot.frontend.context import Context, NeedsTracking, Scope, Unsupported
from pyaot.frontend.expressions import lower_expression
from pyaot.frontend.facts import assigned_names, name_facts
from pyaot.frontend.hints import ArrayHint, Signature, TypedParameter, instances, is_hinted
from pyaot.frontend.inline import call_function
from pyaot.frontend.parameters import ParameterList
from pyaot.frontend.promote import NoType
from pyaot.frontend.ranks import rank_choices
from pyaot.frontend.scope_functions import FunctionInfo
from pyaot.frontend.scopes import ModuleScope, read_scopes
from pyaot.frontend.statements import lower_body
from pyaot.frontend.syntax import SyntaxTree, walk
from pyaot.frontend.tracking import start_tracking, with_flags
from pyaot.ir.alias import aliases
from pyaot.ir.nodes import Function, Load, Nothing, Param, Return, Store
from pyaot.ir.program import Entry, Instance, Parameter, Program
from pyaot.ir.walk import arrays_written, bound_together, walk_expr, walk_stmts

_MOST_INSTANCES = 4
_MOST_TRACKED = 16


@dataclass
class _Found:
    """What was lowered of one function."""

    functions: list[Function] = field(default_factory=list)
    instances: list[Instance] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def lower(tree: SyntaxTree) -> Program:
    """All hinted functions of a file; what is not understood stays Python and is named in the diagnostics."""
    module = read_scopes(tree)
    functions: list[Function] = []
    entries: list[Entry] = []
    diagnostics: list[Diagnostic] = []
    for info in module.functions.values():
        if info.outer is not None or not is_hinted(info):
            continue
        obstacle = _obstacle(tree, module, info)
        found = _Found(diagnostics=[obstacle]) if obstacle else _lower_entry(tree, module, info)
        diagnostics.extend(replace(d, function=info.qualified_name) for d in found.diagnostics)
        if found.instances:
            functions.extend(found.functions)
            entries.append(_entry(tree, info, found.instances, module))
    diagnostics.extend(_unhinted(tree, module))
    return Program(tuple(functions), tuple(entries), tuple(diagnostics))


def _unhinted(tree: SyntaxTree, module: ModuleScope) -> Iterator[Diagnostic]:
    """Functions that have no hints and that no hinted function calls: nothing tells their types."""
    reached: set[str] = set()
    waiting = [info for info in module.functions.values() if is_hinted(info)]
    while waiting:
        names = {part.value for part in walk(waiting.pop().node.body) if isinstance(part, cst.Name)}
        fresh = names - reached
        reached |= fresh
        waiting += [module.functions[name] for name in fresh if name in module.functions]
    for name, info in module.functions.items():
        known = name in reached or is_hinted(info) or info.class_name or info.outer or info.obstacle
        if not known and (info.node.params.params or info.node.params.posonly_params):
            message = f"'{name}' stays Python: it has no hints, and no function with hints calls it."
            hint = "Give its parameters hints, such as 'NDArray[np.float64]' or 'int'."
            place = tree.span_of(info.node.name)
            yield Diagnostic(NO_HINTS, message, place, hints=(hint,), function=info.qualified_name)


def _entry(tree: SyntaxTree, info: FunctionInfo, found: list[Instance], module: ModuleScope) -> Entry:
    signature = instances(info, module).signatures[0]
    parameters = tuple(Parameter(p.name, p.kind, p.has_default) for p in signature.parameters)
    return Entry(info.qualified_name, tree.span_of(info.node), parameters, tuple(found))


def _lower_entry(tree: SyntaxTree, module: ModuleScope, info: FunctionInfo) -> _Found:
    wanted = instances(info, module)
    found = _Found(diagnostics=list(wanted.diagnostics))
    refusals: list[Diagnostic] = []
    for signature in wanted.signatures:
        for ranks in rank_choices(info, module, signature):
            if len(found.instances) >= _MOST_INSTANCES:
                return found
            try:
                _lower_instance(tree, module, info, (signature, ranks), found)
            except Unsupported as refusal:
                refusals.append(refusal.diagnostic)
            except Exception as error:  # a bug of ours must not cost the user the other functions
                place = tree.span_of(info.node.name)
                found.diagnostics.append(internal_error(f"'{info.qualified_name}'", place, error))
    if not found.instances and refusals:
        found.diagnostics.append(refusals[0])
    return found


def _obstacle(tree: SyntaxTree, module: ModuleScope, info: FunctionInfo) -> Diagnostic | None:
    """Why a function is not one that is compiled at all."""
    reason = info.obstacle
    if not reason and info.qualified_name in module.rebound:
        reason = "is defined more than once"
    if not reason:
        return None
    message = f"'{info.qualified_name}' stays Python: it {reason}."
    return Diagnostic(NOT_A_FUNCTION_OF_VALUES, message, tree.span_of(info.node.name))


def _lower_instance(
    tree: SyntaxTree,
    module: ModuleScope,
    info: FunctionInfo,
    choice: tuple[Signature, dict[str, int]],
    found: _Found,
) -> None:
    tracked: frozenset[str] = frozenset()
    name = c_identifier(info.qualified_name) + (f"_{len(found.functions) + 1}" if found.functions else "")
    for _ in range(_MOST_TRACKED):
        try:
            function, instance = _lower_once(tree, module, info, choice, name, tracked)
        except NeedsTracking as need:
            tracked |= {need.what}
            continue
        found.functions.append(function)
        found.instances.append(instance)
        return
    message = f"'{info.qualified_name}' has too many variables whose types depend on the path."
    raise Unsupported(Diagnostic(UNSUPPORTED_TYPE_CHANGE, message, tree.span_of(info.node.name)))


def _lower_once(
    tree: SyntaxTree,
    module: ModuleScope,
    info: FunctionInfo,
    choice: tuple[Signature, dict[str, int]],
    name: str,
    tracked: frozenset[str],
) -> tuple[Function, Instance]:
    ctx = Context(tree, module, lower_expression, call_function, call_symbol, tracked=tracked)
    ctx.span = tree.span_of(info.node)
    ctx.inlining.append(info.node)
    ctx.scope = Scope(name_facts(info.node))
    signature, ranks = choice
    parameters = ParameterList(ctx, info, ranks)
    for parameter in signature.parameters:
        if parameter.name in ranks or not _is_open(parameter):
            parameters.add(parameter)
    given = [parameter.name for parameter in signature.parameters]
    ctx.scope.local_names = frozenset((*given, *assigned_names(info.node.body)))
    start_tracking(ctx)
    try:
        lower_body(ctx, info.node.body)
    except NoType as error:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    if not terminates(ctx.body):
        ctx.emit(Return(Nothing(), tree.span_of(info.node)))
    function = Function(
        name,
        info.qualified_name,
        tuple(parameters.params),
        tuple(ctx.requires),
        with_flags(ctx),
        tuple(ctx.inexact),
        tree.span_of(info.node),
    )
    _verify_overlaps(ctx, function)
    function = replace(function, params=tuple(_as_reshaped(ctx, function, p) for p in function.params))
    return function, Instance(name, tuple(parameters.bindings), (*parameters.facts, *ctx.global_facts))


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
