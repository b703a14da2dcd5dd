"""SIMD loops that do nothing to complex scalars but add products to them.

for r in range(n):  # simd
    s = s + a[r] * conjugate(b[r])          ProductSum("s", left=a[r], right=b[r], right_is_conjugate)
"""

from msgspec import Struct

from pyaot.ir.nodes import Assign, Binary, Call, Expr, For, Var
from pyaot.ir.types import Scalar
from pyaot.poly.reductions import without_origins
from pyaot.poly.work import constant_trips

FEW = 16  # iterations: sums in pieces are not worth adding up


class ProductSum(Struct, frozen=True):
    """name = name + left * right, with the conjugates taken off the factors."""

    name: str
    type: Scalar
    left: Expr
    right: Expr
    left_is_conjugate: bool
    right_is_conjugate: bool


def product_sums(loop: For) -> tuple[ProductSum, ...]:
    """The sums of the loop if all its reductions are such sums, else none."""
    trips = constant_trips(loop)
    if loop.marks.parallel or (trips is not None and trips < FEW):
        return ()
    names = {reduction.name for reduction in loop.marks.reductions}
    updates = [s for s in loop.body if isinstance(s, Assign) and s.name in names]
    found = [sum for sum in map(_product_sum, updates) if sum is not None]
    are_all = len(found) == len(updates) == len(loop.marks.reductions)
    return tuple(found) if are_all else ()


def _product_sum(stmt: Assign) -> ProductSum | None:
    match without_origins(stmt.value):
        case Binary("add", left, right, type) if type.dtype.is_complex:
            old, product = without_origins(left), without_origins(right)
            if isinstance(product, Var):
                old, product = product, old
            if isinstance(old, Var) and old.name == stmt.name and isinstance(product, Binary):
                return _with_factors(stmt, product)
    return None


def _with_factors(stmt: Assign, product: Binary) -> ProductSum | None:
    if product.op != "mul" or product.type.dtype is not stmt.value.type.dtype:
        return None
    (left, first), (right, second) = _unconjugated(product.left), _unconjugated(product.right)
    return ProductSum(stmt.name, stmt.value.type, left, right, first, second)


def _unconjugated(expr: Expr) -> tuple[Expr, bool]:
    inner = without_origins(expr)
    if isinstance(inner, Call) and inner.function == "conjugate":
        operand, is_conjugate = _unconjugated(inner.args[0])
        return operand, not is_conjugate
    return inner, False
