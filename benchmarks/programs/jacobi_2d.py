"""jacobi-2d: five-point means, from A to B and back."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (3, 8), "S": (10, 60), "M": (100, 250), "L": (300, 1300)}
OUTPUTS = ("A", "B")


def inputs(steps, n):
    """steps, A, B (n x n)."""
    draw = np.random.default_rng(1).random
    return {"steps": steps, "A": draw((n, n)), "B": draw((n, n))}


def lists(steps: int, A: Rows, B: Rows):
    n = len(A)
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                B[i][j] = 0.2 * (A[i][j] + A[i][j - 1] + A[i][j + 1] + A[i + 1][j] + A[i - 1][j])
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i][j] = 0.2 * (B[i][j] + B[i][j - 1] + B[i][j + 1] + B[i + 1][j] + B[i - 1][j])


def loops(steps: int, A: Matrix, B: Matrix):
    n = A.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                B[i, j] = 0.2 * (A[i, j] + A[i, j - 1] + A[i, j + 1] + A[i + 1, j] + A[i - 1, j])
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = 0.2 * (B[i, j] + B[i, j - 1] + B[i, j + 1] + B[i + 1, j] + B[i - 1, j])


def mean(A):
    """Of every inner point and its neighbours."""
    return 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])


def arrays(steps: int, A: Matrix, B: Matrix):
    for _ in range(steps):
        B[1:-1, 1:-1] = mean(A)
        A[1:-1, 1:-1] = mean(B)
