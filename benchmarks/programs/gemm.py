"""gemm: C <- alpha A B + beta C."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (5, 6, 7), "S": (60, 70, 80), "M": (200, 220, 240), "L": (1000, 1100, 1200)}
OUTPUTS = ("C",)


def inputs(ni, nj, nk):
    """alpha, beta, A (ni x nk), B (nk x nj), C (ni x nj)."""
    draw = np.random.default_rng(1).random
    return {"alpha": 1.5, "beta": 1.2, "A": draw((ni, nk)), "B": draw((nk, nj)), "C": draw((ni, nj))}


def lists(alpha: float, beta: float, A: Rows, B: Rows, C: Rows):
    for i in range(len(A)):
        for j in range(len(B[0])):
            C[i][j] *= beta
            for k in range(len(B)):
                C[i][j] += alpha * A[i][k] * B[k][j]


def loops(alpha: float, beta: float, A: Matrix, B: Matrix, C: Matrix):
    ni, nk = A.shape
    nj = B.shape[1]
    for i in range(ni):
        for j in range(nj):
            C[i, j] *= beta
            for k in range(nk):
                C[i, j] += alpha * A[i, k] * B[k, j]


def arrays(alpha: float, beta: float, A: Matrix, B: Matrix, C: Matrix):
    C[:] = alpha * A @ B + beta * C
