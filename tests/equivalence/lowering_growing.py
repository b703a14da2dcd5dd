"""Cases of `test_lowering.py`: lists that grow."""

from tests.equivalence.lowering_cases import NONE, ODD, THREE, case, floats

GROWING = (
    case(
        "appends under conditions",
        """
        def f(xs: list[float], n: int):
            out = []
            for x in xs:
                if x > 0:
                    out.append(x * n)
            return out, len(out)
        """,
        ([1.0, -2.0, 3.0], 2),
        ([], 1),
        ([1.0] * 30, 1),
    ),
    case(
        "appends of NumPy's numbers",
        """
        def f(a: V):
            out: list[float] = []
            for i in range(len(a)):
                out.append(a[i] * 2)
            return out
        """,
        (NONE,),
        (THREE,),
        (ODD,),
    ),
    case(
        "several appends in one turn, and reads of what was appended",
        """
        def f(n: int):
            xs = [1.0]
            counts = []
            for i in range(1, n, 2):
                xs.append(xs[-1] * 0.5 + i)
                counts.append(len(xs))
                xs.append(xs[i] - xs[0])
            total = 0.0
            for k in range(len(xs)):
                total += xs[k]
            return xs, counts, total
        """,
        (0,),
        (1,),
        (9,),
        (40,),
    ),
    case(
        "while loops, break and continue",
        """
        def f(n: int):
            found = []
            k = 1
            while len(found) < n:
                k += 1
                if k % 3 == 0:
                    continue
                if k > 50:
                    break
                found.append(k)
            return found
        """,
        (0,),
        (7,),
        (100,),
    ),
    case(
        "a stack",
        """
        def f(n: int):
            stack = [n]
            order = []
            while stack:
                v = stack.pop()
                order.append(v)
                if v > 1:
                    stack.append(v // 2)
                    stack.append(v - 2)
                if len(order) > 60:
                    stack.clear()
            return order, not stack
        """,
        (1,),
        (9,),
        (40,),
    ),
    case(
        "a queue",
        """
        def f(n: int, k: int):
            queue = [0, 1, 2]
            seen = 0
            while len(queue) > 0 and seen < n:
                v = queue.pop(0)
                seen += 1
                if v % 2 == 0:
                    queue.append(v + 1)
                queue += [v * 2 + 1]
                queue.extend([v, v])
                w = queue.pop(k)
                queue.append(w)
            return queue, seen
        """,
        (0, 0),
        (5, -2),
        (12, 1),
    ),
    case(
        "pop from an empty list",
        """
        def f(n: int):
            xs = [1.0] * n
            y = xs.pop()
            return y + xs.pop()
        """,
        (0,),
        (1,),
        verdict="raises",
    ),
    case(
        "as an array",
        """
        def f(a: V, t: float):
            chosen = []
            for x in a:
                if x > t:
                    chosen.append(x)
            b = np.array(chosen)
            s = np.sum(chosen)
            return b * 2, s, len(b)
        """,
        (THREE, 0.0),
        (floats(*range(40)), 3.0),
    ),
    case(
        "made anew in a loop",
        """
        def f(n: int):
            total = 0
            sizes = []
            for i in range(n):
                row = []
                for j in range(i):
                    if (i + j) % 3 == 0:
                        row.append(i * j)
                total += len(row)
                sizes.append(len(row))
                for v in row:
                    total += v
            return total, sizes
        """,
        (0,),
        (12,),
    ),
    case(
        "flushed groups",
        """
        def f(xs: list[float]):
            sums = []
            group = []
            for x in xs:
                if x < 0.0:
                    sums.append(sum(group))
                    group = []
                else:
                    group.append(x)
            sums.append(sum(group))
            return sums
        """,
        ([1.0, 2.0, -1.0, 4.0],),
        verdict="python",
    ),
    case(
        "rows of rows",
        """
        def f(n: int, m: int):
            rows = []
            for i in range(n):
                row = []
                for j in range(m):
                    row.append(i * 1.0 - j)
                rows.append(row)
            rows[0][0] = 7.0
            for i in range(len(rows)):
                rows[i][-1] += rows[i - 1][0]
            return rows, np.array(rows).sum(axis=0)
        """,
        (3, 2),
        (12, 5),
        (1, 1),
    ),
    case(
        "ragged rows of a list that grows",
        """
        def f(n: int):
            rows = []
            for i in range(n):
                row = [0.0]
                for j in range(i):
                    row.append(1.0)
                rows.append(row)
            return rows
        """,
        (1,),
    ),
    case(
        "one row many times",
        """
        def f(n: int):
            rows = []
            row = [0.0, 1.0]
            for i in range(n):
                row.append(2.0)
                rows.append(row)
            return rows
        """,
        (3,),
        verdict="python",
    ),
    case(
        "a row that may be the last one",
        """
        def f(n: int):
            rows = []
            for i in range(n):
                if i % 2 == 0:
                    row = []
                row.append(i)
                rows.append(row)
            return rows
        """,
        (3,),
        verdict="python",
    ),
    case(
        "two names of one list",
        """
        def f(n: int):
            a = []
            b = a
            for i in range(n):
                a.append(i)
                b.append(-i)
            return a, len(b)
        """,
        (0,),
        (5,),
    ),
    case(
        "two names, one of which gets a new list",
        """
        def f(n: int):
            a = [1]
            b = a
            for i in range(n):
                a = []
                a.append(i)
            return a, b
        """,
        (3,),
        verdict="python",
    ),
    case(
        "helpers that append and that make lists",
        """
        def add(out, x):
            if x > 1:
                out.append(x)
            out.append(x / 2)

        def evens(n):
            found = []
            if n < 2:
                return found
            for i in range(0, n, 2):
                found.append(i)
            return found

        def f(xs: list[float], n: int):
            out = []
            for x in xs:
                add(out, x)
            total = 0
            for k in range(n):
                e = evens(k)
                total += len(e)
                for v in e:
                    total += v
            def closed(x):
                out.append(x)
            closed(3.0)
            return out, total, evens(n)
        """,
        ([1.0, 2.0], 7),
        ([], 0),
    ),
    case(
        "a list of the caller's does not grow",
        """
        def f(xs: list[float]):
            xs.append(1.0)
            return xs
        """,
        ([1.0],),
        verdict="python",
    ),
    case(
        "another name for a list of the caller's does not grow",
        """
        def f(xs: list[float]):
            ys = xs
            ys.append(1.0)
            return ys
        """,
        ([1.0],),
        verdict="python",
    ),
    case(
        "mixed types of elements",
        """
        def f(n: int):
            xs = [0]
            for i in range(n):
                xs.append(i * 0.5)
            return xs
        """,
        (3,),
        verdict="python",
    ),
    case(
        "a list that changes while it is walked",
        """
        def f(n: int):
            xs = [1]
            for x in xs:
                if x < n:
                    xs.append(x + 1)
            return xs
        """,
        (3,),
        verdict="python",
    ),
    case(
        "a list returned twice",
        """
        def f(n: int):
            xs = []
            for i in range(n):
                xs.append(i)
            return xs, xs
        """,
        (3,),
        verdict="python",
    ),
    case(
        "made on both paths",
        """
        def f(n: int):
            if n > 2:
                xs = [1.5]
            else:
                xs = []
                xs.append(0.5)
            xs.append(2.0)
            return xs
        """,
        (1,),
        (5,),
    ),
    case(
        "elements assigned",
        """
        def f(n: int):
            sieve = [True] * n
            primes = []
            for p in range(2, n):
                if sieve[p]:
                    primes.append(p)
                    for q in range(p * p, n, p):
                        sieve[q] = False
            for k in range(len(primes)):
                primes[k] = primes[k] * 2
                primes[-1] += 1
            return primes
        """,
        (0,),
        (60,),
    ),
    case(
        "never filled",
        """
        def f(n: int):
            xs = []
            if xs:
                n += 1
            return len(xs), xs, n
        """,
        (3,),
    ),
    case(
        "slices of lists are new lists",
        """
        def f(xs: list[float]):
            ys = xs[1:]
            ys[0] = 9.0
            zs = ys[::-1]
            return xs, ys, zs, sum(xs[:2])
        """,
        ([1.0, 2.0, 3.0],),
    ),
)
