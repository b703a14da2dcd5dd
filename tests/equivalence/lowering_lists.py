"""Cases of `test_lowering.py`: lists."""

from tests.equivalence.lowering_cases import SQUARE, THREE, case

LISTS = (
    case(
        "lists of numbers",
        """
        def f(x: list[float], y: list[int], X: list[list[float]]):
            x[0] = y[-1] * 0.5
            y[1] = y[0] // 2
            X[1][0] = X[0][1] + len(X)
            return x, sum([x[0], x[1]]), y[1], X
        """,
        ([1.0, 2.0], [3, 4], [[1.0, 2.0], [3.0, 4.0]]),
    ),
    case(
        "lists of lists of lists",
        """
        def f(X: list[list[list[float]]], k: int):
            C = [[[0.0] * len(X[0][0]) for _ in range(len(X[0]))] for _ in range(len(X))]
            for i in range(len(X)):
                for j in range(len(X[i])):
                    for l in range(len(X[i][j])):
                        C[i][j][l] = X[i][j][l] + X[i - 1][j - 1][l - 1]
                        X[i][j][l] *= 2.0
            X[k][1][-1] = -1.0
            return X, C, len(X[k])
        """,
        ([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]], [[9.0, 1.5], [2.5, 3.5]]], 1),
        ([[[1.0, 2.0], [3.0, 4.0]]], 0),
    ),
    case(
        "ragged rows of rows",
        """
        def f(X: list[list[list[float]]]):
            return X[1][1][0]
        """,
        ([[[1.0, 2.0], [3.0, 4.0]], [[5.0], [7.0, 8.0]]],),
        verdict="unfit",
    ),
    case(
        "an int into a list of floats",
        """
        def f(x: list[float], n: int):
            x[0] = n
            return x
        """,
        ([1.0, 2.0], 3),
        verdict="python",
    ),
    case(
        "rows of a list",
        """
        def f(X: list[list[float]]):
            s = 0.0
            for row in X:
                for v in row:
                    s += v
                row[0] = s
            return s
        """,
        ([[1.0, 2.0], [3.0, 4.0]],),
    ),
    case(
        "new lists",
        """
        def f(n: int):
            a = [0.0] * n
            b = [i * i for i in range(n)]
            C = [[0] * 2 for _ in range(n)]
            for i in range(n):
                a[i] = b[i] / 2
                C[i][1] = i
            return a, b, C, len(a)
        """,
        (0,),
        (3,),
    ),
    case(
        "a list of a list is one row",
        """
        def f(n: int):
            C = [[0.0] * n] * 2
            C[0][0] = 1.0
            return C
        """,
        (2,),
        verdict="python",
    ),
    case(
        "aliases of lists",
        """
        def f(x: list[float]):
            y = x
            y[0] = 9.0
            z = [v for v in (1.0, 2.0)]
            w = z
            w[1] = 5.0
            return x, z
        """,
        ([1.0, 2.0],),
    ),
    case(
        "ragged rows",
        """
        def f(X: list[list[float]]):
            return X[0][0]
        """,
        ([[1.0, 2.0], [3.0]],),
        verdict="unfit",
    ),
    case(
        "a row that is kept while its list is emptied",
        """
        def f(n: int):
            rows = []
            for i in range(n):
                rows.append([1.0 * i, 2.0])
            r = rows[-1]
            rows.clear()
            rows.append([7.0, 8.0])
            return r[0] + rows[0][1]
        """,
        (1,),
        verdict="python",
    ),
    case(
        "a row that is kept while its list gets a new one",
        """
        def f(n: int):
            rows = []
            for i in range(n):
                rows.append([1.0 * i, 2.0])
            r = rows[-1]
            rows = []
            rows.append([7.0, 8.0])
            return r[0] + rows[0][1]
        """,
        (1,),
        verdict="python",
    ),
    case(
        "a row that a helper keeps while its list is emptied",
        """
        def last(row, rows):
            rows.clear()
            rows.append([7.0, 8.0])
            return row[0]

        def f(n: int):
            rows = []
            for i in range(n):
                rows.append([1.0 * i, 2.0])
            return last(rows[0], rows)
        """,
        (1,),
        verdict="python",
    ),
    case(
        "no rows as an array",
        """
        def f(n: int):
            rows = []
            for i in range(n):
                rows.append([1.0 * i, 2.0])
            return np.array(rows)
        """,
        (0,),
        verdict="failed",
    ),
    case(
        "one row in many places",
        """
        def f(n: int):
            row = [0.0] * 3
            rows = [row for _ in range(n)]
            rows[0][0] = 1.0
            return rows
        """,
        (2,),
        verdict="python",
    ),
    case(
        "what may be a view changes in a loop that binds it anew",
        """
        def f(A: M, n: int):
            v = A.ravel()
            for i in range(n):
                v[0] = 5.0 + i
                v = v * 2.0
            return A
        """,
        (SQUARE, 2),
        verdict="python",
    ),
    case(
        "lists that are compared",
        """
        def f(a: list[float], n: int):
            b = [1.0] * n
            return a == b
        """,
        ([1.0, 1.0], 2),
        verdict="python",
    ),
    case(
        "numbers of a list that may not fit into an array",
        """
        def f(xs: list[int]):
            return np.array(xs, dtype=np.int8)
        """,
        ([300],),
        verdict="python",
    ),
    case(
        "a row that a loop carries, and that is written",
        """
        def f(A: M):
            r = np.zeros(A.shape[1])
            s = 0.0
            for i in range(A.shape[0]):
                s += r[0]
                r = A[i]
                A[i, 0] = 5.0
            return s
        """,
        (SQUARE,),
        verdict="python",
    ),
    case(
        "a row that a loop carries, and that is returned",
        """
        def f(A: M):
            r = np.zeros(A.shape[1])
            for i in range(A.shape[0]):
                r = A[i]
            return r
        """,
        (SQUARE,),
        verdict="python",
    ),
    case(
        "a row that a loop carries",
        """
        def f(A: M):
            r = np.zeros(A.shape[1])
            s = 0.0
            for i in range(A.shape[0]):
                s += r @ A[i]
                r = A[i]
            return s
        """,
        (SQUARE,),
    ),
    case(
        "a swap of an array that a loop carries and one that it does not",
        """
        def f(x: V, n: int):
            prev = x * 1.0
            s = 0.0
            for i in range(n):
                cur = prev + 1.0
                prev, cur = cur, prev
                cur[0] = 100.0
                s += prev[0] + cur[1]
            return s, prev
        """,
        (THREE, 3),
    ),
)
