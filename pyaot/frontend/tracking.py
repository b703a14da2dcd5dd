"""What is known at run time only, in flags beside the variables: bound or not, Python's number or NumPy's.

s = 0                           s_kind = INT
for x in a: s = s + x           s_kind = NUMPY;  s = s + x
if c: g = 1.5                   g_bound = True
return s + g                    check g_bound
"""

from collections.abc import Iterable

from pyaot.frontend.arithmetic import integer
from pyaot.frontend.arrays import OVERLAPS
from pyaot.frontend.context import Context
from pyaot.frontend.origins import kind_code
from pyaot.ir.nodes import Assign, Const, Stmt
from pyaot.ir.types import PY_BOOL, Scalar
from pyaot.ir.walk import transform_body

_KIND, _BOUND = "kind", "bound"


def start_tracking(ctx: Context) -> None:
    """Names the flags of what is tracked."""
    for key in sorted(ctx.tracked - {OVERLAPS}):
        kind, _, variable = key.partition(":")
        ctx.flags[key] = ctx.fresh(f"{variable}_{kind}")


def with_flags(ctx: Context) -> tuple[Stmt, ...]:
    """The lowered body with the flags set at its start and at every assignment."""
    body = transform_body(lambda stmt: _noted(ctx, stmt), ctx.body)
    return (*_starts(ctx), *body)


def _starts(ctx: Context) -> Iterable[Stmt]:
    """Nothing is bound yet; every number is Python's int."""
    for key, flag in ctx.flags.items():
        is_bound = key.startswith(_BOUND)
        yield Assign(flag, Const(False, PY_BOOL) if is_bound else integer(0), ctx.span)
        if is_bound:
            yield from _unset(ctx, key.partition(":")[2])


def _unset(ctx: Context, name: str) -> Iterable[Stmt]:
    """The variables of a name that is not bound hold anything: what reads them looks at the flag first."""
    for (prefix, own, type_), variable in ctx.variables.items():
        if prefix + own == name and variable not in ctx.parameters:
            yield Assign(variable, _anything(type_), ctx.span)


def _anything(type_: Scalar) -> Const:
    values: dict[str, bool | int | float | complex] = {"b": False, "i": 0, "u": 0, "f": 0.0, "c": 0j}
    return Const(values[type_.dtype.kind], type_)


def _noted(ctx: Context, stmt: Stmt) -> tuple[Stmt, ...]:
    """The kind is found from what the variables held before the assignment."""
    if isinstance(stmt, Assign) and (flag := ctx.flags.get(f"{_KIND}:{stmt.name}")) is not None:
        return Assign(flag, kind_code(ctx, stmt.value), stmt.span), stmt
    return (stmt,)
