"""seidel-2d: nine-point means in place, row by row (Gauss-Seidel)."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (2, 8), "S": (10, 60), "M": (50, 250), "L": (100, 1000)}
OUTPUTS = ("A",)


def inputs(steps, n):
    """steps, A (n x n)."""
    return {"steps": steps, "A": np.random.default_rng(1).random((n, n))}


def lists(steps: int, A: Rows):
    n = len(A)
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                above = A[i - 1][j - 1] + A[i - 1][j] + A[i - 1][j + 1]
                below = A[i + 1][j - 1] + A[i + 1][j] + A[i + 1][j + 1]
                A[i][j] = (above + A[i][j - 1] + A[i][j] + A[i][j + 1] + below) / 9.0


def loops(steps: int, A: Matrix):
    n = A.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                above = A[i - 1, j - 1] + A[i - 1, j] + A[i - 1, j + 1]
                below = A[i + 1, j - 1] + A[i + 1, j] + A[i + 1, j + 1]
                A[i, j] = (above + A[i, j - 1] + A[i, j] + A[i, j + 1] + below) / 9.0


def arrays(steps: int, A: Matrix):
    n = A.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            around = A[i - 1, :-2] + A[i - 1, 1:-1] + A[i - 1, 2:] + A[i, 1:-1] + A[i, 2:]
            around += A[i + 1, :-2] + A[i + 1, 1:-1] + A[i + 1, 2:]
            for j in range(1, n - 1):
                A[i, j] = (around[j - 1] + A[i, j - 1]) / 9.0
