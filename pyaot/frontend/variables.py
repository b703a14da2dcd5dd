"""Assignment to names: which IR variable holds a Python variable, and when one is needed at all.

w = 2 * n            a name for the expression; nothing is emitted
s = s + x[i]         in a loop: the variable that the loop agreed on
u = step(u)          in a loop: Bind, the array name moves on
"""

from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_TYPE_CHANGE
from pyaot.frontend.arrays import array_type, freeze, is_stable, materialise, reader, whole
from pyaot.frontend.context import Agreements, Context, ShapeChange, TypeChange
from pyaot.frontend.conversion import convert, describe
from pyaot.frontend.growing import note_alias
from pyaot.frontend.list_items import as_list
from pyaot.frontend.promote import join
from pyaot.frontend.prove import canonical, linear, make_equal, same
from pyaot.frontend.tuple_parts import fits, is_carried_whole, leaves_of, of_variables
from pyaot.frontend.values import (
    ArrayValue,
    Indices,
    ListValue,
    MixedValue,
    Number,
    Place,
    RecordValue,
    TupleValue,
    UnboundValue,
    Value,
)
from pyaot.ir.given import COPY, SOURCE, Gift
from pyaot.ir.nodes import Assign, Binary, Bind, Const, Dim, Expr, Select, Stmt, Var
from pyaot.ir.types import PY_BOOL, DType, Scalar
from pyaot.ir.walk import map_expr, walk_expr

_LARGEST_ALIAS = 12  # nodes of an expression that may stand for a name


def assign_name(ctx: Context, name: str, value: Value) -> None:
    """`name = value`."""
    match value:
        case _ if is_carried_whole(ctx, name):
            _assign_items(ctx, name, value)
        case Number():
            _assign_number(ctx, name, value)
        case ArrayValue(grows=key) | ListValue(grows=key) if key and agreement(ctx, name) is None:
            note_alias(ctx, name, value)
            ctx.scope.names[name] = value
        case ArrayValue():
            note_alias(ctx, name, value)
            _assign_array(ctx, name, value)
        case TupleValue():
            note_alias(ctx, name, value)
            ctx.scope.names[name] = _settled(ctx, value)
        case RecordValue():
            ctx.scope.names[name] = settle(ctx, value)
        case _:
            ctx.scope.names[name] = value
    note_user_name(ctx, name, ctx.scope.names[name])
    _note_bound(ctx, name)


def note_user_name(ctx: Context, name: str, value: Value) -> None:
    """What had no name of the user's has this one."""
    match value:
        case Number(Var(variable)):
            ctx.note_user_name(variable, name)
        case ArrayValue(place=Place(array)):
            ctx.note_user_name(array, name)
        case TupleValue(items) | ListValue(items):
            for item in items:
                note_user_name(ctx, name, item)


def _settled(ctx: Context, value: TupleValue) -> Value:
    """A tuple whose items keep their values; a list of numbers that may be changed becomes an array."""
    if value.is_list and not value.grows and (made := as_list(ctx, value)) is not None:
        return made
    return settle(ctx, value)


def settle(ctx: Context, value: Value) -> Value:
    """The value such that later assignments do not change it."""
    match value:
        case Number(expr) if not is_stable(ctx, expr):
            return Number(ctx.temporary("item", expr))
        case ArrayValue() if not value.is_view or value.borrowed:
            return freeze(ctx, value)
        case TupleValue(items):
            return replace(value, items=tuple(settle(ctx, item) for item in items))
        case RecordValue(fields=fields, made=made) if made:
            return replace(value, fields={name: settle(ctx, item) for name, item in fields.items()})
    return value


def _note_bound(ctx: Context, name: str) -> None:
    flag = ctx.flags.get(f"bound:{ctx.scope.prefix}{name}")
    if flag is not None:
        ctx.emit(Assign(flag, Const(True, PY_BOOL), ctx.span))


def unbind_name(ctx: Context, name: str) -> None:
    """`del name`."""
    ctx.scope.names.pop(name, None)
    flag = ctx.flags.get(f"bound:{ctx.scope.prefix}{name}")
    if flag is not None:
        ctx.emit(Assign(flag, Const(False, PY_BOOL), ctx.span))


# ---- numbers --------------------------------------------------------------------------------------------


def agreement(ctx: Context, name: str) -> tuple[Agreements, Scalar | str] | None:
    """What the innermost loop that the name lives through decided about it."""
    for agreed in reversed(ctx.scope.agreed):
        if name in agreed:
            return agreed, agreed[name]
    return None


def _assign_number(ctx: Context, name: str, value: Number) -> None:
    found = agreement(ctx, name)
    if found is not None:
        _assign_agreed(ctx, name, value, found)
    elif _is_alias(ctx, name, value.expr):
        ctx.scope.names[name] = value
    else:
        variable = set_variable(ctx, name, value.expr, value.type)
        if _keeps_value(ctx, name):
            ctx.stable.add(variable)


def _assign_agreed(ctx: Context, name: str, value: Number, found: tuple[Agreements, Scalar | str]) -> None:
    owner, type = found
    if isinstance(type, str):
        raise ctx.refuse(
            UNSUPPORTED_TYPE_CHANGE, f"'{name}' is an array at the start of the loop and a number here."
        )
    wanted = join(type, value.type)
    if wanted is None:
        raise ctx.refuse(
            UNSUPPORTED_TYPE_CHANGE,
            f"'{name}' is {describe(type)} at the start of the loop and {describe(value.type)} here.",
            None,
            f"Start with a value of the final type, such as np.{value.type.dtype.value}(0).",
        )
    if wanted != type:
        raise TypeChange(owner, name, wanted)
    set_variable(ctx, name, value.expr, type)


def set_variable(ctx: Context, name: str, expr: Expr, type: Scalar) -> str:
    """Assigns to the IR variable that holds the name with that type, and lets the name stand for it."""
    variable = ctx.variable(name, type)
    converted = convert(ctx, f"'{name}'", expr, type)
    if converted != Var(variable, type):
        ctx.emit(Assign(variable, converted, ctx.span))
    ctx.scope.names[name] = Number(Var(variable, type))
    return variable


def _is_alias(ctx: Context, name: str, expr: Expr) -> bool:
    if _is_read_later(ctx, name):
        return False
    if isinstance(expr, Const):
        return True
    if expr.type.dtype is not DType.INT64 or not is_stable(ctx, expr):
        return False
    return sum(1 for _ in walk_expr(expr)) <= _LARGEST_ALIAS


def _is_read_later(ctx: Context, name: str) -> bool:
    """Whether the name may be read after the loop in which it is assigned now."""
    facts = ctx.scope.facts
    if not (ctx.scope.breaks or ctx.scope.rejoins) or facts.outside_loops(name):
        return False
    return not (facts.assigned_once(name) and facts.is_local_to_its_loop(name))


def _keeps_value(ctx: Context, name: str) -> bool:
    facts = ctx.scope.facts
    return facts.assigned_once(name) and (facts.outside_loops(name) or facts.is_local_to_its_loop(name))


# ---- tuples in loops ------------------------------------------------------------------------------------


def _assign_items(ctx: Context, name: str, value: Value) -> None:
    """`name = value` where a loop has agreed on the items."""
    if not fits(ctx.scope.names.get(name), value):
        message = f"'{name}' changes the number or the kind of its items in the loop."
        raise ctx.refuse(UNSUPPORTED_TYPE_CHANGE, message)
    items = [(own, settle(ctx, item)) for own, item in leaves_of(name, value)]
    arrays = {own: item for own, item in items if isinstance(item, ArrayValue)}
    rebind(ctx, arrays)
    for own, item in items:
        if own not in arrays:
            assign_name(ctx, own, item)
    ctx.scope.names[name] = of_variables(ctx, name, value)


# ---- arrays ---------------------------------------------------------------------------------------------


def _assign_array(ctx: Context, name: str, value: ArrayValue) -> None:
    found = agreement(ctx, name)
    if found is None and value.borrowed:
        ctx.scope.names[name] = freeze(ctx, value)
    elif found is None:
        ctx.scope.names[name] = value if value.is_view else materialise(ctx, value, ctx.scope.prefix + name)
    else:
        rebind(ctx, {name: value})


def rebind(ctx: Context, values: dict[str, ArrayValue]) -> None:
    """Array names that a loop carries get new arrays, all at once (`u, v = v, u`)."""
    targets, sources = [], []
    for name, value in values.items():
        found = agreement(ctx, name)
        assert found is not None
        target = found[1]
        if not isinstance(target, str):
            raise ctx.refuse(
                UNSUPPORTED_TYPE_CHANGE, f"'{name}' is a number at the start of the loop and an array here."
            )
        if ctx.arrays[target] != array_type(value):
            raise ctx.refuse(
                UNSUPPORTED_TYPE_CHANGE, f"'{name}' changes its element type or its dimensions in the loop."
            )
        _keep_shape(ctx, name, target, value.shape)
        targets.append(target)
        sources.append(as_whole(ctx, value, name))
        _note_copied(ctx, value, sources[-1])
    _move(ctx, targets, sources)
    for name, target in zip(values, targets):
        ctx.scope.names[name] = whole(ctx, target)


def _note_copied(ctx: Context, value: ArrayValue, copy: str) -> None:
    """The name holds a copy of what is a view in Python: neither may be written, nor the copy returned."""
    if not value.is_view or value.place is None or value.place.whole:
        return
    for array, owner in ((value.place.array, SOURCE), (copy, COPY)):
        mark = ctx.fresh("copied")
        ctx.view_marks[mark] = Gift(array, owner)
        ctx.emit(Assign(mark, Const(True, PY_BOOL), ctx.span))


def _keep_shape(ctx: Context, name: str, target: str, shape: Indices) -> None:
    """The new extents are those that the array had at the loop's start, unless these are left open."""
    if target in ctx.open_shapes:
        return
    for own, new in zip(ctx.extents_of(target), shape):
        if _differs_by_turn(ctx, new, own):
            raise ShapeChange(next(a for a in ctx.scope.agreed if a.get(name) == target), name)
        make_equal(ctx, new, own, f"'{name}' changes its shape in a loop")


def _differs_by_turn(ctx: Context, new: Expr, own: Expr) -> bool:
    """Certainly another extent, or one that was found while the loop ran (elements that a mask chose)."""
    if same(ctx, new, own):
        return False
    a, b = linear(canonical(ctx, new)), linear(canonical(ctx, own))
    parts = list(walk_expr(new))
    if a is not None and b is not None:
        is_other = not a.plus(b, -1).terms
    else:  # a clipped slice may well have the old extent
        is_other = not any(_is_clipped(part) for part in (*parts, *walk_expr(own)))
    return is_other or any(_is_found_late(ctx, part) for part in parts)


def _is_clipped(part: Expr) -> bool:
    return isinstance(part, Select) or (isinstance(part, Binary) and part.op in ("minimum", "maximum"))


def _is_found_late(ctx: Context, part: Expr) -> bool:
    match part:
        case Var(name=name):
            return name not in ctx.parameters
        case Dim(array=array):
            return array in ctx.open_shapes
    return False


def _move(ctx: Context, targets: list[str], sources: list[str]) -> None:
    pairs = [(t, s) for t, s in zip(targets, sources) if t != s]
    if not pairs:
        return
    for target, _ in pairs:
        rescue(ctx, target)
    ctx.movable.update(t for t, _ in pairs)
    ctx.linked.update(name for pair in pairs for name in pair)
    ctx.emit(Bind(tuple(t for t, _ in pairs), tuple(s for _, s in pairs), ctx.span))
    for target, source in pairs:
        if source not in ctx.movable and source not in ctx.parameters:
            _follow(ctx, target, source)


def _follow(ctx: Context, target: str, source: str) -> None:
    """Variables that hold a fresh array which has just got a lasting name go by that name, too."""
    for name, value in list(ctx.scope.names.items()):
        if isinstance(value, ArrayValue) and value.place is not None and value.place.array == source:
            place = replace(value.place, array=target)
            ctx.scope.names[name] = replace(value, place=place, element=reader(ctx, place))


def as_whole(ctx: Context, value: ArrayValue, name: str) -> str:
    """The name of an IR array that is all of the value."""
    if value.grows:
        message = f"'{name}' is a list that grows on one path and another list on another."
        raise ctx.refuse(UNSUPPORTED_TYPE_CHANGE, message)
    if value.borrowed:
        raise ctx.refuse(
            UNSUPPORTED_TYPE_CHANGE,
            f"'{name}' is an array of its own on one path and perhaps a view on another.",
            None,
            "Take a copy with '.copy()'.",
        )
    if value.place is None or not value.place.whole:
        value = materialise(ctx, value, ctx.scope.prefix + name)
    assert value.place is not None
    return value.place.array


def rescue(ctx: Context, array: str) -> None:
    """Views that other variables hold of an array whose name moves on keep the old array."""
    saved: str | None = None
    scope = ctx.scope
    own = {target for agreed in scope.agreed for target in agreed.values() if isinstance(target, str)}

    def kept(value: Value) -> Value:
        nonlocal saved
        match value:
            case ArrayValue(place=Place(array=found) as place) if found == array:
                if saved is None:
                    saved = ctx.fresh(array)
                    ctx.arrays[saved] = ctx.arrays[array]
                    link(ctx, saved, array)
                    ctx.emit(Bind((saved,), (array,), ctx.span))
                moved = replace(place, array=saved)
                shape = tuple(_of_array(extent, array, saved) for extent in value.shape)
                return replace(value, shape=shape, place=moved, element=reader(ctx, moved))
            case TupleValue(items):
                return replace(value, items=tuple(map(kept, items)))
            case RecordValue(fields=fields):
                return replace(value, fields={key: kept(item) for key, item in fields.items()})
            case UnboundValue(inner):
                return UnboundValue(kept(inner))
        return value

    for name, value in list(scope.names.items()):
        found = agreement(ctx, name)
        if not (found is not None and found[1] == array and array in own) and not is_carried_whole(ctx, name):
            scope.names[name] = kept(value)


def _of_array(extent: Expr, array: str, saved: str) -> Expr:
    """The extent with those of one array name read from another."""

    def renamed(part: Expr) -> Expr:
        return replace(part, array=saved) if isinstance(part, Dim) and part.array == array else part

    return map_expr(renamed, extent)


def link(ctx: Context, home: str, source: str) -> None:
    """`home` is an array name that Bind will set to `source`: they may share memory, and have one shape."""
    ctx.movable.add(home)
    ctx.linked.update((home, source))
    extents = ctx.extents_of(source)
    if all(is_stable(ctx, extent) for extent in extents):
        ctx.extents[home] = extents


def unbound(value: Value) -> Value:
    """The value of a name that is bound on some paths only."""
    return value if isinstance(value, UnboundValue | MixedValue) else UnboundValue(value)


def merge_arrays(
    ctx: Context, name: str, left: tuple[ArrayValue, list[Stmt]], right: tuple[ArrayValue, list[Stmt]]
) -> Value | None:
    """A new array name that stands for the array of either branch."""
    if array_type(left[0]) != array_type(right[0]):
        return None
    if any(value.place is not None and not value.place.whole for value, _ in (left, right)):
        return None
    home = ctx.named(name)
    ctx.homes[home] = (ctx.scope.prefix, name)
    ctx.arrays[home] = array_type(left[0])
    known = all(same(ctx, x, y) for x, y in zip(left[0].shape, right[0].shape))
    for value, body in (left, right):
        outer, ctx.body = ctx.body, body
        try:
            source = as_whole(ctx, value, name)
            link(ctx, home, source)
            ctx.emit(Bind((home,), (source,), ctx.span))
        finally:
            ctx.body = outer
    if not known:
        ctx.extents.pop(home, None)
    return whole(ctx, home)
