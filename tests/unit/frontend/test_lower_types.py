"""Which types functions and regions are compiled for, where hints leave them open: there is room for few."""

from pathlib import Path

from pyaot.base.source import SourceFile
from pyaot.frontend.lower import lower
from pyaot.frontend.parse import parse
from pyaot.ir.nodes import Param
from pyaot.ir.types import Array

HEAD = "import numpy as np\n"


def kernels(text: str) -> dict[str, list[str]]:
    """For each entry its kernels' parameters: 'a: int64[1], s: int'."""
    program = lower(parse(SourceFile(Path("prog.py"), HEAD + text)))
    return {
        entry.qualified_name: [
            ", ".join(_shown(p) for p in program.function(instance.function).params)
            for instance in entry.instances
        ]
        for entry in program.entries
    }


def _shown(param: Param) -> str:
    ranks = f"[{param.type.rank}]" if isinstance(param.type, Array) else ""
    return f"{param.name}: {param.type.dtype.value}{ranks}"


def test_every_type_comes_before_other_ranks_of_one() -> None:
    found = kernels("def f(a: np.ndarray):\n    return a + a\n\nf(np.arange(3))\n")
    assert found["f"] == ["a: float64[1]", "a: int64[1]", "a: float64[2]", "a: int64[2]"]


def test_one_type_has_all_its_ranks() -> None:
    found = kernels("def f(a: np.ndarray):\n    return a + a\n")
    assert found["f"] == ["a: float64[1]", "a: float64[2]", "a: float64[3]", "a: float64[4]"]


COUNTED = """
def f(starts: np.ndarray, n: int):
    total = 0
    for i in range(n):
        for j in range(starts[i], starts[i + 1]):
            total += j
    print(total)
    return total

"""


def test_regions_are_those_of_what_calls_pass() -> None:
    (region,) = kernels(f"{COUNTED}\nf(np.cumsum(np.arange(9)), 8)\n").values()
    assert region == ["n: int64, starts: int64[1]"]
    assert kernels(COUNTED) == {}  # range() takes no floats


def test_regions_of_several_types_have_a_share_each() -> None:
    text = "def f(a: np.ndarray):\n    b = a + a\n    print(b)\n    return b\n\n\nf(np.arange(3))\n"
    (region,) = kernels(text).values()
    assert [line.partition("[")[0] for line in region] == ["a: int64"] * 2 + ["a: float64"] * 2


FILTER = """
class Filter:
    def __init__(self, order: int):
        self.taps = np.ones((order, 2))

    def step(self, x: np.ndarray, gain: np.ndarray):
        return self.taps @ x + gain, 1

    def run(self, xs: np.ndarray):
        y = np.zeros(2)
        for x in xs:
            y, count = self.step(x, np.ones(2))
        return y


Filter(2).run(np.ones((9, 2)))
"""


def test_methods_get_what_calls_of_that_name_pass() -> None:
    assert kernels(FILTER)["Filter.step"][0] == "self_taps: float64[2], x: float64[1], gain: float64[1]"
    assert kernels(FILTER)["Filter.run"][0] == "self_taps: float64[2], xs: float64[2]"


STATIC = """
class C:
    @staticmethod
    def f(a: np.ndarray):
        return a + a

C.f(np.arange(3))
"""


def test_static_methods_have_no_receiver() -> None:
    assert kernels(STATIC)["C.f"][:2] == ["a: float64[1]", "a: int64[1]"]


TRACKER = """
from dataclasses import dataclass, field
from numpy.typing import NDArray

@dataclass
class Tracker:
    dt: float
    F: NDArray[np.float64] = field(init=False)

    def __post_init__(self):
        self.F = np.array([[1.0, self.dt], [0.0, 1.0]])

    def predict(self, x: NDArray[np.float64]):
        return self.F @ x
"""


def test_fields_get_what_the_class_itself_gives_them() -> None:
    found = kernels(TRACKER)["Tracker.predict"]
    assert found[0].startswith("self_F: float64[2]") and not any("self_F: float64[1]" in f for f in found[:2])
