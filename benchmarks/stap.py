"""Chain B: the sequential original, NumPy and C by hand, and ours with one and two threads, in one run.

    python -m benchmarks.stap                      small and medium
    python -m benchmarks.stap --sizes large --rounds 5

Every contestant runs in a process of its own and takes its turn: A B C D A B C D ... A time is that of
the whole chain from cube to beams, without reading, drawing and detection. Where the original would take
long it runs on the first training block of the range cells; every stage's work is proportional to their
number, so its time is multiplied by the number of blocks. Accuracy is 10 log10(sum |ref|^2 / sum |ref - y|^2)
against complex128.
"""

import argparse
import ctypes
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks import stap_handwritten as handwritten
from benchmarks.measure import accuracy, ratios, spread
from benchmarks.workers import Worker, answer_questions

ROOT = Path(__file__).resolve().parents[1]
STAP = ROOT / "apps/stap"
STAGES = ("doppler", "covariance", "weights", "output")
ONE_THREAD, TWO_THREADS = ("pyaot, 1 thread", "portable", "1"), ("pyaot, 2 threads", "portable", "2")
LONGEST_ORIGINAL = 20.0  # seconds; where the whole would take longer, a slice is measured


def main() -> int:
    """Prints a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", nargs="+", default=["small", "medium"])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--worker", nargs=4, metavar=("KIND", "SIZE", "SEED", "FOLDER"), help=argparse.SUPPRESS
    )
    options = parser.parse_args()
    if options.worker:
        work(*options.worker)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        builds = [compile_kernels(Path(folder), march) for march in ("portable", "native")]
        for size in options.sizes:
            compare(size, options, Path(folder), all(builds))
    return 0 if all(builds) else 1


def compile_kernels(folder: Path, march: str) -> bool:
    """Compiles the kernels into a folder of that name; whether that went well."""
    command = [sys.executable, "-m", "pyaot", "compile", str(STAP / "kernels.py"), "-o", str(folder / march)]
    command += ["--march", march]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    print(f"pyaot compile --march {march} apps/stap/kernels.py: status {done.returncode}, {taken:.2f} s")
    if done.returncode:
        print(done.stderr)
    return done.returncode == 0


def compile_by_hand(folder: Path) -> bool:
    """Compiles stap_handwritten.c for this CPU into the folder; whether a C compiler did."""
    target = folder / "stap_handwritten.so"
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None or target.exists():
        return compiler is not None
    flags = ["-std=gnu99", "-O3", "-march=native", "-ffast-math", "-fopenmp", "-shared", "-fPIC"]
    command = [compiler, *flags, str(ROOT / "benchmarks/stap_handwritten.c"), "-o", str(target), "-lm"]
    return subprocess.run(command, check=False).returncode == 0


def compare(size: str, options: argparse.Namespace, folder: Path, compiled: bool) -> None:
    """Measures one size and prints its tables."""
    workers = {
        "original": contestant("original", size, options, folder, {"PYAOT_VERSION": "original"}),
        "NumPy by hand": contestant("handwritten", size, options, folder, {}),
    }
    if compile_by_hand(folder):
        workers["C by hand, 2 threads"] = contestant("c", size, options, folder, {"OMP_NUM_THREADS": "2"})
    if compiled:
        for name, march, threads in (ONE_THREAD, TWO_THREADS, ("  --march native", "native", "2")):
            environment = {"PYAOT_NUM_THREADS": threads}
            workers[name] = contestant("compiled", size, options, folder / march, environment)
    decibels = {name: worker.ask("accuracy") for name, worker in workers.items()}
    part = workers["original"].ask("part")
    quick = {name: worker for name, worker in workers.items() if name != "original"}
    times: dict[str, list[dict[str, float]]] = {name: [] for name in workers}
    times["original"].append(workers["original"].ask("stages"))
    for _ in range(options.rounds):
        for name, worker in quick.items():
            times[name].append(worker.ask("stages"))
    times["original"].append(workers["original"].ask("stages"))
    print(f"\n{size}: {options.rounds} rounds")
    if part != 1.0:
        print(f"  original: measured on {part:.4g} of the range cells, its times divided by that")
    print_totals(times, decibels)
    print_stages(times)
    for worker in workers.values():
        worker.end()


def contestant(
    kind: str, size: str, options: argparse.Namespace, folder: Path, environment: dict[str, str]
) -> Worker:
    """A worker that runs one version."""
    arguments = ["--worker", kind, size, str(options.seed), str(folder)]
    return Worker("benchmarks.stap", arguments, environment)


def print_totals(times: dict[str, list[dict[str, float]]], decibels: dict[str, float]) -> None:
    """Median seconds, accuracy, and ratios (with quartiles) to the contestants before."""
    totals = {name: [run["whole"] for run in runs] for name, runs in times.items()}
    original, by_hand = spread(totals["original"]).median, totals["NumPy by hand"]
    print(f"  {'':22}{'seconds':>26}{'dB':>8}{'x original':>12}  x NumPy by hand")
    for name, runs in totals.items():
        against_hand = "" if name == "original" else str(ratios(by_hand, runs))
        speed = original / spread(runs).median
        print(f"  {name:22}{spread(runs)!s:>26}{decibels[name]:8.1f}{speed:12.4g}  {against_hand}")
    if TWO_THREADS[0] in totals:
        print(f"  one thread to two: {ratios(totals[ONE_THREAD[0]], totals[TWO_THREADS[0]])}")


def print_stages(times: dict[str, list[dict[str, float]]]) -> None:
    """Median milliseconds of each stage."""
    print(f"  {'ms':22}" + "".join(f"{stage:>12}" for stage in STAGES))
    for name, runs in times.items():
        middles = (spread([run[stage] for run in runs]).median for stage in STAGES)
        print(f"  {name:22}" + "".join(f"{1000 * middle:12.4g}" for middle in middles))


# ---- the worker's side --------------------------------------------------------------------


def work(kind: str, size: str, seed: str, folder: str) -> None:
    """Answers `accuracy` (dB), `part` (share of the range cells) and `stages` (seconds of each)."""
    sys.path.insert(0, str(STAP))
    from cube import SIZES, Scene, make_cube, steering_vectors  # the program's folder is known only now

    sizes = SIZES[size]
    cube, _ = make_cube(sizes, Scene(), int(seed))
    steering = steering_vectors(sizes)
    loading = 10.0 * sizes.pulses
    part = 1.0
    if kind == "original":
        part = affordable_part(sizes)
        cube = np.ascontiguousarray(cube[:, :, : round(part * sizes.ranges)])
    stages = by_hand if kind == "handwritten" else c_by_hand(folder) if kind == "c" else loops(kind, folder)

    def answer(question: str) -> object:
        if question == "part":
            return part
        beams, seconds = stages(cube, steering, sizes.bins, sizes.training, loading)
        if question == "stages":
            return {name: value / part for name, value in seconds.items()}
        return float(accuracy(reference(cube, steering, sizes, loading), beams))

    answer_questions(answer)


def affordable_part(sizes):
    """The share of the range cells that the original runs on: all, or one training block."""
    size = sizes.channels * 3
    per_cell = sizes.bins * (size * (size + 1) / 2 + sizes.beams * size)  # products of covariance and output
    whole = 1.2e-6 * per_cell * sizes.ranges
    return 1.0 if whole < LONGEST_ORIGINAL else sizes.training / sizes.ranges


def loops(kind, folder):
    """The stages of apps/stap/kernels.py, as they are or compiled, as a function that also measures them."""
    path = (STAP if kind == "original" else Path(folder)) / "kernels.py"
    spec = importlib.util.spec_from_file_location(f"kernels_{kind}", path)
    kernels = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(kernels)

    def stages(cube, steering, bins, training, loading):
        clock = [time.perf_counter()]
        channels, _, ranges = cube.shape
        doppler = kernels.doppler_filter(cube, bins)
        clock.append(time.perf_counter())
        wrapped = kernels.wrap_bins(doppler.reshape(channels, bins, ranges // training, training))
        matrices = kernels.covariance(wrapped, loading)
        clock.append(time.perf_counter())
        adapted = kernels.weights(matrices, steering)
        clock.append(time.perf_counter())
        beams = kernels.beamform(wrapped, adapted, steering).reshape(-1, bins, ranges)
        clock.append(time.perf_counter())
        return beams, by_stage(clock)

    return stages


def by_hand(cube, steering, bins, training, loading):
    """The stages of stap_handwritten.py, measured."""
    clock = [time.perf_counter()]
    doppler = handwritten.doppler_filter(cube, bins)
    clock.append(time.perf_counter())
    cells = handwritten.snapshots(doppler, training)
    matrices = handwritten.covariance(cells, loading)
    clock.append(time.perf_counter())
    adapted = handwritten.weights(matrices, steering)
    clock.append(time.perf_counter())
    beams = handwritten.beamform(cells, adapted, steering)
    clock.append(time.perf_counter())
    return beams, by_stage(clock)


def c_by_hand(folder):
    """The stages of stap_handwritten.c as a function that also measures them."""
    library = ctypes.CDLL(str(Path(folder, "stap_handwritten.so")))

    def call(name, *arguments):
        getattr(library, name)(
            *(
                a.ctypes.data_as(ctypes.c_void_p) if isinstance(a, np.ndarray) else ctypes.c_long(a)
                for a in arguments
            )
        )

    def stages(cube, steering, bins, training, loading):
        clock = [time.perf_counter()]
        (channels, pulses, ranges), (beams, size), blocks = (
            cube.shape,
            steering.shape,
            cube.shape[2] // training,
        )
        doppler = np.empty((channels, bins, ranges), np.complex64)
        call("doppler_filter", cube, channels, pulses, ranges, bins, doppler)
        clock.append(time.perf_counter())
        wrapped = np.concatenate([doppler[:, -1:], doppler, doppler[:, :1]], axis=1)
        matrices = np.empty((bins, blocks, size, size), np.complex64)
        power = np.array([loading], np.float32)
        call("covariance", wrapped, channels, bins, blocks, training, power, matrices)
        clock.append(time.perf_counter())
        adapted = np.empty((bins, blocks, beams, size), np.complex64)
        call("weights", matrices, steering, bins * blocks, size, beams, adapted)
        clock.append(time.perf_counter())
        result = np.empty((beams, bins, ranges), np.complex64)
        call("beamform", wrapped, adapted, steering, channels, bins, blocks, training, beams, result)
        clock.append(time.perf_counter())
        return result, by_stage(clock)

    return stages


def by_stage(clock):
    """Seconds between the readings, and of the whole."""
    seconds = {name: after - before for name, before, after in zip(STAGES, clock, clock[1:])}
    return seconds | {"whole": clock[-1] - clock[0]}


def reference(cube, steering, sizes, loading, bins_at_once=32):
    """The chain in complex128, some Doppler bins at a time: the large one would not fit into memory."""
    doppler = handwritten.doppler_filter(cube.astype(np.complex128), sizes.bins)
    steering = steering.astype(np.complex128)
    parts = []
    for first in range(0, sizes.bins, bins_at_once):
        last = min(first + bins_at_once, sizes.bins)
        near = np.take(doppler, np.arange(first - 1, last + 1) % sizes.bins, axis=1)
        cells = handwritten.snapshots(near, sizes.training)[1:-1]
        adapted = handwritten.weights(handwritten.covariance(cells, loading), steering)
        parts.append(handwritten.beamform(cells, adapted, steering))
    return np.concatenate(parts, axis=1)


if __name__ == "__main__":
    sys.exit(main())
