"""`pyaot.compile_function`: the same function, compiled, and never a result of what is no longer there."""

import inspect
import os
import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import pyaot
from tests.unit.live.modules import DATA, HEAD, module_of, ran, run_in


@pytest.fixture(autouse=True)
def _traced(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.getbasetemp() / "cache-of-functions"
    folder.mkdir(mode=0o700, exist_ok=True)
    monkeypatch.setenv("PYAOT_CACHE_DIR", str(folder))
    monkeypatch.setenv("PYAOT_TRACE", "1")
    monkeypatch.delenv("PYAOT_VERSION", raising=False)


@pytest.fixture
def prog(tmp_path: Path) -> ModuleType:
    return module_of(HEAD, tmp_path)


def _runs(function: Any, original: Any, *arguments: Any) -> str:
    """Which version ran; the result is the original's in any case."""
    result, version = ran(function, *arguments)
    assert result == pytest.approx(original(*arguments), rel=1e-13)
    return version


def test_it_is_the_function_with_all_that_can_be_asked_of_it(prog: ModuleType) -> None:
    original = prog.total
    compiled = prog.total = pyaot.compile_function(original)
    assert compiled is not original and compiled.__wrapped__ is original
    assert _runs(compiled, original, DATA) == "native ran"
    assert inspect.signature(compiled) == inspect.signature(original)
    for name in ("__doc__", "__name__", "__qualname__", "__module__", "__annotations__", "__defaults__"):
        assert getattr(compiled, name) == getattr(original, name)
    assert inspect.getsource(compiled) == inspect.getsource(original)
    assert pickle.loads(pickle.dumps(compiled)) is compiled


def test_nothing_is_added_to_the_functions_module(prog: ModuleType) -> None:
    before = set(vars(prog))
    ran(pyaot.compile_function(prog.total), DATA)
    assert set(vars(prog)) == before


CHANGES = {
    "a constant": ("SHIFT = 4", "'SHIFT' is not what it was"),
    "a constant's type": ("SHIFT = 3.0", "'SHIFT' is not what it was"),
    "a constant that is gone": ("del SHIFT", "'SHIFT' is not what it was"),
    "a helper": ("def helper(x: float, factor=2.0):\n    return x", "'helper' is not what it was"),
    "a helper's default": (
        "F = 5.0\ndef helper(x: float, factor=F):\n    return x * factor + SHIFT",
        "'helper' is not what it was",
    ),
    "a helper's default, in place": ("helper.__defaults__ = (7.0,)", "'helper' is not what it was"),
    "a helper's code, in place": (
        "def other(x, factor=2.0):\n    return x - 1\nhelper.__code__ = other.__code__",
        "'helper' is not what it was",
    ),
    "a helper that is no function": ("class helper(float): pass", "'helper' is not what it was"),
    "a builtin": ("abs = float", "'abs' is not Python's own"),
    "the function itself, in place": (
        "def other(a, w=0.5):\n    return 1.0\ntotal.__code__ = other.__code__",
        "the function itself was changed",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_changed_is_seen(prog: ModuleType, change: str) -> None:
    original = prog.total
    compiled = pyaot.compile_function(original)
    assert _runs(compiled, original, DATA) == "native ran"
    text, reason = CHANGES[change]
    run_in(prog, text)
    if change.endswith("gone"):
        with pytest.raises(NameError, match="SHIFT"):
            compiled(DATA)
        return
    assert reason in _runs(compiled, original, DATA)


@pytest.mark.parametrize(
    "text", ["SHIFT = 2 + 1", "unrelated = 1", "helper = helper", "a = w = s = i = None"]
)
def test_what_stays_the_same_is_compiled_still(prog: ModuleType, text: str) -> None:
    original = prog.total
    compiled = pyaot.compile_function(original)
    run_in(prog, text)
    assert _runs(compiled, original, DATA) == "native ran"


def test_a_cell_that_is_run_again_defines_the_same_helper(prog: ModuleType) -> None:
    original = prog.total
    again = "\n" * 6 + HEAD[HEAD.index("def helper") : HEAD.index("def total")].rstrip() + "\n"
    run_in(prog, again)
    compiled = pyaot.compile_function(original)
    run_in(prog, again)
    assert _runs(compiled, original, DATA) == "native ran"


def test_a_helper_that_is_compiled_later_is_the_same_helper(prog: ModuleType) -> None:
    run_in(prog, "def middle(a: Vector) -> float:\n    return total(a, 2.0)\n")
    original = prog.middle
    compiled = pyaot.compile_function(original)
    prog.total = pyaot.compile_function(prog.total)
    assert _runs(compiled, original, DATA) == "native ran"
    prog.total = pyaot.compile_function(prog.total)
    assert _runs(pyaot.compile_function(original), original, DATA) == "native ran"


def test_a_default_that_is_no_literal_has_the_value_of_then(prog: ModuleType) -> None:
    run_in(prog, "K = 2\ndef scaled(x: float, k=K * 1):\n    return x * k\nK = 3\n")
    run_in(prog, "def f(a: Vector) -> float:\n    return sum([scaled(a[i]) for i in range(len(a))])\n")
    assert _runs(pyaot.compile_function(prog.f), prog.f, DATA) == "native ran"


def test_a_value_without_a_text_is_no_builtin(prog: ModuleType) -> None:
    run_in(prog, "class _Odd:\n    def __call__(self, x): return 5.0\nabs = _Odd()\n")
    with pytest.warns(RuntimeWarning, match="cannot know what 'abs' is"):
        assert pyaot.compile_function(prog.total) is prog.total


def test_closures_follow_their_cells(prog: ModuleType) -> None:
    run_in(
        prog,
        """
def outer(k):
    def twice(x: float): return 2 * x
    def inner(a: Vector) -> float:
        s = 0.0
        for i in range(a.shape[0]):
            s += twice(a[i]) * k
        return s
    def change(value):
        nonlocal k
        k = value
    def change_helper(function):
        nonlocal twice
        twice = function
    return inner, change, change_helper
""",
    )
    original, change, change_helper = prog.outer(2.5)
    compiled = pyaot.compile_function(original)
    assert _runs(compiled, original, DATA) == "native ran"
    change(3.5)
    assert "'k' is not what it was" in _runs(compiled, original, DATA)
    change(2.5)
    assert _runs(compiled, original, DATA) == "native ran"
    other, _, _ = prog.outer(7.5)
    assert _runs(pyaot.compile_function(other), other, DATA) == "native ran"
    change_helper(abs)
    assert "'twice' is not what it was" in _runs(compiled, original, DATA)


RADAR = """
class Base:
    OFFSET = SHIFT * 2

    def step(self, x: float) -> float:
        return x * self.gain + self.OFFSET

class Radar(Base):
    FACTOR = SHIFT + 1.0

    def __init__(self, gain: float) -> None:
        self.gain = gain

    def own(self, x: float) -> float:
        return x * self.gain + self.FACTOR

    def process(self, a: Vector) -> float:
        s = 0.0
        for i in range(a.shape[0]):
            s += self.own(a[i])
        return s
"""


def test_methods_ask_for_their_class(prog: ModuleType) -> None:
    run_in(prog, RADAR)
    original = prog.Radar.process
    prog.Radar.process = pyaot.compile_function(original)
    radar = prog.Radar(2.0)

    def runs() -> str:
        result, version = ran(radar.process, DATA)
        assert result == pytest.approx(original(radar, DATA), rel=1e-13)
        return version

    assert runs() == "native ran"
    prog.Radar.FACTOR = 9.0
    assert runs() != "native ran"
    prog.Radar.FACTOR = 4.0
    own = prog.Radar.own
    prog.Radar.own = lambda self, x: 1.0
    assert runs() != "native ran"
    prog.Radar.own = own
    radar.own = lambda x: 2.0
    assert runs() != "native ran"


def test_static_methods_stay_static(prog: ModuleType) -> None:
    run_in(
        prog,
        """
class Sums:
    @staticmethod
    def total(a: Vector) -> float:
        s = 0.0
        for i in range(a.shape[0]):
            s += a[i]
        return s
""",
    )
    original = prog.Sums.total
    prog.Sums.total = pyaot.compile_function(vars(prog.Sums)["total"])
    assert _runs(prog.Sums().total, original, DATA) == "native ran"


def test_results_of_data_classes_without_methods(prog: ModuleType) -> None:
    run_in(
        prog,
        "from dataclasses import dataclass\n@dataclass\nclass Pair:\n    low: float\n    high: float = 0.5\n",
    )
    text = """
def extremes(a: Vector) -> Pair:
    low = a[0]
    for i in range(a.shape[0]):
        low = min(low, a[i])
    return Pair(low)
"""
    run_in(prog, text)
    compiled = pyaot.compile_function(prog.extremes)
    result, version = ran(compiled, DATA)
    assert (type(result), result) == (prog.Pair, prog.Pair(-3.0)) and version == "native ran"
    run_in(prog, "@dataclass\nclass Pair:\n    high: float\n    low: float = 0.5\n")
    result, version = ran(compiled, DATA)
    assert result == prog.Pair(-3.0) and version != "native ran"


def test_a_file_that_was_edited_is_not_the_text(prog: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "prog.py").write_text(HEAD.replace("+ abs", "- abs"), encoding="utf-8")
    with pytest.raises(OSError, match="it has changed since"):
        pyaot.compile_function(prog.total)


def test_regions_ask_too(prog: ModuleType) -> None:
    run_in(
        prog,
        """
def f(a: Vector) -> float:
    s = 0.0
    for i in range(a.shape[0]):
        s += helper(a[i])
    open("/dev/null").close()
    return s
""",
    )
    original = prog.f
    compiled = pyaot.compile_function(original)
    assert _runs(compiled, original, DATA) == "native ran"
    prog.SHIFT = 8
    assert "'SHIFT' is not what it was" in _runs(compiled, original, DATA)


REFUSED = {
    "lambda x: x": (TypeError, "a lambda has no hints"),
    "len": (TypeError, "no function with a 'def'"),
    "3": (TypeError, "no function"),
    "generator": (TypeError, "'generator' is a generator"),
    "coroutine": (TypeError, "'coroutine' is a coroutine"),
    "stream": (TypeError, "'stream' is an asynchronous generator"),
    "Radar(1.0).process": (TypeError, "bound to an object"),
    "unread": (OSError, "'unread' cannot be compiled: the text of 'unread' is not there"),
    "Local().method": (TypeError, "bound to an object"),
    "Inside.method": (TypeError, "is no method of a class at the top"),
}


@pytest.mark.parametrize("expression", REFUSED)
def test_what_cannot_be_compiled_says_why(prog: ModuleType, expression: str) -> None:
    run_in(prog, RADAR)
    run_in(prog, "def generator(n: int):\n    yield n\nasync def coroutine(n: int):\n    return n\n")
    run_in(
        prog, "async def stream(n: int):\n    yield n\nclass Local:\n    def method(self, n: int): return n\n"
    )
    run_in(
        prog,
        "class Outer:\n    class Inner:\n        def method(self, n: int): return n\nInside = Outer.Inner\n",
    )
    exec("def unread(n: int) -> int:\n    return n\n", prog.__dict__)
    kind, message = REFUSED[expression]
    with pytest.raises(kind, match=message):
        pyaot.compile_function(eval(expression, prog.__dict__))


def test_without_versions_the_function_itself_and_a_warning(prog: ModuleType) -> None:
    run_in(prog, "def f(n):\n    return n\n")
    with pytest.warns(RuntimeWarning, match="'f' has no compiled version"):
        assert pyaot.compile_function(prog.f) is prog.f


def test_options_are_those_of_the_command_line(prog: ModuleType) -> None:
    original = prog.total
    strict = pyaot.compile_function(fp="strict", target="native")(original)
    values = np.random.default_rng(1).standard_normal(5000)
    result, version = ran(strict, values)
    assert result == original(values) and version == "native ran"
    assert ran(pyaot.compile_function(original, target="numpy"), DATA)[1] == "numpy ran"
    with pytest.raises(ValueError, match="fp='fast'"):
        pyaot.compile_function(original, fp="fast")
    with pytest.raises(ValueError, match="target='gpu'"):
        pyaot.compile_function(original, target="gpu")


def test_a_decorator_in_a_program_that_pickles(tmp_path: Path) -> None:
    text = (
        HEAD.replace("def total", "@pyaot.compile_function\ndef total")
        + """
import pickle, sys
print(sys.modules["libcst"] if "libcst" in sys.modules else "light")
print(total(np.ones(4)), pickle.loads(pickle.dumps(total)) is total, total.__wrapped__(np.ones(4)))
"""
    )
    path = tmp_path / "main.py"
    path.write_text("import pyaot\n" + text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout == "light\n14.0 True 14.0\n"
    assert "pyaot: total: native ran" in done.stderr


def test_importing_pyaot_stays_light() -> None:
    code = "import sys; before = set(sys.modules); import pyaot; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(eval(done.stdout))
    assert {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names) == {"pyaot"}
    assert {name for name in loaded if name.startswith("pyaot.")} == set()
    assert loaded & {"typing", "inspect", "pathlib"} == set()


IN_PROGRAM = (
    HEAD
    + """
import pyaot

class Scaler:
    def __init__(self, gain: float):
        self.gain = gain

    def process(self, a: Vector) -> float:
        s = 0.0
        for i in range(a.shape[0]):
            s += a[i] * self.gain
        return s

@pyaot.compile_function
def decorated(a: Vector) -> float:
    s = 0.0
    for i in range(a.shape[0]):
        s += helper(a[i])
    return s

total = pyaot.compile_function(total)
Scaler.process = pyaot.compile_function(Scaler.process)
ones = np.ones(4)
print(total(ones), decorated(ones), Scaler(3.0).process(ones))
SHIFT = 5
print(total(ones), decorated(ones))
"""
)


@pytest.mark.parametrize("how", ["python", "run", "compile"])
def test_programs_that_pyaot_compiles_as_well(tmp_path: Path, how: str) -> None:
    path = tmp_path / "main.py"
    path.write_text(IN_PROGRAM, encoding="utf-8")
    commands = {
        "python": [[str(path)]],
        "run": [["-m", "pyaot", "run", str(path)]],
        "compile": [
            ["-m", "pyaot", "compile", str(path), "-o", str(tmp_path / "out")],
            [str(tmp_path / "out/main.py")],
        ],
    }
    for command in commands[how]:
        done = subprocess.run(
            [sys.executable, "-W", "error", *command],
            capture_output=True,
            text=True,
            env=os.environ,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout == "14.0 20.0 12.0\n18.0 28.0\n"
    for name in ("total", "decorated", "Scaler.process"):
        assert f"pyaot: {name}: native ran" in done.stderr
