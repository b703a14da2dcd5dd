"""Cases of `test_lowering.py`: sorted lists and arrays, arrays as lists, the rest of what is unpacked."""

import numpy as np

from tests.equivalence.lowering_cases import NONE, ODD, ONE, SQUARE, THREE, WIDE, case, floats, of

ZEROS = floats(0.0, -0.0, 1.0, -0.0, 0.0)

SORTED = (
    case(
        "a sorted list is new, equal items stay in their order",
        """
        def f(xs: list[float], ns: list[int]):
            up = sorted(xs)
            down = sorted(xs, reverse=True)
            return up, down, sorted(ns), xs
        """,
        ([3.0, -1.0, 2.5], [3, 1, 2]),
        ([0.0, -0.0, 1.0, -0.0, 0.0], [0]),
        ([], []),
        ([float("inf"), 1.0, float("-inf")], [5, 5, -5]),
    ),
    case(
        "NaN is sorted by Python",
        """
        def f(xs: list[float]):
            return sorted(xs)
        """,
        ([1.0, float("nan"), 0.5],),
        verdict="failed",
    ),
    case(
        "an array is sorted into a list of NumPy's numbers",
        """
        def f(a: V, n: I8):
            return sorted(a), sorted(n, reverse=True), sorted(a)[0]
        """,
        (THREE, of("int8", 3, -1, 2)),
        (ZEROS, of("int8", 1)),
    ),
    case(
        "a list is sorted in place",
        """
        def f(xs: list[float], ys: list[int]):
            xs.sort()
            ys.sort(reverse=True)
            return xs[0]
        """,
        ([3.0, -1.0, 2.5], [1, 3, 2]),
        ([-0.0, 0.0], []),
    ),
    case(
        "a list that grew is sorted",
        """
        def f(a: V):
            found = []
            for x in a:
                if x > 0.0:
                    found.append(x)
            found.sort(reverse=True)
            found.append(0.0 * a[0])
            return found
        """,
        (THREE,),
        (ZEROS,),
    ),
    case(
        "arrays are sorted in place",
        """
        def f(a: V, m: M):
            a.sort()
            m.sort(axis=0)
            m[0].sort()
            return a.sum()
        """,
        (THREE, SQUARE[::-1].copy()),
        (ODD, WIDE),
        (NONE, WIDE),
    ),
    case(
        "arrays as lists",
        """
        def f(a: V, m: M, n: I8, c: C):
            rows = m.tolist()
            rows[0][0] = 7.5
            return a.tolist(), rows, n.tolist(), c.tolist(), a[:1].sum().tolist(), m
        """,
        (THREE, WIDE, of("int8", 1, -2), of("complex128", 1j, 2)),
        (ODD, SQUARE[:1], of("int8"), of("complex128")),
    ),
    case(
        "the rest of a tuple",
        """
        def f(x: float, n: int):
            first, *rest = (x, n)
            a, *empty, b = x, n
            *most, last = (x, 2.0, x)
            most[0] = 4.0
            return first, rest, a, empty, b, most, last, len(rest)
        """,
        (1.5, 2),
    ),
    case(
        "the rest of a list and of an array",
        """
        def f(xs: list[float], a: V):
            head, *tail = xs
            first, *middle, last = a
            tail.append(head)
            return head, tail, first, middle, last, xs
        """,
        ([1.0, 2.0, 3.0], THREE),
        ([1.0], floats(1.0, 2.0)),
    ),
    case(
        "too little to unpack",
        """
        def f(a: V):
            first, *middle, last = a
            return first + last
        """,
        (ONE,),
        verdict="raises",
    ),
    case(
        "the rest in a loop",
        """
        def f(n: int):
            total = 0
            for first, *rest in ((1, 2), (n, 4), (5, 6)):
                total += first * rest[0]
            return total
        """,
        (3,),
    ),
    case(
        "a quotient and the rest of arrays",
        """
        def f(a: V, n: I):
            q, r = divmod(a, 2.0)
            whole, part = np.divmod(n, 3)
            return q, r, whole, part, np.modf(a)
        """,
        (THREE, np.array([-4, 0, 7])),
        (ODD, np.array([], dtype=np.int64)),
    ),
    case(
        "a ufunc where a mask says so",
        """
        def f(a: V, b: V):
            safe = np.divide(a, b, out=np.zeros_like(a), where=b != 0.0)
            np.sqrt(a, out=a, where=a > 0.0)
            np.add(safe, 1.0, out=b, where=safe > 0.0)
            return safe
        """,
        (THREE, floats(0.0, 2.0, 0.0)),
        (ODD, ODD[::-1].copy()),
        (ONE, floats(0.0)),
    ),
    case(
        "inserted and deleted",
        """
        def f(a: V, m: M, k: int):
            shorter = np.delete(a, k)
            longer = np.insert(a, k, 0.5)
            return shorter, longer, np.delete(m, 0, axis=1), np.insert(m, 1, 2.5, axis=0)
        """,
        (THREE, WIDE, 1),
        (THREE, WIDE, -3),
        (ONE, SQUARE, 0),
    ),
    case(
        "nothing is there to delete",
        """
        def f(a: V, k: int):
            return np.delete(a, k)
        """,
        (THREE, 3),
        (NONE, 0),
        verdict="raises",
    ),
)
