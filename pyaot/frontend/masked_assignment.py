"""One mask on both sides of an assignment: what it chooses is computed and stored in place.

z[m] = z[m] ** 2 + c[m]        becomes        for i: if m[i]: z[i] = z[i] ** 2 + c[i]
"""

from collections.abc import Iterator

import libcst as cst
from msgspec import Struct, field

from pyaot.frontend.arrays import reads_elsewhere
from pyaot.frontend.context import Context
from pyaot.frontend.masks import store_in_place
from pyaot.frontend.operators import apply_binary
from pyaot.frontend.prove import make_equal
from pyaot.frontend.syntax import walk
from pyaot.frontend.values import ArrayValue, Number, Value
from pyaot.ir.types import DType

# Of two arrays, the element of the result depends on the same element of each only.
_OPERATIONS = (cst.BinaryOperation, cst.UnaryOperation)
_NUMBERS = (cst.Integer, cst.Float, cst.Imaginary)
_PURE = (*_OPERATIONS, *_NUMBERS, cst.Comparison, cst.Name, cst.Attribute)


class Choosing(Struct):
    """While a right-hand side is lowered: `a[mask]` with that text stands for all of `a`."""

    mask: str
    bases: list[ArrayValue] = field(default_factory=list)

    def takes(self, node: cst.Subscript, base: Value) -> bool:
        """Whether the subscript is by the mask; its base is remembered."""
        if _chosen_by(node) != self.mask or not isinstance(base, ArrayValue):
            return False
        self.bases.append(base)
        return True


def assign_masked(ctx: Context, op: str, target: cst.Subscript, node: cst.BaseExpression) -> bool:
    """`target = node`, or `target op= node`, where both sides choose by one mask; False: it is not so."""
    mask_node = _only_index(target)
    if mask_node is None or not _is_elementwise(ctx, node, _chosen_by(target)):
        return False
    base, mask = ctx.expression(ctx, target.value), ctx.expression(ctx, mask_node)
    if not isinstance(base, ArrayValue) or not isinstance(mask, ArrayValue) or mask.dtype is not DType.BOOL:
        return False
    choosing = Choosing(_chosen_by(target))
    ctx.choosing = choosing.takes
    try:
        value = ctx.expression(ctx, node)
    finally:
        ctx.choosing = None
    if op:
        value = apply_binary(ctx, op, base, value)
    if base.place is None or base.boxed or not isinstance(value, ArrayValue):
        return False
    if any(other.rank != mask.rank for other in (base, value, *choosing.bases)):
        return False
    if (value.dtype.is_complex and not base.dtype.is_complex) or reads_elsewhere(ctx, base, value):
        return False
    for other in (base, *choosing.bases):
        for own, extent in zip(other.shape, mask.shape):
            make_equal(ctx, own, extent, "the mask does not have the shape of the array")
    store_in_place(ctx, base, mask, value)
    return True


def _only_index(node: cst.Subscript) -> cst.BaseExpression | None:
    if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
        return None
    return node.slice[0].slice.value


def _chosen_by(node: cst.Subscript) -> str:
    """The text of the subscript, if it may be a mask; what is asked twice must have no effect."""
    index = _only_index(node)
    if index is None or not isinstance(node.value, (cst.Name, cst.Attribute)):
        return ""
    is_pure = all(isinstance(part, _PURE) for part in walk(index) if isinstance(part, cst.BaseExpression))
    return "".join(cst.Module([]).code_for_node(index).split()) if is_pure else ""


def _is_elementwise(ctx: Context, node: cst.BaseExpression, mask: str) -> bool:
    """Operators on what the mask chooses, at least once, and on numbers."""
    leaves = list(_leaves(node))
    others = [leaf for leaf in leaves if not (isinstance(leaf, cst.Subscript) and _chosen_by(leaf) == mask)]
    return mask != "" and len(others) < len(leaves) and all(_is_number(ctx, leaf) for leaf in others)


def _leaves(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    match node:
        case cst.BinaryOperation(left=left, operator=operator, right=right):
            if isinstance(operator, cst.MatrixMultiply):
                yield node
            else:
                yield from _leaves(left)
                yield from _leaves(right)
        case cst.UnaryOperation(expression=expression):
            yield from _leaves(expression)
        case _:
            yield node


def _is_number(ctx: Context, node: cst.BaseExpression) -> bool:
    if isinstance(node, _NUMBERS):
        return True
    return isinstance(node, cst.Name) and isinstance(ctx.scope.names.get(node.value), Number)
