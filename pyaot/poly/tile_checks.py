"""Checks in a nest that cannot fail are dropped; those that are the same in all turns are asked before it.

for i in range(n):                          where `n == m`, and elsewhere the nest as it was:
    check n - i >= 0                        for i in range(n):
    check n - i == m - i                        a[i] = ...
    a[i] = ...
"""

from collections.abc import Sequence

from msgspec.structs import replace

from pyaot.ir.build import compare
from pyaot.ir.nodes import Check, Compare, Expr, For, Stmt
from pyaot.ir.walk import Body, scalars_assigned, transform_body, walk_stmts
from pyaot.poly.index_sums import IndexSum, Naming, index_sum
from pyaot.poly.regions import Region
from pyaot.poly.scop import Statement
from pyaot.poly.sets import conjunction, points
from pyaot.poly.tiles import compared

# What contradicts a comparison with zero.
_OPPOSITES = {"ge": ("<",), "gt": ("<=",), "le": (">",), "lt": (">=",), "eq": ("<", ">")}


def with_checks_before(root: For, region: Region) -> tuple[For, tuple[Expr, ...]]:
    """The nest with fewer checks, and conditions under which it is that nest."""
    if not any(isinstance(stmt, Check) for stmt in walk_stmts((root,))):
        return root, ()
    indices = frozenset(stmt.index for stmt in walk_stmts((root,)) if isinstance(stmt, For))
    changing = indices | scalars_assigned((root,))
    statements = {id(statement.stmt): statement for statement in region.scop().statements}
    conditions: list[Expr] = []

    def kept(stmt: Stmt) -> Body:
        found = _against_zero(stmt)
        if found is None:
            return (stmt,)
        sum, op = found
        if not sum.variables & changing:
            conditions.append(compare(op, sum.expression(), 0))
            return ()
        holds = _holds(sum, op, statements[id(stmt)], region, indices) if id(stmt) in statements else False
        return () if holds else (stmt,)

    (nest,) = transform_body(kept, (root,))
    assert isinstance(nest, For)
    return nest, tuple(dict.fromkeys(conditions))


def known_there(region: Region, conditions: Sequence[Expr]) -> Region:
    """The region where the conditions hold."""
    known = region.known
    for condition in conditions:
        known = known.given(condition)
    return replace(region, known=known)


def _against_zero(stmt: Stmt) -> tuple[IndexSum, str] | None:
    if not isinstance(stmt, Check) or not isinstance(stmt.condition, Compare):
        return None
    op, left, right = stmt.condition.op, index_sum(stmt.condition.left), index_sum(stmt.condition.right)
    return (left.minus(right), op) if left is not None and right is not None and op in _OPPOSITES else None


def _holds(sum: IndexSum, op: str, statement: Statement, region: Region, indices: frozenset[str]) -> bool:
    """The comparison is true wherever the statement runs."""
    scop, naming = region.scop(), Naming(region.known.reader(), indices, {})
    violated = (compared(sum, opposite, IndexSum(), naming) for opposite in _OPPOSITES[op])
    domains = (conjunction((statement.domain, one)) for one in violated)
    return all(
        points(statement.name, statement.dims, domain).under(scop.context).is_empty() for domain in domains
    )
