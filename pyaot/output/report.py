"""What was made of each function and loop, as data (`prog.report.json`, `--json`) and as text (`explain`).

smooth (line 12)
  for a: float64[1], n: int
    versions: native, numpy, original
    line 14: for i: parallel, simd; sum into total
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import asdict

from pyaot.backends.c_flags import may_miss_errors
from pyaot.backends.python_text import Names
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.options import Options
from pyaot.base.render import as_data
from pyaot.base.source import SourceFile
from pyaot.ir.nodes import For, LibraryCall, Stmt
from pyaot.ir.show import show_type
from pyaot.ir.user_names import UserNames, loop_name, user_names_of
from pyaot.ir.walk import bodies_of
from pyaot.output.guard_text import false_text, reason_text
from pyaot.output.runtime_names import Wording
from pyaot.output.version import VERSION
from pyaot.plan.plan import EntryPlan, InstancePlan

_TITLES = {"expression": "expression", "array operator": "array operator", "pyaot": "loop of pyaot's own"}
_REDUCTIONS = {"add": "sum", "mul": "product", "minimum": "minimum", "maximum": "maximum"}


def report(
    source: SourceFile, entries: Iterable[EntryPlan], diagnostics: Iterable[Diagnostic], options: Options
) -> dict[str, Any]:
    """The whole report of a file, ready for JSON."""
    return {
        "pyaot": VERSION,
        "source": source.path.name,
        "options": asdict(options),
        "functions": [_entry(plan) for plan in entries],
        "diagnostics": [as_data(diagnostic, source) for diagnostic in diagnostics],
    }


def report_text(data: Mapping[str, Any]) -> str:
    """The functions of a report for people."""
    return "\n".join(line for function in data["functions"] for line in _function_rows(function))


def _entry(plan: EntryPlan) -> dict[str, Any]:
    return {
        "name": plan.entry.qualified_name,
        "line": (plan.entry.span if plan.entry.region is None else plan.instances[0].function.span).line,
        "instances": [_instance(instance) for instance in plan.instances],
    }


def _instance(plan: InstancePlan) -> dict[str, Any]:
    texts = {binding.param: binding.text for binding in plan.instance.bindings}
    return {
        "kernel": plan.function.name,
        "parameters": {texts[p.name]: show_type(p.type) for p in plan.function.params},
        "versions": [*plan.targets, "original"],
        "pays": plan.pays,
        "may_miss_warnings": may_miss_errors(plan.function),
        "writes": [texts[name] for name in plan.written],
        "guard": [
            {"refuses": false_text(c, Names(texts), Wording()), "because": reason_text(c, texts)}
            for c in plan.conditions
        ],
        "loops": list(_loops(plan.function.body, user_names_of(plan.function))),
        "may_round_differently": [
            {"what": place.what, "line": place.span.line} for place in plan.function.inexact
        ],
    }


def _loops(body: tuple[Stmt, ...], names: UserNames) -> Iterator[dict[str, Any]]:
    """The loops and library calls of a body, nested as they are."""
    for stmt in body:
        inside = [loop for nested in bodies_of(stmt) for loop in _loops(nested, names)]
        match stmt:
            case For():
                yield _loop(stmt, names, inside)
            case LibraryCall():
                yield {"line": stmt.span.line, "library": stmt.function}
            case _:
                yield from inside


def _loop(loop: For, names: UserNames, inside: list[dict[str, Any]]) -> dict[str, Any]:
    combined = dict.fromkeys((r.op, names.of(r.name)) for r in loop.marks.reductions)
    return {
        "line": loop.span.line,
        "index": loop_name(loop),
        "of": _source_of(loop),
        "parallel": loop.marks.parallel,
        "simd": loop.marks.simd,
        "balanced": loop.marks.balanced,
        "reductions": [{"operator": op, "into": name} for op, name in combined],
        "inside": inside,
    }


def _source_of(loop: For) -> str:
    """What of the text the loop stands for."""
    if loop.label:
        return "loop" if loop_name(loop) else "expression"
    return "array operator" if loop.span.line else "pyaot"


def _function_rows(function: Mapping[str, Any]) -> Iterator[str]:
    yield f"{function['name']} (line {function['line']})"
    for instance in function["instances"]:
        parameters = ", ".join(f"{name}: {type}" for name, type in instance["parameters"].items())
        yield f"  for {parameters or 'no arguments'}"
        yield f"    versions: {', '.join(instance['versions'])}{_first(instance)}"
        if instance["writes"]:
            yield f"    writes: {', '.join(instance['writes'])}"
        yield from (f"    {row}" for row in _loop_rows(instance["loops"]))
    yield ""


def _first(instance: Mapping[str, Any]) -> str:
    return "" if instance["pays"] else " (the original runs: there is no loop that pays for a kernel's start)"


def _loop_rows(loops: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for loop in loops:
        place = f"line {loop['line']}: " if loop["line"] else ""
        if "library" in loop:
            yield f"{place}library call {loop['library']}"
            continue
        yield f"{place}{_title(loop)}: {_ways(loop)}"
        yield from (f"  {row}" for row in _loop_rows(loop["inside"]))


def _title(loop: Mapping[str, Any]) -> str:
    return _TITLES.get(loop["of"], f"for {loop['index']}")


def _ways(loop: Mapping[str, Any]) -> str:
    ways = [way for way in ("parallel", "simd") if loop[way]] or ["in order"]
    return "; ".join((", ".join(ways), *map(_reduction, loop["reductions"])))


def _reduction(reduction: Mapping[str, str]) -> str:
    into = f" into {reduction['into']}" if reduction["into"] else ""
    return f"{_REDUCTIONS.get(reduction['operator'], reduction['operator'])}{into}"
