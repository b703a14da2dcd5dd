"""The scripts that write programs otherwise do what they say, and nothing that changes a result."""

import ast
from typing import Any

import libcst as cst
import numpy as np

from tests.variation.rename import renamed
from tests.variation.reorder import reordered
from tests.variation.split import split
from tests.variation.structure import structure
from tests.variation.swap import swapped
from tests.variation.vary import varied

PROGRAM = """
import numpy as np

SCALE = 2.0
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def shifted(x, by=1.0):
    return x + by * SCALE


def entry(a: Matrix, b: Matrix):
    n, m = a.shape
    total = 0.0
    rows = [shifted(0.5 * k, by=2.0) for k in range(n)]
    for j in range(m):
        for i in range(n):
            a[i, j] += shifted(b[i, j] * 3.0, by=0.5) * rows[i + 0]
    for i in range(1, n):
        total = total + a[i - 1, 0] * a[i, 0] if i % 2 else total
    return total
"""


def ran(text: str) -> tuple[Any, list[list[float]]]:
    names: dict[str, Any] = {}
    exec(text, names)
    a, b = np.arange(12.0).reshape(3, 4), np.ones((3, 4))
    return names["entry"](a, b), a.tolist()


def names_in(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def test_a_varied_program_computes_the_same() -> None:
    assert ran(varied(PROGRAM, {"entry"})) == ran(PROGRAM)


def test_no_name_of_the_program_is_left() -> None:
    text = renamed(cst.parse_module(PROGRAM), {"entry"}).code
    assert ran(text) == ran(PROGRAM)
    own = {"SCALE", "Matrix", "shifted", "x", "by", "a", "b", "n", "m", "total", "rows", "i", "j", "k"}
    assert own <= names_in(PROGRAM) | {"by"} and not own & names_in(text)


def test_every_operation_has_its_line() -> None:
    text = split(
        cst.parse_module("def f(a, b):\n    a[b + 1] += a[0] * b * 2\n    return -(a[1] + b)\n")
    ).code
    assert text.splitlines()[1:] == [
        "    part_1 = a[0] * b",
        "    part_2 = part_1 * 2",
        "    part_3 = b + 1",
        "    a[part_3] += part_2",
        "    part_4 = (a[1] + b)",
        "    return -part_4",
    ]


def test_what_may_not_run_stays() -> None:
    text = "def f(a, b):\n    while a * b + 1 < 3 and a + b:\n        a += 1\n"
    text += "    return [k * 2 + 1 for k in b]\n"
    assert split(cst.parse_module(text)).code == text


def test_neighbours_change_places_where_they_are_independent() -> None:
    def bodies(*lines: str) -> tuple[str, str]:
        text = "def f(x, y):\n" + "".join(f"    {line}\n" for line in lines)
        return swapped(cst.parse_module(text)).code, text

    new, _ = bodies("a = x + 1", "b = y * 2", "return a")
    assert new.splitlines()[1:] == ["    b = y * 2", "    a = x + 1", "    return a"]
    for lines in (
        ("a = x + 1", "b = a * 2"),
        ("b = a * 2", "a = x + 1"),
        ("v = x[1:]", "x[0] = 2.0", "v[0] = 3.0"),
        ("a = g(x)", "b = x * 2"),
        ("a = np.add(y, 1, out=x)", "b = x * 2"),
    ):
        new, text = bodies(*lines)
        assert new == text


def test_loops_change_places_where_dependences_allow_it() -> None:
    free, bound = "a[i, j] = b[i, j]", "a[i, j + 1] = a[i + 1, j]"
    for line, first in ((free, "j"), (bound, "i")):
        text = PROGRAM + (
            "\n\ndef other(a: Matrix, b: Matrix):\n    for i in range(a.shape[0] - 1):\n"
            f"        for j in range(a.shape[1] - 1):\n            {line}\n"
        )
        assert f"    for {first} in" in reordered(text).code.split("def other")[1].splitlines()[1]


def test_structure_forgets_names_and_order() -> None:
    def loop(index: str, *inside: object, simd: bool = False) -> dict[str, object]:
        return {"index": index, "parallel": False, "simd": simd, "reductions": [], "inside": list(inside)}

    def report(*loops: object) -> dict[str, Any]:
        instance = {"versions": ["native"], "pays": True, "loops": list(loops)}
        return {"functions": [{"name": "f", "instances": [instance]}]}

    call = {"library": "matmul"}
    one = report(loop("i", loop("j", simd=True), call), call)
    assert structure(one, "f") == structure(report(call, loop("a", call, loop("b", simd=True))), "f")
    assert structure(one, "f") != structure(report(call, loop("i", loop("j"), call)), "f")
