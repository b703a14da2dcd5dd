"""What the tests of this room share: arrays of float64, marks as text, and a run in another order."""

from msgspec.structs import replace

from pyaot.ir.build import add, load, sub, var
from pyaot.ir.nodes import Expr, For, Function, Load, Stmt, Store
from pyaot.ir.types import Array, DType, Scalar
from pyaot.ir.walk import Body, bodies_of, map_exprs, substitute, transform_body

F = Scalar(DType.FLOAT64)
VECTOR, MATRIX, CUBE = (Array(DType.FLOAT64, rank) for rank in (1, 2, 3))
INTS = Array(DType.INT64, 1)


def at(array: str, *subscripts: Expr | int) -> Load:
    """An element of a float64 array."""
    return load(array, *subscripts, type=F)


def proved(made: Function) -> Function:
    """The function with all its subscripts known to be in range."""

    def stored(stmt: Stmt) -> Body:
        return (replace(stmt, checked=False) if isinstance(stmt, Store) else stmt,)

    def loaded(expr: Expr) -> Expr:
        return replace(expr, checked=False) if isinstance(expr, Load) else expr

    return replace(made, body=transform_body(stored, map_exprs(loaded, made.body)))


def marks_of(function: Function) -> dict[str, str]:
    """For every loop its marks in letters: p parallel, s simd, u unbalanced, and its reductions."""
    found: dict[str, str] = {}

    def visit(body: Body) -> None:
        for stmt in body:
            if isinstance(stmt, For):
                found[stmt.index] = _text(stmt)
            for inner in bodies_of(stmt):
                visit(inner)

    visit(function.body)
    return found


def _text(loop: For) -> str:
    marks = loop.marks
    letters = "p" * marks.parallel + "s" * marks.simd + "u" * (not marks.balanced)
    return " ".join((letters, *(f"{r.op}:{r.name}" for r in marks.reductions))).strip()


def turned(function: Function) -> Function:
    """The function with every loop that its marks call parallel or simd running backwards."""

    def turn(stmt: Stmt) -> Body:
        if not (isinstance(stmt, For) and (stmt.marks.parallel or stmt.marks.simd) and stmt.step == 1):
            return (stmt,)
        last = sub(add(stmt.start, stmt.stop), 1)
        return (replace(stmt, body=substitute(stmt.body, {stmt.index: sub(last, var(stmt.index))})),)

    return replace(function, body=transform_body(turn, function.body))
