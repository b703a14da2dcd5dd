"""Integer expressions of the IR as text for `sets`; what is not affine becomes an unknown.

    2 * i + Dim(a, 0) - 1           2*v_i + d_a_0 - 1
    a[idx[i]]                       a[q0]                     q0 may be anything
    a[(i + 1) % n]                  a[q0] with 0 <= q0 < n    where n is positive
    x[i] > 0.5                      q0 >= 1                   so its negation says as little

An unknown stands for the value that the expression has when it is evaluated, so a condition and its negation
are both sound: they say at most less than the program knows.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.ir.nodes import Binary, Cast, Compare, Const, Dim, Expr, Load, Select, Unary, Var
from pyaot.ir.types import DType
from pyaot.ir.walk import walk_expr
from pyaot.poly.sets import Formula

COMPARISONS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


class Term(Struct, frozen=True):
    """The text of an integer or of a condition, and what is known of the unknowns in it."""

    text: str
    symbols: frozenset[str] = frozenset()
    unknowns: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    constant: int | None = None
    is_unknown: bool = False  # nothing is known but the facts

    def holds(self) -> Formula:
        """The condition, with the facts."""
        return Formula(" and ".join((self.text, *self.facts)), self.symbols, self.unknowns)


def number(value: int) -> Term:
    """A constant."""
    return Term(str(value) if value >= 0 else f"({value})", constant=value)


def symbol(name: str) -> Term:
    """A dimension or parameter."""
    return Term(name, frozenset({name}))


def combined(text: str, *terms: Term) -> Term:
    """A text made of those of the terms."""
    symbols = frozenset().union(*(term.symbols for term in terms))
    unknowns = dict.fromkeys(unknown for term in terms for unknown in term.unknowns)
    facts = dict.fromkeys(fact for term in terms for fact in term.facts)
    return Term(text, symbols, tuple(unknowns), tuple(facts))


def variable_symbol(name: str) -> str:
    """isl's name for a scalar; it meets no keyword of isl."""
    return f"v_{_plain(name)}"


def extent_symbol(array: str, axis: int) -> str:
    """isl's name for an extent."""
    return f"d_{_plain(array)}_{axis}"


def array_symbol(name: str) -> str:
    """isl's name for the space of an array's elements."""
    return f"a_{_plain(name)}"


def _plain(name: str) -> str:
    return name if name.isascii() else "".join(c if c.isascii() else f"u{ord(c):04x}" for c in name)


class Symbols(Struct):
    """Symbols and unknowns that were given out: the expression behind every symbol, and the next number."""

    meaning: dict[str, Expr] = field(default_factory=dict)
    named: dict[Expr, str] = field(default_factory=dict)
    unknowns: int = 0

    def symbol_for(self, expr: Var | Dim) -> Term:
        """The symbol of a variable or extent."""
        name = variable_symbol(expr.name) if isinstance(expr, Var) else extent_symbol(expr.array, expr.axis)
        self.meaning[name] = expr
        return symbol(name)

    def invariant(self, expr: Expr) -> Term:
        """A symbol for an expression that has one value throughout the region."""
        if expr not in self.named:
            self.named[expr] = f"x_{len(self.named)}"
            self.meaning[self.named[expr]] = expr
        return symbol(self.named[expr])

    def version(self, name: str) -> Term:
        """A symbol for the value that a variable has from here on."""
        self.unknowns += 1
        return symbol(f"s{self.unknowns}_{_plain(name)}")

    def unknown(self) -> Term:
        """A new unknown."""
        name = f"q{self.unknowns}"
        self.unknowns += 1
        return Term(name, frozenset({name}), (name,), is_unknown=True)


class Reader(Struct, frozen=True):
    """Reads expressions at one place: what is known of variables there, and what changes in the region."""

    symbols: Symbols
    values: Mapping[Expr, Term]  # of Vars and Dims: loop indices, scalars set just before, extents
    variant: frozenset[str] = frozenset()  # scalars that the region assigns
    written: frozenset[str] = frozenset()  # arrays that the region writes
    indices: frozenset[str] = frozenset()  # symbols of the region's loops around this place

    def where(self, values: Mapping[Expr, Term]) -> "Reader":
        """A reader that knows more values."""
        return replace(self, values={**self.values, **values})

    def term(self, expr: Expr) -> Term:
        """An integer."""
        if expr.type.dtype.kind not in "iu":
            return self.symbols.unknown()
        term = self._affine(expr)
        if term is not None:
            return term
        return self.symbols.invariant(expr) if self.is_invariant(expr) else self._ranged(expr)

    def is_invariant(self, expr: Expr) -> bool:
        """Has one value wherever the region evaluates it."""
        return all(self._is_fixed(node) for node in walk_expr(expr))

    def _is_fixed(self, node: Expr) -> bool:
        match node:
            case Var():
                return self._is_fixed_value(node)
            case Load():
                return node.array not in self.written
            case _:
                return True

    def _is_fixed_value(self, node: Var) -> bool:
        known = self.values.get(node)
        if node.name in self.variant:
            return False
        return known is None or not (known.unknowns or known.symbols & self.indices)

    def _affine(self, expr: Expr) -> Term | None:
        known = self.values.get(expr) if isinstance(expr, Var | Dim) else None
        if known is not None:
            return known
        match expr:
            case Const():
                return number(int(expr.value.real))
            case Var() if expr.name in self.variant:
                return None
            case Var() | Dim():
                return self.symbols.symbol_for(expr)
            case Cast(operand):
                return self._affine(operand) if _keeps_value(operand.type.dtype, expr.type.dtype) else None
            case Unary("neg", operand) if expr.type.is_python:
                inner = self.term(operand)
                if inner.constant is not None:
                    return number(-inner.constant)
                return combined(f"-({inner.text})", inner)
            case Binary() if expr.type.is_python:
                return self._binary(expr)
            case _:
                return None

    def _binary(self, expr: Binary) -> Term | None:
        if expr.op in ("floordiv", "mod"):
            return self._division(expr)
        if expr.op not in ("add", "sub", "mul", "minimum", "maximum"):
            return None
        left, right = self.term(expr.left), self.term(expr.right)
        if left.constant is not None and right.constant is not None:
            return number(_FOLD[expr.op](left.constant, right.constant))
        if expr.op == "mul":
            if left.constant is None and right.constant is None:
                return None
            factor, other = (left, right) if left.constant is not None else (right, left)
            assert factor.constant is not None
            text = f"{abs(factor.constant)}*({other.text})"
            return combined(text if factor.constant >= 0 else f"-({text})", other)
        return combined(_TEXT[expr.op].format(left.text, right.text), left, right)

    def _division(self, expr: Binary) -> Term | None:
        left, right = self.term(expr.left), self.term(expr.right)
        if right.constant is None or right.constant <= 0 or left.is_unknown:
            return None
        if left.constant is not None:
            return number(_FOLD[expr.op](left.constant, right.constant))
        text = "floor(({})/{})" if expr.op == "floordiv" else "(({}) mod {})"
        return combined(text.format(left.text, right.constant), left)

    def _ranged(self, expr: Expr) -> Term:
        """An unknown, with what its operation says about its range."""
        unknown = self.symbols.unknown()
        if not (isinstance(expr, Binary) and expr.op == "mod" and expr.type.is_python):
            return unknown
        divisor = self.term(expr.right)
        fact = f"({divisor.text} <= 0 or 0 <= {unknown.text} < {divisor.text})"
        return replace(combined(unknown.text, unknown, divisor), facts=(*divisor.facts, fact))

    # ---- conditions

    def condition(self, expr: Expr, negated: bool = False) -> Term:
        """A condition, or its negation."""
        match expr:
            case Const():
                return combined("1 = 1" if bool(expr.value) is not negated else "1 = 0")
            case Compare(op, left, right) if left.type.dtype.kind in "iu":
                a, b = self.term(left), self.term(right)
                text = f"{a.text} {COMPARISONS[op]} {b.text}"
                return combined(f"not ({text})" if negated else text, a, b)
            case Unary("not", operand):
                return self.condition(operand, not negated)
            case Select(first, second, Const(False)):
                return self._connected("or" if negated else "and", first, second, negated)
            case Select(first, Const(True), second):
                return self._connected("and" if negated else "or", first, second, negated)
            case Binary("bitand", left, right) if expr.type.dtype is DType.BOOL:
                return self._connected("or" if negated else "and", left, right, negated)
            case Binary("bitor", left, right) if expr.type.dtype is DType.BOOL:
                return self._connected("and" if negated else "or", left, right, negated)
            case _:
                unknown = self.symbols.unknown()
                return combined(f"{unknown.text} {'<' if negated else '>='} 1", unknown)

    def _connected(self, word: str, left: Expr, right: Expr, negated: bool) -> Term:
        a, b = self.condition(left, negated), self.condition(right, negated)
        return combined(f"(({a.text}) {word} ({b.text}))", a, b)


_TEXT = {"add": "{} + {}", "sub": "{} - ({})", "minimum": "min({}, {})", "maximum": "max({}, {})"}
_FOLD: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "minimum": min,
    "maximum": max,
    "floordiv": lambda a, b: a // b,
    "mod": lambda a, b: a % b,
}


def _keeps_value(narrow: DType, wide: DType) -> bool:
    if not (narrow.is_integer and wide.is_integer):
        return False
    if wide is DType.INT64:
        return narrow is not DType.UINT64
    return narrow is wide
