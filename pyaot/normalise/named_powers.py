"""Powers of ints get a name where they are first needed: they take long, and a name can be an extent.

for i in range(k):                          for i in range(k):
    t = new float64[r ** i]                     power = r ** i
    for j in range(r ** i): ...                 check power <= 2**31
                                                t = new float64[power]
                                                for j in range(power): ...

A power is computed no sooner than something needs it in any case, or before a loop of which every turn does.
An extent is at most 2**31, as those of parameters are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.build import compare
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Binary,
    Check,
    Const,
    Expr,
    For,
    Function,
    Load,
    Select,
    Stmt,
    Var,
)
from pyaot.ir.turns import Changes, every_turn
from pyaot.ir.walk import (
    Body,
    expressions_of,
    map_bodies,
    map_expr,
    map_stmt_exprs,
    scalars_assigned,
    scalars_read,
    sub_expressions,
    walk_expr,
    walk_exprs,
    walk_stmts,
)

LONGEST = 2**31
Names = Mapping[Expr, Var]


def name_powers(function: Function) -> Function:
    """The function with a variable for every power of ints that it computes more than once."""
    powers = Counter(filter(_is_power, walk_exprs(function.body)))
    if not powers:
        return function
    often = frozenset(power for power, count in powers.items() if count > 1)
    taken = {param.name for param in function.params} | scalars_assigned(function.body)
    taken |= scalars_read(function.body)
    taken |= {getattr(stmt, "index", "") or getattr(stmt, "name", "") for stmt in walk_stmts(function.body)}
    return replace(function, body=_Naming(often, _extents(function.body), taken).body(function.body, {}))


def _is_power(expr: Expr) -> bool:
    """Of ints, to an exponent that is not known; of what elements say nobody knows for how long."""
    if not (isinstance(expr, Binary) and expr.op == "pow" and expr.type.dtype.is_integer):
        return False
    return not isinstance(expr.right, Const) and not any(isinstance(node, Load) for node in walk_expr(expr))


def _extents(body: Iterable[Stmt]) -> frozenset[Expr]:
    """The powers in extents of new arrays."""
    made = (stmt for stmt in walk_stmts(body) if isinstance(stmt, Allocate))
    return frozenset(p for stmt in made for e in stmt.shape for p in walk_expr(e) if _is_power(p))


class _Naming(Struct, frozen=True):
    often: frozenset[Expr]
    extents: frozenset[Expr]
    taken: set[str]

    def body(self, body: Body, names: Names) -> Body:
        """The statements with the named powers by name, and new names where they are needed."""
        done: list[Stmt] = []
        for stmt in body:
            new, names = self._needed(stmt, names)
            done += new
            changes = Changes.of(stmt)
            lasting = {power: name for power, name in names.items() if not changes.touch(power)}
            stmt = map_stmt_exprs(partial(_named, names), stmt)
            done.append(map_bodies(lambda inner, n=lasting: self.body(inner, n), stmt))  # type: ignore[misc]
            names = lasting
        return tuple(done)

    def _needed(self, stmt: Stmt, names: Names) -> tuple[list[Stmt], Names]:
        """The assignments of the powers that the statement certainly computes."""
        new: list[Stmt] = []
        needed = [power for power in _own(stmt) if power in self.often] + list(_of_turns(stmt))
        for power in sorted(dict.fromkeys(needed), key=lambda p: sum(1 for _ in walk_expr(p))):
            value = map_expr(partial(_named, names), power)
            if isinstance(value, Var):
                continue
            name = fresh("power", self.taken)
            self.taken.add(name)
            variable = Var(name, value.type)
            new.append(Assign(name, value, stmt.span))
            if power in self.extents:
                new.append(Check(compare("le", variable, LONGEST), "an array would be too long", stmt.span))
            names = {**names, value: variable}
        return new, names


def _named(names: Names, expr: Expr) -> Expr:
    return names.get(expr, expr)


def _own(stmt: Stmt) -> Iterator[Expr]:
    """The powers that the statement itself computes in any case."""
    for expr in (stmt.start, stmt.stop) if isinstance(stmt, For) else expressions_of(stmt):
        yield from _unconditional(expr)


def _of_turns(stmt: Stmt) -> Iterator[Expr]:
    """The powers that every turn of a loop computes anew."""
    if isinstance(stmt, For):
        changes = Changes.of(stmt)
        inside = (expr for _, exprs in every_turn(stmt.body) for expr in exprs)
        yield from (p for expr in inside for p in _unconditional(expr) if not changes.touch(p))


def _unconditional(expr: Expr) -> Iterator[Expr]:
    if _is_power(expr):
        yield expr
    for child in (expr.condition,) if isinstance(expr, Select) else sub_expressions(expr):
        yield from _unconditional(child)
