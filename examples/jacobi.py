"""A diagonally dominant system of linear equations, solved by Jacobi's iteration."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 80


def jacobi_loops(a: NDArray[np.float64], b: NDArray[np.float64], rounds: int) -> NDArray[np.float64]:
    """x with a x = b, nearly: x[i] = (b[i] - sum over j != i of a[i, j] x[j]) / a[i, i], `rounds` times."""
    size = b.shape[0]
    x = np.zeros(size)
    new = np.zeros(size)
    for _ in range(rounds):
        for i in range(size):
            rest = 0.0
            for j in range(size):
                if j != i:
                    rest += a[i, j] * x[j]
            new[i] = (b[i] - rest) / a[i, i]
        x, new = new, x
    return x


def jacobi_arrays(a: NDArray[np.float64], b: NDArray[np.float64], rounds: int) -> NDArray[np.float64]:
    """The same with a matrix-vector product."""
    diagonal = np.diag(a)
    x = np.zeros(b.shape[0])
    for _ in range(rounds):
        x = (b - (a @ x - diagonal * x)) / diagonal
    return x


def inputs(size):
    """A random matrix with a heavy diagonal, twenty rounds."""
    generator = np.random.default_rng(1)
    a = generator.random((size, size)) + size * np.eye(size)
    b = generator.random(size)
    return {"jacobi_loops": (a, b, 20), "jacobi_arrays": (a, b, 20)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
