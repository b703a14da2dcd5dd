"""Methods that call methods of their object, and helpers that set fields, leave it as the originals do."""

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

@dataclass
class S:
    pos: V
    vel: V
    n: int = 0
    e: float = 0.0

    def step(self, dt):
        self.vel = self.vel * 0.5
        for i in range(len(self.pos)):
            self.pos[i] += dt * self.vel[i]
        self.n += 1

    def energy(self):
        s = 0.0
        for i in range(len(self.vel)):
            s += self.vel[i] * self.vel[i]
        return s

    @property
    def size(self):
        return len(self.pos)

    @staticmethod
    def above(x, lo):
        return x if x > lo else lo

    def run(self, k: int) -> float:
        for i in range(k):
            self.step(0.5)
            if self.energy() > 100.0:
                break
            self.e = self.above(self.energy(), 0.5) * self.size
        return self.e

    def swap(self):
        self.pos, self.vel = self.vel, self.pos
        return self.pos

    def swaps(self, k: int):
        for i in range(k):
            p = self.swap()
            p[0] += 1
        return self.pos, self.vel

    def bump(self):
        self.n += 1
        return self.n

    def ordered(self, k: int) -> int:
        return self.n + self.bump() * 10 + self.n * 100 + self.bump() * k

    def counted(self, k: int) -> float:
        while self.bump() < k:
            self.e += 0.5
        return self.e

    def early(self, x):
        if x > 0:
            self.n = 7
            return x
        if x < -1:
            self.e = x
            return 0.0
        self.n -= 1
        return -x

    def earlies(self, k: int):
        return self.early(k), self.early(-k), self.early(k - 2)

    def divided(self, k: int) -> float:
        self.step(1.0)
        self.e = 6.0 / (k - 1)
        self.step(1.0)
        return self.e

    def conditional(self, k: int) -> int:
        if k > 0 and self.bump() > 1:
            return 1
        return self.n

def update(s, dt):
    s.e += dt
    s.step(dt)

def updated(s: S, k: int) -> int:
    for i in range(k):
        update(s, 0.25)
    return s.n

def both(a, b):
    a.n += 1
    b.n += 10

def crossed(s: S, t: S, k: int):
    both(s, t)
    both(b=s, a=t)
    return s.n, t.n

class Over(S):
    def step(self, dt):
        self.n += 100

class Under(S):
    pass

class Watched(S):
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        object.__setattr__(self, "seen", name)

class Base:
    def __init__(self, n: int):
        self.field = np.zeros(n)
        self.gain: float = 2.0

    def amplify(self, v):
        for i in range(len(self.field)):
            self.field[i] = self.field[i] * self.gain + v

class Derived(Base):
    def __init__(self, n: int):
        super().__init__(n)
        self.count: int = 0

    def go(self, k: int) -> int:
        for i in range(k):
            self.amplify(1.5)
            self.count += 1
        return self.count

class P(NamedTuple):
    x: V
    k: float

    def norm(self):
        return (self.x * self.x).sum() * self.k

    def scaled(self, c):
        return P(self.x * c, self.k)

def normed(p: P, k: int):
    q = p.scaled(k)
    return q.norm() + p.norm(), q.x, P(q.x, 1.0).norm()
"""

Make = Callable[[ModuleType], Any]


def _arrays(n: int = 4) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(float(n)), np.ones(n)


def _with_own_step(module: ModuleType) -> Any:
    made = module.S(*_arrays())
    made.step = lambda dt: setattr(made, "n", 55)
    return made


OBJECTS: dict[str, Make] = {
    "plain": lambda m: m.S(*_arrays()),
    "empty": lambda m: m.S(*_arrays(0)),
    "one array": lambda m: m.S(*(lambda a: (a, a))(np.arange(4.0))),
    "unlike": lambda m: m.S(np.arange(4.0), np.ones(3)),
    "large int": lambda m: m.S(*_arrays(), 2**62),
    "wrong types": lambda m: m.S(*_arrays(), 1.5, 2),
    "overridden": lambda m: m.Over(*_arrays()),
    "inherited": lambda m: m.Under(*_arrays()),
    "watched": lambda m: m.Watched(*_arrays()),
    "a step of its own": _with_own_step,
    "derived": lambda m: m.Derived(3),
    "named tuple": lambda m: m.P(np.arange(3.0), 2.0),
}
METHODS = ("run", "swaps", "ordered", "counted", "earlies", "divided", "conditional")
CALLS: dict[str, Callable[[ModuleType, Any, int], Any]] = {
    **{name: lambda m, s, k, name=name: getattr(m.S, name)(s, k) for name in METHODS},  # type: ignore[misc]
    "updated": lambda m, s, k: m.updated(s, k),
    "crossed": lambda m, s, k: m.crossed(s, m.S(*_arrays()), k),
    "crossed with itself": lambda m, s, k: m.crossed(s, s, k),
    "go": lambda m, s, k: m.Derived.go(s, k),
    "normed": lambda m, s, k: m.normed(s, k),
}
VERSIONS = ("original", "native", "numpy", "")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    path = compile_text(TEXT, tmp_path_factory.mktemp("methods"), Options(strict=True))
    return {version: load(path, version) for version in VERSIONS}


def _shown(value: object) -> object:
    if isinstance(value, tuple):
        return type(value).__name__, [_shown(item) for item in value]
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.tolist()
    return type(value), "" if callable(value) else repr(value)


def _seen(module: ModuleType, call: str, kind: str, k: int) -> tuple[object, ...]:
    """The result or the exception, and the fields and who they are."""
    made = OBJECTS[kind](module)
    before = list(getattr(made, "__dict__", {}).values())
    try:
        result = CALLS[call](module, made, k)
    except Exception as error:
        result = (type(error), str(error))
    fields = {name: value for name, value in getattr(made, "__dict__", {}).items() if not callable(value)}
    parts = [*fields.values(), *(result if isinstance(result, tuple) else (result,))]
    who = [part is own for part in parts for own in before if isinstance(own, np.ndarray)]
    return _shown(result), [(name, _shown(value)) for name, value in fields.items()], who


@pytest.mark.parametrize("kind", OBJECTS)
@pytest.mark.parametrize("call", CALLS)
def test_objects_are_left_alike(modules: dict[str, ModuleType], call: str, kind: str) -> None:
    for k in (0, 1, 3):
        want, *others = (_seen(m, call, kind, k) for m in modules.values())
        assert others == [want] * len(others)


KERNELS = {
    **{f"S.{name}": ("plain", name) for name in METHODS if name not in ("run", "conditional")},
    "updated": ("plain", "updated"),
    "crossed": ("plain", "crossed"),
    "Derived.go": ("derived", "go"),
    "S.run": ("inherited", "run"),
}


@pytest.mark.parametrize("name", KERNELS)
def test_they_are_compiled_whole(modules: dict[str, ModuleType], name: str) -> None:
    kind, call = KERNELS[name]
    before = trace._counts_of(name)["native"]
    CALLS[call](modules["native"], OBJECTS[kind](modules["native"]), 3)
    assert trace._counts_of(name)["native"] == before + 1


def test_a_method_that_is_another_now(modules: dict[str, ModuleType]) -> None:
    module, name = modules["native"], "S.run"
    counts = trace._counts_of(name)
    before = counts["native"]
    module.S.run(module.Under(*_arrays()), 1)
    assert counts["native"] == before + 1  # a guard has seen the class
    kept, made = module.S.step, module.Under(*_arrays())
    try:
        module.S.step = lambda self, dt: setattr(self, "n", 9)
        module.S.run(made, 1)
    finally:
        module.S.step = kept
    assert made.n == 9
    assert counts["native"] == before + 1
