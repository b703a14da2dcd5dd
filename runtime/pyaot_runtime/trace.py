"""What is told about calls: each with `PYAOT_TRACE=1`, one summary with `PYAOT_TRACE=summary`, and with
`PYAOT_TRACE=times:FILE` how long they took (`times.py`).

`PYAOT_VERSION=original|numpy|native` forces a version. A trace goes to stderr:

    pyaot: smooth: native ran
    pyaot: smooth: the original ran (native: 'a' is not a plain float64 array of 1 dimension)
"""

import atexit
import os
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeAlias

from pyaot_runtime.times import Timer

Guard: TypeAlias = Callable[..., str | None]
Kernel: TypeAlias = Callable[[tuple[Any, ...]], Any]

VERSIONS = ("original", "numpy", "native")

_TIMES = "times:"

_counts: dict[str, Counter[str]] = {}
_thread = threading.local()
_MOST_NOTES = 8  # nobody takes them where nothing is traced


class Recorder(Protocol):
    """Wraps what a dispatcher calls."""

    def guard(self, version: str, guard: Guard) -> Guard:
        """The guard of a version."""

    def kernel(self, version: str, kernel: Kernel) -> Kernel:
        """The kernel of a version."""

    def original(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The original."""


class Mode(NamedTuple):
    """What the environment asks for."""

    trace: str = ""  # '', 'calls', 'summary' or 'times'
    forced: str = ""  # a version's name, or '' for the fastest
    target: str = ""  # the file that times are written to

    @property
    def tells(self) -> bool:
        """Whether calls are told about, those of functions without a version too."""
        return self.trace != ""

    def recorder(self, name: str, file: str) -> Recorder | None:
        """What wraps the calls of the function of that name, if anything does."""
        if self.trace == "calls":
            return Teller(name)
        if self.trace == "times":
            return Timer(file, name, self.target)
        return Tally(name) if self.trace == "summary" else None


class Teller:
    """Tells at each call which version ran, and why the others did not."""

    def __init__(self, name: str) -> None:
        self.name = name

    def guard(self, version: str, guard: Guard) -> Guard:
        """The guard; its reason is kept until the original runs. Without a version, why there is none."""

        def recorded(*values: Any) -> str | None:
            reason = guard(*values)
            if reason is not None:
                note(f"{version}: {reason}" if version else reason)
            return reason

        return recorded

    def kernel(self, version: str, kernel: Kernel) -> Kernel:
        """The kernel; tells that it ran, or keeps that its attempt failed."""

        def recorded(values: tuple[Any, ...]) -> Any:
            answer = kernel(values)
            if answer[0] < 0:
                note(f"{version}: the attempt met what only the original can do, and changed nothing")
            else:
                _take_notes()
                self._tell(f"{version} ran")
            return answer

        return recorded

    def original(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The original; tells why it runs."""

        def recorded(*args: Any, **kwargs: Any) -> Any:
            reasons = _take_notes() or ["its arguments are not as hinted"]
            self._tell(f"the original ran ({'; '.join(reasons)})")
            return original(*args, **kwargs)

        return recorded

    def _tell(self, text: str) -> None:
        print(f"pyaot: {self.name}: {text}", file=sys.stderr)


class Tally:
    """Counts which version ran how often, at little cost."""

    def __init__(self, name: str) -> None:
        self.name = name

    def guard(self, version: str, guard: Guard) -> Guard:
        """The guard itself: reasons are not asked for."""
        return guard

    def kernel(self, version: str, kernel: Kernel) -> Kernel:
        """The kernel, counted where its attempt succeeds."""
        counts = _counts_of(self.name)

        def counted(values: tuple[Any, ...]) -> Any:
            answer = kernel(values)
            if answer[0] >= 0:
                counts[version] += 1
            return answer

        return counted

    def original(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The original, counted."""
        counts = _counts_of(self.name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            counts["original"] += 1
            return original(*args, **kwargs)

        return counted


def mode_of_environment() -> Mode:
    """What PYAOT_TRACE and PYAOT_VERSION ask for now."""
    asked = os.environ.get("PYAOT_TRACE", "")
    forced = _forced(os.environ.get("PYAOT_VERSION", ""))
    if asked.startswith(_TIMES) and asked != _TIMES:
        return Mode("times", forced, os.path.abspath(asked.removeprefix(_TIMES)))
    return Mode(_trace(asked), forced)


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


def _trace(asked: str) -> str:
    if asked in ("", "0"):
        return ""
    return "summary" if asked == "summary" else "calls"


def _forced(asked: str) -> str:
    if asked in ("", *VERSIONS):
        return asked
    print(f"pyaot: PYAOT_VERSION={asked!r} is none of {', '.join(VERSIONS)}; not used", file=sys.stderr)
    return ""


def _counts_of(name: str) -> Counter[str]:
    if not _counts:
        atexit.register(_print_summary)
    return _counts.setdefault(name, Counter())


def _print_summary() -> None:
    for line in summary():
        print(line, file=sys.stderr)


def _notes() -> deque[str]:
    if not hasattr(_thread, "notes"):
        _thread.notes = deque(maxlen=_MOST_NOTES)
    notes: deque[str] = _thread.notes
    return notes


def _take_notes() -> list[str]:
    """The reasons, each once: those of several instances are often the same."""
    notes = _notes()
    taken = list(dict.fromkeys(notes))
    notes.clear()
    return taken
