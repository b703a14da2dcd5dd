"""trisolv: x with L x = b, L lower triangular."""

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Row = list[float]
Rows = list[list[float]]

SIZES = {"tiny": (7,), "S": (400,), "M": (2000,), "L": (8000,)}
OUTPUTS = ("x",)


def inputs(n):
    """L (n x n), b, x (n)."""
    draw = np.random.default_rng(1).random
    return {"L": draw((n, n)) + n * np.eye(n), "b": draw(n), "x": np.zeros(n)}


def lists(L: Rows, b: Row, x: Row):
    for i in range(len(b)):
        x[i] = b[i]
        for j in range(i):
            x[i] -= L[i][j] * x[j]
        x[i] /= L[i][i]


def loops(L: Matrix, b: Vector, x: Vector):
    for i in range(b.shape[0]):
        x[i] = b[i]
        for j in range(i):
            x[i] -= L[i, j] * x[j]
        x[i] /= L[i, i]


def arrays(L: Matrix, b: Vector, x: Vector):
    for i in range(b.shape[0]):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
