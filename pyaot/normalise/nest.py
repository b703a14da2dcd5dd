"""A loop over a flattened array becomes a loop for each of its axes.

    for i in range(n * m):                      for i in range(n):
        s = s + a[i // m, i % m]                    for i_2 in range(m):
                                                        s = s + a[i, i_2]

Only where the index is used in no other way; n and m are extents, which are not negative.
"""

from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import i64
from pyaot.ir.nodes import Binary, Const, Dim, Expr, For, Function, Stmt, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import Body, map_exprs, scalars_assigned, transform_body, walk_exprs, walk_stmts


def nest_flat_loops(function: Function) -> Function:
    """The function with such loops as nests."""
    taken = {param.name for param in function.params} | scalars_assigned(function.body)
    taken |= {getattr(stmt, "index", "") or getattr(stmt, "name", "") for stmt in walk_stmts(function.body)}

    def nest(stmt: Stmt) -> Body:
        return (_nested(stmt, taken),) if isinstance(stmt, For) else (stmt,)

    return replace(function, body=transform_body(nest, function.body))


def _nested(loop: For, taken: set[str]) -> For:
    parts = _axes(loop)
    if parts is None:
        return loop
    rows, columns = parts
    inner = fresh(loop.index, taken)
    taken.add(inner)

    def own(expr: Expr) -> Expr:
        match expr:
            case Binary("floordiv", Var(name), right) if name == loop.index and right == columns:
                return Var(loop.index, PY_INT)
            case Binary("mod", Var(name), right) if name == loop.index and right == columns:
                return Var(inner, PY_INT)
            case _:
                return expr

    body = (replace(loop, index=inner, stop=columns, body=map_exprs(own, loop.body)),)
    return _nested(replace(loop, stop=rows, body=body), taken)


def _axes(loop: For) -> tuple[Expr, Expr] | None:
    """The extents of rows and columns, where the index is used as their number only."""
    if loop.step != 1 or loop.start != i64(0) or not isinstance(loop.stop, Binary) or loop.stop.op != "mul":
        return None
    for rows, columns in ((loop.stop.left, loop.stop.right), (loop.stop.right, loop.stop.left)):
        if _is_extent(rows) and isinstance(columns, Dim) and _uses_of(loop) == _uses_by(columns, loop) > 0:
            return rows, columns
    return None


def _is_extent(expr: Expr) -> bool:
    """An extent or a product of extents."""
    match expr:
        case Dim():
            return True
        case Const(int(value)):
            return value >= 0
        case Binary("mul", left, right):
            return _is_extent(left) and _is_extent(right)
        case _:
            return False


def _uses_of(loop: For) -> int:
    return sum(node == Var(loop.index, PY_INT) for node in walk_exprs(loop.body))


def _uses_by(columns: Expr, loop: For) -> int:
    index = Var(loop.index, PY_INT)
    return sum(
        isinstance(node, Binary)
        and node.op in ("floordiv", "mod")
        and (node.left, node.right) == (index, columns)
        for node in walk_exprs(loop.body)
    )
