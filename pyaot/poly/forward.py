"""An element that an innermost loop stores and reads again in the same iteration is kept in a scalar.

a[r] = a[r] + x[r]              kept = a[r] + x[r]
a[r] = a[r] + y[r]              kept = kept + y[r]
                                a[r] = kept
"""

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.nodes import Assign, Expr, For, Function, Load, Stmt, Store, Var
from pyaot.ir.types import Scalar
from pyaot.ir.walk import Body, expressions_of, map_stmt_exprs, scalars_assigned, transform_body, walk_expr
from pyaot.poly.accumulate import names_in


def forward_stores(function: Function) -> Function:
    """The function with repeated accesses of one element in straight innermost loops made one store."""
    names = names_in(function)
    work = _Forwarding(names)
    return replace(function, body=transform_body(work.stmt, function.body))


class _Forwarding(Struct):
    names: set[str] = field(default_factory=set)

    def stmt(self, stmt: Stmt) -> Body:
        """Only loops of plain assignments and stores are touched."""
        if not isinstance(stmt, For) or not all(isinstance(s, Assign | Store) for s in stmt.body):
            return (stmt,)
        body = stmt.body
        for first in [s for s in stmt.body if isinstance(s, Store)]:
            if _repeats(first, body):
                body = self._kept(first, body)
        return (replace(stmt, body=body),)

    def _kept(self, first: Store, body: Body) -> Body:
        element = Load(first.array, first.subscripts, first.value.type)
        type = Scalar(first.value.type.dtype, first.value.type.origin)
        kept = Var(self._fresh(f"{first.array}_kept"), type)
        result: list[Stmt] = []
        stored = False
        for stmt in body:
            if stored:
                stmt = map_stmt_exprs(lambda part: kept if _is_element(part, element) else part, stmt)
            if isinstance(stmt, Store) and _is_element(Load(stmt.array, stmt.subscripts, type), element):
                result.append(Assign(kept.name, stmt.value, stmt.span))
                stored = True
            else:
                result.append(stmt)
        result.append(replace(first, value=kept))
        return tuple(result)

    def _fresh(self, name: str) -> str:
        while name in self.names:
            name += "_"
        self.names.add(name)
        return name


def _is_element(part: Expr, element: Load) -> bool:
    return isinstance(part, Load) and part.array == element.array and part.subscripts == element.subscripts


def _repeats(first: Store, body: Body) -> bool:
    """The element is stored more than once, nothing else of its array is touched, its subscripts stay."""
    if first.checked:
        return False
    same = Load(first.array, first.subscripts, first.value.type)
    stores = [s for s in body if isinstance(s, Store) and s.array == first.array]
    loads = [p for s in body for e in expressions_of(s) for p in walk_expr(e) if isinstance(p, Load)]
    if len(stores) < 2 or any(s.subscripts != first.subscripts or s.checked for s in stores):
        return False
    if any(p.array == first.array and not _is_element(p, same) for p in loads):
        return False
    read = {p.name for s in first.subscripts for p in walk_expr(s) if isinstance(p, Var)}
    return not read & scalars_assigned(body) and not any(
        isinstance(p, Load) for s in first.subscripts for p in walk_expr(s)
    )
