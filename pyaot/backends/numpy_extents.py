"""Extents of arrays that the function itself allocates, in the words of its parameters.

t = np.zeros((a.shape[0], n))           ("t", 0): a.shape[0]        ("t", 1): n
u, v = v, u                             the same for both, if they were allocated alike
"""

from pyaot.ir.nodes import Allocate, Const, Dim, Expr, Function, Load, Var
from pyaot.ir.walk import bound_together, scalars_assigned, walk_expr, walk_stmts


def known_extents(function: Function) -> dict[tuple[str, int], Expr]:
    """What is certain wherever the array is there."""
    groups = bound_together(function.body)
    params = {param.name for param in function.params}
    fixed = params - scalars_assigned(function.body) - groups.keys()
    shapes: dict[str, set[tuple[Expr, ...]]] = {}
    for stmt in walk_stmts(function.body):
        if isinstance(stmt, Allocate):
            for name in groups.get(stmt.name, frozenset({stmt.name})):
                shapes.setdefault(name, set()).add(stmt.shape)
    return {
        (name, axis): extent
        for name, found in shapes.items()
        if len(found) == 1 and not (params & groups.get(name, frozenset()))
        for axis, extent in enumerate(next(iter(found)))
        if all(_is_fixed(node, fixed) for node in walk_expr(extent))
    }


def _is_fixed(node: Expr, fixed: set[str]) -> bool:
    match node:
        case Const():
            return True
        case Var(name) | Dim(name):
            return name in fixed
        case _:
            return node.type.is_python and not isinstance(node, Load)
