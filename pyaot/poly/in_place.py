"""A sum that begins with an element and ends there is made in the element.

    for j in range(i, n):                           for j in range(i, n):
        w = a[i, j]                                     for k in range(i):
        for k in range(i):                                  a[i, j] = a[i, j] - a[i, k] * a[k, j]
            w = w - a[i, k] * a[k, j]
        a[i, j] = w

So the loops can be put into another order. Where they are not, `accumulate` takes a scalar again. Of a
triangle, where the inner loop runs up to the index of the outer one, a sum or an extreme of integers may
begin with anything.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.build import cast
from pyaot.ir.failing import can_fail
from pyaot.ir.nodes import Assign, For, If, Load, Stmt, Store, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, scalars_assigned, substitute, walk_exprs, walk_stmts
from pyaot.poly.commuting import exact_update, neutral
from pyaot.poly.dependences import Dependence, dependences_of, is_too_large
from pyaot.poly.reductions import without_origins
from pyaot.poly.regions import Region
from pyaot.poly.scalars import Names, scalars_in
from pyaot.poly.strides import access_cost


class Sum(Struct, frozen=True):
    """`heads; for k: w = update; array[...] = last`, the body of a loop over j."""

    outer: For
    heads: Body
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
        case For(body=(*heads, For(body=(Assign(name),)) as inner, Store() as last)):
            found = Sum(stmt, tuple(heads), inner, last)
        case _:
            return None
    own = {name, inner.index} | scalars_assigned(heads)
    if own & scalars_in(*last.subscripts, inner.start, inner.stop) or last.checked:
        return None
    types = {found.update.value.type.dtype, last.value.type.dtype}
    reads = [e for e in walk_exprs(inner.body) if isinstance(e, Load)]
    is_column = any(
        access_cost(e.subscripts, stmt.index) < access_cost(e.subscripts, inner.index) for e in reads
    )
    return found if len(types) == 1 and is_column and (_begins_there(found) or _is_triangle(found)) else None


def _begins_there(found: Sum) -> bool:
    """The sum begins with the element in which it ends."""
    match found.heads:
        case (Assign(name, Load(array, subscripts, type, False)),):
            place = (found.last.array, found.last.subscripts, found.last.value.type)
            return name == found.update.name and (array, subscripts, type) == place
    return False


def _is_triangle(found: Sum) -> bool:
    """What is stored is of a triangle, and in any order the same: then its updates may become eager."""
    update, last = _update_in_place(found), without_origins(found.last.value)
    operation = exact_update(update)
    if operation is None or neutral(operation) is None or can_fail(update.value):
        return False
    goes_up = found.inner.stop == Var(found.outer.index, PY_INT) and found.inner.start == found.outer.start
    is_plain = isinstance(last, Var) and last.name == found.update.name
    begins = any(isinstance(s, Assign) and s.name == found.update.name for s in found.heads[-1:])
    return goes_up and is_plain and begins and all(isinstance(s, Assign | Store | If) for s in found.heads)


def _is_alone(found: Sum, dependences: Iterable[Dependence]) -> bool:
    """Whether no turn reads the element beside the scalar."""
    pairs = (
        d.relation.together_in(*d.sink.dims)
        for d in dependences
        if d.source.stmt is found.update and d.sink.stmt is found.last and d.name == found.last.array
    )
    return all(pair.is_empty() for pair in pairs)


def _in_place(found: Sum) -> For:
    name, type = found.update.name, found.update.value.type
    update, old = _update_in_place(found), _element(found)
    last = replace(found.last, value=substitute(found.last.value, {name: cast(old, type)}))
    first = replace(found.last, value=cast(Var(name, type), old.type))
    begins = () if _begins_there(found) else (*found.heads, first)
    ends = () if without_origins(last.value) == old else (last,)
    return replace(found.outer, body=(*begins, replace(found.inner, body=(update,)), *ends))


def _update_in_place(found: Sum) -> Store:
    old, update = _element(found), found.update
    value = substitute(update.value, {update.name: cast(old, update.value.type)})
    return replace(found.last, value=cast(value, old.type), span=update.span)


def _element(found: Sum) -> Load:
    return Load(found.last.array, found.last.subscripts, found.last.value.type, False)
