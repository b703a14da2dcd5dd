"""What an element gets from those before it, it gets as soon as they are final: rows instead of columns.

    for j in range(i):                              for k in range(i):
        for k in range(j):                              a[i, k] = a[i, k] / a[k, k]
            a[i, j] = a[i, j] - a[i, k] * a[k, j]       for j in range(k + 1, i):
        a[i, j] = a[i, j] / a[j, j]                         a[i, j] = a[i, j] - a[i, k] * a[k, j]

Of a triangle over j and k < j the updates run k by k, and what ended turn j comes when no k < j is left.
Every element is updated in the same order as before. It pays where j has the better strides.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pyaot.ir.build import add, unchecked
from pyaot.ir.nodes import Assign, Check, For, If, Stmt, Store, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, bodies_of, scalars_assigned, substitute, walk_stmts
from pyaot.poly.dependences import Dependence, dependences_of, is_too_large
from pyaot.poly.regions import Region
from pyaot.poly.scalars import scalars_in
from pyaot.poly.scop import Statement
from pyaot.poly.strides import access_cost, accesses


@dataclass(frozen=True)
class Triangle:
    """`for j: (for k < j: updates); endings`."""

    outer: For
    inner: For
    endings: Body


@dataclass
class EagerUpdates:
    """Turns such triangles, region after region; `turned` gathers their outer loops."""

    turned: list[For] = field(default_factory=list)

    def region(self, region: Region) -> Body:
        """The region with the updates of its triangles made early."""
        found = [t for s in walk_stmts(region.body) if (t := _triangle(s)) is not None and _is_cheaper(t)]
        if not found or is_too_large(region.scop()):
            return region.body
        legal = [t for t in found if _is_legal(t, dependences_of(region))]
        self.turned.extend(triangle.outer for triangle in legal)
        return _with_turned(region.body, {id(triangle.outer): triangle for triangle in legal})


def _with_turned(body: Body, triangles: dict[int, Triangle]) -> Body:
    def turned(stmt: Stmt) -> Stmt:
        if id(stmt) in triangles:
            return _turned(triangles[id(stmt)])
        return with_bodies(lambda inner: _with_turned(inner, triangles), stmt)

    return tuple(turned(stmt) for stmt in body) if triangles else body


def _triangle(stmt: Stmt) -> Triangle | None:
    """A loop that holds a loop up to its own index, and what comes after that."""
    if not (isinstance(stmt, For) and stmt.body and isinstance(stmt.body[0], For)):
        return None
    inner, endings = stmt.body[0], stmt.body[1:]
    if any(loop.step != 1 or loop.start.type != PY_INT for loop in (stmt, inner)):
        return None
    if inner.stop != Var(stmt.index, PY_INT) or inner.start != stmt.start:
        return None
    if not endings or not all(map(_is_simple, (*inner.body, *endings))):
        return None
    changing = scalars_assigned(stmt.body) | {stmt.index, inner.index}
    if scalars_assigned(stmt.body) or scalars_in(stmt.start, stmt.stop) & changing:
        return None
    return Triangle(stmt, inner, endings)


def _is_simple(stmt: Stmt) -> bool:
    inner = (part for body in bodies_of(stmt) for part in body)
    return isinstance(stmt, Assign | Store | Check | If) and all(map(_is_simple, inner))


def _is_cheaper(triangle: Triangle) -> bool:
    """Whether the updates have better strides along the outer loop."""

    def cost(index: str) -> float:
        return sum(access_cost(access.subscripts, index) for access in accesses(triangle.inner.body))

    return cost(triangle.outer.index) + 0.5 < cost(triangle.inner.index)


def _turned(triangle: Triangle) -> For:
    outer, inner = triangle.outer, triangle.inner
    last = Var(inner.index, PY_INT)
    row = replace(outer, start=unchecked(add(last, 1)), body=inner.body)
    endings = substitute(triangle.endings, {outer.index: last})
    return replace(inner, stop=outer.stop, body=(*endings, row))


# ---- the order of instances: at k first the ending of k, then the updates by k ----------------------------


def _is_legal(triangle: Triangle, dependences: Iterable[Dependence]) -> bool:
    return not any(_is_broken(d, triangle) for d in dependences if _is_within(d, triangle.outer))


def _is_within(dependence: Dependence, outer: For) -> bool:
    ends = (dependence.source, dependence.sink)
    return all(any(node.loop is outer for node in end.loops) for end in ends)


def _is_broken(dependence: Dependence, triangle: Triangle) -> bool:
    """Whether some pair of it, within one iteration of the loops around, would change places."""
    depth = next(n for n, node in enumerate(dependence.source.loops) if node.loop is triangle.outer)
    around = dependence.source.dims[:depth]
    pairs = dependence.relation.together_in(*around)
    first, last = _step(dependence.source, triangle), _step(dependence.sink, triangle)
    if not pairs.source_behind(first, last).is_empty():
        return True
    in_step = pairs.aligned([(first, last)])
    if _is_update(dependence.source, triangle) and _is_update(dependence.sink, triangle):
        j = dependence.source.dims[depth]
        return not in_step.source_behind(j, j).is_empty()
    return _is_update(dependence.source, triangle) and not in_step.is_empty()


def _is_update(statement: Statement, triangle: Triangle) -> bool:
    return any(node.loop is triangle.inner for node in statement.loops)


def _step(statement: Statement, triangle: Triangle) -> str:
    """The dimension that says at which k of the new outer loop an instance runs."""
    loop = triangle.inner if _is_update(statement, triangle) else triangle.outer
    return next(node.index for node in statement.loops if node.loop is loop)
