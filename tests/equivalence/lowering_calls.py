"""Cases of `test_lowering.py`: helpers and their arguments."""

from tests.equivalence.lowering_cases import NONE, THREE, case, floats

CALLS = (
    case(
        "methods read fields",
        """
        @dataclass
        class Filter:
            gain: float
            taps: V
            order: int = 2

        def f(a: V, g: float):
            return Filter(g, a).gain
        """,
        (THREE, 2.0),
    ),
    case(
        "several returns",
        """
        def sign(x):
            if x > 0:
                return 1
            if x < 0:
                return -1.0
            return 0

        def f(a: V):
            s = 0
            for x in a:
                s = s + sign(x)
            return s
        """,
        (NONE,),
        (THREE,),
        (floats(2.0),),
        (floats(0.0, -1.0),),
    ),
    case(
        "a helper that writes",
        """
        def put(v, i, x=2.0):
            v[i] = x
            return v

        def f(a: V):
            b = put(a, 0)
            c = put(b[1:], 0, x=5.0)
            return a, b
        """,
        (THREE,),
    ),
    case(
        "nested functions see the variables as they are at the call",
        """
        def f(a: V, n: int):
            k = n

            def g(x):
                return x * k

            k = k + 1
            return g(a[0]) + g(2)
        """,
        (THREE, 2),
    ),
    case(
        "a recursive helper",
        """
        def fact(n):
            return 1 if n < 2 else n * fact(n - 1)

        def f(n: int):
            return fact(n)
        """,
        (5,),
        verdict="python",
    ),
    case(
        "a helper that returns an array by path",
        """
        def pick(v, w, n):
            if n > 2:
                return v
            return w * 2

        def f(a: V, b: V, n: int):
            c = pick(a, b, n)
            c[0] = 1.0
            return c
        """,
        (THREE, floats(1.0, 2.0), 3),
        (THREE, floats(1.0, 2.0), 0),
    ),
    case(
        "arguments are evaluated before the call",
        """
        def put(v, x, y):
            v[0] = 5.0
            return x + y

        def f(a: V):
            return put(a, a[0], a[1]) + a[0]
        """,
        (THREE,),
    ),
    case(
        "keyword-only and defaults",
        """
        def g(x, /, y=2, *, z=3.0):
            return x * y + z

        def f(n: int, *, k: int = 4):
            return g(n), g(n, y=k), g(n, z=1)
        """,
        (3,),
    ),
    case(
        "a failing assertion",
        """
        def f(n: int):
            assert n > 2, "small"
            if n > 5:
                raise ValueError(n)
            return n
        """,
        (1,),
        (9,),
        verdict="raises",
    ),
)
