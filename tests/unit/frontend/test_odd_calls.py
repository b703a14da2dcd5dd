"""Every function that the compiler knows, called as it must not be: refused, and no bug of the compiler's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pyaot.base.catalogue import INTERNAL_ERROR
from pyaot.base.source import SourceFile
from pyaot.frontend.lower import lower
from pyaot.frontend.numpy_table import TABLE
from pyaot.frontend.parse import parse

HEAD = """\
import cmath
import math

import numpy as np

V = np.ndarray[tuple[int], np.dtype[np.float64]]
M = np.ndarray[tuple[int, int], np.dtype[np.float64]]


"""
NAMES = sorted(name for name in TABLE if not name.startswith(("method.", "python.")))
ARGUMENTS = (
    "",
    "s",
    "[]",
    "a, axis=()",
    "A, None, axis=7",
    "'x', A",
    "*a",
    "A, A, A, A",
)
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_odd_calls_are_refused(part: int) -> None:
    calls = list(_calls(NAMES[part::PARTS]))
    texts = (f"def f{i}(a: V, A: M, s: float):\n    return {call}\n" for i, call in enumerate(calls))
    found = lower(parse(SourceFile(Path("calls.py"), HEAD + "\n".join(texts)))).diagnostics
    broken = [(calls[int(d.function[1:])], d.notes) for d in found if d.code == INTERNAL_ERROR]
    assert broken == []


def _calls(names: list[str]) -> Iterator[str]:
    for name in names:
        called = name.replace("numpy.", "np.").removeprefix("builtins.")
        yield from (f"{called}({arguments})" for arguments in ARGUMENTS)
