"""What is summed in a scalar and then added to an element is added to the element at once.

s = 0.0                                 for k in range(j):
for k in range(j):                          a[i, j] = a[i, j] - a[i, k] * a[k, j]
    s = s + a[i, k] * a[k, j]
a[i, j] = a[i, j] - s
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pyaot.ir.build import cast
from pyaot.ir.nodes import Assign, Binary, Cast, Const, Expr, For, Load, Stmt, Store, Var
from pyaot.ir.walk import Body, walk_exprs, walk_stmts
from pyaot.poly.reductions import is_same_place, without_origins
from pyaot.poly.regions import Region
from pyaot.poly.scalars import scalars_in
from pyaot.poly.scop import Statement


class Sum(Struct, frozen=True):
    """`s = 0; for k: s = s + added; element = element + s`, or `-`."""

    first: Assign
    loop: For
    added: Expr
    last: Store
    is_subtracted: bool


def with_sums_in_elements(root: For, region: Region) -> For:
    """The nest without the scalars of such sums."""
    if not any(_sum(body[n : n + 3]) for body in _bodies(root) for n in range(len(body) - 2)):
        return root
    used = Counter(expr.name for expr in walk_exprs((root,)) if isinstance(expr, Var))
    assigned = Counter(stmt.name for stmt in walk_stmts((root,)) if isinstance(stmt, Assign))
    statements = {id(statement.stmt): statement for statement in region.scop().statements}

    def may_change(found: Sum) -> bool:
        name = found.first.name
        is_own = used[name] == assigned[name] == 2 and name not in region.live_out
        update, last = (statements.get(id(stmt)) for stmt in (*found.loop.body, found.last))
        return is_own and update is not None and last is not None and not _reads_element(update, last)

    return replace(root, body=_body(root.body, may_change))


def _bodies(root: For) -> Iterator[Body]:
    return (stmt.body for stmt in walk_stmts((root,)) if isinstance(stmt, For))


def _body(body: Body, may_change: Callable[[Sum], bool]) -> Body:
    done: list[Stmt] = []
    for stmt in body:
        done.append(stmt)
        found = _sum(done[-3:])
        if found is not None and may_change(found):
            done[-3:] = [_in_element(found)]
    return tuple(
        replace(stmt, body=_body(stmt.body, may_change)) if isinstance(stmt, For) else stmt for stmt in done
    )


def _sum(stmts: Sequence[Stmt]) -> Sum | None:
    match tuple(stmts):
        case (Assign() as first, For(body=(Assign() as update,)) as loop, Store() as last):
            added, subtracted = _operands(update.value), _operands(last.value)
        case _:
            return None
    if update.name != first.name or not _is_zero(first.value) or added is None or subtracted is None:
        return None
    scalar = Var(first.name, without_origins(update.value).type)
    element = Load(last.array, last.subscripts, last.value.type)
    is_sum = added[0] == "add" and is_same_place(added[1], scalar)
    is_sum = is_sum and is_same_place(subtracted[1], element) and is_same_place(subtracted[2], scalar)
    if not is_sum or loop.index in scalars_in(*last.subscripts):
        return None
    return Sum(first, loop, added[2], last, subtracted[0] == "sub")


def _operands(expr: Expr) -> tuple[str, Expr, Expr] | None:
    plain = without_origins(expr)
    if not isinstance(plain, Binary) or plain.op not in ("add", "sub"):
        return None
    return plain.op, plain.left, plain.right


def _is_zero(expr: Expr) -> bool:
    while isinstance(expr, Cast):
        expr = expr.operand
    return isinstance(expr, Const) and expr.value == 0


def _reads_element(update: Statement, last: Statement) -> bool:
    """The loop reads the element that it would change."""
    target = next(access for access in last.accesses if access.is_write)
    reads = (access for access in update.accesses if access.name == target.name and not access.is_write)
    pairs = (read.relation.then(target.relation.reverse()) for read in reads)
    return any(not pair.together_in(*last.dims).is_empty() for pair in pairs)


def _in_element(found: Sum) -> For:
    last = found.last
    value = replace_operand(last.value, found.added)
    (update,) = found.loop.body
    assert isinstance(update, Assign)
    return replace(found.loop, body=(replace(last, value=value, span=update.span),))


def replace_operand(expr: Expr, right: Expr) -> Expr:
    """A sum, under casts, with another second operand."""
    if isinstance(expr, Cast):
        return replace(expr, operand=replace_operand(expr.operand, right))
    assert isinstance(expr, Binary)
    return replace(expr, right=cast(right, expr.right.type))
