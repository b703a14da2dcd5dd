"""The text of a nest in tiles: loops over tiles, products of boxes, what is left of the nest.

for i0 ...: for j0 ...:                             loops over tiles
    if ...: t[...] = a[...] @ b[...]                the product, where the tile has elements
    for row ...: for column ...: c[...] += t[...]   added first, last, or by the loops at their innermost one
    for i ...: for j ...: ...                       what the box has not done
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import add, both, compare, dim, floordiv, i64, maximum, minimum, mul, sub, unchecked
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Const,
    Expr,
    For,
    If,
    LibraryCall,
    Load,
    Marks,
    Section,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import Body, map_expr, substitute
from pyaot.poly.boxes import may_be_added_always
from pyaot.poly.clipping import Clipper
from pyaot.poly.factors import with_finite_scale
from pyaot.poly.index_sums import IndexSum
from pyaot.poly.reductions import is_same_place
from pyaot.poly.tiles import COLUMN, ROW, Box, Geometry, Operand, Order, Range
from pyaot.poly.work import constant, work_of

LEAST_WORK = 400_000.0  # operations of a nest that is worth it
LEAST_EXTENT = 48  # of its matrix
FIRST, AT_LOOP, LAST = "first", "at its loop", "last"


class Plan(Struct, frozen=True):
    """The order of the tiles, and when each box is added to its target."""

    order: Order
    boxes: tuple[tuple[Box, str], ...]
    clipper: Clipper


class TileWriter(Struct, frozen=True):
    """Writes a nest as its plan says."""

    geometry: Geometry
    plan: Plan
    root: For
    target: str
    taken: set[str]

    def choice(self, original: For, conditions: Iterable[Expr]) -> If | None:
        """Tiles where there is work enough and the conditions hold, else the original loops."""
        products = {id(box.update.stmt): self._name("product") for box, _ in self.plan.boxes}
        body = self._tile(products)
        if body is None:
            return None
        size = self.geometry.grid.size
        allocations: Body = tuple(
            Allocate(products[id(box.update.stmt)], Array(_dtype(box), 2), (i64(size), i64(size)))
            for box, _ in self.plan.boxes
        )
        tiles = (*allocations, *body)
        for coordinate, up in reversed(self.plan.order):
            tiles = self._tiles(coordinate, up, tiles)
        pays: Expr = compare("ge", work_of(self.root), constant(LEAST_WORK))
        for axis in (0, 1):
            pays = both(compare("ge", dim(self.target, axis), LEAST_EXTENT), pays)
        pays = with_finite_scale(pays, [scale for box, _ in self.plan.boxes for scale in box.update.scale])
        for condition in conditions:
            pays = both(pays, condition)
        return If(pays, tiles, (original,), self.root.span)

    def _name(self, wanted: str) -> str:
        name = fresh(wanted, self.taken)
        self.taken.add(name)
        return name

    def _tiles(self, coordinate: int, up: bool, body: Body) -> Body:
        grid = self.geometry.grid
        name, size = (grid.row, grid.column)[coordinate], grid.size
        extent = dim(self.target, coordinate)
        if up:
            return (For(name, i64(0), extent, body, size, Marks(in_tiles=True)),)
        count = self._name(f"{name}_from_end")
        last = unchecked(sub(unchecked(floordiv(unchecked(add(extent, size - 1)), size)), 1))
        first = unchecked(mul(unchecked(sub(last, Var(count, PY_INT))), size))
        inner = (Assign(name, first), *body)
        stop = unchecked(add(last, 1))
        return (For(count, i64(0), stop, inner, marks=Marks(in_tiles=True)),)

    def _tile(self, products: Mapping[int, str]) -> Body | None:
        made: dict[str, list[Stmt]] = {FIRST: [], LAST: []}
        added: dict[str, list[Stmt]] = {FIRST: [], LAST: []}
        at_loop: dict[int, Stmt] = {}
        for box, moment in self.plan.boxes:
            name = products[id(box.update.stmt)]
            if moment == AT_LOOP:
                made[FIRST] += (*self._zeros(box, name), self._product(box, name))
                at_loop[id(box.place.statement.loops[-1].loop)] = self._first(box, name)
            else:
                made[moment].append(self._product(box, name))
                added[moment].append(self._addition(box, name))
        rest = self.plan.clipper.clipped(self.root, at_loop)
        return None if rest is None else (*made[FIRST], *added[FIRST], *rest, *made[LAST], *added[LAST])

    def _first(self, box: Box, name: str) -> Stmt:
        """The product added before the loop that sums the rest."""
        assert box.place.column is not None
        total = box.update.value(self._element(box, name, box.place.row, box.place.column))
        loop = box.place.statement.loops[-1].loop
        first = replace(box.update.stmt, value=total)
        if may_be_added_always(self.geometry, box):
            return first
        return If(compare("lt", loop.start, loop.stop), (first,), (), loop.span)

    def _element(self, box: Box, name: str, row: IndexSum, column: IndexSum) -> Load:
        first_row, first_column = self.geometry.grid.first
        place = (row.minus(first_row).expression(), column.minus(first_column).expression())
        return Load(name, place, Scalar(_dtype(box)), checked=False)

    def _product(self, box: Box, name: str) -> Stmt:
        """The product of a tile, where there is something to sum."""
        calls = tuple(self._call(box, name, number) for number in range(len(box.update.pairs)))
        condition = both(_all_hold(box.conditions), compare("gt", _extent(box.depth), 0))
        return If(condition, calls, (), self.root.span)

    def _zeros(self, box: Box, name: str) -> Body:
        """Adding or subtracting them changes nothing, the sign of a zero included."""
        dtype = Scalar(_dtype(box))
        zero = 0.0 if box.update.is_subtracted else -0.0
        row, column = self._name("row"), self._name("column")
        place = (Var(row, PY_INT), Var(column, PY_INT))
        size = self.geometry.grid.size
        firsts = (Var(name, PY_INT) for name in (self.geometry.grid.row, self.geometry.grid.column))
        left = [unchecked(sub(dim(self.target, axis), first)) for axis, first in enumerate(firsts)]
        rows, columns = (minimum(extent, size) for extent in left)
        store = Store(name, place, Const(zero, dtype), checked=False)
        inner = For(column, i64(0), columns, (store,))
        return (For(row, i64(0), rows, (inner,)),)

    def _call(self, box: Box, name: str, number: int) -> LibraryCall:
        pair, operands = box.update.pairs[number], box.operands[number]
        factors = (pair.right, pair.left) if box.is_swapped[number] else (pair.left, pair.right)
        ranges = zip((box.rows, box.columns), self.geometry.grid.first, strict=True)
        starts = tuple(_start(range.lower, first) for range, first in ranges)
        output = Section(name, starts, (0, 1), (_extent(box.rows), _extent(box.columns)))
        left = _section(factors[0].load, operands[0], box.rows, box.depth, (0, 1))
        right = _section(factors[1].load, operands[1], box.columns, box.depth, (1, 0))
        options: dict[str, str | int | float | bool | None] = {
            "accumulate": number > 0,
            "conjugate_left": factors[0].is_conjugated,
            "conjugate_right": factors[1].is_conjugated,
            "alpha": -1.0 if pair.is_negative else None,
        }
        chosen = tuple((name, value) for name, value in options.items() if value)
        return LibraryCall("matmul", (output,), (left, right), chosen, box.update.stmt.span)

    def _addition(self, box: Box, name: str) -> Stmt:
        """The product added to the elements that the statement updates."""
        stmt = box.update.stmt
        assert isinstance(stmt, Store)
        row, column = self._name("row"), self._name("column")
        values = {ROW: Var(row, PY_INT), COLUMN: Var(column, PY_INT)}
        place = tuple(values.values())
        total = box.update.value(self._element(box, name, *(IndexSum(((index, 1),)) for index in place)))
        old = Load(stmt.array, stmt.subscripts, stmt.value.type, stmt.checked)
        value = _with_element(total, old, replace(old, subscripts=place))
        store = replace(stmt, subscripts=place, value=value)
        start, stop = (substitute(bound, values) for bound in _bounds(box.columns_of_row))
        body = For(column, start, stop, (store,))
        outer = For(row, *_bounds(box.rows), (body,))
        condition = both(_all_hold(box.conditions), compare("gt", _extent(box.depth), 0))
        return If(condition, (outer,), (), self.root.span)


def _with_element(value: Expr, old: Load, new: Load) -> Expr:
    return map_expr(lambda e: new if isinstance(e, Load) and is_same_place(e, old) else e, value)


def _dtype(box: Box) -> DType:
    return box.update.added.type.dtype


def _bounds(range: Range) -> tuple[Expr, Expr]:
    lower = [bound.expression() for bound in range.lower]
    upper = [bound.expression() for bound in range.upper]
    start, stop = lower[0], upper[0]
    for bound in lower[1:]:
        start = maximum(start, bound)
    for bound in upper[1:]:
        stop = minimum(stop, bound)
    return start, stop


def _extent(range: Range) -> Expr:
    start, stop = _bounds(range)
    return unchecked(sub(stop, start))


def _start(lower: Sequence[IndexSum], first: IndexSum) -> Expr:
    return _bounds(Range(tuple(bound.minus(first) for bound in lower), (IndexSum(),)))[0]


def _section(load: Load, operand: Operand, tile: Range, inner: Range, order: tuple[int, int]) -> Section:
    starts = list(load.subscripts)
    starts[operand.tile_axis] = unchecked(add(_bounds(tile)[0], operand.tile_shift))
    starts[operand.inner_axis] = unchecked(add(_bounds(inner)[0], operand.inner_shift))
    axes = (operand.tile_axis, operand.inner_axis)
    extents = (_extent(tile), _extent(inner))
    return Section(load.array, tuple(starts), tuple(axes[n] for n in order), tuple(extents[n] for n in order))


def _all_hold(conditions: Iterable[IndexSum]) -> Expr:
    whole: Expr | None = None
    for condition in conditions:
        one = compare("ge", condition.expression(), 0)
        whole = one if whole is None else both(whole, one)
    return whole if whole is not None else compare("eq", i64(0), 0)
