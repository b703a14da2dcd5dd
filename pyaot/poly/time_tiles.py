"""Time loops over stencils run in tiles of rows and turns, so that a tile stays in the cache for many turns.

    for t in range(n):                      for band in range(...):                 `steps` turns of t
        for i ...: b[i] = f(a[i - 1:i + 2])     for phase in range(2):
        for i ...: a[i] = f(b[i - 1:i + 2])         for part in range(...):         parallel
                                                        for t ...: for i ...: ...   the rows of the part

A turn of the time loop is a run of stages, loops over rows whose turns are free of each other. Where a stage
depends on rows that are at most `reach` away in the stage before (two stages, twice as far), a part of the
rows can do many stages alone, if it gives up `reach` rows at both ends with each; that is the first phase.
In the second one the gaps between the parts are filled, from nothing to as many rows as were given up:
the split tiling of Krishnamoorthy et al., "Effective automatic parallelization of stencil computations",
PLDI 2007. Each element is computed once, and as before: the results are the same to the bit.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial, reduce

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import (
    ExprLike,
    add,
    assign,
    binary,
    both,
    cast,
    compare,
    dim,
    floordiv,
    i64,
    maximum,
    minimum,
    mul,
    select,
    sub,
    unchecked,
    var,
)
from pyaot.ir.nodes import Assign, Expr, For, If, Load, Marks, Stmt, Store, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import Body, scalars_assigned, substitute, walk_expr, walk_stmts
from pyaot.poly.dependences import Dependence, dependences_of, is_too_large
from pyaot.poly.index_sums import IndexSum, Naming, index_sum
from pyaot.poly.regions import Region, replaced
from pyaot.poly.scalars import Names, scalars_in
from pyaot.poly.scop import Statement
from pyaot.poly.sets import Formula, relation
from pyaot.poly.strides import accesses
from pyaot.poly.work import FLOAT

STEPS = 8  # turns of the time loop that are worth a tile
PARTS = 4  # where the arrays are small: enough for some threads
TILE_BYTES = 1 << 19  # of a tile, where that leaves rows enough for `STEPS`
FARTHEST = 4  # rows from one stage to the next


class Stage(Struct, frozen=True):
    """A loop over rows; row `index + offset` of the arrays. Without `index` it is about one row only."""

    loop: For
    index: str
    offset: IndexSum
    sizes: tuple[tuple[str, Expr], ...]  # bytes of a row, by array

    @property
    def rows(self) -> tuple[Expr, Expr]:
        """The first row and the one behind the last."""
        if not self.index:
            return self.offset.expression(), self.offset.plus(IndexSum((), 1)).expression()
        offset = self.offset.expression()
        return unchecked(add(self.loop.start, offset)), unchecked(add(self.loop.stop, offset))


class TimeTiles(Struct):
    """Tiles time loops, region after region; `changed` gathers the loops."""

    taken: set[str]
    changed: list[For] = field(default_factory=list)

    def region(self, region: Region) -> Body:
        """The region with its time loops in tiles."""
        if not any(_may_be_tiled(stmt) for stmt in walk_stmts(region.body)) or is_too_large(region.scop()):
            return region.body
        return replaced(region, lambda stmt, live: self._tiled(region, stmt, live))

    def _tiled(self, region: Region, stmt: Stmt, live: Names) -> Body | None:
        if not (isinstance(stmt, For) and _may_be_tiled(stmt)) or scalars_assigned((stmt,)) & live:
            return None
        stages = _stages(stmt)
        reach = None if stages is None else _reach(region, stmt, stages)
        if stages is None or reach is None:
            return None
        self.changed.append(stmt)
        return _Writer(stmt, stages, reach, _Names.free(self.taken)).all()


def _may_be_tiled(stmt: Stmt) -> bool:
    """A sequential loop of parallel ones, whose bounds it does not change."""
    if not isinstance(stmt, For) or stmt.step != 1 or stmt.marks.parallel:
        return False
    nests = [inner for inner in stmt.body if isinstance(inner, For)]
    others = [inner for inner in stmt.body if not isinstance(inner, For)]
    changing, numbers = scalars_assigned((stmt,)) | {stmt.index}, _numbers(stmt)
    return (
        bool(nests)
        and all(_may_be_stage(nest, changing) for nest in nests)
        and all(isinstance(inner, Assign) and inner.name in numbers for inner in others)
    )


def _may_be_stage(nest: For, changing: Names) -> bool:
    """Its turns are free, and how many there are is the same in all turns of the time loop."""
    bounds = (nest.start, nest.stop)
    has_loads = any(isinstance(node, Load) for bound in bounds for node in walk_expr(bound))
    is_plain = nest.step == 1 and nest.marks.parallel and not nest.marks.reductions
    return is_plain and not has_loads and not scalars_in(*bounds) & changing


def _numbers(loop: For) -> Names:
    """Scalars that follow from the turn of the loop alone, so that each part can compute them by itself."""
    found: set[str] = set()
    changing = scalars_assigned((loop,))
    assigned = Counter(stmt.name for stmt in walk_stmts(loop.body) if isinstance(stmt, Assign))
    for stmt in loop.body:
        if (
            isinstance(stmt, Assign)
            and assigned[stmt.name] == 1
            and not scalars_in(stmt.value) & changing - found
        ):
            found.add(stmt.name)
    return frozenset(found)


# ---- stages -----------------------------------------------------------------------------------------------


def _stages(loop: For) -> tuple[Stage, ...] | None:
    """What a turn of the time loop consists of; None where some stage has no rows."""
    nests = [stmt for stmt in loop.body if isinstance(stmt, For)]
    axes = _row_axes(nests)
    changing = scalars_assigned((loop,)) | {
        stmt.index for stmt in walk_stmts((loop,)) if isinstance(stmt, For)
    }
    stages = [_stage(nest, axes, changing) for nest in nests]
    found = tuple(stage for stage in stages if stage is not None)
    return found if len(found) == len(nests) and any(stage.index for stage in found) else None


def _row_axes(nests: Sequence[For]) -> dict[str, int]:
    """The axis along which the rows of each written array follow each other: the first that is one."""
    axes: dict[str, int] = {}
    for nest in nests:
        for store in _stores(nest):
            for axis, sum in enumerate(map(index_sum, store.subscripts)):
                if sum is not None and sum.factor_of(nest.index) == 1:
                    axes[store.array] = min(axis, axes.get(store.array, axis))
    return axes


def _stage(nest: For, axes: dict[str, int], changing: frozenset[str] | set[str]) -> Stage | None:
    store = next(_stores(nest), None)
    if store is None or store.array not in axes:
        return None
    row = index_sum(store.subscripts[axes[store.array]])
    if row is None or row.factor_of(nest.index) not in (0, 1):
        return None
    index = nest.index if row.factor_of(nest.index) else ""
    offset = row.without(nest.index)
    return None if offset.variables & changing else Stage(nest, index, offset, _sizes(nest))


def _stores(nest: For) -> Iterator[Store]:
    return (stmt for stmt in walk_stmts(nest.body) if isinstance(stmt, Store))


def _sizes(nest: For) -> tuple[tuple[str, Expr], ...]:
    """What one turn of the loop goes through, array by array."""
    found: dict[str, Expr] = {}
    for access in accesses(nest.body):
        sums = [index_sum(subscript) for subscript in access.subscripts]
        along = [axis for axis, sum in enumerate(sums) if sum is not None and sum.factor_of(nest.index) == 1]
        if access.array in found or not along:
            continue
        value = access.value if isinstance(access, Store) else access
        size: Expr = i64(value.type.dtype.bits // 8)
        for axis in range(len(sums)):
            size = size if axis == along[0] else unchecked(mul(size, dim(access.array, axis)))
        found[access.array] = size
    return tuple(found.items())


# ---- what depends on what ---------------------------------------------------------------------------------


def _reach(region: Region, loop: For, stages: Sequence[Stage]) -> int | None:
    """How many rows away, for each stage between them, instances that depend on each other are at most."""
    number = {id(stmt): n for n, stage in enumerate(stages) for stmt in walk_stmts((stage.loop,))}
    numbers = _numbers(loop)
    inside = [d for d in dependences_of(region) if d.name not in numbers and _is_of_one_run(d, loop)]
    if any(id(end.stmt) not in number for d in inside for end in (d.source, d.sink)):
        return None
    seen = _Seen(region, loop, stages, number)
    reach = next((n for n in range(FARTHEST + 1) if not any(seen.exceeds(d, n) for d in inside)), None)
    return reach or None  # rows that never meet are loops of their own, which other passes know


def _is_of_one_run(dependence: Dependence, loop: For) -> bool:
    """Both ends are in the loop, and not in different runs of it."""
    ends = (dependence.source, dependence.sink)
    if not all(any(node.loop is loop for node in end.loops) for end in ends):
        return False
    level = _level(dependence.source, loop)
    outer = {node.key for node in dependence.source.loops[:level]}
    return dependence.carrier is None or dependence.carrier.key not in outer


def _level(statement: Statement, loop: For) -> int:
    return next(level for level, node in enumerate(statement.loops) if node.loop is loop)


class _Seen(Struct, frozen=True):
    """Statements by their stage and row."""

    region: Region
    loop: For
    stages: Sequence[Stage]
    number: dict[int, int]  # of the stage of a statement, by identity

    def exceeds(self, dependence: Dependence, reach: int) -> bool:
        """Some pair is farther apart, or within a stage and apart at all."""
        sink = dependence.sink
        primed = {dim: Formula(f"{dim}_then") for dim in sink.dims}  # no parameters
        now, then = self._naming(dependence.source, {}), self._naming(sink, primed)
        row, later_row = self._row(dependence.source, now), self._row(sink, then)
        stage, later_stage = self._time(dependence.source, now), self._time(sink, then)
        far = f"{reach}*(({later_stage.text}) - ({stage.text}))"
        apart = f"(({later_row.text}) - ({row.text}))"
        symbols = row.symbols | later_row.symbols | stage.symbols | later_stage.symbols
        formula = Formula(f"{apart} > {far} or -{apart} > {far}", symbols)
        source, values = dependence.source, [primed[dim].text for dim in sink.dims]
        pairs = relation(source.name, source.dims, sink.name, values, formula)
        return not dependence.relation.meet(pairs).is_empty()

    def _naming(self, statement: Statement, given: dict[str, Formula]) -> Naming:
        indices = frozenset(node.loop.index for node in statement.loops)
        known = {node.loop.index: given[node.index] for node in statement.loops if node.index in given}
        return Naming(self.region.known.reader(), indices, known)

    def _row(self, statement: Statement, naming: Naming) -> Formula:
        stage = self.stages[self.number[id(statement.stmt)]]
        return (_one(stage.index).plus(stage.offset) if stage.index else stage.offset).formula(naming)

    def _time(self, statement: Statement, naming: Naming) -> Formula:
        stage = IndexSum((), self.number[id(statement.stmt)])
        return stage.plus(_one(self.loop.index), len(self.stages)).formula(naming)


def _one(name: str) -> IndexSum:
    return IndexSum(((Var(name, PY_INT), 1),))


# ---- the loops --------------------------------------------------------------------------------------------


class _Names(Struct, frozen=True):
    """Of what is computed before and in the loops."""

    first: str  # row of all stages
    rows: str
    parts: str
    steps: str
    band: str
    band_start: str
    band_stop: str
    phase: str
    part: str
    start: str  # the first row of the part, and how it moves with each stage
    start_moves: str
    stop: str
    stop_moves: str
    only: str  # the row of a stage that has just one

    @staticmethod
    def free(taken: set[str]) -> "_Names":
        """None of which is in use."""
        wanted = (
            "first_row rows parts steps band band_start band_stop phase part part_start start_moves"
            " part_stop stop_moves only_row"
        )
        names = [fresh(name, taken) for name in wanted.split()]
        taken.update(names)
        return _Names(*names)


class _Writer(Struct, frozen=True):
    """Writes a time loop in tiles."""

    loop: For
    stages: tuple[Stage, ...]
    reach: int
    names: _Names

    def all(self) -> Body:
        """Tiles where there are rows and steps enough, else the loop as it is."""
        names = self.names
        starts, stops = zip(*(stage.rows for stage in self.stages), strict=True)
        before = (
            assign(names.first, reduce(minimum, starts)),
            assign(names.rows, _int("sub", reduce(maximum, stops), var(names.first))),
            assign(names.parts, self._parts()),
        )
        is_long = compare("ge", _int("sub", self.loop.stop, self.loop.start), STEPS)
        pays = both(compare("ge", var(names.parts), 2), is_long)
        return (*before, If(pays, self._bands(), (self.loop,), self.loop.span))

    def _lost(self) -> int:
        """Rows that a part loses in one turn of the time loop."""
        return 2 * self.reach * len(self.stages)

    def _parts(self) -> Expr:
        """As many as fit the cache, but no shorter than a few turns of the time loop need."""
        sizes = {array: size for stage in self.stages for array, size in stage.sizes}
        size = _int("mul", var(self.names.rows), reduce(partial(_int, "add"), sizes.values()))
        fitting = _int("add", _int("floordiv", size, TILE_BYTES), 1)
        most = _int("floordiv", var(self.names.rows), self._lost() * STEPS)
        return minimum(maximum(PARTS, fitting), most)

    def _bands(self) -> Body:
        """Band after band of turns of the time loop."""
        names, loop = self.names, self.loop
        rows = _int("floordiv", var(names.rows), maximum(var(names.parts), 1))
        steps = maximum(var(names.steps), 1)
        turns = _int("sub", loop.stop, loop.start)
        count = _int("floordiv", _int("add", turns, _int("sub", steps, 1)), steps)
        start = _int("add", loop.start, _int("mul", var(names.band), var(names.steps)))
        stop = minimum(_int("add", var(names.band_start), var(names.steps)), loop.stop)
        phases = For(names.phase, i64(0), i64(2), (self._parallel(),))
        body = (assign(names.band_start, start), assign(names.band_stop, stop), phases)
        return (
            assign(names.steps, _int("floordiv", rows, self._lost())),
            For(names.band, i64(0), count, body),
        )

    def _parallel(self) -> For:
        """All parts of one phase. In the first one the parts shrink, in the second one the gaps grow."""
        names = self.names
        is_first = compare("eq", var(names.phase), 0)
        next_start = self._first_of(_int("add", var(names.part), 1))
        is_top = compare("eq", var(names.part), 0)
        is_bottom = compare("eq", _int("add", var(names.part), 1), var(names.parts))
        reach = self.reach
        body = (
            assign(names.start, self._first_of(var(names.part))),
            assign(names.stop, select(is_first, next_start, var(names.start))),
            assign(names.start_moves, select(is_first, select(is_top, 0, reach), -reach)),
            assign(names.stop_moves, select(is_first, select(is_bottom, 0, -reach), reach)),
            replace(
                self.loop,
                start=var(names.band_start),
                stop=var(names.band_stop),
                body=self._turn(),
                marks=Marks(),
            ),
        )
        marks = Marks(parallel=True, time=self._time(), lasting=True)
        return For(names.part, var(names.phase), var(names.parts), body, marks=marks)

    def _first_of(self, part: Expr) -> Expr:
        rows = _int("floordiv", _int("mul", var(self.names.rows), part), maximum(var(self.names.parts), 1))
        return _int("add", var(self.names.first), rows)

    def _turn(self) -> Body:
        numbers = {id(stage.loop): number for number, stage in enumerate(self.stages)}
        return tuple(self._stage(numbers[id(s)]) if isinstance(s, For) else s for s in self.loop.body)

    def _stage(self, number: int) -> For:
        """The rows that the part has left at this stage."""
        names, stage = self.names, self.stages[number]
        turn = _int("sub", var(self.loop.index), var(names.band_start))
        before = _int("add", _int("mul", turn, len(self.stages)), number)
        start = _int("add", var(names.start), _int("mul", var(names.start_moves), before))
        stop = _int("add", var(names.stop), _int("mul", var(names.stop_moves), before))
        marks = replace(stage.loop.marks, parallel=False)
        if not stage.index:
            row = stage.offset.expression()
            end = minimum(stop, _int("add", row, 1))
            return For(names.only, maximum(start, row), end, (replace(stage.loop, marks=marks),))
        offset = stage.offset.expression()
        return replace(
            stage.loop,
            start=maximum(stage.loop.start, _int("sub", start, offset)),
            stop=minimum(stage.loop.stop, _int("sub", stop, offset)),
            marks=marks,
        )

    def _time(self) -> Expr | None:
        """Of all parts of a phase together."""
        times = [stage.loop.marks.time for stage in self.stages]
        known = [time for time in times if time is not None]
        if len(known) != len(times):
            return None
        total = substitute(
            reduce(partial(binary, "add"), known), {self.loop.index: var(self.names.band_start)}
        )
        changing = scalars_assigned((self.loop,)) | {
            s.index for s in walk_stmts((self.loop,)) if isinstance(s, For)
        }
        if scalars_in(total) & changing:
            return None
        return binary("mul", cast(var(self.names.steps), FLOAT), total)


def _int(op: str, left: ExprLike, right: ExprLike) -> Expr:
    """An operation on ints that stay far below the limits: rows, turns and bytes of memory."""
    operations = {"add": add, "sub": sub, "mul": mul, "floordiv": floordiv}
    return unchecked(operations[op](left, right))
