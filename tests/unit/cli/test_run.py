"""`pyaot run` does what `python` does, faster, and says when it cannot."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.programs import TEXT, pyaot, write

LOOPS = """
import numpy as np
from numpy.typing import NDArray

def double(a: NDArray[np.float64]) -> NDArray[np.float64]:
    b = np.empty(a.shape[0])
    for i in range(a.shape[0]):
        b[i] = a[i] + a[i]
    return b

print(double(np.arange(300.0))[-3:].tolist())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose cache has the program already, so that most tests start warm."""
    folder = tmp_path_factory.mktemp("a folder with 'quotes' and spaces")
    write(folder)
    done = pyaot("run", "prog.py", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "native ran scale (1)" in done.stderr
    return folder


def test_program_gets_its_arguments(folder: Path) -> None:
    done = pyaot("run", "prog.py", "-x", "--fp", "--help", cwd=folder)
    assert done.stdout == f"4.0 ['-x', '--fp', '--help'] __main__ {folder}/prog.py\n"
    assert done.returncode == 0


def test_quiet_says_nothing(folder: Path) -> None:
    done = pyaot("run", "--quiet", "prog.py", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")


def test_exit_status_is_the_programs(folder: Path) -> None:
    assert pyaot("run", "prog.py", "exit", cwd=folder).returncode == 7


def test_failure_shows_the_programs_own_lines_and_no_others(folder: Path) -> None:
    done = pyaot("run", "-q", "prog.py", "fail", cwd=folder)
    plain = subprocess.run(
        [sys.executable, "prog.py", "fail"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == plain.returncode == 1
    assert done.stderr == plain.stderr


def test_original_that_fails_is_shown_with_its_lines(folder: Path) -> None:
    done = pyaot("run", "-q", "prog.py", "object", cwd=folder)
    assert done.returncode == 1
    line = TEXT.split("\n").index("    for i in range(a.shape[0]):") + 1
    assert f'File "{folder}/prog.py", line {line}, in scale\n    for i in range(a.shape[0]):' in done.stderr
    assert "AttributeError: 'list' object has no attribute 'shape'" in done.stderr


def test_warm_start_compiles_nothing(folder: Path) -> None:
    """Without a compiler on the path nothing could be compiled; the key names the compiler, so it is kept."""
    entry = next(path for path in (folder / "cache").iterdir() if path.name != "locks")
    before = entry.stat().st_mtime_ns
    pyaot("run", "prog.py", cwd=folder)
    assert entry.stat().st_mtime_ns == before


def test_strict_has_an_entry_of_its_own(folder: Path) -> None:
    done = pyaot("run", "--fp", "strict", "prog.py", cwd=folder)
    assert done.stdout.startswith("4.0 ")
    assert len([p for p in (folder / "cache").iterdir() if p.name != "locks"]) == 2


def test_damaged_entry_is_rebuilt(tmp_path: Path) -> None:
    write(tmp_path)
    pyaot("run", "prog.py", cwd=tmp_path)
    (library,) = (tmp_path / "cache").glob("*/*.so")
    library.write_bytes(b"nothing")
    done = pyaot("run", "prog.py", cwd=tmp_path)
    assert "warning[PA706]" in done.stderr and "native ran scale (1)" in done.stderr
    assert library.stat().st_size > 1000


def test_unusable_cache_costs_a_warning(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "cache").write_text("no folder")
    done = pyaot("run", "prog.py", cwd=tmp_path)
    assert "warning[PA704]" in done.stderr and "PYAOT_CACHE_DIR" in done.stderr
    assert done.stdout.startswith("4.0 ") and "native ran scale (1)" in done.stderr


def test_no_compiler_costs_the_native_version(tmp_path: Path) -> None:
    """A `ziglang` that cannot be run stands before the real one."""
    write(tmp_path, LOOPS)
    (tmp_path / "ziglang").mkdir()
    (tmp_path / "ziglang" / "__main__.py").write_text("raise SystemExit(1)\n")
    path = ":".join([str(tmp_path), *filter(None, sys.path)])
    done = pyaot("run", "prog.py", cwd=tmp_path, PATH=str(tmp_path), CC="/nowhere/cc", PYTHONPATH=path)
    assert done.returncode == 0 and done.stdout == "[594.0, 596.0, 598.0]\n"
    assert "warning[PA701]" in done.stderr and "numpy ran double (1)" in done.stderr


def test_two_builds_at_once(tmp_path: Path) -> None:
    write(tmp_path)
    command = [sys.executable, "-m", "pyaot", "run", "prog.py"]
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": ":".join(filter(None, sys.path)),
        "PYAOT_CACHE_DIR": str(tmp_path / "cache"),
    }
    running = [
        subprocess.Popen(
            command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in running:
        out, err = process.communicate(timeout=120)
        assert out.startswith("4.0 ") and "native ran scale (1)" in err
    assert len(list((tmp_path / "cache").glob("*/manifest.json"))) == 1


def test_hinted_modules_of_the_folder_are_compiled(tmp_path: Path) -> None:
    library = TEXT.partition("if __name__")[0]
    write(tmp_path / "pack", library, "kernels.py")
    write(tmp_path / "pack", "", "__init__.py")
    write(
        tmp_path,
        "import numpy as np, inspect\nfrom pack.kernels import scale\nimport pack.kernels\n"
        "print(scale(np.arange(3.0), 2.0), pack.kernels.__file__)\n"
        "print(inspect.getsource(scale).split('(')[0])\n",
    )
    done = pyaot("run", "prog.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"3.0 {tmp_path}/pack/kernels.py\ndef scale\n"
    assert "native ran scale (1)" in done.stderr


def test_modules_of_the_model_library_are_compiled(tmp_path: Path) -> None:
    library = TEXT.partition("if __name__")[0]
    models = tmp_path / "elsewhere" / "stdlib_models"
    write(models, "", "__init__.py")
    write(models / "scaling", "", "__init__.py")
    write(models / "scaling", library, "kernels.py")
    (tmp_path / "here").mkdir()
    write(
        tmp_path / "here",
        "import sys\nsys.path.insert(0, sys.argv[1])\nimport numpy as np\n"
        "from stdlib_models.scaling import kernels\nprint(kernels.scale(np.arange(3.0), 2.0))\n",
    )
    done = pyaot("run", "prog.py", str(tmp_path / "elsewhere"), cwd=tmp_path / "here")
    assert done.stdout == "3.0\n", done.stderr
    assert "native ran scale (1)" in done.stderr


def test_full_disk(tmp_path: Path) -> None:
    """No file may grow at all: the cache cannot be filled, and the program runs as it is."""
    write(tmp_path)
    arguments = f"{sys.executable} -m pyaot run prog.py"
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 0; {arguments}"],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": ":".join(filter(None, sys.path)),
            "PYAOT_CACHE_DIR": str(tmp_path / "cache"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("4.0 "), done.stderr
    assert "Traceback" not in done.stderr
    assert "PA70" in done.stderr and "runs uncompiled" in done.stderr


# ---- bad input


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.py", None, "PA102"),
        ("prog.txt", b"x = 1\n", "PA102"),
        ("folder.py", "folder", "PA102"),
        ("broken.py", b"def f(:\n    pass\n", "PA101"),
        ("latin.py", b"# gr\xfc\xdfe\n", "PA103"),
        ("null.py", b"x = 1\0\n", "PA101"),
    ],
)
@pytest.mark.parametrize("command", [("run",), ("compile", "-o", "out"), ("explain",)], ids=lambda c: c[0])
def test_bad_input(
    command: tuple[str, ...], name: str, content: bytes | str | None, says: str, tmp_path: Path
) -> None:
    if content == "folder":
        (tmp_path / name).mkdir()
    elif isinstance(content, bytes):
        (tmp_path / name).write_bytes(content)
    done = pyaot(*command, name, cwd=tmp_path)
    assert done.returncode == 2
    assert f"error[{says}]" in done.stderr and name in done.stderr
    assert "= hint:" in done.stderr or "= note:" in done.stderr
    assert "Traceback" not in done.stderr


def test_syntax_error_shows_the_line(tmp_path: Path) -> None:
    write(tmp_path, "x = 1\ndef f(:\n    pass\n")
    done = pyaot("run", "prog.py", cwd=tmp_path)
    assert "prog.py:2:" in done.stderr and "def f(:" in done.stderr


def test_empty_file_runs(tmp_path: Path) -> None:
    write(tmp_path, "")
    done = pyaot("run", "prog.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
