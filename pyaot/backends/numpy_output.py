"""Where the generated text of one NumPy version goes, and how it names things."""

import ast
from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.backends.numpy_text import Text
from pyaot.backends.numpy_values import Dims, Frame, Spread, Value, aligned
from pyaot.backends.python_text import Names, expression_text
from pyaot.base.names import fresh
from pyaot.ir.build import i64, sub
from pyaot.ir.nodes import Dim, Expr, Load, Var
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import map_expr

DECLINE = "return -1, 0"
SILENTLY = 'with {}.errstate(all="ignore"):'

_ATOMS = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.Tuple)


class Output(Struct):
    """The text, the names that are taken, and the axes of the scalars."""

    names: Names
    extents: Mapping[tuple[str, int], Expr]  # of axes, by what they were allocated with
    written: frozenset[str]  # arrays, under all the names that they may have
    taken: set[str]
    is_strict: bool = False
    text: Text = field(default_factory=Text)
    spread: Spread = field(default_factory=Spread)
    read: set[Load] = field(default_factory=set)  # elements that the nest reads on all its lanes
    is_set: set[str] = field(default_factory=set)  # scalars with axes that have a value for certain
    may_be_set: set[str] = field(default_factory=set)
    visited: frozenset[frozenset[str]] = frozenset()  # axes of the arrays that the nest visits
    declines: bool = False

    @property
    def np(self) -> str:
        """The name of NumPy."""
        return self.names.numpy

    def fresh(self, wanted: str) -> str:
        """A name that nobody has."""
        name = fresh(wanted, self.taken)
        self.taken.add(name)
        return name

    def plain(self, expr: Expr) -> str:
        """A scalar expression."""
        texts = dict(self.names.values)

        def unboxed(node: Expr) -> Expr:
            if not (isinstance(node, Load) and node.type.is_python):
                return node
            name = f"?{len(texts)}"
            texts[name] = f"{expression_text(node, replace(self.names, values=texts))}.item()"
            return Var(name, node.type)

        return expression_text(map_expr(unboxed, expr), replace(self.names, values=texts))

    def need(self, condition: Value, mask: Value | None, frame: Frame) -> None:
        """Declines where the condition does not hold on every lane of the mask."""
        if not condition.dims:
            self.decline_if(f"not {condition.text}")
        elif mask is None:
            self.decline_if(f"not {condition.text}.all()")
        else:
            dims = frame.ordered((*condition.dims, *mask.dims))
            both = f"{aligned(condition, dims)} | ~{aligned(mask, dims)}"
            self.decline_if(f"not ({both}).all()")

    def decline_if(self, test: str) -> None:
        """The attempt fails where the text is true."""
        self.declines = True
        with self.text.block(f"if {test}:"):
            self.text.add(DECLINE)

    def extent_of(self, array: str, axis: int) -> Expr:
        """The extent of an axis, as the text of loops would say it."""
        return self.extents.get((array, axis), Dim(array, axis, PY_INT))

    def extent(self, frame: Frame, dim: str) -> str:
        """How many iterations an axis stands for."""
        loop = frame.loop(dim)
        if loop.step == 1:
            return self.plain(sub(loop.stop, loop.start) if loop.start != i64(0) else loop.stop)
        bounds = f"{self.plain(loop.start)}, {self.plain(loop.stop)}, {loop.step}"
        return f"{self.names.builtin('len')}({self.names.builtin('range')}({bounds}))"

    def shape(self, frame: Frame, dims: Dims) -> str:
        """The shape of something with these axes."""
        extents = [self.extent(frame, dim) for dim in dims]
        return f"({extents[0]},)" if len(extents) == 1 else f"({', '.join(extents)})"


def atom(text: str) -> str:
    """The text, in brackets unless it binds as tightly as a name."""
    return text if isinstance(ast.parse(text, mode="eval").body, _ATOMS) else f"({text})"


def joined(operator: str, values: Iterable[Value], frame: Frame) -> Value:
    """Values combined by an operator, over all their axes."""
    parts = tuple(values)
    dims = frame.ordered(dim for value in parts for dim in value.dims)
    return Value(f"({f' {operator} '.join(aligned(value, dims) for value in parts)})", dims)
