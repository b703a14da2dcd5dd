"""What compiling costs: each example from cold by stage, loading the runtime, and a start from the cache.

    python -m benchmarks.compile                      all examples
    python -m benchmarks.compile sobel nbody --rounds 5

Every number is the median of several processes, which take turns and find pyaot's byte code in place.
`load` is Python's start and the imports; `middle` is the work on each function by itself; `files` is what is
neither. The runtime's import is what it adds to NumPy's; the warm start is what `pyaot run FILE` adds to
`python FILE`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("load", "front end", "middle", "emit", "C compiler", "files")
PROBE = "import numpy, time; t = time.perf_counter(); import pyaot_runtime; print(time.perf_counter() - t)"
PROGRAM = '''"""A program that does little: its time is that of starting it."""

import numpy as np
from numpy.typing import NDArray


def axpy(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.zeros_like(a)
    for i in range(a.shape[0]):
        out[i] = 2.0 * a[i] + b[i]
    return out


axpy(np.ones(4), np.ones(4))
'''


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="examples; all if left out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--stages", metavar="FILE", help="compile that file in this process; started by itself"
    )
    options = parser.parse_args()
    if options.stages:
        print(json.dumps(stages_here(Path(options.stages))))
        return 0
    cold(ROOT / "examples" / "matmul.py")  # writes the byte code
    names = options.names or sorted(path.stem for path in (ROOT / "examples").glob("*.py"))
    print(f"{'seconds':26}{'whole':>8}" + "".join(f"{stage:>12}" for stage in STAGES))
    wholes = [compiled(name, options.rounds) for name in names]
    print(f"cold compile: median {statistics.median(wholes):.2f} s, longest {max(wholes):.2f} s")
    runtime = median_of(runtime_import, 5 * options.rounds)
    print(f"import pyaot_runtime: {1e3 * runtime:.1f} ms beyond NumPy's own import")
    print(f"start from the cache: {1e3 * warm_start(5 * options.rounds):.1f} ms beyond python's")
    return 0


def compiled(name: str, rounds: int) -> float:
    """Prints a line of medians; gives the whole."""
    runs = [cold(ROOT / "examples" / f"{name}.py") for _ in range(rounds)]
    whole = statistics.median(sum(run) for run in runs)
    parts = [statistics.median(times) for times in zip(*runs, strict=True)]
    print(f"{name:26}{whole:8.2f}" + "".join(f"{part:12.3f}" for part in parts), flush=True)
    return whole


def cold(path: Path) -> list[float]:
    """Seconds of each stage, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.compile", "--stages", str(path)]
    start = time.time()
    done = subprocess.run(
        command, cwd=ROOT, env=_with_byte_code(), capture_output=True, text=True, check=True
    )
    began, *parts = json.loads(done.stdout)
    return [began - start, *parts]


def _with_byte_code() -> dict[str, str]:
    """The environment of an installed pyaot, whose modules are not compiled at each start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def stages_here(path: Path) -> list[float]:
    """When the work began, and the seconds of each stage after loading."""
    from pyaot.cli import Commands

    Commands().get_command(None, "compile")  # as the command line loads it
    from pyaot import driver
    from pyaot.base.options import Options
    from pyaot.cli.sources import read
    from pyaot.output import build

    began = time.time()
    spans: dict[str, tuple[float, float]] = {}
    for module, function in ((driver, "lower"), (driver, "plan"), (driver, "emit_native")):
        setattr(module, function, timed(getattr(module, function), function, spans))
    build.compile_library = timed(build.compile_library, "cc", spans)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        compilation = driver.compile_source(read(path), Options(march="portable"))
        driver.write_bundle(compilation, Path(folder))
        end = time.perf_counter()
    lowered, planned = spans["lower"][1], spans["plan"][0]
    emitted = spans.get("emit_native", spans["plan"])[1]
    cc = spans.get("cc", (end, end))
    parts = [lowered - start, planned - lowered, emitted - planned, cc[1] - cc[0]]
    return [began, *parts, end - start - sum(parts)]


def timed(
    function: Callable[..., Any], name: str, spans: dict[str, tuple[float, float]]
) -> Callable[..., Any]:
    """The function, which leaves behind when it began and ended."""

    def run(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        result = function(*args, **kwargs)
        spans[name] = (start, time.perf_counter())
        return result

    return run


def median_of(measure: Callable[[], float], rounds: int) -> float:
    """The median of several measurements."""
    return statistics.median(measure() for _ in range(rounds))


def runtime_import() -> float:
    """Seconds to import the runtime after NumPy, in a process of its own."""
    command = [sys.executable, "-c", PROBE]
    done = subprocess.run(command, env=_with_byte_code(), capture_output=True, text=True, check=True)
    return float(done.stdout)


def warm_start(rounds: int) -> float:
    """Seconds that `pyaot run` adds to Python's own start when the program is in the cache: pairs in turn."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "prog.py")
        file.write_text(PROGRAM)
        environment = {**_with_byte_code(), "PYAOT_CACHE_DIR": str(Path(folder, "cache"))}
        run = [sys.executable, "-m", "pyaot", "run", "--quiet", str(file)]
        seconds(run, environment)  # fills the cache
        return median_of(lambda: seconds(run, environment) - seconds(run[:1] + run[-1:], environment), rounds)


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Seconds that the process took."""
    start = time.perf_counter()
    subprocess.run(command, env=environment, capture_output=True, check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
