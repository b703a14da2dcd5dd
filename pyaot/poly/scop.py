"""A static control part: statements with their domains and accesses, as data.

    for i in range(n):              S0: loops (i), domain 0 <= i < n
        s = 0.0                     S0 writes s[i]               s is private to i, so it has a copy for each
        for j in range(i):          S1: loops (i, j)
            s = s + a[i, j]         S1 reads s[i], a[i, j], writes s[i]

Loops are told apart by `key`, their number in the order of the text.
"""

from msgspec import Struct

from pyaot.base.source import Span
from pyaot.ir.nodes import For, Stmt
from pyaot.poly.affine import Symbols, variable_symbol
from pyaot.poly.sets import Formula, Relation, Set


class LoopNode(Struct, frozen=True):
    """A loop of the region; `is_affine` where its trip count is known from outside."""

    key: int
    loop: For
    is_affine: bool

    @property
    def index(self) -> str:
        """The name of its dimension."""
        return variable_symbol(self.loop.index)


class Access(Struct, frozen=True):
    """What a statement reads or writes: from its instances to elements."""

    name: str
    is_write: bool
    relation: Relation
    is_exact: bool  # every instance certainly accesses these elements
    is_scalar: bool = False

    @property
    def is_read(self) -> bool:
        """An access is one or the other."""
        return not self.is_write


class Statement(Struct, frozen=True):
    """A leaf of the region: an assignment, a check, a test of an If or For, or a while loop as a whole."""

    name: str
    position: int
    loops: tuple[LoopNode, ...]
    stmt: Stmt
    domain: Formula
    accesses: tuple[Access, ...]

    @property
    def dims(self) -> tuple[str, ...]:
        """The names of its dimensions."""
        return tuple(node.index for node in self.loops)

    @property
    def span(self) -> Span:
        """Its place."""
        return self.stmt.span


class Scop(Struct, frozen=True):
    """A region: its statements in the order of the text, and what is known of the parameters."""

    body: tuple[Stmt, ...]
    statements: tuple[Statement, ...]
    loops: tuple[LoopNode, ...]
    context: Set
    symbols: Symbols
    local: frozenset[str]  # arrays that live within one iteration of a loop of the region


def common_loops(first: Statement, second: Statement) -> tuple[LoopNode, ...]:
    """The loops around both, outermost first."""
    shared = []
    for a, b in zip(first.loops, second.loops, strict=False):
        if a.key != b.key:
            break
        shared.append(a)
    return tuple(shared)
