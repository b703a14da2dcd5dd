"""Columns are gone through row by row: independent iterations advance together where that makes stride 1.

    for j in range(m):                          for j0 in range(0, m, 64):                      parallel
        s = 0.0                                     s_row = empty(64)
        for i in range(n):                          for j in ...: s_row[j - j0] = 0.0
            s = s + a[i, j]         becomes         for i in range(n):
        y[j] = s                                        for j in ...: s_row[j - j0] += a[i, j]
                                                    for j in ...: y[j] = s_row[j - j0]      simd

The iterations of the outer loop depend on nothing of each other, so any interleaving of them is right;
scalars that live longer than one step of an iteration get an element for each. It pays from some columns on.
"""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import add, cast, compare, i64, minimum, sub, unchecked, var
from pyaot.ir.nodes import Allocate, Assign, Check, Expr, For, If, Load, Stmt, Store, Var
from pyaot.ir.types import PY_INT, Array, Scalar
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import (
    Body,
    bodies_of,
    map_stmt_exprs,
    scalars_assigned,
    transform_body,
    walk_expr,
    walk_stmts,
)
from pyaot.poly.marks import Verdict, judge
from pyaot.poly.permute import SLOW, nested, perfect_chain
from pyaot.poly.regions import Region
from pyaot.poly.scalars import Names, ScalarFlow, scalars_in
from pyaot.poly.strides import UNIT, access_cost, accesses

ROW = 64  # columns that advance together: some cache lines of every row
FEWEST = 8  # columns that are worth it: a cache line


class Interleaving(Struct):
    """Finds such loops, region after region; `changed` gathers them."""

    strict: bool
    taken: set[str]
    changed: list[For] = field(default_factory=list)

    def region(self, region: Region) -> Body:
        """The region with columns advancing together."""
        candidates = [s for s in walk_stmts(region.body) if isinstance(s, For) and _steps(s) is not None]
        if not any(_is_cheaper(loop, _verdict_unknown) for loop in candidates):
            return region.body
        by_loop = {id(v.node.loop): v for v in judge(region, self.strict).values()}

        def change(body: Body) -> Body:
            return tuple(new for stmt in body for new in visit(stmt))

        def visit(stmt: Stmt) -> Body:
            if not isinstance(stmt, For):
                return (stmt,)
            if self._may_change(stmt, by_loop):
                self.changed.append(stmt)
                return (self._interleaved(stmt, region.in_tile),)
            return (with_bodies(change, stmt),)

        return change(region.body)

    def _may_change(self, loop: For, by_loop: dict[int, Verdict]) -> bool:
        verdict = by_loop.get(id(loop))
        if verdict is None or not verdict.is_free or verdict.reductions or _steps(loop) is None:
            return False
        return _is_cheaper(loop, lambda inner: not by_loop[id(inner)].is_free)

    def _interleaved(self, loop: For, in_tile: bool) -> Stmt:
        steps = _steps(loop)
        assert steps is not None
        index = fresh(f"{loop.index}_row", self.taken)
        self.taken.add(index)
        stop = minimum(unchecked(add(var(index), ROW)), loop.stop)
        part = replace(loop, start=var(index), stop=stop)
        rows = _Rows(self._row_names(loop, steps), unchecked(sub(var(loop.index), var(index))))
        body = [rows.allocation(name, loop) for name in sorted(rows.names)]
        for step in steps:
            if isinstance(step[0], For):
                chain = perfect_chain(step[0])
                body.append(nested(chain, (replace(part, body=rows.body(chain[-1].body)),)))
            else:
                body.append(replace(part, body=rows.body(step)))
        strips = replace(loop, index=index, step=ROW, body=tuple(body))
        if in_tile:
            return strips
        many = compare("ge", sub(loop.stop, loop.start), FEWEST)
        return If(many, (strips,), (loop,), loop.span)

    def _row_names(self, loop: For, steps: Sequence[Body]) -> dict[str, tuple[str, Scalar]]:
        """For every scalar that outlives a step the name of its row, and its type."""
        names: dict[str, tuple[str, Scalar]] = {}
        types = {s.name: s.value.type for s in walk_stmts(loop.body) if isinstance(s, Assign)}
        for name in sorted(_outliving(loop, steps)):
            row = fresh(f"{name}_row", self.taken)
            self.taken.add(row)
            names[name] = (row, types[name])
        return names


class _Rows(Struct, frozen=True):
    """Scalars that have become rows, and the subscript of an iteration's own element."""

    names: dict[str, tuple[str, Scalar]]
    own: Expr

    def allocation(self, name: str, loop: For) -> Stmt:
        """The row of a scalar."""
        row, type = self.names[name]
        return Allocate(row, Array(type.dtype, 1), (i64(ROW),), span=loop.span)

    def body(self, body: Body) -> Body:
        """The statements with elements of rows for scalars."""

        def change(stmt: Stmt) -> Body:
            stmt = map_stmt_exprs(self._element, stmt)
            if isinstance(stmt, Assign) and stmt.name in self.names:
                row, type = self.names[stmt.name]
                value = cast(stmt.value, Scalar(type.dtype))
                return (Store(row, (self.own,), value, checked=False, span=stmt.span),)
            return (stmt,)

        return transform_body(change, body)

    def _element(self, expr: Expr) -> Expr:
        if not (isinstance(expr, Var) and expr.name in self.names):
            return expr
        row, type = self.names[expr.name]
        return cast(Load(row, (self.own,), Scalar(type.dtype), checked=False), expr.type)


def _steps(loop: For) -> list[Body] | None:
    """The body cut into nests over simple statements and runs of simple statements; None if it holds more."""
    if loop.step != 1 or loop.start.type != PY_INT or not any(isinstance(s, For) for s in loop.body):
        return None
    steps: list[Body] = []
    changing = scalars_assigned(loop.body) | {loop.index}
    for stmt in loop.body:
        if isinstance(stmt, For):
            chain = perfect_chain(stmt)
            bounds = [bound for nest in chain for bound in (nest.start, nest.stop)]
            if not all(map(_is_simple, chain[-1].body)) or scalars_in(*bounds) & changing or _loads(bounds):
                return None
            steps.append((stmt,))
        elif not _is_simple(stmt):
            return None
        elif steps and not isinstance(steps[-1][0], For):
            steps[-1] = (*steps[-1], stmt)
        else:
            steps.append((stmt,))
    return steps


def _is_simple(stmt: Stmt) -> bool:
    inner = (part for body in bodies_of(stmt) for part in body)
    return isinstance(stmt, Assign | Store | Check | If) and all(map(_is_simple, inner))


def _loads(exprs: Iterable[Expr]) -> bool:
    return any(isinstance(node, Load) for expr in exprs for node in walk_expr(expr))


def _outliving(loop: For, steps: Sequence[Body]) -> Names:
    flow = ScalarFlow()
    exposed = frozenset[str]().union(*(flow.effect_of_all(step).exposed for step in steps))
    return exposed & scalars_assigned(loop.body)


def _verdict_unknown(loop: For) -> bool:
    return True


def _is_cheaper(loop: For, is_slow: Callable[[For], bool]) -> bool:
    """Whether the inner loops have better strides along this loop than along themselves."""
    steps = _steps(loop) or []
    outliving = _outliving(loop, steps)
    before = after = 0.0
    for inner in (perfect_chain(step[0])[-1] for step in steps if isinstance(step[0], For)):
        before += sum(access_cost(access.subscripts, inner.index) for access in accesses(inner.body))
        after += sum(access_cost(access.subscripts, loop.index) for access in accesses(inner.body))
        before += SLOW if is_slow(inner) else 0.0
        after += 2 * UNIT * len(outliving & scalars_assigned(inner.body))
    return after + 0.5 < before
