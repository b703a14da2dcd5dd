"""Conway's game of life on a torus."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 64


def life_loops(world: NDArray[np.uint8], generations: int) -> NDArray[np.uint8]:
    """A cell lives on with two or three neighbours and is born with three."""
    cells = world.copy()
    after = np.zeros_like(world)
    rows, columns = world.shape
    for _ in range(generations):
        for i in range(rows):
            for j in range(columns):
                neighbours = np.uint8(0)
                for di in range(-1, 2):
                    for dj in range(-1, 2):
                        if di != 0 or dj != 0:
                            neighbours += cells[(i + di) % rows, (j + dj) % columns]
                if neighbours == 3 or (neighbours == 2 and cells[i, j] == 1):
                    after[i, j] = 1
                else:
                    after[i, j] = 0
        cells, after = after, cells
    return cells


def life_arrays(world: NDArray[np.uint8], generations: int) -> NDArray[np.uint8]:
    """The same by rolling the torus."""
    cells = world.copy()
    for _ in range(generations):
        rows = np.roll(cells, 1, axis=0) + cells + np.roll(cells, -1, axis=0)
        neighbours = np.roll(rows, 1, axis=1) + rows + np.roll(rows, -1, axis=1) - cells
        cells = np.where((neighbours == 3) | ((neighbours == 2) & (cells == 1)), np.uint8(1), np.uint8(0))
    return cells


def inputs(size):
    """A random world, three cells in ten alive, ten generations."""
    world = (np.random.default_rng(1).random((size, size)) < 0.3).astype(np.uint8)
    return {"life_loops": (world, 10), "life_arrays": (world, 10)}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
