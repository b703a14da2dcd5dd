"""The matrix of Pearson correlations between the columns of a table."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 40


def correlation_loops(data: NDArray[np.float64]) -> NDArray[np.float64]:
    """[variables, variables] from data [observations, variables]."""
    observations, variables = data.shape
    mean = np.zeros(variables)
    deviation = np.zeros(variables)
    for j in range(variables):
        for i in range(observations):
            mean[j] += data[i, j]
        mean[j] /= observations
        for i in range(observations):
            deviation[j] += (data[i, j] - mean[j]) ** 2
        deviation[j] = np.sqrt(deviation[j])
    result = np.eye(variables)
    for a in range(variables):
        for b in range(a + 1, variables):
            total = 0.0
            for i in range(observations):
                total += (data[i, a] - mean[a]) * (data[i, b] - mean[b])
            result[a, b] = total / (deviation[a] * deviation[b])
            result[b, a] = result[a, b]
    return result


def correlation_arrays(data: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same as a matrix product of the standardised columns."""
    centred = data - data.mean(axis=0)
    scaled = centred / np.sqrt((centred * centred).sum(axis=0))
    return scaled.T @ scaled


def inputs(size):
    """Three times as many observations as variables, with a common part."""
    generator = np.random.default_rng(1)
    data = generator.standard_normal((3 * size, size)) + generator.standard_normal((3 * size, 1))
    return {"correlation_loops": (data,), "correlation_arrays": (data,)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
