"""Compiled functions are pickled, inspected, called from threads and child processes as any function is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pyaot.base.options import Options
from pyaot.base.source import read_source
from pyaot.driver import compile_source, write_bundle
from tests.equivalence.drawn_arguments import EVERYDAY
from tests.equivalence.manners import MANNERS
from tests.house.sources import ROOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("everyday")
    write_bundle(compile_source(read_source(EVERYDAY), Options()), folder)
    return folder


@pytest.mark.parametrize("version", ["", "native", "original"])
@pytest.mark.parametrize("name", MANNERS)
def test_manners(folder: Path, name: str, version: str) -> None:
    if version == "original" and name == "inspected":
        pytest.skip("the original itself stands behind the name")
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.equivalence.manners", str(folder), name],
        cwd=ROOT,
        env={**os.environ, "PYAOT_VERSION": version},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
