"""What the calls in the same file pass, for hints that leave the element type open.

    def blur(a: np.ndarray): ...
    blur(np.zeros((4, 4), dtype=np.float32))        {"a": ArrayHint(FLOAT32)}

This only chooses which versions are made: a wrong guess costs one that is never called.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import libcst as cst
import numpy as np

from pyaot.frontend.facts import target_names
from pyaot.frontend.hint_dtypes import element_dtypes
from pyaot.frontend.hint_read import read_hint
from pyaot.frontend.hint_types import ArrayHint, Hint, ListHint, ScalarHint, UnionHint, join
from pyaot.frontend.scope_constants import constant_value
from pyaot.frontend.scopes import FunctionInfo, ModuleScope, resolve
from pyaot.frontend.syntax import walk_body
from pyaot.ir.types import PY_COMPLEX, PY_FLOAT, PY_INT, DType, Scalar

_DEPTH = 12  # of names and expressions that are followed


@dataclass(frozen=True)
class _Caller:
    """A body with calls in it, and what it assigns to names."""

    scope: ModuleScope
    function: FunctionInfo | None
    values: Mapping[str, Sequence[cst.BaseExpression]]


def passed_hints(function: FunctionInfo, scope: ModuleScope) -> list[Mapping[str, Hint]]:
    """For every call of the function in its file: the types of the arguments that the text tells."""
    if function.class_name is not None or function.outer is not None:
        return []
    found: list[Mapping[str, Hint]] = []
    bodies = [(None, scope.tree.module), *((f, f.node.body) for f in scope.functions.values())]
    for caller, body in bodies:
        calls = [node for node in walk_body(body) if isinstance(node, cst.Call)]
        calls = [c for c in calls if isinstance(c.func, cst.Name) and c.func.value == function.name]
        if calls:
            at = _Caller(scope, caller, _assigned(body))
            found += [_arguments(call, function, at) for call in calls]
    return found


def inferred(node: cst.BaseExpression, scope: ModuleScope, function: FunctionInfo) -> Hint | None:
    """What the text tells of an expression's type inside a function; None where it does not."""
    return _infer(node, _Caller(scope, function, _assigned(function.node.body)), _DEPTH)


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


def _assigned(body: cst.CSTNode) -> Mapping[str, Sequence[cst.BaseExpression]]:
    values: dict[str, list[cst.BaseExpression]] = {}
    for node in walk_body(body):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                for name in target_names(target.target):
                    simple = isinstance(target.target, cst.Name)
                    values.setdefault(name, []).extend([node.value] if simple else [])
    return values


def _arguments(call: cst.Call, function: FunctionInfo, at: _Caller) -> Mapping[str, Hint]:
    given = function.node.params
    names = [p.name.value for p in (*given.posonly_params, *given.params)]
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
        case cst.Subscript(value=value) | cst.Attribute(value=value, attr=cst.Name(value="T")):
            base = _infer(value, at, depth - 1)
            return base if isinstance(base, ArrayHint) else None
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
        found = {_infer(value, at, depth - 1) for value in at.values[name]} - {None}
        return found.pop() if len(found) == 1 else None
    if at.function is not None:
        given = at.function.node.params
        for parameter in (*given.posonly_params, *given.params, *given.kwonly_params):
            if parameter.name.value == name and parameter.annotation is not None:
                hint = read_hint(parameter.annotation, at.scope, at.function)
                return hint if isinstance(hint, (ListHint, ScalarHint)) or _is_known(hint) else None
    value = at.scope.aliases.get(name)
    return None if value is None else _infer(value, _Caller(at.scope, None, {}), depth - 1)


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
    return ArrayHint(DType(result.name)) if result.name in _NAMES else None


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
_FLOAT_METHODS = (
    "random",
    "rand",
    "randn",
    "normal",
    "uniform",
    "standard_normal",
    "exponential",
    "random_sample",
)
_INT_METHODS = ("integers", "randint", "argsort")
_SAME_METHODS = ("copy", "reshape", "ravel", "flatten", "transpose", "swapaxes", "squeeze", "cumsum", "clip")
_SAME_FUNCTIONS = ("ascontiguousarray", "asfortranarray", "copy", "zeros_like", "ones_like", "empty_like")


def _of_call(node: cst.Call, at: _Caller, depth: int) -> Hint | None:
    path = resolve(node.func, at.scope, at.function) or ""
    module, _, name = path.rpartition(".")
    stated = _stated_dtype(node, _MAKERS[name][0] if name in _MAKERS else _DTYPE_PLACES.get(name, 99), at)
    if stated is not None:
        return ArrayHint(stated)
    if path == "builtins.float" or path in ("random.random", "random.uniform", "random.gauss"):
        return ScalarHint(PY_FLOAT)
    if module == "numpy":
        return _of_numpy_call(name, node, at, depth)
    if isinstance(node.func, cst.Attribute):
        return _of_method(node.func.attr.value, node.func.value, at, depth)
    return None


_DTYPE_PLACES = {"array": 1, "asarray": 1, "full": 2}


def _of_numpy_call(name: str, node: cst.Call, at: _Caller, depth: int) -> Hint | None:
    if name in _MAKERS:
        return ArrayHint(_MAKERS[name][1])
    arguments = [_infer(arg.value, at, depth - 1) for arg in node.args if arg.keyword is None]
    if name in ("array", "asarray", *_SAME_FUNCTIONS) and arguments:
        return _as_array(arguments[0])
    if name == "full" and len(arguments) > 1:
        return _as_array(arguments[1])
    if name == "arange" and arguments:
        is_float = any(hint == ScalarHint(PY_FLOAT) for hint in arguments)
        return ArrayHint(DType.FLOAT64 if is_float else DType.INT64)
    return None


def _as_array(hint: Hint | None) -> Hint | None:
    while isinstance(hint, ListHint):
        hint = hint.item
    return ArrayHint(hint.type.dtype) if isinstance(hint, ScalarHint) else hint


def _of_method(name: str, receiver: cst.BaseExpression, at: _Caller, depth: int) -> Hint | None:
    if name in _FLOAT_METHODS:
        return ArrayHint(DType.FLOAT64)
    if name in _INT_METHODS:
        return ArrayHint(DType.INT64)
    base = _infer(receiver, at, depth - 1) if name in _SAME_METHODS else None
    return base if isinstance(base, ArrayHint) else None


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
