"""A user's text with versions in it, loaded: kernels are the interpreter, or what a test gives."""

import inspect
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyaot_runtime

from pyaot.base.options import Options
from pyaot.base.source import SourceFile, Span
from pyaot.ir.interpret import Failed, interpret
from pyaot.ir.nodes import Function
from pyaot.ir.program import Binding, Entry, GlobalFact, Instance, Kind, Parameter, Program
from pyaot.output.assemble import assemble
from pyaot.output.bundle import Kernels, Module
from pyaot.output.runtime_names import wording_for
from pyaot.plan.plan import plan

Kernel = Callable[[tuple[Any, ...]], Any]


def interpreted(function: Function) -> Kernel:
    """The interpreter as a kernel."""

    def kernel(values: tuple[Any, ...]) -> Any:
        outcome = interpret(function, values)
        if isinstance(outcome, Failed):
            return -1, 0
        return outcome.path, outcome.flags, *_leaves(outcome.value)

    return kernel


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield value.item() if isinstance(value, np.generic) else value


def entry(
    text: str, name: str, *functions: Function, facts: tuple[GlobalFact, ...] = (), **texts: str
) -> Entry:
    """The entry of the def `name` in the text; `texts` are bindings other than by name."""
    lines = text.split("\n")
    local = name.rpartition(".")[2]
    start = next(i for i, line in enumerate(lines) if line.lstrip().startswith(f"def {local}("))
    margin = len(lines[start]) - len(lines[start].lstrip())
    end = start
    for i in range(start + 1, len(lines)):
        if lines[i].strip() and len(lines[i]) - len(lines[i].lstrip()) <= margin:
            break
        end = i if lines[i].strip() else end
    signature = lines[start].partition("(")[2].rpartition(")")[0]
    instances = tuple(
        Instance(f.name, tuple(Binding(p.name, texts.get(p.name, p.name)) for p in f.params), facts)
        for f in functions
    )
    span = Span(start + 1, margin, end + 1, len(lines[end]))
    return Entry(name, span, _parameters(signature), instances)


def _parameters(signature: str) -> tuple[Parameter, ...]:
    """Read by Python itself."""
    namespace: dict[str, Any] = {"np": np}
    exec(f"from __future__ import annotations\ndef f({signature}): pass", namespace)
    kinds = {kind.name: kind for kind in Kind}
    return tuple(
        Parameter(p.name, kinds[p.kind.name], p.default is not p.empty)
        for p in inspect.signature(namespace["f"]).parameters.values()
    )


def assembled(text: str, functions: tuple[Function, ...], *entries: Entry) -> Module:
    """The drop-in's text, with native versions for all functions."""
    source = SourceFile(Path("prog.py"), text)
    planned = plan(Program(functions, entries, ()), Options(targets=("native",)))
    return assemble(source, planned, {}, Kernels("prog_kernels", "0" * 8), wording_for(source))


def load_module(
    text: str,
    functions: tuple[Function, ...],
    *entries: Entry,
    monkeypatch: Any,
    kernels: Mapping[str, Kernel] | None = None,
    folder: Path,
) -> Any:
    """The drop-in as a module; functions without a kernel of the test's own are interpreted."""
    known = {f.name: interpreted(f) for f in functions} | dict(kernels or {})
    monkeypatch.setenv("PYAOT_VERSION", "native")  # the functions of the tests are too short to pay
    monkeypatch.setattr(pyaot_runtime, "load_kernels", lambda *args, **options: known, raising=False)
    written = assembled(text, functions, *entries)
    path = folder / "prog.py"
    path.write_text(written.text)
    module = types.ModuleType("prog")
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, "prog", module)
    exec(compile(written.text, str(path), "exec"), module.__dict__)
    return module
