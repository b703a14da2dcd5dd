"""covariance: the covariances of the columns of `data`, which is centred in place."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (9, 6), "S": (80, 70), "M": (260, 240), "L": (1400, 1200)}
OUTPUTS = ("data", "cov")


def inputs(n, m):
    """data (n x m), cov (m x m)."""
    return {"data": np.random.default_rng(1).random((n, m)), "cov": np.zeros((m, m))}


def lists(data: Rows, cov: Rows):
    n, m = len(data), len(cov)
    for j in range(m):
        mean = 0.0
        for i in range(n):
            mean += data[i][j]
        mean /= n
        for i in range(n):
            data[i][j] -= mean
    for i in range(m):
        for j in range(i, m):
            cov[i][j] = 0.0
            for k in range(n):
                cov[i][j] += data[k][i] * data[k][j]
            cov[i][j] /= n - 1
            cov[j][i] = cov[i][j]


def loops(data: Matrix, cov: Matrix):
    n, m = data.shape
    for j in range(m):
        mean = 0.0
        for i in range(n):
            mean += data[i, j]
        mean /= n
        for i in range(n):
            data[i, j] -= mean
    for i in range(m):
        for j in range(i, m):
            cov[i, j] = 0.0
            for k in range(n):
                cov[i, j] += data[k, i] * data[k, j]
            cov[i, j] /= n - 1
            cov[j, i] = cov[i, j]


def arrays(data: Matrix, cov: Matrix):
    data -= data.mean(axis=0)
    cov[:] = data.T @ data / (data.shape[0] - 1)
