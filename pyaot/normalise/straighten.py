"""What an early end of a block skips becomes the other branch, so that no jump is left.

    block done:                                 if x < lo:
        if x < lo:                                  r = lo
            r = lo                  becomes     else:
            exit done                               r = x
        r = x

So helpers that return early, and turns that end with `continue`, are conditions like any other: loops around
them have SIMD forms. A block stays where both branches of a condition may come to what follows, since that
would have to be written twice, and where a loop inside ends it.
"""

from msgspec.structs import replace

from pyaot.ir.build import negated
from pyaot.ir.nodes import Block, Exit, Function, If, Return, Stmt
from pyaot.ir.walk import Body, transform_body, walk_stmts


def straighten(function: Function) -> Function:
    """The function without the blocks that it can do without."""
    return replace(function, body=transform_body(_straight, function.body))


def _straight(stmt: Stmt) -> Body:
    if not isinstance(stmt, Block):
        return (stmt,)
    body = _without_exits(stmt.body, stmt.label)
    return (stmt,) if body is None else body


def _without_exits(body: Body, label: str) -> Body | None:
    """The statements without exits to the label, behind which nothing comes; None if that cannot be."""
    for place, stmt in enumerate(body):
        if not _leaves(stmt, label):
            continue
        match stmt:
            case Exit():
                return body[:place]
            case If():
                last = _branches(stmt, body[place + 1 :], label)
                return None if last is None else (*body[:place], *last)
            case _:
                return None
    return body


def _branches(stmt: If, rest: Body, label: str) -> Body | None:
    """The condition with what follows it in the branch that comes there."""
    then, otherwise = stmt.then, stmt.otherwise
    if _ends(then):
        otherwise = otherwise if _ends(otherwise) else (*otherwise, *rest)
    elif _ends(otherwise):
        then = (*then, *rest)
    elif rest:
        return None
    first, second = _without_exits(then, label), _without_exits(otherwise, label)
    if first is None or second is None:
        return None
    if not first and second:
        return (replace(stmt, condition=negated(stmt.condition), then=second, otherwise=()),)
    return (replace(stmt, then=first, otherwise=second),)


def _leaves(stmt: Stmt, label: str) -> bool:
    return any(isinstance(inner, Exit) and inner.label == label for inner in walk_stmts((stmt,)))


def _ends(body: Body) -> bool:
    """Control never comes behind the statements."""
    match body:
        case (*_, Exit() | Return()):
            return True
        case (*_, If(_, then, otherwise)):
            return _ends(then) and _ends(otherwise)
        case _:
            return False
