"""nussinov: the greatest number of pairs in a folded RNA sequence.

table[i, j] is that of the bases i ... j; bases pair where their codes (0 to 3) sum to 3.
"""

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.int64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.int64]]

SIZES = {"tiny": (9,), "S": (100,), "M": (500,), "L": (2200,)}
OUTPUTS = ("table",)


def inputs(n):
    """bases (n), table (n x n)."""
    return {"bases": np.random.default_rng(1).integers(0, 4, n), "table": np.zeros((n, n), np.int64)}


def lists(bases: list[int], table: list[list[int]]):
    n = len(bases)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            best = max(table[i][j - 1], table[i + 1][j])
            pairs = 1 if i < j - 1 and bases[i] + bases[j] == 3 else 0
            best = max(best, table[i + 1][j - 1] + pairs)
            for k in range(i + 1, j):
                best = max(best, table[i][k] + table[k + 1][j])
            table[i][j] = best


def loops(bases: Vector, table: Matrix):
    n = bases.shape[0]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            best = max(table[i, j - 1], table[i + 1, j])
            pairs = 1 if i < j - 1 and bases[i] + bases[j] == 3 else 0
            best = max(best, table[i + 1, j - 1] + pairs)
            for k in range(i + 1, j):
                best = max(best, table[i, k] + table[k + 1, j])
            table[i, j] = best


def arrays(bases: Vector, table: Matrix):
    n = bases.shape[0]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            pairs = 1 if i < j - 1 and bases[i] + bases[j] == 3 else 0
            best = max(table[i, j - 1], table[i + 1, j], table[i + 1, j - 1] + pairs)
            if j > i + 1:
                best = max(best, np.max(table[i, i + 1 : j] + table[i + 2 : j + 1, j]))
            table[i, j] = best
