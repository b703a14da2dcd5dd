"""Functions that between them use most of the language: they are compiled and called with odd arguments."""

import math
from typing import Optional

import numpy as np
from numpy.typing import NDArray

GAIN = 1.5
Vector = NDArray[np.float64]
Flat = np.ndarray[tuple[int], np.dtype[np.float64]]
Plane = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Places = np.ndarray[tuple[int], np.dtype[np.int64]]


def axpy(a: Flat, b: Flat, k: float) -> Flat:
    """a += k b, by a loop; b may be too short."""
    for i in range(a.shape[0]):
        a[i] += k * b[i]
    return a


def shifted(a: Flat, b: Flat) -> Flat:
    a[1:] = a[:-1] + b[1:]
    b[:] = b[::-1]
    return a


def whole(a: Vector, b: Vector) -> Vector:
    """The rank is left open, and shapes broadcast."""
    return a * 2.0 + b


def window(a: Flat, low: int, high: int, step: int = 1) -> Flat:
    return a[low:high:step]


def element(a: Plane, i: int, j: int) -> float:
    return a[i, j] * 2


def put(a: Flat, k: Places, x: float) -> None:
    for i in range(len(k)):
        a[k[i]] = x + i


def scatter(a: Flat, k: Places) -> Flat:
    a[k] += 1.0
    return a


def gathered(a: Flat, k: Places) -> Flat:
    return a[k]


def products(A: Plane, B: Plane) -> Plane:
    return A @ B


def smooth(A: Plane, B: Plane) -> None:
    n, m = A.shape
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            B[i, j] = (A[i - 1, j] + A[i + 1, j] + A[i, j - 1] + A[i, j + 1]) / 4.0


def statistics(a: Flat) -> tuple[float, float, float, int]:
    return a.mean(), a.max(), a.sum(), int(a.argmin())


def columns(A: Plane) -> Flat:
    return A.sum(axis=0) / A.shape[0]


def masked(a: Flat, limit: float) -> int:
    a[a > limit] = limit
    count = 0
    for x in a:
        if x == limit:
            count += 1
    return count


def ring(a: Flat, b: Flat, limit: float) -> tuple[float, float, float]:
    """Sums over what a mask chooses; it may choose nothing."""
    chosen = a[(b < limit) & (a == a)]
    return chosen.sum(), chosen.mean(), chosen.max()


def first_above(a: Flat, limit: float) -> int:
    for i in range(a.size):
        if a[i] > limit:
            return i
    return -1


def power(n: int, k: int) -> int:
    """Leaves int64 soon."""
    result = 1
    for _ in range(min(k, 80)):
        result = result * n
    return result


def divided(n: int, m: int) -> tuple[int, int, float]:
    return n // m, n % m, n / m


def bits(n: int, k: int) -> int:
    return ((n << (k & 7)) ^ (n >> 1)) | (n & 255)


def floats(x: float, y: float) -> float:
    return x / y + x // y + x % y


def roots(x: float) -> float:
    return math.sqrt(x) + math.exp(x) + math.log(x)


def ratio(a: Flat, b: Flat) -> Flat:
    """NumPy's division: it warns."""
    return np.sqrt(a) / b


def counts(p: np.ndarray[tuple[int], np.dtype[np.int8]], k: int) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    for i in range(p.shape[0]):
        p[i] = p[i] + p[p.shape[0] - 1 - i] * k
    return p


def remainders(k: Places, m: Places) -> Places:
    return k // m + k % m


def running(x: list[float], w: list[float]) -> list[float]:
    """Lists: sums go into the first, which is returned."""
    total = 0.0
    for i in range(len(x)):
        total += x[i] * w[i]
        x[i] = total
    return x


def table(rows: list[list[float]], k: float) -> float:
    total = 0.0
    for row in rows:
        for j in range(len(row)):
            row[j] = row[j] * k
            total += row[j]
    return total


def whole_numbers(x: list[int]) -> list[int]:
    return [v * v - 1 for v in x if v > 0]


def pair(p: tuple[float, int], a: Flat) -> Flat:
    scale, at = p
    a[at] = scale
    return a


def optional(a: Flat, w: Optional[Flat] = None, *, k: float = 2.0) -> Flat:  # noqa: UP045
    if w is None:
        return a * k
    return a * w + k


def gained(a: Flat, flag: bool = False) -> Flat:
    out = np.zeros(a.shape[0])
    for i in range(a.shape[0]):
        out[i] = a[i] * GAIN if flag else -a[i]
    return out


def checked(a: Flat, n: int) -> float:
    if n < 0:
        raise ValueError("n is negative")
    assert n <= a.shape[0], "a is too short"
    total = 0.0
    for i in range(n):
        a[i] = a[i] + 1.0
        total += 1.0 / a[i]
    return total


def factorial(n: int) -> int:
    return 1 if n < 2 else n * factorial(n - 1)


def collatz(n: int) -> int:
    steps = 0
    while n != 1 and steps < 100:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def waves(
    z: np.ndarray[tuple[int], np.dtype[np.complex64]], phase: complex
) -> np.ndarray[tuple[int], np.dtype[np.complex64]]:
    for i in range(z.shape[0]):
        z[i] = z[i] * phase + np.conj(z[i])
    return z


def singles(x: np.ndarray[tuple[int], np.dtype[np.float32]], s: np.float32) -> np.float32:
    total = np.float32(0)
    for i in range(x.shape[0]):
        total += x[i] * s
    return total


def views(A: Plane) -> tuple[Plane, Flat]:
    return A.T, A[0]


def flattened(A: Plane, k: float) -> Plane:
    """The writes reach A only where `ravel` gives a view of it."""
    v = A.ravel()
    v *= k
    return A


def squared(a: Flat) -> Flat:
    """As `flattened`: a strided vector is copied."""
    v = a.ravel()
    v *= v
    w = a.reshape(-1, 1)
    w += 1.0
    return a


def copies(A: Plane, axis: int) -> Plane:
    return np.concatenate((A, A[::-1])) if axis == 0 else np.roll(A, 1)


class Filter:
    """Its fields are read at entry."""

    def __init__(self, gain: float, taps: Flat) -> None:
        self.gain, self.taps = gain, taps

    def apply(self, a: Flat) -> Flat:
        out = np.empty_like(a)
        for i in range(a.shape[0]):
            out[i] = self.gain * a[i] + self.taps[i]
        return out
