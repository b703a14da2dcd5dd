"""Rows that one turn of a nest makes and uses become scalars, so that a sum and its element are in one loop.

    for i in range(n):                          for i in range(n):
        p = empty(n - i)                            for j in range(n - i):
        for j in range(n - i):                          s = 0.0
            p[j] = 0.0                                  for k in range(i):
        for k in range(i):                                  s = s + a[i, k] * a[k, i + j]
            for j in range(n - i):                      a[i, i + j] = a[i, i + j] - s
                p[j] = p[j] + a[i, k] * a[k, i + j]
        for j in range(n - i):
            a[i, i + j] = a[i, i + j] - p[j]

Array expressions such as `a[i, i:] -= a[i, :i] @ a[:i, i:]` have that form. As loops they are slower so, but
it is what `blocks.py` makes tiles of.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import cast
from pyaot.ir.nodes import Allocate, Assign, Expr, For, Load, Stmt, Store, Var
from pyaot.ir.walk import (
    Body,
    arrays_written,
    map_exprs,
    map_stmt_exprs,
    scalars_assigned,
    transform_body,
    walk_exprs,
    walk_stmts,
)
from pyaot.poly.contract import contracted
from pyaot.poly.fusion import fuse
from pyaot.poly.regions import Region
from pyaot.poly.scalars import Names, scalars_in


def with_rows_in_scalars(root: For, region: Region, taken: set[str]) -> For | None:
    """The nest without arrays of its own; None where it keeps some."""
    made = {stmt.name for stmt in walk_stmts((root,)) if isinstance(stmt, Allocate)}
    if not made:
        return None
    inner = _alone(root, _sums_innermost((root,), made), region)
    body, _ = fuse(inner, strict=False)
    smaller = contracted(body, region.known.names)
    if len(smaller) != 1 or any(isinstance(stmt, Allocate) for stmt in walk_stmts(smaller)):
        return None
    (nest,) = _with_names(smaller, made, taken)
    if not isinstance(nest, For):
        return None
    used = Counter(expr.name for expr in walk_exprs((nest,)) if isinstance(expr, Var))
    set_in = Counter(stmt.name for stmt in walk_stmts((nest,)) if isinstance(stmt, Assign))
    single = frozenset(name for name in set_in if set_in[name] == used[name] == 1) - inner.live_out
    return replace(nest, body=_with_values_in_place(nest.body, single))


def _alone(root: For, body: Body, region: Region) -> Region:
    """The region of the nest by itself."""
    live = region.flow.live_after_each(region.body, region.live_out, {})
    needed = next(names for stmt, names in zip(region.body, live, strict=True) if stmt is root)
    return replace(region, body=body, known=region.known_before(root), live_out=needed)


def _with_names(body: Body, made: set[str], taken: set[str]) -> Body:
    """The scalars that were arrays get names of their own: elsewhere the arrays are still there."""
    names: dict[str, str] = {}
    for array in sorted(made):
        names[array] = fresh(f"{array}_element", taken)
        taken.add(names[array])

    def renamed(expr: Expr) -> Expr:
        return replace(expr, name=names[expr.name]) if isinstance(expr, Var) and expr.name in names else expr

    def change(stmt: Stmt) -> Body:
        is_one = isinstance(stmt, Assign) and stmt.name in names
        return (replace(stmt, name=names[stmt.name]) if is_one else stmt,)  # type: ignore

    return transform_body(change, map_exprs(renamed, body))


# ---- values where they are used ---------------------------------------------------------------------------


def _with_values_in_place(body: Body, single: Names) -> Body:
    """Scalars that are used once, in the statements that follow, are computed there."""
    done: list[Stmt] = []
    for stmt in body:
        if isinstance(stmt, For):
            done.append(replace(stmt, body=_with_values_in_place(stmt.body, single)))
        else:
            done.append(stmt)
    place = 0
    while place < len(done):
        stmt = done[place]  # as it is now: a value may have been put into it
        is_single = isinstance(stmt, Assign) and stmt.name in single
        user = _user(stmt, done[place + 1 :]) if is_single else None  # type: ignore[arg-type]
        if user is None:
            place += 1
        else:
            done[place + 1 + user] = _with_value(done[place + 1 + user], stmt)  # type: ignore[arg-type]
            del done[place]
    return tuple(done)


def _user(stmt: Assign, behind: Sequence[Stmt]) -> int | None:
    """Which of the statements behind uses the scalar, if what it is made of stays the same until there."""
    arrays = {expr.array for expr in walk_exprs((stmt,)) if isinstance(expr, Load)}
    scalars = scalars_in(stmt.value)
    for number, other in enumerate(behind):
        if isinstance(other, Assign | Store) and any(
            isinstance(expr, Var) and expr.name == stmt.name for expr in walk_exprs((other,))
        ):
            return number
        if arrays & arrays_written((other,)) or scalars & scalars_assigned((other,)):
            return None
    return None


def _with_value(user: Stmt, definition: Assign) -> Stmt:
    def value(expr: Expr) -> Expr:
        is_it = isinstance(expr, Var) and expr.name == definition.name
        return cast(definition.value, expr.type) if is_it else expr

    return map_stmt_exprs(value, user)


# ---- sums -------------------------------------------------------------------------------------------------


def _sums_innermost(body: Body, made: set[str]) -> Body:
    """Loops over the elements of such a row go outside of those over what is summed."""

    def turned(stmt: Stmt) -> Body:
        if not isinstance(stmt, For) or len(stmt.body) != 1 or not isinstance(stmt.body[0], For):
            return (stmt,)
        inner = stmt.body[0]
        if not _adds_to_row(stmt, inner, made):
            return (stmt,)
        return (replace(inner, body=(replace(stmt, body=inner.body),)),)

    return transform_body(turned, body)


def _adds_to_row(outer: For, inner: For, made: set[str]) -> bool:
    match inner.body:
        case (Store(array, (Var(index),)) as store,) if array in made and index == inner.index:
            loads = [e for e in walk_exprs((store,)) if isinstance(e, Load) and e.array == array]
        case _:
            return False
    if any(load.subscripts != store.subscripts for load in loads):
        return False
    bounds = scalars_in(inner.start, inner.stop) | scalars_in(outer.start, outer.stop)
    return not bounds & {outer.index, inner.index}
