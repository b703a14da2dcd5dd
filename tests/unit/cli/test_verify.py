"""`pyaot verify`: what it prints and how it ends."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pyaot.cli import main
from tests.unit.cli.programs import write

TEXT = """
import numpy as np

V = np.ndarray[tuple[int], np.dtype[np.float64]]


def halved(a: V) -> V:
    for i in range(len(a)):
        a[i] = a[i] * 0.5
    return a


def doubled(a: V, k: int = 2) -> V:
    return a * k
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a program."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, TEXT)
    return tmp_path


def _pyaot(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", *arguments, "--jobs", "1"])


def test_no_difference_ends_with_0(here: Path) -> None:
    result = _pyaot("prog.py", "--examples", "10", "--seed", "3")
    assert result.exit_code == 0, result.output
    assert "halved: 10 calls, no difference" in result.stdout and "doubled: 10 calls" in result.stdout
    assert "seed 3, 2 of 2 functions called, no difference" in result.stderr


def test_difference_in_built_files_ends_with_1(here: Path) -> None:
    CliRunner().invoke(main, ["compile", "prog.py", "-o", "built", "--jobs", "1"])
    drop_in = here / "built" / "prog.py"
    first, generated, rest = drop_in.read_text().partition("@_pyaot.attempt(")
    assert generated and "0.5" in rest
    drop_in.write_text(first + generated + rest.replace("0.5", "0.25"))
    result = _pyaot("prog.py", "--built", "built", "-f", "halved", "-n", "30", "--json")
    assert result.exit_code == 1, result.output
    (halved,) = json.loads(result.stdout)["functions"]
    assert halved["difference"]["version"] == "numpy" and "def test_halved" in halved["difference"]["test"]
    assert "DIFFERENT: halved" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.py",), "PA102"),
        (("prog.py", "-f", "tripled"), "'tripled' has no compiled version; compiled are: halved, doubled"),
        (("prog.py", "--built", "."), "'pyaot compile prog.py -o .' writes it"),
        (("prog.py", "--seconds", "0"), "Invalid value for '--seconds'"),
    ],
)
def test_what_cannot_be_compared_ends_with_2(here: Path, arguments: tuple[str, ...], said: str) -> None:
    result = _pyaot(*arguments)
    assert result.exit_code == 2 and said in result.stderr, result.output


def test_hypothesis_is_missing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyaot.verify.testing.find_spec", lambda name: None)
    result = _pyaot("prog.py")
    assert result.exit_code == 2 and "pip install 'pyaot[verify]'" in result.stderr
