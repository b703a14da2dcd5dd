"""Unroll and jam: iterations go through inner loops together, so that what they share stays in registers.

for j in range(n):                          for j in range(0, n // 4 * 4, 4):
    s = 0                                       s = 0;  s_1 = 0;  s_2 = 0;  s_3 = 0
    for k in range(m):                          for k in range(m):
        s = s + a[i, k] * b[j, k]                   s = s + a[i, k] * b[j, k]
    c[i, j] = s                                     s_1 = s_1 + a[i, k] * b[j + 1, k] ...
                                                c[i, j] = s;  c[i, j + 1] = s_1 ...
                                            for j in range(n // 4 * 4, n): as before
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.build import add, binary, maximum, mul, sub, unchecked
from pyaot.ir.nodes import (
    Assign,
    Const,
    Dim,
    Expr,
    For,
    Function,
    If,
    Load,
    Marks,
    Reduction,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import (
    Body,
    map_bodies,
    map_expr,
    map_exprs,
    scalars_assigned,
    scalars_read,
    substitute,
    transform_body,
    walk_expr,
    walk_exprs,
    walk_stmts,
)
from pyaot.normalise.fold import fold_body
from pyaot.poly.accumulate import names_in

MOST_COPIES = 8  # of an innermost statement
MOST_TOGETHER = 4  # iterations of one loop
MOST_STATEMENTS = 24  # in the loop that is jammed


def jam(function: Function) -> Function:
    """The function with its innermost nests unrolled and jammed where iterations read the same elements."""
    work = _Jamming(function)
    return replace(function, body=transform_body(work.stmt, function.body))


class _Jamming(Struct, dict=True):
    function: Function
    copies: dict[int, int] = field(default_factory=dict)  # of the innermost statements of a loop made here

    def __post_init__(self) -> None:
        self.names = names_in(self.function)

    def stmt(self, stmt: Stmt) -> Body:
        """Loops are met from the inside."""
        if not isinstance(stmt, For) or not _is_candidate(stmt):
            return (stmt,)
        inside = max((self.copies.get(id(s), 1) for s in walk_stmts(stmt.body)), default=1)
        trips = _constant_trips(stmt)
        count = min(MOST_TOGETHER, MOST_COPIES // inside, trips or MOST_TOGETHER)
        shared = _private(stmt)
        if count < 2 or shared is None or not _is_worth_it(stmt) or self._outlives(stmt, shared):
            return (stmt,)
        return self._jammed(stmt, count, trips, shared)

    def _outlives(self, loop: For, private: frozenset[str]) -> bool:
        """A scalar of one iteration is read behind the loop."""
        everywhere = list(walk_stmts(self.function.body))  # as it was: the loop may have been jammed inside
        same = [s for s in everywhere if isinstance(s, For) and s.index == loop.index]
        inside = {id(s) for s in walk_stmts(same)}
        outside = [s for s in everywhere if id(s) not in inside]
        return bool(private & scalars_read(_without_bodies(outside)))

    def _jammed(self, loop: For, count: int, trips: int | None, private: frozenset[str]) -> Body:
        first = loop.start if trips == count else Var(loop.index, PY_INT)
        together = _merged([self._copy(loop, first, u, private) for u in range(count)])
        if together is None:
            return (loop,)
        if trips == count:
            return self._counted(together, count)
        middle = _middle(loop, count)
        body = self._counted(together, count)
        main = replace(loop, stop=middle, step=count, body=body, marks=cleared(loop.marks))
        return (main, replace(loop, start=middle, marks=cleared(loop.marks)))

    def _counted(self, body: Body, count: int) -> Body:
        for inner in walk_stmts(body):
            self.copies[id(inner)] = count * self.copies.get(id(inner), 1)
        return body

    def _copy(self, loop: For, first: Expr, u: int, private: frozenset[str]) -> Body:
        """Iteration first + u, with scalars of its own."""
        index = map_expr(unchecked, add(first, Const(u, PY_INT)))
        body = fold_body(substitute(loop.body, {loop.index: index}))
        names = {name: self._fresh(f"{name}_{u}") for name in sorted(private)} if u else {}
        return _rename(body, names)

    def _fresh(self, name: str) -> str:
        while name in self.names:
            name += "_"
        self.names.add(name)
        return name


def cleared(marks: Marks) -> Marks:
    """The marks of a loop that is to run as it stands."""
    return replace(marks, simd=False, parallel=False, reductions=())


def _middle(loop: For, count: int) -> Expr:
    """start + the largest multiple of count in the number of iterations."""
    length = sub(loop.stop, loop.start)
    if not isinstance(length, Dim):  # extents are not negative
        length = maximum(length, Const(0, PY_INT))
    whole = binary("floordiv", length, Const(count, PY_INT))
    return map_expr(unchecked, add(loop.start, mul(whole, Const(count, PY_INT))))


# ---- which loops ----------------------------------------------------------------------------------------


def _is_candidate(loop: For) -> bool:
    """Plain statements and loops inside, one of them a SIMD loop; bounds that the index does not move."""
    marks = loop.marks
    if not marks.interleaved or marks.parallel or marks.simd or loop.step != 1:
        return False
    inner = list(walk_stmts(loop.body))
    if len(inner) > MOST_STATEMENTS or not all(isinstance(s, Assign | Store | For | If) for s in inner):
        return False
    loops = [s for s in inner if isinstance(s, For)]
    if not any(s.marks.simd for s in loops) or any(s.marks.parallel for s in loops):
        return False
    changed = {loop.index, *scalars_assigned(loop.body)}
    return not any(changed & _scalars_in(s.start, s.stop) for s in loops)


def _scalars_in(*exprs: Expr) -> set[str]:
    return {part.name for expr in exprs for part in walk_expr(expr) if isinstance(part, Var)}


def _constant_trips(loop: For) -> int | None:
    if isinstance(loop.start, Const) and isinstance(loop.stop, Const):
        return max(int(loop.stop.value.real) - int(loop.start.value.real), 0)
    return None


def _is_worth_it(loop: For) -> bool:
    """Neighbouring iterations touch the same elements in the innermost loop, or an accumulator there."""
    moved = {loop.index, *scalars_assigned(loop.body)}
    for simd in (s for s in walk_stmts(loop.body) if isinstance(s, For) and s.marks.simd):
        own = moved - {simd.index}
        for part in (*walk_exprs(simd.body), *_stored(simd.body)):
            names = _scalars_in(*part.subscripts) if isinstance(part, Load) else set()
            if simd.index in names and not own & names:
                return True
    return False


def _stored(body: Body) -> Iterator[Load]:
    for stmt in walk_stmts(body):
        if isinstance(stmt, Store):
            yield Load(stmt.array, stmt.subscripts, stmt.value.type)


def _private(loop: For) -> frozenset[str] | None:
    """The scalars that every iteration sets before it reads them; None where one is set on some paths."""
    private: set[str] = set()
    for name in scalars_assigned(loop.body):
        first = _first_use(loop.body, name)
        if first == "set":
            private.add(name)
        elif first == "perhaps":
            return None
    return frozenset(private)


def _first_use(body: Body, name: str) -> str:
    """'set', 'read', 'perhaps' (set under a condition), or '' where the name does not occur."""
    is_set_inside = False  # of a loop that may not run: all is well if nobody reads it behind that loop
    for stmt in body:
        found = _use(stmt, name)
        if found == "inside":
            is_set_inside = True
        elif found:
            return found if found == "set" or not is_set_inside else "perhaps"
    return "set" if is_set_inside else ""


def _use(stmt: Stmt, name: str) -> str:
    """The same of one statement, or 'inside' where a loop sets the name before it reads it."""
    match stmt:
        case Assign(target, value):
            if name in _scalars_in(value):
                return "read"
            return "set" if target == name else ""
        case If(condition, then, otherwise):
            if name in _scalars_in(condition):
                return "read"
            branches = {_first_use(then, name), _first_use(otherwise, name)}
            return branches.pop() if len(branches) == 1 else "perhaps"
        case For(start=start, stop=stop, body=body):
            if name in _scalars_in(start, stop):
                return "read"
            found = _first_use(body, name)
            return "inside" if found == "set" else found
    return "read" if name in scalars_read((stmt,)) else ""


# ---- copies ---------------------------------------------------------------------------------------------


def _rename(body: Body, names: dict[str, str]) -> Body:
    """The statements with other names for scalars."""

    def stmt(old: Stmt) -> Body:
        match old:
            case Assign(name) if name in names:
                return (replace(old, name=names[name]),)
            case For(marks=marks):
                reductions = tuple(Reduction(r.op, names.get(r.name, r.name)) for r in marks.reductions)
                return (replace(old, marks=replace(marks, reductions=reductions)),)
        return (old,)

    def expr(part: Expr) -> Expr:
        return replace(part, name=names[part.name]) if isinstance(part, Var) and part.name in names else part

    return map_exprs(expr, transform_body(stmt, body))


def _merged(copies: Sequence[Body]) -> Body | None:
    """The copies statement by statement, their loops made one; None where loops differ in bounds."""
    result: list[Stmt] = []
    for group in zip(*copies, strict=True):
        first = group[0]
        if not isinstance(first, For):
            result.extend(group)
            continue
        loops = [stmt for stmt in group if isinstance(stmt, For)]
        inner = _merged([stmt.body for stmt in loops])
        if inner is None or any((s.start, s.stop) != (first.start, first.stop) for s in loops):
            return None
        reductions = dict.fromkeys(r for s in loops for r in s.marks.reductions)
        result.append(replace(first, body=inner, marks=replace(first.marks, reductions=tuple(reductions))))
    return tuple(result)


def _without_bodies(stmts: Sequence[Stmt]) -> Body:
    """The statements alone: loops, blocks and branches without what they hold."""
    return tuple(map_bodies(lambda body: (), stmt) for stmt in stmts)
