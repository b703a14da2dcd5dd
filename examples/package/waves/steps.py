"""The wave equation on a string that is held at both ends, step by step."""

import numpy as np
from numpy.typing import NDArray


def simulate(start: NDArray[np.float64], steps: int, speed: float = 0.5) -> NDArray[np.float64]:
    """Where the string is after so many steps; `speed` is in points per step, and below 1."""
    string = start.copy()
    velocity = np.zeros_like(start)
    for _ in range(steps):
        for i in range(1, string.shape[0] - 1):
            bend = string[i - 1] - 2.0 * string[i] + string[i + 1]
            velocity[i] += speed * speed * bend
        for i in range(1, string.shape[0] - 1):
            string[i] += velocity[i]
    return string


def energy(string: NDArray[np.float64]) -> float:
    """The energy in the string's tension."""
    total = 0.0
    for i in range(1, string.shape[0]):
        total += (string[i] - string[i - 1]) ** 2
    return total / 2.0
