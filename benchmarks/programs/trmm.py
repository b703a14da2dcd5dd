"""trmm: B <- alpha A^T B, A lower triangular with a unit diagonal, which is not read."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (6, 7), "S": (60, 80), "M": (200, 240), "L": (1000, 1200)}
OUTPUTS = ("B",)


def inputs(m, n):
    """alpha, A (m x m), B (m x n)."""
    draw = np.random.default_rng(1).random
    return {"alpha": 1.5, "A": draw((m, m)), "B": draw((m, n))}


def lists(alpha: float, A: Rows, B: Rows):
    m, n = len(B), len(B[0])
    for i in range(m):
        for j in range(n):
            for k in range(i + 1, m):
                B[i][j] += A[k][i] * B[k][j]
            B[i][j] *= alpha


def loops(alpha: float, A: Matrix, B: Matrix):
    m, n = B.shape
    for i in range(m):
        for j in range(n):
            for k in range(i + 1, m):
                B[i, j] += A[k, i] * B[k, j]
            B[i, j] *= alpha


def arrays(alpha: float, A: Matrix, B: Matrix):
    for i in range(B.shape[0]):
        B[i] = alpha * (B[i] + A[i + 1 :, i] @ B[i + 1 :])
