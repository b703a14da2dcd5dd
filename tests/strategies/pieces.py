"""More pieces of programs: types, subscripts, control flow and variables as users combine them.

A name that only some pieces read is a parameter of the programs that have such a piece (`EXTRAS`).
"""

from collections.abc import Callable

from hypothesis import strategies as st

from pyaot.ir.types import DType
from pyaot.verify.arrays import PLAIN
from tests.strategies.arrays import arrays
from tests.strategies.expressions import Draw, Lines, expression, scalar_expression

Strategy = st.SearchStrategy[object]


def _vector(dtype: DType) -> tuple[str, Callable[[int, int], Strategy]]:
    hint = f"np.ndarray[tuple[int], np.dtype[np.{dtype.value}]]"
    return hint, lambda n, m: arrays(dtype, shape=(n,), layouts=PLAIN)


_EIGHTHS = st.integers(-64, 64).map(lambda number: number / 8)

_LARGE_INTS = (2**31 - 1, -(2**31), 2**31, 2**62, -(2**63), 2**63 - 1, 3_037_000_500)

# name -> its hint, and its values for n and m
EXTRAS: dict[str, tuple[str, Callable[[int, int], Strategy]]] = {
    "p": _vector(DType.INT8),
    "q": _vector(DType.INT32),
    "u": _vector(DType.UINT8),
    "z": _vector(DType.COMPLEX128),
    "w": _vector(DType.COMPLEX64),
    "h": _vector(DType.FLOAT32),
    "mask": _vector(DType.BOOL),
    "cube": (
        "np.ndarray[tuple[int, int, int], np.dtype[np.float64]]",
        lambda n, m: arrays(DType.FLOAT64, shape=(n, m, 2), layouts=PLAIN),
    ),
    "x": ("list[float]", lambda n, m: st.lists(_EIGHTHS, min_size=n, max_size=n)),
    "y": ("list[int]", lambda n, m: st.lists(st.integers(-9, 9), min_size=n, max_size=n)),
    "X": (
        "list[list[float]]",
        lambda n, m: st.lists(st.lists(_EIGHTHS, min_size=m, max_size=m), min_size=n, max_size=n),
    ),
    "o": ("float | None", lambda n, m: st.none() | _EIGHTHS),
    "flag": ("bool", lambda n, m: st.booleans()),
    "N": ("int", lambda n, m: st.integers(-9, 9) | st.sampled_from(_LARGE_INTS)),
    "Y": ("list[int]", lambda n, m: st.lists(st.sampled_from((0, 3, -7, *_LARGE_INTS)), max_size=4)),
}


def any_of(draw: Draw, *forms: Lines) -> Lines:
    """One of the forms."""
    return draw(st.sampled_from(forms))


def where(condition: str, lines: Lines) -> Lines:
    """Lines that hold only for some sizes."""
    return [f"if {condition}:", *(f"    {line}" for line in lines)]


def complex_numbers(draw: Draw) -> Lines:
    """complex128 and complex64, with real arrays and numbers."""
    return any_of(
        draw,
        ["for i in range(n):", "    z[i] = z[i] * z[n - 1 - i].conjugate() + s"],
        ["z *= 1j"],
        ["z[::2] += 1", "s = s + float(np.abs(z).sum())"],
        ["z[:] = a + 1j * b"],
        ["a[:] = z.real - z.imag", "t = np.vdot(z, z)"],
        ["w[:] = w * 2 + 1j", "z[:] = z + w"],
        ["for v in w:", "    t = t + abs(v) ** 2"],
        ["t = (z * np.conj(z)).sum()"],
        ["z[:] = np.where(mask, z, 0)", "t = z.mean() if n > 0 else 0.0"],
    )


def narrow_numbers(draw: Draw) -> Lines:
    """int8, int32, uint8 and float32, which wrap, promote and meet Python's numbers."""
    operator = draw(st.sampled_from(["+", "-", "*", "//", "%", "&", "|", "^"]))
    right = draw(st.sampled_from(["3", "p", "5"])) if operator not in ("//", "%") else "3"
    return any_of(
        draw,
        [f"p[:] = p {operator} {right}"],
        [f"p {operator}= {right}", "q[:] = p * q"],
        ["for i in range(n):", f"    p[i] = p[i] {operator} {right.replace('p', 'p[n - 1 - i]')}"],
        ["for i in range(n):", "    p[i] = i", "    q[i] = p[i] * u[i] - i"],
        ["q = q + p", "t = q.sum()"],
        ["p[:] = ~p >> 1", "u[:] = u << 1"],
        ["t = p.sum() + u.sum()", "s = s + p.mean() if n > 0 else s"],
        ["h[:] = h * 2.5 + a", "t = h.sum() + h.dot(h)"],
        ["for i in range(n):", "    h[i] = h[i] * s + u[i]"],
        ["h += p", "a[:] = h * p"],
        ["for i in range(n):", "    if u[i] > p[i]:", "        q[i] = max(q[i], 2)"],
        ["t = p.max() - p.min() if n > 0 else 0", "q[:] = np.clip(q, -3, 3)"],
    )


def masks(draw: Draw) -> Lines:
    """Boolean arrays on both sides."""
    condition = draw(st.sampled_from(["mask", "a > 0", "~mask", "mask & (b > a)", "np.abs(a) < 2"]))
    return any_of(
        draw,
        [f"a[{condition}] = {draw(st.sampled_from(['0.0', 's', '3']))}"],
        [f"a[{condition}] += 1.0"],
        [f"a[{condition}] = b[{condition}]"],
        [f"a[{condition}] *= b[{condition}]"],
        [f"d = a[{condition}]", "s = s + d.sum()", "t = d.size"],
        [f"A[{condition}] = s"],
        ["A[A > B] = 0.0", "t = A[A < 1].sum()"],
        [f"t = np.count_nonzero({condition})", f"s = s + ({condition}).sum()"],
        ["mask[:] = a > b", "mask |= b < 0", "t = mask.any()"],
        [f"mask = np.logical_and({condition}, flag)", "a[mask] = -1"],
    )


def index_arrays(draw: Draw) -> Lines:
    """Integer arrays as subscripts, on both sides."""
    return where(
        "n > 0 and m > 0",
        any_of(
            draw,
            ["d = a[k % n]", "d += 1.0", "s = s + d.sum()"],
            ["a[k % n] = b"],
            ["a[k % n] += 1.0"],
            ["A[k % n] = B"],
            ["A[k % n, 0] *= 2.0"],
            ["c[:] = A[np.arange(n), k % m]"],
            ["A[:, k % m] = 1.0"],
            ["order = np.argsort(a, kind='stable')", "b[:] = a[order]"],
            ["a[[0, -1]] = a[[-1, 0]]"],
        ),
    )


def odd_slices(draw: Draw) -> Lines:
    """Negative and long steps, ellipsis, new axes, bounds that are clipped."""
    low, high = draw(st.integers(-7, 7)), draw(st.integers(-7, 7))
    step = draw(st.sampled_from([-2, -1, 1, 3]))
    return any_of(
        draw,
        ["a[::-1] = b"],
        ["a[::2] = s"],
        ["a[-1:] = 2"],
        ["a[-3:-1] *= 2.0"],
        ["A[::-1, ::2] += 1.0"],
        ["A[..., ::-1] = B"],
        ["s = s + a[1:100].sum() + a[n:].sum()"],
        ["cube[..., 0] = A", "cube[:, ::-1, 1] = B"],
        ["cube += A[:, :, None]", "A[:] = cube[:, :, -1]"],
        ["t = (a[:, None] * b[None, :]).sum()"],
        ["A[:] = A - a[:, np.newaxis]"],
        [
            f"d = a[{low}:{high}:{step}]",
            "s = s + d.sum()",
            "d[:] = 1.0",
        ],
        ["for i in range(n):", "    a[i] = b[i:].sum() + b[:i].sum() - b[-i:].sum()"],
    )


def views(draw: Draw) -> Lines:
    """Views and other names of arrays, written through."""
    return any_of(
        draw,
        ["v = a[1:]", "v[:] = v * 2.0", "a[:1] = 3.0"],
        ["v = A.T", "v[...] = 2 * v"],
        ["for i in range(n):", "    row = A[i]", "    row += a[i]"],
        ["v = a", "v[:] = b", "v += 1.0"],
        ["v = A.ravel()", "v *= 2.0", "s = s + A.sum()"],
        ["v = A.reshape(m, n)", "v[:, ::2] = 1.0"],
        ["v = a[::-1]", "a[:] = v + b"],
        ["v = A[:, ::-1]", "v -= B", "A[:] = v"],
        ["v = a", "a = a + 1.0", "v[:] = a"],
        ["v = np.asarray(b)", "v[::2] = 0.0"],
        ["a = b", "a[:] = a * 2.0"],
        ["v = a.copy()", "v[:] = 1.0", "b[:] = v + a"],
    )


def tuples(draw: Draw) -> Lines:
    """Assignments to several names at once, and swaps."""
    return any_of(
        draw,
        ["a, b, c = c, a, b"],
        ["s, t = s + 1.0, s"],
        ["for r in range(3):", "    b[:] = a * 0.5 + r", "    a, b = b, a"],
        ["for r in range(n):", "    c = a + b", "    a, b = b, c"],
        ["for i in range(n):", "    a[i], b[i] = b[i], a[i]"],
        ["if n > 1:", "    a[0], a[1] = a[1], a[0]"],
        ["(g, e), d = (s, 2), a", "s = g * e + d.sum()"],
        ["d = g = s + 1", "s = d + g"],
        ["shape = A.shape", "rows, columns = shape", "s = s + rows - columns"],
    )


def iterables(draw: Draw) -> Lines:
    """Loops over arrays, zip, enumerate, reversed ranges, tuples and lists."""
    return any_of(
        draw,
        ["for v, e in zip(a, b):", "    s += v * e"],
        ["for i, v in enumerate(a):", "    b[i] = v + i"],
        ["for i in reversed(range(n)):", "    a[i] = a[i] + i", "t = a.sum()"],
        ["for i, row in enumerate(A):", "    a[i] = row.sum()"],
        ["for i, (v, e) in enumerate(zip(a, b), 1):", "    t = t + i * v - e"],
        ["for row in A:", "    row[:] = row[::-1]"],
        ["for e in (1, 2.5, 3):", "    s = s * e"],
        ["for d in (a, b):", "    d += 1.0"],
        ["for d in [a, c]:", "    for i in range(n):", "        d[i] = i"],
        ["for i in range(0, n, 2):", "    for j in range(m - 1, -1, -2):", "        A[i, j] = i - j"],
        ["for v in x:", "    s += v", "    t = v"],
        ["for i in range(3, 0):", "    s = 1e9"],
    )


def lists(draw: Draw) -> Lines:
    """Lists of Python's numbers, given and made."""
    return any_of(
        draw,
        ["for i in range(len(x)):", "    x[i] = x[i] * 0.5 + i"],
        ["for i in range(len(y)):", "    y[i] = y[i] // 2 + y[-1 - i] % 3"],
        ["for i in range(n):", "    for j in range(m):", "        X[i][j] = X[i][j] + x[i]"],
        ["d = [0.0] * (n + 1)", "for i in range(n):", "    d[i + 1] = d[i] + x[i]", "s = s + d[n]"],
        ["d = [i * i for i in range(n)]", "for i in range(n):", "    d[i] += 1", "    a[i] = d[i]"],
        [
            "d = [[0.0] * m for _ in range(n)]",
            "for i in range(n):",
            "    for j in range(m):",
            "        d[i][j] = A[i, j].item()" if draw(st.booleans()) else "        d[i][j] = float(i)",
            "        s += d[i][j]",
        ],
        ["d = [1.0, 2.0, 4.0]", "for i in range(3):", "    d[i] *= s", "s = d[0] - d[2]"],
        ["d = np.array(x)", "a[:] = d", "s = s + len(x)"],
        ["d = x", "if n > 0:", "    d[0] = 1.5"],
        ["a[:] = x", "b[:] = np.array([v for v in (1.0, s)]).sum()"],
    )


def jumps(draw: Draw) -> Lines:
    """while, break, continue, else, early returns."""
    change = scalar_expression(draw, ["a[i]", "s"])
    return any_of(
        draw,
        [
            "for i in range(n):",
            "    if a[i] > 2:",
            "        break",
            f"    b[i] = {change}",
            "else:",
            "    s = -1.0",
        ],
        [
            "i = 0",
            "while i < n:",
            "    i += 1",
            "    if i % 2:",
            "        continue",
            "    a[i - 1] = 1.0",
            "else:",
            "    t = i",
        ],
        ["r = 5", "while True:", "    r -= 1", "    if r < 2:", "        break", "    s = s + r"],
        ["if n > 3:", "    return a"],
        ["for i in range(n):", "    if a[i] > b[i]:", "        return a[i], i"],
        [
            "for i in range(n):",
            "    for j in range(m):",
            "        if A[i, j] > 1.0:",
            "            break",
            "        A[i, j] = i",
            "    else:",
            "        a[i] = j if m > 0 else -1",
        ],
        ["assert n >= 0", "if n < 0:", "    raise ValueError('n')"],
        ["while s > 1.0:", "    s *= 0.5"],
    )


def variables(draw: Draw) -> Lines:
    """Names bound on some paths, after loops, with types that meet."""
    return any_of(
        draw,
        ["if n > 2:", "    g = 1.5", "if n > 2:", "    s = s + g"],
        ["for i in range(n):", "    e = a[i]", "if n > 0:", "    s = s + i", "    t = e"],
        ["g = 0", "for i in range(n):", "    g = g + a[i]", "t = g"],
        ["g = 0", "for i in range(n):", "    if i > 1:", "        g = g + 0.5", "t = g"],
        ["t = 1 if n > 2 else 0.5"],
        ["g = 1", "if flag:", "    g = 2.5", "t = g"],
        ["if flag:", "    d = a", "else:", "    d = b", "d[:] = 1.0"],
        ["if flag:", "    d = a + b", "else:", "    d = b", "s = s + d.sum()"],
        ["if flag:", "    a = b"],
        ["if n > 1:", "    s = 1", "else:", "    s = np.float64(2)", "t = s"],
        ["e = n", "n = n + 1", "t = e - n", "n = e"],
        ["best = -np.inf", "for v in a:", "    if v > best:", "        best = v", "t = best"],
        ["total = 0", "for i in range(n):", "    total += i", "t = total / 2 if n else total"],
    )


def chosen_names(draw: Draw) -> Lines:
    """Names of which only a condition says whose elements they have, beside the names that those have too."""
    choice = any_of(
        draw,
        ["d = pick(a, b, n)", "e = b"],
        ["d = a", "if flag:", "    d = b", "e = pick(d, c, n)"],
        ["d, e = a, b", "if s > 0:", "    d, e = e, d"],
        ["d, e = b, c", "for r in range(2):", "    d, e = e, d", "    d[:] = d * 0.5 + r"],
    )
    target, source, other = (draw(st.sampled_from("abde")) for _ in range(3))
    use = any_of(
        draw,
        ["for i in range(1, n):", f"    {target}[i] = {source}[i - 1] * 0.5 + s"],
        ["for i in range(n - 1):", f"    {target}[i] = {source}[i + 1] - {other}[i]"],
        [f"{target}[1:] = {source}[:-1] + {other}[1:]"],
        ["for i in range(n):", f"    {target}[i] = s + i", f"    {source}[n - 1 - i] = {other}[i] * 2.0"],
        ["for i in range(1, n):", f"    {target}[i] = 1.5 * i", f"    s = s + {source}[i - 1] - {other}[i]"],
    )
    return [*choice, *use]


def calls(draw: Draw) -> Lines:
    """Helpers with several returns, keywords, defaults; nested functions and lambdas; module constants."""
    return any_of(
        draw,
        ["for i in range(n):", "    a[i] = graded(a[i], y=b[i])"],
        ["s = graded(y=s, x=2.0) + GAIN"],
        ["low, high = bounds(a, s)", "s = low + high"],
        ["def inner(v):", "    return v * s + t", "", "for i in range(n):", "    a[i] = inner(b[i])"],
        ["add = lambda v, e=1.0: v + e", "s = add(s) + add(s, e=LIMIT)"],
        ["scaled(a, 2.0)", "b = scaled(b)"],
        ["a[:] = np.zeros(SHAPE).sum() + scaled(b, by=GAIN)"],
        ["s = first(a, s)"],
        ["def put(i, v):", "    a[i] = v", "", "for i in range(n):", "    put(i, s + i)"],
        ["c = pick(a, b, n)", "c[:] = 0.5"],
    )


def optionals(draw: Draw) -> Lines:
    """Parameters that may be None, and truth values of numbers."""
    return any_of(
        draw,
        ["if o is not None:", "    s = s + o"],
        ["if o is None:", "    o = 1.0", "s = s * o"],
        ["t = s or 2.0", "s = n and s"],
        ["t = not flag", "s = s + flag"],
        ["t = 0 < n <= 3", "s = s + (1 if t and not flag else 2)"],
    )


def axes(draw: Draw) -> Lines:
    """Reductions along axes, kept or not, and functions on arrays."""
    array = expression(draw, ["A", "B"], 1)
    return where(
        "n > 0 and m > 0",
        any_of(
            draw,
            [f"a[:] = np.max({array} + A, axis=1)"],
            ["A -= A.mean(axis=1, keepdims=True)"],
            ["A /= 1.0 + np.abs(A).sum(axis=0)"],
            ["t = np.argmax(A, axis=0).sum() + A.argmin()"],
            ["a[:] = np.std(A, axis=-1) + np.var(B, axis=1)"],
            ["t = np.all(A > B, axis=1).any()"],
            ["s = s + (A.sum(axis=(0, 1)) - B.prod())"],
            ["b[:] = np.linalg.norm(A, axis=1)"],
            ["c = np.concatenate((a, b))[n:]", "t = np.stack([a, b]).sum(axis=0)"],
            ["a[:] = np.cumsum(A, axis=1)[:, -1]"],
            ["A[:] = np.tril(np.outer(a, np.ones(m)))", "t = np.diff(a).sum()"],
            ["a[:] = np.roll(b, 1) + np.flip(a)"],
        ),
    )


MORE: tuple[Callable[[Draw], Lines], ...] = (
    complex_numbers,
    narrow_numbers,
    masks,
    index_arrays,
    odd_slices,
    views,
    tuples,
    iterables,
    lists,
    jumps,
    variables,
    chosen_names,
    calls,
    optionals,
    axes,
)
