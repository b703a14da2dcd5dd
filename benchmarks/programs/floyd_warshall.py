"""floyd-warshall: the lengths of the shortest paths between all pairs of nodes of a graph."""

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.int64]]

SIZES = {"tiny": (9,), "S": (70,), "M": (300,), "L": (1000,)}
OUTPUTS = ("path",)


def inputs(n):
    """path (n x n): the lengths of the edges."""
    return {"path": np.random.default_rng(1).integers(1, 1000, (n, n))}


def lists(path: list[list[int]]):
    n = len(path)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                path[i][j] = min(path[i][j], path[i][k] + path[k][j])


def loops(path: Matrix):
    n = path.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                path[i, j] = min(path[i, j], path[i, k] + path[k, j])


def arrays(path: Matrix):
    for k in range(path.shape[0]):
        path[:] = np.minimum(path, path[:, k, np.newaxis] + path[k])
