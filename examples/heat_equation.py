"""Heat flowing through a plate whose rim keeps its temperature: explicit steps of the five-point stencil."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 64


def heat_loops(plate: NDArray[np.float64], steps: int, rate: float) -> NDArray[np.float64]:
    """`steps` times u += rate * laplacian(u); stable for rate <= 1/4."""
    u = plate.copy()
    new = plate.copy()
    rows, columns = u.shape
    for _ in range(steps):
        for i in range(1, rows - 1):
            for j in range(1, columns - 1):
                around = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]
                new[i, j] = u[i, j] + rate * (around - 4.0 * u[i, j])
        u, new = new, u
    return u


def heat_arrays(plate: NDArray[np.float64], steps: int, rate: float) -> NDArray[np.float64]:
    """The same with slices."""
    u = plate.copy()
    for _ in range(steps):
        around = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]
        u[1:-1, 1:-1] = u[1:-1, 1:-1] + rate * (around - 4.0 * u[1:-1, 1:-1])
    return u


def inputs(size):
    """A random plate with one hot edge, `size` steps at most 50."""
    plate = np.random.default_rng(1).random((size, size))
    plate[0] = 100.0
    steps = min(size, 50)
    return {"heat_loops": (plate, steps, 0.2), "heat_arrays": (plate, steps, 0.2)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
