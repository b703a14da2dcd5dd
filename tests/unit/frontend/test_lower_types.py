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
