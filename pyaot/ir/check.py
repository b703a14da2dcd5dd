"""Whether a function of the IR keeps the rules of the IR; every pass is tested with this.

A scalar has one type everywhere and is set before it is read on every path that the structure of the code
allows (a For may run its body not at all). An array name has one type and is bound before it is used. An
index of a loop is set by nothing else and read only inside (two loops that are not nested may share one).
Labels are unique and an Exit stands in its Block. Every path ends in a Return.
"""

from collections.abc import Sequence
from typing import TypeAlias, TypeVar, assert_never

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.check_types import IRError, Names, check_expr, require_dtype
from pyaot.ir.functions import LIBRARY
from pyaot.ir.nodes import (
    Allocate,
    ArrayResult,
    Assign,
    Bind,
    Block,
    Check,
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
    Nothing,
    Result,
    Return,
    ScalarResult,
    Section,
    Stmt,
    Store,
    TupleResult,
    Var,
    ViewResult,
)
from pyaot.ir.show import show_body
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.ir.walk import (
    expressions_of,
    result_arrays,
    result_expressions,
    walk_expr,
    walk_exprs,
    walk_stmts,
)

Type = TypeVar("Type", Scalar, Array)

# The names that are certainly set and bound; None where control cannot come.
Defined: TypeAlias = frozenset[str] | None


class Scope(Struct, frozen=True):
    """What is known at a statement: all names, and the labels and loop indices around it."""

    names: Names
    labels: tuple[str, ...] = ()
    indices: tuple[str, ...] = ()


def check(function: Function) -> None:
    """Raises IRError where the function breaks a rule."""
    try:
        names = _names_of(function)
        _check_labels(function)
        _check_requires(function, names)
        params = frozenset(param.name for param in function.params)
        end = _body(function.body, params, Scope(names), {})
    except IRError as error:
        raise IRError(f"{function.name}: {error}") from error
    if end is not None:
        raise IRError(f"{function.name}: a path ends without a Return")


# ---- names ------------------------------------------------------------------------------------------------


def _names_of(function: Function) -> Names:
    scalars: dict[str, Scalar] = {}
    arrays: dict[str, Array] = {}
    for param in function.params:
        if param.name in scalars or param.name in arrays:
            raise IRError(f"two parameters {param.name}")
        if isinstance(param.type, Array):
            arrays[param.name] = param.type
        else:
            scalars[param.name] = param.type
    _declare_arrays(function, arrays)
    _declare_scalars(function, scalars)
    both = scalars.keys() & arrays.keys()
    if both:
        raise IRError(f"both a scalar and an array: {', '.join(sorted(both))}")
    return Names(scalars, arrays)


def _declare_arrays(function: Function, arrays: dict[str, Array]) -> None:
    params = frozenset(arrays)
    for stmt in walk_stmts(function.body):
        if isinstance(stmt, Allocate):
            if stmt.name in params:
                raise IRError(f"the parameter {stmt.name} is allocated")
            _declare(arrays, stmt.name, stmt.type)
        elif isinstance(stmt, Bind):
            for target, source in zip(stmt.targets, stmt.sources, strict=True):
                if source not in arrays:
                    raise IRError(f"the array {source} is bound nowhere before: {show_body((stmt,))}")
                _declare(arrays, target, arrays[source])


def _declare_scalars(function: Function, scalars: dict[str, Scalar]) -> None:
    """The type of a variable is that of its reads; one that is never read has that of its first value."""
    set_once = {stmt.index for stmt in walk_stmts(function.body) if isinstance(stmt, For)}
    for index in set_once:
        if index in scalars:
            raise IRError(f"{index} is a parameter and a loop index")
        scalars[index] = PY_INT
    for expr in walk_exprs(function.body):
        if isinstance(expr, Var):
            _declare(scalars, expr.name, expr.type)
    for stmt in walk_stmts(function.body):
        if isinstance(stmt, Assign):
            if stmt.name in set_once:
                raise IRError(f"the loop index {stmt.name} is assigned")
            scalars.setdefault(stmt.name, stmt.value.type)


def _declare(known: dict[str, Type], name: str, type: Type) -> None:
    if known.setdefault(name, type) != type:
        raise IRError(f"{name} is {known[name]} and {type}")


def _check_labels(function: Function) -> None:
    labels = [stmt.label for stmt in walk_stmts(function.body) if isinstance(stmt, Block)]
    for label in set(labels):
        if labels.count(label) > 1:
            raise IRError(f"two blocks {label}")


def _check_requires(function: Function, names: Names) -> None:
    params = frozenset(param.name for param in function.params)
    for require in function.requires:
        require_dtype(require.condition, DType.BOOL, "a condition")
        _check_read(require.condition, params, Scope(names))


# ---- statements in order, with the names that are defined at each -----------------------------------------


def _body(body: Sequence[Stmt], defined: Defined, scope: Scope, left: dict[str, Defined]) -> Defined:
    """The names defined after the body; `left` gathers those at the Exits of each label."""
    for stmt in body:
        # Statements that control cannot reach are checked as if all names were defined.
        here = _everything(scope) if defined is None else defined
        try:
            _check_types(stmt, here, scope)
        except IRError as error:
            raise IRError(f"{error}\n  in: {show_body((stmt,)).splitlines()[0]}") from error
        after = _after(stmt, here, scope, left)
        defined = None if defined is None else after
    return defined


def _everything(scope: Scope) -> frozenset[str]:
    return frozenset(scope.names.scalars) | frozenset(scope.names.arrays)


def _after(stmt: Stmt, defined: frozenset[str], scope: Scope, left: dict[str, Defined]) -> Defined:
    match stmt:
        case Assign() | Allocate():
            return defined | {stmt.name}
        case Bind():
            return defined | set(stmt.targets)
        case For():
            inside = replace(scope, indices=(*scope.indices, stmt.index))
            _body(stmt.body, defined | {stmt.index}, inside, left)
            return defined
        case Loop():
            _body(stmt.body, defined, scope, left)
            return None
        case If():
            then = _body(stmt.then, defined, scope, left)
            return _common(then, _body(stmt.otherwise, defined, scope, left))
        case Block():
            inside = replace(scope, labels=(*scope.labels, stmt.label))
            end = _body(stmt.body, defined, inside, left)
            return _common(end, left.get(stmt.label))
        case Exit():
            left[stmt.label] = _common(left.get(stmt.label), defined)
            return None
        case Return():
            return None
        case Check(Const(False)):
            return None
        case Store() | Check() | LibraryCall():
            return defined
        case _:
            assert_never(stmt)


def _common(one: Defined, other: Defined) -> Defined:
    if one is None or other is None:
        return one if other is None else other
    return one & other


# ---- one statement ----------------------------------------------------------------------------------------


def _check_types(stmt: Stmt, defined: frozenset[str], scope: Scope) -> None:
    for expr in expressions_of(stmt):
        _check_read(expr, defined, scope)
    match stmt:
        case Assign():
            require_dtype(stmt.value, scope.names.scalars[stmt.name].dtype, stmt.name)
        case Store():
            _check_store(stmt, defined, scope)
        case Allocate():
            _check_allocate(stmt)
        case Bind():
            for source in stmt.sources:
                _array(source, defined, scope)
        case For():
            _check_for(stmt, scope)
        case If() | Check():
            require_dtype(stmt.condition, DType.BOOL, "a condition")
        case LibraryCall():
            _check_library(stmt, defined, scope)
        case Return():
            _check_result(stmt.result, defined, scope)
        case Exit():
            if stmt.label not in scope.labels:
                raise IRError(f"no block {stmt.label} around its exit")
        case Loop() | Block():
            return
        case _:
            assert_never(stmt)


def _check_read(expr: Expr, defined: frozenset[str], scope: Scope) -> None:
    check_expr(expr, scope.names)
    for node in walk_expr(expr):
        name = node.name if isinstance(node, Var) else node.array if isinstance(node, Load | Dim) else None
        if name is not None and name not in defined:
            raise IRError(f"{name} is read where it may be unset")


def _array(name: str, defined: frozenset[str], scope: Scope) -> Array:
    if name not in scope.names.arrays or name not in defined:
        raise IRError(f"the array {name} is used where it may be unbound")
    return scope.names.arrays[name]


def _check_store(stmt: Store, defined: frozenset[str], scope: Scope) -> None:
    array = _array(stmt.array, defined, scope)
    if len(stmt.subscripts) != array.rank:
        raise IRError(f"{len(stmt.subscripts)} subscripts, but rank {array.rank}")
    _check_ints(stmt.subscripts, "a subscript")
    require_dtype(stmt.value, array.dtype, "the value stored")


def _check_ints(exprs: Sequence[Expr], what: str) -> None:
    for expr in exprs:
        require_dtype(expr, DType.INT64, what)


def _check_allocate(stmt: Allocate) -> None:
    if len(stmt.shape) != stmt.type.rank:
        raise IRError(f"{len(stmt.shape)} extents, but rank {stmt.type.rank}")
    _check_ints(stmt.shape, "an extent")
    if stmt.fill is not None:
        require_dtype(stmt.fill, stmt.type.dtype, "the fill")


def _check_for(stmt: For, scope: Scope) -> None:
    if stmt.step < 1:
        raise IRError(f"a loop's step is {stmt.step}")
    if stmt.index in scope.indices:
        raise IRError(f"{stmt.index} is the index of a loop around this one")
    _check_ints((stmt.start, stmt.stop), "a loop's bound")
    for reduction in stmt.marks.reductions:
        if reduction.name not in _everything(scope):
            raise IRError(f"a reduction of the unknown {reduction.name}")


def _check_library(stmt: LibraryCall, defined: frozenset[str], scope: Scope) -> None:
    known = LIBRARY.get(stmt.function)
    if known is None:
        raise IRError(f"no library function {stmt.function}")
    counts = range(known.inputs, known.inputs + known.extra + 1)
    if (known.inputs != -1 and len(stmt.inputs) not in counts) or not 1 <= len(stmt.outputs) <= known.outputs:
        raise IRError(f"{stmt.function} takes {known.inputs} and gives {known.outputs}")
    for option, _ in stmt.options:
        if option not in known.options:
            raise IRError(f"{stmt.function} has no option {option}")
    for operand in (*stmt.outputs, *stmt.inputs):
        if isinstance(operand, Section):
            _check_section(operand, _array(operand.array, defined, scope))


def _check_section(section: Section, array: Array) -> None:
    axes = section.axes
    if len(section.starts) != array.rank or len(section.extents) != len(axes):
        raise IRError(f"a section of {section.array} does not have its rank {array.rank}")
    if len(set(axes)) != len(axes) or not set(axes) <= set(range(array.rank)):
        raise IRError(f"a section of {section.array} has no axes {axes}")
    _check_ints((*section.starts, *section.extents), "a bound of a section")


def _check_result(result: Result, defined: frozenset[str], scope: Scope) -> None:
    for name in result_arrays(result):
        _array(name, defined, scope)
    match result:
        case Nothing() | ArrayResult():
            return
        case ScalarResult():
            if result.value.type.is_undecided:
                raise IRError("the type of a result depends on the path")
        case ViewResult():
            _check_ints(result_expressions(result), "a bound of a view")
        case TupleResult():
            for item in result.items:
                _check_result(item, defined, scope)
        case _:
            assert_never(result)
