"""From IR functions to what each of the user's functions gets: instances, their targets and guards."""

from msgspec import Struct
from msgspec.structs import replace

from pyaot.base.catalogue import NO_VERSION
from pyaot.base.diagnostics import Diagnostic, Severity
from pyaot.base.options import Options
from pyaot.ir.nodes import Function
from pyaot.ir.program import Entry, Instance, Outline, Program
from pyaot.plan.choose import choose
from pyaot.plan.cost import pays_ever, worthwhile
from pyaot.plan.guards import Condition, conditions_of, written_params


class InstancePlan(Struct, frozen=True):
    """A typed instance with the versions to make of it."""

    instance: Instance
    function: Function
    targets: tuple[str, ...]  # fastest first
    conditions: tuple[Condition, ...]
    written: tuple[str, ...]  # array parameters that it may change
    pays: bool = True  # whether some arguments make it faster than the original


class EntryPlan(Struct, frozen=True):
    """One of the user's functions."""

    entry: Entry
    instances: tuple[InstancePlan, ...]


class Plan(Struct, frozen=True):
    """All functions of a file that get a version."""

    entries: tuple[EntryPlan, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    outlines: tuple[Outline, ...] = ()  # functions of which regions are among the entries

    def functions(self, target: str) -> tuple[Function, ...]:
        """The IR functions of which this target is to be made."""
        instances = (instance for entry in self.entries for instance in entry.instances)
        return tuple(instance.function for instance in instances if target in instance.targets)


def plan(program: Program, options: Options) -> Plan:
    """The plan for every entry of the program; entries without any version are left out with a remark."""
    entries: list[EntryPlan] = []
    diagnostics: list[Diagnostic] = []
    for entry in program.entries:
        instances: list[InstancePlan] = []
        for instance in entry.instances:
            function = program.function(instance.function)
            choice = choose(function, options)
            diagnostics += choice.diagnostics
            instances.append(_planned(instance, function, choice.targets))
        entries.append(EntryPlan(entry, tuple(instances)))
    return _without_empty(Plan(tuple(entries), tuple(dict.fromkeys(diagnostics)), program.outlines))


def restrict(plan: Plan, target: str, made: frozenset[str]) -> Plan:
    """The plan after a backend: the target stays for the functions that it could make."""
    entries = tuple(
        replace(entry, instances=tuple(_restricted(instance, target, made) for instance in entry.instances))
        for entry in plan.entries
    )
    return _without_empty(replace(plan, entries=entries))


def _planned(instance: Instance, function: Function, targets: tuple[str, ...]) -> InstancePlan:
    pays = worthwhile(function, targets[0]) if targets else None
    conditions = conditions_of(function)
    if pays is not None:
        conditions = (*conditions, pays)
    written = written_params(function)
    return InstancePlan(instance, function, targets, conditions, written, pays_ever(function))


def _restricted(instance: InstancePlan, target: str, made: frozenset[str]) -> InstancePlan:
    if target not in instance.targets or instance.function.name in made:
        return instance
    targets = tuple(t for t in instance.targets if t != target)
    return _planned(instance.instance, instance.function, targets)


def _without_empty(plan: Plan) -> Plan:
    """Instances without a target vanish; an entry without an instance vanishes with a remark."""
    kept, diagnostics = [], list(plan.diagnostics)
    for entry in plan.entries:
        instances = tuple(instance for instance in entry.instances if instance.targets)
        if instances:
            kept.append(replace(entry, instances=instances))
        else:
            diagnostics += [_no_version(entry.entry)] if not _is_explained(entry.entry, diagnostics) else []
    return replace(plan, entries=tuple(kept), diagnostics=tuple(diagnostics))


def _is_explained(entry: Entry, diagnostics: list[Diagnostic]) -> bool:
    return any(
        d.function == entry.qualified_name and d.code.severity is not Severity.ERROR for d in diagnostics
    )


def _no_version(entry: Entry) -> Diagnostic:
    return Diagnostic(
        NO_VERSION,
        f"'{entry.qualified_name}' has no compiled version.",
        replace(entry.span, end_line=entry.span.line, end_column=entry.span.column),
        label="the original runs",
        function=entry.qualified_name,
    )
