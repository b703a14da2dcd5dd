"""2mm: D <- alpha A B C + beta D."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (5, 6, 7, 4), "S": (50, 60, 70, 55), "M": (180, 190, 210, 220), "L": (800, 900, 1100, 1200)}
OUTPUTS = ("D",)


def inputs(ni, nj, nk, nl):
    """alpha, beta, A (ni x nk), B (nk x nj), C (nj x nl), D (ni x nl)."""
    draw = np.random.default_rng(1).random
    return {
        "alpha": 1.5,
        "beta": 1.2,
        "A": draw((ni, nk)),
        "B": draw((nk, nj)),
        "C": draw((nj, nl)),
        "D": draw((ni, nl)),
    }


def lists(alpha: float, beta: float, A: Rows, B: Rows, C: Rows, D: Rows):
    ni, nj, nk, nl = len(A), len(C), len(B), len(C[0])
    product = [[0.0] * nj for _ in range(ni)]
    for i in range(ni):
        for j in range(nj):
            for k in range(nk):
                product[i][j] += alpha * A[i][k] * B[k][j]
    for i in range(ni):
        for j in range(nl):
            D[i][j] *= beta
            for k in range(nj):
                D[i][j] += product[i][k] * C[k][j]


def loops(alpha: float, beta: float, A: Matrix, B: Matrix, C: Matrix, D: Matrix):
    ni, nk = A.shape
    nj, nl = C.shape
    product = np.zeros((ni, nj))
    for i in range(ni):
        for j in range(nj):
            for k in range(nk):
                product[i, j] += alpha * A[i, k] * B[k, j]
    for i in range(ni):
        for j in range(nl):
            D[i, j] *= beta
            for k in range(nj):
                D[i, j] += product[i, k] * C[k, j]


def arrays(alpha: float, beta: float, A: Matrix, B: Matrix, C: Matrix, D: Matrix):
    D[:] = alpha * A @ B @ C + beta * D
