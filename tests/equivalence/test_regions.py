"""Functions that are compiled in regions do what the originals do, also where a region raises."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from pyaot_runtime import trace

from pyaot.base.options import Options
from tests.equivalence.compiled import compile_text, load

HEAD = "import numpy as np\nfrom numpy.typing import NDArray\n\nlog: list = []\n\n\n"

PROGRAMS = {
    "a part that stays a view": """
def f(a: NDArray[np.float64], n: int) -> float:
    c = a[:n] * (1 + 1j)
    log.append("made")
    re = c.real
    d = np.diag(c.reshape(1, -1)[:, :1])
    log.append(d.flags.writeable)
    for i in range(n):
        re[i] = re[i] * 2.0
    log.append([complex(x) for x in c])
    s = 0.0
    for i in range(n):
        s += re[i]
    return s
""",
    "print between": """
def f(a: NDArray[np.float64], n: int) -> float:
    s = 0.0
    for i in range(n):
        s += a[i]
    log.append(str(s))
    for i in range(n):
        a[i] = a[i] / (s + 1.0)
    return s
""",
    "text parameter": '''
def f(a: NDArray[np.float64], n: int, name: str = "x") -> float:
    """Two
    lines."""
    total = 0.0
    for i in range(n):
        total = total + a[i] * a[i]
    log.append(name + """
 odd  text""")
    return total
''',
    "handler sees a variable": """
def f(a: NDArray[np.float64], n: int) -> float:
    k = -1
    try:
        k = 0
        for i in range(n + 1):
            k = i
            a[i] = a[i] + 1.0
    except IndexError:
        log.append("out of range")
    return a[0] + k
""",
    "handler sees no variable": """
def f(a: NDArray[np.float64], n: int) -> float:
    try:
        for i in range(n + 1):
            a[i] = a[i] + 1.0
    except IndexError:
        log.append("out of range")
    return a[0]
""",
    "unbound on a path": """
def f(a: NDArray[np.float64], n: int) -> float:
    log.append("start")
    for i in range(n):
        x = a[i]
    log.append("middle")
    for i in range(n):
        a[i] = a[i] - x
    return a[0]
""",
    "loop around": """
def f(a: NDArray[np.float64], n: int) -> float:
    b = a.copy()
    for step in range(3):
        for i in range(1, n):
            b[i] = 0.5 * (a[i] + a[i - 1])
        a, b = b, a
        log.append(step)
        if step == 1:
            continue
        for i in range(n):
            a[i] += step
    return float(a.sum())
""",
    "return inside": """
def f(a: NDArray[np.float64], n: int) -> float:
    log.append("in")
    for i in range(n):
        if a[i] > 0.5:
            return a[i]
    return -1.0
""",
    "return between": """
def f(a: NDArray[np.float64], n: int) -> float:
    for i in range(n):
        if a[i] > 0.9:
            return a[i]
    log.append("none")
    s = 0.0
    for i in range(n):
        s += a[i]
    return s
""",
    "return before what stays Python": """
def f(a: NDArray[np.float64], n: int) -> NDArray[np.float64] | float:
    note = [str(n)]
    for i in range(n):
        if a[i] > 0.9:
            return a[i]
    for i in range(n):
        a[i] += 1.0
    if note:
        return a[::-1].copy()
""",
    "a dict that is subscripted": """
def f(a: NDArray[np.float64], n: int) -> float:
    seen: dict[int, float] = {}
    for k in range(2):
        s = 0.0
        for i in range(n):
            s += a[i] * a[i]
        seen[k] = s
    return seen[1]
""",
    "closure": """
def f(a: NDArray[np.float64], n: int) -> float:
    s = 0.0
    def told() -> str:
        return str(s)
    for i in range(n):
        s += a[i]
    log.append(told())
    return s
""",
    "helper and constant": """
SCALE = 2.0

def scaled(x):
    return SCALE * x

def f(a: NDArray[np.float64], n: int) -> float:
    log.append(len(log))
    for i in range(n):
        a[i] = scaled(a[i])
    return a[n - 1]
""",
    "integers and overflow": """
def f(a: NDArray[np.float64], n: int) -> int:
    log.append("in")
    k = 1
    for i in range(70):
        k = k * 3
    log.append(k)
    return k + n
""",
    "errstate": """
def f(a: NDArray[np.float64], n: int) -> float:
    with np.errstate(divide="ignore"):
        b = np.zeros(n)
        for i in range(n):
            b[i] = 1.0 / (a[i] - a[i])
    return float(b[0])
""",
    "comprehension and dict": """
def f(a: NDArray[np.float64], n: int) -> float:
    table = {k: k * k for k in range(n)}
    s = 0.0
    for i in range(n):
        s += a[i] * i
    return s + sum(table.values())
""",
    "while and break": """
def f(a: NDArray[np.float64], n: int) -> float:
    rounds = 0
    while True:
        log.append(rounds)
        most = 0.0
        for i in range(n):
            a[i] *= 0.5
            most = max(most, a[i])
        rounds += 1
        if most < 0.2:
            break
    return float(rounds)
""",
    "method": """
class Filter:
    def __init__(self, gain: float) -> None:
        self.gain = gain

    def apply(self, a: NDArray[np.float64], name: str) -> float:
        s = 0.0
        for i in range(len(a)):
            s += self.gain * a[i]
        log.append(name)
        return s

def f(a: NDArray[np.float64], n: int) -> float:
    return Filter(2.5).apply(a, "filter")
""",
    "texts and dtypes": """
def f(a: NDArray[np.float64], n: int) -> float:
    dtype = np.float32
    order = "C"
    log.append(order)
    b = np.zeros(n, dtype=dtype)
    for i in range(n):
        b[i] = a[i]
    log.append(str(b.dtype))
    return float(b.sum())
""",
    "generator": """
def pieces(a: NDArray[np.float64], n: int):
    for k in range(2):
        for i in range(n):
            a[i] = a[i] + k
        yield float(a[0])

def f(a: NDArray[np.float64], n: int) -> float:
    return sum(pieces(a, n))
""",
}
# Regions that are given an array and a view of it, in `inside` whose lines 4 to 6 make one.
VIEWS = {
    "slice": "a[1:]",
    "steps": "a[::2]",
    "turned": "a.reshape(2, 3).T",
    "from a number": "a[k:]",
}
INSIDE = """
def inside(a: NDArray[np.float64], k: int) -> float:
    b = {view}
    log.append(str(len(b)))
    for i in range(len(b)):
        b[i] = b[i] + a[i] * 0.5
        a[0] = a[0] + b.size
    return a.sum()
"""
NO_REGIONS = {"unbound on a path", "integers and overflow"}  # regions there may be; what counts is the result


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], ModuleType]:
    paths: dict[str, Path] = {}

    def made(name: str, version: str) -> ModuleType:
        if name not in paths:
            folder = tmp_path_factory.mktemp("regions")
            paths[name] = compile_text(HEAD + PROGRAMS[name], folder, Options())
        return load(paths[name], version)

    return made


def outcome(module: ModuleType, values: list[float], n: int) -> tuple[object, ...]:
    """What a call gives or raises, what it leaves in its argument, and what it logged."""
    a = np.array(values)
    try:
        result: object = module.f(a, n)
    except Exception as error:
        result = (type(error), str(error))
    shown = result.tolist() if isinstance(result, np.ndarray) else result
    return (type(result), shown, a.tolist(), list(module.log))


@pytest.mark.parametrize("n", [4, 3, 0, 7])
@pytest.mark.parametrize("name", PROGRAMS)
def test_regions(name: str, n: int, modules: Callable[[str, str], ModuleType]) -> None:
    values = [0.25, 0.5, 1.0, 0.125]
    with np.errstate(all="ignore"):
        want = outcome(modules(name, "original"), values, n)
        assert outcome(modules(name, ""), values, n) == want
        assert outcome(modules(name, "native"), values, n) == want


@pytest.mark.parametrize("name", sorted(set(PROGRAMS) - NO_REGIONS))
def test_regions_are_compiled(name: str, modules: Callable[[str, str], ModuleType]) -> None:
    with np.errstate(all="ignore"):
        outcome(modules(name, "native"), [0.25, 0.5, 1.0, 0.125], 3)
    assert any("native ran" in line and ":" in line.partition("ran")[2] for line in trace.summary())


@pytest.mark.parametrize("name", VIEWS)
def test_views_stand_beside_their_arrays(name: str, tmp_path: Path) -> None:
    path = compile_text(HEAD + INSIDE.format(view=VIEWS[name]), tmp_path, Options())
    counts = trace._counts_of("inside:11-14")
    before = counts["native"]
    module, original = load(path, "native"), load(path, "original")
    for given in (np.arange(6.0), np.arange(6.0).astype(np.float32)):
        a, same = given.copy(), given.copy()
        assert module.inside(a, 2) == original.inside(same, 2)
        assert a.tolist() == same.tolist() and module.log == original.log
    assert counts["native"] > before


def test_view_of_other_elements_is_not_taken_for_it(tmp_path: Path) -> None:
    inside = INSIDE.format(view="a[k:]").replace("    for", "    k = k - 1\n    log.append(str(k))\n    for")
    path = compile_text(HEAD + inside, tmp_path, Options())
    module, original = load(path, "native"), load(path, "original")
    a, same = np.arange(6.0), np.arange(6.0)
    assert module.inside(a, 2) == original.inside(same, 2)
    assert a.tolist() == same.tolist()
