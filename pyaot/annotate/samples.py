"""The recorder's file, read: the calls of each function, by file and line of the `def`."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from pyaot.annotate.terms import Term, from_data


class Call(Struct, frozen=True):
    """One kind of call: its arguments (None where a result stands alone) and, if it ended, its result."""

    given: tuple[Term, ...] | None
    returned: Term | None = None


class Samples(Struct, frozen=True):
    """By the paths of the files that were recorded."""

    digests: Mapping[str, str]  # SHA-256 of the texts that ran
    calls: Mapping[str, Mapping[int, tuple[Call, ...]]]  # by the line of the `def`, in the order of time


def read_samples(path: Path) -> Samples:
    """All that was written; a last line that is cut off is left out."""
    digests: dict[str, str] = {}
    found: dict[str, dict[int, list[Call]]] = defaultdict(lambda: defaultdict(list))
    for line in path.read_bytes().split(b"\n")[:-1]:
        data = json.loads(line)
        if "digest" in data:
            digests[data["file"]] = data["digest"]
            continue
        given = tuple(from_data(item) for item in data["given"]) if "given" in data else None
        returned = from_data(data["returned"]) if "returned" in data else None
        found[data["file"]][data["def"]].append(Call(given, returned))
    calls = {file: {n: tuple(seen) for n, seen in defs.items()} for file, defs in found.items()}
    return Samples(digests, calls)
