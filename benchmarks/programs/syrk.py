"""syrk: C <- alpha A A^T + beta C, in the lower triangle of C."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (7, 5), "S": (80, 60), "M": (240, 200), "L": (1200, 1000)}
OUTPUTS = ("C",)


def inputs(n, m):
    """alpha, beta, A (n x m), C (n x n)."""
    draw = np.random.default_rng(1).random
    return {"alpha": 1.5, "beta": 1.2, "A": draw((n, m)), "C": draw((n, n))}


def lists(alpha: float, beta: float, A: Rows, C: Rows):
    for i in range(len(A)):
        for j in range(i + 1):
            C[i][j] *= beta
            for k in range(len(A[0])):
                C[i][j] += alpha * A[i][k] * A[j][k]


def loops(alpha: float, beta: float, A: Matrix, C: Matrix):
    n, m = A.shape
    for i in range(n):
        for j in range(i + 1):
            C[i, j] *= beta
            for k in range(m):
                C[i, j] += alpha * A[i, k] * A[j, k]


def arrays(alpha: float, beta: float, A: Matrix, C: Matrix):
    for i in range(A.shape[0]):
        C[i, : i + 1] = beta * C[i, : i + 1] + alpha * A[: i + 1] @ A[i]
