"""One contestant on one program, in its own process: loads its versions, calls them, compares and measures.

    python -m benchmarks.npbench.worker CONTESTANT CHECKOUT PROGRAM PRESET FOLDER

The folder holds what NumPy's process made first: `inputs.pickle` and `expected.pickle`. Runs in the peers'
environments too, so nothing but NumPy and the standard library is imported here.
"""

import contextlib
import ctypes
import io
import os
import pickle
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.npbench.agreement import (
    disagreement,
    is_array,
    outcome,
    peer_disagreement,
    tolerance_of,
    with_slack,
)
from benchmarks.npbench.argument_hints import hint_of
from benchmarks.npbench.checkout import Program, program
from benchmarks.npbench.loaders import LOADERS, Call, compiled, positional
from benchmarks.workers import answer_questions

OURS = ("numpy", "pyaot")
ROUND = 0.03  # seconds that a round of short calls takes
MOST_CALLS = 100  # in a round
LAST_BITS = 2e-15  # of the arrays' values
NOISE = 0.01  # of the arrays' values, where the program's own inputs show nothing


class Contestant:
    """What the questions are put to."""

    def __init__(self, name: str, program: Program, preset: str, folder: Path) -> None:
        self.name, self.program, self.preset, self.folder = name, program, preset, folder
        self.calls: dict[str, Call] = {}
        self.cases: list[tuple[dict[str, Any], Any]] = []  # arguments, and what NumPy makes of them

    def answer(self, question: str) -> object:
        """The answer to `VERB [VARIANT]`; an exception is an answer."""
        verb, *variant = question.split()
        try:
            return getattr(self, verb)(*variant)
        except Exception as error:
            text = str(error).strip().splitlines() or [""]
            return {"error": f"{type(error).__name__}: {text[0][:300]}"}

    def prepare(self) -> object:
        """Writes the arguments and NumPy's outcome; answers with hints, and the bytes that must move."""
        np.random.seed(0)
        data = self.program.data(self.preset)
        arguments = {name: data[name] for name in self.program.inputs}
        call = positional(self.program, self.program.imported("numpy"))
        expected = _expected(call, arguments)
        if "norm_error" in self.program.info:  # NPBench's own limit is wide: rounding makes a difference here
            nudged = {name: _noisy(value, LAST_BITS) for name, value in arguments.items()}
            expected = with_slack(expected, _expected(call, nudged))
        cases = [(arguments, expected)]
        if not (cases[0][1].returned or cases[0][1].written):
            noisy = {name: _noisy(value, NOISE) for name, value in arguments.items()}
            cases.append((noisy, _expected(call, noisy)))
        for name, values in (("inputs", [c[0] for c in cases]), ("expected", [c[1] for c in cases])):
            (self.folder / f"{name}.pickle").write_bytes(pickle.dumps(values))
        expected = cases[-1][1]
        written = [a.nbytes for name, a in expected.arguments.items() if name in expected.written]
        return {
            "hints": {name: hint_of(value) for name, value in arguments.items()},
            "read": sum(a.nbytes for a in arguments.values() if is_array(a)),
            "written": sum(np.asarray(leaf).nbytes for leaf in expected.returned) + sum(written),
        }

    def load(self) -> object:
        """Compiles and imports; answers with the variants."""
        inputs = pickle.loads((self.folder / "inputs.pickle").read_bytes())
        expected = pickle.loads((self.folder / "expected.pickle").read_bytes())
        self.cases = list(zip(inputs, expected, strict=True))
        start, cpu = time.perf_counter(), _cpu()
        self.calls = LOADERS[self.name](self.program, self.preset, self.folder)
        return {
            "variants": list(self.calls),
            "seconds": time.perf_counter() - start,
            "cpu": _cpu() - cpu,
        }

    def first(self, variant: str) -> object:
        """The first call, and on every case whether the results are right."""
        cpu = _cpu()
        seconds, wrong = self._checked(variant, *self.cases[0])
        cpu = _cpu() - cpu
        for arguments, expected in self.cases[1:]:
            wrong = wrong or self._checked(variant, arguments, expected)[1]
        return {"seconds": seconds, "cpu": cpu, "wrong": wrong}

    def round(self, variant: str) -> object:
        """The median of some calls, the last of them checked."""
        times, arguments = [], self.cases[0][0]
        while sum(times) < ROUND and len(times) < MOST_CALLS:
            given = self._copies(arguments)
            start = time.perf_counter()
            result = self.calls[variant](given)
            times.append(time.perf_counter() - start)
        return {"seconds": statistics.median(times), "wrong": self._wrong(result, given, self.cases[0][1])}

    def memory(self, variant: str) -> object:
        """The bytes that a call takes at its peak beyond its arguments."""
        given = self._copies(self.cases[0][0])
        ctypes.CDLL(None).malloc_trim(0)  # else what earlier calls have freed hides what this one takes
        Path("/proc/self/clear_refs").write_text("5")
        before = _resident("VmRSS")
        result = self.calls[variant](given)
        peak = _resident("VmHWM")
        del result
        return {"bytes": max(0, peak - before)}

    def ran(self, variant: str) -> object:
        """Which of our versions a call runs, as the runtime tells."""
        os.environ["PYAOT_TRACE"] = "1"
        told = io.StringIO()
        with contextlib.redirect_stderr(told):
            call = positional(self.program, compiled(self.program, self.folder))
            call(self._copies(self.cases[0][0]))
        del os.environ["PYAOT_TRACE"]
        return {"told": told.getvalue().strip().splitlines()[-1:]}

    def _checked(self, variant: str, arguments: dict[str, Any], expected: Any) -> tuple[float, str]:
        given = self._copies(arguments)
        start = time.perf_counter()
        result = self.calls[variant](given)
        seconds = time.perf_counter() - start
        return seconds, self._wrong(result, given, expected)

    def _wrong(self, result: Any, given: dict[str, Any], expected: Any) -> str:
        found, tolerance = outcome(result, given), tolerance_of(self.program.info)
        if self.name in OURS:
            return disagreement(expected, found, tolerance)
        return peer_disagreement(expected, found, self.program.info.get("output_args", ()), tolerance)

    def _copies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        copy: Callable[[Any], Any] = np.copy
        if self.name == "jax":
            import jax.numpy

            copy = jax.numpy.array
        return {name: copy(value) if is_array(value) else value for name, value in arguments.items()}


def _expected(call: Call, arguments: dict[str, Any]) -> Any:
    given = {name: np.copy(value) if is_array(value) else value for name, value in arguments.items()}
    result = call(given)
    return outcome(result, given, before=arguments)


def _noisy(value: Any, noise: float) -> Any:
    if not is_array(value) or value.dtype.kind not in "fc":
        return value
    factors = 1 + noise * np.random.default_rng(1).random(value.shape)
    return (value * factors).astype(value.dtype)


def _cpu() -> float:
    """CPU seconds of this process and its children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def _resident(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(field))


def main() -> None:
    """Answers questions until there are no more."""
    name, checkout, of, preset, folder = sys.argv[1:]
    contestant = Contestant(name, program(Path(checkout), of), preset, Path(folder))
    answer_questions(contestant.answer)


if __name__ == "__main__":
    main()
