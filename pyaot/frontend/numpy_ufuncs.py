"""NumPy's elementwise functions, Python's math, and the built-in functions of numbers."""

from collections.abc import Callable

import numpy as np

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    any_order,
    dtype_of,
    is_given,
    known_bool,
    known_int,
    needed,
    number,
)
from pyaot.frontend.arithmetic import UFUNCS, cast, integer, negate, truth, unary
from pyaot.frontend.arrays import map_elements, mapped, store
from pyaot.frontend.attributes import part_of
from pyaot.frontend.chosen_elements import is_everywhere, store_where
from pyaot.frontend.coerce import as_operand, common_dtype
from pyaot.frontend.computed import computed
from pyaot.frontend.context import Context
from pyaot.frontend.conversion import stored
from pyaot.frontend.operators import (
    apply_binary,
    apply_compare,
    array_power,
    check_fits,
    note_product,
    scalar_binary,
    typed,
    ufunc_result,
)
from pyaot.frontend.promote import python_type
from pyaot.frontend.values import ArrayValue, Number, TupleValue, Value
from pyaot.ir.functions import ONLY_PYTHON, PURE, is_exact
from pyaot.ir.nodes import Binary, Call, Const, Expr, Select
from pyaot.ir.types import PY_BOOL, PY_FLOAT, DType, Origin, Scalar

Handler = Callable[[Context, Arguments], Value]
_EXACT_POWERS = 22  # greater powers of ten are no floats

# NumPy's other names of the same ufuncs.
_ALIASES = {
    "abs": "absolute",
    "conj": "conjugate",
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    "atan2": "arctan2",
    "acosh": "arccosh",
    "asinh": "arcsinh",
    "atanh": "arctanh",
    "degrees": "rad2deg",
    "radians": "deg2rad",
    "fix": "trunc",
}
_COMPARISONS = {
    "equal": "eq",
    "not_equal": "ne",
    "less": "lt",
    "less_equal": "le",
    "greater": "gt",
    "greater_equal": "ge",
}
_OPERATORS = {name: op for op, name in UFUNCS.items()} | {
    "divide": "truediv",
    "mod": "mod",
    "pow": "pow",
    "bitwise_left_shift": "shl",
    "bitwise_right_shift": "shr",
}


def _operands(ctx: Context, arguments: Arguments, count: int) -> list[ArrayValue | Number]:
    names = ("x1", "x2", "x3")[:count]
    taken = arguments.take(ctx, *names, "dtype")
    if is_given(taken[-1]):
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, "The dtype of a ufunc is not compiled; cast its operands with 'astype'."
        )
    return [as_operand(ctx, value) for value in taken[:-1]]


def _into_out(handler: Handler, arity: int) -> Handler:
    """The handler with two more parameters: an array that gets the result, and is given back; and where."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        keywords = dict(arguments.keywords)
        out, where = keywords.pop("out", None), keywords.pop("where", None)
        if len(arguments.positional) == arity + 1:
            out = arguments.positional[arity]
        if isinstance(out, TupleValue) and len(out.items) == 1:
            (out,) = out.items
        given = arguments.positional[:arity]
        if not is_everywhere(where):
            given = tuple(computed(ctx, value) for value in given)
        value = handler(ctx, Arguments(given, keywords))
        if not is_given(out) and is_everywhere(where):
            return value
        if not isinstance(out, ArrayValue) or out.place is None or out.boxed:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "An 'out' of this kind is not compiled.")
        assert isinstance(value, ArrayValue | Number)
        if not np.can_cast(value.type.dtype.value, out.dtype.value, "same_kind") or _rank(value) > out.rank:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "The result does not fit into 'out'.")
        store(ctx, out, value) if is_everywhere(where) else store_where(ctx, out, value, where)
        return out

    return handle


def _rank(value: ArrayValue | Number) -> int:
    return value.rank if isinstance(value, ArrayValue) else 0


def _pure(name: str) -> Handler:
    arity = PURE[name].arity

    def rule(ctx: Context, *args: Expr) -> Expr:
        if name == "absolute" and args[0].type.dtype is DType.BOOL:
            return cast(args[0], Scalar(DType.BOOL))
        operands, result = ufunc_result(ctx, name, tuple(a.type for a in args))
        if name in ("floor", "ceil", "trunc", "rint") and operands[0].kind in "biu":
            return cast(args[0], Scalar(result))
        if name == "conjugate" and not operands[0].is_complex:
            return cast(args[0], Scalar(result))
        if operands[0].kind not in PURE[name].kinds:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'{name}' of {operands[0].value} is not compiled.")
        if not is_exact(name, operands[0]):
            ctx.rounding(name)
        return Call(name, tuple(cast(a, Scalar(d)) for a, d in zip(args, operands)), Scalar(result))

    def handle(ctx: Context, arguments: Arguments) -> Value:
        return mapped(ctx, _operands(ctx, arguments, arity), lambda *args: rule(ctx, *args))

    return _into_out(handle, arity)


def _operator(op: str) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        left, right = _operands(ctx, arguments, 2)
        if isinstance(left, Number) and isinstance(right, Number):
            a, b = _one_of_numpy(left.expr, right.expr)
            if op == "pow" and (special := array_power(ctx, Number(a), b)) is not None:
                return special
            if op == "mul":
                note_product(ctx, left, right)
            return Number(cast_numpy(scalar_binary(ctx, op, a, b)))
        return apply_binary(ctx, op, left, right)

    return _into_out(handle, 2)


def cast_numpy(expr: Expr) -> Expr:
    """A ufunc of Python numbers gives a NumPy number."""
    return cast(expr, Scalar(expr.type.dtype))


def _one_of_numpy(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Two operands of which at least one is NumPy's: of two Python numbers both become it."""
    if Origin.NUMPY in (left.type.origin, right.type.origin):
        return left, right
    return cast_numpy(left), cast_numpy(right)


def _comparison(op: str) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        left, right = _operands(ctx, arguments, 2)
        if isinstance(left, Number) and isinstance(right, Number):
            left, right = (Number(e) for e in _one_of_numpy(left.expr, right.expr))
        return apply_compare(ctx, op, left, right)

    return _into_out(handle, 2)


def _logical(rule: Callable[..., Expr], count: int) -> Handler:
    type = Scalar(DType.BOOL)

    def handle(ctx: Context, arguments: Arguments) -> Value:
        operands = _operands(ctx, arguments, count)
        return mapped(ctx, operands, lambda *args: cast(rule(*(cast(truth(a), type) for a in args)), type))

    return _into_out(handle, count)


def _bits(op: str) -> Callable[[Expr, Expr], Expr]:
    return lambda a, b: Binary(op, a, b, Scalar(DType.BOOL), checked=False)


def _simple(rule: Callable[[Expr], Expr]) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        (operand,) = _operands(ctx, arguments, 1)
        if isinstance(operand, Number):
            return Number(typed(ctx, lambda: rule(cast_numpy(operand.expr))))
        return mapped(ctx, [operand], lambda a: typed(ctx, lambda: rule(a)))

    return _into_out(handle, 1)


def choose(ctx: Context, arguments: Arguments) -> Value:
    """`where(condition, x, y)`."""
    condition, x, y = arguments.take(ctx, "condition", "x", "y")
    if x is None or y is None:
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT,
            "'where' with two arguments is not compiled.",
        )
    operands = [as_operand(ctx, value) for value in (condition, x, y)]
    if all(isinstance(operand, Number) for operand in operands):
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT,
            "'where' of numbers gives an array without dimensions, which is not compiled.",
            None,
            "Write 'x if condition else y'.",
        )
    type = Scalar(_where_dtype(ctx, operands[1].type, operands[2].type))
    for operand in operands[1:]:
        if isinstance(operand, Number):
            check_fits(ctx, operand.expr, operand.type, type)

    def rule(c: Expr, a: Expr, b: Expr) -> Expr:
        return Select(cast(truth(c), PY_BOOL), cast(a, type), cast(b, type), type)

    return map_elements(ctx, operands, rule)


def _where_dtype(ctx: Context, left: Scalar, right: Scalar) -> DType:
    if Origin.NUMPY in (left.origin, right.origin) and left.dtype is not right.dtype:
        return ufunc_result(
            ctx, "maximum" if "c" not in (left.dtype.kind, right.dtype.kind) else "add", (left, right)
        )[1]
    return common_dtype(ctx, [left, right])


def _clip(ctx: Context, arguments: Arguments) -> Value:
    newer = {"min": "a_min", "max": "a_max"}
    keywords = {newer.get(name, name): value for name, value in arguments.keywords.items()}
    a, low, high = Arguments(arguments.positional, keywords).take(ctx, "a", "a_min", "a_max")
    if not is_given(low) and not is_given(high):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "'clip' needs a bound in compiled code.")
    result: Value = as_operand(ctx, a)
    bounds = [(op, as_operand(ctx, b)) for op, b in (("maximum", low), ("minimum", high)) if is_given(b)]
    keeps = len(bounds) == 2 and all(isinstance(bound, Number) for _, bound in bounds)
    for op, bound in bounds:  # of two zeros `maximum` gives the second one, and so does NumPy's clip
        result = _operator(op)(ctx, Arguments((bound, result) if keeps else (result, bound)))
    return result


def _scalar_constructor(dtype: DType) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        (value,) = arguments.take(ctx, "x")
        operand = as_operand(ctx, value) if value is not None else Number(integer(0))
        if isinstance(operand, ArrayValue):
            raise ctx.refuse(
                UNSUPPORTED_ARGUMENT, "A dtype called with an array is not compiled.", None, "Use astype."
            )
        expr = truth(operand.expr) if dtype is DType.BOOL else operand.expr
        if expr.type.dtype.is_complex and not dtype.is_complex:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"np.{dtype.value} of a complex number is not compiled.")
        return Number(stored(ctx, expr, dtype))

    return handle


def _part(name: str) -> Handler:
    def rule(a: Expr) -> Expr:
        if a.type.dtype.is_complex:
            return Call(name, (a,), Scalar(a.type.dtype.real, a.type.origin))
        return a if name == "real" else cast(integer(0), a.type)

    def handle(ctx: Context, arguments: Arguments) -> Value:
        (operand,) = _operands(ctx, arguments, 1)
        if isinstance(operand, ArrayValue):
            return part_of(ctx, operand, name)
        return Number(rule(operand.expr))

    return handle


def _round(ctx: Context, arguments: Arguments) -> Value:
    a, decimals = arguments.take(ctx, "a", "decimals")
    digits = known_int(ctx, decimals, "decimals") if is_given(decimals) else 0
    operand = as_operand(ctx, a)
    if digits:
        return _round_to(ctx, operand, digits)
    if operand.type.dtype.is_integer:
        return mapped(ctx, [operand], cast_numpy)
    return _pure("rint")(ctx, Arguments((operand,)))


def _round_to(ctx: Context, operand: ArrayValue | Number, decimals: int) -> Value:
    """rint(a * 10**d) / 10**d; for negative d the operations change places."""
    if not operand.type.dtype.is_float or abs(decimals) > _EXACT_POWERS:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This rounding to decimals is not compiled.")
    first, second = ("mul", "truediv") if decimals > 0 else ("truediv", "mul")
    power = Number(Const(10.0 ** abs(decimals), PY_FLOAT))
    of_numpy = Number(cast_numpy(operand.expr)) if isinstance(operand, Number) else operand
    scaled = apply_binary(ctx, first, of_numpy, power)
    return apply_binary(ctx, second, _pure("rint")(ctx, Arguments((scaled,))), power)


def _astype(ctx: Context, arguments: Arguments) -> Value:
    a, dtype, order, copy = arguments.take(ctx, "a", "dtype", "order", "copy")
    any_order(ctx, order)
    target = Scalar(dtype_of(ctx, needed(ctx, dtype)))
    operand = as_operand(ctx, a)
    if not known_bool(ctx, copy, True, "copy") and operand.type == target:
        return operand

    def rule(e: Expr) -> Expr:
        return cast(truth(e) if target.dtype is DType.BOOL else e, target)

    if isinstance(operand, ArrayValue):
        return ArrayValue(target.dtype, operand.shape, lambda indices: rule(operand.element(indices)))
    return Number(rule(operand.expr))


def _item(ctx: Context, arguments: Arguments) -> Value:
    value = number(ctx, arguments.first(ctx))
    return Number(cast(value.expr, _python_of(value.type)))


def _conjugate_method(ctx: Context, arguments: Arguments) -> Value:
    """a.conj(): a real array is given back as it is."""
    (a,) = arguments.take(ctx, "self")
    operand = as_operand(ctx, a)
    return _pure("conjugate")(ctx, Arguments((operand,))) if operand.type.dtype.is_complex else operand


def _python_of(type: Scalar) -> Scalar:
    return python_type(type.dtype.kind.replace("u", "i"))


_RULES: dict[str, Handler] = {
    "negative": _simple(lambda a: unary("neg", a)),
    "positive": _simple(lambda a: unary("pos", a)),
    "invert": _simple(lambda a: unary("invert", a)),
    "bitwise_not": _simple(lambda a: unary("invert", a)),
    "logical_and": _logical(_bits("bitand"), 2),
    "logical_or": _logical(_bits("bitor"), 2),
    "logical_xor": _logical(_bits("bitxor"), 2),
    "logical_not": _logical(negate, 1),
    "clip": _into_out(_clip, 3),
    "real": _part("real"),
    "imag": _part("imag"),
    "round": _round,
    "around": _round,
    "astype": _astype,
}

TABLE: dict[str, Handler] = {
    **{
        f"numpy.{name}": _pure(name)
        for name in PURE
        if name not in ONLY_PYTHON and name not in ("real", "imag", "complex")
    },
    **{f"numpy.{alias}": _pure(name) for alias, name in _ALIASES.items()},
    **{f"numpy.{name}": _operator(op) for name, op in _OPERATORS.items()},
    **{f"numpy.{name}": _comparison(op) for name, op in _COMPARISONS.items()},
    **{f"numpy.{name}": handler for name, handler in _RULES.items()},
    **{f"numpy.{dtype.value}": _scalar_constructor(dtype) for dtype in DType},
    "numpy.bool_": _scalar_constructor(DType.BOOL),
    "numpy.intp": _scalar_constructor(DType.INT64),
    "numpy.int_": _scalar_constructor(DType.INT64),
    "numpy.single": _scalar_constructor(DType.FLOAT32),
    "numpy.double": _scalar_constructor(DType.FLOAT64),
    "numpy.csingle": _scalar_constructor(DType.COMPLEX64),
    "numpy.cdouble": _scalar_constructor(DType.COMPLEX128),
    "method.item": _item,
    "method.conj": _conjugate_method,
    "method.conjugate": _conjugate_method,
}
