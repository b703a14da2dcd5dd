"""An image filtered by a small kernel; pixels near the rim, where the kernel does not fit, are left out."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 80


def convolution_loops(image: NDArray[np.float32], kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """out[i, j] = sum over (p, q) of image[i + p, j + q] kernel[p, q]."""
    height, width = kernel.shape
    rows = image.shape[0] - height + 1
    columns = image.shape[1] - width + 1
    out = np.zeros((rows, columns), dtype=np.float32)
    for i in range(rows):
        for j in range(columns):
            total = np.float32(0)
            for p in range(height):
                for q in range(width):
                    total += image[i + p, j + q] * kernel[p, q]
            out[i, j] = total
    return out


def convolution_arrays(image: NDArray[np.float32], kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same as a sum of shifted images."""
    height, width = kernel.shape
    rows = image.shape[0] - height + 1
    columns = image.shape[1] - width + 1
    out = np.zeros((rows, columns), dtype=np.float32)
    for p in range(height):
        for q in range(width):
            out += kernel[p, q] * image[p : p + rows, q : q + columns]
    return out


def inputs(size):
    """A random image and a 5 x 5 kernel."""
    generator = np.random.default_rng(1)
    image = generator.random((size, size), dtype=np.float32)
    kernel = generator.random((5, 5), dtype=np.float32)
    return {"convolution_loops": (image, kernel), "convolution_arrays": (image, kernel)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
