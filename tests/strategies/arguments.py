"""Arguments for a typed signature: such as it promises, in all layouts, and such as break its promise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from hypothesis import strategies as st

from pyaot.frontend.hint_types import (
    AnyDim,
    ArrayHint,
    ClassHint,
    DimHint,
    ExpressionDim,
    FixedDim,
    Hint,
    ListHint,
    LiteralHint,
    NamedDim,
    NoneHint,
    ScalarHint,
    TupleHint,
    VariadicDim,
)
from pyaot.frontend.hints import Signature
from pyaot.ir.program import Kind
from pyaot.ir.types import DType, Scalar
from tests.strategies.arrays import EVERY_LAYOUT, LARGEST_EXTENT, AnyArray, arrays, clone_all, values


@dataclass(frozen=True)
class Arguments:
    """What a function is called with."""

    positional: tuple[object, ...]
    keywords: dict[str, object]

    def copy(self) -> "Arguments":
        """The same for another call: layouts stay, and what shared memory shares memory again."""
        copies = clone_all([*self.positional, *self.keywords.values()])
        count = len(self.positional)
        return Arguments(tuple(copies[:count]), dict(zip(self.keywords, copies[count:])))

    def call(self, function: Callable[..., object]) -> object:
        """What the function returns for them."""
        return function(*self.positional, **self.keywords)


Draw = st.DrawFn
Extents = dict[str, tuple[int, ...]]  # what the names of dimensions stand for


@st.composite
def arguments_for(
    draw: Draw, signature: Signature, layouts: tuple[str, ...] = EVERY_LAYOUT, objects: object = None
) -> Arguments:
    """Arguments of the signature's types; two arrays may be one, or overlap. ClassHint takes `objects`."""
    common = draw(st.integers(0, LARGEST_EXTENT))  # so that shapes that nothing ties agree often
    extents: Extents = {"": (common,)}
    given = [_value(draw, p.type, extents, layouts, objects) for p in signature.parameters]
    _alias(draw, signature, given)
    return _call_with(signature, given)


@st.composite
def misfits_for(draw: Draw, signature: Signature, objects: object = None) -> Arguments:
    """As `arguments_for`, but for one argument that is something else than its hint says."""
    fitting = draw(arguments_for(signature, ("plain",), objects))
    given = list(fitting.positional)
    if given:
        given[draw(st.integers(0, len(given) - 1))] = draw(_odd_objects())
    return Arguments(tuple(given), fitting.keywords)


def _odd_objects() -> st.SearchStrategy[object]:
    return st.sampled_from(
        [
            None,
            2**70,
            -(2**63),
            True,
            1.5,
            1j,
            "text",
            [],
            [1, 2.0, "x"],
            (),
            object(),
            np.float64(2),
            np.int8(3),
        ]
    ) | st.sampled_from(list(DType)).flatmap(arrays)


def _call_with(signature: Signature, given: list[object]) -> Arguments:
    positional: list[object] = []
    keywords: dict[str, object] = {}
    for parameter, value in zip(signature.parameters, given):
        match parameter.kind:
            case Kind.POSITIONAL_ONLY | Kind.POSITIONAL_OR_KEYWORD:
                positional.append(value)
            case Kind.VAR_POSITIONAL:
                positional.extend(value if isinstance(value, tuple) else ())
            case Kind.KEYWORD_ONLY:
                keywords[parameter.name] = value
            case Kind.VAR_KEYWORD:
                pass
            case _:
                assert_never(parameter.kind)
    return Arguments(tuple(positional), keywords)


def _alias(draw: Draw, signature: Signature, given: list[object]) -> None:
    """Sometimes an array stands for two parameters of one type, as itself or as a view that overlaps it."""
    pairs = [
        (i, j)
        for j, b in enumerate(signature.parameters)
        for i, a in enumerate(signature.parameters[:j])
        if isinstance(a.type, ArrayHint) and a.type == b.type
    ]
    if pairs and draw(st.integers(0, 3)) == 3:
        i, j = draw(st.sampled_from(pairs))
        source = given[i]
        assert isinstance(source, np.ndarray)
        overlapping = draw(st.booleans()) and source.ndim > 0
        given[j] = source[::-1] if overlapping else source


# ---- one argument -------------------------------------------------------------------------------------


def _value(
    draw: Draw, hint: Hint | None, extents: Extents, layouts: tuple[str, ...], objects: object
) -> object:
    match hint:
        case ScalarHint(type):
            return draw(scalars(type))
        case ArrayHint():
            return _array(draw, hint, extents, layouts)
        case ListHint(item):
            count = draw(st.integers(0, 4)) if isinstance(item, ListHint) else _extent(draw, extents)
            return [_value(draw, item, extents, layouts, objects) for _ in range(count)]
        case TupleHint(items, is_homogeneous):
            parts = items * draw(st.integers(0, 4)) if is_homogeneous else items
            return tuple(_value(draw, item, extents, layouts, objects) for item in parts)
        case NoneHint():
            return None
        case LiteralHint(values_):
            return draw(st.sampled_from(values_))
        case ClassHint():
            return objects
        case _:
            raise TypeError(f"{hint} is not of a concrete signature")


def scalars(type: Scalar) -> st.SearchStrategy[object]:
    """Numbers of a type: Python's own, else NumPy's."""
    if type.is_python:
        return values(type.dtype)
    return values(type.dtype).map(lambda value: np.array(value).astype(type.dtype.value)[()])


def _array(draw: Draw, hint: ArrayHint, extents: Extents, layouts: tuple[str, ...]) -> AnyArray:
    rank = draw(st.integers(1, 3)) if hint.rank is None else hint.rank
    dims: tuple[DimHint, ...] = (AnyDim(),) * rank if hint.dims is None else hint.dims
    shape = tuple(extent for dim in dims for extent in _extents(draw, dim, extents))
    return draw(arrays(hint.dtype or DType.FLOAT64, shape=shape, layouts=layouts))


def _extents(draw: Draw, dim: DimHint, extents: Extents) -> tuple[int, ...]:
    match dim:
        case NamedDim(name):
            return extents.setdefault(name, (_extent(draw, extents),))
        case FixedDim(size):
            return (size,)
        case AnyDim():
            return (_extent(draw, extents),)
        case ExpressionDim(text):
            known = {name: found[0] for name, found in extents.items() if len(found) == 1}
            try:
                return (max(int(eval(text, {}, known)), 0),)
            except NameError:  # a name that a later parameter binds
                return (_extent(draw, extents),)
        case VariadicDim(name):
            several = tuple(_extent(draw, extents) for _ in range(draw(st.integers(0, 2))))
            return several if name is None else extents.setdefault(f"*{name}", several)
        case _:
            assert_never(dim)


def _extent(draw: Draw, extents: Extents) -> int:
    """Mostly the extent that all arrays of the call share."""
    return draw(st.integers(0, LARGEST_EXTENT)) if draw(st.integers(0, 9)) == 9 else extents[""][0]
