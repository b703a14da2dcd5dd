"""Cases of `test_lowering.py`: lists of arrays."""

import numpy as np

from tests.equivalence.lowering_cases import NONE, SQUARE, THREE, WIDE, case

IMAGE = np.arange(20.0).reshape(4, 5)

ARRAY_LISTS = (
    case(
        "windows of an image",
        """
        def f(x: M, k: int):
            h, w = x.shape
            cols = []
            for i in range(h - k + 1):
                for j in range(w - k + 1):
                    cols.append(x[i:i + k, j:j + k].ravel())
            return np.array(cols)
        """,
        (IMAGE, 2),
        (IMAGE, 4),
        (SQUARE, 1),
    ),
    case(
        "states, bound anew each turn",
        """
        def f(W: M, xs: M, h: V):
            hs = []
            for x in xs:
                h = W @ h * 0.5 + x
                hs.append(h)
            return np.stack(hs), np.mean(hs, axis=0), hs[-1] + 1.0, len(hs), h
        """,
        (SQUARE, np.ones((4, 3)), THREE),
    ),
    case(
        "copies of what changes in place",
        """
        def f(x: V, n: int):
            out = []
            for i in range(n):
                x[0] += i
                x *= 2.0
                out.append(x.copy())
            return np.array(out), np.asarray(out).sum(axis=1)
        """,
        (THREE, 1),
        (THREE, 12),
    ),
    case(
        "filled, then appended",
        """
        def f(n: int, m: int):
            rows = []
            for i in range(n):
                row = np.zeros(m)
                for j in range(m):
                    row[j] = i * j
                rows.append(row)
            return np.array(rows)
        """,
        (1, 3),
        (20, 2),
        (2, 0),
    ),
    case(
        "joined",
        """
        def f(n: int, x: V, A: M):
            rows = []
            planes = []
            for i in range(n):
                rows.append(x * i)
                planes.append(A + i)
            a = np.concatenate(rows)
            b = np.vstack(rows)
            c = np.hstack(rows)
            d = np.column_stack(rows)
            e = np.stack(rows, axis=1)
            p = np.concatenate(planes)
            q = np.concatenate(planes, axis=1)
            r = np.hstack(planes)
            s = np.vstack(planes)
            t = np.stack(planes, axis=-1)
            return a, b, c, d, e, p, q, r, s, t, np.concatenate(planes, axis=None)
        """,
        (1, THREE, WIDE),
        (3, THREE, WIDE),
    ),
    case(
        "walked and read",
        """
        def f(xs: M):
            out = []
            for x in xs:
                out.append(x + 1.0)
            total = 0.0
            for k, a in enumerate(out):
                total += a.sum() * k
            for a, x in zip(out, xs):
                total += a @ x
            return total, out[0][1], len(out), not out
        """,
        (SQUARE,),
        (WIDE,),
    ),
    case(
        "returned",
        """
        def f(x: V, n: int):
            out = [x.copy()]
            for i in range(n):
                out.append(out[-1] * 0.5 + i)
            return out
        """,
        (THREE, 0),
        (THREE, 12),
        (NONE, 2),
    ),
    case(
        "states that are returned",
        """
        def f(x: V, n: int):
            out = []
            h = x + 1.0
            for i in range(n):
                h = h * 2.0
                out.append(h)
            return out
        """,
        (THREE, 0),
        (THREE, 5),
    ),
    case(
        "comprehensions of arrays",
        """
        def f(n: int, A: M):
            zeros = [np.zeros(3) + k for k in range(n)]
            rows = [r * 2.0 for r in A]
            return np.array(zeros), np.concatenate(rows), zeros
        """,
        (1, WIDE),
        (4, SQUARE),
    ),
    case(
        "taken out and put in place",
        """
        def f(x: V, n: int):
            stack = [x * 1.0, x * 2.0]
            total = 0.0
            for i in range(n):
                stack.append(x + i)
                a = stack.pop()
                stack.append(x * 3.0)
                b = stack.pop(0)
                stack.append(x * 5.0)
                total += a @ b
            stack[0] = stack[-1] + stack[0][::-1]
            return total, np.array(stack)
        """,
        (THREE, 0),
        (THREE, 4),
    ),
    case(
        "made anew of its own items",
        """
        def f(x: V, n: int):
            out = [x * 2.0]
            for i in range(n):
                out.append(x + i)
                out = [out[-1] * 0.5, out[0][::-1] + 1.0]
            return np.array(out)
        """,
        (THREE, 0),
        (THREE, 3),
    ),
    case(
        "tuples with arrays",
        """
        def f(x: V, n: int):
            steps = []
            for i in range(n):
                steps.append((i, x * i, 0.5))
            total = 0.0
            for k, a, w in steps:
                total += k * w + a.sum()
            return total, steps[-1][1] * 2.0, steps[0][0]
        """,
        (THREE, 1),
        (THREE, 9),
    ),
    case(
        "no arrays",
        """
        def f(x: V, n: int):
            out = []
            for i in range(n):
                out.append(x * i)
            return np.array(out)
        """,
        (THREE, 0),
        verdict="failed",
    ),
    case(
        "no arrays to join",
        """
        def f(x: V, n: int):
            out = []
            for i in range(n):
                out.append(x * i)
            return np.concatenate(out)
        """,
        (THREE, 0),
        verdict="raises",
    ),
    case(
        "arrays of several lengths",
        """
        def f(x: V, n: int):
            out = []
            for i in range(n):
                out.append(x[:i] * 1.0)
            return np.concatenate(out)
        """,
        (THREE, 3),
        verdict="failed",
    ),
    case(
        "pop from an empty list of arrays",
        """
        def f(x: V):
            out = [x * 2.0]
            out.pop()
            return out.pop()
        """,
        (THREE,),
        verdict="raises",
    ),
    case(
        "arrays of several dimensions",
        """
        def f(x: V, A: M):
            out = [x * 2.0]
            out.append(A * 2.0)
            return out[0]
        """,
        (THREE, SQUARE),
        verdict="python",
    ),
    case(
        "an item that changes afterwards",
        """
        def f(x: V, n: int):
            out = []
            for i in range(n):
                x += 1.0
                out.append(x)
            return np.array(out)
        """,
        (THREE, 2),
        verdict="python",
    ),
    case(
        "an item that changes in the next turn",
        """
        def f(x: V, n: int):
            out = []
            h = x * 2.0
            for i in range(n):
                h[0] = i
                out.append(h)
                if i % 2 == 0:
                    h = h * 2.0
            return np.array(out)
        """,
        (THREE, 3),
        verdict="python",
    ),
    case(
        "a view of an item changes",
        """
        def f(x: V):
            out = []
            h = x * 2.0
            v = h[1:]
            out.append(h)
            v[0] = 9.0
            return np.array(out)
        """,
        (THREE,),
        verdict="python",
    ),
    case(
        "what may be a view of an array that changes",
        """
        def f(x: M):
            out = [x.ravel()]
            out.append(x[1].ravel())
            x[0, 0] = 9.0
            return out[0] * 1.0
        """,
        (SQUARE,),
        verdict="python",
    ),
    case(
        "a helper changes an item",
        """
        def bump(a):
            a[0] += 1.0

        def f(x: V):
            h = x * 2.0
            out = [h]
            out.append(x * 3.0)
            bump(h)
            return np.array(out)
        """,
        (THREE,),
        verdict="python",
    ),
    case(
        "an item changes through the list",
        """
        def f(x: V):
            out = [x * 2.0]
            out.append(x * 3.0)
            out[0][1] = 7.0
            out[1] += 1.0
            return np.array(out)
        """,
        (THREE,),
        verdict="python",
    ),
    case(
        "an item that was read is changed",
        """
        def f(x: V, n: int):
            out = [x * 2.0]
            out.append(x * 3.0)
            h = out[-1]
            for i in range(n):
                h[0] += 1.0
                h = h * 2.0
            return np.array(out)
        """,
        (THREE, 2),
        verdict="python",
    ),
    case(
        "a walked item is changed",
        """
        def f(x: V):
            out = [x * 2.0]
            out.append(x * 3.0)
            for a in out:
                a += 1.0
            return np.array(out)
        """,
        (THREE,),
        verdict="python",
    ),
    case(
        "one array twice in a list that is returned",
        """
        def f(x: V, n: int):
            out = []
            h = x * 2.0
            for i in range(n):
                out.append(h)
            return out
        """,
        (THREE, 2),
        verdict="python",
    ),
    case(
        "the caller's array in a list that is returned",
        """
        def f(x: V, n: int):
            out = []
            for i in range(n):
                out.append(x)
                x = x * 2.0
            return out
        """,
        (THREE, 2),
        verdict="python",
    ),
    case(
        "a view in a list that is returned",
        """
        def f(A: M):
            out = []
            for row in A:
                out.append(row)
            return out
        """,
        (SQUARE,),
        verdict="python",
    ),
    case(
        "a list and an item of it are returned",
        """
        def f(x: V, n: int):
            out = []
            for i in range(n):
                h = x * i
                out.append(h)
            return out, h
        """,
        (THREE, 2),
        verdict="python",
    ),
    case(
        "a list and an item that was read are returned",
        """
        def f(x: V):
            out = [x * 2.0]
            out.append(x * 3.0)
            last = out[-1]
            return out, last
        """,
        (THREE,),
        verdict="python",
    ),
    case(
        "an item in two lists that are returned",
        """
        def f(x: V):
            a = [x * 2.0]
            a.append(x * 3.0)
            b = [a[0]]
            b.append(x * 4.0)
            return a, b
        """,
        (THREE,),
        verdict="python",
    ),
)
