"""Cases of `test_lowering.py`: lists of tuples of numbers."""

from tests.equivalence.lowering_cases import NONE, ODD, THREE, case, floats

TUPLE_LISTS = (
    case(
        "a stack of places",
        """
        def f(n: int, m: int, y0: int, x0: int):
            seen = np.zeros((n, m), dtype=np.int64)
            stack = [(y0, x0)]
            count = 0
            while stack:
                y, x = stack.pop()
                if 0 <= y < n and 0 <= x < m and seen[y, x] == 0 and (y + x) % 3 != 1:
                    count += 1
                    seen[y, x] = count
                    stack.append((y + 1, x))
                    stack.append((y - 1, x))
                    stack.append((y, x + 1))
                    stack.append((y, x - 1))
            return seen, not stack
        """,
        (5, 6, 2, 2),
        (1, 1, 0, 0),
        (3, 3, 7, 0),
        (0, 0, 0, 0),
    ),
    case(
        "a queue with a head",
        """
        def f(n: int):
            queue = [(0, n)]
            head = 0
            total = 0
            while head < len(queue):
                depth, v = queue[head]
                head += 1
                total += depth * v + queue[-1][0]
                if v > 1:
                    queue.append((depth + 1, v // 2))
                    queue.append((depth + 1, v - v // 2 - 1))
            return total, queue, len(queue)
        """,
        (1,),
        (9,),
        (100,),
    ),
    case(
        "tuples of several types, walked and returned",
        """
        def f(x: V, t: float):
            edges = []
            for i in range(len(x)):
                for j in range(i + 1, len(x)):
                    d = abs(x[i] - x[j])
                    if d < t:
                        edges.append((i, j, d, i < 2))
            total = 0.0
            for i, j, d, low in edges:
                if low:
                    total += d * i - j
            for k, (i, j, d, low) in enumerate(edges):
                total += k * d
            last = 0.0
            if len(edges) > 1:
                last = edges[-1][2] + edges[1][0]
            return edges, total, last
        """,
        (NONE, 1.0),
        (THREE, 9.0),
        (ODD, 9.0),
        (floats(*range(12)), 3.5),
    ),
    case(
        "known tuples",
        """
        def f(n: int):
            moves = [(0, 1), (1, 0), (0, -1), (-1, 0)]
            y = x = 0
            for k in range(n):
                dy, dx = moves[k % 4]
                y += dy * k
                x += dx * k
            for dy, dx in moves:
                y += dy - 2 * dx
            return y, x, moves, moves[n % 4], moves[1], moves[-1][1]
        """,
        (0,),
        (7,),
    ),
    case(
        "items assigned",
        """
        def f(n: int):
            pairs = [(0, 0.5)]
            for i in range(n):
                pairs.append((i, i * 0.5))
            pairs[0] = (n, 9.5)
            pairs[-1] = (pairs[0][0], pairs[-1][1] + pairs[0][1])
            first = pairs[0]
            pairs[0] = (-1, -1.0)
            return pairs, first
        """,
        (0,),
        (5,),
    ),
    case(
        "a tuple keeps what was popped",
        """
        def f(n: int):
            stack = [(n, 1)]
            a = stack.pop()
            stack.append((n + 1, 2))
            b = stack[-1]
            stack.pop()
            stack.append((n + 2, 3))
            return a, b, stack[0]
        """,
        (4,),
    ),
    case(
        "pop, extend, clear, copy",
        """
        def f(n: int):
            xs = [(0, 1.0), (1, 2.0)]
            for i in range(n):
                xs += [(i, 0.5), (i + 1, 1.5)]
                xs.extend(xs)
                a, b = xs.pop(0)
                c, d = xs.pop(-2)
                xs.append((a + c, b * d))
                if len(xs) > 40:
                    xs.clear()
            ys = xs.copy()
            xs.append((7, 7.0))
            return xs, ys, xs[1:-1:2]
        """,
        (0,),
        (3,),
        (6,),
    ),
    case(
        "pop from an empty list of tuples",
        """
        def f(n: int):
            xs = [(1, 2.0)]
            for i in range(n):
                a, b = xs.pop()
            return a, b
        """,
        (2,),
        verdict="raises",
    ),
    case(
        "no item there",
        """
        def f(n: int):
            xs = [(1, 2.0)]
            xs.append((n, 3.0))
            return xs[n]
        """,
        (2,),
        (-3,),
        verdict="raises",
    ),
    case(
        "items there",
        """
        def f(n: int):
            xs = [(1, 2.0)]
            xs.append((n, 3.0))
            return xs[n]
        """,
        (1,),
        (-2,),
    ),
    case(
        "comprehensions of tuples",
        """
        def f(n: int, x: V):
            squares = [(i, i * i) for i in range(n)]
            large = [(k, v) for k, v in enumerate(x) if v > 0.0]
            pairs = [(i, j) for i in range(n) for j in range(i)]
            return squares, large, pairs, len(pairs)
        """,
        (0, NONE),
        (4, THREE),
    ),
    case(
        "as an array",
        """
        def f(n: int):
            points = []
            for i in range(n):
                points.append((i, i * 0.5))
            a = np.array(points)
            return a * 2, np.mean(points, axis=0), np.asarray(points).shape
        """,
        (1,),
        (7,),
    ),
    case(
        "no points as an array",
        """
        def f(n: int):
            points = []
            for i in range(n):
                points.append((i, i * 0.5))
            return np.array(points)
        """,
        (0,),
        verdict="failed",
    ),
    case(
        "tuples in tuples",
        """
        def f(n: int):
            queue = [(0.0, (0, n))]
            total = 0.0
            while queue:
                cost, (y, x) = queue.pop()
                total += cost + y - x
                if x > 0:
                    queue.append((cost + 0.5, (y + 1, x - 1)))
            return total
        """,
        (0,),
        (5,),
    ),
    case(
        "helpers that append tuples and make such lists",
        """
        def visit(stack, y, x):
            if y > 0:
                stack.append((y - 1, x))
            if x > 0:
                stack.append((y, x - 1))

        def pairs(n):
            found = [(0, 0)]
            if n < 2:
                return found
            for i in range(n):
                found.append((i, n))
            return found

        def f(n: int):
            stack = [(n, n)]
            count = 0
            while stack:
                y, x = stack.pop()
                count += 1
                visit(stack, y, x)
            return count, pairs(n), stack
        """,
        (0,),
        (4,),
    ),
    case(
        "two names of one list of tuples",
        """
        def f(n: int):
            a = []
            b = a
            for i in range(n):
                a.append((i, 0.5))
                b.append((-i, 1.5))
            return a, len(b)
        """,
        (0,),
        (5,),
    ),
    case(
        "a list of tuples returned twice",
        """
        def f(n: int):
            a = [(0, n)]
            a.append((1, 2))
            return a, a
        """,
        (3,),
        verdict="python",
    ),
    case(
        "tuples of other types",
        """
        def f(n: int):
            xs = [(0, 0)]
            for i in range(n):
                xs.append((i, 0.5 * i))
            return xs
        """,
        (3,),
        verdict="python",
    ),
    case(
        "tuples of another length",
        """
        def f(n: int):
            xs = [(0, 0)]
            for i in range(n):
                xs.append((i, i, i))
            return xs
        """,
        (3,),
        verdict="python",
    ),
    case(
        "a list of tuples that changes while it is walked",
        """
        def f(n: int):
            xs = [(0, 0)]
            ys = [1, 2]
            for k, ((a, b), y) in enumerate(zip(xs, ys)):
                if k < n:
                    xs.append((a + 1, b))
            return xs
        """,
        (3,),
        verdict="python",
    ),
    case(
        "an item of a tuple in a list assigned",
        """
        def f(n: int):
            xs = [(0, n), (1, 2)]
            xs[0][1] = 5
            return xs
        """,
        (3,),
        verdict="python",
    ),
    case(
        "subscripts that change the length",
        """
        def f(n: int):
            xs = [7, 8, 9, n]
            first = xs[xs.pop()]
            xs.append(n)
            xs[xs.pop()] = 5
            ys = [(1, 2), (3, 4), (5, n)]
            second = ys[ys.pop()[1]]
            ys.append((7, n))
            ys[ys.pop()[1]] = (8, 9)
            return first, xs, second, ys
        """,
        (-1,),
        (0,),
        (1,),
    ),
    case(
        "a place that the value moves",
        """
        def f(n: int):
            xs = [7, 8, 9, n]
            xs[-1] += xs.pop()
            return xs
        """,
        (2,),
        verdict="python",
    ),
    case(
        "made on both paths, in a loop",
        """
        def f(n: int):
            total = 0
            for k in range(n):
                if k % 2 == 0:
                    xs = [(k, 1)]
                else:
                    xs = []
                    xs.append((1, k))
                xs.append((k, k))
                for a, b in xs:
                    total += a * b
            return total
        """,
        (0,),
        (5,),
    ),
    case(
        "unpacked, reversed and zipped",
        """
        def f(n: int, x: V):
            xs = [(n, 1)]
            xs.append((2, n))
            (a, b), (c, d) = xs
            total = 0.0
            for p, q in reversed(xs):
                total = total * 0.5 + p - q
            for (p, q), v in zip(xs, x):
                total += p * v
            return a, b, c, d, total
        """,
        (5, THREE),
        (2, NONE),
    ),
)
