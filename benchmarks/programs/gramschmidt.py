"""gramschmidt: A = Q R by the modified Gram-Schmidt process, which leaves A spoilt."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (8, 6), "S": (60, 50), "M": (240, 200), "L": (1200, 1000)}
OUTPUTS = ("A", "R", "Q")


def inputs(m, n):
    """A (m x n), R (n x n), Q (m x n)."""
    A = np.random.default_rng(1).random((m, n)) + 2.0 * np.eye(m, n)
    return {"A": A, "R": np.zeros((n, n)), "Q": np.zeros((m, n))}


def lists(A: Rows, R: Rows, Q: Rows):
    m, n = len(A), len(R)
    for k in range(n):
        norm = 0.0
        for i in range(m):
            norm += A[i][k] * A[i][k]
        R[k][k] = norm**0.5
        for i in range(m):
            Q[i][k] = A[i][k] / R[k][k]
        for j in range(k + 1, n):
            R[k][j] = 0.0
            for i in range(m):
                R[k][j] += Q[i][k] * A[i][j]
            for i in range(m):
                A[i][j] -= Q[i][k] * R[k][j]


def loops(A: Matrix, R: Matrix, Q: Matrix):
    m, n = A.shape
    for k in range(n):
        norm = 0.0
        for i in range(m):
            norm += A[i, k] * A[i, k]
        R[k, k] = np.sqrt(norm)
        for i in range(m):
            Q[i, k] = A[i, k] / R[k, k]
        for j in range(k + 1, n):
            R[k, j] = 0.0
            for i in range(m):
                R[k, j] += Q[i, k] * A[i, j]
            for i in range(m):
                A[i, j] -= Q[i, k] * R[k, j]


def arrays(A: Matrix, R: Matrix, Q: Matrix):
    for k in range(A.shape[1]):
        R[k, k] = np.sqrt(np.dot(A[:, k], A[:, k]))
        Q[:, k] = A[:, k] / R[k, k]
        R[k, k + 1 :] = Q[:, k] @ A[:, k + 1 :]
        A[:, k + 1 :] -= np.outer(Q[:, k], R[k, k + 1 :])
