"""What the compiler found in a program, whatever it is called there and in whatever order it stands.

A loop is a text: how it runs, what it sums, and the loops and library calls in it, in the order of the
alphabet.
"""

from collections.abc import Iterable, Mapping
from typing import Any


def structure(report: Mapping[str, Any], function: str) -> list[list[str]]:
    """For each instance of a function: its versions, and its loops and library calls."""
    entry = next(entry for entry in report["functions"] if entry["name"] == function)
    return [[_versions(instance), *_loops(instance["loops"])] for instance in entry["instances"]]


def _versions(instance: Mapping[str, Any]) -> str:
    return ", ".join(instance["versions"]) + ("" if instance["pays"] else " (too short)")


def _loops(loops: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted(_loop(loop) for loop in loops)


def _loop(loop: Mapping[str, Any]) -> str:
    if "library" in loop:
        return str(loop["library"])
    ways = [way for way in ("parallel", "simd") if loop[way]] or ["in order"]
    sums = sorted(reduction["operator"] for reduction in loop["reductions"])
    inside = _loops(loop["inside"])
    return " ".join((*ways, *sums, *(f"({text})" for text in inside)))
