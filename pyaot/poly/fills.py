"""The fill of a new array is left out where nobody sees it, else it is done where elements are first used.

    t = zeros(n, m)                     t = empty(n, m)
    for i: for j: t[i, j] = a[i, j]     for i: for j: t[i, j] = a[i, j]

    c = zeros(n, m)                     c = empty(n, m)
    for i:                    becomes   for i:                                  parallel
        for k: for j:                       for j: c[i, j] = 0.0
            c[i, j] = c[i, j] + ...         for k: for j: c[i, j] = c[i, j] + ...

So an array is gone through once less, and by the threads that use it: the system gives a large one its memory
page by page where it is first touched, which takes as long as the arithmetic.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.mentions import array_mentions
from pyaot.ir.nodes import Allocate, Const, Expr, For, Stmt, Store, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, scalars_assigned, walk_stmts
from pyaot.poly.affine import Reader, array_symbol
from pyaot.poly.contract import accesses_of
from pyaot.poly.dependences import FLOW, in_order, is_too_large
from pyaot.poly.extract import is_static
from pyaot.poly.regions import Region
from pyaot.poly.scop import Access, Scop, Statement
from pyaot.poly.sets import Formula, Set, conjunction, points


class Fills(Struct, frozen=True):
    """Sees to the fills of one region after the other; `taken` are the names in use."""

    taken: set[str]

    def region(self, region: Region) -> Body:
        """The region without the fills that nobody sees, and with the others where they belong."""
        filled = [s for s in walk_stmts(region.body) if isinstance(s, Allocate) and s.fill is not None]
        if not filled:
            return region.body
        scop = region.scop()
        unseen = set() if is_too_large(scop) else {id(s) for s in filled if _is_unseen(s, region, scop)}
        return self._body(region.body, unseen, region)

    def _body(self, body: Body, unseen: set[int], region: Region) -> Body:
        done: list[Stmt] = []
        rest = list(body)
        while rest:
            stmt = rest.pop(0)
            if isinstance(stmt, Allocate) and id(stmt) in unseen:
                stmt = replace(stmt, fill=None)
            elif isinstance(stmt, Allocate) and stmt.fill is not None:
                moved = self._moved(stmt, rest, region)
                if moved is not None:
                    stmt, rest = replace(stmt, fill=None), moved
            done.append(with_bodies(lambda inner: self._body(inner, unseen, region), stmt))
        return tuple(done)

    # ---- to where the elements are first used

    def _moved(self, made: Allocate, after: Sequence[Stmt], region: Region) -> list[Stmt] | None:
        """The statements behind the allocation with the fill in the loops that use the array first."""
        if made.name in region.known.names.rebound:
            return None
        if not all(map(region.known.names.is_steady, made.shape)):
            return None
        chain = _worthwhile(_chain(made, after, region), made.type.rank)
        return list(self._filling(made, after, chain, {})) if chain else None

    def _filling(
        self, made: Allocate, body: Sequence[Stmt], chain: "Sequence[_Link]", fixed: dict[int, Expr]
    ) -> Body:
        """The statements with the fill in front of what uses the array in the last loop of the chain."""
        if not chain:
            return (self._fill(made, fixed), *body)
        link = chain[0]
        inside = {**fixed, link.axis: Var(link.loop.index, link.loop.start.type)}

        def filled(stmt: Stmt) -> Stmt:
            return with_bodies(lambda inner: self._filling(made, inner, chain[1:], inside), stmt)

        return tuple(filled(stmt) if stmt is link.loop else stmt for stmt in body)

    def _fill(self, made: Allocate, fixed: dict[int, Expr]) -> Stmt:
        """Loops over the axes that are not fixed, the last one innermost."""
        assert made.fill is not None
        open_axes = [axis for axis in range(made.type.rank) if axis not in fixed]
        indices = {axis: self._index(made.name) for axis in open_axes}
        places = tuple(fixed.get(axis) or Var(indices[axis], PY_INT) for axis in range(made.type.rank))
        stmt: Stmt = Store(made.name, places, made.fill, checked=False, span=made.span)
        for axis in reversed(open_axes):
            stmt = For(indices[axis], Const(0, PY_INT), made.shape[axis], (stmt,), span=made.span)
        return stmt

    def _index(self, array: str) -> str:
        name = fresh(f"{array}_at", self.taken)
        self.taken.add(name)
        return name


class _Link(Struct, frozen=True):
    """A loop that goes through all of an axis, and an iteration touches only its own place there."""

    loop: For
    axis: int


def _chain(made: Allocate, after: Sequence[Stmt], region: Region) -> list[_Link]:
    """The loops, from the outside to the inside, that use the array before anything else does."""
    chain: list[_Link] = []
    body = after
    while True:
        first = next((stmt for stmt in body if array_mentions((stmt,))[made.name]), None)
        if not isinstance(first, For) or not is_static(first, region.flow):
            return chain
        axis = _own_axis(first, made, [link.axis for link in chain])
        if axis is None:
            return chain
        chain.append(_Link(first, axis))
        body = first.body


def _own_axis(loop: For, made: Allocate, fixed: Sequence[int]) -> int | None:
    accesses = accesses_of(made.name, (loop,))
    if not accesses or loop.start != Const(0, PY_INT) or loop.step != 1:
        return None
    index = Var(loop.index, loop.start.type)
    for axis, extent in enumerate(made.shape):
        if axis not in fixed and extent == loop.stop and all(a.subscripts[axis] == index for a in accesses):
            return axis
    return None


def _worthwhile(chain: Sequence[_Link], rank: int) -> Sequence[_Link]:
    """As far inside as what is filled there lies together in memory."""
    if len(chain) == rank:
        return chain
    last = next((depth for depth, link in enumerate(chain) if link.axis == rank - 1), len(chain))
    return chain[:last]


# ---- who sees it ------------------------------------------------------------------------------------------


def _is_unseen(made: Allocate, region: Region, scop: Scop) -> bool:
    """Whether every element is written before it is read, in the region and behind it."""
    names = region.known.names
    if made.name in names.rebound or sum(_makes(s, made.name) for s in walk_stmts(region.body)) != 1:
        return False
    own = next(statement for statement in scop.statements if statement.stmt is made)
    if own.loops and made.name not in scop.local:
        return False
    is_inside = array_mentions(region.body)[made.name] == names.mentions[made.name]
    if not is_inside and (own.loops or own.domain.text or not _is_covered(made, own, region, scop)):
        return False
    uses = [(s, a) for s in scop.statements if s is not own for a in s.accesses if a.name == made.name]
    writes = [(s, a) for s, a in uses if a.is_write and a.is_exact]
    return all(_finds_written(s, a, writes, scop) for s, a in uses if a.is_read)


def _makes(stmt: Stmt, name: str) -> bool:
    return isinstance(stmt, Allocate) and stmt.name == name


def _is_covered(made: Allocate, own: Statement, region: Region, scop: Scop) -> bool:
    """Whether the region certainly writes every element."""
    elements = _elements(made, region, scop)
    if elements is None:
        return False
    for statement in scop.statements:
        for access in statement.accesses:
            if statement is not own and access.name == made.name and access.is_write and access.is_exact:
                elements = elements.minus(access.relation.sinks())
    return elements.under(scop.context).is_empty()


def _elements(made: Allocate, region: Region, scop: Scop) -> Set | None:
    """All elements of the array; None where its extents are not known in terms of what the region knows."""
    written = frozenset(array_mentions(region.body))
    reader = Reader(region.known.symbols, region.known.values, scalars_assigned(scop.body), written)
    bounds = []
    dims = tuple(f"w{axis}" for axis in range(made.type.rank))
    for dim, extent in zip(dims, made.shape, strict=True):
        term = reader.term(extent)
        text = " and ".join((f"0 <= {dim} and {dim} < {term.text}", *term.facts))
        bounds.append(Formula(text, term.symbols | {dim}, term.unknowns))
    formula = conjunction(bounds)
    return points(array_symbol(made.name), dims, formula) if formula.is_exact else None


def _finds_written(
    reader: Statement, read: Access, writes: Sequence[tuple[Statement, Access]], scop: Scop
) -> bool:
    """Whether every instance of the statement reads an element that was written before."""
    if not read.is_exact:
        return False
    rest = points(reader.name, reader.dims, reader.domain).under(scop.context)
    for statement, write in writes:
        pair = [(reader, read), (statement, write)]
        (first, a), (second, b) = sorted(pair, key=lambda place: place[0].position)
        for dependence in in_order(first, a, second, b, scop):
            if dependence.kind == FLOW:
                rest = rest.minus(dependence.relation.sinks())
    return rest.is_empty()
