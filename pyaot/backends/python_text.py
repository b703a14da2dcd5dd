"""Scalar expressions of the IR as Python text, with no more brackets than a reader needs.

    Binary("mul", Binary("add", n, 1), Dim("a", 0))      (n + 1) * a.shape[0]
    Select(a, b, False)                                  a and b

The text means what `ir/interpret.py` says where no value leaves int64.
"""

from collections.abc import Callable, Mapping
from typing import assert_never

from msgspec import Struct, field

from pyaot.ir.functions import PURE
from pyaot.ir.nodes import Binary, Call, Cast, Compare, Const, Dim, Expr, Load, Select, Unary, Var
from pyaot.ir.types import DType, Scalar

# How tightly operators bind; a higher number binds tighter.
_TERNARY, _OR, _AND, _NOT, _COMPARISON = range(5)
_BIT_OR, _BIT_XOR, _BIT_AND, _SHIFT, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5, 14)

_INFIX = {
    "add": ("+", _SUM),
    "sub": ("-", _SUM),
    "mul": ("*", _PRODUCT),
    "truediv": ("/", _PRODUCT),
    "floordiv": ("//", _PRODUCT),
    "mod": ("%", _PRODUCT),
    "pow": ("**", _POWER),
    "bitand": ("&", _BIT_AND),
    "bitor": ("|", _BIT_OR),
    "bitxor": ("^", _BIT_XOR),
    "shl": ("<<", _SHIFT),
    "shr": (">>", _SHIFT),
}
_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_PREFIX = {"neg": "-", "invert": "~"}
_PYTHON_TYPES = {
    DType.BOOL: "bool",
    DType.INT64: "int",
    DType.FLOAT64: "float",
    DType.COMPLEX128: "complex",
}


def _itself(name: str) -> str:
    return name


class Names(Struct, frozen=True):
    """How the text around an expression calls things: values of the IR, modules, builtins."""

    values: Mapping[str, str] = field(default_factory=dict)  # names of the IR that are spelled otherwise
    numpy: str = "np"
    math: str = "math"
    cmath: str = "cmath"
    builtin: Callable[[str], str] = _itself

    def value(self, name: str) -> str:
        """The text for a name of the IR."""
        return self.values.get(name, name)


def expression_text(expr: Expr, names: Names) -> str:
    """The expression as Python text."""
    return _text(expr, names)[0]


def scalar_type_text(type: Scalar, names: Names) -> str:
    """The Python or NumPy type of a scalar: `float`, `np.float32`."""
    if type.is_python and type.dtype in _PYTHON_TYPES:
        return names.builtin(_PYTHON_TYPES[type.dtype])
    return f"{names.numpy}.{numpy_name(type.dtype)}"


def numpy_name(dtype: DType) -> str:
    """The attribute of NumPy that is the scalar type of `dtype`."""
    return "bool_" if dtype is DType.BOOL else dtype.value


def constant_text(value: bool | int | float | complex, names: Names) -> str:
    """A number as text that gives it back exactly, nan and inf too."""
    if isinstance(value, complex):
        parts = ", ".join(constant_text(part, names) for part in (value.real, value.imag))
        return f"{names.builtin('complex')}({parts})"
    text = repr(value)
    if isinstance(value, float) and text.lstrip("-") in ("inf", "nan"):
        return f"{names.builtin('float')}({text!r})"
    return text


def _text(expr: Expr, names: Names) -> tuple[str, int]:
    """The text of an expression, and how tightly its outermost operator binds."""
    match expr:
        case Const():
            return _const(expr, names)
        case Var():
            return names.value(expr.name), _ATOM
        case Dim():
            return f"{names.value(expr.array)}.shape[{expr.axis}]", _ATOM
        case Load():
            subscripts = ", ".join(expression_text(s, names) for s in expr.subscripts)
            return f"{names.value(expr.array)}[{subscripts or '()'}]", _ATOM
        case Unary():
            return _unary(expr, names)
        case Binary():
            return _binary(expr, names)
        case Compare():
            operands = (_within(operand, _COMPARISON + 1, names) for operand in (expr.left, expr.right))
            return f" {_COMPARISONS[expr.op]} ".join(operands), _COMPARISON
        case Select():
            return _select(expr, names)
        case Cast():
            return _cast(expr, names)
        case Call():
            return _call(expr, names)
        case _:
            assert_never(expr)


def _within(expr: Expr, least: int, names: Names) -> str:
    """The text of an operand, in brackets where it binds less tightly than `least`."""
    text, binding = _text(expr, names)
    return text if binding >= least else f"({text})"


def _const(expr: Const, names: Names) -> tuple[str, int]:
    text = constant_text(expr.value, names)
    if not expr.type.is_python:
        return f"{scalar_type_text(expr.type, names)}({text})", _ATOM
    return text, _SIGN if text.startswith("-") else _ATOM


def _unary(expr: Unary, names: Names) -> tuple[str, int]:
    if expr.op == "not":
        return f"not {_within(expr.operand, _NOT, names)}", _NOT
    return f"{_PREFIX[expr.op]}{_within(expr.operand, _SIGN, names)}", _SIGN


def _binary(expr: Binary, names: Names) -> tuple[str, int]:
    if expr.op in ("minimum", "maximum"):
        return _extreme(expr, names), _ATOM
    sign, binding = _INFIX[expr.op]
    # `a - (b - c)` and `(a ** b) ** c` need their brackets.
    left_least, right_least = (binding + 1, binding) if expr.op == "pow" else (binding, binding + 1)
    left, right = _within(expr.left, left_least, names), _within(expr.right, right_least, names)
    return f"{left} {sign} {right}", binding


def _extreme(expr: Binary, names: Names) -> str:
    """Python's min and max lose a NaN, so they serve integers only."""
    operands = f"{expression_text(expr.left, names)}, {expression_text(expr.right, names)}"
    if expr.type.is_python and expr.type.dtype is DType.INT64:
        return f"{names.builtin(expr.op[:3])}({operands})"
    extreme = f"{names.numpy}.{expr.op}({operands})"
    return f"{scalar_type_text(expr.type, names)}({extreme})" if expr.type.is_python else extreme


def _select(expr: Select, names: Names) -> tuple[str, int]:
    match expr:
        case Select(if_false=Const(value=False, type=Scalar(dtype=DType.BOOL))):
            operands = (expr.condition, expr.if_true)
            return " and ".join(_within(operand, _AND, names) for operand in operands), _AND
        case Select(if_true=Const(value=True, type=Scalar(dtype=DType.BOOL))):
            operands = (expr.condition, expr.if_false)
            return " or ".join(_within(operand, _OR, names) for operand in operands), _OR
    condition = _within(expr.condition, _OR, names)
    if_true, if_false = _within(expr.if_true, _OR, names), _within(expr.if_false, _TERNARY, names)
    return f"{if_true} if {condition} else {if_false}", _TERNARY


def _cast(expr: Cast, names: Names) -> tuple[str, int]:
    """A change from Python's to Python's of the same dtype is none; the others are calls of the type."""
    before, after = expr.operand.type, expr.type
    if before.dtype is after.dtype and before.is_python == after.is_python:
        return _text(expr.operand, names)
    operand = expression_text(expr.operand, names)
    if before.dtype.is_complex and not after.dtype.is_complex:
        operand = f"{_within(expr.operand, _ATOM, names)}.real"
    if after.is_python or before.dtype is DType.BOOL or _is_plain(before, after):
        return f"{scalar_type_text(after, names)}({operand})", _ATOM
    return f"{names.numpy}.asarray({operand}).astype({scalar_type_text(after, names)})[()]", _ATOM


def _is_plain(before: Scalar, after: Scalar) -> bool:
    """Python's number becomes NumPy's by calling the type: nothing can wrap or overflow."""
    to_float = after.dtype is DType.FLOAT64 and before.dtype is DType.INT64
    return before.is_python and (before.dtype is after.dtype or to_float)


def _call(expr: Call, names: Names) -> tuple[str, int]:
    args = ", ".join(expression_text(arg, names) for arg in expr.args)
    known = PURE[expr.function]
    if not expr.type.is_python:
        return _numpy_call(expr, args, names), _ATOM
    if known.python in ("abs", "round", "complex"):
        text = f"{names.builtin(known.python)}({args})"
        return (f"{names.builtin('float')}({text})" if known.python == "round" else text), _ATOM
    if known.python in ("real", "imag", "conjugate", "bit_count"):
        method = "()" if known.python in ("conjugate", "bit_count") else ""
        return f"{_within(expr.args[0], _ATOM, names)}.{known.python}{method}", _ATOM
    module = names.cmath if expr.args[0].type.dtype.is_complex else names.math
    text = f"{module}.{known.python}({args})"
    if known.python in ("floor", "ceil", "trunc"):
        text = f"{names.builtin('float')}({text})"
    return text, _ATOM


def _numpy_call(expr: Call, args: str, names: Names) -> str:
    """NumPy has no function that makes a complex number of two parts."""
    if expr.function != "complex":
        return f"{names.numpy}.{expr.function}({args})"
    return f"{scalar_type_text(expr.type, names)}({names.builtin('complex')}({args}))"
