"""Moving averages of many series: the mean of the last `window` values, of fewer at the start."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 400


def averages_loops(series: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """[series, times], by a running total along each series."""
    count, times = series.shape
    means = np.zeros((count, times))
    for s in range(count):
        total = 0.0
        for t in range(times):
            total += series[s, t]
            if t >= window:
                total -= series[s, t - window]
            means[s, t] = total / min(t + 1, window)
    return means


def averages_arrays(series: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """The same as differences of cumulative sums."""
    total = np.cumsum(series, axis=1)
    sums = total.copy()
    sums[:, window:] = total[:, window:] - total[:, :-window]
    return sums / np.minimum(np.arange(1, series.shape[1] + 1), window)


def inputs(size):
    """Twenty random walks of `size` steps, windows of ten."""
    series = np.cumsum(np.random.default_rng(1).standard_normal((20, size)), axis=1)
    return {"averages_loops": (series, 10), "averages_arrays": (series, 10)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
