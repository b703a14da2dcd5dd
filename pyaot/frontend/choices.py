"""The value of `x if c else y`, and of `and` and `or`: each is computed only where it is chosen."""

from collections.abc import Sequence

import libcst as cst
from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION
from pyaot.frontend.context import Context
from pyaot.frontend.conversion import convert
from pyaot.frontend.promote import join
from pyaot.frontend.values import ArrayValue, Number, TupleValue, Value, is_alike
from pyaot.frontend.variables import merge_arrays
from pyaot.ir.nodes import Assign, Expr, If, Select, Stmt, Var
from pyaot.ir.types import Scalar


def choose(
    ctx: Context,
    asked: Expr,
    if_true: Value,
    if_false: Value,
    preludes: tuple[Sequence[Stmt], Sequence[Stmt]],
    node: cst.CSTNode,
) -> Value:
    """Either value; the statements that each needs run only where it is chosen."""
    then, otherwise = list(preludes[0]), list(preludes[1])
    if isinstance(if_true, Number) and isinstance(if_false, Number):
        type = _joined(ctx, if_true, if_false, node)
        yes = _converted(ctx, if_true, type, then)
        no = _converted(ctx, if_false, type, otherwise)
        if not then and not otherwise:
            return Number(Select(asked, yes, no, type))
        chosen: Value = _in_variable(ctx, type, (yes, then), (no, otherwise))
    else:
        chosen = _chosen(ctx, (if_true, then), (if_false, otherwise), node)
    ctx.emit(If(asked, tuple(then), tuple(otherwise), ctx.span))
    return chosen


def _chosen(
    ctx: Context, left: tuple[Value, list[Stmt]], right: tuple[Value, list[Stmt]], node: cst.CSTNode
) -> Value:
    """What stands for either value behind the two branches."""
    (a, then), (b, otherwise) = left, right
    match a, b:
        case Number(), Number():
            type = _joined(ctx, a, b, node)
            yes, no = _converted(ctx, a, type, then), _converted(ctx, b, type, otherwise)
            return _in_variable(ctx, type, (yes, then), (no, otherwise))
        case ArrayValue(), ArrayValue():
            chosen = merge_arrays(ctx, "chosen", (a, then), (b, otherwise))
            if chosen is not None:
                return chosen
        case TupleValue(), TupleValue() if is_alike(a, b):
            pairs = zip(a.items, b.items)
            items = tuple(_chosen(ctx, (x, then), (y, otherwise), node) for x, y in pairs)
            return replace(a, items=items)
        case _ if a == b:
            return a
    message = "A choice between these values is not compiled here."
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, message, node, "Write it as an if statement.")


def _in_variable(
    ctx: Context, type: Scalar, yes: tuple[Expr, list[Stmt]], no: tuple[Expr, list[Stmt]]
) -> Number:
    name = ctx.fresh("chosen")
    for value, branch in (yes, no):
        branch.append(Assign(name, value, ctx.span))
    ctx.stable.add(name)
    return Number(Var(name, type))


def _converted(ctx: Context, value: Number, type: Scalar, prelude: list[Stmt]) -> Expr:
    with ctx.nested() as checks:
        result = convert(ctx, "This value", value.expr, type)
    prelude.extend(checks)
    return result


def _joined(ctx: Context, left: Number, right: Number, node: cst.CSTNode) -> Scalar:
    type = join(left.type, right.type)
    if type is None or (type.dtype is not left.type.dtype and type.dtype is not right.type.dtype):
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION, "The two values of this choice have types that do not meet.", node
        )
    return type
