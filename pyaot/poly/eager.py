"""What an element gets from those before it, it gets as soon as they are final: rows instead of columns.

    for j in range(i):                              for k in range(i):
        for k in range(j):                              a[i, k] = a[i, k] / a[k, k]
            a[i, j] = a[i, j] - a[i, k] * a[k, j]       for j in range(k + 1, i):
        a[i, j] = a[i, j] / a[j, j]                         a[i, j] = a[i, j] - a[i, k] * a[k, j]

Of a triangle over j and k < j the updates run k by k, and what begins and ends turn j comes when no k < j is
left. Every element is updated in the same order as before, but for updates that commute: they come before
what begins the turn. Where that is a plain store the element begins with what changes nothing. It pays where
j has the better strides.
"""

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import add, unchecked
from pyaot.ir.nodes import Assign, Check, Const, For, If, Stmt, Store, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, bodies_of, scalars_assigned, scalars_read, substitute, walk_stmts
from pyaot.poly.commuting import Commuting, Operation, exact_update, neutral, updated_by
from pyaot.poly.dependences import FLOW, Dependence, dependences_of, is_too_large
from pyaot.poly.regions import Region
from pyaot.poly.scalars import scalars_in
from pyaot.poly.scop import Statement
from pyaot.poly.sets import Set
from pyaot.poly.strides import access_cost, accesses


class Triangle(Struct, frozen=True):
    """`for j: heads; (for k < j: updates); endings`; `first`: the store by which a head makes the element."""

    outer: For
    heads: Body
    inner: For
    endings: Body
    commuting: Commuting | None = None
    first: Store | None = None


class EagerUpdates(Struct):
    """Turns such triangles, region after region; `turned` gathers their outer loops."""

    taken: set[str]
    turned: list[For] = field(default_factory=list)

    def region(self, region: Region) -> Body:
        """The region with the updates of its triangles made early."""
        found = [t for s in walk_stmts(region.body) if (t := _triangle(s)) is not None and _is_cheaper(t)]
        if not found or is_too_large(region.scop()):
            return region.body
        context = region.scop().context
        legal = [t for t in found if _is_legal(t, dependences_of(region), context)]
        self.turned.extend(triangle.outer for triangle in legal)
        return self._with_turned(region.body, {id(triangle.outer): triangle for triangle in legal})

    def _with_turned(self, body: Body, triangles: dict[int, Triangle]) -> Body:
        return tuple(new for stmt in body for new in self._stmt(stmt, triangles)) if triangles else body

    def _stmt(self, stmt: Stmt, triangles: dict[int, Triangle]) -> Body:
        if id(stmt) not in triangles:
            return (with_bodies(lambda inner: self._with_turned(inner, triangles), stmt),)
        triangle = triangles[id(stmt)]
        if triangle.first is None or triangle.commuting is None:
            return (_turned(triangle),)
        index = fresh(triangle.outer.index, self.taken)
        self.taken.add(index)
        return (_begun(triangle.outer, triangle.first, triangle.commuting, index), _turned(triangle))


def _triangle(stmt: Stmt) -> Triangle | None:
    """A loop that holds one loop, up to its own index, among simple statements."""
    if not isinstance(stmt, For) or sum(isinstance(inner, For) for inner in stmt.body) != 1:
        return None
    place = next(n for n, inner in enumerate(stmt.body) if isinstance(inner, For))
    heads, inner, endings = stmt.body[:place], stmt.body[place], stmt.body[place + 1 :]
    assert isinstance(inner, For)
    if any(loop.step != 1 or loop.start.type != PY_INT for loop in (stmt, inner)):
        return None
    if inner.stop != Var(stmt.index, PY_INT) or inner.start != stmt.start:
        return None
    if not (heads or endings) or not all(map(_is_simple, (*heads, *inner.body, *endings))):
        return None
    assigned = scalars_assigned(stmt.body)
    if assigned & scalars_read((inner,)) or scalars_assigned(inner.body):
        return None
    if scalars_in(stmt.start, stmt.stop) & (assigned | {stmt.index, inner.index}):
        return None
    return _with_commuting(Triangle(stmt, heads, inner, endings))


def _with_commuting(triangle: Triangle) -> Triangle:
    """The triangle with those of its statements that update elements in any order."""
    updates = [stmt for stmt in triangle.inner.body if isinstance(stmt, Store)]
    operations = {exact_update(update) for update in updates}
    arrays = {update.array for update in updates}
    (operation, array) = (next(iter(operations)), next(iter(arrays))) if updates else (None, "")
    if operation is None or len(operations) > 1 or len(arrays) > 1:
        return triangle
    stores = [s for s in walk_stmts(triangle.heads) if isinstance(s, Store) and s.array == array]
    first = next((s for s in stores if exact_update(s) != operation), None)
    if first is not None and not _may_be_first(first, triangle, operation):
        first = None
    same = {id(s) for s in (*stores, *updates) if s is first or exact_update(s) == operation}
    return replace(triangle, commuting=Commuting(array, operation, frozenset(same)), first=first)


def _may_be_first(store: Store, triangle: Triangle, operation: Operation) -> bool:
    """Whether every turn makes the store, in a place that is known beforehand."""
    own = scalars_assigned(triangle.outer.body)
    always = any(stmt is store for stmt in triangle.heads)
    plain = store.value.type.dtype is operation[1] and neutral(operation) is not None
    return always and plain and not store.checked and not scalars_in(*store.subscripts) & own


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
    around = substitute((*_updating(triangle), *triangle.endings), {outer.index: last})
    return replace(inner, stop=outer.stop, body=(*around, row))


def _updating(triangle: Triangle) -> Body:
    """The heads, all of them updates of what stands there."""
    if triangle.first is None or triangle.commuting is None:
        return triangle.heads
    update = updated_by(triangle.first, triangle.commuting.operation)
    return tuple(update if stmt is triangle.first else stmt for stmt in triangle.heads)


def _begun(outer: For, first: Store, commuting: Commuting, index: str) -> For:
    """Every element with what changes nothing."""
    value = neutral(commuting.operation)
    assert value is not None
    subscripts = tuple(substitute(s, {outer.index: Var(index, PY_INT)}) for s in first.subscripts)
    store = replace(first, subscripts=subscripts, value=Const(value, first.value.type))
    return replace(outer, index=index, body=(store,))


# ---- the order of instances: at k first what begins and ends turn k, then the updates by k ----------------


def _is_legal(triangle: Triangle, dependences: Iterable[Dependence], context: Set) -> bool:
    within = [d for d in dependences if _is_within(d, triangle.outer)]
    if triangle.first is not None and any(_is_before_first(d, triangle) for d in within):
        return False
    return not any(_is_broken(d, triangle, context) for d in within)


def _is_within(dependence: Dependence, outer: For) -> bool:
    ends = (dependence.source, dependence.sink)
    return all(any(node.loop is outer for node in end.loops) for end in ends)


def _is_before_first(dependence: Dependence, triangle: Triangle) -> bool:
    """Whether something happens to an element before the store that makes it."""
    return (
        dependence.sink.stmt is triangle.first
        and dependence.kind != FLOW
        and not dependence.relation.together_in(*_around(dependence, triangle)).is_empty()
    )


def _around(dependence: Dependence, triangle: Triangle) -> tuple[str, ...]:
    """The loops around the triangle."""
    loops = dependence.source.loops
    depth = next(n for n, node in enumerate(loops) if node.loop is triangle.outer)
    return dependence.source.dims[:depth]


def _is_broken(dependence: Dependence, triangle: Triangle, context: Set) -> bool:
    """Whether some pair of it, within one iteration of the loops around, would change places."""
    around = _around(dependence, triangle)
    pairs = dependence.relation.together_in(*around)
    if triangle.commuting is not None and dependence.name == triangle.commuting.array:
        free = triangle.commuting.pairs(dependence.source, dependence.sink, context)
        pairs = pairs if free is None else pairs.minus(free)
    first, last = _step(dependence.source, triangle), _step(dependence.sink, triangle)
    if not pairs.source_behind(first, last).is_empty():
        return True
    in_step = pairs.aligned([(first, last)])
    if _is_update(dependence.source, triangle) and _is_update(dependence.sink, triangle):
        j = dependence.source.dims[len(around)]
        return not in_step.source_behind(j, j).is_empty()
    return _is_update(dependence.source, triangle) and not in_step.is_empty()


def _is_update(statement: Statement, triangle: Triangle) -> bool:
    return any(node.loop is triangle.inner for node in statement.loops)


def _step(statement: Statement, triangle: Triangle) -> str:
    """The dimension that says at which k of the new outer loop an instance runs."""
    loop = triangle.inner if _is_update(statement, triangle) else triangle.outer
    return next(node.index for node in statement.loops if node.loop is loop)
