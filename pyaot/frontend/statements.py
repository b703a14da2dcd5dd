"""Python statements to IR statements."""

from collections.abc import Sequence

import libcst as cst
import numpy as np
from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_EXPRESSION, UNSUPPORTED_STATEMENT, UNSUPPORTED_TYPE_CHANGE
from pyaot.base.diagnostics import Diagnostic
from pyaot.frontend.appending import extend
from pyaot.frontend.arrays import apart_from, store, view
from pyaot.frontend.branches import lower_if, terminates
from pyaot.frontend.coerce import as_array
from pyaot.frontend.context import Context, Frame, Unsupported
from pyaot.frontend.conversion import stored
from pyaot.frontend.expressions import condition, look_up, lower_expression, matmul, subscript_items
from pyaot.frontend.growing import as_it_is_now
from pyaot.frontend.list_items import set_item
from pyaot.frontend.lists import as_list_array
from pyaot.frontend.loops import lower_for
from pyaot.frontend.masked_assignment import assign_masked
from pyaot.frontend.masks import augment_masked, is_mask_subscript, store_masked
from pyaot.frontend.matching import lower_match
from pyaot.frontend.operators import BINARY, apply_binary, augment
from pyaot.frontend.order import as_it_was, in_order
from pyaot.frontend.reshape_in_place import reshape_in_place
from pyaot.frontend.results import lower_return
from pyaot.frontend.starting import note_list, start_list, takes, with_known_type
from pyaot.frontend.subscripts import element_index, expand_ellipsis, subscript
from pyaot.frontend.syntax import SyntaxTree
from pyaot.frontend.unpack import unpacked
from pyaot.frontend.values import (
    ArrayValue,
    FunctionValue,
    ListValue,
    NoneValue,
    Number,
    SliceValue,
    TupleValue,
    Value,
)
from pyaot.frontend.variables import agreement, assign_name, note_user_name, rebind, settle, unbind_name
from pyaot.frontend.while_loops import lower_while
from pyaot.ir.nodes import Check, Const, Exit
from pyaot.ir.types import PY_BOOL


def lower_body(ctx: Context, body: cst.BaseSuite) -> None:
    """The statements of a suite; what follows a jump is never run and is left out."""
    for statement in body.body:
        if terminates(ctx.body):
            return
        if isinstance(statement, cst.SimpleStatementLine):
            for small in statement.body:
                ctx.span = ctx.at(small)
                _lower_small(ctx, small)
        elif isinstance(statement, cst.BaseSmallStatement):
            ctx.span = ctx.at(statement)
            _lower_small(ctx, statement)
        else:
            ctx.span = ctx.at(statement)
            _lower_compound(ctx, statement)


def _lower_compound(ctx: Context, node: cst.CSTNode) -> None:
    match node:
        case cst.If():
            lower_if(ctx, node, lower_body)
        case cst.For(asynchronous=None):
            lower_for(ctx, node, lower_body)
        case cst.While():
            lower_while(ctx, node, lower_body)
        case cst.Match():
            lower_match(ctx, node, lower_body)
        case cst.FunctionDef(name=cst.Name(value=name), decorators=()):
            assign_name(ctx, name, FunctionValue(name, node, ctx.scope))
        case _:
            raise Unsupported(no_compiled_form(node, ctx.tree))


# What users call a statement, where it is not the name of libcst's class.
_WORDS: dict[type[cst.CSTNode], str] = {
    cst.ClassDef: "class",
    cst.FunctionDef: "def",
    cst.ImportFrom: "from ... import",
    cst.TryStar: "try",
    cst.TypeAlias: "type",
}


def no_compiled_form(node: cst.CSTNode, tree: SyntaxTree) -> Diagnostic:
    """A statement of a kind that the IR does not have."""
    kind = _WORDS.get(type(node), type(node).__name__.lower())
    return Diagnostic(
        UNSUPPORTED_STATEMENT, f"A '{kind}' statement has no compiled form.", tree.span_of(node)
    )


def _lower_small(ctx: Context, node: cst.BaseSmallStatement) -> None:
    match node:
        case cst.Assign(targets=targets, value=value):
            _assign_all(ctx, [t.target for t in targets], value)
        case cst.AnnAssign(target=target, value=value):
            if value is not None:
                _assign_all(ctx, [target], value)
        case cst.AugAssign():
            _augment(ctx, node)
        case cst.Expr(value=value):
            _evaluate(ctx, value)
        case cst.Return(value=value):
            lower_return(ctx, NoneValue() if value is None else lower_expression(ctx, value))
        case cst.Pass():
            return
        case cst.Break():
            _jump(ctx, ctx.scope.breaks[-1])
        case cst.Continue():
            _jump(ctx, ctx.scope.continues[-1])
        case cst.Raise():
            ctx.emit(Check(Const(False, PY_BOOL), "the program raises here", ctx.span))
        case cst.Assert(test=test):
            ctx.emit(Check(condition(ctx, test), "an assertion does not hold", ctx.span))
        case cst.Del(target=cst.Name(value=name)) if not ctx.scope.breaks:
            unbind_name(ctx, name)
        case _:
            raise Unsupported(no_compiled_form(node, ctx.tree))


def _jump(ctx: Context, frame: Frame) -> None:
    frame.used = True
    frame.states.append(dict(ctx.scope.names))
    ctx.emit(Exit(frame.label, ctx.span))


def _evaluate(ctx: Context, node: cst.BaseExpression) -> None:
    """An expression statement: a docstring, `...`, or a call for its effect."""
    if isinstance(node, (cst.SimpleString, cst.ConcatenatedString, cst.Ellipsis)):
        return
    if not isinstance(node, cst.Call | cst.NamedExpr):
        raise ctx.refuse(
            UNSUPPORTED_STATEMENT, "An expression whose value is not used is not compiled.", node
        )
    lower_expression(ctx, node)


# ---- assignment -----------------------------------------------------------------------------------------


def _assign_all(ctx: Context, targets: Sequence[cst.BaseExpression], node: cst.BaseExpression) -> None:
    match targets:
        case [cst.Subscript() as chosen] if assign_masked(ctx, "", chosen, node):
            return
    value = lower_expression(ctx, node)
    ctx.span = ctx.at(node)
    if len(targets) > 1:
        value = settle(ctx, value)
    for target in targets:
        assign(ctx, target, value)


def assign(ctx: Context, target: cst.BaseExpression, value: Value) -> None:
    """`target = value` for any target."""
    match target:
        case cst.Name(value=name):
            may_grow = _may_grow(ctx, name, value)
            own = start_list(ctx, name, value) if may_grow else with_known_type(ctx, name, value)
            assign_name(ctx, name, own)
            note_list(ctx, name)
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            _unpack(ctx, elements, value, target)
        case cst.Subscript():
            _store(ctx, target, value)
        case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="shape")):
            reshape_in_place(ctx, name, value, target)
        case _:
            raise ctx.refuse(UNSUPPORTED_STATEMENT, "An assignment to this target is not compiled.", target)


def _may_grow(ctx: Context, name: str, value: Value) -> bool:
    """A list that is empty, or that the function changes the length of."""
    match value:
        case TupleValue(items=(), is_list=True):
            return True
        case TupleValue(is_list=True) | ArrayValue(boxed=True, grows="") | ListValue(grows=""):
            return name in ctx.scope.facts.grown
    return False


def _unpack(ctx: Context, elements: Sequence[cst.BaseElement], value: Value, node: cst.CSTNode) -> None:
    held = [(target, _held(ctx, item)) for target, item in unpacked(ctx, value, elements, node)]
    arrays = {
        target.value: item
        for target, item in held
        if isinstance(target, cst.Name)
        and isinstance(item, ArrayValue)
        and _is_carried_array(ctx, target.value)
    }
    waiting = [ctx.fresh("held") for _ in held]  # array names may move under what waits
    ctx.scope.names.update((f"?{key}", item) for key, (_, item) in zip(waiting, held))
    if len(arrays) > 1:
        rebind(ctx, arrays)
    for key, (target, _) in zip(waiting, held):
        item = ctx.scope.names.pop(f"?{key}")
        if not (len(arrays) > 1 and isinstance(target, cst.Name) and target.value in arrays):
            assign(ctx, target, item)


def _held(ctx: Context, value: Value) -> Value:
    """An item of the right-hand side, read before any target is assigned."""
    return (
        settle(ctx, value)
        if isinstance(value, Number) or (isinstance(value, ArrayValue) and not value.is_view)
        else value
    )


def _is_carried_array(ctx: Context, name: str) -> bool:
    found = agreement(ctx, name)
    return found is not None and isinstance(found[1], str)


def _target_array(ctx: Context, node: cst.Subscript, base: Value) -> ArrayValue:
    if isinstance(base, TupleValue) and base.is_list and isinstance(node.value, cst.Name):
        array = as_list_array(ctx, base)
        if array is not None:
            ctx.scope.names[node.value.value] = array
            note_user_name(ctx, node.value.value, array)
            return array
    if not isinstance(base, ArrayValue) or base.place is None:
        raise ctx.refuse(
            UNSUPPORTED_STATEMENT, "Elements of this value cannot be assigned in compiled code.", node
        )
    return base


def _store(ctx: Context, node: cst.Subscript, value: Value) -> None:
    mark = len(ctx.body)
    owner = lower_expression(ctx, node.value)
    if isinstance(owner, ListValue):
        _set_list_item(ctx, owner, node, (value, mark))
        return
    base = _target_array(ctx, node, owner)
    items = subscript_items(ctx, node)
    base = _as_now(ctx, base)
    value = as_it_was(ctx, value, mark)
    ctx.span = ctx.at(node)
    if is_mask_subscript(items):
        store_masked(ctx, base, items, value if isinstance(value, Number) else as_array(ctx, value))
        return
    store_view(ctx, place_of(ctx, base, _indices_apart(ctx, base, items)), value)


def _as_now(ctx: Context, base: ArrayValue) -> ArrayValue:
    found = as_it_is_now(ctx, base)
    assert isinstance(found, ArrayValue)
    return found


def _same_length(ctx: Context, base: ArrayValue, node: cst.CSTNode) -> None:
    """Python finds the place again when the value is known: it may be another one by then."""
    if _as_now(ctx, base).shape[0] != base.shape[0]:
        message = "A list whose length the value changes gets an element here."
        raise ctx.refuse(UNSUPPORTED_STATEMENT, message, node)


def _set_list_item(ctx: Context, base: ListValue, node: cst.Subscript, given: tuple[Value, int]) -> None:
    """`base[i] = value` of a list of tuples; the value was found before the statements behind the mark."""
    items = subscript_items(ctx, node)
    value = as_it_was(ctx, *given)
    ctx.span = ctx.at(node)
    now = as_it_is_now(ctx, base)
    match now, items:
        case ListValue(), (Number() as index,) if set_item(ctx, now, index, value):
            return
    message = "Only a tuple of the same types is assigned to an item of this list in compiled code."
    raise ctx.refuse(UNSUPPORTED_STATEMENT, message, node)


def _indices_apart(ctx: Context, base: ArrayValue, items: Sequence[Value]) -> list[Value]:
    """Index arrays that are computed from the array that is stored into are read before."""
    assert base.place is not None
    array = base.place.array
    return [apart_from(ctx, array, item) if isinstance(item, ArrayValue) else item for item in items]


def place_of(ctx: Context, base: ArrayValue, items: Sequence[Value]) -> ArrayValue:
    """`base[items]` as something to store into; an element is a view without dimensions."""
    full = expand_ellipsis(ctx, base, items)
    if full and all(isinstance(item, Number) for item in full):
        row = subscript(ctx, base, [*full[:-1], SliceValue(None, None, None)])
        assert isinstance(row, ArrayValue)
        return _element_place(ctx, row, full[-1])
    found = subscript(ctx, base, items)
    assert isinstance(found, ArrayValue) and found.place is not None and base.place is not None
    if found.place.array != base.place.array:
        raise ctx.refuse(
            UNSUPPORTED_STATEMENT,
            "Elements of a view that an index array chooses are not assigned in compiled code.",
            None,
            "Use the index array on the array itself.",
        )
    return found


def _element_place(ctx: Context, row: ArrayValue, last: Value) -> ArrayValue:
    assert isinstance(last, Number)
    index, checked = element_index(ctx, row, 0, last)
    return view(ctx, row, (), (index,), (), checked)


def store_view(ctx: Context, target: ArrayValue, value: Value) -> None:
    """Stores a number or an array into a view."""
    if target.boxed and not (isinstance(value, Number) and target.rank == 0):
        raise ctx.refuse(
            UNSUPPORTED_STATEMENT, "Only single elements of a list are assigned in compiled code."
        )
    if target.boxed and isinstance(value, Number) and not takes(ctx, target, value.type):
        raise ctx.refuse(
            UNSUPPORTED_TYPE_CHANGE,
            f"A list of {target.type.dtype.value} gets an element of another type here.",
            None,
            "Convert the element with float(...) or int(...).",
        )
    match value:
        case Number(expr):
            _no_complex_into_real(ctx, target, value.type.dtype.is_complex)
            store(ctx, target, Number(expr if target.boxed else stored(ctx, expr, target.dtype)))
        case ArrayValue() | TupleValue():
            array = as_array(ctx, value)
            if isinstance(value, TupleValue) or value.boxed:
                _no_list_into_narrow(ctx, target, array)
            _no_complex_into_real(ctx, target, array.dtype.is_complex)
            store(ctx, target, array)
        case _:
            raise ctx.refuse(
                UNSUPPORTED_STATEMENT, "This value cannot be stored into an array in compiled code."
            )


def _no_list_into_narrow(ctx: Context, target: ArrayValue, given: ArrayValue) -> None:
    """The numbers of a list must fit one by one: the original finds out."""
    if target.dtype.is_integer and not np.can_cast(given.dtype.value, target.dtype.value, "safe"):
        raise ctx.refuse(
            UNSUPPORTED_TYPE_CHANGE,
            f"A list of {given.dtype.value} is stored into an array of {target.dtype.value}.",
            None,
            f"Make it an array first: np.array(...).astype(np.{target.dtype.value}).",
        )


def _no_complex_into_real(ctx: Context, target: ArrayValue, is_complex: bool) -> None:
    """A complex array into a real one warns, a complex number raises: the original does it."""
    if is_complex and not target.dtype.is_complex:
        raise ctx.refuse(
            UNSUPPORTED_TYPE_CHANGE, "A complex value is stored into a real array.", None, "Take '.real'."
        )


# ---- augmented assignment -------------------------------------------------------------------------------


def _augment(ctx: Context, node: cst.AugAssign) -> None:
    op = BINARY[type(node.operator)]
    match node.target:
        case cst.Name(value=name):
            _augment_name(ctx, op, name, node)
        case cst.Subscript() as target:
            _augment_subscript(ctx, op, target, node.value)
        case _:
            raise ctx.refuse(UNSUPPORTED_STATEMENT, "An assignment to this target is not compiled.", node)


def _augment_name(ctx: Context, op: str, name: str, node: cst.AugAssign) -> None:
    old, value = in_order(
        ctx, [lambda: look_up(ctx, name, node.target), lambda: lower_expression(ctx, node.value)]
    )
    ctx.span = ctx.at(node)
    if isinstance(old, ArrayValue) and not old.boxed:
        if op == "matmul":
            raise ctx.refuse(UNSUPPORTED_EXPRESSION, "'@=' is not compiled.", node)
        augment(ctx, op, old, value)
        return
    if isinstance(old, ArrayValue | TupleValue | ListValue) and old.grows and op == "add":
        extend(ctx, old, value)
        return
    if isinstance(old, ArrayValue | ListValue):
        raise ctx.refuse(UNSUPPORTED_STATEMENT, "This change of a list's length is not compiled.", node)
    assign_name(ctx, name, matmul(ctx, old, value) if op == "matmul" else apply_binary(ctx, op, old, value))


def _augment_subscript(ctx: Context, op: str, node: cst.Subscript, value_node: cst.BaseExpression) -> None:
    if assign_masked(ctx, op, node, value_node):
        return
    base = _target_array(ctx, node, lower_expression(ctx, node.value))
    items = subscript_items(ctx, node)
    base = _as_now(ctx, base)
    if is_mask_subscript(items):
        augment_masked(ctx, op, base, items, lower_expression(ctx, value_node))
        return
    target = place_of(ctx, base, [_held(ctx, item) for item in _indices_apart(ctx, base, items)])
    if target.rank == 0:
        old: Value = Number(target.element(()))
    else:
        old = replace(target, place=None) if target.place is not None and target.place.gathered else target
    mark = len(ctx.body)
    value = lower_expression(ctx, value_node)
    _same_length(ctx, base, node)
    before = as_it_was(ctx, old, mark)
    ctx.span = ctx.at(node)
    if target.rank == 0:
        if not isinstance(value, Number):
            value = Number(as_array(ctx, value).element(()))
        store_view(ctx, target, apply_binary(ctx, op, before, value))
    elif before is not old:
        message = "What is chosen by an index array is changed here by what is evaluated after it."
        raise ctx.refuse(UNSUPPORTED_STATEMENT, message, node)
    else:
        augment(ctx, op, target, value)
