"""`%%pyaot` in IPython's shell."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

SET_UP = """
import numpy as np
from numpy.typing import NDArray
Vector = NDArray[np.float64]
K = 2.0
"""

CELL = """%%pyaot
def total(a: Vector, w: float = K) -> float:
    s = 0.0
    for i in range(a.shape[0]):
        s += helper(a[i]) * w
    return s

def helper(x):
    return x + K

class Radar:
    def __init__(self, gain: float):
        self.gain = gain

    @staticmethod
    def doubled(a: Vector) -> float:
        s = 0.0
        for i in range(a.shape[0]):
            s += a[i] * 2.0
        return s

    def process(self, a: Vector) -> float:
        s = 0.0
        for i in range(a.shape[0]):
            s += helper(a[i]) * self.gain
        return s

def numbers(n: int):
    yield n

first = total(np.ones(10))
print("ran", first)
total(np.arange(5.0))
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("PYAOT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PYAOT_TRACE", "1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "pyaot")
    shell.run_cell(SET_UP)
    yield shell
    InteractiveShell.clear_instance()


def _run(shell: InteractiveShell, cell: str) -> tuple[str, str]:
    """What a cell prints, and what it tells on stderr."""
    with capture_output() as captured:
        shell.run_cell(cell).raise_error()
    return captured.stdout, captured.stderr


def test_a_cell_is_compiled_and_run(shell: InteractiveShell) -> None:
    printed, told = _run(shell, CELL)
    assert "ran 60.0\n" in printed and "40.0" in printed
    assert shell.user_ns["_"] == 40.0
    rows = told.splitlines()
    assert "pyaot: total: native, numpy, original" in rows
    assert "pyaot: Radar.process: native, numpy, original" in rows
    assert any(row.startswith("pyaot: numbers stays Python: 'numbers' is a generator") for row in rows)
    assert rows.count("pyaot: total: native ran") == 2


def test_methods_of_a_cells_class_are_compiled_in_place(shell: InteractiveShell) -> None:
    _run(shell, CELL)
    printed, told = _run(shell, "print(Radar(2.0).process(np.ones(3)), Radar.doubled(np.ones(3)))")
    assert printed == "18.0 6.0\n"
    assert told.splitlines() == ["pyaot: Radar.process: native ran", "pyaot: Radar.doubled: native ran"]


def test_what_another_cell_changes_is_seen(shell: InteractiveShell) -> None:
    _run(shell, CELL)
    printed, told = _run(shell, "K = 3.0\nprint(total(np.ones(10), 2.0))")
    assert printed == "80.0\n" and "the original ran (native: 'K' is not what it was" in told
    printed, told = _run(shell, "K = 2.0\ndef helper(x):\n    return x\nprint(total(np.ones(10), 2.0))")
    assert printed == "20.0\n" and "the original ran (native: 'helper' is not what it was" in told


def test_verbose_cells_tell_of_loops(shell: InteractiveShell) -> None:
    cell = (
        "def running(a: Vector) -> None:\n    for i in range(1, a.shape[0]):\n        a[i] = a[i - 1] * K\n"
    )
    printed, _ = _run(shell, f"%%pyaot -v --fp strict\n{cell}")
    assert "line 2: for i: in order" in printed
    assert "remark[PA401]: Loop 'i' stays sequential. (line 3)" in printed


def test_errors_are_the_cells_own(shell: InteractiveShell) -> None:
    with capture_output(), pytest.raises(ZeroDivisionError):
        shell.run_cell("%%pyaot\nbefore = 1\n1 / 0\nafter = 1").raise_error()
    assert "before" in shell.user_ns and "after" not in shell.user_ns
    with capture_output() as captured:
        shell.run_cell("%%pyaot --fp fast\nafter = 1")
    assert "invalid choice: 'fast'" in captured.stderr + captured.stdout and "after" not in shell.user_ns


def test_compile_function_knows_the_texts_of_cells(shell: InteractiveShell) -> None:
    _run(shell, CELL.removeprefix("%%pyaot\n"))
    printed, told = _run(
        shell, "import pyaot\nfast = pyaot.compile_function(total)\nprint(fast(np.ones(10)))"
    )
    assert printed == "60.0\n" and told.endswith("pyaot: total: native ran\n")


MODULE = """
import numpy as np
import pyaot
from numpy.typing import NDArray

def plain(a: NDArray[np.float64]) -> float:
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i] * 2
    return s

@pyaot.compile_function
def whole(a: NDArray[np.float64]) -> float:
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i] * 2
    return s

@pyaot.compile_function
def parts(a: NDArray[np.float64]) -> float:
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i] * 2
    open("/dev/null").close()
    return s
"""


def test_autoreload_never_leaves_stale_versions(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "reloaded_by_pyaot.py"
    path.write_text(MODULE)
    shell.run_line_magic("load_ext", "autoreload")
    shell.run_line_magic("autoreload", "2")
    names = "from reloaded_by_pyaot import plain, whole, parts\nimport pyaot, reloaded_by_pyaot as module"
    calls = "print(fast(np.ones(3)), whole(np.ones(3)), module.parts(np.ones(3)))"
    printed, told = _run(shell, f"{names}\nfast = pyaot.compile_function(plain)\n{calls}")
    assert printed == "6.0 6.0 6.0\n" and told.count("native ran") == 3
    path.write_text(MODULE.replace("* 2", "* 50"))  # of another size: the reload sees it at once
    printed, told = _run(shell, calls)
    assert printed == "150.0 150.0 150.0\n"
    assert "plain: the original ran (native: the function itself was changed)" in told
    with capture_output(), pytest.raises(RuntimeError, match="'parts' was changed in place"):
        shell.run_cell("parts(np.ones(3))").raise_error()
