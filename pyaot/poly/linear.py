"""Loops that are a linear recurrence: each turn multiplies what the turn before has made, and adds something.

for j: a[j] = (a[j] + a[j - 1]) / 9.0       state a[j - 1], factor 1 / 9, rest a[j] * (1 / 9)
for i: s = 0.9 * s + x[i]; y[i] = s         state s, factor 0.9, rest x[i]; y[i] is given the state
"""

from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.build import binary, cast
from pyaot.ir.nodes import Assign, Binary, Cast, Const, Expr, For, Load, Store, Unary, Var
from pyaot.ir.types import Scalar
from pyaot.ir.walk import expressions_of, map_expr, scalars_assigned, sub_expressions, walk_expr
from pyaot.poly.scalars import Names, scalars_in


class Linear(Struct, frozen=True):
    """`factor * state + rest`; None stands for 0."""

    factor: Expr | None
    rest: Expr | None


class Recurrence(Struct, frozen=True):
    """One turn: `inputs`, which do not contain the state, then the `next` state, then what is stored."""

    state: Var | Load  # what the turn before has made
    type: Scalar
    inputs: tuple[Assign, ...]
    next: Linear
    stores: tuple[tuple[Store, Linear], ...]

    @property
    def array(self) -> str:
        """The array whose elements the state is; "" for a scalar."""
        return self.state.array if isinstance(self.state, Load) else ""


def recurrence_of(loop: For, exposed: Names) -> Recurrence | None:
    """The recurrence that a loop of plain statements is; `exposed`: what it reads before it sets it."""
    carried = [s for s in loop.body if isinstance(s, Assign) and s.name in exposed]
    if len({stmt.name for stmt in carried}) > 1:
        return None
    if carried:
        first = carried[0]
        return _Turn(loop, Var(first.name, first.value.type)).run()
    states = (state for stmt in loop.body if isinstance(stmt, Store) and (state := _previous(stmt, loop)))
    return next((found for state in states if (found := _Turn(loop, state).run())), None)


def _previous(stmt: Store, loop: For) -> Load | None:
    """The element that the turn before has stored, where the loop reads it."""
    places = [_place(subscript) for subscript in stmt.subscripts]
    step = [(terms, constant - terms.get(Var(loop.index, loop.start.type), 0)) for terms, constant in places]
    if step == places:
        return None
    for expr in (node for s in loop.body for e in expressions_of(s) for node in walk_expr(e)):
        if isinstance(expr, Load) and expr.array == stmt.array and list(map(_place, expr.subscripts)) == step:
            return expr
    return None


def is_same_element(a: Load | Store, b: Load | Store) -> bool:
    """Plainly the same element."""
    return a.array == b.array and list(map(_place, a.subscripts)) == list(map(_place, b.subscripts))


def _place(expr: Expr) -> tuple[dict[Expr, int], int]:
    """A sum of multiples and a constant: i * -1 + n + 2 is ({i: -1, n: 1}, 2)."""
    match expr:
        case Const():
            return {}, int(expr.value.real)
        case Binary("add" | "sub" as op, left, right):
            sign = 1 if op == "add" else -1
            (terms, constant), (others, more) = _place(left), _place(right)
            joined = {key: terms.get(key, 0) + sign * others.get(key, 0) for key in (*terms, *others)}
            return {key: factor for key, factor in joined.items() if factor}, constant + sign * more
        case Binary("mul", left, Const() as right):
            times = int(right.value.real)
            terms, constant = _place(left)
            return {key: factor * times for key, factor in terms.items() if times}, constant * times
        case _:
            return {map_expr(_plain, expr): 1}, 0


def _plain(expr: Expr) -> Expr:
    """Without what somebody has proved of it."""
    return replace(expr, checked=False) if isinstance(expr, Load | Binary) else expr


class _Turn(Struct):
    """One turn, evaluated with the state as the unknown."""

    loop: For
    state: Var | Load
    scalars: dict[str, Linear] = field(default_factory=dict)
    element: Linear | None = None  # what the element of this turn has been given so far
    inputs: list[Assign] = field(default_factory=list)
    stores: list[tuple[Store, Linear]] = field(default_factory=list)

    def run(self) -> Recurrence | None:
        """The recurrence, if every statement is linear in the state."""
        for stmt in self.loop.body:
            if not isinstance(stmt, Assign | Store):
                return None
            value = self._linear(stmt.value)
            if value is None or not self._subscripts_are_free(stmt):
                return None
            if isinstance(stmt, Store):
                self._store(stmt, value)
            elif value.factor is None and stmt.name != getattr(self.state, "name", ""):
                self.inputs.append(replace(stmt, value=value.rest or stmt.value))
                self.scalars[stmt.name] = Linear(None, Var(stmt.name, stmt.value.type))
            else:
                self.scalars[stmt.name] = value
        return self._found()

    def _found(self) -> Recurrence | None:
        last = self.element if isinstance(self.state, Load) else self.scalars.get(self.state.name)
        type = self.state.type
        if last is None or last.factor is None or last.rest is None or not type.dtype.is_float:
            return None
        moving = scalars_assigned(self.loop.body) | {self.loop.index}
        loads = any(isinstance(node, Load) for node in walk_expr(last.factor))
        names = [stmt.name for stmt in self.inputs]
        if loads or scalars_in(last.factor) & moving or len(set(names)) < len(names):
            return None
        return Recurrence(self.state, type, tuple(self.inputs), last, tuple(self.stores))

    def _subscripts_are_free(self, stmt: Assign | Store) -> bool:
        subscripts = stmt.subscripts if isinstance(stmt, Store) else ()
        values = [self._linear(subscript) for subscript in subscripts]
        return all(value is not None and value.factor is None for value in values)

    def _store(self, stmt: Store, value: Linear) -> None:
        if self._is_own(stmt):
            self.element = value
            self.stores = [(s, v) for s, v in self.stores if not self._is_own(s)]
        self.stores.append((stmt, value))

    def _is_own(self, access: Load | Store) -> bool:
        """The element of this turn."""
        if not isinstance(self.state, Load) or access.array != self.state.array:
            return False
        next_one = [
            (terms, constant + terms.get(Var(self.loop.index, self.loop.start.type), 0))
            for terms, constant in map(_place, self.state.subscripts)
        ]
        return list(map(_place, access.subscripts)) == next_one

    # ---- values

    def _linear(self, expr: Expr) -> Linear | None:
        match expr:
            case Var(name) if isinstance(self.state, Var) and name == self.state.name:
                return self.scalars.get(name, Linear(Const(1.0, expr.type), None))
            case Var(name) if name in self.scalars:
                return self.scalars[name]
            case Load() if isinstance(self.state, Load) and is_same_element(expr, self.state):
                return Linear(Const(1.0, expr.type), None)
            case Load() if self.element is not None and self._is_own(expr):
                return self.element
        parts = [self._linear(part) for part in sub_expressions(expr)]
        if any(part is None for part in parts):
            return None
        known = [part for part in parts if part is not None]
        if all(part.factor is None for part in known):
            return Linear(None, self._with_values(expr))
        return self._operation(expr, known)

    def _with_values(self, expr: Expr) -> Expr:
        """The expression with what is stored and read again in its place; it does not contain the state."""

        def value_of(node: Expr) -> Expr:
            if isinstance(node, Load) and self.element is not None and self._is_own(node):
                return self.element.rest or node
            known = self.scalars.get(node.name) if isinstance(node, Var) else None
            return known.rest if known is not None and known.rest is not None else node

        return map_expr(value_of, expr)

    def _operation(self, expr: Expr, parts: Sequence[Linear]) -> Linear | None:
        """Of operands of which one contains the state."""
        match expr:
            case Cast(operand) if operand.type.dtype is expr.type.dtype:
                return Linear(*(None if part is None else cast(part, expr.type) for part in _pair(parts[0])))
            case Unary("neg"):
                return _scaled(parts[0], Const(-1.0, expr.type), "mul")
            case Binary("add"):
                return Linear(*(_sum(a, b, "add") for a, b in zip(*map(_pair, parts), strict=True)))
            case Binary("sub"):
                return Linear(*(_sum(a, b, "sub") for a, b in zip(*map(_pair, parts), strict=True)))
            case Binary("mul") if parts[0].factor is None and parts[0].rest is not None:
                return _scaled(parts[1], parts[0].rest, "mul")
            case Binary("mul" | "truediv" as op) if parts[1].factor is None and parts[1].rest is not None:
                return _scaled(parts[0], parts[1].rest, op)
        return None


def _pair(value: Linear) -> tuple[Expr | None, Expr | None]:
    return value.factor, value.rest


def _scaled(value: Linear, by: Expr, op: str) -> Linear:
    if op == "truediv" and isinstance(by, Const) and by.value:
        by, op = Const(1.0 / by.value.real, by.type), "mul"
    return Linear(*(None if part is None else _product(part, by, op) for part in _pair(value)))


def _product(part: Expr, by: Expr, op: str) -> Expr:
    if isinstance(part, Const) and isinstance(by, Const) and op == "mul":
        return Const(part.value.real * by.value.real, part.type)
    if isinstance(part, Const) and part.value == 1.0 and op == "mul":
        return cast(by, part.type)
    return binary(op, part, by)


def _sum(a: Expr | None, b: Expr | None, op: str) -> Expr | None:
    if b is None:
        return a
    if a is None:
        return b if op == "add" else _product(b, Const(-1.0, b.type), "mul")
    if isinstance(a, Const) and isinstance(b, Const):
        return Const(a.value.real + (b.value.real if op == "add" else -b.value.real), a.type)
    return binary(op, a, b)
