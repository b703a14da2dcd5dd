"""An array that may take the place of another one, element by element, is made in that one's memory.

    x = new float64[n]; x[...] = ...            x = new float64[n]; x[...] = ...
    if c:                                       if c:
        y = new float64[n]                          for i in range(n):
        for i in range(n):                              x[i] = -x[i]
            y[i] = -x[i]                        s = x[0]
        bind z = y
    else:
        bind z = x
    s = z[0]

Nobody may ask for x behind the condition.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.mentions import expr_mentions, mentions, set_by
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Dim,
    Expr,
    For,
    Function,
    If,
    LibraryCall,
    Load,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import Body, bound_together, rename_arrays, walk_expr, walk_stmts


def renew_in_place(function: Function) -> Function:
    """The function with such arrays in one memory."""
    if not any(isinstance(stmt, Bind) for stmt in walk_stmts(function.body)):
        return function
    return replace(function, body=_Renewing(function).suite(function.body))


class _Choice(Struct, frozen=True):
    """`if c: new array y, made of x; bind z = y`, `else: bind z = x`."""

    stmt: If
    made: Body
    new: str
    old: str
    target: str
    is_otherwise: bool


class _Renewing(Struct, dict=True):
    function: Function

    def __post_init__(self) -> None:
        self.uses = mentions(self.function.body)
        others = (s for s in walk_stmts(self.function.body) if not isinstance(s, Store | LibraryCall))
        self.changing = frozenset(name for stmt in others for name in set_by(stmt))
        self.together = bound_together(self.function.body)

    def suite(self, body: Body) -> Body:
        done: list[Stmt] = []
        rest = list(body)
        while rest:
            stmt = rest.pop(0)
            choice = _choice(stmt)
            if choice is None or not self._may_renew(choice, done, rest):
                done.append(with_bodies(self.suite, stmt))
                continue
            done.append(_in_place(choice))
            rest = list(rename_arrays(tuple(rest), {choice.target: choice.old}))
        return tuple(done)

    def _may_renew(self, choice: _Choice, before: Sequence[Stmt], rest: Sequence[Stmt]) -> bool:
        names = (choice.new, choice.old, choice.target)
        made = [s for s in walk_stmts(self.function.body) if isinstance(s, Allocate) and s.name == choice.old]
        own = next((s for s in before if s in made), None)
        if (
            len(made) != 1
            or not isinstance(own, Allocate)
            or self.together[choice.target] != frozenset(names)
        ):
            return False
        here = mentions((choice.stmt,))
        in_branch = mentions(choice.made)[choice.new] + 1  # the Bind
        if (
            in_branch != self.uses[choice.new]
            or mentions(before)[choice.old] + here[choice.old] != self.uses[choice.old]
        ):
            return False
        if here[choice.target] + mentions(rest)[choice.target] != self.uses[choice.target]:
            return False
        return _is_renewed(choice, own, self.changing)


def _choice(stmt: Stmt) -> _Choice | None:
    if not isinstance(stmt, If):
        return None
    for made, kept in ((stmt.then, stmt.otherwise), (stmt.otherwise, stmt.then)):
        match made, kept:
            case (*others, Bind((target,), (new,))), (Bind((same,), (old,)),) if target == same:
                return _Choice(stmt, tuple(others), new, old, target, made is stmt.otherwise)
    return None


def _is_renewed(choice: _Choice, own: Allocate, changing: frozenset[str]) -> bool:
    """Whether the new array has the old one's shape, and each element depends on that one at most."""
    match choice.made:
        case (*extents, Allocate(name, type, shape, None), For() as nest) if name == choice.new:
            known = {s.name: s.value for s in extents if isinstance(s, Assign)}
            if len(known) < len(extents) or type != own.type:
                return False
        case _:
            return False
    for axis, extent in enumerate(shape):
        value = known.get(extent.name, extent) if isinstance(extent, Var) else extent
        is_measured = isinstance(value, Dim) and (value.array, value.axis) == (choice.old, axis)
        if not is_measured and not (value == own.shape[axis] and _is_steady(value, changing)):
            return False
    indices: list[str] = []
    inner: Stmt = nest
    while isinstance(inner, For) and len(inner.body) == 1:
        indices.append(inner.index)
        inner = inner.body[0]
    return (
        isinstance(inner, Store) and inner.array == choice.new and _is_own_element(inner, choice.old, indices)
    )


def _is_steady(extent: Expr, changing: frozenset[str]) -> bool:
    """Has one value in the whole function."""
    reads = any(isinstance(node, Load) for node in walk_expr(extent))
    return not reads and not changing & set(expr_mentions(extent))


def _is_own_element(store: Store, old: str, indices: Sequence[str]) -> bool:
    def is_there(subscripts: Sequence[Expr]) -> bool:
        return [getattr(s, "name", "") for s in subscripts if isinstance(s, Var)] == list(indices) and len(
            subscripts
        ) == len(indices)

    loads = [node for node in walk_expr(store.value) if isinstance(node, Load)]
    others = [load for load in loads if load.array in (old, store.array)]
    return is_there(store.subscripts) and all(
        load.array == old and is_there(load.subscripts) for load in others
    )


def _in_place(choice: _Choice) -> If:
    made: Body = tuple(stmt for stmt in choice.made if not isinstance(stmt, Allocate))
    made = rename_arrays(made, {choice.new: choice.old})
    then, otherwise = ((), made) if choice.is_otherwise else (made, ())
    return replace(choice.stmt, then=then, otherwise=otherwise)
