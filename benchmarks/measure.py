"""Side-by-side measurements: medians with their spread, ratios pair by pair, and accuracy in dB."""

import statistics
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
