"""Programs and the hints that they get."""

from pathlib import Path

import pytest

from pyaot.annotate.writing import Style
from tests.unit.annotate.seen import annotate, signatures

HEAD = "import numpy as np\n"

NUMPY = {
    "numbers": (
        "def f(a, b, c, d): return a\nf(1, 2.0, True, 1j)",
        "f(a: int, b: float, c: bool, d: complex) -> int",
    ),
    "unions": (
        "def f(a): return a\nf(1)\nf(True)\nf(None)\nf(2.5)",
        "f(a: float | int | bool | None) -> float | int | bool | None",
    ),
    "numpy scalars": (
        "def f(a, b): return b\nf(np.float32(1), np.bool_(1))",
        "f(a: np.float32, b: np.bool_) -> np.bool_",
    ),
    "arrays": (
        "def f(a): return a.sum()\nf(np.zeros((2, 3), np.float32))",
        "f(a: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> np.float32",
    ),
    "arrays of no dimension": (
        "def f(a): pass\nf(np.array(1))",
        "f(a: np.ndarray[tuple[()], np.dtype[np.int64]]) -> None",
    ),
    "an array or None": (
        "def f(a=None): pass\nf()\nf(np.zeros(2))",
        "f(a: np.ndarray[tuple[int], np.dtype[np.float64]] | None = None) -> None",
    ),
    "many ranks": (
        "def f(a):\n    pass\nfor n in range(4): f(np.zeros((1,) * n))",
        "f(a: NDArray[np.float64]) -> None",
    ),
    "lists": ("def f(a): pass\nf([1.0, 2])\nf([])", "f(a: list[float | int]) -> None"),
    "lists of lists": ("def f(a): return a[0]\nf([[1.0], [2.0]])", "f(a: list[list[float]]) -> list[float]"),
    "tuples": (
        "def f(a): return a, 2.0, 3.0\nf((1, 2.0))",
        "f(a: tuple[int, float]) -> tuple[tuple[int, float], float, float]",
    ),
    "tuples of any length": ("def f(a): pass\nf((1, 2))\nf((1, 2, 3))", "f(a: tuple[int, ...]) -> None"),
    "long tuples": ("def f(a): pass\nf((1,) * 9)", "f(a: tuple[int, ...]) -> None"),
    "tuples of objects": (
        "import enum\nE = enum.Enum('E', 'x')\ndef f(a, b): pass\nf((E.x, E.x), (E.x, E.x, E.x))",
        "f(a: tuple[E, E], b: tuple[E, ...]) -> None",
    ),
    "the empty tuple": ("def f(a): pass\nf(())", "f(a: tuple[()]) -> None"),
    "variadic": ("def f(*a, k): return k\nf(1, 2.0, k='x')", "f(*a: float | int, k: str) -> str"),
    "defaults": (
        "def f(a, b=1, *, c=2.0): return 0\nf(1)",
        "f(a: int, b: int = 1, *, c: float = 2.0) -> int",
    ),
    "standing hints": ("def f(a: object, b) -> None: pass\nf(1, 2)", "f(a: object, b: int) -> None"),
    "positional only": ("def f(a, /, b): pass\nf(1, 2)", "f(a: int, /, b: int) -> None"),
    "early and late ends": ("def f(a):\n    if a: return 1\nf(0)\nf(1)", "f(a: int) -> int | None"),
    "a failing call": ("def f(a):\n    return 1 // a\nf(1)\nf(0.0)\nf('x')", "f(a: float | int) -> int"),
    "recursion": ("def f(n): return n if n < 2 else f(n - 1) + 0.5\nf(3)", "f(n: int) -> float | int"),
    "a coroutine": (
        "import asyncio\nasync def f(a): return a\nasyncio.run(f(1.0))",
        "async f(a: float) -> float",
    ),
}


@pytest.mark.parametrize("name", NUMPY)
def test_hints_of_a_function(name: str, tmp_path: Path) -> None:
    text, expected = NUMPY[name]
    (found,) = signatures(HEAD + text, tmp_path)
    assert found.partition(": pass")[0].partition(": return")[0].replace("async def", "async") == expected


STRANGE = {
    "dicts": ("def f(a) -> None: pass\nf({})", "was an object of class 'dict'"),
    "unions with dicts": ("def f(a) -> None: pass\nf(1)\nf({})", "was an object of class 'dict'"),
    "element types": ("def f(a) -> None: pass\nf(np.zeros(2, 'f2'))", "was an array of 'float16'"),
    "byte orders": ("def f(a) -> None: pass\nf(np.zeros(2, '>f8'))", "was an array of '>f8'"),
    "subclasses": ("def f(a) -> None: pass\nf(np.ma.zeros(2))", "was an array of the class 'MaskedArray'"),
    "only None": ("def f(a=None) -> None: pass\nf()", "was always None"),
    "empty lists": ("def f(a) -> None: pass\nf([])", "was always an empty list"),
    "no variadic arguments": ("def f(*a) -> None: pass\nf()", "was always empty"),
    "keywords": (
        "def f(b, **a) -> None: pass\nf({}, c=1)",
        "collects keyword arguments, which kernels do not have",
    ),
    "deep inside": ("def f(a) -> None: pass\nf([{}])", "had an object of class 'dict' in it"),
    "local classes": (
        "def g() -> object:\n    class A: pass\n    return A()\ndef f(a) -> None: pass\nf(g())",
        "was an object of class 'A', which a function defines",
    ),
    "many types": (
        "def f(a) -> None: pass\nfor x in (1, 1.0, 1j, True, 'a'): f(x)",
        "was of 5 different types",
    ),
    "hidden names": (
        "class A:\n    def int(self) -> None: pass\n    def f(self, a) -> None: pass\nA().f(1)",
        "needs the name 'int', which means something else here",
    ),
    "uncalled functions": ("def f(a) -> None: pass", "was not called"),
    "decorators": ("def d(f: object): return f\n@d\ndef g(a) -> None: pass\ng(1)", "is decorated with 'd'"),
    "results": ("def f() -> None: pass\ndef g(): return {}\ng()", "its result was an object of class 'dict'"),
    "generators": ("def f(a: int, b):\n    yield 1\nlist(f(1, {}))", "is a generator"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_stays_without_a_hint_is_said_to(name: str, tmp_path: Path) -> None:
    text, reason = STRANGE[name]
    result = annotate(HEAD + text, tmp_path)
    assert [remark.label for remark in result.remarks][-1] == reason
    assert name == "decorators" or result.content == (HEAD + text).encode()


CLASSES = """
from dataclasses import dataclass
from typing import NamedTuple

def early(p): return p

@dataclass
class Point:
    x: float
    def plus(self, other): return Point(self.x + other.x)
    @staticmethod
    def origin(at=0.0): return Point(at)
    @classmethod
    def of(cls, x): return cls(x)
    @property
    def half(self): return self.x / 2
    class Inner:
        def get(self, k): return k

class Pair(NamedTuple):
    a: int
    b: int

def late(p, q=None): return q

def outer(n):
    def inner(k): return k + n
    return inner(2.0)

early(Point(1.0).plus(Point(2.0)))
late(Point.origin().half, Pair(1, 2)), late(Point.of(2.0), None)
Point.Inner().get(Point.Inner())
outer(3)
"""


def test_methods_and_classes(tmp_path: Path) -> None:
    assert signatures(CLASSES, tmp_path) == [
        "early(p: 'Point') -> 'Point': return p".replace("'", '"'),
        'plus(self, other: "Point") -> "Point": return Point(self.x + other.x)',
        'origin(at: float = 0.0) -> "Point": return Point(at)',
        'of(cls, x: float) -> "Point": return cls(x)',
        "half(self) -> float: return self.x / 2",
        'get(self, k: "Point.Inner") -> "Point.Inner": return k',
        "late(p: float | Point, q: Pair | None = None) -> Pair | None: return q",
        "outer(n: int) -> float",
        "inner(k: float) -> float: return k + n",
    ]


def test_lazy_annotations_need_no_quotes(tmp_path: Path) -> None:
    assert signatures("from __future__ import annotations\n" + CLASSES, tmp_path)[0].startswith(
        "early(p: Point)"
    )


def test_aliases_of_the_file_are_used(tmp_path: Path) -> None:
    text = (
        HEAD + "Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]\nRow = list[float]\n"
        "def f(a, b, c, d): pass\nf(np.eye(2), [1.0], [[1.0]], np.zeros(2))\n"
    )
    found = "".join(annotate(text, tmp_path).content.decode().partition("def f(")[2].split())
    assert found.startswith(
        "a:Matrix,b:Row,c:list[Row],d:np.ndarray[tuple[int],np.dtype[np.float64]],)->None:"
    )


IMPORTS = {
    "import numpy\ndef f(a): pass\nf(numpy.float64(1))": "numpy.float64",
    "import array\nfrom numpy import float64\ndef f(a): pass\nf(float64(1))": "np.float64",
    "from numpy import float64\nnp = 3\ndef f(a): pass\nf(float64(1))": "numpy.float64",
    "from numpy import float64\ndef f(a): pass\nf(float64(1))\nimport numpy as n": '"n.float64"',
}


@pytest.mark.parametrize("text", IMPORTS)
def test_numpy_goes_by_its_name(text: str, tmp_path: Path) -> None:
    result = annotate(text, tmp_path).content.decode()
    assert f"def f(a: {IMPORTS[text]}) -> None" in result
    assert result.count("import numpy") == 1
    exec(compile(result, "prog.py", "exec"), {})


JAXTYPING = {
    "sizes that differ": (
        "def f(a, b): return a @ b\nf(np.zeros((5, 6)), np.zeros((6, 7)))",
        '(a: Float64[np.ndarray, "m n"], b: Float64[np.ndarray, "n k"]) -> Float64[np.ndarray, "m k"]',
    ),
    "squares by chance": (
        "def f(a, b): pass\nf(np.zeros((9, 9)), np.zeros((9, 9)))",
        '(a: Float64[np.ndarray, "m n"], b: Float64[np.ndarray, "k l"]) -> None',
    ),
    "vectors by chance": (
        "def f(a, b): pass\nf(np.zeros(9), np.zeros(9))",
        '(a: Float64[np.ndarray, "m"], b: Float64[np.ndarray, "n"]) -> None',
    ),
    "two sizes": (
        "def f(a, b): pass\nfor n in (9, 10): f(np.zeros(n), np.zeros(n))",
        '(a: Float64[np.ndarray, "m"], b: Float64[np.ndarray, "m"]) -> None',
    ),
    "squares": (
        "def f(a): pass\nfor n in (9, 10, 11): f(np.zeros((n, n)))",
        '(a: Float64[np.ndarray, "m m"]) -> None',
    ),
    "no agreement": (
        "def f(a, b): pass\nfor n in (9, 10, 11): f(np.zeros(n), np.zeros(n))\nf(np.zeros(3), np.zeros(4))",
        '(a: Float64[np.ndarray, "m"], b: Float64[np.ndarray, "n"]) -> None',
    ),
    "names of the text": (
        "def f(a, b):\n    rows, columns = a.shape\n    depth = len(b)\nf(np.zeros((5, 6)), np.zeros(7))",
        '(a: Float64[np.ndarray, "rows columns"], b: Float64[np.ndarray, "depth"]) -> None',
    ),
    "positions of the text": (
        "def f(p): return p[0, 0] + p[0, 1] + p[0, 2]\nfor n in (5, 6, 7): f(np.zeros((n, 3)))",
        '(p: Float64[np.ndarray, "m 3"]) -> np.float64',
    ),
    "positions that are computed": (
        "def f(p):\n    for d in range(3): p[0, d] += 1\nfor n in (5, 6, 7): f(np.zeros((n, 3)))",
        '(p: Float64[np.ndarray, "m n"]) -> None',
    ),
    "standing hints": (
        'def f(a: Float64[np.ndarray, "x y"], b): pass\nf(np.zeros((5, 6)), np.zeros((6, 7)))',
        '(a: Float64[np.ndarray, "x y"], b: Float64[np.ndarray, "y m"]) -> None',
    ),
    "lists and no dimension": (
        "def f(a, b): pass\nf([np.zeros(3), np.zeros(4)], np.array(1))",
        '(a: list[Float64[np.ndarray, "_"]], b: Int64[np.ndarray, ""]) -> None',
    ),
    "element types": (
        "def f(a): pass\nf(np.zeros(3, 'u1'))\nf(np.zeros(3, 'c16'))\nf(np.zeros(3, bool))",
        '(a: Complex128[np.ndarray, "m"] | Bool[np.ndarray, "m"] | UInt8[np.ndarray, "m"]) -> None',
    ),
    "a result in a tuple": (
        "def f(a): return a, 1\nf(np.zeros((5, 6)))",
        '(a: Float64[np.ndarray, "m n"]) -> tuple[Float64[np.ndarray, "m n"], int]',
    ),
    "quotes": (
        "def f(a): return a\nclass A: pass\nf(np.zeros((5, 6)))\nf(A())",
        "(a: \"Float64[np.ndarray, 'm n'] | A\") -> \"Float64[np.ndarray, 'm n'] | A\"",
    ),
}


@pytest.mark.parametrize("name", JAXTYPING)
def test_extents_that_agree_share_a_name(name: str, tmp_path: Path) -> None:
    text, expected = JAXTYPING[name]
    head = HEAD + "from jaxtyping import Float64\n" + "#" * 120 + "\n"
    (found,) = signatures(head + text, tmp_path, Style.JAXTYPING)
    assert found.removeprefix("f").partition(": pass")[0].partition(": return")[0] == expected


def test_imports_are_added_once(tmp_path: Path) -> None:
    text = '"""About."""\n\nimport numpy as np\n\n\ndef f(a):\n    return a\n\n\nf(np.zeros(3))\n'
    once = annotate(text, tmp_path, Style.JAXTYPING).content.decode()
    assert once.count("from jaxtyping import Float64") == 1
    more = once.replace("f(np.zeros(3))", "def g(a):\n    return a\n\n\ng(np.zeros(3, int))")
    assert annotate(more, tmp_path, Style.JAXTYPING).content.decode().count("import") == 2
