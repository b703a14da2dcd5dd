"""`pyaot explain FILE --html PAGE`: what it writes, what it says, how it ends."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pyaot.cli import page
from tests.unit.cli.programs import TEXT, invoked, pyaot, write


def test_writes_one_page(here: Path) -> None:
    write(here)
    result = invoked("explain", "prog.py", "--html", "out/report.html")
    assert result.exit_code == 0, result.output
    assert result.stdout == "" and "prog.py: explained in 'out/report.html'" in result.stderr
    page = (here / "out" / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "def scale" in page
    assert [path.name for path in (here / "out").iterdir()] == ["report.html"]
    assert sorted(path.name for path in here.iterdir()) == ["out", "prog.py"]


def test_nothing_of_the_users_runs(here: Path) -> None:
    write(here, f"raise SystemExit('ran')\n{TEXT}")
    assert invoked("explain", "prog.py", "--html", "report.html").exit_code == 0


def test_a_program_that_stays_python_has_a_page(here: Path) -> None:
    write(here, "def f(x):\n    for y in x:\n        print(y)\n")
    result = invoked("explain", "prog.py", "--html", "report.html")
    assert result.exit_code == 2
    page = (here / "report.html").read_text(encoding="utf-8")
    assert "PA203" in page and "PA707" in page


@pytest.mark.parametrize(
    ("text", "code"), [("def f(:\n", "PA101"), ("x = '\\ud800\n", "PA101"), ("# coding: nonsense\n", "PA103")]
)
def test_what_is_no_python_is_an_error(text: str, code: str, here: Path) -> None:
    write(here, text)
    result = invoked("explain", "prog.py", "--html", "report.html")
    assert result.exit_code == 2 and f"error[{code}]" in result.stderr
    assert not (here / "report.html").exists()


def test_a_page_that_cannot_be_written_is_an_error(here: Path) -> None:
    write(here)
    (here / "file").write_text("")
    result = invoked("explain", "prog.py", "--html", "file/report.html")
    assert result.exit_code == 2 and "error[PA703]" in result.stderr


@pytest.mark.parametrize("others", [("--function", "scale"), ("--json",)])
def test_options_that_do_not_go_together(others: tuple[str, ...], here: Path) -> None:
    write(here)
    result = invoked("explain", "prog.py", "--html", "report.html", *others)
    assert result.exit_code == 2 and "'--html' shows the whole file" in result.stderr


def test_a_trace_belongs_to_a_page(here: Path) -> None:
    write(here)
    result = invoked("explain", "prog.py", "--trace", "trace.jsonl")
    assert result.exit_code == 2 and "'--trace' belongs to '--html PAGE'" in result.stderr


def test_missing_packages_are_named(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here)

    def find(name: str) -> Any:
        return None if name == "jinja2" else importlib.util.find_spec(name)

    monkeypatch.setattr(page, "find_spec", find)
    result = invoked("explain", "prog.py", "--html", "report.html")
    assert result.exit_code == 2 and "pip install 'pyaot[html]'" in result.stderr
    assert "jinja2" in result.stderr and "pygments" not in result.stderr


def test_a_run_leaves_a_trace_for_the_page(here: Path) -> None:
    write(here)
    ran = pyaot("run", "prog.py", cwd=here, PYAOT_TRACE=f"times:{here / 'trace.jsonl'}")
    assert ran.returncode == 0, ran.stderr
    result = invoked("explain", "prog.py", "--html", "report.html", "--trace", "trace.jsonl")
    assert result.exit_code == 0, result.output
    page = (here / "report.html").read_text(encoding="utf-8")
    assert "Measured time" in page and "The trace has no call" not in page


def test_a_trace_that_is_none_is_an_error(here: Path) -> None:
    write(here)
    result = invoked("explain", "prog.py", "--html", "report.html", "--trace", "prog.py")
    assert result.exit_code == 2 and "is no line of a trace of times" in result.stderr
    assert not (here / "report.html").exists()


def test_other_commands_load_nothing_of_the_page(here: Path) -> None:
    write(here)
    code = (
        "import sys; from click.testing import CliRunner; from pyaot.cli import main; "
        "CliRunner().invoke(main, ['explain', 'prog.py']); "
        "print([name for name in sys.modules if name.startswith(('jinja2', 'pyaot.page'))])"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
