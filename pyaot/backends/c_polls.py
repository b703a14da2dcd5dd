"""Where a kernel asks for signals, and of which arguments it keeps what they were.

for t in range(T):              asks at every turn: loops over nests, loops without a known end
    for i in range(n):
        for j in range(m):      not here: the two take a turn of t together
for i in range(n):              asks once in 2**18 turns, so that it may still run in SIMD registers

An interrupted kernel leaves its arguments as they were before the call. Where it works on private copies, or
changes no argument, there is nothing to do for that. Else it keeps a copy of what it is about to change, if
the copy takes no more than a small part of the time that is to come; if not, it runs to its end.
"""

import operator
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from pyaot.backends.c_storage import Storage
from pyaot.ir.build import binary
from pyaot.ir.nodes import (
    Assign,
    Binary,
    Cast,
    Const,
    Dim,
    Exit,
    Expr,
    For,
    Function,
    LibraryCall,
    Load,
    Loop,
    Return,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import DType, Scalar
from pyaot.ir.walk import Body, arrays_written, bodies_of, walk_exprs, walk_stmts
from pyaot.poly.work import ROUNDS, time_of_all, time_of_turn

SMALL = 50.0  # what estimates leave out
SHORT = 1e6  # a loop that takes less never asks: 0.1 ms, in units of about 0.1 ns
FLOAT = Scalar(DType.FLOAT64)


class Forecast(Struct, frozen=True):
    """What comes after the statement before which arguments are kept."""

    before: int  # the id of a statement of the function's own suite
    time: Expr
    is_guess: bool  # some loops have no known end


class Polls(Struct, frozen=True):
    """What is asked where: loops are known by the ids of their bodies."""

    turns: frozenset[int]  # those that ask at every turn
    strips: frozenset[int]  # those that ask after many
    begins: Mapping[
        int, Expr | None
    ]  # those that stand in no other: how long a turn takes, if it may be long
    forecast: Forecast | None  # where arguments that are changed in place may be kept

    @property
    def asks(self) -> bool:
        """Whether there is a place where the kernel can stop."""
        return bool(self.turns or self.strips)


def polls_of(function: Function, storage: Storage) -> Polls:
    """The places of a function."""
    turns, strips, begins = set[int](), set[int](), dict[int, Expr | None]()
    for loop, depth in _loops(function.body, 0):
        is_strip = (depth == 0 or _is_of_scalars(loop)) and _runs_in_strips(loop)
        if is_strip:
            strips.add(id(loop.body))
        elif _asks_at_turns(loop, depth):
            turns.add(id(loop.body))
        if depth == 0:
            begins[id(loop.body)] = _rough(time_of_turn(loop), None) if _height(loop) > 1 else None
    asks = bool(turns or strips)
    forecast = _forecast(function, storage) if asks and storage.written - storage.copied else None
    return Polls(frozenset(turns), frozenset(strips), begins, forecast)


def _loops(body: Body, depth: int) -> Iterator[tuple[For | Loop, int]]:
    """The loops that may ask, and how many of these are around each."""
    for stmt in body:
        match stmt:
            case For() if _is_short(stmt) and not _has_loop(stmt.body):
                continue
            case For() | Loop():
                yield stmt, depth
                yield from _loops(stmt.body, depth + 1)
            case _:
                for inner in bodies_of(stmt):
                    yield from _loops(inner, depth)


def _is_short(loop: For) -> bool:
    time = time_of_all((loop,))
    return isinstance(time, Const) and time.value.real < SHORT


def _has_loop(body: Body) -> bool:
    return any(isinstance(inner, Loop) for inner in walk_stmts(body))


def _runs_in_strips(loop: For | Loop) -> bool:
    """Nothing in it takes long, and nothing leaves it."""
    if isinstance(loop, Loop) or not (loop.marks.balanced or not loop.marks.parallel):
        return False
    inside = list(walk_stmts(loop.body))
    is_flat = loop.marks.simd or _height(loop) == 1
    return is_flat and not any(isinstance(stmt, Exit | Return | Loop | LibraryCall) for stmt in inside)


def _is_of_scalars(loop: For | Loop) -> bool:
    """No array limits how often it runs."""
    has_stores = any(isinstance(stmt, Store) for stmt in walk_stmts(loop.body))
    return not has_stores and not any(isinstance(expr, Load) for expr in walk_exprs(loop.body))


def _asks_at_turns(loop: For | Loop, depth: int) -> bool:
    if isinstance(loop, Loop):
        return True
    is_simd = loop.marks.simd and not _has_loop(loop.body)
    return not is_simd and (depth == 0 or _height(loop) > 2)


def _height(stmt: Stmt) -> int:
    """How many loops are in one another."""
    own = isinstance(stmt, For | Loop | LibraryCall)
    return own + max((_height(inner) for body in bodies_of(stmt) for inner in body), default=0)


# ---- what comes -------------------------------------------------------------------------------------------


def _forecast(function: Function, storage: Storage) -> Forecast | None:
    """Before the first statement that changes an argument in place."""
    changed = storage.written.union(*map(storage.together, storage.written))
    ready = {param.name for param in function.params}
    for position, stmt in enumerate(function.body):
        if arrays_written((stmt,)) & changed:
            rest = function.body[position:]
            time = _rough(time_of_all(rest), frozenset(ready))
            return Forecast(id(stmt), time, _has_loop(rest))
        if isinstance(stmt, Assign):
            ready.add(stmt.name)
    return None


def _rough(time: Expr, ready: frozenset[str] | None) -> Expr:
    """What cannot be computed yet is guessed, what is small is left out; None: all variables can be read."""
    match time:
        case Const():
            return Const(float(time.value.real), FLOAT)
        case Dim():
            return time
        case Var(name):
            return time if ready is None or name in ready else Const(ROUNDS, FLOAT)
        case Binary() if time.op in _FOLDED:
            return _rough_of(time.op, _rough(time.left, ready), _rough(time.right, ready))
        case Cast(operand=inner):
            return _rough(inner, ready)
        case _:
            return Const(ROUNDS, FLOAT)


_FOLDED: dict[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "floordiv": lambda a, b: a / b if b else 0.0,
    "minimum": min,
    "maximum": max,
}


def _rough_of(op: str, left: Expr, right: Expr) -> Expr:
    a, b = (float(e.value.real) if isinstance(e, Const) else None for e in (left, right))
    if a is not None and b is not None:
        return Const(_FOLDED[op](a, b), FLOAT)
    if op in ("add", "sub") and b is not None and abs(b) < SMALL:
        return left
    if op == "add" and a is not None and abs(a) < SMALL:
        return right
    if op in ("minimum", "maximum") and (a is not None or b is not None):
        return right if a is not None else left
    if op == "mul" and 0.0 in (a, b):
        return Const(0.0, FLOAT)
    return binary(op, left, right)
