"""read_scopes, resolve, names_of: what a file's text says about its names."""

import math
from pathlib import Path

import libcst as cst
import numpy as np
import pytest

from pyaot.base.source import SourceFile
from pyaot.frontend.parse import parse
from pyaot.frontend.scope_classes import ClassKind
from pyaot.frontend.scopes import ModuleScope, Receiver, names_of, read_scopes, resolve


def scope_of(text: str) -> ModuleScope:
    return read_scopes(parse(SourceFile(Path("prog.py"), text)))


def expression(text: str) -> cst.BaseExpression:
    return cst.parse_expression(text)


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        ("import numpy as np", {"np": "numpy"}),
        ("import numpy", {"numpy": "numpy"}),
        ("import numpy.linalg", {"numpy": "numpy"}),
        ("import numpy.typing as npt, math", {"npt": "numpy.typing", "math": "math"}),
        ("from numpy import sqrt, linalg as LA", {"sqrt": "numpy.sqrt", "LA": "numpy.linalg"}),
        ("from numpy.typing import NDArray", {"NDArray": "numpy.typing.NDArray"}),
        ("from .tools import blur", {"blur": ".tools.blur"}),
        ("from . import tools", {"tools": ".tools"}),
        ("from mine import *", {}),
        ("try:\n    import numpy as np\nexcept ImportError:\n    pass", {"np": "numpy"}),
    ],
)
def test_imports(text: str, imports: dict[str, str]) -> None:
    assert scope_of(text).imports == imports


def test_stars_of_known_modules() -> None:
    imports = scope_of("from math import *\nfrom numpy import *\n").imports
    assert (imports["gcd"], imports["perm"], imports["sqrt"], imports["zeros"]) == (
        "numpy.gcd",
        "math.perm",
        "numpy.sqrt",
        "numpy.zeros",
    )


TYPING = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from numpy.typing import NDArray
    Grid = NDArray[float]
else:
    NDArray = None
"""


def test_names_for_type_checkers_only_are_kept_apart() -> None:
    scope = scope_of(TYPING)
    assert "NDArray" not in scope.imports and "Grid" not in scope.aliases
    assert scope.for_hints().imports["NDArray"] == "numpy.typing.NDArray"
    assert "Grid" in scope.for_hints().aliases


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("X = 32", 32),
        ("X = -1.5e-6", -1.5e-6),
        ("X = 2j", 2j),
        ("X = True", True),
        ("X = 'full'", "full"),
        ("X = None", None),
        ("X: int = 3", 3),
        ("N = 8\nX = N // 3 + 2 ** 4", 18),
        ("Y, X = 1, 2", 2),
        ("X = Y = 7", 7),
        ("import numpy as np\nX = np.pi / 2", math.pi / 2),
        ("from math import inf\nX = -inf", -math.inf),
        ("X = float('inf')", math.inf),
        ("import math\nX = math.sqrt(2) * max(1, 3)", math.sqrt(2) * 3),
        ("import numpy as np\nX = np.float32(0.5)", np.float32(0.5)),
        ("import numpy as np\nX = np.finfo(np.float32).eps", np.finfo(np.float32).eps),
        ("import numpy\nX = numpy.iinfo(int).max - 1", 2**63 - 2),
        ("X = (1, (2.0, -3))", (1, (2.0, -3))),
        ("import numpy as np\nX = np.newaxis", None),
        ("X = 1 << 20", 1 << 20),
    ],
)
def test_constants(text: str, value: object) -> None:
    found = scope_of(text).constants["X"]
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "X = 1\nX = 2",
        "X = 1\nX += 1",
        "X = 1\ndef f():\n    global X\n    X = 2",
        "for X in (1, 2):\n    pass",
        "for i in (1, 2):\n    X = 3",
        "if input():\n    X = 1",
        "X = 1\ndel X",
        "X = 1\nprint(X := 2)",
        "X = 1 / 0",
        "X = 10 ** 10 ** 10",
        "X = 1 << 10 ** 9",
        "X = 'a' * 10 ** 10",
        "X = open('f')",
        "X = Y",
        "X = []",
        "import math\nX = math.factorial(10 ** 6)",
        "X = 1 + 'a'",
        "def X():\n    pass",
        "X: int",
        "X = *(1,), 2",
        "import numpy as np\nX = np.zeros(3)",
        "import numpy as np\nX = np.iinfo(np.float64).max",
        "import numpy as np\nX = np.finfo('f4').eps",
    ],
)
def test_not_constants(text: str) -> None:
    assert "X" not in scope_of(text).constants


PROGRAM = """
import numpy as np
from typing import overload
import numba

def smooth(a):
    def inner(x):
        return x
    return inner(a)

if True:
    def late(): ...

class Radar:
    def process(self, cube): ...
    @staticmethod
    def window(n): ...
    @classmethod
    def make(cls, n): ...
    @property
    def gain(self): ...
    class Beam:
        def steer(self): ...

@numba.njit(cache=True)
def quick(a): ...

@overload
def twice(a: int) -> int: ...
@overload
def twice(a: float) -> float: ...
def twice(a): return 2 * a

def stream():
    yield 1

def lazy():
    return (i for i in range(3))

async def later(): ...
"""


def test_functions() -> None:
    functions = scope_of(PROGRAM).functions
    assert list(functions) == [
        "smooth",
        "smooth.inner",
        "late",
        "Radar.process",
        "Radar.window",
        "Radar.make",
        "Radar.gain",
        "Radar.Beam.steer",
        "quick",
        "twice",
        "stream",
        "lazy",
        "later",
    ]
    assert functions["smooth.inner"].outer == "smooth"
    assert functions["Radar.Beam.steer"].class_name == "Radar.Beam"
    assert [functions[f"Radar.{n}"].receiver for n in ("process", "window", "make")] == [
        Receiver.SELF,
        Receiver.NONE,
        Receiver.CLASS,
    ]
    assert {name: f.obstacle for name, f in functions.items() if f.obstacle} == {
        "Radar.gain": "is decorated with 'property'",
        "quick": "is decorated with 'numba.njit'",
        "stream": "is a generator",
        "later": "is a coroutine",
    }
    assert "twice" not in scope_of(PROGRAM).rebound


@pytest.mark.parametrize(
    ("text", "rebound"),
    [
        ("def f(): ...\ndef f(): ...", {"f"}),
        ("if x:\n    def f(): ...\nelse:\n    def f(): ...", {"f"}),
        ("def f(): ...\nf = wrap(f)", {"f"}),
        ("while x:\n    y = 1", {"y"}),
        ("if x:\n    y = 1", set()),
        ("with a as b, c as (d, b):\n    pass", {"b"}),
        ("class A:\n    x = 1\n    x = 2", set()),
    ],
)
def test_rebound(text: str, rebound: set[str]) -> None:
    assert scope_of(text).rebound == rebound


RESOLVING = """
import numpy as np
import numpy.linalg
from numpy import fft
import math
root = math.sqrt
DTYPE = np.float32
a = b
b = a
def local(np):
    from math import cos as c
    def inner(math): ...
def outer(x):
    global fft
class int: ...
"""


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("np.linalg.norm", "numpy.linalg.norm"),
        ("numpy.linalg.solve", "numpy.linalg.solve"),
        ("fft.fft", "numpy.fft.fft"),
        ("root", "math.sqrt"),
        ("DTYPE", "numpy.float32"),
        ("range", "builtins.range"),
        ("int", None),
        ("local", None),
        ("a", None),
        ("unknown", None),
        ("f(x).y", None),
    ],
)
def test_resolve(text: str, path: str | None) -> None:
    assert resolve(expression(text), scope_of(RESOLVING)) == path


@pytest.mark.parametrize(
    ("function", "text", "path"),
    [
        ("local", "np.sqrt", None),
        ("local", "c", "math.cos"),
        ("local", "math.cos", "math.cos"),
        ("local.inner", "math.cos", None),
        ("local.inner", "np.sqrt", None),
        ("local.inner", "c", "math.cos"),
        ("outer", "fft.fft", "numpy.fft.fft"),
        ("outer", "x", None),
    ],
)
def test_resolve_within_a_function(function: str, text: str, path: str | None) -> None:
    scope = scope_of(RESOLVING)
    assert resolve(expression(text), scope, scope.functions[function]) == path


NAMES = """
@decorator
def f(a, b=1, *c, d, **e):
    global G
    G = a
    t = [y * z for y in a]
    def h(u):
        nonlocal t
        t = u + b
    return h
"""


def test_names_of_functions() -> None:
    scope = scope_of(NAMES)
    outer = names_of(scope.functions["f"], scope)
    assert outer.parameters == {"a", "b", "c", "d", "e"}
    assert outer.assigned == {"G", "t", "h"} and outer.declared_global == {"G"}
    assert outer.local == {"a", "b", "c", "d", "e", "t", "h"}
    assert {"a", "z", "h"} <= outer.read and "y" not in outer.read
    inner = names_of(scope.functions["f.h"], scope)
    assert inner.free == {"t", "b"} and inner.declared_nonlocal == {"t"} and inner.local == {"u"}


CLASSES = """
from dataclasses import dataclass
from typing import NamedTuple
import dataclasses as dc

@dataclass(frozen=True)
class Grid:
    n: int
    h: float = 0.5

@dc.dataclass
class Other: ...

class Pair(NamedTuple):
    x: float

class Radar:
    speed = 3e8
    def __init__(self, gain: float, n):
        self.gain = gain
        self.n = n
        self.taps: list[float] = []
        self.a, self.b = n
        self.a[0] = 3
    def tune(self, gain):
        self.gain *= 2
        self.taps[0] = 1
"""


def test_classes() -> None:
    scope = scope_of(CLASSES)
    assert {name: c.kind for name, c in scope.classes.items()} == {
        "Grid": ClassKind.DATACLASS,
        "Other": ClassKind.DATACLASS,
        "Pair": ClassKind.NAMED_TUPLE,
        "Radar": ClassKind.PLAIN,
    }
    text = scope.tree.text_of
    fields = scope.classes["Radar"].fields
    assert {name: f.hint and text(f.hint) for name, f in fields.items()} == {
        "speed": None,
        "gain": "float",
        "n": None,
        "taps": "list[float]",
        "a": None,
        "b": None,
    }
    assert [name for name, f in fields.items() if f.is_written] == ["gain"]
    assert [name for name, f in fields.items() if not f.in_init] == ["speed"]
    grid = scope.classes["Grid"].fields
    assert grid["h"].value is not None and grid["n"].value is None
