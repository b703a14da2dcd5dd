"""Scalar arithmetic: types found, operands cast, constants kept readable.

i - 1 + 1  ->  i          x32 * 2.5  ->  mul(x32, 2.5 as float32)          n / 2  ->  truediv of two floats
"""

import operator
from collections.abc import Sequence

from pyaot.frontend.promote import NoType, python_type, ufunc_types, wider_python
from pyaot.ir.nodes import Binary, Call, Cast, Compare, Const, Expr, Select, Unary
from pyaot.ir.types import PY_BOOL, PY_INT, DType, Origin, Scalar, joined_origin

UFUNCS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "bitand": "bitwise_and",
    "bitor": "bitwise_or",
    "bitxor": "bitwise_xor",
    "shl": "left_shift",
    "shr": "right_shift",
    "minimum": "minimum",
    "maximum": "maximum",
}
COMPARISONS = {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}
_FOLD = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}
_UNDECIDED = "the type depends on the path: a number of Python's on one, of NumPy's on another"
_BITS = ("bitand", "bitor", "bitxor")
_BOOLEAN_FORM = {"add": "bitor", "mul": "bitand", "minimum": "bitand", "maximum": "bitor"}


def integer(value: int) -> Const:
    """A Python int that is known now."""
    return Const(value, PY_INT)


def cast(expr: Expr, type: Scalar) -> Expr:
    """The expression as that type; a constant is converted now where that is exact.

    One whose kind depends on the path stays as it is under the Cast: `origins.kind_code` looks at it.
    """
    if expr.type == type:
        return expr
    if isinstance(expr, Const) and not type.is_undecided:
        folded = _cast_constant(expr, type)
        if folded is not None:
            return folded
    if isinstance(expr, Cast) and expr.operand.type == type and expr.type.dtype is type.dtype:
        return expr.operand
    return Cast(expr, type)


def _cast_constant(const: Const, type: Scalar) -> Const | None:
    value = const.value
    if const.type.dtype is type.dtype:
        return Const(value, type)
    match type.dtype.kind:
        case "f" if isinstance(value, int) and abs(value) <= 2**24:
            return Const(float(value), type)
        case "f" if isinstance(value, float) and type.dtype is DType.FLOAT64:
            return Const(value, type)
        case "c" if not isinstance(value, complex) and type.dtype is DType.COMPLEX128 and abs(value) <= 2**24:
            return Const(complex(value), type)
        case "i" if isinstance(value, int) and -(2 ** (type.dtype.bits - 1)) <= value < 2 ** (
            type.dtype.bits - 1
        ):
            return Const(int(value), type)
        case "u" if isinstance(value, int) and 0 <= value < 2**type.dtype.bits:
            return Const(int(value), type)
    return None


def as_integer(expr: Expr) -> Expr:
    """An integer of any kind as Python's int, for subscripts and extents."""
    return cast(expr, PY_INT)


def binary(op: str, left: Expr, right: Expr) -> Expr:
    """A Python operator on two scalars. Raises NoType where Python or NumPy has no such operation."""
    types = (left.type, right.type)
    if _origin_of(types) is not Origin.NUMPY:
        return _python_binary(op, left, right)
    operands, result = ufunc_types(UFUNCS[op], types)
    for operand, dtype in zip((left, right), operands):
        _constant_must_fit(operand, dtype)
    if op in ("minimum", "maximum") and result.is_complex:
        raise NoType("complex numbers are not ordered in compiled code")
    if op in ("minimum", "maximum") and result.is_complex:
        raise NoType("complex numbers are not ordered in compiled code")
    kind = Scalar(result, Origin.NUMPY)
    node_op = _BOOLEAN_FORM.get(op, op) if result is DType.BOOL else op
    return simplify(Binary(node_op, cast(left, kind), cast(right, kind), kind, checked=False))


def _origin_of(types: Sequence[Scalar]) -> Origin:
    return joined_origin(*(type.origin for type in types))


def _constant_must_fit(operand: Expr, dtype: DType) -> None:
    if isinstance(operand, Const) and operand.type.origin is Origin.PYTHON and dtype.is_integer:
        low, high = (
            (0, 2**dtype.bits) if dtype.kind == "u" else (-(2 ** (dtype.bits - 1)), 2 ** (dtype.bits - 1))
        )
        if not low <= int(operand.value.real) < high:
            raise NoType(f"Python integer {operand.value} is out of bounds for {dtype.value}")


def _python_binary(op: str, left: Expr, right: Expr) -> Expr:
    origin = _origin_of((left.type, right.type))
    for operand in (left.type, right.type):
        if operand.is_undecided and operand.dtype is not python_type(_letter(operand)).dtype:
            raise NoType(_UNDECIDED)
    if op in _BITS and left.type.dtype is DType.BOOL and right.type.dtype is DType.BOOL:
        return Binary(op, left, right, Scalar(DType.BOOL, origin))
    if origin is not Origin.PYTHON and DType.BOOL is left.type.dtype is right.type.dtype:
        raise NoType(_UNDECIDED)
    kind = wider_python(left.type, right.type, "f" if op == "truediv" else "i")
    if (op in _BITS or op in ("shl", "shr")) and kind.dtype is not DType.INT64:
        raise NoType(f"Python has no '{op}' of {kind.dtype.value}")
    if kind.dtype.is_complex and op in ("floordiv", "mod"):
        raise NoType("Python has no floor division of complex numbers")
    type = Scalar(kind.dtype, origin)
    if op == "pow":
        return _python_power(left, right, type)
    return simplify(Binary(op, cast(left, type), cast(right, type), type))


def _letter(type: Scalar) -> str:
    return type.dtype.kind.replace("u", "i")


def _python_power(base: Expr, exponent: Expr, type: Scalar) -> Expr:
    """x ** 2 is x * x; an int to a negative int would be a float."""
    if type.dtype is DType.INT64:
        if _looks_negative(exponent):
            raise NoType("an int to a negative power is a float")
        match base, exponent:
            case Const(value=int(b)), Const(value=int(e)):
                return integer(b**e) if e * abs(b).bit_length() < 4096 and abs(b**e) < 2**62 else _no_power()
    return Binary("pow", cast(base, type), cast(exponent, type), type)


def _looks_negative(exponent: Expr) -> bool:
    """An int to a negative int would be a float: whether that is what seems to be meant.

    Of any other exponent the sign is not known, and the attempt fails where it is negative.
    """
    match exponent:
        case Const(value=value):
            return value.real < 0
        case Unary(op="neg"):
            return True
        case _:
            return False


def _no_power() -> Expr:
    raise NoType("the int leaves 64 bits")


def compare(op: str, left: Expr, right: Expr) -> Expr:
    """A comparison of two scalars; a bool of Python's where both are Python's."""
    types = (left.type, right.type)
    origin = _origin_of(types)
    if "c" in (left.type.dtype.kind, right.type.dtype.kind) and op not in ("eq", "ne"):
        raise NoType("complex numbers are not ordered in compiled code")
    kind = _comparison_type(op, left, right, origin)
    result = Scalar(DType.BOOL, origin)
    left, right = cast(left, kind), cast(right, kind)
    if isinstance(left, Const) and isinstance(right, Const) and not kind.dtype.is_complex:
        return Const(bool(getattr(operator, op)(left.value, right.value)), result)
    return Compare(op, left, right, result)


def _comparison_type(op: str, left: Expr, right: Expr, origin: Origin) -> Scalar:
    kinds = {left.type.dtype.kind, right.type.dtype.kind}
    if origin is not Origin.NUMPY:
        return Scalar(wider_python(left.type, right.type).dtype, origin)
    if kinds <= {"i", "u", "b"} and Origin.PYTHON in (left.type.origin, right.type.origin):
        if DType.UINT64 in (left.type.dtype, right.type.dtype):
            raise NoType("comparing uint64 with a Python int")
        return Scalar(DType.INT64, Origin.NUMPY)
    if DType.UINT64 in (left.type.dtype, right.type.dtype) and "i" in kinds:
        raise NoType("comparing uint64 with signed integers")
    operands, _ = ufunc_types(COMPARISONS[op], (left.type, right.type))
    return Scalar(operands[0], Origin.NUMPY)


def unary(op: str, operand: Expr) -> Expr:
    """`neg`, `pos` or `invert` of a scalar."""
    type = operand.type
    if type.is_undecided and type.dtype is not DType.INT64 and type.dtype.kind not in "fc":
        raise NoType(_UNDECIDED)
    if type.origin is not Origin.NUMPY and type.dtype is DType.BOOL:
        operand = cast(operand, Scalar(DType.INT64, type.origin))
        type = operand.type
    if op == "invert" and type.dtype is DType.BOOL:
        return Unary("not", operand, type)
    if type.dtype is DType.BOOL or (op == "invert" and not type.dtype.is_integer):
        raise NoType(f"there is no '{op}' of {type.dtype.value}")
    if op == "pos":
        return operand
    if isinstance(operand, Const) and op == "neg" and type.dtype.kind in "if" and operand.value != 0:
        return Const(-operand.value, type)
    return Unary(op, operand, type)


def negate(condition: Expr) -> Expr:
    """`not` of a bool."""
    match condition:
        case Const(value):
            return Const(not value, PY_BOOL)
        case Unary("not", operand):
            return operand
    return Unary("not", condition, PY_BOOL)


def truth(expr: Expr) -> Expr:
    """What `if expr:` asks."""
    if expr.type.dtype is DType.BOOL:
        return expr
    return compare(
        "ne", expr, cast(integer(0), expr.type) if expr.type.dtype.is_integer else _zero(expr.type)
    )


def _zero(type: Scalar) -> Const:
    return Const(0.0 if type.dtype.is_float else 0j, type)


def both(left: Expr, right: Expr) -> Expr:
    """`left and right` of two bools."""
    match left, right:
        case (Const(True), _):
            return right
        case (_, Const(True)):
            return left
    return Select(left, cast(right, PY_BOOL), Const(False, PY_BOOL), PY_BOOL)


def either(left: Expr, right: Expr) -> Expr:
    """`left or right` of two bools."""
    return Select(left, Const(True, PY_BOOL), cast(right, PY_BOOL), PY_BOOL)


def call(function: str, *args: Expr) -> Expr:
    """A NumPy ufunc of scalars, by NumPy's type rule."""
    operands, result = ufunc_types(function, tuple(a.type for a in args))
    origin = Origin.NUMPY
    cast_args = tuple(cast(a, Scalar(d, origin)) for a, d in zip(args, operands))
    return Call(function, cast_args, Scalar(result, origin))


def simplify(node: Binary) -> Expr:
    """Identities of integer arithmetic, so that generated subscripts stay readable."""
    if not node.type.dtype.is_integer:
        return node
    match node:
        case Binary(op, Const(a), Const(b)) if op in _FOLD and node.type == PY_INT:
            return integer(_FOLD[op](a, b))
        case Binary("add", Const(0), x) | Binary("add" | "sub", x, Const(0)) | Binary("mul", Const(1), x):
            return x
        case Binary("mul" | "floordiv", x, Const(1)):
            return x
        case Binary("mul", Const(0), _) | Binary("mul", _, Const(0)) if node.type == PY_INT:
            return integer(0)
        case Binary("sub", x, y) if x == y and node.type == PY_INT:
            return integer(0)
        case Binary("add" | "sub" as op, Binary("add" | "sub" as inner, x, Const(int(a))), Const(int(b))) if (
            node.type == PY_INT
        ):
            total = (a if inner == "add" else -a) + (b if op == "add" else -b)
            return _offset(x, total)
        case Binary("add", Const(int(a)), x) if node.type == PY_INT:
            return simplify(Binary("add", x, integer(a), PY_INT))
        case Binary("add", x, Binary("sub", y, z)) if z == x:
            return y
    return node


def _offset(x: Expr, total: int) -> Expr:
    if total == 0:
        return x
    if total > 0:
        return Binary("add", x, integer(total), PY_INT)
    return Binary("sub", x, integer(-total), PY_INT)


def plus(left: Expr, right: Expr) -> Expr:
    """Sum of two Python ints."""
    return simplify(Binary("add", left, right, PY_INT))


def minus(left: Expr, right: Expr) -> Expr:
    """Difference of two Python ints."""
    return simplify(Binary("sub", left, right, PY_INT))


def times(left: Expr, right: Expr) -> Expr:
    """Product of two Python ints."""
    return simplify(Binary("mul", left, right, PY_INT))


def least(left: Expr, right: Expr) -> Expr:
    """The smaller of two Python ints."""
    if isinstance(left, Const) and isinstance(right, Const):
        return left if left.value.real <= right.value.real else right
    return left if left == right else Binary("minimum", left, right, PY_INT)


def greatest(left: Expr, right: Expr) -> Expr:
    """The larger of two Python ints."""
    if isinstance(left, Const) and isinstance(right, Const):
        return left if left.value.real >= right.value.real else right
    return left if left == right else Binary("maximum", left, right, PY_INT)
