"""The radar kernels and the examples, compiled: every version gives the original's results."""

import json
import os
import subprocess
import sys
from pathlib import Path

import chain_a
import kernels
import numpy as np
import pytest
from cube import SIZES, Scene, make_cube, steering_vectors

from benchmarks import stap_handwritten as handwritten
from benchmarks.measure import accuracy
from tests.apps.compare_example import loaded
from tests.house.sources import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
TINY = SIZES["tiny"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where kernels.py and chain_a.py lie compiled."""
    folder = tmp_path_factory.mktemp("compiled")
    for name in ("kernels.py", "chain_a.py"):
        compile_file(ROOT / "apps/stap" / name, folder)
    return folder


@pytest.mark.parametrize("name", ["kernels", "chain_a"])
def test_every_hinted_function_has_a_native_version(folder: Path, name: str) -> None:
    source = {"kernels": kernels, "chain_a": chain_a}[name]
    hinted = [f for f in vars(source).values() if getattr(f, "__module__", "") == name and is_hinted(f)]
    report = json.loads((folder / f"{name}.report.json").read_text(encoding="utf-8"))
    native = [
        f["name"] for f in report["functions"] if all("native" in i["versions"] for i in f["instances"])
    ]
    assert sorted(native) == sorted(f.__name__ for f in hinted)


@pytest.mark.parametrize("version", ["native", "numpy", "original"])
@pytest.mark.parametrize("loading", [0.0, 320.0])
def test_chain_b(folder: Path, version: str, loading: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYAOT_VERSION", version)
    compiled = loaded(folder / "kernels.py", "compiled_kernels")
    cube, _ = make_cube(TINY, Scene(), 1)
    steering = steering_vectors(TINY)
    beams = compiled.process(cube, steering, TINY.bins, TINY.training, loading)
    exact = handwritten.process(
        cube.astype(np.complex128), steering.astype(np.complex128), TINY.bins, TINY.training, loading
    )
    assert beams.dtype == np.complex64
    assert accuracy(exact, beams) > (100 if loading else 80)


def test_chain_a(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYAOT_VERSION", "native")
    radar = chain_a.RADARS["tiny"]
    image = loaded(folder / "chain_a.py", "compiled_chain_a").process(radar, chain_a.ElementNoise(radar, 1))
    assert accuracy(chain_a.process(radar, chain_a.ElementNoise(radar, 1)), image) > 200


@pytest.mark.long
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path: Path, tmp_path: Path) -> None:
    """In processes of their own: a kernel that crashes costs one test."""
    compile_file(path, tmp_path)
    for version in ("native", "numpy"):
        command = [sys.executable, "-m", "tests.apps.compare_example", str(path), str(tmp_path / path.name)]
        environment = {**os.environ, "PYAOT_VERSION": version, "PYAOT_TRACE": "1"}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        assert version == "numpy" or "original ran" not in done.stderr


def compile_file(path: Path, folder: Path) -> None:
    """`pyaot compile`, which must succeed."""
    command = [sys.executable, "-m", "pyaot", "compile", str(path), "-o", str(folder), "--march", "native"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def is_hinted(function: object) -> bool:
    """Whether it is a function with hints, of the kind that is compiled."""
    return (
        callable(function)
        and not isinstance(function, type)
        and bool(getattr(function, "__annotations__", {}))
    )
