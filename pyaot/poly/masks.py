"""Masked updates of complex elements and sums in SIMD loops become choices: all are computed, some of zeros.

for i in range(n):  (simd)              for i in range(n):  (simd)
    if m[i]:                                mask = m[i]
        z[i] = z[i] * z[i] + c[i]           element = z[i];  taken = element if mask else 0
        s = s + x[i]                        element_2 = c[i];  taken_2 = element_2 if mask else 0
                                            new = taken * taken + taken_2
                                            z[i] = new if mask else element
                                            s = s + (x[i] if mask else -0.0)

C compilers have masks for stores of reals, which keep the condition, but not for pairs of neighbours, nor for
sums that might trap.
Zeros add and multiply without IEEE flags. Storing what was there is allowed where each iteration has elements
of its own, and loading where the subscripts are certainly in range.
"""

import cmath
import math
from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.base.source import Span
from pyaot.ir.extents import fixed_extents, is_natural
from pyaot.ir.failing import can_fail
from pyaot.ir.nodes import (
    Assign,
    Binary,
    Call,
    Cast,
    Const,
    Dim,
    Expr,
    For,
    Function,
    If,
    Load,
    Select,
    Stmt,
    Store,
    Unary,
    Var,
)
from pyaot.ir.turns import every_turn
from pyaot.ir.types import PY_INT, Scalar
from pyaot.ir.walk import (
    Body,
    bound_together,
    map_bodies,
    map_expr,
    scalars_assigned,
    sub_expressions,
    walk_expr,
    walk_exprs,
    walk_stmts,
)
from pyaot.poly.accumulate import names_in

MODERATE = 1e30  # less than this overflows in no dtype

_CALLS = frozenset({"conjugate", "complex", "real", "imag"})


def masks_as_choices(function: Function) -> Function:
    """The function with such updates free of branches."""
    work = _Masking(fixed_extents(function), frozenset(bound_together(function.body)), names_in(function))
    return replace(function, body=work.body(function.body))


class _Masking(Struct, frozen=True):
    extents: Mapping[tuple[str, int], Expr]
    moving: frozenset[str]  # arrays that are bound anew
    taken: set[str]
    stops: Mapping[str, Expr] = field(default_factory=dict)  # of indices that start at 0 or later
    team: For | None = None  # the parallel loop around

    def body(self, body: Body) -> Body:
        """The statements, one by one."""
        return tuple(map(self._stmt, body))

    def _stmt(self, stmt: Stmt) -> Stmt:
        if not isinstance(stmt, For):
            return map_bodies(self.body, stmt)
        stops = {name: stop for name, stop in self.stops.items() if name != stmt.index}
        if is_natural(stmt.start):
            stops[stmt.index] = self._canonical(stmt.stop)
        inside = replace(self, stops=stops, team=stmt if stmt.marks.parallel else self.team)
        return replace(stmt, body=inside._chosen(stmt)) if stmt.marks.simd else map_bodies(inside.body, stmt)

    def _chosen(self, loop: For) -> Body:
        """The body of a SIMD loop; where something else would keep it from the registers it stays."""
        if not all(isinstance(stmt, Assign | Store | If) for stmt in loop.body):
            return loop.body
        updates = [stmt for stmt in loop.body if isinstance(stmt, If) and _needs_choice(stmt)]
        if not updates or not all(self._may_choose(stmt, loop) for stmt in updates):
            return loop.body
        return tuple(
            new for stmt in loop.body for new in (self._choice(stmt) if stmt in updates else (stmt,))
        )

    # ---- whether it is allowed

    def _may_choose(self, update: If, loop: For) -> bool:
        if update.otherwise or can_fail(update.condition):
            return False
        certain = {
            load for _, exprs in every_turn(loop.body) for expr in exprs for load in _unconditional(expr)
        }
        return all(self._may_be_chosen(stmt, certain, loop) for stmt in update.then)

    def _may_be_chosen(self, stmt: Stmt, certain: set[Load], loop: For) -> bool:
        match stmt:
            case Store():
                if not _is_complex(stmt):
                    return True
                old = Load(stmt.array, stmt.subscripts, stmt.value.type, False)
                return self._is_own(stmt, loop) and self._is_ready(stmt.value, certain, loop, old)
            case Assign(name):
                step = _step_of(stmt)
                is_reduced = any(not r.beside and r.name == name for r in loop.marks.reductions)
                return step is not None and is_reduced and self._is_ready(step.right, certain, loop)
            case _:
                return False

    def _is_own(self, target: Store, loop: For) -> bool:
        """Each iteration has an element that no other one touches, nor another thread."""
        if target.checked or target.array in self.moving or not _runs_along(target.subscripts, loop):
            return False
        if any(subscripts != target.subscripts for subscripts in _accesses(target.array, loop)):
            return False
        if self.team is None or self.team is loop:
            return True
        index = Var(self.team.index, PY_INT)
        places = [_places(s, index) for s in _accesses(target.array, self.team)]
        return bool(frozenset.intersection(*places))

    def _is_ready(self, value: Expr, certain: set[Load], loop: For, *others: Load) -> bool:
        """What is loaded is in range in every turn, and what is computed of it sets no flag if it is zero."""
        loads = [*others, *_loads(value)]
        changing = scalars_assigned(loop.body)
        for load in loads:
            names = {node.name for node in walk_expr(load) if isinstance(node, Var)}
            if load.checked or names & changing or any(isinstance(s, Load) for s in _inner(load)):
                return False
            if not (any(_is_same(load, other) for other in certain) or self._is_inside(load)):
                return False
        return _greatest(value) < MODERATE

    def _is_inside(self, load: Load) -> bool:
        """Every subscript is an index that runs up to the very extent, or less far."""
        return load.array not in self.moving and all(
            isinstance(index, Var)
            and self.stops.get(index.name) == self._canonical(Dim(load.array, axis, PY_INT))
            for axis, index in enumerate(load.subscripts)
        )

    def _canonical(self, expr: Expr) -> Expr:
        """An extent in terms that others share."""
        return self.extents.get((expr.array, expr.axis), expr) if isinstance(expr, Dim) else expr

    # ---- the choice

    def _choice(self, update: Stmt) -> Body:
        assert isinstance(update, If)
        mask = Var(fresh("mask", self.taken), update.condition.type)
        self.taken.add(mask.name)
        new: list[Stmt] = [Assign(mask.name, update.condition, update.span)]
        for stmt in update.then:
            if isinstance(stmt, Assign):
                new += self._added(stmt, mask)
            else:
                assert isinstance(stmt, Store)
                new += self._updated(stmt, mask) if _is_complex(stmt) else [If(mask, (stmt,), span=stmt.span)]
        return tuple(new)

    def _updated(self, stmt: Store, mask: Var) -> list[Stmt]:
        old = Load(stmt.array, stmt.subscripts, stmt.value.type, False)
        before, new, held = self._of_taken(stmt.value, mask, stmt.span, old)
        return [*before, replace(stmt, value=Select(mask, new, held[old], new.type))]

    def _added(self, stmt: Assign, mask: Var) -> list[Stmt]:
        """The step of a reduction, by what changes nothing where the mask is false."""
        step = _step_of(stmt)
        assert step is not None
        same = _unchanging(step)
        assert same is not None
        if isinstance(step.right, Load | Var):
            return [replace(stmt, value=replace(step, right=Select(mask, step.right, same, same.type)))]
        before, new, _ = self._of_taken(step.right, mask, stmt.span)
        return [*before, replace(stmt, value=replace(step, right=Select(mask, new, same, same.type)))]

    def _of_taken(
        self, value: Expr, mask: Var, span: Span, *others: Load
    ) -> tuple[list[Stmt], Var, dict[Expr, Expr]]:
        """What comes before; the value, of zeros where the mask is false; names of what is loaded."""
        before: list[Stmt] = []

        def named(name: str, value: Expr) -> Var:
            name = fresh(name, self.taken)
            self.taken.add(name)
            before.append(Assign(name, value, span))
            return Var(name, value.type)

        leaves = dict.fromkeys((*others, *_leaves(value)))
        held: dict[Expr, Expr] = {
            leaf: named("element", leaf) if isinstance(leaf, Load) else leaf for leaf in leaves
        }
        taken: dict[Expr, Expr] = {
            leaf: named("taken", Select(mask, held[leaf], _zero(leaf.type), leaf.type))
            for leaf in dict.fromkeys(_leaves(value))
        }
        new = named("new", map_expr(lambda node: taken.get(node, node), value))
        return before, new, held


def _needs_choice(stmt: If) -> bool:
    return any((isinstance(s, Store) and _is_complex(s)) or _step_of(s) is not None for s in stmt.then)


def _step_of(stmt: Stmt) -> Binary | None:
    """The `s + value` of a sum, product or extreme of reals."""
    match stmt:
        case Assign(name, Binary(left=Var(summed), right=right) as step) if name == summed:
            others = (node.name for node in walk_expr(right) if isinstance(node, Var))
            return step if _unchanging(step) is not None and name not in others else None
    return None


def _unchanging(step: Binary) -> Const | None:
    """What leaves every real as it is: by adding, multiplying or taking the extreme."""
    same = {"add": -0.0, "mul": 1.0, "minimum": math.inf, "maximum": -math.inf}.get(step.op)
    return Const(same, step.type) if step.type.dtype.is_float and same is not None else None


def _is_complex(store: Store) -> bool:
    return store.value.type.dtype.is_complex


def _unconditional(expr: Expr) -> Iterator[Load]:
    """The loads that wait for no condition."""
    if isinstance(expr, Load):
        yield expr
    for child in (expr.condition,) if isinstance(expr, Select) else sub_expressions(expr):
        yield from _unconditional(child)


def _loads(expr: Expr) -> list[Load]:
    return [node for node in walk_expr(expr) if isinstance(node, Load)]


def _inner(load: Load) -> Iterator[Expr]:
    """What is in the subscripts."""
    return (node for subscript in load.subscripts for node in walk_expr(subscript))


def _is_same(load: Load, other: Load) -> bool:
    return not other.checked and (load.array, load.subscripts) == (other.array, other.subscripts)


def _accesses(array: str, loop: For) -> list[tuple[Expr, ...]]:
    """The subscripts of all accesses in the loop."""
    found = [
        node.subscripts for node in walk_exprs((loop,)) if isinstance(node, Load) and node.array == array
    ]
    return found + [s.subscripts for s in walk_stmts((loop,)) if isinstance(s, Store) and s.array == array]


def _runs_along(subscripts: tuple[Expr, ...], loop: For) -> bool:
    return Var(loop.index, PY_INT) in subscripts


def _places(subscripts: tuple[Expr, ...], index: Var) -> frozenset[int]:
    return frozenset(axis for axis, subscript in enumerate(subscripts) if subscript == index)


def _greatest(expr: Expr) -> float:
    """How great the value can be where every element and variable is zero; infinite where nobody knows."""
    if expr.type.dtype.kind not in "fc" and not isinstance(expr, Load | Var | Const):
        return math.inf
    match expr:
        case Load() | Var():
            return 0.0
        case Const(value):
            return abs(value) if cmath.isfinite(value) else math.inf
        case Binary("add" | "sub", left, right):
            return _greatest(left) + _greatest(right)
        case Binary("mul", left, right):
            return 2.0 * _greatest(left) * _greatest(right)
        case Unary("neg", operand):
            return _greatest(operand)
        case Cast(operand) if not can_fail(expr):
            return _greatest(operand)
        case Call(function, args) if function in _CALLS:
            return sum(map(_greatest, args))
        case _:
            return math.inf


def _leaves(expr: Expr) -> Iterator[Load | Var]:
    """The elements and variables of the value; a load is taken whole."""
    if isinstance(expr, Load | Var):
        yield expr
        return
    for child in sub_expressions(expr):
        yield from _leaves(child)


def _zero(type: Scalar) -> Const:
    return Const(0.0 if type.dtype.is_float else 0j if type.dtype.is_complex else 0, type)
