"""Scalar expressions of the IR as C expressions.

Load a[i, j]                          a[i * a_n1 + j]
the same, checked                     a[AT(i, a_n0) * a_n1 + AT(j, a_n1)]
x + 1 of Python's ints, checked       ADD(x, 1)
x + y of NumPy's int32                wrap_add_int32(x, y)

What is written in capitals is a macro of the prelude that goes to the label `fail`. Every text carries its
precedence, so that parentheses stand only where they are needed.
"""

from collections.abc import Callable
from typing import assert_never

from msgspec import Struct

from pyaot.backends.c_calls import call_text
from pyaot.backends.c_names import ArrayNames, Names
from pyaot.backends.c_types import c_type, literal
from pyaot.ir.failing import is_nonzero
from pyaot.ir.nodes import Binary, Call, Cast, Compare, Const, Dim, Expr, Load, Select, Unary, Var
from pyaot.ir.types import DType, Scalar

PRIMARY, UNARY, PRODUCT, SUM, SHIFT, ORDER, EQUALITY, BIT_AND, BIT_XOR, BIT_OR, AND, OR, CHOICE = range(
    15, 2, -1
)

_COMPARE = {
    "eq": ("==", EQUALITY),
    "ne": ("!=", EQUALITY),
    "lt": ("<", ORDER),
    "le": ("<=", ORDER),
    "gt": (">", ORDER),
    "ge": (">=", ORDER),
}
_PLAIN = {
    "add": ("+", SUM),
    "sub": ("-", SUM),
    "mul": ("*", PRODUCT),
    "truediv": ("/", PRODUCT),
    "bitand": ("&", BIT_AND),
    "bitor": ("|", BIT_OR),
    "bitxor": ("^", BIT_XOR),
}
# Bools: add is or, mul is and, as in NumPy.
_BOOLEAN = {"add": "bitor", "mul": "bitand", "minimum": "bitand", "maximum": "bitor"}


class Text(Struct, frozen=True):
    """C text and how tightly its outermost operator binds."""

    text: str
    rank: int = PRIMARY

    def inside(self, rank: int) -> str:
        """The text as an operand of an operator of that rank; mixed bit, shift and logic get parentheses."""
        return self.text if self.rank >= rank else f"({self.text})"


def expression(expr: Expr, names: Names) -> str:
    """The expression as C text."""
    return _render(expr, names).text


def operand(expr: Expr, names: Names) -> str:
    """The expression as C text that can stand beside any operator."""
    return _render(expr, names).inside(PRIMARY)


def compared(expr: Expr, names: Names) -> str:
    """The expression as C text that can stand beside `<`."""
    return _render(expr, names).inside(SHIFT)


def element(array: ArrayNames, subscripts: tuple[Expr, ...], checked: bool, names: Names) -> str:
    """The element of an array as an lvalue."""
    if not subscripts:
        return f"{array.data}[0]"
    offset = Text("")
    for axis, (subscript, extent) in enumerate(zip(subscripts, array.extents, strict=True)):
        here = _render(subscript, names)
        if checked:
            here = Text(f"AT({here.text}, {extent})")
        offset = _plus(_scaled(offset, extent), here) if axis else here
    return f"{array.data}[{offset.text}]"


def _scaled(offset: Text, extent: str) -> Text:
    return offset if offset.text == "0" else Text(f"{offset.inside(PRODUCT)} * {extent}", PRODUCT)


def _plus(left: Text, right: Text) -> Text:
    if right.text == "0":
        return left
    if left.text == "0":
        return right
    return Text(f"{left.inside(SUM)} + {right.inside(SUM)}", SUM)


def _render(expr: Expr, names: Names) -> Text:
    match expr:
        case Const():
            text = literal(expr)
            return Text(text, UNARY if text.startswith("-") else PRIMARY)
        case Var():
            return Text(names.scalars[expr.name])
        case Dim():
            return Text(names.arrays[expr.array].extents[expr.axis])
        case Load():
            return _load(expr, names)
        case Unary():
            return _unary(expr, names)
        case Binary():
            return _binary(expr, names)
        case Compare():
            return _compare(expr, names)
        case Select():
            return _select(expr, names)
        case Cast():
            return _cast(expr, names)
        case Call():
            return Text(call_text(expr, tuple(_render(arg, names).text for arg in expr.args)))
        case _:
            assert_never(expr)


def _load(expr: Load, names: Names) -> Text:
    text = element(names.arrays[expr.array], expr.subscripts, expr.checked, names)
    return Text(f"{text} != 0", EQUALITY) if expr.type.dtype is DType.BOOL else Text(text)


# ---- Unary, Compare, Select -------------------------------------------------------------------------------


def _unary(expr: Unary, names: Names) -> Text:
    inner = _render(expr.operand, names)
    dtype = expr.type.dtype
    if expr.op == "not" or dtype is DType.BOOL:
        return Text(f"!{inner.inside(UNARY)}", UNARY)
    if expr.op == "invert":
        return _narrowed(Text(f"~{inner.inside(UNARY)}", UNARY), dtype)
    if not dtype.is_integer:
        return Text(f"-{inner.inside(PRIMARY)}", UNARY)
    if expr.type.is_python:
        return Text(f"NEG({inner.text})")
    return Text(f"wrap_sub_{dtype.value}(0, {inner.text})")


def _compare(expr: Compare, names: Names) -> Text:
    left, right = _render(expr.left, names), _render(expr.right, names)
    symbol, rank = _COMPARE[expr.op]
    if expr.left.type.dtype.is_complex and rank == ORDER:
        swapped = expr.op in ("gt", "ge")
        first, second = (right.text, left.text) if swapped else (left.text, right.text)
        return Text(f"complex_{'lt' if expr.op in ('lt', 'gt') else 'le'}({first}, {second})")
    return Text(f"{left.inside(SHIFT)} {symbol} {right.inside(SHIFT)}", rank)


def _select(expr: Select, names: Names) -> Text:
    condition = _render(expr.condition, names)
    if expr.type.dtype is DType.BOOL:
        if isinstance(expr.if_false, Const) and not expr.if_false.value:
            right = _render(expr.if_true, names).inside(EQUALITY)
            return Text(f"{condition.inside(EQUALITY)} && {right}", AND)
        if isinstance(expr.if_true, Const) and expr.if_true.value:
            right = _render(expr.if_false, names).inside(EQUALITY)
            return Text(f"{condition.inside(EQUALITY)} || {right}", OR)
    if _is_free_of_branches(expr):
        parts = (condition, _render(expr.if_true, names), _render(expr.if_false, names))
        return Text(f"choose_{expr.type.dtype.value}({', '.join(part.text for part in parts)})")
    chosen = _sized(expr.if_true, names).inside(ORDER)
    return Text(
        f"{condition.inside(ORDER)} ? {chosen} : {_render(expr.if_false, names).inside(ORDER)}", CHOICE
    )


def _is_free_of_branches(expr: Select) -> bool:
    """Both floats are there already. C has instructions for the lesser and the greater."""
    outcomes = (_at_hand(expr.if_true), _at_hand(expr.if_false))
    if not expr.type.dtype.is_float or None in outcomes:
        return False
    match expr.condition:
        case Compare(_, left, right):
            return {_at_hand(left), _at_hand(right)} != set(outcomes)
        case _:
            return True


def _at_hand(expr: Expr) -> Expr | None:
    """A variable or a constant, whosever number it is."""
    match expr:
        case Var(name):
            return Var(name, Scalar(expr.type.dtype))
        case Const(value):
            return Const(value, Scalar(expr.type.dtype))
        case Cast(operand) if operand.type.dtype is expr.type.dtype:
            return _at_hand(operand)
        case _:
            return None


def _sized(expr: Expr, names: Names) -> Text:
    """An int64 constant would be an `int` in C: it is cast where its size decides that of the result."""
    text = _render(expr, names)
    if isinstance(expr, Const) and expr.type.dtype is DType.INT64:
        return Text(f"(int64_t){text.inside(UNARY)}", UNARY)
    return text


# ---- Binary -----------------------------------------------------------------------------------------------


def _binary(expr: Binary, names: Names) -> Text:
    op, dtype = expr.op, expr.type.dtype
    if dtype is DType.BOOL:
        op = _BOOLEAN.get(op, op)
    special = _SPECIAL.get(op)
    if special is not None:
        return special(expr, names)
    if op in ("add", "sub", "mul") and dtype.is_integer:
        return _integer(op, expr, names)
    if op == "truediv" and dtype.is_complex:
        return _complex_division(expr, names)
    if op == "truediv" and expr.type.is_python:
        symbol, rank = _PLAIN[op]
        divisor = _nonzero(expr, names)
        return Text(f"{_render(expr.left, names).inside(rank)} {symbol} {divisor.inside(rank + 1)}", rank)
    return _infix(op, expr, names)


def _infix(op: str, expr: Binary, names: Names) -> Text:
    symbol, rank = _PLAIN[op]
    left, right = (
        _sized(expr.left, names) if isinstance(expr.right, Const) else None,
        _render(expr.right, names),
    )
    left = left or _render(expr.left, names)
    if rank in (BIT_AND, BIT_XOR, BIT_OR):  # compilers warn where & | ^ meet other operators
        return Text(f"{left.inside(UNARY)} {symbol} {right.inside(UNARY)}", rank)
    return Text(f"{left.inside(rank)} {symbol} {right.inside(rank + 1)}", rank)


def _integer(op: str, expr: Binary, names: Names) -> Text:
    """add, sub, mul of integers: found to overflow, known not to, or wrapping."""
    dtype = expr.type.dtype
    left, right = _render(expr.left, names).text, _render(expr.right, names).text
    if expr.type.is_python:
        return Text(f"{op.upper()}({left}, {right})") if expr.checked else _infix(op, expr, names)
    if dtype in (DType.UINT32, DType.UINT64):
        return _infix(op, expr, names)
    if dtype.bits < 32 and (dtype.kind == "i" or op != "mul"):
        return _narrowed(_infix(op, expr, names), dtype)
    return Text(f"wrap_{op}_{dtype.value}({left}, {right})")


def _narrowed(text: Text, dtype: DType) -> Text:
    """Arithmetic on types smaller than int is done in int."""
    return text if dtype.bits >= 32 else Text(f"({c_type(dtype)}){text.inside(UNARY)}", UNARY)


def _nonzero(expr: Binary, names: Names) -> Text:
    """The divisor, which fails where it is zero."""
    right = _render(expr.right, names)
    if is_nonzero(expr.right):
        return right
    return Text(f"NONZERO({right.text})")


def _division(expr: Binary, names: Names) -> Text:
    """floordiv and mod; an integer divided by zero fails, and so does a Python float."""
    dtype = expr.type.dtype
    checked = dtype.is_integer or dtype is DType.BOOL or expr.type.is_python
    right = _nonzero(expr, names) if checked else _render(expr.right, names)
    left = _render(expr.left, names)
    if dtype.kind in "ub":
        symbol = "/" if expr.op == "floordiv" else "%"
        return Text(f"{left.inside(PRODUCT)} {symbol} {right.inside(UNARY)}", PRODUCT)
    if (
        dtype.is_integer
        and isinstance(expr.right, Const)
        and _is_natural(expr.right)
        and _is_natural(expr.left)
    ):
        symbol = "/" if expr.op == "floordiv" else "%"
        return Text(f"{left.inside(PRODUCT)} {symbol} {right.inside(UNARY)}", PRODUCT)
    if expr.op == "floordiv" and expr.type.is_python and dtype.is_integer and expr.checked:
        return Text(f"FLOORDIV({left.text}, {right.text})")
    return Text(f"{expr.op}_{dtype.value}({left.text}, {right.text})")


def _is_natural(expr: Expr) -> bool:
    """Whether the integer is seen not to be negative: C then divides as Python does."""
    match expr:
        case Dim():
            return True
        case Const(value):
            return not isinstance(value, complex) and value >= 0
        case Binary("maximum", left, right):
            return _is_natural(left) or _is_natural(right)
        case _:
            return False


def _complex_division(expr: Binary, names: Names) -> Text:
    left, dtype = _render(expr.left, names).text, expr.type.dtype
    if expr.type.is_python:
        return Text(f"python_divide_{dtype.value}({left}, {_nonzero(expr, names).text})")
    return Text(f"divide_{dtype.value}({left}, {_render(expr.right, names).text})")


def _power(expr: Binary, names: Names) -> Text:
    dtype = expr.type.dtype
    left, right = _render(expr.left, names).text, _render(expr.right, names).text
    if dtype.is_integer:
        macro = "POW_INT" if expr.type.is_python else f"POW_{dtype.value}"
        return Text(f"{macro}({left}, {right})")
    python = "python_" if expr.type.is_python else ""
    text = f"{_POWER.get(dtype, f'{python}power_{dtype.value}')}({left}, {right})"
    if not expr.type.is_python:
        return Text(text)
    return Text(f"FINITE_COMPLEX({text})" if dtype.is_complex else f"FINITE({text})")


_POWER = {DType.FLOAT64: "pow", DType.FLOAT32: "powf"}


def _shift(expr: Binary, names: Names) -> Text:
    left, right = _render(expr.left, names).text, _render(expr.right, names).text
    if expr.type.is_python:
        return Text(f"{expr.op.upper()}({left}, {right})")
    return Text(f"{expr.op}_{expr.type.dtype.value}({left}, {right})")


def _extreme(expr: Binary, names: Names) -> Text:
    if expr.type.dtype is DType.BOOL:
        return _infix(_BOOLEAN[expr.op], expr, names)
    first, second = expr.left, expr.right
    if isinstance(first, Const):
        first, second = second, first
    is_number = isinstance(second, Const) and second.value == second.value and expr.type.dtype.is_float
    wins = is_number and second is expr.right and second == Const(0.0, second.type)  # -0.0 too
    name = f"{expr.op}_{'zero_' if wins else 'number_' if is_number else ''}{expr.type.dtype.value}"
    return Text(f"{name}({_render(first, names).text}, {_render(second, names).text})")


_SPECIAL: dict[str, Callable[[Binary, Names], Text]] = {
    "floordiv": _division,
    "mod": _division,
    "pow": _power,
    "shl": _shift,
    "shr": _shift,
    "minimum": _extreme,
    "maximum": _extreme,
}

# ---- Cast -------------------------------------------------------------------------------------------------


def _cast(expr: Cast, names: Names) -> Text:
    source, target = expr.operand.type.dtype, expr.type.dtype
    inner = _render(expr.operand, names)
    if source is target:
        return inner
    if target is DType.BOOL:
        return Text(f"{inner.inside(SHIFT)} != 0", EQUALITY)
    if source.is_complex and not target.is_complex:
        inner = Text(f"{'crealf' if source is DType.COMPLEX64 else 'creal'}({inner.text})")
        source = source.real
    if isinstance(expr.operand, Const) and source is DType.INT64 and target is DType.FLOAT64:
        return _constant(float(expr.operand.value.real), expr)
    if target is DType.INT64 and expr.type.is_python:
        return _python_int(inner, source)
    if source.is_float and target.is_integer:
        inner = _through(inner, target)
    return Text(f"({c_type(target)}){inner.inside(UNARY)}", UNARY)


def _constant(value: float, expr: Cast) -> Text:
    text = literal(Const(value, expr.type))
    return Text(text, UNARY if text.startswith("-") else PRIMARY)


def _python_int(inner: Text, source: DType) -> Text:
    """Python's int: what leaves int64 fails."""
    if source.is_float:
        return Text(f"INT_OF({inner.text})")
    if source is DType.UINT64:
        return Text(f"INT_OF_UNSIGNED({inner.text})")
    return Text(f"(int64_t){inner.inside(UNARY)}", UNARY)


def _through(inner: Text, target: DType) -> Text:
    """A float becomes a small integer by way of a bigger signed one, as compilers do it for NumPy."""
    if target.bits < 32:
        return Text(f"(int32_t){inner.inside(UNARY)}", UNARY)
    if target is DType.UINT32:
        return Text(f"(int64_t){inner.inside(UNARY)}", UNARY)
    return inner
