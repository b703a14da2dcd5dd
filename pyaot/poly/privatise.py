"""A buffer that every iteration fills before it reads it is made anew in every iteration: the loop is free.

    t = empty(m)                            for i in range(n):                          parallel
    for i in range(n):                          t = empty(m)
        for j in range(m):                      for j in range(m):
            t[j] = a[i, j] * 2.0    becomes         t[j] = a[i, j] * 2.0
        for j in range(m):                      for j in range(m):
            b[i, j] = t[m - 1 - j]                  b[i, j] = t[m - 1 - j]

Only where nothing else keeps the loop from running in parallel.
"""

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.mentions import array_mentions
from pyaot.ir.nodes import Allocate, For, Stmt
from pyaot.ir.walk import Body
from pyaot.poly.dependences import FLOW, Dependence, carried_by, dependences_of
from pyaot.poly.marks import Verdict, judge
from pyaot.poly.regions import Region
from pyaot.poly.scop import LoopNode, Statement
from pyaot.poly.sets import points


class Privatisation(Struct, frozen=True):
    """Moves buffers into loops, region after region."""

    strict: bool

    def region(self, region: Region) -> Body:
        """The region with its buffers where they are used."""
        made = {stmt.name: stmt for stmt in region.body if isinstance(stmt, Allocate)}
        users = {name: self._only_user(made[name], region) for name in made}
        if not any(users.values()):
            return region.body
        body = region.body
        for verdict in judge(region, self.strict).values():
            loop = verdict.node.loop
            if any(user is loop for user in users.values()):
                own = {name for name, user in users.items() if user is loop}
                body = self._moved(body, verdict, own & self._buffers(verdict, region), made)
        return body

    def _only_user(self, made: Allocate, region: Region) -> For | None:
        """The loop that alone uses the array."""
        users = [s for s in region.body if s is not made and array_mentions((s,))[made.name]]
        if len(users) != 1 or not isinstance(users[0], For) or made.name in region.known.names.rebound:
            return None
        names = region.known.names
        is_inside = array_mentions((made, users[0]))[made.name] == names.mentions[made.name]
        return users[0] if is_inside and all(map(names.is_steady, made.shape)) else None

    def _buffers(self, verdict: Verdict, region: Region) -> set[str]:
        """What the loop carries, if all of it is filled before it is read; else nothing."""
        if verdict.is_free or verdict.blocker:
            return set()
        explained = {reduction.name for reduction in verdict.reductions}
        found = dependences_of(region)
        carried = {d.name for d in carried_by(verdict.node, found)} - explained
        return carried if all(_is_filled(name, verdict.node, region, found) for name in carried) else set()

    def _moved(self, body: Body, verdict: Verdict, names: set[str], made: dict[str, Allocate]) -> Body:
        """All that the loop carries must go, else moving is of no use."""
        loop = verdict.node.loop
        if verdict.obstacle is None or verdict.obstacle.name not in names:
            return body
        inner = tuple(replace(made[name], fill=None) for name in sorted(names))
        new: Stmt = replace(loop, body=(*inner, *loop.body))
        return tuple(
            new if stmt is loop else stmt
            for stmt in body
            if not (isinstance(stmt, Allocate) and stmt.name in names)
        )


def _is_filled(name: str, node: LoopNode, region: Region, found: tuple[Dependence, ...]) -> bool:
    """Whether every read of the array finds what the same iteration of the loop has written."""
    for statement in region.scop().statements:
        if not any(access.name == name and access.is_read for access in statement.accesses):
            continue
        if not _is_covered(statement, name, node, region, found):
            return False
    return True


def _is_covered(
    reader: Statement, name: str, node: LoopNode, region: Region, found: tuple[Dependence, ...]
) -> bool:
    reads = [access for access in reader.accesses if access.name == name and access.is_read]
    if not all(access.is_exact and not access.is_scalar for access in reads) or len(reads) != 1:
        return False
    open_instances = points(reader.name, reader.dims, reader.domain).under(region.scop().context)
    for dependence in found:
        if dependence.kind != FLOW or dependence.name != name or dependence.sink is not reader:
            continue
        if dependence.carrier is not None and dependence.carrier.key <= node.key:
            continue
        writes = [a for a in dependence.source.accesses if a.name == name and a.is_write]
        if all(access.is_exact for access in writes):
            open_instances = open_instances.minus(dependence.relation.sinks())
    return open_instances.is_empty()
