"""Loops that ask for signals now and then (`c_polls.py` says which).

turns = first_turns(time of a turn);
for (int64_t t = 0; t < T; t++) {
    if (--turns < 0 && (turns = keep_on(&results->patience)) < 0) goto interrupted;
    ...
}
for (int64_t strip = 0, strip_stop; strip < n; strip = strip_stop) {
    strip_stop = (uint64_t)n - (uint64_t)strip > STRIP ? strip + STRIP : n;
    if (--turns < 0 && (turns = keep_on(&results->patience)) < 0) goto interrupted;
    for (int64_t i = strip; i < strip_stop; i++) { ... }
}
"""

from collections.abc import Sequence

from pyaot.backends.c_context import Context, array_params
from pyaot.backends.c_text import braced
from pyaot.backends.c_times import time_text
from pyaot.ir.nodes import For, Loop, Stmt
from pyaot.ir.walk import Body, walk_stmts

STRIP = 2**18
TIGHT = 1000  # turns of a loop that holds no other, before the first look at the clock

# For how much time, in units of about 0.1 ns, a copy of the arguments pays: at least, and for each byte.
LEAST, PER_BYTE = "1e9", "100.0"
LEAST_GUESS, PER_BYTE_GUESS = "0.0", "2.0"  # where a loop has no known end, and only a few turns are counted

STOP = "goto interrupted;"


def begin_lines(loop: For | Loop, context: Context) -> list[str]:
    """Before a loop that stands in no other one."""
    polls = context.polls
    if id(loop.body) not in polls.begins:
        return []
    if id(loop.body) in polls.strips:
        return ["turns = 0;"]
    time = polls.begins[id(loop.body)]
    first = str(TIGHT) if time is None else f"first_turns({time_text(time, context)})"
    return [f"turns = {first};"]


def poll_lines(body: Body, context: Context) -> list[str]:
    """At the head of a turn."""
    return [f"{_ask(context)} {STOP}"] if id(body) in context.polls.turns else []


def _ask(context: Context) -> str:
    keep = "keep_pace" if context.parallel else "keep_on"
    return f"if (--turns < 0 && (turns = {keep}(&results->patience)) < 0)"


def strip_lines(
    type: str, start: str, stop: str, step: int, inner: Sequence[str], on_stop: str, context: Context
) -> list[str]:
    """Around a loop from `strip` to `strip_stop`."""
    length = STRIP * step
    end = f"(uint64_t)({stop}) - (uint64_t)strip > {length} ? strip + {length} : {stop}"
    head = f"for ({type} strip = {start}, strip_stop; strip < {stop}; strip = strip_stop)"
    return braced(head, [f"strip_stop = {end};", f"{_ask(context)} {on_stop}", *inner])


def asks_inside(loop: For, context: Context) -> bool:
    """Whether the loop asks at its turns, or one in it does anywhere."""
    inside = {id(stmt.body) for stmt in walk_stmts(loop.body) if isinstance(stmt, For | Loop)}
    polls = context.polls
    return id(loop.body) in polls.turns or not inside.isdisjoint(polls.turns | polls.strips)


# ---- the arguments as they were ---------------------------------------------------------------------------


def declaration_lines(context: Context) -> list[str]:
    """At the head of a kernel."""
    lines = ["int64_t turns = 0;"] if context.polls.asks else []
    if context.polls.forecast is None:
        return lines
    rows = [_row(name, context) for name in _in_place(context)]
    return [*lines, f"struct earlier earlier[] = {{{', '.join(rows)}}};"]


def _in_place(context: Context) -> list[str]:
    return [name for name in array_params(context.function) if name in context.storage.written]


def _row(name: str, context: Context) -> str:
    array = context.names.arrays[name]
    count = " * ".join(array.extents) or "1"
    return f"{{{array.data}, (size_t)({count}) * sizeof *{array.data}, NULL}}"


def keep_lines(stmt: Stmt, context: Context) -> list[str]:
    """Before the first statement that changes arguments in place."""
    forecast = context.polls.forecast
    if forecast is None or forecast.before != id(stmt):
        return []
    limits = (LEAST_GUESS, PER_BYTE_GUESS) if forecast.is_guess else (LEAST, PER_BYTE)
    count = len(_in_place(context))
    values = ", ".join((time_text(forecast.time, context), *limits))
    return [f"keep_before(&results->patience, earlier, {count}, {values});"]


def release_lines(context: Context) -> list[str]:
    """At the end of a kernel."""
    if context.polls.forecast is None:
        return []
    names = _in_place(context)
    back = [f"if (path < -1) put_back(&results->patience, earlier, {len(names)});"]
    return back + [f"free(earlier[{k}].copy);" for k in range(len(names))]
