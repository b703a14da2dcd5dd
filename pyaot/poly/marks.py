"""Marks on loops: which run in parallel, which in SIMD registers, and what a loop costs. Nothing is moved.

    for i in range(n):                          parallel
        s = 0.0
        for j in range(i):                      simd, reduction add on s; i is not balanced
            s = s + a[i, j]
        b[i] = s

Of a nest the outermost loop that carries no dependence is parallel, and the innermost one simd.
"""

from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.diagnostics import Diagnostic
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Binary,
    Block,
    Const,
    Exit,
    For,
    If,
    LibraryCall,
    Load,
    Loop,
    Marks,
    Reduction,
    Stmt,
    Var,
)
from pyaot.ir.user_names import NO_NAMES, UserNames
from pyaot.ir.walk import Body, map_bodies, scalars_assigned, walk_expr, walk_stmts
from pyaot.poly import remarks
from pyaot.poly.dependences import Dependence, carried_by, dependences_of, is_too_large, runs_against
from pyaot.poly.reductions import reduction_of
from pyaot.poly.regions import Region
from pyaot.poly.scalars import scalars_in
from pyaot.poly.scop import LoopNode, Scop
from pyaot.poly.strides import STRIDED, access_cost, accesses
from pyaot.poly.work import constant_trips, time_of, work_of

_NOT_INNERMOST = (For, Loop, Block, Allocate, LibraryCall)  # in the body of an innermost loop
FEW = 3  # iterations that are not worth a parallel loop of their own


class Verdict(Struct, frozen=True):
    """What dependences say about one loop."""

    node: LoopNode
    obstacle: Dependence | None  # the first carried dependence that no reduction explains
    reductions: tuple[Reduction, ...]
    array_reductions: bool  # one of them combines a whole array
    is_strict_sum: bool  # a reduction but for --fp strict
    may_interleave: bool = False  # its iterations may advance together through the body
    blocker: str = ""  # another reason; it has a place for the name of
    blocking: str = ""  # the array that is to blame

    @property
    def is_free(self) -> bool:
        """Its iterations may run in any order."""
        return self.obstacle is None and not self.blocker


def judge(region: Region, strict: bool) -> dict[int, Verdict]:
    """A verdict for every loop of the region, by its key."""
    return region.recall(
        f"verdicts, {strict=}", lambda: verdicts(region.scop(), dependences_of(region), strict)
    )


def verdicts(scop: Scop, dependences: Sequence[Dependence], strict: bool) -> dict[int, Verdict]:
    """The same where the dependences are known already."""
    if is_too_large(scop):
        return {n.key: Verdict(n, None, (), False, False, blocker=remarks.TOO_LARGE) for n in scop.loops}
    return {node.key: _verdict(node, scop, dependences, strict) for node in scop.loops}


def _verdict(node: LoopNode, scop: Scop, dependences: Sequence[Dependence], strict: bool) -> Verdict:
    inside = [s for s in scop.statements if any(other.key == node.key for other in s.loops)]
    carried = carried_by(node, dependences)
    scalars = {a.name for s in inside for a in s.accesses if a.is_scalar}
    found: dict[str, Reduction | None] = {}
    for dependence in carried:
        if dependence.name not in found:
            found[dependence.name] = reduction_of(dependence.name, inside, strict)
    obstacle = next((d for d in carried if found[d.name] is None), None)
    relaxed = strict and obstacle is not None and reduction_of(obstacle.name, inside, False) is not None
    reductions = tuple(r for r in found.values() if r is not None)
    arrays = any(r.name not in scalars for r in reductions)
    together = all(found[d.name] is not None or not runs_against(d, node) for d in carried)
    blocking = _used_outside(node.loop, scop)
    blocker = remarks.USED_OUTSIDE if blocking else ""
    return Verdict(node, obstacle, reductions, arrays, relaxed, together, blocker, blocking)


def _used_outside(loop: For, scop: Scop) -> str:
    """An array that an iteration makes and that others use; "" where there is none."""
    for stmt in walk_stmts(loop.body):
        if isinstance(stmt, Allocate) and stmt.name not in scop.local and not _is_within_while(loop, stmt):
            return stmt.name
    return ""


def _is_within_while(loop: For, allocate: Allocate) -> bool:
    """Allocated in a while loop: the extraction has seen whether it leaves that loop."""
    insides = (stmt for stmt in walk_stmts(loop.body) if isinstance(stmt, Loop | Block))
    return any(allocate is inner for stmt in insides for inner in walk_stmts((stmt,)))


class Marker(Struct):
    """Marks the regions of a function, and gathers what there is to say about their loops."""

    strict: bool
    names: UserNames = NO_NAMES
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def region(self, region: Region) -> Body:
        """The region with marks on all its loops."""
        tree = _Tree(judge(region, self.strict), self.names, self.diagnostics)
        return tree.body(region.body, may_be_parallel=not (region.in_parallel or region.in_tile))

    def other_loop(self, loop: For) -> None:
        """A loop in which arrays are bound, the function ends, or a library is called."""
        if not remarks.is_our_own(loop):
            self.diagnostics.append(remarks.stays_sequential(loop, _reason(loop)))


def _reason(loop: For) -> str:
    names = {"Return": "The function may end inside it.", "Bind": "It gives arrays new names."}
    for stmt in walk_stmts(loop.body):
        if type(stmt).__name__ in names:
            return names[type(stmt).__name__]
        if isinstance(stmt, Exit):
            return "It may end before its last iteration."
    return "It calls a library, which has threads of its own."


class _Tree(Struct):
    """Rebuilds a region; loops are met in the order of their keys."""

    verdicts: dict[int, Verdict]
    names: UserNames
    diagnostics: list[Diagnostic]
    next_key: int = 0

    def body(self, body: Body, may_be_parallel: bool) -> Body:
        return tuple(self._stmt(stmt, may_be_parallel) for stmt in body)

    def _stmt(self, stmt: Stmt, may_be_parallel: bool) -> Stmt:
        match stmt:
            case For():
                return self._loop(stmt, may_be_parallel)
            case If():
                return map_bodies(lambda body: self.body(body, may_be_parallel), stmt)
            case _:
                return stmt

    def _loop(self, loop: For, may_be_parallel: bool) -> For:
        verdict = self.verdicts[self.next_key]
        self.next_key += 1
        parallel = may_be_parallel and verdict.is_free and not self._is_better_inside(loop, verdict)
        simd = verdict.is_free and _is_innermost(loop) and not verdict.array_reductions
        simd = simd and not _is_better_one_by_one(loop, verdict.reductions)
        work = work_of(loop)
        reductions = verdict.reductions if parallel or simd else ()
        balanced = _is_balanced(loop)
        marks = Marks(parallel, simd, reductions, balanced, work, interleaved=verdict.may_interleave)
        self._say(loop, verdict, marks, may_be_parallel)
        marked = replace(loop, body=self.body(loop.body, may_be_parallel and not parallel), marks=marks)
        return replace(marked, marks=replace(marks, time=time_of(marked)))

    def _is_better_inside(self, loop: For, verdict: Verdict) -> bool:
        """A loop inside is better: this one has few iterations, or would combine whole arrays."""
        count = constant_trips(loop)
        is_long = count is None or count > FEW
        if is_long and (not verdict.array_reductions or _calls_library(loop)):
            return False
        last = self.next_key + sum(isinstance(s, For) for s in _loops_in(loop.body))
        inner = [self.verdicts[key] for key in range(self.next_key, last)]
        if verdict.array_reductions:  # a region for each of many short innermost loops costs more than copies
            inner = [v for v in inner if not _is_innermost(v.node.loop)]
        return any(v.is_free and not v.array_reductions and not _is_short(v.node.loop) for v in inner)

    def _say(self, loop: For, verdict: Verdict, marks: Marks, may_be_parallel: bool) -> None:
        if remarks.is_our_own(loop):
            return
        if marks.parallel:
            self.diagnostics.append(remarks.made_parallel(loop, marks, self.names))
        if marks.simd:
            self.diagnostics.append(remarks.vectorised(loop))
        if verdict.blocker:
            reason = verdict.blocker.format(self.names.words(verdict.blocking))
            self.diagnostics.append(remarks.stays_sequential(loop, reason))
        elif verdict.obstacle is not None and (may_be_parallel or _is_innermost(loop)):
            said = remarks.carried_dependence(loop, verdict.obstacle, verdict.is_strict_sum, self.names)
            self.diagnostics.append(said)


def _calls_library(loop: For) -> bool:
    """Loops inside do not make such calls run in parallel."""
    return any(isinstance(stmt, LibraryCall) for stmt in walk_stmts(loop.body))


def _is_short(loop: For) -> bool:
    count = constant_trips(loop)
    return count is not None and count <= FEW


def _loops_in(body: Body) -> list[Stmt]:
    """The statements that the extraction looks into."""
    found: list[Stmt] = []
    for stmt in body:
        found.append(stmt)
        if isinstance(stmt, For):
            found += _loops_in(stmt.body)
        elif isinstance(stmt, If):
            found += _loops_in(stmt.then) + _loops_in(stmt.otherwise)
    return found


def _is_innermost(loop: For) -> bool:
    return not any(isinstance(stmt, _NOT_INNERMOST) for stmt in walk_stmts(loop.body))


def _is_better_one_by_one(loop: For, reductions: Sequence[Reduction]) -> bool:
    """Integers are combined sooner than elements that lie apart are gathered into a register."""
    names = {reduction.name for reduction in reductions}
    combined = [s for s in walk_stmts(loop.body) if isinstance(s, Assign) and s.name in names]
    if not any(stmt.value.type.dtype.is_integer for stmt in combined):
        return False
    return any(access_cost(access.subscripts, loop.index) >= STRIDED for access in accesses(loop.body))


def _is_strip(inner: For, index: str) -> bool:
    """Runs from the index to a constant distance behind it, or to the end."""
    match inner.start, inner.stop:
        case Var(start), Binary("minimum", Binary("add", Var(name), Const()), end):
            return start == name == index and index not in scalars_in(end)
    return False


def _is_balanced(loop: For) -> bool:
    """Every iteration runs the same inner loops for the same time."""
    moving = {loop.index} | scalars_assigned(loop.body)
    for stmt in walk_stmts(loop.body):
        if isinstance(stmt, Loop | Block):
            return False
        if isinstance(stmt, For) and not _is_strip(stmt, loop.index):
            nodes = [*walk_expr(stmt.start), *walk_expr(stmt.stop)]
            if any(
                isinstance(node, Load) or (isinstance(node, Var) and node.name in moving) for node in nodes
            ):
                return False
    return True
