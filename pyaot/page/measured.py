"""Times of calls, as runs under `PYAOT_TRACE=times:FILE` wrote them: lines of JSON, joined.

{"file": "prog.py", "function": "smooth", "version": "native", "sizes": [[1000], 3], "calls": 2, ...}
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from pyaot.base.catalogue import UNREADABLE_FILE
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.errors import PyaotError
from pyaot.base.source import NOWHERE

_HINT = "Write one with: PYAOT_TRACE=times:trace.jsonl pyaot run FILE"


class Timed(Struct, frozen=True):
    """Calls of one version with arguments of one size."""

    file: str
    function: str
    version: str
    calls: int
    failed: int  # attempts that gave up, after which the original ran
    seconds: float  # of all calls
    least: float
    sizes: tuple[tuple[int, ...] | int | None, ...] | None = None

    @property
    def mean(self) -> float:
        """Seconds of a call."""
        return self.seconds / self.calls if self.calls else 0.0


def read_trace(path: Path, source: Path) -> tuple[Timed, ...]:
    """What the trace says about the functions of a file; PyaotError (PA102) where it is no trace."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        reason = error.strerror or str(error)
        raise _error(f"The trace '{path}' cannot be read: {reason}.") from None
    return _joined(timed for timed in _decoded(path, lines) if Path(timed.file).name == source.name)


def _decoded(path: Path, lines: list[bytes]) -> Iterator[Timed]:
    decoder = msgspec.json.Decoder(Timed)
    for number, line in enumerate(lines, start=1):
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise _error(f"Line {number} of '{path}' is no line of a trace of times.") from None


def _joined(timed: Iterator[Timed]) -> tuple[Timed, ...]:
    """Several processes may have called one function."""
    found: dict[tuple[object, ...], Timed] = {}
    for new in timed:
        key = (new.function, new.version, new.sizes)
        old = found.get(key)
        found[key] = new if old is None else _sum(old, new)
    return tuple(sorted(found.values(), key=lambda t: (t.function, str(t.sizes), t.least)))


def _sum(a: Timed, b: Timed) -> Timed:
    called = [timed.least for timed in (a, b) if timed.calls]
    return msgspec.structs.replace(
        a,
        calls=a.calls + b.calls,
        failed=a.failed + b.failed,
        seconds=a.seconds + b.seconds,
        least=min(called, default=0.0),
    )


def _error(message: str) -> PyaotError:
    return PyaotError(Diagnostic(UNREADABLE_FILE, message, NOWHERE, hints=(_HINT,)))
