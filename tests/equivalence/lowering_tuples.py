"""Cases of `test_lowering.py`: tuples, what objects are made of, and what is evaluated first."""

from tests.equivalence.lowering_cases import NONE, ONE, SQUARE, THREE, case, floats

_BUMP = """
        def bump(v):
            v[0] += 1.0
            return v[0]
"""

TUPLES = (
    case(
        "a tuple goes from turn to turn",
        """
        def f(a: V, n: int):
            q = (0, 1.0, a)
            for i in range(n):
                if a[i] > 2.0:
                    break
                q = (q[0] + i, q[1] * a[i], q[2] + 1)
            else:
                q = (q[0], -q[1], q[2])
            return q
        """,
        (THREE, 0),
        (floats(1.0, -1.0, 0.5), 3),
        (THREE, 3),
    ),
    case(
        "tuples swap arrays in nested loops",
        """
        def f(a: V, n: int):
            t = (a * 1, (a * 2, 1))
            for i in range(n):
                for j in range(i):
                    t = (t[1][0], (t[0], t[1][1] + j))
                t[0][0] += 1
            return t
        """,
        (THREE, 0),
        (THREE, 4),
    ),
    case(
        "a tuple of another length in the loop",
        """
        def f(a: V, n: int):
            t = (1.0, 2)
            for i in range(n):
                t = (a[i], i, 3)
                a[i] = t[0] * t[2]
            return a
        """,
        (THREE, 3),
    ),
    case(
        "one thing or another by path",
        """
        def f(a: V, n: int):
            if n > 2:
                x = 1.0
            elif n > 1:
                x = 2.0
            else:
                x = a
            return x
        """,
        (THREE, 3),
        verdict="python",
    ),
    case(
        "a text that a branch sets in a loop",
        """
        def f(a: V, n: int):
            mode, s = "a", 0.0
            for i in range(n):
                if a[i] > 0:
                    mode = "b"
                if mode == "b":
                    s += a[i]
            return s
        """,
        (floats(-1.0, 2.0), 2),
        verdict="python",
    ),
    case(
        "a tuple or a list from a helper",
        """
        def both(v, c):
            if c > 0:
                return (v.sum(), 1)
            return [v.sum(), 1]

        def f(a: V, c: float):
            return both(a, c)
        """,
        (THREE, 1.0),
        verdict="python",
    ),
    case(
        "a choice between tuples",
        """
        def f(a: V, c: float):
            s, k = 0.0, 0
            for i in range(len(a)):
                s, k = (s + a[i], i) if a[i] > c else (s, k - 1)
            return s, k
        """,
        (NONE, 0.0),
        (THREE, 0.0),
    ),
    case(
        "left before right",
        _BUMP
        + """
        def put(x, y, z):
            return x + 10 * y + 100 * z

        def f(a: V):
            t = (a[0], bump(a), a[0], a + 1, bump(a))
            u = put(a[0], bump(a), a[0])
            c = a[0] < bump(a) < a[0] + 5
            a[0] += bump(a)
            a[int(bump(a)) % 2] = a[0]
            h = lambda: a[0]
            return t, u, c, max(a[0], bump(a)), a[0] * bump(a), h() + bump(a) * h(), a
        """,
        (THREE,),
        (floats(1.0, 2.0),),
    ),
    case(
        "a view of an array that moves on",
        """
        def f(a: V, n: int):
            u, v = a.copy(), a * 2
            for i in range(n):
                u, v = v, u
            w, t, s = u, (u, 1), 0.0
            for i in range(n):
                s += w[0] + t[0][1]
                u, v = v, u
                u[0] += 1
                u[1] += 2
            return s
        """,
        (THREE, 0),
        (THREE, 3),
    ),
    case(
        "a helper swaps its own names only",
        """
        def turned(x, y, n):
            for i in range(n):
                x, y = y, x
            return x

        def f(a: V, n: int):
            u, v = a.copy(), a * 2
            for i in range(n):
                u, v = v, u
            w = turned(u, v, n)
            return u * 1, v * 1, w * 1
        """,
        (THREE, 1),
        (THREE, 2),
    ),
    case(
        "named tuples are made",
        """
        from typing import NamedTuple

        class P(NamedTuple):
            x: V
            n: int = 3

        def moved(p, by):
            if by > 0:
                return P(p.x + by, p.n + 1)
            return p._replace(n=0)

        def f(a: V, by: float):
            p = P(x=a)
            for i in range(2):
                p = moved(p, by)
            x, n = p
            return p, P(a * 2, n), len(p), p[1], p._fields == ("x", "n")
        """,
        (THREE, 1.0),
        (NONE, -1.0),
    ),
    case(
        "dataclasses are made",
        """
        @dataclass(frozen=True)
        class S:
            x: V
            t: float = 0.5

        def f(a: V, c: bool):
            s = S(a, 1.0)
            if c:
                s = S(s.x * 2)
            for i in range(2):
                s = S(s.x + i, t=s.t * 2)
            return s, a
        """,
        (THREE, True),
        (THREE, False),
    ),
    case(
        "one object twice",
        """
        @dataclass
        class S:
            x: V

        def f(a: V, c: bool):
            s = S(a)
            r = S(a) if c else s
            return s, r
        """,
        (THREE, True),
        verdict="python",
    ),
    case(
        "an object with code of its own",
        """
        @dataclass
        class S:
            x: V

            def __post_init__(self):
                self.x = self.x * 2

        def f(a: V):
            return S(a * 1)
        """,
        (THREE,),
        verdict="python",
    ),
    case(
        "what NumPy gives by name",
        """
        def f(a: M):
            r = np.linalg.eigh(a)
            s = np.linalg.slogdet(a)
            return r.eigenvalues, s.sign, s.logabsdet
        """,
        (SQUARE + SQUARE.T,),
    ),
    case(
        "what NumPy gives by name, out of a helper and from two branches",
        """
        def parts(a):
            return np.linalg.eigh(a)

        def f(a: M, c: bool):
            if c:
                r = parts(a)
            else:
                r = parts(a * 2.0)
            values, vectors = r
            return r.eigenvalues, r[0], values, vectors @ (values * r.eigenvectors).T
        """,
        (SQUARE + SQUARE.T, True),
        (SQUARE + SQUARE.T, False),
    ),
    case(
        "a loop over part of a tuple",
        """
        def f(a: V):
            t = (a, a * 2, 3)
            s = 0.0
            for part in t[:2]:
                s += part.sum()
            for i, k in enumerate((t[2], 4)):
                s += i * k
            return s
        """,
        (ONE,),
    ),
    case(
        "a text and a number",
        """
        def f(a: V, mode: Literal["sum", 2] = 2):
            if mode == "sum":
                return a.sum()
            return a[mode], mode != "sum", "sum" == mode, None == "x"
        """,
        (THREE, "sum"),
        (THREE, 2),
    ),
)
