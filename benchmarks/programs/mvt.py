"""mvt: x1 <- x1 + A y1 and x2 <- x2 + A^T y2."""

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Row = list[float]
Rows = list[list[float]]

SIZES = {"tiny": (7,), "S": (300,), "M": (2000,), "L": (6000,)}
OUTPUTS = ("x1", "x2")


def inputs(n):
    """A (n x n), x1, x2, y1, y2 (n)."""
    draw = np.random.default_rng(1).random
    return {"A": draw((n, n)), "x1": draw(n), "x2": draw(n), "y1": draw(n), "y2": draw(n)}


def lists(A: Rows, x1: Row, x2: Row, y1: Row, y2: Row):
    n = len(A)
    for i in range(n):
        for j in range(n):
            x1[i] += A[i][j] * y1[j]
    for i in range(n):
        for j in range(n):
            x2[i] += A[j][i] * y2[j]


def loops(A: Matrix, x1: Vector, x2: Vector, y1: Vector, y2: Vector):
    n = A.shape[0]
    for i in range(n):
        for j in range(n):
            x1[i] += A[i, j] * y1[j]
    for i in range(n):
        for j in range(n):
            x2[i] += A[j, i] * y2[j]


def arrays(A: Matrix, x1: Vector, x2: Vector, y1: Vector, y2: Vector):
    x1 += A @ y1
    x2 += y2 @ A
