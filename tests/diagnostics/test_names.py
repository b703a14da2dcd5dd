"""Messages and reports speak of names that stand in the user's text, never of the compiler's own."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pyaot.base.options import Options
from pyaot.base.source import SourceFile, read_source
from pyaot.driver import compile_source
from pyaot.output.report import report
from tests.diagnostics.quoted import in_quotes, names, quoted

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
ALIKE = """
import numpy as np
from numpy.typing import NDArray

def running(x):
    total = np.empty(len(x))
    total[0] = x[0]
    for i in range(1, len(x)):
        total[i] = total[i - 1] + x[i]
    return total

def smooth(a: NDArray[np.float64], b: NDArray[np.float64]):
    best, worst = a[0], a[1]
    for i in range(2, len(a)):
        a[i] = a[i - 1] * b[i] + best - worst
    item, product = running(a), running(b) @ b
    best, worst = worst + item[0], best * product
    for u, v in zip(a, b):
        best = v - best * u
    return best, worst, item
"""

every_text = pytest.mark.parametrize(
    "source",
    [*map(read_source, EXAMPLES), SourceFile(Path("alike.py"), ALIKE)],
    ids=lambda source: source.path.name,
)


@every_text
def test_names_are_the_users(source: SourceFile) -> None:
    compiled = compile_source(source, Options())
    said = " ".join(map(quoted, compiled.diagnostics))
    entries = report(source, compiled.plan.entries, (), Options())["functions"]
    told = " ".join(name for entry in entries for name in _in_loops(entry["instances"]))
    assert names(f"{said} {told}") - names(source.text) <= _OUR_WORDS
    assert said


# What messages quote that is no variable: options, and types in hints.
_OUR_WORDS = frozenset({"fp", "strict", "float", "int", "NDArray", "np", "float64", "cumsum"})


def _in_loops(parts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for part in parts:
        yield part.get("index", "")
        yield from (reduction["into"] for reduction in part.get("reductions", ()))
        yield from (in_quotes(condition["because"]) for condition in part.get("guard", ()))
        yield from _in_loops(part.get("loops", part.get("inside", ())))
