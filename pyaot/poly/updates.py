"""Statements that add products of two elements to something, as a matrix product does.

c[i, j] = c[i, j] - x * a[i, k] * b[k, j]           scale x, products a[i, k] * b[k, j], subtracted
s = s + (a[i, k] * b[j, k] + b[i, k] * a[j, k])     two products
"""

from collections.abc import Container

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.build import binary, cast
from pyaot.ir.nodes import Assign, Binary, Cast, Expr, Load, Store, Var
from pyaot.ir.walk import walk_expr
from pyaot.poly.factors import Term, term_of, terms_of
from pyaot.poly.reductions import is_same_place, without_origins


class Update(Struct, frozen=True):
    """`target = target + scale * (pair + ...)`, or `-`; `added` is what stands behind the sign."""

    stmt: Store | Assign
    added: Expr
    is_subtracted: bool
    pairs: tuple[Term, ...]
    scale: tuple[Expr, ...]

    def value(self, total: Expr) -> Expr:
        """What the statement stores where `total` is the sum of many pairs."""
        for factor in self.scale:
            total = binary("mul", cast(factor, total.type), total)
        return _with_operand(self.stmt.value, self.added, cast(total, self.added.type))


def _with_operand(expr: Expr, old: Expr, new: Expr) -> Expr:
    """The sum with one of its operands replaced, under casts."""
    match expr:
        case _ if expr is old:
            return new
        case Cast():
            return replace(expr, operand=_with_operand(expr.operand, old, new))
        case Binary() if any(node is old for node in walk_expr(expr.left)):
            return replace(expr, left=_with_operand(expr.left, old, new))
        case Binary():
            return replace(expr, right=_with_operand(expr.right, old, new))
        case _:
            return expr


def find_update(stmt: Store | Assign, moving: Container[str], changing: Container[str]) -> Update | None:
    """The update that a statement is; `moving`: loop indices, `changing`: names that the nest writes."""
    if stmt.value.type.dtype.kind not in "fc":
        return None
    value = without_origins(stmt.value)
    old: Expr = Var(stmt.name, value.type) if isinstance(stmt, Assign) else _element(stmt)
    if not isinstance(value, Binary) or value.op not in ("add", "sub"):
        return None
    if is_same_place(value.left, old):
        added = value.right
    elif is_same_place(value.right, old) and value.op == "add":
        added = value.left
    else:
        return None
    found = [_term(term, is_negative, moving, changing) for term, is_negative in terms_of(added)]
    pairs = tuple(term for term in found if term is not None)
    if len(pairs) < len(found) or any(pair.scale != pairs[0].scale for pair in pairs):
        return None
    return Update(stmt, added, value.op == "sub", pairs, pairs[0].scale)


def _term(term: Expr, is_negative: bool, moving: Container[str], changing: Container[str]) -> Term | None:
    found = term_of(term, moving, changing)
    return None if found is None else replace(found, is_negative=found.is_negative is not is_negative)


def _element(stmt: Store) -> Load:
    return Load(stmt.array, stmt.subscripts, stmt.value.type, stmt.checked)
