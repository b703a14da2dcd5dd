"""What stands between loops but does not depend on them moves before them: the loops become neighbours.

    for i: t[i] = ...                       allocate u
    allocate u                              check(Dim(a, 0) == n)
    check(Dim(a, 0) == n)       becomes     for i: t[i] = ...
    for i: u[i] = t[i]                      for i: u[i] = t[i]

A check that fails earlier than it did is no difference: the whole attempt fails either way.
"""

from collections.abc import Sequence

from pyaot.ir.mentions import array_mentions
from pyaot.ir.nodes import Allocate, Assign, Check, For, Load, Stmt
from pyaot.ir.walk import Body, arrays_written, scalars_assigned, scalars_read, walk_exprs
from pyaot.poly.extract import is_static
from pyaot.poly.scalars import ScalarFlow


def hoisted(body: Sequence[Stmt], mixed: frozenset[str] = frozenset()) -> Body:
    """The statements in an order in which more loops are neighbours."""
    return tuple(body[position] for position in hoisted_order(body, mixed))


def hoisted_order(body: Sequence[Stmt], mixed: frozenset[str]) -> list[int]:
    """That order, as positions in the body; the arrays in `mixed` may be one another."""
    flow = ScalarFlow()
    done: list[int] = []
    for position, stmt in enumerate(body):
        place = len(done)
        if isinstance(stmt, Allocate | Assign | Check):
            while place and _may_pass(stmt, body[done[place - 1]], flow, mixed):
                place -= 1
            place = _before_loop([body[number] for number in done], place)
        done.insert(place, position)
    return done


def _before_loop(done: Sequence[Stmt], place: int) -> int:
    """Moving is worth it only past a loop; among simple statements the order of the text stays."""
    while place < len(done) and not isinstance(done[place], For):
        place += 1
    return place


def _may_pass(stmt: Stmt, other: Stmt, flow: ScalarFlow, mixed: frozenset[str]) -> bool:
    if not isinstance(other, For | Allocate | Assign | Check) or not is_static(other, flow):
        return False
    reads, sets = scalars_read((stmt,)), scalars_assigned((stmt,))
    if (reads | sets) & scalars_assigned((other,)) or sets & scalars_read((other,)):
        return False
    read = {e.array for e in walk_exprs((stmt,)) if isinstance(e, Load)}
    written = arrays_written((other,))
    if read & (written | mixed if written & mixed else written):
        return False
    if read and isinstance(other, Check):
        return False  # it may be what keeps the subscripts in range
    mentioned = array_mentions((stmt,)).keys()
    made = {other.name} if isinstance(other, Allocate) else set()
    if mentioned & made:
        return False
    return not (isinstance(stmt, Allocate) and stmt.name in array_mentions((other,)))
