"""Programs in which every statement may meet every other: few names, many accesses, near each other.

    d = np.full(n, 2.0)                         a temporary, which has a value before
    for i in range(1, n - 1):
        e = (a[i] + d[i - 1]) * 0.5             a number of one iteration, or of the next
        if k[i] % 3 < 1:
            d[i] = e
        t = min(t, c[i // 2])

The pieces of `programs` are what users write; here is what passes and backends have to tell apart. Some
subscripts leave their arrays, and some assertions fail: then the original raises.
"""

from collections.abc import Callable, Sequence

from hypothesis import strategies as st
from msgspec import Struct

from pyaot.ir.types import DType
from pyaot.verify.arrays import PLAIN
from tests.strategies.expressions import Draw, Lines, shift
from tests.strategies.programs import Case, arguments_of, text_of

_FORMS = (
    "({} + {}) * 0.5",
    "({} - {}) * 0.5",
    "({} - {}) * 0.5",
    "{} * 0.25 - {}",
    "{} + 0.0 * {}",
    "{} * 1.0 - {} * -0.0",
    "min({}, {})",
    "max({}, {})",
    "({0} if {0} < {1} else {1})",
    "({1} if {0} > {1} else {0})",
    "abs({}) - {}",
)
_CONSTANTS = ("0.0", "1.0", "-0.0", "2.0", "0.5", "3")
_COMPARED = ("<", "<=", ">", ">=", "==", "!=")


class Names(Struct):
    """What a block of statements may name: vectors, matrices, numbers and indices of the loops around."""

    draw: Draw
    vectors: tuple[str, ...]
    matrices: tuple[str, ...]
    numbers: tuple[str, ...]
    indices: tuple[str, ...] = ()
    low: int = 1  # how far subscripts may go below the loops' ranges
    high: int = 1
    most: int = 2  # statements of a loop
    depth: int = 1  # of expressions
    vector: str = ""  # written last, if any
    matrix: str = ""
    is_below: bool = False  # whether the indices are negative

    def any_of(self, choices: Sequence[str]) -> str:
        """One of them."""
        return self.draw(st.sampled_from(choices))

    def chance(self, most: int) -> bool:
        """Once in so many times."""
        return self.draw(st.integers(1, most)) == 1


# ---- expressions ------------------------------------------------------------------------------------------


def near(names: Names, index: str) -> str:
    """`i - 1`, `i`, `i + 1`."""
    return shift(index, names.draw(st.sampled_from((0, *range(-names.low, names.high + 1)))))


def place_in_vector(names: Names) -> str:
    """A subscript of a vector: near the iteration, or folded, reversed, from the end, or data."""
    index = names.indices[0]
    if names.is_below:
        return names.any_of((near(names, index), f"{near(names, index)} + n"))
    if not names.chance(3):
        return near(names, index)
    odd = (
        f"{index} // 2",
        f"{index} // 2 - 1",
        f"({index} - 2) // 3",
        f"2 * {index} % n",
        f"({index} - 3) % 5 % n",
        f"n - 1 - {index}",
        f"-1 - {index}",
        f"{index} - 3",
        "-1",
        "-2",
        "-3",
        "0",
        "k[0]" if names.chance(2) else "-2",
        f"k[{index}]",
        f"int(np.int64({index} * 64).astype(np.uint8)) // 64",
    )
    text = names.any_of(odd)
    return text.replace("k[0]", "(k[0] % n - 1)").replace(f"k[{index}]", f"(k[{index}] % n - 1)")


def element(names: Names) -> str:
    """An element of a vector or a matrix near the iteration, or an array of one."""
    if len(names.indices) > 1 and not names.chance(4):
        rows, columns = names.indices
        matrix = names.matrix if names.matrix and names.chance(3) else names.any_of(names.matrices)
        return f"{matrix}[{near(names, rows)}, {near(names, columns)}]"
    vector = names.vector if names.vector and names.chance(3) else names.any_of(names.vectors)
    return f"{vector}[{place_in_vector(names)}]"


def value(names: Names, depth: int | None = None) -> str:
    """A float of elements, numbers and constants; none of its operations makes it much larger."""
    depth = names.depth if depth is None else depth
    kind = names.draw(st.integers(0, 9))
    if depth == 0 or kind < 3:
        return element(names)
    if kind == 3 and names.chance(2):
        return names.any_of((*names.numbers, *_CONSTANTS, names.indices[-1]))
    return names.any_of(_FORMS).format(value(names, depth - 1), value(names, depth - 1))


def condition(names: Names) -> str:
    """A comparison of elements, of indices, of what is folded or wraps; also its negation."""
    index, compared = names.indices[-1], names.any_of(_COMPARED)
    forms = (
        f"{element(names)} {compared} {value(names, 0)}",
        f"{element(names)} > {value(names, 1)} and {index} {compared} 3",
        f"{index} {compared} {names.draw(st.integers(0, 5))}",
        *[f"{index} > {names.low}", f"{index} > {names.low + 1}", f"{index} != 3"] * 2,
        f"({index} - 3) // 2 {compared} {names.draw(st.integers(-2, 2))}",
        f"{index} % 2 == {names.draw(st.integers(0, 1))}",
        f"(3 - {index}) % 4 {compared} 1",
        f"int(np.int64({index} - 2).astype(np.uint8)) {compared} n",
        f"{names.numbers[0]} {compared} 1.5",
        f"n - {index} {compared} 3",
    )
    text = names.any_of(forms)
    return f"not ({text})" if names.chance(3) else text


# ---- statements -------------------------------------------------------------------------------------------


def statement(names: Names, depth: int = 1) -> Lines:
    """One statement of a loop's body."""
    kinds: list[tuple[int, Callable[[Names], Lines]]] = [
        (10, store),
        (2, number),
        (3, gathered),
        (1, exchange),
    ]
    if depth:
        kinds.append((6, branch))
    chosen = names.draw(st.sampled_from([kind for weight, kind in kinds for _ in range(weight)]))
    return chosen(names)


def statements(names: Names) -> Lines:
    """The body of a loop."""
    return [line for _ in range(names.draw(st.integers(1, names.most))) for line in statement(names)]


def store(names: Names) -> Lines:
    """An element gets a value or a part of one; what follows reads the same array more often."""
    operator = names.any_of(("=", "=", "=", "+=", "-="))
    index = names.indices
    if len(index) > 1 and not names.chance(4):
        names.matrix = names.any_of(names.matrices)
        target = f"{names.matrix}[{index[0]}, {index[1]}]"
    else:
        names.vector = names.any_of(names.vectors)
        target = f"{names.vector}[{place_in_vector(names) if names.chance(3) else index[0]}]"
    return [f"{target} {operator} {value(names)}"]


def number(names: Names) -> Lines:
    """A number of the iteration, which others of its name may have set before."""
    name = names.any_of(names.numbers)
    return [f"{name} = {names.any_of((value(names), value(names), *_CONSTANTS))}"]


def gathered(names: Names) -> Lines:
    """Sums, differences, products, extremes and their places, counts, bits, and what is like them."""
    new, index = value(names, 1), names.indices[-1]
    return names.draw(
        st.sampled_from(
            (
                [f"t = t + {new}"],
                [f"t = t - {new}"],
                [f"t = {new} - t"],
                [f"t = min(t, {new})"],
                [f"t = max({new}, t)"],
                [f"e = {new}", "t = e if e < t else t"],
                [f"e = {new}", "t = e if e > t else t"],
                [f"e = {new}", "if e < t:", "    t = e", f"    g = {index}"],
                [f"if {new} > 0.5:", "    g += 1"],
                [f"g = g + {index}"],
                [f"g = g ^ {index}"],
                [f"g = g | {index}"],
                [f"g = {index}"],
                [f"t = t * 0.5 + {new}"],
                [f"t = t * (1.0 + ({new}) * 0.001)"],
            )
        )
    )


def exchange(names: Names) -> Lines:
    """Two elements change places, perhaps by a number between."""
    first, second = element(names), element(names)
    if names.chance(2):
        return [f"{first}, {second} = {second}, {first}"]
    return [f"e = {first}", f"{first} = {second}", f"{second} = e"]


def branch(names: Names) -> Lines:
    """What one branch sets the other may not set."""
    lines = [f"if {condition(names)}:", *_indented(statement(names, 0))]
    if names.chance(3):
        lines += _indented(statement(names, 0))
    if names.chance(2):
        lines += ["else:", *_indented(statement(names, 0))]
    return lines


def _indented(lines: Lines) -> Lines:
    return [f"    {line}" for line in lines]


# ---- loops ------------------------------------------------------------------------------------------------


def vector_loop(names: Names) -> Lines:
    """A loop over a part of the vectors; up, down, in steps."""
    names.indices = ("i",)
    stop = shift("n", -names.high)
    heads = [f"range({names.low}, {stop})"] * 5
    heads += [f"range({names.low}, {stop}, 2)", f"range({shift('n', -names.high - 1)}, {names.low - 1}, -1)"]
    head = names.any_of(heads)
    if names.chance(6):
        head = names.any_of((f"range({names.low}, n + 1)", f"range({names.low}, len(k) + 1)", "range(n)"))
    names.is_below = names.chance(10)
    if names.is_below:
        head = f"range({names.low} - n, {-names.high})"
    body = statements(names)
    names.is_below = False
    return [f"for i in {head}:", *_indented(body)]


def nest(names: Names) -> Lines:
    """Two loops over a part of the matrices, either of them outside, perhaps with more around one."""
    names.indices = ("i", "j")
    rows = f"for i in range({names.low}, {shift('n', -names.high)}):"
    columns = f"for j in range({names.low}, {shift('m', -names.high)}):"
    outer, inner = (columns, rows) if names.chance(3) else (rows, columns)
    body = statements(names)
    before: Lines = []
    after: Lines = []
    if outer == rows and names.chance(3):
        names.indices = ("i",)
        before, after = statement(names), statement(names)
    return [outer, *_indented(before), f"    {inner}", *_indented(_indented(body)), *_indented(after)]


def neighbours(names: Names) -> Lines:
    """Loops of one kind, one after the other: they may become one."""
    kind = vector_loop if names.chance(2) else nest
    return [line for _ in range(names.draw(st.integers(2, 3))) for line in kind(names)]


def renamed(names: Names) -> Lines:
    """Rounds in which names change places, and loops over them and over the arrays that they stand for."""
    first, second = names.draw(st.sampled_from((("a", "b"), ("a", "b"), ("b", "d"))))
    names.vectors = ("u", "v", first, second)
    swap = names.draw(st.sampled_from((["u, v = v, u"], ["if g % 2 == 0:", "    u, v = v, u", "g += 1"])))
    return [
        f"u, v = {first}, {second}",
        f"for r in range({names.draw(st.integers(1, 3))}):",
        *_indented([*swap, *vector_loop(names)]),
    ]


def counted(names: Names) -> Lines:
    """A while loop whose variable is a subscript, up or down past zero, where it counts from the end."""
    names.indices = ("r",)
    body = statement(names, 0)
    low, high = names.low, names.high
    first, test, step = names.draw(
        st.sampled_from(
            (
                (f"{low}", f"r < n - {high}", "r += 1"),
                (f"{low}", f"r < n - {high} and t < 50.0", "r += 2"),
                (f"n - {high} - 1", f"r > -3 + {low}", "r -= 1"),
                (f"{low}", f"r < n - {high}", "r = r * 2 + 1"),
            )
        )
    )
    return [f"r = {first}", f"while {test}:", *_indented([*body, step]), "g = g + r"]


def products(names: Names) -> Lines:
    """Matrix products that read rows just written, in loops and alone."""
    names.indices = ("i",)
    forms = (
        [
            "Q, W = np.ones((n, 6, 6)) * s, np.eye(6) * 0.5 + 0.125",
            "Q[0] = Q[0] + a[0]",
            "for i in range(1, n):",
            "    Q[i] = Q[i - 1] @ W + Q[i]",
            "t = t + Q[n - 1].sum()",
        ],
        ["for i in range(1, n):", "    a[i] = a[i - 1] * 0.5 + A[i] @ B[i - 1]"],
        ["for i in range(1, n):", "    A[i] = (A[i - 1] + B[i]) * 0.5", "    t = t + A[i - 1] @ B[i]"],
        ["a[:] = (A @ B.T) @ b * 0.125", "b[:] = (B @ A.T) @ a * 0.125 + a"],
        ["for r in range(3):", "    a = (A @ B.T) @ a * 0.125", "    b[:] = a - b"],
    )
    return names.draw(st.sampled_from(forms))


def slices(names: Names) -> Lines:
    """Whole parts of vectors at once."""
    target, one, other = (names.any_of(names.vectors) for _ in range(3))
    return names.draw(
        st.sampled_from(
            (
                [f"{target}[1:-1] = ({one}[2:] + {other}[:-2]) * 0.5"],
                [f"{target}[1:] -= {one}[:-1] * 0.5"],
                [f"{target}[:] = np.where({one} > {other}, {one}[::-1], {target})"],
                [f"t = t + ({one} - {other}).sum()"],
                [f"{target} += {one}[0]"],
                [f"{target}[1::2] = {one}[0:n // 2 * 2:2]"],
                [f"{target}[k % n] = {one}"],
            )
        )
    )


def between(names: Names) -> Lines:
    """Numbers change between loops, and are asked before and behind."""
    name = names.any_of(names.numbers)
    return names.draw(
        st.sampled_from(
            (
                [f"e = {name} * 0.5", f"{name} = {name} + 1.0", "t = t + e"],
                ["s, t = t, s + 1.0"],
                ["e = a[0]", "a[0] = b[0] - s", "b[0] = e"],
                ["assert g < 6", "g = g + 3", "assert g < 6", "g = g + 1"],
                ["assert g < 8", "for i in range(n):", "    assert g < 8", "    g = g + i"],
                [f"e = {name} + 0.5", f"{name} = a[0]", "t = t + e", f"b[0] = {name} * 0.5 + e"],
                ["t = t + np.zeros(g + 2).size", "g = g - 2", "t = t + np.ones(g + 2).sum()"],
                ["e = 1.5", "f = t"],
            )
        )
    )


_BLOCKS: tuple[tuple[int, Callable[[Names], Lines]], ...] = (
    (7, vector_loop),
    (5, nest),
    (10, neighbours),
    (2, counted),
    (3, renamed),
    (3, products),
    (2, slices),
    (3, between),
)


def _made(draw: Draw, shape: str) -> str:
    """A new array: what it holds counts where not all of it is written before it is read."""
    forms = ("np.zeros({})", "np.ones({})", "np.full({}, 2.5)", "np.full({}, s)", "np.full({}, -0.0)")
    return draw(st.sampled_from(forms)).format(shape)


def body_of(draw: Draw) -> Lines:
    """The statements of a program but for its result."""
    vectors = draw(st.sampled_from((("a", "b", "d"), ("a", "b"), ("a", "d"), ("a", "b", "c", "d"))))
    lines = [f"d = {_made(draw, 'n')}", f"e = {draw(st.sampled_from(_CONSTANTS[:5]))}", "f = 0.5", "g = 0"]
    margins = draw(st.sampled_from((0, 1, 1, 2))), draw(st.sampled_from((0, 1, 1)))
    # One obstacle in a loop hides another: most loops are small.
    most, depth = draw(st.sampled_from(((1, 1), (1, 1), (2, 1), (2, 1), (2, 2), (4, 1))))
    blocks: Lines = []
    for number in range(draw(st.sampled_from((1, 1, 2, 2, 3)))):
        names = Names(draw, vectors, ("A", "B", "D"), ("e", "f", "s"), (), *margins, most, depth)
        if names.chance(2):  # temporaries that no other block knows
            vector, matrix = f"d{number}", f"D{number}"
            blocks += [f"{vector} = {_made(draw, 'n')}", f"{matrix} = {_made(draw, '(n, m)')}"]
            names.vectors, names.matrices = (*vectors[:2], vector), ("A", "B", matrix)
        if names.chance(2):
            blocks.append(f"e{number} = {draw(st.sampled_from(_CONSTANTS[:5]))}")
            names.numbers = (f"e{number}", f"e{number}", "s")
        block = draw(st.sampled_from([block for weight, block in _BLOCKS for _ in range(weight)]))
        blocks += block(names)
    if any("D[" in line for line in blocks):
        lines.append(f"D = {_made(draw, '(n, m)')}")
    start = draw(st.sampled_from(("3.0", "s", "-0.0", "0.0")))
    lines.append(f"t = {start}")
    return [*lines, *blocks]


_RESULTS = ("t, g", "t, g", "t", "g", "s", "t, e, g", "f, g", "d, t, g", "s, t, e, f, g")
_EXTENTS = st.sampled_from((*range(4), *range(4, 10), *range(4, 10), *range(4, 10), *range(4, 12)))


@st.composite
def dense_programs(draw: Draw, layouts: tuple[str, ...] = PLAIN) -> Case:
    """A program, and arguments in these layouts."""
    dtype = DType.FLOAT64
    body = [*body_of(draw), f"return {draw(st.sampled_from(_RESULTS))}"]
    return Case(text_of(dtype, body), draw(arguments_of(dtype, layouts, extents=_EXTENTS)))
