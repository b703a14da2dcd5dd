"""The plot: the speed over NumPy of every contestant on every program, sorted by ours."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.npbench.contest import Result
from benchmarks.npbench.table import speed

COLOURS = {"pyaot": "#d1495b", "numba": "#2e86ab", "pythran": "#3f8f3f", "dace": "#8e6c8a", "jax": "#e6a23c"}


def draw(results: Sequence[Result], names: Sequence[str], path: Path) -> None:
    """Writes the PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    known = [(value, r) for r in results if (value := speed(r)) is not None]
    ordered = [r for _, r in sorted(known, key=lambda pair: pair[0])]
    figure, axes = pyplot.subplots(figsize=(9, 2 + 0.22 * len(ordered)), layout="constrained")
    for name in (*names, "pyaot"):
        points = [(speed(r, of=name), place) for place, r in enumerate(ordered)]
        points = [(value, place) for value, place in points if value is not None]
        if points:
            size = 42 if name == "pyaot" else 22
            axes.scatter(*zip(*points), label=name, color=COLOURS[name], s=size, zorder=3 if size > 30 else 2)
    axes.set_xscale("log")
    axes.axvline(1.0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(ordered)), [r.program for r in ordered], fontsize=7)
    axes.set_xlabel("times faster than NumPy")
    axes.grid(axis="both", linewidth=0.3)
    axes.legend(loc="lower right")
    axes.set_title(f"NPBench, preset {ordered[0].preset if ordered else '-'}")
    figure.savefig(path, dpi=140)
    pyplot.close(figure)
