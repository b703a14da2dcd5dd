"""What the calls in the same file pass, for hints that leave the element type open.

    def blur(a: np.ndarray): ...
    blur(np.zeros((4, 4), dtype=np.float32))        {"a": ArrayHint(FLOAT32)}

The number of dimensions is found as well, for those that leave it open (`frontend/ranks.py`). All this only
chooses which versions are made: a wrong guess costs one that is never called.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TypeGuard

import libcst as cst
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pyaot.frontend.facts import target_names
from pyaot.frontend.hint_numpy import NAMES, of_method, of_numpy_call, stated_dtype
from pyaot.frontend.hint_read import read_hint
from pyaot.frontend.hint_types import ArrayHint, Hint, ListHint, ScalarHint, UnionHint, join
from pyaot.frontend.scope_classes import ClassKind
from pyaot.frontend.scope_constants import constant_value
from pyaot.frontend.scope_functions import Receiver
from pyaot.frontend.scopes import FunctionInfo, ModuleScope, resolve
from pyaot.frontend.syntax import walk_body
from pyaot.ir.types import PY_COMPLEX, PY_FLOAT, PY_INT, DType, Scalar

_DEPTH = 12  # of names and expressions that are followed in one body
_HOPS = 8  # from a body to one that calls it, or that it calls


class _Given(Struct, frozen=True):
    """What an assignment gives to a name: a value, or one item of it."""

    value: cst.BaseExpression
    item: int | None = None


class _Caller(Struct, frozen=True):
    """A body with calls in it, and what it assigns to names."""

    scope: ModuleScope
    function: FunctionInfo | None = None  # None: the module's own statements
    depth: int = _DEPTH
    hops: int = _HOPS

    @property
    def values(self) -> Mapping[str, Sequence[_Given]]:
        """What the body assigns, by name."""
        return _assigned(self.scope.tree.module if self.function is None else self.function.node.body)

    def infer(self, node: cst.BaseExpression) -> Hint | None:
        """An ArrayHint, ListHint or ScalarHint; None where the text does not tell. Each is found out once."""
        if self.depth == 0:
            return None
        known = _known(self.scope.tree.module)
        owner = "" if self.function is None else self.function.qualified_name
        key = (node, owner, self.depth, self.hops)
        if key not in known:
            known[key] = _infer(node, replace(self, depth=self.depth - 1))
        return known[key]

    def path(self, node: cst.BaseExpression) -> str:
        """The dotted path that the expression stands for, '' where there is none."""
        return resolve(node, self.scope, self.function) or ""


@cache
def _known(module: cst.Module) -> dict[tuple[cst.BaseExpression, str, int, int], Hint | None]:
    """What was inferred in a file, by expression, function, and how far it was looked for."""
    return {}


def passed_hints(function: FunctionInfo, scope: ModuleScope) -> list[Mapping[str, Hint]]:
    """For every call of the function in its file: the types of the arguments that the text tells."""
    return _calls_for(function, _Caller(scope))


def _calls_for(function: FunctionInfo, asking: _Caller) -> list[Mapping[str, Hint]]:
    """The same for somebody who is looking at other functions."""
    if function.outer is not None or asking.hops == 0:
        return []
    given = function.node.params
    names = [p.name.value for p in (*given.posonly_params, *given.params)]
    called = function.name
    if function.class_name is not None:  # any call of a method of that name: this is a guess
        is_maker = called == "__init__"
        called = function.class_name.rpartition(".")[2] if is_maker else f".{called}"
        names = names[function.receiver is not Receiver.NONE :]
    return _calls_of(called, names, asking)


def _calls_of(called: str, names: Sequence[str], asking: _Caller) -> list[Mapping[str, Hint]]:
    """What each call in the file of that name passes for its parameters."""
    found: list[Mapping[str, Hint]] = []
    scope = asking.scope
    bodies = [(None, scope.tree.module), *((f, f.node.body) for f in scope.functions.values())]
    for caller, body in bodies:
        calls = _calls_by_name(body).get(called)
        if calls:
            at = _Caller(scope, caller, hops=asking.hops - 1)
            found += [_arguments(call, names, at) for call in calls]
    return found


@cache
def _calls_by_name(body: cst.CSTNode) -> Mapping[str, Sequence[cst.Call]]:
    """The calls of `f` under 'f', those of methods under '.f'."""
    found: dict[str, list[cst.Call]] = {}
    for node in walk_body(body):
        match node:
            case cst.Call(func=cst.Name(value=name)):
                found.setdefault(name, []).append(node)
            case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))):
                found.setdefault(f".{name}", []).append(node)
    return found


def assigned_fields(name: str, field: str, scope: ModuleScope) -> list[Hint]:
    """What the methods that make an object of the class give to the field, as far as the text tells."""
    makers = [scope.functions.get(f"{name}.{method}") for method in ("__init__", "__post_init__")]
    found = [
        inferred(part.value, scope, maker)
        for maker in makers
        if maker is not None
        for part in walk_body(maker.node.body)
        if isinstance(part, cst.Assign) and any(_is_field(t.target, field) for t in part.targets)
    ]
    return [hint for hint in found if hint is not None]


def _is_field(target: cst.BaseExpression, field: str) -> bool:
    return isinstance(target, cst.Attribute) and target.attr.value == field


def inferred(node: cst.BaseExpression, scope: ModuleScope, function: FunctionInfo) -> Hint | None:
    """What the text tells of an expression's type inside a function; None where it does not."""
    return _Caller(scope, function).infer(node)


def global_hint(name: str, scope: ModuleScope) -> Hint | None:
    """What the text tells of a name that the module binds once; None where it does not."""
    value = scope.aliases.get(name)
    return None if value is None else _Caller(scope).infer(value)


def passed_fields(name: str, scope: ModuleScope) -> list[Mapping[str, Hint]]:
    """The same for every call in the file that makes an object of a dataclass or named tuple."""
    made = scope.classes[name]
    if made.kind is ClassKind.PLAIN:
        return []
    fields = [field.name for field in made.fields.values() if not field.in_init]
    return _calls_of(name.rpartition(".")[2], fields, _Caller(scope))


def is_open(hint: Hint) -> bool:
    """The hint, or an alternative of it, leaves the element type to the call."""
    match hint:
        case ArrayHint(dtype=None) | ListHint(item=None):
            return True
        case UnionHint(alternatives):
            return any(is_open(alternative) for alternative in alternatives)
        case _:
            return False


def closed_by(hint: Hint, passed: Hint | None) -> Hint:
    """The hint with the element type that a call passes, itself where the call says nothing for it."""
    match hint, passed:
        case ArrayHint(None, rank, dims), ArrayHint(DType() as dtype):
            return ArrayHint(dtype, rank, dims)
        case ListHint(None), ListHint():
            return passed
        case UnionHint(alternatives), _:
            return join(tuple(closed_by(alternative, passed) for alternative in alternatives))
        case _:
            return hint


@cache
def _assigned(body: cst.CSTNode) -> Mapping[str, Sequence[_Given]]:
    values: dict[str, list[_Given]] = {}
    for node in walk_body(body):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                for name, given in _bound(target.target, node.value):
                    values.setdefault(name, []).extend(given)
    return values


def _bound(target: cst.BaseExpression, value: cst.BaseExpression) -> Iterator[tuple[str, list[_Given]]]:
    """The names that an assignment binds, each with what it gets if the text tells."""
    elements = target.elements if isinstance(target, (cst.Tuple, cst.List)) else ()
    if isinstance(target, cst.Name):
        yield target.value, [_Given(value)]
    elif any(not isinstance(element.value, cst.Name) for element in elements) or not elements:
        yield from ((name, []) for name in target_names(target))
    else:
        parts = value.elements if isinstance(value, (cst.Tuple, cst.List)) else ()
        for number, name in enumerate(target_names(target)):
            is_apart = len(parts) == len(elements)
            yield name, [_Given(parts[number].value) if is_apart else _Given(value, number)]


def _arguments(call: cst.Call, names: Sequence[str], at: _Caller) -> Mapping[str, Hint]:
    found: dict[str, Hint] = {}
    for position, arg in enumerate(call.args):
        if arg.star:
            break
        name = arg.keyword.value if arg.keyword else names[position] if position < len(names) else ""
        hint = at.infer(arg.value)
        if hint is not None and name:
            found[name] = hint
    return found


# ---- the type of an expression, as far as it is plain to see --------------------------------------------


def _infer(node: cst.BaseExpression, at: _Caller) -> Hint | None:
    """An ArrayHint, ListHint or ScalarHint; None where the text does not tell."""
    match node:
        case cst.Name(value=name):
            return _of_name(name, at)
        case cst.Call():
            return _of_call(node, at)
        case cst.Attribute(value=value, attr=cst.Name(value="T")):
            base = at.infer(value)
            return base if isinstance(base, ArrayHint) else None
        case cst.Subscript():
            return _of_subscript(node, at)
        case cst.List(elements=elements) if elements:
            return _list_of(at.infer(elements[0].value))
        case cst.ListComp(elt=element):
            return _list_of(at.infer(element))
        case cst.BinaryOperation(left=left, operator=op, right=right):
            return _of_operation(op, at.infer(left), at.infer(right))
        case cst.Comparison(left=left, comparisons=[comparison]):
            compared = [at.infer(left), at.infer(comparison.comparator)]
            ranks = [hint.rank for hint in compared if isinstance(hint, ArrayHint)]
            return ArrayHint(DType.BOOL, _most(ranks)) if ranks else None
        case cst.UnaryOperation(operator=cst.Minus() | cst.Plus() | cst.BitInvert(), expression=operand):
            found = at.infer(operand)
            return found if isinstance(found, ArrayHint) else _of_constant(node, at)
        case cst.IfExp(body=first, orelse=second):
            return _agreed([at.infer(first), at.infer(second)])
        case _:
            return _of_constant(node, at)


def _most(ranks: Sequence[int | None]) -> int | None:
    known = [rank for rank in ranks if rank is not None]
    return max(known) if len(known) == len(ranks) else None


def _list_of(item: Hint | None) -> Hint | None:
    return ListHint(item) if isinstance(item, (ScalarHint, ListHint)) else None


def _of_constant(node: cst.BaseExpression, at: _Caller) -> Hint | None:
    try:
        value = constant_value(node, at.scope.imports, at.scope.constants)
    except LookupError:
        return None
    if isinstance(value, np.generic) or type(value) not in (int, float, complex):
        return None
    return ScalarHint({int: PY_INT, float: PY_FLOAT}.get(type(value), PY_COMPLEX))


def _of_name(name: str, at: _Caller) -> Hint | None:
    """The type that all assignments of the name agree on, else that of the parameter's hint."""
    if name in at.values:
        return _agreed([_part_of(given, at) for given in at.values[name]])
    if at.function is not None:
        given = at.function.node.params
        for parameter in (*given.posonly_params, *given.params, *given.kwonly_params):
            if parameter.name.value == name:
                return _of_parameter(parameter, at.function, at)
    value = at.scope.aliases.get(name)
    return None if value is None else replace(at, function=None).infer(value)


def _of_parameter(parameter: cst.Param, function: FunctionInfo, at: _Caller) -> Hint | None:
    """What the hint says, or the calls of the function where it leaves that open, or the default value."""
    hint = None if parameter.annotation is None else read_hint(parameter.annotation, at.scope, function)
    if isinstance(hint, (ListHint, ScalarHint)) or (hint is not None and _is_known(hint)):
        return hint
    if not (hint is None or isinstance(hint, ArrayHint)):
        return None
    passed = _agreed([call.get(parameter.name.value) for call in _calls_for(function, at)])
    if hint is not None:
        return closed_by(hint, passed) if isinstance(passed, ArrayHint) else None
    return passed if passed is not None or parameter.default is None else at.infer(parameter.default)


def _part_of(given: _Given, at: _Caller) -> Hint | None:
    """The type of what an assignment gives to a name: the value, or one of its items."""
    if given.item is None:
        return at.infer(given.value)
    function = _own_function(given.value, at)
    if function is None:
        return None
    results = [r.elements[given.item].value for r in _results(function.node.body) if _has_item(r, given.item)]
    return _of_results(results, function, at)


def _has_item(result: cst.BaseExpression, item: int) -> TypeGuard[cst.Tuple]:
    return isinstance(result, cst.Tuple) and item < len(result.elements)


def _agreed(hints: Sequence[Hint | None]) -> Hint | None:
    """What all that are known have in common."""
    found = {hint for hint in hints if hint is not None}
    if len(found) > 1:
        found = {ArrayHint(hint.dtype) if isinstance(hint, ArrayHint) else hint for hint in found}
    return found.pop() if len(found) == 1 else None


def _of_subscript(node: cst.Subscript, at: _Caller) -> Hint | None:
    """A part of an array; its rank where every subscript is a slice, an int or a new axis."""
    base = at.infer(node.value)
    if not isinstance(base, ArrayHint) or base.rank is None:
        return base if isinstance(base, ArrayHint) else None
    changes = [_change_of_rank(element.slice, at) for element in node.slice]
    if any(change is None for change in changes):
        return ArrayHint(base.dtype)
    rank = base.rank + sum(change for change in changes if change is not None)
    return ArrayHint(base.dtype, rank) if rank > 0 else None


def _change_of_rank(part: cst.BaseSlice, at: _Caller) -> int | None:
    match part:
        case cst.Slice() | cst.Index(value=cst.Ellipsis()):
            return 0
        case cst.Index(value=cst.Name(value="None") | cst.Attribute(attr=cst.Name(value="newaxis"))):
            return 1
        case cst.Index(value=index):
            found = at.infer(index)
            if found == ScalarHint(PY_INT):
                return -1
            is_list = isinstance(found, ArrayHint) and found.dtype is not DType.BOOL
            return found.rank - 1 if is_list and isinstance(found, ArrayHint) and found.rank else None
    return None


def _is_known(hint: Hint) -> bool:
    return isinstance(hint, ArrayHint) and hint.dtype is not None


def _of_operation(op: cst.BaseBinaryOp, left: Hint | None, right: Hint | None) -> Hint | None:
    """NumPy's result type; an operand that is not known counts as a number that changes nothing."""
    known = [hint for hint in (left, right) if hint is not None]
    if any(isinstance(hint, ListHint) for hint in known):
        return next(hint for hint in known if isinstance(hint, ListHint))  # [0.0] * n
    arrays = [hint for hint in known if isinstance(hint, ArrayHint) and hint.dtype is not None]
    if not arrays:
        return known[0] if len(known) == 2 and known[0] == known[1] else None
    numbers = [_operand(hint.type) for hint in known if isinstance(hint, ScalarHint)]
    result = np.result_type(*(_dtype(hint) for hint in arrays), *numbers)
    if isinstance(op, cst.Divide):
        result = np.result_type(result, 1.0)
    ranks = {hint.rank if isinstance(hint, ArrayHint) else 0 for hint in (left, right) if hint is not None}
    rank = None if len(known) < 2 or None in ranks else max(r for r in ranks if r is not None)
    return ArrayHint(DType(result.name), rank) if result.name in NAMES else None


_SAMPLES: dict[DType, complex] = {DType.INT64: 1, DType.FLOAT64: 1.0, DType.COMPLEX128: 1j, DType.BOOL: True}


def _operand(type: Scalar) -> "complex | np.dtype[np.generic]":
    """Python's numbers are weak: they count by a value of theirs."""
    return _SAMPLES[type.dtype] if type.is_python else np.dtype(type.dtype.value)


def _dtype(hint: ArrayHint) -> "np.dtype[np.generic]":
    return np.dtype((hint.dtype or DType.FLOAT64).value)


# ---- calls ----------------------------------------------------------------------------------------------


def _of_call(node: cst.Call, at: _Caller) -> Hint | None:
    function = _own_function(node, at)
    if function is not None:
        return _of_results(_results(function.node.body), function, at)
    path = at.path(node.func)
    module, _, name = path.rpartition(".")
    if path == "builtins.float" or path in ("random.random", "random.uniform", "random.gauss"):
        return ScalarHint(PY_FLOAT)
    if path in ("builtins.int", "builtins.len"):
        return ScalarHint(PY_INT)
    found: Hint | None = None
    if module == "numpy":
        found = of_numpy_call(name, node, at)
    elif isinstance(node.func, cst.Attribute):
        found = of_method(node.func.attr.value, node, at)
    stated = stated_dtype(name, node, at)
    if stated is not None:
        return ArrayHint(stated, found.rank if isinstance(found, ArrayHint) else None)
    return found


def _own_function(node: cst.BaseExpression, at: _Caller) -> FunctionInfo | None:
    """The function of the same file that the expression calls, or the only method of that name."""
    if not isinstance(node, cst.Call) or at.path(node.func):
        return None
    match node.func:
        case cst.Name(value=name):
            return at.scope.functions.get(name)
        case cst.Attribute(attr=cst.Name(value=name)):
            methods = [f for f in at.scope.functions.values() if f.class_name is not None and f.name == name]
            return methods[0] if len(methods) == 1 else None
    return None


@cache
def _results(body: cst.CSTNode) -> Sequence[cst.BaseExpression]:
    return [node.value for node in walk_body(body) if isinstance(node, cst.Return) and node.value is not None]


def _of_results(results: Sequence[cst.BaseExpression], function: FunctionInfo, at: _Caller) -> Hint | None:
    """What all these values that a function returns agree on."""
    if at.hops == 0:
        return None
    body = _Caller(at.scope, function, hops=at.hops - 1)
    return _agreed([body.infer(result) for result in results])
