"""Programs that many call at once: `test_workers.py` does so from threads and from processes."""

import numpy as np
from numpy.typing import NDArray


def heat(u: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    v = u.copy()
    for _ in range(steps):
        u[1:-1, 1:-1] = 0.25 * (v[:-2, 1:-1] + v[2:, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:])
        v[:, :] = u
    return v


def counts(a: NDArray[np.int64], bins: int) -> NDArray[np.int64]:
    found = np.zeros(bins, dtype=np.int64)
    for i in range(a.shape[0]):
        found[a[i] % bins] += 1
    return found


def solved(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.zeros_like(b)
    for k in range(b.shape[0]):
        x[k] = np.linalg.solve(a + k * np.eye(a.shape[0]), np.sort(b[k]))
    return x


def primes(n: int) -> list[int]:
    found = []
    for k in range(2, n):
        is_prime = True
        for d in range(2, k):
            if d * d > k:
                break
            if k % d == 0:
                is_prime = False
                break
        if is_prime:
            found.append(k)
    return found


def doubled(numbers: list[float], divisor: int) -> float:
    total = 0.0
    for i in range(len(numbers)):
        numbers[i] = numbers[i] * 2.0
        total += numbers[i] / (divisor - i)
    return total


def noted(a: NDArray[np.float64], notes: dict[str, float]) -> NDArray[np.float64]:
    b = np.empty_like(a)
    for i in range(a.shape[0]):
        b[i] = a[i] * a[i] + 1.0
    notes["sum"] = float(b.sum())
    c = np.zeros_like(b)
    for i in range(1, a.shape[0]):
        c[i] = c[i - 1] * 0.5 + b[i]
    return c


def ratios(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    q = np.zeros_like(a)
    for i in range(a.shape[0]):
        q[i] = a[i] / b[i] + np.exp(a[i])
    a[:] = q
    return q
