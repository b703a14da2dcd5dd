"""A program: draws calls of the functions of a file and tells on a pipe, line by line, what came of them.

It runs in a process of its own (`pyaot.verify.process`), which a wrong kernel may end or keep busy for ever.

    {"function": "smooth", "examples": 12}      after every call
    {"function": "smooth", "done": {...}}       at last: the tally, and the difference if there is one
"""

import faulthandler
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from msgspec import Struct
from msgspec.structs import asdict, replace

from pyaot.base.source import read_source
from pyaot.frontend.subjects import Subject, read_subjects
from pyaot.verify.call import Call
from pyaot.verify.search import Difference, Limits, Tally, Try, search
from pyaot.verify.trial import LONGEST_S, try_call
from pyaot.verify.versions import Version, load

# A version that takes so long where the original took at most LONGEST_S is taken to hang.
_HANGS_S = 15 * LONGEST_S

# What the process may use beyond what it uses at its start; calls that need more are left out.
_MEMORY = 4 << 30

_TEAM = 3  # threads
_LEAST_S = 1.0  # for each function, whatever the others took


class Job(Struct, frozen=True):
    """What is asked of a worker."""

    path: str  # of the user's file
    drop_in: str
    file: str  # what `__file__` is in the drop-in
    functions: list[str]
    versions: dict[str, list[str]]  # by function
    may_miss_warnings: list[str]  # functions
    ranks: dict[str, dict[str, list[int]]]
    strict: bool
    examples: int
    seconds: float  # for all functions
    seed: int
    running: str  # the file that says which call is running


def main(job: Job, told: TextIO) -> None:
    """Tells what comes of every function."""
    faulthandler.enable()
    _limit_memory()
    path = Path(job.path)
    ranks = {f: {p: tuple(r) for p, r in known.items()} for f, known in job.ranks.items()}
    subjects = read_subjects(read_source(path), job.functions, ranks)
    try:
        original = load(path, path, path, "")
    except BaseException as error:
        _tell(told, "", failed=f"the file cannot be imported: {type(error).__name__}: {error}")
        return
    versions = _versions(job, path)
    end = time.monotonic() + job.seconds
    with open(job.running, "w", encoding="utf-8") as running:
        watch = partial(_watch, running)
        for number, (name, subject) in enumerate(zip(job.functions, subjects)):
            if isinstance(subject, str):
                _tell(told, name, done={"not_drawn": subject})
            else:
                may_miss = name in job.may_miss_warnings
                own = [
                    replace(v, may_miss_warnings=may_miss) for v in versions if v.name in job.versions[name]
                ]
                attempt = partial(try_call, original=original, versions=own, strict=job.strict, watch=watch)
                share = (end - time.monotonic()) / (len(subjects) - number)
                _tell(told, name, done=_as_data(*_searched(subject, attempt, job, share, told)))


def _versions(job: Job, path: Path) -> list[Version]:
    """Native code on one thread and on several, whatever else there is, and the original behind its guard."""
    found = []
    for name in dict.fromkeys([*(v for several in job.versions.values() for v in several), "original"]):
        module = load(Path(job.drop_in), path, Path(job.file), name)
        found += [Version(name, threads, module) for threads in ((1, _TEAM) if name == "native" else (1,))]
    return found


def _searched(
    subject: Subject, attempt: Try, job: Job, seconds: float, told: TextIO
) -> tuple[Tally, Difference | None]:
    limits = Limits(job.examples, max(seconds, _LEAST_S), job.seed)
    with _hangs_end_the_process():
        return search(subject, attempt, limits, lambda count: _tell(told, subject.name, examples=count))


def _watch(running: TextIO, version: str, call: Call) -> None:
    """Says which call is running, and begins to wait for its end."""
    running.seek(0)
    running.truncate()
    running.write(json.dumps({"version": version, "call": call.text()}))
    running.flush()
    faulthandler.dump_traceback_later(_HANGS_S, exit=True)


@contextmanager
def _hangs_end_the_process() -> Iterator[None]:
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (used + _MEMORY, hard))


def _as_data(tally: Tally, found: Difference | None) -> dict[str, Any]:
    data: dict[str, Any] = asdict(tally) | {"difference": None}
    if found is not None:
        data["difference"] = {"version": found.version, "told": found.told, "call": found.call.text()}
    return data


def _tell(told: TextIO, function: str, **what: Any) -> None:
    told.write(json.dumps({"function": function, **what}) + "\n")
    told.flush()


def _own_pipe() -> TextIO:
    """The pipe that was stdout; what the user's program prints goes to stderr."""
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return told


if __name__ == "__main__":
    main(Job(**json.loads(sys.stdin.read())), _own_pipe())
