"""Cases of `test_lowering.py`: comprehensions with conditions, and what walks a value: sum, min, any."""

from tests.equivalence.lowering_cases import NONE, ODD, SQUARE, THREE, case, of

WALKED = (
    case(
        "comprehensions with conditions",
        """
        def f(xs: list[float], a: V, n: int):
            item = 2.0
            up = [x * x for x in xs if x > 0 if x < 3]
            pairs = [i * j for i in range(n) for j in range(i) if (i + j) % 2]
            of_numpy = [v for v in a if v > 0]
            both = [x + v * item for x, v in zip(xs, a)]
            numbered = [k * x for k, x in enumerate(xs)]
            copied = [a[i] for i in range(len(a))], [result for result in xs]
            return up, pairs, of_numpy, both, numbered, copied
        """,
        ([1.0, -2.0, 4.0], THREE, 6),
        ([], NONE, 0),
    ),
    case(
        "comprehensions of rows",
        """
        def f(X: list[list[float]], A: M):
            Y = [[v * 2 for v in row] for row in X]
            Z = [[v for v in row if v > 1] for row in X]
            W = [[A[i, j] for j in range(3)] for i in range(3)]
            flat = [v for row in X for v in row]
            return Y, Z, W, flat, list(A[0]), list(range(2, 5))
        """,
        ([[2.0, 3.0], [4.0, 5.0]], SQUARE),
    ),
    case(
        "what walks a generator",
        """
        def f(xs: list[float], a: V):
            return (
                sum(x * x for x in xs if x > 0),
                sum((v for v in a), 1.5),
                any(x > 2 for x in xs),
                all(x > 0 for x in xs),
                sum(1 for x in xs if x < 0),
                list(x + 1 for x in xs),
            )
        """,
        ([1.0, -2.0, 3.0], THREE),
        ([], NONE),
    ),
    case(
        "the extremes of what is walked",
        """
        def f(xs: list[float], a: V, n: int):
            return max(abs(x) for x in xs), min(xs), max(a), min(i * (i - 5) for i in range(n)), max(range(n))
        """,
        ([1.0, -2.0, 3.0], THREE, 9),
        ([-0.0, 0.0], ODD, 1),
    ),
    case(
        "the extreme of nothing",
        """
        def f(xs: list[float]):
            return max(x for x in xs if x > 5)
        """,
        ([1.0],),
        verdict="raises",
    ),
    case(
        "sums of lists and arrays",
        """
        def f(xs: list[float], ns: list[int], a: V):
            return sum(xs), sum(ns), sum(a), sum(ns, 2), any(ns), all(xs), any([xs[0] > 0, ns[0] > 1])
        """,
        ([0.1, 0.2, 0.3], [1, 2, 3], THREE),
        ([0.1], [0], NONE),
    ),
    case(
        "reversed lists, arrays and ranges",
        """
        def f(c: list[float], a: V, m: M, n: int):
            value, rows, last = 0.0, m.copy(), 0
            for x in reversed(c):
                value = value * n + x
            for k, (x, row) in enumerate(zip(reversed(a), reversed(rows))):
                row += x * k
            for i in reversed(range(9, n, -2)):
                last = last * 10 + i
            return value, rows, last, list(reversed(c)), list(reversed(range(1, n, 3)))
        """,
        ([1.0, 2.0, 4.0], THREE, of("float64", [1, 2], [3, 4]), 7),
        ([], NONE, of("float64", [1, 2], [3, 4]), 0),
        ([3.0], THREE, of("float64", [1, 2]), 12),
    ),
)
