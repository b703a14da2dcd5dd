"""Rebuilding that keeps the very nodes that did not change: what was found out about them stays valid."""

from collections.abc import Callable

from pyaot.ir.nodes import Stmt
from pyaot.ir.walk import Body, bodies_of, map_bodies


def with_bodies(change: Callable[[Body], Body], stmt: Stmt) -> Stmt:
    """The statement with its bodies changed; the statement itself where nothing did."""
    new = map_bodies(change, stmt)
    pairs = zip(bodies_of(stmt), bodies_of(new), strict=True)
    return stmt if all(are_same(before, after) for before, after in pairs) else new


def are_same(before: Body, after: Body) -> bool:
    """The same nodes in the same order."""
    return len(before) == len(after) and all(a is b for a, b in zip(before, after, strict=True))
