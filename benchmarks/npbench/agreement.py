"""Whether what a contestant gives is what NumPy gives: everything returned, and every argument afterwards.

NPBench's own rule for numbers is kept (elementwise closeness, else a small error in the norm). It compares
what `output_args` names, which for some programs is nothing that changes; here NumPy's changes are found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

import numpy as np

MOST_MOVED = 10.0  # times the distance that rounding alone makes
CHANGED = 1e-9  # relative change in the norm from which on an argument counts as written


@dataclass(frozen=True)
class Outcome:
    """What one call did."""

    returned: tuple[Any, ...]  # leaves
    arguments: Mapping[str, Any]  # after the call, arrays only
    written: tuple[str, ...] = ()  # the arguments that the call changed
    slack: tuple[float, ...] = ()  # how far NumPy's own results move where rounding does; () if not asked


def outcome(result: Any, arguments: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Outcome:
    """What a call did; `before` are the arguments that it was given."""
    arrays = {name: np.asarray(a) for name, a in arguments.items() if is_array(a)}
    written = [name for name, a in arrays.items() if before is not None and _error(before[name], a) > CHANGED]
    return Outcome(tuple(_leaves(result)), arrays, tuple(written))


def is_array(value: Any) -> bool:
    """Whether it is an array of NumPy or JAX."""
    return hasattr(value, "ndim") and not isinstance(value, np.generic)


def disagreement(expected: Outcome, found: Outcome, tolerance: "Tolerance") -> str:
    """What differs from NumPy's outcome; '' where nothing does. For our own versions: all must be alike."""
    if len(found.returned) != len(expected.returned):
        return f"{len(found.returned)} results instead of {len(expected.returned)}"
    for i, (e, f) in enumerate(zip(expected.returned, found.returned)):
        if type(e) is not type(f) or getattr(e, "dtype", 0) != getattr(f, "dtype", 0):
            return f"result {i} is a {_kind(f)} instead of a {_kind(e)}"
    return _first_wrong(_pairs(expected, found), tolerance, expected.slack)


def with_slack(expected: Outcome, moved: Outcome) -> Outcome:
    """The outcome with its distance from one of arguments that differ in their last bits.

    For programs that are chaotic: two orders of a sum give results as far apart as that.
    """
    return replace(expected, slack=tuple(_error(e, f) for e, f in _pairs(expected, moved)))


def _pairs(expected: Outcome, found: Outcome) -> list[tuple[Any, Any]]:
    pairs = [*zip(expected.returned, found.returned)]
    return pairs + [(expected.arguments[name], found.arguments[name]) for name in expected.arguments]


def peer_disagreement(
    expected: Outcome, found: Outcome, outputs: Sequence[str], tolerance: "Tolerance"
) -> str:
    """The same for a peer's, which may return what NumPy's writes, or leave scratch arguments alone."""
    if len(found.returned) != len(expected.returned):  # returns what NumPy writes, or writes what it returns
        return _first_missing(expected, found, tolerance)
    names = outputs if expected.returned else expected.written
    pairs = [*zip(expected.returned, found.returned)]
    pairs += [(expected.arguments[name], found.arguments[name]) for name in names]
    return _first_wrong(pairs, tolerance)


def _first_missing(expected: Outcome, found: Outcome, tolerance: "Tolerance") -> str:
    """What NumPy returns or writes and is nowhere among what the peer returned and its arguments."""
    wanted = [*expected.returned, *(expected.arguments[name] for name in expected.written)]
    there = [*found.returned, *found.arguments.values()]
    for e in wanted:
        wrong = [_first_wrong([(e, f)], tolerance) for f in there]
        if "" not in wrong:
            return min(wrong, default="") or f"{len(found.returned)} results instead of {len(wanted)}"
    return ""


@dataclass(frozen=True)
class Tolerance:
    """NPBench's limits, which some programs widen."""

    rtol: float = 1e-5
    atol: float = 1e-8
    norm_error: float = 1e-5


def tolerance_of(info: Mapping[str, Any]) -> Tolerance:
    """The limits of a program."""
    limits = {name: float(info[name]) for name in ("rtol", "atol", "norm_error") if name in info}
    return Tolerance(**limits)


def _first_wrong(pairs: list[tuple[Any, Any]], tolerance: Tolerance, slack: Sequence[float] = ()) -> str:
    for (e, f), moved in zip_longest(pairs, slack, fillvalue=0.0):
        e, f = np.asarray(e), np.asarray(f)
        if e.shape != f.shape and e.size != f.size:
            return f"shape {f.shape} instead of {e.shape}"
        f = f.reshape(e.shape)
        if not np.allclose(e, f, tolerance.rtol, tolerance.atol, equal_nan=True):
            error = _error(e, f)
            if not error < max(tolerance.norm_error, MOST_MOVED * moved):
                return f"relative error {error:.2g}"
    return ""


def _error(expected: Any, found: Any) -> float:
    """The relative error in the norm."""
    e, f = (np.asarray(a).astype(np.complex128).ravel() for a in (expected, found))
    with np.errstate(all="ignore"):
        size = np.linalg.norm(e)
        return float(np.linalg.norm(e - f) / (size if size > 0 else 1.0))


def _leaves(result: Any) -> list[Any]:
    if result is None:
        return []
    if isinstance(result, tuple | list):
        return [leaf for part in result for leaf in _leaves(part)]
    return [result]


def _kind(value: Any) -> str:
    return f"{type(value).__name__} of {value.dtype}" if hasattr(value, "dtype") else type(value).__name__
