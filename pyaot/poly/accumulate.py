"""A loop that updates one element keeps it in a scalar.

    c[i, j] = 0.0                                   c_sum = 0.0
    for k in range(n):                              for k in range(n):
        c[i, j] = c[i, j] + a[i, k] * b[k, j]           c_sum = c_sum + a[i, k] * b[k, j]
                                                    c[i, j] = c_sum

Where nothing shows that the element exists although the loop may not run, all of it stands in an If.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import cast, compare
from pyaot.ir.nodes import Assign, Expr, For, Function, If, Load, Stmt, Store, Var
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import (
    Body,
    arrays_written,
    bodies_of,
    bound_together,
    map_expr,
    scalars_assigned,
    walk_expr,
    walk_exprs,
    walk_stmts,
)
from pyaot.poly.reductions import is_same_place, operation_on
from pyaot.poly.scalars import scalars_in
from pyaot.poly.work import constant_trips


def accumulate_in_scalars(function: Function) -> Function:
    """The function with every such innermost loop rewritten."""
    rewriter = _Rewriter(names_in(function), frozenset(bound_together(function.body)))
    return replace(function, body=rewriter.body(function.body))


def names_in(function: Function) -> set[str]:
    """All names of scalars, indices and arrays."""
    names = {param.name for param in function.params} | set(scalars_assigned(function.body))
    for stmt in walk_stmts(function.body):
        names |= {getattr(stmt, "index", ""), getattr(stmt, "name", "")}
    return names


class _Rewriter(Struct, frozen=True):
    taken: set[str]
    rebound: frozenset[str]

    def body(self, body: Sequence[Stmt]) -> Body:
        """The statements, inner ones first; a store just before a loop becomes the scalar's first value."""
        done: list[Stmt] = []
        for stmt in body:
            stmt = with_bodies(self.body, stmt)
            if isinstance(stmt, For):
                self._add_loop(stmt, done)
            else:
                done.append(stmt)
        return tuple(done)

    def _add_loop(self, loop: For, done: list[Stmt]) -> None:
        """Adds the loop, with its updates made to scalars."""
        before: list[Stmt] = []
        after: list[Stmt] = []
        while (update := self._update(loop)) is not None:
            scalar, loop = self._with_scalar(loop, update)
            place = _place_of_first_value(done, update)
            if place is None:
                before.append(Assign(scalar.name, cast(_element(update), scalar.type), update.span))
            else:
                first = done[place]
                assert isinstance(first, Store)
                done[place] = Assign(scalar.name, cast(first.value, scalar.type), first.span)
                update = replace(update, checked=update.checked or first.checked)
            after.append(replace(update, value=cast(scalar, update.value.type)))
        if before and not constant_trips(loop):
            done.append(If(compare("lt", loop.start, loop.stop), (*before, loop, *after), span=loop.span))
        else:
            done += [*before, loop, *after]

    def _update(self, loop: For) -> Store | None:
        """The one store of an innermost loop that updates an element which does not depend on the loop."""
        if any(bodies_of(stmt) for stmt in loop.body):
            return None
        stores = [s for s in loop.body if isinstance(s, Store) and operation_on(s.array, s) is not None]
        for store in stores:
            changing = {loop.index} | scalars_assigned(loop.body)
            others = [s for s in loop.body if s is not store]
            read = any(isinstance(e, Load) and e.array == store.array for e in walk_exprs(others))
            moves = scalars_in(*store.subscripts) & changing
            loads = {e.array for s in store.subscripts for e in _loads(s)} & arrays_written(loop.body)
            is_alone = not read and store.array not in arrays_written(others) | self.rebound
            if is_alone and not moves and not loads:
                return store
        return None

    def _with_scalar(self, loop: For, update: Store) -> tuple[Var, For]:
        name = fresh(f"{update.array}_sum", self.taken)
        self.taken.add(name)
        element = next(e for e in _loads(update.value) if e.array == update.array)
        scalar = Var(name, element.type)

        def value_of(expr: Expr) -> Expr:
            return scalar if is_same_place(expr, element) else expr

        new = Assign(name, cast(map_expr(value_of, update.value), scalar.type), update.span)
        return scalar, replace(loop, body=tuple(new if stmt is update else stmt for stmt in loop.body))


def _place_of_first_value(done: Sequence[Stmt], update: Store) -> int | None:
    """Where, among the stores just before, the element gets the value that it has before the loop."""
    for place in reversed(range(len(done))):
        stmt = done[place]
        if not isinstance(stmt, Store | Assign):
            return None
        if isinstance(stmt, Store) and stmt.array == update.array:
            return place if stmt.subscripts == update.subscripts else None
        changed = {stmt.name} if isinstance(stmt, Assign) else set()
        reads = {e.array for e in walk_exprs((stmt,)) if isinstance(e, Load)}
        if changed & scalars_in(*update.subscripts) or update.array in reads:
            return None
    return None


def _element(update: Store) -> Load:
    return Load(update.array, update.subscripts, update.value.type, update.checked)


def _loads(expr: Expr) -> list[Load]:
    return [e for e in walk_expr(expr) if isinstance(e, Load)]
