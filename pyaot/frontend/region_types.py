"""What is known of the types of local variables between the regions of a function.

    n = a.shape[0]           (a region)      {"n": int}: what the region returns
    x = rng.normal(size=n)   (Python)        {"x": float64 array}: what the text tells, see `hint_calls`
    f(x[0, 1])               (unknown x)     {"x": float64 array}: what its use tells

These are claims: a region's guard checks them at every call, a wrong one costs a version that never runs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import libcst as cst

from pyaot.frontend.facts import target_names
from pyaot.frontend.hint_calls import inferred
from pyaot.frontend.hint_expand import alternatives
from pyaot.frontend.hints import (
    ArrayHint,
    ClassHint,
    ConcreteHint,
    Hint,
    ListHint,
    NoneHint,
    ScalarHint,
    Signature,
    TupleHint,
    TypedParameter,
    TypeVarHint,
    known_types,
    local_hint,
)
from pyaot.frontend.instance import Body
from pyaot.frontend.names_used import names_bound
from pyaot.frontend.ranks import rank_choices
from pyaot.frontend.syntax import walk
from pyaot.ir.nodes import (
    Allocate,
    ArrayResult,
    Bind,
    Function,
    Maker,
    Nothing,
    Result,
    ScalarResult,
    TupleResult,
    ViewResult,
)
from pyaot.ir.program import Kind
from pyaot.ir.types import PY_FLOAT, PY_INT, Array, DType, Scalar
from pyaot.ir.walk import returns, walk_stmts

Types = Mapping[str, ConcreteHint]


def types_at_entry(body: Body) -> list[Types]:
    """The parameters' types, one map for each choice that the hints allow; unknown ones are left out."""
    return [_with_ranks(body, types) for types in known_types(body.info, body.module)]


def _with_ranks(body: Body, types: Types) -> Types:
    """With the ranks that only the uses in the whole function show."""
    choices = list(rank_choices(body.info, body.module, signature_of(tuple(types), types)))
    known = {name: {ranks.get(name) for ranks in choices} for name in types}
    return {name: _ranked(hint, known[name]) for name, hint in types.items()}


def _ranked(hint: ConcreteHint, ranks: set[int | None]) -> ConcreteHint:
    match hint, [*ranks]:
        case ArrayHint(dtype, None, dims), [int(rank)]:
            return ArrayHint(dtype, rank, dims)
    return hint


def signature_of(names: Sequence[str], types: Types) -> Signature:
    """The signature of a region that reads these names."""
    kind = Kind.POSITIONAL_OR_KEYWORD
    return Signature(tuple(TypedParameter(name, kind, types[name]) for name in names))


# ---- behind a region ------------------------------------------------------------------------------------


def result_types(function: Function, names: Sequence[str], sets_fields: bool) -> Types:
    """The types of the values that a region returns for these names."""
    if not names:
        return {}
    arrays = dict(_array_types(function))
    for found in returns(function):
        result = found.result
        if sets_fields and isinstance(result, TupleResult):
            result = result.items[0]
        parts = result.items if isinstance(result, TupleResult) and len(names) > 1 else (result,)
        hints = [_hint_of(part, arrays) for part in parts]
        return {name: hint for name, hint in zip(names, hints) if hint is not None}
    return {}


def _array_types(function: Function) -> Iterator[tuple[str, Array]]:
    known: dict[str, Array] = {p.name: p.type for p in function.params if isinstance(p.type, Array)}
    for stmt in walk_stmts(function.body):
        match stmt:
            case Allocate(name, type):
                known[name] = type
            case Bind(targets, sources):
                known |= {t: known[s] for t, s in zip(targets, sources) if s in known}
    yield from known.items()


def _hint_of(result: Result, arrays: Mapping[str, Array]) -> ConcreteHint | None:
    match result:
        case Nothing():
            return NoneHint()
        case ScalarResult(value):
            return ScalarHint(value.type)
        case ArrayResult(array) if array in arrays:
            return _of_array(arrays[array])
        case ViewResult(array, _, shape) if array in arrays:
            return ArrayHint(arrays[array].dtype, len(shape))
        case TupleResult(maker=Maker() as maker):
            return ClassHint(maker.name) if maker.is_own else None
        case TupleResult(items, is_list=False):
            hints = [_hint_of(item, arrays) for item in items]
            known = tuple(hint for hint in hints if hint is not None)
            return TupleHint(known) if len(known) == len(hints) else None
    return None


def _of_array(type: Array) -> ConcreteHint:
    if not type.boxed:
        return ArrayHint(type.dtype, type.rank)
    item: Hint = ScalarHint(Scalar(type.dtype, type.element.origin))
    for _ in range(type.rank - 1):
        item = ListHint(item)
    return ListHint(item)


# ---- behind a statement that stays Python ---------------------------------------------------------------


def after_python(body: Body, node: cst.CSTNode, types: Types) -> Types:
    """The types behind a simple statement, or inside a compound one before its suites."""
    bound = names_bound(*(node.body if isinstance(node, cst.SimpleStatementLine) else (node,)))
    left = {name: hint for name, hint in types.items() if name not in bound}
    return left | dict(_told(body, node))


def _told(body: Body, node: cst.CSTNode) -> Iterator[tuple[str, ConcreteHint]]:
    match node:
        case cst.SimpleStatementLine(body=parts):
            for part in parts:
                yield from _told(body, part)
        case cst.Assign(targets=(cst.AssignTarget(target=cst.Name(value=name)),), value=value):
            yield from ((name, hint) for hint in _concrete(inferred(value, body.module, body.info)))
        case cst.AnnAssign(target=cst.Name(value=name), value=cst.BaseExpression()):
            yield from ((name, hint) for hint in _concrete(local_hint(node, body.module, body.info)))
        case cst.For(target=target, iter=cst.Call(func=cst.Name(value="range"))):
            yield from ((name, ScalarHint(PY_INT)) for name in target_names(target))


def _concrete(hint: Hint | None) -> Iterator[ConcreteHint]:
    """The first alternative, where there is one."""
    if hint is not None and not isinstance(hint, TypeVarHint):
        yield from list(alternatives(hint, {}))[:1]


# ---- of a variable of which nothing is known ------------------------------------------------------------

_METHODS_OF_ARRAYS = frozenset(
    {"shape", "ndim", "size", "T", "dtype", "copy", "sum", "mean", "max", "min", "astype"}
)


def guessed(name: str, statements: Iterable[cst.CSTNode]) -> ConcreteHint | None:
    """What the uses of a variable make likely; None where it is called or has what arrays do not have."""
    found: ConcreteHint | None = None
    for node in walk(*statements):
        match node:
            case cst.Call(func=cst.Name(value=called)) if called == name:
                return None
            case cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=attribute)) if owner == name:
                if attribute not in _METHODS_OF_ARRAYS:
                    return None
                found = ArrayHint(DType.FLOAT64)
            case cst.Subscript(value=cst.Name(value=owner)) if owner == name:
                found = ArrayHint(DType.FLOAT64)
            case cst.For(iter=cst.Name(value=owner)) if owner == name:
                found = found or ArrayHint(DType.FLOAT64, 1)
            case cst.Call(func=cst.Name(value="range"), args=args) if _mentions(args, name):
                found = found or ScalarHint(PY_INT)
            case cst.Index(value=index) if _mentions((index,), name):
                found = found or ScalarHint(PY_INT)
            case cst.BinaryOperation(left=left, right=right) if name in (_name(left), _name(right)):
                found = found or ScalarHint(PY_FLOAT)
    return found


_OTHER_VALUES = (
    cst.Dict,
    cst.DictComp,
    cst.Set,
    cst.SetComp,
    cst.List,
    cst.FormattedString,
    cst.SimpleString,
)


def never_guessed(body: Body) -> frozenset[str]:
    """Variables that some statement sets to what no kernel takes, or that are annotated so: `seen = {}`."""
    found: set[str] = set()
    for node in walk(body.info.node.body):
        match node:
            case cst.Assign(targets=targets, value=value) if isinstance(value, _OTHER_VALUES):
                found |= {name for target in targets for name in target_names(target.target)}
            case cst.AnnAssign(target=cst.Name(value=name)):
                hint = local_hint(node, body.module, body.info)
                found |= set() if hint is None or list(_concrete(hint)) else {name}
    return frozenset(found)


def _mentions(nodes: Iterable[cst.CSTNode], name: str) -> bool:
    return any(isinstance(part, cst.Name) and part.value == name for part in walk(*nodes))


def _name(node: cst.CSTNode) -> str | None:
    return node.value if isinstance(node, cst.Name) else None
