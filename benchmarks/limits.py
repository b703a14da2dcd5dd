"""The machine's own limits: memory bandwidth with one thread and with all, and the rate of matrix products.

`python -m benchmarks.limits` prints them.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.workers import Worker, answer_questions

TRIAD = r"""
#include <stddef.h>
void triad(double *a, const double *b, const double *c, size_t n) {
    #pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < n; i++) a[i] = b[i] + 3.0 * c[i];
}
"""
TRIAD_SIZE = 20_000_000  # elements: 480 MB in three arrays, far beyond every cache
PRODUCT_SIZE = 2000
REPEATS = 5


@dataclass(frozen=True)
class Limits:
    """GB/s (each array counted once) and GFLOP/s, the best of some runs."""

    threads: int
    triad_one: float
    triad_all: float
    dgemm_one: float
    dgemm_all: float
    sgemm_one: float
    sgemm_all: float

    def __str__(self) -> str:
        return (
            f"limits (1 / {self.threads} threads): triad {self.triad_one:.1f} / {self.triad_all:.1f} GB/s, "
            f"dgemm {self.dgemm_one:.0f} / {self.dgemm_all:.0f}, "
            f"sgemm {self.sgemm_one:.0f} / {self.sgemm_all:.0f} GFLOP/s"
        )


def measured_limits(threads: int) -> Limits:
    """Measures them, each thread count in a process of its own."""
    one, every = _of(1), _of(threads)
    return Limits(
        threads, one["triad"], every["triad"], one["dgemm"], every["dgemm"], one["sgemm"], every["sgemm"]
    )


def _of(threads: int) -> dict[str, float]:
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    worker = Worker("benchmarks.limits", ["--worker"], dict.fromkeys(variables, str(threads)))
    answers = {question: worker.ask(question) for question in ("triad", "dgemm", "sgemm")}
    worker.end()
    return answers


def _answer(question: str) -> float:
    return triad() if question == "triad" else product(np.float64 if question == "dgemm" else np.float32)


def triad() -> float:
    """GB/s of a = b + 3 c."""
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None:
        return float("nan")
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "triad.c"), Path(folder, "triad.so")
        source.write_text(TRIAD)
        flags = ["-O3", "-march=native", "-fopenmp", "-shared", "-fPIC"]
        subprocess.run([compiler, *flags, str(source), "-o", str(library)], check=True)
        function = ctypes.CDLL(str(library)).triad
    a, b, c = (np.ones(TRIAD_SIZE) for _ in range(3))
    pointers = [ctypes.c_void_p(x.ctypes.data) for x in (a, b, c)]
    seconds = _best(lambda: function(*pointers, ctypes.c_size_t(TRIAD_SIZE)))
    return 3 * a.nbytes / seconds / 1e9


def product(dtype: type) -> float:
    """GFLOP/s of NumPy's matrix product."""
    a = np.ones((PRODUCT_SIZE, PRODUCT_SIZE), dtype)
    out = np.empty_like(a)
    return 2 * PRODUCT_SIZE**3 / _best(lambda: np.matmul(a, a, out=out)) / 1e9


def _best(call) -> float:
    call()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    if "--worker" in sys.argv:
        answer_questions(_answer)
    else:
        print(measured_limits(len(os.sched_getaffinity(0))))
