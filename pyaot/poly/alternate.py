"""A copy at the head of a time loop becomes a second buffer: the two change their roles in every turn.

    for t in range(n):                              now, then = u, new
        c = u.copy()                                for t in range(n):
        u[1:-1] = f(c)              becomes             now, then = then, now
                                                        now[:1], now[-1:] = then[:1], then[-1:]
                                                        now[1:-1] = f(then)
                                                    if swapped: u[:] = now

Of what the loop has in `now` after the swap nothing may be read: every cell is written before it is read, or
belongs to a frame at the array's borders that is carried over. A read of `u` that comes before all writes of
its cell is one of `c`. What the caller sees is u: it gets the values back once, after all turns.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import FALSE, maximum, minimum, negated, sub, unchecked, var
from pyaot.ir.mentions import array_mentions
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Const,
    Dim,
    Exit,
    Expr,
    For,
    Function,
    If,
    Load,
    Loop,
    Return,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import PY_BOOL, PY_INT, Array
from pyaot.ir.walk import Body, arrays_written, bodies_of, map_bodies, map_exprs, rename_arrays, walk_stmts
from pyaot.poly.accumulate import names_in
from pyaot.poly.affine import Symbols
from pyaot.poly.alternate_cells import Frame, frame_of, reads_old_values
from pyaot.poly.extract import extract, is_static
from pyaot.poly.known import Known, at_entry, names_of
from pyaot.poly.scalars import ScalarFlow
from pyaot.poly.scop import Scop

TIME_LOOPS = 6  # of a function: every one is an analysis of its own


class Copying(Struct, frozen=True):
    """A loop with `made = new; made[...] = array[...]` in its body."""

    loop: For | Loop
    array: str
    made: str
    at: int  # where in the body the copying loop stands
    last: int  # and the last statement that writes the array
    known: Known
    scop: Scop  # what stands between

    @property
    def between(self) -> Body:
        """What is done with the copy while the array changes."""
        return self.loop.body[self.at + 1 : self.last + 1]


def alternate(function: Function) -> Function:
    """The function with copies at the heads of its loops made buffers that alternate."""
    for _ in range(TIME_LOOPS):
        changed = next(_changed(function), None)
        if changed is None:
            return function
        function = changed
    return function


def _changed(function: Function) -> Iterator[Function]:
    if not any(isinstance(s, For | Loop) and _copies(s.body) for s in walk_stmts(function.body)):
        return
    known = at_entry(function, names_of(function), Symbols())
    for place, stmt in enumerate(function.body):
        for copying in _copyings((stmt,), known):
            type = _type_of(copying.array, function, place)
            if type is None or any(isinstance(inner, Return) for inner in walk_stmts((stmt,))):
                continue
            frame = frame_of(copying.scop, copying.known, copying.array, copying.made, copying.between)
            if frame is not None:
                yield _Buffers(function, place, copying, type, frame).all()
        known = known.after(stmt)


def _type_of(array: str, function: Function, place: int) -> Array | None:
    """Its type, if it is a parameter or was made once, before the statement, outside of all loops."""
    for param in function.params:
        if param.name == array and isinstance(param.type, Array):
            return param.type
    made = [s for s in walk_stmts(function.body) if isinstance(s, Allocate) and s.name == array]
    is_before = len(made) == 1 and any(stmt is made[0] for stmt in function.body[:place])
    return made[0].type if is_before else None


# ---- loops that copy --------------------------------------------------------------------------------------


def _copyings(body: Body, known: Known) -> Iterator[Copying]:
    """Outer loops first."""
    for stmt in body:
        if isinstance(stmt, For | Loop):
            inside = known.inside(stmt) if isinstance(stmt, For) else known.inside_forever(stmt.body)
            yield from _copyings_of(stmt, inside)
            yield from _copyings(stmt.body, inside)
        else:
            for inner in bodies_of(stmt):
                yield from _copyings(inner, known)
        known = known.after(stmt)


def _copyings_of(loop: For | Loop, known: Known) -> Iterator[Copying]:
    for at, array, made in _copies(loop.body):
        if {array, made} & known.names.rebound or not _is_private(made, loop.body[:at], loop, known):
            continue
        writers = [n for n, s in enumerate(loop.body) if n > at and array in arrays_written((s,))]
        flow = ScalarFlow()
        if not writers or not all(is_static(s, flow) for s in loop.body[at + 1 : writers[-1] + 1]):
            continue
        if any(isinstance(s, Allocate) and s.name == array for s in walk_stmts(loop.body)):
            continue
        here = known
        for stmt in loop.body[: at + 1]:
            here = here.after(stmt)
        between = loop.body[at + 1 : writers[-1] + 1]
        scalars = frozenset(known.names.assignments)
        yield Copying(loop, array, made, at, writers[-1], here, extract(between, here, flow, scalars))


def _is_private(made: str, before: Body, loop: For | Loop, known: Known) -> bool:
    """Nobody knows the copy outside of the loop's body, nor before it was made."""
    inside = array_mentions(loop.body)[made]
    return known.names.mentions[made] == inside and array_mentions(before)[made] == 1


def _copies(body: Body) -> Iterator[tuple[int, str, str]]:
    """Where the statements copy a whole array into one that they have made: the place and both names."""
    made = {stmt.name: stmt for stmt in body if isinstance(stmt, Allocate)}
    for at, stmt in enumerate(body):
        names = _copied(stmt)
        if names is None or names[1] not in made:
            continue
        array, new = names
        if all(extent == Dim(array, axis, PY_INT) for axis, extent in enumerate(made[new].shape)):
            yield at, array, new


def _copied(stmt: Stmt) -> tuple[str, str] | None:
    """`for all elements: new[...] = array[...]`: both names."""
    indices: list[Expr] = []
    bounds: list[Expr] = []
    while isinstance(stmt, For) and len(stmt.body) == 1 and stmt.step == 1 and stmt.start == Const(0, PY_INT):
        indices.append(Var(stmt.index, PY_INT))
        bounds.append(stmt.stop)
        stmt = stmt.body[0]
    match stmt:
        case Store(new, subscripts, Load(array, places)) if subscripts == places == tuple(indices):
            is_whole = all(
                stop in (Dim(array, n, PY_INT), Dim(new, n, PY_INT)) for n, stop in enumerate(bounds)
            )
            return (array, new) if is_whole and indices and array != new else None
        case _:
            return None


# ---- the buffers ------------------------------------------------------------------------------------------


class _Buffers(Struct, dict=True):
    """Writes the function with the two buffers."""

    function: Function
    place: int  # of the outermost statement around the loop
    copying: Copying
    type: Array
    frame: Frame

    def __post_init__(self) -> None:
        taken = names_in(self.function)
        self.taken = taken
        self.now, self.then, self.swapped = (
            self._fresh(f"{self.copying.array}_{word}") for word in ("now", "then", "swapped")
        )

    def _fresh(self, wanted: str) -> str:
        name = fresh(wanted, self.taken)
        self.taken.add(name)
        return name

    def all(self) -> Function:
        """The statement around the loop with its buffers, before it their making, after it the copy back."""
        array, body = self.copying.array, self.function.body
        names = {array: self.now, self.copying.made: self.then}
        inside = rename_arrays((self._around(body[self.place]),), names)
        inside = _with_measures(inside, (self.now, self.then), array)
        shape = tuple(Dim(array, axis, PY_INT) for axis in range(self.type.rank))
        before = (
            Allocate(self.then, self.type, shape),
            Bind((self.now,), (array,)),
            Assign(self.swapped, FALSE),
        )
        full = tuple((Const(0, PY_INT), extent) for extent in shape)
        back = If(var(self.swapped, PY_BOOL), (self._copy(array, self.now, full),))
        return replace(
            self.function, body=(*body[: self.place], *before, *inside, back, *body[self.place + 1 :])
        )

    def _around(self, stmt: Stmt) -> Stmt:
        """The statement with the loop in it changed; arrays still have their old names."""
        if stmt is self.copying.loop:
            return replace(self.copying.loop, body=self._turn(self.copying.loop))
        parts = {id(inner): self._around(inner) for body in bodies_of(stmt) for inner in body}

        def change(body: Body) -> Body:
            return tuple(parts[id(inner)] for inner in body)

        return map_bodies(change, stmt)

    def _turn(self, loop: For | Loop) -> Body:
        copying = self.copying
        before = tuple(
            s for s in loop.body[: copying.at] if not (isinstance(s, Allocate) and s.name == copying.made)
        )
        names = (copying.array, copying.made)
        swap: list[Stmt] = [
            Bind(names, names[::-1]),
            Assign(self.swapped, negated(var(self.swapped, PY_BOOL))),
        ]
        first = _earliest(before, copying.array)
        between = reads_old_values(copying.scop, copying.array, copying.made, copying.between)
        rest = loop.body[copying.last + 1 :]
        return (*before[:first], *swap, *before[first:], *self._carried(), *between, *rest)

    def _carried(self) -> Iterator[Stmt]:
        """Copies of the frame."""
        array, made = self.copying.array, self.copying.made
        extents = [Dim(array, axis, PY_INT) for axis in range(self.type.rank)]
        for axis, (low, high) in enumerate(self.frame):
            full: list[tuple[Expr, Expr]] = [(Const(0, PY_INT), extent) for extent in extents]
            if low:
                full[axis] = (Const(0, PY_INT), minimum(low, extents[axis]))
                yield self._copy(array, made, full)
            if high:
                full[axis] = (maximum(0, unchecked(sub(extents[axis], high))), extents[axis])
                yield self._copy(array, made, full)

    def _copy(self, target: str, source: str, box: Sequence[tuple[Expr, Expr]]) -> Stmt:
        indices = [Var(self._fresh(f"cell{axis}"), PY_INT) for axis in range(len(box))]
        element = Load(source, tuple(indices), self.type.element, checked=False)
        stmt: Stmt = Store(target, tuple(indices), element, checked=False)
        for index, (start, stop) in reversed(list(zip(indices, box, strict=True))):
            stmt = For(index.name, start, stop, (stmt,))
        return stmt


def _earliest(before: Body, array: str) -> int:
    """Where the swap may stand, as early as can be: behind what uses the array or may leave the loop."""
    for place in reversed(range(len(before))):
        leaves = any(isinstance(stmt, Exit) for stmt in walk_stmts((before[place],)))
        if leaves or array in array_mentions((before[place],)):
            return place + 1
    return 0


def _with_measures(body: Body, names: Sequence[str], array: str) -> Body:
    """Extents of the buffers are those of the array, which keeps them."""

    def measured(expr: Expr) -> Expr:
        return replace(expr, array=array) if isinstance(expr, Dim) and expr.array in names else expr

    return map_exprs(measured, body)
