"""durbin: y with T y = -r by Levinson's recursion, T symmetric and Toeplitz, of (1, r[0], ..., r[n - 2])."""

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Row = list[float]

SIZES = {"tiny": (8,), "S": (400,), "M": (2000,), "L": (10000,)}
OUTPUTS = ("y",)


def inputs(n):
    """r, y (n)."""
    return {"r": 0.9 / n * np.random.default_rng(1).random(n), "y": np.zeros(n)}


def lists(r: Row, y: Row):
    n = len(r)
    z = [0.0] * n
    y[0] = -r[0]
    alpha = -r[0]
    beta = 1.0
    for k in range(1, n):
        beta *= 1.0 - alpha * alpha
        s = r[k]
        for i in range(k):
            s += r[k - 1 - i] * y[i]
        alpha = -s / beta
        for i in range(k):
            z[i] = y[i] + alpha * y[k - 1 - i]
        for i in range(k):
            y[i] = z[i]
        y[k] = alpha


def loops(r: Vector, y: Vector):
    n = r.shape[0]
    z = np.zeros(n)
    y[0] = -r[0]
    alpha = -r[0]
    beta = 1.0
    for k in range(1, n):
        beta *= 1.0 - alpha * alpha
        s = r[k]
        for i in range(k):
            s += r[k - 1 - i] * y[i]
        alpha = -s / beta
        for i in range(k):
            z[i] = y[i] + alpha * y[k - 1 - i]
        for i in range(k):
            y[i] = z[i]
        y[k] = alpha


def arrays(r: Vector, y: Vector):
    y[0] = -r[0]
    alpha = -r[0]
    beta = 1.0
    for k in range(1, r.shape[0]):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(r[:k][::-1], y[:k])) / beta
        y[:k] += alpha * y[:k][::-1]
        y[k] = alpha
