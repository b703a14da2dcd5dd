"""SIMD loops whose sums come in pairs: the pairs have a place in an array for every lane of a register.

float s_lanes[16] = {[0 ... 15] = -0.0f};
int64_t r_first = 0;
for (; r_first + 8 <= n; r_first += 8) {
    #pragma omp simd
    for (int lane = 0; lane < 8; lane++) {
        const int64_t r = r_first + lane;
        s_lanes[2 * lane] = s_lanes[2 * lane] + ...;            what the loop calls s
        s_lanes[2 * lane + 1] = s_lanes[2 * lane + 1] + ...;    what it calls t, `beside` s
    }
}
for (int lane = 0; r_first + lane < n; lane++) { ... }
s += even_lanes_float32(s_lanes);
t += odd_lanes_float32(s_lanes);

A compiler that is told of a reduction puts real and imaginary parts into registers of their own, which takes
more instructions than the arithmetic, and it adds up the lanes of a register one after the other.
"""

from collections.abc import Iterator
from typing import Protocol

from msgspec.structs import replace

from pyaot.backends.c_context import Context
from pyaot.backends.c_reductions import identity
from pyaot.backends.c_text import braced
from pyaot.backends.c_types import c_type
from pyaot.ir.nodes import For, Reduction

BYTES = 64  # of a pair's lanes: the widest register


class LoopHeader(Protocol):
    """What is needed of a `for` line."""

    @property
    def type(self) -> str: ...
    @property
    def index(self) -> str: ...
    @property
    def start(self) -> str: ...
    @property
    def stop(self) -> str: ...


class EmitTurn(Protocol):
    """Gives the lines of the loop's body in a context."""

    def __call__(self, context: Context) -> list[str]: ...


def has_pairs(stmt: For) -> bool:
    """Whether the sums of the loop come in pairs."""
    return any(reduction.beside for reduction in stmt.marks.reductions)


def lane_lines(stmt: For, header: LoopHeader, context: Context, turn: EmitTurn) -> list[str]:
    """The loop in steps of as many iterations as there are lanes, and what is left of it."""
    firsts = [r for r in stmt.marks.reductions if not r.beside]
    lanes = min(_numbers(reduction, context) // 2 for reduction in firsts)
    places = dict(_places(stmt.marks.reductions, context))
    names = replace(context.names, scalars={**context.names.scalars, **places})
    first = f"{header.index}_first"
    body = [f"const {header.type} {header.index} = {first} + lane;", *turn(context.inside(names=names))]
    step = ["#pragma omp simd", *braced(f"for (int lane = 0; lane < {lanes}; lane++)", body)]
    return braced(
        "",
        [
            *(_declaration(reduction, context) for reduction in firsts),
            f"{header.type} {first} = {header.start};",
            *braced(f"for (; {first} + {lanes} <= {header.stop}; {first} += {lanes})", step),
            *braced(f"for (int lane = 0; {first} + lane < {header.stop}; lane++)", body),
            *(_total(reduction, context) for reduction in stmt.marks.reductions),
        ],
    )


def _numbers(reduction: Reduction, context: Context) -> int:
    return BYTES * 8 // context.names.types[reduction.name].dtype.bits


def _array(reduction: Reduction, context: Context) -> str:
    return f"{context.names.scalars[reduction.beside or reduction.name]}_lanes"


def _places(reductions: tuple[Reduction, ...], context: Context) -> Iterator[tuple[str, str]]:
    for reduction in reductions:
        place = "2 * lane + 1" if reduction.beside else "2 * lane"
        yield reduction.name, f"{_array(reduction, context)}[{place}]"


def _declaration(reduction: Reduction, context: Context) -> str:
    dtype = context.names.types[reduction.name].dtype
    numbers = _numbers(reduction, context)
    zero = identity(reduction.op, dtype)
    return f"{c_type(dtype)} {_array(reduction, context)}[{numbers}] = {{[0 ... {numbers - 1}] = {zero}}};"


def _total(reduction: Reduction, context: Context) -> str:
    name, dtype = context.names.scalars[reduction.name], context.names.types[reduction.name].dtype
    which = "odd" if reduction.beside else "even"
    return f"{name} += {which}_lanes_{dtype.value}({_array(reduction, context)});"
