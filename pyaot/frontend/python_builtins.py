"""Python's built-in functions of numbers, and the modules math and cmath."""

from collections.abc import Callable

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.arguments import (
    Arguments,
    is_given,
    needed,
    number,
)
from pyaot.frontend.arithmetic import as_integer, binary, both, cast, compare, either, integer, truth, unary
from pyaot.frontend.arrays import allocate, write
from pyaot.frontend.comprehension_loops import COMPENSATES, walked
from pyaot.frontend.context import Context
from pyaot.frontend.conversion import convert
from pyaot.frontend.lists import list_type
from pyaot.frontend.operators import apply_binary, noted, scalar_binary, typed
from pyaot.frontend.promote import join
from pyaot.frontend.values import (
    ArrayValue,
    DigitsValue,
    IterationValue,
    ListValue,
    Number,
    RangeValue,
    TupleValue,
    Value,
)
from pyaot.ir.functions import PURE
from pyaot.ir.nodes import Assign, Block, Call, Cast, Const, Exit, Expr, If, Loop, Select, Var
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, DType, Origin, Scalar

Handler = Callable[[Context, Arguments], Value]


def _math(name: str, arity: int) -> Handler:
    """math.sqrt and friends: of Python's floats, failing where Python raises."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        names = tuple("xyz"[:arity])
        args = [number(ctx, value).expr for value in arguments.take(ctx, *names)]
        if any(a.type.dtype.is_complex for a in args):
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'math.{name}' of a complex number raises in Python.")
        result = Scalar(DType.BOOL, Origin.PYTHON) if PURE[name].gives.name == "BOOL" else PY_FLOAT
        return Number(Call(name, tuple(cast(a, PY_FLOAT) for a in args), result))

    return handle


def _cmath(name: str) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        (x,) = arguments.take(ctx, "z")
        return Number(Call(name, (cast(number(ctx, x).expr, PY_COMPLEX),), PY_COMPLEX))

    return handle


def _rounded_down(name: str) -> Handler:
    """math.floor, ceil and trunc give ints."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        (x,) = arguments.take(ctx, "x")
        value = number(ctx, x).expr
        known = value.type.is_python or value.type.dtype is DType.FLOAT64
        if value.type.dtype.is_complex or (name == "trunc" and not known):
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'math.{name}' of this number is not compiled.")
        if value.type.dtype.kind in "biu":
            return Number(as_integer(value))
        return Number(to_int(ctx, Call(name, (cast(value, PY_FLOAT),), PY_FLOAT)))

    return handle


def to_int(ctx: Context, value: Expr) -> Expr:
    """int(x) of a float: fails for NaN, infinity and what leaves 64 bits."""
    held = ctx.temporary("number", cast(value, PY_FLOAT))
    limit = Const(float(2**62), PY_FLOAT)
    ctx.check(
        both(compare("lt", held, limit), compare("gt", held, Const(-float(2**62), PY_FLOAT))),
        "an int leaves 64 bits",
    )
    return Cast(held, PY_INT)


def _int(ctx: Context, arguments: Arguments) -> Value:
    (x,) = arguments.take(ctx, "x")
    value = number(ctx, x).expr
    if value.type.dtype.is_complex:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "int() of a complex number raises in Python.")
    return Number(to_int(ctx, value) if value.type.dtype.is_float else as_integer(value))


def _float(ctx: Context, arguments: Arguments) -> Value:
    (x,) = arguments.take(ctx, "x")
    value = number(ctx, x).expr if x is not None else integer(0)
    if value.type.dtype.is_complex:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "float() of a complex number raises in Python.")
    return Number(cast(value, PY_FLOAT))


def _complex(ctx: Context, arguments: Arguments) -> Value:
    real, imag = arguments.take(ctx, "real", "imag")
    first = number(ctx, real).expr
    if imag is None:
        return Number(cast(first, PY_COMPLEX))
    second = number(ctx, imag).expr
    if first.type.dtype.is_complex or second.type.dtype.is_complex:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "complex() of complex parts is not compiled.")
    return Number(Call("complex", (cast(first, PY_FLOAT), cast(second, PY_FLOAT)), PY_COMPLEX))


def _bool(ctx: Context, arguments: Arguments) -> Value:
    (x,) = arguments.take(ctx, "x")
    return Number(cast(truth(number(ctx, x).expr), PY_BOOL))


def _abs(ctx: Context, arguments: Arguments) -> Value:
    (x,) = arguments.take(ctx, "x")
    if isinstance(x, ArrayValue):
        return ctx.library(ctx, "numpy.absolute", Arguments((x,)))
    value = number(ctx, x).expr
    if value.type.dtype is DType.BOOL and value.type.origin is Origin.NUMPY:
        return Number(value)
    if value.type.dtype is DType.BOOL:
        value = as_integer(value)
    if (
        not value.type.dtype.is_complex
        and not value.type.dtype.is_float
        and value.type.origin is Origin.PYTHON
    ):
        return Number(Select(compare("lt", value, integer(0)), unary("neg", value), value, value.type))
    if value.type.dtype.is_complex:
        ctx.rounding("absolute")
    return Number(Call("absolute", (value,), Scalar(value.type.dtype.real, value.type.origin)))


def _extreme(op: str) -> Handler:
    """min and max keep the first of equal values; the comparison is Python's."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        values: tuple[Value, ...] = arguments.positional
        if arguments.keywords:
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Keyword arguments of min and max are not compiled.")
        if len(values) == 1 and isinstance(values[0], TupleValue):
            values = values[0].items
        if len(values) == 1:
            if isinstance(values[0], RangeValue) or (
                isinstance(values[0], ArrayValue) and values[0].rank == 1
            ):
                return walked(ctx, "min" if op == "lt" else "max", values[0])
            raise ctx.refuse(UNSUPPORTED_ARGUMENT, "min and max of this value are not compiled.")
        best = number(ctx, next(iter(values), None)).expr
        for value in values[1:]:
            best = _better(ctx, op, best, number(ctx, value).expr)
        return Number(best)

    return handle


def _better(ctx: Context, op: str, best: Expr, other: Expr) -> Expr:
    type = join(best.type, other.type)
    if type is None:
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, "min and max of numbers whose types do not meet are not compiled."
        )
    better = typed(ctx, lambda: compare(op, other, best))
    if isinstance(better, Const):
        return other if better.value else best
    chosen, kept = (convert(ctx, "This value", value, type) for value in (other, best))
    return Select(better, chosen, kept, type)


def _len(ctx: Context, arguments: Arguments) -> Value:
    match arguments.positional:
        case (ArrayValue(shape=(extent, *_)),):
            return Number(extent)
        case (ListValue() as value,):
            return Number(value.length)
        case (TupleValue(items),):
            return Number(integer(len(items)))
    raise ctx.refuse(UNSUPPORTED_ARGUMENT, "len() of this value is not compiled.")


def _round(ctx: Context, arguments: Arguments) -> Value:
    x, digits = arguments.take(ctx, "number", "ndigits")
    value = number(ctx, x).expr
    if is_given(digits) or not value.type.dtype.is_float or value.type.origin is not Origin.PYTHON:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This form of round() is not compiled.")
    return Number(to_int(ctx, Call("rint", (value,), PY_FLOAT)))


def _range(ctx: Context, arguments: Arguments) -> Value:
    bounds = [as_integer(_index(ctx, value)) for value in arguments.positional]
    match bounds:
        case [stop]:
            return RangeValue(integer(0), stop, integer(1))
        case [start, stop]:
            return RangeValue(start, stop, integer(1))
        case [start, stop, step]:
            return RangeValue(start, stop, step)
    raise ctx.refuse(UNSUPPORTED_ARGUMENT, "range() takes one to three ints.")


def _index(ctx: Context, value: Value) -> Expr:
    expr = number(ctx, value).expr
    if not (expr.type.dtype.is_integer or expr.type.dtype is DType.BOOL):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "range() takes ints only.")
    return expr


def _reversed(ctx: Context, arguments: Arguments) -> Value:
    match arguments.positional:
        case (RangeValue(start, stop, Const(step)),) if step == 1:
            return RangeValue(binary("sub", stop, integer(1)), binary("sub", start, integer(1)), integer(-1))
        case (TupleValue(items, is_list, grows=""),):
            return TupleValue(items[::-1], is_list)
        case ((RangeValue() | ArrayValue() | ListValue()) as walked_over,):
            return IterationValue((walked_over,), backwards=True)
    raise ctx.refuse(UNSUPPORTED_ARGUMENT, "reversed() of this value is not compiled.")


def _enumerate(ctx: Context, arguments: Arguments) -> Value:
    iterable, start = arguments.take(ctx, "iterable", "start")
    return IterationValue(
        (needed(ctx, iterable),), number(ctx, start) if start is not None else Number(integer(0))
    )


def _zip(ctx: Context, arguments: Arguments) -> Value:
    if arguments.keywords:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "Keyword arguments of zip are not compiled.")
    return IterationValue(arguments.positional)


def _divmod(ctx: Context, arguments: Arguments) -> Value:
    given = arguments.take(ctx, "x", "y")
    if any(isinstance(value, ArrayValue) and value.rank for value in given):
        return ctx.library(ctx, "numpy.divmod", arguments)
    a, b = (number(ctx, value).expr for value in given)
    return TupleValue((Number(scalar_binary(ctx, "floordiv", a, b)), Number(scalar_binary(ctx, "mod", a, b))))


def _pow(ctx: Context, arguments: Arguments) -> Value:
    base, exponent = arguments.take(ctx, "base", "exp")
    return apply_binary(ctx, "pow", needed(ctx, base), needed(ctx, exponent))


def _tuple(is_list: bool) -> Handler:
    def handle(ctx: Context, arguments: Arguments) -> Value:
        match arguments.positional:
            case ():
                return TupleValue((), is_list)
            case (TupleValue(items),):
                return TupleValue(items, is_list)
            case (ArrayValue(shape=(extent,)) as value,) if is_list:
                result = allocate(ctx, "list", list_type(ctx, value.type), (extent,))
                write(ctx, result, value.element)
                return result
            case ((RangeValue() | IterationValue(backwards=True)) as value,) if is_list:
                return walked(ctx, "list", value)
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A list or tuple of this value is not compiled.")

    return handle


def _sum(ctx: Context, arguments: Arguments) -> Value:
    """sum() of items known one by one, or of what is walked."""
    values, start = arguments.take(ctx, "iterable", "start")
    if isinstance(values, TupleValue) and not COMPENSATES:
        total = number(ctx, start).expr if start is not None else integer(0)
        for item in values.items:
            total = noted(ctx, "add", scalar_binary(ctx, "add", total, number(ctx, item).expr))
        return Number(total)
    if isinstance(values, (RangeValue, TupleValue)) or (isinstance(values, ArrayValue) and values.rank == 1):
        return walked(ctx, "sum", values, None if start is None else number(ctx, start))
    raise ctx.refuse(
        UNSUPPORTED_ARGUMENT, "sum() of this value is not compiled.", None, "Use np.sum, or a loop."
    )


def _bit_length(ctx: Context, arguments: Arguments) -> Value:
    """int.bit_length: shifts until nothing is left."""
    value = as_integer(number(ctx, arguments.first(ctx)).expr)
    rest, count, label = ctx.fresh("rest"), ctx.fresh("bits"), ctx.fresh("counted")
    left, bits = Var(rest, PY_INT), Var(count, PY_INT)
    magnitude = Select(compare("lt", value, integer(0)), unary("neg", value), value, PY_INT)
    ctx.emit(Assign(rest, magnitude, ctx.span))
    ctx.emit(Assign(count, integer(0), ctx.span))
    turn = (
        If(compare("eq", left, integer(0)), (Exit(label, ctx.span),), (), ctx.span),
        Assign(rest, binary("shr", left, integer(1)), ctx.span),
        Assign(count, binary("add", bits, integer(1)), ctx.span),
    )
    ctx.emit(Block(label, (Loop(turn, ctx.span),), ctx.span))
    ctx.stable.add(count)
    return Number(bits)


def _bit_count(ctx: Context, arguments: Arguments) -> Value:
    """int.bit_count: the ones of the absolute value."""
    (value,) = arguments.take(ctx, "self")
    return Number(Call("bitwise_count", (as_integer(number(ctx, value).expr),), PY_INT))


def _bin(ctx: Context, arguments: Arguments) -> Value:
    (x,) = arguments.take(ctx, "number")
    value = number(ctx, x).expr
    if not (value.type.dtype.is_integer or value.type.dtype is DType.BOOL):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "bin() takes an int.")
    return DigitsValue(value)


def _conjugate(ctx: Context, arguments: Arguments) -> Value:
    """x.conjugate() of a Python number."""
    (x,) = arguments.take(ctx, "self")
    value = number(ctx, x).expr
    if value.type.dtype.is_complex:
        return Number(Call("conjugate", (value,), value.type))
    return Number(as_integer(value) if value.type.dtype is DType.BOOL else value)


_MATH_ONE = [
    "sqrt",
    "cbrt",
    "exp",
    "exp2",
    "expm1",
    "log2",
    "log10",
    "log1p",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "fabs",
    "erf",
    "erfc",
    "gamma",
    "lgamma",
    "isnan",
    "isinf",
    "isfinite",
]
_MATH_NAMES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "degrees": "rad2deg",
    "radians": "deg2rad",
}


def _log(ctx: Context, arguments: Arguments) -> Value:
    x, base = arguments.take(ctx, "x", "base")
    if is_given(base):
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT,
            "math.log with a base is not compiled.",
            None,
            "Divide two logarithms, or use math.log2.",
        )
    return _math("log", 1)(ctx, Arguments((number(ctx, x),)))


def _each(kind: str) -> Handler:
    """any() and all() of items known one by one, or of what is walked."""

    def handle(ctx: Context, arguments: Arguments) -> Value:
        match arguments.positional:
            case (ArrayValue(shape=(_,)) as value,):
                return walked(ctx, kind, value)
            case (TupleValue(items),):
                found: Expr = Const(kind == "all", PY_BOOL)
                for item in items:
                    asked = cast(truth(number(ctx, item).expr), PY_BOOL)
                    found = both(found, asked) if kind == "all" else either(found, asked)
                return Number(found)
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"{kind}() of this value is not compiled.")

    return handle


TABLE: dict[str, Handler] = {
    **{f"math.{name}": _math(name, 1) for name in _MATH_ONE if name in PURE},
    **{f"math.{name}": _math(function, 1) for name, function in _MATH_NAMES.items()},
    **{
        f"cmath.{name}": _cmath(name)
        for name in ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")
    },
    "math.log": _log,
    "math.atan2": _math("arctan2", 2),
    "math.hypot": _math("hypot", 2),
    "math.copysign": _math("copysign", 2),
    "math.fmod": _math("fmod", 2),
    "math.pow": lambda ctx, arguments: _pow(
        ctx, Arguments(tuple(Number(cast(number(ctx, v).expr, PY_FLOAT)) for v in arguments.positional))
    ),
    "math.floor": _rounded_down("floor"),
    "math.ceil": _rounded_down("ceil"),
    "math.trunc": _rounded_down("trunc"),
    "python.bit_length": _bit_length,
    "python.bit_count": _bit_count,
    "python.conjugate": _conjugate,
    "builtins.int": _int,
    "builtins.float": _float,
    "builtins.complex": _complex,
    "builtins.bool": _bool,
    "builtins.bin": _bin,
    "builtins.abs": _abs,
    "builtins.min": _extreme("lt"),
    "builtins.max": _extreme("gt"),
    "builtins.any": _each("any"),
    "builtins.all": _each("all"),
    "builtins.len": _len,
    "builtins.round": _round,
    "builtins.range": _range,
    "builtins.reversed": _reversed,
    "builtins.enumerate": _enumerate,
    "builtins.zip": _zip,
    "builtins.divmod": _divmod,
    "builtins.pow": _pow,
    "builtins.sum": _sum,
    "builtins.list": _tuple(is_list=True),
    "builtins.tuple": _tuple(is_list=False),
}
