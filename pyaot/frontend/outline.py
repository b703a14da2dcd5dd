"""A function that is not compiled whole is compiled in regions, with the user's Python between them.

    def report(a: NDArray[np.float64]):            def report(a):
        b = np.zeros(len(a))                           b = region_1(a)
        for i in range(len(a)): b[i] = ...             print(b)
        print(b)                                       region_2(a, b)
        for i in range(len(a)): a[i] = ...

A region is a run of statements of one suite, as long as it can be. It is a function of the values that it
reads, returns those that are read later, and is lowered like any hinted function, with the types that are
known of the values before it. It is no region where its variables could be seen after an exception inside it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import libcst as cst
from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.catalogue import COMPILED_IN_REGIONS
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.names import free_prefix
from pyaot.base.source import Span
from pyaot.frontend.context import Unsupported
from pyaot.frontend.flow import flow_of, needed
from pyaot.frontend.instance import Body, lower_instance
from pyaot.frontend.names_used import names_bound, names_read, targets_of
from pyaot.frontend.ranks import rank_choices
from pyaot.frontend.region_text import Cut, RegionDef, kernel_name, region_def, split_text
from pyaot.frontend.region_types import (
    Types,
    after_python,
    guessed,
    never_guessed,
    result_types,
    signature_of,
    types_at_entry,
)
from pyaot.frontend.region_views import Views, stays_inside, views_of
from pyaot.frontend.scopes import names_of, resolve
from pyaot.frontend.statements import no_compiled_form
from pyaot.frontend.syntax import children, walk_body
from pyaot.ir.nodes import For, Function, LibraryCall, Loop
from pyaot.ir.program import Entry, Instance, Kind, Outline, Parameter, Region
from pyaot.ir.walk import walk_stmts

_MOST_ATTEMPTS = 60  # lowerings of one function's runs
_MOST_INSTANCES = 4


class Outlined(Struct, frozen=True):
    """What became of a function that is compiled in regions."""

    outline: Outline
    entries: tuple[Entry, ...]
    functions: tuple[Function, ...]
    diagnostics: tuple[Diagnostic, ...]


def outline(body: Body, refusal: Diagnostic | None) -> Outlined | None:
    """The regions of a function that cannot be lowered whole (`refusal`); None where none has work."""
    search = _Search(body)
    choices = types_at_entry(body)
    for number, types in enumerate(choices, 1):
        search.most_instances = -(-_MOST_INSTANCES * number // len(choices))
        search.suite(body.info.node.body, types)
        search.is_replay = True
    runs = {place: run for place, run in search.runs.items() if run.has_work}
    if not runs:
        return None
    name = f"{search.prefix}_split_{body.info.name}"
    text = split_text(body.tree, body.info, name, {place: run.made for place, run in runs.items()})
    span = body.tree.span_of(body.info.node)
    entries = tuple(_entry(run, span) for run in runs.values())
    parts = tuple(entry.region for entry in entries if entry.region is not None)
    made = Outline(
        body.info.qualified_name, span, body.tree.span_of(body.info.node.name).line, name, text, parts
    )
    functions = tuple(function for run in runs.values() for function in run.functions)
    said = (_in_regions(body, list(runs.values()), refusal), *search.reasons)
    return Outlined(made, entries, functions, tuple(dict.fromkeys(said)))


def _entry(run: "_Run", span: Span) -> Entry:
    kind = Kind.POSITIONAL_OR_KEYWORD
    parameters = tuple(Parameter(name, kind) for name in run.made.inputs)
    made = run.made
    region = Region(made.info.qualified_name, made.tree.span_of(made.info.node), made.info.name, made.text)
    return Entry(run.made.info.qualified_name, span, parameters, tuple(run.instances), region)


def _in_regions(body: Body, runs: Sequence["_Run"], refusal: Diagnostic | None) -> Diagnostic:
    lines = [run.made.info.qualified_name.rpartition(":")[2].split("-") for run in runs]
    why = () if refusal is None else (f"line {refusal.span.line}: {refusal.message}",)
    return Diagnostic(
        COMPILED_IN_REGIONS,
        f"'{body.info.qualified_name}' is compiled in {len(runs)} region{'s' * (len(runs) > 1)}, "
        "with Python between them.",
        body.tree.span_of(body.info.node.name),
        notes=(*(f"lines {first} to {last} are compiled" for first, last in lines), *why),
    )


# ---- the search -----------------------------------------------------------------------------------------


class _Run(Struct):
    """Consecutive statements of a suite that lower as a function of their own."""

    made: RegionDef
    functions: list[Function] = field(default_factory=list)
    instances: list[Instance] = field(default_factory=list)

    @property
    def has_work(self) -> bool:
        """Worth a call: there is a loop, or a call of a library."""
        return any(
            isinstance(stmt, For | Loop | LibraryCall)
            for function in self.functions
            for stmt in walk_stmts(function.body)
        )


class _Search:
    """The runs of one function, found from its first statement to its last; then again for other types."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.prefix = free_prefix(body.tree.source.text)
        self.flow = flow_of(body.info.node)
        uses = names_of(body.info, body.module)
        self.locals = uses.local
        self.foreign = uses.declared_global | uses.declared_nonlocal
        self.never_guessed = never_guessed(body)
        self.settings = dict(_settings(body))
        self.views = views_of(body)
        self.runs: dict[tuple[cst.BaseSuite, int], _Run] = {}
        self.reasons: list[Diagnostic] = []
        self.attempts = 0
        self.most_instances = _MOST_INSTANCES  # of a run: each of several types gets its share
        self.is_replay = False

    def suite(self, suite: cst.BaseSuite, types: Types) -> Types:
        """Finds the runs of a suite; gives the types behind it."""
        position = 0
        while position < len(suite.body):
            found = self._run(suite, position, types) if isinstance(suite, cst.IndentedBlock) else None
            if found is None:
                types = self._python(suite.body[position], types)
                position += 1
            else:
                run, types = found
                position += run.made.count
        return types

    def _python(self, node: cst.CSTNode, types: Types) -> Types:
        """A statement that stays Python; its own suites may have regions."""
        types = after_python(self.body, node, types)
        if isinstance(node, cst.BaseCompoundStatement) and isinstance(node, _NEVER_INSIDE):
            self.reasons.append(no_compiled_form(node, self.body.tree))
        if not isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            for suite in _suites(node):
                types = self.suite(suite, types)
        return types

    def _run(self, suite: cst.IndentedBlock, first: int, types: Types) -> tuple[_Run, Types] | None:
        """The longest run that starts here, with the types behind it."""
        known = self.runs.get((suite, first))
        if self.is_replay:
            return None if known is None else (known, self._again(known, types))
        count = self._reach(suite, first)
        refusal: Diagnostic | None = None
        while count > 0 and self.attempts < _MOST_ATTEMPTS:
            made, all_types = self._made(suite, first, count, types)
            if made is None:
                count -= 1
                continue
            try:
                run = _Run(made)
                after = self._lower(run, all_types)
            except Unsupported as refused:
                refusal = refused.diagnostic
                count = self._shorter(suite.body[first : first + count], refusal.span)
                continue
            self.runs[suite, first] = run
            return run, after
        if refusal is not None and self._shorter(suite.body[first : first + 1], refusal.span) == 0:
            self.reasons.append(refusal)
        return None

    def _again(self, run: _Run, types: Types) -> Types:
        """The run for more types; behind it, what these give or nothing known."""
        try:
            return self._lower(run, _typed(run.made.inputs, types, run.made.info.node.body.body) or {})
        except (Unsupported, KeyError):
            return after_python(self.body, run.made.info.node.body, types)

    def _lower(self, run: _Run, types: Types) -> Types:
        """Adds the instances for the types; gives the types behind the run."""
        if run.made.views:
            try:
                return self._lower_with(run, types, run.made.views)
            except Unsupported:  # then they are arrays of their own
                pass
        return self._lower_with(run, types, {})

    def _lower_with(self, run: _Run, types: Types, views: Views) -> Types:
        self.attempts += 1
        made, owner = run.made, self.body.info
        region = Body(made.tree, self.body.module, made.info, (owner.node,), views)
        signature = signature_of([name for name in made.inputs if name not in views], types)
        refusal: Unsupported | None = None
        last: tuple[Function, Instance] | None = None
        for ranks in rank_choices(made.info, self.body.module, signature):
            if len(run.instances) >= self.most_instances:
                break
            number = f"_{len(run.instances) + 1}" if run.instances else ""
            name = kernel_name(made, owner.qualified_name) + number
            try:
                function, instance = lower_instance(region, (signature, ranks), name)
            except Unsupported as refused:
                refusal = refusal or refused
                continue
            run.functions.append(function)
            run.instances.append(instance)
            last = last or (function, instance)
        if last is None and refusal is not None:
            raise refusal
        left = {name: hint for name, hint in types.items() if name not in names_bound(made.info.node.body)}
        if last is None:
            return left
        return {**left, **result_types(last[0], made.outputs, bool(last[1].fields))}

    # ---- what a run may be

    def _reach(self, suite: cst.IndentedBlock, first: int) -> int:
        """How many statements may form a run by their kinds."""
        count = 0
        for statement in suite.body[first:]:
            if not self._may_be_inside(statement):
                break
            count += 1
            if _is_return(statement):
                break
        return count

    def _may_be_inside(self, statement: cst.BaseStatement) -> bool:
        if any(isinstance(part, _NEVER_INSIDE) for part in walk_body(statement)):
            return False
        return not _jumps_out(statement) and not self.foreign & set(names_bound(statement))

    def _made(
        self, suite: cst.IndentedBlock, first: int, count: int, types: Types
    ) -> tuple[RegionDef | None, Types]:
        """The statements as a region, with the types of all that it reads; None where it can be none."""
        statements = suite.body[first : first + count]
        bound = names_bound(*statements)
        returns = any(_has(statement, cst.Return) for statement in statements)
        if returns and not self._ends_function(suite, first + count):
            return None, types
        live = frozenset() if returns else self.flow.live[statements[-1]]
        outputs = tuple(name for name in bound if name in live and name in self.locals)
        inputs = needed(statements, frozenset(outputs)) & self.locals
        if not inputs <= self.flow.bound[statements[0]]:
            return None, types
        own = sorted(inputs & set(self.settings) - set(types))
        inputs -= set(own)
        if self.flow.at_error[statements[0]] & frozenset(bound):
            return None, types
        if inputs & self.never_guessed - set(types):
            return None, types
        all_types = _typed(sorted(inputs), types, statements)
        if all_types is None:
            return None, types
        cut = Cut(self.body.tree, self.body.info, statements, tuple(self.settings[name] for name in own))
        views = self._views(inputs, all_types, statements)
        inputs |= names_read(*views.values())
        made = region_def(cut, self.prefix, sorted(inputs), outputs, returns)
        return replace(made, views=views), all_types

    def _views(self, inputs: frozenset[str], types: Types, statements: Sequence[cst.BaseStatement]) -> Views:
        """Those of the inputs that are views of variables that are there; only their elements are used."""
        here = self.flow.bound[statements[0]] & self.locals & set(types)
        return {
            name: view
            for name, view in self.views.items()
            if name in inputs and names_read(view) <= here and stays_inside(name, *statements)
        }

    def _ends_function(self, suite: cst.IndentedBlock, end: int) -> bool:
        """Whether the function is over behind these statements, whether they return or not."""
        is_last = suite is self.body.info.node.body and end == len(suite.body)
        return is_last or _is_return(suite.body[end - 1])

    def _shorter(self, statements: Sequence[cst.BaseStatement], place: Span) -> int:
        """How many statements to try next: those before the refused one, half where it is in none of them."""
        for number, statement in enumerate(statements):
            span = self.body.tree.span_of(statement)
            if span.line <= place.line <= span.end_line:
                return number
        return len(statements) // 2


# ---- what statements contain ----------------------------------------------------------------------------

_NEVER_INSIDE = (
    cst.Yield,
    cst.Await,
    cst.Asynchronous,
    cst.Global,
    cst.Nonlocal,
    cst.Import,
    cst.ImportFrom,
    cst.ClassDef,
    cst.With,
    cst.Try,
    cst.TryStar,
)


def _suites(node: cst.CSTNode) -> Iterator[cst.BaseSuite]:
    """The suites of a compound statement, in the order of the text."""
    for child in children(node):
        if isinstance(child, cst.BaseSuite):
            yield child
        elif isinstance(child, _WITH_SUITES):
            yield from _suites(child)


_WITH_SUITES = (cst.If, cst.Else, cst.Finally, cst.ExceptHandler, cst.ExceptStarHandler, cst.MatchCase)


def _settings(body: Body) -> Iterator[tuple[str, cst.SimpleStatementLine]]:
    """Names that stand for one text or one thing of NumPy, such as a dtype: a region sets them for itself."""
    node = body.info.node
    bound = Counter(name for part in walk_body(node.body) for name in targets_of(part))
    for statement in node.body.body:
        match statement:
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)]
            ) if bound[name] == 1 and _is_constant(value, body):
                yield name, statement


def _is_constant(value: cst.BaseExpression, body: Body) -> bool:
    path = resolve(value, body.module, body.info) or ""
    return isinstance(value, cst.SimpleString) or path.startswith("numpy.")


def _has(statement: cst.CSTNode, kind: type[cst.CSTNode]) -> bool:
    return any(isinstance(part, kind) for part in walk_body(statement))


def _is_return(statement: cst.CSTNode) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=[*_, cst.Return()]):
            return True
    return False


def _jumps_out(node: cst.CSTNode) -> bool:
    """A `break` or `continue` of a loop that stands around the statement."""
    match node:
        case cst.Break() | cst.Continue():
            return True
        case cst.For(orelse=orelse) | cst.While(orelse=orelse):
            return orelse is not None and _jumps_out(orelse)
        case cst.FunctionDef() | cst.Lambda() | cst.ClassDef():
            return False
    return any(_jumps_out(child) for child in children(node))


def _typed(inputs: Sequence[str], types: Types, statements: Sequence[cst.CSTNode]) -> Types | None:
    """Types for all that a run reads, guessed where nothing is known; None where there is no guess."""
    found = dict(types)
    for name in inputs:
        hint = found.get(name) or guessed(name, statements)
        if hint is None:
            return None
        found[name] = hint
    return found
