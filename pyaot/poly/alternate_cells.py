"""Which cells of an array a turn of a loop needs from before it copied the array.

c = u.copy()
u[1:-1] = f(c)          all but the first and the last cell are written: a frame of (1, 1) is needed
u[0] = u[1]             now the first one, too: a frame of (0, 1)
"""

from collections.abc import Callable, Sequence
from itertools import product

from msgspec.structs import replace

from pyaot.ir.nodes import Block, Dim, Expr, Load, Loop, Stmt
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import Body, arrays_written, map_bodies, map_stmt_exprs, walk_stmts
from pyaot.poly.affine import array_symbol
from pyaot.poly.dependences import FLOW, in_order
from pyaot.poly.known import Known
from pyaot.poly.scop import Access, Scop, Statement
from pyaot.poly.sets import Formula, Set, conjunction, points

Frame = tuple[tuple[int, int], ...]  # for every axis how many cells at its start and at its end
WIDEST = 2


def frame_of(scop: Scop, known: Known, array: str, copy: str, body: Body) -> Frame | None:
    """The frame outside of which a turn writes every cell before it reads it; None if there is none."""
    ranks = {len(access.relation.outs) for _, access in _accesses(scop, array, is_write=True)}
    if len(ranks) != 1:
        return None
    (rank,) = ranks
    missing = _missing(scop, array, copy, body, _inside(array, rank, known, [(0, 0)] * rank))

    def covers(frame: Sequence[Sequence[int]]) -> bool:
        inside = _inside(array, rank, known, frame).under(scop.context)
        return all(cells.meet(inside).is_empty() for cells in missing)

    for width in range(WIDEST + 1):
        frame = [[width, width] for _ in range(rank)]
        if covers(frame):
            for axis, side in product(range(rank), range(2)):
                _shrink(frame, axis, side, covers)
            return tuple((low, high) for low, high in frame)
    return None


def _shrink(frame: list[list[int]], axis: int, side: int, covers: Callable[[list[list[int]]], bool]) -> None:
    while frame[axis][side]:
        frame[axis][side] -= 1
        if not covers(frame):
            frame[axis][side] += 1
            return


def reads_old_values(scop: Scop, array: str, copy: str, body: Body) -> Body:
    """The statements with what they read before it is written read from the copy."""
    old = {id(s.stmt) for s in _old_readers(scop, array, copy, body)}

    def from_copy(expr: Expr) -> Expr:
        return replace(expr, array=copy) if isinstance(expr, Load) and expr.array == array else expr

    def change(inner: Body) -> Body:
        return tuple(changed(stmt) for stmt in inner)

    def changed(stmt: Stmt) -> Stmt:
        stmt_now = map_stmt_exprs(from_copy, stmt) if id(stmt) in old else stmt
        return map_bodies(change, stmt_now)

    return change(body)


def _old_readers(scop: Scop, array: str, copy: str, body: Body) -> list[Statement]:
    """Statements that read of the array only what no statement has written yet."""
    if copy in arrays_written(body):
        return []
    writes = _accesses(scop, array, is_write=True)
    readers: dict[int, list[tuple[Statement, Access]]] = {}
    for statement, access in _accesses(scop, array, is_write=False):
        readers.setdefault(statement.position, []).append((statement, access))
    return [
        reads[0][0]
        for reads in readers.values()
        if not isinstance(reads[0][0].stmt, Loop | Block)
        and not any(_flows(w, r, scop) for w in writes for r in reads)
    ]


def _flows(write: tuple[Statement, Access], read: tuple[Statement, Access], scop: Scop) -> bool:
    first, second = (write, read) if write[0].position <= read[0].position else (read, write)
    return any(d.kind == FLOW for d in in_order(*first, *second, scop))


def _missing(scop: Scop, array: str, copy: str, body: Body, every: Set) -> list[Set]:
    """What is not written at all, and what is read before it is written."""
    place = {id(inner): n for n, stmt in enumerate(body) for inner in walk_stmts((stmt,))}
    writes = [
        (place[id(statement.stmt)], access.relation.sinks().under(scop.context))
        for statement, access in _accesses(scop, array, is_write=True)
        if access.is_exact
    ]
    old = {statement.position for statement in _old_readers(scop, array, copy, body)}
    needed = [(len(body), every)]
    for statement, access in _accesses(scop, array, is_write=False):
        if statement.position not in old:
            needed.append((place[id(statement.stmt)], access.relation.sinks().under(scop.context)))
    missing = []
    for when, cells in needed:
        for before, written in writes:
            cells = cells.minus(written) if before < when else cells
        missing.append(cells)
    return missing


def _accesses(scop: Scop, array: str, is_write: bool) -> list[tuple[Statement, Access]]:
    return [(s, a) for s in scop.statements for a in s.accesses if (a.name, a.is_write) == (array, is_write)]


def _inside(array: str, rank: int, known: Known, frame: Sequence[Sequence[int]]) -> Set:
    """The cells that are not of the frame."""
    dims = tuple(f"c{axis}" for axis in range(rank))
    parts = []
    for axis, (low, high) in enumerate(frame):
        extent = known.reader().term(Dim(array, axis, PY_INT))
        text = f"{low} <= {dims[axis]} and {dims[axis]} < {extent.text} - {high}"
        facts = " and ".join((text, *extent.facts))
        parts.append(Formula(facts, extent.symbols | {dims[axis]}, extent.unknowns))
    return points(array_symbol(array), dims, conjunction(parts))
