"""The price of a European call by Monte Carlo: the mean discounted payoff over given normal draws."""

import math
import time

import numpy as np
from numpy.typing import NDArray

SIZE = 400


def prices_loops(
    normals: NDArray[np.float64],
    spots: NDArray[np.float64],
    strike: float,
    rate: float,
    volatility: float,
    years: float,
) -> NDArray[np.float64]:
    """One price for each spot, each from all draws."""
    drift = (rate - 0.5 * volatility * volatility) * years
    spread = volatility * math.sqrt(years)
    discount = math.exp(-rate * years)
    prices = np.zeros(spots.shape[0])
    for i in range(spots.shape[0]):
        total = 0.0
        for j in range(normals.shape[0]):
            final = spots[i] * np.exp(drift + spread * normals[j])
            total += max(final - strike, 0.0)
        prices[i] = discount * total / normals.shape[0]
    return prices


def prices_arrays(
    normals: NDArray[np.float64],
    spots: NDArray[np.float64],
    strike: float,
    rate: float,
    volatility: float,
    years: float,
) -> NDArray[np.float64]:
    """The same with all spots and draws as one array."""
    drift = (rate - 0.5 * volatility * volatility) * years
    growth = np.exp(drift + volatility * math.sqrt(years) * normals)
    payoffs = np.maximum(spots[:, None] * growth[None, :] - strike, 0.0)
    return math.exp(-rate * years) * payoffs.mean(axis=1)


def inputs(size):
    """Twenty spots around the strike, `size` draws."""
    normals = np.random.default_rng(1).standard_normal(size)
    arguments = normals, np.linspace(80.0, 120.0, 20), 100.0, 0.03, 0.2, 1.0
    return {"prices_loops": arguments, "prices_arrays": arguments}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
