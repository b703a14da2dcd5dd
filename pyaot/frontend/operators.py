"""Python's operators on values of any kind: numbers, arrays, tuples, lists.

a * 2 + b       element by element     [0.0] * n       a list of n floats     (n, m) + (k,)       a tuple
"""

from collections.abc import Callable

import libcst as cst
import numpy as np

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend import arithmetic
from pyaot.frontend.arithmetic import as_integer, both, cast, compare, integer
from pyaot.frontend.arrays import mapped, store
from pyaot.frontend.context import Context
from pyaot.frontend.lists import repeated_list
from pyaot.frontend.promote import NoType, ufunc_types
from pyaot.frontend.values import ArrayValue, ListValue, Number, TupleValue, Value
from pyaot.ir.nodes import Binary, Call, Const, Expr, Select
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, DType, Origin, Scalar

BINARY: dict[type[cst.BaseBinaryOp] | type[cst.BaseAugOp], str] = {
    cst.Add: "add",
    cst.Subtract: "sub",
    cst.Multiply: "mul",
    cst.Divide: "truediv",
    cst.FloorDivide: "floordiv",
    cst.Modulo: "mod",
    cst.Power: "pow",
    cst.BitAnd: "bitand",
    cst.BitOr: "bitor",
    cst.BitXor: "bitxor",
    cst.LeftShift: "shl",
    cst.RightShift: "shr",
    cst.MatrixMultiply: "matmul",
    cst.AddAssign: "add",
    cst.SubtractAssign: "sub",
    cst.MultiplyAssign: "mul",
    cst.DivideAssign: "truediv",
    cst.FloorDivideAssign: "floordiv",
    cst.ModuloAssign: "mod",
    cst.PowerAssign: "pow",
    cst.BitAndAssign: "bitand",
    cst.BitOrAssign: "bitor",
    cst.BitXorAssign: "bitxor",
    cst.LeftShiftAssign: "shl",
    cst.RightShiftAssign: "shr",
    cst.MatrixMultiplyAssign: "matmul",
}
UNARY: dict[type[cst.BaseUnaryOp], str] = {
    cst.Minus: "neg",
    cst.Plus: "pos",
    cst.BitInvert: "invert",
    cst.Not: "not",
}
_OVERFLOWING = frozenset({"add", "sub", "mul", "pow", "neg"})
COMPARISONS: dict[type[cst.BaseCompOp], str] = {
    cst.Equal: "eq",
    cst.NotEqual: "ne",
    cst.LessThan: "lt",
    cst.LessThanEqual: "le",
    cst.GreaterThan: "gt",
    cst.GreaterThanEqual: "ge",
}


def apply_binary(ctx: Context, op: str, left: Value, right: Value) -> Value:
    """`left op right` for any operator but `@`."""
    match left, right:
        case (Number(), Number()):
            return Number(noted(ctx, op, scalar_binary(ctx, op, left.expr, right.expr)))
        case (ArrayValue() | Number(), ArrayValue() | Number()):
            return _array_binary(ctx, op, left, right)
        case (TupleValue(items), TupleValue(more)) if op == "add" and left.is_list == right.is_list:
            return TupleValue((*items, *more), left.is_list)
        case (TupleValue(items, is_list), Number(count)) if op == "mul":
            return _repeat(ctx, items, is_list, count)
        case (Number(count), TupleValue(items, is_list)) if op == "mul":
            return _repeat(ctx, items, is_list, count)
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, f"There is no compiled '{op}' of these operands.")


def noted(ctx: Context, op: str, result: Expr) -> Expr:
    """The result of an operation on numbers; NumPy's own warn where they leave their integer type."""
    own = result.type.origin is Origin.NUMPY and result.type.dtype.is_integer
    ctx.wraps = ctx.wraps or (own and op in _OVERFLOWING)
    return result


def _repeat(ctx: Context, items: tuple[Value, ...], is_list: bool, count: Expr) -> Value:
    shared = is_list and any(_is_mutable(item) for item in items)
    if (
        isinstance(count, Const)
        and not shared
        and isinstance(count.value, int)
        and (not is_list or len(items) * count.value <= 4)
    ):
        return TupleValue(items * count.value, is_list)
    if is_list:
        return repeated_list(ctx, items, as_integer(count))
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A tuple whose length is not a constant is not compiled.")


def _is_mutable(item: Value) -> bool:
    """A list or an array: repeated, it is one and the same."""
    return isinstance(item, ArrayValue) or (isinstance(item, TupleValue) and item.is_list)


def _array_binary(ctx: Context, op: str, left: ArrayValue | Number, right: ArrayValue | Number) -> Value:
    if any(isinstance(o, ArrayValue) and o.boxed for o in (left, right)):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "Arithmetic on whole lists is not compiled.")
    if (
        op == "pow"
        and isinstance(left, ArrayValue)
        and isinstance(right, Number)
        and (special := array_power(ctx, left, right.expr)) is not None
    ):
        return special
    if op == "pow":
        ctx.rounding("power")
    if op == "mul":
        note_product(ctx, left, right)
    for operand, other in ((left, right), (right, left)):
        if isinstance(operand, Number):
            check_fits(ctx, operand.expr, operand.type, other.type, op)
    return mapped(ctx, (left, right), lambda a, b: typed(ctx, lambda: arithmetic.binary(op, a, b)))


def note_product(ctx: Context, left: ArrayValue | Number, right: ArrayValue | Number) -> None:
    """NumPy's multiply rounds a complex product once less where the processor can; Python's * does not."""
    if not any(map(_multiplies_exactly, (left, right))):
        ctx.rounding("complex product")


def _multiplies_exactly(operand: ArrayValue | Number) -> bool:
    """A product with it rounds in one way only."""
    if not operand.type.dtype.is_complex:
        return True
    value = operand.expr.value if isinstance(operand, Number) and isinstance(operand.expr, Const) else 1 + 1j
    return complex(value).real == 0 or complex(value).imag == 0


def array_power(ctx: Context, base: ArrayValue | Number, exponent: Expr) -> Value | None:
    """The power ufunc's own shortcuts: a ** 2 is a * a, a ** 0.5 is sqrt(a), a ** -1 is 1 / a."""
    if not isinstance(exponent, Const):
        return _unless_half(ctx, base, exponent)
    if base.type.dtype is DType.BOOL and exponent.type.origin is Origin.PYTHON:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A power of bools is not compiled.", None, "Use '&'.")
    kind = typed(ctx, lambda: arithmetic.binary("pow", Const(0, base.type), exponent)).type
    shortcut = _shortcut(exponent.value, kind)
    if shortcut is None:
        return None
    rule = shortcut  # a name of its own, known not to be None
    if kind.dtype.is_complex and isinstance(base, ArrayValue):
        ctx.rounding("complex product")
    return mapped(ctx, (base,), lambda a: rule(cast(a, kind)))


def _unless_half(ctx: Context, base: ArrayValue | Number, exponent: Expr) -> Value | None:
    """NumPy looks at the one exponent of all elements: where it is 0.5 they get their square root."""
    kind = typed(ctx, lambda: arithmetic.binary("pow", Const(0, base.type), exponent)).type
    if not kind.dtype.is_float:
        return None
    ctx.rounding("power")
    is_half = compare("eq", cast(exponent, kind), Const(0.5, kind))

    def rule(element: Expr) -> Expr:
        a = cast(element, kind)
        return Select(is_half, Call("sqrt", (a,), kind), Binary("pow", a, cast(exponent, kind), kind), kind)

    return mapped(ctx, (base,), rule)


def _shortcut(exponent: bool | int | float | complex, type: Scalar) -> Callable[[Expr], Expr] | None:
    floating = type.dtype.kind in "fc"
    match exponent:
        case 2:
            return lambda a: Binary("mul", a, a, type, checked=False)
        case 1 if floating:
            return lambda a: a
        case 0.5 if type.dtype.is_float:
            return lambda a: Call("sqrt", (a,), type)
        case -1 if floating:
            return lambda a: Binary("truediv", cast(Const(1, PY_INT), type), a, type)
    return None


def typed(ctx: Context, make: Callable[[], Expr]) -> Expr:
    """`make()`, with an operation that has no type turned into a refusal at the present place."""
    try:
        return make()
    except NoType as error:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, f"{str(error)[:1].upper()}{str(error)[1:]}.") from error


def scalar_binary(ctx: Context, op: str, left: Expr, right: Expr) -> Expr:
    """`left op right` of two scalars."""
    if op == "pow" and (shortcut := _scalar_power(ctx, left, right)) is not None:
        return shortcut
    if left.type == PY_COMPLEX and right.type == Scalar(DType.FLOAT64):
        right = cast(right, PY_FLOAT)  # an np.float64 is a float, so Python's complex computes by itself
    check_fits(ctx, left, left.type, right.type, op)
    check_fits(ctx, right, right.type, left.type, op)
    return typed(ctx, lambda: arithmetic.binary(op, left, right))


def _scalar_power(ctx: Context, base: Expr, exponent: Expr) -> Expr | None:
    """A small constant power is a product; the last bit may differ from pow's."""
    if not isinstance(exponent, Const) or not isinstance(exponent.value, int) or isinstance(base, Const):
        ctx.rounding("power")
        return None
    if exponent.value == 2 or (exponent.value in (3, 4) and base.type.dtype.is_integer):
        result = typed(ctx, lambda: arithmetic.binary("pow", base, exponent))
        if base.type.dtype.kind in "fc":
            ctx.rounding("power")
        factor = cast(base, result.type)
        product = factor
        for _ in range(exponent.value - 1):
            product = Binary("mul", product, factor, result.type, result.type.is_python)
        return product
    ctx.rounding("power")
    return None


def check_fits(ctx: Context, operand: Expr, own: Scalar, other: Scalar, op: str = "") -> None:
    """A Python int beside a narrow NumPy integer must fit into it (else NumPy raises OverflowError)."""
    if _is_too_large(operand, own, other):
        message = "This number does not fit into float32, of which NumPy warns."
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, message)
    if own.origin is Origin.NUMPY or not own.dtype.is_integer or (op and isinstance(operand, Const)):
        return
    if other.origin is Origin.PYTHON or not other.dtype.is_integer or other.dtype is DType.INT64:
        return
    if op == "truediv":
        return
    low, high = (
        (0, 2**other.dtype.bits)
        if other.dtype.kind == "u"
        else (-(2 ** (other.dtype.bits - 1)), 2 ** (other.dtype.bits - 1))
    )
    inside = compare("ge", operand, integer(low))
    if high < 2**63:
        inside = both(inside, compare("lt", operand, integer(high)))
    ctx.check(inside, f"a Python int does not fit into {other.dtype.value}")


def _is_too_large(operand: Expr, own: Scalar, other: Scalar) -> bool:
    """A finite constant that is infinite as a float32: kernels convert it before they run."""
    if own != PY_FLOAT or other.dtype.real is not DType.FLOAT32 or not isinstance(operand, Const):
        return False
    return float(np.finfo(np.float32).max) < abs(operand.value) < np.inf


def apply_compare(ctx: Context, op: str, left: Value, right: Value) -> Value:
    """`left op right` of a comparison operator."""
    match left, right:
        case (Number(), Number()):
            return Number(typed(ctx, lambda: compare(op, left.expr, right.expr)))
        case (ArrayValue(boxed=True), _) | (_, ArrayValue(boxed=True)):
            raise ctx.refuse(UNSUPPORTED_EXPRESSION, "Lists are compared in Python only.")
        case (ArrayValue() | Number(), ArrayValue() | Number()):
            return mapped(ctx, (left, right), lambda a, b: typed(ctx, lambda: compare(op, a, b)))
        case (TupleValue(items), TupleValue(more)) if op in ("eq", "ne"):
            return Number(_compare_tuples(ctx, op, items, more))
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, f"There is no compiled comparison '{op}' of these operands.")


def _compare_tuples(ctx: Context, op: str, left: tuple[Value, ...], right: tuple[Value, ...]) -> Expr:
    if len(left) != len(right):
        return Const(op == "ne", Scalar(DType.BOOL, Origin.PYTHON))
    equal: Expr = Const(True, Scalar(DType.BOOL, Origin.PYTHON))
    for a, b in zip(left, right):
        found = apply_compare(ctx, "eq", a, b)
        assert isinstance(found, Number)
        equal = both(equal, found.expr)
    return equal if op == "eq" else arithmetic.negate(equal)


def apply_unary(ctx: Context, op: str, operand: Value) -> Value:
    """`neg`, `pos`, `invert` of a number or an array; `not` of a number."""
    match operand:
        case Number(expr) if op == "not":
            return Number(arithmetic.negate(arithmetic.truth(expr)))
        case ArrayValue(boxed=True) if op == "not":
            return Number(compare("eq", operand.shape[0], integer(0)))
        case ListValue() if op == "not":
            return Number(compare("eq", operand.length, integer(0)))
        case TupleValue(items) if op == "not":
            return Number(Const(not items, PY_BOOL))
        case Number(expr):
            return Number(noted(ctx, op, typed(ctx, lambda: arithmetic.unary(op, expr))))
        case ArrayValue(boxed=False) if op != "not":
            return mapped(ctx, (operand,), lambda a: typed(ctx, lambda: arithmetic.unary(op, a)))
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, f"There is no compiled '{op}' of this operand.")


def augment(ctx: Context, op: str, target: ArrayValue, value: Value) -> None:
    """`target op= value` of an array: in place, cast back as NumPy does ('same_kind')."""
    if target.boxed:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "Augmented assignment to a whole list is not compiled.")
    result = apply_binary(ctx, op, target, value)
    assert isinstance(result, ArrayValue | Number)
    if not _same_kind(result.type.dtype, target.dtype):
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION,
            f"{result.type.dtype.value} cannot be stored into {target.dtype.value} in place.",
        )
    store(ctx, target, result)


def _same_kind(source: DType, target: DType) -> bool:
    return bool(np.can_cast(source.value, target.value, "same_kind"))


def ufunc_result(ctx: Context, name: str, operands: tuple[Scalar, ...]) -> tuple[tuple[DType, ...], DType]:
    """`promote.ufunc_types` with a refusal at the present place."""
    try:
        return ufunc_types(name, operands)
    except NoType as error:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
