"""Functions that set fields of objects leave the objects as the originals do, also where they raise."""

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
import numpy as np
from numpy.typing import NDArray

V = np.ndarray[tuple[int], np.dtype[np.float64]]
log: list = []

@dataclass
class State:
    pos: V
    vel: V
    n: int = 0
    e: float = 0.0
    done: bool = False

@dataclass(frozen=True)
class Frozen:
    pos: V
    vel: V
    n: int = 0
    e: float = 0.0
    done: bool = False

@dataclass(slots=True)
class Slots:
    pos: V
    vel: V
    n: int = 0
    e: float = 0.0
    done: bool = False

class Watched(State):
    def __setattr__(self, name, value):
        log.append(name)
        object.__setattr__(self, name, value)

class Computed(State):
    @property
    def n(self):
        return 7
    @n.setter
    def n(self, value):
        log.append(value)

def drift(s: State, k: float) -> None:
    s.vel += k
    for i in range(len(s.pos)):
        s.pos[i] += s.vel[i]
    s.n += 1
    s.e = s.n * k

def counted(s: State, limit: float) -> V:
    for i in range(len(s.pos)):
        if s.pos[i] > limit:
            s.n += 1
            s.e = s.pos[i]
        s.pos[i] = s.n
    if s.n > 2:
        s.done = True
        return s.vel
    s.vel = s.pos * 2.0
    return s.pos

def found(s: State, limit: float):
    for i in range(len(s.pos)):
        s.n = i
        if s.pos[i] > limit:
            s.done = True
            break
    else:
        s.n = -1
    return s.n, s.pos

def divided(s: State, k: float) -> float:
    s.n += 2
    for i in range(len(s.pos)):
        s.e += 1 / k
        s.pos[i] = s.e
    s.n += 1
    return s.e

def both(s: State, t: State, k: float) -> float:
    total = 0.0
    for i in range(len(s.pos)):
        s.n += 1
        total += s.pos[i] * t.n
        t.e = total
    s.e = k
    return total + t.e

def grown(s: State, k: float) -> None:
    for i in range(len(s.pos)):
        s.n = s.n * 1000 + 7
        s.pos[i] = s.n % 10

def swapped(s: State, k: float) -> None:
    for i in range(len(s.pos)):
        s.pos[i] += k
    s.pos, s.vel = s.vel, s.pos

def reported(s: State, k: float) -> float:
    for i in range(len(s.pos)):
        s.pos[i] += k
        s.n += 1
    log.append(s.n)
    for i in range(len(s.pos)):
        s.e += s.pos[i]
        s.n -= 1
    log.append(s.n)
    return s.e

class Sim:
    def __init__(self, n: int):
        self.field = np.zeros(n)
        self.gain: float = 2.0
        self.count: int = 0
        self.last = 0.0

    def advance(self, v: float) -> int:
        for i in range(len(self.field)):
            self.field[i] = self.field[i] * self.gain + v
            self.count += 1
        self.last = self.field[0]
        self.extra = v
        return self.count

def simulated(s: State, k: float):
    sim = Sim(4)
    sim.advance(k)
    return sim.advance(k), sim.field, sim.last, sim.count, sim.extra
"""

Make = Callable[[ModuleType], Any]


def _arrays(n: int = 4) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(float(n)), np.ones(n)


OBJECTS: dict[str, Make] = {
    "plain": lambda m: m.State(*_arrays()),
    "empty": lambda m: m.State(*_arrays(0)),
    "strided": lambda m: m.State(np.arange(8.0)[::2], np.ones(8)[::2], 3),
    "one array": lambda m: m.State(*(lambda a: (a, a))(np.arange(4.0))),
    "wrong types": lambda m: m.State(*_arrays(), 1.5, 2),
    "large int": lambda m: m.State(*_arrays(), 2**62),
    "larger int": lambda m: m.State(*_arrays(), 10**30),
    "frozen": lambda m: m.Frozen(*_arrays()),
    "slots": lambda m: m.Slots(*_arrays(), 5, 0.5),
    "watched": lambda m: m.Watched(*_arrays()),
    "computed": lambda m: m.Computed(*_arrays()),
    "read-only": lambda m: m.State(np.broadcast_to(np.float64(1), (4,)), np.ones(4)),
    "no object": lambda m: None,
}
NAMES = ("drift", "counted", "found", "divided", "grown", "swapped", "reported", "simulated")


VERSIONS = ("original", "native", "numpy", "")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    path = compile_text(TEXT, tmp_path_factory.mktemp("fields"), Options(strict=True))
    return {version: load(path, version) for version in VERSIONS}


def _shown(value: object) -> object:
    return (value.dtype.str, value.tolist()) if isinstance(value, np.ndarray) else (type(value), repr(value))


def _seen(module: ModuleType, name: str, objects: list[Any], k: float) -> tuple[object, ...]:
    """The result or the exception, the fields and who they are, and the log."""
    before = [(s.pos, s.vel) if s is not None else () for s in objects]
    try:
        with np.errstate(all="ignore"):
            result = getattr(module, name)(*objects, k)
    except Exception as error:
        result = (type(error), str(error))
    parts = result if isinstance(result, tuple) else (result,)
    fields = [getattr(s, name, None) for s in objects for name in ("pos", "vel", "n", "e", "done")]
    who = [part is own for part in (*parts, *fields) for pair in before for own in pair]
    log, module.log[:] = list(module.log), []
    return type(result), [_shown(value) for value in (*parts, *fields)], who, log


@pytest.mark.parametrize("kind", OBJECTS)
@pytest.mark.parametrize("name", NAMES)
def test_fields(modules: dict[str, ModuleType], name: str, kind: str) -> None:
    for k in (2.0, 0.0, -1.0):
        want, *others = (_seen(m, name, [OBJECTS[kind](m)], k) for m in modules.values())
        assert others == [want] * len(others)


@pytest.mark.parametrize("objects", [1, 2])
def test_one_object_by_two_names(modules: dict[str, ModuleType], objects: int) -> None:
    def given(module: ModuleType) -> list[Any]:
        made = [module.State(*_arrays(), n) for n in range(objects)]
        return [made[0], made[-1]]

    want, *others = (_seen(m, "both", given(m), 0.5) for m in modules.values())
    assert others == [want] * len(others)


@pytest.mark.parametrize(
    "name", ["drift", "counted", "found", "divided", "grown", "swapped", "both", "advance"]
)
def test_they_are_compiled_whole(modules: dict[str, ModuleType], name: str) -> None:
    counts = trace._counts_of("Sim.advance" if name == "advance" else name)
    before, module = counts["native"], modules["native"]
    states = [module.State(*_arrays()) for _ in range(2 if name == "both" else 1)]
    getattr(module, name, module.Sim.advance)(*([module.Sim(3)] if name == "advance" else states), 2.0)
    assert counts["native"] == before + 1
