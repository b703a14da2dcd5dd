"""Calls of the functions in the front end's table: in `numpy_cases.txt` a name, then its calls, indented.

Arrays of the dtype tried: vectors `a b` (n), matrices `A B` (n, m), `S` (n, n, invertible), `T` (2, n, m).
Others: `k` int64 (n, within the axes), `u` uint8 (n), `mask` bool (n), `s t` float, `j` int (2), `n m` int,
`c` complex. A call after `-` stays Python for every dtype.
"""

from pathlib import Path

_TEXT = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
_STAYS_PYTHON = "- "


def _blocks() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in filter(None, _TEXT.splitlines()):
        if line.startswith(" "):
            found[name].append(line.strip())
        else:
            name = line
            found[name] = []
    return found


CASES: dict[str, tuple[str, ...]] = {
    name: tuple(call.removeprefix(_STAYS_PYTHON) for call in calls) for name, calls in _blocks().items()
}
NOT_COMPILED: frozenset[str] = frozenset(
    call.removeprefix(_STAYS_PYTHON)
    for calls in _blocks().values()
    for call in calls
    if call.startswith(_STAYS_PYTHON)
)
