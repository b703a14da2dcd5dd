"""The compilers that we compare with, each in a virtual environment of its own, outside the repository."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import platformdirs

HELP = "make the virtual environments of the peers"
PACKAGES = {  # what is installed for each; a BLAS is not among what they ask for
    "numba": ("numba", "scipy"),
    "pythran": ("pythran", "scipy-openblas64"),
    "dace": ("dace", "setuptools", "networkx<3.6", "mkl", "mkl-include"),
    "jax": ("jax", "scipy"),
}
PYTHRAN_SETTINGS = "[compiler]\nblas=scipy-openblas\n"
FOLDER = Path(platformdirs.user_cache_dir("pyaot-peers"))


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `python -m benchmarks peers`."""
    parser.add_argument("names", nargs="*", choices=[[], *PACKAGES], help="all if left out")
    add_folder(parser)


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Where the environments are."""
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"of the environments ({FOLDER})")


def run(options: argparse.Namespace) -> int:
    """Makes the environments that are not there; 1 where a package cannot be installed."""
    failed = [name for name in options.names or PACKAGES if not made(name, options.folder)]
    for name in failed:
        print(f"{name}: could not be installed", file=sys.stderr)
    return int(bool(failed))


def made(name: str, folder: Path) -> bool:
    """Whether the environment is there, and it is afterwards unless pip fails."""
    if is_there(name, folder):
        return True
    subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
    install = [str(python_of(name, folder)), "-m", "pip", "install", "--quiet", *PACKAGES[name]]
    if subprocess.run(install, check=False).returncode:
        return False
    if name == "pythran":
        (folder / name / "pythranrc").write_text(PYTHRAN_SETTINGS)
    if name == "dace":  # CMake looks for the name without a number
        newest = max((folder / name / "lib").glob("libmkl_rt.so.*"))
        (folder / name / "lib" / "libmkl_rt.so").symlink_to(newest.name)
    return True


def environment_of(name: str, folder: Path) -> dict[str, str]:
    """The variables that a process of the peer needs: its own tools first, and its BLAS."""
    root = folder / name
    variables = {"PATH": f"{root / 'bin'}:{os.environ.get('PATH', '')}"}
    if name == "pythran":
        variables["PYTHRANRC"] = str(root / "pythranrc")
    if name == "dace":
        libraries = {"MKLROOT": str(root), "LD_LIBRARY_PATH": str(root / "lib")}
        variables |= libraries | {"MKL_THREADING_LAYER": "GNU"}
    return variables


def is_there(name: str, folder: Path) -> bool:
    """Whether the peer can be imported in its environment."""
    python = python_of(name, folder)
    return python.exists() and not subprocess.call([python, "-c", f"import {name}"])


def python_of(name: str, folder: Path) -> Path:
    """The interpreter of a peer's environment."""
    return folder / name / "bin" / "python"
