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
