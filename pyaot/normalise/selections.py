"""Finds the arrays of the elements that a mask chooses, as the front end writes `a[m]`.

n = 0
for i in range(e): n = n + int(m[i])                    counted
s = new float64[n]; k = 0; stop = e
while stop > 0 and not m[stop - 1]: stop = stop - 1     searched, so that no k is n
for i in range(stop): s[k] = a[i]; k = k + int(m[i])    filled
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.build import cast, compare, either, i64
from pyaot.ir.mentions import expr_mentions, is_same, mentions, names_set, set_by
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Binary,
    Block,
    Cast,
    Const,
    Exit,
    Expr,
    For,
    If,
    Load,
    Loop,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import PY_BOOL, PY_INT
from pyaot.ir.walk import Body, map_expr, substitute, walk_stmts


class Selection(Struct, frozen=True):
    """An array of the elements of `value` where `mask` is true, in the order of the indices of a box."""

    array: str
    length: str  # the scalar that counts them
    value: Expr  # of the indices named index_name(0), index_name(1), ...
    mask: Expr
    extents: tuple[Expr, ...]
    making: frozenset[int]  # the places in the suite of what makes it and does nothing else
    since: int  # the place where they are counted

    @property
    def inputs(self) -> frozenset[str]:
        """The names that its elements depend on; the length is set once."""
        exprs = (self.value, self.mask, *self.extents)
        return frozenset(name for expr in exprs for name in expr_mentions(expr))

    def chooses_like(self, other: "Selection") -> bool:
        """Whether both choose at the same indices."""
        same_box = self.length == other.length and self.extents == other.extents
        return same_box and is_same(self.mask, other.mask)


def index_name(axis: int) -> str:
    """What stands for the index of an axis; no name that a program can have."""
    return f"<{axis}>"


def is_full(loop: For) -> bool:
    """Whether it goes from 0 in steps of 1."""
    return loop.step == 1 and loop.start == i64(0)


class _Counted(Struct, frozen=True):
    length: str
    mask: Expr
    extents: tuple[Expr, ...]
    at: int


class Selections:
    """Looks for them in the suites of a function."""

    def __init__(self, body: Body) -> None:
        self.uses = mentions(body)
        self.sets = Counter(name for stmt in walk_stmts(body) for name in set_by(stmt))

    def of(self, suite: Body) -> Iterator[Selection]:
        """Those that are counted, allocated and filled in this suite."""
        for at, stmt in enumerate(suite):
            match stmt:
                case Allocate(array, _, (Var(length),), None) if self.sets[array] == 2:
                    counted = self._counted(length, suite[:at])
                    found = counted and self._filled(array, counted, suite, at)
                    if found:
                        yield found

    def _counted(self, length: str, before: Body) -> _Counted | None:
        """The mask of which `length` is the number of true elements."""
        total = next((s.value for s in before if isinstance(s, Assign) and s.name == length), None)
        if not (isinstance(total, Cast) and isinstance(total.operand, Var)) or self.sets[length] != 1:
            return None
        counter = total.operand.name
        places = [n for n, stmt in enumerate(before) if counter in names_set((stmt,))]
        if len(places) != 2 or self.sets[counter] != 2 or not _is_zero(before[places[0]]):
            return None
        loops: list[For] = []
        inner = before[places[1]]
        while isinstance(inner, For) and is_full(inner) and len(inner.body) == 1:
            loops.append(inner)
            (inner,) = inner.body
        mask = _condition_of_raise(inner, counter)
        if mask is None or not loops:
            return None
        return _Counted(
            length, _of_box(mask, [loop.index for loop in loops]), tuple(x.stop for x in loops), places[1]
        )

    def _filled(self, array: str, counted: _Counted, suite: Body, allocated: int) -> Selection | None:
        place = next((n for n, s in enumerate(suite) if n > allocated and array in names_set((s,))), None)
        if place is None:
            return None
        making = {allocated, place}
        indices: list[str] = []
        around, at = suite, place
        for axis, extent in enumerate(counted.extents):
            loop = around[at]
            if not isinstance(loop, For) or not is_full(loop):
                return None
            search: set[int] | None = set()
            if axis == len(counted.extents) - 1:
                search = self._search(loop.stop, extent, around[:at], _at(counted.mask, indices))
            elif not is_same(loop.stop, extent):
                search = None
            if search is None or (axis and len(around) != len(search) + 1):
                return None
            making |= set() if axis else search
            indices.append(loop.index)
            around, at = loop.body, len(loop.body) - 1
        match around:
            case (Store(name, (Cast(Var(count)),), value), raised) if name == array:
                start = [n for n, s in enumerate(suite) if isinstance(s, Assign) and s.name == count]
                mask = _condition_of_raise(raised, count)
                if mask is None or len(start) != 1 or not _is_zero(suite[start[0]]):
                    return None
                own = mentions((suite[start[0]], suite[place]))[count]
                alike = is_same(_plain(_of_box(mask, indices)), _plain(counted.mask))
                if not alike or self.uses[count] != own or count in expr_mentions(value):
                    return None
                making.add(start[0])
                value = _of_box(value, indices)
                return Selection(
                    array, counted.length, value, counted.mask, counted.extents, frozenset(making), counted.at
                )
        return None

    def _search(self, stop: Expr, extent: Expr, before: Body, mask: Expr) -> set[int] | None:
        """Where in the suite the end behind the last chosen one is looked for."""
        if not isinstance(stop, Var):
            return None
        places = [n for n, stmt in enumerate(before) if stop.name in names_set((stmt,))]
        if len(places) != 2 or self.sets[stop.name] != 2:
            return None
        start, search = (before[n] for n in places)
        match start, search:
            case (
                Assign(_, first),
                Block(label, (Loop((If(ends, (Exit(left),), ()), Assign(name, lower))),)),
            ) if label == left and name == stop.name:
                previous = Binary("sub", stop, i64(1), PY_INT)
                last = substitute(mask, dict.fromkeys(_open_indices(mask), previous))
                goal = either(compare("le", stop, 0), cast(last, PY_BOOL))
                alike = is_same(_plain(lower), _plain(previous)) and is_same(_plain(ends), _plain(goal))
                own = mentions(before[n] for n in places)[stop.name] + 1  # and where the loop stops
                if alike and is_same(first, extent) and self.uses[stop.name] == own:
                    return set(places)
        return None


def _is_zero(stmt: Stmt) -> bool:
    """`name = 0`, of any integer type."""
    value = stmt.value if isinstance(stmt, Assign) else None
    value = value.operand if isinstance(value, Cast) else value
    return isinstance(value, Const) and not value.type.dtype.is_float and value.value == 0


def _condition_of_raise(stmt: Stmt, counter: str) -> Expr | None:
    """The condition m of `counter = counter + int(m)`."""
    match stmt:
        case Assign(name, Binary("add", Var(left), Cast(condition))) if name == left == counter:
            return condition if condition.type.dtype.kind == "b" else None
    return None


def _of_box(expr: Expr, indices: Sequence[str]) -> Expr:
    """The expression of the indices of a box instead of those of loops."""
    return substitute(expr, {n: Var(index_name(axis), PY_INT) for axis, n in enumerate(indices)})


def _at(expr: Expr, indices: Sequence[str]) -> Expr:
    """The expression of the indices of loops for the first axes of a box."""
    return substitute(expr, {index_name(axis): Var(n, PY_INT) for axis, n in enumerate(indices)})


def _open_indices(expr: Expr) -> frozenset[str]:
    return frozenset(name for name in expr_mentions(expr) if name.startswith("<"))


def _plain(expr: Expr) -> Expr:
    """The expression whatever was proved of it."""
    return map_expr(lambda e: replace(e, checked=True) if isinstance(e, Binary | Load) else e, expr)
