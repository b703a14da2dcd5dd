"""Bodies that attract each other, moved by leapfrog steps; softening keeps close passes finite."""

import time

import numpy as np
from numpy.typing import NDArray

SIZE = 40
SOFTENING = 0.05


def nbody_loops(
    position: NDArray[np.float64],
    velocity: NDArray[np.float64],
    mass: NDArray[np.float64],
    steps: int,
    dt: float,
) -> NDArray[np.float64]:
    """Positions [bodies, 3] after `steps` of length dt."""
    x = position.copy()
    v = velocity.copy()
    bodies = x.shape[0]
    for _ in range(steps):
        for i in range(bodies):
            ax = 0.0
            ay = 0.0
            az = 0.0
            for j in range(bodies):
                dx = x[j, 0] - x[i, 0]
                dy = x[j, 1] - x[i, 1]
                dz = x[j, 2] - x[i, 2]
                square = dx * dx + dy * dy + dz * dz + SOFTENING * SOFTENING
                pull = mass[j] / (square * np.sqrt(square))
                ax += pull * dx
                ay += pull * dy
                az += pull * dz
            v[i, 0] += dt * ax
            v[i, 1] += dt * ay
            v[i, 2] += dt * az
        for i in range(bodies):
            for axis in range(3):
                x[i, axis] += dt * v[i, axis]
    return x


def nbody_arrays(
    position: NDArray[np.float64],
    velocity: NDArray[np.float64],
    mass: NDArray[np.float64],
    steps: int,
    dt: float,
) -> NDArray[np.float64]:
    """The same with all pairs as one array [bodies, bodies, 3]."""
    x = position.copy()
    v = velocity.copy()
    for _ in range(steps):
        apart = x[None, :, :] - x[:, None, :]
        square = (apart * apart).sum(axis=2) + SOFTENING * SOFTENING
        pull = mass[None, :] / (square * np.sqrt(square))
        v += dt * (pull[:, :, None] * apart).sum(axis=1)
        x += dt * v
    return x


def inputs(size):
    """`size` bodies in a cube, at rest on average."""
    generator = np.random.default_rng(1)
    position, velocity = generator.random((size, 3)), 0.1 * generator.standard_normal((size, 3))
    mass = generator.random(size) / size
    arguments = position, velocity, mass, 5, 0.01
    return {"nbody_loops": arguments, "nbody_arrays": arguments}


def main():
    """Runs both forms; prints a checksum and the time of each."""
    for name, arguments in inputs(SIZE).items():
        start = time.perf_counter()
        result = globals()[name](*arguments)
        print(f"{name}: checksum {np.sum(result):.10g}, {time.perf_counter() - start:.4f} s")


if __name__ == "__main__":
    main()
