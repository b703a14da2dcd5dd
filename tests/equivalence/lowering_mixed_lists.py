"""Cases of `test_lowering.py`: lists that hold Python's numbers and NumPy's of one kind."""

import numpy as np

from tests.equivalence.lowering_cases import NONE, ODD, THREE, case, floats

COUNTS = np.array([3, 1, 2])
LONG = floats(*range(1, 12))

MIXED_LISTS = (
    case(
        "a cubic spline",
        """
        def f(x: V, y: V):
            n = len(x) - 1
            h = np.diff(x)
            al = np.zeros(n)
            for i in range(1, n):
                al[i] = 3 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
            l = [1.0]
            mu = [0.0]
            z = [0.0]
            for i in range(1, n):
                l.append(2 * (x[i + 1] - x[i - 1]) - h[i - 1] * mu[i - 1])
                mu.append(h[i] / l[i])
                z.append((al[i] - h[i - 1] * z[i - 1]) / l[i])
            l.append(1.0)
            z.append(0.0)
            c = [0.0] * (n + 1)
            for j in range(n - 1, -1, -1):
                c[j] = z[j] - mu[j] * c[j + 1]
            return np.asarray(c)
        """,
        (LONG, np.sin(LONG)),
        (LONG[:3], np.sin(LONG[:3])),
    ),
    case(
        "a table",
        """
        def f(a: V, b: V):
            D = [[1e9] * (len(b) + 1) for _ in range(len(a) + 1)]
            D[0][0] = 0.0
            for i in range(1, len(a) + 1):
                for j in range(1, len(b) + 1):
                    D[i][j] = abs(a[i - 1] - b[j - 1]) + min(D[i - 1][j], D[i][j - 1], D[i - 1][j - 1])
            return float(D[-1][-1]), np.array(D)
        """,
        (THREE, LONG),
        (NONE, THREE),
    ),
    case(
        "ints, bools and sums",
        """
        def f(counts: I, x: V):
            ints = [0, 1]
            flags = [True] * len(x)
            for k in range(len(counts)):
                ints.append(counts[k] + ints[-1])
                ints[0] = counts[k] * 2
            for k in range(len(x)):
                flags[k] = x[k] > 0
            total = 0
            for k in range(len(flags)):
                if flags[k]:
                    total += 1
            best = float(max(ints)) + ints[0] * x.sum()
            return np.array(ints), total, best, int(sum(ints)), len(ints)
        """,
        (COUNTS, THREE),
        (COUNTS[:0], THREE),
    ),
    case(
        "NumPy's first, then Python's",
        """
        def f(x: V):
            xs = []
            for v in x:
                if v > 0.0:
                    xs.append(v)
                else:
                    xs.append(0.5)
            ys = xs[1:]
            ys.extend([2.0, 3.0])
            s = np.float64(0.0)
            for v in ys:
                s += v * 2
            return s, np.array(ys), sorted(xs)[0] * s, len(xs)
        """,
        (floats(1.0),),
        (THREE,),
    ),
    case(
        "walked, sliced and extended",
        """
        def f(x: V):
            xs = [1.5]
            for v in x:
                if v > 0.0:
                    xs.append(v)
            ys = xs[1:]
            ys.extend([2.0, 3.0])
            s = np.float64(0.0)
            for v in ys:
                s += v * 2
            xs.append(-1.0)
            xs.sort()
            return s, np.mean(xs), np.array(ys), float(xs.pop()) + float(xs[0])
        """,
        (THREE,),
        (NONE,),
    ),
    case(
        "Python's division by zero",
        """
        def f(x: V, k: int):
            xs = [0.0]
            for v in x:
                xs.append(v)
            return float(1.0 / xs[k])
        """,
        (LONG, 0),
        verdict="raises",
    ),
    case(
        "NumPy's division by zero",
        """
        def f(x: V, k: int):
            xs = [0.5]
            for v in x:
                xs.append(v)
            return float(1.0 / xs[k])
        """,
        (floats(0.0), 1),
        verdict="failed",
    ),
    case(
        "division by what is not zero",
        """
        def f(x: V, k: int):
            xs = [0.5]
            for v in x:
                xs.append(v)
            return float(1.0 / xs[k])
        """,
        (THREE, 0),
        (THREE, 2),
        (ODD, 1),
    ),
    case(
        "a mixed list that is returned",
        """
        def f(x: V):
            xs = [1.0]
            xs.append(x[0])
            return xs
        """,
        (THREE,),
        verdict="python",
    ),
    case(
        "a number of a mixed list that is returned",
        """
        def f(x: V):
            xs = [1.0]
            xs.append(x[0])
            return xs[0] * 2
        """,
        (THREE,),
        verdict="python",
    ),
    case(
        "a variable of a mixed list that is returned",
        """
        def f(x: V):
            xs = [1.0]
            xs.append(x[0])
            best = 0.0
            for v in xs:
                if v > best:
                    best = v
            return best
        """,
        (THREE,),
        verdict="python",
    ),
    case(
        "a mixed list of tuples",
        """
        def f(x: V):
            pairs = [(0, 1.0)]
            for k in range(len(x)):
                pairs.append((k, x[k]))
            total = np.float64(0.0)
            for k, v in pairs:
                total += k * v
            return total, np.array(pairs)
        """,
        (THREE,),
        (NONE,),
    ),
    case(
        "a mixed list of tuples that is returned",
        """
        def f(x: V):
            pairs = [(0, 1.0)]
            pairs.append((1, x[0]))
            return pairs
        """,
        (THREE,),
        verdict="python",
    ),
    case(
        "a mixed list that is read with numbers of another width",
        """
        def f(x: V, w: F):
            xs = [1.0]
            xs.append(x[0])
            return xs[0] * w
        """,
        (THREE, np.ones(2, dtype=np.float32)),
        verdict="python",
    ),
    case(
        "a list of the caller's does not become mixed",
        """
        def f(xs: list[float], x: V):
            xs[0] = x[0]
            return 1
        """,
        ([1.0], THREE),
        verdict="python",
    ),
)
