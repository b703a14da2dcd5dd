"""adi: the heat equation u' = u_xx + u_yy by alternating directions.

Each half of a time step is implicit in one direction: a tridiagonal system per line, solved by elimination
(p, q: what is left of it) and substitution.
"""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (2, 8), "S": (5, 60), "M": (100, 200), "L": (200, 1000)}
OUTPUTS = ("u",)


def inputs(steps, n):
    """steps, u (n x n)."""
    return {"steps": steps, "u": np.random.default_rng(1).random((n, n))}


def lists(steps: int, u: Rows):
    n = len(u)
    v = [[0.0] * n for _ in range(n)]
    p = [[0.0] * n for _ in range(n)]
    q = [[0.0] * n for _ in range(n)]
    rx = 2.0 * n * n / steps
    ry = 1.0 * n * n / steps
    a, b = -rx / 2.0, 1.0 + rx
    d, e = -ry / 2.0, 1.0 + ry
    for _ in range(steps):
        for i in range(1, n - 1):
            v[0][i] = 1.0
            p[i][0] = 0.0
            q[i][0] = v[0][i]
            for j in range(1, n - 1):
                pivot = a * p[i][j - 1] + b
                right = -d * u[j][i - 1] + (1.0 + 2.0 * d) * u[j][i] - d * u[j][i + 1]
                p[i][j] = -a / pivot
                q[i][j] = (right - a * q[i][j - 1]) / pivot
            v[n - 1][i] = 1.0
            for j in range(n - 2, 0, -1):
                v[j][i] = p[i][j] * v[j + 1][i] + q[i][j]
        for i in range(1, n - 1):
            u[i][0] = 1.0
            p[i][0] = 0.0
            q[i][0] = u[i][0]
            for j in range(1, n - 1):
                pivot = d * p[i][j - 1] + e
                right = -a * v[i - 1][j] + (1.0 + 2.0 * a) * v[i][j] - a * v[i + 1][j]
                p[i][j] = -d / pivot
                q[i][j] = (right - d * q[i][j - 1]) / pivot
            u[i][n - 1] = 1.0
            for j in range(n - 2, 0, -1):
                u[i][j] = p[i][j] * u[i][j + 1] + q[i][j]


def loops(steps: int, u: Matrix):
    n = u.shape[0]
    v = np.zeros((n, n))
    p = np.zeros((n, n))
    q = np.zeros((n, n))
    rx = 2.0 * n * n / steps
    ry = 1.0 * n * n / steps
    a, b = -rx / 2.0, 1.0 + rx
    d, e = -ry / 2.0, 1.0 + ry
    for _ in range(steps):
        for i in range(1, n - 1):
            v[0, i] = 1.0
            p[i, 0] = 0.0
            q[i, 0] = v[0, i]
            for j in range(1, n - 1):
                pivot = a * p[i, j - 1] + b
                right = -d * u[j, i - 1] + (1.0 + 2.0 * d) * u[j, i] - d * u[j, i + 1]
                p[i, j] = -a / pivot
                q[i, j] = (right - a * q[i, j - 1]) / pivot
            v[n - 1, i] = 1.0
            for j in range(n - 2, 0, -1):
                v[j, i] = p[i, j] * v[j + 1, i] + q[i, j]
        for i in range(1, n - 1):
            u[i, 0] = 1.0
            p[i, 0] = 0.0
            q[i, 0] = u[i, 0]
            for j in range(1, n - 1):
                pivot = d * p[i, j - 1] + e
                right = -a * v[i - 1, j] + (1.0 + 2.0 * a) * v[i, j] - a * v[i + 1, j]
                p[i, j] = -d / pivot
                q[i, j] = (right - d * q[i, j - 1]) / pivot
            u[i, n - 1] = 1.0
            for j in range(n - 2, 0, -1):
                u[i, j] = p[i, j] * u[i, j + 1] + q[i, j]


def arrays(steps: int, u: Matrix):
    n = u.shape[0]
    v = np.ones((n, n))
    p = np.zeros((n, n))
    q = np.ones((n, n))
    rx = 2.0 * n * n / steps
    ry = 1.0 * n * n / steps
    a, b = -rx / 2.0, 1.0 + rx
    d, e = -ry / 2.0, 1.0 + ry
    for _ in range(steps):
        for j in range(1, n - 1):
            pivot = a * p[1:-1, j - 1] + b
            right = -d * u[j, :-2] + (1.0 + 2.0 * d) * u[j, 1:-1] - d * u[j, 2:]
            p[1:-1, j] = -a / pivot
            q[1:-1, j] = (right - a * q[1:-1, j - 1]) / pivot
        for j in range(n - 2, 0, -1):
            v[j, 1:-1] = p[1:-1, j] * v[j + 1, 1:-1] + q[1:-1, j]
        u[1:-1, 0] = 1.0
        u[1:-1, -1] = 1.0
        for j in range(1, n - 1):
            pivot = d * p[1:-1, j - 1] + e
            right = -a * v[:-2, j] + (1.0 + 2.0 * a) * v[1:-1, j] - a * v[2:, j]
            p[1:-1, j] = -d / pivot
            q[1:-1, j] = (right - d * q[1:-1, j - 1]) / pivot
        for j in range(n - 2, 0, -1):
            u[1:-1, j] = p[1:-1, j] * u[1:-1, j + 1] + q[1:-1, j]
