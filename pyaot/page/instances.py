"""Each typed instance of a function as the page shows it: guard, predicted and measured times, texts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pyaot.backends.python_text import Names, expression_text
from pyaot.driver import Compilation
from pyaot.ir.nodes import Dim, Var
from pyaot.ir.types import PY_INT, Array, Scalar
from pyaot.output.report import report
from pyaot.page.code import panes_of
from pyaot.page.measured import Timed
from pyaot.page.model import Cost, Guard, InstanceView, Measured
from pyaot.plan.estimates import Estimate, arguments_in, estimates, plain, value_of
from pyaot.plan.plan import EntryPlan, InstancePlan

_SIZES = (10, 100, 1000)
_SIZES_OF_CUBES = (8, 32, 128)  # where arrays have more than two dimensions
_UNITS = ((1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s"), (60.0, "min"), (3600.0, "h"))


def instances_of(
    compilation: Compilation, trace: Iterable[Timed]
) -> Iterator[tuple[EntryPlan, InstanceView]]:
    """Every instance with its function, numbered through."""
    timed = tuple(trace)
    data = report(compilation.source, compilation.plan.entries, (), compilation.options)
    number = 0
    for entry, function in zip(compilation.plan.entries, data["functions"], strict=True):
        for planned, made in zip(entry.instances, function["instances"], strict=True):
            calls = [t for t in timed if t.function == entry.entry.qualified_name]
            yield entry, _view(number, entry, planned, made, compilation, calls)
            number += 1


def _view(
    number: int,
    entry: EntryPlan,
    planned: InstancePlan,
    made: Mapping[str, Any],
    compilation: Compilation,
    calls: Iterable[Timed],
) -> InstanceView:
    name = planned.function.name
    parameters = ", ".join(f"{name}: {type}" for name, type in made["parameters"].items())
    study = compilation.studies.get(name)
    before = planned.function if study is None else study.function
    predicted = estimates(before, planned.function, planned.targets)
    ranks = (param.type.rank for param in planned.function.params if isinstance(param.type, Array))
    sizes = _SIZES_OF_CUBES if max(ranks, default=0) > 2 else _SIZES
    texts = {binding.param: binding.text for binding in planned.instance.bindings}
    return InstanceView(
        number,
        entry.entry.qualified_name,
        parameters or "no arguments",
        tuple(made["versions"]),
        made["pays"],
        tuple(made["writes"]),
        tuple(Guard(row["refuses"], row["because"]) for row in made["guard"]),
        tuple(f"{size:,}" for size in sizes),
        tuple(_cost(estimate, Names(texts), sizes) for estimate in predicted),
        tuple(_measured(call, planned, predicted) for call in calls if _is_of(call, planned)),
        tuple(f"line {place['line']}: {place['what']}" for place in made["may_round_differently"]),
        panes_of(compilation, name, planned.targets),
    )


# ---- times


def _cost(estimate: Estimate, names: Names, sizes: Sequence[int]) -> Cost:
    if estimate.nanoseconds is None:
        return Cost(estimate.version, "", (), "It does not follow from the arguments.")
    formula = estimate.nanoseconds
    values = (value_of(formula, dict.fromkeys(arguments_in(formula), float(size))) for size in sizes)
    remark = (
        ""
        if estimate.is_whole
        else "Some loops are left out: how often they run does not follow from the arguments."
    )
    return Cost(
        estimate.version,
        f"{expression_text(plain(formula), names)} ns",
        tuple(map(_nanoseconds, values)),
        remark,
    )


def _is_of(call: Timed, planned: InstancePlan) -> bool:
    """Whether the arguments of a call are of this instance, as far as their sizes show it."""
    return call.version == "original" or call.sizes is None or _fits(call, planned)


def _fits(call: Timed, planned: InstancePlan) -> bool:
    """The original of a method is called with an object, its versions with what they need of it."""
    params = planned.function.params
    ranks = [param.type.rank if isinstance(param.type, Array) else None for param in params]
    return ranks == [len(size) if isinstance(size, tuple) else None for size in call.sizes or ()]


def _measured(call: Timed, planned: InstancePlan, predicted: Iterable[Estimate]) -> Measured:
    estimate = next((e for e in predicted if e.version == call.version), None)
    value = None
    if estimate is not None and estimate.nanoseconds is not None and _fits(call, planned):
        value = value_of(estimate.nanoseconds, _arguments(call, planned))
    sizes = "various" if call.sizes is None else ", ".join(map(_size, call.sizes))
    return Measured(
        call.version,
        sizes,
        call.calls,
        call.failed,
        duration(call.mean),
        duration(call.least),
        _nanoseconds(value),
    )


def _arguments(call: Timed, planned: InstancePlan) -> dict[Var | Dim, float]:
    """What the sizes of a call say of the names in a formula."""
    values: dict[Var | Dim, float] = {}
    for param, size in zip(planned.function.params, call.sizes or (), strict=False):
        if isinstance(size, tuple):
            values |= {Dim(param.name, axis, PY_INT): float(n) for axis, n in enumerate(size)}
        elif isinstance(size, int) and isinstance(param.type, Scalar):
            values[Var(param.name, param.type)] = float(size)
    return values


def _size(size: tuple[int, ...] | int | None) -> str:
    if isinstance(size, tuple):
        return "×".join(map(str, size)) or "0-d"
    return "·" if size is None else str(size)


def _nanoseconds(value: float | None) -> str:
    return "" if value is None else duration(value * 1e-9)


def duration(seconds: float) -> str:
    """A time with two digits: 3.1 µs."""
    if seconds <= 0:
        return "0"
    unit, name = next((u for u in reversed(_UNITS) if seconds >= u[0]), _UNITS[0])
    count = seconds / unit
    return f"{count:.2g} {name}" if count < 100 else f"{count:,.0f} {name}"
