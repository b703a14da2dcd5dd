"""Small well-typed programs as users write them, with arguments for them.

    def f(a: NDArray[np.float64], b: ..., A: ..., s: float, n: int, m: int):
        for i in range(1, n):
            a[i] = (b[i - 1] * s) + a[i]
        return a

Vectors `a b c` (and `k`, of integers) have n elements, matrices `A B` have n rows and m columns. Every
subscript is in range for every n and m, so a program runs to its end; its numbers may overflow or become NaN.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from pyaot.ir.types import DType
from pyaot.verify.arrays import PLAIN
from tests.strategies.amounts import AMOUNTS
from tests.strategies.arguments import Arguments
from tests.strategies.arrays import AnyArray, arrays
from tests.strategies.expressions import (
    INDEX_VECTOR,
    MATRICES,
    VECTORS,
    Draw,
    Lines,
    around,
    expression,
    margins,
    scalar_expression,
    shift,
)
from tests.strategies.nests import NESTS
from tests.strategies.pieces import EXTRAS, MORE

HEAD = """\
import math

import numpy as np
from numpy.typing import NDArray


def twice(x):
    return x + x


def blend(x, y, w=0.5):
    if x > y:
        return w * x + (1 - w) * y
    return y


GAIN = 1.5
LIMIT = 3
SHAPE = (2, 3)


def graded(x, y):
    if x > 4:
        return y * 0.5
    elif x > 1:
        return x
    return x + y


def bounds(v, s):
    low, high = s, s
    for e in v:
        if e < low:
            low = e
        if e > high:
            high = e
    return low, high


def scaled(v, by=0.5):
    v *= by
    return v


def first(v, least):
    for e in v:
        if e > least:
            return e
    return -1.0


def pick(v, w, n):
    if n > 2:
        return v
    return w


"""


@dataclass(frozen=True)
class Case:
    """A program whose function `f` takes the arguments."""

    source: str
    arguments: Arguments


@st.composite
def programs(draw: Draw, layouts: tuple[str, ...] = PLAIN, most: int = 4) -> Case:
    """A program of 1 to `most` pieces and arguments in these layouts."""
    dtype = draw(st.sampled_from([DType.FLOAT64, DType.FLOAT64, DType.FLOAT32]))
    pieces = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=most))
    body = [line for piece in pieces for line in piece(draw)]
    result = draw(st.sampled_from(RESULTS))
    # Compilers leave out sums that nobody reads, with their warnings (docs/deviations.md).
    is_set = any(re.search(r"\bt\b.*=", line) for line in body)
    body.append(f"return ({result}), t" if is_set else f"return {result}")
    extras = [name for name in EXTRAS if re.search(rf"\b{name}\b", "\n".join(body))]
    shaped = draw(st.integers(0, 3)) > 0
    return Case(text_of(dtype, body, extras, shaped), draw(arguments_of(dtype, layouts, extras)))


# Mostly a few; sometimes more than vectors hold.
_EXTENTS = st.integers(0, 6) | st.integers(0, 6) | st.integers(7, 40)

RESULTS = (
    "a",
    "s",
    "A",
    "(a, s)",
    "A.sum(axis=0)",
    "(s, t, c)",
    "a + b",
    "b[1:]",
    "None",
    "(a, a)",
    "[s, t]",
    "A.T",
    "(A[:, 1:], t)",
    "a[::-1]",
    "t",
    "(a, b, c)",
    "a.sum()",
    "A.sum(axis=1, keepdims=True)",
    "(t, np.float32(s))",
    "(A, B, a)",
    "A[1:, ::2]",
)


def text_of(dtype: DType, body: Lines, extras: Sequence[str] = (), shaped: bool = True) -> str:
    """The program of a body; `shaped`: its hints say how many dimensions there are."""
    ranks = dict.fromkeys(VECTORS, 1) | dict.fromkeys(MATRICES, 2)
    hints = [f"{name}: {_array_hint(dtype, rank, shaped)}" for name, rank in ranks.items()]
    hints += [f"{INDEX_VECTOR}: {_array_hint(DType.INT64, 1, shaped)}", "s: float", "n: int", "m: int"]
    hints += [f"{name}: {EXTRAS[name][0]}" for name in extras]
    lines = [f"def f({', '.join(hints)}):", *(f"    {line}" for line in ("t = 0.0", *body))]
    return HEAD + "\n".join(lines) + "\n"


def _array_hint(dtype: DType, rank: int, shaped: bool) -> str:
    if not shaped:
        return f"NDArray[np.{dtype.value}]"
    return f"np.ndarray[tuple[{', '.join(['int'] * rank)}], np.dtype[np.{dtype.value}]]"


@st.composite
def arguments_of(
    draw: Draw,
    dtype: DType,
    layouts: tuple[str, ...],
    extras: Sequence[str] = (),
    extents: st.SearchStrategy[int] = _EXTENTS,
) -> Arguments:
    """Arguments for a program whose elements have that type, and that names these `EXTRAS`."""
    n, m = draw(extents), draw(extents)
    vectors = [draw(arrays(dtype, shape=(n,), layouts=layouts)) for _ in VECTORS]
    matrices = [draw(arrays(dtype, shape=(n, m), layouts=layouts)) for _ in MATRICES]
    indices: AnyArray = draw(arrays(DType.INT64, shape=(n,), layouts=layouts))
    s = draw(st.integers(-64, 64).map(lambda number: number / 8))
    others = [draw(EXTRAS[name][1](n, m)) for name in extras]
    return Arguments((*vectors, *matrices, indices, s, n, m, *others), {})


# ---- pieces -------------------------------------------------------------------------------------------


def vector_loop(draw: Draw) -> Lines:
    """`for i in range(1, n - 2): a[i] = ...`, up, down or in steps; it may carry a dependence."""
    low, high = margins(draw)
    leaves = [around(draw, name, "i", low, high) for name in VECTORS] + ["s", "i"]
    target = draw(st.sampled_from(VECTORS))
    operator = draw(st.sampled_from(["=", "=", "+=", "-=", "*="]))
    return [
        f"for i in {_range(draw, low, high)}:",
        f"    {target}[i] {operator} {scalar_expression(draw, leaves)}",
    ]


def _range(draw: Draw, low: int, high: int) -> str:
    stop = shift("n", -high)
    forms = (
        f"range({low}, {stop})",
        f"range({low}, {stop}, 2)",
        f"range({shift('n', -high - 1)}, {low - 1}, -1)",
    )
    return draw(st.sampled_from(forms))


def matrix_loop(draw: Draw) -> Lines:
    """Two nested loops over a box or a triangle, with neighbours; the inner one may sum."""
    low, high = margins(draw)
    columns = draw(
        st.sampled_from([f"range({low}, {shift('m', -high)})", f"range({low}, min(i, m) - {high})"])
    )
    at = [shift("i", draw(st.integers(-low, high))), shift("j", draw(st.integers(-low, high)))]
    leaves = ["A[i, j]", f"B[{at[0]}, {at[1]}]", f"A[{at[0]}, j]", "a[i]", "s", "j"]
    statement = draw(st.sampled_from(["A[i, j] = {}", "A[i, j] += {}", "a[i] += {}", "s = s * 0.5 + {}"]))
    return [
        f"for i in range({low}, {shift('n', -high)}):",
        f"    for j in {columns}:",
        f"        {statement.format(scalar_expression(draw, leaves))}",
    ]


def product_loop(draw: Draw) -> Lines:
    """A matrix product as three loops or as an operator, and what is like it."""
    loops = [
        "C = np.zeros((n, n))",
        "for i in range(n):",
        "    for j in range(n):",
        "        for l in range(m):",
        "            C[i, j] += A[i, l] * B[j, l]",
        "s = s + C.sum()",
    ]
    forms = (
        ["s = s + (A @ B.T).sum()"],
        ["s = s + float(np.dot(a, b))"],
        ["s = s + np.sum(A * B + a[:, None])"],
        ["a[:] = A @ B[0]" if draw(st.booleans()) else "a[:] = A @ B.T @ a"],
        loops,
    )
    return _guarded(draw(st.sampled_from(forms)))


def _guarded(lines: Lines) -> Lines:
    """B[0] exists where B has rows."""
    return ["if n > 0:", *(f"    {line}" for line in lines)] if "B[0]" in lines[0] else lines


def slice_assignment(draw: Draw) -> Lines:
    """`a[1:-1] = b[2:] * s + a[:-2]`: reads overlap the write."""
    low, high = margins(draw)
    leaves = [_slice(draw, name, low + high) for name in VECTORS] + ["s"]
    target = f"{draw(st.sampled_from(VECTORS))}[{low}:{shift('n', -high) if high else ''}]"
    operator = draw(st.sampled_from(["=", "+=", "-="]))
    # With n < low + high, `n - high` would count from the end.
    return [f"if n >= {low + high}:", f"    {target} {operator} {expression(draw, leaves)}"]


def _slice(draw: Draw, name: str, less: int) -> str:
    start = draw(st.integers(0, less))
    stop = less - start
    return f"{name}[{start or ''}:{-stop if stop else ''}]"


def array_expression(draw: Draw) -> Lines:
    """Whole arrays, broadcasting, new arrays under old names, views reversed and transposed."""
    vector = expression(draw, ["a", "b", "c", "a[::-1]", "s", "A.sum(axis=1)"])
    matrix = expression(draw, ["A", "B", "a[:, None]", "A[0:1]" if draw(st.booleans()) else "A[::-1]", "s"])
    forms = (
        [f"c = a + {vector}"],
        [f"a[:] = {vector}"],
        [f"A[:, :] = {_no_row(matrix)}"],
        [f"A = B + {_no_row(matrix)}"],
        [f"b = np.where(a > b, {vector}, a)"],
        [f"t = np.sum({vector} * a)"],
        [f"s = s + np.mean(B + {_no_row(matrix)}) if n > 0 and m > 0 else s"],
    )
    return draw(st.sampled_from(forms))


def _no_row(text: str) -> str:
    """One row of A broadcasts over the others only where there is one."""
    return text.replace("A[0:1]", "A.mean(axis=0)") if "A[0:1]" in text else text


def overlap(draw: Draw) -> Lines:
    """Updates in place whose right side reads what they write."""
    forms = (
        ["a[1:] += a[:-1]"],
        ["a[:-1] = a[1:] - a[:-1]"],
        ["a[:] = a[::-1]"],
        ["A[1:, :] = A[:-1, :] + B[1:, :]"],
        ["A[:, 1:] *= A[:, :-1]"],
        ["a, b = b, a"],
        ["a[:], b[:] = b + 1.0, a * 2.0"],
    )
    return draw(st.sampled_from(forms))


def reduction(draw: Draw) -> Lines:
    """Sums, products, extremes and positions of them, by loops and by calls."""
    leaves = ["a[i]", "b[i]", "s"]
    forms = (
        ["for i in range(n):", f"    s += {scalar_expression(draw, leaves)}"],
        ["for i in range(n):", "    t = max(t, abs(a[i]))"],
        ["best = 0", "for i in range(1, n):", "    if a[i] < a[best]:", "        best = i", "s = s + best"],
        ["count = 0", "for x in a:", "    if x > 0:", "        count += 1", "s = s + count"],
        ["t = a.sum() + b.max() if n > 0 else t"],
        ["b[:] = np.cumsum(a)"],
        ["for i in range(1, n):", "    a[i] = a[i - 1] * 0.5 + a[i]"],
    )
    return draw(st.sampled_from(forms))


def branch(draw: Draw) -> Lines:
    """Conditions on data and on indices, with `continue` and `break`."""
    leaves = ["a[i]", "b[i]", "s", "i"]
    condition = draw(st.sampled_from(["a[i] > b[i]", "i % 2 == 0", "a[i] > 0 and b[i] < 1", "not i < 2"]))
    then = f"a[i] = {scalar_expression(draw, leaves)}"
    forms = (
        [f"    if {condition}:", f"        {then}", "    else:", "        b[i] = a[i] + 1"],
        [f"    if {condition}:", "        continue", f"    {then}"],
        [f"    if {condition}:", "        break", f"    {then}"],
        [f"    if {condition}:", f"        t = {scalar_expression(draw, leaves)}", "    b[i] = t"],
    )
    return ["for i in range(n):", *draw(st.sampled_from(forms))]


def while_loop(draw: Draw) -> Lines:
    """A while loop that counts, and may stop earlier by its data."""
    change = draw(st.sampled_from(["s = s * 2.0 + 1.0", "a[r] = a[r] + s", "s = (s + a[r]) * 0.5"]))
    condition = draw(st.sampled_from(["r < n", "r < n and s < 100.0", "r < n and a[r] < 3.0"]))
    return ["r = 0", f"while {condition}:", f"    {change}", f"    r += {draw(st.integers(1, 2))}"]


def indirect(draw: Draw) -> Lines:
    """Subscripts that are data, made to be in range."""
    forms = (
        ["for i in range(n):", "    b[k[i] % n] += a[i]"],
        ["for i in range(n):", "    a[i] = b[abs(int(k[i] % 7)) % n]"],
        ["a[:] = b[k % n] if n > 0 else a"],
        ["for i in range(n):", "    k[i] = (k[i] & 15) // 3 - i * 2"],
        ["for i in range(-n, 0):", "    a[i] = a[i] + i"],
    )
    return draw(st.sampled_from(forms))


PIECES: tuple[Callable[[Draw], Lines], ...] = (
    vector_loop,
    matrix_loop,
    product_loop,
    slice_assignment,
    array_expression,
    overlap,
    reduction,
    branch,
    while_loop,
    indirect,
    *MORE,
    *NESTS,
    *AMOUNTS,
)
