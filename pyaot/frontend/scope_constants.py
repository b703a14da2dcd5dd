"""Values of constant expressions, found by arithmetic on what the text says: nothing of the user's runs.

N = 32
EPS = 1e-6 * N                  3.2e-05
TAPS = (1, 2, N // 8)           (1, 2, 4)
SCALE = np.float32(0.5)         np.float32(0.5)
HALF = np.pi / 2                1.5707963267948966
TINY = np.finfo(np.float32).eps np.float32(1.1920929e-07)
"""

import cmath
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import TypeAlias

import libcst as cst
import numpy as np

from pyaot.frontend.scope_imports import dotted_name

Number: TypeAlias = "bool | int | float | complex | np.generic"
Constant: TypeAlias = "bool | int | float | complex | str | np.generic | tuple[Constant, ...] | None"

_LARGEST = 2**128  # ints beyond are no use to a kernel, and a tower of powers would take for ever


class _NotConstant(Exception):  # noqa: N818
    """The expression's value is not known from the text."""


def constant_value(
    node: cst.BaseExpression, imports: Mapping[str, str], names: Mapping[str, Constant]
) -> Constant:
    """The value; LookupError where the text does not tell it. `names` are the constants known already."""
    try:
        with np.errstate(all="ignore"):
            return _value(node, imports, names)
    except (_NotConstant, ArithmeticError, ValueError, TypeError, RecursionError) as error:
        raise LookupError("not a constant") from error


_Names: TypeAlias = Mapping[str, Constant]


def _value(node: cst.BaseExpression, imports: Mapping[str, str], names: _Names) -> Constant:
    match node:
        case cst.Integer() | cst.Float() | cst.Imaginary():
            return _number(node.evaluated_value)
        case cst.SimpleString(evaluated_value=str(text)):
            return text
        case cst.Attribute(value=cst.Call(func=function, args=[cst.Arg(value=of)]), attr=name):
            return _limit(_full_path(dotted_name(function) or "", imports), of, name.value, imports)
        case cst.Name() | cst.Attribute():
            return _named(node, imports, names)
        case cst.UnaryOperation(operator=op, expression=operand):
            return _number(_UNARY[type(op)](_number(_value(operand, imports, names))))
        case cst.BinaryOperation(left=left, operator=op, right=right):
            return _binary(op, _value(left, imports, names), _value(right, imports, names))
        case cst.Tuple(elements=elements) if all(isinstance(e, cst.Element) for e in elements):
            return tuple(_value(element.value, imports, names) for element in elements)
        case cst.Call(func=function, args=args):
            return _called(function, args, imports, names)
        case _:
            raise _NotConstant


def _named(node: cst.BaseExpression, imports: Mapping[str, str], names: _Names) -> Constant:
    name = dotted_name(node) or ""
    if name in names:
        return names[name]
    if name in _WORDS:
        return _WORDS[name]
    return _library_constant(_full_path(name, imports))


_WORDS: dict[str, Constant] = {"True": True, "False": False, "None": None}
_LIBRARIES: dict[str, ModuleType] = {"math": math, "cmath": cmath, "numpy": np}
_LIBRARY_CONSTANTS = ("pi", "e", "tau", "inf", "nan", "infj", "nanj", "euler_gamma")


def _library_constant(path: str) -> Constant:
    module, _, name = path.rpartition(".")
    if path == "numpy.newaxis":
        return None
    if module in _LIBRARIES and name in _LIBRARY_CONSTANTS and hasattr(_LIBRARIES[module], name):
        return _number(getattr(_LIBRARIES[module], name))
    raise _NotConstant


def _full_path(name: str, imports: Mapping[str, str]) -> str:
    first, dot, rest = name.partition(".")
    return imports.get(first, first) + dot + rest


_LIMITS: dict[str, Callable[[str], object]] = {"numpy.finfo": np.finfo, "numpy.iinfo": np.iinfo}
_DTYPES = ("float", "int", "complex")


def _limit(function: str, of: cst.BaseExpression, name: str, imports: Mapping[str, str]) -> Constant:
    """`np.finfo(np.float64).eps`: a limit of a dtype that the text names."""
    path = _full_path(dotted_name(of) or "", imports)
    dtype = path.removeprefix("numpy.")
    if function not in _LIMITS or (dtype == path and dtype not in _DTYPES):
        raise _NotConstant
    return _number(getattr(_LIMITS[function](dtype), name, None))


# ---- operations -----------------------------------------------------------------------------------------

_UNARY: dict[type[cst.BaseUnaryOp], Callable[..., object]] = {
    cst.Minus: operator.neg,
    cst.Plus: operator.pos,
    cst.BitInvert: operator.invert,
    cst.Not: operator.not_,
}
_BINARY: dict[type[cst.BaseBinaryOp], Callable[..., object]] = {
    cst.Add: operator.add,
    cst.Subtract: operator.sub,
    cst.Multiply: operator.mul,
    cst.Divide: operator.truediv,
    cst.FloorDivide: operator.floordiv,
    cst.Modulo: operator.mod,
    cst.BitAnd: operator.and_,
    cst.BitOr: operator.or_,
    cst.BitXor: operator.xor,
    cst.RightShift: operator.rshift,
}


def _binary(op: cst.BaseBinaryOp, left: Constant, right: Constant) -> Constant:
    a, b = _number(left), _number(right)
    if isinstance(op, (cst.Power, cst.LeftShift)):
        return _number(_growing(op, a, b))
    if type(op) not in _BINARY:
        raise _NotConstant
    return _number(_BINARY[type(op)](a, b))


def _growing(op: cst.BaseBinaryOp, a: Number, b: Number) -> object:
    """Powers and shifts, of ints only where the result is not huge."""
    if isinstance(a, int) and isinstance(b, int) and (b > 128 or abs(a) > 2**64):
        raise _NotConstant
    return operator.lshift(a, b) if isinstance(op, cst.LeftShift) else operator.pow(a, b)


def _number(value: object) -> Number:
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise _NotConstant
    if isinstance(value, (bool, int, float, complex, np.number, np.bool_)):
        return value
    raise _NotConstant


# ---- calls ----------------------------------------------------------------------------------------------

_BUILTIN_CALLS: dict[str, Callable[..., object]] = {
    "int": int,
    "float": float,
    "complex": complex,
    "bool": bool,
    "abs": abs,
    "round": round,
    "min": min,
    "max": max,
}
_NOT_NUMERIC = ("factorial", "comb", "perm", "prod", "fsum", "gcd", "lcm", "dist", "sumprod")


def _called(
    function: cst.BaseExpression, args: Sequence[cst.Arg], imports: Mapping[str, str], names: _Names
) -> Constant:
    if any(arg.keyword is not None or arg.star for arg in args):
        raise _NotConstant
    callee = _callee(_full_path(dotted_name(function) or "", imports))
    values = [_value(arg.value, imports, names) for arg in args]
    if callee is float and values in (["inf"], ["-inf"], ["nan"]):
        return float(str(values[0]))
    return _number(callee(*(_number(value) for value in values)))


def _callee(path: str) -> Callable[..., object]:
    """Python's conversions, functions of `math` on numbers, NumPy's scalar types."""
    module, _, name = path.rpartition(".")
    if not module and name in _BUILTIN_CALLS:
        return _BUILTIN_CALLS[name]
    found: Callable[..., object] | None = getattr(_LIBRARIES.get(module), name, None)
    if module in ("math", "cmath") and found is not None and callable(found) and name not in _NOT_NUMERIC:
        return found
    if module == "numpy" and isinstance(found, type) and issubclass(found, (np.number, np.bool_)):
        return found
    raise _NotConstant
