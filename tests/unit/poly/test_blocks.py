"""Nests over triangles in tiles: what becomes a product, and that they mean the same whatever their size."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.frontend.lower import lower
from pyaot.frontend.parse import parse
from pyaot.ir.check import check
from pyaot.ir.interpret import Returned, interpret
from pyaot.ir.nodes import Function, LibraryCall
from pyaot.ir.walk import walk_stmts
from pyaot.normalise.pipeline import normalise
from pyaot.poly import blocks, tile_writer
from pyaot.poly.bounds import prove_bounds
from pyaot.poly.optimise import optimise

SIZE = 4
M = "np.ndarray[tuple[int, int], np.dtype[np.float64]]"

# name: (parameters, body, how many products of tiles)
CASES = {
    "cholesky": (
        "a",
        """
        for i in range(a.shape[0]):
            for j in range(i):
                for k in range(j):
                    a[i, j] -= a[i, k] * a[j, k]
                a[i, j] /= a[j, j]
            for k in range(i):
                a[i, i] -= a[i, k] * a[i, k]
            a[i, i] = np.sqrt(a[i, i])
        """,
        1,
    ),
    "cholesky, half arrays": (
        "a",
        """
        for i in range(a.shape[0]):
            for j in range(i):
                a[i, j] -= np.dot(a[i, :j], a[j, :j])
                a[i, j] /= a[j, j]
            a[i, i] -= np.dot(a[i, :i], a[i, :i])
            a[i, i] = np.sqrt(a[i, i])
        """,
        1,
    ),
    "cholesky, right-looking": (
        "a",
        """
        for k in range(a.shape[0]):
            a[k, k] = np.sqrt(a[k, k])
            for i in range(k + 1, a.shape[0]):
                a[i, k] = a[i, k] / a[k, k]
            for i in range(k + 1, a.shape[0]):
                for j in range(k + 1, i + 1):
                    a[i, j] = a[i, j] - a[i, k] * a[j, k]
        """,
        1,
    ),
    "lu": (
        "a",
        """
        for i in range(a.shape[0]):
            for j in range(i):
                a[i, j] -= a[i, :j] @ a[:j, j]
                a[i, j] /= a[j, j]
            for j in range(i, a.shape[0]):
                a[i, j] -= a[i, :i] @ a[:i, j]
        """,
        2,
    ),
    "lu, right-looking": (
        "a",
        """
        for k in range(a.shape[0]):
            for i in range(k + 1, a.shape[0]):
                a[i, k] /= a[k, k]
                for j in range(k + 1, a.shape[0]):
                    a[i, j] -= a[i, k] * a[k, j]
        """,
        1,
    ),
    "lu, columns first": (
        "a",
        """
        for j in range(a.shape[0]):
            for i in range(a.shape[0]):
                for k in range(min(i, j)):
                    a[i, j] = a[i, j] - a[i, k] * a[k, j]
                if i > j:
                    a[i, j] = a[i, j] / a[j, j]
        """,
        None,
    ),
    "triangular solve, many right-hand sides": (
        "a, b",
        """
        for i in range(b.shape[0]):
            for j in range(b.shape[1]):
                s = b[i, j]
                for k in range(i):
                    s = s - a[i, k] * b[k, j]
                b[i, j] = s / a[i, i]
        """,
        1,
    ),
    "triangular solve, from behind": (
        "a, b",
        """
        n = b.shape[0]
        for i in range(n - 1, -1, -1):
            for j in range(b.shape[1]):
                s = 0.0
                for k in range(i + 1, n):
                    s = s + a[i, k] * b[k, j]
                b[i, j] = (b[i, j] - s) / a[i, i]
        """,
        1,
    ),
    "trmm": (
        "a, b",
        """
        for i in range(b.shape[0]):
            for j in range(b.shape[1]):
                for k in range(i + 1, b.shape[0]):
                    b[i, j] += a[k, i] * b[k, j]
                b[i, j] *= 1.5
        """,
        1,
    ),
    "symm": (
        "a, b, c",
        """
        for i in range(b.shape[0]):
            for j in range(b.shape[1]):
                s = 0.0
                for k in range(i):
                    c[k, j] += 1.5 * b[i, j] * a[i, k]
                    s += b[k, j] * a[i, k]
                c[i, j] = 0.5 * c[i, j] + 1.5 * b[i, j] * a[i, i] + 1.5 * s
        """,
        2,
    ),
    "syr2k": (
        "a, b, c",
        """
        for i in range(c.shape[0]):
            for j in range(i + 1):
                c[i, j] *= 0.5
            for k in range(a.shape[1]):
                for j in range(i + 1):
                    c[i, j] += 1.5 * a[j, k] * b[i, k] - 1.5 * b[j, k] * a[i, k]
        """,
        2,
    ),
    "lu, rows as arrays": (
        "a",
        """
        for i in range(a.shape[0]):
            for j in range(i):
                a[i, j] = (a[i, j] - a[i, :j] @ a[:j, j]) / a[j, j]
            a[i, i:] -= a[i, :i] @ a[:i, i:]
        """,
        2,
    ),
    "lu, right-looking, as arrays": (
        "a",
        """
        for k in range(a.shape[0]):
            a[k + 1 :, k] /= a[k, k]
            a[k + 1 :, k + 1 :] -= np.outer(a[k + 1 :, k], a[k, k + 1 :])
        """,
        1,
    ),
    "trmm, as arrays": (
        "a, b",
        """
        for i in range(b.shape[0]):
            b[i] = 1.5 * (b[i] + a[i + 1 :, i] @ b[i + 1 :])
        """,
        1,
    ),
    "syr2k, as arrays": (
        "a, b, c",
        """
        for i in range(a.shape[0]):
            c[i, : i + 1] = 0.5 * c[i, : i + 1] + 1.5 * (a[: i + 1] @ b[i] + b[: i + 1] @ a[i])
        """,
        2,
    ),
    "both halves at once": (
        "a, b",
        """
        n = b.shape[0]
        for i in range(n):
            b[i:n, i] = b[i, i:n] = a[:, i] @ a[:, i:n] / (a.shape[0] + 0.5)
        """,
        1,
    ),
    "the other half in loops": (
        "a, b",
        """
        for i in range(b.shape[0] - 1):
            b[i, i] = 1.0
            for j in range(i + 1, b.shape[0]):
                b[i, j] = 0.0
                for k in range(a.shape[0]):
                    b[i, j] += a[k, i] * a[k, j]
                b[j, i] = b[i, j]
        """,
        1,
    ),
    "a row that the next turn reads": (
        "a, b",
        """
        row = np.zeros(b.shape[1])
        for i in range(b.shape[0]):
            b[i] += row
            row = a[i] @ b
        """,
        0,
    ),
    "a row that is read elsewhere": (
        "a, b",
        """
        for i in range(b.shape[0]):
            row = a[i, :i] @ a[:i]
            for j in range(b.shape[1]):
                b[i, j] += row[b.shape[1] - 1 - j]
        """,
        0,
    ),
    "some sums are empty": (
        "a, b, c",
        """
        for i in range(c.shape[0]):
            for j in range(c.shape[0]):
                c[i, j] = -c[i, j]
                for k in range(i - j):
                    c[i, j] += a[i, k] * b[k, j]
        """,
        1,
    ),
    "an element is read before it is final": (
        "a",
        """
        for i in range(1, a.shape[0]):
            for j in range(1, a.shape[0]):
                for k in range(1, a.shape[0]):
                    a[i, j] -= a[i, k] * a[k, j]
        """,
        0,
    ),
    "the sum is used before its end": (
        "a, b, c",
        """
        for k in range(a.shape[0]):
            for i in range(a.shape[0]):
                for j in range(a.shape[0]):
                    c[i, j] += a[i, k] * b[k, j]
                    b[k, j] = c[j, i]
        """,
        0,
    ),
}


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(blocks, "SIZE", SIZE)
    monkeypatch.setattr(blocks, "LARGE", SIZE + 1)
    monkeypatch.setattr(tile_writer, "LEAST_EXTENT", SIZE + SIZE // 2)
    monkeypatch.setattr(tile_writer, "LEAST_WORK", 0.0)
    yield


def source(parameters: str, body: str) -> str:
    hinted = ", ".join(f"{name}: {M}" for name in parameters.split(", "))
    lines = "\n".join(line[4:] for line in body.strip("\n").splitlines())
    return f"import numpy as np\n\n\ndef f({hinted}):\n{lines}\n"


def compiled(text: str) -> Function:
    (made,) = lower(parse(SourceFile("f.py", text))).functions
    after = optimise(prove_bounds(normalise(made)), Options()).function
    check(after)
    return after


def products(function: Function) -> int:
    return sum(isinstance(stmt, LibraryCall) for stmt in walk_stmts(function.body))


def original(text: str) -> Any:
    names: dict[str, Any] = {}
    exec(text, names)
    return names["f"]


def arguments(parameters: str, size: int, seed: int = 0) -> list[Any]:
    draw = np.random.default_rng(seed)
    shape = (size, size)
    a = draw.random(shape) + draw.random(shape).T
    return [a + a.T + 4 * size * np.eye(size), draw.random(shape), draw.random(shape)][
        : len(parameters.split(", "))
    ]


def same(text: str, function: Function, given: list[Any]) -> None:
    wanted, got = [x.copy() for x in given], [x.copy() for x in given]
    with np.errstate(all="ignore"):
        original(text)(*wanted)
        assert isinstance(interpret(function, got), Returned)
    for before, a, b in zip(given, wanted, got, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-9, atol=1e-9)
        kept = (a == before) | (np.isnan(a) & np.isnan(before))
        assert (np.isnan(a) == np.isnan(b)).all()
        assert (b.view(np.int64)[kept] == a.view(np.int64)[kept]).all()  # what is not touched stays as it is


@pytest.mark.parametrize("name", CASES)
def test_tiles_mean_the_same(name: str) -> None:
    parameters, body, expected = CASES[name]
    text = source(parameters, body)
    function = compiled(text)
    if expected is not None:
        assert products(function) == expected
    for size in (1, SIZE - 1, SIZE, SIZE + 1, 6, 2 * SIZE + 1, 2 * SIZE + 3, 27):
        same(text, function, arguments(parameters, size))


BLOCKED = [name for name, case in CASES.items() if case[2]]


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_infinities_go_where_they_went(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(BLOCKED))
    parameters, body, _ = CASES[name]
    text = source(parameters, body)
    size = data.draw(st.integers(1, 3 * SIZE))
    given = arguments(parameters, size, data.draw(st.integers(0, 9)))
    for _ in range(data.draw(st.integers(0, 2))):
        array = data.draw(st.sampled_from(given))
        place = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
        array[place] = data.draw(st.sampled_from((np.nan, np.inf, -np.inf, 0.0, -0.0)))
    same(text, COMPILED.setdefault(name, compiled(text)), given)


COMPILED: dict[str, Function] = {}


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_names_do_not_matter(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(BLOCKED))
    parameters, body, expected = CASES[name]
    old = ("i", "j", "k", "a")
    new = data.draw(st.permutations(("p", "row", "first_row", "product")))
    for before, after in zip(old, new, strict=True):
        parameters = re.sub(rf"\b{before}\b", after, parameters)
        body = re.sub(rf"\b{before}\b", after, body)
    text = source(parameters, body)
    function = compiled(text)
    assert products(function) == expected
    same(text, function, arguments(parameters, data.draw(st.integers(1, 3 * SIZE))))


def test_strict_keeps_the_order() -> None:
    text = source(*CASES["lu"][:2])
    (made,) = lower(parse(SourceFile("f.py", text))).functions
    assert products(optimise(prove_bounds(normalise(made)), Options(strict=True)).function) == 0


def test_names_of_programs_in_the_repository() -> None:
    folder = Path(__file__).resolve().parents[3] / "benchmarks" / "programs"
    text = (folder / "lu.py").read_text()
    functions = {f.source_name: f for f in lower(parse(SourceFile("lu.py", text))).functions}
    for form in ("lists", "loops"):
        assert products(optimise(prove_bounds(normalise(functions[form])), Options()).function) == 2
