"""Of an array that is updated as a whole only the parts that others read are saved, not all of it.

    for i: for j: saved[i, j] = min(p[i, j], p[i, k] + p[k, j])
    for i: for j: p[i, j] = saved[i, j]

    for i: column[i] = p[i, k]
    for j: row[j] = p[k, j]
    for i: for j: p[i, j] = min(p[i, j], column[i] + row[j])

Parts are elements whose subscripts leave out at least one of the loops; whatever else is read of the array
must be the very element that is written.
"""

from functools import reduce

from msgspec import Struct
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import both, compare, var
from pyaot.ir.failing import can_fail
from pyaot.ir.mentions import array_mentions
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Binary,
    Const,
    Dim,
    Expr,
    For,
    Function,
    If,
    Load,
    Select,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import Array
from pyaot.ir.walk import (
    Body,
    bound_together,
    map_bodies,
    map_expr,
    substitute,
    walk_expr,
    walk_stmts,
)
from pyaot.poly.accumulate import names_in
from pyaot.poly.permute import nested, perfect_chain
from pyaot.poly.scalars import scalars_in

MOST_PARTS = 4
_ZEROS: dict[str, bool | float | complex] = {"b": False, "f": 0.0, "c": 0j}
MENTIONS = 3  # of the saved array: Allocate, Store, Load


def save_parts(function: Function) -> Function:
    """The function with whole copies of updated arrays replaced by copies of parts."""
    mentions = array_mentions(function.body)
    saved = {
        stmt.name
        for stmt in walk_stmts(function.body)
        if isinstance(stmt, Allocate) and stmt.fill is None and mentions[stmt.name] == MENTIONS
    }
    if not saved:
        return function
    work = _Saving(frozenset(saved), frozenset(bound_together(function.body)), names_in(function))
    return replace(function, body=work.body(function.body))


class _Update(Struct, frozen=True):
    """`saved[indices] = value` in `loops`, and then `target` in its place."""

    saved: str
    loops: list[For]
    value: Expr
    target: Store  # over the indices of `loops`

    @property
    def others(self) -> list[Load]:
        """What is read of the array beside the element that is written."""
        loads = (node for node in walk_expr(self.value) if isinstance(node, Load))
        mine = [load for load in loads if load.array == self.target.array]
        return list(dict.fromkeys(load for load in mine if load.subscripts != self.target.subscripts))

    def over(self, load: Load) -> list[For]:
        """The loops that the part moves with."""
        return [loop for loop in self.loops if loop.index in scalars_in(*load.subscripts)]


class _Saving(Struct):
    saved: frozenset[str]
    bound: frozenset[str]
    names: set[str]

    def body(self, body: Body) -> Body:
        """The statements, inner ones first."""
        done: list[Stmt] = []
        for stmt in body:
            stmt = map_bodies(self.body, stmt)
            update = _update(done[-1], stmt, self.saved) if done else None
            if update is None or update.target.array in self.bound or not _is_in_parts(update):
                done.append(stmt)
                continue
            allocates = [s for s in done if isinstance(s, Allocate) and s.name == update.saved]
            if len(allocates) == 1:
                done = [s for s in done[:-1] if s is not allocates[0]] + self._in_parts(update)
            else:
                done.append(stmt)
        return tuple(done)

    def _in_parts(self, update: _Update) -> list[Stmt]:
        done: list[Stmt] = []
        instead: dict[Expr, Expr] = {}
        for load in update.others:
            statements, instead[load] = self._part(load, update)
            done += statements
        value = map_expr(lambda node: instead.get(node, node), update.value)
        return [*done, nested(update.loops, (replace(update.target, value=value),))]

    def _part(self, load: Load, update: _Update) -> tuple[list[Stmt], Expr]:
        """The part as an array or a scalar, and how the update reads it."""
        over = update.over(load)
        name = self._fresh(f"{load.array}_part")
        rest: list[Expr] = [compare("gt", loop.stop, 0) for loop in update.loops if loop not in over]
        if not over:  # what an empty nest does not read may not be there
            zero = Const(_ZEROS.get(load.type.dtype.kind, 0), load.type)
            return [Assign(name, Select(_all(rest), load, zero, load.type))], Var(name, load.type)
        own = [replace(loop, index=self._fresh(loop.index)) for loop in over]
        copied = substitute(load, {loop.index: var(new.index) for loop, new in zip(over, own, strict=True)})
        store = Store(name, tuple(var(loop.index) for loop in own), copied, False, update.target.span)
        shape = tuple(loop.stop for loop in over)
        allocate = Allocate(name, Array(load.type.dtype, len(over)), shape, span=update.target.span)
        copy = If(_all(rest), (nested(own, (store,)),), (), update.target.span)
        read = Load(name, tuple(var(loop.index) for loop in over), load.type, False)
        return [allocate, copy], read

    def _fresh(self, wanted: str) -> str:
        name = fresh(wanted, self.names)
        self.names.add(name)
        return name


def _update(first: Stmt, second: Stmt, saved: frozenset[str]) -> _Update | None:
    """The two nests as one update, if the second only takes over what the first has made."""
    if not isinstance(first, For) or not isinstance(second, For):
        return None
    loops, copies = perfect_chain(first), perfect_chain(second)
    match loops[-1].body, copies[-1].body:
        case (Store(name, subscripts, value, checked=False),), (Store(value=Load() as load) as target,):
            pass
        case _:
            return None
    if name not in saved or load.array != name or target.checked or can_fail(value):
        return None
    if [_index(part) for part in subscripts] != [loop.index for loop in loops]:
        return None
    if [_index(part) for part in load.subscripts] != [loop.index for loop in copies]:
        return None
    if not all(map(_is_same_range, loops, copies)) or len(loops) != len(copies):
        return None
    indices = {copy.index: var(loop.index) for loop, copy in zip(loops, copies, strict=True)}
    places = tuple(substitute(part, indices) for part in target.subscripts)
    return _Update(name, loops, value, replace(target, subscripts=places))


def _all(conditions: list[Expr]) -> Expr:
    first, *others = conditions
    return reduce(both, others, first)


def _index(part: Expr) -> str:
    return part.name if isinstance(part, Var) else ""


def _is_same_range(loop: For, copy: For) -> bool:
    is_plain = loop.step == copy.step == 1 and loop.start == copy.start == Const(0, loop.start.type)
    return is_plain and loop.stop == copy.stop


def _is_in_parts(update: _Update) -> bool:
    """Every iteration writes an element of its own, and reads that one or parts."""
    indices = [loop.index for loop in update.loops]
    where = [[i for i in indices if i in scalars_in(part)] for part in update.target.subscripts]
    moving = [
        part for part, names in zip(update.target.subscripts, where, strict=True) if names and _is_shift(part)
    ]
    if sorted(i for names in where for i in names) != sorted(indices) or len(moving) != len(indices):
        return False
    others = update.others
    chosen = {
        part
        for node in walk_expr(update.value)
        if isinstance(node, Select)
        for part in walk_expr(node)
        if isinstance(part, Load)
    }
    return 0 < len(others) <= MOST_PARTS and all(
        len(update.over(load)) < len(indices) and load not in chosen and not _reads(load) for load in others
    )


def _is_shift(part: Expr) -> bool:
    """The index, or the index and something that does not move with loops."""
    match part:
        case Var():
            return True
        case Binary("add", Var(), Const() | Var() | Dim()) | Binary("add", Const() | Dim(), Var()):
            return True
        case Binary("sub", Var(), Const() | Dim()):
            return True
        case _:
            return False


def _reads(load: Load) -> bool:
    return any(isinstance(node, Load) for part in load.subscripts for node in walk_expr(part))
