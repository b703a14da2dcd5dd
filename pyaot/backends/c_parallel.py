"""A parallel loop: one team, private variables, partial results combined in the order of the threads.

const int team = team_for(time, &results->time);
double s_parts[MAX_TEAM];
#pragma omp parallel num_threads(team) if (team > 1)
{
    double s = ...;                                   the partial result of this thread
    #pragma omp for schedule(static) nowait
    for (int64_t i = 0; i < n; i++) { ... }
    s_parts[omp_get_thread_num()] = s;
}

OpenMP's own reductions combine in the order in which threads arrive, so that their last bits vary from run
to run. An iteration that fails ends at its own label `fail` and makes the others end too.
"""

from collections.abc import Callable
from typing import Protocol

from pyaot.backends.c_context import Context, EmitBody
from pyaot.backends.c_flags import sets_flags
from pyaot.backends.c_memory import heap_declarations, heap_release
from pyaot.backends.c_reductions import combined, identity
from pyaot.backends.c_scopes import NameSet, undeclared
from pyaot.backends.c_storage import allocated_in, may_fail
from pyaot.backends.c_text import braced
from pyaot.backends.c_times import UNKNOWN, time_text
from pyaot.backends.c_turns import STOP, asks_inside, strip_lines
from pyaot.backends.c_types import c_element, c_type
from pyaot.ir.functions import LIBRARY
from pyaot.ir.nodes import Allocate, For, LibraryCall, Reduction, Stmt
from pyaot.ir.types import Origin, Scalar
from pyaot.ir.walk import Body, scalars_assigned, walk_stmts

EmitTurn = Callable[[Body, NameSet, Context, EmitBody], list[str]]


class LoopHeader(Protocol):
    """What is needed of a `for` line."""

    @property
    def before(self) -> tuple[str, ...]: ...
    @property
    def type(self) -> str: ...
    @property
    def start(self) -> str: ...
    @property
    def stop(self) -> str: ...
    @property
    def step(self) -> int: ...
    def line(self, start: str = "", stop: str = "") -> str: ...


def parallel_lines(
    stmt: For,
    header: LoopHeader,
    after: NameSet,
    context: Context,
    emit: EmitBody,
    turn: EmitTurn,
    simd: str | None,
    alone: list[str],
) -> list[str]:
    """The loop with its team, what comes before and what is combined after; `alone`: the loop without a team.

    To enter a region costs hundreds of nanoseconds even where it has one thread.
    """
    inner = context.inside(parallel=True)
    asks, last = asks_inside(stmt, context), _last_private(stmt, after, context)
    in_strips = id(stmt.body) in context.polls.strips and not last
    stops = asks or any(map(_can_stop, walk_stmts(stmt.body)))
    fails = stops or in_strips
    body = turn(stmt.body, after, inner, emit)
    turns = _stoppable(body) if stops else body
    loop = _strips(stmt, header, turns, simd, inner) if in_strips else _loop(stmt, header, turns, simd, last)
    region = [*_opening(stmt, context), *loop, *_closing(stmt, context)]
    if asks or in_strips:
        region = [_TURNS, *region, _TURNS_LEFT]
    pragma = "#pragma omp parallel num_threads(team) if (team > 1)"
    lines = [*_before(stmt, context, fails), pragma, *braced("", region), *_after(stmt, context)]
    if asks or in_strips:
        lines = ["int64_t turns_left = turns;", *lines, "turns = turns_left;", f"if (failed == 3) {STOP}"]
    if fails and _misses_memory(body):
        lines.append("if (failed == 2) goto no_memory;")
    lines += ["if (failed) goto fail;"] if fails else []
    if alone:
        lines = [*braced("if (team == 1)", alone), *braced("else", lines)]
    return braced("", [*header.before, _team(stmt, context), *lines])


# The thread that has called the kernel hears of signals, the others of what it has heard.
_TURNS = "int64_t turns = turns_left;"
_TURNS_LEFT = "if (omp_get_thread_num() == 0) turns_left = turns;"


def _can_stop(stmt: Stmt) -> bool:
    """Missing memory of a private array counts too, and any library call."""
    return may_fail(stmt) or isinstance(stmt, LibraryCall | Allocate)


def _stoppable(body: list[str]) -> list[str]:
    """Where a turn fails the others do nothing more; `failed` is 2 where memory was missing too late."""
    labels, stop = ["fail"], ["continue;", "fail:", "#pragma omp atomic write", "failed = 1;"]
    if _misses_memory(body):
        labels.append("no_memory")
        stop += ["continue;", "no_memory:", "#pragma omp atomic write", "failed = 2;"]
    if any(STOP in line for line in body):
        labels.append("interrupted")
        stop += ["continue;", "interrupted:", "#pragma omp atomic write", "failed = 3;"]
    return [f"__label__ {', '.join(labels)};", "if (failed) continue;", *body, *stop]


def _misses_memory(body: list[str]) -> bool:
    return any("goto no_memory;" in line for line in body)


def _loop(stmt: For, header: LoopHeader, body: list[str], simd: str | None, last: str) -> list[str]:
    scalars = simd is not None and simd != "" and not last
    if scalars:
        step, bounds = stmt.step, f"{header.start}, {header.stop}"
        share = ["int64_t first, last;", f"share({bounds}, {step}, &first, &last);"]
        return [*share, f"#pragma omp simd{simd}", *braced(header.line("first", "last"), body)]
    construct = "for simd" if simd == "" and not last else "for"
    lines = braced(header.line(), body)
    return [f"#pragma omp {construct} schedule({_schedule(stmt)}){last} nowait", *lines]


def _strips(stmt: For, header: LoopHeader, body: list[str], simd: str | None, context: Context) -> list[str]:
    """The part of each thread in strips; the first thread asks for signals between them."""
    pragma = [f"#pragma omp simd{simd}"] if simd is not None else []
    loop = ["if (failed) break;", *pragma, *braced(header.line("strip", "strip_stop"), body)]
    on_stop = "{ failed = 3; break; }"
    return [
        "int64_t first, last;",
        f"share({header.start}, {header.stop}, {stmt.step}, &first, &last);",
        *strip_lines("int64_t", "first", "last", stmt.step, loop, on_stop, context),
    ]


def _schedule(stmt: For) -> str:
    """Partial sums must not depend on which thread was faster."""
    if stmt.marks.balanced:
        return "static"
    return "static, 1" if stmt.marks.reductions else "dynamic"


def _last_private(stmt: For, after: NameSet, context: Context) -> str:
    """Variables whose last value is needed after the loop."""
    reduced = {reduction.name for reduction in stmt.marks.reductions}
    names = undeclared(stmt.body, after, context.flow) & scalars_assigned(stmt.body)
    listed = ", ".join(context.names.scalars[name] for name in sorted(names - reduced))
    return f" lastprivate({listed})" if listed else ""


# ---- around the loop --------------------------------------------------------------------------------------


def _team(stmt: For, context: Context) -> str:
    time = UNKNOWN if stmt.marks.time is None else time_text(stmt.marks.time, context)
    return f"int team = team_for({time}, &results->time);"


def _before(stmt: For, context: Context, fails: bool) -> list[str]:
    lines: list[str] = []
    for reduction in sorted(stmt.marks.reductions, key=lambda r: r.name not in context.names.arrays):
        lines += _prepare(reduction, context)
    if _calls_blas(stmt):
        lines.append("const int blas_before = blas_with_threads(1);")
    return lines + (["int failed = 0;"] if fails else [])


def _calls_blas(stmt: For) -> bool:
    """BLAS must not multiply its threads with the team's."""
    calls = (inner for inner in walk_stmts(stmt.body) if isinstance(inner, LibraryCall))
    return any(LIBRARY[inner.function].is_native for inner in calls)


def _prepare(reduction: Reduction, context: Context) -> list[str]:
    if reduction.name in context.names.arrays:
        array = context.names.arrays[reduction.name]
        element, name = c_element(array.type.dtype), array.data
        count = " * ".join(array.extents) or "1"
        return [
            f"{element} *const {name}_all = {name};",
            f"const int64_t {name}_count = {count};",
            f"{element} *const {name}_parts = "
            f"team > 1 ? malloc((size_t)(team - 1) * (size_t)({name}_count + 8) * sizeof *{name}) : NULL;",
            f"if ({name}_parts == NULL) team = 1;",
        ]
    type, name = context.names.types[reduction.name], context.names.scalars[reduction.name]
    start = identity(reduction.op, type.dtype)
    return [
        f"{c_type(type.dtype)} {name}_parts[MAX_TEAM];",
        f"for (int k = 0; k < team; k++) {name}_parts[k] = k == 0 ? {name} : {start};",
    ]


def _opening(stmt: For, context: Context) -> list[str]:
    lines = ["flags_start();"] if sets_flags(stmt.body) else []
    if stmt.marks.reductions:
        lines.append("if (omp_get_thread_num() == 0) team = omp_get_num_threads();")
    for reduction in stmt.marks.reductions:
        lines += _own(reduction, context)
    return lines + heap_declarations(allocated_in(stmt, context.storage.places), context)


def _own(reduction: Reduction, context: Context) -> list[str]:
    """The private accumulator: the first thread goes on with what was there."""
    if reduction.name not in context.names.arrays:
        type, name = context.names.types[reduction.name], context.names.scalars[reduction.name]
        return [f"{c_type(type.dtype)} {name} = {name}_parts[omp_get_thread_num()];"]
    array = context.names.arrays[reduction.name]
    name, element = array.data, c_element(array.type.dtype)
    mine = f"{name}_parts + (omp_get_thread_num() - 1) * ({name}_count + 8)"
    start = identity(reduction.op, array.type.dtype)
    return [
        f"{element} *const {name} = omp_get_thread_num() == 0 ? {name}_all : {mine};",
        "if (omp_get_thread_num() > 0)",
        f"    for (int64_t k = 0; k < {name}_count; k++) {name}[k] = {start};",
    ]


def _closing(stmt: For, context: Context) -> list[str]:
    lines = heap_release(allocated_in(stmt, context.storage.places), context)
    for reduction in stmt.marks.reductions:
        if reduction.name not in context.names.arrays:
            name = context.names.scalars[reduction.name]
            lines.append(f"{name}_parts[omp_get_thread_num()] = {name};")
    return [*lines, "flags_gather(&results->flags);"] if sets_flags(stmt.body) else lines


def _after(stmt: For, context: Context) -> list[str]:
    lines = ["blas_with_threads(blas_before);"] if _calls_blas(stmt) else []
    for reduction in stmt.marks.reductions:
        lines += _combine(reduction, context)
    return lines


def _combine(reduction: Reduction, context: Context) -> list[str]:
    if reduction.name not in context.names.arrays:
        type, name = context.names.types[reduction.name], context.names.scalars[reduction.name]
        both = combined(reduction.op, type, name, f"{name}_parts[k]")
        return [f"{name} = {name}_parts[0];", f"for (int k = 1; k < team; k++) {name} = {both};"]
    array = context.names.arrays[reduction.name]
    name = array.data
    type = Scalar(array.type.dtype, Origin.NUMPY)
    part = f"{name}_parts[(thread - 1) * ({name}_count + 8) + k]"
    return [
        "for (int thread = 1; thread < team; thread++)",
        f"    for (int64_t k = 0; k < {name}_count; k++)",
        f"        {name}[k] = {combined(reduction.op, type, f'{name}[k]', part)};",
        f"free({name}_parts);",
    ]
