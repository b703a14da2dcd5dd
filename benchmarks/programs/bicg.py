"""bicg: s <- A^T r and q <- A p, the two products of a step of biconjugate gradients."""

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Row = list[float]
Rows = list[list[float]]

SIZES = {"tiny": (6, 7), "S": (300, 350), "M": (1900, 2100), "L": (5900, 6100)}
OUTPUTS = ("s", "q")


def inputs(n, m):
    """A (n x m), p, s (m), r, q (n)."""
    draw = np.random.default_rng(1).random
    return {"A": draw((n, m)), "p": draw(m), "r": draw(n), "s": np.zeros(m), "q": np.zeros(n)}


def lists(A: Rows, p: Row, r: Row, s: Row, q: Row):
    m = len(p)
    for j in range(m):
        s[j] = 0.0
    for i in range(len(r)):
        q[i] = 0.0
        for j in range(m):
            s[j] += r[i] * A[i][j]
            q[i] += A[i][j] * p[j]


def loops(A: Matrix, p: Vector, r: Vector, s: Vector, q: Vector):
    n, m = A.shape
    for j in range(m):
        s[j] = 0.0
    for i in range(n):
        q[i] = 0.0
        for j in range(m):
            s[j] += r[i] * A[i, j]
            q[i] += A[i, j] * p[j]


def arrays(A: Matrix, p: Vector, r: Vector, s: Vector, q: Vector):
    s[:] = r @ A
    q[:] = A @ p
