"""Cases of `test_lowering.py`: types that depend on the path."""

from tests.equivalence.lowering_cases import NONE, ODD, THREE, case, floats, of

TYPES = (
    case(
        "a choice of int or float",
        """
        def f(n: int):
            return 1 if n > 2 else 0.5
        """,
        (3,),
        (0,),
    ),
    case(
        "a choice of Python's and NumPy's number",
        """
        def f(a: V, s: float):
            return a[0] if s > 0 else s
        """,
        (THREE, 1.0),
        (THREE, -1.0),
    ),
    case(
        "a float beside a float32",
        """
        def f(a: F, s: float):
            return a[0] if s > 0 else s
        """,
        (of("float32", 1.5), 0.1),
        verdict="python",
    ),
    case(
        "max of a float and a float32",
        """
        def f(a: F, s: float):
            return max(s, a[0])
        """,
        (of("float32", 1.5), 0.1),
        verdict="python",
    ),
    case(
        "the kind of a maximum",
        """
        def f(a: V):
            t = 0.0
            for i in range(len(a)):
                t = max(t, abs(a[i]))
            return t
        """,
        (NONE,),
        (floats(0.0),),
        (THREE,),
        (ODD,),
    ),
    case(
        "the kind of a swapped pair",
        """
        def f(a: V, n: int):
            s, t = 1.0, a[0]
            for i in range(n):
                s, t = t, s
            return s, t
        """,
        (THREE, 1),
        (THREE, 2),
        (THREE, 0),
    ),
    case(
        "an int that becomes a float",
        """
        def f(n: int):
            s = 0
            for i in range(n):
                if i > 1:
                    s = s + 0.5
            return s, s + 1, -s, abs(s)
        """,
        (0,),
        (2,),
        (3,),
    ),
    case(
        "a large int that becomes a float",
        """
        def f(n: int):
            s = n * n * n
            if n > 3:
                s = 0.5
            return s
        """,
        (3,),
        (9,),
    ),
    case(
        "int8 or int",
        """
        def f(a: I8, n: int):
            best = n
            for x in a:
                if x > best:
                    best = x
            return best
        """,
        (of("int8", 5, 120), 7),
        (of("int8", 5), 100),
    ),
    case(
        "int8 or int, and a sum",
        """
        def f(a: I8):
            best = 0
            for x in a:
                if x > best:
                    best = x
            return best + 100
        """,
        (of("int8", 5, 120),),
        verdict="python",
    ),
    case(
        "a bool that may be NumPy's",
        """
        def f(a: V, n: int):
            t = False
            for x in a:
                t = x > n
            return t, not t
        """,
        (THREE, 2),
        (NONE, 2),
    ),
    case(
        "None or a number",
        """
        def f(s: Optional[float] = None, k: int = 3):
            return k if s is None else s
        """,
        (),
        (None,),
        (2.5,),
        (2.5, 4),
    ),
    case(
        "values of and, or",
        """
        def f(n: int, s: float, a: V):
            return n and s, s or n, a[0] and a[1], n or a[0]
        """,
        (0, 0.0, THREE),
        (2, 1.5, THREE),
        (2, 0.0, floats(0.0, 1.0)),
    ),
    case(
        "chained comparisons",
        """
        def f(n: int, a: V):
            return 0 < n <= 3, a[0] < a[1] < a[2], 1 < a[0] > n
        """,
        (2, THREE),
        (0, floats(1.0, 2.0, 3.0)),
    ),
    case(
        "bools in arithmetic",
        """
        def f(n: int, t: bool, a: B):
            return t + t, t * n, -t, t & t, t | (n > 2), t ^ t, a[0] + a[1], a[0] & t, ~a[0], +t, t / 2
        """,
        (3, True, of("bool", 1, 1)),
        (0, False, of("bool", 0, 1)),
    ),
    case(
        "a complex64 or Python's zero",
        """
        def f(a: F, n: int):
            z = a * (1 + 1j)
            t = z.sum() if n > 0 else 0j
            return t
        """,
        (of("float32", 0.5, 1.5), 1),
        (of("float32", 0.5, 1.5), 0),
    ),
    case(
        "a constant beyond float32",
        """
        def f(a: F):
            return a * 1e39
        """,
        (of("float32", 0.0, 1.5),),
        verdict="python",
    ),
    case(
        "the greatest constants within float32",
        """
        def f(a: F):
            return a * 3.4028234e38, a - 3.4028234e38
        """,
        (of("float32", 0.0, 0.5),),
    ),
    case(
        "minus of a NumPy bool",
        """
        def f(a: B):
            return a[0] - a[1]
        """,
        (of("bool", 1, 1),),
        verdict="python",
    ),
    case(
        "a literal selects the function",
        """
        def f(a: V, mode: Literal["sum", "max"] = "sum"):
            if mode == "sum":
                return a.sum()
            return a.max()
        """,
        (THREE,),
        (THREE, "max"),
    ),
    case(
        "sums of floats and of NumPy's ints",
        """
        def f(h: I, k: np.ndarray[tuple[int], np.dtype[np.int8]]):
            s, t = 0.0, 0.0
            for i in range(len(h)):
                s += i * h[i]
            for x in k:
                t -= x
            return s, t
        """,
        (of("int64", 3, 4, 5), of("int8", 1, -128)),
        (of("int64"), of("int8", 1)),
        (of("int64", 1), of("int8")),
    ),
    case(
        "a sum that begins with an int and may be NumPy's",
        """
        def f(h: I, a: V):
            s = 0
            for x in a:
                s += x
            for y in h:
                s += y
            return s
        """,
        (of("int64", 3, 4, 5), THREE),
        verdict="python",
    ),
    case(
        "a float, then float32, chosen by what it is",
        """
        def f(a: F, n: int):
            e, t, r = 0.0, 3.0, n - 2
            while r > -3:
                e = a[r] * 1.0
                t = e if e > t else t
                r -= 1
            return t, e
        """,
        (of("float32", 1.5, 15.1, 2.5), 3),
        (of("float32", 1.5, 15.1, 2.5), -3),
        verdict="python",
    ),
)
