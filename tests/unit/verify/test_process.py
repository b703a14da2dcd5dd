"""verify() finds what a version does otherwise, says it with a call to be pasted, and survives crashes."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.verify.process import CannotVerifyError, Settings, verify
from pyaot.verify.report import FunctionReport
from tests.house.sources import ROOT
from tests.unit.verify.planted import change_native, change_numpy

TEXT = """
import numpy as np

V = np.ndarray[tuple[int], np.dtype[np.float64]]


def smooth(a: V, b: V) -> V:
    for i in range(1, a.shape[0] - 1):
        b[i] = a[i - 1] + a[i + 1]
    return b
"""


def verified(folder: Path, text: str = TEXT, examples: int = 60) -> FunctionReport:
    path = folder / "smoothing.py"
    path.write_text(text)
    settings = Settings(Options(jobs=1), examples, 30.0, 0)
    (found,) = verify(SourceFile(path, text), [], settings).functions
    return found


def test_every_version_runs_and_none_differs(tmp_path: Path) -> None:
    found = verified(tmp_path)
    assert found.difference is None and found.examples == 60 and found.raised > 0
    assert set(found.ran) == {"native", "native on 3 threads", "numpy", "original"} and found.idle == []
    assert any("overlaps" in reason for reason in found.declined["native"])
    assert sum(found.declined["numpy"].values()) + found.ran["numpy"] == 60


@pytest.mark.parametrize("version", ["native", "numpy"])
def test_smallest_difference_can_be_pasted(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if version == "native":
        change_native(monkeypatch, ("share(1, a_n0 - 1, 1,", "share(1, a_n0, 1,"))
    else:
        change_numpy(monkeypatch, (" + ", " - "))
    found = verified(tmp_path).difference
    assert found is not None and found.version == version
    assert "argument 1 is array([" in found.told
    names: dict[str, object] = {}
    monkeypatch.syspath_prepend(tmp_path)
    exec(found.test, names)
    test = names["test_smooth"]
    assert callable(test)
    test()
    assert len(found.test) < 300, found.test


def test_crash_is_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change_native(monkeypatch, ("b[i] = a[i - 1]", "b[i * 100000000] = a[i - 1]"))
    found = verified(tmp_path).difference
    assert found is not None and found.version == "native" and "SIGSEGV" in found.told
    assert "smooth(a, b)" in found.test


def test_version_that_never_runs_is_visible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change_native(monkeypatch, ("path = kernel_smooth(", "path = -1; if (false) kernel_smooth("))
    found = verified(tmp_path, examples=20)
    assert found.difference is None and found.idle == ["native", "native on 3 threads"]
    assert "native NEVER RAN" in found.as_text()


@pytest.mark.parametrize(
    ("text", "reason"),
    [("x = 1\n", "compiled are: none"), (TEXT + "\nraise KeyError('here')\n", "KeyError: 'here'")],
)
def test_what_cannot_be_verified_is_said(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(CannotVerifyError, match=reason):
        verified(tmp_path, text)


OBJECTS = """
import random
from dataclasses import dataclass
import numpy as np
from numpy.typing import NDArray


@dataclass
class Body:
    at: NDArray[np.float64]
    mass: float = 1.0

    def push(self, by: float, mode: str = "plain") -> float:
        for i in range(self.at.shape[0]):
            self.at[i] += by
        print(mode)
        self.mass += random.random()
        return by if mode == "heavy" else self.mass


def pairs(a: NDArray[np.float64]):
    for x in a:
        yield x * 2.0
"""


def test_objects_prints_texts_random_numbers_and_generators(tmp_path: Path) -> None:
    path = tmp_path / "bodies.py"
    path.write_text(OBJECTS)
    found = verify(SourceFile(path, OBJECTS), ["Body.push"], Settings(Options(jobs=1), 40, 30.0, 0))
    (push,) = found.functions
    assert push.difference is None and push.ran["native"] > 0, push.as_text()


USERS_TESTS = """
import unittest
import smoothing
from pyaot.verify.testing import pyaot_equivalent as compare


def test_smooth(pyaot_equivalent):
    pyaot_equivalent(smoothing.smooth, examples=5)


class Smoothing(unittest.TestCase):
    def test_smooth(self):
        compare(smoothing.smooth, examples=5)
"""


def test_one_line_in_tests_of_the_users(tmp_path: Path) -> None:
    (tmp_path / "smoothing.py").write_text(TEXT)
    (tmp_path / "test_users.py").write_text(USERS_TESTS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "pyaot.verify.pytest_plugin", "test_users.py"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{ROOT}/runtime:{tmp_path}"}
        | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_difference_is_an_assertion_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyaot.verify.testing import pyaot_equivalent

    change_native(monkeypatch, ("a[i - 1] + a[i + 1]", "a[i - 1] - a[i + 1]"))
    (tmp_path / "smoothed.py").write_text(TEXT)
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__("smoothed")
    assert np.array_equal(module.smooth(np.ones(3), np.ones(3)), [1.0, 2.0, 1.0])
    with pytest.raises(AssertionError, match="native differs: argument 1 is"):
        pyaot_equivalent(module.smooth)
