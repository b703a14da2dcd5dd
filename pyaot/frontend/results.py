"""`return`: what leaves the function, as the original would give it."""

from msgspec.structs import replace

from pyaot.base.catalogue import UNSUPPORTED_STATEMENT, UNSUPPORTED_TYPE_CHANGE
from pyaot.frontend.arithmetic import both, cast, compare, integer, minus, plus, times
from pyaot.frontend.arrays import array_type, materialise, whole
from pyaot.frontend.context import Context, ReturnPoint
from pyaot.frontend.list_items import array_name, columns_of, copied, item_name
from pyaot.frontend.origins import COMPLEX, FLOAT, INT, NUMPY, kind_code
from pyaot.frontend.prove import never_negative
from pyaot.frontend.values import (
    UNSURE,
    ArrayValue,
    Indices,
    ListValue,
    NoneValue,
    Number,
    Place,
    RecordValue,
    TupleValue,
    Value,
    grows_as,
    is_one_list,
)
from pyaot.frontend.variables import as_whole, assign_name, link
from pyaot.ir.nodes import (
    APART,
    ZIPPED,
    ArrayResult,
    Bind,
    Call,
    Cast,
    Const,
    Exit,
    Expr,
    If,
    Maker,
    Nothing,
    Result,
    Return,
    ScalarResult,
    Select,
    TupleResult,
    ViewResult,
)
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, DType, Origin, Scalar


def lower_return(ctx: Context, value: Value) -> None:
    """`return value`: of the entry function, or of a helper that is being inlined."""
    point = ctx.scope.returns
    if point is None:
        _return_from_entry(ctx, value)
    else:
        _return_from_helper(ctx, point, value)


# ---- the entry function ---------------------------------------------------------------------------------


def _return_from_entry(ctx: Context, value: Value) -> None:
    result = to_result(ctx, value)
    _no_list_twice(ctx, value)
    for choice in _undecided(result):
        _branch_on_kind(ctx, result, choice)
        return
    ctx.emit(Return(result, ctx.span))


def _no_list_twice(ctx: Context, value: Value) -> None:
    """A new list that is returned in two places is one object; compiled code would make two."""
    parts = _parts(value)
    objects = [part for part in parts if isinstance(part, RecordValue)]
    unsure = {part.class_name for part in objects if part.made == UNSURE}
    if len({part.class_name if part.class_name in unsure else part.made for part in objects}) < len(objects):
        raise ctx.refuse(UNSUPPORTED_STATEMENT, "One object in two places of the result is not compiled.")
    arrays = [part for part in parts if isinstance(part, ArrayValue)]
    listed = {item_name(array_name(c)) for part in parts if isinstance(part, ListValue) for c in part.columns}
    if not listed.isdisjoint(source_of_copy(ctx, part) for part in arrays):
        message = "A list and an array that is an item of it cannot both be returned from compiled code."
        raise ctx.refuse(UNSUPPORTED_STATEMENT, message, None, "Return a copy.")
    given = {part.place.array for part in arrays if part.place is not None}
    unlike = [
        part for part in arrays if part.shown is None or source_of_copy(ctx, part) not in ctx.parameters
    ]
    if given & {source_of_copy(ctx, part) for part in unlike}:
        message = "An array and what may be a view of it cannot both be returned from compiled code."
        raise ctx.refuse(UNSUPPORTED_STATEMENT, message, None, "Return a copy.")
    lists = [part for part in parts if _is_new_list(ctx, part)]
    growing = [grows_as(part) for part in lists if grows_as(part)]
    lists = [part for part in lists if not grows_as(part)]
    firsts = [columns_of(part)[0] for part in lists if isinstance(part, ArrayValue | ListValue)]
    names = {first.place.array for first in firsts if first.place is not None}
    linked = len(names & ctx.linked) > 1
    if (
        len(set(growing)) < len(growing)
        or linked
        or len({id(part) for part in lists}) < len(lists)
        or len(names) < len(lists) - _plain(lists)
    ):
        raise ctx.refuse(UNSUPPORTED_STATEMENT, "One list in two places of the result is not compiled.")


def _plain(lists: list[Value]) -> int:
    return sum(isinstance(part, TupleValue) for part in lists)


def _parts(value: Value) -> list[Value]:
    match value:
        case TupleValue(items):
            return [value, *(part for item in items for part in _parts(item))]
        case RecordValue(fields=fields):
            return [value, *(part for item in fields.values() for part in _parts(item))]
    return [value]


def _is_new_list(ctx: Context, part: Value) -> bool:
    match part:
        case TupleValue(is_list=True) | ListValue():
            return True
        case ArrayValue(boxed=True, place=place):
            return place is None or place.array not in ctx.parameters
    return False


def to_result(ctx: Context, value: Value) -> Result:
    """The value as a Result; arrays that do not exist yet are made."""
    match value:
        case NoneValue():
            return Nothing()
        case Number(expr):
            return ScalarResult(expr)
        case ArrayValue():
            return _array_result(ctx, value)
        case ListValue():
            return _list_result(ctx, value)
        case TupleValue(items, is_list, maker):
            return TupleResult(tuple(to_result(ctx, item) for item in items), is_list, maker)
        case RecordValue(class_name, fields, made=made) if made:
            parts = tuple(to_result(ctx, field) for field in fields.values())
            return TupleResult(parts, maker=Maker(class_name, tuple(fields)))
    raise ctx.refuse(UNSUPPORTED_STATEMENT, "This value cannot be returned from compiled code.")


def _list_result(ctx: Context, value: ListValue) -> Result:
    """A list of tuples, from the lists of their numbers; a list of arrays, from one that has all of them."""
    pattern = value.pattern
    columns = copied(ctx, value.columns) if value.grows else value.columns
    results = tuple(_array_result(ctx, column) for column in columns)
    if isinstance(pattern, int):
        ctx.returned[array_name(value.columns[0])] = ctx.span
        return TupleResult(results, maker=APART)
    is_plain = pattern.maker is None and all(isinstance(item, int) for item in pattern.items)
    if not is_plain or not all(column.boxed and column.rank == 1 for column in columns):
        message = "A list of tuples that hold more than numbers is not returned from compiled code."
        raise ctx.refuse(UNSUPPORTED_STATEMENT, message)
    return TupleResult(results, maker=ZIPPED)


_NO_VIEW = "This view cannot be returned from compiled code."


def _array_result(ctx: Context, value: ArrayValue) -> Result:
    if value.boxed and value.items is Origin.ALIKE:
        message = "A list that holds Python's numbers and NumPy's is not returned from compiled code."
        hint = "Append float(...) or int(...), so that all elements are of one type."
        raise ctx.refuse(UNSUPPORTED_TYPE_CHANGE, message, None, hint)
    place = value.place
    source = source_of_copy(ctx, value)
    is_read_only = value.read_only or (place is not None and place.array in ctx.read_only)
    if is_read_only or source in ctx.parameters or source in ctx.movable:
        if value.shown is None:
            raise ctx.refuse(UNSUPPORTED_STATEMENT, _NO_VIEW, None, "Return a copy.")
        found = _view_result(ctx, value.shown.place, value.shape)
        return replace(found, part=value.shown.part, read_only=is_read_only)
    if place is None or place.gathered:
        value = materialise(ctx, value, "result")
        place = value.place
    assert place is not None
    if value.grows:
        value = materialise(ctx, value, "result")
        assert value.place is not None
        return ArrayResult(value.place.array)
    if place.whole:
        return ArrayResult(place.array)
    if value.boxed:
        raise ctx.refuse(UNSUPPORTED_STATEMENT, "A row of a list cannot be returned from compiled code.")
    return _view_result(ctx, place, value.shape)


def _view_result(ctx: Context, place: Place, shape: Indices) -> ViewResult:
    if place.checked or (place.walks is None and not place.linear):
        raise ctx.refuse(UNSUPPORTED_STATEMENT, _NO_VIEW, None, "Return a copy.")
    extents = ctx.extents_of(place.array)
    if place.walks is None:
        return ViewResult(place.array, integer(0), shape, c_strides(shape))
    strides = c_strides(extents)
    offset: Expr = integer(0)
    for start, stride in zip(place.starts, strides):
        offset = plus(offset, times(start, stride))
    if offset != integer(0):
        offset = _offset_of_some(ctx, offset, shape)
    steps = tuple(_step_of(walk.axes, walk.step, strides) for walk in place.walks)
    return ViewResult(place.array, offset, shape, steps)


def source_of_copy(ctx: Context, value: ArrayValue) -> str:
    """The array that NumPy's result may be a view of, where ours is a copy."""
    return value.borrowed or (ctx.views_copied.get(value.place.array, "") if value.place is not None else "")


def _offset_of_some(ctx: Context, offset: Expr, shape: Indices) -> Expr:
    """A view without elements begins at its array's start: its first element need not exist."""
    condition: Expr = Const(True, PY_BOOL)
    for extent in shape:
        if not never_negative(ctx, minus(extent, integer(1))):
            condition = both(condition, compare("ge", extent, integer(1)))
    return offset if isinstance(condition, Const) else Select(condition, offset, integer(0), PY_INT)


def _step_of(axes: tuple[int, ...], step: Expr, strides: tuple[Expr, ...]) -> Expr:
    total: Expr = integer(0)
    for axis in axes:
        total = plus(total, times(step, strides[axis]))
    return total


def c_strides(extents: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The strides of a C-contiguous array, in elements."""
    strides: list[Expr] = []
    product: Expr = integer(1)
    for extent in reversed(extents):
        strides.insert(0, product)
        product = times(product, extent)
    return tuple(strides)


def _undecided(result: Result) -> list[ScalarResult]:
    match result:
        case ScalarResult(value) if value.type.is_undecided:
            return [result]
        case TupleResult(items):
            return [choice for item in items for choice in _undecided(item)]
    return []


def _branch_on_kind(ctx: Context, result: Result, choice: ScalarResult) -> None:
    """Returns by the kind that the number has now: one Return for each."""
    code = kind_code(ctx, choice.value)
    dtype = choice.value.type.dtype
    kinds: dict[int, Scalar] = {NUMPY: Scalar(dtype)}
    if dtype is not DType.BOOL:
        kinds |= {INT: PY_INT}
    if dtype.kind in "fc":
        kinds |= {FLOAT: PY_FLOAT}
    if dtype.is_complex:
        kinds |= {COMPLEX: PY_COMPLEX}
    else:
        kinds.setdefault(INT, Scalar(dtype, Origin.PYTHON))
    branches = [(k, t) for k, t in kinds.items() if not isinstance(code, Const) or code.value == k]
    for kind, type in branches:
        decided = _replaced(result, choice, ScalarResult(_as_kind(choice.value, type)))
        with ctx.nested() as inside:
            rest = _undecided(decided)
            if rest:
                _branch_on_kind(ctx, decided, rest[0])
            else:
                ctx.emit(Return(decided, ctx.span))
        if len(branches) == 1 or kind == branches[-1][0]:
            ctx.body.extend(inside)
            return
        ctx.emit(If(compare("eq", code, integer(kind)), tuple(inside), (), ctx.span))


def _as_kind(value: Expr, type: Scalar) -> Expr:
    if value.type.dtype.is_complex and not type.dtype.is_complex:
        value = Call("real", (value,), Scalar(value.type.dtype.real, value.type.origin))
    return cast(value, type) if value.type.dtype is type.dtype else Cast(value, type)


def _replaced(result: Result, old: ScalarResult, new: ScalarResult) -> Result:
    match result:
        case ScalarResult() if result == old:
            return new
        case TupleResult(items):
            return replace(result, items=tuple(_replaced(item, old, new) for item in items))
    return result


# ---- inlined helpers ------------------------------------------------------------------------------------


def _return_from_helper(ctx: Context, point: ReturnPoint, value: Value) -> None:
    shape = _deposit(ctx, point, value, "return")
    point.results.append(shape)
    point.frame.used = True
    ctx.emit(Exit(point.frame.label, ctx.span))


def _deposit(ctx: Context, point: ReturnPoint, value: Value, key: str) -> Value:
    """Puts every part of the value where all returns of the helper put it; gives what stands for it then."""
    agreed = ctx.scope.agreed[0]
    match value:
        case TupleValue(items):
            parts = (_deposit(ctx, point, item, f"{key}_{n}") for n, item in enumerate(items))
            return replace(value, items=tuple(parts))
        case RecordValue(fields=fields, made=made) if made:
            deposited = {name: _deposit(ctx, point, item, f"{key}_{name}") for name, item in fields.items()}
            return replace(value, fields=deposited, made=UNSURE)
        case Number(expr):
            agreed.setdefault(key, point.types.get(key, expr.type))
            assign_name(ctx, key, value)
            return ctx.scope.names[key]
        case ArrayValue():
            return _deposit_array(ctx, value, key)
        case ListValue(grows=grows) if not grows or agreed.setdefault(key, grows) != grows:
            message = "A helper with several returns that returns such a list is not inlined."
            raise ctx.refuse(UNSUPPORTED_STATEMENT, message)
        case _:
            return value


def _deposit_array(ctx: Context, value: ArrayValue, key: str) -> Value:
    agreed = ctx.scope.agreed[0]
    if value.grows and agreed.setdefault(key, value.grows) == value.grows:
        return value
    if value.is_view and value.place is not None and not value.place.whole:
        raise ctx.refuse(
            UNSUPPORTED_STATEMENT, "A helper with several returns that returns a view is not inlined."
        )
    source = as_whole(ctx, value, key)
    home = agreed.get(key)
    if not isinstance(home, str):
        home = ctx.fresh(ctx.scope.prefix + key)
        ctx.arrays[home] = array_type(value)
        agreed[key] = home
    elif ctx.arrays[home] != array_type(value):
        raise ctx.refuse(UNSUPPORTED_STATEMENT, "The returns of this helper give arrays of different types.")
    link(ctx, home, source)
    ctx.extents.pop(home, None)
    ctx.emit(Bind((home,), (source,), ctx.span))
    return whole(ctx, home)


def same_structure(values: list[Value]) -> bool:
    """Whether the returns of a helper give the same things."""
    first, *rest = values
    return all(_alike(first, other) for other in rest)


def _alike(a: Value, b: Value) -> bool:
    match a, b:
        case (TupleValue(items), TupleValue(more)):
            alike = (a.is_list, a.maker, len(items)) == (b.is_list, b.maker, len(more))
            return alike and all(_alike(x, y) for x, y in zip(items, more))
        case (RecordValue(class_name=name, fields=fields), RecordValue(class_name=other, fields=values)):
            alike = name == other and a.text == b.text and fields.keys() == values.keys()
            return alike and all(_alike(fields[key], values[key]) for key in fields)
        case (ArrayValue(), ArrayValue()):
            return True
        case (ListValue(), ListValue()):
            return is_one_list(a, b)
    return a == b
