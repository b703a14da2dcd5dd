"""Which integer arithmetic certainly stays within int64: its overflow check goes.

    for i in range(a.shape[0]):         i is in [0, 2**31 - 1]
        b[i] = a[i + 1]                 so i + 1 is unchecked

Known at entry: Python's ints lie within +-2**31 and extents in [0, 2**31]. A variable has one interval for
the whole function: the least that its assignments allow. Where it is added to, `x = x + e`, it grows by e
as often as the loops around run.

One rule is no proof: where |e| <= 2**16 such a sum is taken to stay within int64 however often it runs,
because leaving takes 2**46 additions, more than a month of the original program.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Dim,
    Expr,
    For,
    Function,
    Load,
    Loop,
    Select,
    Stmt,
    Store,
    Unary,
    Var,
)
from pyaot.ir.types import Array
from pyaot.ir.walk import (
    Body,
    bodies_of,
    bound_together,
    map_exprs,
    scalars_assigned,
    transform_body,
    walk_stmts,
)
from pyaot.normalise.checks import checks_of, leading_checks
from pyaot.normalise.intervals import EMPTY, INT64, Interval, all_of, exact

# A scalar by name, an extent by array and axis.
Key: TypeAlias = str | tuple[str, int]

ENTRY_INT = Interval(-(2**31), 2**31)
ENTRY_EXTENT = Interval(0, 2**31)
EXTENT = Interval(0, 2**63 - 1)
ANY = Interval(-(2**63), 2**64 - 1)  # of any dtype

SMALL = Interval(-(2**16), 2**16)
LONG = 2**46  # additions that no original program has the time for
UNBOUNDED = 2**128  # turns of a loop of which nothing is known

# Rounds of the fixed point after which what still moves counts as unbounded.
PATIENCE = 4


class Ranges(Struct, frozen=True):
    """The interval of every integer variable (by name) and of every extent (by array and axis)."""

    known: Mapping[Key, Interval]

    def of(self, expr: Expr) -> Interval:
        """The values of an integer or bool expression."""
        whole = all_of(expr.type.dtype)
        match expr:
            case Const():
                return Interval(int(expr.value.real), int(expr.value.real)) if _is_count(expr) else whole
            case Var():
                return self.known.get(expr.name, whole).meet(whole)
            case Dim():
                return self.known.get((expr.array, expr.axis), EXTENT).meet(EXTENT)
            case Unary() | Binary():
                return _fitted(self.exactly(expr), expr)
            case Select():
                return self.of(expr.if_true).join(self.of(expr.if_false))
            case Cast():
                inner = self.of(expr.operand)
                return inner if _is_count(expr.operand) and inner.within(whole) else whole
            case Call() if expr.function == "bitwise_count":
                return Interval(0, 64)
            case Call() if expr.function == "absolute" and expr.type.dtype.is_integer:
                inner = self.of(expr.args[0])
                return _fitted(Interval(0, max(abs(inner.low), abs(inner.high))), expr)
            case Load() | Compare() | Call():
                return whole
            case _:
                assert_never(expr)

    def exactly(self, expr: Unary | Binary) -> Interval | None:
        """The values that the operation gives in unbounded integers; None where nothing is known."""
        if not expr.type.dtype.is_integer:
            return None
        if isinstance(expr, Binary):
            return exact(expr.op, self.of(expr.left), self.of(expr.right))
        operand = self.of(expr.operand)
        shift = 0 if expr.op == "neg" else 1  # ~x is -x - 1
        return operand if operand.is_empty else Interval(-operand.high - shift, -operand.low - shift)


def _is_count(expr: Expr) -> bool:
    return expr.type.dtype.is_integer or expr.type.dtype.kind == "b"


def _fitted(result: Interval | None, expr: Expr) -> Interval:
    """What remains of the exact result: Python's fails outside int64, NumPy's wraps."""
    whole = all_of(expr.type.dtype)
    if result is None:
        return whole
    if result.within(whole):
        return result
    return result.meet(whole) if expr.type.is_python else whole


def clear_checks(function: Function) -> Function:
    """The function with `checked` cleared where int64 cannot be left."""
    ranges = find_ranges(function)

    def cleared(expr: Expr) -> Expr:
        match expr:
            case Binary() if _is_safe(expr, ranges):
                return replace(expr, checked=False)
            case Load(checked=False):
                return replace(expr, subscripts=tuple(_fitting(s, ranges) for s in expr.subscripts))
            case _:
                return expr

    def stored(stmt: Stmt) -> Body:
        if isinstance(stmt, Store) and not stmt.checked:
            return (replace(stmt, subscripts=tuple(_fitting(s, ranges) for s in stmt.subscripts)),)
        return (stmt,)

    return replace(function, body=transform_body(stored, map_exprs(cleared, function.body)))


def _fitting(subscript: Expr, ranges: Ranges) -> Expr:
    """What is in range fits int64, and so does every term of a sum of numbers that are not negative."""
    match subscript:
        case Binary("add", left, right) if min(ranges.of(left).low, ranges.of(right).low) >= 0:
            return replace(
                subscript, checked=False, left=_fitting(left, ranges), right=_fitting(right, ranges)
            )
        case Binary("add" | "sub" | "mul"):
            return replace(subscript, checked=False)
        case _:
            return subscript


def _is_safe(expr: Binary, ranges: Ranges) -> bool:
    if not (expr.checked and expr.type.is_python and expr.type.dtype.is_integer):
        return False
    result = ranges.exactly(expr)
    return result is not None and result.within(INT64)


# ---- the fixed point --------------------------------------------------------------------------------------


class _Setting(Struct, frozen=True):
    """An assignment to an integer variable, the loops around it, and what is checked right behind it."""

    value: Expr
    loops: tuple[For | Loop, ...]
    checked: Interval


class _Facts(Struct, frozen=True):
    """What the fixed point is about: intervals at entry, assignments by name, arrays bound together."""

    entry: Mapping[Key, Interval]
    settings: Mapping[str, list[_Setting]]
    groups: Mapping[str, frozenset[str]]


def find_ranges(function: Function) -> Ranges:
    """The intervals of all variables and extents of the function."""
    facts = _facts_of(function)
    statements = tuple(walk_stmts(function.body))
    known = dict(facts.entry)
    for turn in count():
        before = dict(known)
        for stmt in statements:
            for key, interval in _found(stmt, facts, Ranges(known)):
                joined = known.get(key, EMPTY).join(interval)
                known[key] = joined if turn < PATIENCE else _widened(known.get(key, EMPTY), joined)
        if known == before:
            break
    return Ranges(known)


def _widened(old: Interval, new: Interval) -> Interval:
    """A bound that still moves is given up."""
    if old.is_empty:
        return new
    low = new.low if new.low == old.low else ANY.low
    return Interval(low, new.high if new.high == old.high else ANY.high)


def _facts_of(function: Function) -> _Facts:
    """All tracked names are there from the start, as never executed."""
    entry: dict[Key, Interval] = {}
    settings: dict[str, list[_Setting]] = {}
    for name, setting in _settings(function.body, ()):
        settings.setdefault(name, []).append(setting)
        entry[name] = EMPTY
    groups = bound_together(function.body)
    for stmt in walk_stmts(function.body):
        if isinstance(stmt, For):
            entry[stmt.index] = EMPTY
        elif isinstance(stmt, Allocate):
            entry.update(dict.fromkeys(_extents(stmt.name, stmt.type, groups), EMPTY))
    # An array that is bound together with a parameter starts from the parameter's extents.
    for param in function.params:
        if isinstance(param.type, Array):
            entry.update(dict.fromkeys(_extents(param.name, param.type, groups), ENTRY_EXTENT))
        elif param.type.dtype.is_integer:
            whole = ENTRY_INT if param.type.is_python else all_of(param.type.dtype)
            entry[param.name] = whole.meet(_required(param.name, function))
    return _Facts(entry, settings, groups)


def _required(param: str, function: Function) -> Interval:
    """What the Requires of the form `param >= 3` leave, and the checks that come before all else."""
    facts = [require.condition for require in function.requires]
    if param not in scalars_assigned(function.body):
        facts += [check.condition for check in leading_checks(function.body)]
    return _left_by(param, facts)


def _left_by(name: str, facts: Iterable[Expr]) -> Interval:
    """The values for which all the facts of the form `name >= 3` hold."""
    left = ANY
    for fact in facts:
        match fact:
            case Compare(op, Var(own), Const() as bound) if own == name and _is_count(bound):
                left = left.meet(_bounded(op, int(bound.value.real)))
            case _:
                continue
    return left


def _bounded(op: str, bound: int) -> Interval:
    """The numbers that compare so with the bound."""
    low, high = {
        "ge": (bound, ANY.high),
        "gt": (bound + 1, ANY.high),
        "le": (ANY.low, bound),
        "lt": (ANY.low, bound - 1),
        "eq": (bound, bound),
    }.get(op, (ANY.low, ANY.high))
    return Interval(low, high)


def _extents(array: str, type: Array, groups: Mapping[str, frozenset[str]]) -> Iterator[Key]:
    """The keys of the extents of an array, under all the names that it may have."""
    return ((name, axis) for name in _names(array, groups) for axis in range(type.rank))


def _names(array: str, groups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return groups.get(array, frozenset({array}))


def _settings(body: Body, loops: tuple[For | Loop, ...]) -> Iterator[tuple[str, _Setting]]:
    for number, stmt in enumerate(body, start=1):
        if isinstance(stmt, Assign) and stmt.value.type.dtype.is_integer:
            checks = [check.condition for check in checks_of(stmt.name, body[number:])]
            yield stmt.name, _Setting(stmt.value, loops, _left_by(stmt.name, checks))
        inside = (*loops, stmt) if isinstance(stmt, For | Loop) else loops
        for inner in bodies_of(stmt):
            yield from _settings(inner, inside)


def _found(stmt: Stmt, facts: _Facts, ranges: Ranges) -> Iterator[tuple[Key, Interval]]:
    """The intervals that a statement gives to names and extents."""
    match stmt:
        case For():
            start, stop = ranges.of(stmt.start), ranges.of(stmt.stop)
            yield stmt.index, _not_above(start, stop)
        case Assign() if stmt.name in facts.settings:
            yield stmt.name, _of_variable(stmt.name, facts, ranges)
        case Allocate():
            for axis, extent in enumerate(stmt.shape):
                for name in _names(stmt.name, facts.groups):
                    yield (name, axis), ranges.of(extent).meet(EXTENT)
        case _:
            return


def _not_above(start: Interval, stop: Interval) -> Interval:
    """The indices of range(start, stop)."""
    return EMPTY if start.is_empty or stop.is_empty else Interval(start.low, stop.high - 1)


def _of_variable(name: str, facts: _Facts, ranges: Ranges) -> Interval:
    """What its assignments give: the plain ones any value, the additions their sum on top."""
    base = facts.entry[name]
    low = high = 0
    for setting in facts.settings[name]:
        step = _addend(name, setting.value, ranges)
        if step is None:
            base = base.join(ranges.of(setting.value).meet(setting.checked))
        elif not step.is_empty:
            times = _times(setting, step, ranges)
            low, high = low + min(times * step.low, 0), high + max(times * step.high, 0)
    if base.is_empty or low == high == 0:
        return base
    return Interval(base.low + low, base.high + high).meet(INT64)


def _addend(name: str, value: Expr, ranges: Ranges) -> Interval | None:
    """The interval of e where the value is `name + e` or `name - e` in Python's ints."""
    match value:
        case Binary("add", Var(own), e) if own == name and value.type.is_python:
            return ranges.of(e)
        case Binary("add", e, Var(own)) if own == name and value.type.is_python:
            return ranges.of(e)
        case Binary("sub", Var(own), e) if own == name and value.type.is_python:
            interval = ranges.of(e)
            return interval if interval.is_empty else Interval(-interval.high, -interval.low)
        case _:
            return None


def _times(setting: _Setting, step: Interval, ranges: Ranges) -> int:
    """How often an addition runs at most; one of a small number no more than LONG times."""
    times = 1
    for loop in setting.loops:
        times *= _trips(loop, ranges)
    return min(times, LONG) if step.within(SMALL) else times


def _trips(loop: For | Loop, ranges: Ranges) -> int:
    if isinstance(loop, Loop):
        return UNBOUNDED
    indices = _not_above(ranges.of(loop.start), ranges.of(loop.stop))
    return max(0, (indices.high - indices.low) // loop.step + 1)
