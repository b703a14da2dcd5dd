"""The summed-area table of an image: prefix sums along both axes, from which any box sum takes four reads."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 128


def area_table_loops(image: NDArray[np.float64]) -> NDArray[np.float64]:
    """table[i, j] = sum of image[:i, :j]; one row and one column larger than the image."""
    rows, columns = image.shape
    table = np.zeros((rows + 1, columns + 1))
    for i in range(rows):
        for j in range(columns):
            table[i + 1, j + 1] = image[i, j] + table[i, j + 1] + table[i + 1, j] - table[i, j]
    return table


def area_table_arrays(image: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same with cumsum."""
    table = np.zeros((image.shape[0] + 1, image.shape[1] + 1))
    table[1:, 1:] = np.cumsum(np.cumsum(image, axis=0), axis=1)
    return table


def inputs(size):
    """A random image."""
    image = np.random.default_rng(1).random((size, size))
    return {"area_table_loops": (image,), "area_table_arrays": (image,)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
