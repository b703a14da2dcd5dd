"""Objects that compiled code makes of the file's classes: named tuples, and dataclasses without code.

class State(NamedTuple): ...         State(x, v)    State(x=x, v=v)    s._replace(v=v)    s._fields

A named tuple is a tuple. A dataclass has fields; only the call of its class makes it, behind the kernel.
"""

from collections.abc import Mapping, Sequence

import libcst as cst

from pyaot.base.catalogue import UNKNOWN_NAME, UNSUPPORTED_ARGUMENT
from pyaot.frontend.context import Context
from pyaot.frontend.scope_classes import ClassKind, FieldInfo, plain_fields
from pyaot.frontend.scope_constants import constant_value
from pyaot.frontend.symbols import constant, note_fact
from pyaot.frontend.values import ClassValue, RecordValue, TextValue, TupleValue, Value
from pyaot.ir.nodes import Maker
from pyaot.ir.program import Claim, GlobalFact


def class_of_file(ctx: Context, name: str, node: cst.CSTNode) -> ClassValue:
    """A class whose objects can be made, by its name."""
    if plain_fields(ctx.module.classes[name]) is None:
        message = f"Objects of '{name}' are not made in compiled code: it has more than plain fields."
        raise ctx.refuse(UNKNOWN_NAME, message, node)
    note_fact(ctx, GlobalFact(name, name, Claim.IS))
    return ClassValue(name)


def construct(
    ctx: Context, class_name: str, positional: Sequence[Value], keywords: Mapping[str, Value]
) -> Value:
    """`State(x, v=v)`."""
    info = ctx.module.classes[class_name]
    fields = plain_fields(info)
    assert fields is not None
    if len(positional) > len(fields):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'{class_name}' gets too many arguments.")
    names = [field.name for field in fields]
    given = dict(zip(names, positional))
    if not keywords.keys() <= set(names) - set(given):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'{class_name}' gets an argument that it does not take.")
    given |= keywords
    values = {field.name: given.get(field.name) or _default(ctx, class_name, field) for field in fields}
    if info.kind is ClassKind.DATACLASS:
        return RecordValue(class_name, values, made=ctx.fresh(class_name))
    return TupleValue(tuple(values.values()), maker=Maker(class_name, tuple(values)))


def _default(ctx: Context, class_name: str, field: FieldInfo) -> Value:
    try:
        if field.value is None:
            raise LookupError
        value = constant_value(field.value, ctx.module.imports, ctx.module.constants)
    except LookupError:
        message = f"'{class_name}' gets no argument for '{field.name}'."
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, message) from None
    return constant(ctx, value, field.value)


def member_of_tuple(value: TupleValue, name: str) -> Value | None:
    """A field of a named tuple, or the names of all; None where it is something else."""
    maker = value.maker
    if maker is not None and name in maker.fields:
        return value.items[maker.fields.index(name)]
    if maker is not None and name == "_fields":
        return TupleValue(tuple(map(TextValue, maker.fields)))
    return None


def replaced(ctx: Context, value: TupleValue, keywords: Mapping[str, Value]) -> Value:
    """`p._replace(x=x)`."""
    assert value.maker is not None
    fields = value.maker.fields
    if not keywords.keys() <= set(fields):
        raise ctx.refuse(UNSUPPORTED_ARGUMENT, f"'{value.maker.name}' has no such field.")
    items = (keywords.get(name, item) for name, item in zip(fields, value.items))
    return TupleValue(tuple(items), maker=value.maker)
