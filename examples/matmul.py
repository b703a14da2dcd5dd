"""The product of two matrices."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 96


def matmul_loops(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """c[i, j] = sum over k of a[i, k] b[k, j]."""
    rows, inner = a.shape
    columns = b.shape[1]
    c = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            for k in range(inner):
                c[i, j] += a[i, k] * b[k, j]
    return c


def matmul_arrays(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """a @ b."""
    return a @ b


def inputs(size):
    """The arguments of each entry."""
    generator = np.random.default_rng(1)
    a, b = generator.random((size, size)), generator.random((size, size))
    return {"matmul_loops": (a, b), "matmul_arrays": (a, b)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
