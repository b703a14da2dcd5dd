"""How far apart in memory the accesses of a loop's iterations are.

for i: for j: a[i, j] = b[j, i] + c[i]          along j: a moves by one element, b strides, c stays
"""

from collections.abc import Iterable, Sequence

from pyaot.ir.nodes import Binary, Expr, Load, Store, Var
from pyaot.ir.walk import Body, expressions_of, walk_expr, walk_stmts
from pyaot.poly.scalars import scalars_in

STRIDED, UNIT = 4.0, 0.25  # cost of an access per iteration


def accesses(body: Body) -> Iterable[Load | Store]:
    """All loads and stores."""
    for stmt in walk_stmts(body):
        if isinstance(stmt, Store):
            yield stmt
        for expr in expressions_of(stmt):
            yield from (node for node in walk_expr(expr) if isinstance(node, Load))


def access_cost(subscripts: Sequence[Expr], index: str) -> float:
    """What an access costs in each iteration where the loop over `index` is the innermost."""
    moving = [axis for axis, subscript in enumerate(subscripts) if index in scalars_in(subscript)]
    if not moving:
        return 0.0
    is_unit = moving == [len(subscripts) - 1] and _is_shift(subscripts[-1], index)
    return UNIT if is_unit else STRIDED


def _is_shift(subscript: Expr, index: str) -> bool:
    """The index, plus or minus what does not depend on it."""
    match subscript:
        case Var(name):
            return name == index
        case Binary("add" | "sub", left, right):
            in_left, in_right = index in scalars_in(left), index in scalars_in(right)
            return in_left is not in_right and _is_shift(left if in_left else right, index)
    return False
