"""What the text says of extents and other lengths.

b = new float64[n]                      the extent of b is n, as long as n is not set and b not bound anew
require a.shape[0] == c.shape[0]        one stands for the other, as long as neither array is bound anew
"""

from collections.abc import Iterable, Set

from pyaot.ir.nodes import Allocate, Binary, Compare, Const, Dim, Expr, Function, Require, Var
from pyaot.ir.types import Array
from pyaot.ir.walk import bound_together, scalars_assigned, walk_stmts


def fixed_extents(function: Function) -> dict[tuple[str, int], Expr]:
    """Extents of parameters and arrays that are allocated once, by what always means the same."""
    moving = frozenset(bound_together(function.body))
    params = {p.name for p in function.params if isinstance(p.type, Array)}
    allocations = [stmt for stmt in walk_stmts(function.body) if isinstance(stmt, Allocate)]
    names = [stmt.name for stmt in allocations]
    fixed = {p.name for p in function.params} - scalars_assigned(function.body)
    known = _required(function.requires, params - moving - set(names))
    for stmt in allocations:
        if stmt.name in moving or stmt.name in params or names.count(stmt.name) > 1:
            continue
        for axis, extent in enumerate(stmt.shape):
            extent = known.get((extent.array, extent.axis), extent) if isinstance(extent, Dim) else extent
            stable = params - moving - set(names)
            if _is_fixed(extent, fixed, stable):
                known[stmt.name, axis] = extent
    return known


def _required(requires: Iterable[Require], arrays: Set[str]) -> dict[tuple[str, int], Expr]:
    """Of extents that the caller has made sure are equal, each by the first of them."""
    known: dict[tuple[str, int], Expr] = {}
    for require in requires:
        match require.condition:
            case Compare("eq", Dim() as left, Dim() as right) if {left.array, right.array} <= arrays:
                first, other = (known.get((dim.array, dim.axis), dim) for dim in (left, right))
                if first != other:
                    known = {place: first if extent == other else extent for place, extent in known.items()}
                    assert isinstance(other, Dim)
                    known[other.array, other.axis] = first
    return known


def _is_fixed(extent: Expr, scalars: set[str], arrays: set[str]) -> bool:
    match extent:
        case Const():
            return True
        case Var(name):
            return name in scalars
        case Dim(array):
            return array in arrays
        case _:
            return False


def is_natural(expr: Expr) -> bool:
    """Whether the int is certainly not negative."""
    match expr:
        case Const():
            return isinstance(expr.value, int) and expr.value >= 0
        case Dim():
            return True
        case Binary(op="add" | "mul" | "minimum" | "floordiv" | "mod"):
            return is_natural(expr.left) and is_natural(expr.right)
        case Binary(op="maximum"):
            return is_natural(expr.left) or is_natural(expr.right)
        case _:
            return False
