"""`while` loops: a loop with an exit where the condition is false; `else` runs on the way out."""

import libcst as cst

from pyaot.frontend.arithmetic import negate
from pyaot.frontend.branches import terminates
from pyaot.frontend.context import Context, Frame
from pyaot.frontend.expressions import condition
from pyaot.frontend.list_changes import forget_lengths
from pyaot.frontend.loops import LowerBody, continue_point, looped, names_rebound
from pyaot.frontend.values import Value
from pyaot.ir.nodes import Const, Exit, Expr, If, Loop, Stmt


def lower_while(ctx: Context, node: cst.While, lower_body: LowerBody) -> None:
    """A `while` loop: `Loop` with an exit where the condition is false."""
    names = tuple(names_rebound(ctx, node.test, node.body, node.orelse))
    runs = isinstance(node.test, cst.Name) and node.test.value == "True"
    looped(ctx, names, None, lower_body, lambda: _while_body(ctx, node, lower_body), runs)


def _while_body(ctx: Context, node: cst.While, lower_body: LowerBody) -> Stmt:
    frame = ctx.scope.breaks[-1]
    span = ctx.at(node)
    left: dict[str, Value] = {}
    with ctx.nested() as inside:
        forget_lengths(ctx, node.test, node.body)
        asked = condition(ctx, node.test)
        if not (isinstance(asked, Const) and asked.value):
            left = _leave(ctx, node, asked, frame, lower_body)
        with continue_point(ctx, inside):
            lower_body(ctx, node.body)
    ctx.scope.names.update(left)
    return Loop(tuple(inside), span)


def _leave(
    ctx: Context, node: cst.While, asked: Expr, frame: Frame, lower_body: LowerBody
) -> dict[str, Value]:
    """Leaves the loop, by way of `else`, where its condition is false; gives the names as they are then."""
    before = dict(ctx.scope.names)
    with ctx.nested() as leaving:
        if node.orelse is not None:
            lower_body(ctx, node.orelse.body)
        left, ctx.scope.names = ctx.scope.names, before
        frame.used = True
        if not terminates(leaving):
            ctx.emit(Exit(frame.label, ctx.at(node)))
    ctx.emit(If(negate(asked), tuple(leaving), (), ctx.at(node)))
    return left
