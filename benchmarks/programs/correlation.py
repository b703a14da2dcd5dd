"""correlation: the coefficients of correlation of the columns of `data`, which is normalised in place."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (9, 6), "S": (80, 70), "M": (260, 240), "L": (1400, 1200)}
OUTPUTS = ("data", "corr")


def inputs(n, m):
    """data (n x m), corr (m x m)."""
    return {"data": np.random.default_rng(1).random((n, m)), "corr": np.zeros((m, m))}


def lists(data: Rows, corr: Rows):
    n, m = len(data), len(corr)
    for j in range(m):
        mean = 0.0
        for i in range(n):
            mean += data[i][j]
        mean /= n
        deviation = 0.0
        for i in range(n):
            deviation += (data[i][j] - mean) ** 2
        deviation = (deviation / n) ** 0.5
        if deviation <= 0.1:
            deviation = 1.0
        for i in range(n):
            data[i][j] = (data[i][j] - mean) / (n**0.5 * deviation)
    for i in range(m):
        corr[i][i] = 1.0
        for j in range(i + 1, m):
            corr[i][j] = 0.0
            for k in range(n):
                corr[i][j] += data[k][i] * data[k][j]
            corr[j][i] = corr[i][j]


def loops(data: Matrix, corr: Matrix):
    n, m = data.shape
    for j in range(m):
        mean = 0.0
        for i in range(n):
            mean += data[i, j]
        mean /= n
        deviation = 0.0
        for i in range(n):
            deviation += (data[i, j] - mean) ** 2
        deviation = np.sqrt(deviation / n)
        if deviation <= 0.1:
            deviation = 1.0
        for i in range(n):
            data[i, j] = (data[i, j] - mean) / (np.sqrt(n) * deviation)
    for i in range(m):
        corr[i, i] = 1.0
        for j in range(i + 1, m):
            corr[i, j] = 0.0
            for k in range(n):
                corr[i, j] += data[k, i] * data[k, j]
            corr[j, i] = corr[i, j]


def arrays(data: Matrix, corr: Matrix):
    n, m = data.shape
    deviation = data.std(axis=0)
    deviation[deviation <= 0.1] = 1.0
    data[:] = (data - data.mean(axis=0)) / (np.sqrt(n) * deviation)
    corr[:] = data.T @ data
    for i in range(m):
        corr[i, i] = 1.0
