"""Statements inside loops that became axes.

    for i in range(n):                       total = np.zeros(n)
        total = 0.0                          for p in range(m):
        for p in range(m):                       total = total + x[p:p + n] * w[p]
            total += x[i + p] * w[p]         out[:n] = total
        out[i] = total

All statements are executed in the order of the text, each for all iterations of these loops at once; the plan
has found that this is the same. Scalars that are set inside have one value for each iteration: arrays.
"""

from collections.abc import Sequence
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from pyaot.backends.numpy_expressions import Expressions, Warns
from pyaot.backends.numpy_facts import is_silent, stripped, weak
from pyaot.backends.numpy_output import SILENTLY, Output, joined
from pyaot.backends.numpy_reductions import added_terms, check_covered, reduced, refuse_large_sums, scatter
from pyaot.backends.numpy_values import (
    APART,
    LAST,
    Frame,
    RefusedError,
    Spread,
    Value,
    aligned,
    is_vectorised,
)
from pyaot.backends.python_text import numpy_name, scalar_type_text
from pyaot.base.source import Span
from pyaot.ir.build import int_of
from pyaot.ir.failing import can_warn
from pyaot.ir.nodes import (
    Assign,
    Binary,
    Call,
    Check,
    Const,
    Dim,
    Expr,
    For,
    If,
    Load,
    Select,
    Stmt,
    Store,
    Var,
)
from pyaot.ir.types import Origin, Scalar
from pyaot.ir.walk import scalars_assigned, walk_expr, walk_exprs, walk_stmts
from pyaot.poly.scalars import scalars_in

_SIGNS = {"add": "+", "mul": "*", "bitand": "&", "bitor": "|", "bitxor": "^"}


class Nests(Struct):
    """Writes loops that became axes, with all that is in them."""

    out: Output

    def nest(self, loop: For) -> None:
        """The outermost of such loops."""
        out = self.out
        out.spread = spread_of(loop)
        out.visited = _visited(loop, out.spread)
        out.read, out.is_set, out.may_be_set = set(), set(), set()
        self._loop(loop, Frame())
        out.spread = Spread()

    def _all(self, body: Sequence[Stmt], frame: Frame) -> None:
        for stmt in body:
            self._statement(stmt, frame)

    def _statement(self, stmt: Stmt, frame: Frame) -> None:
        match stmt:
            case For():
                self._loop(stmt, frame)
            case If():
                self._if(stmt, frame)
            case Assign():
                self._assign(stmt, frame)
            case Store():
                self._store(stmt, frame)
            case Check():
                writer = self._writer(frame)
                self.out.need(writer.value(stmt.condition), frame.mask, frame)
            case _:
                raise RefusedError(f"a {type(stmt).__name__} inside")

    def _writer(self, frame: Frame) -> Expressions:
        return Expressions(self.out, frame, frame.mask)

    # ---- loops

    def _loop(self, loop: For, frame: Frame) -> None:
        if any(self._writer(frame).varies(bound) for bound in (loop.start, loop.stop)):
            raise RefusedError("the bounds of an inner loop vary")
        if not is_vectorised(loop):
            self._block(head_of(self.out, loop), loop.body, replace(frame, interleaved=True), loop.span)
            return
        if _is_ascending(loop) and not _has_factors(loop) and not _sets_constants(loop):
            self._all(loop.body, replace(frame, loops=(*frame.loops, loop)))
            return
        loop = self._with_named_stop(loop)
        bounds = f"{self.out.plain(loop.start)} < {self.out.plain(loop.stop)}"
        with self.out.text.block(f"if {bounds}:"):
            self._all(loop.body, replace(frame, loops=(*frame.loops, loop)))

    def _with_named_stop(self, loop: For) -> For:
        """The stop, which many slices will say, gets a name."""
        if isinstance(loop.stop, Const | Var | Dim):
            return loop
        name = self.out.fresh(f"{loop.index}_end")
        self.out.text.add(f"{name} = {self.out.plain(loop.stop)}", loop.span)
        return replace(loop, stop=Var(name, loop.stop.type))

    def _if(self, stmt: If, frame: Frame) -> None:
        merged = _as_choice(stmt)
        writer = self._writer(frame)
        if merged is not None and writer.varies(stmt.condition):
            self._statement(merged, frame)
            return
        if not writer.varies(stmt.condition):
            self._block(f"if {self.out.plain(stmt.condition)}:", stmt.then, frame, stmt.span)
            if stmt.otherwise:
                self._block("else:", stmt.otherwise, frame)
            return
        condition = writer.value(stmt.condition)
        lanes = Value(self.out.fresh("lanes"), condition.dims)
        self.out.text.add(f"{lanes.text} = {condition.text}", stmt.span)
        self._all(stmt.then, self._on(lanes, frame))
        if stmt.otherwise:
            self._all(stmt.otherwise, self._on(Value(f"(~{lanes.text})", lanes.dims), frame))

    def _block(self, head: str, body: Sequence[Stmt], frame: Frame, span: Span | None = None) -> None:
        """Statements that may not run: what they set is not set for certain."""
        is_set, read = set(self.out.is_set), set(self.out.read)
        with self.out.text.block(head, span):
            self._all(body, frame)
        self.out.is_set, self.out.read = is_set, read

    def _on(self, lanes: Value, frame: Frame) -> Frame:
        mask = lanes if frame.mask is None else joined("&", (frame.mask, lanes), frame)
        return replace(frame, mask=mask)

    # ---- scalars

    def _assign(self, stmt: Assign, frame: Frame) -> None:
        out, name = self.out, self.out.names.value(stmt.name)
        over = frame.reductions(stmt.name)
        if frame.is_marked(LAST, stmt.name) and (frame.mask is not None or frame.interleaved):
            raise RefusedError("whether a scalar is set depends on the iteration")
        if over:
            self._reduce(stmt, Value(name, frame.ordered(out.spread.of(stmt.name))), over, frame)
            return
        dims = frame.ordered(out.spread.of(stmt.name))
        if not dims:
            out.text.add(f"{name} = {out.plain(stmt.value)}", stmt.span)
            return
        writer = self._writer(frame)
        check_covered(writer, stmt.value, dims)
        if frame.mask is None and is_silent(stripped(stmt.value)) and writer.dims(stmt.value) == dims:
            self._set_silently(name, stmt, writer)
        else:
            value = self._masked(stmt, writer.value(stmt.value), Value(name, dims), frame)
            out.text.add(f"{name} = {self._whole(value, stmt.value, dims, frame)}", stmt.span)
        out.is_set.add(stmt.name)
        out.may_be_set.add(stmt.name)

    def _set_silently(self, target: str, stmt: Assign | Store, writer: Expressions) -> None:
        value = stripped(stmt.value)
        text = writer.over(value, writer.dims(value), Warns.NEVER)
        if value in writer.done:
            self.out.text.add(f"{target} = {text}", stmt.span)
            return
        with self.out.text.block(SILENTLY.format(self.out.np), stmt.span):
            self.out.text.add(f"{target} = {text}")

    def _masked(self, stmt: Assign, value: Value, old: Value, frame: Frame) -> Value:
        """The new value on the lanes of the mask, the old one, or anything, on the others."""
        if frame.mask is None:
            return value
        if stmt.name not in self.out.is_set:
            if stmt.name in self.out.may_be_set:
                raise RefusedError("a scalar may have a value or not")
            old = Value(f"{self.out.np}.{numpy_name(stmt.value.type.dtype)}(0)")
        return self._choice(frame, value, old)

    def _choice(self, frame: Frame, value: Value, old: Value) -> Value:
        assert frame.mask is not None
        dims = frame.ordered((*frame.mask.dims, *value.dims, *old.dims))
        texts = ", ".join(aligned(part, dims) for part in (frame.mask, value, old))
        return Value(f"{self.out.np}.where({texts})", dims)

    def _whole(self, value: Value, expr: Expr, dims: tuple[str, ...], frame: Frame) -> str:
        """The value with all its axes, and not a view of an array that changes."""
        out = self.out
        if value.dims == dims:
            viewed = _viewed(expr)
            return f"{value.text}.copy()" if viewed in out.written and frame.mask is None else value.text
        shape = out.shape(frame, dims)
        if not value.dims:
            dtype = f"{out.np}.{numpy_name(expr.type.dtype)}"
            if isinstance(expr, Const) and not expr.value:
                return f"{out.np}.zeros({shape}, {dtype})"
            return f"{out.np}.full({shape}, {out.plain(weak(stripped(expr)))}, {dtype})"
        return f"{out.np}.broadcast_to({aligned(value, dims)}, {shape})"

    # ---- elements

    def _store(self, stmt: Store, frame: Frame) -> None:
        over = frame.reductions(stmt.array)
        writer = self._writer(frame)
        if over & set(writer.dims(*stmt.subscripts)):
            if self.out.is_strict and frame.interleaved and stmt.value.type.dtype.kind in "fc":
                raise RefusedError("the order of a sum would change")
            scatter(writer, stmt)
            return
        target = writer.place(stmt.array, stmt.subscripts, stmt.checked)
        if over:
            self._reduce(stmt, target, over, frame)
            return
        if set(target.dims) != set(frame.dims):
            raise RefusedError("an element is set again and again")
        if frame.is_marked(APART, stmt.array):
            self._make_sure_of(stmt, frame)
        if frame.mask is None and is_silent(stripped(stmt.value)) and writer.dims(stmt.value) == target.dims:
            self._set_silently(target.text, stmt, writer)
            return
        value = writer.value(stmt.value)
        if frame.mask is not None:
            value = self._choice(frame, value, target)
        self.out.text.add(f"{target.text} = {aligned(value, target.dims)}", stmt.span)

    def _make_sure_of(self, stmt: Store, frame: Frame) -> None:
        """No element that is written now may be one that the nest reads elsewhere: `a[k, j]` while i is k."""
        mask = frame.mask
        if mask is None or frame.interleaved or mask.dims != frame.dims:
            raise RefusedError("iterations depend on each other")
        tests: dict[str, None] = {}
        for node in walk_exprs((frame.loops[0],)):
            if isinstance(node, Load) and node.array == stmt.array and not _same_lane(stmt, node, frame):
                tests[self._lanes_of(stmt, node, frame)] = None
        for test in tests:
            self.out.decline_if(f"{test}.any()")

    def _lanes_of(self, stmt: Store, node: Load, frame: Frame) -> str:
        """The lanes of the mask that write where the load reads: those of one index."""
        assigned = scalars_assigned(frame.loops[0].body)
        for written, read in zip(stmt.subscripts, node.subscripts, strict=True):
            fixed = not scalars_in(read) & (assigned | set(frame.dims)) and not _has_load(read)
            if fixed and isinstance(written, Var) and written.name in frame.dims:
                loop = frame.loop(written.name)
                if loop.step == 1 and isinstance(loop.start, Const) and int_of(loop.start) == 0:
                    axes = [":"] * frame.dims.index(written.name)
                    assert frame.mask is not None
                    return f"{frame.mask.text}[{', '.join([*axes, self.out.plain(read)])}]"
        raise RefusedError("iterations depend on each other")

    # ---- reductions

    def _reduce(self, stmt: Assign | Store, target: Value, over: frozenset[str], frame: Frame) -> None:
        writer = self._writer(frame)
        op, terms, _ = added_terms(stmt)
        refuse_large_sums(stmt, terms)
        type = stmt.value.type
        is_silently = type.is_python and type.dtype.kind in "fc"
        parts = [(self._part(writer, op, expr, over, is_silently), is_added) for expr, is_added in terms]
        text = target.text
        for part, is_added in parts:
            if not set(part.dims) <= set(target.dims):
                raise RefusedError("a sum has more axes than its target")
            operand = aligned(part, target.dims)
            if op in _SIGNS:
                text = f"{text} {_SIGNS[op] if is_added else '-'} {operand}"
            else:
                text = f"{self.out.np}.{op}({text}, {operand})"
        if isinstance(stmt, Assign) and type.is_python and not target.dims:
            text = f"{scalar_type_text(Scalar(type.dtype, Origin.PYTHON), self.out.names)}({text})"
        line = f"{target.text} = {text}"
        if is_silently:
            with self.out.text.block(SILENTLY.format(self.out.np), stmt.span):
                self.out.text.add(line)
        else:
            self.out.text.add(line, stmt.span)

    def _part(
        self, writer: Expressions, op: str, expr: Expr, over: frozenset[str], is_silently: bool
    ) -> Value:
        """One term combined; under a name where it may warn and the rest may not."""
        value = reduced(writer, op, expr, over)
        if not (is_silently and can_warn(expr)):
            return value
        name = self.out.fresh("part")
        self.out.text.add(f"{name} = {value.text}")
        return Value(name, value.dims)


def head_of(out: Output, loop: For) -> str:
    """`for i in range(n):`."""
    bounds = [out.plain(loop.start), out.plain(loop.stop)]
    if loop.step != 1:
        bounds.append(str(loop.step))
    elif bounds[0] == "0":
        bounds = bounds[1:]
    return f"for {out.names.value(loop.index)} in {out.names.builtin('range')}({', '.join(bounds)}):"


def _is_ascending(loop: For) -> bool:
    """The stop is certainly not below the start, so slices are what they seem."""
    if not (isinstance(loop.start, Const) and loop.step == 1):
        return False
    if isinstance(loop.stop, Const):
        return int_of(loop.start) <= int_of(loop.stop)
    return int_of(loop.start) == 0 and isinstance(loop.stop, Dim)


def _same_lane(stmt: Store, node: Load, frame: Frame) -> bool:
    """Where the two meet all indices are equal."""
    pairs = zip(stmt.subscripts, node.subscripts, strict=True)
    shared = {written.name for written, read in pairs if isinstance(written, Var) and written == read}
    return set(frame.dims) <= shared


def _has_load(expr: Expr) -> bool:
    return any(isinstance(node, Load) for node in walk_expr(expr))


def _sets_constants(loop: For) -> bool:
    return any(mark.op == LAST for mark in loop.marks.reductions)


def _has_factors(loop: For) -> bool:
    """Some product with the index: the end of such a slice is right only if there are iterations."""
    products = (e for e in walk_exprs(loop.body) if isinstance(e, Binary) and e.op == "mul")
    return any(isinstance(e, Var) and e.name == loop.index for p in products for e in walk_expr(p))


def _as_choice(stmt: If) -> Assign | Store | None:
    """An If whose branches set one and the same place, as one statement."""
    if len(stmt.then) != 1 or len(stmt.otherwise) != 1:
        return None
    a, b = stmt.then[0], stmt.otherwise[0]
    if isinstance(a, Assign) and isinstance(b, Assign) and a.name == b.name:
        return replace(a, value=_choice_of(stmt.condition, a.value, b.value))
    if isinstance(a, Store) and isinstance(b, Store) and (a.array, a.subscripts) == (b.array, b.subscripts):
        checked = a.checked or b.checked
        return replace(a, value=_choice_of(stmt.condition, a.value, b.value), checked=checked)
    return None


def _choice_of(condition: Expr, a: Expr, b: Expr) -> Select:
    origin = a.type.origin if a.type.origin is b.type.origin else Origin.EITHER
    return Select(condition, a, b, Scalar(a.type.dtype, origin))


def _viewed(expr: Expr) -> str | None:
    """The array of which the text of an expression may be a view."""
    expr = stripped(expr)
    while isinstance(expr, Call) and expr.function in ("real", "imag"):
        expr = stripped(expr.args[0])
    return expr.array if isinstance(expr, Load) else None


# ---- what has which axes


def spread_of(loop: For) -> Spread:
    """The axes of the scalars that are set in the loop."""
    spread = Spread()
    while _widen((loop,), frozenset(), frozenset(), {}, spread):
        pass
    return spread


def _widen(
    body: Sequence[Stmt],
    dims: frozenset[str],
    mask: frozenset[str],
    reductions: dict[str, frozenset[str]],
    spread: Spread,
) -> bool:
    changed = False
    for stmt in body:
        match stmt:
            case For() if is_vectorised(stmt):
                inner = dict(reductions)
                for r in stmt.marks.reductions:
                    if r.op in (LAST, APART):
                        continue
                    inner[r.name] = inner.get(r.name, frozenset()) | {stmt.index}
                changed |= _widen(stmt.body, dims | {stmt.index}, mask, inner, spread)
            case For():
                changed |= _widen(stmt.body, dims, mask, reductions, spread)
            case If():
                inside = mask | _axes(stmt.condition, dims, spread)
                for branch in (stmt.then, stmt.otherwise):
                    changed |= _widen(branch, dims, inside, reductions, spread)
            case Assign():
                found = mask | _axes(stmt.value, dims, spread)
                changed |= spread.widen(stmt.name, found - reductions.get(stmt.name, frozenset()))
            case _:
                pass
    return changed


def _axes(expr: Expr, dims: frozenset[str], spread: Spread) -> frozenset[str]:
    names = frozenset(node.name for node in walk_expr(expr) if isinstance(node, Var))
    return (names & dims).union(*(spread.of(name) for name in names))


def _visited(loop: For, spread: Spread) -> frozenset[frozenset[str]]:
    """The axes of the arrays that the nest visits; each of an array's axes counts for one loop."""
    dims = frozenset(s.index for s in walk_stmts((loop,)) if isinstance(s, For) and is_vectorised(s))
    visited = [node.subscripts for node in walk_exprs((loop,)) if isinstance(node, Load)]
    visited += [stmt.subscripts for stmt in walk_stmts((loop,)) if isinstance(stmt, Store)]
    found: set[frozenset[str]] = set()
    for subscripts in visited:
        choices = [("", *_axes(subscript, dims, spread)) for subscript in subscripts]
        found |= {frozenset(choice) - {""} for choice in product(*choices)}
    return frozenset(found)
