"""NumPy versions: what becomes a slice, a sum, a mask or stays a loop; and that all of them are right."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyaot.backends.emitted import Emitted
from pyaot.backends.to_numpy import Wrapping, emit_numpy
from pyaot.base.source import read_source
from pyaot.frontend.lower import lower
from pyaot.frontend.parse import parse
from pyaot.normalise.pipeline import normalise
from pyaot.poly.bounds import prove_bounds
from tests.unit.backends.numpy_version import agree, close, function_of, kernel_of, leaves, text_of
from tests.unit.backends.numpy_version import executed as executed_text

A1, A2 = "NDArray[np.float64]", "np.ndarray[tuple[int, int], np.dtype[np.float64]]"
RNG = np.random.default_rng(5)
X, Y = RNG.standard_normal(9), RNG.standard_normal(9)
M, W = RNG.standard_normal((7, 9)), RNG.standard_normal((9, 9))

# name: source, arguments, what the text has to say
CASES: dict[str, tuple[str, tuple[Any, ...], tuple[str, ...]]] = {
    "shift": (
        f"def f(a: {A1}, b: {A1}, n: int) -> None:\n    for i in range(1, n):\n"
        "        b[i] = a[i - 1] * 2.0\n",
        (X, Y, 9),
        ("b[1:n] = a[:n - 1] * 2.0",),
    ),
    "transposed": (
        f"def f(a: {A2}, b: {A2}) -> None:\n    for i in range(a.shape[0]):\n"
        "        for j in range(a.shape[1]):\n            b[j, i] = a[i, j] + b[j, i]\n",
        (M, RNG.standard_normal((9, 7))),
        (".T",),
    ),
    "backwards": (
        f"def f(a: {A1}, b: {A1}, n: int) -> None:\n    for i in range(n):\n        b[i] = a[n - 1 - i]\n",
        (X, Y, 9),
        ("[::-1]",),
    ),
    "stepped": (
        f"def f(a: {A1}, b: {A1}) -> None:\n    for i in range(4):\n        b[i] = a[2 * i + 1]\n",
        (X, Y),
        ("a[1:8:2]",),
    ),
    "index as value": (
        f"def f(b: {A2}) -> None:\n    for i in range(7):\n        for j in range(9):\n"
        "            b[i, j] = 10.0 * i + j\n",
        (M,),
        ("np.arange(7)", "[:, None]"),
    ),
    "triangle": (
        f"def f(a: {A2}, b: {A2}) -> None:\n    for i in range(9):\n        for j in range(i, 9):\n"
        "            b[i, j] = a[j, i]\n",
        (W, W.copy()),
        ("for i in range(9):", "b[i, i:9] = a[i:9, i]"),
    ),
    "lockstep": (
        f"def f(a: {A1}, w: {A1}, out: {A1}, n: int, m: int) -> None:\n    for i in range(n):\n"
        "        t = 0.0\n        for p in range(m):\n            t = t * 0.5 + a[i + p] * w[p]\n"
        "        out[i] = t\n",
        (X, Y, np.zeros(9), 4, 5),
        ("for p_2 in range(m):", "out[:n] = t_2"),
    ),
    "sum": (
        f"def f(a: {A1}) -> float:\n    s = 0.0\n    for i in range(len(a)):\n"
        "        s += a[i] * a[i]\n    return s\n",
        (X,),
        ("a @ a",),
    ),
    "product of matrices": (
        f"def f(a: {A2}, b: {A2}, c: {A2}) -> None:\n    for i in range(7):\n        for j in range(9):\n"
        "            for k in range(9):\n                c[i, j] += a[i, k] * b[k, j]\n",
        (M, W, M.copy()),
        (" @ ",),
    ),
    "choice": (
        f"def f(a: {A1}, b: {A1}) -> None:\n    for i in range(9):\n        if a[i] > 0.0:\n"
        "            b[i] = a[i]\n        else:\n            b[i] = 0.5\n",
        (X, Y),
        ("np.where(",),
    ),
    "masked division": (
        f"def f(a: {A1}, b: {A1}) -> None:\n    for i in range(9):\n        if a[i] != 0.0:\n"
        "            b[i] = 1.0 / a[i]\n",
        (np.where(X > 0.0, X, 0.0), Y),
        ("errstate", "lanes"),
    ),
    "histogram": (
        "def f(k: NDArray[np.int64], c: NDArray[np.int64]) -> None:\n    for i in range(len(k)):\n"
        "        c[k[i]] += 1\n",
        (RNG.integers(-4, 4, 30), np.zeros(4, np.int64)),
        ("np.add.at(c, item, 1)",),
    ),
    "gather": (
        f"def f(k: NDArray[np.int64], a: {A1}, b: {A1}) -> None:\n    for i in range(len(k)):\n"
        "        b[i] = a[k[i]]\n",
        (RNG.integers(0, 9, 9), X, Y),
        ("a[k]",),
    ),
    "swap": (
        f"def f(a: {A1}, b: {A1}) -> None:\n    for i in range(9):\n        t = a[i]\n        a[i] = b[i]\n"
        "        b[i] = t\n",
        (X, Y),
        (".copy()",),
    ),
    "python's square root": (
        f"def f(a: {A1}, b: {A1}) -> None:\n    for i in range(9):\n        b[i] = math.sqrt(a[i])\n",
        (np.abs(X), Y),
        ("np.sqrt", "isfinite"),
    ),
    "small integers": (
        "def f(a: NDArray[np.int8], n: int) -> np.int8:\n    s = np.int8(0)\n    for i in range(n):\n"
        "        s += a[i]\n    return s\n",
        (np.full(9, 100, np.int8), 9),
        ("dtype=np.int8",),
    ),
    "any": (
        f"def f(a: {A1}, x: float) -> bool:\n    found = False\n    for i in range(9):\n"
        "        found = found or a[i] > x\n    return bool(found)\n",
        (X, 1.0),
        (".any()",),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_loop_has_its_array_form_and_the_interpreters_result(name: str) -> None:
    source, arguments, says = CASES[name]
    function = function_of(source)
    text = text_of(function)
    assert all(words in text for words in says), text
    assert agree(function, arguments, kernel_of(function)), text


# ---- refusals


REFUSED = {
    "a recurrence": (
        f"def f(a: {A1}) -> None:\n    for i in range(1, 9):\n        a[i] = a[i - 1] * 0.5 + a[i]\n"
    ),
    "the value of the last iteration": (
        f"def f(a: {A1}) -> float:\n    t = 0.0\n    for i in range(9):\n"
        "        t = t * a[i] + 1.0\n    return t\n"
    ),
    "half of the loops": (
        f"def f(a: {A1}, b: {A1}) -> None:\n    for i in range(1, 9):\n        a[i] = a[i - 1] * a[i]\n"
        "    for i in range(9):\n        b[i] = a[i]\n"
    ),
    "array operators only": f"def f(a: {A1}) -> {A1}:\n    return a + 1.0\n",
    "a while loop": "def f(n: int) -> int:\n    while n > 10:\n        n = n // 3\n    return n\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_gain_nothing_has_no_version(name: str) -> None:
    refusal = emit_numpy(function_of(REFUSED[name]), Wrapping())
    assert not isinstance(refusal, Emitted), refusal
    assert refusal.code.number == "PA601" and refusal.function == "f" and refusal.label


def test_strict_keeps_the_order_of_sums() -> None:
    source, arguments, _ = CASES["sum"]
    assert not isinstance(emit_numpy(function_of(source), Wrapping(), is_strict=True), Emitted)
    source, arguments, _ = CASES["histogram"]
    function = function_of(source)
    assert agree(function, arguments, kernel_of(function, is_strict=True))


# ---- failing


def test_a_failed_attempt_changes_nothing() -> None:
    source = CASES["gather"][0].replace("    for i", "    b[0] = 7.0\n    for i", 1)
    kernel = kernel_of(function_of(source))
    a, b = X.copy(), Y.copy()
    assert kernel((np.array([0, 1, 9]), a, b)) == (-1, 0)
    assert (a == X).all() and (b == Y).all()
    assert kernel((np.array([0, 1, 8]), a, b)) == (0, 0)
    assert b[:3].tolist() == [*X[:2], X[8]]


def test_pythons_division_by_zero_declines() -> None:
    function = function_of(
        f"def f(x: list[float], b: {A1}) -> None:\n    for i in range(3):\n        b[i] = 1.0 / x[i]\n"
    )
    kernel = kernel_of(function)
    b = np.ones(3)
    assert kernel((np.array([1.0, 0.0, 2.0]), b)) == (-1, 0)
    assert (b == 1.0).all()
    assert kernel((np.array([1.0, 4.0, 2.0]), b)) == (0, 0)
    assert b.tolist() == [1.0, 0.25, 0.5]


def test_roots_of_negative_numbers_decline() -> None:
    kernel = kernel_of(function_of(CASES["python's square root"][0]))
    assert kernel((X, Y.copy())) == (-1, 0)


def test_warnings_become_flags_where_the_original_warns_and_nowhere_else() -> None:
    plain = function_of(CASES["masked division"][0].replace("if a[i] != 0.0", "if True"))
    a = np.array([1.0, 0.0, *np.ones(7)])
    assert kernel_of(plain)((a, Y.copy())) == (0, 1)
    masked = kernel_of(function_of(CASES["masked division"][0]))
    assert masked((a, Y.copy())) == (0, 0)


def test_the_users_errstate_is_not_asked_before_the_end() -> None:
    source, _, _ = CASES["shift"]
    kernel, b = kernel_of(function_of(source)), np.zeros(3)
    with np.errstate(all="raise"):
        assert kernel((np.full(3, 1e308), b, 3)) == (0, 2)
    assert np.isinf(b[1:]).all()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_or_no_iterations(n: int) -> None:
    for name in ("shift", "backwards", "lockstep"):
        source, arguments, _ = CASES[name]
        function = function_of(source)
        small = tuple(n if isinstance(x, int) else x for x in arguments)
        assert agree(function, small, kernel_of(function)), name


def test_stops_below_starts_are_no_subscripts_from_the_end() -> None:
    source = f"def f(a: {A1}, n: int) -> None:\n    for i in range(1, n - 1):\n        a[i] = 0.0\n"
    function, a = function_of(source), np.ones(10)
    assert kernel_of(function)((a, 0))[0] == 0
    assert (a == 1.0).all()


# ---- text


def test_the_text_is_readable() -> None:
    text = text_of(function_of(CASES["lockstep"][0]))
    assert "# line 8" in text
    for source, _, _ in CASES.values():
        assert max(map(len, text_of(function_of(source)).splitlines())) <= 110


def test_names_of_builtins_and_modules_are_not_bound() -> None:
    source = f"def f(a: {A1}, max: int, np_: float) -> None:\n    for i in range(max):\n        a[i] = np_\n"
    function, a = function_of(source), np.ones(4)
    assert kernel_of(function)((a, 3, 2.0))[0] == 0
    assert a.tolist() == [2.0, 2.0, 2.0, 1.0]


# ---- the examples

ROOT = Path(__file__).parents[3]
WITHOUT = {"mandelbrot_loops", "area_table_loops"}  # a loop of unknown length; a recurrence both ways


def _examples() -> list[str]:
    return sorted(path.stem for path in (ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("example", _examples())
def test_examples_give_the_originals_results(example: str) -> None:
    path = ROOT / "examples" / f"{example}.py"
    module = _module(path)
    program = lower(parse(read_source(path)))
    names = [name for name in module.inputs(6) if name.endswith("_loops")]
    for name in names:
        emitted = emit_numpy(prove_bounds(normalise(program.function(name))), Wrapping())
        assert isinstance(emitted, Emitted) is (name not in WITHOUT), emitted
        if isinstance(emitted, Emitted):
            arguments = module.inputs(12)[name]
            answer = executed_text(emitted)(arguments)
            assert answer[:2] == (0, 0)
            assert close(list(answer[2:]), leaves(getattr(module, name)(*arguments)))


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"example_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
