"""Small proofs about integers: linear forms over extents, parameters and loop indices.

    for i in range(n - 1):  a[i + 1:]      i + 1 <= n  holds, since i <= n - 2

A condition that is not decided but speaks of parameters only becomes a requirement of the guard.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from pyaot.frontend.arithmetic import compare, integer, minus, plus, times
from pyaot.frontend.context import Context
from pyaot.ir.nodes import Binary, Const, Dim, Expr, Unary, Var
from pyaot.ir.walk import map_expr, walk_expr

Atom = Dim | Var


class Linear(Struct, frozen=True):
    """constant + sum of coefficient * atom."""

    constant: int
    terms: tuple[tuple[Atom, int], ...] = ()

    def plus(self, other: "Linear", factor: int = 1) -> "Linear":
        """self + factor * other."""
        total = dict(self.terms)
        for atom, coefficient in other.terms:
            total[atom] = total.get(atom, 0) + factor * coefficient
        kept = tuple((a, c) for a, c in total.items() if c != 0)
        return Linear(self.constant + factor * other.constant, kept)

    def scaled(self, factor: int) -> "Linear":
        """factor * self."""
        return Linear(0).plus(self, factor)


def linear(expr: Expr) -> Linear | None:
    """The expression as a linear form, None where it is not one."""
    match expr:
        case Const(value) if isinstance(value, int):
            return Linear(int(value))
        case Var() | Dim():
            return Linear(0, ((expr, 1),))
        case Unary("neg", operand):
            form = linear(operand)
            return None if form is None else form.scaled(-1)
        case Binary("add" | "sub" as op, left, right):
            a, b = linear(left), linear(right)
            return None if a is None or b is None else a.plus(b, 1 if op == "add" else -1)
        case Binary("mul", left, right):
            a, b = linear(left), linear(right)
            if a is None or b is None or (a.terms and b.terms):
                return None
            return b.scaled(a.constant) if not a.terms else a.scaled(b.constant)
    return None


def expression(form: Linear) -> Expr:
    """The linear form as an expression again."""
    result: Expr = integer(0)
    for atom, coefficient in sorted(form.terms, key=lambda term: term[1] < 0):
        product = times(integer(abs(coefficient)), atom)
        result = plus(result, product) if coefficient > 0 else minus(result, product)
    return (
        plus(result, integer(form.constant)) if form.constant >= 0 else minus(result, integer(-form.constant))
    )


def simplest(expr: Expr) -> Expr:
    """The expression, without what cancels out in it: `i + k - i` is `k`."""
    form = linear(expr)
    if form is None or len(form.terms) >= sum(isinstance(part, Var | Dim) for part in walk_expr(expr)):
        return expr
    return expression(form)


def is_entry(ctx: Context, expr: Expr) -> bool:
    """Whether the guard can compute it: constants, parameters that keep their value, their extents."""
    match expr:
        case Const():
            return True
        case Var(name):
            return name in ctx.parameters
        case Dim(array):
            return array in ctx.parameters
        case Binary(_, left, right):
            return is_entry(ctx, left) and is_entry(ctx, right)
    return False


def _worst(ctx: Context, form: Linear) -> Linear | None:
    """The least value of the form over all loop indices in it; None if a bound is not linear."""
    for _ in range(12):
        index = next((a for a, _ in form.terms if isinstance(a, Var) and a.name in ctx.lows), None)
        if index is None:
            return form
        coefficient = dict(form.terms)[index]
        bound = linear((ctx.lows if coefficient > 0 else ctx.highs)[index.name])
        if bound is None:
            return None
        form = form.plus(Linear(0, ((index, 1),)), -coefficient).plus(bound, coefficient)
    return None


@contextmanager
def while_it_turns(ctx: Context, start: Expr, stop: Expr) -> Iterator[None]:
    """In the body of a loop its range is not empty, which bounds the indices around it.

    for i in range(n):
        for j in range(i + 1, n):       here i <= n - 2
    """
    lows, highs = dict(ctx.lows), dict(ctx.highs)
    room = linear(minus(minus(stop, start), integer(1)))
    for atom, coefficient in room.terms if room is not None else ():
        if isinstance(atom, Var) and atom.name in lows and abs(coefficient) == 1:
            assert room is not None
            bound = Linear(0, ((atom, 1),)).plus(room, -coefficient)
            bounds = ctx.lows if coefficient > 0 else ctx.highs
            known = linear(bounds[atom.name])
            if known is not None and _is_positive(bound.plus(known, -1).scaled(coefficient)):
                bounds[atom.name] = expression(bound)
    try:
        yield
    finally:
        ctx.lows.update(lows)
        ctx.highs.update(highs)


def _is_positive(form: Linear) -> bool:
    return not form.terms and form.constant > 0


def never_negative(ctx: Context, expr: Expr) -> bool:
    """Certainly >= 0 (extents are)."""
    match expr:
        case Binary("mod", _, Const(divisor)) if divisor.real > 0:
            return True
        case Binary("mod", _, divisor) if never_negative(ctx, divisor):
            return True
        case Binary("maximum", a, b):
            return never_negative(ctx, a) or never_negative(ctx, b)
        case Binary("mul" | "add" | "minimum" | "floordiv", a, b) if never_negative(
            ctx, a
        ) and never_negative(ctx, b):
            return True
    form = linear(expr)
    worst = None if form is None else _worst(ctx, form)
    if worst is None or worst.constant < 0:
        return False
    return all(isinstance(atom, Dim) and coefficient > 0 for atom, coefficient in worst.terms)


def assume(ctx: Context, left: Expr, right: Expr, reason: str) -> bool:
    """`left <= right` holds: by proof, or because the guard will check it. False: unknown until run time."""
    difference = minus(right, left)
    if never_negative(ctx, difference):
        return True
    form = linear(difference)
    worst = None if form is None else _worst(ctx, form)
    if worst is None or not is_entry(ctx, expression(worst)) or not _is_sensible(worst):
        return False
    ctx.require(compare("ge", expression(worst), integer(0)), reason)
    return True


def _is_sensible(form: Linear) -> bool:
    """Usually true: an extent is large enough; not `1 - width >= 0`."""
    if not form.terms:
        return False
    has_positive_extent = any(isinstance(atom, Dim) and coefficient > 0 for atom, coefficient in form.terms)
    return has_positive_extent or all(coefficient > 0 for _, coefficient in form.terms)


def canonical(ctx: Context, expr: Expr) -> Expr:
    """The expression over one name for extents that are required to be equal."""
    if not ctx.equal:
        return expr
    return map_expr(lambda part: ctx.equal.get(part, part), expr)


def same(ctx: Context, left: Expr, right: Expr) -> bool:
    """Certainly equal."""
    left, right = canonical(ctx, left), canonical(ctx, right)
    if left == right:
        return True
    a, b = linear(left), linear(right)
    return a is not None and b is not None and a.plus(b, -1) == Linear(0)


def make_equal(ctx: Context, left: Expr, right: Expr, reason: str) -> None:
    """Two extents are equal from here on: known, guarded, or checked now."""
    if same(ctx, left, right):
        return
    left, right = canonical(ctx, left), canonical(ctx, right)
    condition = compare("eq", left, right)
    if is_entry(ctx, left) and is_entry(ctx, right):
        ctx.require(condition, reason)
        if isinstance(left, Dim):
            _unite(ctx, left, right)
        elif isinstance(right, Dim):
            _unite(ctx, right, left)
    else:
        ctx.check(condition, reason)


def _unite(ctx: Context, extent: Dim, other: Expr) -> None:
    """`extent` goes by the name of `other` from here on."""
    for known, name in ctx.equal.items():
        ctx.equal[known] = other if name == extent else name
    ctx.equal[extent] = other
