"""Which functions report IEEE flags, and which of the flags can be believed.

A comparison with NaN and most vector functions of libmvec set 'invalid' where NumPy would not warn. Where a
function has such operations the entry reports the flag only if no NaN went in, and with vector functions only
if one came out. Vector functions under a condition set flags for lanes that it leaves out: 'divide' and
'overflow' are then reported only if an infinity came out and none went in.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from pyaot.backends.c_storage import evaluated
from pyaot.backends.c_text import words
from pyaot.ir.failing import can_warn
from pyaot.ir.functions import is_exact
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Expr,
    For,
    Function,
    If,
    LibraryCall,
    Select,
    Stmt,
    Var,
)
from pyaot.ir.types import Origin
from pyaot.ir.walk import (
    Body,
    bodies_of,
    scalars_assigned,
    scalars_read,
    sub_expressions,
    walk_expr,
    walk_stmts,
)
from pyaot.normalise.dead import kept_for_warnings

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


def may_miss_errors(function: Function) -> bool:
    """Whether it may meet errors and not tell: integers that wrap, results that a condition uses, or nobody.

    Compilers mask an operation whose result is used under a condition only, and leave out unread sums.
    """
    if function.wraps:
        return True
    unread = scalars_assigned(function.body) - scalars_read(function.body)
    if kept_for_warnings(function) - unread:
        return True
    bodies = [function.body, *(body for stmt in walk_stmts(function.body) for body in bodies_of(stmt))]
    return any(not _risky_in(body) <= unread | _read_always(body) for body in bodies)


def _risky_in(body: Body) -> set[str]:
    return {stmt.name for stmt in body if isinstance(stmt, Assign) and can_warn(stmt.value)}


def _read_always(body: Body) -> set[str]:
    """The scalars that are read whatever conditions say."""
    names: set[str] = set()
    waiting = list(body)
    while waiting:
        stmt = waiting.pop()
        names |= {node.name for expr in evaluated(stmt) for node in _always(expr) if isinstance(node, Var)}
        if not isinstance(stmt, If):
            waiting += [inner for part in bodies_of(stmt) for inner in part]
    return names


def _always(expr: Expr) -> Iterator[Expr]:
    """The expression and its parts, but not what only one arm of a choice evaluates."""
    yield expr
    inner = (expr.condition,) if isinstance(expr, Select) else sub_expressions(expr)
    for part in inner:
        yield from _always(part)


class Doubts(Struct, frozen=True):
    """Which flags may be set although no operation of NumPy's has met that error."""

    of_nan: bool  # 'invalid', where a NaN is compared
    of_invalid: bool  # 'invalid', in any case
    of_masked: bool  # 'divide' and 'overflow', by lanes that a condition leaves out


def doubts(function: Function, strict: bool) -> Doubts:
    """The doubts about a function's flags."""
    nodes = tuple(_nodes(function.body))
    if any(isinstance(node, Cast) and _to_integer(node) for node in nodes):
        return Doubts(False, False, not strict and _calls_under_conditions(function))
    calls = not strict and any(isinstance(node, Call) and _rounds(node) for node in nodes)
    library = any(isinstance(stmt, LibraryCall) for stmt in walk_stmts(function.body))
    compares = any(map(_compares, nodes))
    return Doubts(compares, calls or (compares and library), not strict and _calls_under_conditions(function))


def _calls_under_conditions(function: Function) -> bool:
    """Whether a loop calls a function in some turns only: as vectors they are called in all."""
    loops = [stmt for stmt in walk_stmts(function.body) if isinstance(stmt, For)]
    inside = [inner for loop in loops for inner in walk_stmts(loop.body)]
    branches = [(*stmt.then, *stmt.otherwise) for stmt in inside if isinstance(stmt, If)]
    chosen = [expr for branch in branches for expr in _nodes(branch)]
    for expr in _nodes(inside):
        if isinstance(expr, Select):
            chosen += [*walk_expr(expr.if_true), *walk_expr(expr.if_false)]
    return any(isinstance(node, Call) and _rounds(node) for node in chosen)


def _rounds(node: Call) -> bool:
    """Whether it is one of the functions that the C library may have as vector code."""
    dtype = node.args[0].type.dtype
    return dtype.is_float and not is_exact(node.function, dtype)


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
    is_numpy = node.type.origin is Origin.NUMPY  # Python's int() of NaN fails
    return is_numpy and node.operand.type.dtype.kind in "fc" and node.type.dtype.is_integer


def _compares(node: Expr) -> bool:
    """Whether it compares floats, which sets 'invalid' for NaN."""
    match node:
        case Compare():
            return node.op in _ORDERED and node.left.type.dtype.kind in "fc"
        case Binary():
            return node.op in _COMPARING and node.type.dtype.kind in "fc"
        case Call():
            return node.function == "sign" and node.args[0].type.dtype.is_float
        case _:
            return False
