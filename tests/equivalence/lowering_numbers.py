"""Cases of `test_lowering.py`: arithmetic of numbers."""

import numpy as np

from tests.equivalence.lowering_cases import NONE, ONE, THREE, case, floats, of

NUMBERS = (
    case(
        "an int that does not fit into int8",
        """
        def f(a: I8, n: int):
            a[0] = n
            return a
        """,
        (of("int8", 1), 300),
        (of("int8", 1), -129),
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
        (of("int8", 1, 2), -128),
    ),
    case(
        "an int into a view of uint8",
        """
        def f(a: U8, n: int):
            a[:] = n
            return a
        """,
        (of("uint8", 1, 2), -1),
        verdict="raises",
    ),
    case(
        "a constant that does not fit",
        """
        def f(a: U8):
            a[0] = 300
            return a
        """,
        (of("uint8", 1, 2),),
        verdict="raises",
    ),
    case(
        "a mask and an int that does not fit",
        """
        def f(a: U8, m: B, n: int):
            a[m] = n
            return a
        """,
        (of("uint8", 1, 2), of("bool", 1, 0), 256),
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
        (of("int64", 1, 2), 2.75),
        (of("int64", 1, 2), -2.75),
    ),
    case(
        "NaN into an int array",
        """
        def f(a: I, s: float):
            a[0] = s
            return a
        """,
        (of("int64", 1), float("nan")),
        (of("int64", 1), float("inf")),
        (of("int64", 1), 1e300),
        verdict="raises",
    ),
    case(
        "a float into a narrow array",
        """
        def f(a: I8, s: float):
            a[0] = s
            return a
        """,
        (of("int8", 1), 3.9),
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
        (floats(7.5, -7.5, 0.0, 1.0, np.inf), floats(2.0, 2.0, -3.0, np.inf, 2.0)),
        (floats(1.0, -1.0, 0.0), floats(0.0, 0.0, 0.0)),
    ),
    case(
        "floor division of NumPy's ints",
        """
        def f(a: I8, b: I8):
            return a // b, a % b
        """,
        (of("int8", 7, -7, 7, -7, -128), of("int8", 2, 2, -2, -2, 3)),
    ),
    case(
        "powers",
        """
        def f(x: float, n: int, a: V, k: I):
            b = a[0] ** 2, k**2, k**3, a**3, a**n, x**n
            return x**2, x**3, x**-1, x**0.5, n**2, n**3, n**0, a**2, a**-1, a**0.5, b
        """,
        (2.5, 3, THREE, of("int64", 2, -3)),
        (0.1, 0, floats(0.0, 4.0), of("int64", 0)),
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
        "an int to the power of an int",
        """
        def f(a: V, n: int, k: int):
            b = np.zeros((2**k, n ** (k - 1)))
            for i in range(k):
                a[i] += n**i
            return b, n**k, (-n) ** k, a, [2**i for i in range(3)]
        """,
        (THREE, 3, 3),
        (THREE, 1, 2),
        (THREE, -2, 3),
    ),
    case(
        "an int to the power of an int that is negative",
        """
        def f(n: int, k: int):
            return n**k
        """,
        (3, -1),
        (1, -1),
        verdict="failed",
    ),
    case(
        "an int to the power of what looks negative",
        """
        def f(n: int, k: int):
            return n**-k
        """,
        (3, 1),
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
        (5, 3, of("int8", 5, -5, 127), of("uint8", 255, 3)),
        (0, 0, of("int8", 1), of("uint8", 1)),
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
            b = abs(a), -u, a + u, a * k, ~u
            return a + a, a * 3, -a, u - 1, u + u, a[0] + a[0], u[0] - u[1], k + k, b
        """,
        (of("int8", 127, -128), of("uint8", 3, 200), of("int64", 2**62, -(2**63))),
    ),
    case(
        "comparing ints of different sizes",
        """
        def f(a: I8, u: U8, n: int):
            return a < n, u > n, a[0] == n, u[0] <= n, a < u, u == -1, a < 1000, n >= a
        """,
        (of("int8", 5, -5), of("uint8", 200, 5), 300),
        (of("int8", 5, -5), of("uint8", 200, 5), -5),
    ),
    case(
        "a Python int beside int8",
        """
        def f(a: I8, n: int):
            return a + n, a[0] * n
        """,
        (of("int8", 5, -5), 100),
    ),
    case(
        "a Python int too large for int8",
        """
        def f(a: I8, n: int):
            return a + n
        """,
        (of("int8", 5, -5), 200),
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
            b = z**2, -z, z == x, a == a, z + 1
            return z * x, z.real, z.conjugate(), abs(z), a[0] * z, a * x, a.imag + 0, b
        """,
        (1 + 2j, of("complex128", 1j, 2), 0.5),
    ),
    case(
        "float32 and Python's numbers",
        """
        def f(a: F, x: float, n: int):
            b = np.sqrt(a[0]), a > x, a[0] > x, -a[0]
            return a * x, a[0] * x, a + n, a[0] / 3, a.sum(), a.mean(), a @ a, b
        """,
        (of("float32", 0.1, 0.2, 0.7), 0.1, 3),
    ),
    case(
        "ties and NaN in argmin",
        """
        def f(a: V):
            return a.argmin(), np.argmax(a), a.min(), a.max()
        """,
        (floats(2.0, 1.0, 1.0, 3.0, 3.0),),
        (floats(2.0, np.nan, 1.0, np.nan),),
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
    case(
        "bits that are set",
        """
        def f(n: int, a: I):
            total = 0
            for s in range(-n, n):
                total += s.bit_count() * 10 + bin(s).count("1")
            return total, bin(n > 2).count("1"), [bin(x).count("1") for x in a]
        """,
        (5, of("int64", 1, -7, 2**62)),
        (0, of("int64")),
    ),
)
