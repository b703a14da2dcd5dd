"""What is known at a place of the function: values of scalars and extents, and conditions that hold.

    t = np.empty(n)             Dim(t, 0) is n
    m = n - 1                   m is n - 1               (where m is set nowhere else)
    Check(Dim(a, 0) == n)       Dim(a, 0) is n from here on
    Check(n > 2)                n > 2 from here on

Only names that never change their meaning take part: scalars with at most one assignment, arrays that no
Bind names.
"""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.alias import Aliases, aliases
from pyaot.ir.mentions import array_mentions, arrays_named_by
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Block,
    Check,
    Compare,
    Const,
    Dim,
    Expr,
    For,
    Function,
    If,
    Load,
    Loop,
    Select,
    Stmt,
    Var,
)
from pyaot.ir.walk import walk_expr, walk_stmts
from pyaot.poly.affine import Reader, Symbols, Term, symbol, variable_symbol
from pyaot.poly.sets import Formula


class Names(Struct, frozen=True):
    """Facts about the names of a function, from one look at its text."""

    assignments: Counter[str]
    rebound: frozenset[str]  # arrays that a Bind names
    mentions: Counter[str]  # how often an array's name stands in the text
    overlaps: Aliases  # which arrays may be the same one, statement by statement

    def is_steady(self, expr: Expr) -> bool:
        """No part of the expression changes its value during its life."""
        return all(self._steady_leaf(node) for node in walk_expr(expr))

    def _steady_leaf(self, node: Expr) -> bool:
        match node:
            case Var():
                return self.assignments[node.name] <= 1
            case Dim():
                return node.array not in self.rebound
            case Load():
                return False
            case _:
                return True


def names_of(function: Function) -> Names:
    """Counts assignments and mentions, and finds the arrays that a Bind makes the same."""
    assignments = Counter(s.name for s in walk_stmts(function.body) if isinstance(s, Assign))
    assignments.update(param.name for param in function.params)
    binds = [s for s in walk_stmts(function.body) if isinstance(s, Bind)]
    rebound = frozenset(name for bind in binds for name in (*bind.targets, *bind.sources))
    return Names(assignments, rebound, array_mentions(function.body), aliases(function))


class Known(Struct, frozen=True):
    """What holds at a place. `fresh`: arrays that certainly are no other, whatever names were bound."""

    names: Names
    symbols: Symbols
    values: dict[Expr, Term] = field(default_factory=dict)
    facts: tuple[Formula, ...] = ()
    fresh: frozenset[str] = frozenset()

    def reader(self) -> Reader:
        """Reads expressions at this place."""
        return Reader(self.symbols, self.values)

    def after(self, stmt: Stmt) -> "Known":
        """What holds behind the statement."""
        match stmt:
            case Assign(name, value) if value.type.dtype.kind in "iu" and self.names.assignments[name] <= 1:
                return self._with_value(Var(name, value.type), value)
            case Allocate():
                return self._after_allocate(stmt)
            case Check(condition):
                return self.given(condition)
            case Bind() | For() | Loop() | Block() | If() if self.names.rebound:
                return replace(self, fresh=self.fresh - _rebound((stmt,)))
            case _:
                return self

    def given(self, condition: Expr) -> "Known":
        """What holds where a steady condition is true."""
        match condition:
            case Select(first, second, Const(False)):
                return self.given(first).given(second)
            case Compare("eq", Dim() | Var() as left, right) if self._may_replace(left, right):
                return self._with_value(left, right)
            case Compare("eq", left, Dim() | Var() as right) if self._may_replace(right, left):
                return self._with_value(right, left)
            case _ if not self.names.is_steady(condition):
                return self
            case _:
                term = self.reader().condition(condition)
                return self if term.unknowns else replace(self, facts=(*self.facts, term.holds()))

    def _may_replace(self, name: Expr, value: Expr) -> bool:
        if name in self.values or not (self.names.is_steady(name) and self.names.is_steady(value)):
            return False
        if name.type.dtype.kind not in "iu":
            return False
        own = self.symbols.symbol_for(name).symbols if isinstance(name, Var | Dim) else frozenset()
        return not own & self.reader().term(value).symbols

    def _with_value(self, name: Expr, value: Expr) -> "Known":
        term = self.reader().term(value)
        if term.unknowns or not self.names.is_steady(value):
            return self
        old = self.symbols.symbol_for(name).text if isinstance(name, Var | Dim) else ""
        values = {key: term if value.text == old else value for key, value in self.values.items()}
        return replace(self, values={**values, name: term})

    def _after_allocate(self, stmt: Allocate) -> "Known":
        known = replace(self, fresh=self.fresh | {stmt.name})
        if stmt.name in self.names.rebound:
            return known
        for axis, extent in enumerate(stmt.shape):
            known = known._with_value(Dim(stmt.name, axis, extent.type), extent)
        return known

    def inside(self, loop: For) -> "Known":
        """What holds in the body of a loop that is no part of a region, so that its index is a parameter."""
        known = self.inside_forever(loop.body)
        index = Var(loop.index, loop.start.type)
        known.symbols.symbol_for(index)
        bounds = loop_formula(replace(loop, step=1), known.reader())  # its steps cost isl more than they tell
        return known if bounds.unknowns else replace(known, facts=(*known.facts, bounds))

    def inside_forever(self, body: Iterable[Stmt]) -> "Known":
        """What holds at the head of a loop without index."""
        return replace(self, fresh=self.fresh - _rebound(body)) if self.names.rebound else self


def _rebound(body: Iterable[Stmt]) -> set[str]:
    binds = (stmt for stmt in walk_stmts(body) if isinstance(stmt, Bind))
    return {name for bind in binds for name in arrays_named_by(bind)}


def at_entry(function: Function, names: Names, symbols: Symbols) -> Known:
    """What the guard has made sure of."""
    known = Known(names, symbols)
    for require in function.requires:
        known = known.given(require.condition)
    return known


def loop_formula(loop: For, reader: Reader) -> Formula:
    """start <= index < stop, and index - start a multiple of the step."""
    start, stop = reader.term(loop.start), reader.term(loop.stop)
    index = symbol(variable_symbol(loop.index))
    text = f"{start.text} <= {index.text} and {index.text} < {stop.text}"
    if loop.step != 1:
        text += f" and (({index.text} - ({start.text})) mod {loop.step}) = 0"
    facts = " and ".join((text, *start.facts, *stop.facts))
    unknowns = tuple(dict.fromkeys(start.unknowns + stop.unknowns))
    return Formula(facts, start.symbols | stop.symbols | index.symbols, unknowns)
