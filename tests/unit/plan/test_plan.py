"""Which versions each function gets."""

from msgspec.structs import replace

from pyaot.base.catalogue import NO_VERSION, STRICT_REFUSES
from pyaot.base.options import Options
from pyaot.base.source import Span
from pyaot.ir.build import function, give
from pyaot.ir.nodes import Function, Inexact
from pyaot.ir.program import Entry, Instance, Program
from pyaot.plan.plan import Plan, plan, restrict

EXACT = replace(function("f", {}, give()), span=Span(3, 0, 4, 0))
SUM = replace(EXACT, name="g", source_name="g", inexact=(Inexact("a sum", Span(7, 4, 7, 9)),))


def _program(*functions: Function) -> Program:
    entries = tuple(Entry(f.source_name, f.span, (), (Instance(f.name, ()),)) for f in functions)
    return Program(functions, entries, ())


def _targets(planned: Plan) -> dict[str, tuple[str, ...]]:
    return {e.entry.qualified_name: e.instances[0].targets for e in planned.entries}


def test_native_comes_before_numpy() -> None:
    assert _targets(plan(_program(EXACT), Options())) == {"f": ("native", "numpy")}
    assert _targets(plan(_program(EXACT), Options(targets=("numpy",)))) == {"f": ("numpy",)}


def test_strict_refuses_what_rounds_differently() -> None:
    planned = plan(_program(EXACT, SUM), Options(strict=True))
    assert _targets(planned) == {"f": ("native", "numpy")}
    (said,) = planned.diagnostics
    assert (said.code, said.span.line, said.function) == (STRICT_REFUSES, 7, "g")
    assert "a sum" in said.label


def test_relaxed_takes_what_rounds_differently() -> None:
    assert set(_targets(plan(_program(EXACT, SUM), Options()))) == {"f", "g"}


def test_backend_that_could_not_make_it_is_left_out() -> None:
    planned = plan(_program(EXACT, replace(SUM, inexact=())), Options())
    left = restrict(planned, "native", frozenset({"g"}))
    assert _targets(left) == {"f": ("numpy",), "g": ("native", "numpy")}
    assert left.functions("native") == (replace(SUM, inexact=()),)


def test_function_without_any_version_gets_a_remark() -> None:
    planned = restrict(plan(_program(EXACT), Options(targets=("native",))), "native", frozenset())
    assert planned.entries == ()
    (said,) = planned.diagnostics
    assert (said.code, said.function, said.span.line) == (NO_VERSION, "f", 3)
