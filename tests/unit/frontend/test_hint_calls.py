"""Hints that leave the element type open are closed by what calls in the same file pass."""

from itertools import pairwise

import libcst as cst
import pytest

from pyaot.frontend import hint_calls
from pyaot.frontend.hints import ArrayHint, Hint, ListHint, ScalarHint, instances
from pyaot.ir.types import PY_INT, DType
from tests.unit.frontend.test_hints import F32, F64, FLOAT, I64, INT, scope_of

HEAD = "import numpy as np\nimport random\nfrom numpy.typing import NDArray\nrng = np.random.default_rng(0)\n"
I32, C128, BOOL = DType.INT32, DType.COMPLEX128, DType.BOOL


def first_types(parameters: str, calls: str) -> list[Hint]:
    scope = scope_of(f"{HEAD}def f({parameters}): ...\n{calls}\n")
    return [signature.parameters[0].type for signature in instances(scope.functions["f"], scope).signatures]


@pytest.mark.parametrize(
    ("calls", "dtypes"),
    [
        ("", [F64]),
        ("f(np.zeros(3))", [F64]),
        ("f(np.zeros(3, dtype=np.float32))", [F64, F32]),
        ("f(np.zeros((2, 2), np.int32))", [F64, I32]),
        ("f(np.ones(3, 'float32'))", [F64, F32]),
        ("f(np.full(3, 1))", [F64, I64]),
        ("f(np.arange(9))", [F64, I64]),
        ("f(np.arange(0.0, 9.0))", [F64]),
        ("f(np.arange(9) / 2)", [F64]),
        ("f(np.arange(9) * 2)", [F64, I64]),
        ("f(np.array([1, 2]))", [F64, I64]),
        ("f(np.array([[1j]]))", [F64, C128]),
        ("f(np.ones(3) * 1j)", [F64, C128]),
        ("f(rng.normal(size=3))", [F64]),
        ("f(rng.normal(size=3).astype(np.float32))", [F64, F32]),
        ("f(rng.integers(0, 2, (3, 3)))", [F64, I64]),
        ("f(np.random.rand(3) > 0.5)", [F64, BOOL]),
        ("f(~(np.arange(3) == x))", [F64, BOOL]),
        ("f(-np.arange(3))", [F64, I64]),
        ("f(np.arange(3) if 1 else x)", [F64, I64]),
        ("f(np.stack([np.arange(3), x.astype(np.int64)], axis=1))", [F64, I64]),
        ("f(np.concatenate((np.zeros(3, np.float32), np.zeros(3, np.int8))))", [F64, F32]),
        ("f(np.exp(np.zeros(3, np.float32)))", [F64, F32]),
        ("f(np.isnan(np.zeros(3)))", [F64, BOOL]),
        ("f(np.greater(np.arange(3), np.arange(3)))", [F64, BOOL]),
        ("f(np.where(x, np.arange(3), np.arange(3)))", [F64, I64]),
        ("f(np.bincount(x))", [F64, I64]),
        ("f(np.sort(np.arange(3)))", [F64, I64]),
        ("x, y = np.arange(3), np.zeros(3, np.float32)\nf(y)\nf(x)", [F64, F32, I64]),
        ("def g():\n    return np.arange(3)\nf(g())", [F64, I64]),
        (
            "def g(s):\n    r = np.array([ord(c) for c in s], dtype=np.int32)\n    return r\nf(g('a'))",
            [F64, I32],
        ),
        ("def g(n):\n    return n, np.arange(n)\nx, y = g(3)\nf(y)", [F64, I64]),
        ("def g(x: np.ndarray):\n    return x[1:], 1\ny, z = g(np.arange(3))\nf(y)", [F64, I64]),
        ("def g(x: np.ndarray):\n    return g(x)\nf(g(np.arange(3)))", [F64]),
        ("def g(x: np.ndarray):\n    f(x)\n    g(x[1:])\ng(np.arange(3))", [F64, I64]),
        ("def g(n):\n    return n\nx, y = g(3)\nf(y)", [F64]),
        ("def g(x):\n    return x * 2\nf(g(np.arange(3)))", [F64, I64]),
        ("def main(x):\n    f(x)\nmain(np.arange(3))", [F64, I64]),
        ("def main(x=np.arange(3)):\n    f(x)", [F64, I64]),
        ("class C:\n    def __init__(self, x):\n        f(x)\nC(np.arange(3))", [F64, I64]),
        ("class C:\n    def g(self, x):\n        f(x)\nunknown.g(np.arange(3))", [F64, I64]),
        ("class C:\n    def g(self):\n        return np.arange(3)\nf(C().g())", [F64, I64]),
        ("def g(n):\n    return np.arange(n)\n(x, (y, z)), w = g(3)\nf(y)", [F64]),
        ("x = np.zeros(3, np.float32)\ny = x.reshape(1, 3).T[0:1]\nf(y)", [F64, F32]),
        ("x = np.zeros(3, np.float32)\nx = np.zeros(3)\nf(x)", [F64]),
        ("def main():\n    x = np.arange(3)\n    for i in range(2):\n        f(a=x)", [F64, I64]),
        ("def main(x: NDArray[np.float32]):\n    f(x)", [F64, F32]),
        ("def main(x):\n    f(x)", [F64]),
        ("def main(x: np.float32, y: bool, z: complex):\n    f(np.zeros(3, np.int8) * x + y)", [F64, F32]),
        ("f(np.zeros(3, np.float32))\nf(np.arange(3))", [F64, F32, I64]),
        ("f(np.zeros(3, np.float16))", [F64]),
        ("x = x\nf(x)", [F64]),
        ("f(*x)", [F64]),
        ("f()", [F64]),
        ("f(unknown(), 1, 2, 3)", [F64]),
    ],
)
@pytest.mark.parametrize("hint", ["np.ndarray", "NDArray"])
def test_arrays(hint: str, calls: str, dtypes: list[DType]) -> None:
    assert first_types(f"a: {hint}, b: int = 0", calls) == [ArrayHint(dtype) for dtype in dtypes]


@pytest.mark.parametrize(
    ("calls", "items"),
    [
        ("f([1, 2])", [FLOAT, INT]),
        ("f([0] * 8)", [FLOAT, INT]),
        ("f([1.0])", [FLOAT]),
        ("f([[1]])", [FLOAT, ListHint(INT)]),
        ("f([random.random() for _ in range(3)])", [FLOAT]),
        ("f([])", [FLOAT]),
        ("f(['a'])", [FLOAT]),
    ],
)
def test_lists(calls: str, items: list[Hint]) -> None:
    assert first_types("a: list", calls) == [ListHint(item) for item in items]


def test_arguments_of_one_call_belong_together() -> None:
    scope = scope_of(
        f"{HEAD}def f(a: np.ndarray, b: np.ndarray | None, n: int): ...\n"
        "f(np.zeros(3, np.float32), np.zeros(3, np.int64), 3)\n"
    )
    found = [tuple(p.type for p in s.parameters) for s in instances(scope.functions["f"], scope).signatures]
    assert (ArrayHint(F32), ArrayHint(I64), ScalarHint(PY_INT)) in found
    assert (ArrayHint(F64), ArrayHint(I64), ScalarHint(PY_INT)) not in found


def test_closed_hints_stay_as_they_are() -> None:
    assert first_types("a: NDArray[np.float64]", "f(np.arange(3))") == [ArrayHint(F64)]


def test_long_chains_of_calls_are_followed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each function calls the next one four times: eight deep that is 65,536 ways to the first call."""
    names = [*(f"f{n}" for n in range(7)), "f"]
    text = HEAD + "".join(
        f"def {name}(x: np.ndarray):\n" + "".join(f"    {then}(x + {n})\n" for n in range(4))
        for name, then in pairwise(names)
    )
    scope = scope_of(f"{text}def f(x: np.ndarray): ...\nf0(np.arange(3))\n")
    asked: list[object] = []

    def counting(node: cst.BaseExpression, at: object) -> Hint | None:
        asked.append(node)
        assert len(asked) < 2000
        return infer(node, at)

    infer = hint_calls._infer
    monkeypatch.setattr(hint_calls, "_infer", counting)
    found = instances(scope.functions["f"], scope).signatures
    assert [s.parameters[0].type for s in found] == [ArrayHint(F64), ArrayHint(I64)]
