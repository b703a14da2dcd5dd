"""3mm: G <- (A B) (C D)."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {
    "tiny": (5, 6, 7, 4, 3),
    "S": (40, 50, 60, 55, 45),
    "M": (180, 190, 200, 210, 220),
    "L": (800, 900, 1000, 1100, 1200),
}
OUTPUTS = ("G",)


def inputs(ni, nj, nk, nl, nm):
    """A (ni x nk), B (nk x nj), C (nj x nm), D (nm x nl), G (ni x nl)."""
    draw = np.random.default_rng(1).random
    return {
        "A": draw((ni, nk)),
        "B": draw((nk, nj)),
        "C": draw((nj, nm)),
        "D": draw((nm, nl)),
        "G": np.zeros((ni, nl)),
    }


def lists(A: Rows, B: Rows, C: Rows, D: Rows, G: Rows):
    ni, nj, nk, nl, nm = len(A), len(C), len(B), len(D[0]), len(D)
    E = [[0.0] * nj for _ in range(ni)]
    F = [[0.0] * nl for _ in range(nj)]
    for i in range(ni):
        for j in range(nj):
            for k in range(nk):
                E[i][j] += A[i][k] * B[k][j]
    for i in range(nj):
        for j in range(nl):
            for k in range(nm):
                F[i][j] += C[i][k] * D[k][j]
    for i in range(ni):
        for j in range(nl):
            G[i][j] = 0.0
            for k in range(nj):
                G[i][j] += E[i][k] * F[k][j]


def loops(A: Matrix, B: Matrix, C: Matrix, D: Matrix, G: Matrix):
    ni, nk = A.shape
    nj, nm = C.shape
    nl = D.shape[1]
    E = np.zeros((ni, nj))
    F = np.zeros((nj, nl))
    for i in range(ni):
        for j in range(nj):
            for k in range(nk):
                E[i, j] += A[i, k] * B[k, j]
    for i in range(nj):
        for j in range(nl):
            for k in range(nm):
                F[i, j] += C[i, k] * D[k, j]
    for i in range(ni):
        for j in range(nl):
            G[i, j] = 0.0
            for k in range(nj):
                G[i, j] += E[i, k] * F[k, j]


def arrays(A: Matrix, B: Matrix, C: Matrix, D: Matrix, G: Matrix):
    G[:] = (A @ B) @ (C @ D)
