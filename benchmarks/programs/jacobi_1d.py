"""jacobi-1d: three-point means, from A to B and back."""

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Row = list[float]

SIZES = {"tiny": (3, 9), "S": (40, 1000), "M": (500, 20000), "L": (1000, 400000)}
OUTPUTS = ("A", "B")


def inputs(steps, n):
    """steps, A, B (n)."""
    draw = np.random.default_rng(1).random
    return {"steps": steps, "A": draw(n), "B": draw(n)}


def lists(steps: int, A: Row, B: Row):
    n = len(A)
    for _ in range(steps):
        for i in range(1, n - 1):
            B[i] = 0.33333 * (A[i - 1] + A[i] + A[i + 1])
        for i in range(1, n - 1):
            A[i] = 0.33333 * (B[i - 1] + B[i] + B[i + 1])


def loops(steps: int, A: Vector, B: Vector):
    n = A.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            B[i] = 0.33333 * (A[i - 1] + A[i] + A[i + 1])
        for i in range(1, n - 1):
            A[i] = 0.33333 * (B[i - 1] + B[i] + B[i + 1])


def arrays(steps: int, A: Vector, B: Vector):
    for _ in range(steps):
        B[1:-1] = 0.33333 * (A[:-2] + A[1:-1] + A[2:])
        A[1:-1] = 0.33333 * (B[:-2] + B[1:-1] + B[2:])
