"""What certainly holds in an optimised function is not asked for.

    for i in range(m):                      for i in range(m):
        check m - i >= 0
        t = new float64[m - i]                  t = new float64[m - i], unchecked
        C[i:+4] = matmul(...), i + 4 <= n       C[i:+4] = matmul(...), unchecked

A function that could fail behind a change of its parameters changes private copies of them; what tiles and
calls of libraries ask for must not be the reason.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from pyaot.ir.extents import is_natural
from pyaot.ir.nodes import Allocate, Check, Dim, Expr, Function, LibraryCall, Section, Stmt
from pyaot.ir.sections import equal_extents, is_whole
from pyaot.ir.types import PY_INT, Array
from pyaot.ir.walk import Body, arrays_written, walk_stmts
from pyaot.poly.bounds import Place, Prover, condition_of
from pyaot.poly.sets import Formula


def without_certain(function: Function) -> Function:
    """The function with fewer questions, if it changes parameters and asks any."""
    params = {param.name for param in function.params if isinstance(param.type, Array)}
    if not params & arrays_written(function.body) or not any(map(_asks, walk_stmts(function.body))):
        return function
    prover = _Certain(function)
    body, _ = prover.body(function.body, prover.entry())
    return replace(function, body=body)


def _asks(stmt: Stmt) -> bool:
    match stmt:
        case Check():
            return True
        case Allocate():
            return not all(map(is_natural, stmt.shape))
        case LibraryCall():
            return bool(equal_extents(stmt)) or not all(map(is_whole, _sections(stmt)))
    return False


def _sections(stmt: LibraryCall) -> list[Section]:
    return [item for item in (*stmt.outputs, *stmt.inputs) if isinstance(item, Section)]


class _Certain(Prover):
    """Proves what is asked, and asks for nothing new."""

    def body(self, body: Iterable[Stmt], place: Place) -> tuple[Body, Place]:
        done: list[Stmt] = []
        for stmt in body:
            holds = isinstance(stmt, Check) and self._holds(stmt.condition, place)
            new, place = self.stmt(stmt, place)
            done += [] if holds else [new]
        return tuple(done), place

    def stmt(self, stmt: Stmt, place: Place) -> tuple[Stmt, Place]:
        if isinstance(stmt, Allocate | LibraryCall) and _asks(stmt):
            known = self.known(place)
            if all(self.is_never(wrong, known) for wrong in self._ways_to_fail(stmt, place)):
                stmt = replace(stmt, checked=False)
        return super().stmt(stmt, place)

    def require(self, outside: Formula, known: Formula, extent: Dim) -> bool:
        return False  # the guards stand

    def _holds(self, condition: Expr, place: Place) -> bool:
        return self.is_never(place.reader.condition(condition, negated=True).holds(), self.known(place))

    def _ways_to_fail(self, stmt: Allocate | LibraryCall, place: Place) -> Iterator[Formula]:
        if isinstance(stmt, Allocate):
            for extent in stmt.shape:
                term = place.reader.term(extent)
                yield condition_of(f"{term.text} < 0", term)
            return
        for section in _sections(stmt):
            lengths = dict(zip(section.axes, section.extents, strict=True))
            for axis, start in enumerate(section.starts):
                first, size = (place.reader.term(e) for e in (start, Dim(section.array, axis, PY_INT)))
                yield condition_of(f"{first.text} < 0", first)
                if axis not in lengths:
                    yield condition_of(f"{first.text} >= {size.text}", first, size)
                    continue
                length = place.reader.term(lengths[axis])
                yield condition_of(f"{length.text} < 0", length)
                yield condition_of(f"{first.text} + {length.text} > {size.text}", first, length, size)
        for pair in equal_extents(stmt):
            left, right = (place.reader.term(extent) for extent in pair)
            yield condition_of(f"({left.text} < {right.text} or {left.text} > {right.text})", left, right)
