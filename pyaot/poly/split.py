"""Complex numbers of SIMD loops as pairs of reals, which C compilers keep in vector registers.

for r in range(n):  # simd              for r in range(n):  # simd
    s = s + a[r] * conjugate(b[r])          s_re = s_re + (a_re * b_re - a_im * -b_im)
                                            s_im = s_im + (a_re * -b_im + a_im * b_re)
                                        s = complex(s_re, s_im)

Sums of products are split further, unless under --fp strict: (a_re * b_re, a_im * b_im) are added up in one
pair of sums and (a_im * b_re, a_re * b_im) in another. So the neighbours in memory, real and imaginary parts,
need not be sorted into vectors of their own.
"""

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.failing import can_fail
from pyaot.ir.functions import result_type
from pyaot.ir.nodes import (
    Assign,
    Binary,
    Call,
    Cast,
    Const,
    Expr,
    For,
    Function,
    If,
    Load,
    Reduction,
    Select,
    Stmt,
    Store,
    Unary,
    Var,
)
from pyaot.ir.types import DType, Origin, Scalar
from pyaot.ir.walk import Body, map_sub_expressions, transform_body, walk_exprs, walk_stmts
from pyaot.poly.accumulate import names_in
from pyaot.poly.complex_parts import Pair, exponential, product, quotient_by_real
from pyaot.poly.products import ProductSum, product_sums


def split_complex(function: Function, strict: bool) -> Function:
    """The function with the complex arithmetic of its SIMD loops written in reals."""
    work = _Splitting(names_in(function), strict)
    return replace(function, body=transform_body(work.stmt, function.body))


class _Splitting(Struct):
    names: set[str]
    strict: bool
    pairs: dict[str, Pair] = field(default_factory=dict)  # of the loop at hand
    sums: dict[str, "_Sums"] = field(default_factory=dict)  # of products, in that loop
    done: list[Stmt] = field(default_factory=list)
    choosing: bool = False  # in what only one outcome of a choice needs

    def stmt(self, stmt: Stmt) -> Body:
        """Only SIMD loops of plain assignments and stores are touched."""
        if not isinstance(stmt, For) or not stmt.marks.simd or not _is_plain(stmt):
            return (stmt,)
        self.sums = {} if self.strict else {s.name: self._sums(s) for s in product_sums(stmt)}
        split = {n: t for n, t in _complex_scalars(stmt.body).items() if n not in self.sums}
        self.pairs = {name: self._pair(name, type) for name, type in split.items()}
        summed = [r.name for r in stmt.marks.reductions if r.name in self.pairs]
        body = self._body(stmt.body)
        marks = replace(stmt.marks, reductions=self._reductions(stmt))
        before: list[Stmt] = [a for name in summed for a in self._taken(name, stmt)]
        before += [a for sums in self.sums.values() for a in sums.start(stmt)]
        after: list[Stmt] = [Assign(name, _joined(self.pairs[name]), stmt.span) for name in summed]
        after += [sums.end(stmt) for sums in self.sums.values()]
        return (*before, replace(stmt, body=body, marks=marks), *after)

    def _taken(self, name: str, loop: For) -> tuple[Stmt, ...]:
        real, imag = self.pairs[name]
        whole = Var(name, _complex_scalars(loop.body)[name])
        assert isinstance(real, Var) and isinstance(imag, Var)
        return (
            Assign(real.name, _part("real", whole), loop.span),
            Assign(imag.name, _part("imag", whole), loop.span),
        )

    def _reductions(self, loop: For) -> tuple[Reduction, ...]:
        found: list[Reduction] = []
        for reduction in loop.marks.reductions:
            if reduction.name in self.sums:
                found.extend(self.sums[reduction.name].reductions())
                continue
            parts = self.pairs.get(reduction.name)
            names = [p.name for p in parts if isinstance(p, Var)] if parts else [reduction.name]
            found.extend(replace(reduction, name=name) for name in names)
        return tuple(found)

    def _pair(self, name: str, type: Scalar) -> Pair:
        real = Scalar(type.dtype.real, type.origin)
        return Var(self._fresh(f"{name}_re"), real), Var(self._fresh(f"{name}_im"), real)

    def _sums(self, sum: ProductSum) -> "_Sums":
        real = Scalar(sum.type.dtype.real, sum.type.origin)
        parts = tuple(Var(self._fresh(f"{sum.name}_{part}"), real) for part in ("rr", "ii", "ir", "ri"))
        return _Sums(sum, parts)

    def _fresh(self, name: str) -> str:
        while name in self.names:
            name += "_"
        self.names.add(name)
        return name

    # ---- statements

    def _body(self, body: Body) -> Body:
        self.done = []
        for stmt in body:
            match stmt:
                case Assign(name) if name in self.sums:
                    sums = self.sums[name]
                    self.done += sums.step(self._names(sums.sum.left), self._names(sums.sum.right), stmt)
                case Assign(name, value) if name in self.pairs:
                    for target, part in zip(self.pairs[name], self._held(value), strict=True):
                        assert isinstance(target, Var)
                        self.done.append(Assign(target.name, part, stmt.span))
                case Assign():
                    self.done.append(replace(stmt, value=self.real(stmt.value)))
                case Store():
                    self.done.append(replace(stmt, value=self._stored(stmt.value)))
                case If():
                    self.done.append(replace(stmt, condition=self.real(stmt.condition)))
                case _:
                    self.done.append(stmt)
        return tuple(self.done)

    def _held(self, value: Expr) -> Pair:
        """Both parts, computed before either is assigned."""
        real, imag = self.split(value)
        return self._temporary("part", real), imag

    def _stored(self, value: Expr) -> Expr:
        return _joined(self.split(value)) if value.type.dtype.is_complex else self.real(value)

    def _temporary(self, name: str, value: Expr) -> Expr:
        """A scalar that holds the value, where it is more than a name or number."""
        if isinstance(value, Const):
            return value
        held = Var(self._fresh(name), value.type)
        self.done.append(Assign(held.name, value))
        return held

    # ---- expressions

    def split(self, expr: Expr) -> Pair:
        """Real and imaginary part of a complex expression."""
        match expr:
            case Const(value, type):
                part_type = Scalar(type.dtype.real, type.origin)
                return Const(complex(value).real, part_type), Const(complex(value).imag, part_type)
            case Var(name) if name in self.pairs:
                return self.pairs[name]
            case Unary("neg", operand):
                real, imag = self.split(operand)
                return _negative(real), _negative(imag)
            case Binary("add" | "sub", left, right):
                a, b = self.split(left), self.split(right)
                return _same(expr, a[0], b[0]), _same(expr, a[1], b[1])
            case Binary("mul", left, right):
                return product(self._names(left), self._names(right))
            case Select():
                return self._select(expr)
            case Binary("truediv", left, Cast(divisor)) if _divides_by_real(expr) and not self.choosing:
                number = Cast(self.real(divisor), Scalar(expr.type.dtype.real, expr.type.origin))
                divided, by = self._names(left), self._temporary("divisor", number)
                return quotient_by_real(divided, by, self._temporary)
            case Call("exp", (operand,)) if not (self.strict or self.choosing or can_fail(expr)):
                return exponential(self._names(operand), self._temporary)
            case Call("conjugate", (operand,)):
                real, imag = self.split(operand)
                return real, _negative(imag)
            case Call("complex", (real, imag)):
                return self.real(real), self.real(imag)
            case Cast(operand, type) if operand.type.dtype.is_complex:
                part_type = Scalar(type.dtype.real, type.origin)
                real, imag = self.split(operand)
                return Cast(real, part_type), Cast(imag, part_type)
            case Cast(operand, type):
                part_type = Scalar(type.dtype.real, type.origin)
                return Cast(self.real(operand), part_type), Const(0.0, part_type)
        return self._whole(expr)

    def _whole(self, expr: Expr) -> Pair:
        """What has no rule is computed as a complex number, once."""
        whole = self.rebuilt(expr)
        if not isinstance(whole, Load | Var) and not self.choosing:
            whole = self._temporary("whole", whole)
        return _part("real", whole), _part("imag", whole)

    def _select(self, expr: Select) -> Pair:
        """What only one outcome needs gets no name: that would be computed in any case."""
        condition, before = self.real(expr.condition), self.choosing
        self.choosing = True
        yes, no = self.split(expr.if_true), self.split(expr.if_false)
        self.choosing = before
        real, imag = (Select(condition, y, n, y.type) for y, n in zip(yes, no, strict=True))
        return real, imag

    def _names(self, expr: Expr) -> Pair:
        """Parts that are named, since a product uses them twice."""
        real, imag = self.split(expr)
        return self._temporary("re", real), self._temporary("im", imag)

    def real(self, expr: Expr) -> Expr:
        """An expression that is not complex, with the complex ones inside it split."""
        match expr:
            case Call("real", (operand,)) if operand.type.dtype.is_complex:
                return self.split(operand)[0]
            case Call("imag", (operand,)) if operand.type.dtype.is_complex:
                return self.split(operand)[1]
            case Call("absolute", (operand,)) if operand.type.dtype is DType.COMPLEX128 and not self.strict:
                return replace(expr, function="hypot", args=self.split(operand))
        return map_sub_expressions(
            lambda part: self.rebuilt(part) if part.type.dtype.is_complex else self.real(part), expr
        )

    def rebuilt(self, expr: Expr) -> Expr:
        """The complex expression itself, over joined pairs."""
        if isinstance(expr, Var) and expr.name in self.pairs:
            return _joined(self.pairs[expr.name])
        return map_sub_expressions(
            lambda part: self.rebuilt(part) if part.type.dtype.is_complex else self.real(part), expr
        )


class _Sums(Struct, frozen=True):
    """The sums of the products of parts: real with real, imaginary with imaginary, and across."""

    sum: ProductSum
    parts: tuple[Var, ...]

    def _is_added(self) -> tuple[bool, ...]:
        """Whether a part is added or taken off, in the real part the first two, else the others."""
        left, right = self.sum.left_is_conjugate, self.sum.right_is_conjugate
        return True, left is not right, not left, not right

    def start(self, loop: For) -> list[Stmt]:
        """What changes nothing, the sign of a zero included."""
        signs = zip(self.parts, self._is_added(), strict=True)
        return [Assign(p.name, Const(-0.0 if added else 0.0, p.type), loop.span) for p, added in signs]

    def step(self, a: Pair, b: Pair, stmt: Stmt) -> list[Stmt]:
        """One product more."""
        factors = ((a[0], b[0]), (a[1], b[1]), (a[1], b[0]), (a[0], b[1]))
        return [
            Assign(part.name, _term("add", part, _term("mul", x, y)), stmt.span)
            for part, (x, y) in zip(self.parts, factors, strict=True)
        ]

    def end(self, loop: For) -> Stmt:
        """The sum itself."""
        whole = Var(self.sum.name, self.sum.type)
        real, imag = _part("real", whole), _part("imag", whole)
        ops = ["add" if added else "sub" for added in self._is_added()]
        for part, op in zip(self.parts[:2], ops[:2], strict=True):
            real = _term(op, real, part)
        for part, op in zip(self.parts[2:], ops[2:], strict=True):
            imag = _term(op, imag, part)
        return Assign(whole.name, _joined((real, imag)), loop.span)

    def reductions(self) -> list[Reduction]:
        """Two pairs."""
        rr, ii, ir, ri = (part.name for part in self.parts)
        return [
            Reduction("add", rr),
            Reduction("add", ii, rr),
            Reduction("add", ir),
            Reduction("add", ri, ir),
        ]


def _is_plain(loop: For) -> bool:
    """Straight statements with complex numbers; sums are the only complex reductions."""
    if not all(isinstance(s, Assign | Store) or _is_real(s) for s in loop.body):
        return False
    complex_scalars = _complex_scalars(loop.body)
    if any(r.op != "add" and r.name in complex_scalars for r in loop.marks.reductions):
        return False
    private = set(complex_scalars) - {r.name for r in loop.marks.reductions}
    if any(not _is_set_first(loop.body, name) for name in private):
        return False
    return any(part.type.dtype.is_complex for part in walk_exprs(loop.body))


def _is_real(stmt: Stmt) -> bool:
    """Straight statements under a condition, without complex numbers but in the condition."""
    if not isinstance(stmt, If):
        return False
    inside = (*stmt.then, *stmt.otherwise)
    if not all(isinstance(s, Assign | Store | If) for s in walk_stmts(inside)):
        return False
    return not any(part.type.dtype.is_complex for part in walk_exprs(inside))


def _is_set_first(body: Body, name: str) -> bool:
    for stmt in body:
        if any(isinstance(p, Var) and p.name == name for p in walk_exprs((stmt,))):
            return False
        if isinstance(stmt, Assign) and stmt.name == name:
            return True
    return False


def _complex_scalars(body: Body) -> dict[str, Scalar]:
    """The complex scalars that the statements assign."""
    return {s.name: s.value.type for s in body if isinstance(s, Assign) and s.value.type.dtype.is_complex}


def _divides_by_real(expr: Binary) -> bool:
    """NumPy's division, whose divisor was a real number."""
    divisor = expr.right
    is_real = isinstance(divisor, Cast) and not divisor.operand.type.dtype.is_complex
    return is_real and expr.type.origin is Origin.NUMPY and not can_fail(expr)


def _joined(pair: Pair) -> Expr:
    type = pair[0].type
    return Call("complex", pair, result_type("complex", type.dtype, type.origin))


def _part(name: str, expr: Expr) -> Expr:
    return Call(name, (expr,), Scalar(expr.type.dtype.real, expr.type.origin))


def _negative(expr: Expr) -> Expr:
    return Unary("neg", expr, expr.type)


def _term(op: str, left: Expr, right: Expr) -> Expr:
    return Binary(op, left, right, left.type, checked=False)


def _same(node: Binary, left: Expr, right: Expr) -> Expr:
    return Binary(node.op, left, right, left.type, checked=False)
