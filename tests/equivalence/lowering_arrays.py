"""Cases of `test_lowering.py`: views, aliases, subscripts, shapes."""

import numpy as np

from tests.equivalence.lowering_cases import NONE, SQUARE, THREE, WIDE, case, floats, of

ARRAYS = (
    case(
        "a subscript that only an empty loop would put out of range",
        """
        def f(a: NDArray[np.float64], n: int):
            for i in range(n - 1, -1, -1):
                for j in range(i + 1, n):
                    a[i, j] = a[i + 1, j] + a[i, j - 1]
                    a[i, j] += np.sum(a[i + 1 : j + 1, i + 1])
            return a
        """,
        (np.arange(16.0).reshape(4, 4), 4),
        (np.arange(20.0).reshape(4, 5), 1),
        (np.zeros((0, 3)), 0),
    ),
    case(
        "a bound that holds in an inner loop only",
        """
        def f(a: NDArray[np.float64], n: int):
            for i in range(n):
                for j in range(i + 1, n):
                    a[j] += a[i + 1]
                a[i + 1] = -1.0
            return a
        """,
        (np.arange(5.0), 5),
        verdict="raises",
    ),
    case(
        "an operand of @ is no number",
        """
        def f(a: NDArray[np.float64], c: NDArray[np.float64]):
            for i in range(a.shape[0]):
                c[i, : i + 1] += a[: i + 1] @ a[i]
            return c
        """,
        (np.arange(6.0).reshape(2, 3), np.ones((2, 2))),
    ),
    case(
        "an alias is the array",
        """
        def f(a: V):
            b = a
            b[0] = 1.0
            return a
        """,
        (THREE,),
    ),
    case(
        "an alias stays when the name moves on",
        """
        def f(a: V):
            b = a
            a = a + 1.0
            b[0] = 7.0
            return a, b
        """,
        (THREE,),
    ),
    case(
        "augmented assignment is in place",
        """
        def f(a: V, s: float):
            b = a
            b += s
            b *= 2
            b -= a
            return a, b
        """,
        (THREE, 0.5),
    ),
    case(
        "swaps in a loop",
        """
        def f(a: V, b: V, n: int):
            for i in range(n):
                b[:] = a * 0.5 + i
                a, b = b, a
            return a, b
        """,
        (THREE, floats(1.0, 2.0, 3.0), 3),
        (THREE, floats(1.0, 2.0, 3.0), 0),
        (THREE, floats(1.0, 2.0, 3.0), 1),
    ),
    case(
        "an array by path",
        """
        def f(a: V, b: V, n: int):
            if n > 0:
                c = a
            else:
                c = b + 1
            c[0] = 9.0
            return c, a
        """,
        (THREE, floats(1.0), 1),
        (THREE, floats(1.0), 0),
    ),
    case(
        "a conditional expression of arrays",
        """
        def f(a: V, b: V, n: int):
            c = a if n > 0 else b
            c[0] = 5.0
            return c
        """,
        (THREE, floats(1.0), 1),
        (THREE, floats(1.0), 0),
    ),
    case(
        "a view in a variable",
        """
        def f(A: M, n: int):
            v = A[1:, ::-1]
            v[0] = v[0] * 2
            r = A[0]
            r += n
            A[0, 0] = -1.0
            return v, r, A.T
        """,
        (SQUARE, 3),
        (WIDE, 0),
    ),
    case(
        "the left side read by the right",
        """
        def f(a: V, A: M):
            a[1:] = a[:-1]
            a[::-1] += a
            A[:] = A.T
            A[1:, 1:] -= A[:-1, :-1]
            return a
        """,
        (THREE, SQUARE),
    ),
    case(
        "index arrays with repeated indices",
        """
        def f(a: V, k: I):
            a[k] += 1.0
            a[k] = a[k] * 2 + a[0]
            return a
        """,
        (THREE, of("int64", 0, 0, 2, -1)),
        (THREE, of("int64")),
    ),
    case(
        "an index array that is out of range",
        """
        def f(a: V, k: I):
            a[k] = 1.0
            return a
        """,
        (THREE, of("int64", 0, 3)),
        (THREE, of("int64", -4)),
        verdict="raises",
    ),
    case(
        "an index array that is stored into",
        """
        def f(k: I):
            k[k] = k[::-1]
            k[k] += 0
            return k
        """,
        (of("int64", 2, 0, 1),),
    ),
    case(
        "masks",
        """
        def f(a: V, b: V, m: B):
            a[m] = b[m]
            a[a > b] *= 2.0
            c = b[~m]
            b[m] = 1
            return a, b, c
        """,
        (THREE, floats(1.0, 2.0, 3.0), of("bool", 1, 0, 1)),
    ),
    case(
        "a mask with too few values",
        """
        def f(a: V, b: V, m: B):
            a[m] = b
            return a
        """,
        (THREE, floats(1.0, 2.0, 3.0), of("bool", 1, 0, 1)),
        verdict="raises",
    ),
    case(
        "slices are clipped",
        """
        def f(a: V, k: I):
            i = int(k[0])
            return a[i:], a[:i], a[i : i + 2], a[::2], a[i::-1], a[-i:], a[:-i], a[i::-2]
        """,
        (THREE, of("int64", 0)),
        (THREE, of("int64", 1)),
        (THREE, of("int64", 3)),
        (THREE, of("int64", 9)),
        (THREE, of("int64", -2)),
        (THREE, of("int64", -9)),
        (NONE, of("int64", 1)),
    ),
    case(
        "slices that the guard expects to lie inside",
        """
        def f(a: V, n: int):
            return a[n:], a[:n], a[-n:], a[:-n], a[1:-1]
        """,
        (THREE, 1),
        (THREE, 2),
    ),
    case(
        "slices that the guard does not expect",
        """
        def f(a: V, n: int):
            return a[n:], a[-n:], a[5:1], a[-100:100], a[3:0:-1]
        """,
        (THREE, 0),
        (THREE, 9),
        verdict="failed",
    ),
    case(
        "slices in two dimensions",
        """
        def f(A: M, n: int):
            return A[:, n:], A[n:, ::-1], A[..., 0], A[None, :, 1], A[:, None, ::2], A[-1], A[:, :-n]
        """,
        (SQUARE, 1),
        (WIDE, 2),
    ),
    case(
        "empty matrices",
        """
        def f(A: M):
            return A[:, ::-1], A[::-1], A.T, A.reshape(-1), A + 1, A.sum(axis=0), A[::-2]
        """,
        (np.zeros((0, 3)),),
        (np.zeros((3, 0)),),
        (np.zeros((0, 0)),),
    ),
    case(
        "a negative subscript",
        """
        def f(a: V, i: int):
            a[i] = a[-i - 1] + a[-1]
            return a[i]
        """,
        (THREE, 0),
        (THREE, -3),
        (THREE, 2),
    ),
    case(
        "subscripts out of range",
        """
        def f(a: V, i: int):
            return a[i]
        """,
        (THREE, 3),
        (THREE, -4),
        (NONE, 0),
        verdict="raises",
    ),
    case(
        "shapes that do not fit",
        """
        def f(a: V, b: V):
            return a + b
        """,
        (THREE, floats(1.0, 2.0)),
        verdict="raises",
    ),
    case(
        "broadcasting that the shapes show",
        """
        def f(A: M, a: V):
            return A + a, A * a[None, :], A - A[:1], a[:, None] * a, A / A.sum(axis=1, keepdims=True)
        """,
        (SQUARE + 1, THREE),
    ),
    case(
        "an array returned twice",
        """
        def f(a: V, n: int):
            c = np.zeros(n)
            return c, c, a, (a, [c])
        """,
        (THREE, 2),
    ),
    case(
        "a view of a new array",
        """
        def f(n: int):
            c = np.arange(n) * 1.0
            v = c[1:]
            v[:] = 3.0
            return c, v
        """,
        (4,),
    ),
    case(
        "np.broadcast_to is read only",
        """
        def f(a: V):
            return np.broadcast_to(a, (2, len(a)))
        """,
        (THREE,),
    ),
    case(
        "reshape with -1",
        """
        def f(A: M, n: int):
            return A.reshape(-1), A.reshape(n, -1), A.reshape(-1, n)
        """,
        (WIDE, 2),
        (WIDE, 3),
        (WIDE, 6),
    ),
    case(
        "reshape that does not fit",
        """
        def f(A: M, n: int):
            return A.reshape(n, -1)
        """,
        (WIDE, 4),
        (WIDE, 0),
        verdict="raises",
    ),
    case(
        "out= of a reduction is not compiled",
        """
        def f(a: V, b: M):
            np.sum(b, axis=0, out=a)
            return a
        """,
        (THREE, SQUARE),
        verdict="python",
    ),
    case(
        "random numbers stay Python",
        """
        def f(n: int):
            return np.random.rand(n)
        """,
        (3,),
        verdict="python",
    ),
    case(
        "a matrix product in place of an operand",
        """
        def f(A: M):
            A[:] = A @ A
            return A
        """,
        (SQUARE,),
    ),
    case(
        "put_along_axis writes the last of equal places last",
        """
        def f(A: M, k: I):
            np.put_along_axis(A, k[:, None], 7.5, axis=1)
            np.put_along_axis(A, np.array([[0, 2, 2]]), A[:1] * 2, axis=0)
            return A[1:, 1:]
        """,
        (SQUARE.copy(), np.array([2, -1, 0])),
    ),
    case(
        "parts of a split are views",
        """
        def f(a: V):
            left, right = np.split(a[:2], 2)
            left[0] = 9.0
            return left, right
        """,
        (THREE.copy(),),
    ),
    case(
        "fill_diagonal of a tall and of a wide matrix",
        """
        def f(A: M, x: float):
            np.fill_diagonal(A, x * 2)
            np.fill_diagonal(A.T[1:], 7)
            return A.T
        """,
        (SQUARE.copy(), 1.5),
        (WIDE.copy(), -0.0),
        (WIDE.T.copy(), 2.0),
    ),
    case(
        "ufunc.at changes an element as often as it is named",
        """
        def f(a: V, b: V, k: I, A: M):
            np.add.at(a, k, b)
            np.multiply.at(a, [0, 0, -1], 3)
            np.maximum.at(A, (k, np.array([0, 1, 0])), b)
            np.subtract.at(A, 1, b)
            return a
        """,
        (THREE.copy(), floats(np.nan, -0.0, 1.0), np.array([2, 2, -3]), SQUARE.copy()),
    ),
    case(
        "ufunc.at outside of the array",
        """
        def f(a: V, k: I):
            np.add.at(a, k, 1.0)
        """,
        (THREE.copy(), np.array([0, 3])),
        verdict="raises",
    ),
    case(
        "squeeze of what has one element along an axis at run time only",
        """
        def f(A: M):
            return np.squeeze(A[None]).shape
        """,
        (WIDE,),
    ),
    case(
        "views that a loop changes in place stay views",
        """
        def f(m: M, n: int):
            u, v = m[1:-1, 1:-1], m[0]
            for k in range(n):
                u += m[:-2, 1:-1] - k
                v *= 2.0
                while v[0] > 20.0:
                    v -= 16.0
            v += 1.0
            return u.copy()
        """,
        (of("float64", [1, 2, 3], [4, 5, 6], [7, 8, 9]), 3),
        (of("float64", [9, 2, 3, 4], [4, 5, 6, 7], [7, 8, 9, 0], [7, 8, 9, 0]), 2),
        (of("float64", [1, 2, 3], [4, 5, 6], [7, 8, 9]), 0),
    ),
)
