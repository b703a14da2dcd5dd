"""The referee: what a function of the IR means, executed on real arrays and numbers.

    interpret(function, {"a": array, "n": 3})  ->  Returned(path, value, flags)  or  Failed(reason)

Arguments are NumPy arrays, numbers, and for boxed arrays lists (of lists). All work is done on copies; an
attempt that returns writes back what changed, into the caller's own arrays and lists, and one that fails
leaves them as they were. A parameter that is returned is the caller's own object.

An unchecked operation that leaves its range is a wrong proof and raises InternalError. Elements that are
undefined are nan, or 0x5A in every byte.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, assert_never

import numpy as np
from msgspec import Struct, field

from pyaot.ir import interpret_ops as ops
from pyaot.ir.interpret_library import run_library, section_view
from pyaot.ir.interpret_ops import Failure, InternalError, Value
from pyaot.ir.nodes import (
    APART,
    ZIPPED,
    Allocate,
    ArrayResult,
    Assign,
    Binary,
    Bind,
    Block,
    Call,
    Cast,
    Check,
    Compare,
    Const,
    Dim,
    Exit,
    Expr,
    For,
    Function,
    If,
    LibraryCall,
    Load,
    Loop,
    Maker,
    Nothing,
    Param,
    Result,
    Return,
    ScalarResult,
    Section,
    Select,
    Stmt,
    Store,
    TupleResult,
    Unary,
    Var,
    ViewResult,
)
from pyaot.ir.types import PY_INT, Array, DType, Origin, Scalar
from pyaot.ir.walk import returns

ENTRY_LIMIT = 2**31  # of ints and extents at entry

# NumPy's words for the floating-point errors, and the bits of the native calling convention.
_FLAGS = {"divide by zero": 1, "overflow": 2, "invalid value": 4}


class Returned(Struct, frozen=True):
    """Ended by Return number `path` (in `walk.returns` order); `flags`: 1 divide, 2 overflow, 4 invalid."""

    path: int
    value: Any
    flags: int = 0


class Failed(Struct, frozen=True):
    """The attempt failed and nothing has changed."""

    reason: str


class Made(Struct, frozen=True):
    """An object of a class that the IR does not have, by its fields."""

    maker: Maker
    items: tuple[Any, ...]


Outcome: TypeAlias = Returned | Failed


class Held(Struct, frozen=True):
    """An array during execution; `original` is the caller's object it is a copy of."""

    data: Any
    boxed: bool = False
    original: Any = None
    items: Origin = Origin.PYTHON


class State(Struct):
    """What the names stand for."""

    scalars: dict[str, Value] = field(default_factory=dict)
    arrays: dict[str, Held] = field(default_factory=dict)


class _Left(Exception):  # noqa: N818  control flow, no error
    """An Exit on its way to its Block."""


class _Ended(Exception):  # noqa: N818
    """A Return was reached."""

    def __init__(self, at: Return) -> None:
        self.at = at


def interpret(function: Function, arguments: Mapping[str, Any] | Sequence[Any]) -> Outcome:
    """Executes the function; arguments by name or in the order of the parameters."""
    if not isinstance(arguments, Mapping):
        names = (param.name for param in function.params)
        arguments = dict(zip(names, arguments, strict=True))
    flags = 0

    def note(kind: str, _: int) -> None:
        nonlocal flags
        flags |= _FLAGS.get(kind, 0)

    state = State()
    try:
        with np.errstate(all="call", under="ignore", call=note):
            copies = _enter(function.params, arguments, state)
            ended = _run(function, state)
            value = _result(ended.result, state)
    except Failure as failure:
        return Failed(str(failure))
    for copy in copies:
        _write_back(copy)
    path = next(i for i, stmt in enumerate(returns(function)) if stmt is ended)
    return Returned(path, value, flags)


def _run(function: Function, state: State) -> Return:
    for require in function.requires:
        if not evaluate(require.condition, state):
            raise Failure(require.reason)
    try:
        _execute_all(function.body, state)
    except _Ended as ended:
        return ended.at
    raise InternalError(f"{function.name} ends without a Return")


# ---- entry and exit ---------------------------------------------------------------------------------------


def _enter(params: Sequence[Param], arguments: Mapping[str, Any], state: State) -> list[Held]:
    """Binds the parameters; gives the private copies of arrays."""
    for param in params:
        argument = arguments[param.name]
        if isinstance(param.type, Array):
            state.arrays[param.name] = _copy_of(param.name, param.type, argument)
        else:
            state.scalars[param.name] = _number(param.name, param.type, argument)
    return list(state.arrays.values())


def _copy_of(name: str, type: Array, argument: Any) -> Held:
    if isinstance(argument, list) is not type.boxed:
        raise TypeError(f"{name} is to be {'a list' if type.boxed else 'an array'}")
    data = np.array(argument, dtype=type.dtype.value if type.boxed else None, order="C")
    if data.dtype != np.dtype(type.dtype.value) or data.ndim != type.rank:
        raise TypeError(f"{name} is {data.dtype} of rank {data.ndim}, not {type}")
    if any(extent > ENTRY_LIMIT for extent in data.shape):
        raise Failure(f"{name} has more than 2**31 elements along an axis")
    return Held(data, type.boxed, argument)


def _number(name: str, type: Scalar, argument: Any) -> Value:
    dtype = type.dtype.value
    value: np.generic = np.dtype(dtype).type(argument)
    if type == PY_INT and abs(int(argument)) > ENTRY_LIMIT:
        raise Failure(f"{name} is not within 2**31")
    return ops.as_type(value, type)


def _write_back(copy: Held) -> None:
    if copy.boxed:
        _write_list(copy.original, copy.data)
    elif not _same_bytes(copy.data, copy.original):
        copy.original[...] = copy.data


def _write_list(original: list[Any], data: Any) -> None:
    """Sets the elements that changed, in the caller's own (inner) lists."""
    for position, new in enumerate(data):
        if isinstance(new, np.ndarray):
            _write_list(original[position], new)
        elif not _same_bytes(new, np.array(original[position], dtype=data.dtype)):
            original[position] = new.item()


def _same_bytes(a: Any, b: Any) -> bool:
    """Equal to the bit, so that a nan equals itself and 0.0 is not -0.0."""
    return bool(a.tobytes() == b.tobytes())


def _result(result: Result, state: State) -> Any:
    match result:
        case Nothing():
            return None
        case ScalarResult():
            if result.value.type.is_undecided:
                raise InternalError("the type of a result depends on the path")
            return evaluate(result.value, state)
        case ArrayResult():
            held = _held(result.array, state)
            return _fresh(held) if held.original is None else held.original
        case ViewResult():
            return _view(result, state)
        case TupleResult():
            items = [_result(item, state) for item in result.items]
            if result.maker == ZIPPED:
                return list(zip(*items))
            if result.maker == APART:
                return [item.copy() for item in items[0]]
            if result.maker is not None:
                return Made(result.maker, tuple(items))
            return items if result.is_list else tuple(items)
        case _:
            assert_never(result)


def _fresh(held: Held) -> Any:
    """A new array, or a new list."""
    if not held.boxed:
        return held.data
    return _numpy_items(held.data) if held.items is Origin.NUMPY else held.data.tolist()


def _numpy_items(data: Any) -> list[Any]:
    return list(data) if data.ndim == 1 else [_numpy_items(row) for row in data]


def _view(result: ViewResult, state: State) -> Any:
    held = _held(result.array, state)
    whole = held.data if held.original is None else held.original
    strides = [_int(stride, state) * whole.itemsize for stride in result.strides]
    shape = [_int(extent, state) for extent in result.shape]
    offset = _int(result.offset, state) * whole.itemsize
    found: Any = np.ndarray(shape, whole.dtype, whole, offset, strides)
    if result.part:
        found = getattr(found, result.part)
    found.flags.writeable = found.flags.writeable and not result.read_only
    return found


# ---- expressions ------------------------------------------------------------------------------------------


def evaluate(expr: Expr, state: State) -> Value:
    """The value of an expression; operands from left to right."""
    match expr:
        case Const():
            return ops.as_type(expr.value, expr.type)
        case Var():
            if expr.name not in state.scalars:
                raise InternalError(f"{expr.name} is read before it is set")
            return ops.as_type(state.scalars[expr.name], expr.type)
        case Dim():
            return int(_held(expr.array, state).data.shape[expr.axis])
        case Load():
            place = _place(expr.array, expr.subscripts, expr.checked, state)
            return ops.as_type(_held(expr.array, state).data[place], expr.type)
        case Unary():
            return ops.unary(expr, evaluate(expr.operand, state))
        case Binary():
            return ops.binary(expr, evaluate(expr.left, state), evaluate(expr.right, state))
        case Compare():
            return ops.compare(expr, evaluate(expr.left, state), evaluate(expr.right, state))
        case Select():
            chosen = expr.if_true if evaluate(expr.condition, state) else expr.if_false
            return ops.as_type(evaluate(chosen, state), expr.type)
        case Cast():
            return ops.cast(expr, evaluate(expr.operand, state))
        case Call():
            return ops.call(expr, [evaluate(arg, state) for arg in expr.args])
        case _:
            assert_never(expr)


def _int(expr: Expr, state: State) -> int:
    return int(ops.python_number(evaluate(expr, state)).real)


def _held(name: str, state: State) -> Held:
    if name not in state.arrays:
        raise InternalError(f"the array {name} is used before it is bound")
    return state.arrays[name]


def _place(array: str, subscripts: Sequence[Expr], checked: bool, state: State) -> tuple[int, ...]:
    """The element meant: a checked negative subscript counts from the end."""
    shape = _held(array, state).data.shape
    place = []
    for expr, extent in zip(subscripts, shape, strict=True):
        subscript = _int(expr, state)
        if checked and subscript < 0:
            subscript += extent
        if not 0 <= subscript < extent:
            _out_of_range(f"subscript {subscript} of {array} is not below {extent}", checked)
        place.append(subscript)
    return tuple(place)


def _out_of_range(text: str, checked: bool) -> None:
    if checked:
        raise Failure(text)
    raise InternalError(f"unchecked: {text}")


# ---- statements -------------------------------------------------------------------------------------------


def _execute_all(body: Sequence[Stmt], state: State) -> None:
    for stmt in body:
        _execute(stmt, state)


def _execute(stmt: Stmt, state: State) -> None:
    match stmt:
        case Assign():
            state.scalars[stmt.name] = evaluate(stmt.value, state)
        case Store():
            place = _place(stmt.array, stmt.subscripts, stmt.checked, state)
            value = ops.python_number(evaluate(stmt.value, state))
            _held(stmt.array, state).data[place] = value
        case Allocate():
            state.arrays[stmt.name] = _allocated(stmt, state)
        case Bind():
            held = [_held(source, state) for source in stmt.sources]
            state.arrays.update(zip(stmt.targets, held, strict=True))
        case For():
            _execute_for(stmt, state)
        case Loop():
            while True:
                _execute_all(stmt.body, state)
        case If():
            _execute_all(stmt.then if evaluate(stmt.condition, state) else stmt.otherwise, state)
        case Block():
            _execute_block(stmt, state)
        case Exit():
            raise _Left(stmt.label)
        case Check():
            if not evaluate(stmt.condition, state):
                raise Failure(stmt.reason)
        case LibraryCall():
            _execute_library(stmt, state)
        case Return():
            raise _Ended(stmt)
        case _:
            assert_never(stmt)


def _execute_for(stmt: For, state: State) -> None:
    for index in range(_int(stmt.start, state), _int(stmt.stop, state), stmt.step):
        state.scalars[stmt.index] = index
        _execute_all(stmt.body, state)


def _execute_block(stmt: Block, state: State) -> None:
    try:
        _execute_all(stmt.body, state)
    except _Left as left:
        if left.args != (stmt.label,):
            raise


def _allocated(stmt: Allocate, state: State) -> Held:
    shape = [_int(extent, state) for extent in stmt.shape]
    if any(extent < 0 for extent in shape):
        raise Failure("an array was to have a negative extent")
    try:
        data = np.empty(shape, stmt.type.dtype.value)
    except (MemoryError, ValueError) as error:
        raise Failure(str(error)) from error
    data.fill(_undefined(stmt.type.dtype) if stmt.fill is None else stmt.fill.value)
    return Held(data, stmt.type.boxed, items=stmt.type.items)


def _undefined(dtype: DType) -> Any:
    if dtype.is_integer:
        return int("5A" * (dtype.bits // 8), 16)
    return True if dtype is DType.BOOL else float("nan")


def _execute_library(stmt: LibraryCall, state: State) -> None:
    outputs = [_section(section, state) for section in stmt.outputs]
    inputs = [
        _section(given, state) if isinstance(given, Section) else evaluate(given, state)
        for given in stmt.inputs
    ]
    run_library(stmt, outputs, inputs)


def _section(section: Section, state: State) -> Any:
    starts = [_int(start, state) for start in section.starts]
    extents = [_int(extent, state) for extent in section.extents]
    return section_view(_held(section.array, state).data, section, starts, extents)
