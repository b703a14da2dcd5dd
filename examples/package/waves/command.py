"""The command `waves`."""

import numpy as np

from waves.steps import energy, simulate


def main() -> None:
    """Plucks a string, and prints its energy."""
    start = np.maximum(0.0, 1.0 - np.abs(np.linspace(-4.0, 4.0, 2001)))
    print(f"energy after 1000 steps: {energy(simulate(start, 1000)):.6f}")


if __name__ == "__main__":
    main()
