"""NumPy's version of a program with hints on its entry, compiled by us from cold, and what came of it."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.npbench.checkout import Program

ROOT = Path(__file__).resolve().parents[2]
STAYS_PYTHON = ("PA2", "PA3", "PA5", "PA9")  # messages of these stages say that something was not compiled


@dataclass(frozen=True)
class Compilation:
    """What `pyaot compile` made of one program."""

    status: int
    seconds: float
    cpu: float
    versions: tuple[str, ...]  # of the entry, fastest first
    reasons: tuple[str, ...]  # why something stays Python, in the order of the text


def compile_program(program: Program, text: str, folder: Path) -> Compilation:
    """Compiles the text, its version with hints, into `folder/out`."""
    source = folder / f"{program.module}_numpy.py"
    source.write_text(text)
    command = [sys.executable, "-m", "pyaot", "compile", str(source), "-o", str(folder / "out")]
    before, start = _children(), time.perf_counter()
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYAOT_CACHE_DIR": cache, "XDG_CACHE_HOME": cache}
        done = subprocess.run(
            [*command, "--march", "native"],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    seconds, cpu = time.perf_counter() - start, _children() - before
    report = folder / "out" / f"{program.module}_numpy.report.json"
    if not report.exists():
        reason = done.stderr.strip().splitlines()[-1:] or ["nothing was written"]
        return Compilation(done.returncode, seconds, cpu, (), tuple(reason))
    data = json.loads(report.read_text())
    return Compilation(done.returncode, seconds, cpu, _versions(data, program.entry), _reasons(data))


def _versions(report: dict[str, Any], entry: str) -> tuple[str, ...]:
    for function in report["functions"]:
        if function["name"] == entry and function["instances"]:
            instance = function["instances"][0]
            return tuple(instance["versions"]) if instance["pays"] else ("original",)
    return ("original",)


def _reasons(report: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"{message['code']} line {message['span']['line']}: {message['message']}"
        for message in report["diagnostics"]
        if message["code"].startswith(STAYS_PYTHON)
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
