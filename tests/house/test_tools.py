"""ruff, mypy --strict and the import rules of pyproject.toml have nothing to say."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

COMMANDS = {
    "ruff check": ("-m", "ruff", "check", "--no-cache", "."),
    "ruff format": ("-m", "ruff", "format", "--no-cache", "--check", "."),
    "mypy": ("-m", "mypy"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_tool_is_content(name: str) -> None:
    _run([sys.executable, *COMMANDS[name]])


def test_import_rules_hold() -> None:
    _run([str(Path(sys.executable).with_name("lint-imports")), "--no-cache"])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
