"""Neighbouring branches on one condition are one.

    if c: s                         if c:
    if c: t                             s
                                        t

Fused loops have such neighbours, and in one suite they share what they compute.
"""

from collections.abc import Mapping
from functools import partial

from msgspec.structs import replace

from pyaot.ir.mentions import expr_mentions, is_same, names_set
from pyaot.ir.nodes import Function, If, Stmt
from pyaot.ir.turns import may_leave
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, bound_together, with_others

Groups = Mapping[str, frozenset[str]]


def join_branches(function: Function) -> Function:
    """The function with such branches joined."""
    return replace(function, body=_joined(bound_together(function.body), function.body))


def _joined(groups: Groups, body: Body) -> Body:
    done: list[Stmt] = []
    for stmt in body:
        last = done[-1] if done else None
        if isinstance(stmt, If) and isinstance(last, If) and _are_one(last, stmt, groups):
            done[-1] = replace(
                last, then=(*last.then, *stmt.then), otherwise=(*last.otherwise, *stmt.otherwise)
            )
        else:
            done.append(stmt)
    return tuple(with_bodies(partial(_joined, groups), stmt) for stmt in done)


def _are_one(first: If, second: If, groups: Groups) -> bool:
    """Whether the condition is the same when the second branch starts."""
    if not is_same(first.condition, second.condition) or may_leave(first):
        return False
    return not with_others(names_set((first,)), groups) & set(expr_mentions(first.condition))
