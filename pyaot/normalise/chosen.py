"""Reductions over what a mask chooses run over the mask itself: no array of what is chosen is made.

    n = number of true m[i]                         n = number of true m[i]
    s = new float64[n]; filled with a[m]            t = 0.0
    t = 0.0                                         for i:
    for j in range(n): t = t + s[j]                     if m[i]:
                                                            t = t + a[i]

The chosen come in the same order as before. It pays where a glance at every element costs less than to put
the chosen ones one behind the other: for a few loops, with nothing in them but what is cheap in SIMD.
"""

import math
from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import cast, compare, i64, when
from pyaot.ir.failing import can_fail
from pyaot.ir.mentions import mentions, names_set
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Binary,
    Call,
    Check,
    Const,
    Expr,
    For,
    Function,
    If,
    Load,
    Stmt,
    Var,
)
from pyaot.ir.types import PY_BOOL, PY_INT, Scalar
from pyaot.ir.unchanged import with_bodies
from pyaot.ir.walk import (
    Body,
    bodies_of,
    bound_together,
    map_exprs,
    substitute,
    walk_expr,
    walk_exprs,
    walk_stmts,
    with_others,
)
from pyaot.normalise.intervals import all_of
from pyaot.normalise.selections import Selection, Selections, index_name, is_full

MOST_READERS = 3
_DEAR = frozenset({"truediv", "floordiv", "mod", "pow"})
_EXTREMES = ("minimum", "maximum")


def read_where_chosen(function: Function) -> Function:
    """The function without arrays of what masks choose that only a few cheap reductions read."""
    if not any(isinstance(stmt, Allocate) for stmt in walk_stmts(function.body)):
        return function
    return replace(function, body=_Choosing(function).suite(function.body))


class _Reading:
    """The loops that only reduce such arrays, and the scalars that begin as the first element."""

    def __init__(self, found: Mapping[str, Selection], body: Body) -> None:
        self.found = found
        self.loops: dict[int, tuple[Selection, ...]] = {}  # by the identity of the loop
        self.begins: dict[int, Const] = {}  # by that of the assignment: where the same extreme may begin
        self.mentioned = Counter[str]()
        self.last = self._look(body)

    def _look(self, suite: Body) -> int:
        """Where in the suite the last of the loops is; -1 without any."""
        last = -1
        for place, stmt in enumerate(suite):
            if isinstance(stmt, If) and max([self._look(inner) for inner in bodies_of(stmt)]) >= 0:
                last = place
            elif isinstance(stmt, For) and (arrays := self._read_by(stmt)):
                last = place
                self.loops[id(stmt)] = arrays
                self.mentioned.update(mentions((stmt,)))
                self._note_begin(stmt, suite[:place], arrays[0])
        return last

    def _read_by(self, loop: For) -> tuple[Selection, ...]:
        """The selections, alike, that the loop goes through; none if it does more than that."""
        loads = [
            load for load in walk_exprs(loop.body) if isinstance(load, Load) and load.array in self.found
        ]
        arrays = tuple({load.array: self.found[load.array] for load in loads}.values())
        if not arrays or not is_full(loop) or loop.stop != Var(arrays[0].length, PY_INT):
            return ()
        exact = all(load.subscripts == (Var(loop.index, PY_INT),) for load in loads)
        other_uses = mentions(loop.body)[loop.index] - len(loads)
        cheap = all(isinstance(stmt, Assign) and _is_cheap(stmt.value) for stmt in loop.body)
        alike = all(selection.chooses_like(arrays[0]) for selection in arrays)
        return arrays if exact and not other_uses and cheap and alike else ()

    def _note_begin(self, loop: For, before: Body, selection: Selection) -> None:
        """An extreme that begins as the first element may begin as the other end of all numbers."""
        match loop.body:
            case (Assign(name, Binary(op, Var(kept), Load())),) if name == kept and op in _EXTREMES:
                begin = next((stmt for stmt in reversed(before) if name in mentions((stmt,))), None)
            case _:
                return
        match begin:
            case Assign(begun, Load(array, (Const(value=0),)) as first) if begun == name:
                end = _end_of_numbers(op, first.type)
                checked = any(isinstance(s, Check) and _says_some(s.condition, selection) for s in before)
                if array == selection.array and end is not None and checked:
                    self.begins[id(begin)] = end
                    self.mentioned.update(mentions((begin,)))


class _Choosing:
    def __init__(self, function: Function) -> None:
        self.selections = Selections(function.body)
        self.together = bound_together(function.body)
        self.taken = set(self.selections.uses) | {param.name for param in function.params}

    def suite(self, body: Body) -> Body:
        """The suite, and those in it, without such arrays."""
        body = tuple(with_bodies(self.suite, stmt) for stmt in body)
        found = {selection.array: selection for selection in self.selections.of(body)}
        while found:
            reading = _Reading(found, body)
            stay = {name for name, selection in found.items() if not self._may_go(selection, reading, body)}
            if not stay:
                return self._without(found, reading, body)
            found = {name: selection for name, selection in found.items() if name not in stay}
        return body

    def _may_go(self, selection: Selection, reading: _Reading, body: Body) -> bool:
        """A few cheap loops are all that reads it, and what it is made of lasts until then."""
        array = selection.array
        readers = [key for key, arrays in reading.loops.items() if selection in arrays]
        made = mentions(body[place] for place in selection.making)[array]
        if not 0 < len(readers) <= MOST_READERS or not _is_cheap(selection.value, selection.mask):
            return False
        if self.selections.uses[array] != made + reading.mentioned[array]:
            return False
        between = [n for n in range(selection.since + 1, reading.last + 1) if n not in selection.making]
        changed = with_others(names_set(body[n] for n in between), self.together)
        return not changed & selection.inputs

    def _without(self, found: Mapping[str, Selection], reading: _Reading, body: Body) -> Body:
        gone = frozenset[int]().union(*(selection.making for selection in found.values()))
        left = [stmt for place, stmt in enumerate(body) if place not in gone]
        for selection in found.values():
            _let_check_wait(left, selection, reading)
        return tuple(self._over_mask(stmt, reading) for stmt in left)

    def _over_mask(self, stmt: Stmt, reading: _Reading) -> Stmt:
        if id(stmt) in reading.begins:
            assert isinstance(stmt, Assign)
            return replace(stmt, value=reading.begins[id(stmt)])
        if id(stmt) in reading.loops:
            assert isinstance(stmt, For)
            return self._loop(stmt, reading.loops[id(stmt)])
        if isinstance(stmt, If):
            return with_bodies(lambda body: tuple(self._over_mask(inner, reading) for inner in body), stmt)
        return stmt

    def _loop(self, loop: For, selections: tuple[Selection, ...]) -> Stmt:
        """The loop over the box of the mask, with a condition."""
        box = selections[0]
        self.taken.discard(loop.index)
        indices = [self._fresh(loop.index) for _ in box.extents]
        values = {index_name(axis): Var(name, PY_INT) for axis, name in enumerate(indices)}
        chosen = {s.array: substitute(s.value, values) for s in selections}

        def instead(expr: Expr) -> Expr:
            found = chosen.get(expr.array) if isinstance(expr, Load) else None
            return expr if found is None else cast(found, expr.type)

        condition = cast(substitute(box.mask, values), PY_BOOL)
        body: Body = (replace(when(condition, *map_exprs(instead, loop.body)), span=loop.span),)
        for index, extent in zip(reversed(indices), reversed(box.extents), strict=True):
            body = (replace(loop, index=index, start=i64(0), stop=extent, body=body),)
        return body[0]

    def _fresh(self, wanted: str) -> str:
        name = fresh(wanted, self.taken)
        self.taken.add(name)
        return name


def _let_check_wait(body: list[Stmt], selection: Selection, reading: _Reading) -> None:
    """Whether anything was chosen is asked behind the loops that do not care, which may join the counting."""
    for place in range(len(body) - 2, -1, -1):
        stmt = body[place]
        if not (isinstance(stmt, Check) and _says_some(stmt.condition, selection)):
            continue
        last = place
        while last + 1 < len(body) and _does_not_care(body[last + 1], selection, reading):
            last += 1
        while not isinstance(body[last], For) and last > place:
            last -= 1
        body.insert(last, body.pop(place))


def _does_not_care(stmt: Stmt, selection: Selection, reading: _Reading) -> bool:
    """One of the loops, or an assignment that cannot fail; a check may be what keeps elements in range."""
    if isinstance(stmt, Assign) and id(stmt) not in reading.begins:
        has_elements = any(isinstance(node, Load) for node in walk_expr(stmt.value))
        return _is_cheap(stmt.value) and not has_elements and selection.length not in mentions((stmt,))
    return id(stmt) in reading.loops or id(stmt) in reading.begins


def _says_some(condition: Expr, selection: Selection) -> bool:
    return condition == compare("ge", Var(selection.length, PY_INT), 1)


def _end_of_numbers(op: str, type: Scalar) -> Const | None:
    """The number that every other one is at least, or at most: from which the extreme is the other."""
    is_least = op == "maximum"
    if type.dtype.is_float:
        return Const(-math.inf if is_least else math.inf, type)
    if not type.dtype.is_integer:
        return None
    interval = all_of(type.dtype)
    return Const(int(interval.low if is_least else interval.high), type)


def _is_cheap(*exprs: Expr) -> bool:
    """Nothing but arithmetic that no element can make fail and that SIMD does in a few cycles."""
    nodes = [node for expr in exprs for node in walk_expr(expr)]
    dear = any(isinstance(n, Call) or (isinstance(n, Binary) and n.op in _DEAR) for n in nodes)
    return not dear and not any(map(can_fail, exprs))
