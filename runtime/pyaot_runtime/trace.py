"""What is told about calls: each with `PYAOT_TRACE=1`, one summary with `PYAOT_TRACE=summary`.

`PYAOT_VERSION=original|numpy|native` forces a version. A trace goes to stderr:

    pyaot: smooth: native ran
    pyaot: smooth: the original ran (native: 'a' is not a plain float64 array of 1 dimension)
"""

import atexit
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

Output: TypeAlias = Callable[["Recorder", str], None]

VERSIONS = ("original", "numpy", "native")

_counts: dict[str, Counter[str]] = {}
_thread = threading.local()


@dataclass(frozen=True)
class Mode:
    """What the environment asks for."""

    output: Output | None = None
    forced: str = ""  # a version's name, or "" for the fastest

    @property
    def records(self) -> bool:
        """Whether calls are told about."""
        return self.output is not None


class Recorder:
    """Wraps what a dispatcher calls, and tells which version ran and why the others did not."""

    def __init__(self, name: str, output: Output | None) -> None:
        self.name = name
        self._output = output

    def guard(self, version: str, guard: Callable[..., str | None]) -> Callable[..., str | None]:
        """The guard; its reason is kept until the original runs."""

        def recorded(*values: Any) -> str | None:
            reason = guard(*values)
            if reason is not None:
                note(f"{version}: {reason}")
            return reason

        return recorded

    def kernel(
        self, version: str, kernel: Callable[[tuple[Any, ...]], Any]
    ) -> Callable[[tuple[Any, ...]], Any]:
        """The kernel; tells that it ran, or keeps that its attempt failed."""

        def recorded(values: tuple[Any, ...]) -> Any:
            answer = kernel(values)
            if answer[0] < 0:
                note(f"{version}: the attempt met what only the original can do, and changed nothing")
            else:
                _take_notes()
                self._tell(version)
            return answer

        return recorded

    def original(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The original; tells why it runs."""

        def recorded(*args: Any, **kwargs: Any) -> Any:
            reasons = _take_notes()
            self._tell("original", reasons or ["its arguments are not as hinted"])
            return original(*args, **kwargs)

        return recorded

    def _tell(self, version: str, reasons: list[str] | None = None) -> None:
        _count(self.name, version)
        if self._output is not None:
            why = f" ({'; '.join(reasons)})" if reasons else ""
            self._output(self, f"{'the original' if version == 'original' else version} ran{why}")


def mode_of_environment() -> Mode:
    """What PYAOT_TRACE and PYAOT_VERSION ask for now."""
    return Mode(_output(os.environ.get("PYAOT_TRACE", "")), _forced(os.environ.get("PYAOT_VERSION", "")))


def note(reason: str) -> None:
    """Keeps a reason for what is told about this thread's next run of an original."""
    _notes().append(reason)


def summary() -> list[str]:
    """A line for each version with the functions that it ran, and how often."""
    lines = []
    for version in ("native", "numpy", "original"):
        ran = [f"{name} ({counts[version]})" for name, counts in _counts.items() if counts[version]]
        if ran:
            lines.append(f"pyaot: {version} ran {', '.join(ran)}")
    return lines


def _output(asked: str) -> Output | None:
    if asked in ("", "0"):
        return None
    return _keep_quiet if asked == "summary" else _print_call


def _forced(asked: str) -> str:
    if asked in ("", *VERSIONS):
        return asked
    print(f"pyaot: PYAOT_VERSION={asked!r} is none of {', '.join(VERSIONS)}; not used", file=sys.stderr)
    return ""


def _print_call(recorder: Recorder, text: str) -> None:
    print(f"pyaot: {recorder.name}: {text}", file=sys.stderr)


def _keep_quiet(recorder: Recorder, text: str) -> None:
    """Only the summary at the end is wanted."""


def _count(name: str, version: str) -> None:
    if not _counts:
        atexit.register(_print_summary)
    _counts.setdefault(name, Counter())[version] += 1


def _print_summary() -> None:
    if os.environ.get("PYAOT_TRACE") == "summary":
        print("\n".join(summary()), file=sys.stderr)


def _notes() -> list[str]:
    if not hasattr(_thread, "notes"):
        _thread.notes = []
    notes: list[str] = _thread.notes
    return notes


def _take_notes() -> list[str]:
    notes = _notes()
    taken = list(notes)
    notes.clear()
    return taken
