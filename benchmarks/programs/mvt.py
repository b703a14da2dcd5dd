"""mvt: x1 <- x1 + A y1 and x2 <- x2 + A^T y2."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
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


def loops(A: Floats, x1: Floats, x2: Floats, y1: Floats, y2: Floats):
    n = A.shape[0]
    for i in range(n):
        for j in range(n):
            x1[i] += A[i, j] * y1[j]
    for i in range(n):
        for j in range(n):
            x2[i] += A[j, i] * y2[j]


def arrays(A: Floats, x1: Floats, x2: Floats, y1: Floats, y2: Floats):
    x1 += A @ y1
    x2 += y2 @ A
