"""`pyaot annotate` as a user calls it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.programs import pyaot, write

PROGRAM = '''"""A program."""
import sys
import numpy as np


def scale(a, k=2.0):  # twice
    return a * k


def broken(n):
    return n / 0


if __name__ == "__main__":
    print(scale(np.ones(3)).sum(), sys.argv[1:], __file__, __name__)
    if "fail" in sys.argv:
        broken(1)
    if "exit" in sys.argv:
        sys.exit(7)
    if "kill" in sys.argv:
        import os, signal
        os.kill(os.getpid(), signal.SIGKILL)
'''
ARRAY = "np.ndarray[tuple[int], np.dtype[np.float64]]"
SIGNATURE = f"def scale(\n    a: {ARRAY},\n    k: float = 2.0,\n) -> {ARRAY}:  # twice\n"


def test_diff_is_on_stdout_and_all_else_on_stderr(tmp_path: Path) -> None:
    path = write(tmp_path, PROGRAM)
    done = pyaot("annotate", "prog.py", "-x", "--write", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("--- a/prog.py\n+++ b/prog.py\n@@ ")
    assert f"6.0 ['-x', '--write'] {path} __main__\n" in done.stderr
    assert "remark[PA206]: 'broken' gets no hints." in done.stderr
    assert done.stderr.endswith("pyaot: prog.py: 3 hints in the diff\n")
    assert path.read_text() == PROGRAM
    subprocess.run(
        ["patch", "-p1"], cwd=tmp_path, input=done.stdout, text=True, check=True, capture_output=True
    )
    assert SIGNATURE in path.read_text()


def test_write_changes_the_file_and_keeps_its_mode(tmp_path: Path) -> None:
    path = write(tmp_path, PROGRAM)
    path.chmod(0o755)
    done = pyaot("annotate", "--write", "-q", "prog.py", cwd=tmp_path)
    assert done.stdout.startswith("6.0 []")
    assert done.stderr == "pyaot: prog.py: 3 hints written\n"
    assert SIGNATURE in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o755
    again = pyaot("annotate", "-q", "prog.py", cwd=tmp_path)
    assert (again.stdout, "no hint to write" in again.stderr) == ("", True)


def test_bytes_of_the_file_stay(tmp_path: Path) -> None:
    text = "# coding: latin-1\r\n# größer\r\ndef f(a,b = 1) :\r\n\treturn a  # ü\r\n\r\n\r\nf(1)"
    path = tmp_path / "prog.py"
    path.write_bytes(text.encode("latin-1"))
    assert pyaot("annotate", "--write", "prog.py", cwd=tmp_path).returncode == 0
    expected = text.replace("(a,b = 1)", "(a: int,b: int = 1) -> int")
    assert path.read_bytes() == expected.encode("latin-1")


def test_failing_program_gives_its_traceback_its_status_and_the_hints_so_far(tmp_path: Path) -> None:
    write(tmp_path, PROGRAM)
    done = pyaot("annotate", "-q", "prog.py", "fail", cwd=tmp_path)
    plain = subprocess.run(
        [sys.executable, "prog.py", "fail"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == plain.returncode == 1
    assert plain.stderr in done.stderr
    assert "+def broken(n: int):" in done.stdout and "+def scale(" in done.stdout


@pytest.mark.parametrize(("argument", "status"), [("exit", 7), ("kill", 137)])
def test_exit_status_is_the_programs(argument: str, status: int, tmp_path: Path) -> None:
    write(tmp_path, PROGRAM)
    done = pyaot("annotate", "prog.py", argument, cwd=tmp_path)
    assert done.returncode == status
    assert "+def scale(" in done.stdout


POINTS = """
class Next: pass

class Point:
    def __init__(self, x): self.x = x
    next = Next()
"""


def test_modules_of_the_folder_with_all(tmp_path: Path) -> None:
    write(tmp_path / "pack", POINTS, "shapes.py")
    write(tmp_path / "pack", "def use(p): return p.x\ndef near(p): return p.next\n", "__init__.py")
    write(
        tmp_path,
        "import pack\nfrom pack import shapes\n\ndef f(p): return pack.use(p)\n"
        "f(shapes.Point(1))\npack.near(shapes.Point(1))\n",
    )
    pyaot("annotate", "--write", "prog.py", cwd=tmp_path)
    assert "(p)" in (tmp_path / "pack/__init__.py").read_text()
    done = pyaot("annotate", "--all", "--write", "prog.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "def f(p: shapes.Point) -> int" in (tmp_path / "prog.py").read_text()
    assert "def __init__(self, x: int) -> None" in (tmp_path / "pack/shapes.py").read_text()
    assert (tmp_path / "pack/__init__.py").read_text() == (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from pack.shapes import Next, Point\n\n"
        'def use(p: "Point") -> int: return p.x\ndef near(p: "Point") -> "Next": return p.next\n'
    )
    assert pyaot("run", "prog.py", cwd=tmp_path).returncode == 0


def test_file_that_the_program_changes_is_left_alone(tmp_path: Path) -> None:
    text = "def f(a): return a\nf(1)\nopen(__file__, 'a').write('# more')\n"
    path = write(tmp_path, text)
    done = pyaot("annotate", "--write", "prog.py", cwd=tmp_path)
    assert "was changed while the program ran" in done.stderr
    assert path.read_text() == text + "# more"


def test_file_that_is_no_python_is_not_run(tmp_path: Path) -> None:
    write(tmp_path, "print('run')\ndef f(:\n")
    done = pyaot("annotate", "prog.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error[PA101]" in done.stderr and "run\n" not in done.stderr
