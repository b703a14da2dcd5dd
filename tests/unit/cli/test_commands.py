"""compile, explain, doctor, cache: what they say, what they write, how they end."""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyaot.base.catalogue import find_code
from pyaot.cli import COMMANDS
from pyaot.cli.doctor import FINDERS
from pyaot.output.version import VERSION
from tests.house.sources import ROOT
from tests.unit.cli.programs import invoked, write

REFUSED = "import numpy as np\nraise SystemExit('never executed')\n"


# ---- compile


def test_compile_writes_a_module_that_needs_no_compiler(here: Path) -> None:
    write(here)
    result = invoked("compile", "prog.py", "-o", "out put")
    assert result.exit_code == 0, result.output
    assert "prog.py: 1 function compiled, 1 to native code" in result.stderr
    spec = importlib.util.spec_from_file_location("compiled_prog", here / "out put" / "prog.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    a = np.arange(3.0)
    assert module.scale(a, 2.0) == 3.0 and a.tolist() == [0.0, 2.0, 4.0]


def test_compile_prints_reports_as_json(here: Path) -> None:
    write(here)
    result = invoked("compile", "prog.py", "-o", "out", "--json", "--march", "native")
    (report,) = json.loads(result.stdout)
    assert [function["name"] for function in report["functions"]] == ["scale"]
    assert report == json.loads((here / "out" / "prog.report.json").read_text())
    assert report["options"]["march"] == "native"


def test_compile_never_runs_the_program(here: Path) -> None:
    write(here, REFUSED)
    result = invoked("compile", "prog.py", "-o", "out")
    assert "never executed" not in result.output


def test_nothing_to_compile_ends_with_2(here: Path) -> None:
    write(here, "x = 1\n")
    result = invoked("compile", "prog.py", "-o", "out")
    assert result.exit_code == 2
    assert "warning[PA707]" in result.stderr
    assert (here / "out" / "prog.py").read_text().endswith("x = 1\n")


def test_one_broken_file_does_not_cost_the_others(here: Path) -> None:
    write(here)
    write(here, "def f(:\n", "broken.py")
    result = invoked("compile", "broken.py", "prog.py", "-o", "out")
    assert result.exit_code == 2 and "error[PA101]" in result.stderr
    assert (here / "out" / "prog.py").exists() and not (here / "out" / "broken.py").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("prog.py",), "Missing option '-o'"),
        (("prog.py", "-o", "."), "would be overwritten"),
        (("prog.py", "sub/prog.py", "-o", "out"), "two files are named 'prog.py'"),
        (("-o", "out"), "Missing argument 'FILE...'"),
        (("prog.py", "-o", "out", "--fp", "fast"), "'fast' is not one of 'strict', 'relaxed'"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], says: str, here: Path) -> None:
    before = write(here).read_text()
    result = invoked("compile", *arguments)
    assert result.exit_code == 2 and says in result.stderr
    assert (here / "prog.py").read_text() == before


def test_output_that_cannot_be_written(here: Path) -> None:
    write(here)
    (here / "out").write_text("a file")
    result = invoked("compile", "prog.py", "-o", "out")
    assert result.exit_code == 2 and "error[PA703]" in result.stderr and "-o" in result.stderr
    assert "Traceback" not in result.output


# ---- explain


def test_explain_says_what_was_made_of_each_loop(here: Path) -> None:
    write(here)
    result = invoked("explain", "prog.py")
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "scale (line 7)\n  for a: float64[1], k: float\n    versions: native, original\n"
    )
    assert "line 9: for i: " in result.stdout
    assert [path.name for path in here.iterdir()] == ["prog.py"]  # nothing was written


def test_explain_one_function_as_json(here: Path) -> None:
    write(here)
    data = json.loads(invoked("explain", "prog.py", "--function", "scale", "--json").stdout)
    assert [function["name"] for function in data["functions"]] == ["scale"]
    assert all(diagnostic["function"] == "scale" for diagnostic in data["diagnostics"])


def test_explain_function_that_is_not_there(here: Path) -> None:
    write(here)
    result = invoked("explain", "prog.py", "--function", "scala")
    assert result.exit_code == 2 and "compiled are: scale" in result.stderr


@pytest.mark.parametrize("text", ["PA401", "pa401", "carried-dependence"])
def test_explain_a_message(text: str, here: Path) -> None:
    result = invoked("explain", text)
    code = find_code("PA401")
    assert code is not None
    assert result.exit_code == 0 and code.title in result.stdout


def test_explain_a_message_that_is_not_there(here: Path) -> None:
    result = invoked("explain", "pa999")
    assert result.exit_code == 2 and "no message PA999; known are PA101" in result.stderr
    (here / "pa999").write_text("text of a file that happens to be called so", encoding="utf-8")
    assert "no message" not in invoked("explain", "pa999").stderr


# ---- doctor


def test_doctor_names_everything_and_what_its_absence_costs(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyaot.cli.doctor.find_compiler", lambda: None)
    result = invoked("doctor")
    assert result.exit_code == 0
    for name in ("Python", "C compiler", "OpenMP", "BLAS", "cores", "GPU", "Ray", "cache"):
        assert name in result.stdout
    assert "pip install 'pyaot[cc]'" in result.stdout


def test_doctor_as_json(here: Path) -> None:
    findings: list[dict[str, Any]] = json.loads(invoked("doctor", "--json").stdout)
    assert len(findings) == len(FINDERS)
    assert all(finding["found"] or finding["cost"] for finding in findings)


# ---- cache


def test_cache_list_and_clear(here: Path) -> None:
    assert "0 entries" in invoked("cache", "list").stderr
    write(here)
    filled = invoked("fill", "prog.py", "--key", "k" * 40)
    assert filled.exit_code == 2 and "error[PA703]" in filled.stderr  # nobody has made the cache
    (here / "cache").mkdir(mode=0o700)
    assert invoked("fill", "prog.py", "--key", "k" * 40).exit_code == 0
    listed = invoked("cache", "list")
    assert str(here / "prog.py") in listed.stdout and "kkkkkkkkkkkk" in listed.stdout
    assert "1 entries removed" in invoked("cache", "clear").stderr
    assert list((here / "cache").iterdir()) == []


# ---- the command itself


def test_help_names_all_commands_without_loading_them() -> None:
    before = set(sys.modules)
    result = invoked("--help")
    assert all(name in result.stdout for name in COMMANDS)
    assert {name for name in set(sys.modules) - before if name.startswith("pyaot.")} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = invoked(name, "--help")
    assert result.exit_code == 0 and "Usage:" in result.stdout


def test_version_is_that_of_the_project() -> None:
    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text().split("[project.")[0]
    assert invoked("--version").stdout == f"pyaot {VERSION}\n"


def test_unknown_command_ends_with_2() -> None:
    assert invoked("frobnicate").exit_code == 2
