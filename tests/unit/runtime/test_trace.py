"""What is told about calls."""

import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest
from pyaot_runtime.dispatch import versions
from pyaot_runtime.errors import only_warns, report
from pyaot_runtime.trace import note

from tests.unit.runtime.test_dispatch import _bound, _kernel, f


def test_each_call_says_which_version_ran_and_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYAOT_TRACE", "1")
    bound = _bound(f, native=_kernel)
    bound(1)
    bound(-1)
    assert capsys.readouterr().err.splitlines() == [
        "pyaot: f: native ran",
        "pyaot: f: the original ran (native: x is not positive)",
    ]


def test_failed_attempt_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PYAOT_TRACE", "1")
    _bound(f, native=lambda values: (-1, 0))(1)
    assert (
        "the original ran (native: the attempt met what only the original can do" in capsys.readouterr().err
    )


def test_forced_version_that_is_not_there_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYAOT_TRACE", "1")
    monkeypatch.setenv("PYAOT_VERSION", "numpy")
    assert _bound(f, native=_kernel)(1) == "original 7"
    assert "the original ran (it has no numpy version, and PYAOT_VERSION=numpy)" in capsys.readouterr().err


def test_reasons_of_several_instances_are_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYAOT_TRACE", "1")
    for reason in ("x is odd", "x is even", "x is odd"):
        note(reason)
    _bound(f, native=_kernel)(-1)
    assert "the original ran (x is odd; x is even; native: x is not positive)" in capsys.readouterr().err


def test_reasons_of_one_thread_do_not_reach_another(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYAOT_TRACE", "1")
    bound = _bound(f, native=_kernel)
    thread = threading.Thread(target=note, args=("a reason of the other thread",))
    thread.start()
    thread.join()
    bound(-1)
    assert "other thread" not in capsys.readouterr().err


def test_an_error_state_is_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of many calls of which nothing was told before, only the last ones' reasons are kept."""
    monkeypatch.setenv("PYAOT_TRACE", "1")
    bound = _bound(f, native=_kernel)
    with np.errstate(over="raise"):
        for _ in range(100):
            assert not only_warns() and not report(2, "f")
    bound(-1)
    told = capsys.readouterr().err
    assert 1 <= told.count("errors of numbers are to do more than warn") <= 10


@pytest.mark.parametrize("asked", ["", "0"])
def test_nothing_is_wrapped_without_a_trace(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYAOT_TRACE", asked)
    seen: list[Any] = []

    def g(bind: Any) -> Any:
        guard, kernel = bind.choose(None, native=_kernel)
        seen.extend([guard, kernel, bind.original])

        def run(x: int, y: int = 0) -> Any:
            return None

        return run

    g.__name__ = "f"
    versions(f)(g)
    assert seen == [None, _kernel, f]


def test_summary_names_the_versions_at_the_end() -> None:
    code = """
from tests.unit.runtime.test_dispatch import _bound, _kernel, f
bound = _bound(f, native=_kernel)
for x in (1, 2, -1):
    bound(x)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYAOT_TRACE": "summary", "PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines() == ["pyaot: native ran f (2)", "pyaot: original ran f (1)"]
