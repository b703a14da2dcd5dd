"""The typed signatures that a function's hints allow.

    def scale(a: NDArray[np.float32] | NDArray[np.float64], by: float = 2.0): ...

has two: (a: float32 array, by: float) and (a: float64 array, by: float). Hints are claims that a guard
checks at every call; here they only say which versions are worth having.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import libcst as cst
from msgspec import Struct

from pyaot.base.catalogue import CONTRADICTORY_HINTS, NO_HINTS, TOO_MANY_ALTERNATIVES, UNKNOWN_HINT
from pyaot.base.diagnostics import Diagnostic, Related
from pyaot.base.source import Span
from pyaot.frontend.hint_calls import closed_by, is_open, passed_hints
from pyaot.frontend.hint_defaults import hint_of_value, with_default
from pyaot.frontend.hint_dims import names_in
from pyaot.frontend.hint_expand import alternatives, expand, leaves
from pyaot.frontend.hint_read import local_hint, read_hint
from pyaot.frontend.hint_types import (
    ArrayHint,
    ClassHint,
    ConcreteHint,
    DimHint,
    ExpressionDim,
    Hint,
    ListHint,
    LiteralHint,
    NamedDim,
    NoneHint,
    ScalarHint,
    TextHint,
    TupleHint,
    TypeVarHint,
    UnionHint,
    UnknownHint,
    VariadicDim,
)
from pyaot.frontend.scope_constants import Constant, constant_value
from pyaot.frontend.scopes import FunctionInfo, ModuleScope
from pyaot.ir.program import Kind

__all__ = [
    "ArrayHint",
    "ClassHint",
    "ConcreteHint",
    "Hint",
    "Instances",
    "ListHint",
    "LiteralHint",
    "NoneHint",
    "ScalarHint",
    "Signature",
    "TextHint",
    "TupleHint",
    "TypeVarHint",
    "TypedParameter",
    "UnionHint",
    "UnknownHint",
    "instances",
    "is_hinted",
    "known_types",
    "local_hint",
    "parameters_of",
    "read_hint",
]

MOST_SIGNATURES = 16
MOST_VERSIONS = 4  # of one function; each costs compile time


class TypedParameter(Struct, frozen=True):
    """One parameter of one signature; arrays may have an open rank (None), nothing else is open."""

    name: str
    kind: Kind
    type: ConcreteHint
    default: cst.BaseExpression | None = None

    @property
    def has_default(self) -> bool:
        """A call may leave the parameter out."""
        return self.default is not None


class Signature(Struct, frozen=True):
    """A type for each parameter."""

    parameters: tuple[TypedParameter, ...]


class Instances(Struct, frozen=True):
    """The signatures in order of preference, none where the function stays Python, and what is to be said."""

    signatures: tuple[Signature, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def is_hinted(function: FunctionInfo) -> bool:
    """A parameter has a hint; or there is none that could have one, and the result has a hint."""
    given = list(parameters_of(function))
    if function.is_method:
        given = given[1:]
    if not given and function.class_name is not None:
        return function.node.returns is not None
    return any(parameter.annotation is not None for _, parameter in given)


def instances(function: FunctionInfo, scope: ModuleScope) -> Instances:
    """The signatures that the hints and default values of a function allow."""
    given = list(parameters_of(function))
    asked = [_Asked(function, scope, kind, node, n == 0) for n, (kind, node) in enumerate(given)]
    hints = [_hint_of(parameter) for parameter in asked]
    for parameter, hint in zip(asked, hints):
        problem = _problem(parameter, hint)
        if problem is not None:
            return Instances((), (problem,))
    clash = _clash_of_dims(asked, hints)
    if clash is not None:
        return Instances((), (clash,))
    found = list(
        dict.fromkeys(
            types for variant in _variants(function, scope, given, hints) for types in expand(variant)
        )
    )
    left_out = () if len(found) <= MOST_VERSIONS else (_too_many(function, scope, len(found)),)
    return Instances(tuple(_signature(given, types) for types in found[:MOST_SIGNATURES]), left_out)


def known_types(function: FunctionInfo, scope: ModuleScope) -> list[dict[str, ConcreteHint]]:
    """As `instances`, for a function of which parts are compiled: text among its parameters is no obstacle.

    Types by name; parameters that are text are left out. What calls in the file pass comes first: the first
    types decide which parts there are.
    """
    given = list(parameters_of(function))
    hints = [_hint_of(_Asked(function, scope, k, node, n == 0)) for n, (k, node) in enumerate(given)]
    known = [n for n, hint in enumerate(hints) if not isinstance(hint, TextHint)]
    if any(isinstance(leaf, UnknownHint) for n in known for leaf in leaves(hints[n])):
        return []
    names = [given[n][1].name.value for n in known]
    open_, *closed = _variants(function, scope, [given[n] for n in known], [hints[n] for n in known])
    found = dict.fromkeys(types for variant in (*closed, open_) for types in expand(variant))
    return [dict(zip(names, types)) for types in found][:MOST_SIGNATURES]


def _variants(
    function: FunctionInfo, scope: ModuleScope, given: Sequence[tuple[Kind, cst.Param]], hints: list[Hint]
) -> Iterator[list[Hint]]:
    """The hints as they stand (what is open becomes float64), then as each call in the file closes them."""
    yield hints
    if not any(is_open(hint) for hint in hints):
        return
    for passed in passed_hints(function, scope):
        names = [node.name.value for _, node in given]
        closed = [closed_by(hint, passed.get(name)) for name, hint in zip(names, hints)]
        if closed != hints:
            yield closed


def _signature(given: Sequence[tuple[Kind, cst.Param]], types: tuple[ConcreteHint, ...]) -> Signature:
    return Signature(
        tuple(TypedParameter(node.name.value, kind, t, node.default) for (kind, node), t in zip(given, types))
    )


def parameters_of(function: FunctionInfo) -> Iterator[tuple[Kind, cst.Param]]:
    """The parameters in the order of the signature."""
    given = function.node.params
    yield from ((Kind.POSITIONAL_ONLY, p) for p in given.posonly_params)
    yield from ((Kind.POSITIONAL_OR_KEYWORD, p) for p in given.params)
    if isinstance(given.star_arg, cst.Param):
        yield Kind.VAR_POSITIONAL, given.star_arg
    yield from ((Kind.KEYWORD_ONLY, p) for p in given.kwonly_params)
    if given.star_kwarg is not None:
        yield Kind.VAR_KEYWORD, given.star_kwarg


# ---- one parameter --------------------------------------------------------------------------------------


class _Asked(Struct, frozen=True):
    """A parameter whose type is wanted."""

    function: FunctionInfo
    scope: ModuleScope
    kind: Kind
    node: cst.Param
    is_first: bool

    @property
    def span(self) -> Span:
        """The hint's place, the name's where there is none."""
        hint = self.node.annotation
        return self.scope.tree.span_of(self.node.name if hint is None else hint.annotation)


_NO_HINT = UnknownHint("", "has no hint")


def _hint_of(asked: _Asked) -> Hint:
    annotation = asked.node.annotation
    if annotation is None:
        return _unhinted(asked)
    hint = read_hint(annotation, asked.scope, asked.function)
    if asked.kind is Kind.VAR_POSITIONAL:
        return TupleHint((hint,), is_homogeneous=True)
    if asked.kind is Kind.VAR_KEYWORD:
        return UnknownHint(f"**{asked.node.name.value}", "collects keyword arguments")
    with suppress(LookupError):
        value = _default_value(asked)
        try:
            return with_default(hint, value)
        except LookupError as error:
            return UnknownHint(asked.scope.tree.text_of(annotation.annotation), str(error), True)
    return hint


def _unhinted(asked: _Asked) -> Hint:
    owner = asked.function.class_name
    if asked.is_first and asked.function.is_method and owner in asked.scope.classes:
        return ClassHint(str(owner))
    try:
        return hint_of_value(_default_value(asked))
    except LookupError:
        return _NO_HINT


def _default_value(asked: _Asked) -> Constant:
    """LookupError where there is no default or its value is not known."""
    if asked.node.default is None:
        raise LookupError
    return constant_value(asked.node.default, asked.scope.imports, asked.scope.constants)


# ---- what is wrong with it ------------------------------------------------------------------------------


def _problem(asked: _Asked, hint: Hint) -> Diagnostic | None:
    """Why a parameter has no type; alternatives that are unknown do not matter beside known ones."""
    inside = tuple(leaves(hint))
    unknown = [leaf for leaf in inside if isinstance(leaf, UnknownHint)]
    wrong = next((leaf for leaf in unknown if leaf.is_contradiction), None)
    if wrong is not None:
        return _contradiction(asked, wrong)
    choice = {leaf.name: 0 for leaf in inside if isinstance(leaf, TypeVarHint)}
    if next(alternatives(hint, choice), None) is not None:
        return None
    if unknown and unknown[0] is _NO_HINT:
        return _no_hint(asked)
    text = next((leaf for leaf in unknown), UnknownHint("str", "is text, which kernels do not have"))
    return Diagnostic(
        UNKNOWN_HINT,
        f"{_stays(asked)} the hint of '{asked.node.name.value}' names no type that kernels have.",
        asked.span,
        label=f"'{text.text}' {text.reason}",
        hints=("Hints of numbers, arrays, lists and tuples give versions: 'float', 'NDArray[np.float64]'.",),
        function=asked.function.qualified_name,
    )


def _contradiction(asked: _Asked, wrong: UnknownHint) -> Diagnostic:
    default = asked.node.default
    related: tuple[Related, ...] = ()
    if default is not None and wrong.reason.endswith("is not of that type"):
        related = (Related(asked.scope.tree.span_of(default), wrong.reason),)
    return Diagnostic(
        CONTRADICTORY_HINTS,
        f"{_stays(asked)} the hint of '{asked.node.name.value}' contradicts "
        + ("its default value." if related else "itself."),
        asked.span,
        label="this type" if related else f"'{wrong.text}' {wrong.reason}",
        related=related,
        hints=("Correct the hint, or leave it out.",),
        function=asked.function.qualified_name,
    )


def _no_hint(asked: _Asked) -> Diagnostic:
    name = asked.node.name.value
    return Diagnostic(
        NO_HINTS,
        f"{_stays(asked)} parameter '{name}' has no hint.",
        asked.span,
        label="its type is not known",
        hints=(f"Add one, such as '{name}: NDArray[np.float64]', or a default value that is a number.",),
        function=asked.function.qualified_name,
    )


def _clash_of_dims(asked: Sequence[_Asked], hints: Sequence[Hint]) -> Diagnostic | None:
    """Names of dimensions that cannot be matched with one another."""
    dims = [(a, dim) for a, hint in zip(asked, hints) for dim in _dims(hint)]
    single = {dim.name for _, dim in dims if isinstance(dim, NamedDim)}
    for parameter, dim in dims:
        match dim:
            case ExpressionDim(text) if not names_in(dim) <= single:
                name = min(names_in(dim) - single)
                return _clash(parameter, f"'{text}' uses '{name}', which no dimension is called")
            case VariadicDim(str(name)) if name in single:
                return _clash(parameter, f"'*{name}' is any number of dimensions here and one elsewhere")
            case _:
                pass
    return None


def _dims(hint: Hint) -> Iterator[DimHint]:
    for leaf in leaves(hint):
        if isinstance(leaf, ArrayHint):
            yield from leaf.dims or ()


def _clash(asked: _Asked, reason: str) -> Diagnostic:
    return Diagnostic(
        CONTRADICTORY_HINTS,
        f"{_stays(asked)} the dimensions of its hints contradict each other.",
        asked.span,
        label=reason,
        hints=("Call dimensions by the same name only where they have the same extent.",),
        function=asked.function.qualified_name,
    )


def _too_many(function: FunctionInfo, scope: ModuleScope, count: int) -> Diagnostic:
    number = f"at most {MOST_VERSIONS} of {count} combinations of types"
    return Diagnostic(
        TOO_MANY_ALTERNATIVES,
        f"'{function.qualified_name}' has versions for {number}.",
        scope.tree.span_of(function.node.name),
        label="calls with the others run the original",
        hints=("Fewer alternatives in the hints, or one type variable for several parameters, make fewer.",),
        function=function.qualified_name,
    )


def _stays(asked: _Asked) -> str:
    return f"Function '{asked.function.qualified_name}' stays Python:"
