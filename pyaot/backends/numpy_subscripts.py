"""Subscripts over loops that became axes: slices where they are linear, arrays of indices where not.

a[i - 1, 2]         i in range(1, n)        a[0:n - 1, 2]               axes (i,)
a[j, i]                                     a[:m, 1:n]                  axes (j, i)
a[n - 1 - i]        i in range(0, n)        a[0:n][::-1]
a[idx[i], j]                                a[idx[:n][:, None], np.arange(m)]
"""

from collections.abc import Mapping

from msgspec import Struct

from pyaot.backends.numpy_values import Dims, RefusedError
from pyaot.ir.build import add, i64, int_of, mul, sub
from pyaot.ir.nodes import Binary, Cast, Const, Expr, For, Var
from pyaot.ir.walk import walk_expr


class Linear(Struct, frozen=True):
    """factor * dim + offset; without a dim where nothing varies."""

    dim: str | None
    factor: int
    offset: Expr


class Slice(Struct, frozen=True):
    """From `low` to below `high` in steps; backwards where `is_flipped`."""

    dim: str
    low: Expr
    high: Expr
    step: int = 1
    is_flipped: bool = False
    is_plain: bool = False  # the loop's index itself, without offset

    def is_whole(self, extent: Expr) -> bool:
        """All of an axis of that extent, for certain."""
        return self.low == i64(0) and self.high == extent and self.step == 1


def linear(expr: Expr, varying: frozenset[str], dims: Dims) -> Linear | None:
    """The expression as a linear one in a single dim; None where it is not; refuses sums of two dims."""
    factors = _factors(expr, varying, dims)
    if factors is None:
        return None
    coefficients = {dim: factor for dim, factor in factors[0].items() if factor}
    if len(coefficients) > 1:
        raise RefusedError("a subscript adds two loops")
    for dim, factor in coefficients.items():
        return Linear(dim, factor, factors[1])
    return Linear(None, 0, factors[1])


def _factors(expr: Expr, varying: frozenset[str], dims: Dims) -> tuple[Mapping[str, int], Expr] | None:
    match expr:
        case Var(name) if name in dims:
            return {name: 1}, i64(0)
        case _ if not varies(expr, varying):
            return {}, expr
        case Binary("add" | "sub", left, right) if expr.type.is_python:
            return _sum(_factors(left, varying, dims), _factors(right, varying, dims), expr.op)
        case Binary("mul", Const() as factor, other) | Binary("mul", other, Const() as factor):
            inner = _factors(other, varying, dims) if expr.type.is_python else None
            if inner is None:
                return None
            return {d: f * int_of(factor) for d, f in inner[0].items()}, mul(inner[1], factor)
        case Cast(operand) if operand.type.dtype is expr.type.dtype:
            return _factors(operand, varying, dims)
        case _:
            return None


def _sum(
    a: tuple[Mapping[str, int], Expr] | None, b: tuple[Mapping[str, int], Expr] | None, op: str
) -> tuple[Mapping[str, int], Expr] | None:
    if a is None or b is None:
        return None
    sign = 1 if op == "add" else -1
    names = dict.fromkeys((*a[0], *b[0]))
    factors = {name: a[0].get(name, 0) + sign * b[0].get(name, 0) for name in names}
    return factors, (add if op == "add" else sub)(a[1], b[1])


def varies(expr: Expr, varying: frozenset[str]) -> bool:
    """Whether it reads one of these scalars."""
    return any(isinstance(node, Var) and node.name in varying for node in walk_expr(expr))


def slice_of(part: Linear, loop: For) -> Slice | None:
    """The places that a linear subscript visits; None where a slice cannot say it."""
    assert part.dim is not None
    if part.factor == 1:
        low, high = add(loop.start, part.offset), add(loop.stop, part.offset)
        return Slice(part.dim, low, high, loop.step, is_plain=part.offset == i64(0))
    if part.factor == -1 and loop.step == 1:
        low, high = add(sub(part.offset, loop.stop), 1), add(sub(part.offset, loop.start), 1)
        return Slice(part.dim, low, high, is_flipped=True)
    if part.factor > 1 and loop.step == 1:
        low = add(mul(part.factor, loop.start), part.offset)
        high = add(add(mul(part.factor, sub(loop.stop, 1)), part.offset), 1)
        return Slice(part.dim, low, high, part.factor)
    return None
