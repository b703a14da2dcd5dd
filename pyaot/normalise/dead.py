"""What nobody reads is not computed.

    x = i * 2          (x is never read)                 becomes nothing
    t = new float64[n]; t[i] = a[i]    (t is never read) becomes nothing

A statement stays where it may fail or warn: then the original program has its say.
"""

from msgspec.structs import replace

from pyaot.ir.failing import can_raise, can_warn
from pyaot.ir.mentions import read_by, set_by
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Function,
    Stmt,
    Store,
)
from pyaot.ir.walk import expressions_of, transform_body, walk_stmts
from pyaot.normalise.fold import fold_body
from pyaot.normalise.ranges import Ranges, find_ranges


def remove_dead(function: Function) -> Function:
    """The function without assignments, stores and arrays that nobody reads."""
    smaller = _once(function)
    while smaller != function:
        function, smaller = smaller, _once(smaller)
    return function


def kept_for_warnings(function: Function) -> frozenset[str]:
    """Variables and arrays that are computed because NumPy may warn: nothing else reads them."""
    needed = frozenset(param.name for param in function.params)
    statements = tuple(walk_stmts(function.body))
    while True:
        more = needed.union(*(_mentioned(stmt) for stmt in statements if _does_more(stmt, needed)))
        if more == needed:
            break
        needed = more
    idle = (stmt for stmt in statements if not _does_more(stmt, needed))
    return frozenset(
        stmt.name if isinstance(stmt, Assign) else stmt.array
        for stmt in idle
        if isinstance(stmt, Assign | Store) and any(map(can_warn, expressions_of(stmt)))
    )


def _does_more(stmt: Stmt, needed: frozenset[str]) -> bool:
    """It sets a needed name, or it may end the attempt."""
    match stmt:
        case Assign():
            return stmt.name in needed or any(map(can_raise, expressions_of(stmt)))
        case Store():
            return stmt.array in needed or stmt.checked or any(map(can_raise, expressions_of(stmt)))
        case Allocate():
            return stmt.name in needed
        case _:
            return True


def _once(function: Function) -> Function:
    """Where a loop became empty its bounds are needed no more: that shows in the next round."""
    ranges = find_ranges(function)
    needed = _needed(function, ranges)
    body = transform_body(lambda stmt: (stmt,) if _matters(stmt, needed, ranges) else (), function.body)
    return replace(function, body=fold_body(body)) if body != function.body else function


def _needed(function: Function, ranges: Ranges) -> frozenset[str]:
    """The names whose values matter: those that a statement which matters mentions."""
    needed = frozenset(param.name for param in function.params)
    statements = tuple(walk_stmts(function.body))
    while True:
        more = needed.union(*(_mentioned(stmt) for stmt in statements if _matters(stmt, needed, ranges)))
        if more == needed:
            return needed
        needed = more


def _matters(stmt: Stmt, needed: frozenset[str], ranges: Ranges) -> bool:
    """It sets a needed name, or it may do something else."""
    match stmt:
        case Assign():
            return stmt.name in needed or not _is_silent(stmt)
        case Store():
            return stmt.array in needed or stmt.checked or not _is_silent(stmt)
        case Allocate():
            counts = all(ranges.of(extent).low >= 0 for extent in stmt.shape)
            return stmt.name in needed or not counts or not _is_silent(stmt)
        case _:
            return True


def _is_silent(stmt: Stmt) -> bool:
    return not any(can_raise(expr) or can_warn(expr) for expr in expressions_of(stmt))


def _mentioned(stmt: Stmt) -> frozenset[str]:
    """The names in a statement, except the scalar that it sets."""
    own = () if isinstance(stmt, Assign) else set_by(stmt)
    return frozenset((*read_by(stmt), *own))
