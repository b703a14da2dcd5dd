"""What an installation holds: the wheel, and the editable one that these tests run in."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, ROOT

BUILD = "import hatchling.build, sys; print(hatchling.build.build_wheel(sys.argv[1]))"
USE = """
import sys
sys.path.insert(0, sys.argv[1])
import pyaot, pyaot_runtime, stdlib_models
from pyaot.base.catalogue import CATALOGUE, explanation
for module in (pyaot, pyaot_runtime, stdlib_models):
    assert module.__file__.startswith(sys.argv[1]), module.__file__
assert all(explanation(code) for code in CATALOGUE.values())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    expected = {
        (Path(package).name, path.relative_to(ROOT / package).as_posix())
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = {
        (name, path.relative_to(wheel / name).as_posix())
        for name in (Path(package).name for package in PACKAGES)
        for path in (wheel / name).rglob("*")
        if path.is_file()
    }
    assert found == expected


def test_wheel_holds_nothing_beside_the_packages(wheel: Path) -> None:
    top = {path.name for path in wheel.iterdir() if not path.name.endswith(".dist-info")}
    assert top == {Path(package).name for package in PACKAGES}


def test_wheel_can_be_used(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", USE, str(wheel)], cwd=tmp_path, check=True)


@pytest.mark.parametrize("package", PACKAGES)
def test_editable_installation_finds_the_sources(package: str, tmp_path: Path) -> None:
    name = Path(package).name
    done = subprocess.run(
        [sys.executable, "-c", f"import {name}; print({name}.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).resolve() == ROOT / package / "__init__.py"
