"""The factors of a product: two elements, and a scale that is the same for all of a nest.

x * a[i, k] * b[k, j]           elements a[i, k] and b[k, j], scale x
-a[i, k] * (2.0 * b[k, j])      elements a[i, k] and b[k, j], scale 2.0, negative
"""

from collections.abc import Container, Iterator, Sequence

from msgspec import Struct

from pyaot.ir.build import binary, both, call, cast
from pyaot.ir.failing import can_fail
from pyaot.ir.nodes import Binary, Call, Const, Expr, Load, Unary, Var
from pyaot.ir.types import Scalar
from pyaot.ir.walk import walk_expr
from pyaot.poly.reductions import without_origins
from pyaot.poly.scalars import scalars_in


class Factor(Struct, frozen=True):
    """An element."""

    load: Load
    is_conjugated: bool


class Term(Struct, frozen=True):
    """`scale * left * right`, perhaps negative."""

    left: Factor
    right: Factor
    scale: tuple[Expr, ...]
    is_negative: bool


def term_of(expr: Expr, moving: Container[str], changing: Container[str]) -> Term | None:
    """The product that an expression is; `moving`: loop indices, `changing`: names that the nest sets."""
    elements: list[Factor] = []
    scale: list[Expr] = []
    parts, is_negative = parts_of(expr)
    for part in parts:
        factor = factor_of(part)
        if factor is not None and any(name in moving for name in scalars_in(part)):
            elements.append(factor)
        elif is_steady(part, changing):
            scale.append(part)
        else:
            return None
    if len(elements) != 2 or any(f.load.type.dtype is not expr.type.dtype for f in elements):
        return None
    return Term(elements[0], elements[1], tuple(scale), is_negative)


def parts_of(expr: Expr) -> tuple[list[Expr], bool]:
    """The factors, and whether their product is to be taken with a minus."""
    plain = without_origins(expr)
    if isinstance(plain, Unary) and plain.op == "neg":
        parts, is_negative = parts_of(plain.operand)
        return parts, not is_negative
    if not (isinstance(plain, Binary) and plain.op == "mul"):
        return [plain], False
    (left, first), (right, second) = parts_of(plain.left), parts_of(plain.right)
    return left + right, first is not second


def terms_of(expr: Expr, is_negative: bool = False) -> Iterator[tuple[Expr, bool]]:
    """What a sum adds; True for what it subtracts."""
    expr = without_origins(expr)
    if isinstance(expr, Binary) and expr.op in ("add", "sub"):
        yield from terms_of(expr.left, is_negative)
        yield from terms_of(expr.right, is_negative is (expr.op == "add"))
    else:
        yield expr, is_negative


def factor_of(expr: Expr) -> Factor | None:
    """An element, perhaps conjugated."""
    expr = without_origins(expr)
    is_conjugated = isinstance(expr, Call) and expr.function == "conjugate"
    if isinstance(expr, Call) and is_conjugated:
        expr = without_origins(expr.args[0])
    return Factor(expr, is_conjugated) if isinstance(expr, Load) else None


def is_steady(expr: Expr, changing: Container[str]) -> bool:
    """Has one value, which can be asked for outside of the nest as well."""
    if can_fail(expr):
        return False
    parts = walk_expr(expr)
    return not any(isinstance(p, Load) or (isinstance(p, Var) and p.name in changing) for p in parts)


# ---- scales -----------------------------------------------------------------------------------------------


def scale_value(scale: Sequence[Expr], type: Scalar) -> Expr | None:
    """The product of the factors; None where there are none."""
    whole: Expr | None = None
    for factor in scale:
        whole = cast(factor, type) if whole is None else binary("mul", whole, cast(factor, type))
    return whole


def with_finite_scale(condition: Expr, scale: Sequence[Expr]) -> Expr:
    """The condition, and that no factor is infinite or NaN: such a one scales terms unlike their sum."""
    for factor in scale:
        if not isinstance(factor, Const) and factor.type.dtype.kind in "fc":
            condition = both(condition, call("isfinite", factor))
    return condition
