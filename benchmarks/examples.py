"""Every example: seconds to compile from cold, and how much faster each version is than the original.

    python -m benchmarks.examples                  all of them
    python -m benchmarks.examples sobel nbody --factor 4 0.25

Compilation is the whole command `python -m pyaot compile`, from an empty cache, C compiler included. Then the
original and the versions take turns with the same arguments, which are copied outside the clock; every
result is compared with the original's. `--factor` multiplies each example's own SIZE. A line ends with SLOWER
where what the guards choose breaks the promise: at best slower than the original's best by more than a guard.
"""

import argparse
import copy
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.measure import ratios, spread

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ("chosen", "native", "numpy")  # what the guards choose, and two that are forced
GUARD = 2e-6  # seconds that a call may take longer than the original
NOISE = 1.05  # between the best of few runs of the same code


def main() -> int:
    """Prints a table; the status is 1 where something is slower than its original, wrong, or not compiled."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="examples; all if left out")
    parser.add_argument("--factor", type=float, nargs="+", default=[1.0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--compiled", metavar="FOLDER", help="compare what is compiled there, in this process"
    )
    options = parser.parse_args()
    if options.compiled:
        return 0 if compare(Path(options.compiled, options.names[0]), options) else 1
    paths = sorted((ROOT / "examples").glob("*.py"))
    paths = [path for path in paths if not options.names or path.stem in options.names]
    print(f"{'entry':26}{'original s':>11}" + "".join(f"{f'x {name}':>29}" for name in VERSIONS))
    compile_times, good = [], True
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            target = Path(folder, path.stem)
            status, seconds = compile_cold(path, target)
            print(
                f"{path.stem}: compiled in {seconds:.2f} s" + (f", status {status}" if status else ""),
                flush=True,
            )
            compile_times.append(seconds)
            good = status == 0 and compare_apart(path, folder, options) and good
    if compile_times:
        middle, longest = statistics.median(compile_times), max(compile_times)
        print(f"cold compile: median {middle:.2f} s, longest {longest:.2f} s")
    return 0 if good else 1


def compare_apart(path: Path, folder: str, options: argparse.Namespace) -> bool:
    """`compare` in a process of its own: a kernel that crashes costs only its own example."""
    factors = map(str, options.factor)
    choices = ["--compiled", folder, "--factor", *factors, "--rounds", str(options.rounds)]
    done = subprocess.run([sys.executable, "-m", "benchmarks.examples", path.stem, *choices], check=False)
    if done.returncode not in (0, 1):
        print(f"  ended with status {done.returncode}")
    return done.returncode == 0


def compile_cold(path: Path, target: Path) -> tuple[int, float]:
    """(exit status, seconds) of compiling one file with an empty cache."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYAOT_CACHE_DIR": cache, "XDG_CACHE_HOME": cache}
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "pyaot", "compile", str(path), "-o", str(target)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
    if done.returncode:
        print(done.stderr, file=sys.stderr)
    return done.returncode, seconds


def compare(target: Path, options: argparse.Namespace) -> bool:
    """Prints a line for each entry function and size; whether all are right and none is slower."""
    name = f"{target.name}.py"
    original = load(ROOT / "examples" / name, "original")
    versions = {version: load(target / name, version) for version in VERSIONS}
    calls = (
        (factor, *call)
        for factor in options.factor
        for call in original.inputs(max(1, round(factor * original.SIZE))).items()
    )
    good = True
    for factor, entry, arguments in calls:
        functions = {"original": getattr(original, entry)}
        functions |= {name: getattr(module, entry) for name, module in versions.items()}
        results = {name: function(*copy.deepcopy(arguments)) for name, function in functions.items()}
        wrong = [name for name in VERSIONS if not same(results["original"], results[name])]
        times = take_turns(functions, arguments, options.rounds)
        speeds = {name: ratios(times["original"], times[name]) for name in VERSIONS}
        slower = is_slower(times["original"], times["chosen"])
        good = good and not wrong and not slower
        columns = "".join(f"{'WRONG' if name in wrong else str(speeds[name]):>29}" for name in VERSIONS)
        title = entry if factor == 1.0 else f"{entry} x{factor:g}"
        row = f"  {title:24}{spread(times['original']).median:11.3g}{columns}"
        print(row + ("  SLOWER" if slower else ""), flush=True)
    return good


def is_slower(original: list[float], chosen: list[float]) -> bool:
    """Whether the call takes longer than the original by more than a guard, in the quietest run of each."""
    return min(chosen) > NOISE * min(original) + GUARD


def load(path: Path, version: str):
    """A fresh copy of the module with that version forced (`chosen`: none forced)."""
    before = os.environ.pop("PYAOT_VERSION", None)
    if version not in ("chosen", "original"):
        os.environ["PYAOT_VERSION"] = version
    spec = importlib.util.spec_from_file_location(f"{path.stem}_{version}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    os.environ.pop("PYAOT_VERSION", None)
    if before is not None:
        os.environ["PYAOT_VERSION"] = before
    return module


def same(expected, result) -> bool:
    """Equal up to rounding, of the same type and shape."""
    if result.dtype != expected.dtype or result.shape != expected.shape:
        return False
    tolerance = 1e-4 if expected.dtype == np.float32 else 1e-9
    return np.allclose(expected, result, rtol=tolerance, atol=tolerance)


def take_turns(functions, arguments, rounds) -> dict[str, list[float]]:
    """Seconds of one call of each, in turn; short calls are repeated until the clock resolves them."""
    calls = {name: calls_to_resolve(function, arguments) for name, function in functions.items()}
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            times[name].append(time_of(function, arguments, calls[name]) / calls[name])
    return times


def calls_to_resolve(function, arguments, least=0.01) -> int:
    """How many calls take about `least` seconds."""
    return max(1, min(1000, round(least / max(time_of(function, arguments, 1), 1e-7))))


def time_of(function, arguments, calls) -> float:
    """Seconds of that many calls, each with a copy of the arguments of its own."""
    copies = [copy.deepcopy(arguments) for _ in range(calls)]
    start = time.perf_counter()
    for given in copies:
        function(*given)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
