"""lu: A <- L and U of A = L U, without pivots; L has a unit diagonal, which is not stored."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (8,), "S": (80,), "M": (400,), "L": (1500,)}
OUTPUTS = ("A",)


def inputs(n):
    """A (n x n), its diagonal dominant."""
    return {"A": np.random.default_rng(1).random((n, n)) + n * np.eye(n)}


def lists(A: Rows):
    n = len(A)
    for i in range(n):
        for j in range(i):
            for k in range(j):
                A[i][j] -= A[i][k] * A[k][j]
            A[i][j] /= A[j][j]
        for j in range(i, n):
            for k in range(i):
                A[i][j] -= A[i][k] * A[k][j]


def loops(A: Matrix):
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            for k in range(j):
                A[i, j] -= A[i, k] * A[k, j]
            A[i, j] /= A[j, j]
        for j in range(i, n):
            for k in range(i):
                A[i, j] -= A[i, k] * A[k, j]


def arrays(A: Matrix):
    for k in range(A.shape[0]):
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
