"""One comparison of two values: numbers, arrays, texts, None, tuples.

a < b       element by element      mode == "fast"      known now       (n, m) == a.shape       item by item
"""

import libcst as cst

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import both, either, negate, truth
from pyaot.frontend.context import Context
from pyaot.frontend.operators import COMPARISONS, apply_compare
from pyaot.frontend.values import NoneValue, Number, TextValue, TupleValue, Value
from pyaot.ir.nodes import Const, Expr
from pyaot.ir.types import PY_BOOL, Origin


def compared(ctx: Context, operator: cst.BaseCompOp, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """`left < right`, `left is None`, `left in right`."""
    match operator:
        case cst.Is() | cst.IsNot() if isinstance(left, NoneValue) or isinstance(right, NoneValue):
            same = isinstance(left, NoneValue) and isinstance(right, NoneValue)
            return Number(Const(same is isinstance(operator, cst.Is), PY_BOOL))
        case cst.Equal() | cst.NotEqual() if isinstance(left, TextValue) and isinstance(right, TextValue):
            return Number(Const((left.text == right.text) is isinstance(operator, cst.Equal), PY_BOOL))
        case cst.Equal() | cst.NotEqual() if _is_text_and_other(left, right) or _is_text_and_other(
            right, left
        ):
            return Number(Const(isinstance(operator, cst.NotEqual), PY_BOOL))
        case cst.Equal() | cst.NotEqual() if isinstance(left, TupleValue) and isinstance(right, TupleValue):
            found = _equal_items(ctx, left, right)
            return Number(found if isinstance(operator, cst.Equal) else negate(found))
        case cst.In() | cst.NotIn() if isinstance(right, TupleValue):
            return _membership(ctx, operator, left, right)
    op = COMPARISONS.get(type(operator))
    if op is None:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "This comparison has no compiled form.", node)
    return apply_compare(ctx, op, left, right)


def _is_text_and_other(left: Value, right: Value) -> bool:
    """A text is no number of Python's and not None."""
    is_other = isinstance(right, NoneValue) or (
        isinstance(right, Number) and right.type.origin is Origin.PYTHON
    )
    return isinstance(left, TextValue) and is_other


def _equal_items(ctx: Context, left: TupleValue, right: TupleValue) -> Expr:
    """Whether tuples are equal; one float may equal another, or be nan and the same object."""
    found: Expr = Const((left.is_list, len(left.items)) == (right.is_list, len(right.items)), PY_BOOL)
    for pair in zip(left.items, right.items):
        match pair:
            case TextValue(text), TextValue(other):
                found = both(found, Const(text == other, PY_BOOL))
            case TupleValue() as a, TupleValue() as b:
                found = both(found, _equal_items(ctx, a, b))
            case Number() as a, Number() as b if a.type.dtype.kind in "iub" and b.type.dtype.kind in "iub":
                same = apply_compare(ctx, "eq", a, b)
                assert isinstance(same, Number)
                found = both(found, truth(same.expr))
            case _:
                raise ctx.refuse(UNSUPPORTED_EXPRESSION, "This comparison of tuples has no compiled form.")
    return found


def _membership(ctx: Context, operator: cst.BaseCompOp, left: Value, right: TupleValue) -> Value:
    found: Expr = Const(False, PY_BOOL)
    for item in right.items:
        if isinstance(left, TextValue) and isinstance(item, TextValue):
            equal: Value = Number(Const(left.text == item.text, PY_BOOL))
        else:
            equal = apply_compare(ctx, "eq", left, item)
        assert isinstance(equal, Number)
        found = either(found, equal.expr)
    return Number(found if isinstance(operator, cst.In) else negate(found))
