"""Statements that only add to something, so that their order does not matter.

    s = s + a[i] - b[i]                 add on s
    c[i, j] = c[i, j] * x               mul on c
    m = x if x < m else m               minimum on m
    found = found or a[i] == x          bitor on found

The result may differ in rounding where the elements are floating-point: then it is no reduction under strict.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from pyaot.ir.nodes import (
    Assign,
    Binary,
    Cast,
    Compare,
    Const,
    Expr,
    Load,
    Reduction,
    Select,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import DType
from pyaot.ir.walk import walk_expr
from pyaot.poly.scop import Statement

# The operation that combines partial results, for the operation that a statement does.
COMBINED = {
    "add": "add",
    "sub": "add",
    "mul": "mul",
    "minimum": "minimum",
    "maximum": "maximum",
    "bitand": "bitand",
    "bitor": "bitor",
    "bitxor": "bitxor",
}
_LESS = frozenset(("lt", "le"))


def reduction_of(name: str, statements: Iterable[Statement], strict: bool) -> Reduction | None:
    """The reduction that all statements which touch `name` do to it; None where one does something else."""
    operations = {
        operation_on(name, statement.stmt)
        for statement in statements
        if any(access.name == name for access in statement.accesses)
    }
    if len(operations) != 1 or None in operations:
        return None
    operation = operations.pop()
    assert operation is not None
    op, dtype = operation
    return None if strict and dtype.kind in "fc" else Reduction(op, name)


def operation_on(name: str, stmt: Stmt) -> tuple[str, DType] | None:
    """The operation by which a statement updates `name`, if that is all it does with it."""
    match stmt:
        case Assign(target, value) if target == name:
            old: Expr = Var(name, value.type)
        case Store(target, subscripts, value, checked) if target == name:
            old = Load(name, subscripts, value.type, checked)
            if any(_mentions(name, subscript) for subscript in subscripts):
                return None
        case _:
            return None
    op = _update(old, value, partial(_mentions, name))
    return None if op is None else (op, value.type.dtype)


def element_update(store: Store) -> tuple[str, DType] | None:
    """The operation by which a store updates its element; it may read others of the array."""
    old = Load(store.array, store.subscripts, store.value.type, store.checked)
    if any(_mentions(store.array, subscript) for subscript in store.subscripts):
        return None

    def reads(expr: Expr) -> bool:
        return any(is_same_place(node, old) for node in walk_expr(expr))

    op = _update(old, store.value, reads)
    return None if op is None else (op, store.value.type.dtype)


def _update(old: Expr, value: Expr, reads: Callable[[Expr], bool]) -> str | None:
    """The operation on what was there; `reads`: whether an expression reads what nothing else may read."""
    value = without_origins(value)
    match value:
        case Select():
            return _choice(old, value, reads)
        case Binary(op) if op in COMBINED:
            terms = list(_chain(value, COMBINED[op]))
            places = [is_added for term, is_added in terms if is_same_place(term, old)]
            others = [term for term, _ in terms if not is_same_place(term, old)]
            if places == [True] and not any(map(reads, others)):
                return COMBINED[op]
    return None


def without_origins(expr: Expr) -> Expr:
    """The expression without casts that change only the origin of a number."""
    while isinstance(expr, Cast) and expr.type.dtype is expr.operand.type.dtype:
        expr = expr.operand
    return expr


def _chain(expr: Expr, op: str, is_added: bool = True) -> Iterator[tuple[Expr, bool]]:
    """The operands of a chain of one operation; False for what is subtracted."""
    expr = without_origins(expr)
    if isinstance(expr, Binary) and COMBINED.get(expr.op) == op:
        yield from _chain(expr.left, op, is_added)
        yield from _chain(expr.right, op, is_added is (expr.op != "sub"))
    else:
        yield expr, is_added


def _choice(old: Expr, value: Select, reads: Callable[[Expr], bool]) -> str | None:
    """A Select that keeps the lesser, the greater, or connects conditions."""
    match value:
        case Select(first, second, Const(False)) if is_same_place(first, old) and not reads(second):
            return "bitand"
        case Select(first, Const(True), second) if is_same_place(first, old) and not reads(second):
            return "bitor"
        case Select(Compare(op, a, b), new, kept) if is_same_place(kept, old) and not reads(new):
            if op not in ("lt", "le", "gt", "ge"):
                return None
            a, b, new = without_origins(a), without_origins(b), without_origins(new)
            if a == new and is_same_place(b, old):
                return "minimum" if op in _LESS else "maximum"
            if b == new and is_same_place(a, old):
                return "maximum" if op in _LESS else "minimum"
    return None


def is_same_place(expr: Expr, old: Expr) -> bool:
    """Reads the same variable or element."""
    expr, old = without_origins(expr), without_origins(old)
    if isinstance(expr, Var) and isinstance(old, Var):
        return expr.name == old.name
    return (
        isinstance(expr, Load)
        and isinstance(old, Load)
        and expr.array == old.array
        and expr.subscripts == old.subscripts
    )


def _mentions(name: str, expr: Expr) -> bool:
    return any(
        (isinstance(node, Var) and node.name == name) or (isinstance(node, Load) and node.array == name)
        for node in walk_expr(expr)
    )
