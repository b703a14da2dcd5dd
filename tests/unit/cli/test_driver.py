"""The driver: a stage that breaks on a function costs that function only."""

from pathlib import Path
from typing import Any, NoReturn

import libcst as cst
import pytest
from msgspec.structs import replace

from pyaot import driver
from pyaot.base.catalogue import INTERNAL_ERROR, NOTHING_TO_COMPILE
from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.driver import Compilation, compile_source
from pyaot.frontend import instance as lowering
from pyaot.frontend.context import Context
from pyaot.ir.nodes import Assign, Function, Var
from pyaot.ir.program import Program
from pyaot.ir.types import PY_INT

TEXT = """
def one(n: int) -> int:
    return n + 1

def two(n: int) -> int:
    return n + 2
"""
SOURCE = SourceFile(Path("prog.py"), TEXT)


def _names(compilation: Compilation) -> list[str]:
    return [entry.entry.qualified_name for entry in compilation.plan.entries]


def _breaking(stage: Any) -> Any:
    """The stage, with a bug that strikes 'two' only."""

    def broken(what: Any, *more: Any) -> Any:
        functions = (what,) if isinstance(what, Function) else what
        if any(function.source_name == "two" for function in functions):
            raise KeyError("a bug")
        return stage(what, *more)

    return broken


def test_all_functions_are_compiled() -> None:
    compilation = compile_source(SOURCE, Options())
    assert _names(compilation) == ["one", "two"]
    assert compilation.native is not None and len(compilation.native.symbols) >= 2


@pytest.mark.parametrize("stage", ["normalise", "prove_bounds", "optimise", "emit_native"])
def test_bug_costs_one_function(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, stage, _breaking(getattr(driver, stage)))
    compilation = compile_source(SOURCE, Options())
    assert _names(compilation) == ["one"]
    said = next(d for d in compilation.diagnostics if d.code == INTERNAL_ERROR)
    assert said.function == "two" and said.span.line == 5
    assert "KeyError: 'a bug'" in said.notes[0]


@pytest.mark.parametrize("stage", ["lower", "optimise"])
def test_meaningless_ir_costs_one_function(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads a variable that nobody has set must not become C."""
    right = getattr(driver, stage)

    def spoilt(what: Any, *more: Any) -> Any:
        made = right(what, *more)
        if isinstance(made, Program):
            return replace(made, functions=tuple(map(_reading_nothing, made.functions)))
        return replace(made, function=_reading_nothing(made.function))

    monkeypatch.setattr(driver, stage, spoilt)
    compilation = compile_source(SOURCE, Options())
    assert _names(compilation) == ["one"]
    said = next(d for d in compilation.diagnostics if d.code == INTERNAL_ERROR)
    assert said.function == "two" and "may be unset" in said.notes[0]


def _reading_nothing(function: Function) -> Function:
    if function.source_name != "two":
        return function
    return replace(function, body=(Assign("x", Var("nobody", PY_INT)), *function.body))


def test_bug_in_every_function_leaves_the_file_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "normalise", lambda function: 1 / 0)
    compilation = compile_source(SOURCE, Options())
    assert _names(compilation) == [] and compilation.native is None
    assert NOTHING_TO_COMPILE in [d.code for d in compilation.diagnostics]


LOOPS = """
import numpy as np
from numpy.typing import NDArray

def double(a: NDArray[np.float64]) -> None:
    for i in range(a.shape[0]):
        a[i] = a[i] + a[i]
"""


def test_loops_get_a_numpy_version() -> None:
    compilation = compile_source(SourceFile(Path("prog.py"), LOOPS), Options())
    (instance, *_) = compilation.plan.entries[0].instances
    assert instance.targets == ("native", "numpy")
    assert "a + a" in compilation.numpy[instance.function.name].text


def test_bug_of_the_numpy_backend_leaves_the_native_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "emit_numpy", lambda *what: 1 / 0)
    compilation = compile_source(SourceFile(Path("prog.py"), LOOPS), Options())
    assert {i.targets for i in compilation.plan.entries[0].instances} == {("native",)}
    said = next(d for d in compilation.diagnostics if d.code == INTERNAL_ERROR)
    assert "so it has no NumPy version" in said.message


def test_bug_of_the_front_end_leaves_the_file_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "lower", lambda tree: 1 / 0)
    codes = [d.code for d in compile_source(SOURCE, Options()).diagnostics]
    assert codes == [INTERNAL_ERROR, NOTHING_TO_COMPILE]


def test_bug_in_lowering_costs_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    right = lowering.lower_body

    def breaking(ctx: Context, body: cst.BaseSuite) -> None:
        if ctx.scope.local_names >= {"y"}:
            raise IndexError("a bug")
        right(ctx, body)

    monkeypatch.setattr(lowering, "lower_body", breaking)
    text = f"{LOOPS}\ndef broken(y: float) -> float:\n    return y\n"
    compilation = compile_source(SourceFile(Path("prog.py"), text), Options())
    assert _names(compilation) == ["double"]
    assert [d.function for d in compilation.diagnostics if d.code == INTERNAL_ERROR] == ["broken"]


def test_functions_side_by_side_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = compile_source(SOURCE, Options(jobs=1))
    monkeypatch.setattr(driver, "_WORTH_PROCESSES", 1)
    together = compile_source(SOURCE, Options(jobs=2))
    assert together.plan == alone.plan and together.native == alone.native
    assert together.options == replace(alone.options, jobs=2)


def test_only_functions_that_are_worth_it_get_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(method: str) -> NoReturn:
        raise InterruptedError(method)

    monkeypatch.setattr(driver.multiprocessing, "get_context", started)
    assert _names(compile_source(SOURCE, Options(jobs=2))) == _names(compile_source(SOURCE, Options(jobs=1)))
    total = " + ".join(f"x * {k}.5" for k in range(40))
    texts = [f"def {name}(x: float) -> float:\n    return {total}\n" for name in "fghk"]
    large = SourceFile(Path("prog.py"), "\n\n".join(texts))
    compile_source(large, Options(jobs=1))
    with pytest.raises(InterruptedError):
        compile_source(large, Options(jobs=2))


def test_compiling_twice_gives_the_same_text() -> None:
    assert compile_source(SOURCE, Options()).native == compile_source(SOURCE, Options()).native
