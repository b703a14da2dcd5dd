"""Statements that add products of two elements to something, as a matrix product does.

c[i, j] = c[i, j] - x * a[i, k] * b[k, j]           scale x, products a[i, k] * b[k, j], subtracted
s = s + (a[i, k] * b[j, k] + b[i, k] * a[j, k])     two products
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace

from pyaot.ir.build import binary, cast
from pyaot.ir.nodes import Assign, Binary, Cast, Expr, Load, Store, Var
from pyaot.ir.walk import walk_expr
from pyaot.poly.idioms import Factor, factor_of
from pyaot.poly.reductions import is_same_place, without_origins
from pyaot.poly.scalars import scalars_in


@dataclass(frozen=True)
class Pair:
    """One product of two elements."""

    left: Factor
    right: Factor
    is_negative: bool


@dataclass(frozen=True)
class Update:
    """`target = target + scale * (pair + ...)`, or `-`; `added` is what stands behind the sign."""

    stmt: Store | Assign
    added: Expr
    is_subtracted: bool
    pairs: tuple[Pair, ...]
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
    found = [_pair(term, is_negative, moving) for term, is_negative in _terms(added)]
    pairs = [pair for pair in found if pair is not None]
    if len(pairs) < len(found):
        return None
    scales = [scale for _, scale in pairs]
    if any(scale != scales[0] for scale in scales) or not all(_is_steady(s, changing) for s in scales[0]):
        return None
    return Update(stmt, added, value.op == "sub", tuple(pair for pair, _ in pairs), scales[0])


def _element(stmt: Store) -> Load:
    return Load(stmt.array, stmt.subscripts, stmt.value.type, stmt.checked)


def _terms(expr: Expr, is_negative: bool = False) -> Iterator[tuple[Expr, bool]]:
    expr = without_origins(expr)
    if isinstance(expr, Binary) and expr.op in ("add", "sub"):
        yield from _terms(expr.left, is_negative)
        yield from _terms(expr.right, is_negative is (expr.op == "add"))
    else:
        yield expr, is_negative


def _pair(term: Expr, is_negative: bool, moving: Container[str]) -> tuple[Pair, tuple[Expr, ...]] | None:
    elements: list[Factor] = []
    scale: list[Expr] = []
    for part in _factors(term):
        factor = factor_of(part)
        names = scalars_in(part)
        if factor is not None and any(name in moving for name in names):
            elements.append(factor)
        elif any(name in moving for name in names):
            return None
        else:
            scale.append(part)
    if len(elements) != 2 or any(f.load.type.dtype is not term.type.dtype for f in elements):
        return None
    return Pair(elements[0], elements[1], is_negative), tuple(scale)


def _factors(expr: Expr) -> Iterator[Expr]:
    plain = without_origins(expr)
    if isinstance(plain, Binary) and plain.op == "mul":
        yield from _factors(plain.left)
        yield from _factors(plain.right)
    else:
        yield plain


def _is_steady(expr: Expr, changing: Container[str]) -> bool:
    """Has one value wherever the nest evaluates it."""
    parts = walk_expr(expr)
    return not any(
        (isinstance(part, Var) and part.name in changing)
        or (isinstance(part, Load) and (part.array in changing or part.checked))
        for part in parts
    )
