"""The shortest paths between all pairs of nodes of a graph, by Floyd and Warshall."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 64


def shortest_paths_loops(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lengths [nodes, nodes] of the shortest paths; edges[i, j] is infinite where there is no edge."""
    lengths = edges.copy()
    nodes = edges.shape[0]
    for k in range(nodes):
        for i in range(nodes):
            for j in range(nodes):
                detour = lengths[i, k] + lengths[k, j]
                if detour < lengths[i, j]:
                    lengths[i, j] = detour
    return lengths


def shortest_paths_arrays(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same, all pairs at once for each node between them."""
    lengths = edges.copy()
    for k in range(edges.shape[0]):
        lengths = np.minimum(lengths, lengths[:, k][:, None] + lengths[k][None, :])
    return lengths


def inputs(size):
    """A ring of nodes and random edges, one pair in five."""
    generator = np.random.default_rng(1)
    edges = np.where(generator.random((size, size)) < 0.2, generator.uniform(1.0, 10.0, (size, size)), np.inf)
    edges[np.arange(size), (np.arange(size) + 1) % size] = 10.0
    np.fill_diagonal(edges, 0.0)
    return {"shortest_paths_loops": (edges,), "shortest_paths_arrays": (edges,)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
