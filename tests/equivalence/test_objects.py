"""Named tuples and dataclasses as arguments and results: the caller gets what the original would give."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from pyaot_runtime import trace

from pyaot.base.options import Options
from tests.equivalence.compiled import compile_text, load

TEXT = """
from dataclasses import dataclass
from typing import NamedTuple
import numpy as np

V = np.ndarray[tuple[int], np.dtype[np.float64]]
M = np.ndarray[tuple[int, int], np.dtype[np.float64]]

class P(NamedTuple):
    x: V
    v: V
    n: int = 0

@dataclass
class S:
    pos: V
    t: float = 0.0

@dataclass(frozen=True)
class F:
    pos: V
    k: int

def unpacked(p: P, dt: float) -> P:
    x, v, n = p
    return P(x + dt * v, v, n + 1)

def by_number(p: P, dt: float):
    s = 0.0
    for part in p[:2]:
        s += part.sum()
    return s * p[2] * len(p), p[-2]

def replaced(p: P, dt: float) -> P:
    return p._replace(v=p.x * dt)

def moved(p, dt):
    return P(v=p.v, x=p.x + dt * p.v, n=p.n + 1)

def walked(p: P, dt: float) -> P:
    for i in range(3):
        p = moved(p, dt)
    return p

def starred(p: P, dt: float) -> V:
    return np.add(*p[:2]) * dt

def given_back(p: P, dt: float):
    p.x[:] = dt
    return p, [p.x, dt]

def stepped(s: S, dt: float) -> S:
    return S(s.pos + dt, t=s.t + dt)

def frozen(s: F, dt: float):
    f = F(s.pos, s.k + 1)
    if dt > 0:
        f = F(f.pos * dt, 0)
    return f, s.k

def decomposed(a: M, dt: float):
    return np.linalg.eigh(a * dt), np.linalg.svd(a), np.linalg.slogdet(a)

def parted(p: P, dt: float) -> S:
    q = moved(p, dt)
    log.append(q.n)
    x, v, n = q
    s = 0.0
    for i in range(len(x)):
        s += x[i] * v[i] * n
    return S(x, s)

log: list = []
"""

Make = Callable[[ModuleType], Any]


def _array(n: int = 4) -> np.ndarray:
    return np.arange(1.0, n + 1.0)


class _Backwards:
    """What a subclass may do with the items of a named tuple."""

    def __iter__(self) -> Any:
        return iter((self.v, self.x, 7))  # type: ignore[attr-defined]

    def __getitem__(self, at: Any) -> Any:
        return (self.v, self.x, 7)[at]  # type: ignore[attr-defined]


ARGUMENTS: dict[str, Make] = {
    "named tuple": lambda m: m.P(_array(), _array() * 2, 3),
    "empty": lambda m: m.P(_array(0), _array(0)),
    "unlike": lambda m: m.P(_array(), _array(3), 3),
    "one array": lambda m: (lambda a: m.P(a, a))(_array()),
    "float for int": lambda m: m.P(_array(), _array(), 3.0),
    "plain tuple": lambda m: (_array(), _array(), 3),
    "subclass": lambda m: type("Q", (_Backwards, m.P), {})(_array(), _array() * 3, 3),
    "dataclass": lambda m: m.S(_array(), 1.5),
    "int for float": lambda m: m.S(_array(), 1),
    "frozen": lambda m: m.F(_array(), 2),
    "matrix": lambda m: np.array([[2.0, 1.0], [1.0, 3.0]]),
}
NAMES = {
    "unpacked": "named tuple",
    "by_number": "named tuple",
    "replaced": "named tuple",
    "walked": "named tuple",
    "starred": "named tuple",
    "given_back": "named tuple",
    "stepped": "dataclass",
    "frozen": "frozen",
    "decomposed": "matrix",
    "parted": "",
}
VERSIONS = ("original", "native", "numpy", "")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    path = compile_text(TEXT, tmp_path_factory.mktemp("objects"), Options())
    return {version: load(path, version) for version in VERSIONS}


def _shown(value: object) -> object:
    match value:
        case np.ndarray():
            return value.dtype.str, value.tolist()
        case tuple() | list():
            return type(value).__name__, [_shown(item) for item in value]
    shown = vars(value).items() if hasattr(value, "pos") else ()
    return type(value).__name__, repr(value), [(name, _shown(field)) for name, field in shown]


def _leaves(value: object) -> list[object]:
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value.pos] if hasattr(value, "pos") else [value]


def _seen(module: ModuleType, name: str, argument: Any) -> tuple[object, ...]:
    """The result or the exception, what became of the argument, and which arrays are the caller's."""
    before = _leaves(argument)
    try:
        result = getattr(module, name)(argument, 0.5)
    except Exception as error:
        result = (type(error), str(error))
    who = [leaf is own for leaf in _leaves(result) for own in before if isinstance(leaf, np.ndarray)]
    return _shown(result), _shown(argument), who


@pytest.mark.parametrize("kind", ARGUMENTS)
@pytest.mark.parametrize("name", NAMES)
def test_objects(modules: dict[str, ModuleType], name: str, kind: str) -> None:
    want, *others = (_seen(m, name, ARGUMENTS[kind](m)) for m in modules.values())
    assert others == [want] * len(others)


@pytest.mark.parametrize(("name", "kind"), [pair for pair in NAMES.items() if pair[1]])
def test_they_are_compiled_whole(modules: dict[str, ModuleType], name: str, kind: str) -> None:
    before, module = trace._counts_of(name)["native"], modules["native"]
    result = getattr(module, name)(ARGUMENTS[kind](module), 0.5)
    assert trace._counts_of(name)["native"] == before + 1
    if name in ("unpacked", "walked", "stepped"):
        assert type(result) is (module.S if name == "stepped" else module.P)


def test_another_class_by_the_name(modules: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch) -> None:
    module = modules["native"]
    argument = ARGUMENTS["named tuple"](module)
    monkeypatch.setattr(module, "P", lambda *items, **fields: (items, fields))
    (x, v, n), fields = module.unpacked(argument, 0.0)
    assert (x.tolist(), v.tolist(), n, fields) == ([1, 2, 3, 4], [2, 4, 6, 8], 4, {})
