"""doitgen: A[r, q, :] <- A[r, q, :] C for all r and q."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Tensor = np.ndarray[tuple[int, int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (3, 4, 5), "S": (12, 14, 30), "M": (50, 40, 60), "L": (150, 140, 160)}
OUTPUTS = ("A",)


def inputs(nr, nq, np_):
    """A (nr x nq x np_), C (np_ x np_)."""
    draw = np.random.default_rng(1).random
    return {"A": draw((nr, nq, np_)), "C": draw((np_, np_))}


def lists(A: list[list[list[float]]], C: Rows):
    n = len(C)
    line = [0.0] * n
    for r in range(len(A)):
        for q in range(len(A[0])):
            for p in range(n):
                line[p] = 0.0
                for s in range(n):
                    line[p] += A[r][q][s] * C[s][p]
            for p in range(n):
                A[r][q][p] = line[p]


def loops(A: Tensor, C: Matrix):
    nr, nq, n = A.shape
    line = np.zeros(n)
    for r in range(nr):
        for q in range(nq):
            for p in range(n):
                line[p] = 0.0
                for s in range(n):
                    line[p] += A[r, q, s] * C[s, p]
            for p in range(n):
                A[r, q, p] = line[p]


def arrays(A: Tensor, C: Matrix):
    A[:] = A @ C
