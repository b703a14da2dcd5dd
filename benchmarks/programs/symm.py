"""symm: C <- alpha A B + beta C, A symmetric, of which the lower triangle is read."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (6, 7), "S": (60, 80), "M": (200, 240), "L": (1000, 1200)}
OUTPUTS = ("C",)


def inputs(m, n):
    """alpha, beta, A (m x m), B, C (m x n)."""
    draw = np.random.default_rng(1).random
    return {"alpha": 1.5, "beta": 1.2, "A": draw((m, m)), "B": draw((m, n)), "C": draw((m, n))}


def lists(alpha: float, beta: float, A: Rows, B: Rows, C: Rows):
    for i in range(len(A)):
        for j in range(len(B[0])):
            s = 0.0
            for k in range(i):
                C[k][j] += alpha * B[i][j] * A[i][k]
                s += B[k][j] * A[i][k]
            C[i][j] = beta * C[i][j] + alpha * B[i][j] * A[i][i] + alpha * s


def loops(alpha: float, beta: float, A: Matrix, B: Matrix, C: Matrix):
    m, n = B.shape
    for i in range(m):
        for j in range(n):
            s = 0.0
            for k in range(i):
                C[k, j] += alpha * B[i, j] * A[i, k]
                s += B[k, j] * A[i, k]
            C[i, j] = beta * C[i, j] + alpha * B[i, j] * A[i, i] + alpha * s


def arrays(alpha: float, beta: float, A: Matrix, B: Matrix, C: Matrix):
    C[:] = alpha * (np.tril(A) + np.tril(A, -1).T) @ B + beta * C
