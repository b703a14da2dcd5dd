"""Side-by-side measurements: interleaved runs, medians, ratios pair by pair, and accuracy in dB."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """The median of some numbers with their quartiles."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.3g} ({self.low:.3g} .. {self.high:.3g})"


def interleaved(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each contestant, in turn A B C A B C ...; one run of each before the clock starts."""
    for run in contestants.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            times[name].append(seconds(run))
    return times


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def enough_calls(run: Callable[[], object], least: float = 0.02) -> Callable[[], object]:
    """`run`, repeated in one go until the clock can resolve it; divide the time by its `calls`."""
    calls = max(1, round(least / max(seconds(run), 1e-7)))

    def repeated() -> None:
        for _ in range(calls):
            run()

    repeated.calls = calls  # type: ignore[attr-defined]
    return repeated


def spread(values: list[float]) -> Spread:
    """Median and quartiles."""
    low, high = np.quantile(values, [0.25, 0.75])
    return Spread(statistics.median(values), float(low), float(high))


def ratios(slow: list[float], fast: list[float]) -> Spread:
    """How many times faster `fast` is, pair by pair: a machine that slows down slows both of a pair."""
    return spread([a / b for a, b in zip(slow, fast, strict=True)])


def accuracy(reference: np.ndarray, test: np.ndarray) -> float:
    """10 log10(sum |ref|^2 / sum |ref - test|^2) in dB; infinite where both are equal."""
    error = float((np.abs(reference - test) ** 2).sum())
    return float("inf") if error == 0.0 else 10.0 * np.log10(float((np.abs(reference) ** 2).sum()) / error)
