"""The one place that lists the children of every node; passes are written with these functions.

    sub_expressions(a[i] + x)          a[i], x
    walk_expr(a[i] + x)                a[i] + x, a[i], i, x
    expressions_of(a[i] = x)           i, x            (not those of nested statements)
    walk_stmts(for ...: s; t)          for, s, t

"Bottom-up" means that the children of a node are rebuilt before the function sees the node itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter, is_
from typing import Any, TypeAlias, assert_never, overload

from msgspec.structs import replace

from pyaot.ir.nodes import (
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
from pyaot.ir.types import Array

Body: TypeAlias = tuple[Stmt, ...]

# ---- reading ----------------------------------------------------------------------------------------------


# Tables, not matches: passes ask this of every node, and a match asks it for one class after the other.
_OPERANDS: Mapping[type, Callable[[Any], tuple[Expr, ...]]] = {
    **dict.fromkeys((Const, Var, Dim), lambda expr: ()),
    Load: attrgetter("subscripts"),
    **dict.fromkeys((Unary, Cast), lambda expr: (expr.operand,)),
    **dict.fromkeys((Binary, Compare), attrgetter("left", "right")),
    Select: attrgetter("condition", "if_true", "if_false"),
    Call: attrgetter("args"),
}
_BODIES: Mapping[type, Callable[[Any], tuple[Body, ...]]] = {
    **dict.fromkeys((For, Loop, Block), lambda stmt: (stmt.body,)),
    If: attrgetter("then", "otherwise"),
    **dict.fromkeys((Assign, Store, Allocate, Bind, Exit, Check, LibraryCall, Return), lambda stmt: ()),
}


def sub_expressions(expr: Expr) -> tuple[Expr, ...]:
    """The direct operands of an expression, in order of evaluation."""
    return _OPERANDS[type(expr)](expr)


def expressions_of(stmt: Stmt) -> tuple[Expr, ...]:
    """The direct expressions of a statement, not those of the statements inside it."""
    match stmt:
        case Assign():
            return (stmt.value,)
        case Store():
            return (*stmt.subscripts, stmt.value)
        case Allocate():
            return stmt.shape if stmt.fill is None else (*stmt.shape, stmt.fill)
        case For():
            estimates = (stmt.marks.work, stmt.marks.time)
            return (stmt.start, stmt.stop, *(estimate for estimate in estimates if estimate is not None))
        case If() | Check():
            return (stmt.condition,)
        case LibraryCall():
            operands = (*stmt.outputs, *stmt.inputs)
            return tuple(expr for operand in operands for expr in _operand_expressions(operand))
        case Return():
            return result_expressions(stmt.result)
        case Bind() | Loop() | Block() | Exit():
            return ()
        case _:
            assert_never(stmt)


def _operand_expressions(operand: Section | Expr) -> tuple[Expr, ...]:
    return (*operand.starts, *operand.extents) if isinstance(operand, Section) else (operand,)


def result_expressions(result: Result) -> tuple[Expr, ...]:
    """The expressions of a result, from left to right."""
    match result:
        case Nothing() | ArrayResult():
            return ()
        case ScalarResult():
            return (result.value,)
        case ViewResult():
            return (result.offset, *result.shape, *result.strides)
        case TupleResult():
            return tuple(expr for item in result.items for expr in result_expressions(item))
        case _:
            assert_never(result)


def result_arrays(result: Result) -> tuple[str, ...]:
    """The arrays that a result gives to the caller, from left to right."""
    match result:
        case Nothing() | ScalarResult():
            return ()
        case ArrayResult() | ViewResult():
            return (result.array,)
        case TupleResult():
            return tuple(name for item in result.items for name in result_arrays(item))
        case _:
            assert_never(result)


def makers_of(result: Result) -> tuple[Maker, ...]:
    """The classes of which a result makes objects."""
    match result:
        case TupleResult(items, maker=maker):
            inner = tuple(found for item in items for found in makers_of(item))
            return inner if maker is None else (maker, *inner)
        case _:
            return ()


def viewed_arrays(result: Result) -> tuple[str, ...]:
    """The arrays of which a result gives a part, or another order, to the caller."""
    match result:
        case ViewResult():
            return (result.array,)
        case TupleResult():
            return tuple(name for item in result.items for name in viewed_arrays(item))
        case _:
            return ()


def bodies_of(stmt: Stmt) -> tuple[Body, ...]:
    """The bodies nested directly in a statement."""
    return _BODIES[type(stmt)](stmt)


def walk_expr(expr: Expr) -> Iterator[Expr]:
    """The expression and everything in it, parents first."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        yield node
        if operands := _OPERANDS[type(node)](node):
            waiting.extend(operands[::-1])


def walk_stmts(body: Iterable[Stmt]) -> Iterator[Stmt]:
    """The statements and all that are nested in them, in the order of the text."""
    waiting = [*body][::-1]
    while waiting:
        stmt = waiting.pop()
        yield stmt
        for inner in _BODIES[type(stmt)](stmt)[::-1]:
            waiting.extend(inner[::-1])


def walk_exprs(body: Iterable[Stmt]) -> Iterator[Expr]:
    """Every expression of every statement, nested ones too."""
    for stmt in walk_stmts(body):
        for expr in expressions_of(stmt):
            yield from walk_expr(expr)


def returns(function: Function) -> tuple[Return, ...]:
    """The Returns in the order of the text; the position of one is its path index."""
    return tuple(stmt for stmt in walk_stmts(function.body) if isinstance(stmt, Return))


def arrays_read(body: Iterable[Stmt]) -> frozenset[str]:
    """Names through which elements are read, by Load, by a library or by the caller that gets them back."""
    body = tuple(body)
    names = {expr.array for expr in walk_exprs(body) if isinstance(expr, Load)}
    for stmt in walk_stmts(body):
        if isinstance(stmt, LibraryCall):
            names |= {operand.array for operand in stmt.inputs if isinstance(operand, Section)}
        elif isinstance(stmt, Return):
            names |= set(result_arrays(stmt.result))
    return frozenset(names)


def arrays_written(body: Iterable[Stmt]) -> frozenset[str]:
    """Names through which elements are written by Store or by a library (an Allocate is no write)."""
    names: set[str] = set()
    for stmt in walk_stmts(body):
        if isinstance(stmt, Store):
            names.add(stmt.array)
        elif isinstance(stmt, LibraryCall):
            names |= {section.array for section in stmt.outputs}
    return frozenset(names)


def array_types(function: Function) -> dict[str, Array]:
    """Of parameters and allocated arrays; a name that is only bound has the type of what it is bound to."""
    known: dict[str, Array] = {p.name: p.type for p in function.params if isinstance(p.type, Array)}
    for stmt in walk_stmts(function.body):
        if isinstance(stmt, Allocate):
            known.setdefault(stmt.name, stmt.type)
    bound = [stmt for stmt in walk_stmts(function.body) if isinstance(stmt, Bind)]
    binds = [pair for stmt in bound for pair in zip(stmt.targets, stmt.sources, strict=True)]
    for _ in binds:
        for target, source in binds:
            if source in known:
                known.setdefault(target, known[source])
    return known


def scalars_assigned(body: Iterable[Stmt]) -> frozenset[str]:
    """Scalar variables that Assign sets (indices of For are not among them)."""
    return frozenset(stmt.name for stmt in walk_stmts(body) if isinstance(stmt, Assign))


def scalars_read(body: Iterable[Stmt]) -> frozenset[str]:
    """Scalar variables, loop indices and scalar parameters that an expression reads."""
    return frozenset(expr.name for expr in walk_exprs(body) if isinstance(expr, Var))


def bound_together(body: Iterable[Stmt]) -> dict[str, frozenset[str]]:
    """For every name of a Bind all the names that may come to stand for the same array; others are alone."""
    groups: dict[str, frozenset[str]] = {}
    for stmt in walk_stmts(body):
        if isinstance(stmt, Bind):
            for pair in zip(stmt.targets, stmt.sources, strict=True):
                merged = frozenset().union(*(groups.get(name, frozenset({name})) for name in pair))
                groups.update(dict.fromkeys(merged, merged))
    return groups


def with_others(names: Iterable[str], groups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The names, and all that by these groups may stand for the same arrays."""
    return frozenset(other for name in names for other in (name, *groups.get(name, ())))


# ---- rebuilding -------------------------------------------------------------------------------------------


def map_expr(f: Callable[[Expr], Expr], expr: Expr) -> Expr:
    """The expression with `f` applied to every node, bottom-up."""
    return f(map_sub_expressions(lambda child: map_expr(f, child), expr))


def map_sub_expressions(f: Callable[[Expr], Expr], expr: Expr) -> Expr:
    """The expression with `f` applied to its direct operands only; itself where none changed."""
    before = sub_expressions(expr)
    after = tuple(map(f, before))
    return expr if all(map(is_, before, after)) else _with_operands(expr, after)


def _with_operands(expr: Expr, operands: tuple[Expr, ...]) -> Expr:
    match expr:
        case Const() | Var() | Dim():
            return expr
        case Load():
            return Load(expr.array, operands, expr.type, expr.checked)
        case Unary():
            (operand,) = operands
            return Unary(expr.op, operand, expr.type)
        case Cast():
            (operand,) = operands
            return Cast(operand, expr.type)
        case Binary():
            left, right = operands
            return Binary(expr.op, left, right, expr.type, expr.checked)
        case Compare():
            left, right = operands
            return Compare(expr.op, left, right, expr.type)
        case Select():
            condition, if_true, if_false = operands
            return Select(condition, if_true, if_false, expr.type)
        case Call():
            return Call(expr.function, operands, expr.type)
        case _:
            assert_never(expr)


def map_stmt_exprs(f: Callable[[Expr], Expr], stmt: Stmt) -> Stmt:
    """The statement with `f` applied bottom-up to all its direct expressions; nested bodies stay."""

    def g(expr: Expr) -> Expr:
        return map_expr(f, expr)

    match stmt:
        case Assign():
            return replace(stmt, value=g(stmt.value))
        case Store():
            return replace(stmt, subscripts=tuple(map(g, stmt.subscripts)), value=g(stmt.value))
        case Allocate():
            return _map_allocate(g, stmt)
        case For():
            work, time = (None if e is None else g(e) for e in (stmt.marks.work, stmt.marks.time))
            marks = replace(stmt.marks, work=work, time=time)
            return replace(stmt, start=g(stmt.start), stop=g(stmt.stop), marks=marks)
        case If() | Check():
            return replace(stmt, condition=g(stmt.condition))
        case LibraryCall():
            outputs = tuple(_map_section(g, section) for section in stmt.outputs)
            inputs = tuple(_map_section(g, i) if isinstance(i, Section) else g(i) for i in stmt.inputs)
            return replace(stmt, outputs=outputs, inputs=inputs)
        case Return():
            return replace(stmt, result=_map_result(g, stmt.result))
        case Bind() | Loop() | Block() | Exit():
            return stmt
        case _:
            assert_never(stmt)


def _map_allocate(g: Callable[[Expr], Expr], stmt: Allocate) -> Allocate:
    fill = None if stmt.fill is None else g(stmt.fill)
    if not isinstance(fill, Const | None):
        raise TypeError("the fill of an Allocate must stay a Const")
    return replace(stmt, shape=tuple(map(g, stmt.shape)), fill=fill)


def _map_section(g: Callable[[Expr], Expr], section: Section) -> Section:
    return replace(section, starts=tuple(map(g, section.starts)), extents=tuple(map(g, section.extents)))


def _map_result(g: Callable[[Expr], Expr], result: Result) -> Result:
    match result:
        case Nothing() | ArrayResult():
            return result
        case ScalarResult():
            return replace(result, value=g(result.value))
        case ViewResult():
            shape, strides = tuple(map(g, result.shape)), tuple(map(g, result.strides))
            return replace(result, offset=g(result.offset), shape=shape, strides=strides)
        case TupleResult():
            return replace(result, items=tuple(_map_result(g, item) for item in result.items))
        case _:
            assert_never(result)


def map_bodies(f: Callable[[Body], Body], stmt: Stmt) -> Stmt:
    """The statement with `f` applied to each body nested directly in it."""
    match stmt:
        case For() | Loop() | Block():
            return replace(stmt, body=f(stmt.body))
        case If():
            return replace(stmt, then=f(stmt.then), otherwise=f(stmt.otherwise))
        case Assign() | Store() | Allocate() | Bind() | Exit() | Check() | LibraryCall() | Return():
            return stmt
        case _:
            assert_never(stmt)


def transform_body(f: Callable[[Stmt], Body], body: Iterable[Stmt]) -> Body:
    """The body with every statement, nested ones first, replaced by the statements that `f` gives for it."""
    return tuple(new for stmt in body for new in f(map_bodies(lambda inner: transform_body(f, inner), stmt)))


def map_exprs(f: Callable[[Expr], Expr], body: Iterable[Stmt]) -> Body:
    """The body with `f` applied bottom-up to every expression, of nested statements too."""
    return transform_body(lambda stmt: (map_stmt_exprs(f, stmt),), body)


@overload
def substitute(where: Expr, values: Mapping[str, Expr]) -> Expr: ...
@overload
def substitute(where: Body, values: Mapping[str, Expr]) -> Body: ...
def substitute(where: Expr | Body, values: Mapping[str, Expr]) -> Expr | Body:
    """Every read of a scalar named in `values` becomes that expression; names that are set stay."""

    def value_of(expr: Expr) -> Expr:
        return values.get(expr.name, expr) if isinstance(expr, Var) else expr

    return map_exprs(value_of, where) if isinstance(where, tuple) else map_expr(value_of, where)


@overload
def rename_arrays(where: Expr, names: Mapping[str, str]) -> Expr: ...
@overload
def rename_arrays(where: Body, names: Mapping[str, str]) -> Body: ...
def rename_arrays(where: Expr | Body, names: Mapping[str, str]) -> Expr | Body:
    """Every array named in `names` gets that name, where it is read, written, bound, measured or returned."""

    def renamed(expr: Expr) -> Expr:
        if isinstance(expr, Load | Dim):
            return replace(expr, array=names.get(expr.array, expr.array))
        return expr

    if not isinstance(where, tuple):
        return map_expr(renamed, where)
    return transform_body(lambda stmt: (_rename_stmt(names, map_stmt_exprs(renamed, stmt)),), where)


def _rename_stmt(names: Mapping[str, str], stmt: Stmt) -> Stmt:
    def new(name: str) -> str:
        return names.get(name, name)

    match stmt:
        case Store():
            return replace(stmt, array=new(stmt.array))
        case Allocate():
            return replace(stmt, name=new(stmt.name))
        case Bind():
            return replace(stmt, targets=tuple(map(new, stmt.targets)), sources=tuple(map(new, stmt.sources)))
        case For():
            reductions = tuple(replace(r, name=new(r.name)) for r in stmt.marks.reductions)
            return replace(stmt, marks=replace(stmt.marks, reductions=reductions))
        case LibraryCall():
            outputs = tuple(replace(s, array=new(s.array)) for s in stmt.outputs)
            inputs = tuple(
                replace(i, array=new(i.array)) if isinstance(i, Section) else i for i in stmt.inputs
            )
            return replace(stmt, outputs=outputs, inputs=inputs)
        case Return():
            return replace(stmt, result=_rename_result(names, stmt.result))
        case Assign() | Loop() | If() | Block() | Exit() | Check():
            return stmt
        case _:
            assert_never(stmt)


def _rename_result(names: Mapping[str, str], result: Result) -> Result:
    match result:
        case ArrayResult() | ViewResult():
            return replace(result, array=names.get(result.array, result.array))
        case TupleResult():
            return replace(result, items=tuple(_rename_result(names, item) for item in result.items))
        case Nothing() | ScalarResult():
            return result
        case _:
            assert_never(result)
