"""All contestants on one program: each in its own process, in turns, with a limit on every answer.

numpy prepares -> we compile -> everyone loads, makes a first call, is checked -> rounds A B C A B C -> memory
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.npbench.checkout import Program
from benchmarks.npbench.compilation import Compilation, compile_program
from benchmarks.npbench.hints import with_hints
from benchmarks.peers import FOLDER, PACKAGES, environment_of, python_of
from benchmarks.workers import Worker
from tests.variation.vary import varied

ROOT = Path(__file__).resolve().parents[2]
SLOWER = (
    1.5  # a variant that is so many times slower than its peer's best in the first round takes part no more
)


@dataclass(frozen=True)
class Settings:
    """How a contest is held."""

    preset: str = "S"
    peers: tuple[str, ...] = ()
    rounds: int = 5
    limit: float = 120.0  # seconds for one answer
    threads: int = 2
    environments: Path = FOLDER
    keep: Path | None = None  # where the compiled programs go; a temporary folder if left out
    varied: bool = False  # ours are compiled from the programs renamed, split and reordered


@dataclass
class Variant:
    """One function of a contestant."""

    name: str
    first: float = 0.0  # seconds of the first call
    cpu: float = 0.0  # CPU seconds of it
    times: list[float] = field(default_factory=list)  # one of each round
    memory: int | None = None
    wrong: str = ""  # what differs from NumPy, or why it does not run


@dataclass
class Side:
    """One contestant."""

    name: str
    variants: list[Variant] = field(default_factory=list)
    failed: str = ""
    load: float = 0.0
    load_cpu: float = 0.0
    told: str = ""  # for ours: which version ran


@dataclass
class Result:
    """Everything about one program."""

    program: str
    preset: str
    read: int = 0
    written: int = 0
    failed: str = ""
    compilation: Compilation | None = None
    sides: dict[str, Side] = field(default_factory=dict)


def contest(program: Program, settings: Settings) -> Result:
    """Holds the contest of one program."""
    result = Result(program.name, settings.preset)
    with tempfile.TemporaryDirectory(prefix=f"npbench-{program.name}-") as temporary:
        folder = Path(temporary)
        if settings.keep is not None:
            folder = settings.keep / program.name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        workers: dict[str, Worker] = {}
        try:
            _hold(program, settings, folder, result, workers)
        finally:
            for worker in workers.values():
                worker.kill()
            for made in folder.glob("*.pickle"):
                made.unlink()
    return result


def _hold(
    program: Program, settings: Settings, folder: Path, result: Result, workers: dict[str, Worker]
) -> None:
    workers["numpy"] = _worker("numpy", program, settings, folder)
    prepared = _asked(workers["numpy"], "prepare", 3 * settings.limit, folder, "numpy")
    if "error" in prepared:
        result.failed = prepared["error"]
        return
    result.read, result.written = prepared["read"], prepared["written"]
    text = with_hints(program.version("numpy").read_text(), program.entry, prepared["hints"])
    text = varied(text, {program.entry}) if settings.varied else text
    result.compilation = compile_program(program, text, folder)
    for name in ("numpy", "pyaot", *settings.peers):
        if name not in workers:
            workers[name] = _worker(name, program, settings, folder)
        result.sides[name] = _started(name, workers[name], settings, folder)
    _turns(result, workers, settings, folder)


def _worker(name: str, program: Program, settings: Settings, folder: Path) -> Worker:
    python = Path(sys.executable)
    if name in PACKAGES:
        python = python_of(name, settings.environments)
    arguments = [name, str(program.checkout), program.name, settings.preset, str(folder)]
    with (folder / f"{name}.log").open("w") as log:
        return Worker("benchmarks.npbench.worker", arguments, _environment(name, settings), python, log)


def _environment(name: str, settings: Settings) -> dict[str, str]:
    threads = ("OMP", "OPENBLAS", "MKL", "NUMBA", "PYAOT")
    environment = {f"{library}_NUM_THREADS": str(settings.threads) for library in threads}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return environment | (environment_of(name, settings.environments) if name in PACKAGES else {})


def _started(name: str, worker: Worker, settings: Settings, folder: Path) -> Side:
    """A contestant after its first calls."""
    side, limit = Side(name), settings.limit
    loaded = _asked(worker, "load", 3 * limit, folder, name)
    if "error" in loaded or not loaded["variants"]:
        side.failed = loaded.get("error", "ships no version")
        return side
    side.load, side.load_cpu = loaded["seconds"], loaded["cpu"]
    for variant in loaded["variants"]:
        answer = _asked(worker, f"first {variant}", limit, folder, name)
        wrong = answer.get("error") or answer["wrong"]
        side.variants.append(
            Variant(variant, answer.get("seconds", 0.0), answer.get("cpu", 0.0), wrong=wrong)
        )
    if name == "pyaot":
        side.told = " ".join(_asked(worker, "ran pyaot", limit, folder, name).get("told", ()))
    return side


def _turns(result: Result, workers: dict[str, Worker], settings: Settings, folder: Path) -> None:
    """Rounds in turns, then the memory of each."""
    for _ in range(settings.rounds):
        for name, side in result.sides.items():
            for variant in _in_the_running(side):
                answer = _asked(workers[name], f"round {variant.name}", settings.limit, folder, name)
                variant.wrong = answer.get("error") or answer["wrong"]
                variant.times += [answer["seconds"]] if "seconds" in answer else []
    for name, side in result.sides.items():
        for variant in _in_the_running(side):
            answer = _asked(workers[name], f"memory {variant.name}", settings.limit, folder, name)
            variant.memory = answer.get("bytes")


def _in_the_running(side: Side) -> list[Variant]:
    right = [variant for variant in side.variants if not variant.wrong]
    best = min((min(variant.times) for variant in right if variant.times), default=0.0)
    return [v for v in right if not v.times or min(v.times) <= SLOWER * best]


def _asked(worker: Worker, question: str, limit: float, folder: Path, name: str) -> dict[str, Any]:
    """The answer; a worker that dies or is late gives an error."""
    try:
        answer: dict[str, Any] = worker.ask(question, limit)
    except (RuntimeError, TimeoutError) as error:
        lines = (folder / f"{name}.log").read_text(errors="replace").strip().splitlines()
        return {"error": f"{error}{': ' + lines[-1][:200] if lines else ''}"}
    return answer
