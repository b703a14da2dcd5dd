"""cholesky: A <- L of A = L L^T, in the lower triangle of A."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (8,), "S": (100,), "M": (400,), "L": (1500,)}
OUTPUTS = ("A",)


def inputs(n):
    """A (n x n), positive definite."""
    B = np.random.default_rng(1).random((n, n))
    return {"A": B @ B.T + n * np.eye(n)}


def lists(A: Rows):
    for i in range(len(A)):
        for j in range(i):
            for k in range(j):
                A[i][j] -= A[i][k] * A[j][k]
            A[i][j] /= A[j][j]
        for k in range(i):
            A[i][i] -= A[i][k] * A[i][k]
        A[i][i] = A[i][i] ** 0.5


def loops(A: Matrix):
    for i in range(A.shape[0]):
        for j in range(i):
            for k in range(j):
                A[i, j] -= A[i, k] * A[j, k]
            A[i, j] /= A[j, j]
        for k in range(i):
            A[i, i] -= A[i, k] * A[i, k]
        A[i, i] = np.sqrt(A[i, i])


def arrays(A: Matrix):
    for j in range(A.shape[0]):
        A[j:, j] -= A[j:, :j] @ A[j, :j]
        A[j, j] = np.sqrt(A[j, j])
        A[j + 1 :, j] /= A[j, j]
