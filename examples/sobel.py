"""The edges of a grey image: the length of Sobel's gradient, zero at the rim."""

import math
import time

import numpy as np
from numpy.typing import NDArray

SIZE = 96


def sobel_loops(image: NDArray[np.float64]) -> NDArray[np.float64]:
    """sqrt(gx^2 + gy^2) of the 3 x 3 Sobel kernels."""
    rows, columns = image.shape
    edges = np.zeros((rows, columns))
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            gx = (
                image[i - 1, j + 1] + 2.0 * image[i, j + 1] + image[i + 1, j + 1]
                - image[i - 1, j - 1] - 2.0 * image[i, j - 1] - image[i + 1, j - 1]
            )  # fmt: skip
            gy = (
                image[i + 1, j - 1] + 2.0 * image[i + 1, j] + image[i + 1, j + 1]
                - image[i - 1, j - 1] - 2.0 * image[i - 1, j] - image[i - 1, j + 1]
            )  # fmt: skip
            edges[i, j] = math.sqrt(gx * gx + gy * gy)
    return edges


def sobel_arrays(image: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same, smoothing along one axis and taking differences along the other."""
    down = image[:-2] + 2.0 * image[1:-1] + image[2:]
    across = image[:, :-2] + 2.0 * image[:, 1:-1] + image[:, 2:]
    gx = down[:, 2:] - down[:, :-2]
    gy = across[2:] - across[:-2]
    edges = np.zeros_like(image)
    edges[1:-1, 1:-1] = np.sqrt(gx * gx + gy * gy)
    return edges


def inputs(size):
    """A random image."""
    image = np.random.default_rng(1).random((size, size))
    return {"sobel_loops": (image,), "sobel_arrays": (image,)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
