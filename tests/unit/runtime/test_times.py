"""`PYAOT_TRACE=times:FILE` writes how long calls took."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CODE = """
import os
import numpy as np
from tests.unit.runtime.test_dispatch import _bound, _kernel, f
bound = _bound(f, native=_kernel)
"""


def _lines(code: str, target: Path, **environment: str) -> list[dict[str, Any]]:
    done = _run(code, str(target), **environment)
    assert done.stderr == ""
    return [json.loads(line) for line in target.read_text().splitlines()]


def _run(code: str, target: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    base = {"PYAOT_TRACE": f"times:{target}", "PYTHONPATH": ":".join(filter(None, sys.path))}
    return subprocess.run(
        [sys.executable, "-c", CODE + code],
        env=base | environment,
        capture_output=True,
        text=True,
        check=True,
    )


def _summary(lines: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (line["function"], line["version"], line["sizes"], line["calls"], line["failed"]) for line in lines
    ]


def test_calls_are_counted_by_version_and_size(tmp_path: Path) -> None:
    lines = _lines("for x in (1, 2, -1, 1): bound(x)", tmp_path / "trace")
    assert [(line["version"], line["calls"]) for line in lines] == [
        ("native", 2),
        ("native", 1),
        ("original", 1),
    ]
    assert all(0 <= line["least"] <= line["seconds"] for line in lines)
    assert {Path(line["file"]).name for line in lines} == {"test_dispatch.py"}


def test_sizes_are_shapes_and_ints(tmp_path: Path) -> None:
    code = """
from pyaot_runtime.times import Timer, lines
timer = Timer("x.py", "g", os.devnull)
kernel = timer.kernel("native", lambda values: (0, 0))
kernel((np.zeros((2, 3)), 4, 1.5, np.float64(1), True))
print(lines()[0])
"""
    done = _run(code, str(tmp_path / "trace"))
    assert json.loads(done.stdout)["sizes"] == [[2, 3], 4, None, [], None]


def test_attempts_that_fail_are_not_timed(tmp_path: Path) -> None:
    code = "bound = _bound(f, native=lambda values: (-1, 0))\nbound(1)"
    lines = _lines(code, tmp_path / "trace")
    assert _summary(lines)[0][3:] == (0, 1)
    assert lines[0]["seconds"] == lines[0]["least"] == 0.0
    assert lines[1]["version"] == "original"


def test_many_sizes_go_together(tmp_path: Path) -> None:
    lines = _lines("for x in range(1, 101): bound(x)", tmp_path / "trace")
    assert len(lines) == 17
    assert lines[-1]["sizes"] is None and lines[-1]["calls"] == 84


def test_processes_append(tmp_path: Path) -> None:
    target = tmp_path / "trace"
    _lines("bound(1)", target)
    assert len(_lines("bound(1)", target)) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_tells_its_own_calls_only(tmp_path: Path) -> None:
    code = """
bound(1)
child = os.fork()
if child == 0:
    bound(1)
    import atexit
    atexit._run_exitfuncs()
    os._exit(0)
os.waitpid(child, 0)
"""
    assert [line["calls"] for line in _lines(code, tmp_path / "trace")] == [1, 1]


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    done = _run("bound(1)", str(tmp_path / "none" / "trace"))
    assert "pyaot: times cannot be written to" in done.stderr


def test_the_original_is_timed_where_it_is_forced(tmp_path: Path) -> None:
    lines = _lines("bound(1)", tmp_path / "trace", PYAOT_VERSION="original")
    assert [line["version"] for line in lines] == ["original"]
