"""Small functions whose lowering must do what Python and NumPy do, or leave the call to the original.

Each case: a name, the text of a function `f`, and calls of it. `agreed` (the default): every call is computed;
`raises`: the original raises, so the attempt fails; `python`: the function stays Python.
"""

from dataclasses import dataclass

import numpy as np

HEAD = """\
import math
from dataclasses import dataclass
from typing import Literal, Optional

import numpy as np
from numpy.typing import NDArray

V = np.ndarray[tuple[int], np.dtype[np.float64]]
M = np.ndarray[tuple[int, int], np.dtype[np.float64]]
F = np.ndarray[tuple[int], np.dtype[np.float32]]
I = np.ndarray[tuple[int], np.dtype[np.int64]]
I8 = np.ndarray[tuple[int], np.dtype[np.int8]]
U8 = np.ndarray[tuple[int], np.dtype[np.uint8]]
B = np.ndarray[tuple[int], np.dtype[np.bool_]]
C = np.ndarray[tuple[int], np.dtype[np.complex128]]


"""


@dataclass(frozen=True)
class Small:
    """A function and calls of it; `verdict` is what each call must give."""

    name: str
    text: str
    calls: tuple[tuple[object, ...], ...]
    verdict: str = "agreed"


def _floats(*values: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array(values, dtype=np.float64)


def _of(dtype: str, *values: complex) -> "np.ndarray[tuple[int], np.dtype[np.generic]]":
    return np.array(values).astype(dtype)


NONE, ONE, THREE = _floats(), _floats(1.5), _floats(3.0, -1.0, 2.5)
ODD = _floats(np.nan, np.inf, -0.0, 1.0)
SQUARE = np.arange(9.0).reshape(3, 3)
WIDE = np.arange(6.0).reshape(2, 3)


def case(name: str, text: str, *calls: tuple[object, ...], verdict: str = "agreed") -> Small:
    """A case; the text's common indentation is dropped."""
    lines = text.strip("\n").split("\n")
    margin = len(lines[0]) - len(lines[0].lstrip())
    return Small(name, "\n".join(line[margin:] for line in lines) + "\n", calls, verdict)


CONTROL = (
    case(
        "break leaves the value of its turn",
        """
        def f(a: V):
            for x in a:
                g = 1
                if x > 2:
                    break
                g = 2
            return g
        """,
        (THREE,),
        (_floats(0.0),),
        (_floats(0.0, 5.0),),
    ),
    case(
        "break leaves the type of its turn",
        """
        def f(a: V):
            g = 0
            for x in a:
                g = 1
                if x > 2:
                    break
                g = 2.5
            return g
        """,
        (NONE,),
        (THREE,),
        (_floats(0.0),),
        (_floats(0.0, 5.0),),
    ),
    case(
        "else after break",
        """
        def f(a: V):
            for x in a:
                if x > 2:
                    g = 1.5
                    break
            else:
                g = 2.5
            return g
        """,
        (THREE,),
        (NONE,),
        (_floats(1.0),),
    ),
    case(
        "continue skips an assignment",
        """
        def f(a: V):
            for x in a:
                g = 1.0
                if x > 2:
                    continue
                g = 2.0
            return g
        """,
        (THREE,),
        (_floats(1.0),),
        (_floats(1.0, 3.0),),
    ),
    case(
        "unbound after an empty loop",
        """
        def f(a: V):
            for x in a:
                g = 1.0
            return g
        """,
        (NONE,),
        verdict="raises",
    ),
    case(
        "the variable after the loop",
        """
        def f(n: int):
            i = -1
            for i in range(n):
                pass
            for j in range(2, n, 3):
                i = i + j
            return i
        """,
        (0,),
        (7,),
    ),
    case(
        "the loop variable in else",
        """
        def f(a: V, n: int):
            for i in range(len(a)):
                for j in range(n):
                    if a[i] > j:
                        break
                else:
                    a[i] = j
            return a
        """,
        (THREE, 2),
        (_floats(-3.0), 5),
    ),
    case(
        "while True ends by break only",
        """
        def f(n: int):
            while True:
                g = n
                if n > 3:
                    break
                e = 2
                n = n + 1
            return g, n
        """,
        (0,),
        (9,),
    ),
    case(
        "a name of the second half of a loop that was left before",
        """
        def f(n: int):
            while True:
                if n > 3:
                    break
                e = 2
                n = n + 1
            return e
        """,
        (9,),
        verdict="raises",
    ),
    case(
        "while else",
        """
        def f(n: int):
            t = 0.5
            while n < 5:
                n += 2
                if n == 4:
                    break
            else:
                t = n
            return t, n
        """,
        (0,),
        (1,),
        (8,),
    ),
    case(
        "continue in a loop over a tuple",
        """
        def f(n: int):
            s = 1
            for e in (1, 2, 3):
                if e == n:
                    continue
                s = s * e + n
            return s
        """,
        (1,),
        (2,),
        (9,),
    ),
    case(
        "break in a loop over a tuple",
        """
        def f(n: int):
            s = 1
            for e in (1, 2.5, 3):
                if e > n:
                    break
                s = s * e
            else:
                s = -1
            return s
        """,
        (0,),
        (1,),
        (2,),
        (9,),
    ),
    case(
        "del",
        """
        def f(n: int):
            g = 1
            if n > 2:
                del g
            return g
        """,
        (3,),
        verdict="raises",
    ),
    case(
        "returns in loops",
        """
        def f(a: V):
            for i in range(len(a)):
                for x in a:
                    if x > i:
                        return x, i
            return None
        """,
        (THREE,),
    ),
    case(
        "range with a step of the call",
        """
        def f(n: int, k: int):
            s = 0
            for i in range(0, n, k):
                s += i
            return s
        """,
        (7, 2),
        (0, 3),
    ),
    case(
        "a loop's bound is read once",
        """
        def f(n: int):
            s = 0
            for i in range(n):
                n = n + 1
                s = s + i
            return s, n
        """,
        (4,),
    ),
    case(
        "the loop variable is set in the body",
        """
        def f(n: int):
            s = 0
            for i in range(n):
                i = i * 2
                s = s + i
            return s, i
        """,
        (4,),
    ),
    case(
        "reversed range without turns",
        """
        def f(n: int):
            s = 0
            for i in reversed(range(3, n)):
                s = s * 2 + i
            return s
        """,
        (0,),
        (6,),
    ),
)

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
        (_of("float32", 1.5), 0.1),
        verdict="python",
    ),
    case(
        "max of a float and a float32",
        """
        def f(a: F, s: float):
            return max(s, a[0])
        """,
        (_of("float32", 1.5), 0.1),
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
        (_floats(0.0),),
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
        (_of("int8", 5, 120), 7),
        (_of("int8", 5), 100),
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
        (_of("int8", 5, 120),),
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
        (2, 0.0, _floats(0.0, 1.0)),
    ),
    case(
        "chained comparisons",
        """
        def f(n: int, a: V):
            return 0 < n <= 3, a[0] < a[1] < a[2], 1 < a[0] > n
        """,
        (2, THREE),
        (0, _floats(1.0, 2.0, 3.0)),
    ),
    case(
        "bools in arithmetic",
        """
        def f(n: int, t: bool, a: B):
            return t + t, t * n, -t, t & t, t | (n > 2), t ^ t, a[0] + a[1], a[0] & t, ~a[0], +t, t / 2
        """,
        (3, True, _of("bool", 1, 1)),
        (0, False, _of("bool", 0, 1)),
    ),
    case(
        "minus of a NumPy bool",
        """
        def f(a: B):
            return a[0] - a[1]
        """,
        (_of("bool", 1, 1),),
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
)

NUMBERS = (
    case(
        "an int that does not fit into int8",
        """
        def f(a: I8, n: int):
            a[0] = n
            return a
        """,
        (_of("int8", 1), 300),
        (_of("int8", 1), -129),
        verdict="raises",
    ),
    case(
        "an int that fits into int8",
        """
        def f(a: I8, n: int):
            a[0] = n
            a[1:] = n
            return a
        """,
        (_of("int8", 1, 2), -128),
    ),
    case(
        "an int into a view of uint8",
        """
        def f(a: U8, n: int):
            a[:] = n
            return a
        """,
        (_of("uint8", 1, 2), -1),
        verdict="raises",
    ),
    case(
        "a constant that does not fit",
        """
        def f(a: U8):
            a[0] = 300
            return a
        """,
        (_of("uint8", 1, 2),),
        verdict="raises",
    ),
    case(
        "a mask and an int that does not fit",
        """
        def f(a: U8, m: B, n: int):
            a[m] = n
            return a
        """,
        (_of("uint8", 1, 2), _of("bool", 1, 0), 256),
        verdict="raises",
    ),
    case(
        "a float into an int array",
        """
        def f(a: I, s: float):
            a[0] = s
            a[1:] = s
            return a
        """,
        (_of("int64", 1, 2), 2.75),
        (_of("int64", 1, 2), -2.75),
    ),
    case(
        "NaN into an int array",
        """
        def f(a: I, s: float):
            a[0] = s
            return a
        """,
        (_of("int64", 1), float("nan")),
        (_of("int64", 1), float("inf")),
        (_of("int64", 1), 1e300),
        verdict="raises",
    ),
    case(
        "a float into a narrow array",
        """
        def f(a: I8, s: float):
            a[0] = s
            return a
        """,
        (_of("int8", 1), 3.9),
    ),
    case(
        "floor division and remainder of ints",
        """
        def f(n: int, k: int):
            return n // k, n % k, -n // k, -n % k, divmod(n, -k), n // 2, n % -3
        """,
        (7, 3),
        (-7, 3),
        (6, -2),
        (0, 5),
    ),
    case(
        "division of ints by zero",
        """
        def f(n: int, k: int):
            return n // k
        """,
        (7, 0),
        verdict="raises",
    ),
    case(
        "floor division and remainder of floats",
        """
        def f(x: float, y: float):
            return x // y, x % y, -x // y, x % -y, x / y
        """,
        (7.5, 2.0),
        (-7.5, 2.0),
        (0.0, -3.0),
        (1e300, 1e-3),
        (float("inf"), 2.0),
        (-1.0, float("inf")),
    ),
    case(
        "division of floats by zero",
        """
        def f(x: float, y: float):
            return x / y
        """,
        (7.5, 0.0),
        verdict="raises",
    ),
    case(
        "floor division of NumPy's numbers",
        """
        def f(a: V, b: V):
            return a // b, a % b, a[0] // b[0], a[0] % b[0], a / b
        """,
        (_floats(7.5, -7.5, 0.0, 1.0, np.inf), _floats(2.0, 2.0, -3.0, np.inf, 2.0)),
        (_floats(1.0, -1.0, 0.0), _floats(0.0, 0.0, 0.0)),
    ),
    case(
        "floor division of NumPy's ints",
        """
        def f(a: I8, b: I8):
            return a // b, a % b
        """,
        (_of("int8", 7, -7, 7, -7, -128), _of("int8", 2, 2, -2, -2, 3)),
    ),
    case(
        "powers",
        """
        def f(x: float, n: int, a: V, k: I):
            return x**2, x**3, x**-1, x**0.5, n**2, n**3, n**0, a**2, a**-1, a**0.5, a[0] ** 2, k**2, k**3, a**3, a**n, x**n
        """,
        (2.5, 3, THREE, _of("int64", 2, -3)),
        (0.1, 0, _floats(0.0, 4.0), _of("int64", 0)),
    ),
    case(
        "an int to a negative power",
        """
        def f(n: int):
            return n**-2
        """,
        (3,),
        verdict="python",
    ),
    case(
        "a power of ints that leaves 64 bits",
        """
        def f(n: int):
            return n**4
        """,
        (2**30,),
        verdict="failed",
    ),
    case(
        "a product that leaves 64 bits",
        """
        def f(n: int):
            s = 1
            for i in range(n):
                s = s * 10
            return s
        """,
        (19,),
        (40,),
        verdict="failed",
    ),
    case(
        "shifts",
        """
        def f(n: int, k: int, a: I8, u: U8):
            return n << k, n >> k, -n >> k, a << 1, a >> 1, a << 7, u >> 2, u << 1, a[0] << 1
        """,
        (5, 3, _of("int8", 5, -5, 127), _of("uint8", 255, 3)),
        (0, 0, _of("int8", 1), _of("uint8", 1)),
    ),
    case(
        "shifts that raise",
        """
        def f(n: int, k: int):
            return n << k
        """,
        (5, -1),
        verdict="raises",
    ),
    case(
        "wrapping",
        """
        def f(a: I8, u: U8, k: I):
            return a + a, a * 3, -a, u - 1, u + u, a[0] + a[0], u[0] - u[1], k + k, abs(a), -u, a + u, a * k, ~u
        """,
        (_of("int8", 127, -128), _of("uint8", 3, 200), _of("int64", 2**62, -(2**63))),
    ),
    case(
        "comparing ints of different sizes",
        """
        def f(a: I8, u: U8, n: int):
            return a < n, u > n, a[0] == n, u[0] <= n, a < u, u == -1, a < 1000, n >= a
        """,
        (_of("int8", 5, -5), _of("uint8", 200, 5), 300),
        (_of("int8", 5, -5), _of("uint8", 200, 5), -5),
    ),
    case(
        "a Python int beside int8",
        """
        def f(a: I8, n: int):
            return a + n, a[0] * n
        """,
        (_of("int8", 5, -5), 100),
    ),
    case(
        "a Python int too large for int8",
        """
        def f(a: I8, n: int):
            return a + n
        """,
        (_of("int8", 5, -5), 200),
        verdict="raises",
    ),
    case(
        "a large float to an int",
        """
        def f(x: float):
            return int(x), math.floor(x), math.ceil(x), round(x)
        """,
        (2.5,),
        (-2.5,),
        (3.5,),
        (1e15,),
        (-0.0,),
    ),
    case(
        "NaN to an int",
        """
        def f(x: float):
            return int(x)
        """,
        (float("nan"),),
        (float("inf"),),
        verdict="raises",
    ),
    case(
        "math functions that raise",
        """
        def f(x: float):
            return math.sqrt(x) + math.log(x)
        """,
        (-1.0,),
        (0.0,),
        verdict="raises",
    ),
    case(
        "complex numbers",
        """
        def f(z: complex, a: C, x: float):
            return z * x, z.real, z.conjugate(), abs(z), a[0] * z, a * x, a.imag, z**2, -z, z == x, a == a, z + 1
        """,
        (1 + 2j, _of("complex128", 1j, 2), 0.5),
    ),
    case(
        "float32 and Python's numbers",
        """
        def f(a: F, x: float, n: int):
            return a * x, a[0] * x, a + n, a[0] / 3, a.sum(), a.mean(), a @ a, np.sqrt(a[0]), a > x, a[0] > x, -a[0]
        """,
        (_of("float32", 0.1, 0.2, 0.7), 0.1, 3),
    ),
    case(
        "ties and NaN in argmin",
        """
        def f(a: V):
            return a.argmin(), np.argmax(a), a.min(), a.max()
        """,
        (_floats(2.0, 1.0, 1.0, 3.0, 3.0),),
        (_floats(2.0, np.nan, 1.0, np.nan),),
        (ONE,),
    ),
    case(
        "argmin of nothing",
        """
        def f(a: V):
            return a.argmin()
        """,
        (NONE,),
        verdict="raises",
    ),
)

ARRAYS = (
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
        (THREE, _floats(1.0, 2.0, 3.0), 3),
        (THREE, _floats(1.0, 2.0, 3.0), 0),
        (THREE, _floats(1.0, 2.0, 3.0), 1),
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
        (THREE, _floats(1.0), 1),
        (THREE, _floats(1.0), 0),
    ),
    case(
        "a conditional expression of arrays",
        """
        def f(a: V, b: V, n: int):
            c = a if n > 0 else b
            c[0] = 5.0
            return c
        """,
        (THREE, _floats(1.0), 1),
        (THREE, _floats(1.0), 0),
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
        (THREE, _of("int64", 0, 0, 2, -1)),
        (THREE, _of("int64")),
    ),
    case(
        "an index array that is out of range",
        """
        def f(a: V, k: I):
            a[k] = 1.0
            return a
        """,
        (THREE, _of("int64", 0, 3)),
        (THREE, _of("int64", -4)),
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
        (_of("int64", 2, 0, 1),),
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
        (THREE, _floats(1.0, 2.0, 3.0), _of("bool", 1, 0, 1)),
    ),
    case(
        "a mask with too few values",
        """
        def f(a: V, b: V, m: B):
            a[m] = b
            return a
        """,
        (THREE, _floats(1.0, 2.0, 3.0), _of("bool", 1, 0, 1)),
        verdict="raises",
    ),
    case(
        "slices are clipped",
        """
        def f(a: V, n: int):
            return a[n:], a[:n], a[-n:], a[n : n + 2], a[5:1], a[::2], a[n::-1], a[:-n], a[-100:100], a[3:0:-1]
        """,
        (THREE, 0),
        (THREE, 1),
        (THREE, 3),
        (THREE, 9),
        (THREE, -2),
        (THREE, -9),
        (NONE, 1),
    ),
    case(
        "slices in two dimensions",
        """
        def f(A: M, n: int):
            return A[:, n:], A[n:, ::-1], A[..., 0], A[None, :, 1], A[:, None, ::2], A[-1], A[:, -n:]
        """,
        (SQUARE, 1),
        (WIDE, 0),
        (WIDE, 2),
        (WIDE, 5),
    ),
    case(
        "empty matrices",
        """
        def f(A: M):
            return A[:, 1:], A[::-1], A.T, A.reshape(-1), A + 1, A.sum(axis=0), A[:0]
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
        (THREE, _floats(1.0, 2.0)),
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
        verdict="python",
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
        "out= is not compiled",
        """
        def f(a: V, b: V):
            np.add(a, b, out=a)
            return a
        """,
        (THREE, THREE + 1),
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
)

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
)

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
        verdict="python",
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
        (_floats(2.0),),
        (_floats(0.0, -1.0),),
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
        (THREE, _floats(1.0, 2.0), 3),
        (THREE, _floats(1.0, 2.0), 0),
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

CASES = (*CONTROL, *TYPES, *NUMBERS, *ARRAYS, *LISTS, *CALLS)
