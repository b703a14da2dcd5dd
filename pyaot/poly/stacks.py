"""Library calls on stacks of matrices become loops of calls on one matrix, which can run in parallel.

    solve(x, a, b)                  for i in range(n):
                                        solve(x[i], a[i], b[i])

Only calls that C makes itself: the others go through a stack faster in one call.
"""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import add, i64, unchecked, var
from pyaot.ir.nodes import Expr, For, Function, LibraryCall, Section, Stmt
from pyaot.ir.walk import Body, transform_body
from pyaot.poly.accumulate import names_in

Takes = Callable[[LibraryCall], bool]


def one_by_one(function: Function, takes: Takes) -> Function:
    """The function with stacked calls as loops, if `takes` approves of the call on one matrix."""
    names = names_in(function)

    def unstacked(stmt: Stmt) -> Body:
        if not isinstance(stmt, LibraryCall):
            return (stmt,)
        depth = _stacked_axes(stmt)
        single = _single(stmt, [var("i")] * depth)
        return tuple(_loops(stmt, depth, names)) if depth and takes(single) else (stmt,)

    return replace(function, body=transform_body(unstacked, function.body))


def _stacked_axes(stmt: LibraryCall) -> int:
    """How many axes the operands have before those of the matrices; 0 where they differ."""
    sections = [item for item in stmt.inputs if isinstance(item, Section)]
    if not sections or len(sections) != len(stmt.inputs):
        return 0
    depths = {len(section.axes) - 2 for section in sections}
    shapes = {section.extents[: len(section.axes) - 2] for section in sections}
    return max(depths.pop(), 0) if len(depths) == len(shapes) == 1 else 0


def _loops(stmt: LibraryCall, depth: int, names: set[str]) -> Iterator[Stmt]:
    indices: list[str] = []
    for _ in range(depth):
        indices.append(fresh("matrix", names))
        names.add(indices[-1])
    body: Body = (_single(stmt, [var(index) for index in indices]),)
    first = next(item for item in stmt.inputs if isinstance(item, Section))
    for index, extent in reversed(list(zip(indices, first.extents, strict=False))):
        body = (For(index, i64(0), extent, body, span=stmt.span),)
    yield from body


def _single(stmt: LibraryCall, indices: list[Expr]) -> LibraryCall:
    """The call for the matrices at that place of the stacks."""

    def part(item: Section | Expr) -> Section | Expr:
        return _part(item, indices) if isinstance(item, Section) else item

    outputs = tuple(_part(section, indices) for section in stmt.outputs)
    return replace(stmt, outputs=outputs, inputs=tuple(map(part, stmt.inputs)))


def _part(section: Section, indices: list[Expr]) -> Section:
    starts = list(section.starts)
    for axis, index in zip(section.axes, indices, strict=False):
        starts[axis] = unchecked(add(starts[axis], index))
    depth = len(indices)
    return replace(section, starts=tuple(starts), axes=section.axes[depth:], extents=section.extents[depth:])
