"""rank_choices: how many dimensions arrays have whose hints leave it open."""

from pathlib import Path

import pytest

from pyaot.base.source import SourceFile
from pyaot.frontend.hints import instances
from pyaot.frontend.parse import parse
from pyaot.frontend.ranks import rank_choices
from pyaot.frontend.scopes import read_scopes

HEAD = """\
from dataclasses import dataclass
import numpy as np
from numpy.typing import NDArray
V = NDArray[np.float64]
rng = np.random.default_rng()

@dataclass
class State:
    pos: V
    mass: V

"""


def choices(body: str, hint: str = "V", calls: str = "") -> list[dict[str, int]]:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    text = f"{HEAD}def f(a: {hint}, i: int, n: int):\n{lines}\n{calls}\n"
    scope = read_scopes(parse(SourceFile(Path("prog.py"), text)))
    (signature,) = instances(scope.functions["f"], scope).signatures
    return list(rank_choices(scope.functions["f"], scope, signature))


@pytest.mark.parametrize(
    ("body", "ranks"),
    [
        ("return a + 1", [1, 2, 3, 4]),
        ("return a[i]", [1]),
        ("return a[i, 0] + a[i][1]", [2]),
        ("return a[:, None]", [1]),
        ("n, m = a.shape\nreturn n", [2]),
        ("return a.shape[2]", [3]),
        ("b = a.copy()\nreturn b[i, i]", [2]),
        ("return a.sum(axis=1)", [2]),
        ("return np.mean(a * a, axis=2)", [3]),
        ("return np.dot(a[i], a[i])", [2, 1]),
        ("d = a[i] - a[0]\nreturn np.linalg.norm(d)", [2, 1]),
        ("d = a[i] - a[0]\nreturn d[0] * d[1]", [2, 1]),
        ("x, y = a[i]\nreturn x", [2, 1]),
        ("for x in a[i]:\n    n += x\nreturn n", [2, 1]),
        ("return a[i].sum()", [2, 1]),
        ("return max(a[i], 0.0) + sum([a[0]])", [1]),
        ("return np.sqrt(a[i])", [1]),
        ("return a[i, 0] @ a[i, 1]", [3, 2]),
        ("return np.einsum('ij, j -> i', a, a[0])", [2]),
        ("return np.einsum('...j,kj', a, a + 1)", [1, 2, 3, 4]),
        ("return np.linalg.inv(a)", [2]),
        ("return np.trace(a) + np.trace(a + 1)", [2]),
        ("return a.T @ a", [2]),
        ("return np.linalg.norm(a)", [1, 2, 3, 4]),
    ],
)
def test_uses(body: str, ranks: list[int]) -> None:
    assert [choice["a"] for choice in choices(body)] == ranks


@pytest.mark.parametrize(
    ("calls", "ranks"),
    [
        ("f(np.zeros((3, 4)), 1, 2)", [2, 1, 3, 4]),
        ("f(np.zeros(3), 1, 2)\nf(np.ones([3, 3, 3]), 1, 2)", [1, 3, 2, 4]),
        ("f(rng.normal(size=(3, 2)), 1, 2)", [2, 1, 3, 4]),
        ("f(rng.random((3, 2, 2))[0], 1, 2)", [2, 1, 3, 4]),
        ("f(rng.random((3, 2, 2)).reshape(6, 2).T, 1, 2)", [2, 1, 3, 4]),
        ("x = np.linspace(0, 1, 5)\nf(x[:, None] * x, 1, 2)", [2, 1, 3, 4]),
        ("f([[1.0]], 1, 2)", [1, 2, 3, 4]),
        ("def g(k):\n    return f(np.zeros(k), 1, 2)", [1, 2, 3, 4]),
        ("f(np.array([[1.0, 2.0]]), 1, 2)", [2, 1, 3, 4]),
    ],
)
def test_calls(calls: str, ranks: list[int]) -> None:
    assert [choice["a"] for choice in choices("return a + 1", calls=calls)] == ranks


def test_calls_are_right_where_the_uses_allow_it() -> None:
    assert choices("return a[i]", calls="f(np.zeros((3, 4)), 1, 2)") == [{"a": 2}]
    assert choices("return a[i, i]", calls="f(np.zeros(3), 1, 2)") == [{"a": 2}]


def test_calls_are_right_where_another_operand_may_have_the_axis() -> None:
    body = "return (np.ones((n, n)) + a).argmax(axis=1)"
    assert choices(body)[0] == {"a": 2}
    assert choices(body, calls="f(np.zeros(3), 1, 2)")[0] == {"a": 1}
    assert choices("return a.argmax(axis=1)", calls="f(np.zeros(3), 1, 2)")[0] == {"a": 2}


def test_fields_get_what_their_objects_are_made_of() -> None:
    made = "s = State(rng.normal(size=(9, 3)), np.ones(9))"
    found = choices("return a.mass.sum() + a.pos.sum()", "State", made)
    assert found[0] == {"a.pos": 2, "a.mass": 1}
