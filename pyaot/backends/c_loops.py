"""For and Loop, sequential; parallel ones are in `c_parallel.py`.

For(i, 0, n, simd, reduction add s)       #pragma omp simd reduction(+:s)
                                          for (int64_t i = 0; i < n; i++) { ... }
"""

from msgspec import Struct
from msgspec.structs import replace

from pyaot.backends.c_context import Context, EmitBody
from pyaot.backends.c_expressions import compared, expression
from pyaot.backends.c_lanes import has_pairs, lane_lines
from pyaot.backends.c_parallel import parallel_lines
from pyaot.backends.c_reductions import simd_clause
from pyaot.backends.c_scopes import NOTHING, NameSet, inner_bodies, undeclared
from pyaot.backends.c_storage import Place, may_fail
from pyaot.backends.c_text import braced, with_label
from pyaot.backends.c_turns import STOP, begin_lines, poll_lines, strip_lines
from pyaot.backends.c_types import c_type
from pyaot.ir.failing import can_fail
from pyaot.ir.nodes import Allocate, Binary, Bind, Block, Const, Dim, Expr, For, LibraryCall, Loop, Var
from pyaot.ir.walk import Body, scalars_assigned, walk_expr, walk_stmts

SMALL = 12  # statements


class Header(Struct, frozen=True):
    """A `for` line: what must be computed before it, and its parts as text."""

    before: tuple[str, ...]
    type: str
    index: str
    start: str
    stop: str
    step: int

    def line(self, start: str = "", stop: str = "") -> str:
        """`for (...)`, from and to where it is told."""
        step = f"{self.index}++" if self.step == 1 else f"{self.index} += {self.step}"
        first, last = start or self.start, stop or self.stop
        return f"for ({self.type} {self.index} = {first}; {self.index} < {last}; {step})"


def for_lines(stmt: For, after: NameSet, context: Context, emit: EmitBody) -> list[str]:
    """A counted loop, parallel where it is marked and not inside another parallel one."""
    return [*begin_lines(stmt, context), *_for_lines(stmt, after, context, emit)]


def _for_lines(stmt: For, after: NameSet, context: Context, emit: EmitBody) -> list[str]:
    header = header_of(stmt, context)
    ((body, inner_after, _),) = inner_bodies(stmt, after, context.flow)
    if stmt.marks.parallel and not context.parallel:
        plain = replace(stmt, marks=replace(stmt.marks, parallel=False))
        alone = for_lines(plain, after, context, emit) if context.repeated and _is_small(stmt) else []
        return parallel_lines(
            stmt, header, inner_after, context, emit, turn_lines, simd_of(stmt, inner_after, context), alone
        )
    if id(body) in context.polls.strips:
        strip = replace(header, start="strip", stop="strip_stop")
        inner_lines = _loop_lines(stmt, strip, inner_after, context, emit)
        lines = strip_lines(header.type, header.start, header.stop, header.step, inner_lines, STOP, context)
    else:
        lines = _loop_lines(stmt, header, inner_after, context, emit)
    return braced("", [*header.before, *lines]) if header.before else lines


def _loop_lines(stmt: For, header: Header, after: NameSet, context: Context, emit: EmitBody) -> list[str]:
    """The loop itself, in one thread."""
    pragma = simd_of(stmt, after, context)
    if pragma is not None and has_pairs(stmt):
        return lane_lines(stmt, header, context, lambda inner: turn_lines(stmt.body, after, inner, emit))
    turn = turn_lines(stmt.body, after, context, emit)
    return [*([f"#pragma omp simd{pragma}"] if pragma is not None else []), *braced(header.line(), turn)]


def _is_small(stmt: For) -> bool:
    """Short enough to be written twice; labels and private arrays cannot be."""
    if stmt.marks.lasting:
        return False
    inside = list(walk_stmts(stmt.body))
    return len(inside) <= SMALL and not any(isinstance(s, Allocate | Block | Loop) for s in inside)


def forever_lines(stmt: Loop, context: Context, emit: EmitBody) -> list[str]:
    """A loop that only an Exit or a Return leaves."""
    ((body, after, _),) = inner_bodies(stmt, NOTHING, context.flow)
    return [*begin_lines(stmt, context), *braced("for (;;)", turn_lines(body, after, context, emit))]


def turn_lines(body: Body, after: NameSet, context: Context, emit: EmitBody) -> list[str]:
    """The body of a loop. A Block that is all of it is left by `continue`, one around it by `break`."""
    jumps = {context.breakable: "break;"} if context.breakable else {}
    inner = context.inside(jumps=jumps, breakable="", repeated=True)
    asks = poll_lines(body, context)
    if len(body) != 1 or not isinstance(body[0], Block):
        return [*asks, *emit(body, after, inner)]
    block = body[0]
    flow = context.flow.leaving(block.label, after)
    lines = emit(block.body, after, inner.inside(flow=flow, jumps={**jumps, block.label: "continue;"}))
    return [*asks, *with_label(context.names.labels[block.label], lines)]


def header_of(stmt: For, context: Context) -> Header:
    """The bounds are evaluated once: what is not a plain invariant gets a variable before the loop."""
    index = context.names.scalars[stmt.index]
    type = c_type(stmt.start.type.dtype)
    before = []
    start = expression(stmt.start, context.names)
    if stmt.marks.parallel and can_fail(stmt.start):
        before.append(f"const {type} {index}_start = {start};")
        start = f"{index}_start"
    if _is_invariant(stmt.stop, stmt.body):
        stop = compared(stmt.stop, context.names)
    else:
        stop = f"{index}_stop"
        before.append(f"const {type} {stop} = {expression(stmt.stop, context.names)};")
    return Header(tuple(before), type, index, start, stop, stmt.step)


def _is_invariant(stop: Expr, body: Body) -> bool:
    """Short, cheap to evaluate again, and always with the same result."""
    nodes = tuple(walk_expr(stop))
    if len(nodes) > 5 or can_fail(stop) or not all(map(_is_plain, nodes)):
        return False
    changed = scalars_assigned(body)
    moved = {name for stmt in walk_stmts(body) for name in _bound_by(stmt)}
    names = {node.name for node in walk_expr(stop) if isinstance(node, Var)}
    arrays = {node.array for node in walk_expr(stop) if isinstance(node, Dim)}
    return not (names & changed or arrays & moved)


def _is_plain(node: Expr) -> bool:
    if isinstance(node, Binary):
        return node.op in ("add", "sub", "mul")
    return isinstance(node, Const | Var | Dim)


def _bound_by(stmt: object) -> tuple[str, ...]:
    match stmt:
        case Bind(targets=targets):
            return targets
        case Allocate(name=name):
            return (name,)
        case _:
            return ()


def simd_of(stmt: For, after: NameSet, context: Context) -> str | None:
    """The clauses of `#pragma omp simd`, or None where the loop is not to have one."""
    if not stmt.marks.simd:
        return None
    for inner in walk_stmts(stmt.body):
        heap = isinstance(inner, Allocate) and context.storage.places[inner.name] is not Place.STACK
        if heap or isinstance(inner, Bind | Loop | LibraryCall) or may_fail(inner):
            return None
    reduced = {reduction.name for reduction in stmt.marks.reductions}
    longer = scalars_assigned(stmt.body) & undeclared(stmt.body, after, context.flow)
    return None if longer - reduced else simd_clause(stmt, context)
