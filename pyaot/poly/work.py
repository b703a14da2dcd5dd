"""How much work a loop is, as an expression over what is known before it.

    for i in range(n):
        for j in range(m):              float(n) * (1.0 + float(m) * 5.0): trips times cost
            c[i, j] = a[i, j] * b[j]

It is an estimate for choosing threads and versions, never for correctness: a triangle counts with its middle
row, a while loop as a fixed number of rounds.
"""

from pyaot.ir.build import add, binary, cast, floordiv, sub
from pyaot.ir.nodes import (
    Allocate,
    Binary,
    Block,
    Call,
    Const,
    Dim,
    Expr,
    For,
    If,
    Load,
    Loop,
    Select,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import DType, Scalar
from pyaot.ir.walk import expressions_of, map_expr, scalars_assigned, substitute, walk_expr, walk_stmts

FLOAT = Scalar(DType.FLOAT64)
ROUNDS = 32.0  # of a loop whose trip count is not known before it
CALL = 20.0
SLOW = {"truediv": 4.0, "floordiv": 6.0, "mod": 6.0, "pow": 20.0}


def constant(value: float) -> Const:
    """A number of operations."""
    return Const(value, FLOAT)


def work_of(stmt: Stmt) -> Expr:
    """Operations of one execution of the statement."""
    own = sum(map(_cost, expressions_of_header(stmt)))
    match stmt:
        case For():
            return _plus(constant(own), _loop_work(stmt))
        case Loop(body):
            return _times(constant(ROUNDS), _usable(work_of_all(body), stmt))
        case Block(_, body):
            return work_of_all(body)
        case If():
            both = _plus(work_of_all(stmt.then), work_of_all(stmt.otherwise))
            return _plus(constant(own), both)
        case Store():
            return constant(own + 1.0)
        case _:
            return constant(own)


def expressions_of_header(stmt: Stmt) -> tuple[Expr, ...]:
    """What the statement itself evaluates, marks left out."""
    return (stmt.start, stmt.stop) if isinstance(stmt, For) else expressions_of(stmt)


def work_of_all(body: tuple[Stmt, ...]) -> Expr:
    """Operations of the statements together."""
    total: Expr = constant(0.0)
    for stmt in body:
        total = _plus(total, work_of(stmt))
    return total


def trips(loop: For) -> Expr:
    """How often the loop runs, as a float; below 0 where the range is empty."""
    count = cast(_unchecked(sub(loop.stop, loop.start)), FLOAT)
    if isinstance(loop.start, Const) and isinstance(loop.stop, Const):
        count = constant(float(max(0, int(loop.stop.value.real) - int(loop.start.value.real))))
    return count if loop.step == 1 else _times(constant(1.0 / loop.step), count)


def constant_trips(loop: For) -> int | None:
    """How often the loop runs, where that is a number."""
    if not (isinstance(loop.start, Const) and isinstance(loop.stop, Const)):
        return None
    return len(range(int(loop.start.value.real), int(loop.stop.value.real), loop.step))


def _loop_work(loop: For) -> Expr:
    body = _plus(constant(1.0), work_of_all(loop.body))
    if isinstance(body, Const):
        per_iteration: Expr = body
    else:
        middle = _unchecked(floordiv(add(loop.start, loop.stop), 2))
        per_iteration = _usable(substitute(body, {loop.index: middle}), loop)
    return _times(_known_trips(loop), per_iteration)


def _known_trips(loop: For) -> Expr:
    count = trips(loop)
    return constant(ROUNDS) if any(isinstance(node, Load) for node in walk_expr(count)) else count


def _usable(work: Expr, stmt: Stmt) -> Expr:
    """`work` if it can be computed before the statement; what is only known inside is guessed."""
    changed = scalars_assigned((stmt,)) | {s.index for s in walk_stmts((stmt,)) if isinstance(s, For)}
    made = {inner.name for inner in walk_stmts((stmt,)) if isinstance(inner, Allocate)}

    def known(expr: Expr) -> Expr:
        match expr:
            case Var(name) if name in changed:
                return Const(int(ROUNDS), expr.type) if expr.type.dtype.is_integer else constant(ROUNDS)
            case Dim(name) if name in made:
                return Const(int(ROUNDS), expr.type)
            case _:
                return expr

    return map_expr(known, work)


def _unchecked(expr: Expr) -> Expr:
    def exact(node: Expr) -> Expr:
        return Binary(node.op, node.left, node.right, node.type, False) if isinstance(node, Binary) else node

    return map_expr(exact, expr)


def _cost(expr: Expr) -> float:
    cost = 0.0
    for node in walk_expr(expr):
        match node:
            case Load() | Select():
                cost += 1.0
            case Call():
                cost += CALL
            case Binary(op):
                cost += SLOW.get(op, 1.0) * (4.0 if node.type.dtype.is_complex else 1.0)
            case _:
                continue
    return cost


def _plus(a: Expr, b: Expr) -> Expr:
    if isinstance(a, Const) and isinstance(b, Const):
        return constant(a.value.real + b.value.real)
    if isinstance(a, Const) and a.value == 0.0:
        return b
    return a if isinstance(b, Const) and b.value == 0.0 else binary("add", a, b)


def _times(a: Expr, b: Expr) -> Expr:
    if isinstance(a, Const) and isinstance(b, Const):
        return constant(a.value.real * b.value.real)
    return a if isinstance(b, Const) and b.value == 1.0 else binary("mul", a, b)
