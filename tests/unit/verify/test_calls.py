"""Calls are texts: they hold what their hints promise, and make the same arguments every time."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from pyaot.base.source import SourceFile
from pyaot.frontend.subjects import Subject, read_subjects
from pyaot.ir.types import DType
from pyaot.verify.arrays import EVERY_LAYOUT, LAYOUTS, array_texts
from pyaot.verify.call import Arguments, Call
from pyaot.verify.calls import calls_for
from pyaot.verify.elements import calm_values, values
from pyaot.verify.texts import array_text, number_text

HEAD = """
import enum
from dataclasses import dataclass
from typing import Literal, NamedTuple
import numpy as np
from numpy.typing import NDArray
from jaxtyping import Float64

@dataclass
class Base:
    mass: float

@dataclass
class Body(Base):
    at: NDArray[np.float64]
    name: str = ""

class Point(NamedTuple):
    x: float
    y: float = 1.0

class Radar:
    def __init__(self, gain: float, *, taps: int = 3):
        self.gain = gain
        self.taps = taps
    def process(self, a: NDArray[np.float64]):
        return a * self.gain
"""
quick = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def subject(text: str, name: str = "f") -> Subject:
    (found,) = read_subjects(SourceFile(Path("prog.py"), HEAD + text), [name], {})
    assert isinstance(found, Subject), found
    return found


def of(parameters: str) -> Subject:
    return subject(f"def f({parameters}): ...\n")


def names() -> dict[str, object]:
    module: dict[str, object] = {"__name__": "prog"}
    exec(HEAD, module)
    return module


@pytest.mark.parametrize("dtype", list(DType))
@pytest.mark.parametrize("layout", EVERY_LAYOUT)
def test_texts_of_arrays_make_arrays(dtype: DType, layout: str) -> None:
    @settings(quick, max_examples=8)
    @given(st.data(), st.lists(st.integers(0, 4), max_size=3).map(tuple))
    def check(data: st.DataObject, shape: tuple[int, ...]) -> None:
        text = data.draw(array_texts(dtype, shape, values(dtype), (layout,)))
        array = made(text)
        assert (array.dtype.newbyteorder("=").name, array.shape) == (dtype.value, shape)

    check()


def made(text: str) -> np.ndarray:
    scope = {"np": np}
    exec(f"class Tagged(np.ndarray): ...\narray = {text}", scope)
    array = scope["array"]
    assert isinstance(array, np.ndarray)
    return array


def test_layouts_are_what_they_are_called() -> None:
    arrays = {
        name: made(layout.text(f"np.ones({layout.inner((3, 4))})", (3, 4), DType.FLOAT64))
        for name, layout in LAYOUTS.items()
    }
    assert all(array.shape == (3, 4) for array in arrays.values())
    assert arrays["plain"].flags.c_contiguous and arrays["fortran"].flags.f_contiguous
    assert arrays["strided"].strides == (128, 16) and arrays["rows of wider"].strides == (56, 8)
    assert arrays["reversed"].strides == (-32, -8) and arrays["transposed"].strides == (8, 24)
    assert arrays["zero stride"].strides == (0, 0) and arrays["zero stride"].flags.writeable
    assert arrays["zero stride rows"].strides == (0, 8)
    assert not arrays["read-only"].flags.writeable and arrays["read-only"].flags.c_contiguous
    assert type(arrays["subclass"]).__name__ == "Tagged"
    assert not arrays["swapped"].dtype.isnative
    assert not arrays["unaligned"].flags.aligned and arrays["unaligned"].flags.writeable


@quick
@given(st.sampled_from(list(DType)), st.data())
def test_texts_of_numbers_give_them_back(dtype: DType, data: st.DataObject) -> None:
    with np.errstate(all="ignore"):
        array = np.array([data.draw(values(dtype)) for _ in range(3)]).astype(dtype.value)
    again = made(array_text(array))
    assert (again.dtype == array.dtype and array.tobytes() == again.tobytes()) or np.isnan(array).any()
    number = eval(number_text(array[0]), {"np": np})
    assert type(number) is type(array[0]) and (number == array[0] or number != number)


def test_large_arrays_have_short_texts() -> None:
    for dtype in DType:
        text = find(array_texts(dtype, (30, 40), calm_values(dtype), ("plain",)), lambda text: True)
        assert len(text) < 150 and made(text).shape == (30, 40) and made(text).dtype.name == dtype.value


@quick
@given(
    calls_for(
        of('a: Float64[np.ndarray, "m n"], b: Float64[np.ndarray, "n m+1 3"], *, n: int, x: list[float]')
    )
)
def test_arguments_fit_their_hints(call: Call) -> None:
    a, b = call.arguments({}).positional
    assert isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
    assert b.shape == (a.shape[1], a.shape[0] + 1, 3)
    keywords = call.arguments({}).keywords
    assert isinstance(keywords["n"], int) and isinstance(keywords["x"], list)


@quick
@given(
    calls_for(
        of("b: Body, p: Point, r: Radar, m: Literal['x', 'y'], o: float | None, t: tuple[int, ...]"),
    )
)
def test_objects_and_choices(call: Call) -> None:
    body, point, radar, mode, optional, numbers = call.arguments(names()).positional
    assert type(body).__name__ == "Body" and isinstance(vars(body)["at"], np.ndarray)
    assert isinstance(point, tuple) and len(point) == 2
    assert type(vars(radar)["taps"]) is int
    assert mode in ("x", "y") and (optional is None or type(optional) is float)
    assert isinstance(numbers, tuple)


@quick
@given(calls_for(subject("", "Radar.process")))
def test_methods_get_an_object(call: Call) -> None:
    radar, _ = call.arguments(names()).positional
    assert call.target == "Radar.process" and type(radar).__name__ == "Radar"


@pytest.mark.parametrize(
    ("parameters", "wanted"),
    [
        ("a: NDArray[np.float64], b: NDArray[np.float64]", "same"),
        ("a: NDArray[np.float64], b: NDArray[np.float64]", "overlap"),
        ("a: NDArray[np.float64], b: NDArray[np.float64]", "apart"),
        ("a: list[float], b: list[float]", "same"),
        ("a: float = 1.0, b: float = 2.0", "left out"),
        ("a: int, b: int", "beyond int64"),
        ("a: list[list[float]], b: int", "row twice"),
    ],
)
def test_what_is_drawn_sometimes(parameters: str, wanted: str) -> None:
    def is_wanted(call: Call) -> bool:
        return wanted in kinds(call.arguments({}))

    found = find(calls_for(of(parameters)), is_wanted, settings=settings(max_examples=3000, database=None))
    assert found.text().startswith(("a = ", "f(", "a_row"))


def kinds(given: Arguments) -> set[str]:
    """What is odd about two arguments."""
    values = given.positional
    if len(values) < 2:
        return {"left out"}
    a, b = values
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return {"same" if a is b else "overlap" if np.shares_memory(a, b) else "apart"}
    if isinstance(a, list):
        return {"same"} if a is b else {"row twice"} if len(a) > 1 and a[0] is a[1] else set()
    return {"beyond int64"} if isinstance(a, int) and a > 2**30 else set()


@quick
@given(calls_for(of("a: NDArray[np.float64], n: int"), is_fitting=False))
def test_calls_that_break_their_hints_can_be_made(call: Call) -> None:
    assert len(call.arguments({}).positional) == 2


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("def f(a): ...\n", "f", "has no hint"),
        ("def f(**modes: float): ...\n", "f", "keyword"),
        ("def g():\n    def f(x: float): ...\n", "g.f", "in another function"),
        (
            "class C:\n    def __init__(self, x): ...\n    def f(self, y: float): ...\n",
            "C.f",
            "no object of 'C'",
        ),
    ],
)
def test_what_cannot_be_drawn_is_said(text: str, name: str, reason: str) -> None:
    (found,) = read_subjects(SourceFile(Path("prog.py"), HEAD + text), [name], {})
    assert isinstance(found, str) and reason in found
