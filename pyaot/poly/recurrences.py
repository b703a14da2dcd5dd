"""A linear recurrence looks some elements ahead, so that its turns do not wait for each other.

    for j in range(1, n):                       x = a[0]
        a[j] = (a[j] + a[j - 1]) / 9.0          for j in range(1, whole, 4):
                                                    b0, b1, b2, b3 = a[j] / 9.0, a[j + 1] / 9.0, ...
                                                    c1, c2, c3 = b1 + m * b0, ...           m = 1 / 9
                                                    d2, d3 = c2 + m**2 * b0, c3 + m**2 * c1
                                                    a[j], a[j + 1], ... = b0 + m * x, c1 + m**2 * x, ...
                                                    x = d3 + m**4 * x
                                                (and the rest one by one)

A turn waits for the product and the sum of the turn before, some 4 to 20 cycles. Now four wait together: what
does not contain `x` is computed side by side. The sums come in another order: this is not for `--fp strict`.
The factor is at most 1, so that no power of it overflows, and is no trifle, so that none vanishes.
"""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import add, binary, both, cast, compare, either, floordiv, mul, sub, unchecked, var
from pyaot.ir.nodes import Assign, Const, Expr, For, If, Load, Stmt, Store, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import (
    Body,
    expressions_of,
    scalars_assigned,
    substitute,
    walk_expr,
    walk_exprs,
    walk_stmts,
)
from pyaot.poly.dependences import FLOW, OUTPUT, Dependence, dependences_of, is_too_large
from pyaot.poly.linear import Linear, Recurrence, is_same_element, recurrence_of
from pyaot.poly.regions import Region, replaced
from pyaot.poly.scalars import Names
from pyaot.poly.work import constant_trips

AHEAD = 4  # elements that wait together: about as many as a product and a sum take cycles
MOST_NODES = 120  # of expressions in a turn: where there are more, waiting is not what takes the time
LEAST, MOST = 1e-60, 1.0  # of the factor's absolute value


class Recurrences(Struct):
    """Finds recurrences, region after region; `changed` gathers their loops."""

    taken: set[str]
    changed: list[For] = field(default_factory=list)

    def region(self, region: Region) -> Body:
        """The region with its recurrences looking ahead."""
        if not any(_may_be_one(stmt) for stmt in walk_stmts(region.body)) or is_too_large(region.scop()):
            return region.body
        return replaced(region, lambda stmt, live: self._ahead(region, stmt, live))

    def _ahead(self, region: Region, stmt: Stmt, live: Names) -> Body | None:
        found = _recurrence(region, stmt, live) if isinstance(stmt, For) else None
        if found is None or not isinstance(stmt, For):
            return None
        self.changed.append(stmt)
        return (_Ahead(stmt, found, self.taken).all(),)


def _may_be_one(stmt: Stmt) -> bool:
    """A loop of a few plain statements that may have many turns, which are not free of each other."""
    if not (isinstance(stmt, For) and stmt.step == 1 and stmt.start.type == PY_INT and stmt.body):
        return False
    if stmt.marks.parallel or stmt.marks.simd or not all(isinstance(s, Assign | Store) for s in stmt.body):
        return False
    count = constant_trips(stmt)
    return (count is None or count >= 2 * AHEAD) and sum(1 for _ in walk_exprs(stmt.body)) <= MOST_NODES


def _recurrence(region: Region, loop: For, live: Names) -> Recurrence | None:
    if not _may_be_one(loop):
        return None
    exposed = region.flow.effect_of_all(loop.body).exposed
    found = recurrence_of(loop, exposed)
    if found is None or (isinstance(found.next.factor, Const) and not _fits(found.next.factor)):
        return None
    own = {found.state.name} if isinstance(found.state, Var) else set()
    if scalars_assigned(loop.body) & live - own:
        return None
    return found if _reads_nothing_else(loop, found, dependences_of(region)) else None


def _fits(factor: Const) -> bool:
    return LEAST <= abs(factor.value) <= MOST


def _fits_then(factor: Expr) -> Expr:
    """The same, asked when the loop starts."""
    bounds = [Const(bound, factor.type) for bound in (LEAST, MOST, -LEAST, -MOST)]
    positive = both(compare("ge", factor, bounds[0]), compare("le", factor, bounds[1]))
    return either(positive, both(compare("le", factor, bounds[2]), compare("ge", factor, bounds[3])))


def _reads_nothing_else(loop: For, found: Recurrence, dependences: Iterable[Dependence]) -> bool:
    """Whether what a turn stores is read by the state of the next one and as the turn's own element only."""
    flows: Counter[tuple[int, int, bool]] = Counter()
    for dependence in dependences:
        source, sink = dependence.source.stmt, dependence.sink.stmt
        if not (isinstance(source, Store) and _is_in(source, loop) and _is_in(sink, loop)):
            continue
        if dependence.carrier is not None and dependence.carrier.loop is not loop:
            continue
        is_carried = dependence.carrier is not None
        if dependence.kind == OUTPUT and (is_carried or not isinstance(sink, Store)):
            return False
        if dependence.kind == OUTPUT and isinstance(sink, Store) and not is_same_element(source, sink):
            return False
        if dependence.kind == FLOW:
            expected = found.state if is_carried else source
            if source.array != found.array or not isinstance(expected, Load | Store):
                return False
            if not any(is_same_element(load, expected) for load in _loads(sink)):
                return False
            flows[id(source), id(sink), is_carried] += 1
    return all(count == 1 for count in flows.values())


def _is_in(stmt: Stmt, loop: For) -> bool:
    return any(stmt is inner for inner in loop.body)


def _loads(stmt: Stmt) -> list[Load]:
    return [node for e in expressions_of(stmt) for node in walk_expr(e) if isinstance(node, Load)]


class _Ahead(Struct):
    """Writes the loop anew."""

    loop: For
    found: Recurrence
    taken: set[str]

    def all(self) -> If:
        """The loop by fours and the rest of it, where there is a turn at all and the factor is right."""
        loop, before = self.loop, list[Stmt]()
        whole = self._set("whole", self._whole(), before)
        state = self._first(before)
        powers = self._powers(before)
        fast = self._turns(AHEAD, state, powers)
        slow = self._turns(1, state, powers)
        stop = replace(loop, start=whole, body=slow)
        some = replace(loop, stop=whole, step=AHEAD, body=fast)
        runs = compare("lt", loop.start, loop.stop)
        factor = self.found.next.factor
        if factor is None or isinstance(factor, Const):
            return If(runs, (*before, some, stop), (), loop.span)
        return If(both(runs, _fits_then(factor)), (*before, some, stop), (loop,), loop.span)

    def _whole(self) -> Expr:
        """Where the last whole step of turns ends."""
        start, stop = self.loop.start, self.loop.stop
        steps = unchecked(floordiv(unchecked(sub(stop, start)), AHEAD))
        return unchecked(add(start, unchecked(mul(steps, AHEAD))))

    def _first(self, before: list[Stmt]) -> Var:
        """The variable of the state: the scalar itself, or one for the element before the first."""
        state = self.found.state
        if isinstance(state, Var):
            return state
        return self._set(
            f"{state.array}_before", substitute(state, {self.loop.index: self.loop.start}), before
        )

    def _powers(self, before: list[Stmt]) -> list[Expr]:
        """The factor to the powers from 0 on; the first is not used."""
        factor = self.found.next.factor
        assert factor is not None
        if isinstance(factor, Const):
            return [Const(factor.value.real**power, self.found.type) for power in range(AHEAD + 1)]
        powers: list[Expr] = [factor, self._set("factor", cast(factor, self.found.type), before)]
        while len(powers) <= AHEAD:
            half = len(powers) // 2
            product = binary("mul", powers[half], powers[len(powers) - half])
            powers.append(self._set("factor", product, before))
        return powers

    def _turns(self, count: int, state: Var, powers: list[Expr]) -> Body:
        """So many turns at once."""
        body: list[Stmt] = []
        moved = [self._renamed(turn, body) for turn in range(count)]
        rests = [self._rest(names, body) for names in moved]
        distance = 1
        while distance < count:
            sums = rests[:distance]
            for turn in range(distance, count):
                product = _times(powers[distance], rests[turn - distance])
                sums.append(self._set("rest", binary("add", rests[turn], product), body))
            rests, distance = sums, 2 * distance
        states: list[Expr] = [state]
        last: list[Stmt] = []
        for turn in range(count):
            value = binary("add", rests[turn], _times(powers[turn + 1], state))
            states.append(self._set("state", cast(value, state.type), body))
            last += self._stores(moved[turn], states[turn], states[turn + 1])
        return (*body, *last, Assign(state.name, states[-1], self.loop.span))

    def _renamed(self, turn: int, body: list[Stmt]) -> dict[str, Expr]:
        """What the index and the inputs of a turn are; its inputs are added."""
        index = Var(self.loop.index, self.loop.start.type)
        names: dict[str, Expr] = {index.name: unchecked(add(index, turn))}
        for stmt in self.found.inputs:
            names[stmt.name] = self._set(stmt.name, substitute(stmt.value, names), body)
        return names

    def _rest(self, names: dict[str, Expr], body: list[Stmt]) -> Expr:
        rest = self.found.next.rest
        assert rest is not None
        return self._set("rest", cast(substitute(rest, names), self.found.type), body)

    def _stores(self, names: dict[str, Expr], old: Expr, new: Expr) -> list[Stmt]:
        stores: list[Stmt] = []
        for stmt, linear in self.found.stores:
            value = new if linear == self.found.next else _value(linear, names, old)
            subscripts = tuple(substitute(subscript, names) for subscript in stmt.subscripts)
            stores.append(replace(stmt, subscripts=subscripts, value=cast(value, stmt.value.type)))
        return stores

    def _set(self, wanted: str, value: Expr, body: list[Stmt]) -> Var:
        name = fresh(wanted, self.taken)
        self.taken.add(name)
        body.append(Assign(name, value, self.loop.span))
        return var(name, value.type)


def _times(factor: Expr, value: Expr) -> Expr:
    is_one = isinstance(factor, Const) and factor.value == 1.0
    return value if is_one else binary("mul", factor, value)


def _value(linear: Linear, names: dict[str, Expr], state: Expr) -> Expr:
    """With the state for the unknown."""
    if linear.factor is None:
        assert linear.rest is not None
        return substitute(linear.rest, names)
    product = _times(substitute(linear.factor, names), state)
    return product if linear.rest is None else binary("add", substitute(linear.rest, names), product)
