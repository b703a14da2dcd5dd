"""Pieces with nests of loops: triangles, time, subscripts that are not affine, jumps out of the middle."""

from collections.abc import Callable

from hypothesis import strategies as st

from tests.strategies.expressions import Draw, Lines, around, expression, scalar_expression, shift
from tests.strategies.pieces import any_of, where


def triangles(draw: Draw) -> Lines:
    """Bounds that are other indices, up and down, two and three deep."""
    value = scalar_expression(draw, ["a[i]", "b[j]", "s", "i", "j"])
    return any_of(
        draw,
        ["for i in range(n):", "    for j in range(i):", f"        a[i] += {value}"],
        ["for i in range(n):", "    for j in range(i, n):", f"        b[j] = b[j] * 0.5 + {value}"],
        ["for i in range(n):", "    for j in range(i + 1, n):", "        a[i], b[j] = b[j], a[i]"],
        ["for i in range(n - 1, -1, -1):", "    for j in range(i + 1, n):", "        a[i] -= a[j] * 0.25"],
        [
            "for i in range(min(n, m)):",
            "    for j in range(i, m):",
            "        A[i, j] = A[i, j] + A[i, i] * 0.5",
        ],
        [
            "C = np.zeros((n, n))",
            "for i in range(n):",
            "    for j in range(i + 1):",
            "        for l in range(j):",
            "            C[i, j] += a[l] * b[j - l]",
            "        C[i, j] = C[i, j] * 0.5 + i",
            "s = s + C.sum()",
        ],
        [
            "D = np.zeros((n, n))",
            "for i in range(n - 1, -1, -1):",
            "    for j in range(i + 1, n):",
            "        D[i, j] = max(D[i + 1, j], D[i, j - 1]) + (1.0 if a[i] > b[j] else 0.0)",
            "t = D.max() if n > 0 else 0.0",
        ],
        ["for d in range(1, n):", "    for i in range(n - d):", "        a[i] = a[i] * 0.5 + b[i + d]"],
    )


def rounds(draw: Draw) -> Lines:
    """Time loops over stencils: buffers that swap, copies, sweeps in place."""
    turns = draw(st.integers(0, 4))
    body = any_of(
        draw,
        ["b[1:-1] = (a[:-2] + a[2:]) * 0.5", "a, b = b, a"],
        ["b[1:] = a[:-1] * 0.5 + b[1:]", "a[:-1] = b[1:]"],
        ["for i in range(1, n - 1):", "    b[i] = a[i - 1] + a[i + 1] - a[i]", "a[:] = b * 0.25"],
        ["for i in range(1, n - 1):", "    a[i] = (a[i - 1] + a[i] + a[i + 1]) * 0.25"],
        ["c = a.copy()", "for i in range(1, n):", "    a[i] = c[i - 1] * 0.5 + r"],
        [
            "for i in range(1, n - 1):",
            "    for j in range(1, m - 1):",
            "        B[i, j] = (A[i - 1, j] + A[i + 1, j] + A[i, j - 1] + A[i, j + 1]) * 0.25",
            "A, B = B, A",
        ],
        ["A[1:, 1:] += A[:-1, :-1] * 0.5", "B[:] = A"],
        ["old = A.copy()", "A[1:-1, 1:-1] = old[:-2, 1:-1] * 0.5 - old[1:-1, 2:]"],
        [
            "for i in range(1, n):",
            "    for j in range(1, m):",
            "        A[i, j] = A[i - 1, j - 1] * 0.5 + A[i, j - 1]",
        ],
        ["a = a * 0.5 + b", "b = b + a[::-1]"],
        ["s = s * 0.5 + r", "a += s"],
    )
    return [f"for r in range({turns}):", *(f"    {line}" for line in body)]


def odd_subscripts(draw: Draw) -> Lines:
    """Subscripts that are products, quotients, remainders, or data."""
    return any_of(
        draw,
        ["for i in range(n):", "    a[i * i % n] = b[i] + s"],
        ["for i in range(n):", "    a[i // 2] += b[i]"],
        ["for i in range(n):", "    for j in range(m):", "        b[(i * j) % n] += A[i, j] * 0.5"],
        ["for i in range(n):", "    a[n - 1 - i // 2] = a[i] * 0.5"],
        ["i = 0", "while i * i < n:", "    a[i * i] = i + s", "    i += 1"],
        ["for i in range(n):", "    for j in range(m):", "        A[i, k[i] % m] += B[i, j] * 0.5"],
        ["for i in range(n):", "    a[i] = b[k[k[i] % n] % n]"],
        ["for i in range(n):", "    a[(i + 3) % n] = b[i - 1] * 0.5"],
        ["for i in range(n * m):", "    A[i // m, i % m] = B[i // m, i % m] - i"],
        ["for i in range(n):", "    if k[i] >= 0 and k[i] < n:", "        a[k[i]] -= 1.0"],
        ["for i in range(0, n, 3):", "    a[i:i + 3] = i", "    s = s + a[i:i + 2].sum()"],
    )


def leaving(draw: Draw) -> Lines:
    """`break`, `continue` and `while` in the middle of nests; the rest of the nest does not run."""
    change = expression(draw, ["A[i, j]", "B[i, j]", "s"], 1)
    return any_of(
        draw,
        [
            "for i in range(n):",
            "    for j in range(m):",
            "        if A[i, j] > 2.0:",
            "            continue",
            f"        A[i, j] = {change}",
            "        if B[i, j] < -3.0:",
            "            break",
            "        t = t + 1",
        ],
        [
            "for i in range(n):",
            "    x0, r = a[i], 0",
            "    while abs(x0) > 1.0 and r < 5:",
            "        x0 = x0 * 0.5",
            "        r += 1",
            "    b[i] = x0 + r",
        ],
        [
            "r = 0",
            "while r < n:",
            "    r += 1",
            "    if a[r - 1] < 0.0:",
            "        continue",
            "    for j in range(r):",
            "        if b[j] > a[r - 1]:",
            "            break",
            "        b[j] = a[r - 1]",
        ],
        ["while n > 0 and a[0] > 1.0 and a[0] < 1e9:", "    a *= 0.5"],
        [
            "for i in range(n):",
            "    for j in range(m):",
            "        if A[i, j] > 7.0:",
            "            return i, j, A",
        ],
        ["done = False", "for v in a:", "    if done:", "        s = s + v", "    done = v > 0"],
    )


def overlapping(draw: Draw) -> Lines:
    """Updates in place through views whose elements the right side reads."""
    value = draw(st.sampled_from(["", " * 0.5", " + 1.0"]))
    return any_of(
        draw,
        ["v = a[1:]", f"v += a[:-1]{value}"],
        ["v, e = a[:-1], a[1:]", f"v[:] = e{value}", f"e[:] = v{value}"],
        [f"a[::2] = a[::-1][::2]{value}"],
        [f"A[1:, 1:] = A[:-1, :-1]{value}"],
        [f"A[:, ::-1] = A{value}"],
        ["for i in range(1, n):", f"    A[i] += A[i - 1]{value}"],
        ["for j in range(1, m):", f"    A[:, j] = A[:, j - 1]{value} - A[:, j]"],
        *([where("n > 0", ["A[:] += A[0]", "A -= A[-1]"])] * 2),
        ["if n == m:", "    A[:] = A.T", "    A += A.T"],
        ["a[1:] = a[:-1] + a[1:]", "a[:-1] -= a[1:]"],
        ["v = A.reshape(n * m)", f"v[1:] = v[:-1]{value}"],
        ["a += a[::-1]", "b[:] = b[::-1] - b"],
    )


def neighbours(draw: Draw) -> Lines:
    """Loops over the same range, one after the other, that read what others write, here or one further."""
    lines = ["d = np.zeros(n)"] if draw(st.booleans()) else ["d = a * 0.5"]
    for number in range(draw(st.integers(2, 4))):
        target, other = draw(st.sampled_from("abd")), draw(st.sampled_from("abd"))
        leaves = [around(draw, name, "i", 1, 1) for name in "abd"] + ["s"]
        value = scalar_expression(draw, leaves)
        lines += any_of(
            draw,
            ["for i in range(1, n - 1):", f"    {target}[i] = {value}"],
            ["for i in range(1, n - 1):", f"    {target}[i] += {value}"],
            ["for i in range(1, n - 1):", f"    e{number} = {value}", f"    {target}[i] = e{number} * 0.5"],
            ["for i in range(1, n - 1):", f"    s = s * 0.5 + {value}", f"    {target}[i] = s"],
            ["for i in range(n - 1):", f"    {target}[i] = {target}[i + 1] - {other}[i]"],
            [f"{target}[1:-1] = {other}[2:] * 0.5 + s"],
        )
    return [*lines, "s = s + d.sum()"]


def neighbours_of_rows(draw: Draw) -> Lines:
    """The same for nests over matrices, the loops in either order."""
    lines = ["D = np.zeros((n, m))"] if draw(st.booleans()) else ["D = A - B"]
    for _ in range(draw(st.integers(2, 3))):
        target = draw(st.sampled_from("ABD"))
        moves = [(draw(st.integers(-1, 1)), draw(st.integers(-1, 1))) for _ in "ABD"]
        places = [f"[{shift('i', rows)}, {shift('j', columns)}]" for rows, columns in moves]
        value = scalar_expression(draw, [f"{name}{place}" for name, place in zip("ABD", places, strict=True)])
        heads = ["for i in range(1, n - 1):", "for j in range(1, m - 1):"]
        outer, inner = heads if draw(st.booleans()) else reversed(heads)
        lines += [outer, f"    {inner}", f"        {target}[i, j] = {value}"]
    return [*lines, "s = s + D.sum()"]


def part_sums(draw: Draw) -> Lines:
    """Sums, products and extremes that go on from a value that is not their neutral one, up or down."""
    value = scalar_expression(draw, ["a[i]", "b[i]", "A[i, j]", "2.0"])
    update = draw(
        st.sampled_from(
            [
                "t = t + {}",
                "t = t - {}",
                "t = {} - t",
                "t = min(t, {})",
                "t = max({}, t)",
                "t = t * (1.0 + {} * 0.125)",
                "c[j] = c[j] - {}",
                "c[i] = c[i] + {} * c[i]",
            ]
        )
    ).format(value)
    start = draw(st.sampled_from(["t = 3.0", "t = s", "t = -0.0", "t = 7"]))
    return [start, "for i in range(n):", "    for j in range(min(n, m)):", f"        {update}"]


NESTS: tuple[Callable[[Draw], Lines], ...] = (
    triangles,
    rounds,
    odd_subscripts,
    leaving,
    overlapping,
    neighbours,
    neighbours_of_rows,
    part_sums,
)
