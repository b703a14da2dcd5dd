"""The README's example prints what the README says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
RUN, EXPLAIN = re.findall(r"^```text\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("command", "expected"), [("run", RUN), ("explain", EXPLAIN)])
def test_example_prints_what_the_readme_shows(command: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "blur.py").write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pyaot", command, "blur.py"],
        cwd=tmp_path,
        env={**os.environ, "PYAOT_CACHE_DIR": str(tmp_path / "cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(expected)
