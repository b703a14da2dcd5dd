"""Array-valued pieces of generated text: which loops their axes stand for, and how two of them meet.

    Value("a[1:n]", ("i",))  and  Value("b[:m]", ("j",))  over  ("i", "j")         a[1:n][:, None], b[:m]

A dimension is the name of a loop's index; the axes of a value always come in the order of its dims.
"""

from collections.abc import Iterable

from msgspec import Struct, field

from pyaot.ir.nodes import For, Reduction

Dims = tuple[str, ...]

# Two more marks of loops beside the operations of reductions. All iterations set the scalar to one constant:
LAST = "last"
# An array is read and written as if iterations were apart, which the text makes sure of:
APART = "apart"


class RefusedError(Exception):
    """These loops have no array form; the text says why."""


class Value(Struct, frozen=True):
    """Text that binds as tightly as a name, and its axes."""

    text: str
    dims: Dims = ()


class Frame(Struct, frozen=True):
    """Where a statement stands: the loops around it that became axes, outermost first, and its condition."""

    loops: tuple[For, ...] = ()
    mask: Value | None = None
    interleaved: bool = False  # a loop stayed a loop inside one that became an axis

    @property
    def dims(self) -> Dims:
        """The axes."""
        return tuple(loop.index for loop in self.loops)

    def loop(self, dim: str) -> For:
        """The loop that an axis stands for."""
        return next(loop for loop in self.loops if loop.index == dim)

    def ordered(self, dims: Iterable[str]) -> Dims:
        """Those dimensions, outermost first."""
        wanted = frozenset(dims)
        return tuple(dim for dim in self.dims if dim in wanted)

    def reductions(self, name: str) -> frozenset[str]:
        """The loops that only combine something into `name`."""
        return frozenset(
            loop.index
            for loop in self.loops
            for mark in loop.marks.reductions
            if mark.name == name and mark.op not in (LAST, APART)
        )

    def is_marked(self, op: str, name: str) -> bool:
        """Whether some loop has this mark for the name."""
        return any(Reduction(op, name) in loop.marks.reductions for loop in self.loops)


class Spread(Struct):
    """Which axes the scalars have that are set inside of loops that became axes."""

    dims: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, name: str) -> frozenset[str]:
        """None for a scalar that is one."""
        return self.dims.get(name, frozenset())

    def widen(self, name: str, dims: frozenset[str]) -> bool:
        """Adds axes; whether there were new ones."""
        grown = self.of(name) | dims
        changed = grown != self.of(name)
        self.dims[name] = grown
        return changed


def is_vectorised(loop: For) -> bool:
    """The plan has made an axis of it."""
    return loop.marks.simd


def aligned(value: Value, target: Dims) -> str:
    """The value's text such that it broadcasts to axes `target`, of which it has some."""
    own = tuple(dim for dim in target if dim in value.dims)
    text = value.text
    if own != value.dims:
        order = tuple(value.dims.index(dim) for dim in own)
        text += ".T" if order == tuple(reversed(range(len(own)))) else f".transpose{order}"
    after = target[target.index(own[0]) :] if own else ()
    if after == own:
        return text
    return f"{text}[{', '.join(':' if dim in own else 'None' for dim in after)}]"
