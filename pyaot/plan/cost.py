"""When a version pays: what it costs beside its loops, against what the original's loops cost.

    NumPy version of `for i in range(n): for j in range(m): ...`      n * m * 3 >= 64
    native version of a function of list[float] x                     work >= 2 * x.shape[0]

A native version without lists pays as soon as there is work: a kernel starts within the time of a few dozen
operations of Python. A function without a loop is left to the original, unless PYAOT_VERSION asks for more,
and so is one that is a single call of a library, `return a @ b`: NumPy makes the same call.
"""

from collections.abc import Iterable, Iterator
from functools import reduce

from pyaot.ir.build import add, compare, dim, i64, int_of, mul
from pyaot.ir.nodes import (
    Allocate,
    Bind,
    Const,
    Dim,
    Expr,
    For,
    Function,
    If,
    LibraryCall,
    Loop,
    Return,
    Stmt,
    Var,
)
from pyaot.ir.types import Array
from pyaot.ir.walk import Body, scalars_assigned, walk_expr, walk_stmts
from pyaot.plan.guards import Holds, boxed_params, has_work

# Operations of a Python loop that take as long as the start of a NumPy version with its slices.
NUMPY_START = 64
# Those that take as long as the guard and start of a kernel.
KERNEL_START = 20
# Those that take as long as the way of one element from its list and back.
ELEMENT_OF_LIST = 2


def pays_ever(function: Function) -> bool:
    """Whether some arguments make a kernel faster than the original."""
    if not has_work(function) or _is_one_call(function):
        return False
    work = _total_work(function)
    is_all = not any(map(_is_unknown, walk_stmts(function.body)))
    return not (is_all and isinstance(work, Const) and int_of(work) < KERNEL_START)


def _is_unknown(stmt: Stmt) -> bool:
    """A loop of which nobody can tell how long it takes."""
    return isinstance(stmt, Loop) or (isinstance(stmt, For) and stmt.marks.work is None)


def _is_one_call(function: Function) -> bool:
    """Nothing but a call of a library, or the loops of one array operator that are such a call."""
    match [stmt for stmt in function.body if not isinstance(stmt, Allocate | Bind | Return)]:
        case [LibraryCall()]:
            return True
        case [If(then=(LibraryCall(),)) as either]:
            return not any(isinstance(stmt, For) and stmt.label for stmt in walk_stmts(either.otherwise))
        case _:
            return False


def worthwhile(function: Function, target: str) -> Holds | None:
    """The condition under which the version beats the original; None where it always does or nobody knows."""
    work = _total_work(function)
    if work is None:
        return None
    reason = "the work is too small to pay for it"
    if target == "numpy":
        return Holds(compare("ge", work, i64(NUMPY_START)), reason)
    lists = boxed_params(function)
    if not lists:
        return None
    elements = _sum(_size(p.name, p.type) for p in lists if isinstance(p.type, Array))
    return Holds(compare("ge", work, mul(i64(ELEMENT_OF_LIST), elements)), reason)


def _total_work(function: Function) -> Expr | None:
    """The estimated work of the outermost loops, as far as it follows from the parameters."""
    known = list(_known_work(function, function.body))
    return _sum(known) if known else None


def _known_work(function: Function, body: Body) -> Iterator[Expr]:
    known = {param.name for param in function.params} - scalars_assigned(function.body)
    for stmt in body:
        if isinstance(stmt, For) and stmt.marks.work is not None and _is_over(stmt.marks.work, known):
            yield stmt.marks.work
        elif isinstance(stmt, If):  # a call of a library stands for the loops of the other branch
            yield from _known_work(function, stmt.otherwise or stmt.then)


def _is_over(expr: Expr, known: set[str]) -> bool:
    """Whether the expression reads parameters and extents only."""
    nodes = list(walk_expr(expr))
    names = {n.name for n in nodes if isinstance(n, Var)} | {n.array for n in nodes if isinstance(n, Dim)}
    return names <= known


def _size(name: str, type: Array) -> Expr:
    extents: list[Expr] = [dim(name, axis) for axis in range(type.rank)]
    return reduce(mul, extents)


def _sum(terms: Iterable[Expr]) -> Expr:
    return reduce(add, terms)
