"""Which functions report IEEE flags, and whether their flag 'invalid' can be believed.

A comparison with NaN and most vector functions of libmvec set 'invalid' where NumPy would not warn. Where a
function has such operations the entry reports the flag only if a NaN came out and none went in.
"""

from collections.abc import Iterable, Iterator

from pyaot.backends.c_storage import evaluated
from pyaot.backends.c_text import words
from pyaot.ir.nodes import Allocate, Binary, Call, Cast, Compare, Const, Expr, Function, LibraryCall, Stmt
from pyaot.ir.types import Origin
from pyaot.ir.walk import walk_expr, walk_stmts

# Functions that libmvec has for vectors, by their names in math.h; not those whose flags mislead.
VECTOR_MATH = words(
    "exp log pow sin cos tan asin acos atan sinh cosh tanh atanh exp2 expm1 log2 log10 cbrt erf erfc atan2"
)

# Operations that compare within.
_COMPARING = frozenset({"minimum", "maximum", "pow", "floordiv", "mod"})
_ORDERED = frozenset({"lt", "le", "gt", "ge"})


def sets_flags(body: Iterable[Stmt]) -> bool:
    """Whether the statements do floating-point work of NumPy's, which warns by IEEE flags."""
    return any(map(_sets_flags, _nodes(body)))


def can_meet_errors(function: Function) -> bool:
    """Whether NumPy may warn of floating-point errors in any version of the function."""
    calls = any(isinstance(stmt, LibraryCall) for stmt in walk_stmts(function.body))
    return calls or sets_flags(function.body)


def is_doubtful(function: Function, strict: bool) -> bool:
    """Whether 'invalid' may be set although no operation of NumPy's was invalid."""
    nodes = tuple(_nodes(function.body))
    if any(isinstance(node, Cast) and _to_integer(node) for node in nodes):
        return False
    return any(_disturbs(node, strict) for node in nodes)


def holds_nan_constant(function: Function) -> bool:
    """Whether the program itself makes NaN, which no operation made."""
    constants = [node.value for node in _nodes(function.body) if isinstance(node, Const)]
    constants += [s.fill.value for s in walk_stmts(function.body) if isinstance(s, Allocate) and s.fill]
    return any(value != value for value in constants)


def _nodes(body: Iterable[Stmt]) -> Iterator[Expr]:
    for stmt in walk_stmts(body):
        for expr in evaluated(stmt):
            yield from walk_expr(expr)


def _sets_flags(expr: Expr) -> bool:
    if expr.type.origin is Origin.PYTHON:
        return False
    match expr:
        case Binary():
            is_float = expr.type.dtype.kind in "fc"
            return (is_float and expr.op not in ("minimum", "maximum")) or _least_by_minus_one(expr)
        case Call():
            return expr.args[0].type.dtype.kind in "fc"
        case Cast():
            source, target = expr.operand.type.dtype, expr.type.dtype
            return source.kind in "fc" and source is not target
        case _:
            return False


def _least_by_minus_one(node: Binary) -> bool:
    other = isinstance(node.right, Const) and node.right.value != -1
    return node.op == "floordiv" and node.type.dtype.kind == "i" and not other


def _to_integer(node: Cast) -> bool:
    return node.operand.type.dtype.kind in "fc" and node.type.dtype.is_integer


def _disturbs(node: Expr, strict: bool) -> bool:
    match node:
        case Compare():
            return node.op in _ORDERED and node.left.type.dtype.kind in "fc"
        case Binary():
            return node.op in _COMPARING and node.type.dtype.kind in "fc"
        case Call():
            return node.function == "sign" or (not strict and node.args[0].type.dtype.is_float)
        case _:
            return False
