"""Cases of `test_lowering.py`: match statements."""

from tests.equivalence.lowering_cases import NONE, THREE, WIDE, case

MATCHING = (
    case(
        "a match on an int",
        """
        def f(k: int, x: float):
            match k:
                case 0:
                    y = x
                case 1 | 2:
                    y = x * 2.0
                case -3: y = -x
                case n if n < 0:
                    y = x + n
                case _:
                    y = 0.0
            return y
        """,
        *((k, 1.5) for k in (0, 1, 2, 3, -1, -3)),
    ),
    case(
        "a match in a loop, on what is computed",
        """
        def f(a: V, n: int):
            total, odd = 0.0, 0
            for i in range(a.shape[0]):
                match (i * n) % 3:
                    case 0:
                        total += a[i]
                    case 1:
                        continue
                    case rest:
                        odd += rest
                total *= 2.0
            return total, odd
        """,
        (THREE, 2),
        (NONE, 1),
    ),
    case(
        "a match without a case that matches leaves names as they are",
        """
        def f(x: float):
            y = 1.0
            match x:
                case 0.0:
                    y = 2.0
                case 1:
                    y = 3.0
            return y
        """,
        (0.0,),
        (-0.0,),
        (1.0,),
        (float("nan"),),
    ),
    case(
        "a match on tuples",
        """
        def f(k: int, m: int, x: float):
            match (k > 0, m):
                case (1, 0):
                    return x
                case (1, other):
                    return x + other
                case (_, 1 | 2) as pair:
                    return x * pair[1]
            return -x
        """,
        *((k, m, 2.5) for k in (0, 1) for m in (0, 1, 3)),
    ),
    case(
        "cases that cannot be",
        """
        def f(A: M, k: int):
            match A.shape:
                case (n,):
                    found = n
                case (0, _):
                    found = -1
                case (rows, columns):
                    found = rows * 10 + columns
            match k:
                case (a, b):
                    found += 100
                case 5:
                    found += 1000
            return found
        """,
        (WIDE, 5),
        (WIDE[:0], 4),
    ),
    case(
        "a match in a match",
        """
        def f(k: int, m: int):
            match k:
                case 0:
                    match m + 1:
                        case 1:
                            return 10
                        case k:
                            return k
                case _ if m > 2:
                    return 30
            return k
        """,
        *((k, m) for k in (0, 1) for m in (0, 1, 3)),
    ),
    case(
        "None, True and False are what is, not what is equal",
        """
        def f(k: int, b: bool, a: V):
            match k:
                case True:
                    found = 1
                case None | False:
                    found = 2
                case _:
                    found = 3
            match b, a[0] > 0.0:
                case True, True:
                    found += 10
                case False, _:
                    found += 20
            return found
        """,
        *((k, b, THREE) for k in (0, 1) for b in (False, True)),
    ),
    case(
        "a class in a case",
        """
        def f(k: int):
            match k:
                case int(n):
                    return n
            return 0
        """,
        (1,),
        verdict="python",
    ),
)
