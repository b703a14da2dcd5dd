"""A syntax tree to typed IR: every hinted function in every type that its hints allow.

def smooth(a: NDArray[np.float64]): ...        Function smooth_1 (a of rank 1), smooth_2 (rank 2) ...

A function that has no type in which it lowers whole is compiled in regions (see `outline`).
"""

from collections.abc import Iterator

import libcst as cst
from msgspec import Struct
from msgspec.structs import replace

from pyaot.base.catalogue import NO_HINTS, NOT_A_FUNCTION_OF_VALUES
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.internal_error import internal_error
from pyaot.base.names import c_identifier
from pyaot.frontend.alternatives import alternative_left_out
from pyaot.frontend.context import Unsupported
from pyaot.frontend.hints import MOST_VERSIONS, Signature, instances, is_hinted
from pyaot.frontend.instance import Body, lower_instance
from pyaot.frontend.outline import outline
from pyaot.frontend.ranks import rank_choices
from pyaot.frontend.scopes import ModuleScope, read_scopes
from pyaot.frontend.syntax import SyntaxTree, walk
from pyaot.ir.nodes import Function
from pyaot.ir.program import Entry, Instance, Outline, Parameter, Program


class _Found(Struct, frozen=True):
    """What was lowered of one function."""

    entries: tuple[Entry, ...] = ()
    functions: tuple[Function, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    outlines: tuple[Outline, ...] = ()
    refusal: Diagnostic | None = None  # what of its body could not be lowered


def lower(tree: SyntaxTree) -> Program:
    """All hinted functions of a file; what is not understood stays Python and is named in the diagnostics."""
    module = read_scopes(tree)
    hinted = (info for info in module.functions.values() if info.outer is None and is_hinted(info))
    found = [_lower_function(Body(tree, module, info)) for info in hinted]
    return Program(
        tuple(function for one in found for function in one.functions),
        tuple(entry for one in found for entry in one.entries),
        (*(diagnostic for one in found for diagnostic in one.diagnostics), *_unhinted(tree, module)),
        tuple(made for one in found for made in one.outlines),
    )


def _lower_function(body: Body) -> _Found:
    """A function as a whole, else its regions, else the reason why there are none."""
    obstacle = _obstacle(body)
    whole = _Found(diagnostics=(obstacle,)) if obstacle else _lower_whole(body)
    if not whole.entries and (obstacle is None or body.info.is_resumed):
        whole = _in_regions(body, whole.refusal) or whole
    name = body.info.qualified_name
    return replace(whole, diagnostics=tuple(replace(d, function=name) for d in whole.diagnostics))


def _in_regions(body: Body, refusal: Diagnostic | None) -> _Found | None:
    """The regions of a function, None where it has none."""
    try:
        outlined = outline(body, refusal)
    except Exception as error:
        return _Found(diagnostics=(_internal_error(body, error),))
    if outlined is None:
        return None
    return _Found(outlined.entries, outlined.functions, outlined.diagnostics, (outlined.outline,))


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


class _Waiting(Struct):
    """A signature, and the choices of ranks that have not been tried."""

    signature: Signature
    ranks: Iterator[dict[str, int]]
    is_new: bool = True
    is_over: bool = False


def _lower_whole(body: Body) -> _Found:
    """The function in each of its types that can be lowered; the first refusal where none can."""
    info = body.info
    wanted = instances(info, body.module)
    found: list[tuple[Function, Instance]] = []
    refusals: list[Diagnostic] = []
    errors: list[Diagnostic] = []
    left_out: list[Diagnostic] = []
    waiting = [_Waiting(s, rank_choices(info, body.module, s)) for s in wanted.signatures]
    while waiting and len(found) < MOST_VERSIONS:  # one of each signature before a second one of any
        for one in waiting:
            before = len(found), len(refusals)
            for ranks in one.ranks if before[0] < MOST_VERSIONS else ():
                number = f"_{len(found) + 1}" if found else ""
                try:
                    name = c_identifier(info.qualified_name) + number
                    found.append(lower_instance(body, (one.signature, ranks), name))
                    break
                except Unsupported as refusal:
                    refusals.append(refusal.diagnostic)
                except Exception as error:  # a bug of ours must not cost the user the other functions
                    errors.append(_internal_error(body, error))
            if len(found) == before[0] < MOST_VERSIONS and len(refusals) > before[1] and one.is_new:
                why = refusals[before[1]]
                left_out.append(alternative_left_out(body, wanted.signatures, one.signature, why))
            one.is_new, one.is_over = False, len(found) == before[0]
        waiting = [one for one in waiting if not one.is_over]
    if not found:
        said = (*wanted.diagnostics, *errors, *refusals[:1])
        return _Found(diagnostics=said, refusal=next(iter(refusals), None))
    parameters = tuple(Parameter(p.name, p.kind, p.has_default) for p in wanted.signatures[0].parameters)
    span = body.tree.span_of(info.node)
    entry = Entry(info.qualified_name, span, parameters, tuple(instance for _, instance in found))
    said = (*wanted.diagnostics, *errors, *left_out)
    return _Found((entry,), tuple(function for function, _ in found), said)


def _internal_error(body: Body, error: Exception) -> Diagnostic:
    info = body.info
    return internal_error(f"'{info.qualified_name}'", body.tree.span_of(info.node.name), error)


def _obstacle(body: Body) -> Diagnostic | None:
    """Why a function is not one that is compiled as a whole."""
    info = body.info
    reason = info.obstacle
    if not reason and info.qualified_name in body.module.rebound:
        reason = "is defined more than once"
    if not reason:
        return None
    message = f"'{info.qualified_name}' stays Python: it {reason}."
    return Diagnostic(NOT_A_FUNCTION_OF_VALUES, message, body.tree.span_of(info.node.name))
