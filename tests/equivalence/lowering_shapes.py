"""Cases of `test_lowering.py`: arrays that change their shape, results stored where they are told to be."""

import numpy as np

from tests.equivalence.lowering_cases import NONE, ONE, SQUARE, THREE, WIDE, case, floats, of

SHAPES = (
    case(
        "a loop that keeps what a mask chooses",
        """
        def f(a: V):
            z = a * 1.0
            k = np.arange(len(a))
            found = np.zeros(len(a), dtype=np.int64)
            for i in range(5):
                if not len(z):
                    break
                z = z * z
                far = z > 4.0
                found[k[far]] = i + 1
                np.logical_not(far, far)
                z, k = z[far], k[far]
            return z, k, found
        """,
        (THREE,),
        (floats(1.1, 5.0, 0.5, -1.3, 2.0),),
        (NONE,),
    ),
    case(
        "a loop that drops elements, and keeps the array of the turn before",
        """
        def f(a: V, n: int):
            z = a + 1.0
            old = z
            s = 0.0
            for i in range(n):
                old = z
                z = z[1:] * 2.0
                s += old.sum() + len(old) * len(z)
            return z, old, s
        """,
        (THREE, 2),
        (THREE, 0),
        (ONE, 1),
    ),
    case(
        "arrays that grow in nested loops and branches",
        """
        def f(a: V, n: int):
            z = a * 1.0
            for i in range(n):
                for j in range(2):
                    z = np.concatenate((z, z[:1]))
                if i % 2:
                    z = z[z > 0.0]
            y = z + 1.0
            return y, z[::-1], z.shape
        """,
        (THREE, 3),
        (ONE, 0),
        (ONE, 2),
    ),
    case(
        "a while loop that sieves an array",
        """
        def f(a: V):
            z = a * 1.0
            turns = 0
            while z.size > 1:
                z = z[z > z.min()]
                turns += 1
            return z, turns
        """,
        (floats(1.0, 2.0, 3.0, 4.0, 5.0),),
        (NONE,),
    ),
    case(
        "arrays of different lengths meet",
        """
        def f(a: V):
            z = a * 1.0
            w = a * 2.0
            for i in range(2):
                z = z[z > 0.0]
                w = w + z
            return w
        """,
        (floats(1.0, -1.0, 2.0),),
        verdict="raises",
    ),
    case(
        "index arrays into expressions and views",
        """
        def f(a: V, m: M, k: I):
            return (a * 2.0)[k], a[1:][k], m[:, 1:][k, 0], m.T[k], np.linspace(0.0, 1.0, 7)[k]
        """,
        (THREE, SQUARE, of("int64", 1, 0, -1)),
        (THREE, SQUARE, of("int64")),
    ),
    case(
        "an index array that leaves a view",
        """
        def f(a: V, k: I):
            return a[1:][k]
        """,
        (THREE, of("int64", 2)),
        (THREE, of("int64", -3)),
        verdict="raises",
    ),
    case(
        "an index array into a view that is written",
        """
        def f(a: V, k: I):
            a[1:][k] = 0.0
            return a
        """,
        (THREE, of("int64", 1)),
        verdict="python",
    ),
    case(
        "a shape that is set",
        """
        def f(m: M, n: int):
            a = m + 1.0
            b = m * 2.0
            a.shape = b.shape = n * 3
            a[1] = -1.0
            b.shape = (3, -1)
            return a, b
        """,
        (WIDE, 2),
    ),
    case(
        "a shape that does not fit",
        """
        def f(m: M, n: int):
            a = m + 1.0
            a.shape = n
            return a
        """,
        (WIDE, 5),
        verdict="raises",
    ),
    case(
        "the shape of an array with two names is set",
        """
        def f(m: M):
            a = m + 1.0
            b = (a, 1)
            a.shape = 6
            return b[0]
        """,
        (WIDE,),
        verdict="python",
    ),
    case(
        "the shape of a parameter is set",
        """
        def f(m: M):
            m.shape = 6
        """,
        (WIDE,),
        verdict="python",
    ),
    case(
        "ufuncs with an array for the result",
        """
        def f(a: V, b: V, m: M):
            c = np.empty(3)
            d = np.multiply(a, b, c)
            np.add(d, 1.0, out=m[0])
            np.subtract(a, m[:, 0], a)
            np.sqrt(np.abs(b), b)
            np.add(m, m[::-1], m)
            d[0] = 9.0
            return c, d, m
        """,
        (THREE, floats(1.0, 2.0, -3.0), SQUARE),
    ),
    case(
        "a result of another shape than the array for it",
        """
        def f(a: V, b: V):
            return np.add(a, 1.0, b)
        """,
        (THREE, floats(1.0, 2.0)),
        verdict="raises",
    ),
    case(
        "covariances and outer sums in a loop",
        """
        def f(m: M, n: int):
            for i in range(n):
                m[:] = np.minimum(m, np.add.outer(m[:, i], m[i, :])) + np.cov(m)
            return np.subtract.outer(m, m[0]), np.maximum.reduce(m), np.corrcoef(m)
        """,
        (SQUARE + np.eye(3), 2),
    ),
    case(
        "axes of extent one that come and go",
        """
        def f(m: M, n: int, k: int):
            a = np.reshape(np.reshape(m, (n, 1, k)) @ m.T, (n, k + 0 * n))
            return a, m.reshape(n, k, 1), np.reshape(m, (1, n, 1, k))
        """,
        (SQUARE, 3, 3),
    ),
    case(
        "an axis of extent one comes, and the others change",
        """
        def f(m: M, n: int, k: int):
            return m.reshape(n, k, 1)
        """,
        (WIDE, 3, 2),
        verdict="failed",
    ),
    case(
        "windows of an image",
        """
        def f(m: M, w: M):
            k = w.shape[0]
            out = np.zeros((m.shape[0] - k + 1, m.shape[1] - k + 1))
            for i in range(out.shape[0]):
                for j in range(out.shape[1]):
                    out[i, j] = np.sum(m[i : i + k, j : j + k] * w)
            return out
        """,
        (SQUARE, SQUARE[:2, :2].copy()),
    ),
    case(
        "a part that is a view, by a name",
        """
        def f(c: C):
            re = c.real
            return re
        """,
        (of("complex128", 1 + 2j),),
    ),
    case(
        "an array and its part",
        """
        def f(c: C):
            d = c * 2
            return d, d.real
        """,
        (of("complex128", 1 + 2j),),
        verdict="python",
    ),
    case(
        "a diagonal is read-only",
        """
        def f(a: M):
            d = np.diag(a * 2)
            return d
        """,
        (SQUARE,),
    ),
    case(
        "views of parameters are results",
        """
        def f(A: M, a: V, z: C):
            d = np.diag(A)
            total = d.sum()
            return d, np.diagonal(A, 1), np.broadcast_to(a, (2, a.shape[0])), z.real, z[1:].imag, total
        """,
        (SQUARE, THREE, of("complex128", 1j, 2, 3 - 1j)),
        (WIDE, NONE, of("complex128", 2)),
        (np.zeros((0, 3)), THREE[:1], of("complex128", 1j)),
    ),
    case(
        "an array and its real part",
        """
        def f(z: C, A: M):
            return z, z.real, z[::-1].imag, A, np.diag(A.T)
        """,
        (of("complex128", 1j, 2, 3 - 1j), SQUARE),
    ),
    case(
        "a diagonal is not written",
        """
        def f(A: M):
            d = np.diag(A)
            d[0] = 1.0
            return A
        """,
        (SQUARE,),
        verdict="python",
    ),
    case(
        "a diagonal behind a branch",
        """
        def f(A: M, first: bool):
            if first:
                d = np.diag(A)
            else:
                d = np.diag(A[::-1])
            return d.copy()
        """,
        (SQUARE, True),
        (SQUARE, False),
    ),
    case(
        "the real part of a new array",
        """
        def f(z: C):
            w = z * 2.0
            return w.real, (z + 1.0).imag
        """,
        (of("complex128", 1j, 2, 3 - 1j),),
    ),
    case(
        "views of arrays that move",
        """
        def f(z: C, w: C, n: int):
            d = z.real
            e = z[1:]
            for _ in range(n):
                z, w = w, z
            return d, e, z.imag
        """,
        (of("complex128", 1j, 2), of("complex128", 5, 6j), 3),
    ),
    case(
        "a part of an array that moves",
        """
        def f(z: C, w: C, n: int):
            for _ in range(n):
                z, w = w, z
            return z.imag, np.diag(np.outer(z.real, w.real))
        """,
        (of("complex128", 1j, 2), of("complex128", 5, 6j), 3),
        (of("complex128", 1j, 2), of("complex128", 5, 6j), 2),
    ),
    *(
        case(
            f"no such axes: {call}",
            f"""
            def f(a: M):
                return {call}
            """,
            (WIDE,),
            verdict="python",
        )
        for call in (
            "np.transpose(a, (0, 0))",
            "np.transpose(a, (2, 0))",
            "np.transpose(a, (1,))",
            "np.transpose(a, order=(1, 0))",
            "np.swapaxes(a, 0, 2)",
            "np.moveaxis(a, 0, 2)",
            "np.stack((a, a), axis=3)",
            "np.expand_dims(a, 3)",
            "np.expand_dims(a[0, 0])",
            "np.argmax(a, (0,))",
            "np.cumsum(a, ())",
        )
    ),
)
