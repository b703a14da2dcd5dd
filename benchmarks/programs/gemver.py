"""gemver: A <- A + u1 v1^T + u2 v2^T, x <- x + beta A^T y + z, w <- w + alpha A x."""

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Row = list[float]
Rows = list[list[float]]

SIZES = {"tiny": (7,), "S": (200,), "M": (2000,), "L": (6000,)}
OUTPUTS = ("A", "x", "w")


def inputs(n):
    """alpha, beta, A (n x n), u1, v1, u2, v2, x, y, z, w (n)."""
    draw = np.random.default_rng(1).random
    vectors = {name: draw(n) for name in ("u1", "v1", "u2", "v2", "x", "y", "z", "w")}
    return {"alpha": 1.5, "beta": 1.2, "A": draw((n, n)), **vectors}


def lists(
    alpha: float,
    beta: float,
    A: Rows,
    u1: Row,
    v1: Row,
    u2: Row,
    v2: Row,
    x: Row,
    y: Row,
    z: Row,
    w: Row,
):
    n = len(A)
    for i in range(n):
        for j in range(n):
            A[i][j] += u1[i] * v1[j] + u2[i] * v2[j]
    for i in range(n):
        for j in range(n):
            x[i] += beta * A[j][i] * y[j]
    for i in range(n):
        x[i] += z[i]
    for i in range(n):
        for j in range(n):
            w[i] += alpha * A[i][j] * x[j]


def loops(
    alpha: float,
    beta: float,
    A: Matrix,
    u1: Vector,
    v1: Vector,
    u2: Vector,
    v2: Vector,
    x: Vector,
    y: Vector,
    z: Vector,
    w: Vector,
):
    n = A.shape[0]
    for i in range(n):
        for j in range(n):
            A[i, j] += u1[i] * v1[j] + u2[i] * v2[j]
    for i in range(n):
        for j in range(n):
            x[i] += beta * A[j, i] * y[j]
    for i in range(n):
        x[i] += z[i]
    for i in range(n):
        for j in range(n):
            w[i] += alpha * A[i, j] * x[j]


def arrays(
    alpha: float,
    beta: float,
    A: Matrix,
    u1: Vector,
    v1: Vector,
    u2: Vector,
    v2: Vector,
    x: Vector,
    y: Vector,
    z: Vector,
    w: Vector,
):
    A += np.outer(u1, v1) + np.outer(u2, v2)
    x += beta * y @ A + z
    w += alpha * A @ x
