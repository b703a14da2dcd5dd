"""The types of expressions agree, as `nodes.py` says they must."""

from collections.abc import Callable, Mapping
from typing import assert_never

from msgspec import Struct

from pyaot.ir.functions import PURE, accepts, result_type
from pyaot.ir.nodes import Binary, Call, Cast, Compare, Const, Dim, Expr, Load, Select, Unary, Var
from pyaot.ir.show import show_expr
from pyaot.ir.types import PY_INT, Array, DType, Origin, Scalar
from pyaot.ir.walk import walk_expr


class IRError(Exception):
    """A function of the IR breaks a rule of the IR: a fault of the pass that made it."""


class Names(Struct, frozen=True):
    """The types of all names of a function."""

    scalars: Mapping[str, Scalar]
    arrays: Mapping[str, Array]


# The kinds of dtype that an operation takes: of bool only NumPy's add and mul (they are or, and).
_BINARY_KINDS = {
    "add": "biufc",
    "sub": "iufc",
    "mul": "biufc",
    "truediv": "fc",
    "floordiv": "iuf",
    "mod": "iuf",
    "pow": "iufc",
    "bitand": "biu",
    "bitor": "biu",
    "bitxor": "biu",
    "shl": "iu",
    "shr": "iu",
    "minimum": "biuf",
    "maximum": "biuf",
}
_UNARY_KINDS = {"neg": "iufc", "invert": "biu", "not": "b"}
_COMPARISONS = {"eq", "ne", "lt", "le", "gt", "ge"}
_PYTHON_DTYPES = {DType.BOOL, DType.INT64, DType.FLOAT64, DType.COMPLEX128}


def check_expr(expr: Expr, names: Names) -> None:
    """Every node in the expression is well typed."""
    for node in walk_expr(expr):
        problem = _problem(node, names)
        if problem:
            raise IRError(f"{problem}: {show_expr(node)}")


def require_dtype(expr: Expr, dtype: DType, what: str) -> None:
    """The expression has that dtype."""
    if expr.type.dtype is not dtype:
        raise IRError(f"{what} must be {dtype.value}, not {expr.type.dtype.value}: {show_expr(expr)}")


def _problem(node: Expr, names: Names) -> str:
    """What is wrong with the node itself; "" where nothing is."""
    if node.type.origin is Origin.PYTHON and node.type.dtype not in _PYTHON_DTYPES:
        return f"Python has no {node.type.dtype.value}"
    match node:
        case Const():
            return "" if _fits(node) else f"no constant of {node.type.dtype.value}"
        case Var():
            known = names.scalars.get(node.name)
            return "" if known == node.type else f"the variable is {known}, not {node.type}"
        case Dim():
            return _dim_problem(node, names)
        case Load():
            return _load_problem(node, names)
        case Unary():
            return _unary_problem(node)
        case Binary():
            return _binary_problem(node)
        case Compare():
            return _compare_problem(node)
        case Select():
            return _select_problem(node)
        case Cast():
            return ""
        case Call():
            return _call_problem(node)
        case _:
            assert_never(node)


# The Python type of a constant of each kind.
_FITS: dict[str, Callable[[object], bool]] = {
    "b": lambda value: isinstance(value, bool),
    "i": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "u": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "f": lambda value: isinstance(value, float),
    "c": lambda value: isinstance(value, complex),
}


def _fits(node: Const) -> bool:
    dtype, value = node.type.dtype, node.value
    if not _FITS[dtype.kind](value):
        return False
    if not isinstance(value, int) or not dtype.is_integer:
        return True
    limit: int = 2 ** (dtype.bits - 1)
    return -limit <= value < limit if dtype.kind == "i" else 0 <= value < 2 * limit


def _dim_problem(node: Dim, names: Names) -> str:
    array = names.arrays.get(node.array)
    if array is None:
        return f"no array {node.array}"
    return "" if node.type == PY_INT and 0 <= node.axis < array.rank else "no such extent"


def _load_problem(node: Load, names: Names) -> str:
    array = names.arrays.get(node.array)
    if array is None:
        return f"no array {node.array}"
    if len(node.subscripts) != array.rank:
        return f"{len(node.subscripts)} subscripts, but rank {array.rank}"
    if any(subscript.type.dtype is not DType.INT64 for subscript in node.subscripts):
        return "a subscript is not int64"
    return "" if node.type == array.element else f"the array holds {array.element}"


def _unary_problem(node: Unary) -> str:
    if node.op not in _UNARY_KINDS:
        return f"no operation {node.op}"
    if node.op == "invert" and node.type.is_python and node.type.dtype is DType.BOOL:
        return "~ of Python's bool is an int"
    if node.type.dtype.kind not in _UNARY_KINDS[node.op]:
        return f"{node.op} does not take {node.type.dtype.value}"
    return "" if node.operand.type.dtype is node.type.dtype else "the operand's dtype differs"


def _binary_problem(node: Binary) -> str:
    if node.op not in _BINARY_KINDS:
        return f"no operation {node.op}"
    of_python_bool = node.type.is_python and node.type.dtype is DType.BOOL
    if node.type.dtype.kind not in _BINARY_KINDS[node.op] or (of_python_bool and node.op in ("add", "mul")):
        return f"{node.op} does not take {node.type.dtype.value}"
    agree = node.left.type.dtype is node.type.dtype is node.right.type.dtype
    return "" if agree else "the operands' dtypes differ from the result's"


def _compare_problem(node: Compare) -> str:
    if node.op not in _COMPARISONS:
        return f"no comparison {node.op}"
    if node.type.dtype is not DType.BOOL:
        return "a comparison is a bool"
    if node.left.type.dtype is not node.right.type.dtype:
        return "the operands' dtypes differ"
    ordered = node.op not in ("eq", "ne")
    return "complex numbers have no order" if ordered and node.left.type.dtype.is_complex else ""


def _select_problem(node: Select) -> str:
    if node.condition.type.dtype is not DType.BOOL:
        return "a condition is a bool"
    agree = node.if_true.type.dtype is node.type.dtype is node.if_false.type.dtype
    return "" if agree else "the branches' dtypes differ from the result's"


def _call_problem(node: Call) -> str:
    known = PURE.get(node.function)
    if known is None or len(node.args) != known.arity:
        return f"no function {node.function} of {len(node.args)}"
    dtypes = {arg.type.dtype for arg in node.args}
    if len(dtypes) > 1:
        return "the arguments' dtypes differ"
    origin = Origin.PYTHON if node.type.is_python else Origin.NUMPY
    (dtype,) = dtypes
    if not accepts(node.function, dtype, origin):
        return f"{node.function} does not take {origin.value} {dtype.value}"
    gives = result_type(node.function, dtype, node.type.origin).dtype
    return "" if gives is node.type.dtype else f"{node.function} gives {gives.value}"
