"""Programs that run for hours if nobody stops them; `test_signals.py` does so from outside and inside."""

import numpy as np
from numpy.typing import NDArray


def heat(u: NDArray[np.float64], v: NDArray[np.float64], steps: int) -> None:
    n, m = u.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                v[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1])
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                u[i, j] = v[i, j]


def basel(n: int, rounds: int) -> float:
    total = 0.0
    for r in range(rounds):
        for k in range(n):
            total += 1.0 / ((k + r + 1.0) * (k + 1.0))
    return total


def one_sum(n: int) -> float:
    total = 0.0
    for k in range(n):
        total += np.sin(k * 1.0) / ((k + 1.0) * (k + 2.0)) ** 1.7
    return total


def waits(a: NDArray[np.float64]) -> int:
    count = 0
    while a[0] >= 0.0:
        for i in range(a.shape[0]):
            a[i] = a[i] * 0.5 + 1.0
        count += 1
    return count


def spins(k: int) -> int:
    while True:
        k = (k * 5 + 3) % 1000003


def products(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    n = a.shape[0]
    c = np.zeros((n, n), dtype=np.int64)
    for i in range(n):
        for j in range(n):
            for k in range(n):
                c[i, j] += a[i, k] % (b[k, j] + 7)
    return c


def escapes(c: NDArray[np.float64], out: NDArray[np.int64], most: int) -> None:
    for i in range(c.shape[0]):
        z, k = c[i], 0
        while k < most and z < 4.0:
            z = z * z + c[i]
            k += 1
        out[i] = k


def touched(a: NDArray[np.int64], turns: int) -> None:
    """It changes a little of what would have to be copied, so nobody keeps a copy."""
    k = 1
    while k < turns:
        a[0] += 1
        k += 1


def medians(a: NDArray[np.float64], rounds: int) -> NDArray[np.float64]:
    out = np.zeros(rounds)
    for r in range(rounds):
        out[r] = np.median(a + r)
    return out
