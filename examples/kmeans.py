"""k-means by Lloyd's iteration."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 200


def kmeans_loops(points: NDArray[np.float64], start: NDArray[np.float64], rounds: int) -> NDArray[np.float64]:
    """Centres [clusters, dimensions] after `rounds`; a centre without points stays where it is."""
    centres = start.copy()
    clusters, dimensions = start.shape
    for _ in range(rounds):
        totals = np.zeros((clusters, dimensions))
        counts = np.zeros(clusters, dtype=np.int64)
        for i in range(points.shape[0]):
            nearest = 0
            shortest = np.inf
            for c in range(clusters):
                distance = 0.0
                for d in range(dimensions):
                    distance += (points[i, d] - centres[c, d]) ** 2
                if distance < shortest:
                    shortest = distance
                    nearest = c
            counts[nearest] += 1
            for d in range(dimensions):
                totals[nearest, d] += points[i, d]
        for c in range(clusters):
            if counts[c] > 0:
                for d in range(dimensions):
                    centres[c, d] = totals[c, d] / counts[c]
    return centres


def kmeans_arrays(
    points: NDArray[np.float64], start: NDArray[np.float64], rounds: int
) -> NDArray[np.float64]:
    """The same with the distances of all pairs as one array."""
    centres = start.copy()
    clusters = start.shape[0]
    for _ in range(rounds):
        apart = points[:, None, :] - centres[None, :, :]
        nearest = np.argmin((apart * apart).sum(axis=2), axis=1)
        members = (nearest[None, :] == np.arange(clusters)[:, None]).astype(np.float64)
        counts = members.sum(axis=1)[:, None]
        centres = np.where(counts > 0, members @ points / np.maximum(counts, 1.0), centres)
    return centres


def inputs(size):
    """Points around five centres in three dimensions; the first five of them start."""
    generator = np.random.default_rng(1)
    centres = 5.0 * generator.standard_normal((5, 3))
    points = centres[generator.integers(5, size=size)] + generator.standard_normal((size, 3))
    return {"kmeans_loops": (points, points[:5].copy(), 8), "kmeans_arrays": (points, points[:5].copy(), 8)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
