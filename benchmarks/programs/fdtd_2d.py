"""fdtd-2d: Maxwell's equations in two dimensions: the fields ex, ey and hz on staggered grids, step by step.

At step t the boundary ey[0, :] is set to pulse[t].
"""

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Row = list[float]
Rows = list[list[float]]

SIZES = {"tiny": (3, 6, 7), "S": (10, 60, 70), "M": (100, 200, 240), "L": (300, 1000, 1200)}
OUTPUTS = ("ex", "ey", "hz")


def inputs(steps, nx, ny):
    """pulse (steps), ex, ey, hz (nx x ny)."""
    draw = np.random.default_rng(1).random
    return {"pulse": np.arange(steps) * 1.0, "ex": draw((nx, ny)), "ey": draw((nx, ny)), "hz": draw((nx, ny))}


def lists(pulse: Row, ex: Rows, ey: Rows, hz: Rows):
    nx, ny = len(ex), len(ex[0])
    for t in range(len(pulse)):
        for j in range(ny):
            ey[0][j] = pulse[t]
        for i in range(1, nx):
            for j in range(ny):
                ey[i][j] -= 0.5 * (hz[i][j] - hz[i - 1][j])
        for i in range(nx):
            for j in range(1, ny):
                ex[i][j] -= 0.5 * (hz[i][j] - hz[i][j - 1])
        for i in range(nx - 1):
            for j in range(ny - 1):
                hz[i][j] -= 0.7 * (ex[i][j + 1] - ex[i][j] + ey[i + 1][j] - ey[i][j])


def loops(pulse: Vector, ex: Matrix, ey: Matrix, hz: Matrix):
    nx, ny = ex.shape
    for t in range(pulse.shape[0]):
        for j in range(ny):
            ey[0, j] = pulse[t]
        for i in range(1, nx):
            for j in range(ny):
                ey[i, j] -= 0.5 * (hz[i, j] - hz[i - 1, j])
        for i in range(nx):
            for j in range(1, ny):
                ex[i, j] -= 0.5 * (hz[i, j] - hz[i, j - 1])
        for i in range(nx - 1):
            for j in range(ny - 1):
                hz[i, j] -= 0.7 * (ex[i, j + 1] - ex[i, j] + ey[i + 1, j] - ey[i, j])


def arrays(pulse: Vector, ex: Matrix, ey: Matrix, hz: Matrix):
    for value in pulse:
        ey[0] = value
        ey[1:] -= 0.5 * (hz[1:] - hz[:-1])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
