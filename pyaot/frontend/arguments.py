"""The arguments of a call of a library function, taken by position or by name."""

from collections.abc import Mapping

from msgspec import Struct, field

from pyaot.base.catalogue import UNSUPPORTED_ARGUMENT
from pyaot.frontend.context import Context
from pyaot.frontend.values import (
    ArrayValue,
    DTypeValue,
    NoneValue,
    Number,
    SymbolValue,
    TextValue,
    TupleValue,
    Value,
)
from pyaot.ir.nodes import Const
from pyaot.ir.types import PY_INT, DType

_DTYPE_ALIASES = {
    "bool_": "bool",
    "intp": "int64",
    "int_": "int64",
    "uint": "uint64",
    "uintp": "uint64",
    "longlong": "int64",
    "intc": "int32",
    "uintc": "uint32",
    "short": "int16",
    "byte": "int8",
    "ubyte": "uint8",
    "ushort": "uint16",
    "single": "float32",
    "double": "float64",
    "float": "float64",
    "int": "int64",
    "complex": "complex128",
    "csingle": "complex64",
    "cdouble": "complex128",
}
_NAMES = {d.value: d for d in DType}


class Arguments(Struct, frozen=True):
    """Positional and keyword arguments."""

    positional: tuple[Value, ...]
    keywords: Mapping[str, Value] = field(default_factory=dict)

    def take(self, ctx: Context, *names: str) -> list[Value | None]:
        """The arguments in the order of the parameter names, None where one is missing; others refused."""
        if len(self.positional) > len(names):
            raise ctx.refuse(
                UNSUPPORTED_ARGUMENT, f"{len(self.positional)} arguments; {len(names)} are compiled."
            )
        unknown = [k for k in self.keywords if k not in names]
        if unknown:
            raise ctx.refuse(
                UNSUPPORTED_ARGUMENT, f"The argument '{unknown[0]}' of this call is not compiled."
            )
        given = dict(zip(names, self.positional))
        return [given.get(name, self.keywords.get(name)) for name in names]

    def first(self, ctx: Context) -> Value:
        """The first positional argument; refused where there is none."""
        return needed(ctx, next(iter(self.positional), None))


def number(ctx: Context, value: Value | None) -> Number:
    """The argument as a number."""
    match value:
        case Number():
            return value
        case ArrayValue(shape=()):
            return Number(value.element(()))
    raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This argument must be a number in compiled code.")


def known_int(ctx: Context, value: Value | None, what: str) -> int:
    """The argument as an int known now."""
    if isinstance(value, Number) and isinstance(value.expr, Const) and isinstance(value.expr.value, int):
        return int(value.expr.value)
    raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"{what} must be a constant in compiled code.")


def known_bool(ctx: Context, value: Value | None, default: bool, what: str) -> bool:
    """The argument as a bool known now."""
    if value is None:
        return default
    return bool(known_int(ctx, value, what))


def needed(ctx: Context, value: Value | None) -> Value:
    """An argument that the function does not do without: the original raises where it is missing."""
    if value is None:
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This call lacks an argument.")
    return value


def is_given(value: Value | None) -> bool:
    """Neither left out nor None."""
    return value is not None and not isinstance(value, NoneValue)


def dtype_of(ctx: Context, value: Value) -> DType:
    """The dtype that an argument names: np.float32, float, 'f4', a.dtype."""
    match value:
        case DTypeValue(dtype):
            return dtype
        case SymbolValue(path):
            name = path.rsplit(".", 1)[-1]
            found = _NAMES.get(_DTYPE_ALIASES.get(name, name))
            if found is not None:
                return found
        case TextValue(text):
            found = _NAMES.get(_DTYPE_ALIASES.get(text, text)) or _letters(text)
            if found is not None:
                return found
    raise ctx.refuse(UNSUPPORTED_ARGUMENT, "This dtype is not compiled.")


def _letters(text: str) -> DType | None:
    text = text.lstrip("=|")
    kinds = {
        "f4": DType.FLOAT32,
        "f8": DType.FLOAT64,
        "c8": DType.COMPLEX64,
        "c16": DType.COMPLEX128,
        "?": DType.BOOL,
        "b1": DType.BOOL,
    }
    if text in kinds:
        return kinds[text]
    if text[:1] in ("i", "u") and text[1:] in ("1", "2", "4", "8"):
        return _NAMES["uint" * (text[0] == "u") + "int" * (text[0] == "i") + str(8 * int(text[1:]))]
    return None


def shape_argument(ctx: Context, value: Value) -> tuple[Number, ...]:
    """A shape: an int or a tuple of ints."""
    match value:
        case Number():
            return (value,)
        case TupleValue(items):
            return tuple(number(ctx, item) for item in items)
    raise ctx.refuse(UNSUPPORTED_ARGUMENT, "A shape must be an int or a tuple of ints in compiled code.")


def axes_argument(ctx: Context, value: Value | None, rank: int) -> tuple[int, ...]:
    """An axis argument as axes from 0; all of them where it is None."""
    if not is_given(value):
        return tuple(range(rank))
    items = value.items if isinstance(value, TupleValue) else (value,)
    axes = tuple(known_int(ctx, item, "An axis") for item in items)
    if any(not -rank <= axis < rank for axis in axes):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"An axis is out of range for {rank} dimensions.")
    return tuple(axis % rank for axis in axes)


def axis_argument(ctx: Context, value: Value | None, rank: int) -> int:
    """An axis argument as one axis from 0; None is the only one that there is."""
    axes = axes_argument(ctx, value, rank)
    if len(axes) != 1 or isinstance(value, TupleValue):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, "An axis must be one int in compiled code.")
    return axes[0]


def last_axis(ctx: Context, value: Value | None, rank: int) -> int:
    """An axis argument as one axis from 0; the last one where it is left out."""
    return axis_argument(ctx, value if is_given(value) else Number(Const(-1, PY_INT)), rank)


def c_order(ctx: Context, value: Value | None) -> None:
    """An `order=` that says that elements lie, or are read, as in C."""
    _order_among(ctx, value, "C")


def any_order(ctx: Context, value: Value | None) -> None:
    """An `order=` that says as in C, or as in the array that is given."""
    _order_among(ctx, value, "CKA")


def _order_among(ctx: Context, value: Value | None, letters: str) -> None:
    if is_given(value) and not (isinstance(value, TextValue) and value.text in tuple(letters)):
        raise ctx.refuse(
            UNSUPPORTED_ARGUMENT, "This 'order' is not compiled: elements are in the order of C."
        )
