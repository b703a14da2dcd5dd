"""What stands on the left is read before what stands on the right changes it, as Python does it.

a[0] + bump(a)          left = a[0]; a[0] = a[0] + 1.0; left + a[0]
"""

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from pyaot.frontend.context import Context
from pyaot.frontend.values import (
    ArrayValue,
    MethodValue,
    Number,
    RecordValue,
    SliceValue,
    TupleValue,
    Value,
)
from pyaot.frontend.variables import settle
from pyaot.ir.mentions import names_set
from pyaot.ir.nodes import Allocate, Dim, Expr, Load, Stmt, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import walk_expr, walk_stmts


def in_order(ctx: Context, parts: Sequence[Callable[[], Value]]) -> list[Value]:
    """The values of expressions that are evaluated from left to right."""
    values: list[Value] = []
    marks: list[int] = []
    for part in parts:
        values.append(part())
        marks.append(len(ctx.body))
    for n in reversed(range(len(values) - 1)):
        values[n] = as_it_was(ctx, values[n], marks[n])
    return values


def as_it_was(ctx: Context, value: Value, mark: int) -> Value:
    """The value as it was before the statements behind the mark."""
    later = ctx.body[mark:]
    changed = _changed(ctx, later)
    if not changed or changed.isdisjoint(_with_linked(ctx, set(_read_by(ctx, value)))):
        return value
    del ctx.body[mark:]
    kept = _kept(ctx, value)
    ctx.body.extend(later)
    return kept


def _changed(ctx: Context, later: Sequence[Stmt]) -> set[str]:
    """What the statements set that may have been there before them."""
    made = {stmt.name for stmt in walk_stmts(later) if isinstance(stmt, Allocate)}
    return _with_linked(ctx, set(names_set(later) - made - ctx.stable)) if later else set()


def _with_linked(ctx: Context, names: set[str]) -> set[str]:
    """With all names of arrays that may be the same memory."""
    return names if ctx.linked.isdisjoint(names) else names | ctx.linked


def _read_by(ctx: Context, value: Value) -> Iterator[str]:
    match value:
        case Number(expr):
            yield from _names_in(expr)
        case ArrayValue(shape=shape) if not value.is_view:
            with ctx.nested() as needed:
                element = value.element(tuple(Var(f"?{axis}", PY_INT) for axis in range(value.rank)))
            yield from _names_in(element)
            yield from (name for extent in shape for name in _names_in(extent))
            yield from names_set(needed)
        case TupleValue(items):
            yield from (name for item in items for name in _read_by(ctx, item))
        case RecordValue(fields=fields):
            yield from (name for item in fields.values() for name in _read_by(ctx, item))
        case MethodValue(receiver):
            yield from _read_by(ctx, receiver)
        case SliceValue(start, stop, step):
            yield from (
                n for bound in (start, stop, step) if bound is not None for n in _names_in(bound.expr)
            )


def _names_in(expr: Expr) -> Iterator[str]:
    for part in walk_expr(expr):
        match part:
            case Load(array=name) | Dim(array=name) | Var(name=name):
                yield name


def _kept(ctx: Context, value: Value) -> Value:
    match value:
        case MethodValue(receiver):
            return replace(value, receiver=_kept(ctx, receiver))
        case SliceValue(start, stop, step):
            kept = [None if bound is None else settle(ctx, bound) for bound in (start, stop, step)]
            assert all(bound is None or isinstance(bound, Number) for bound in kept)
            return SliceValue(*kept)  # type: ignore[arg-type]
    return settle(ctx, value)
