"""Arrays that are items of lists stay as they are, and in a list that is returned they are nobody else's.

out.append(h); h += 1.0         refused: the list has a copy of h, which would keep its old elements
"""

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION, UNSUPPORTED_STATEMENT
from pyaot.frontend.context import Context
from pyaot.ir.given import COPY, given
from pyaot.ir.nodes import Assign, Function, Stmt
from pyaot.ir.walk import transform_body


def check_items(ctx: Context, function: Function) -> None:
    """Refuses where it could be noticed that lists have copies of what they were given."""
    found = given(function, ctx.gifts)
    for stmt in found.written[:1]:
        ctx.span = stmt.span
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION,
            "An array that is an item of a list is changed here.",
            None,
            "Append a copy: 'out.append(x.copy())'.",
        )
    for column in sorted((found.shared | ctx.shared) & ctx.returned.keys()):
        ctx.span = ctx.returned[column]
        raise ctx.refuse(
            UNSUPPORTED_STATEMENT,
            "A list is returned of which an array may be used elsewhere, too.",
            None,
            "Append copies: 'out.append(x.copy())'.",
        )


def check_copied_views(ctx: Context, function: Function) -> None:
    """Refuses where it could be noticed that a variable has a copy of what is a view in Python."""
    hint = "Take a copy with '.copy()', or use another name."
    found = given(function, ctx.view_marks)
    for stmt in found.written[:1]:
        ctx.span = stmt.span
        message = "An array is changed here of which a variable that a loop carries may hold a view."
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, message, None, hint)
    copies = {mark: gift for mark, gift in ctx.view_marks.items() if gift.owner == COPY}
    if given(function, copies).returned:
        message = "A variable that a loop carries, and that may hold a view, is not returned."
        raise ctx.refuse(UNSUPPORTED_STATEMENT, message, None, hint)


def without_marks(ctx: Context, body: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """The statements without the marks of arrays that become items."""
    return transform_body(lambda stmt: () if _is_mark(ctx, stmt) else (stmt,), body)


def _is_mark(ctx: Context, stmt: Stmt) -> bool:
    return isinstance(stmt, Assign) and (stmt.name in ctx.gifts or stmt.name in ctx.view_marks)
