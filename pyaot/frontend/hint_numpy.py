"""What calls of NumPy's functions, of arrays' methods and of random generators give, if that is plain.

np.zeros((n, m), np.float32)    float32[2]      np.exp(a)       as NumPy gives it for a's element type
rng.normal(size=n)              float64[1]      a.reshape(n, m) a's element type, 2 dimensions
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import libcst as cst
import numpy as np

from pyaot.frontend.hint_dtypes import element_dtypes
from pyaot.frontend.hint_types import ArrayHint, Hint, ListHint, ScalarHint
from pyaot.ir.types import PY_FLOAT, PY_INT, DType


class Inference(Protocol):
    """What finds the types of the arguments."""

    def infer(self, node: cst.BaseExpression) -> Hint | None:
        """An ArrayHint, ListHint or ScalarHint; None where the text does not tell."""

    def path(self, node: cst.BaseExpression) -> str:
        """The dotted path that the expression stands for, '' where there is none."""


NAMES = {dtype.value for dtype in DType}

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
_SAME_METHODS = ("copy", "transpose", "swapaxes", "clip", "round", "conj", "sort", "diff", "flip", "roll")
_FLAT_METHODS = ("ravel", "flatten")
_METHODS_TOO = (*(n for n in _SAME_METHODS if n != "copy"), *_FLAT_METHODS, "argsort", "cumsum")
_COUNTS = ("bincount", "flatnonzero")
_JOINED: dict[str, Callable[[int], int]] = {
    "concatenate": lambda rank: rank,
    "hstack": lambda rank: rank,
    "stack": lambda rank: rank + 1,
    "vstack": lambda rank: max(rank, 2),
    "column_stack": lambda rank: 2,
}
_SAME_FUNCTIONS = ("ascontiguousarray", "asfortranarray", "copy", "zeros_like", "ones_like", "empty_like")


_DTYPE_PLACES = {"array": 1, "asarray": 1, "full": 2}
_RANKS = {"eye": 2, "identity": 2, "linspace": 1, "logspace": 1, "geomspace": 1}


def of_numpy_call(name: str, node: cst.Call, at: Inference) -> Hint | None:
    """What `numpy.name(...)` gives."""
    if name in _MAKERS:
        return ArrayHint(_MAKERS[name][1], _RANKS.get(name) or _rank_of_shape(node, 0, at))
    arguments = [at.infer(arg.value) for arg in node.args if arg.keyword is None]
    if name in ("array", "asarray", *_SAME_FUNCTIONS) and arguments:
        return _as_array(arguments[0])
    if name == "full" and len(arguments) > 1:
        filled = _as_array(arguments[1])
        return ArrayHint(filled.dtype, _rank_of_shape(node, 0, at)) if isinstance(filled, ArrayHint) else None
    if name == "arange" and arguments:
        is_float = any(hint == ScalarHint(PY_FLOAT) for hint in arguments)
        return ArrayHint(DType.FLOAT64 if is_float else DType.INT64, 1)
    if name in _JOINED and node.args:
        return _joined(name, node.args[0].value, at)
    if name == "where" and len(arguments) == 3:
        return together(arguments[1:])
    if name in _METHODS_TOO and arguments:
        base = arguments[0]
        return _of_array_method(name, len(node.args) - 1, base) if isinstance(base, ArrayHint) else None
    if name in _COUNTS:
        return ArrayHint(DType.INT64, 1)
    return _of_ufunc(name, arguments)


def _joined(name: str, parts: cst.BaseExpression, at: Inference) -> Hint | None:
    if not isinstance(parts, (cst.Tuple, cst.List)):
        return None
    found = together([at.infer(element.value) for element in parts.elements])
    if not isinstance(found, ArrayHint) or found.rank is None:
        return found if isinstance(found, ArrayHint) else None
    return ArrayHint(found.dtype, _JOINED[name](found.rank))


def together(hints: Sequence[Hint | None]) -> Hint | None:
    """NumPy's result type of arrays of these; None where one is not known to be an array."""
    arrays = [hint for hint in hints if isinstance(hint, ArrayHint)]
    dtypes = [hint.dtype for hint in arrays if hint.dtype is not None]
    if not dtypes or len(dtypes) < len(hints):
        return None
    ranks = {hint.rank for hint in arrays}
    name = np.result_type(*(np.dtype(dtype.value) for dtype in dtypes)).name
    rank = None if None in ranks else max(rank for rank in ranks if rank is not None)
    return ArrayHint(DType(name), rank) if name in NAMES else None


def _of_ufunc(name: str, arguments: Sequence[Hint | None]) -> Hint | None:
    """NumPy itself says what type it gives for elements of these."""
    function = getattr(np, name, None)
    if not isinstance(function, np.ufunc) or function.nout != 1 or len(arguments) != function.nin:
        return None
    found = together(arguments)
    if not isinstance(found, ArrayHint) or found.dtype is None:
        return None
    dtypes = [np.dtype(a.dtype.value) for a in arguments if isinstance(a, ArrayHint) and a.dtype is not None]
    try:
        result = function.resolve_dtypes((*dtypes, None))[-1].name
    except TypeError:
        return None
    return ArrayHint(DType(result), found.rank) if result in NAMES else None


def _rank_of_shape(call: cst.Call, place: int, at: Inference) -> int | None:
    """The rank that a shape or size asks for; None where the text does not tell, 0 where it is left out."""
    given = [a.value for a in call.args if a.keyword is not None and a.keyword.value in ("shape", "size")]
    positional = [a.value for a in call.args if a.keyword is None and not a.star]
    given += positional[place : place + 1]
    match given:
        case [cst.Tuple(elements=elements) | cst.List(elements=elements), *_]:
            return len(elements)
        case [cst.Attribute(value=value, attr=cst.Name(value="shape")), *_]:
            base = at.infer(value)
            return base.rank if isinstance(base, ArrayHint) else None
        case [cst.Subscript(value=cst.Attribute(attr=cst.Name(value="shape"))), *_]:
            return 1
        case [value, *_]:
            return 1 if at.infer(value) == ScalarHint(PY_INT) else None
    return 0


def _as_array(hint: Hint | None) -> Hint | None:
    rank = 0
    while isinstance(hint, ListHint):
        hint, rank = hint.item, rank + 1
    return ArrayHint(hint.type.dtype, rank or None) if isinstance(hint, ScalarHint) else hint


def of_method(name: str, call: cst.Call, at: Inference) -> Hint | None:
    """What `value.name(...)` gives, of an array or a random generator."""
    if name in _FLOAT_METHODS or name in _INT_METHODS:
        places = _FLOAT_METHODS if name in _FLOAT_METHODS else _INT_METHODS
        rank = _rank_of_shape(call, places[name], at)
        type = ScalarHint(PY_FLOAT if name in _FLOAT_METHODS else PY_INT)
        return type if rank == 0 else ArrayHint(type.type.dtype, rank)
    if name in _SPREAD_METHODS:
        return ArrayHint(DType.FLOAT64, len(call.args)) if call.args else ScalarHint(PY_FLOAT)
    base = at.infer(call.func.value) if isinstance(call.func, cst.Attribute) else None
    if not isinstance(base, ArrayHint):
        return None
    if name == "reshape":
        shape = call.args[0].value if len(call.args) == 1 else None
        return ArrayHint(base.dtype, len(shape.elements) if isinstance(shape, cst.Tuple) else len(call.args))
    if name == "astype":
        return base
    return _of_array_method(name, len(call.args), base)


def _of_array_method(name: str, count: int, base: ArrayHint) -> Hint | None:
    """Of a method, or the function of that name, with so many more arguments."""
    if name == "argsort":
        return ArrayHint(DType.INT64, base.rank)
    if name in _FLAT_METHODS:
        return ArrayHint(base.dtype, 1)
    if name == "cumsum":
        return ArrayHint(base.dtype, base.rank if count else 1)
    return base if name in _SAME_METHODS else None


def stated_dtype(name: str, node: cst.Call, at: Inference) -> DType | None:
    """`dtype=np.float32`, the same by position, or `.astype(np.float32)`."""
    place = _MAKERS[name][0] if name in _MAKERS else _DTYPE_PLACES.get(name, 99)
    is_astype = isinstance(node.func, cst.Attribute) and node.func.attr.value == "astype"
    for position, arg in enumerate(node.args):
        by_name = arg.keyword is not None and arg.keyword.value == "dtype"
        if by_name or (arg.keyword is None and position == (0 if is_astype else place)):
            return _dtype_named(arg.value, at)
    return None


def _dtype_named(node: cst.BaseExpression, at: Inference) -> DType | None:
    if isinstance(node, cst.SimpleString):
        text = str(node.evaluated_value)
        return DType(text) if text in NAMES else None
    try:
        return element_dtypes(at.path(node))[0]
    except LookupError:
        return None
