"""How much work a loop is, as an expression over what is known before it.

    for i in range(n):
        for j in range(m):              float(n) * (1.0 + float(m) * 5.0): trips times cost
            c[i, j] = a[i, j] * b[j]

It is an estimate for choosing threads and versions, never for correctness: a triangle counts with its middle
row, a while loop as a fixed number of rounds. Work counts operations; time, in simple ones, knows that SIMD
loops do several at once and wait for memory, and what takes longer than it looks.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from pyaot.ir.build import add, binary, cast, floordiv, sub
from pyaot.ir.functions import LIBRARY
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
    LibraryCall,
    Load,
    Loop,
    Section,
    Select,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import DType, Scalar
from pyaot.ir.walk import (
    expressions_of,
    map_expr,
    map_exprs,
    scalars_assigned,
    substitute,
    walk_expr,
    walk_stmts,
)
from pyaot.poly.strides import UNIT, access_cost, accesses

FLOAT = Scalar(DType.FLOAT64)
ROUNDS = 32.0  # of a loop whose trip count is not known before it
CALL = 20.0
LIBRARY_START = 1000.0
SLOW = {"truediv": 4.0, "floordiv": 6.0, "mod": 6.0, "pow": 20.0}

# Measured with the examples on an AMD Turin: a simple operation takes 0.1 ns, several at once, and so do
SLOWNESS = 5.0  # ... a fifth of a slow one,
SIMD_BYTES = 64.0  # the operations of a SIMD register,
CACHE_BYTES = 16.0  # the bytes that come from a cache,
SIMD_START = 30.0  # a part of the start of a SIMD loop.


# What the interpreter costs, for reports; in operations of a Python loop, which take some 50 ns each.
ARRAY_START = 20.0  # an array operator of NumPy
ARRAY_OPERATION = 0.02  # ... and each of its elements


def constant(value: float) -> Const:
    """A number of operations."""
    return Const(value, FLOAT)


def work_of(loop: For) -> Expr:
    """Operations of one execution of the loop."""
    return _Operations().of(loop)


def time_of(loop: For) -> Expr:
    """How many simple operations take as long as one execution of the loop, whose SIMD loops are marked."""
    return _Time().of(loop)


def python_time_of(loop: For) -> Expr:
    """How many operations of a Python loop take as long as the loop in the original, before it is changed."""
    return _PythonTime().of(loop)


def numpy_time_of(loop: For) -> Expr:
    """The same of a NumPy version, of a loop that is marked: what may run in any order becomes slices."""
    return _NumpyTime().of(loop)


def time_of_all(body: Iterable[Stmt]) -> Expr:
    """As `time_of`, for statements one after the other."""
    return _Time().of_all(body)


def time_of_turn(loop: For | Loop) -> Expr:
    """As `time_of`, for one turn in the middle of the loop."""
    time = _Time()
    return _usable(time.of_all(loop.body), loop) if isinstance(loop, Loop) else time.iteration(loop)


class _Operations:
    """Counts operations; what takes long counts as some."""

    slow = 1.0

    def of(self, stmt: Stmt) -> Expr:
        """One execution of the statement."""
        own = constant(sum(_cost(expr, self.slow) for expr in expressions_of_header(stmt)))
        match stmt:
            case For():
                return _plus(own, self.loop(stmt))
            case Loop(body):
                return _times(constant(ROUNDS), _usable(self.of_all(body), stmt))
            case Block(_, body):
                return self.of_all(body)
            case If():
                return _plus(own, self.branches(stmt))
            case Store():
                return _plus(own, constant(1.0))
            case LibraryCall():
                return _library(stmt)
            case _:
                return own

    def of_all(self, body: Iterable[Stmt]) -> Expr:
        """The statements together."""
        total: Expr = constant(0.0)
        for stmt in body:
            total = _plus(total, self.of(stmt))
        return total

    def branches(self, stmt: If) -> Expr:
        """What depends on a condition."""
        return _plus(self.of_all(stmt.then), self.of_all(stmt.otherwise))

    def loop(self, loop: For) -> Expr:
        """All iterations."""
        return _times(_known_trips(loop), self.iteration(loop))

    def iteration(self, loop: For) -> Expr:
        """One of them."""
        body = _plus(constant(1.0), self.of_all(loop.body))
        if isinstance(body, Const):
            return body
        middle = _unchecked(floordiv(add(loop.start, loop.stop), 2))
        return _usable(substitute(body, {loop.index: middle}), loop)


def _library(stmt: LibraryCall) -> Expr:
    """Multiplications of a product or of a decomposition; others go through what they read a few times."""
    sections = [item for item in stmt.inputs if isinstance(item, Section)]
    extents = [cast(extent, FLOAT) for section in sections[:1] for extent in section.extents]
    if stmt.function == "matmul":
        extents += [cast(extent, FLOAT) for extent in sections[1].extents[-1:] if len(sections[1].axes) > 1]
    elif LIBRARY[stmt.function].is_native:
        extents += extents[-1:]
    else:
        extents.append(constant(CALL))
    work: Expr = constant(1.0)
    for extent in extents:
        work = _times(extent, work)
    return _plus(constant(LIBRARY_START), work)


class _Time(_Operations):
    """Knows what takes longer than its number of operations, and what less."""

    slow = SLOWNESS

    def branches(self, stmt: If) -> Expr:
        """Of two forms of a loop one runs."""
        both = super().branches(stmt)
        is_choice = any(isinstance(inner, For | Loop) for inner in walk_stmts((*stmt.then, *stmt.otherwise)))
        return _times(constant(0.5), both) if is_choice else both

    def loop(self, loop: For) -> Expr:
        """Registers are filled before, and emptied after it."""
        return _plus(constant(SIMD_START if loop.marks.simd else 0.0), super().loop(loop))

    def iteration(self, loop: For) -> Expr:
        """One of several at once; what is the same in all of them is computed before."""
        loop = _without_invariants(loop)
        one = super().iteration(loop)
        is_simd = loop.marks.simd and isinstance(one, Const) and _fits_simd(loop)
        return constant(_simd_time(loop, one.value.real)) if is_simd and isinstance(one, Const) else one


class _PythonTime(_Operations):
    """The user's loops go through the interpreter, those of array operators do not."""

    def loop(self, loop: For) -> Expr:
        """All iterations."""
        return super().loop(loop) if loop.label else _array_time(_Operations().loop(loop))


class _NumpyTime(_Operations):
    """What is marked becomes an array operator."""

    def loop(self, loop: For) -> Expr:
        """All iterations."""
        is_sliced = loop.marks.parallel or loop.marks.simd
        return _array_time(_Operations().loop(loop)) if is_sliced else super().loop(loop)


def _array_time(operations: Expr) -> Expr:
    return _plus(constant(ARRAY_START), _times(constant(ARRAY_OPERATION), operations))


def _without_invariants(loop: For) -> For:
    """Divisions of ints that are the same in all iterations are made once, before the loop."""
    changing = {loop.index} | scalars_assigned((loop,))
    changing |= {stmt.index for stmt in walk_stmts(loop.body) if isinstance(stmt, For)}

    def once(expr: Expr) -> Expr:
        if not (isinstance(expr, Binary) and expr.op in ("floordiv", "mod") and expr.type.dtype.is_integer):
            return expr
        parts = list(walk_expr(expr))
        moves = any(isinstance(p, Load) or (isinstance(p, Var) and p.name in changing) for p in parts)
        return expr if moves else Const(1, expr.type)

    return replace(loop, body=map_exprs(once, loop.body))


def _fits_simd(loop: For) -> bool:
    """No integers are divided."""
    return not any(
        isinstance(node, Binary) and node.op in ("floordiv", "mod") and node.type.dtype.is_integer
        for stmt in walk_stmts(loop.body)
        for expr in expressions_of_header(stmt)
        for node in walk_expr(expr)
    )


def _simd_time(loop: For, work: float) -> float:
    """An iteration in SIMD registers: its arithmetic, and what moves, in whole registers or one by one."""
    moving = [(a, access_cost(a.subscripts, loop.index)) for a in accesses(loop.body)]
    rows = {(a.array, a.subscripts): _size(a) for a, cost in moving if cost == UNIT}
    single = {(a.array, a.subscripts) for a, cost in moving if cost > UNIT}
    arithmetic = work - sum(cost > 0.0 for _, cost in moving)
    widest = max(map(_size, (a for a, _ in moving)), default=8)
    return arithmetic * widest / SIMD_BYTES + sum(rows.values()) / CACHE_BYTES + len(single)


def _size(access: Load | Store) -> int:
    value = access.value if isinstance(access, Store) else access
    return value.type.dtype.bits // 8


def expressions_of_header(stmt: Stmt) -> tuple[Expr, ...]:
    """What the statement itself evaluates, marks left out."""
    return (stmt.start, stmt.stop) if isinstance(stmt, For) else expressions_of(stmt)


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


def _cost(expr: Expr, slow: float) -> float:
    cost = 0.0
    for node in walk_expr(expr):
        match node:
            case Load() | Select():
                cost += 1.0
            case Call():
                cost += CALL * slow
            case Binary(op):
                dtype = node.type.dtype
                each = SLOW.get(op, 1.0) * (slow if op in SLOW and not dtype.is_integer else 1.0)
                cost += each * (4.0 if dtype.is_complex else 1.0)
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
