"""Python expressions to values. Statements that one needs (loops of a reduction) are emitted before it."""

from collections.abc import Callable, Sequence
from functools import partial

import libcst as cst

from pyaot.base.catalogue import UNKNOWN_FUNCTION, UNKNOWN_NAME, UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import cast, compare, integer, negate, truth
from pyaot.frontend.arrays import materialise
from pyaot.frontend.attributes import attribute_of
from pyaot.frontend.calls import Arguments, call_method, call_symbol
from pyaot.frontend.choices import choose
from pyaot.frontend.coerce import as_array
from pyaot.frontend.compared import compared
from pyaot.frontend.comprehension_loops import as_loops
from pyaot.frontend.comprehensions import list_comprehension
from pyaot.frontend.computed import computed
from pyaot.frontend.context import Context, NeedsTracking, Scope
from pyaot.frontend.field_calls import (
    as_it_is,
    assign_in_place,
    call_own,
    lower_setting_call,
    nothing_assigned,
    own_method,
)
from pyaot.frontend.growing import as_it_is_now, current
from pyaot.frontend.list_items import as_list, item_at, part_of
from pyaot.frontend.masks import compress, is_mask_subscript
from pyaot.frontend.numpy_grids import GRIDS, grid
from pyaot.frontend.objects import class_of_file, construct
from pyaot.frontend.operators import BINARY, UNARY, apply_binary, apply_unary
from pyaot.frontend.order import as_it_was, in_order
from pyaot.frontend.subscripts import subscript
from pyaot.frontend.symbols import symbol_value
from pyaot.frontend.syntax import walk
from pyaot.frontend.values import (
    ArrayValue,
    ClassValue,
    EllipsisValue,
    FunctionValue,
    ListValue,
    MethodValue,
    MixedValue,
    NoneValue,
    Number,
    SliceValue,
    SymbolValue,
    TextValue,
    TupleValue,
    UnboundValue,
    Value,
)
from pyaot.frontend.variables import settle
from pyaot.ir.nodes import Const, Expr, Var
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT


def lower_expression(ctx: Context, node: cst.BaseExpression) -> Value:
    """The value of an expression."""
    match node:
        case cst.Name(value=name):
            return look_up(ctx, name, node)
        case cst.Integer() | cst.Float() | cst.Imaginary():
            return _literal(ctx, node)
        case cst.SimpleString() | cst.ConcatenatedString():
            text = node.evaluated_value
            if isinstance(text, str):
                return TextValue(text)
        case cst.Ellipsis():
            return EllipsisValue()
        case cst.Attribute(value=value, attr=attr):
            owner = as_it_is(ctx, value, lower_expression(ctx, value))
            return attribute_of(ctx, owner, attr.value, node)
        case cst.Subscript():
            return _subscript(ctx, node)
        case cst.Call():
            return _call(ctx, node)
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            return TupleValue(_items(ctx, elements), isinstance(node, cst.List))
    return _operation(ctx, node)


def _operation(ctx: Context, node: cst.BaseExpression) -> Value:
    match node:
        case cst.BinaryOperation(left=left, operator=operator, right=right):
            a, b = _in_order(ctx, left, right)
            ctx.span = ctx.at(node)
            op = BINARY[type(operator)]
            return matmul(ctx, a, b) if op == "matmul" else apply_binary(ctx, op, a, b)
        case cst.UnaryOperation(operator=cst.Not(), expression=cst.BooleanOperation() as connected):
            return Number(negate(condition(ctx, connected)))
        case cst.UnaryOperation(operator=operator, expression=expression):
            return apply_unary(ctx, UNARY[type(operator)], lower_expression(ctx, expression))
        case cst.Comparison():
            return _comparison(ctx, node)
        case cst.Lambda():
            return FunctionValue("lambda", node, ctx.scope)
        case cst.ListComp():
            _without_assignments(ctx, node)
            return list_comprehension(ctx, node)
        case cst.BooleanOperation():
            return _connected(ctx, node, partial(lower_expression, ctx))
        case cst.IfExp():
            return _conditional(ctx, node)
        case cst.NamedExpr(target=cst.Name(value=name), value=value):
            return assign_in_place(ctx, name, lower_expression(ctx, value))
        case cst.NamedExpr(target=cst.Tuple(elements=elements), value=value):
            return lower_setting_call(ctx, elements, value)
    kind = type(node).__name__
    raise ctx.refuse(
        UNSUPPORTED_EXPRESSION, f"An expression of this kind ({kind}) has no compiled form.", node
    )


def matmul(ctx: Context, left: Value, right: Value) -> Value:
    """`left @ right`."""
    return call_symbol(ctx, "numpy.matmul", Arguments((left, right)))


def _literal(ctx: Context, node: cst.Integer | cst.Float | cst.Imaginary) -> Number:
    value = node.evaluated_value
    if isinstance(value, int):
        if abs(value) >= 2**63:
            raise ctx.refuse(UNSUPPORTED_EXPRESSION, "The int does not fit into 64 bits.", node)
        return Number(integer(value))
    return Number(Const(value, PY_FLOAT if isinstance(value, float) else PY_COMPLEX))


def _items(ctx: Context, elements: Sequence[cst.BaseElement]) -> tuple[Value, ...]:
    items: list[Value] = []
    values = _in_order(ctx, *(element.value for element in elements))
    for element, value in zip(elements, values):
        if not isinstance(element, cst.StarredElement):
            items.append(value)
        elif isinstance(value, TupleValue):
            items.extend(value.items)
        else:
            raise ctx.refuse(
                UNSUPPORTED_EXPRESSION, "Only a tuple of known length is unpacked here.", element
            )
    return tuple(items)


# ---- names ----------------------------------------------------------------------------------------------


def look_up(ctx: Context, name: str, node: cst.CSTNode) -> Value:
    """The value of a name: local, enclosing, module, built-in."""
    scope: Scope | None = ctx.scope
    while scope is not None:
        found = scope.names.get(name)
        if found is not None:
            return _bound(ctx, scope, name, found, node)
        if name in scope.local_names:
            raise ctx.refuse(UNKNOWN_NAME, f"'{name}' may be unbound here.", node)
        scope = scope.outer
    if name in ctx.module.classes and name not in ctx.module.rebound:
        return class_of_file(ctx, name, node)
    return symbol_value(ctx, name, node)


def _bound(ctx: Context, scope: Scope, name: str, value: Value, node: cst.CSTNode) -> Value:
    if isinstance(value, ArrayValue | ListValue) and value.grows:
        return current(ctx, value.grows)
    if isinstance(value, MixedValue):
        raise ctx.refuse(UNKNOWN_NAME, f"'{name}' is not the same kind of value on every path to here.", node)
    if not isinstance(value, UnboundValue):
        return value
    key = f"bound:{scope.prefix}{name}"
    if key not in ctx.tracked:
        raise NeedsTracking(key)
    flag = ctx.flags[key]
    ctx.check(Var(flag, PY_BOOL), f"'{name}' is unbound")
    return _bound(ctx, scope, name, value.value, node)


def _in_order(ctx: Context, *nodes: cst.BaseExpression) -> list[Value]:
    """The values of expressions, left to right."""
    return in_order(ctx, [partial(lower_expression, ctx, node) for node in nodes])


# ---- subscripts and calls -------------------------------------------------------------------------------


def _subscript(ctx: Context, node: cst.Subscript) -> Value:
    base = lower_expression(ctx, node.value)
    if ctx.choosing is not None and ctx.choosing(node, base):
        return base
    base, mark = computed(ctx, base), len(ctx.body)
    items = subscript_items(ctx, node)
    base = as_it_is_now(ctx, as_it_was(ctx, base, mark))
    ctx.span = ctx.at(node)
    if isinstance(base, TupleValue):
        return _tuple_item(ctx, base, items, node)
    if isinstance(base, ListValue):
        return _list_item(ctx, base, items, node)
    if isinstance(base, SymbolValue) and base.path in GRIDS:
        return grid(ctx, base.path, items)
    if not isinstance(base, ArrayValue):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "This value has no compiled subscripts.", node)
    if is_mask_subscript(items):
        return compress(ctx, base, items)
    found = subscript(ctx, base, items)
    if isinstance(found, ArrayValue) and base.boxed and base.rank == 1:
        return materialise(ctx, found, "slice")  # of a list: a new one
    return found


def subscript_items(ctx: Context, node: cst.Subscript) -> tuple[Value, ...]:
    """The subscripts between the brackets; a tuple variable counts as its items."""
    items: list[Value] = []
    for item in in_order(ctx, [partial(_subscript_item, ctx, element.slice) for element in node.slice]):
        if isinstance(item, TupleValue) and not item.is_list:
            items.extend(item.items)
        else:
            items.append(item)
    return tuple(items)


def _subscript_item(ctx: Context, node: cst.BaseSlice) -> Value:
    match node:
        case cst.Slice(lower=lower, upper=upper, step=step):
            return SliceValue(_bound_of(ctx, lower), _bound_of(ctx, upper), _bound_of(ctx, step))
        case cst.Index(value=value):
            item = lower_expression(ctx, value)
            return as_array(ctx, item) if isinstance(item, TupleValue) and item.is_list else item
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, "This subscript is not compiled.", node)


def _bound_of(ctx: Context, node: cst.BaseExpression | None) -> Number | None:
    if node is None:
        return None
    value = lower_expression(ctx, node)
    if isinstance(value, NoneValue):
        return None
    if isinstance(value, Number) and value.type.dtype.is_integer:
        return value
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A slice bound that is not an int is not compiled.", node)


def _tuple_item(ctx: Context, base: TupleValue, items: tuple[Value, ...], node: cst.CSTNode) -> Value:
    match items:
        case (Number(Const(value)),) if isinstance(value, int) and -len(base.items) <= value < len(
            base.items
        ):
            return base.items[value]
        case (SliceValue(start, stop, step),):
            bounds = [_known(ctx, b, node) for b in (start, stop, step)]
            return TupleValue(base.items[slice(*bounds)], base.is_list)
        case (Number() as index,) if (made := as_list(ctx, TupleValue(base.items, True))) is not None:
            return item_at(ctx, made, index) if isinstance(made, ListValue) else subscript(ctx, made, items)
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, "This subscript of a tuple is not compiled.", node)


def _list_item(ctx: Context, base: ListValue, items: tuple[Value, ...], node: cst.CSTNode) -> Value:
    match items:
        case (Number() as index,):
            return item_at(ctx, base, index)
        case (SliceValue() as bounds,):
            return part_of(ctx, base, bounds)
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, "This subscript of a list is not compiled.", node)


def _known(ctx: Context, bound: Number | None, node: cst.CSTNode) -> int | None:
    if bound is None:
        return None
    if isinstance(bound.expr, Const) and isinstance(bound.expr.value, int):
        return bound.expr.value
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A tuple is sliced by constants only.", node)


_WALKERS = {f"builtins.{name}": name for name in ("sum", "min", "max", "any", "all", "list")}


def _call(ctx: Context, node: cst.Call) -> Value:
    function = lower_expression(ctx, node.func)
    match function, node.args:
        case SymbolValue(path), (cst.Arg(value=cst.GeneratorExp() as walker, keyword=None), *rest) if (
            path in _WALKERS and len(rest) <= (path == "builtins.sum")
        ):
            _without_assignments(ctx, walker)
            start = lower_expression(ctx, rest[0].value) if rest else None
            return as_loops(ctx, _WALKERS[path], walker, start)
    positional: list[Value] = []
    keywords: dict[str, Value] = {}
    given = [partial(lower_expression, ctx, arg.value) for arg in node.args]
    function, *values = in_order(ctx, [lambda: function, *given])
    values = [as_it_is(ctx, arg.value, value) for arg, value in zip(node.args, values)]
    for arg, value in zip(node.args, values):
        if arg.star == "*" and isinstance(value, TupleValue):
            positional.extend(value.items)
        elif arg.star:
            raise ctx.refuse(UNSUPPORTED_EXPRESSION, "This unpacking in a call is not compiled.", arg)
        elif arg.keyword is not None:
            keywords[arg.keyword.value] = value
        else:
            positional.append(value)
    ctx.span = ctx.at(node)
    match function:
        case FunctionValue():
            return ctx.call_function(ctx, function, tuple(positional), keywords, node)
        case ClassValue(class_name):
            return construct(ctx, class_name, positional, keywords)
        case SymbolValue(path):
            return call_symbol(ctx, path, Arguments(tuple(positional), keywords))
        case MethodValue(receiver, name) if own_method(ctx, receiver, name) is not None:
            if not isinstance(node.func, cst.Attribute):
                message = f"The method '{name}' is not called where it is read."
                raise ctx.refuse(UNKNOWN_FUNCTION, message, node)
            return call_own(ctx, receiver, name, (tuple(positional), keywords), node)
        case MethodValue(receiver, name):
            return call_method(ctx, receiver, name, Arguments(tuple(positional), keywords))
    raise ctx.refuse(UNKNOWN_FUNCTION, "What is called here is not a function that the compiler knows.", node)


def _without_assignments(ctx: Context, node: cst.BaseComp) -> None:
    """What a comprehension assigns is a variable of the function around it."""
    found = next((part for part in walk(node) if isinstance(part, cst.NamedExpr)), None)
    if found is not None:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "An assignment in a comprehension is not compiled.", found)


# ---- conditions -----------------------------------------------------------------------------------------


def _comparison(ctx: Context, node: cst.Comparison) -> Value:
    return _chain(ctx, partial(lower_expression, ctx, node.left), node.comparisons, node)


def _chain(
    ctx: Context,
    first: Callable[[], Value],
    targets: Sequence[cst.ComparisonTarget],
    node: cst.Comparison,
) -> Value:
    """`first < b < c` is `first < b and b < c`, with b evaluated once."""
    left, right = in_order(ctx, [first, partial(lower_expression, ctx, targets[0].comparator)])
    if len(targets) > 1:
        right = settle(ctx, right)
    found = compared(ctx, targets[0].operator, left, right, node)
    if len(targets) == 1:
        return found
    if not isinstance(found, Number):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A chain of comparisons of arrays is ambiguous.", node)
    with ctx.nested() as prelude, nothing_assigned(ctx, node):
        rest = _chain(ctx, lambda: right, targets[1:], node)
    return choose(ctx, truth(found.expr), rest, found, (prelude, []), node)


def condition(ctx: Context, node: cst.BaseExpression) -> Expr:
    """What `if node:` asks, as a bool expression."""
    if isinstance(node, cst.BooleanOperation):  # only the truth of the two counts: types need not meet
        value = _connected(ctx, node, lambda part: Number(cast(condition(ctx, part), PY_BOOL)))
    else:
        value = lower_expression(ctx, node)
    match value:
        case Number(expr):
            return truth(expr)
        case NoneValue():
            return Const(False, PY_BOOL)
        case TupleValue(items):
            return Const(bool(items), PY_BOOL)
        case ArrayValue(boxed=True):
            return compare("gt", value.shape[0], integer(0))
        case ListValue():
            return compare("gt", value.length, integer(0))
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, "The truth of this value is not compiled.", node)


def _connected(
    ctx: Context, node: cst.BooleanOperation, lower: Callable[[cst.BaseExpression], Value]
) -> Value:
    """`a and b`: b is evaluated, and its statements run, only where a decides nothing."""
    left = _number_of(ctx, lower(node.left), node)
    is_and = isinstance(node.operator, cst.And)
    asked = truth(left.expr)
    if isinstance(asked, Const):
        return left if bool(asked.value) is not is_and else lower(node.right)
    with ctx.nested() as prelude, nothing_assigned(ctx, node):
        right = _number_of(ctx, lower(node.right), node)
    if is_and:
        return choose(ctx, asked, right, left, (prelude, []), node)
    return choose(ctx, asked, left, right, ([], prelude), node)


def _number_of(ctx: Context, value: Value, node: cst.CSTNode) -> Number:
    if isinstance(value, Number):
        return value
    raise ctx.refuse(
        UNSUPPORTED_EXPRESSION, "'and' and 'or' of values that are not numbers are not compiled.", node
    )


def _conditional(ctx: Context, node: cst.IfExp) -> Value:
    asked = condition(ctx, node.test)
    if isinstance(asked, Const):
        return lower_expression(ctx, node.body if asked.value else node.orelse)
    with ctx.nested() as then, nothing_assigned(ctx, node):
        if_true = lower_expression(ctx, node.body)
    with ctx.nested() as otherwise, nothing_assigned(ctx, node):
        if_false = lower_expression(ctx, node.orelse)
    return choose(ctx, asked, if_true, if_false, (then, otherwise), node)
