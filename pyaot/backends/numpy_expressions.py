"""Scalar expressions of a loop's body as array expressions over its axes.

    u[i, j] + rate * v[j]        over (i, j)          u[:n, :m] + rate * v[:m]
    i * 2                        over (i, j)          np.arange(n)[:, None] * 2
    0.0 if x[i] < 0.0 else x[i]  over (i,)            np.where(x[:n] < 0.0, 0.0, x[:n])

NumPy warns where the original's NumPy scalars would. Python's numbers never warn, they fail instead: what is
theirs is computed silently into a name of its own, and looked at. On lanes that the original leaves out
nothing may warn at all: a result there is computed silently, and has to be finite on the lanes that count.
"""

from enum import Enum

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.backends.numpy_facts import is_silent, shows_warnings, stripped, warns_itself, weak
from pyaot.backends.numpy_output import SILENTLY, Output, atom, joined
from pyaot.backends.numpy_subscripts import Slice, linear, slice_of, varies
from pyaot.backends.numpy_values import Dims, Frame, RefusedError, Value, aligned
from pyaot.backends.python_text import expression_text, numpy_name
from pyaot.ir.build import int_of
from pyaot.ir.failing import TOTAL
from pyaot.ir.functions import ONLY_PYTHON
from pyaot.ir.nodes import Binary, Call, Cast, Compare, Const, Expr, Load, Select, Unary, Var
from pyaot.ir.types import DType, Scalar
from pyaot.ir.walk import map_sub_expressions, walk_expr

_NO_COUNTERPART = ONLY_PYTHON | {"complex", "bitwise_count"}
_LARGEST_SHIFT = 62


class Warns(Enum):
    """What a piece of text is computed under."""

    AS_NUMPY = "NumPy's rules"
    NEVER = "Python's rules"
    CHECKED = "no rules: the result is looked at"


class Expressions(Struct):
    """Writes the expressions of one statement; what must be computed before it goes to the output."""

    out: Output
    frame: Frame
    mask: Value | None = None  # the lanes that count
    done: dict[Expr, Value] = field(default_factory=dict)  # what has a name already

    # ---- what varies

    @property
    def varying(self) -> frozenset[str]:
        """Indices and scalars that have axes."""
        return frozenset(self.frame.dims) | {name for name, dims in self.out.spread.dims.items() if dims}

    def varies(self, expr: Expr) -> bool:
        """Whether it has axes."""
        return varies(expr, self.varying)

    def dims(self, *exprs: Expr) -> Dims:
        """Their axes."""
        names = {node.name for expr in exprs for node in walk_expr(expr) if isinstance(node, Var)}
        found = names & set(self.frame.dims)
        return self.frame.ordered(found.union(*(self.out.spread.of(name) for name in names)))

    # ---- whole expressions

    def value(self, expr: Expr) -> Value:
        """The expression, with whatever it needs before it."""
        expr = stripped(expr)
        if isinstance(expr, Load) and self.varies(expr) and expr not in self.done:
            return self.load(expr)
        dims = self._natural_order(expr)
        return Value(atom(self.over(expr, dims)), dims)

    def _natural_order(self, expr: Expr) -> Dims:
        """The axes in the order of an array that has them all, so that it need not be transposed."""
        dims = self.dims(expr)
        for node in walk_expr(expr):
            if isinstance(node, Load) and len(dims) == len(node.subscripts) > 1:
                order = tuple(dim for subscript in node.subscripts for dim in self.dims(subscript))
                if sorted(order) == sorted(dims):
                    return order
        return dims

    def over(self, expr: Expr, dims: Dims, warns: Warns = Warns.AS_NUMPY) -> str:
        """The text of an expression such that it broadcasts to these axes."""
        return _Tree(self, dims, warns).text(expr)

    def named(self, expr: Expr, warns: Warns) -> Value:
        """The expression under a name, computed before the statement."""
        if expr not in self.done:
            dims = self.dims(expr)
            text = self.over(expr, dims, warns)
            value = Value(self.out.fresh("part"), dims)
            self.compute(value.text, text, warns)
            self.done[expr] = value
        return self.done[expr]

    def compute(self, name: str, text: str, warns: Warns) -> None:
        """Sets a name."""
        if warns is Warns.AS_NUMPY:
            self.out.text.add(f"{name} = {text}")
            return
        with self.out.text.block(SILENTLY.format(self.out.np)):
            self.out.text.add(f"{name} = {text}")

    def finite(self, expr: Expr) -> Value:
        """A result that shows by being finite that nothing would have warned on the lanes that count."""
        if not shows_warnings(expr):
            raise RefusedError("an operation under a condition may warn unseen")
        value = self.named(expr, Warns.CHECKED)
        self.out.need(Value(f"{self.out.np}.isfinite({value.text})", value.dims), self.mask, self.frame)
        return value

    # ---- elements

    def load(self, node: Load) -> Value:
        """The elements that a load visits."""
        is_known = node in self.out.read
        place = self.place(node.array, node.subscripts, node.checked, is_known, is_read=True)
        if self.mask is None:
            self.out.read.add(node)
        return place

    def place(
        self,
        array: str,
        subscripts: tuple[Expr, ...],
        checked: bool,
        is_known: bool = False,
        is_read: bool = False,
    ) -> Value:
        """An array with subscripts, as it is read or written."""
        parts = self._parts(subscripts)
        if parts is None:
            if self.mask is not None and not is_known:
                raise RefusedError("an element under a condition may lie outside of its array")
            return self._indexed(array, subscripts)
        texts, dims, flips = [], [], []
        for axis, part in enumerate(parts):
            if isinstance(part, Slice):
                if not is_known:
                    self._check_range(array, axis, part, checked)
                texts.append(self._slice_text(array, axis, part))
                dims.append(part.dim)
                flips.append("::-1" if part.is_flipped else ":")
            else:
                texts.append(self.out.plain(part))
        flip = f"[{', '.join(flips)}]" if "::-1" in flips else ""
        name = self.out.names.value(array)
        if is_read and all(text == ":" for text in texts):
            return Value(name + flip, tuple(dims))
        return Value(f"{name}[{', '.join(texts)}]{flip}", tuple(dims))

    def _parts(self, subscripts: tuple[Expr, ...]) -> list[Slice | Expr] | None:
        """A slice or a scalar for every axis; None where arrays of indices are needed."""
        parts: list[Slice | Expr] = []
        for subscript in subscripts:
            if not self.varies(subscript):
                parts.append(subscript)
                continue
            form = linear(subscript, self.varying, self.frame.dims)
            part = slice_of(form, self.frame.loop(form.dim)) if form and form.dim else None
            if part is None:
                return None
            parts.append(part)
        dims = [part.dim for part in parts if isinstance(part, Slice)]
        return parts if len(set(dims)) == len(dims) else None

    def _slice_text(self, array: str, axis: int, part: Slice) -> str:
        if part.is_whole(self.out.extent_of(array, axis)):
            return ":"
        low, high = self.out.plain(part.low), self.out.plain(part.high)
        step = f":{part.step}" if part.step != 1 else ""
        return f"{'' if low == '0' else low}:{high}{step}"

    def _check_range(self, array: str, axis: int, part: Slice, checked: bool) -> None:
        """The slice must lie in the array where the front end could not prove it, or lanes do not count."""
        if self.mask is not None and not part.is_plain:
            raise RefusedError("an element under a condition may lie outside of its array")
        if not checked and self.mask is None:
            return
        extent = self.out.extent_of(array, axis)
        tests = []
        if not (isinstance(part.low, Const) and int_of(part.low) >= 0):
            tests.append(f"{self.out.plain(part.low)} >= 0")
        if part.high != extent:
            tests.append(f"{self.out.plain(part.high)} <= {self.out.plain(extent)}")
        if tests:
            test = " and ".join(tests)
            self.out.need(Value(test if len(tests) == 1 else f"({test})"), None, self.frame)

    def _indexed(self, array: str, subscripts: tuple[Expr, ...]) -> Value:
        """Elements by arrays of indices; out of range NumPy raises, so the attempt fails."""
        dims = self.dims(*subscripts)
        self.out.declines = True
        texts = []
        for subscript in subscripts:
            index = stripped(subscript)
            if isinstance(index, Cast) and index.operand.type.dtype.is_integer:
                index = index.operand  # any integers will do
            texts.append(self.over(index, dims))
        return Value(f"{self.out.names.value(array)}[{', '.join(texts)}]", dims)


class _Tree(Struct):
    """One expression on its way to text: what Python's syntax says otherwise is replaced by names for it."""

    owner: Expressions
    dims: Dims
    warns: Warns
    texts: dict[str, str] = field(default_factory=dict)

    def text(self, expr: Expr) -> str:
        """The text."""
        tree = self.tree(expr)
        names = self.owner.out.names
        return expression_text(tree, replace(names, values={**names.values, **self.texts}))

    def leaf(self, value: Value, type: Scalar) -> Var:
        """Something that is text already."""
        name = f"?{len(self.texts)}"
        self.texts[name] = aligned(value, self.dims)
        return Var(name, type)

    def tree(self, expr: Expr) -> Expr:
        """The expression with its special parts replaced."""
        owner = self.owner
        if expr in owner.done:
            return self.leaf(owner.done[expr], expr.type)
        if not owner.varies(expr):
            return self.scalar(expr)
        if self.warns is not Warns.CHECKED:
            if is_silent(expr) and self.warns is Warns.AS_NUMPY:
                return self.leaf(owner.named(expr, Warns.NEVER), expr.type)
            if warns_itself(expr) and owner.mask is not None:
                return self.leaf(owner.finite(expr), expr.type)
            if warns_itself(expr) and self.warns is Warns.NEVER:
                return self.leaf(owner.named(expr, Warns.AS_NUMPY), expr.type)
        return self.node(expr)

    def scalar(self, expr: Expr) -> Expr:
        """A part without axes."""
        if isinstance(expr, Const):
            return expr
        return self.leaf(Value(atom(self.owner.out.plain(expr))), expr.type)

    def operand(self, expr: Expr) -> Expr:
        """An operand beside an array, which gives the dtype: there Python's numbers will do."""
        return self.tree(expr) if self.owner.varies(expr) else self.scalar(weak(expr))

    def node(self, expr: Expr) -> Expr:
        """An operation on arrays."""
        match expr:
            case Var():
                return self.leaf(self._variable(expr), expr.type)
            case Load():
                return self.leaf(self.owner.load(expr), expr.type)
            case Select():
                return self.leaf(self._select(expr), expr.type)
            case Cast():
                return self._cast(expr)
            case Call():
                return self._call(expr)
            case Unary("not", operand):
                return self.leaf(Value(f"(~{self._part(operand)})", self.owner.dims(operand)), expr.type)
            case Unary():
                if expr.op == "neg" and _is_int(expr) and _has_load(expr):
                    raise RefusedError("an int may leave int64")
                return map_sub_expressions(self.tree, expr)
            case Binary("minimum" | "maximum", left, right):
                return self._function(f"{expr.op}", (left, right), expr.type)
            case Binary():
                self._look_at(expr)
                return map_sub_expressions(self.operand, expr)
            case Compare():
                return map_sub_expressions(self.operand, expr)
            case _:
                raise RefusedError("no array form")

    def _part(self, expr: Expr) -> str:
        """The text of an operand over its own axes."""
        return atom(self.owner.over(expr, self.owner.dims(expr), self.warns))

    def _function(self, name: str, args: tuple[Expr, ...], type: Scalar) -> Var:
        inner = _Tree(self.owner, self.owner.dims(*args), self.warns)
        names = self.owner.out.names
        trees = [inner.operand(arg) for arg in args]
        known = replace(names, values={**names.values, **inner.texts})
        texts = ", ".join(expression_text(tree, known) for tree in trees)
        return self.leaf(Value(f"{names.numpy}.{name}({texts})", inner.dims), type)

    def _variable(self, expr: Var) -> Value:
        out, frame = self.owner.out, self.owner.frame
        if expr.name not in frame.dims:
            return Value(out.names.value(expr.name), frame.ordered(out.spread.of(expr.name)))
        loop = frame.loop(expr.name)
        bounds = [out.plain(bound) for bound in (loop.start, loop.stop)]
        texts = [*bounds, str(loop.step)] if loop.step != 1 else bounds[1:] if bounds[0] == "0" else bounds
        return Value(f"{out.np}.arange({', '.join(texts)})", (expr.name,))

    # ---- operations that may fail

    def _look_at(self, expr: Binary) -> None:
        """Declines before an operation that would fail on some lane; refuses what cannot be looked at."""
        if self.owner.out.is_strict and expr.op == "mul" and _rounds_otherwise(expr):
            raise RefusedError("NumPy rounds products of complex arrays otherwise than those of numbers")
        if expr.op in ("floordiv", "mod") and expr.type.dtype.is_integer:
            self._need_divisor(expr.right, ">" if expr.type.is_python else "!=")
        elif not expr.type.is_python:
            return
        elif expr.type.dtype.is_integer:
            _refuse_python_int(expr)
        elif expr.op == "truediv":
            self._need_divisor(expr.right, "!=")
        elif expr.op in ("floordiv", "mod", "pow"):
            raise RefusedError("Python's rules for this operation have no array form")

    def _need_divisor(self, divisor: Expr, sign: str) -> None:
        if isinstance(divisor, Const) and divisor.value != 0:
            return
        owner = self.owner
        if owner.varies(divisor):
            text, dims = f"{owner.named(divisor, self.warns).text}", owner.dims(divisor)
        else:
            text, dims = atom(owner.out.plain(weak(divisor))), ()
        owner.out.need(Value(f"({text} {sign} 0)", dims), owner.mask, owner.frame)

    def _call(self, expr: Call) -> Expr:
        if expr.function in _NO_COUNTERPART:
            raise RefusedError(f"NumPy has no '{expr.function}'")
        if not expr.type.is_python or self.warns is Warns.CHECKED:
            return self._function(expr.function, expr.args, expr.type)
        if expr.args[0].type.dtype.kind not in "fc":
            raise RefusedError("an int may leave int64")
        if expr.function in TOTAL:
            return self._function(expr.function, expr.args, expr.type)
        return self.leaf(self._raising(expr), expr.type)

    def _raising(self, expr: Call) -> Value:
        """A function of `math`: it raises where the result is not finite, and for some infinite arguments."""
        owner = self.owner
        own = _Tree(owner, owner.dims(expr), Warns.NEVER)
        call = own._function(expr.function, expr.args, expr.type)
        value = Value(owner.out.fresh("part"), own.dims)
        owner.compute(value.text, own.texts[call.name], Warns.NEVER)
        owner.out.need(Value(f"{owner.out.np}.isfinite({value.text})", own.dims), owner.mask, owner.frame)
        owner.done[expr] = value
        return value

    # ---- casts and choices

    def _cast(self, expr: Cast) -> Expr:
        source, target = expr.operand.type.dtype, expr.type.dtype
        if source is target:
            return self.tree(expr.operand)
        is_int = expr.type.is_python and target is DType.INT64
        if is_int and (source.kind in "fc" or source is DType.UINT64):
            raise RefusedError("a number may not fit an int")
        text = self._part(expr.operand)
        if source.is_complex and not target.is_complex:
            text += ".real"
            if source.real is target:
                return self.leaf(Value(text, self.owner.dims(expr)), expr.type)
        np = self.owner.out.np
        cast = Value(f"{text}.astype({np}.{numpy_name(target)})", self.owner.dims(expr))
        return self.leaf(cast, expr.type)

    def _select(self, expr: Select) -> Value:
        """np.where, or a connective of two conditions."""
        for branch in (expr.if_true, expr.if_false):
            self._share(expr.condition, branch)
        condition = self.owner.value(expr.condition)
        if expr.type.dtype is DType.BOOL:
            connected = self._connected(expr, condition)
            if connected is not None:
                return connected
        dims = self.owner.dims(expr)
        negated = Value(f"(~{condition.text})", condition.dims)
        texts = [aligned(condition, dims)]
        is_strong = not any(self.owner.varies(branch) for branch in (expr.if_true, expr.if_false))
        for branch, lanes in ((expr.if_true, condition), (expr.if_false, negated)):
            inner = self._on_lanes(lanes)
            texts.append(inner.over(branch if is_strong else _weakened(branch, self.owner), dims, self.warns))
        return Value(f"{self.owner.out.np}.where({', '.join(texts)})", dims)

    def _connected(self, expr: Select, condition: Value) -> Value | None:
        """`and` and `or` of conditions."""
        first, yes, no = expr.condition, expr.if_true, expr.if_false
        if no == first or (isinstance(no, Const) and not no.value):
            sign, lanes, second = "&", condition, yes
        elif yes == first or (isinstance(yes, Const) and yes.value):
            sign, lanes, second = "|", Value(f"(~{condition.text})", condition.dims), no
        else:
            return None
        return joined(sign, (condition, self._on_lanes(lanes).value(second)), self.owner.frame)

    def _on_lanes(self, lanes: Value) -> Expressions:
        """Expressions of a branch: only these lanes count."""
        owner = self.owner
        if not lanes.dims:
            raise RefusedError("a choice by a scalar")
        mask = lanes if owner.mask is None else joined("&", (owner.mask, lanes), owner.frame)
        return replace(owner, mask=mask, done=dict(owner.done))

    def _share(self, condition: Expr, branch: Expr) -> None:
        """What the condition has computed on all lanes may have warned there: it gets a name."""
        asked = {node for node in walk_expr(condition) if warns_itself(node)}
        for node in walk_expr(branch):
            if node in asked and self.owner.varies(node) and self.owner.mask is None:
                self.owner.named(node, Warns.AS_NUMPY)


def _weakened(branch: Expr, owner: Expressions) -> Expr:
    return branch if owner.varies(branch) else weak(branch)


def _rounds_otherwise(product: Binary) -> bool:
    """A product of two complex numbers: of whole arrays NumPy fuses it where the processor can."""
    return product.type.dtype.is_complex and not any(
        isinstance(operand, Cast) and not operand.operand.type.dtype.is_complex
        for operand in (product.left, product.right)
    )


def _refuse_python_int(expr: Binary) -> None:
    if expr.op in ("add", "sub", "mul") and not expr.checked:
        return
    if expr.op in ("bitand", "bitor", "bitxor"):
        return
    shift = expr.right
    if expr.op == "shr" and isinstance(shift, Const) and 0 <= int_of(shift) <= _LARGEST_SHIFT:
        return
    raise RefusedError("an int may leave int64")


def _is_int(expr: Expr) -> bool:
    return expr.type.is_python and expr.type.dtype.is_integer


def _has_load(expr: Expr) -> bool:
    return any(isinstance(node, Load) for node in walk_expr(expr))
