"""gesummv: y <- alpha A x + beta B x."""

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Row = list[float]
Rows = list[list[float]]

SIZES = {"tiny": (7,), "S": (250,), "M": (2000,), "L": (5000,)}
OUTPUTS = ("y",)


def inputs(n):
    """alpha, beta, A, B (n x n), x, y (n)."""
    draw = np.random.default_rng(1).random
    return {
        "alpha": 1.5,
        "beta": 1.2,
        "A": draw((n, n)),
        "B": draw((n, n)),
        "x": draw(n),
        "y": np.zeros(n),
    }


def lists(alpha: float, beta: float, A: Rows, B: Rows, x: Row, y: Row):
    n = len(x)
    for i in range(n):
        a = b = 0.0
        for j in range(n):
            a += A[i][j] * x[j]
            b += B[i][j] * x[j]
        y[i] = alpha * a + beta * b


def loops(alpha: float, beta: float, A: Matrix, B: Matrix, x: Vector, y: Vector):
    n = x.shape[0]
    for i in range(n):
        a = b = 0.0
        for j in range(n):
            a += A[i, j] * x[j]
            b += B[i, j] * x[j]
        y[i] = alpha * a + beta * b


def arrays(alpha: float, beta: float, A: Matrix, B: Matrix, x: Vector, y: Vector):
    y[:] = alpha * A @ x + beta * B @ x
