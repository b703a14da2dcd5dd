"""A sum that begins with an element and ends there is made in the element.

    for j in range(i, n):                           for j in range(i, n):
        w = a[i, j]                                     for k in range(i):
        for k in range(i):                                  a[i, j] = a[i, j] - a[i, k] * a[k, j]
            w = w - a[i, k] * a[k, j]
        a[i, j] = w

So the loops can be put into another order. Where they are not, `accumulate` takes a scalar again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pyaot.ir.nodes import Assign, For, Load, Stmt, Store
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, substitute, walk_exprs, walk_stmts
from pyaot.poly.dependences import Dependence, dependences_of, is_too_large
from pyaot.poly.regions import Region
from pyaot.poly.scalars import Names, scalars_in
from pyaot.poly.strides import access_cost


@dataclass(frozen=True)
class Sum:
    """`w = element; for k: w = update; array[...] = last`, the body of a loop over j."""

    outer: For
    element: Load
    inner: For
    last: Store

    @property
    def update(self) -> Assign:
        """What is done to the scalar in each turn."""
        (update,) = self.inner.body
        assert isinstance(update, Assign)
        return update


def sums_in_place(region: Region) -> Body:
    """The region with its sums made in elements."""
    if not any(_sum(stmt) is not None for stmt in walk_stmts(region.body)) or is_too_large(region.scop()):
        return region.body
    return _body(region, region.body, region.live_out)


def _body(region: Region, body: Body, live_out: Names) -> Body:
    after = region.flow.live_after_each(body, live_out, {})
    return tuple(_stmt(region, stmt, live) for stmt, live in zip(body, after, strict=True))


def _stmt(region: Region, stmt: Stmt, live: Names) -> Stmt:
    found = _sum(stmt)
    if found is not None and found.update.name not in live and _is_alone(found, dependences_of(region)):
        return _in_place(found)
    inside = region.flow.live_out_of_body(stmt, live) if isinstance(stmt, For) else live
    return with_bodies(lambda body: _body(region, body, inside), stmt)


def _sum(stmt: Stmt) -> Sum | None:
    match stmt:
        case For(
            body=(
                Assign(name, Load() as element),
                For(body=(Assign() as update,)) as inner,
                Store() as last,
            )
        ):
            found = Sum(stmt, element, inner, last)
        case _:
            return None
    is_one_place = last.array == element.array and last.subscripts == element.subscripts
    own = {name, inner.index}
    if not is_one_place or update.name != name or own & scalars_in(*last.subscripts, inner.start, inner.stop):
        return None
    if element.checked or last.checked:
        return None
    types = {element.type, update.value.type, last.value.type}
    reads = [e for e in walk_exprs(inner.body) if isinstance(e, Load)]
    is_column = any(
        access_cost(e.subscripts, stmt.index) < access_cost(e.subscripts, inner.index) for e in reads
    )
    return found if len(types) == 1 and is_column else None


def _is_alone(found: Sum, dependences: Iterable[Dependence]) -> bool:
    """Whether no turn reads the element beside the scalar."""
    pairs = (
        d.relation.together_in(*d.sink.dims)
        for d in dependences
        if d.source.stmt is found.update and d.sink.stmt is found.last and d.name == found.last.array
    )
    return all(pair.is_empty() for pair in pairs)


def _in_place(found: Sum) -> For:
    name, old = found.update.name, found.element
    value = substitute(found.update.value, {name: old})
    update = replace(found.last, value=value, span=found.update.span)
    last = replace(found.last, value=substitute(found.last.value, {name: old}))
    ends = () if last.value == old else (last,)
    return replace(found.outer, body=(replace(found.inner, body=(update,)), *ends))
