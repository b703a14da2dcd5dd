"""A run of statements as a static control part.

    for i in range(n):                  Statement S0, loops (i), 0 <= v_i < v_n
        if x[i] > 0.0:                  its test reads x[v_i]
            y[idx[i]] = x[i]            S1 may write y[q0], whatever q0 is

Nothing is refused: what is not affine is over-approximated, a while loop is one statement. Only statements
that end or bind something (Return, Bind, an Exit to the outside) do not belong to a region, and calls of a
library only where a pass asks for them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.mentions import array_mentions
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Block,
    Check,
    Const,
    Dim,
    Exit,
    Expr,
    For,
    If,
    LibraryCall,
    Load,
    Loop,
    Return,
    Section,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import arrays_written, expressions_of, scalars_assigned, walk_expr, walk_stmts
from pyaot.poly.affine import (
    Reader,
    Term,
    array_symbol,
    combined,
    extent_symbol,
    number,
    symbol,
    variable_symbol,
)
from pyaot.poly.known import Known, loop_formula
from pyaot.poly.scalars import Names, ScalarFlow
from pyaot.poly.scop import Access, LoopNode, Scop, Statement
from pyaot.poly.sets import Formula, conjunction, context, relation

Takes = Callable[[LibraryCall], bool]  # whether a call of a library may be part of a region


def no_calls(_: LibraryCall) -> bool:
    """For passes that do not look into sections of arrays."""
    return False


def is_static(stmt: Stmt, flow: ScalarFlow, takes: Takes = no_calls) -> bool:
    """May be part of a region: it neither ends the function, nor binds arrays, nor makes calls not taken."""
    for inner in walk_stmts((stmt,)):
        if isinstance(inner, Return | Bind) or (isinstance(inner, LibraryCall) and not takes(inner)):
            return False
    return not flow.effect(stmt).exits


def extract(body: Sequence[Stmt], known: Known, flow: ScalarFlow, live_out: Names) -> Scop:
    """The region that these static statements are; `live_out`: scalars that are read after it."""
    extractor = _Extractor(known, flow, array_mentions(body), known.names.overlaps.groups(body))
    written = arrays_written(body) | known.names.rebound
    reader = Reader(known.symbols, known.values, scalars_assigned(body), written)
    extractor.visit_all(body, _Place(reader), live_out)
    used = frozenset().union(*(s.domain.symbols for s in extractor.statements), extractor.used)
    return Scop(
        tuple(body),
        tuple(extractor.statements),
        tuple(extractor.loops),
        context(conjunction((*_relevant(known.facts, used), *_extents(used, known)))),
        known.symbols,
        frozenset(extractor.homes),
    )


def _relevant(facts: Iterable[Formula], used: frozenset[str]) -> list[Formula]:
    """The facts that speak of what the region speaks of."""
    return [fact for fact in facts if fact.symbols & used]


def _extents(used: frozenset[str], known: Known) -> list[Formula]:
    extents = sorted(name for name in used if isinstance(known.symbols.meaning.get(name), Dim))
    return [Formula(f"{name} >= 0", frozenset({name})) for name in extents]


class _Place(Struct, frozen=True):
    """Where the extractor is: the loops and conditions around, and which iterations scalars belong to."""

    reader: Reader
    loops: tuple[LoopNode, ...] = ()
    guards: tuple[Formula, ...] = ()
    scalar_homes: dict[str, int] = field(default_factory=dict)  # private to the first so many loops

    def home_of(self, name: str) -> tuple[str, ...]:
        """The iteration that a scalar belongs to."""
        return tuple(node.index for node in self.loops[: self.scalar_homes.get(name, 0)])

    @property
    def dims(self) -> tuple[str, ...]:
        """The dimensions of a statement here."""
        return tuple(node.index for node in self.loops)


class _Extractor(Struct):
    known: Known
    flow: ScalarFlow
    region_mentions: dict[str, int]
    overlapping: dict[str, str]  # arrays that may be the same one here have the same representative
    statements: list[Statement] = field(default_factory=list)
    loops: list[LoopNode] = field(default_factory=list)
    homes: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of arrays allocated inside loops
    used: frozenset[str] = frozenset()
    named: set[str] = field(default_factory=set)  # arrays that the text has named so far

    def visit_all(self, body: Sequence[Stmt], place: _Place, live_out: Names) -> None:
        after = self.flow.live_after_each(body, live_out, {})
        for stmt, live in zip(body, after, strict=True):
            place = self._visit(stmt, place, live)

    def _visit(self, stmt: Stmt, place: _Place, live: Names) -> _Place:
        """Adds the statements of `stmt`; the place behind it."""
        match stmt:
            case For():
                self._for(stmt, place, live)
            case If():
                self._if(stmt, place, live)
            case Assign():
                self._leaf(stmt, place)
                return self._knowing(place, Var(stmt.name, stmt.value.type), stmt.value)
            case Allocate():
                return self._allocate(stmt, place)
            case Store() | Check() | LibraryCall():
                self._leaf(stmt, place)
            case Loop() | Block():
                self._opaque(stmt, place, live)
            case Return() | Bind() | Exit():
                raise ValueError(f"not a static statement: {stmt}")
            case _:
                assert_never(stmt)
        return place

    def _knowing(self, place: _Place, name: Var | Dim, value: Expr) -> _Place:
        """A scalar that is set only here, and an extent that is fixed, stand for their values."""
        if isinstance(name, Var) and self.known.names.assignments[name.name] > 1:
            return place
        if name.type.dtype.kind not in "iu":
            return place
        return replace(place, reader=place.reader.where({name: place.reader.term(value)}))

    def _for(self, stmt: For, place: _Place, live: Names) -> None:
        self._leaf(stmt, place)
        bounds = loop_formula(stmt, place.reader)
        node = LoopNode(len(self.loops), stmt, bounds.is_exact)
        self.loops.append(node)
        loops = (*place.loops, node)
        private = self.flow.private_to(stmt, live)
        reader = place.reader.where({Var(stmt.index, stmt.start.type): symbol(node.index)})
        inner = _Place(
            replace(reader, indices=reader.indices | {node.index}),
            loops,
            (*place.guards, bounds),
            {**place.scalar_homes, **dict.fromkeys(private, len(loops))},
        )
        self.visit_all(stmt.body, inner, self.flow.live_out_of_body(stmt, live))

    def _if(self, stmt: If, place: _Place, live: Names) -> None:
        self._leaf(stmt, place)
        for body, negated in ((stmt.then, False), (stmt.otherwise, True)):
            if body:
                condition = place.reader.condition(stmt.condition, negated).holds()
                self.visit_all(body, replace(place, guards=(*place.guards, condition)), live)

    def _allocate(self, stmt: Allocate, place: _Place) -> _Place:
        self._leaf(stmt, place)
        if stmt.name in self.known.names.rebound:
            return place
        for axis, extent in enumerate(stmt.shape):
            place = self._knowing(place, Dim(stmt.name, axis, extent.type), extent)
        return place

    # ---- statements

    def _leaf(self, stmt: Stmt, place: _Place) -> None:
        """The statement itself, without what is nested in it."""
        if isinstance(stmt, Allocate):
            self._make(stmt.name, place)
        access = _Accesses(self, place, f"S{len(self.statements)}")
        access.read_all(expressions_of(stmt))
        match stmt:
            case Assign():
                access.scalar(stmt.name, is_write=True, is_certain=True)
            case Store():
                access.element(stmt.array, stmt.subscripts, stmt.checked, is_write=True)
            case Allocate() if stmt.fill is not None:
                access.whole(stmt.name, stmt.type.rank, is_write=True)
            case LibraryCall():
                access.library(stmt)
        if access.found or not isinstance(stmt, For | If):
            self._add(stmt, place, access)

    def _opaque(self, stmt: Loop | Block, place: _Place, live: Names) -> None:
        """A while loop, as one statement that may do all that is in it."""
        inside = scalars_assigned((stmt,))
        effect = self.flow.effect(stmt)
        access = _Accesses(self, place, f"S{len(self.statements)}", are_certain=False)
        access.inside(stmt, place.reader, effect.exposed | (place.reader.variant - inside))
        for name in sorted(inside & (live | effect.exposed)):
            access.scalar(name, is_write=True, is_certain=name in effect.sets)
        self._add(stmt, place, access)

    def _add(self, stmt: Stmt, place: _Place, access: "_Accesses") -> None:
        domain = conjunction(place.guards)
        name, position = access.statement, len(self.statements)
        self.named |= array_mentions((stmt,)).keys()
        accesses = tuple(access.found.values())
        self.statements.append(Statement(name, position, place.loops, stmt, domain, accesses))

    def _make(self, name: str, place: _Place) -> None:
        """An array comes to be: for this iteration alone, if nobody knows it outside; else for good."""
        if not place.loops:
            self.known = replace(self.known, fresh=self.known.fresh | {name})
        elif name not in self.named and self.known.names.mentions[name] == self.region_mentions[name]:
            self.homes[name] = place.dims
            self.known = replace(self.known, fresh=self.known.fresh | {name})

    def array_name(self, name: str) -> str:
        """The representative of all arrays that it may overlap."""
        return name if name in self.known.fresh else self.overlapping.get(name, name)


class _Accesses(Struct):
    """Gathers the accesses of one statement, each once."""

    extractor: _Extractor
    place: _Place
    statement: str
    are_certain: bool = True
    found: dict[tuple[object, ...], Access] = field(default_factory=dict)

    def read_all(self, exprs: Iterable[Expr]) -> None:
        """All that the expressions read."""
        for expr in exprs:
            for node in walk_expr(expr):
                self._read(node, self.place.reader, self.place.reader.variant)

    def _read(self, node: Expr, reader: Reader, scalars: Names) -> None:
        if isinstance(node, Var) and node.name in scalars:
            self.scalar(node.name, is_write=False, is_certain=self.are_certain)
        elif isinstance(node, Load):
            self.element(node.array, node.subscripts, node.checked, is_write=False, reader=reader)

    def inside(self, stmt: Stmt, reader: Reader, scalars: Names) -> None:
        """All that a statement reads and the elements that it writes, its own loops over-approximated."""
        for expr in expressions_of(stmt):
            for node in walk_expr(expr):
                self._read(node, reader, scalars)
        match stmt:
            case Store():
                self.element(stmt.array, stmt.subscripts, stmt.checked, is_write=True, reader=reader)
            case Loop(body) | Block(_, body):
                self._inside_all(body, reader, scalars)
            case If():
                self._inside_all(stmt.then, reader, scalars)
                self._inside_all(stmt.otherwise, reader, scalars)
            case For():
                inner = reader.where({Var(stmt.index, stmt.start.type): _some(stmt, reader)})
                self._inside_all(stmt.body, inner, scalars)
            case Allocate():
                if self.extractor.known.names.mentions[stmt.name] == array_mentions((stmt,))[stmt.name]:
                    self.whole(stmt.name, stmt.type.rank, is_write=True)
            case _:
                return

    def _inside_all(self, body: Iterable[Stmt], reader: Reader, scalars: Names) -> None:
        for stmt in body:
            self.inside(stmt, reader, scalars)

    def scalar(self, name: str, is_write: bool, is_certain: bool) -> None:
        """A scalar, or the copy of it that belongs to an iteration of the loops around."""
        home = self.place.home_of(name)
        domain = conjunction(self.place.guards)
        values = relation(self.statement, self.place.dims, variable_symbol(name), home, domain)
        exact = is_certain and domain.is_exact
        self.found.setdefault((name, is_write), Access(name, is_write, values, exact, is_scalar=True))

    def element(
        self,
        array: str,
        subscripts: Sequence[Expr],
        checked: bool,
        is_write: bool,
        reader: Reader | None = None,
    ) -> None:
        """An element of an array, wherever its subscripts point."""
        reader = reader or self.place.reader
        terms = [reader.term(subscript) for subscript in subscripts]
        if checked:
            terms = [self._wrapped(array, axis, term) for axis, term in enumerate(terms)]
        self._add_elements(array, terms, is_write)

    def _wrapped(self, array: str, axis: int, term: Term) -> Term:
        """Python's subscript: a negative one counts from the end."""
        if term.is_unknown or self._is_natural(term):
            return term
        if term.constant is not None:
            return combined(f"{extent_symbol(array, axis)} {term.text}", self._extent(array, axis), term)
        extent, unknown = self._extent(array, axis), self.place.reader.symbols.unknown()
        fact = (
            f"(({term.text} >= 0 and {unknown.text} = {term.text}) or "
            f"({term.text} < 0 and {unknown.text} = {term.text} + {extent.text}))"
        )
        whole = combined(unknown.text, unknown, term, extent)
        return replace(whole, facts=(*whole.facts, fact))

    def _extent(self, array: str, axis: int) -> Term:
        return self.place.reader.term(Dim(array, axis, PY_INT))

    def _is_natural(self, term: Term) -> bool:
        """Plainly not negative: a number, or the index of a loop that starts at a number."""
        if term.constant is not None:
            return term.constant >= 0
        starts = {node.index: node.loop.start for node in self.place.loops}
        start = starts.get(term.text)
        return isinstance(start, Const) and int(start.value.real) >= 0

    def _add_elements(self, array: str, terms: Sequence[Term], is_write: bool) -> None:
        name = self.extractor.array_name(array)
        home = tuple(symbol(index) for index in self.extractor.homes.get(array, ()))
        facts = conjunction((*self.place.guards, *map(_facts, terms)))
        key = (name, is_write, tuple(term.text for term in terms), facts.text)
        if key in self.found:
            return
        values = [term.text for term in (*home, *terms)]
        if facts.unknowns:
            values, facts = _named_values((*home, *terms), facts)
        self.extractor.used |= facts.symbols
        elements = relation(self.statement, self.place.dims, array_symbol(name), values, facts)
        self.found[key] = Access(name, is_write, elements, self.are_certain and facts.is_exact)

    def whole(self, array: str, rank: int, is_write: bool) -> None:
        """All elements."""
        name = self.extractor.array_name(array)
        home = self.extractor.homes.get(array, ())
        values = (*home, *(f"w{axis}" for axis in range(rank)))
        domain = conjunction(self.place.guards)
        elements = relation(self.statement, self.place.dims, array_symbol(name), values, domain)
        self.found[name, is_write] = Access(name, is_write, elements, self.are_certain and domain.is_exact)

    def library(self, stmt: LibraryCall) -> None:
        """The sections that a library reads and writes."""
        accumulates = dict(stmt.options).get("accumulate", False)
        for item in (*stmt.inputs, *(stmt.outputs if accumulates else ())):
            if isinstance(item, Section):
                self._section(item, is_write=False)
        for section in stmt.outputs:
            self._section(section, is_write=True)

    def _section(self, section: Section, is_write: bool) -> None:
        reader, lengths = self.place.reader, dict(zip(section.axes, section.extents, strict=True))
        name = self.extractor.array_name(section.array)
        home = tuple(symbol(index) for index in self.extractor.homes.get(section.array, ()))
        first = [reader.term(start) for start in section.starts]
        extents = {axis: reader.term(extent) for axis, extent in lengths.items()}
        facts = [*self.place.guards, *map(_facts, (*first, *extents.values()))]
        values = [f"w{axis}" for axis in range(len(first))]
        facts += [
            _within(value, term, extents.get(axis, number(1)))
            for axis, (value, term) in enumerate(zip(values, first, strict=True))
        ]
        formula = conjunction(facts)
        self.extractor.used |= formula.symbols
        texts = [*(term.text for term in home), *values]
        elements = relation(self.statement, self.place.dims, array_symbol(name), texts, formula)
        key = (name, is_write, tuple(values), formula.text)
        self.found[key] = Access(name, is_write, elements, self.are_certain and formula.is_exact)


def _within(name: str, first: Term, length: Term) -> Formula:
    """`first <= name < first + length`."""
    both = combined(name, first, length)
    text = f"{first.text} <= {name} and {name} < {first.text} + {length.text}"
    return Formula(text, both.symbols, both.unknowns)


def _facts(term: Term) -> Formula:
    return Formula(" and ".join(term.facts), term.symbols, term.unknowns)


def _named_values(terms: Sequence[Term], facts: Formula) -> tuple[list[str], Formula]:
    """Values named apart from the formula, since unknowns have no meaning outside of it."""
    values = [f"e{position}" for position in range(len(terms))]
    equations = [
        Formula(f"{name} = {term.text}", term.symbols, term.unknowns)
        for name, term in zip(values, terms, strict=True)
    ]
    formula = conjunction((facts, *equations))
    return values, formula


def _some(loop: For, reader: Reader) -> Term:
    """An unknown within the bounds of a loop."""
    start, stop, unknown = reader.term(loop.start), reader.term(loop.stop), reader.symbols.unknown()
    bounds = combined(unknown.text, unknown, start, stop)
    fact = f"{start.text} <= {unknown.text} < {stop.text}"
    return replace(bounds, facts=(*bounds.facts, fact))
