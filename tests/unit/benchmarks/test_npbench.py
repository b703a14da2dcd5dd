"""The NPBench harness on a checkout of three small programs: what it compiles, checks and measures."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.npbench import agreement
from benchmarks.npbench.argument_hints import hint_of
from benchmarks.npbench.checkout import program, programs
from benchmarks.npbench.contest import Settings, contest
from benchmarks.npbench.hints import with_hints
from benchmarks.npbench.table import coverage, is_native, is_right, speed, summary

INIT = "import numpy as np\ndef initialize(n):\n    return np.ones(n), np.arange(n, dtype=np.float64)\n"
BODIES = {
    "scale": "    for i in range(a.shape[0]):\n        a[i] = 2.0 * b[i]\n",
    "total": "    return (a + b * b).sum()\n",
    "odd": "    print(end='')\n    return np.interp(a, a, b)\n",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "bench_info").mkdir()
    for name, body in BODIES.items():
        folder = tmp_path / "npbench" / "benchmarks" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.py").write_text(INIT)
        (folder / f"{name}_numpy.py").write_text(f"import numpy as np\n\n\ndef kernel(a, b):\n{body}")
        info = {
            "short_name": name,
            "relative_path": name,
            "module_name": name,
            "func_name": "kernel",
            "parameters": {"S": {"n": 3000}},
            "init": {"func_name": "initialize", "input_args": ["n"], "output_args": ["a", "b"]},
            "input_args": ["a", "b"],
            "array_args": ["a", "b"],
        }
        (tmp_path / "bench_info" / f"{name}.json").write_text(json.dumps({"benchmark": info}))
    return tmp_path


@pytest.mark.parametrize("name", BODIES)
def test_contest(checkout: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    result = contest(program(checkout, name), Settings(rounds=2, threads=1))
    assert is_right(result), result
    assert is_native(result) is (name != "odd")
    assert len(result.sides["numpy"].variants[0].times) == 2
    written = 3000 if name == "scale" else 1 if name == "total" else 3000
    assert (result.read, result.written) == (2 * 3000 * 8, 8 * written)
    assert speed(result) is not None
    assert summary([result], (), None)[0].endswith("(1 programs)")
    assert len(coverage([result])) == 1 + (name == "odd")


def test_unknown_programs_and_folders_are_told(checkout: Path) -> None:
    with pytest.raises(ValueError, match="no such"):
        programs(checkout, ["scale", "such"])
    with pytest.raises(FileNotFoundError):
        programs(checkout / "bench_info")
    assert [p.name for p in programs(checkout)] == ["odd", "scale", "total"]


def test_hints_stand_on_the_entry_only() -> None:
    text = '"""Doc."""\n\ndef f(x):\n    return x\n\ndef kernel(n, a, b=2.0):\n    return f(a)\n'
    hints = {"N": hint_of(3), "a": hint_of(np.zeros((2, 2), np.float32))}
    assert with_hints(text, "kernel", hints) == (
        '"""Doc."""\nimport numpy, typing\n\ndef f(x):\n    return x\n\n'
        "def kernel(n: int, a: numpy.ndarray[tuple[int, int], numpy.dtype[numpy.float32]], b=2.0):\n"
        "    return f(a)\n"
    )
    assert hint_of(np.float64(1)) == "numpy.float64"
    column = "numpy.ndarray[tuple[int, typing.Literal[1]], numpy.dtype[numpy.int8]]"
    assert hint_of(np.zeros((2, 1), np.int8)) == column
    assert hint_of(np.zeros(())) == "numpy.ndarray[tuple[()], numpy.dtype[numpy.float64]]"


def test_what_counts_as_right() -> None:
    before = {"a": np.zeros(3), "n": 3}
    after = {"a": np.ones(3), "n": 3}
    expected = agreement.outcome(None, after, before)
    assert expected.written == ("a",)
    tolerance = agreement.Tolerance()
    assert agreement.disagreement(expected, agreement.outcome(None, after), tolerance) == ""
    assert agreement.disagreement(expected, agreement.outcome(None, before), tolerance) == "relative error 1"
    assert (
        agreement.disagreement(expected, agreement.outcome(1.0, after), tolerance) == "1 results instead of 0"
    )
    moved = agreement.outcome(None, {"a": np.full(3, 1.1), "n": 3})
    assert agreement.disagreement(expected, moved, tolerance) == "relative error 0.1"
    assert agreement.disagreement(agreement.with_slack(expected, moved), moved, tolerance) == ""
    by_return = agreement.outcome(np.ones(3), before)  # as JAX does
    assert agreement.peer_disagreement(expected, by_return, (), tolerance) == ""
    assert agreement.peer_disagreement(expected, agreement.outcome(None, before), (), tolerance) != ""
    scratch = agreement.outcome((np.zeros(2), np.ones(3)), before)
    assert agreement.peer_disagreement(expected, scratch, (), tolerance) == ""
    both = agreement.outcome(after["a"], after, before)  # NumPy's returns what it wrote
    assert agreement.peer_disagreement(both, agreement.outcome(None, after), (), tolerance) == ""
    assert agreement.peer_disagreement(both, agreement.outcome(None, before), (), tolerance) != ""
    text = agreement.outcome(np.float64(1), {}), agreement.outcome(1.0, {})
    assert agreement.disagreement(*text, tolerance) == "result 0 is a float instead of a float64 of float64"
    assert agreement.tolerance_of(SimpleNamespace(rtol=1).__dict__).rtol == 1.0
