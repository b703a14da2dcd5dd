"""Loops that are a matrix product become a call of the BLAS, from a size on.

    for i in range(n):                              if n >= 4 and ... :
        for j in range(m):                              matmul(C[:n, :m], A[:n, :l], B[:l, :m])
            s = 0.0                                 else:
            for k in range(l):                          the loops
                s = s + A[i, k] * B[k, j]
            C[i, j] = s

Operands may be transposed, conjugated or slices; `C = C + A B`, `C = C - A B`, `C = c * C + A B` count too,
and so does a scale of the terms or of their sum: `C = C + x * A B`.
Products inside of loops that run in parallel stay loops, but for a perfect nest of big ones: small batched
products are better that way.

    third input             the product's scale
    option of matmul        meaning
    accumulate              the product is added to the output
    alpha                   -1.0: the product is subtracted
    conjugate_left          the first operand is conjugated
    conjugate_right         the second operand is conjugated
"""

from collections.abc import Callable, Container, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.build import binary, both, cast, compare, mul, sub
from pyaot.ir.nodes import (
    Assign,
    Binary,
    Const,
    Expr,
    For,
    If,
    LibraryCall,
    Load,
    Section,
    Stmt,
    Store,
    Unary,
    Var,
)
from pyaot.ir.walk import Body, substitute, walk_expr, walk_stmts
from pyaot.poly.factors import (
    Factor,
    is_steady,
    parts_of,
    scale_value,
    term_of,
    terms_of,
    with_finite_scale,
)
from pyaot.poly.marks import judge
from pyaot.poly.permute import nested
from pyaot.poly.reductions import is_same_place, operation_on, without_origins
from pyaot.poly.regions import Region
from pyaot.poly.scalars import scalars_in
from pyaot.poly.work import FLOAT, constant

SHORTEST = 4  # extent of a product that is worth a call, if there is work enough
SHORTEST_OF_BATCH = 32  # where many of them run in parallel
LEAST_WORK = 65536.0  # multiplications
LEAST_OF_BATCH = 32768.0

Pays = Callable[[Sequence[Expr]], Expr]


class Product(Struct, frozen=True):
    """C[rows, columns] += scale * left[rows, inner] right[inner, columns], perhaps after C = first."""

    target: Store
    left: Factor
    right: Factor
    rows: For
    columns: For
    inner: For
    scale: tuple[Expr, ...]
    is_subtracted: bool
    first: Expr | None = None

    @property
    def roles(self) -> tuple[For, For, For]:
        """Its loops."""
        return self.rows, self.columns, self.inner


class LibraryCalls(Struct):
    """Finds products, region after region; `found` gathers the outermost loops of those."""

    taken: frozenset[str]  # arrays that Bind names: they may be one another
    found: list[For] = field(default_factory=list)

    def region(self, region: Region) -> Body:
        """The region with calls in the place of its products."""
        if not any(_depth(stmt) >= 3 for stmt in region.body):
            return region.body
        live = region.flow.live_after_each(region.body, region.live_out, {})
        done: list[Stmt] = []
        for stmt, needed in zip(region.body, live, strict=True):
            product = find_product(stmt, self.taken) if isinstance(stmt, For) else None
            if product is None or _sets_needed(stmt, needed):
                done.append(self._batched(stmt, needed) or self._inside(stmt, region, needed))
                continue
            assert isinstance(stmt, For)
            self.found.append(stmt)
            is_zeroed = bool(done) and product.first is None and _zeroes(done[-1], product)
            before = (done.pop(),) if is_zeroed else ()
            done.append(called(product, (*before, stmt), is_zeroed))
        return tuple(done)

    def _batched(self, stmt: Stmt, needed: frozenset[str]) -> Stmt | None:
        """Products of big matrices, one after the other; small ones are better in parallel loops."""
        if not isinstance(stmt, For) or _sets_needed(stmt, needed):
            return None
        loops, _ = _perfect(stmt)
        for depth in range(1, len(loops) - 1):
            product = find_product(loops[depth], self.taken)
            if product is None:
                continue
            bounds = [bound for role in product.roles for bound in (role.start, role.stop)]
            if scalars_in(*bounds) & {loop.index for loop in loops[:depth]}:
                return None
            self.found.append(stmt)
            call = called(product, (stmt,), False, _pays_in_batch)
            return replace(call, then=(nested(loops[:depth], call.then),))
        return None

    def _inside(self, stmt: Stmt, region: Region, needed: frozenset[str]) -> Stmt:
        """A loop that cannot run in parallel may hold products."""
        if not isinstance(stmt, For) or _depth(stmt) < 4:
            return stmt
        nests = (inner for inner in walk_stmts(stmt.body) if isinstance(inner, For))
        if all(find_product(nest, self.taken) is None for nest in nests):
            return stmt
        if judge(replace(region, body=(stmt,)), strict=False)[0].is_free:
            return stmt
        inner = replace(
            region,
            body=stmt.body,
            known=region.known.inside(stmt),
            live_out=region.flow.live_out_of_body(stmt, needed),
        )
        return replace(stmt, body=self.region(inner))


def beside_calls(body: Body) -> Iterator[Stmt]:
    """The statements that run where a call does not pay."""
    for stmt in walk_stmts(body):
        if isinstance(stmt, If) and any(isinstance(inner, LibraryCall) for inner in walk_stmts(stmt.then)):
            yield from stmt.otherwise


def _sets_needed(stmt: Stmt, needed: frozenset[str]) -> bool:
    return any(isinstance(inner, Assign) and inner.name in needed for inner in walk_stmts((stmt,)))


def _depth(stmt: Stmt) -> int:
    if not isinstance(stmt, For):
        return 0
    return 1 + max((_depth(inner) for inner in stmt.body), default=0)


def called(product: Product, loops: Body, is_zeroed: bool, pays_for: Pays | None = None) -> If:
    """The call where it pays, else the loops."""
    target = product.target
    rows, columns, inner = product.rows, product.columns, product.inner
    extents = [sub(loop.stop, loop.start) for loop in product.roles]
    output = section(target.array, target.subscripts, (rows, columns))
    left = section(product.left.load.array, product.left.load.subscripts, (rows, inner))
    right = section(product.right.load.array, product.right.load.subscripts, (inner, columns))
    assert output is not None and left is not None and right is not None
    starts_at_zero = is_zeroed or (product.first is not None and _is_zero(product.first))
    options = {
        "accumulate": not starts_at_zero,
        "conjugate_left": product.left.is_conjugated,
        "conjugate_right": product.right.is_conjugated,
    }
    chosen: list[tuple[str, str | int | float | bool | None]] = [(k, v) for k, v in options.items() if v]
    if product.is_subtracted:
        chosen.append(("alpha", -1.0))
    scale = scale_value(product.scale, target.value.type)
    inputs = (left, right) if scale is None else (left, right, scale)
    call = LibraryCall("matmul", (output,), inputs, tuple(chosen), target.span)
    before: Body = ()
    if product.first is not None and not starts_at_zero:
        store = replace(target, value=product.first)
        before = (replace(rows, body=(replace(columns, body=(store,)),)),)
    pays = (pays_for or _pays)(extents)
    if scale is not None:  # by zero BLAS multiplies nothing, not even infinities
        zero = Const(0j if scale.type.dtype.is_complex else 0.0, scale.type)
        pays = with_finite_scale(both(pays, compare("ne", scale, zero)), [scale])
    return If(pays, (*before, call), loops, rows.span)


def _pays(extents: Sequence[Expr]) -> Expr:
    return _is_large(extents, SHORTEST, LEAST_WORK)


def _pays_in_batch(extents: Sequence[Expr]) -> Expr:
    return _is_large(extents, SHORTEST_OF_BATCH, LEAST_OF_BATCH)


def _is_large(extents: Sequence[Expr], shortest: int, least: float) -> Expr:
    work: Expr = constant(1.0)
    for extent in extents:
        work = mul(work, cast(extent, FLOAT)) if work != constant(1.0) else cast(extent, FLOAT)
    condition: Expr = compare("ge", work, constant(least))
    for extent in dict.fromkeys(reversed(extents)):
        condition = both(compare("ge", extent, shortest), condition)
    return condition


# ---- recognition ------------------------------------------------------------------------------------------


def find_product(nest: For, taken: frozenset[str]) -> Product | None:
    """The product that a loop nest is."""
    loops, body = _perfect(nest)
    if len(loops) == 3 and len(body) == 1 and isinstance(body[0], Store):
        return _product(loops, body[0], _added(body[0]), None, taken)
    if len(loops) != 2:
        return None
    match body:
        case (Store() as first, For(body=(Store() as update,)) as inner):
            if first.subscripts != update.subscripts or first.array != update.array:
                return None
            if not _reads_only_itself(first):
                return None
            return _product([*loops, inner], update, _added(update), first.value, taken)
        case (Assign() as first, For(body=(Assign() as update,)) as inner, Store() as target):
            is_sum = first.name == update.name
            return _stored([*loops, inner], first.value, update, target, taken) if is_sum else None
    return None


def _stored(
    loops: Sequence[For], start: Expr, update: Assign, target: Store, taken: frozenset[str]
) -> Product | None:
    """A sum in a scalar that is stored, perhaps scaled and added to something: `c = beta * c + alpha * s`."""
    scale, is_subtracted = list[Expr](), False
    if not _is_var(target.value, update.name):
        found = _scaled(target.value, update.name, {loop.index for loop in loops} | _set_in(loops[0]))
        if found is None or not _is_zero(start):
            return None
        scale, is_subtracted, start = found
    if not _reads_only_itself(replace(target, value=start)):
        return None
    product = _product(loops, target, _added(update), start, taken)
    if product is None:
        return None
    is_negative = product.is_subtracted is not is_subtracted
    return replace(product, scale=(*product.scale, *scale), is_subtracted=is_negative)


def _scaled(value: Expr, name: str, changing: Container[str]) -> tuple[list[Expr], bool, Expr] | None:
    """What a sum is multiplied by, whether it is subtracted, and what it is added to."""
    terms = list(terms_of(value))
    own = [n for n, (term, _) in enumerate(terms) if name in scalars_in(term)]
    if len(own) != 1:
        return None
    term, is_subtracted = terms.pop(own[0])
    parts, is_negative = parts_of(term)
    scale = [part for part in parts if not _is_var(part, name)]
    if len(scale) + 1 != len(parts) or not all(is_steady(part, changing) for part in scale):
        return None
    rest: Expr = cast(0.0, value.type)
    for number, (other, is_taken_away) in enumerate(terms):
        if number == 0:
            rest = Unary("neg", other, other.type) if is_taken_away else other
        else:
            rest = binary("sub" if is_taken_away else "add", rest, other)
    return scale, is_subtracted is not is_negative, rest


def _perfect(nest: For) -> tuple[list[For], Body]:
    loops = [nest]
    while len(loops[-1].body) == 1 and isinstance(loops[-1].body[0], For):
        loops.append(loops[-1].body[0])
    return loops, loops[-1].body


def _added(update: Store | Assign) -> tuple[bool, Expr] | None:
    """Whether it is subtracted, and the product of an update: `c = c + a * b`, `c = c - a * b`."""
    name = update.array if isinstance(update, Store) else update.name
    value = without_origins(update.value)
    if operation_on(name, update) is None or not isinstance(value, Binary) or value.op not in ("add", "sub"):
        return None
    old: Expr = Var(name, value.type)
    if isinstance(update, Store):
        old = Load(name, update.subscripts, value.type)
    if is_same_place(value.left, old):
        return value.op == "sub", value.right
    return (False, value.left) if value.op == "add" and is_same_place(value.right, old) else None


def _product(
    loops: Sequence[For],
    target: Store,
    added: tuple[bool, Expr] | None,
    first: Expr | None,
    taken: frozenset[str],
) -> Product | None:
    indices = {loop.index for loop in loops}
    term = None if added is None else term_of(added[1], indices, indices | _set_in(loops[0]))
    if added is None or term is None or target.checked or any(loop.step != 1 for loop in loops):
        return None
    if target.value.type.dtype.kind not in "fc" or not _are_rectangular(loops):
        return None
    arrays = {target.array, term.left.load.array, term.right.load.array}
    is_apart = target.array not in (term.left.load.array, term.right.load.array)
    if not is_apart or arrays & taken or term.left.load.checked or term.right.load.checked:
        return None
    for left, right in ((term.left, term.right), (term.right, term.left)):
        roles = _roles(loops, target, left, right)
        if roles is not None:
            return Product(target, left, right, *roles, term.scale, term.is_negative is not added[0], first)
    return None


def _roles(loops: Sequence[For], target: Store, left: Factor, right: Factor) -> tuple[For, For, For] | None:
    """Which loop runs over rows, which over columns, which over what is summed."""
    for rows in loops:
        for columns in loops:
            if rows is columns:
                continue
            inner = next(loop for loop in loops if loop is not rows and loop is not columns)
            uses = (
                (target.array, target.subscripts, (rows, columns)),
                (left.load.array, left.load.subscripts, (rows, inner)),
                (right.load.array, right.load.subscripts, (inner, columns)),
            )
            others = ((target, inner), (left.load, columns), (right.load, rows))
            if any(loop.index in scalars_in(*access.subscripts) for access, loop in others):
                continue
            output, *operands = (section(*use) for use in uses)
            if output is not None and None not in operands and output.axes[0] < output.axes[1]:
                return rows, columns, inner
    return None


def _are_rectangular(loops: Sequence[For]) -> bool:
    indices = {loop.index for loop in loops}
    bounds = [bound for loop in loops for bound in (loop.start, loop.stop)]
    has_load = any(isinstance(node, Load) for bound in bounds for node in walk_expr(bound))
    return not has_load and not (scalars_in(*bounds) & (indices | _set_in(loops[0])))


def _set_in(loop: For) -> frozenset[str]:
    return frozenset(stmt.name for stmt in walk_stmts((loop,)) if isinstance(stmt, Assign))


def section(array: str, subscripts: Sequence[Expr], loops: tuple[For, For]) -> Section | None:
    """The part of an array that an access touches, its dimensions in the order of the loops."""
    starts = list(subscripts)
    axes: list[int] = []
    for loop in loops:
        own = [axis for axis, subscript in enumerate(subscripts) if loop.index in scalars_in(subscript)]
        if len(own) != 1 or own[0] in axes or not _moves_by_one(subscripts[own[0]], loop.index):
            return None
        axes.append(own[0])
        starts[own[0]] = substitute(starts[own[0]], {loop.index: loop.start})
    others = [subscript for axis, subscript in enumerate(subscripts) if axis not in axes]
    if any(isinstance(node, Load) for subscript in others for node in walk_expr(subscript)):
        return None
    extents = tuple(sub(loop.stop, loop.start) for loop in loops)
    return Section(array, tuple(starts), tuple(axes), extents)


def _moves_by_one(subscript: Expr, index: str) -> bool:
    """The index plus something that does not change."""
    match subscript:
        case Var(name):
            return name == index
        case Binary("add", left, right):
            parts = [part for part in (left, right) if index in scalars_in(part)]
            return len(parts) == 1 and _moves_by_one(parts[0], index)
        case Binary("sub", left, right):
            return index not in scalars_in(right) and _moves_by_one(left, index)
        case _:
            return False


def _reads_only_itself(store: Store) -> bool:
    loads = [node for node in walk_expr(store.value) if isinstance(node, Load) and node.array == store.array]
    return all(load.subscripts == store.subscripts for load in loads)


def _is_zero(expr: Expr) -> bool:
    while not isinstance(expr, Const) and hasattr(expr, "operand"):
        expr = expr.operand
    return isinstance(expr, Const) and expr.value == 0


def _is_var(expr: Expr, name: str) -> bool:
    expr = without_origins(expr)
    return isinstance(expr, Var) and expr.name == name


def _zeroes(stmt: Stmt, product: Product) -> bool:
    """The nest just before sets the whole target to zero."""
    if not isinstance(stmt, For):
        return False
    loops, body = _perfect(stmt)
    if len(loops) != 2 or len(body) != 1 or not isinstance(body[0], Store) or not _is_zero(body[0].value):
        return False
    store, target = body[0], product.target
    if store.array != target.array or store.checked or not _are_rectangular(loops):
        return False
    wanted = section(target.array, target.subscripts, (product.rows, product.columns))
    outer, inner = loops
    return wanted in [section(store.array, store.subscripts, p) for p in ((outer, inner), (inner, outer))]
