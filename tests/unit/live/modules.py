"""Modules of a user's, and compiled functions of which it is known which version ran."""

import importlib.util
import io
import linecache
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

HEAD = """import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
SHIFT = 3


def helper(x: float, factor=2.0):
    return x * factor + SHIFT


def total(a: Vector, w: float = 0.5) -> float:
    \"\"\"A sum.\"\"\"
    s = 0.0
    for i in range(a.shape[0]):
        s += helper(a[i]) * w + abs(a[i])
    return s
"""

DATA = np.arange(-3.0, 40.0)


def module_of(text: str, folder: Path, name: str = "prog") -> ModuleType:
    """The text as an imported module."""
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    linecache.checkcache(str(path))
    spec.loader.exec_module(module)
    return module


def run_in(module: ModuleType, text: str) -> None:
    """More statements, as a REPL that keeps its lines would run them."""
    name = f"<cell {len(linecache.cache)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec", dont_inherit=True), module.__dict__)


@contextmanager
def told() -> Iterator[list[str]]:
    """What a trace tells, once it is over."""
    lines: list[str] = []
    with redirect_stderr(io.StringIO()) as stream:
        yield lines
    lines += stream.getvalue().splitlines()


def ran(function: Callable[..., Any], *arguments: Any) -> tuple[Any, str]:
    """The result of a call, and what the trace tells of it."""
    with told() as lines:
        result = function(*arguments)
    return result, lines[-1].partition(": ")[2].partition(": ")[2]
