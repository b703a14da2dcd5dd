"""PolyBench: each form as it stands and compiled, and the same loops in C, in one run.

    python -m benchmarks.polybench                         all kernels, preset S
    python -m benchmarks.polybench gemm lu --preset M --rounds 7

Each contestant runs in a process of its own and takes its turn: A B C A B C ... Arguments are copied
outside the clock, and every result is compared with that of the original arrays form. A list form is timed
twice: the whole call, and its kernel alone, after the lists have been converted (`kernel`). Times with one
thread are CPU times, which other programs on the machine disturb less. C is `gcc -O3 -march=native -fopenmp`,
and its threads wait asleep, since they would keep each other from working where the machine is busy. Original
loops, which would take hours, run at the presets tiny and S only.
"""

import argparse
import copy
import ctypes
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from benchmarks import programs
from benchmarks.measure import ratios, spread
from benchmarks.workers import Worker, answer_questions

ROOT = Path(__file__).resolve().parents[1]
C_FLAGS = ("-std=gnu99", "-O3", "-march=native", "-fopenmp", "-shared", "-fPIC")
SHORTEST = 0.01  # seconds that a measurement takes at least
OURS = ("lists", "kernel", "loops", "arrays")
COMPARED = ("kernel", "loops", "arrays")  # the forms as machine code


def main() -> int:
    """Prints a line for each kernel; the status is 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="kernels; all if left out")
    parser.add_argument("--preset", default="S", choices=programs.PRESETS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(*options.worker)
        return 0
    names = options.names or programs.NAMES
    print_head(options.preset)
    found: list[Times] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            times = compare(name, options, folder) if compiled(name, folder) else {}
            if times:
                print_line(name, times)
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
    workers = {"original": contestant("original", name, options.preset, folder, 2)}
    for threads in (1, 2):
        workers[f"ours {threads}"] = contestant("ours", name, options.preset, folder, threads)
        workers[f"C {threads}"] = contestant("C", name, options.preset, folder, threads)
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


def forms_of(who: str, preset: str) -> tuple[str, ...]:
    """What a contestant is asked for."""
    if who == "original":
        return programs.FORMS if preset in ("tiny", "S") else ("arrays",)
    return ("C",) if who.startswith("C") else OURS


def contestant(kind: str, name: str, preset: str, folder: str, threads: int) -> Worker:
    """A worker that runs one version of a kernel."""
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYAOT_NUM_THREADS")
    environment = {variable: str(threads) for variable in variables}
    environment |= {"OMP_WAIT_POLICY": "passive"} if kind == "C" else {}
    return Worker("benchmarks.polybench", ["--worker", kind, name, preset, folder], environment)


# ---- the tables -----------------------------------------------------------------------------------------


def print_head(preset: str) -> None:
    """What the columns are."""
    print(f"preset {preset}; milliseconds (medians), and how many times faster than C with as many threads")
    print(f"{'':15}{'original':^27}|{'ours, 2 threads':^36}|{'C':^18}|{'x C, 2 threads':^24}|{'x C, 1':^24}")
    originals, ours = "".join(f"{f:>9}" for f in programs.FORMS), "".join(f"{f:>9}" for f in OURS)
    compared = "".join(f"{f:>8}" for f in COMPARED)
    print(f"{'':15}{originals}|{ours}|{'1':>9}{'2':>9}|{compared}|{compared}")


def print_line(name: str, times: Times) -> None:
    """One kernel's."""

    def cells(keys: Iterable[str]) -> str:
        return "".join(
            f"{1000 * spread(times[key]).median:9.3g}" if key in times else f"{'-':>9}" for key in keys
        )

    originals = cells(f"original {form}" for form in programs.FORMS)
    ours, c = cells(f"ours 2 {form}" for form in OURS), cells(("C 1 C", "C 2 C"))
    faster = ["".join(f"{speed(times, form, threads):8.2f}" for form in COMPARED) for threads in (2, 1)]
    print(f"{name:15}{originals}|{ours}|{c}|{faster[0]}|{faster[1]}", flush=True)


def speed(times: Times, form: str, threads: int) -> float:
    """How many times faster than C a form is."""
    return ratios(times[f"C {threads} C"], times[f"ours {threads} {form}"]).median


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


# ---- the worker's side ----------------------------------------------------------------------------------


def work(kind: str, name: str, preset: str, folder: str) -> None:
    """Answers `wrong FORM` (the outputs that differ) and `time FORM` (seconds of a call)."""
    kernel = programs.kernel(name)
    reference = dict(np.load(Path(folder, f"{name}.npz")))
    given = {
        form: kernel.arguments(preset, "lists" if form == "lists" else "loops")
        for form in forms_of(kind, preset)
    }
    calls = {form: call_of(kind, form, kernel, preset, folder) for form in forms_of(kind, preset)}

    def answer(question: str) -> object:
        what, form = question.split()
        if what == "time":
            return seconds(calls[form], given[form])
        mine = copy.deepcopy(given[form])
        calls[form](*mine.values())
        found = {output: np.asarray(mine[output]) for output in kernel.outputs}
        return programs.differences(reference, found)

    answer_questions(answer)


def call_of(kind: str, form: str, kernel: programs.Kernel, preset: str, folder: str) -> Callable[..., object]:
    """The function to call with the arguments."""
    if kind == "C":
        return c_function(kernel, preset, folder)
    if kind == "original":
        return kernel.forms[form]
    module = load(Path(folder, f"{kernel.name}.py"))
    if form == "kernel":
        entry = vars(module)["_pyaot_kernels"].get("lists")
        return lambda *values: entry(values)
    return getattr(module, form)


def load(path: Path) -> object:
    """The compiled module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def c_function(kernel: programs.Kernel, preset: str, folder: str) -> Callable[..., object]:
    """The C loops as a function of the Python arguments: sizes go before, and stand for the ints."""
    function = getattr(ctypes.CDLL(f"{folder}/{kernel.name}.so"), kernel.name)
    sizes = [ctypes.c_long(size) for size in kernel.sizes(preset)]

    def call(*values: object) -> None:
        pointers = [v.ctypes.data_as(ctypes.c_void_p) for v in values if isinstance(v, np.ndarray)]
        numbers = [ctypes.c_double(v) for v in values if isinstance(v, float)]
        function(*sizes, *numbers, *pointers)

    return call


def seconds(call: Callable[..., object], given: programs.Arguments) -> float:
    """Of one call; short ones are repeated, each with its own copy of the arguments."""
    clock = time.process_time if os.environ["OMP_NUM_THREADS"] == "1" else time.perf_counter
    total, count = 0.0, 0
    while total < SHORTEST and count < 1000:
        values = list(copy.deepcopy(given).values())
        start = clock()
        call(*values)
        total += clock() - start
        count += 1
    return total / count


if __name__ == "__main__":
    sys.exit(main())
