"""Methods of objects, and calls that set fields of the objects that they are given.

self.step(k)                    the method is inlined with the fields as they are now
(self.n,) := self.step(k)       as `fields_set` writes it where the method sets self.n
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import libcst as cst
from msgspec.structs import replace

from pyaot.base.catalogue import UNKNOWN_FUNCTION, UNSUPPORTED_EXPRESSION, UNSUPPORTED_STATEMENT
from pyaot.frontend.context import Context
from pyaot.frontend.fields_set import Variable, fields_set
from pyaot.frontend.own_calls import is_property, method_of
from pyaot.frontend.scope_functions import FunctionInfo, Receiver
from pyaot.frontend.symbols import note_fact
from pyaot.frontend.values import ArrayValue, FunctionValue, Number, RecordValue, TupleValue, Value
from pyaot.frontend.variables import agreement, assign_name, rebind, settle
from pyaot.ir.program import Claim, GlobalFact

_RESULT = "(result)"  # no name of a variable


def own_method(ctx: Context, value: Value, name: str) -> FunctionInfo | None:
    """The method or property of that name, where the value is an object of a class of the file."""
    match value:
        case RecordValue(class_name=class_name):
            return method_of(ctx.module, class_name, name)
        case TupleValue(maker=maker) if maker is not None and maker.is_own:
            return method_of(ctx.module, maker.name, name)
    return None


def call_own(
    ctx: Context,
    receiver: Value,
    name: str,
    given: tuple[tuple[Value, ...], Mapping[str, Value]],
    node: cst.CSTNode,
) -> Value:
    """`receiver.name(*given)`, a method of the file."""
    info = own_method(ctx, receiver, name)
    assert info is not None
    if (info.obstacle and not is_property(info)) or info.receiver is Receiver.CLASS:
        reason = info.obstacle or "is a class method"
        raise ctx.refuse(UNKNOWN_FUNCTION, f"'{name}' {reason}, so it is not inlined.", node)
    if isinstance(receiver, RecordValue) and receiver.text:
        note_fact(ctx, GlobalFact(receiver.text, info.qualified_name, Claim.CALLS))
    else:
        owner = info.qualified_name.rpartition(".")[0]
        note_fact(ctx, GlobalFact(owner, owner, Claim.IS))
        note_fact(ctx, GlobalFact(info.qualified_name, info.qualified_name, Claim.IS))
    positional, keywords = given
    if info.is_method:
        positional = (receiver, *positional)
    function = FunctionValue(name, info.node, None)
    return ctx.call_function(ctx, function, positional, dict(keywords), node)


def as_it_is(ctx: Context, node: cst.BaseExpression, value: Value) -> Value:
    """An object that a name stands for, with what its fields hold now."""
    if not (isinstance(node, cst.Name) and isinstance(value, RecordValue)):
        return value
    start = f"{node.value}."
    texts = [text for text in ctx.scope.names if text.startswith(start)]
    fields = {text.removeprefix(start): ctx.expression(ctx, Variable(text)) for text in texts}
    return replace(value, fields={**value.fields, **fields})


# ---- fields that a call sets ----------------------------------------------------------------------------


def fields_given_back(
    ctx: Context, function: FunctionValue, arguments: Mapping[str, Value], node: cst.CSTNode
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The objects among the arguments with their classes, and the fields of them that the function sets."""
    if isinstance(function.node, cst.Lambda):
        return {}, ()
    params = [part.name.value for part in function.node.params.children if isinstance(part, cst.Param)]
    found = {name: arguments[name] for name in params if name in arguments}
    objects = {
        name: value.class_name
        for name, value in found.items()
        if isinstance(value, RecordValue) and value.class_name in ctx.module.classes
    }
    fields = fields_set(function.node, objects, ctx.module)
    if fields and (ctx.given_back is not node or any(_is_made(arguments[name]) for name in objects)):
        message = f"'{function.name}' sets fields of an object, which is not followed here."
        hint = "Call it as a statement, or as the right-hand side of an assignment."
        raise ctx.refuse(UNSUPPORTED_STATEMENT, message, node, hint)
    return objects, fields


def _is_made(value: Value) -> bool:
    return isinstance(value, RecordValue) and not value.text


def lower_setting_call(ctx: Context, targets: Sequence[cst.BaseElement], call: cst.BaseExpression) -> Value:
    """`(s.n, ...) := s.step(k)`: the fields get what the call gives behind its result."""
    names = [element.value.value for element in targets if isinstance(element.value, cst.Name)]
    ctx.given_back = call
    found = ctx.expression(ctx, call)
    if not isinstance(found, TupleValue) or len(found.items) != len(names) + 1:
        message = "Which fields this call sets is not known."
        raise ctx.refuse(UNSUPPORTED_STATEMENT, message, call)
    result, *items = (settle(ctx, item) for item in found.items)
    ctx.scope.names[_RESULT] = result
    _assign_all(ctx, dict(zip(names, items)))
    return ctx.scope.names.pop(_RESULT)


def _assign_all(ctx: Context, values: dict[str, Value]) -> None:
    arrays = {name: item for name, item in values.items() if isinstance(item, ArrayValue)}
    carried = {}
    for name, array in arrays.items():
        found = agreement(ctx, name)
        if found is not None and isinstance(found[1], str):
            carried[name] = array
    rebind(ctx, carried)
    for name, item in values.items():
        if name not in carried:
            assign_name(ctx, name, item)


@contextmanager
def nothing_assigned(ctx: Context, node: cst.CSTNode) -> Iterator[None]:
    """What is evaluated on one path only must not set variables."""
    before = dict(ctx.scope.names)
    yield
    after = ctx.scope.names
    if before.keys() != after.keys() or any(after[name] is not value for name, value in before.items()):
        message = "An assignment inside a part of an expression that is not always evaluated is not compiled."
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, message, node, "Write it as a statement of its own.")


def assign_in_place(ctx: Context, name: str, value: Value) -> Value:
    """`(name := value)`."""
    assign_name(ctx, name, settle(ctx, value) if isinstance(value, Number) else value)
    return ctx.expression(ctx, cst.Name(name))
