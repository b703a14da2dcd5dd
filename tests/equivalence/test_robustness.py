"""Whatever is wrong with the machine: a clear message, and the versions that are left are right."""

import os
import re
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.programs import pyaot, write

TEXT = """
import numpy as np
from numpy.typing import NDArray


def scale(a: NDArray[np.float64], k: float) -> NDArray[np.float64]:
    for i in range(a.shape[0]):
        a[i] = a[i] * k + 1.0
    return a


def product(A: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> NDArray[np.float64]:
    return A @ A


if __name__ == "__main__":
    A = np.arange(10_000.0).reshape(100, 100)
    assert np.array_equal(scale(np.arange(50_000.0), 2.0), np.arange(50_000.0) * 2.0 + 1.0)
    assert np.allclose(product(A), np.dot(A, A))
    print("right")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the program lies."""
    write(tmp_path, TEXT)
    return tmp_path


def compiled(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return pyaot("compile", "prog.py", "-o", "build", "--march", "native", cwd=folder, **environment)


def run(path: Path, *options: str, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The compiled program in a process of its own, after some statements; it tells which versions ran."""
    start = f"import runpy; {before}\nrunpy.run_path({str(path)!r}, run_name='__main__')"
    return subprocess.run(
        [sys.executable, *options, "-c", start],
        env={**os.environ, "PYAOT_TRACE": "1", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def versions_that_ran(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """The version by function, of a run that ended well."""
    assert (done.returncode, done.stdout) == (0, "right\n"), done.stderr
    lines = [line.split(": ") for line in done.stderr.splitlines() if line.startswith("pyaot: ")]
    return {line[1]: line[2].removeprefix("the ").split()[0] for line in lines if " ran" in line[-1]}


def library(folder: Path) -> Path:
    return next((folder / "build").glob("*.so"))


# ---- libraries ------------------------------------------------------------------------------------------


def _other_machine(path: Path) -> None:
    """An ELF file says at byte 18 for which processor it is."""
    content = bytearray(path.read_bytes())
    content[18:20] = b"\xf3\x00"
    path.write_bytes(content)


def _folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILT: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "one bit is other": lambda path: path.write_bytes(
        bytes(b ^ (i == 9000) for i, b in enumerate(path.read_bytes()))
    ),
    "for another machine": _other_machine,
    "a folder": _folder_instead,
    "a link to nowhere": lambda path: (path.unlink(), path.symlink_to("nowhere")),
}


def test_spoilt_libraries_are_told_of_and_not_used(folder: Path) -> None:
    assert compiled(folder).returncode == 0
    content = library(folder).read_bytes()
    assert versions_that_ran(run(folder / "build/prog.py"))["scale"] == "native"
    place = library(folder)
    for name, spoil in SPOILT.items():
        place.write_bytes(content)
        spoil(place)
        done = run(folder / "build/prog.py")
        assert "native" not in versions_that_ran(done).values(), name
        assert done.stderr.count("slower versions run instead") == 1, name
        _remove(place)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        place.rmdir()
    else:
        place.unlink(missing_ok=True)


def test_library_with_good_digest_that_is_no_library(folder: Path) -> None:
    """A compiler that writes rubbish and calls it a success."""
    compiler = folder / "rubbish"
    compiler.write_text(
        "#!/bin/sh\n"
        '[ "$1" = --version ] && { echo rubbish 1.0; exit 0; }\n'
        'while [ $# -gt 0 ]; do [ "$1" = -o ] && echo rubbish > "$2"; shift; done\n'
    )
    compiler.chmod(0o755)
    assert compiled(folder, CC=str(compiler)).returncode == 0
    done = run(folder / "build/prog.py")
    assert "native" not in versions_that_ran(done).values()
    assert done.stderr.count("slower versions run instead") == 1


def test_cpu_that_lacks_what_the_library_needs(folder: Path) -> None:
    assert compiled(folder).returncode == 0
    before = "import pyaot_runtime.kernels as k; k.cpu_features = lambda: frozenset()"
    done = run(folder / "build/prog.py", before=before)
    assert "native" not in versions_that_ran(done).values()
    assert re.search("compiled for a CPU with .*, which this one lacks", done.stderr)


def test_no_blas(folder: Path) -> None:
    assert compiled(folder).returncode == 0
    done = run(folder / "build/prog.py", before="import pyaot_runtime.blas as b; b.find_blas = lambda: None")
    assert versions_that_ran(done)["scale"] == "native"


def test_runtime_warnings_as_errors_are_the_users_choice(folder: Path) -> None:
    """A library that is not there is no reason to fail unless the user says so."""
    assert compiled(folder).returncode == 0
    library(folder).unlink()
    assert run(folder / "build/prog.py", "-W", "ignore").returncode == 0
    assert run(folder / "build/prog.py", "-W", "error::RuntimeWarning").returncode == 1


# ---- compilers and disks --------------------------------------------------------------------------------


@pytest.mark.parametrize("script", ["exit 1", "kill -9 $$", "echo 'no licence' >&2; exit 3", ": do nothing"])
def test_compiler_that_fails(folder: Path, script: str) -> None:
    compiler = folder / "my cc"
    compiler.write_text(f'#!/bin/sh\n[ "$1" = --version ] && {{ echo mine 1.0; exit 0; }}\n{script}\n')
    compiler.chmod(0o755)
    done = compiled(folder, CC=str(compiler))
    assert "warning[PA7" in done.stderr and "nothing becomes native code" in done.stderr
    if (folder / "build/prog.py").exists():
        assert "native" not in versions_that_ran(run(folder / "build/prog.py")).values()


def test_disk_that_is_full_when_the_library_is_written(folder: Path) -> None:
    """No file may grow beyond 12 kB: the C compiler fails, the texts fit."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))

    done = subprocess.run(
        [sys.executable, "-B", "-m", "pyaot", "compile", "prog.py", "-o", "build"],
        cwd=folder,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "PA7" in done.stderr and "Traceback" not in done.stderr
    assert not list((folder / "build").glob("*.so")) and not list((folder / "build").glob(".pyaot-*"))


# ---- names, and builds at once --------------------------------------------------------------------------

NAMES = ["with space", "it's", 'so "called"', "line\nbreak", "größe-λ", "-o", "$HOME;`id`", "%s{0}\\n"]


def test_folders_and_files_of_any_name(tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        folder = tmp_path / str(number) / name
        path = write(folder, TEXT, f"{name.strip('-')}.py")
        target = ("--target", "all" if number % 4 == 3 else "numpy")
        done = pyaot("compile", f"./{path.name}", "-o", f"./{name}", *target, "--march", "native", cwd=folder)
        assert done.returncode == 0, (name, done.stderr)
        ran = versions_that_ran(run(folder / name / path.name))
        assert ran["scale"] == ("native" if number % 4 == 3 else "numpy"), name


def test_run_of_a_file_of_any_name(tmp_path: Path) -> None:
    path = write(tmp_path / "it's a\nλ", TEXT, 'so "called".py')
    for _ in range(2):
        done = pyaot("run", f"./{path.name}", cwd=path.parent)
        assert (done.returncode, done.stdout) == (0, "right\n"), done.stderr


def test_builds_into_one_folder_while_the_module_is_used(folder: Path) -> None:
    """Each run finds a whole module: its library or, for a moment, one that it must not load."""
    command = [sys.executable, "-m", "pyaot", "compile", "prog.py", "-o", "build", "--march", "native"]
    assert compiled(folder).returncode == 0
    builds = [
        subprocess.Popen([*command, *more], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for more in ([], ["--fp", "strict"])
    ]
    count = 0
    while any(build.poll() is None for build in builds):
        versions_that_ran(run(folder / "build/prog.py"))
        count += 1
    assert [build.returncode for build in builds] == [0, 0] and count
    assert versions_that_ran(run(folder / "build/prog.py"))["scale"] == "native"
    assert not list((folder / "build").glob(".pyaot-*"))


def test_written_files_are_the_users(folder: Path) -> None:
    """A build in a folder that others read leaves files that others can read."""
    assert compiled(folder).returncode == 0
    modes = {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in (folder / "build").iterdir()}
    assert all(mode & 0o400 and not mode & 0o022 for mode in modes.values()), modes
