"""Sums of integer multiples, in which subscripts and bounds can be compared and solved.

n - 1 - i + 1           n - i       the same as  n + i * -1
i + 1 + k >= s          k >= s - i - 1
"""

from collections.abc import Mapping

from msgspec import Struct

from pyaot.ir.build import add, i64, mul, sub, unchecked
from pyaot.ir.nodes import Binary, Const, Dim, Expr, Var
from pyaot.ir.types import PY_INT
from pyaot.poly.affine import Reader, variable_symbol
from pyaot.poly.sets import Formula

Leaf = Var | Dim


class IndexSum(Struct, frozen=True):
    """sum(factor * leaf) + constant."""

    factors: tuple[tuple[Leaf, int], ...] = ()
    constant: int = 0

    def plus(self, other: "IndexSum", times: int = 1) -> "IndexSum":
        """This and so many of the other."""
        sums = dict(self.factors)
        for leaf, factor in other.factors:
            sums[leaf] = sums.get(leaf, 0) + times * factor
        left = tuple((leaf, factor) for leaf, factor in sums.items() if factor)
        return IndexSum(left, self.constant + times * other.constant)

    def minus(self, other: "IndexSum") -> "IndexSum":
        """The difference."""
        return self.plus(other, -1)

    def is_same(self, other: "IndexSum") -> bool:
        """Equal whatever the leaves are."""
        return self.minus(other) == IndexSum()

    def factor_of(self, name: str) -> int:
        """How often a variable stands in it."""
        return next((f for leaf, f in self.factors if isinstance(leaf, Var) and leaf.name == name), 0)

    def without(self, name: str) -> "IndexSum":
        """The rest of the sum."""
        rest = tuple(pair for pair in self.factors if not (isinstance(pair[0], Var) and pair[0].name == name))
        return IndexSum(rest, self.constant)

    @property
    def variables(self) -> frozenset[str]:
        """The variables in it."""
        return frozenset(leaf.name for leaf, _ in self.factors if isinstance(leaf, Var))

    def expression(self) -> Expr:
        """As IR: what is added first, then what is taken away."""
        total: Expr | None = None
        for leaf, factor in sorted(self.factors, key=lambda pair: pair[1] < 0):
            part = unchecked(mul(abs(factor), leaf))
            if total is None:
                total = part if factor > 0 else unchecked(sub(0, part))
            else:
                total = unchecked(add(total, part) if factor > 0 else sub(total, part))
        return i64(self.constant) if total is None else unchecked(add(total, self.constant))

    def formula(self, names: "Naming") -> Formula:
        """As text for isl, which is no condition yet."""
        parts, symbols = [str(self.constant)], frozenset[str]()
        for leaf, factor in self.factors:
            term = names.of(leaf)
            parts.append(f"{'+' if factor > 0 else '-'} {abs(factor)}*({term.text})")
            symbols |= term.symbols
        return Formula(" ".join(parts), symbols)


class Naming(Struct, frozen=True):
    """How isl calls variables and extents; `given` are texts for some of the variables."""

    reader: Reader
    indices: frozenset[str]  # of the loops around
    given: Mapping[str, Formula]

    def of(self, leaf: Leaf) -> Formula:
        """The text of a variable or an extent."""
        if isinstance(leaf, Var) and leaf.name in self.given:
            return self.given[leaf.name]
        if isinstance(leaf, Var) and leaf.name in self.indices:
            name = variable_symbol(leaf.name)
            return Formula(name, frozenset({name}))
        term = self.reader.term(leaf)
        return Formula(term.text, term.symbols, term.unknowns)


def index_sum(expr: Expr) -> IndexSum | None:
    """The sum that an int expression is; None where it is something else."""
    if expr.type != PY_INT:
        return None
    match expr:
        case Const():
            return IndexSum((), int(expr.value.real))
        case Var() | Dim():
            return IndexSum(((expr, 1),))
        case Binary("add" | "sub" | "mul" as op, left, right):
            a, b = index_sum(left), index_sum(right)
            return None if a is None or b is None else _combined(op, a, b)
        case _:
            return None


def _combined(op: str, a: IndexSum, b: IndexSum) -> IndexSum | None:
    if op != "mul":
        return a.plus(b, 1 if op == "add" else -1)
    if a.factors and b.factors:
        return None
    times, other = (a.constant, b) if not a.factors else (b.constant, a)
    return IndexSum().plus(other, times) if times else IndexSum()
