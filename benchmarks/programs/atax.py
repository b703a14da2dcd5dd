"""atax: y <- A^T (A x)."""

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Row = list[float]
Rows = list[list[float]]

SIZES = {"tiny": (6, 7), "S": (300, 350), "M": (1900, 2100), "L": (5900, 6100)}
OUTPUTS = ("y",)


def inputs(m, n):
    """A (m x n), x, y (n)."""
    draw = np.random.default_rng(1).random
    return {"A": draw((m, n)), "x": draw(n), "y": np.zeros(n)}


def lists(A: Rows, x: Row, y: Row):
    n = len(x)
    for j in range(n):
        y[j] = 0.0
    for i in range(len(A)):
        s = 0.0
        for j in range(n):
            s += A[i][j] * x[j]
        for j in range(n):
            y[j] += A[i][j] * s


def loops(A: Matrix, x: Vector, y: Vector):
    m, n = A.shape
    for j in range(n):
        y[j] = 0.0
    for i in range(m):
        s = 0.0
        for j in range(n):
            s += A[i, j] * x[j]
        for j in range(n):
            y[j] += A[i, j] * s


def arrays(A: Matrix, x: Vector, y: Vector):
    y[:] = A.T @ (A @ x)
