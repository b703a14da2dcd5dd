"""What the calls in the same file pass, for hints that leave the element type open.

    def blur(a: np.ndarray): ...
    blur(np.zeros((4, 4), dtype=np.float32))        {"a": ArrayHint(FLOAT32)}

The number of dimensions is found as well, for those that leave it open (`frontend/ranks.py`). All this only
chooses which versions are made: a wrong guess costs one that is never called.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import libcst as cst
import numpy as np
from msgspec import Struct

from pyaot.frontend.facts import target_names
from pyaot.frontend.hint_dtypes import element_dtypes
from pyaot.frontend.hint_read import read_hint
from pyaot.frontend.hint_types import ArrayHint, Hint, ListHint, ScalarHint, UnionHint, join
from pyaot.frontend.scope_classes import ClassKind
from pyaot.frontend.scope_constants import constant_value
from pyaot.frontend.scopes import FunctionInfo, ModuleScope, resolve
from pyaot.frontend.syntax import walk_body
from pyaot.ir.types import PY_COMPLEX, PY_FLOAT, PY_INT, DType, Scalar

_DEPTH = 12  # of names and expressions that are followed


class _Caller(Struct, frozen=True):
    """A body with calls in it, and what it assigns to names."""

    scope: ModuleScope
    function: FunctionInfo | None
    values: Mapping[str, Sequence[cst.BaseExpression]]


def passed_hints(function: FunctionInfo, scope: ModuleScope) -> list[Mapping[str, Hint]]:
    """For every call of the function in its file: the types of the arguments that the text tells."""
    if function.class_name is not None or function.outer is not None:
        return []
    given = function.node.params
    names = [p.name.value for p in (*given.posonly_params, *given.params)]
    return _calls_of(function.name, names, scope)


def _calls_of(called: str, names: Sequence[str], scope: ModuleScope) -> list[Mapping[str, Hint]]:
    """What each call in the file of that name passes for its parameters."""
    found: list[Mapping[str, Hint]] = []
    bodies = [(None, scope.tree.module), *((f, f.node.body) for f in scope.functions.values())]
    for caller, body in bodies:
        calls = _calls_by_name(body).get(called)
        if calls:
            at = _Caller(scope, caller, _assigned(body))
            found += [_arguments(call, names, at) for call in calls]
    return found


@cache
def _calls_by_name(body: cst.CSTNode) -> Mapping[str, Sequence[cst.Call]]:
    found: dict[str, list[cst.Call]] = {}
    for node in walk_body(body):
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
            found.setdefault(node.func.value, []).append(node)
    return found


def inferred(node: cst.BaseExpression, scope: ModuleScope, function: FunctionInfo) -> Hint | None:
    """What the text tells of an expression's type inside a function; None where it does not."""
    return _infer(node, _Caller(scope, function, _assigned(function.node.body)), _DEPTH)


def passed_fields(name: str, scope: ModuleScope) -> list[Mapping[str, Hint]]:
    """The same for every call in the file that makes an object of a dataclass or named tuple."""
    made = scope.classes[name]
    if made.kind is ClassKind.PLAIN:
        return []
    fields = [field.name for field in made.fields.values() if not field.in_init]
    return _calls_of(name.rpartition(".")[2], fields, scope)


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
def _assigned(body: cst.CSTNode) -> Mapping[str, Sequence[cst.BaseExpression]]:
    values: dict[str, list[cst.BaseExpression]] = {}
    for node in walk_body(body):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                for name in target_names(target.target):
                    simple = isinstance(target.target, cst.Name)
                    values.setdefault(name, []).extend([node.value] if simple else [])
    return values


def _arguments(call: cst.Call, names: Sequence[str], at: _Caller) -> Mapping[str, Hint]:
    found: dict[str, Hint] = {}
    for position, arg in enumerate(call.args):
        if arg.star:
            break
        name = arg.keyword.value if arg.keyword else names[position] if position < len(names) else ""
        hint = _infer(arg.value, at, _DEPTH)
        if hint is not None and name:
            found[name] = hint
    return found


# ---- the type of an expression, as far as it is plain to see --------------------------------------------


def _infer(node: cst.BaseExpression, at: _Caller, depth: int) -> Hint | None:
    """An ArrayHint, ListHint or ScalarHint; None where the text does not tell."""
    if depth == 0:
        return None
    match node:
        case cst.Name(value=name):
            return _of_name(name, at, depth)
        case cst.Call():
            return _of_call(node, at, depth)
        case cst.Attribute(value=value, attr=cst.Name(value="T")):
            base = _infer(value, at, depth - 1)
            return base if isinstance(base, ArrayHint) else None
        case cst.Subscript():
            return _of_subscript(node, at, depth)
        case cst.List(elements=elements) if elements:
            return _list_of(_infer(elements[0].value, at, depth - 1))
        case cst.ListComp(elt=element):
            return _list_of(_infer(element, at, depth - 1))
        case cst.BinaryOperation(left=left, operator=op, right=right):
            return _of_operation(op, _infer(left, at, depth - 1), _infer(right, at, depth - 1))
        case _:
            return _of_constant(node, at)


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


def _of_name(name: str, at: _Caller, depth: int) -> Hint | None:
    """The type that all assignments of the name agree on, else that of the parameter's hint."""
    if name in at.values:
        return _agreed([_infer(value, at, depth - 1) for value in at.values[name]])
    if at.function is not None:
        given = at.function.node.params
        for parameter in (*given.posonly_params, *given.params, *given.kwonly_params):
            if parameter.name.value == name and parameter.annotation is not None:
                hint = read_hint(parameter.annotation, at.scope, at.function)
                return hint if isinstance(hint, (ListHint, ScalarHint)) or _is_known(hint) else None
    value = at.scope.aliases.get(name)
    return None if value is None else _infer(value, _Caller(at.scope, None, {}), depth - 1)


def _agreed(hints: Sequence[Hint | None]) -> Hint | None:
    """What all that are known have in common."""
    found = {hint for hint in hints if hint is not None}
    if len(found) > 1:
        found = {ArrayHint(hint.dtype) if isinstance(hint, ArrayHint) else hint for hint in found}
    return found.pop() if len(found) == 1 else None


def _of_subscript(node: cst.Subscript, at: _Caller, depth: int) -> Hint | None:
    """A part of an array; its rank where every subscript is a slice, an int or a new axis."""
    base = _infer(node.value, at, depth - 1)
    if not isinstance(base, ArrayHint) or base.rank is None:
        return base if isinstance(base, ArrayHint) else None
    changes = [_change_of_rank(element.slice, at, depth - 1) for element in node.slice]
    if any(change is None for change in changes):
        return ArrayHint(base.dtype)
    rank = base.rank + sum(change for change in changes if change is not None)
    return ArrayHint(base.dtype, rank) if rank > 0 else None


def _change_of_rank(part: cst.BaseSlice, at: _Caller, depth: int) -> int | None:
    match part:
        case cst.Slice() | cst.Index(value=cst.Ellipsis()):
            return 0
        case cst.Index(value=cst.Name(value="None") | cst.Attribute(attr=cst.Name(value="newaxis"))):
            return 1
        case cst.Index(value=index) if _infer(index, at, depth) == ScalarHint(PY_INT):
            return -1
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
    return ArrayHint(DType(result.name), rank) if result.name in _NAMES else None


_NAMES = {dtype.value for dtype in DType}
_SAMPLES: dict[DType, complex] = {DType.INT64: 1, DType.FLOAT64: 1.0, DType.COMPLEX128: 1j, DType.BOOL: True}


def _operand(type: Scalar) -> "complex | np.dtype[np.generic]":
    """Python's numbers are weak: they count by a value of theirs."""
    return _SAMPLES[type.dtype] if type.is_python else np.dtype(type.dtype.value)


def _dtype(hint: ArrayHint) -> "np.dtype[np.generic]":
    return np.dtype((hint.dtype or DType.FLOAT64).value)


# ---- calls ----------------------------------------------------------------------------------------------

# Functions of NumPy that make arrays: where the dtype stands among the arguments, and the default one.
_MAKERS: dict[str, tuple[int, DType]] = {
    **dict.fromkeys(("zeros", "ones", "empty"), (1, DType.FLOAT64)),
    **dict.fromkeys(("eye",), (3, DType.FLOAT64)),
    **dict.fromkeys(("identity", "linspace", "logspace", "geomspace"), (99, DType.FLOAT64)),
}
# Methods of random generators: where the size stands among the arguments.
_FLOAT_METHODS = {
    "random": 0,
    "random_sample": 0,
    "standard_normal": 0,
    "exponential": 1,
    "normal": 2,
    "uniform": 2,
}
_INT_METHODS = {"integers": 2, "randint": 2}
_SPREAD_METHODS = ("rand", "randn")  # every argument is an extent
_SAME_METHODS = ("copy", "transpose", "swapaxes", "squeeze", "clip")
_FLAT_METHODS = ("ravel", "flatten")
_SAME_FUNCTIONS = ("ascontiguousarray", "asfortranarray", "copy", "zeros_like", "ones_like", "empty_like")


def _of_call(node: cst.Call, at: _Caller, depth: int) -> Hint | None:
    path = resolve(node.func, at.scope, at.function) or ""
    module, _, name = path.rpartition(".")
    if path == "builtins.float" or path in ("random.random", "random.uniform", "random.gauss"):
        return ScalarHint(PY_FLOAT)
    if path in ("builtins.int", "builtins.len"):
        return ScalarHint(PY_INT)
    found: Hint | None = None
    if module == "numpy":
        found = _of_numpy_call(name, node, at, depth)
    elif isinstance(node.func, cst.Attribute):
        found = _of_method(node.func.attr.value, node, at, depth)
    stated = _stated_dtype(node, _MAKERS[name][0] if name in _MAKERS else _DTYPE_PLACES.get(name, 99), at)
    if stated is not None:
        return ArrayHint(stated, found.rank if isinstance(found, ArrayHint) else None)
    return found


_DTYPE_PLACES = {"array": 1, "asarray": 1, "full": 2}
_RANKS = {"eye": 2, "identity": 2, "linspace": 1, "logspace": 1, "geomspace": 1}


def _of_numpy_call(name: str, node: cst.Call, at: _Caller, depth: int) -> Hint | None:
    if name in _MAKERS:
        return ArrayHint(_MAKERS[name][1], _RANKS.get(name) or _rank_of_shape(node, 0, at, depth))
    arguments = [_infer(arg.value, at, depth - 1) for arg in node.args if arg.keyword is None]
    if name in ("array", "asarray", *_SAME_FUNCTIONS) and arguments:
        return _as_array(arguments[0])
    if name == "full" and len(arguments) > 1:
        filled = _as_array(arguments[1])
        return (
            ArrayHint(filled.dtype, _rank_of_shape(node, 0, at, depth))
            if isinstance(filled, ArrayHint)
            else None
        )
    if name == "arange" and arguments:
        is_float = any(hint == ScalarHint(PY_FLOAT) for hint in arguments)
        return ArrayHint(DType.FLOAT64 if is_float else DType.INT64, 1)
    return None


def _rank_of_shape(call: cst.Call, place: int, at: _Caller, depth: int) -> int | None:
    """The rank that a shape or size asks for; None where the text does not tell, 0 where it is left out."""
    given = [a.value for a in call.args if a.keyword is not None and a.keyword.value in ("shape", "size")]
    positional = [a.value for a in call.args if a.keyword is None and not a.star]
    given += positional[place : place + 1]
    match given:
        case [cst.Tuple(elements=elements) | cst.List(elements=elements), *_]:
            return len(elements)
        case [cst.Attribute(value=value, attr=cst.Name(value="shape")), *_]:
            base = _infer(value, at, depth - 1)
            return base.rank if isinstance(base, ArrayHint) else None
        case [cst.Subscript(value=cst.Attribute(attr=cst.Name(value="shape"))), *_]:
            return 1
        case [value, *_]:
            return 1 if _infer(value, at, depth - 1) == ScalarHint(PY_INT) else None
    return 0


def _as_array(hint: Hint | None) -> Hint | None:
    rank = 0
    while isinstance(hint, ListHint):
        hint, rank = hint.item, rank + 1
    return ArrayHint(hint.type.dtype, rank or None) if isinstance(hint, ScalarHint) else hint


def _of_method(name: str, call: cst.Call, at: _Caller, depth: int) -> Hint | None:
    if name in _FLOAT_METHODS or name in _INT_METHODS:
        places = _FLOAT_METHODS if name in _FLOAT_METHODS else _INT_METHODS
        rank = _rank_of_shape(call, places[name], at, depth)
        type = ScalarHint(PY_FLOAT if name in _FLOAT_METHODS else PY_INT)
        return type if rank == 0 else ArrayHint(type.type.dtype, rank)
    if name in _SPREAD_METHODS:
        return ArrayHint(DType.FLOAT64, len(call.args)) if call.args else ScalarHint(PY_FLOAT)
    base = _infer(call.func.value, at, depth - 1) if isinstance(call.func, cst.Attribute) else None
    if not isinstance(base, ArrayHint):
        return None
    return _of_array_method(name, call, base)


def _of_array_method(name: str, call: cst.Call, base: ArrayHint) -> Hint | None:
    if name == "argsort":
        return ArrayHint(DType.INT64, base.rank)
    if name == "reshape":
        shape = call.args[0].value if len(call.args) == 1 else None
        return ArrayHint(base.dtype, len(shape.elements) if isinstance(shape, cst.Tuple) else len(call.args))
    if name in _FLAT_METHODS:
        return ArrayHint(base.dtype, 1)
    if name == "cumsum":
        return ArrayHint(base.dtype, base.rank if call.args else 1)
    return base if name in (*_SAME_METHODS, "astype") else None


def _stated_dtype(node: cst.Call, place: int, at: _Caller) -> DType | None:
    """`dtype=np.float32`, the same by position, or `.astype(np.float32)`."""
    is_astype = isinstance(node.func, cst.Attribute) and node.func.attr.value == "astype"
    for position, arg in enumerate(node.args):
        by_name = arg.keyword is not None and arg.keyword.value == "dtype"
        if by_name or (arg.keyword is None and position == (0 if is_astype else place)):
            return _dtype_named(arg.value, at)
    return None


def _dtype_named(node: cst.BaseExpression, at: _Caller) -> DType | None:
    if isinstance(node, cst.SimpleString):
        text = str(node.evaluated_value)
        return DType(text) if text in _NAMES else None
    try:
        return element_dtypes(resolve(node, at.scope, at.function) or "")[0]
    except LookupError:
        return None
