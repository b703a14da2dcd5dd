"""Loops: ranges, arrays, tuples, zip and enumerate, while; with break, continue and else.

The variables that live through a loop are agreed on at its start: one IR variable (one type) for each number,
one array name for each array. Where the body wants a wider type the loop is lowered again with it.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

import libcst as cst

from pyaot.base.catalogue import UNSUPPORTED_STATEMENT, UNSUPPORTED_TYPE_CHANGE
from pyaot.frontend.appending import reserve
from pyaot.frontend.arithmetic import (
    integer,
    minus,
    times,
)
from pyaot.frontend.arrays import array_type, new_index, whole
from pyaot.frontend.branches import meet
from pyaot.frontend.comprehensions import trip_count
from pyaot.frontend.context import Agreements, Context, Frame, ShapeChange, TypeChange, Unsupported
from pyaot.frontend.facts import assigned_names, only_augmented, target_names
from pyaot.frontend.list_changes import appends_each_turn, changed_lists, forget_lengths
from pyaot.frontend.promote import join
from pyaot.frontend.prove import never_negative, while_it_turns
from pyaot.frontend.schedules import known_turns, schedule
from pyaot.frontend.syntax import walk_body
from pyaot.frontend.tuple_parts import carried_whole, close_up, is_carried_whole, open_up, without
from pyaot.frontend.unpack import unpacked
from pyaot.frontend.values import (
    ArrayValue,
    IterationValue,
    ListValue,
    MixedValue,
    Number,
    RangeValue,
    TupleValue,
    UnboundValue,
    Value,
    grows_as,
    is_one_list,
)
from pyaot.frontend.variables import (
    agreement,
    as_whole,
    assign_name,
    link,
    rescue,
    set_variable,
    settle,
    unbound,
)
from pyaot.ir.nodes import Bind, Block, Expr, For, Stmt, Var
from pyaot.ir.types import Scalar
from pyaot.ir.walk import walk_expr

LowerBody = Callable[[Context, cst.BaseSuite], None]
_MOST_UNROLLED = 16
_MOST_ATTEMPTS = 8


def lower_for(ctx: Context, node: cst.For, lower_body: LowerBody) -> None:
    """A `for` loop."""
    source = ctx.expression(ctx, node.iter)
    ctx.span = ctx.at(node)
    turns = known_turns(source)
    if turns is not None:
        _unrolled(ctx, node, turns, lower_body)
        return
    start, stop, step, value_at = schedule(ctx, source, node)
    _keep_walked(ctx, node, source)
    _make_room(ctx, node, RangeValue(start, stop, integer(step)))
    looped(
        ctx,
        _names_of(ctx, node),
        node.orelse,
        lower_body,
        lambda: _for_body(ctx, node, (start, stop, step), value_at, lower_body),
        runs=never_negative(ctx, minus(minus(stop, start), integer(1))),
    )


def _names_of(ctx: Context, node: cst.For) -> tuple[str, ...]:
    """The names that a loop and its `else` bind."""
    return (*names_rebound(ctx, node.target, node.body, node.orelse), *target_names(node.target))


def names_rebound(ctx: Context, *bodies: cst.CSTNode | None) -> Iterator[str]:
    """The names that statements bind; `a += 1` changes an array, or the part of one that it is a view of."""
    changed = only_augmented(*bodies)
    for name in assigned_names(*bodies):
        value = ctx.scope.names.get(name)
        if not (name in changed and isinstance(value, ArrayValue) and not value.boxed):
            yield name


def _for_body(
    ctx: Context,
    node: cst.For,
    bounds: tuple[Expr, Expr, int],
    value_at: Callable[[Expr], Value],
    lower_body: LowerBody,
) -> Stmt:
    start, stop, step = bounds
    label = ctx.tree.text_of(node.target).strip()
    span = ctx.at(node)
    name = node.target.value if isinstance(node.target, cst.Name) else "item"
    index = new_index(ctx, ctx.scope.prefix + name, start, stop)
    with ctx.nested() as inside, while_it_turns(ctx, start, stop):
        forget_lengths(ctx, node.body)
        bind_target(ctx, node.target, value_at(index))
        with continue_point(ctx, inside):
            lower_body(ctx, node.body)
    return For(index.name, start, stop, tuple(inside), step, label=label, span=span)


def _keep_walked(ctx: Context, node: cst.For, source: Value) -> None:
    """Python sees it when a list changes while it is walked."""
    keys = frozenset(_lists_walked(source))
    if not keys.isdisjoint(changed_lists(ctx, node.body)):
        raise ctx.refuse(UNSUPPORTED_STATEMENT, "A list whose length this loop changes is walked here.", node)


def _lists_walked(source: Value) -> Iterator[str]:
    if isinstance(source, IterationValue):
        for item in source.items:
            yield from _lists_walked(item)
    elif key := grows_as(source):
        yield key


def _make_room(ctx: Context, node: cst.For, turns: RangeValue) -> None:
    """Room for what every turn appends to a list."""
    for key, calls in appends_each_turn(ctx, node).items():
        found = ctx.lists[key]
        if reserve(ctx, found, times(trip_count(ctx, turns), integer(len(calls)))):
            found.reserved |= {ctx.at(call) for call in calls}


@contextmanager
def continue_point(ctx: Context, inside: list[Stmt]) -> Iterator[None]:
    """Statements of a loop's body that `continue` can leave."""
    frame = Frame(ctx.fresh("next"))
    ctx.scope.continues.append(frame)
    first = len(inside)
    try:
        yield
    finally:
        ctx.scope.continues.pop()
    if frame.used:
        body = tuple(inside[first:])
        inside[first:] = [Block(frame.label, body, ctx.span)]
        meet(ctx, frame.states)


def bind_target(ctx: Context, target: cst.BaseExpression, value: Value) -> None:
    """The loop's variables of one turn."""
    match target, value:
        case (cst.Name(value=name), Number()) if ctx.scope.facts.is_loop_index_only(name):
            ctx.scope.names[name] = settle(ctx, value)
        case (cst.Name(value=name), _):
            assign_name(ctx, name, value)
        case (cst.Tuple(elements=elements) | cst.List(elements=elements), _):
            for part, item in unpacked(ctx, value, elements, target):
                bind_target(ctx, part, item)
        case _:
            raise ctx.refuse(UNSUPPORTED_STATEMENT, "This loop variable is not compiled.", target)


# ---- tuples --------------------------------------------------------------------------------------------


def _unrolled(ctx: Context, node: cst.For, items: Sequence[Value], lower_body: LowerBody) -> None:
    if len(items) > _MOST_UNROLLED:
        raise ctx.refuse(
            UNSUPPORTED_STATEMENT,
            f"A loop over a tuple of more than {_MOST_UNROLLED} items is not compiled.",
            node,
        )
    if any(isinstance(part, (cst.Break, cst.Continue)) for part in walk_body(node.body)):
        turns = lambda: Block(ctx.fresh("turns"), _turns(ctx, node, items, lower_body), ctx.at(node))  # noqa: E731
        looped(ctx, _names_of(ctx, node), node.orelse, lower_body, turns, runs=bool(items))
        return
    ctx.body.extend(_turns(ctx, node, items, lower_body))
    if node.orelse is not None:
        lower_body(ctx, node.orelse.body)


def _turns(ctx: Context, node: cst.For, items: Sequence[Value], lower_body: LowerBody) -> tuple[Stmt, ...]:
    """The loop's body for one item after the other."""
    with ctx.nested() as inside:
        for item in items:
            bind_target(ctx, node.target, item)
            with continue_point(ctx, inside):
                lower_body(ctx, node.body)
    return tuple(inside)


# ---- what all loops share -------------------------------------------------------------------------------


def looped(
    ctx: Context,
    names: Sequence[str],
    orelse: cst.Else | None,
    lower_body: LowerBody,
    make: Callable[[], Stmt],
    runs: bool,
) -> None:
    """Emits the loop that `make` lowers; tuples go from turn to turn, or else are unknown."""
    tuples = carried_whole(ctx, names)
    before, mark, requires = dict(ctx.scope.names), len(ctx.body), len(ctx.requires)
    try:
        _agreed_loop(ctx, names, tuples, orelse, lower_body, make, runs)
    except Unsupported:
        if not tuples or any(is_carried_whole(ctx, name) for name in tuples):
            raise
        del ctx.body[mark:]
        del ctx.requires[requires:]
        ctx.scope.names = dict(before)
        _agreed_loop(ctx, names, [], orelse, lower_body, make, runs)


def _agreed_loop(
    ctx: Context,
    names: Sequence[str],
    tuples: Sequence[str],
    orelse: cst.Else | None,
    lower_body: LowerBody,
    make: Callable[[], Stmt],
    runs: bool,
) -> None:
    """The loop, lowered again until the types of the carried variables are computed."""
    before = dict(ctx.scope.names)
    carried = [name for name in dict.fromkeys(names) if _is_carried(ctx, name)]
    other = [name for name in dict.fromkeys(names) if _is_unknown_in_turns(ctx, name) and name not in tuples]
    types: dict[str, Scalar] = {}
    open_shapes: set[str] = set()

    def after(agreed: Agreements) -> None:
        _after(ctx, before, {**agreed, **dict.fromkeys(tuples, "")}, names, runs)
        if orelse is not None:
            outside, ctx.scope.rejoins = ctx.scope.rejoins, True
            lower_body(ctx, orelse.body)
            ctx.scope.rejoins = outside

    for _ in range(_MOST_ATTEMPTS):
        agreed: Agreements = {}
        mark, requires = len(ctx.body), len(ctx.requires)
        try:
            parts = open_up(ctx, tuples)
            for name in (*carried, *parts):
                agreed[name] = _agree(ctx, name, types.get(name), name in open_shapes)
            close_up(ctx, tuples)
            ctx.scope.names.update((name, MixedValue()) for name in other)
            _settle_loop(ctx, agreed, make, after, other)
            ctx.scope.names = dict(without(ctx.scope.names, parts))
            return
        except (TypeChange, ShapeChange) as change:
            if change.owner is not agreed:
                raise
            if isinstance(change, TypeChange):
                types[change.name] = change.type
            else:
                open_shapes.add(change.name)
            del ctx.body[mark:]
            del ctx.requires[requires:]
            ctx.scope.names = dict(before)
    raise ctx.refuse(UNSUPPORTED_TYPE_CHANGE, "The types of this loop's variables do not settle.")


def _is_carried(ctx: Context, name: str) -> bool:
    value = ctx.scope.names.get(name)
    inner = value.value if isinstance(value, UnboundValue) else value
    if grows_as(inner):
        return False  # its buffer and its length are variables anyway
    return isinstance(inner, (Number, ArrayValue)) and not ctx.scope.facts.is_loop_index_only(name)


def _is_unknown_in_turns(ctx: Context, name: str) -> bool:
    """Assigned in the loop, and a tuple, text or function: what it is at the start of a turn is not known."""
    value = ctx.scope.names.get(name)
    inner = value.value if isinstance(value, UnboundValue) else value
    return value is not None and not isinstance(inner, (Number, ArrayValue)) and not grows_as(inner)


def _settle_loop(
    ctx: Context,
    agreed: Agreements,
    make: Callable[[], Stmt],
    after: Callable[[Agreements], None],
    unknown: Sequence[str],
) -> None:
    leave = Frame(ctx.fresh("leave"))
    scope, around = ctx.scope, set(ctx.lows)
    depths = len(scope.agreed), len(scope.breaks), len(scope.continues)
    scope.agreed.append(agreed)
    scope.breaks.append(leave)
    try:
        loop = make()
        scope.breaks.pop()
        with ctx.nested() as otherwise:
            after(agreed)
        for state in leave.states:
            _forget_indices(ctx, state, around)
            for name in unknown:
                state[name] = ctx.scope.names[name] = MixedValue()
        meet(ctx, leave.states)
    finally:
        del scope.agreed[depths[0] :], scope.breaks[depths[1] :], scope.continues[depths[2] :]
    if leave.used:
        ctx.emit(Block(leave.label, (loop, *otherwise), ctx.span))
    else:
        ctx.body.extend((loop, *otherwise))


def _agree(ctx: Context, name: str, type: Scalar | None, is_open: bool) -> Scalar | str:
    """The variable's home during the loop, holding its value at the loop's start."""
    value = ctx.scope.names[name]
    if isinstance(value, UnboundValue):
        ctx.scope.names[name] = value.value
        home = _agree(ctx, name, type, is_open)
        ctx.scope.names[name] = unbound(ctx.scope.names[name])
        return home
    if isinstance(value, Number):
        chosen = _as_around(ctx, name, type or value.type)
        set_variable(ctx, name, value.expr, chosen)
        return chosen
    assert isinstance(value, ArrayValue)
    source = as_whole_view(ctx, value, name)
    own = (ctx.scope.prefix, name)
    if ctx.homes.get(source) == own and is_open <= (source in ctx.open_shapes):
        del ctx.scope.names[name]
        rescue(ctx, source)
        ctx.scope.names[name] = whole(ctx, source)
        return source
    home = ctx.named(name)
    ctx.homes[home] = own
    ctx.arrays[home] = array_type(value)
    link(ctx, home, source)
    if is_open:
        ctx.open_shapes.add(home)
        ctx.extents.pop(home, None)
    ctx.emit(Bind((home,), (source,), ctx.span))
    ctx.scope.names[name] = whole(ctx, home)
    return home


def _as_around(ctx: Context, name: str, type: Scalar) -> Scalar:
    """The type of a variable that lives through an outer loop, too: both loops must agree on it."""
    found = agreement(ctx, name)
    if found is None or not isinstance(found[1], Scalar) or found[1] == type:
        return type
    joined = join(found[1], type)
    if joined is None:
        raise ctx.refuse(UNSUPPORTED_TYPE_CHANGE, f"'{name}' changes its type in nested loops.")
    if joined != found[1]:
        raise TypeChange(found[0], name, joined)
    return joined


def as_whole_view(ctx: Context, value: ArrayValue, name: str) -> str:
    """The array that a carried variable starts as; a view into part of one would have to stay a view."""
    if value.place is not None and not value.place.whole:
        raise ctx.refuse(
            UNSUPPORTED_TYPE_CHANGE,
            f"'{name}' is a view at the start of the loop and is assigned in it.",
            None,
            "Start with a copy, or use another name.",
        )
    return as_whole(ctx, value, name)


def _after(
    ctx: Context, before: dict[str, Value], agreed: Agreements, names: Sequence[str], runs: bool
) -> None:
    """The names after the loop: those first bound in its body hold their last values, if it ran."""
    scope = ctx.scope
    for name in list(scope.names):
        if name in agreed and isinstance(before.get(name), UnboundValue) and not runs:
            scope.names[name] = unbound(scope.names[name])
        if name in agreed or scope.names[name] is before.get(name):
            continue
        value = scope.names[name]
        if is_one_list(value, before.get(name)):
            continue
        if name in before and not runs and not isinstance(value, (Number, ArrayValue)):
            scope.names[name] = MixedValue()  # as before the loop, or as after a turn
            continue
        if name in before and name not in names:
            continue
        if not _outlives(ctx, value):
            scope.names[name] = MixedValue()
            if name in before and not isinstance(before[name], MixedValue):
                raise ctx.refuse(UNSUPPORTED_TYPE_CHANGE, f"'{name}' changes its kind in this loop.")
        elif not runs:
            was_mixed = isinstance(before.get(name), MixedValue)
            scope.names[name] = MixedValue() if was_mixed else unbound(value)


def _forget_indices(ctx: Context, state: dict[str, Value], around: Collection[str]) -> None:
    """Loop variables that nobody reads behind the loop stand for its index, which is gone after a `break`.

    Those of the loops around it go on.
    """
    for name, value in list(state.items()):
        if isinstance(value, Number) and not _outlives(ctx, value, around):
            state[name] = MixedValue()


def _outlives(ctx: Context, value: Value, around: Collection[str] = ()) -> bool:
    """Whether the value means the same after the loop: it holds no loop index, but of the loops `around`."""
    match value:
        case Number(expr):
            named = (part.name for part in walk_expr(expr) if isinstance(part, Var))
            return all(name not in ctx.lows or name in around for name in named)
        case TupleValue(items):
            return all(_outlives(ctx, item, around) for item in items)
        case ArrayValue() | ListValue():
            return False
        case UnboundValue(inner):
            return _outlives(ctx, inner, around)
    return True
