"""`if` statements: both branches are lowered from the same names, and what they leave behind is merged.

if c:  x = 1           If(c, [x = 1], [x_f64 = 2.5 ...])   one variable holds the value of either branch
else:  x = 2.5
"""

from collections.abc import Callable, Sequence

import libcst as cst
from msgspec.structs import replace

from pyaot.frontend.context import Context
from pyaot.frontend.expressions import condition
from pyaot.frontend.promote import join
from pyaot.frontend.values import (
    UNSURE,
    ArrayValue,
    MixedValue,
    Number,
    RecordValue,
    TupleValue,
    UnboundValue,
    Value,
    grows_as,
    is_alike,
    is_one_list,
)
from pyaot.frontend.variables import merge_arrays, set_variable, unbound
from pyaot.ir.nodes import Block, Const, Exit, If, Loop, Return, Stmt
from pyaot.ir.types import Scalar
from pyaot.ir.walk import walk_stmts

LowerBody = Callable[[Context, cst.BaseSuite], None]
Names = dict[str, Value]


def lower_if(ctx: Context, node: cst.If, lower_body: LowerBody) -> None:
    """An `if` with its `elif` and `else`."""
    asked = condition(ctx, node.test)
    span = ctx.at(node)
    if isinstance(asked, Const):
        _lower_chosen(ctx, node, bool(asked.value), lower_body)
        return
    before = ctx.scope.names
    then, names_then = _branch(ctx, before, lambda: lower_body(ctx, node.body))
    otherwise, names_otherwise = _branch(ctx, before, lambda: _lower_else(ctx, node, lower_body))
    merge(ctx, (then, names_then), (otherwise, names_otherwise))
    ctx.emit(If(asked, tuple(then), tuple(otherwise), span))


def _lower_chosen(ctx: Context, node: cst.If, is_true: bool, lower_body: LowerBody) -> None:
    if is_true:
        lower_body(ctx, node.body)
    else:
        _lower_else(ctx, node, lower_body)


def _lower_else(ctx: Context, node: cst.If, lower_body: LowerBody) -> None:
    if isinstance(node.orelse, cst.If):
        lower_if(ctx, node.orelse, lower_body)
    elif node.orelse is not None:
        lower_body(ctx, node.orelse.body)


def _branch(ctx: Context, before: Names, lower: Callable[[], None]) -> tuple[list[Stmt], Names]:
    ctx.scope.names = dict(before)
    try:
        with ctx.nested() as inside:
            lower()
        return inside, ctx.scope.names
    finally:
        ctx.scope.names = before


def terminates(body: list[Stmt] | tuple[Stmt, ...]) -> bool:
    """Control never runs off the end of these statements."""
    if not body:
        return False
    match body[-1]:
        case Exit() | Return():
            return True
        case If(_, then, otherwise):
            return terminates(then) and terminates(otherwise)
        case Loop():
            return True  # left by Exit or Return only, never by its end
        case Block(label, inner):
            return terminates(inner) and not _leaves(inner, label)
    return False


def _leaves(body: tuple[Stmt, ...], label: str) -> bool:
    return any(isinstance(s, Exit) and s.label == label for s in walk_stmts(body))


def merge(ctx: Context, first: tuple[list[Stmt], Names], second: tuple[list[Stmt], Names]) -> None:
    """The names after two branches, with what they need appended to the branches."""
    if terminates(first[0]):
        ctx.scope.names = second[1]
        return
    if terminates(second[0]):
        ctx.scope.names = first[1]
        return
    merged: Names = {}
    for name in {**first[1], **second[1]}:
        left, right = first[1].get(name), second[1].get(name)
        found = _merged(ctx, name, (left, first[0]), (right, second[0]))
        merged[name] = MixedValue() if found is None else found
    ctx.scope.names = merged


def _merged(
    ctx: Context, name: str, left: tuple[Value | None, list[Stmt]], right: tuple[Value | None, list[Stmt]]
) -> Value | None:
    a, b = left[0], right[0]
    if a is b or _equal(a, b):
        return a
    if isinstance(a, MixedValue) or isinstance(b, MixedValue):
        return MixedValue()
    if a is None or b is None or isinstance(a, UnboundValue) or isinstance(b, UnboundValue):
        return _bound_on_one(ctx, name, left, right)
    if isinstance(a, Number) and isinstance(b, Number):
        return _merge_numbers(ctx, name, (a, left[1]), (b, right[1]))
    if isinstance(a, ArrayValue) and isinstance(b, ArrayValue):
        return merge_arrays(ctx, name, (a, left[1]), (b, right[1]))
    if isinstance(a, TupleValue) and isinstance(b, TupleValue) and is_alike(a, b):
        items = _merged_all(ctx, name, (a.items, left[1]), (b.items, right[1]))
        return None if items is None else replace(a, items=items)
    if isinstance(a, RecordValue) and isinstance(b, RecordValue) and is_alike(a, b):
        parts = tuple(a.fields.values()), tuple(b.fields.values())
        items = _merged_all(ctx, name, (parts[0], left[1]), (parts[1], right[1]))
        return None if items is None else replace(a, fields=dict(zip(a.fields, items)), made=UNSURE)
    return None


def _merged_all(
    ctx: Context,
    name: str,
    left: tuple[tuple[Value, ...], list[Stmt]],
    right: tuple[tuple[Value, ...], list[Stmt]],
) -> tuple[Value, ...] | None:
    items = [
        _merged(ctx, f"{name}_{n}", (x, left[1]), (y, right[1]))
        for n, (x, y) in enumerate(zip(left[0], right[0]))
    ]
    known = tuple(item for item in items if item is not None)
    is_mixed = any(isinstance(item, MixedValue) for item in known)
    return known if len(known) == len(items) and not is_mixed else None


def meet(ctx: Context, states: Sequence[Names]) -> None:
    """The names where jumps arrive: as they are now, in so far as every other path leaves them so, too."""
    for other in states:
        for name in {**ctx.scope.names, **other}:
            here, there = ctx.scope.names.get(name), other.get(name)
            known = here if here is not None else there
            if here is there or _equal(here, there):
                continue
            if known is not None and (here is None or there is None or _equal(unbound(here), unbound(there))):
                ctx.scope.names[name] = unbound(known)
            else:
                ctx.scope.names[name] = MixedValue()


def _equal(a: Value | None, b: Value | None) -> bool:
    if grows_as(a) or grows_as(b):
        return is_one_list(a, b)
    if isinstance(a, ArrayValue) and isinstance(b, ArrayValue):
        return (
            a.place is not None
            and b.place is not None
            and a.place.whole
            and b.place.whole
            and a.place.array == b.place.array
        )
    match a, b:
        case (TupleValue(items), TupleValue(more)) if is_alike(a, b):
            return all(map(_equal, items, more))
        case (RecordValue(fields=fields), RecordValue(fields=others)) if is_alike(a, b):
            return a.made == b.made and all(map(_equal, fields.values(), others.values()))
    return a == b


def _bound_on_one(
    ctx: Context, name: str, left: tuple[Value | None, list[Stmt]], right: tuple[Value | None, list[Stmt]]
) -> Value | None:
    a, b = (v.value if isinstance(v, UnboundValue) else v for v in (left[0], right[0]))
    if a is not None and b is not None:
        both = _merged(ctx, name, (a, left[1]), (b, right[1]))
        return None if both is None else unbound(both)
    value, body = (a, left[1]) if a is not None else (b, right[1])
    if isinstance(value, Number):
        return unbound(_in_variable(ctx, name, value, body, value.type))
    return None if value is None or isinstance(value, ArrayValue) else unbound(value)


def _merge_numbers(
    ctx: Context, name: str, left: tuple[Number, list[Stmt]], right: tuple[Number, list[Stmt]]
) -> Value | None:
    type = join(left[0].type, right[0].type)
    if type is None:
        return None
    for value, body in (left, right):
        result = _in_variable(ctx, name, value, body, type)
    return result


def _in_variable(ctx: Context, name: str, value: Number, body: list[Stmt], type: Scalar) -> Number:
    """The branch ends with the value in the variable of that type."""
    names, outer = ctx.scope.names, ctx.body
    ctx.scope.names, ctx.body = dict(names), body
    try:
        set_variable(ctx, name, value.expr, type)
        found = ctx.scope.names[name]
    finally:
        ctx.scope.names, ctx.body = names, outer
    assert isinstance(found, Number)
    return found
