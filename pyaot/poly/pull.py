"""An array that is read once, element by element, is computed where it is read.

    for i: for j: t[i, j] = alpha * a[i, j]         for i:
    (something that must come between)                  s = 0.0
    for i:                                              for j: s = s + alpha * a[i, j] * x[j]
        s = 0.0
        for j: s = s + t[i, j] * x[j]

Fusion does this where nothing must come between; here the loops stay apart, and only what is read of the
array moves. Every element must be read, so that errors and warnings are those of the original. So a sum
whose terms have names of their own is one sum again, before fusion can tear it apart.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.failing import can_fail
from pyaot.ir.mentions import array_mentions
from pyaot.ir.nodes import Allocate, Call, Const, Expr, For, Function, If, Load, Select, Stmt, Store, Var
from pyaot.ir.walk import (
    Body,
    arrays_written,
    bound_together,
    map_bodies,
    map_exprs,
    scalars_assigned,
    substitute,
    walk_expr,
    walk_exprs,
    walk_stmts,
)
from pyaot.poly.permute import perfect_chain

MOST_LOADS = 2  # of elements that move with all loops, where they are read in another order
LARGEST = 200  # nodes of a value that is moved
MENTIONS = 3  # Allocate, Store, Load


def pull(function: Function) -> Function:
    """The function without the arrays that are read in one place only."""
    mentions = array_mentions(function.body)
    single = {
        stmt.name
        for stmt in walk_stmts(function.body)
        if isinstance(stmt, Allocate) and stmt.fill is None and mentions[stmt.name] == MENTIONS
    }
    if not single:
        return function
    groups = bound_together(function.body)
    return replace(function, body=_Pulling(single, groups).body(function.body))


class _Definition(Struct, frozen=True):
    """`for ...: array[index, ...] = value` over the whole array."""

    store: Store
    loops: tuple[For, ...]  # by the axis that they run along
    chain: tuple[For, ...]  # from the outermost to the innermost
    loads: int  # of elements that move with all loops


class _Pulling(Struct):
    single: set[str]
    groups: dict[str, frozenset[str]]

    def body(self, body: Body) -> Body:
        """The statements, inner ones first."""
        done = [map_bodies(self.body, stmt) for stmt in body]
        shapes = {stmt.name: stmt.shape for stmt in done if isinstance(stmt, Allocate)}
        for name in [name for name in shapes if name in self.single]:
            # looked up now, since what it is made of may have been pulled into it
            found = (_definition(stmt, shapes) for stmt in done)
            definition = next((d for d in found if d is not None and d.store.array == name), None)
            if definition is not None:
                done = self._moved(definition, done) or done
        return tuple(done)

    def _moved(self, definition: _Definition, body: Sequence[Stmt]) -> list[Stmt] | None:
        name, value = definition.store.array, definition.store.value
        users = [n for n, stmt in enumerate(body) if name in _named(stmt)]
        if len(users) != MENTIONS:
            return None  # the array is made or read at another level
        _, first, last = users
        load, around = next(_uses(body[last], name), (None, ()))
        if load is None or not self._is_steady(value, body[first + 1 : last + 1]):
            return None
        indices = _indices(load, around, definition)
        if indices is None or not (
            definition.loads <= MOST_LOADS or _keep_order(indices, around, definition)
        ):
            return None
        instead = substitute(value, indices)
        put = map_exprs(lambda expr: instead if expr == load else expr, (body[last],))
        return [*(s for n, s in enumerate(body[:last]) if n not in users), *put, *body[last + 1 :]]

    def _is_steady(self, value: Expr, between: Sequence[Stmt]) -> bool:
        """Nothing that the value reads changes until it is used."""
        written = arrays_written(between)
        made = {stmt.name for stmt in walk_stmts(between) if isinstance(stmt, Allocate)}
        changed = scalars_assigned(between)
        for node in walk_expr(value):
            if isinstance(node, Load) and node.array in written | made | self.groups.keys():
                return False
            if isinstance(node, Var) and node.name in changed:
                return False
        return True


def _definition(stmt: Stmt, shapes: dict[str, tuple[Expr, ...]]) -> _Definition | None:
    if not isinstance(stmt, For):
        return None
    chain = perfect_chain(stmt)
    match chain[-1].body:
        case (Store() as store,) if store.array in shapes and not store.checked:
            shape, loops = shapes[store.array], {loop.index: loop for loop in chain}
        case _:
            return None
    names = [subscript.name for subscript in store.subscripts if isinstance(subscript, Var)]
    if len(names) != len(shape) or sorted(names) != sorted(loops):
        return None
    along = tuple(loops[name] for name in names)
    is_whole = all(
        loop.start == Const(0, loop.start.type) and loop.stop == extent and loop.step == 1
        for loop, extent in zip(along, shape, strict=True)
    )
    nodes = list(walk_expr(store.value))
    is_simple = not can_fail(store.value) and not any(isinstance(node, Call) for node in nodes)
    if not (is_whole and is_simple and len(nodes) <= LARGEST):
        return None
    return _Definition(store, along, tuple(chain), _moving_loads(store.value, set(names)))


def _moving_loads(value: Expr, indices: set[str]) -> int:
    """Loads that need another element in every turn."""
    loads = {node for node in walk_expr(value) if isinstance(node, Load)}
    return sum(indices <= {v.name for v in walk_expr(load) if isinstance(v, Var)} for load in loads)


def _keep_order(indices: dict[str, Expr], around: Sequence[For], definition: _Definition) -> bool:
    """Whether the elements are read in the order in which they were made."""
    made = [indices[loop.index] for loop in definition.chain]
    return made == [Var(loop.index, loop.start.type) for loop in around]


def _uses(stmt: Stmt, name: str, around: tuple[For, ...] = ()) -> Iterator[tuple[Load, tuple[For, ...]]]:
    """The loads of the array, each with the loops around it, that run whatever conditions say."""
    match stmt:
        case For():
            for inner in stmt.body:
                yield from _uses(inner, name, (*around, stmt))
        case If():
            return
        case _:
            yield from ((load, around) for load in _loads((map_bodies(lambda _: (), stmt),), name))


def _loads(body: Body, name: str) -> list[Load]:
    chosen = [node for node in walk_exprs(body) if isinstance(node, Select)]
    if any(isinstance(part, Load) and part.array == name for node in chosen for part in walk_expr(node)):
        return []
    return [node for node in walk_exprs(body) if isinstance(node, Load) and node.array == name]


def _indices(load: Load, around: Sequence[For], definition: _Definition) -> dict[str, Expr] | None:
    """What stands for the indices of the definition, if every element is read exactly once."""
    if len(around) != len(definition.loops):
        return None
    loops = {loop.index: loop for loop in around}
    values: dict[str, Expr] = {}
    for subscript, own in zip(load.subscripts, definition.loops, strict=True):
        loop = loops.pop(subscript.name, None) if isinstance(subscript, Var) else None
        if loop is None or (loop.start, loop.stop, loop.step) != (own.start, own.stop, own.step):
            return None
        values[own.index] = subscript
    return values


def _named(stmt: Stmt) -> set[str]:
    return set(array_mentions((stmt,)))
