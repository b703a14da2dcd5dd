"""Random programs: their NumPy versions do what the interpreter does, or decline and change nothing."""

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyaot.backends.emitted import Emitted
from pyaot.backends.to_numpy import Wrapping, emit_numpy
from pyaot.base.source import SourceFile
from pyaot.frontend.lower import lower
from pyaot.frontend.parse import parse
from pyaot.ir.nodes import Function
from pyaot.ir.types import Array, Scalar
from pyaot.normalise.pipeline import normalise
from pyaot.poly.bounds import prove_bounds
from pyaot.verify.rounding import is_wild
from tests.equivalence.tame import tame
from tests.strategies.programs import programs
from tests.unit.backends.numpy_version import HEAD, agree, executed

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
Draw = st.DrawFn


def _versions(source: str) -> list[tuple[Function, Emitted]]:
    found = []
    for lowered in lower(parse(SourceFile(Path("prog.py"), source))).functions:
        function = prove_bounds(normalise(lowered))
        emitted = emit_numpy(function, Wrapping())
        if isinstance(emitted, Emitted):
            found.append((function, emitted))
    return found


def _bound(function: Function, source: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The arguments of the function's parameters; None where it is for other types, or a region."""
    definition = next(d for d in ast.parse(source).body if isinstance(d, ast.FunctionDef) and d.name == "f")
    by_name = dict(zip((arg.arg for arg in definition.args.args), values, strict=True))
    if not all(_fits(param.type, by_name.get(param.name)) for param in function.params):
        return None
    return tuple(by_name[param.name] for param in function.params)


def _fits(expected: Scalar | Array, value: Any) -> bool:
    if isinstance(expected, Scalar):
        return type(value) is {"b": bool, "i": int, "f": float}.get(expected.dtype.kind)
    if expected.boxed or not isinstance(value, np.ndarray):
        return False
    return bool(value.ndim == expected.rank and value.dtype.name == expected.dtype.value)


@settings(max_examples=15, deadline=None, suppress_health_check=QUIET)
@given(programs())
def test_programs_as_users_write_them(case: Any) -> None:
    arguments = tame(case.arguments) if is_wild(case.arguments.positional) else case.arguments
    for function, emitted in _versions(case.source):
        values = _bound(function, case.source, arguments.positional)
        if values is not None:
            agree(function, values, executed(emitted))


# ---- nests that mostly have an array form

MATRIX = "np.ndarray[tuple[int, int], np.dtype[np.float64]]"
VECTOR = "NDArray[np.float64]"
HEADER = f"def f(A: {MATRIX}, B: {MATRIX}, a: {VECTOR}, b: {VECTOR}, k: NDArray[np.int64], n: int, m: int):\n"


@st.composite
def nests(draw: Draw) -> str:
    """A nest over i and j with one to three statements; subscripts reach one beyond, at most."""
    inner = draw(
        st.sampled_from(["range(1, m - 1)", "range(1, i + 1)", "range(i, m - 1)", "range(1, m - 1, 2)"])
    )
    lines = ["s = np.float64(0.0)", "for i in range(1, n - 1):"]
    if draw(st.booleans()):
        lines.append("    t = a[i]")
    else:
        lines.append("    t = 0.0")
    lines.append(f"    for j in {inner}:")
    for _ in range(draw(st.integers(1, 3))):
        lines += [
            "        " + line
            for line in draw(st.sampled_from(STATEMENTS)).format(*draw(operands())).split("\n")
        ]
    if draw(st.booleans()):
        lines.append("    b[i] = t + a[i - 1]")
    lines.append("return s")
    return HEADER + "".join(f"    {line}\n" for line in lines)


@st.composite
def operands(draw: Draw) -> tuple[str, str]:
    leaves = [
        "A[i, j]",
        "B[i, j]",
        "B[i - 1, j]",
        "A[i, j - 1]",
        "B[j, i]",
        "a[i]",
        "b[j]",
        "a[j + 1]",
        "t",
        "i",
        "1.5",
    ]
    pair = [draw(st.sampled_from(leaves)) for _ in range(3)]
    return f"{pair[0]} * {pair[1]}", f"({pair[1]} - {pair[2]})"


INNER = ("range(1, m - 1)", "range(1, i + 1)", "range(i, m - 1)", "range(1, m - 1, 2)")
LEAVES = (
    "A[i, j]",
    "B[i, j]",
    "B[i - 1, j]",
    "A[i, j - 1]",
    "B[j, i]",
    "a[i]",
    "b[j]",
    "a[j + 1]",
    "t",
    "i",
    "1.5",
)
STATEMENTS = (
    "A[i, j] = {0} + {1}",
    "B[j, i] = {0}",
    "A[i, j] += {0}",
    "s += {0}",
    "t = t + {0}",
    "t += {1}",
    "x = {0} + {1}\nA[i, j] = x",
    "if {0} > {1}:\n    A[i, j] = {1}",
    "if i != j:\n    t += {0}",
    "if A[i, j] > 0.0:\n    B[i, j] = {1}\nelse:\n    B[i, j] = 0.0",
    "a[k[i]] += {0}",
    "B[i, j] = A[k[i], j] * {1}",
    "A[i, j] = {1} / {0}",
    "b[j] += {0}",
    "s = max(s, {0})",
)


@st.composite
def arguments(draw: Draw) -> tuple[Any, ...]:
    size = draw(st.integers(1, 6))
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    n, m = draw(st.integers(0, size)), draw(st.integers(0, size))
    matrices = [np.round(generator.standard_normal((size, size)) * 4) / 4 for _ in range(2)]
    vectors = [np.round(generator.standard_normal(size) * 4) / 4 for _ in range(2)]
    return (*matrices, *vectors, generator.integers(-size, size + draw(st.integers(0, 1)), size), n, m)


SEEN: Counter[str] = Counter()


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(nests(), st.lists(arguments(), min_size=2, max_size=2))
def test_nests(source: str, calls: list[tuple[Any, ...]]) -> None:
    versions = _versions(HEAD + source)
    SEEN["made" if versions else "refused"] += 1
    for function, emitted in versions:
        kernel = executed(emitted)
        for call in calls:
            values = _bound(function, source, call)
            assert values is not None
            SEEN["ran" if agree(function, values, kernel) else "declined"] += 1


def test_most_nests_have_a_version_that_runs() -> None:
    """Runs behind the test above: were all refused or declined, it would show nothing."""
    if SEEN:
        assert SEEN["made"] > 10
        assert SEEN["ran"] > SEEN["declined"]
