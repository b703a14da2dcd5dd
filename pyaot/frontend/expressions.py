"""Python expressions to values. Statements that one needs (loops of a reduction) are emitted before it."""

from collections.abc import Sequence

import libcst as cst

from pyaot.base.catalogue import UNKNOWN_FUNCTION, UNKNOWN_NAME, UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import compare, either, integer, negate, truth
from pyaot.frontend.arrays import is_stable, materialise
from pyaot.frontend.attributes import attribute_of
from pyaot.frontend.calls import Arguments, call_method, call_symbol
from pyaot.frontend.comprehension_loops import as_loops
from pyaot.frontend.comprehensions import list_comprehension
from pyaot.frontend.computed import computed
from pyaot.frontend.context import Context, NeedsTracking, Scope
from pyaot.frontend.conversion import convert
from pyaot.frontend.growing import current
from pyaot.frontend.lists import as_list_array
from pyaot.frontend.masks import compress, is_mask_subscript
from pyaot.frontend.numpy_grids import GRIDS, grid
from pyaot.frontend.operators import BINARY, COMPARISONS, UNARY, apply_binary, apply_compare, apply_unary
from pyaot.frontend.promote import join
from pyaot.frontend.subscripts import subscript
from pyaot.frontend.symbols import symbol_value
from pyaot.frontend.syntax import walk
from pyaot.frontend.values import (
    ArrayValue,
    EllipsisValue,
    FunctionValue,
    MethodValue,
    NoneValue,
    Number,
    SliceValue,
    SymbolValue,
    TextValue,
    TupleValue,
    UnboundValue,
    Value,
)
from pyaot.frontend.variables import merge_arrays, settle
from pyaot.ir.nodes import Assign, Const, Expr, If, Load, Select, Stmt, Var
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, Scalar
from pyaot.ir.walk import walk_expr


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
            return attribute_of(ctx, lower_expression(ctx, value), attr.value, node)
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
            a, b = _operands(ctx, left, right)
            ctx.span = ctx.at(node)
            op = BINARY[type(operator)]
            return matmul(ctx, a, b) if op == "matmul" else apply_binary(ctx, op, a, b)
        case cst.UnaryOperation(operator=operator, expression=expression):
            return apply_unary(ctx, UNARY[type(operator)], lower_expression(ctx, expression))
        case cst.Comparison():
            return _comparison(ctx, node)
        case cst.Lambda():
            return FunctionValue("lambda", node, ctx.scope)
        case cst.ListComp():
            return list_comprehension(ctx, node)
        case cst.BooleanOperation():
            return _boolean(ctx, node)
        case cst.IfExp():
            return _conditional(ctx, node)
        case cst.NamedExpr(target=cst.Name(value=name)):
            message = f"The assignment of '{name}' inside an expression is not compiled."
            hint = "Write it as a statement of its own."
            raise ctx.refuse(UNSUPPORTED_EXPRESSION, message, node, hint)
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
    for element in elements:
        value = lower_expression(ctx, element.value)
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
            return _bound(ctx, scope, name, found)
        if name in scope.local_names:
            raise ctx.refuse(UNKNOWN_NAME, f"'{name}' may be unbound here.", node)
        scope = scope.outer
    return symbol_value(ctx, name, node)


def _bound(ctx: Context, scope: Scope, name: str, value: Value) -> Value:
    if isinstance(value, ArrayValue) and value.grows:
        return current(ctx, value.grows)
    if not isinstance(value, UnboundValue):
        return value
    key = f"bound:{scope.prefix}{name}"
    if key not in ctx.tracked:
        raise NeedsTracking(key)
    flag = ctx.flags[key]
    ctx.check(Var(flag, PY_BOOL), f"'{name}' is unbound")
    return _bound(ctx, scope, name, value.value)


def _operands(ctx: Context, left: cst.BaseExpression, right: cst.BaseExpression) -> tuple[Value, Value]:
    """Left before right; a left operand that a call on the right could change is read at once."""
    a = lower_expression(ctx, left)
    if isinstance(a, Number) and _may_change(ctx, a.expr) and _calls_user_code(right):
        a = Number(ctx.temporary("left", a.expr))
    return a, lower_expression(ctx, right)


def _may_change(ctx: Context, expr: Expr) -> bool:
    return any(isinstance(part, Load) for part in walk_expr(expr)) or not is_stable(ctx, expr)


def _calls_user_code(node: cst.CSTNode) -> bool:
    return any(isinstance(part, cst.Call) and isinstance(part.func, cst.Name) for part in walk(node))


# ---- subscripts and calls -------------------------------------------------------------------------------


def _subscript(ctx: Context, node: cst.Subscript) -> Value:
    base = lower_expression(ctx, node.value)
    if ctx.choosing is not None and ctx.choosing(node, base):
        return base
    base = computed(ctx, base)
    items = subscript_items(ctx, node)
    ctx.span = ctx.at(node)
    if isinstance(base, TupleValue):
        return _tuple_item(ctx, base, items, node)
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
    for element in node.slice:
        match element.slice:
            case cst.Index(value=value):
                item = lower_expression(ctx, value)
                if isinstance(item, TupleValue) and item.is_list:
                    array = as_list_array(ctx, item)
                    items.append(item if array is None else array)
                elif isinstance(item, TupleValue):
                    items.extend(item.items)
                else:
                    items.append(item)
            case cst.Slice(lower=lower, upper=upper, step=step):
                items.append(SliceValue(_bound_of(ctx, lower), _bound_of(ctx, upper), _bound_of(ctx, step)))
    return tuple(items)


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
        case (Number(),) if (array := as_list_array(ctx, TupleValue(base.items, True))) is not None:
            return subscript(ctx, array, items)
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, "This subscript of a tuple is not compiled.", node)


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
            start = lower_expression(ctx, rest[0].value) if rest else None
            return as_loops(ctx, _WALKERS[path], walker, start)
    positional: list[Value] = []
    keywords: dict[str, Value] = {}
    for arg in node.args:
        value = lower_expression(ctx, arg.value)
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
        case SymbolValue(path):
            return call_symbol(ctx, path, Arguments(tuple(positional), keywords))
        case MethodValue(receiver, name):
            return call_method(ctx, receiver, name, Arguments(tuple(positional), keywords))
    raise ctx.refuse(UNKNOWN_FUNCTION, "What is called here is not a function that the compiler knows.", node)


# ---- conditions -----------------------------------------------------------------------------------------


def _comparison(ctx: Context, node: cst.Comparison) -> Value:
    return _chain(ctx, lower_expression(ctx, node.left), node.comparisons, node)


def _chain(ctx: Context, left: Value, targets: Sequence[cst.ComparisonTarget], node: cst.Comparison) -> Value:
    """`left < b < c` is `left < b and b < c`, with b evaluated once."""
    right = lower_expression(ctx, targets[0].comparator)
    if len(targets) > 1:
        right = settle(ctx, right)
    found = _compare(ctx, targets[0].operator, left, right, node)
    if len(targets) == 1:
        return found
    if not isinstance(found, Number):
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "A chain of comparisons of arrays is ambiguous.", node)
    with ctx.nested() as prelude:
        rest = _chain(ctx, right, targets[1:], node)
    return _choose(ctx, truth(found.expr), rest, found, (prelude, []), node)


def _compare(ctx: Context, operator: cst.BaseCompOp, left: Value, right: Value, node: cst.CSTNode) -> Value:
    match operator:
        case cst.Is() | cst.IsNot() if isinstance(left, NoneValue) or isinstance(right, NoneValue):
            same = isinstance(left, NoneValue) and isinstance(right, NoneValue)
            return Number(Const(same is isinstance(operator, cst.Is), PY_BOOL))
        case cst.Equal() | cst.NotEqual() if isinstance(left, TextValue) and isinstance(right, TextValue):
            return Number(Const((left.text == right.text) is isinstance(operator, cst.Equal), PY_BOOL))
        case cst.In() | cst.NotIn() if isinstance(right, TupleValue):
            return _membership(ctx, operator, left, right)
    op = COMPARISONS.get(type(operator))
    if op is None:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, "This comparison has no compiled form.", node)
    return apply_compare(ctx, op, left, right)


def _membership(ctx: Context, operator: cst.BaseCompOp, left: Value, right: TupleValue) -> Value:
    found: Expr = Const(False, PY_BOOL)
    for item in right.items:
        if isinstance(left, TextValue) and isinstance(item, TextValue):
            equal: Value = Number(Const(left.text == item.text, PY_BOOL))
        else:
            equal = apply_compare(ctx, "eq", left, item)
        assert isinstance(equal, Number)
        found = either(found, equal.expr)
    return Number(found if isinstance(operator, cst.In) else negate(found))


def condition(ctx: Context, node: cst.BaseExpression) -> Expr:
    """What `if node:` asks, as a bool expression."""
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
    raise ctx.refuse(UNSUPPORTED_EXPRESSION, "The truth of this value is not compiled.", node)


def _boolean(ctx: Context, node: cst.BooleanOperation) -> Value:
    """`a and b`: b is evaluated, and its statements run, only where a decides nothing."""
    left = _number_of(ctx, node.left, node)
    is_and = isinstance(node.operator, cst.And)
    asked = truth(left.expr)
    if isinstance(asked, Const):
        return left if bool(asked.value) is not is_and else lower_expression(ctx, node.right)
    with ctx.nested() as prelude:
        right = _number_of(ctx, node.right, node)
    if is_and:
        return _choose(ctx, asked, right, left, (prelude, []), node)
    return _choose(ctx, asked, left, right, ([], prelude), node)


def _number_of(ctx: Context, operand: cst.BaseExpression, node: cst.CSTNode) -> Number:
    value = lower_expression(ctx, operand)
    if isinstance(value, Number):
        return value
    raise ctx.refuse(
        UNSUPPORTED_EXPRESSION, "'and' and 'or' of values that are not numbers are not compiled.", node
    )


def _conditional(ctx: Context, node: cst.IfExp) -> Value:
    asked = condition(ctx, node.test)
    if isinstance(asked, Const):
        return lower_expression(ctx, node.body if asked.value else node.orelse)
    with ctx.nested() as then:
        if_true = lower_expression(ctx, node.body)
    with ctx.nested() as otherwise:
        if_false = lower_expression(ctx, node.orelse)
    return _choose(ctx, asked, if_true, if_false, (then, otherwise), node)


def _choose(
    ctx: Context,
    asked: Expr,
    if_true: Value,
    if_false: Value,
    preludes: tuple[Sequence[Stmt], Sequence[Stmt]],
    node: cst.CSTNode,
) -> Value:
    """Either value; the statements that each needs run only where it is chosen."""
    then, otherwise = list(preludes[0]), list(preludes[1])
    if isinstance(if_true, ArrayValue) and isinstance(if_false, ArrayValue):
        chosen = merge_arrays(ctx, "chosen", (if_true, then), (if_false, otherwise))
        if chosen is not None:
            ctx.emit(If(asked, tuple(then), tuple(otherwise), ctx.span))
            return chosen
    if not isinstance(if_true, Number) or not isinstance(if_false, Number):
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION,
            "A choice between these values is not compiled here.",
            node,
            "Write it as an if statement.",
        )
    type = _joined(ctx, if_true, if_false, node)
    yes = _converted(ctx, if_true, type, then)
    no = _converted(ctx, if_false, type, otherwise)
    if not then and not otherwise:
        return Number(Select(asked, yes, no, type))
    name = ctx.fresh("chosen")
    ctx.emit(
        If(asked, (*then, Assign(name, yes, ctx.span)), (*otherwise, Assign(name, no, ctx.span)), ctx.span)
    )
    ctx.stable.add(name)
    return Number(Var(name, type))


def _converted(ctx: Context, value: Number, type: Scalar, prelude: list[Stmt]) -> Expr:
    with ctx.nested() as checks:
        result = convert(ctx, "This value", value.expr, type)
    prelude.extend(checks)
    return result


def _joined(ctx: Context, left: Number, right: Number, node: cst.CSTNode) -> Scalar:
    type = join(left.type, right.type)
    if type is None or (type.dtype is not left.type.dtype and type.dtype is not right.type.dtype):
        raise ctx.refuse(
            UNSUPPORTED_EXPRESSION, "The two values of this choice have types that do not meet.", node
        )
    return type
