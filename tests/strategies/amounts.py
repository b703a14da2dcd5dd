"""Pieces with numbers of all types: near overflow, narrow, complex; and what reductions make of them."""

from collections.abc import Callable

from hypothesis import strategies as st

from tests.strategies.expressions import Draw, Lines, expression
from tests.strategies.pieces import any_of, where


def near_overflow(draw: Draw) -> Lines:
    """Python's ints, which grow, and NumPy's, which wrap."""
    return any_of(
        draw,
        ["g = 1", "for i in range(n):", "    g = g * 7 + N", "t = g"],
        ["g = N", "for i in range(n):", "    g += g", "t = g"],
        ["t = N * N + n", "s = s + (1.0 if N * 3 > 5 else 0.5)"],
        ["t = (N << 3) - N // 3 + N % 7"],
        ["k[:] = k * k + 3", "t = k.sum()"],
        ["for i in range(n):", "    k[i] = k[i] * 3 - k[i] // 2"],
        ["for i in range(n):", "    k[i] = i * i * i - n"],
        ["t = -N", "s = s + abs(N) * 0.0"],
        ["g = 0", "for e in Y:", "    g += e * e", "t = g"],
        ["for i in range(len(Y)):", "    Y[i] = Y[i] - Y[-1 - i]"],
        ["q[:] = q * q + 1", "for i in range(n):", "    q[i] = q[i] * 2"],
        ["t = int(q.sum()) * 5 if n > 0 else 0"],
        ["g = 1", "while g < N and g < 10**6:", "    g = g * 2", "t = g"],
        ["t = min(N, n) + max(N, m)", "for i in range(min(N, n)):", "    a[i] = i"],
    )


def single_numbers(draw: Draw) -> Lines:
    """float32 with Python's numbers, float64 and integers."""
    other = draw(st.sampled_from(["2.5", "3", "s", "a", "q", "np.float32(0.1)", "np.float64(0.1)"]))
    return any_of(
        draw,
        [f"h[:] = h * {other}"],
        [f"t = (h + {other}).sum()"],
        ["g = np.float32(0.0)", "for v in h:", "    g = g + v * v", "t = g"],
        ["g = np.float32(1.0)", "for i in range(n):", "    g = g * np.float32(0.5) + h[i]", "h += g"],
        ["for i in range(n):", "    h[i] = h[i] * a[i] + s", "    a[i] = h[i]"],
        ["d = h.astype(np.float64)", "d += a", "h[:] = d"],
        [
            "d = np.zeros(n, dtype=np.float32)",
            "for i in range(n):",
            "    d[i] = a[i] * 0.1 + h[i]",
            "t = d.sum()",
        ],
        ["t = np.sqrt(np.abs(h)).sum() + np.exp(-np.abs(h)).sum()"],
        ["h[1:] = h[:-1] + h[1:]", "t = h.mean() if n > 0 else np.float32(0)"],
    )


def complex_nests(draw: Draw) -> Lines:
    """Complex numbers in loops, products, sums and choices."""
    return any_of(
        draw,
        ["g = 0j", "for i in range(n):", "    g = g + z[i] * a[i]", "t = g"],
        ["for i in range(n):", "    for j in range(n):", "        z[i] = z[i] + 0.25j * w[j].conjugate()"],
        ["Z = np.outer(z, np.conj(z))", "t = Z.trace() if n > 0 else 0j"],
        ["z[:] = np.where(a > 0, z, z.conj())", "a[:] = np.abs(z)"],
        ["for i in range(1, n):", "    z[i] = z[i - 1] * 0.5j + z[i]"],
        ["z[1:] = z[:-1] + z[1:].real", "w *= 2"],
        ["t = np.sum(z[::-1] * w)", "s = s + t.real"],
        ["z[:] = np.exp(1j * a)", "z /= 2.0"],
        ["Z = A * (1 + 1j)", "t = (Z @ Z.conj().T).sum() if n > 0 and m > 0 else 0j"],
    )


def whole_numbers_of_arrays(draw: Draw) -> Lines:
    """Reductions along axes, with and without them kept, and what has no dimensions."""
    array = expression(draw, ["A", "B"], 1)
    name = draw(st.sampled_from(["sum", "max", "min", "mean", "prod", "any", "all", "argmax", "argmin"]))
    axis = draw(st.sampled_from(["0", "1", "-1", "(0, 1)" if name[:3] != "arg" else "0"]))
    keep = draw(st.booleans())
    return where(
        "n > 0 and m > 0",
        any_of(
            draw,
            [f"t = ({array} + A).{name}(axis={axis}{', keepdims=True' if keep else ''})"],
            [f"t = np.{name}(A, axis={axis})", "s = s + float(np.sum(t))"],
            ["A[:] = A - A.max(axis=1, keepdims=True)", "A /= np.abs(A).sum(axis=0, keepdims=True) + 1.0"],
            ["t = cube.sum(axis=(0, 2))", "cube -= cube.mean(axis=0, keepdims=True)"],
            ["t = cube.sum(axis=2).max(axis=0)", "A[:] = cube.min(axis=-1)"],
            ["t = np.cumsum(A, axis=0)[-1]", "B[:] = np.cumprod(B, axis=1)"],
            ["t = np.sum(a) - np.max(b)", "s = a.dot(b) + s"],
            ["t = np.array(s) + a.sum()"],
            ["t = a[0] + np.float64(s)", "c = np.array([s, t, a[-1]])"],
            ["t = (A > B).sum(axis=0)", "s = s + t.max()"],
            ["for i in range(n):", "    a[i] = A[i].max() - B[i].sum()"],
            ["t = np.minimum.reduce(A, axis=0)", "s = s + np.add.reduce(a)"],
        ),
    )


def both_sides(draw: Draw) -> Lines:
    """Masks that choose what is read and what is written."""
    mask = draw(st.sampled_from(["a > b", "mask", "(a > 0) & (b < 1)", "(a < 0) | mask", "~(a > s)"]))
    return any_of(
        draw,
        [f"chosen = {mask}", "a[chosen] = b[chosen] * 2.0 + a[chosen]"],
        [f"chosen = {mask}", "A[chosen] *= 0.5", "A[chosen, :] += B[chosen, :]"],
        [f"chosen = {mask}", "a[chosen], b[chosen] = b[chosen], a[chosen]"],
        ["A[A > 0] = np.sqrt(A[A > 0])", "B[A <= 0] -= 1.0"],
        [f"chosen = {mask}", "a[chosen] = a[chosen][::-1]", "t = a[~chosen].sum()"],
        [f"a[:] = np.where({mask}, np.where(a > 2, b, c), a * 0.5)"],
        [f"t = np.sum(a[{mask}] * b[{mask}])", f"s = s + ({mask}).mean() if n > 0 else s"],
        ["for i in range(n):", "    A[i][A[i] > a[i]] = a[i]"],
        [f"chosen = np.nonzero({mask})[0]", "a[chosen] += 1.0", "t = chosen.size"],
    )


AMOUNTS: tuple[Callable[[Draw], Lines], ...] = (
    near_overflow,
    single_numbers,
    complex_nests,
    whole_numbers_of_arrays,
    both_sides,
)
