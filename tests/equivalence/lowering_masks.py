"""Cases of `test_lowering.py`: one mask on both sides of an assignment."""

import numpy as np

from tests.equivalence.lowering_cases import NONE, ODD, SQUARE, THREE, case, floats, of

MASKS = (
    case(
        "a mask on both sides",
        """
        def f(a: V, b: V, s: float):
            m = a > 0.0
            a[m] = a[m] ** 2 + s * b[m]
            b[b > 1.0] = -1.0 / b[b > 1.0]
            a[m] += b[m]
            b[~m] *= 2 - b[~m] // 2
            return m
        """,
        (THREE, floats(1.0, 2.0, -3.0), 0.5),
        (ODD, ODD[::-1].copy(), 2.0),
        (NONE, NONE, 1.0),
    ),
    case(
        "a mask of rows on both sides",
        """
        def f(a: M, b: V):
            a[b > 0.0] = a[b > 0.0] + 1.0
            a[b < 0.0, 0] = a[b < 0.0, 1]
            return a
        """,
        (SQUARE, THREE),
        verdict="python",
    ),
    case(
        "a mask of a matrix on both sides",
        """
        def f(a: M):
            a[a > 2.0] = 1.0 - a[a > 2.0]
            a.T[a > 2.0] = a[a > 2.0] * 2.0
            a[a <= -3.0] -= a.T[a <= -3.0]
            return a
        """,
        (SQUARE,),
        (np.array([[1.0, 5.0], [2.0, 4.0]]),),
    ),
    case(
        "a mask that shifts what it chooses",
        """
        def f(a: V):
            m = a[1:] > 0.0
            b, c = a[1:], a[:-1]
            b[m] = c[m] + 1.0
            c[m] = b[m] * 2.0
            return a
        """,
        (floats(1.0, 2.0, 3.0, 4.0),),
        (floats(-1.0, 2.0, -3.0, 4.0, 0.5),),
    ),
    case(
        "a mask on both sides, and sums of what it chooses",
        """
        def f(a: V, b: V):
            m = b > 0.0
            a[m] = a[m] - a[m].mean()
            a[m] = a[m] @ b[m]
            return a
        """,
        (THREE, floats(1.0, 2.0, -3.0)),
    ),
    case(
        "sums and extremes of what a mask chooses",
        """
        def f(a: V, b: V, low: float, high: float):
            ring = a[(low <= b) & (b < high)]
            return ring.sum(), ring.mean(), ring.max() - ring.min(), ring.std(), ring[0], len(ring)
        """,
        (THREE, THREE[::-1].copy(), -2.0, 3.0),
        (floats(1.0, 1e300, -1e300, 2.0), floats(0.0, 1.0, 1.0, 5.0), 0.0, 2.0),
        (ODD, floats(1.0, 2.0, 3.0, 4.0), 3.0, 5.0),
        (ODD, floats(1.0, 2.0, 3.0, 4.0), 1.0, 3.0),
    ),
    case(
        "the mean of nothing that a mask chooses",
        """
        def f(a: V, b: V):
            return a[b > 0.0].mean()
        """,
        (NONE, NONE),
        (THREE, floats(-1.0, -2.0, -3.0)),
        verdict="failed",
    ),
    case(
        "sums over two masked arrays, and over a matrix",
        """
        def f(a: V, b: V, w: M):
            ok = a == a
            t = w[w > 1.0].sum() if w.size else 0.0
            return ((a[ok] - b[ok]) ** 2).mean(), (a[ok] * b[ok]).sum() + t, w[w < 2.0].max()
        """,
        (THREE, floats(1.0, -0.0, 2.0), SQUARE),
        (ODD[1:2], ODD[:1], SQUARE),
        (floats(np.nan, 1.0), floats(np.inf, 3.0), SQUARE[:, :2].copy()),
    ),
    case(
        "sums of chosen integers and complex numbers",
        """
        def f(a: I8, c: C, b: V):
            small = a[b > 0.0]
            s = 0
            for x in small:
                s += int(x)
            return small.sum(), small.max(), small.min(), c[b > 0.0].sum(), s, (b[a > 1] > 0.0).any()
        """,
        (of("int8", 1, -128, 127), of("complex128", 1j, 2, 3), floats(1.0, 2.0, 3.0)),
        (of("int8", 100, 100, 3), of("complex128", 1j, np.nan, 3), floats(1.0, 2.0, -3.0)),
    ),
    case(
        "what is chosen is changed before it is summed",
        """
        def f(a: V, b: V):
            chosen = a[b > 0.0]
            a[0] = 7.0
            first = chosen.sum()
            chosen = b[a > 0.0]
            chosen[chosen > 1.0] = 0.0
            return first, chosen.sum(), a
        """,
        (THREE, floats(1.0, 2.0, 3.0)),
    ),
    case(
        "a mask of other numbers",
        """
        def f(a: I8, b: V, c: C):
            a[b > 0.0] = b[b > 0.0] * 2.0
            c[b > 0.0] = a[b > 0.0] - 1j * b[b > 0.0]
            return a, c
        """,
        (of("int8", 1, 2, 3), THREE, of("complex128", 1j, 2, 3)),
    ),
    case(
        "a mask of another length",
        """
        def f(a: V, b: V):
            a[b > 0.0] = a[b > 0.0] + b[b > 0.0]
        """,
        (THREE, floats(1.0, 2.0)),
        verdict="raises",
    ),
    case(
        "an index array on both sides",
        """
        def f(a: V, k: I):
            a[k] = a[k] + 1.0
            a[k] += a[k]
            return a
        """,
        (THREE, of("int64", 1, 0)),
    ),
)
