"""A condition that keeps the lesser or the greater becomes a choice, which is a reduction.

if x[i] < m:                    m = x[i] if x[i] < m else m
    m = x[i]
"""

from collections.abc import Iterable

from pyaot.ir.build import cast, select
from pyaot.ir.nodes import Assign, Compare, Expr, If, Stmt, Var
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body
from pyaot.poly.reductions import without_origins

ORDERS = frozenset(("lt", "le", "gt", "ge"))


def with_choices(body: Iterable[Stmt]) -> Body:
    """The statements with such conditions, nested ones too, as choices."""
    return tuple(_choice(with_bodies(with_choices, stmt)) for stmt in body)


def _choice(stmt: Stmt) -> Stmt:
    match stmt:
        case If(Compare(op, left, right) as condition, (Assign(name, value) as kept,), ()) if op in ORDERS:
            for new, old in ((left, right), (right, left)):
                old = without_origins(old)
                if isinstance(old, Var) and old.name == name and _are_equal(new, value):
                    chosen = select(condition, cast(value, old.type), old)
                    return Assign(name, chosen, kept.span)
    return stmt


def _are_equal(a: Expr, b: Expr) -> bool:
    return without_origins(a) == without_origins(b)
