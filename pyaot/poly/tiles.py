"""Which tile of an array every statement of a nest belongs to, and what may be done before the others in it.

    for i in range(n):
        for j in range(i):
            for k in range(j):
                a[i, j] = a[i, j] - a[i, k] * a[j, k]       element (i, j): the k < (first column of the tile)
            a[i, j] = a[i, j] / a[j, j]                     element (i, j)      are the same for all of a tile
        a[i, i] = sqrt(a[i, i])                             element (i, i)

A statement belongs to the tile of the element that it writes. Tiles are done one after the other, and
in a tile the statements keep their order, but for the products of a `Box`, which are made all at once.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.nodes import Expr, Var
from pyaot.ir.types import PY_INT
from pyaot.poly.affine import Reader, variable_symbol
from pyaot.poly.dependences import ANTI, FLOW, Dependence, in_order
from pyaot.poly.index_sums import IndexSum, Naming
from pyaot.poly.scop import Access, Scop, Statement
from pyaot.poly.sets import Formula, Relation, Set, conjunction, points, relation
from pyaot.poly.updates import Update


class Place(Struct, frozen=True):
    """A statement and the element whose tile it belongs to; no column: it may run in every tile of a row."""

    statement: Statement
    row: IndexSum
    column: IndexSum | None


class Grid(Struct, frozen=True):
    """Tiles of `size` by `size` elements; `row` and `column` are the names of a tile's first ones."""

    row: str
    column: str
    size: int

    @property
    def first(self) -> tuple[IndexSum, IndexSum]:
        """The first element of the tile."""
        return IndexSum(((Var(self.row, PY_INT), 1),)), IndexSum(((Var(self.column, PY_INT), 1),))

    @property
    def behind(self) -> tuple[IndexSum, IndexSum]:
        """The first row and column behind the tile."""
        size = IndexSum((), self.size)
        row, column = self.first
        return row.plus(size), column.plus(size)


# Orders in which tiles are done: which coordinate is the outer one, and whether they go up or down.
Order = tuple[tuple[int, bool], tuple[int, bool]]
ORDERS: tuple[Order, ...] = tuple(
    ((outer, up), (1 - outer, inner_up))
    for up, inner_up in ((True, True), (False, True), (True, False), (False, False))
    for outer in (0, 1)
)


class Geometry(Struct, frozen=True):
    """Sets of instances and of elements of a nest, seen from a tile."""

    scop: Scop
    reader: Reader
    indices: frozenset[str]
    grid: Grid

    def naming(self, given: Mapping[str, Formula]) -> Naming:
        """Names for isl, with some of them given."""
        return Naming(self.reader, self.indices, given)

    @property
    def symbolic(self) -> Naming:
        """The tile is a parameter."""
        names = (self.grid.row, self.grid.column)
        own = {name: Formula(variable_symbol(name), frozenset({variable_symbol(name)})) for name in names}
        return self.naming(own)

    def of_element(self, place: Place) -> Naming:
        """The tile is that of the statement's element."""
        assert place.column is not None
        plain = self.naming({})
        texts = (place.row.formula(plain), place.column.formula(plain))
        size = self.grid.size
        floors = [Formula(f"{size}*floor(({text.text})/{size})", text.symbols) for text in texts]
        return self.naming({self.grid.row: floors[0], self.grid.column: floors[1]})

    def instances(self, statement: Statement, *conditions: Formula) -> Set:
        """The instances of a statement for which the conditions hold; tiles do not begin below zero."""
        firsts = (compared(first, ">=", IndexSum(), self.symbolic) for first in self.grid.first)
        domain = conjunction((statement.domain, *firsts, *conditions))
        return points(statement.name, statement.dims, domain).under(self.scop.context)

    def within(self, place: Place) -> list[Formula]:
        """The statement's element is of the tile."""
        return [
            condition
            for element, first, behind in zip(
                (place.row, place.column), self.grid.first, self.grid.behind, strict=True
            )
            if element is not None
            for condition in (
                compared(element, ">=", first, self.symbolic),
                compared(element, "<", behind, self.symbolic),
            )
        ]

    def tile_of(self, place: Place) -> Relation:
        """From instances to the coordinates of their tiles."""
        assert place.column is not None
        plain = self.naming({})
        texts = (place.row.formula(plain), place.column.formula(plain))
        values = [f"floor(({text.text})/{self.grid.size})" for text in texts]
        statement = place.statement
        symbols = Formula("", texts[0].symbols | texts[1].symbols)
        return relation(
            statement.name, statement.dims, "tile", values, conjunction((statement.domain, symbols))
        )


def compared(left: IndexSum, op: str, right: IndexSum, naming: Naming) -> Formula:
    """A condition on two sums."""
    a, b = left.formula(naming), right.formula(naming)
    return Formula(f"{a.text} {op} {b.text}", a.symbols | b.symbols)


# ---- a box of products ------------------------------------------------------------------------------------


class Range(Struct, frozen=True):
    """From the greatest of the lower bounds to before the least of the upper ones."""

    lower: tuple[IndexSum, ...]
    upper: tuple[IndexSum, ...]


class Operand(Struct, frozen=True):
    """A matrix in an array: which axis goes with the tile and which with the sum, and by how much."""

    tile_axis: int
    tile_shift: int
    inner_axis: int
    inner_shift: int


class Box(Struct, frozen=True):
    """The products that all elements of a tile have in common."""

    update: Update
    place: Place
    inner: IndexSum  # what is summed over
    operands: tuple[tuple[Operand, Operand], ...]  # of every pair; the first goes with the rows
    is_swapped: tuple[bool, ...]  # the pair's right factor goes with the rows
    rows: Range
    columns: Range
    columns_of_row: Range  # where the row is called `row_name`
    depth: Range
    conditions: tuple[IndexSum, ...]  # that are at least zero where the tile has any of its instances

    def inside(self, naming: Naming) -> Formula:
        """The instance is of the box."""
        parts = [compared(self.inner, ">=", bound, naming) for bound in self.depth.lower]
        parts += [compared(self.inner, "<", bound, naming) for bound in self.depth.upper]
        return conjunction(parts)


def _one(name: str) -> IndexSum:
    return IndexSum(((Var(name, PY_INT), 1),))


ROW, COLUMN, INNER = "box_row", "box_column", "box_inner"


class Extents(Struct, frozen=True):
    """What `extents_of` finds."""

    rows: Range
    columns: Range
    columns_of_row: Range
    depth: Range
    conditions: tuple[IndexSum, ...]


def extents_of(
    geometry: Geometry, place: Place, inner: IndexSum, names: Mapping[str, Expr]
) -> Extents | None:
    """The elements of a tile that a statement updates, and what they all sum over."""
    assert place.column is not None
    own = {name: Formula(name, frozenset({name})) for name in (ROW, COLUMN, INNER)}
    naming = Naming(geometry.reader, geometry.indices, {**geometry.symbolic.given, **own})
    equal = [
        compared(value, "=", IndexSum(((Var(name, PY_INT), 1),)), naming)
        for value, name in ((place.row, ROW), (place.column, COLUMN), (inner, INNER))
    ]
    all_of = geometry.instances(place.statement, *geometry.within(place), *equal).parameters()
    elements = all_of.without_parameters(INNER)
    some = elements.without_parameters(ROW, COLUMN)
    lacking = elements.minus(all_of).without_parameters(ROW, COLUMN)
    common = some.minus(lacking)
    meaning = {**names, **{name: Var(name, PY_INT) for name in (ROW, COLUMN, INNER)}}
    reader = _Bounds(geometry, meaning)
    elements = elements.given(reader.context())
    rows = reader.bounds(elements.without_parameters(COLUMN), ROW)
    columns = reader.bounds(elements.without_parameters(ROW), COLUMN)
    of_row = reader.bounds(elements, COLUMN)
    anywhere = geometry.instances(place.statement, *equal).parameters().without_parameters(INNER)
    depth = reader.inner_bounds(common, some, anywhere)
    conditions = reader.conditions(some.given(reader.context()))
    if rows is None or columns is None or of_row is None or depth is None or conditions is None:
        return None
    return Extents(rows, columns, of_row, depth, conditions)


class _Bounds(Struct, frozen=True):
    """Reads bounds from isl's constraints."""

    geometry: Geometry
    meaning: Mapping[str, Expr]

    def context(self) -> Set:
        """What is known of the parameters."""
        geometry = self.geometry
        firsts = (compared(first, ">=", IndexSum(), geometry.symbolic) for first in geometry.grid.first)
        return points("", (), conjunction(firsts)).parameters().under(geometry.scop.context)

    def bounds(self, values: Set, name: str) -> Range | None:
        """Between which bounds a parameter lies; None where it is no range."""
        constraints = self._constraints(values)
        if constraints is None:
            return None
        lower, upper = list[IndexSum](), list[IndexSum]()
        for constraint, is_equality in constraints:
            factor = constraint.factor_of(name)
            if factor and (abs(factor) != 1 or is_equality):
                return None
            rest = constraint.without(name)
            if factor == 1:
                lower.append(IndexSum().minus(rest))
            elif factor == -1:
                upper.append(rest.plus(IndexSum((), 1)))
        return Range(tuple(lower), tuple(upper)) if lower and upper else None

    def inner_bounds(self, common: Set, tiles: Set, elements: Set) -> Range | None:
        """The bounds of what all sum over: those of tiles in the middle, where they hold for all tiles."""
        middle = tiles
        for axis in (0, 1):
            for is_behind in (False, True):
                beside = elements.meet(self._beside(axis, is_behind))
                middle = middle.meet(beside.without_parameters(ROW, COLUMN))
        found = self.bounds(common.meet(middle).given(middle), INNER)
        if found is None:
            return None
        own = self._own_names()
        parts = [compared(_one(INNER), ">=", bound, own) for bound in found.lower]
        parts += [compared(_one(INNER), "<", bound, own) for bound in found.upper]
        box = points("", (), conjunction(parts)).parameters().meet(tiles)
        return found if box.minus(common).is_empty() else None

    def _beside(self, axis: int, is_behind: bool) -> Set:
        """The elements more than a tile away from the tile along an axis."""
        grid, own = self.geometry.grid, self._own_names()
        name, other = (ROW, COLUMN) if axis == 0 else (COLUMN, ROW)
        size = IndexSum((), grid.size)
        far = compared(_one(name), ">=", grid.behind[axis].plus(size), own)
        if not is_behind:
            far = compared(_one(name), "<", grid.first[axis].minus(size), own)
        within = (
            compared(_one(other), ">=", grid.first[1 - axis], own),
            compared(_one(other), "<", grid.behind[1 - axis], own),
        )
        return points("", (), conjunction((far, *within))).parameters()

    def _own_names(self) -> Naming:
        names = self.geometry.symbolic
        own = {name: Formula(name, frozenset({name})) for name in (ROW, COLUMN, INNER)}
        return replace(names, given={**names.given, **own})

    def conditions(self, values: Set) -> tuple[IndexSum, ...] | None:
        """Sums that are at least zero there."""
        constraints = self._constraints(values)
        if constraints is None or any(is_equality for _, is_equality in constraints):
            return None
        return tuple(constraint for constraint, _ in constraints)

    def _constraints(self, values: Set) -> list[tuple[IndexSum, bool]] | None:
        if len(values.pieces()) != 1:
            return None
        found = values.constraints()
        if found is None:
            return None
        result = []
        for constraint in found:
            leaves = [(self.meaning.get(name), factor) for name, factor in constraint.factors.items()]
            if any(leaf is None or not hasattr(leaf, "type") for leaf, _ in leaves):
                return None
            factors = tuple((leaf, factor) for leaf, factor in leaves)
            result.append((IndexSum(factors, constraint.constant), constraint.is_equality))  # type: ignore
        return result


# ---- what may be done when -------------------------------------------------------------------------------


def legal_order(
    geometry: Geometry, places: Mapping[str, Place], dependences: Iterable[Dependence]
) -> Order | None:
    """An order of the tiles in which every dependence is kept."""
    pairs = []
    for dependence in dependences:
        ends = [places.get(end.name) for end in (dependence.source, dependence.sink)]
        if ends[0] is None or ends[1] is None:
            continue
        if ends[0].column is None or ends[1].column is None:
            return None
        source, sink = (geometry.tile_of(end) for end in ends if end is not None)
        pairs.append(source.reverse().then(dependence.relation).then(sink))
    return next((order for order in ORDERS if not any(_is_broken(pair, order) for pair in pairs)), None)


def _is_broken(pairs: Relation, order: Order) -> bool:
    """Whether the tile of a source comes behind that of its sink."""
    for coordinate, up in order:
        name = f"o{coordinate}"
        behind = pairs.source_behind(name, name) if up else pairs.source_before(name, name)
        if not behind.is_empty():
            return True
        pairs = pairs.aligned([(name, name)])
    return False


class Moves(Struct, frozen=True):
    """What may be done with the boxes of a nest."""

    geometry: Geometry
    places: Sequence[Place]
    boxes: Sequence[Box]

    def may_read_first(self, box: Box) -> bool:
        """Nothing that the box reads is written in the tile before."""
        return not self._meets(box, is_first=True)

    def may_read_last(self, box: Box) -> bool:
        """Nothing that the box reads is written in the tile afterwards."""
        return not self._meets(box, is_first=False)

    def may_add_first(self, box: Box) -> bool:
        """Nobody but sums uses the elements of the tile before the box adds to them."""
        return not self._uses(box, is_first=True)

    def may_add_last(self, box: Box) -> bool:
        """Nobody but sums uses the elements of the tile after the box has added to them."""
        return not self._uses(box, is_first=False)

    def may_add_at_loop(self, box: Box) -> bool:
        """The statement does not read the element that its innermost loop adds to in another way."""
        statement = box.place.statement
        target = next(a for a in statement.accesses if a.is_write)
        reads = (a for a in statement.accesses if a.name == target.name and not _is_own(a, statement))
        pairs = (read.relation.then(target.relation.reverse()) for read in reads)
        return all(pair.together_in(*statement.dims[:-1]).is_empty() for pair in pairs)

    def _meets(self, box: Box, is_first: bool) -> bool:
        statement = box.place.statement
        reads = [a for a in statement.accesses if not a.is_write and not a.is_scalar]
        for read in reads:
            if _is_own(read, statement):
                continue
            for place in self.places:
                writes = (a for a in place.statement.accesses if a.is_write and a.name == read.name)
                if any(self._is_pair(place, write, box, read, is_first) for write in writes):
                    return True
        return False

    def _uses(self, box: Box, is_first: bool) -> bool:
        statement = box.place.statement
        target = next(a for a in statement.accesses if a.is_write)
        sums = {other.place.statement.name for other in self.boxes}
        for place in self.places:
            for access in place.statement.accesses:
                if access.name != target.name:
                    continue
                if place.statement.name in sums and _is_own(access, place.statement):
                    continue
                if self._is_pair(place, access, box, target, is_first):
                    return True
        return False

    def _is_pair(self, place: Place, access: Access, box: Box, own: Access, is_first: bool) -> bool:
        """Some instance of the box and one of the place in its tile would change places."""
        if place.column is None:
            return True
        other, statement = place.statement, box.place.statement
        ends = [(other, access), (statement, own)]
        if other.position > statement.position:
            ends.reverse()
        (a, first), (b, second) = ends
        together = self.geometry.tile_of(place).then(self.geometry.tile_of(box.place).reverse())
        naming = self.geometry.of_element(box.place)
        inside = self.geometry.instances(statement, box.inside(naming))
        for dependence in in_order(a, first, b, second, self.geometry.scop):
            if other is statement:
                is_forward = dependence.kind == (FLOW if access.is_write else ANTI)
            else:
                is_forward = dependence.source is other
            if is_forward is not is_first:
                continue
            pairs = dependence.relation if is_first else dependence.relation.reverse()
            if not pairs.meet(together).ending_in(inside).is_empty():
                return True
        return False


def _is_own(access: Access, statement: Statement) -> bool:
    """The access is of the very element that the statement writes."""
    return any(
        a.is_write and a.name == access.name and a.relation.is_same(access.relation)
        for a in statement.accesses
    )
