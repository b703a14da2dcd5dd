"""The file is compiled, and a process of its own calls its functions; what ends that process differs, too.

verify(source, ["smooth"], Settings(...))  ->  Report
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

import pyaot
from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.driver import compile_source, write_bundle
from pyaot.verify.report import Different, FunctionReport, Report, as_test
from pyaot.verify.versions import module_name
from pyaot.verify.worker import Job

Progress = Callable[[str, int], None]  # the function, and how many calls of it were compared

_LAST_WORDS = 2000  # characters of what a process said before it ended


class CannotVerifyError(Exception):
    """Nothing can be compared; says why."""


class Settings(Struct, frozen=True):
    """What the user asks for."""

    options: Options
    examples: int = 100  # of each function
    seconds: float = 60.0  # for all of them
    seed: int = 0


def verify(
    source: SourceFile,
    names: Sequence[str],
    settings: Settings,
    progress: Progress = lambda name, count: None,
) -> Report:
    """Compiles the file and compares its functions, or those of these names."""
    with tempfile.TemporaryDirectory(prefix="pyaot-") as made:
        folder = Path(made)
        beside = repr(str(folder / source.path.name))
        bundle = write_bundle(compile_source(source, settings.options), folder, beside)
        return _compare(source, (bundle.path, source.path), bundle.report, names, settings, progress)


def verify_built(
    source: SourceFile,
    drop_in: Path,
    made: Mapping[str, Any],
    names: Sequence[str],
    settings: Settings,
    progress: Progress = lambda name, count: None,
) -> Report:
    """Compares the functions of a drop-in whose report this is with those of the file."""
    return _compare(source, (drop_in, drop_in), made, names, settings, progress)


def _compare(
    source: SourceFile,
    drop_in: tuple[Path, Path],  # and what `__file__` is in it
    made: Mapping[str, Any],
    names: Sequence[str],
    settings: Settings,
    progress: Progress,
) -> Report:
    known = list(dict.fromkeys(function["name"].partition(":")[0] for function in made["functions"]))
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        some = f"'{unknown[0]}' has no compiled version; " if unknown else ""
        raise CannotVerifyError(f"{some}compiled are: {', '.join(known) or 'none'}")
    with tempfile.TemporaryDirectory(prefix="pyaot-") as folder:
        job = Job(
            path=str(source.path.absolute()),
            drop_in=str(drop_in[0].absolute()),
            file=str(drop_in[1]),
            functions=list(names) or known,
            versions=_versions(made),
            may_miss_warnings=_may_miss_warnings(made),
            ranks=_ranks(made),
            strict=bool(made["options"]["strict"]),
            examples=settings.examples,
            seconds=settings.seconds,
            seed=settings.seed,
            running=str(Path(folder) / "running.json"),
        )
        reports = tuple(_reports(job, progress))
    return Report(source.path, settings.seed, reports)


def _versions(made: Mapping[str, Any]) -> dict[str, list[str]]:
    """Those of each function, of its regions too."""
    found: dict[str, list[str]] = {}
    for function in made["functions"]:
        names = found.setdefault(function["name"].partition(":")[0], [])
        every = (version for instance in function["instances"] for version in instance["versions"])
        names += [version for version in dict.fromkeys(every) if version not in names]
    return found


def _may_miss_warnings(made: Mapping[str, Any]) -> list[str]:
    functions = (f for f in made["functions"] if any(i["may_miss_warnings"] for i in f["instances"]))
    return [function["name"].partition(":")[0] for function in functions]


def _ranks(made: Mapping[str, Any]) -> dict[str, dict[str, list[int]]]:
    """For each function the ranks of its arrays for which there are versions."""
    found: dict[str, dict[str, list[int]]] = {}
    for function in made["functions"]:
        ranks = found.setdefault(function["name"].partition(":")[0], {})
        for instance in function["instances"]:
            for name, shown in instance["parameters"].items():
                key, rank = name.replace(".", "_"), re.search(r"\[(\d+)\]$", shown)
                if rank is not None and int(rank[1]) not in ranks.setdefault(key, []):
                    ranks[key].append(int(rank[1]))
    return found


# ---- processes ------------------------------------------------------------------------------------------


def _reports(job: Job, progress: Progress) -> Iterator[FunctionReport]:
    """Each function's; a process that ends before it should costs the function that it was calling."""
    left = list(job.functions)
    while left:
        Path(job.running).unlink(missing_ok=True)
        with _process(replace(job, functions=left)) as (process, said):
            for event in _events(process):
                if "done" in event:
                    left.remove(event["function"])
                    yield _report(job, event["function"], event["done"])
                elif "failed" in event:
                    raise CannotVerifyError(event["failed"])
                else:
                    progress(event["function"], event["examples"])
            status = process.wait()
            if left:
                yield _ended(job, left.pop(0), status, said())


@contextmanager
def _process(job: Job) -> Iterator[tuple["subprocess.Popen[str]", Callable[[], str]]]:
    """A worker that has been told its job, and what gives the last words on its stderr."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        root = str(Path(pyaot.__file__).resolve().parents[1])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(
            [sys.executable, "-m", "pyaot.verify.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, "PYTHONPATH": path},
            text=True,
        )
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(asdict(job)))
            process.stdin.close()

            def said() -> str:
                errors.seek(0)
                return errors.read()[-_LAST_WORDS:]

            yield process, said
        finally:
            process.kill()
            process.wait()


def _events(process: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    for line in process.stdout:
        if line.endswith("\n"):
            yield json.loads(line)


def _report(job: Job, name: str, done: dict[str, Any]) -> FunctionReport:
    found = done.pop("difference", None)
    if found is not None:
        done["difference"] = Different(found["version"], found["told"], _test(job, name, found["call"]))
    return FunctionReport(name, **done)


def _ended(job: Job, name: str, status: int, said: str) -> FunctionReport:
    """The report of a function whose call ended the process."""
    running = Path(job.running)
    if not running.exists():
        raise CannotVerifyError(f"the process that calls '{name}' ended before its first call:\n{said}")
    call = json.loads(running.read_text(encoding="utf-8"))
    if status < 0:
        told = (
            f"ended the process by {signal.Signals(-status).name}, or a version that ran before it did harm"
        )
    else:
        told = "did not end" if "Timeout (" in said else f"ended the process with status {status}"
    return FunctionReport(name, difference=Different(call["version"], told, _test(job, name, call["call"])))


def _test(job: Job, name: str, call: str) -> str:
    """With the imports that the call needs."""
    module, _ = module_name(Path(job.path))
    made = re.findall(r"(?<![\w.])([A-Z]\w*)\(", call)
    names = dict.fromkeys([name.partition(".")[0], *(m for m in made if m != "Tagged")])
    return as_test(module, list(names), name, call)
