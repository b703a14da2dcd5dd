"""Packages of users are built as wheels, installed where there is only NumPy and pyaot_runtime, and run."""

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.house.sources import ROOT

BUILD = "import sys, {0} as backend; print(backend.{1}(sys.argv[1]))"
SETUPTOOLS = """
[build-system]
requires = ["setuptools>=77", "pyaot>=0.1"]
build-backend = "setuptools.build_meta"

[project]
name = "waves"
version = "1.0"
dependencies = ["numpy>=2.0", "pyaot-runtime>=0.1"]

[tool.setuptools]
packages = ["waves"]

[tool.pyaot]
modules = ["waves/steps.py"]
"""
USE = """
import sys, warnings
warnings.simplefilter("error")
import numpy as np
from waves import simulate
import waves.command
start = np.sin(np.linspace(0, 3, 400))
assert np.allclose(simulate(start, 30), simulate.__wrapped__(start, 30), rtol=1e-12)
waves.command.main()
print({name.partition(".")[0] for name in sys.modules} & {"pyaot", "libcst", "islpy", "msgspec", "click"})
"""
KERNELS = f"waves/steps_kernels.{platform.machine().lower()}-{sys.platform}.so"
PLATFORM = sysconfig.get_platform().replace("-", "_").replace(".", "_")


def _build(project: Path, folder: Path, backend: str, make: str = "build_wheel") -> tuple[Path, str]:
    """The wheel, and what was told while it was built."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", BUILD.format(backend, make), str(folder)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.iterdir()
    return wheel, done.stderr + done.stdout


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert len(names) == len(set(names))
    return {name for name in names if ".dist-info/" not in name}


def _text(wheel: Path, end: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(end))
        return archive.read(name).decode()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example package."""
    copy = tmp_path / "project"
    shutil.copytree(ROOT / "examples/package", copy, ignore=shutil.ignore_patterns("__pycache__", "dist"))
    return copy


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of pyaot_runtime alone."""
    copy = tmp_path_factory.mktemp("runtime") / "runtime"
    shutil.copytree(ROOT / "runtime", copy, ignore=shutil.ignore_patterns("__pycache__"))
    return _build(copy, copy.parent / "wheel", "hatchling.build")[0]


def _installed(folder: Path, *wheels: Path) -> Path:
    """The Python of a new environment that has the wheels, and NumPy as it is here."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin/python"
    (site,) = folder.glob("lib/python*/site-packages")
    packages = Path(np.__file__).resolve().parents[1]
    for name in ("numpy", "numpy.libs"):
        if (packages / name).exists():
            (site / name).symlink_to(packages / name)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-index", "--no-deps"]
    subprocess.run([*pip, *map(str, wheels)], check=True, capture_output=True)
    return python


def _used(python: Path, folder: Path) -> list[str]:
    done = subprocess.run(
        [str(python), "-c", USE],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYAOT_TRACE": "summary", "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stderr
    return [*done.stdout.splitlines(), *done.stderr.splitlines()]


@pytest.mark.parametrize("backend", ["hatchling.build", "setuptools.build_meta"])
def test_a_wheel_runs_where_the_compiler_is_not(
    project: Path, runtime: Path, tmp_path: Path, backend: str
) -> None:
    if backend.startswith("setuptools"):
        (project / "pyproject.toml").write_text(SETUPTOOLS)
    wheel, told = _build(project, tmp_path / "wheels", backend)
    assert wheel.name == f"waves-1.0-py3-none-{PLATFORM}.whl"
    assert _names(wheel) == {KERNELS, *(f"waves/{name}.py" for name in ("__init__", "steps", "command"))}
    assert "load_kernels(__file__, 'steps_kernels')\n" in _text(wheel, "waves/steps.py")
    assert "Root-Is-Purelib: false" in _text(wheel, "/WHEEL")
    assert f"Tag: py3-none-{PLATFORM}" in _text(wheel, "/WHEEL")
    assert "pyaot: waves/steps.py: 2 functions compiled" in told
    rows = _used(_installed(tmp_path / "venv", wheel, runtime), tmp_path)
    assert rows[:2] == ["energy after 1000 steps: 0.002002", "set()"]
    assert any(row.startswith("pyaot: native ran simulate (2), energy (1)") for row in rows)


@pytest.mark.parametrize("backend", ["hatchling.build", "setuptools.build_meta"])
def test_packages_may_stand_in_a_folder_of_sources(project: Path, tmp_path: Path, backend: str) -> None:
    path = project / "pyproject.toml"
    text = SETUPTOOLS if backend.startswith("setuptools") else path.read_text()
    places = {
        "hatchling.build": '[tool.hatch.build.targets.wheel]\npackages = ["src/waves"]\n',
        "setuptools.build_meta": '[tool.setuptools.package-dir]\n"" = "src"\n',
    }
    path.write_text(text.replace("waves/steps.py", "src/**/steps.py") + "\n" + places[backend])
    (project / "src").mkdir()
    (project / "waves").rename(project / "src/waves")
    wheel, _ = _build(project, tmp_path / "wheels", backend)
    assert _names(wheel) == {KERNELS, *(f"waves/{name}.py" for name in ("__init__", "steps", "command"))}
    assert "load_kernels" in _text(wheel, "waves/steps.py")


@pytest.mark.parametrize("backend", ["hatchling.build", "setuptools.build_meta"])
def test_without_a_c_compiler_there_are_numpy_versions(
    project: Path, runtime: Path, tmp_path: Path, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if backend.startswith("setuptools"):
        (project / "pyproject.toml").write_text(SETUPTOOLS)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/sitecustomize.py").write_text("import sys\nsys.modules['ziglang'] = None\n")
    wheel, told = _build(project, tmp_path / "wheels", backend)
    assert "warning[PA701]: No C compiler was found" in told
    assert wheel.name == "waves-1.0-py3-none-any.whl"
    assert KERNELS not in _names(wheel)
    assert "Root-Is-Purelib: true" in _text(wheel, "/WHEEL")
    rows = _used(_installed(tmp_path / "venv", wheel, runtime), tmp_path)
    assert any(row.startswith("pyaot: numpy ran simulate (2)") for row in rows)


@pytest.mark.parametrize("backend", ["hatchling.build", "setuptools.build_meta"])
def test_editable_installations_and_source_distributions_have_the_originals(
    project: Path, tmp_path: Path, backend: str
) -> None:
    if backend.startswith("setuptools"):
        (project / "pyproject.toml").write_text(SETUPTOOLS)
    else:
        with (project / "pyproject.toml").open("a") as stream:
            stream.write('\n[tool.hatch.build]\ndev-mode-dirs = ["."]\n')
    wheel, told = _build(project, tmp_path / "editable", backend, "build_editable")
    assert KERNELS not in _names(wheel) and "compiled" not in told
    archive, told = _build(project, tmp_path / "source", backend, "build_sdist")
    assert "compiled" not in told
    shutil.unpack_archive(archive, tmp_path / "unpacked")
    original = (project / "waves/steps.py").read_text()
    assert (tmp_path / "unpacked/waves-1.0/waves/steps.py").read_text() == original


WRONG = {
    "modules = []": "modules is to be a list of files",
    'modules = ["waves/other.py"]': "'waves/other.py' names no file of Python",
    'modules = ["waves/*.py"]\nfp = "fast"': "fp is 'fast', not 'relaxed' or 'strict'",
    'modules = ["waves/*.py"]\nfloat = 1': "there is no setting 'float'",
    'modules = ["/waves/steps.py"]': "is to be relative",
}


@pytest.mark.parametrize("backend", ["hatchling.build", "setuptools.build_meta"])
@pytest.mark.parametrize("settings", WRONG)
def test_wrong_settings_end_the_build(project: Path, tmp_path: Path, settings: str, backend: str) -> None:
    _fails(project, tmp_path, backend, 'modules = ["waves/steps.py"]', settings, WRONG[settings])


@pytest.mark.parametrize("backend", ["hatchling.build", "setuptools.build_meta"])
def test_a_package_says_that_it_needs_the_runtime(project: Path, tmp_path: Path, backend: str) -> None:
    _fails(
        project, tmp_path, backend, ', "pyaot-runtime>=0.1"', "", "add 'pyaot-runtime' to the dependencies"
    )


def _fails(project: Path, tmp_path: Path, backend: str, old: str, new: str, message: str) -> None:
    path = project / "pyproject.toml"
    text = SETUPTOOLS if backend.startswith("setuptools") else path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    done = subprocess.run(
        [sys.executable, "-c", BUILD.format(backend, "build_wheel"), str(tmp_path)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0 and message in done.stderr
    assert list(tmp_path.glob("*.whl")) == []


def test_versions_agree() -> None:
    versions = {
        path: path.read_text().partition('\nversion = "')[2].partition('"')[0] for path in _projects()
    }
    assert len(set(versions.values())) == 1, versions


def _projects() -> tuple[Path, Path]:
    return ROOT / "pyproject.toml", ROOT / "runtime/pyproject.toml"
