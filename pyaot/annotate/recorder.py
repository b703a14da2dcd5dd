"""Calls are recorded while the program runs: each new kind of call is a line of JSON in a file.

{"file": "/home/me/prog.py", "def": 12, "given": [["plain", "int"]], "returned": ["plain", "float"]}

A line is written as soon as something new is seen, so nothing is lost when the program is killed, and what
forked workers see is in the file, too. A call that is like one before costs a look at its arguments' types.
"""

import json
import os
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from pyaot.annotate.look import PLAIN, Looker
from pyaot.annotate.terms import Term, TupleTerm, arrays_in, as_data, without_extents

MOST_KEPT = 1000  # calls of one function that are kept one by one


class _Recorded(Struct):
    """What is known of one function's calls."""

    place: dict[str, Any]
    calls: dict[object, TupleTerm] = field(default_factory=dict)
    returns: set[object] = field(default_factory=set)
    equal: dict[Term, set[tuple[int, int]]] = field(default_factory=dict)  # extents, by the types around them


class Recorder:
    """What instrumented functions call; all that it learns goes to the file at `target`."""

    def __init__(self, target: Path, folder: Path, most_kept: int = MOST_KEPT) -> None:
        self._file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._looker = Looker(folder)
        self._most = most_kept
        self._functions: list[_Recorded] = []

    def opened(self, file: Path, content: bytes) -> None:
        """A file begins to be recorded."""
        self._append({"file": str(file), "digest": sha256(content).hexdigest()})

    def register(self, file: Path, line: int) -> int:
        """The number of a function, which its calls go by; `line` is that of its `def`."""
        self._functions.append(_Recorded({"file": str(file), "def": line}))
        return len(self._functions) - 1

    def entered(self, number: int, *values: object) -> object:
        """A call begins; gives its key, which `left` gets."""
        recorded = self._functions[number]
        key = tuple([kind if (kind := type(v)) in PLAIN else self._looker.key(v) for v in values])
        if key in recorded.calls:
            return key
        given = TupleTerm(tuple(map(self._looker.term, values)))
        if len(recorded.calls) < self._most:
            recorded.calls[key] = given
        elif not _refutes(recorded, given):
            return None
        self._write(recorded, given, None)
        return key

    def left(self, number: int, key: object, value: Any) -> Any:
        """A call ends with this result, which is given back."""
        recorded = self._functions[number]
        if len(recorded.returns) >= self._most:
            key = None  # too many kinds of results to tell which call gave which
        kind: object = type(value)
        if kind not in PLAIN:
            kind = self._looker.key(value, with_extents=key is not None)
        if (key, kind) not in recorded.returns:
            recorded.returns.add((key, kind))
            result = self._looker.term(value)
            given = None if key is None else recorded.calls.get(key)
            self._write(recorded, given, without_extents(result) if given is None else result)
        return value

    def _write(self, recorded: _Recorded, given: TupleTerm | None, returned: Term | None) -> None:
        line: dict[str, Any] = dict(recorded.place)
        if given is not None:
            line["given"] = as_data(given)[1]
        if returned is not None:
            line["returned"] = as_data(returned)
        self._append(line)

    def _append(self, line: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")


def _refutes(recorded: _Recorded, given: TupleTerm) -> bool:
    """Whether the call is unlike all kept ones: in its types, or two extents that were equal differ."""
    if not recorded.equal:
        for call in recorded.calls.values():
            _refine(recorded.equal, call)
    return _refine(recorded.equal, given)


def _refine(equal: dict[Term, set[tuple[int, int]]], given: TupleTerm) -> bool:
    """Takes away the pairs of extents that differ in this call; whether something changed."""
    extents = [extent for _, array in arrays_in(given) for extent in array.shape]
    types = without_extents(given)
    if types not in equal:
        every = combinations(range(len(extents)), 2)
        equal[types] = {(a, b) for a, b in every if extents[a] == extents[b]}
        return True
    wrong = {(a, b) for a, b in equal[types] if extents[a] != extents[b]}
    equal[types] -= wrong
    return bool(wrong)
