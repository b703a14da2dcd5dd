"""A small program, and pyaot called as a user calls it."""

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from pyaot.cli import main

TEXT = '''"""Scales an array and says what came out."""
import sys
import numpy as np
from numpy.typing import NDArray


def scale(a: NDArray[np.float64], k: float) -> float:
    total = 0.0
    for i in range(a.shape[0]):
        a[i] = a[i] * k
        total = total + 1.0
    return total


def where() -> int:
    return 1 / 0


if __name__ == "__main__":
    print(scale(np.arange(4.0), 2.0), sys.argv[1:], __name__, __file__)
    if "fail" in sys.argv:
        where()
    if "exit" in sys.argv:
        sys.exit(7)
    if "object" in sys.argv:
        scale([1, 2], "x")
'''


def write(folder: Path, text: str = TEXT, name: str = "prog.py") -> Path:
    """The program as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def pyaot(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m pyaot ...` with a cache of its own in `cwd`."""
    base = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": ":".join(filter(None, sys.path)),
        "PYAOT_CACHE_DIR": str(cwd / "cache"),
        "PYAOT_NUM_THREADS": "1",
    }
    return subprocess.run(
        [sys.executable, "-m", "pyaot", *arguments],
        cwd=cwd,
        env=base | environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def invoked(*arguments: str) -> Result:
    """What a command does in this process."""
    return CliRunner().invoke(main, list(arguments))
