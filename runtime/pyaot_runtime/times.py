"""How long calls take, for `PYAOT_TRACE=times:FILE`: lines of JSON that a process appends to FILE at its end.

    {"file": "prog.py", "function": "smooth", "version": "native", "sizes": [[1000], 3],
     "calls": 2, "failed": 0, "seconds": 0.012, "least": 0.005}

One line for each function, version and sizes of its arguments; `seconds` are of all calls together, `least`
of the shortest one. The time of a kernel is without its guard, that of the original is the whole call.
"""

import atexit
import json
import os
import sys
import threading
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple, TypeAlias

Guard: TypeAlias = Callable[..., str | None]
Kernel: TypeAlias = Callable[[tuple[Any, ...]], Any]
Size: TypeAlias = tuple[int, ...] | int | None

_MOST_SIZES = 16  # of a version; calls of other sizes go together


class _Book:
    """What was timed, and who may write in it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.times: dict[_Key, _Time] = {}


class _Key(NamedTuple):
    file: str
    function: str
    version: str
    sizes: tuple[Size, ...] | None


class _Time(NamedTuple):
    calls: int = 0
    failed: int = 0
    seconds: float = 0.0
    least: float = float("inf")

    def with_call(self, seconds: float) -> "_Time":
        return _Time(self.calls + 1, self.failed, self.seconds + seconds, min(self.least, seconds))


class Timer:
    """Takes the time of the kernels and the original of one function."""

    def __init__(self, file: str, name: str, target: str) -> None:
        self.file, self.name = file, name
        _write_at_exit(target)

    def guard(self, version: str, guard: Guard) -> Guard:
        """The guard itself."""
        return guard

    def kernel(self, version: str, kernel: Kernel) -> Kernel:
        """The kernel; an attempt that failed is counted, not timed."""

        def timed(values: tuple[Any, ...]) -> Any:
            start = perf_counter()
            answer = kernel(values)
            seconds = perf_counter() - start
            self._note(version, values, seconds if answer[0] >= 0 else None)
            return answer

        return timed

    def original(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The original; one that raises counts as any other."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            start = perf_counter()
            try:
                return original(*args, **kwargs)
            finally:
                self._note("original", (*args, *kwargs.values()), perf_counter() - start)

        return timed

    def _note(self, version: str, values: tuple[Any, ...], seconds: float | None) -> None:
        key = _Key(self.file, self.name, version, tuple(map(_size, values)))
        with _book.lock:
            if key not in _book.times and sum(other[:3] == key[:3] for other in _book.times) >= _MOST_SIZES:
                key = key._replace(sizes=None)
            time = _book.times.get(key, _Time())
            new = time._replace(failed=time.failed + 1) if seconds is None else time.with_call(seconds)
            _book.times[key] = new


def lines() -> list[str]:
    """What was timed until now."""
    with _book.lock:
        items = list(_book.times.items())
    return [json.dumps({**key._asdict(), **_numbers(time)}) for key, time in items]


def _numbers(time: _Time) -> dict[str, Any]:
    return time._asdict() if time.calls else {**time._asdict(), "least": 0.0}


def _size(value: Any) -> Size:
    shape = getattr(value, "shape", None)
    if type(shape) is tuple and all(type(extent) is int for extent in shape):
        return shape
    return value if type(value) is int else None


_book = _Book()
_targets: set[str] = set()


def _write_at_exit(target: str) -> None:
    if target in _targets:
        return
    if not _targets:
        os.register_at_fork(after_in_child=_begin_anew)
    _targets.add(target)
    atexit.register(_write, target)


def _begin_anew() -> None:
    """In a forked process: what was timed before is the parent's, and so may be the lock."""
    _book.lock = threading.Lock()
    _book.times.clear()


def _write(target: str) -> None:
    """Appends the lines in one step, so that processes that end together do not mix theirs."""
    text = "".join(f"{line}\n" for line in lines())
    try:
        with open(target, "ab", buffering=0) as stream:
            stream.write(text.encode())
    except OSError as error:
        print(f"pyaot: times cannot be written to '{target}': {error.strerror}", file=sys.stderr)
