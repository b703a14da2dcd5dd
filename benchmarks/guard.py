"""What a guard costs: `python -m benchmarks.guard` prints the time before a kernel of three arrays starts.

The limit is two microseconds. All times are the best of several runs, taken in turns on the same machine.
"""

import importlib.util
import inspect
import sys
import tempfile
import timeit
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.driver import compile_source, write_bundle

LIMIT_NS = 2000.0
ROUNDS, CALLS = 600, 300  # short enough to fit between the turns of other processes

TEXT = '''"""Three arrays, one of them written."""

import numpy as np
from numpy.typing import NDArray


def axpy(a: NDArray[np.float64], b: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for i in range(a.shape[0]):
        out[i] = 2.0 * a[i] + b[i]
'''


def main() -> int:
    """Prints the table; 1 where the guard is over the limit."""
    with tempfile.TemporaryDirectory(prefix="pyaot-") as folder:
        costs = measured(_compiled(Path(folder)).axpy)
    for name, nanoseconds in costs.items():
        print(f"{name:<42} {nanoseconds:8.0f} ns")
    return int(costs["guard and dispatch, three arrays"] > LIMIT_NS)


def measured(axpy: Any) -> dict[str, float]:
    """Nanoseconds per call, best of all rounds."""
    parts = inspect.getclosurevars(axpy).nonlocals
    guard = next(value for name, value in parts.items() if name.endswith("_guard"))
    call = next(value for name, value in parts.items() if name.endswith("_call"))
    arguments = (np.zeros(4), np.zeros(4), np.zeros(4))
    times = _best({"guard": guard, "call": call, "whole": axpy, "original": axpy.__wrapped__}, arguments)
    return {
        "the guard alone": times["guard"],
        "guard and dispatch, three arrays": times["whole"] - times["call"],
        "the kernel and its result, four elements": times["call"],
        "the whole compiled call": times["whole"],
        "the original": times["original"],
    }


def _best(functions: dict[str, Callable[..., Any]], arguments: tuple[Any, ...]) -> dict[str, float]:
    best = dict.fromkeys(functions, float("inf"))
    for _ in range(ROUNDS):
        for name, function in functions.items():
            scope = {"f": function, "a": arguments[0], "b": arguments[1], "c": arguments[2]}
            seconds = timeit.timeit("f(a, b, c)", globals=scope, number=CALLS)
            best[name] = min(best[name], seconds / CALLS * 1e9)
    return best


def _compiled(folder: Path) -> Any:
    bundle = write_bundle(compile_source(SourceFile(Path("three.py"), TEXT), Options()), folder)
    spec = importlib.util.spec_from_file_location("three", bundle.path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
