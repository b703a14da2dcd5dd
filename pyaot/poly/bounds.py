"""Subscripts that are certainly in range lose their check; what must hold for that becomes a Require.

    for i in range(n):                  requires n <= Dim(x, 0)
        x[i]                            x[i], unchecked
        x[i - n]                        x[i - n + Dim(x, 0)] where n <= Dim(x, 0), unchecked
        x[idx[i]]                       stays checked, idx[i] does not

Every scalar stands for a symbol that never changes: an assignment, and a loop that assigns, gives it a
new one.
"""

from collections.abc import Iterable, Sequence
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.build import add
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Block,
    Check,
    Compare,
    Const,
    Dim,
    Exit,
    Expr,
    For,
    Function,
    If,
    LibraryCall,
    Load,
    Loop,
    Param,
    Require,
    Return,
    Select,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import PY_INT, Array
from pyaot.ir.user_names import user_names_of
from pyaot.ir.walk import (
    Body,
    arrays_written,
    bound_together,
    map_stmt_exprs,
    map_sub_expressions,
    walk_stmts,
)
from pyaot.poly.affine import Reader, Symbols, Term, symbol, variable_symbol
from pyaot.poly.known import loop_formula, names_of
from pyaot.poly.requirements import requirement
from pyaot.poly.scalars import ScalarFlow
from pyaot.poly.sets import Formula, Set, conjunction, context


def prove_bounds(function: Function) -> Function:
    """The same function with fewer checks, and perhaps more requirements."""
    prover = Prover(function)
    body, _ = prover.body(function.body, prover.entry())
    return replace(function, body=body, requires=(*function.requires, *prover.requires))


class Place(Struct, frozen=True):
    """Where the prover is, and what is known there; `is_certain`: it is reached whenever its guards hold."""

    reader: Reader
    guards: tuple[Formula, ...] = ()
    is_certain: bool = True
    bound: frozenset[str] = frozenset()  # arrays that exist

    def under(self, *guards: Formula) -> "Place":
        """Where these hold too."""
        return replace(self, guards=(*self.guards, *guards))

    def inside(self, index: Var) -> "Place":
        """In a loop over that index."""
        own = symbol(variable_symbol(index.name))
        reader = self.reader.where({index: own})
        return replace(self, reader=replace(reader, indices=reader.indices | own.symbols))

    def where(self, values: dict[Expr, Term]) -> "Place":
        """Where these values are known."""
        return replace(self, reader=self.reader.where(values))


class Prover:
    """Goes through a function with all that is known of its integers."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.symbols = Symbols()
        self.flow = ScalarFlow()
        self.requires: list[Require] = []
        self.required: list[Formula] = []
        self.names = names_of(function)
        self.groups = bound_together(function.body)
        made = [s for s in walk_stmts(function.body) if isinstance(s, Allocate)]
        arrays = {p.name: p.type for p in function.params if isinstance(p.type, Array)}
        self.ranks = {name: type.rank for name, type in arrays.items()} | {s.name: s.type.rank for s in made}
        self.entry_meaning: dict[str, Expr] = {}
        self.proofs: dict[tuple[str, str], bool] = {}
        self.user_names = user_names_of(function)

    def entry(self) -> Place:
        """What the guard has made sure of."""
        values: dict[Expr, Term] = {}
        for param in self.function.params:
            for leaf in _leaves(param):
                values[leaf] = self.symbols.symbol_for(leaf)
                self.entry_meaning[values[leaf].text] = leaf
        many = frozenset(name for name, count in self.names.assignments.items() if count > 1)
        written = arrays_written(self.function.body) | self.names.rebound
        reader = Reader(self.symbols, values, many, written)
        place = Place(reader, bound=frozenset(self.ranks) & {p.name for p in self.function.params})
        for require in self.function.requires:
            place = self._given(place, require.condition)
        self.required.extend(place.guards)
        return place

    # ---- statements

    def body(self, body: Iterable[Stmt], place: Place) -> tuple[Body, Place]:
        """The statements, and the place behind them."""
        done: list[Stmt] = []
        for stmt in body:
            new, place = self.stmt(stmt, place)
            done.append(new)
        return tuple(done), place

    def stmt(self, stmt: Stmt, place: Place) -> tuple[Stmt, Place]:
        """The statement, and the place behind it."""
        match stmt:
            case Assign():
                new = replace(stmt, value=self.expr(stmt.value, place))
                return new, place.where(self._value_of(stmt, place))
            case Store():
                return self._store(stmt, place), place
            case Check():
                new_check = replace(stmt, condition=self.expr(stmt.condition, place))
                return new_check, self._given(place, stmt.condition)
            case Allocate():
                return self._at(stmt, place), self._after_allocate(stmt, place)
            case Bind():
                return stmt, self._after_bind(stmt, place)
            case If():
                return self._if(stmt, place)
            case For() | Loop() | Block():
                return self._nested(stmt, place)
            case Return() | Exit() | LibraryCall():
                return self._at(stmt, place), place
            case _:
                assert_never(stmt)

    def _at(self, stmt: Stmt, place: Place) -> Stmt:
        """The statement's own expressions; not seen from their roots, they may be skipped."""
        perhaps = replace(place, is_certain=False)

        def proved(expr: Expr) -> Expr:
            return self._element(expr, perhaps) if isinstance(expr, Load) else expr

        return map_stmt_exprs(proved, stmt)

    def _value_of(self, stmt: Assign, place: Place) -> dict[Expr, Term]:
        if stmt.value.type.dtype.kind not in "iu":
            return {}
        term = place.reader.term(stmt.value)
        known = term if not term.is_unknown else self.symbols.version(stmt.name)
        return {Var(stmt.name, stmt.value.type): known}

    def _after_allocate(self, stmt: Allocate, place: Place) -> Place:
        extents: dict[Expr, Term] = {}
        for axis, extent in enumerate(stmt.shape):
            term = place.reader.term(extent)
            extents[Dim(stmt.name, axis, PY_INT)] = (
                self.symbols.version(stmt.name) if term.is_unknown else term
            )
        return replace(place.where(extents), bound=place.bound | {stmt.name})

    def _after_bind(self, stmt: Bind, place: Place) -> Place:
        extents: dict[Expr, Term] = {}
        for target, source in zip(stmt.targets, stmt.sources, strict=True):
            for axis in range(self.ranks[source]):
                extents[Dim(target, axis, PY_INT)] = place.reader.term(Dim(source, axis, PY_INT))
            self.ranks.setdefault(target, self.ranks[source])
        return replace(place.where(extents), bound=place.bound | set(stmt.targets))

    def _if(self, stmt: If, place: Place) -> tuple[Stmt, Place]:
        condition = self.expr(stmt.condition, place)
        yes = place.reader.condition(stmt.condition).holds()
        no = place.reader.condition(stmt.condition, negated=True).holds()
        then, _ = self.body(stmt.then, place.under(yes))
        otherwise, _ = self.body(stmt.otherwise, place.under(no))
        after = self._forgetting(place, (*stmt.then, *stmt.otherwise))
        for branch, other in ((stmt.then, no), (stmt.otherwise, yes)):
            if not self.flow.effect_of_all(branch).falls:
                after = after.under(other)
        may_leave = any(isinstance(s, Return | Exit) for s in walk_stmts((stmt,)))
        after = replace(after, is_certain=after.is_certain and not may_leave)
        return replace(stmt, condition=condition, then=then, otherwise=otherwise), after

    def _nested(self, stmt: For | Loop | Block, place: Place) -> tuple[Stmt, Place]:
        """A loop forgets at its head what its body changes; after it and after a Block the same."""
        inner = place if isinstance(stmt, Block) else self._forgetting(place, stmt.body)
        may_leave = any(isinstance(s, Return | Exit) for s in walk_stmts(stmt.body))
        if isinstance(stmt, For):
            index = Var(stmt.index, stmt.start.type)
            bounds = loop_formula(stmt, place.reader)
            inner = inner.inside(index).under(bounds)
        inner = replace(inner, is_certain=inner.is_certain and (isinstance(stmt, Block) or not may_leave))
        body, _ = self.body(stmt.body, inner)
        after = self._forgetting(place, stmt.body)
        after = replace(after, is_certain=after.is_certain and not may_leave)
        if not isinstance(stmt, For):
            return replace(stmt, body=body), after
        start, stop = self.expr(stmt.start, place), self.expr(stmt.stop, place)
        return replace(stmt, start=start, stop=stop, body=body), after

    def _forgetting(self, place: Place, body: Sequence[Stmt]) -> Place:
        """The place, with new symbols for all that the body may change."""
        values: dict[Expr, Term] = {}
        for stmt in walk_stmts(body):
            if isinstance(stmt, Assign) and stmt.value.type.dtype.kind in "iu":
                values[Var(stmt.name, stmt.value.type)] = self.symbols.version(stmt.name)
        changed = {name for stmt in walk_stmts(body) if isinstance(stmt, Bind) for name in stmt.targets}
        changed |= {stmt.name for stmt in walk_stmts(body) if isinstance(stmt, Allocate)}
        fresh = place.where(values)
        for group in {self.groups.get(name, frozenset((name,))) for name in changed}:
            fresh = fresh.where(self._extents_of_group(group, fresh, body))
        return fresh

    def _extents_of_group(
        self, group: frozenset[str], place: Place, body: Sequence[Stmt]
    ) -> dict[Expr, Term]:
        """Arrays that are bound to one another all have the same extents, or nothing is known of them."""
        bound = sorted(group & place.bound)
        shapes = {self._shape(name, place) for name in bound}
        for stmt in walk_stmts(body):
            if isinstance(stmt, Allocate) and stmt.name in group:
                shapes.add(tuple(place.reader.term(extent) for extent in stmt.shape))
        names = [(name, axis) for name in sorted(group) for axis in range(self.ranks.get(name, 0))]
        if len(shapes) == 1 and not any(term.unknowns for term in next(iter(shapes))):
            shape = shapes.pop()
            return {Dim(name, axis, PY_INT): shape[axis] for name, axis in names}
        return {Dim(name, axis, PY_INT): self.symbols.version(name) for name, axis in names}

    def _shape(self, name: str, place: Place) -> tuple[Term, ...]:
        return tuple(place.reader.term(Dim(name, axis, PY_INT)) for axis in range(self.ranks[name]))

    def _given(self, place: Place, condition: Expr) -> Place:
        """Where the condition holds; an equation gives a name its value."""
        match condition:
            case Select(first, second, Const(False)):
                return self._given(self._given(place, first), second)
            case Compare("eq", left, right) if left.type.dtype.kind in "iu":
                for name, value in ((left, right), (right, left)):
                    term = place.reader.term(value)
                    if isinstance(name, Dim) and not term.symbols & place.reader.term(name).symbols:
                        return place.where({name: term}).under(place.reader.condition(condition).holds())
        return place.under(place.reader.condition(condition).holds())

    # ---- expressions

    def expr(self, expr: Expr, place: Place) -> Expr:
        """The expression, with what its own conditions say about its parts."""
        if isinstance(expr, Select):
            yes = place.reader.condition(expr.condition).holds()
            no = place.reader.condition(expr.condition, negated=True).holds()
            return replace(
                expr,
                condition=self.expr(expr.condition, place),
                if_true=self.expr(expr.if_true, place.under(yes)),
                if_false=self.expr(expr.if_false, place.under(no)),
            )
        inner = map_sub_expressions(lambda part: self.expr(part, place), expr)
        return self._element(inner, place) if isinstance(inner, Load) else inner

    def _element(self, load: Load, place: Place) -> Load:
        if not load.checked:
            return load
        subscripts = self._proved(load.array, load.subscripts, place)
        return load if subscripts is None else replace(load, subscripts=subscripts, checked=False)

    def _store(self, stmt: Store, place: Place) -> Store:
        value = self.expr(stmt.value, place)
        subscripts = tuple(self.expr(subscript, place) for subscript in stmt.subscripts)
        proved = self._proved(stmt.array, subscripts, place) if stmt.checked else None
        checked = stmt.checked and proved is None
        return replace(stmt, value=value, subscripts=proved or subscripts, checked=checked)

    def _proved(self, array: str, subscripts: tuple[Expr, ...], place: Place) -> tuple[Expr, ...] | None:
        """Subscripts that need no check; None where that cannot be shown."""
        known = self.known(place)
        result: list[Expr] = []
        for axis, subscript in enumerate(subscripts):
            proved = self._axis(Dim(array, axis, PY_INT), subscript, place, known)
            if proved is None:
                return None
            result.append(proved)
        return tuple(result)

    def known(self, place: Place) -> Formula:
        """All that holds there."""
        return conjunction((*self.required, *place.guards))

    def _axis(self, extent: Dim, subscript: Expr, place: Place, known: Formula) -> Expr | None:
        term, size = place.reader.term(subscript), place.reader.term(extent)
        if term.is_unknown and not term.facts:
            return None
        outside = condition_of(f"({term.text} < 0 or {term.text} >= {size.text})", term, size)
        if self.is_never(outside, known):
            return subscript
        wrong = condition_of(f"({term.text} < -({size.text}) or {term.text} >= 0)", term, size)
        if self.is_never(wrong, known):
            return add(subscript, replace(extent))
        if not place.is_certain or self._may_be_skipped(known) or term.unknowns:
            return None
        is_negative = term.constant is not None and term.constant < 0
        if self.require(wrong if is_negative else outside, known, extent):
            return add(subscript, extent) if is_negative else subscript
        return None

    def _may_be_skipped(self, known: Formula) -> bool:
        """Whether it is executed depends on more than parameters."""
        return bool(known.unknowns)

    def is_never(self, outside: Formula, known: Formula) -> bool:
        """Whether the condition cannot hold there."""
        key = (outside.text, known.text)
        if key not in self.proofs:
            self.proofs[key] = self._failing(outside, known).is_empty()
        return self.proofs[key]

    def _failing(self, outside: Formula, known: Formula) -> Set:
        """The values for which the subscript is out of range; unknowns must be read together."""
        if outside.unknowns:
            return context(_with_extents(conjunction((outside, known))))
        return context(_with_extents(known)).meet(context(_with_extents(outside)))

    def require(self, outside: Formula, known: Formula, extent: Dim) -> bool:
        """Adds the condition under which it never happens, if there is a sensible one."""
        failing = self._failing(outside, known)
        required = conjunction(self.required)
        assumed: Set = context(_with_extents(Formula(required.text, required.symbols | outside.symbols)))
        found = requirement(failing, assumed, self.entry_meaning)
        if found is None:
            return False
        condition, _ = found
        array = self.user_names.words(extent.array)
        self.requires.append(Require(condition, f"a subscript of {array} would be out of range"))
        self.required.append(self._entry_reader().condition(condition).holds())
        return True

    def _entry_reader(self) -> Reader:
        return Reader(self.symbols, {})


def _leaves(param: Param) -> Sequence[Var | Dim]:
    """The integers that come in with a parameter."""
    if isinstance(param.type, Array):
        return [Dim(param.name, axis, PY_INT) for axis in range(param.type.rank)]
    return [Var(param.name, param.type)] if param.type.dtype.kind in "iu" else []


def condition_of(text: str, *terms: Term) -> Formula:
    """The condition that the text says of the terms, with what is known of them."""
    facts = dict.fromkeys(fact for term in terms for fact in term.facts)
    symbols = frozenset().union(*(term.symbols for term in terms))
    unknowns = dict.fromkeys(unknown for term in terms for unknown in term.unknowns)
    return Formula(" and ".join((text, *facts)), symbols, tuple(unknowns))


def _with_extents(formula: Formula) -> Formula:
    """Extents are never negative."""
    extents = [f"{name} >= 0" for name in sorted(formula.symbols) if name.startswith("d_")]
    return conjunction((formula, Formula(" and ".join(extents), formula.symbols)))
