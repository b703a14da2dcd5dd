"""The Mandelbrot set: after how many steps of z = z^2 + c a point leaves the circle of radius two."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 64


def mandelbrot_loops(x: NDArray[np.float64], y: NDArray[np.float64], limit: int) -> NDArray[np.int64]:
    """Steps for each point (x[j], y[i]), at most `limit`."""
    steps = np.zeros((y.shape[0], x.shape[0]), dtype=np.int64)
    for i in range(y.shape[0]):
        for j in range(x.shape[0]):
            re = 0.0
            im = 0.0
            count = 0
            while count < limit and re * re + im * im <= 4.0:
                re, im = re * re - im * im + x[j], 2.0 * re * im + y[i]
                count += 1
            steps[i, j] = count
    return steps


def mandelbrot_arrays(x: NDArray[np.float64], y: NDArray[np.float64], limit: int) -> NDArray[np.int64]:
    """The same for all points at once; a point that has left stays where it is."""
    re = np.zeros((y.shape[0], x.shape[0]))
    im = np.zeros((y.shape[0], x.shape[0]))
    steps = np.zeros((y.shape[0], x.shape[0]), dtype=np.int64)
    for _ in range(limit):
        inside = re * re + im * im <= 4.0
        steps += inside
        new_re = np.where(inside, re * re - im * im + x[None, :], re)
        im = np.where(inside, 2.0 * re * im + y[:, None], im)
        re = new_re
    return steps


def inputs(size):
    """The whole set, `size` points a side, at most 50 steps."""
    x, y = np.linspace(-2.0, 0.6, size), np.linspace(-1.2, 1.2, size)
    return {"mandelbrot_loops": (x, y, 50), "mandelbrot_arrays": (x, y, 50)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
