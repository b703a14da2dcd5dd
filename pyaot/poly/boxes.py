"""Which products of a nest could be matrix products, tile by tile: rows, columns and what is summed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.nodes import Assign, Check, Dim, Expr, For, Load, Stmt, Store, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import Body, arrays_written, scalars_assigned, walk_stmts
from pyaot.poly.dependences import Dependence, dependences_of
from pyaot.poly.factors import Term
from pyaot.poly.index_sums import IndexSum, index_sum
from pyaot.poly.regions import Region
from pyaot.poly.scop import Statement, common_loops
from pyaot.poly.sets import Formula, conjunction, points
from pyaot.poly.tiles import Box, Geometry, Operand, Place, compared, extents_of
from pyaot.poly.updates import Update, find_update


def updates_in(root: For) -> dict[int, Update]:
    """The updates of a nest, by the identity of their statements."""
    indices = {stmt.index for stmt in walk_stmts((root,)) if isinstance(stmt, For)}
    changing = indices | scalars_assigned((root,)) | arrays_written((root,))
    found = (
        find_update(stmt, indices, changing)
        for stmt in walk_stmts((root,))
        if isinstance(stmt, Assign | Store)
    )
    return {id(update.stmt): update for update in found if update is not None}


def targets_of(statements: Iterable[Statement]) -> list[str]:
    """The matrices that are written."""
    stores = (s.stmt for s in statements if isinstance(s.stmt, Store) and len(s.stmt.subscripts) == 2)
    return list(dict.fromkeys(store.array for store in stores))


def places_of(statements: Sequence[Statement], target: str) -> list[list[Place]]:
    """Ways to give every statement the element of the target that it belongs to, the best first."""
    owners = [place for s in statements if (place := _owner(s, target)) is not None]
    together = [_with_neighbours(place, owners) for place in owners]
    ways = [together, owners] if together != owners else [owners]
    return [places for way in ways if (places := _all_placed(statements, way)) is not None]


def _all_placed(statements: Sequence[Statement], owners: Sequence[Place]) -> list[Place] | None:
    owned = {place.statement.name: place for place in owners}
    found = []
    for statement in statements:
        place = owned.get(statement.name) or _neighbour(statement, owners)
        if place is None:
            return None
        found.append(place)
    return found


def _with_neighbours(place: Place, owners: Sequence[Place]) -> Place:
    """Statements of one loop that write different elements, as `c[i, j] = s; c[j, i] = s`, stay together."""
    loops = place.statement.loops
    beside = [other for other in owners if other.statement.loops == loops]

    def is_used(other: Place) -> int:
        return sum((one.row, one.column) == (other.row, other.column) for one in owners)

    best = max(beside, key=is_used)
    return replace(place, row=best.row, column=best.column)


def _owner(statement: Statement, target: str) -> Place | None:
    store = statement.stmt
    if not isinstance(store, Store) or store.array != target or store.checked:
        return None
    row, column = map(index_sum, store.subscripts)
    return None if row is None or column is None else Place(statement, row, column)


def is_owner(place: Place, target: str) -> bool:
    """The statement writes the very element that it belongs to."""
    own = _owner(place.statement, target)
    return own is not None and own.row == place.row and own.column == place.column


def _neighbour(statement: Statement, owners: Iterable[Place]) -> Place | None:
    """The element that a statement is for which writes none: one over the loops around it."""

    def distance(place: Place) -> tuple[int, int]:
        shared = len(common_loops(place.statement, statement))
        return -shared, abs(place.statement.position - statement.position)

    near = sorted(owners, key=distance)
    rows = [place.row for place in near if _is_moved_around(place.row, place.statement, statement)]
    columns = [
        place.column
        for place in near
        if place.column is not None and _is_moved_around(place.column, place.statement, statement)
    ]
    is_free = isinstance(statement.stmt, Check) and not statement.accesses
    if not rows or not (columns or is_free):
        return None
    return Place(statement, rows[0], columns[0] if columns else None)


def _is_moved_around(sum: IndexSum, owner: Statement, statement: Statement) -> bool:
    """All loops that move it are around both statements."""
    moving = sum.variables & {node.loop.index for node in owner.loops}
    return bool(moving) and moving <= {node.loop.index for node in common_loops(owner, statement)}


# ---- boxes ------------------------------------------------------------------------------------------------


def boxes_of(
    geometry: Geometry, places: Iterable[Place], updates: Mapping[int, Update], names: Mapping[str, Expr]
) -> list[Box]:
    """The boxes of all updates that have one."""
    found = (
        _box(geometry, place, updates[id(place.statement.stmt)], names)
        for place in places
        if id(place.statement.stmt) in updates
    )
    return [box for box in found if box is not None]


def _box(geometry: Geometry, place: Place, update: Update, names: Mapping[str, Expr]) -> Box | None:
    statement = place.statement
    if place.column is None or len(statement.loops) != 3 or not statement.domain.is_exact:
        return None
    matched = [_matched(pair, place, geometry.indices) for pair in update.pairs]
    if any(match is None for match in matched):
        return None
    inner = matched[0].inner if matched[0] is not None else IndexSum()
    if abs(_determinant(statement, (place.row, place.column, inner))) != 1:
        return None
    operands, swapped = [], []
    for match in matched:
        assert match is not None
        shift = match.inner.minus(inner)
        if shift.factors:
            return None
        operands.append(tuple(_shifted(operand, shift.constant) for operand in match.operands))
        swapped.append(match.is_swapped)
    loads = [factor.load for pair in update.pairs for factor in (pair.left, pair.right)]
    if not all(_counts_from_start(geometry, place, load) for load in loads):
        return None
    extents = extents_of(geometry, place, inner, names)
    if extents is None:
        return None
    return Box(
        update,
        place,
        inner,
        tuple(operands),  # type: ignore
        tuple(swapped),
        extents.rows,
        extents.columns,
        extents.columns_of_row,
        extents.depth,
        extents.conditions,
    )


class _Match(Struct, frozen=True):
    """How the factors of a pair are rows and columns."""

    operands: tuple[Operand, Operand]
    inner: IndexSum
    is_swapped: bool


def _matched(pair: Term, place: Place, indices: frozenset[str]) -> _Match | None:
    assert place.column is not None
    for is_swapped in (False, True):
        factors = (pair.right, pair.left) if is_swapped else (pair.left, pair.right)
        for first, first_inner in _operands(factors[0].load, place.row, indices):
            for second, second_inner in _operands(factors[1].load, place.column, indices):
                shift = second_inner.minus(first_inner)
                if not shift.factors:
                    operands = (first, _shifted(second, shift.constant))
                    return _Match(operands, first_inner, is_swapped)
    return None


def _operands(load: Load, element: IndexSum, indices: frozenset[str]) -> Iterator[tuple[Operand, IndexSum]]:
    """Ways to see an element as one of a matrix: an axis goes with the tile, another with the sum."""
    sums = [index_sum(subscript) for subscript in load.subscripts]
    if any(sum is None for sum in sums):
        return
    moving = [axis for axis, sum in enumerate(sums) if sum is not None and sum.variables & indices]
    if len(moving) != 2:
        return
    for tile_axis, inner_axis in (moving, moving[::-1]):
        tile_sum, inner_sum = sums[tile_axis], sums[inner_axis]
        assert tile_sum is not None and inner_sum is not None
        shift = tile_sum.minus(element)
        if not shift.factors:
            yield Operand(tile_axis, shift.constant, inner_axis, 0), inner_sum


def _shifted(operand: Operand, shift: int) -> Operand:
    return Operand(operand.tile_axis, operand.tile_shift, operand.inner_axis, operand.inner_shift + shift)


def _determinant(statement: Statement, sums: Sequence[IndexSum]) -> int:
    """Plus or minus one where instances and (row, column, inner) are the same but for their names."""
    (a, b, c), (d, e, f), (g, h, i) = (
        [sum.factor_of(node.loop.index) for node in statement.loops] for sum in sums
    )
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def _counts_from_start(geometry: Geometry, place: Place, load: Load) -> bool:
    """No subscript is negative, which would count from the end."""
    if not load.checked:
        return True
    sums = [index_sum(subscript) for subscript in load.subscripts]
    return all(
        sum is not None
        and geometry.instances(place.statement, compared(sum, "<", IndexSum(), geometry.symbolic)).is_empty()
        for sum in sums
    )


def lies_inside(geometry: Geometry, place: Place, target: str) -> bool:
    """The element that a statement belongs to is one of the target, so that it is of some tile."""
    if is_owner(place, target):
        return True  # its subscripts are in range
    names = geometry.symbolic
    for axis, sum in enumerate((place.row, place.column)):
        if sum is None:
            continue
        extent = IndexSum(((Dim(target, axis, PY_INT), 1),))
        outside = (compared(sum, "<", IndexSum(), names), compared(sum, ">=", extent, names))
        if not all(geometry.instances(place.statement, one).is_empty() for one in outside):
            return False
    return True


def may_be_added_always(geometry: Geometry, box: Box) -> bool:
    """Where the innermost loop does not run, the product has nothing: the elements are outside of it."""
    *outer, last = (node.loop for node in box.place.statement.loops)
    column = box.place.column
    assert column is not None
    conditions = [_runs_within(loop, geometry) for loop in outer]
    start, stop = index_sum(last.start), index_sum(last.stop)
    if start is None or stop is None or any(condition is None for condition in conditions):
        return False
    found = [condition for condition in conditions if condition is not None]
    for sum, range in ((box.place.row, box.rows), (column, box.columns)):
        found += [compared(sum, ">=", bound, geometry.symbolic) for bound in range.lower]
        found += [compared(sum, "<", bound, geometry.symbolic) for bound in range.upper]
    found.append(compared(start, ">=", stop, geometry.symbolic))
    dims = box.place.statement.dims[:-1]
    return points("", dims, conjunction(found)).under(geometry.scop.context).is_empty()


def _runs_within(loop: For, geometry: Geometry) -> Formula | None:
    start, stop = index_sum(loop.start), index_sum(loop.stop)
    if start is None or stop is None:
        return None
    index = IndexSum(((Var(loop.index, PY_INT), 1),))
    names = geometry.symbolic
    return conjunction((compared(index, ">=", start, names), compared(index, "<", stop, names)))


def are_simple(stmts: Iterable[Stmt]) -> bool:
    """Loops of step one, assignments, stores and checks."""
    return all(
        isinstance(stmt, Assign | Store | Check) or (isinstance(stmt, For) and stmt.step == 1)
        for stmt in stmts
    )


# ---- sums that share a loop -------------------------------------------------------------------------------


def with_sums_apart(root: For, region: Region) -> For:
    """The nest with every statement of an innermost loop in a loop of its own, where they are independent."""
    shared = [loop for loop in walk_stmts((root,)) if isinstance(loop, For) and _is_shared(loop)]
    if not shared:
        return root
    dependences = dependences_of(region)
    apart = {id(loop) for loop in shared if not any(_is_between(d, loop) for d in dependences)}
    return replace(root, body=_apart(root.body, apart)) if apart else root


def _is_shared(loop: For) -> bool:
    return len(loop.body) > 1 and all(isinstance(stmt, Store | Assign) for stmt in loop.body)


def _is_between(dependence: Dependence, loop: For) -> bool:
    ends = (dependence.source, dependence.sink)
    return ends[0] is not ends[1] and all(end.loops and end.loops[-1].loop is loop for end in ends)


def _apart(body: Body, apart: set[int]) -> Body:
    done: list[Stmt] = []
    for stmt in body:
        if isinstance(stmt, For) and id(stmt) in apart:
            done += [replace(stmt, body=(inner,)) for inner in stmt.body]
        elif isinstance(stmt, For):
            done.append(replace(stmt, body=_apart(stmt.body, apart)))
        else:
            done.append(stmt)
    return tuple(done)
