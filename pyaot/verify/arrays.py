"""Texts of arrays as users have them: odd values, odd layouts, odd sizes.

draw(contents(DType.FLOAT64, (2,), values(DType.FLOAT64)))      'np.array([1.0, np.nan], np.float64)'
LAYOUTS["reversed"].text(that, (2,), DType.FLOAT64)             'np.array([1.0, np.nan], np.float64)[::-1]'
"""

import math
from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from msgspec import Struct

from pyaot.ir.types import DType
from pyaot.verify.elements import fitting
from pyaot.verify.texts import array_text, type_name

Shape = tuple[int, ...]

# Larger ones are filled by a generator of random numbers: their text is short.
_MOST_DRAWN = 400

TAGGED = "class Tagged(np.ndarray): ..."


class Tagged(np.ndarray):
    """Behaves like ndarray; a guard must not take it for one."""


class Layout(Struct, frozen=True):
    """`text` makes an array of a shape in this layout from the text of one of the shape `inner`."""

    text: Callable[[str, Shape, DType], str]
    inner: Callable[[Shape], Shape] = lambda shape: shape


def _strided(text: str, shape: Shape, dtype: DType) -> str:
    for axis in range(len(shape)):
        text = f"np.repeat({text}, 2, {axis})"
    return text + _subscript("::2", shape)


def _rows_of_wider(text: str, shape: Shape, dtype: DType) -> str:
    if not shape:
        return text
    return f"np.pad({text}, {[(0, 0)] * (len(shape) - 1) + [(0, 3)]})[..., :-3]"


def _zero_stride(text: str, shape: Shape, dtype: DType) -> str:
    return f"np.lib.stride_tricks.as_strided({text}, {shape}, {(0,) * len(shape)})"


def _unaligned(text: str, shape: Shape, dtype: DType) -> str:
    if 0 in shape:
        return text
    name = type_name(np.dtype(dtype.value))
    memory = f"np.frombuffer(bytearray(1) + {text}.tobytes(), np.uint8)"
    return f"{memory}[1:].view(np.{name}).reshape({shape})"


def _subscript(part: str, shape: Shape) -> str:
    return f"[{', '.join([part] * len(shape))}]" if shape else ""


# A read-only one and one that behaves like an array are arrays that NumPy lends out.
LAYOUTS: dict[str, Layout] = {
    "plain": Layout(lambda text, shape, dtype: text),
    "fortran": Layout(lambda text, shape, dtype: f"{text}.copy('F')"),
    "strided": Layout(_strided),
    "rows of wider": Layout(_rows_of_wider),
    "reversed": Layout(lambda text, shape, dtype: text + _subscript("::-1", shape)),
    "transposed": Layout(lambda text, shape, dtype: f"{text}.T", lambda shape: shape[::-1]),
    "zero stride": Layout(_zero_stride, lambda shape: (1,)),
    "zero stride rows": Layout(
        lambda text, shape, dtype: f"np.broadcast_to({text}, {shape})",
        lambda shape: (min(shape[0], 1), *shape[1:]) if shape else shape,
    ),
    "read-only": Layout(lambda text, shape, dtype: f"np.broadcast_to({text}, {shape})"),
    "subclass": Layout(lambda text, shape, dtype: f"{text}.view(Tagged)"),
    "swapped": Layout(lambda text, shape, dtype: f"{text}.astype({swapped(dtype)})"),
    "unaligned": Layout(_unaligned),
}
PLAIN = ("plain",)
EVERY_LAYOUT = tuple(LAYOUTS)


def swapped(dtype: DType) -> str:
    """The element type in the other byte order, as text."""
    return f"np.dtype(np.{type_name(np.dtype(dtype.value))}).newbyteorder()"


@st.composite
def array_texts(
    draw: st.DrawFn,
    dtype: DType,
    shape: Shape,
    elements: st.SearchStrategy[object],
    layouts: tuple[str, ...] = EVERY_LAYOUT,
) -> str:
    """The text of an array of a shape, in one of the layouts."""
    layout = LAYOUTS[draw(st.sampled_from(layouts))]
    return layout.text(draw(contents(dtype, layout.inner(shape), elements)), shape, dtype)


def contents(dtype: DType, shape: Shape, elements: st.SearchStrategy[object]) -> st.SearchStrategy[str]:
    """The text of a contiguous array of these elements; of ordinary ones where it is large."""
    if math.prod(shape) > _MOST_DRAWN:
        return st.integers(0, 99).map(lambda seed: _random_text(seed, dtype, shape))
    exact = elements.map(lambda value: fitting(value, dtype).item())  # type: ignore[attr-defined]
    return hnp.arrays(dtype.value, shape, elements=exact).map(array_text)


def _random_text(seed: int, dtype: DType, shape: Shape) -> str:
    """Eighths, small whole numbers or bools, whose sums are exact."""
    source = f"np.random.default_rng({seed}).integers"
    name = type_name(np.dtype(dtype.value))
    match dtype.kind:
        case "b":
            return f"({source}(0, 2, {shape}) > 0)"
        case "i" | "u":
            return f"{source}({-9 if dtype.kind == 'i' else 0}, 10, {shape}).astype(np.{name})"
        case "f":
            return f"({source}(-64, 65, {shape}) / 8).astype(np.{name})"
        case _:
            parts = f"{source}(-64, 65, {(*shape, 2)}).astype(np.{type_name(np.dtype(dtype.real.value))})"
            return f"({parts}.view(np.{name})[..., 0] / 8)"
