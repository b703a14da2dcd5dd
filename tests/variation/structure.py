"""What the compiler found in a program, whatever it is called there and in whatever order it stands.

A loop is a text: how it runs, what it sums, and the loops and library calls in it, in the order of the
alphabet.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def structure(report: Mapping[str, Any], function: str) -> list[list[str]]:
    """For each instance of a function: its versions, and its loops and library calls."""
    entry = next(entry for entry in report["functions"] if entry["name"] == function)
    return [[_versions(instance), *_loops(instance["loops"])] for instance in entry["instances"]]


def outline(report: Mapping[str, Any], function: str) -> list[tuple[str, list[str], int]]:
    """For each instance its versions, its library calls, and how many of its innermost loops run in order."""
    entry = next(entry for entry in report["functions"] if entry["name"] == function)
    return [
        (_versions(instance), sorted(_calls(instance["loops"])), sum(map(_plain, instance["loops"])))
        for instance in entry["instances"]
    ]


def _calls(loops: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for loop in loops:
        if "library" in loop:
            yield loop["library"]
        yield from _calls(loop.get("inside", ()))


def _plain(loop: Mapping[str, Any]) -> int:
    inside = [inner for inner in loop.get("inside", ()) if "library" not in inner]
    if inside or "library" in loop:
        return sum(map(_plain, inside))
    return 0 if loop["parallel"] or loop["simd"] else 1


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
