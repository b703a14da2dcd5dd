"""Histogram equalisation of a grey image: its levels are spread until all are about equally frequent."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 96
LEVELS = 256


def equalise_loops(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every level becomes its share of the cumulative histogram."""
    rows, columns = image.shape
    counts = np.zeros(LEVELS, dtype=np.int64)
    for i in range(rows):
        for j in range(columns):
            counts[image[i, j]] += 1
    level_of = np.zeros(LEVELS, dtype=np.uint8)
    below = 0
    for level in range(LEVELS):
        below += counts[level]
        level_of[level] = (LEVELS - 1) * below // (rows * columns)
    out = np.zeros_like(image)
    for i in range(rows):
        for j in range(columns):
            out[i, j] = level_of[image[i, j]]
    return out


def equalise_arrays(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same with bincount and cumsum."""
    below = np.cumsum(np.bincount(image.ravel(), minlength=LEVELS))
    level_of = ((LEVELS - 1) * below // image.size).astype(np.uint8)
    return level_of[image]


def inputs(size):
    """A dark image."""
    image = (80.0 * np.random.default_rng(1).beta(2.0, 5.0, (size, size)) + 20.0).astype(np.uint8)
    return {"equalise_loops": (image,), "equalise_arrays": (image,)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
