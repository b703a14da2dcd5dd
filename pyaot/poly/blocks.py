"""Nests over triangles are done in tiles, and what a tile's elements have in common is a matrix product.

    for i in range(n):                      for i0 in range(0, n, 64):
        for j in range(i):                      for j0 in range(0, n, 64):
            for k in range(j):                      t[:, :] = a[i0:i0 + 64, :j0] @ a[j0:j0 + 64, :j0].T
                a[i, j] -= a[i, k] * a[j, k]        for i in range(i0, min(i0 + 64, n)):
            a[i, j] /= a[j, j]                          for j in range(j0, min(j0 + 64, i)):
                                                            a[i, j] -= t[i - i0, j - j0]
                                                            for k in range(j0, j):
                                                                a[i, j] -= a[i, k] * a[j, k]
                                                            a[i, j] /= a[j, j]

`tiles.py` says which order of the tiles is legal, and what may be done at the beginning or at the end of one.
The product goes to a small array of its own, so it may be one of parts of the very array that it is added to.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.nodes import Allocate, Expr, For, Load, Stmt, Store, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import Body, arrays_read, arrays_written, scalars_assigned, walk_exprs, walk_stmts
from pyaot.poly.affine import variable_symbol
from pyaot.poly.boxes import (
    are_simple,
    boxes_of,
    is_owner,
    lies_inside,
    places_of,
    targets_of,
    updates_in,
    with_sums_apart,
)
from pyaot.poly.clipping import Clipper
from pyaot.poly.dependences import dependences_of, is_too_large
from pyaot.poly.regions import Region
from pyaot.poly.row_values import with_rows_in_scalars
from pyaot.poly.scalars import scalars_in
from pyaot.poly.scop import Statement
from pyaot.poly.sums import with_sums_in_elements
from pyaot.poly.tile_checks import known_there, with_checks_before
from pyaot.poly.tile_writer import AT_LOOP, FIRST, LAST, Plan, TileWriter
from pyaot.poly.tiles import Box, Geometry, Grid, Moves, Place, legal_order
from pyaot.poly.updates import Update

SIZE = 32  # of a tile: the product is quicker with larger ones, but the rest of a nest is more work
LARGE = 128  # where nothing is left that sums


class Blocking(Struct):
    """Does nests in tiles, region after region; `found` gathers their outermost loops."""

    taken: set[str]
    rebound: frozenset[str]
    done: frozenset[int] = frozenset()  # nests that stand beside a call of their own, by identity
    found: list[For] = field(default_factory=list)

    def region(self, region: Region) -> Body:
        """The region with its nests in tiles."""
        if not any(_is_candidate(stmt) for stmt in region.body) or is_too_large(region.scop()):
            return region.body
        return tuple(self._stmt(stmt, region) for stmt in region.body)

    def _stmt(self, stmt: Stmt, region: Region) -> Stmt:
        if not isinstance(stmt, For) or id(stmt) in self.done or not _is_candidate(stmt):
            return stmt
        plain: For | None = stmt
        if not are_simple(walk_stmts((stmt,))):
            plain = with_rows_in_scalars(stmt, region, self.taken)
        if plain is None or not _may_hold_boxes(plain):
            return stmt
        there = _with_nest(region, stmt, plain)
        nest, conditions = with_checks_before(plain, there)
        there = known_there(_with_nest(there, plain, nest), conditions)
        apart = with_sums_apart(with_sums_in_elements(nest, there), there)
        blocked = self._blocked(apart, stmt, _with_nest(there, nest, apart), conditions)
        if blocked is None:
            return stmt
        self.found.append(stmt)
        return blocked

    def _blocked(self, root: For, original: For, region: Region, conditions: tuple[Expr, ...]) -> Stmt | None:
        scop = region.scop()
        statements = [s for s in scop.statements if s.loops and s.loops[0].loop is root]
        updates = updates_in(root)
        if not updates or any(isinstance(s.stmt, For) for s in statements):
            return None
        if (arrays_written((root,)) | arrays_read((root,))) & self.rebound:
            return None
        indices = frozenset(node.loop.index for s in statements for node in s.loops)
        size = LARGE if all(map(_is_prism, statements)) else SIZE
        grid = Grid(fresh("first_row", self.taken), fresh("first_column", self.taken), size)
        geometry = Geometry(scop, region.known_before(root).reader(), indices, grid)
        ways = [(target, way) for target in targets_of(statements) for way in places_of(statements, target)]
        for target, places in ways:
            plan = _plan(geometry, places, updates, region, target)
            if plan is not None:
                self.taken |= {grid.row, grid.column}
                return TileWriter(geometry, plan, root, target, self.taken).choice(original, conditions)
        return None


def _with_nest(region: Region, old: For, new: For) -> Region:
    """The region with another nest in the place of one."""
    if new is old:
        return region
    return replace(region, body=tuple(new if stmt is old else stmt for stmt in region.body))


def _is_candidate(stmt: Stmt) -> bool:
    """Three loops deep, of simple statements and arrays of its own."""
    others = (inner for inner in walk_stmts((stmt,)) if not isinstance(inner, Allocate))
    return _depth(stmt) >= 3 and are_simple(others)


def _may_hold_boxes(stmt: Stmt) -> bool:
    """Three loops deep, of simple statements, and nothing that is set in it says where elements are."""
    if not isinstance(stmt, For) or _depth(stmt) < 3 or not are_simple(walk_stmts((stmt,))):
        return False
    return not scalars_in(*_places(stmt)) & scalars_assigned((stmt,))


def _places(root: For) -> Iterator[Expr]:
    """Bounds and subscripts."""
    for stmt in walk_stmts((root,)):
        if isinstance(stmt, For):
            yield from (stmt.start, stmt.stop)
        if isinstance(stmt, Store):
            yield from stmt.subscripts
    for expr in walk_exprs((root,)):
        if isinstance(expr, Load):
            yield from expr.subscripts


def _is_prism(statement: Statement) -> bool:
    """Of three loops one goes through the same range in all turns of the others: a box has all its sums."""
    loops = [node.loop for node in statement.loops]
    if len(loops) < 3:
        return True
    indices = {loop.index for loop in loops}
    moved = [scalars_in(loop.start, loop.stop) & indices for loop in loops]
    return any(
        not own and not any(loop.index in other for other in moved)
        for loop, own in zip(loops, moved, strict=True)
    )


def _depth(stmt: Stmt) -> int:
    return 1 + max(map(_depth, stmt.body), default=0) if isinstance(stmt, For) else 0


# ---- what to do -------------------------------------------------------------------------------------------


def _plan(
    geometry: Geometry, places: list[Place], updates: Mapping[int, Update], region: Region, target: str
) -> Plan | None:
    names = dict(geometry.scop.symbols.meaning)
    names |= {variable_symbol(name): Var(name, PY_INT) for name in (geometry.grid.row, geometry.grid.column)}
    boxes = boxes_of(geometry, places, updates, names)
    if not boxes or not all(lies_inside(geometry, place, target) for place in places):
        return None
    order = legal_order(geometry, {p.statement.name: p for p in places}, dependences_of(region))
    if order is None:
        return None
    moves = Moves(geometry, places, boxes)
    moments = tuple((box, moment) for box in boxes if (moment := _moment(box, moves, target)) is not None)
    if not moments:
        return None
    at_loop = [box for box, moment in moments if moment == AT_LOOP]
    return Plan(order, moments, Clipper.of(geometry, places, [box for box, _ in moments], at_loop))


def _moment(box: Box, moves: Moves, target: str) -> str | None:
    stmt = box.update.stmt
    is_own = isinstance(stmt, Store) and stmt.array == target and is_owner(box.place, target)
    if not is_own and not _is_innermost(box):
        return None
    if moves.may_read_first(box):
        if is_own and moves.may_add_first(box):
            return FIRST
        if _is_innermost(box) and moves.may_add_at_loop(box):
            return AT_LOOP
    if is_own and moves.may_read_last(box) and moves.may_add_last(box):
        return LAST
    return None


def _is_innermost(box: Box) -> bool:
    """The sum is the innermost loop, and all of it."""
    loop = box.place.statement.loops[-1].loop
    element = box.place.row.variables | (box.place.column.variables if box.place.column else frozenset())
    return loop.body == (box.update.stmt,) and loop.index not in element
