"""What the calls of libraries ask of the sections of arrays that they get."""

from pyaot.ir.nodes import Const, Dim, Expr, LibraryCall, Section


def is_whole(section: Section) -> bool:
    """Whether every axis is taken from its start to its end, which needs no check."""
    extents = dict(zip(section.axes, section.extents, strict=True))
    return all(
        start == Const(0, start.type) and extents.get(axis) == Dim(section.array, axis, start.type)
        for axis, start in enumerate(section.starts)
    )


def equal_extents(stmt: LibraryCall) -> list[tuple[Expr, Expr]]:
    """Extents of a product that must be equal and are not the same expression."""
    sections = [item for item in (*stmt.inputs, *stmt.outputs) if isinstance(item, Section)]
    if stmt.function != "matmul" or len(sections) != 3:
        return []
    a, b, c = sections
    if max(len(a.axes), len(b.axes)) > 2 or not (a.axes and b.axes):
        return []
    wanted = [*a.extents[:-1], *b.extents[1:]]
    pairs = [(a.extents[-1], b.extents[0]), *zip(wanted, c.extents, strict=False)]
    return [pair for pair in pairs if pair[0] != pair[1]]
