"""PolyBench: each form as it stands and compiled, the same loops in C and by Numba, in one run.

    python -m benchmarks.polybench                         all kernels, preset S
    python -m benchmarks.polybench gemm lu --preset M --rounds 7
    python -m benchmarks.polybench --numba                 after `python -m benchmarks peers numba`

Each contestant runs in a process of its own and takes its turn: A B C A B C ... Arguments are copied
outside the clock, and every result is compared with that of the original arrays form. A list form is timed
twice: the whole call, and its kernel alone, after the lists have been converted (`kernel`). Times with one
thread are CPU times, which other programs on the machine disturb less. C is `gcc -O3 -march=native -fopenmp`,
and its threads wait asleep, since they would keep each other from working where the machine is busy. Numba
gets the loops over arrays with `parallel=True, fastmath=True`. Original loops, which would take hours, run
at the presets tiny and S only.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks import peers, programs
from benchmarks.measure import ratios, spread
from benchmarks.polybench_worker import OURS, forms_of
from benchmarks.workers import Worker

ROOT = Path(__file__).resolve().parents[1]
C_FLAGS = ("-std=gnu99", "-O3", "-march=native", "-fopenmp", "-shared", "-fPIC")
COMPARED = ("kernel", "loops", "arrays")  # the forms as machine code


def main() -> int:
    """Prints a line for each kernel; the status is 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="kernels; all if left out")
    parser.add_argument("--preset", default="S", choices=programs.PRESETS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--numba", action="store_true", help="run Numba's versions of the loops, too")
    peers.add_folder(parser)
    options = parser.parse_args()
    names = options.names or programs.NAMES
    print_head(options)
    found: list[Times] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            times = compare(name, options, folder) if compiled(name, folder) else {}
            if times:
                print_line(name, times, options)
                found.append(times)
    print_means(found)
    return 0 if len(found) == len(names) else 1


def compiled(name: str, folder: str) -> bool:
    """Whether pyaot and gcc have compiled the kernel into the folder."""
    source = programs.FOLDER / name
    ours = [sys.executable, "-m", "pyaot", "compile", f"{source}.py", "-o", folder, "--march", "native"]
    theirs = ["gcc", *C_FLAGS, f"{source}.c", "-o", f"{folder}/{name}.so", "-lm"]
    done = [
        subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        for command in (ours, theirs)
    ]
    for run in done:
        if run.returncode:
            print(f"{name}: {run.stderr}")
    return all(run.returncode == 0 for run in done)


Times = dict[str, list[float]]  # seconds, round by round, of `original loops`, `ours 2 arrays`, `C 1`, ...


def compare(name: str, options: argparse.Namespace, folder: str) -> Times:
    """The times of every contestant; none where a result is wrong."""
    kernel = programs.kernel(name)
    np.savez(
        Path(folder, f"{name}.npz"),
        **programs.results(kernel, "arrays", kernel.arguments(options.preset, "arrays")),
    )
    workers = {"original": contestant("original", name, options, folder, 2)}
    for threads in (1, 2):
        for kind in ("ours", "C", "numba") if options.numba else ("ours", "C"):
            workers[f"{kind} {threads}"] = contestant(kind, name, options, folder, threads)
    asked = [(who, form) for who in workers for form in forms_of(who, options.preset)]
    wrong = [f"{who} {form}" for who, form in asked if workers[who].ask(f"wrong {form}")]
    times: Times = {f"{who} {form}": [] for who, form in asked}
    for turn in range(0 if wrong else options.rounds):
        for who, form in asked:
            if turn == 0 or (who, form) not in (("original", "lists"), ("original", "loops")):
                times[f"{who} {form}"].append(workers[who].ask(f"time {form}"))
    for worker in workers.values():
        worker.end()
    if wrong:
        print(f"{name}: WRONG: {', '.join(wrong)}")
    return {} if wrong else times


def contestant(kind: str, name: str, options: argparse.Namespace, folder: str, threads: int) -> Worker:
    """A worker that runs one version of a kernel."""
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYAOT_NUM_THREADS", "NUMBA_NUM_THREADS")
    environment = {variable: str(threads) for variable in variables}
    environment |= {"OMP_WAIT_POLICY": "passive"} if kind == "C" else {}
    environment["NUMBA_DISABLE_PERFORMANCE_WARNINGS"] = "1"
    python = peers.python_of("numba", options.folder) if kind == "numba" else sys.executable
    return Worker("benchmarks.polybench_worker", [kind, name, options.preset, folder], environment, python)


# ---- the tables -----------------------------------------------------------------------------------------


def print_head(options: argparse.Namespace) -> None:
    """What the columns are."""
    print(f"preset {options.preset}; milliseconds (medians); how many times faster with as many threads")
    numba = f"|{'x Numba':^14}" if options.numba else ""
    ours, faster = f"{'original':^27}|{'ours, 2 threads':^36}", f"{'x C, 2 threads':^24}|{'x C, 1':^24}"
    print(f"{'':15}{ours}|{'C':^18}|{faster}{numba}")
    originals, ours = "".join(f"{f:>9}" for f in programs.FORMS), "".join(f"{f:>9}" for f in OURS)
    compared = "".join(f"{f:>8}" for f in COMPARED)
    numba = f"|{'2':>7}{'1':>7}" if options.numba else ""
    print(f"{'':15}{originals}|{ours}|{'1':>9}{'2':>9}|{compared}|{compared}{numba}")


def print_line(name: str, times: Times, options: argparse.Namespace) -> None:
    """One kernel's."""

    def cells(keys: Iterable[str]) -> str:
        return "".join(
            f"{1000 * spread(times[key]).median:9.3g}" if key in times else f"{'-':>9}" for key in keys
        )

    originals = cells(f"original {form}" for form in programs.FORMS)
    ours, c = cells(f"ours 2 {form}" for form in OURS), cells(("C 1 C", "C 2 C"))
    faster = ["".join(f"{speed(times, form, threads):8.2f}" for form in COMPARED) for threads in (2, 1)]
    numba = f"|{over_numba(times, 2):7.2f}{over_numba(times, 1):7.2f}" if options.numba else ""
    print(f"{name:15}{originals}|{ours}|{c}|{faster[0]}|{faster[1]}{numba}", flush=True)


def speed(times: Times, form: str, threads: int) -> float:
    """How many times faster than C a form is."""
    return ratios(times[f"C {threads} C"], times[f"ours {threads} {form}"]).median


def over_numba(times: Times, threads: int) -> float:
    """How many times faster than Numba the loops over arrays are."""
    return ratios(times[f"numba {threads} loops"], times[f"ours {threads} loops"]).median


def print_means(found: list[Times]) -> None:
    """The geometric means, and how far the slowest form is behind the fastest."""
    if not found:
        return
    for threads in (2, 1):
        logarithms = np.log([[speed(times, form, threads) for form in COMPARED] for times in found])
        means = ", ".join(
            f"{form} {mean:.2f}" for form, mean in zip(COMPARED, np.exp(logarithms.mean(axis=0)))
        )
        apart = np.exp(logarithms.max(axis=1) - logarithms.min(axis=1))
        print(f"{threads} threads: geometric mean x C: {means}; forms apart: {spread(list(apart))}")
        if f"numba {threads} loops" in found[0]:
            numba = np.exp(np.mean(np.log([over_numba(times, threads) for times in found])))
            print(f"{threads} threads: geometric mean x Numba: loops {numba:.2f}")


if __name__ == "__main__":
    sys.exit(main())
