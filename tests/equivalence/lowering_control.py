"""Cases of `test_lowering.py`: loops, jumps, names that are bound on some paths."""

from tests.equivalence.lowering_cases import NONE, ODD, THREE, case, floats, of

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
        (floats(0.0),),
        (floats(0.0, 5.0),),
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
        (floats(0.0),),
        (floats(0.0, 5.0),),
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
        (floats(1.0),),
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
        (floats(1.0),),
        (floats(1.0, 3.0),),
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
        "unbound after two empty loops",
        """
        def f(a: V, n: int):
            for i in range(n):
                a[i] = i
            for i in range(n):
                a[i] = a[i] + i
            return i
        """,
        (THREE, 0),
        verdict="raises",
    ),
    case(
        "a loop variable again after a break",
        """
        def f(a: V, n: int):
            for i in range(n):
                if a[i] > 1:
                    break
                a[i] = 2.0
            for i in range(n):
                a[i] = a[i] * i
            return a
        """,
        (THREE, 3),
        (THREE, 0),
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
        (floats(-3.0), 5),
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
    case(
        "a tuple that a loop changes",
        """
        def f(n: int):
            pair = (1.0, 2.0)
            total = 0.0
            for i in range(n):
                total += pair[0]
                pair = (3.0, 4.0)
            return total
        """,
        (3,),
    ),
    case(
        "a tuple that a loop sets before it is read",
        """
        def f(n: int):
            pair = (1.0, 2.0)
            total = pair[1]
            for i in range(n):
                pair = (i, i * i)
                total += pair[0] + pair[1]
            for i in range(3):
                pair = (n, i)
                total += pair[1]
            pair = (n, 2.0)
            return total, pair
        """,
        (0,),
        (4,),
    ),
    case(
        "a tuple behind a loop that may not run",
        """
        def f(n: int):
            pair = (1, 2)
            for i in range(n):
                pair = (n, 7)
                if n > 2:
                    break
            return pair[0]
        """,
        (0,),
        (2,),
        (5,),
    ),
    case(
        "a text that a loop changes",
        """
        def f(n: int):
            mode = "first"
            total = 0.0
            for i in range(n):
                if mode == "first":
                    total += 10.0
                mode = "other"
            return total
        """,
        (3,),
        verdict="python",
    ),
    case(
        "a function that a loop changes",
        """
        def f(n: int):
            g = lambda x: x
            total = 0.0
            for i in range(n):
                total += g(1.0)
                g = lambda x: 2.0 * x
            return total
        """,
        (3,),
        verdict="python",
    ),
    case(
        "a range that a loop changes",
        """
        def f(n: int):
            r = range(3)
            total = 0
            for i in range(n):
                for j in r:
                    total += j
                r = range(i)
            return total
        """,
        (3,),
        verdict="python",
    ),
    case(
        "conditions of several types",
        """
        def f(a: V, mask: B, n: int, k: I8, x: list[float]):
            count = 0
            for i in range(len(a)):
                if i > 0 and mask[i - 1]:
                    count += 1
                if mask[i] or a[i] or n:
                    count += 2
                if not (k[i] and a[i] and mask[i] or i == 1):
                    count += 4
                while n and (a[i] > 1 or not mask[i]):
                    n -= 1
                count += 8 if x and mask[i] and n else 16
            return count, n
        """,
        (THREE, of("bool", 1, 0, 1), 2, of("int8", 1, 1, 0), [1.0]),
        (ODD, of("bool", 0, 0, 1, 1), 0, of("int8", 3, 0, 1, -1), []),
        (NONE, of("bool"), 1, of("int8"), []),
    ),
    case(
        "the second condition is not asked where the first one decides",
        """
        def f(a: V, mask: B, n: int):
            found = -1
            for i in range(len(mask)):
                if i < len(a) and 1 / a[i] > 0.3 and mask[i]:
                    found = i
                if i >= len(a) or a[i] > 2 or mask[n]:
                    found += 10
            return found
        """,
        (THREE, of("bool", 1, 0, 1, 1), 1),
        (floats(0.0, 3.0), of("bool", 1, 0, 1, 1), 2),
        (floats(5.0), of("bool", 1, 0, 1, 1), 99),
    ),
    case(
        "the loops around one that is left go on",
        """
        def f(a: V, n: int):
            found, last = [], 0
            for k in range(2, n):
                m = k + 1
                for x in a:
                    if x > k:
                        break
                    for d in range(2, m):
                        if k % d == 0:
                            last = d + m
                            break
                else:
                    found.append(k)
                    continue
                found.append(m * k)
            return found, last
        """,
        (THREE, 7),
        (floats(9.0), 4),
        (NONE, 3),
        (NONE, 0),
    ),
)
